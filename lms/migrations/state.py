"""At which revision a database and this code are, without Alembic: asked at every start."""

import re
from pathlib import Path
from typing import Any

from sqlalchemy import Select, column, inspect, select, table

from lms.db import make_engine

VERSIONS = Path(__file__).parent / "versions"


def head() -> str:
    """Return the newest revision that this code knows: its files are numbered."""
    newest = max(path.name for path in VERSIONS.glob("[0-9]*.py"))
    found = re.match(r"(\d+)_", newest)
    if found is None:
        raise RuntimeError(f"The migration {newest} has no number.")
    return found.group(1)


def current(url: str) -> str | None:
    """Return the revision that a database is at, None where it is empty."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            query: Select[Any] = select(column("version_num")).select_from(table("alembic_version"))
            found: str | None = connection.execute(query).scalar()
            return found
    finally:
        engine.dispose()
