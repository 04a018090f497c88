"""What commands share: settings, a session, answers as JSON, and how a no ends."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from lms.config import Settings, SettingsError, settings_from
from lms.db import Database, make_engine
from lms.services.ground import ground_for

NO, USAGE, COULD_NOT_LOOK = 1, 2, 3


def say(words: str) -> None:
    """Tell a person something, beside the answer."""
    click.echo(words, err=True)


def answer(value: Any) -> None:
    """Print one JSON document and nothing else."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=False))


def stop(code: int, words: str = "") -> NoReturn:
    """End the command with a code; words go to stderr."""
    if words:
        say(words)
    sys.exit(code)


def settings_or_stop() -> Settings:
    """Return the settings, or name every wrong or missing one and end."""
    try:
        return settings_from(os.environ)
    except SettingsError as error:
        say("These settings need a look:")
        for problem in error.problems:
            say(f"  {problem}")
        sys.exit(COULD_NOT_LOOK)


@contextmanager
def a_session(settings: Settings) -> Iterator[Session]:
    """Yield a session on the installation's database."""
    database = Database(make_engine(settings.database_url))
    try:
        with database.session() as session:
            session.info["ground"] = ground_for(settings)
            yield session
    except SQLAlchemyError as problem:
        stop(COULD_NOT_LOOK, f"The database could not be read: {type(problem).__name__}.")
    finally:
        database.engine.dispose()
