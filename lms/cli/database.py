"""lms db: upgrade, downgrade, check."""

import click
from sqlalchemy.exc import SQLAlchemyError

from lms.cli.context import COULD_NOT_LOOK, NO, say, settings_or_stop, stop
from lms.migrations import run, state


@click.group()
def db() -> None:
    """The database's structure."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the database up to date.

    Example: lms db upgrade
    """
    settings = settings_or_stop()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    _run(lambda: run.upgrade(settings.database_url, revision))
    say(f"The database is at {state.current(settings.database_url)}.")


@db.command()
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Take the database back to a revision; `base` empties it.

    Example: lms db downgrade 0001
    """
    settings = settings_or_stop()
    _run(lambda: run.downgrade(settings.database_url, revision))
    say(f"The database is at {state.current(settings.database_url) or 'base'}.")


@db.command()
def check() -> None:
    """Say whether the database is up to date and has the structure that the code expects.

    Example: lms db check
    """
    settings = settings_or_stop()
    found: list[str] = []
    _run(lambda: found.extend(run.differences(settings.database_url)))
    if state.current(settings.database_url) != state.head():
        stop(NO, "The database is not up to date. Run: lms db upgrade")
    if found:
        stop(NO, "The database differs from the code:\n  " + "\n  ".join(found))
    say("The database is up to date.")


def _run(act) -> None:  # type: ignore[no-untyped-def]
    try:
        act()
    except SQLAlchemyError as problem:
        stop(COULD_NOT_LOOK, f"The database could not be used: {type(problem).__name__}.")
