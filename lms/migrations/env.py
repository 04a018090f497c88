"""Alembic's entrance: the connection is handed in by run.py."""

from alembic import context

import lms.models  # noqa: F401 (fills the metadata)
from lms.db import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection is not None and connection.dialect.name == "sqlite",
    transaction_per_migration=False,
)
context.run_migrations()
