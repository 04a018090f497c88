"""What this database is: a demo or the real thing, told once and never changed."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.models import Installation


class WrongDatabaseError(Exception):
    """A real configuration was pointed at a demo database, or the other way round."""


def is_demo_here(session: Session) -> bool:
    """Say whether this database holds the demo."""
    row = session.get(Installation, 1)
    return row is not None and row.is_demo


def mark_installation(session: Session, *, is_demo: bool, now: datetime) -> None:
    """Say what this database is, the first time; refuse where it is the other."""
    row = session.get(Installation, 1)
    if row is None:
        session.add(Installation(id=1, is_demo=is_demo, created_at=now))
        session.flush()
    elif row.is_demo != is_demo:
        raise WrongDatabaseError(_words(row.is_demo))


def refuse_wrong_database(session: Session, *, is_demo: bool) -> None:
    """Raise WrongDatabaseError where settings and database do not belong together."""
    row = session.get(Installation, 1)
    if row is not None and row.is_demo != is_demo:
        raise WrongDatabaseError(_words(row.is_demo))


def _words(is_demo: bool) -> str:
    if is_demo:
        return "This database holds the demo. Point LMS_DATABASE_URL at another."
    return "This database is a real one. The demo needs its own."
