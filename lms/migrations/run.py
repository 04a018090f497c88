"""Runs migrations without Alembic's configuration files."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

import lms.models  # noqa: F401 (fills the metadata)
from lms.db import Base, make_engine

HERE = Path(__file__).parent


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(url: str, to: str = "head") -> None:
    """Bring a database to a revision."""
    _run(url, lambda config: command.upgrade(config, to))


def downgrade(url: str, to: str) -> None:
    """Take a database back to a revision; `base` empties it."""
    _run(url, lambda config: command.downgrade(config, to))


def _run(url: str, act) -> None:  # type: ignore[no-untyped-def]
    engine = make_engine(url, for_migration=True)
    try:
        with engine.begin() as connection:
            act(_config(connection))
            if engine.dialect.name == "sqlite":
                broken = connection.execute(text("PRAGMA foreign_key_check")).all()
                if broken:
                    raise RuntimeError(f"the migration broke {len(broken)} references")
    finally:
        engine.dispose()


def differences(url: str) -> list[str]:
    """Return how a migrated database differs from the models; empty where it does not."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            return [str(change) for change in compare_metadata(context, Base.metadata)]
    finally:
        engine.dispose()
