"""The sealed words of an appeal, its audit entries, and loading one."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.models import Appeal, Enrolment, Person
from lms.services.audit import record_act
from lms.services.errors import MissingError
from lms.services.sealed import read_text, seal_text


def get_appeal(session: Session, public_id: str) -> Appeal:
    """Return an appeal by the id in its address. Raises: MissingError."""
    found = session.scalars(select(Appeal).where(Appeal.public_id == public_id)).one_or_none()
    if found is None:
        raise MissingError
    return found


def asker_of(session: Session, appeal: Appeal) -> Person:
    """Return whose record an appeal is about: nobody else asks."""
    query = select(Person).join(Enrolment, Enrolment.person_id == Person.id)
    return session.scalars(query.where(Enrolment.id == appeal.enrolment_id)).one()


def _about(appeal: Appeal, part: str) -> str:
    return f"appeal:{appeal.public_id}:{part}"


def seal_part(
    session: Session, appeal: Appeal, person_id: int, text: str, *, part: str, now: datetime
) -> bytes:
    """Return a text of an appeal sealed with its asker's key. Shape: `part` names the column."""
    return seal_text(session, person_id, text, _about(appeal, part), now)


def read_part(session: Session, appeal: Appeal, part: str) -> str:
    """Return a text of an appeal, empty where there is none."""
    sealed: bytes | None = getattr(appeal, part)
    if sealed is None:
        return ""
    return read_text(session, asker_of(session, appeal).id, sealed, _about(appeal, part))


def note(
    session: Session, act: str, appeal: Appeal, *, by: int, now: datetime, **details: str
) -> None:
    """Note an act on an appeal in the asker's organisation's chain: what kind, never the words."""
    asker = asker_of(session, appeal)
    record_act(
        session,
        act,
        now=now,
        chain=asker.organisation_id,
        actor_id=by,
        about_id=asker.id,
        subject=f"appeal:{appeal.public_id}",
        kind=appeal.kind,
        **details,
    )
