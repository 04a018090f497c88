"""What a reflection and a copy of it are sealed to, and how a copy is taken away."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from lms.models import Reflection, Sharing
from lms.services.audit import record_act
from lms.services.sealed import read_text


def about_reflection(row: Reflection) -> str:
    """Return what a reflection's words are bound to."""
    return f"reflection:{row.public_id}"


def about_sharing(row: Sharing) -> str:
    """Return what the copy of a sharing is bound to."""
    return f"sharing:{row.public_id}"


def read_words(session: Session, row: Reflection) -> str:
    """Return the words of a reflection, or what stands in their place."""
    return read_text(session, row.person_id, row.sealed, about_reflection(row))


def end_sharings(session: Session, rows: Iterable[Sharing], *, chain: int, now: datetime) -> None:
    """End sharings and take the copies away; that it ended is noted, nothing of what was shared."""
    for row in rows:
        row.ended_at, row.sealed = now, None
        note_sharing(session, "sharing-ended", row, chain=chain, now=now)
    session.flush()


def note_sharing(session: Session, act: str, row: Sharing, *, chain: int, now: datetime) -> None:
    """Note for the audit trail that something was shared or is not any more: not what, to whom."""
    record_act(
        session,
        act,
        now=now,
        chain=chain,
        actor_id=row.person_id,
        about_id=row.person_id,
        subject=f"sharing:{row.public_id}",
    )
