"""Reading what somebody shared: opened by an act that notes who read it, and when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.db import lock_row
from lms.models import Organisation, Person, SharedReading, Sharing
from lms.rules.reflections import (
    SAME_READING_MINUTES,
    SharePurpose,
    refusal_to_read,
    standing_of,
)
from lms.services.errors import RefusedError
from lms.services.people import today_in
from lms.services.reflections.sharing import is_beside, zone_and_chain
from lms.services.reflections.texts import about_sharing
from lms.services.sealed import read_text


@dataclass(frozen=True, slots=True)
class SharedRow:
    """What is shared with a reader, before it is opened: by whom, why, until when; no title."""

    public_id: str
    writer: str
    purpose: SharePurpose
    shared_at: datetime
    until_on: date
    readings: int


@dataclass(frozen=True, slots=True)
class SharedWords:
    """A shared text that was opened. Shape: `module` is the slug it was written in."""

    public_id: str
    writer: str
    purpose: SharePurpose
    module: str
    words: str
    until_on: date
    is_answered: bool


def list_shared_with(session: Session, reader_id: int, *, now: datetime) -> list[SharedRow]:
    """Return what a person may open now, newest first."""
    mine = (
        select(func.count())
        .where(SharedReading.sharing_id == Sharing.id, SharedReading.reader_id == reader_id)
        .scalar_subquery()
    )
    query = (
        select(Sharing, Person.chosen_name, Organisation.zone, mine.label("readings"))
        .join(Person, Person.id == Sharing.person_id)
        .join(Organisation, Organisation.id == Person.organisation_id)
        .where(
            Sharing.reader_id == reader_id,
            Sharing.ended_at.is_(None),
            is_beside(reader_id, Sharing.person_id),
        )
        .order_by(Sharing.id.desc())
    )
    return [
        SharedRow(
            row.public_id,
            name,
            SharePurpose(row.purpose),
            row.shared_at,
            row.until_on,
            readings,
        )
        for row, name, zone, readings in session.execute(query)
        if today_in(zone, now) <= row.until_on
    ]


def open_shared(
    session: Session, reader_id: int, sharing: Sharing, *, op_id: str, now: datetime
) -> SharedWords:
    """Open a shared text and note the reading where its writer reads it.

    Edge:   the same page sent again within ten minutes is the same reading.
    Raises: RefusedError(ReadRefusal) where it was taken back or its time is over.
    """
    lock_row(session, sharing)
    _refuse_shut(session, reader_id, sharing, now)
    query = select(SharedReading.id).where(
        SharedReading.sharing_id == sharing.id,
        SharedReading.reader_id == reader_id,
        SharedReading.op_id == op_id,
        SharedReading.read_at > now - timedelta(minutes=SAME_READING_MINUTES),
    )
    if session.scalars(query).first() is None:
        session.add(
            SharedReading(sharing_id=sharing.id, reader_id=reader_id, read_at=now, op_id=op_id)
        )
        session.flush()
    return SharedWords(
        public_id=sharing.public_id,
        writer=session.get_one(Person, sharing.person_id).chosen_name,
        purpose=SharePurpose(sharing.purpose),
        module=sharing.module,
        words=read_text(session, sharing.person_id, sharing.sealed, about_sharing(sharing)),
        until_on=sharing.until_on,
        is_answered=sharing.answered_at is not None,
    )


def answer_shared(session: Session, reader_id: int, sharing: Sharing, *, now: datetime) -> None:
    """Tell the writer whom to talk with: fixed words, to them alone; nothing is passed on.

    Raises: RefusedError(ReadRefusal).
    """
    lock_row(session, sharing)
    _refuse_shut(session, reader_id, sharing, now)
    if sharing.answered_at is None:
        sharing.answered_at = now
        session.flush()


def _refuse_shut(session: Session, reader_id: int, sharing: Sharing, now: datetime) -> None:
    zone, __ = zone_and_chain(session, sharing.person_id)
    beside = session.scalar(select(is_beside(reader_id, sharing.person_id)))
    standing = standing_of(
        is_ended=sharing.ended_at is not None,
        until_on=sharing.until_on,
        today=today_in(zone, now),
        is_beside=bool(beside) and reader_id == sharing.reader_id,
    )
    refusal = refusal_to_read(standing)
    if refusal:
        raise RefusedError(refusal)
