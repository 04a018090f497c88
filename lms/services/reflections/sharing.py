"""Sharing a reflection: with one named person beside the writer, for a time, taken back at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from lms.db import lock_row, new_public_id
from lms.models import (
    Assignment,
    Enrolment,
    Organisation,
    Person,
    Reflection,
    SharedReading,
    Sharing,
)
from lms.rules.cohorts import AssignmentKind
from lms.rules.people import folded
from lms.rules.reflections import (
    SharePurpose,
    ShareRefusal,
    SharingStanding,
    refusal_to_share,
    standing_of,
)
from lms.services.drafts import spend
from lms.services.errors import MissingError, RefusedError
from lms.services.people import today_in
from lms.services.reflections.texts import (
    about_sharing,
    end_sharings,
    note_sharing,
    read_words,
)
from lms.services.sealed import is_readable, seal_text


class Reader(NamedTuple):
    """Somebody beside a trainee who may be chosen. Shape: `kinds` says what they are."""

    public_id: str
    name: str
    kinds: tuple[AssignmentKind, ...]


@dataclass(frozen=True, slots=True)
class NewSharing:
    """What the writer chose. Shape: `reader` is a public id; `seen` the version on the page."""

    reader: str
    purpose: SharePurpose
    days: int
    seen: int


@dataclass(frozen=True, slots=True)
class SharingShown:
    """A sharing as its writer sees it: with whom, why, until when, and every reading."""

    public_id: str
    reflection_id: int | None
    module: str
    reader: str
    purpose: SharePurpose
    shared_at: datetime
    until_on: date
    standing: SharingStanding
    is_of_now: bool
    readings: tuple[datetime, ...]
    answered_at: datetime | None


def get_reflection(session: Session, public_id: str) -> Reflection:
    """Return a reflection by the id in its address. Raises: MissingError."""
    query = select(Reflection).where(Reflection.public_id == public_id)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise MissingError
    return found


def get_sharing(session: Session, public_id: str) -> Sharing:
    """Return a sharing by the id in its address. Raises: MissingError."""
    found = session.scalars(select(Sharing).where(Sharing.public_id == public_id)).one_or_none()
    if found is None:
        raise MissingError
    return found


def is_beside(reader_id: object, person_id: object) -> ColumnElement[bool]:
    """Return the condition that somebody is assigned to a person now. Edge: never to oneself."""
    return exists().where(
        Assignment.person_id == reader_id,
        Assignment.until_on.is_(None),
        Assignment.enrolment_id == Enrolment.id,
        Enrolment.person_id == person_id,
        Enrolment.person_id != Assignment.person_id,
        Enrolment.state != "withdrawn",
    )


def list_readers(session: Session, person_id: int) -> list[Reader]:
    """Return whom a trainee may share with: the people assigned to them now, by name."""
    query = (
        select(Person.public_id, Person.chosen_name, Assignment.kind)
        .join(Assignment, Assignment.person_id == Person.id)
        .join(Enrolment, Enrolment.id == Assignment.enrolment_id)
        .where(
            Enrolment.person_id == person_id,
            Enrolment.state != "withdrawn",
            Assignment.until_on.is_(None),
            Person.id != person_id,
            Person.closed_at.is_(None),
        )
    )
    kinds: dict[tuple[str, str], set[str]] = {}
    for public_id, name, kind in session.execute(query):
        kinds.setdefault((public_id, name), set()).add(kind)
    found = [
        Reader(public_id, name, tuple(kind for kind in AssignmentKind if kind.value in held))
        for (public_id, name), held in kinds.items()
    ]
    return sorted(found, key=lambda reader: (folded(reader.name), reader.public_id))


def zone_and_chain(session: Session, person_id: int) -> tuple[str, int]:
    """Return the zone that a person's days are in, and their organisation."""
    query = (
        select(Organisation.zone, Organisation.id)
        .join(Person, Person.organisation_id == Organisation.id)
        .where(Person.id == person_id)
    )
    zone, organisation_id = session.execute(query).one()
    return zone, organisation_id


def share_words(
    session: Session, reflection: Reflection, new: NewSharing, *, op_id: str, now: datetime
) -> None:
    """Share the words kept now with one person; an earlier sharing with the same one ends.

    Edge:   the same form sent twice shares once. What is written later stays private.
    Raises: RefusedError(ShareRefusal).
    """
    lock_row(session, reflection)
    words = read_words(session, reflection)
    reader_id = _find_reader(session, reflection.person_id, new.reader)
    refusal = refusal_to_share(
        is_beside=reader_id is not None,
        is_readable=is_readable(words),
        seen=new.seen,
        current=reflection.version,
    )
    if reader_id is None or refusal:
        raise RefusedError(refusal or ShareRefusal.NOT_BESIDE)
    if not spend(session, op_id, reflection.person_id, "", now):
        return
    zone, chain = zone_and_chain(session, reflection.person_id)
    before = select(Sharing).where(
        Sharing.reflection_id == reflection.id,
        Sharing.reader_id == reader_id,
        Sharing.ended_at.is_(None),
    )
    end_sharings(session, session.scalars(before), chain=chain, now=now)
    row = Sharing(
        public_id=new_public_id(),
        reflection_id=reflection.id,
        person_id=reflection.person_id,
        reader_id=reader_id,
        module=reflection.module,
        purpose=new.purpose.value,
        version=reflection.version,
        shared_at=now,
        until_on=today_in(zone, now) + timedelta(days=new.days),
    )
    row.sealed = seal_text(session, row.person_id, words, about_sharing(row), now)
    session.add(row)
    session.flush()
    note_sharing(session, "reflection-shared", row, chain=chain, now=now)


def _find_reader(session: Session, person_id: int, public_id: str) -> int | None:
    query = select(Person.id).where(
        Person.public_id == public_id,
        Person.closed_at.is_(None),
        is_beside(Person.id, person_id),
    )
    return session.scalars(query).one_or_none()


def end_sharing(session: Session, sharing: Sharing, *, now: datetime) -> None:
    """Take back what was shared, at once; nobody asks why. Twice is the same as once."""
    lock_row(session, sharing)
    if sharing.ended_at is None:
        __, chain = zone_and_chain(session, sharing.person_id)
        end_sharings(session, [sharing], chain=chain, now=now)


def list_sharings(session: Session, person_id: int, *, now: datetime) -> list[SharingShown]:
    """Return everything a person ever shared, newest first, with every reading of it."""
    zone, __ = zone_and_chain(session, person_id)
    query = (
        select(
            Sharing,
            Person.chosen_name,
            Reflection.version,
            is_beside(Sharing.reader_id, person_id).label("beside"),
        )
        .join(Person, Person.id == Sharing.reader_id)
        .outerjoin(Reflection, Reflection.id == Sharing.reflection_id)
        .where(Sharing.person_id == person_id)
        .order_by(Sharing.id.desc())
    )
    rows = session.execute(query).all()
    readings = _readings(session, person_id) if rows else {}
    today = today_in(zone, now)
    return [
        SharingShown(
            public_id=row.public_id,
            reflection_id=row.reflection_id,
            module=row.module,
            reader=name,
            purpose=SharePurpose(row.purpose),
            shared_at=row.shared_at,
            until_on=row.until_on,
            standing=standing_of(
                is_ended=row.ended_at is not None,
                until_on=row.until_on,
                today=today,
                is_beside=beside,
            ),
            is_of_now=row.version == version,
            readings=tuple(readings.get(row.id, ())),
            answered_at=row.answered_at,
        )
        for row, name, version, beside in rows
    ]


class OpenSharing(NamedTuple):
    """Who can read a text now, and until when."""

    reader: str
    until_on: date


def list_open_sharings(
    session: Session, person_id: int, reflections: Sequence[str], *, now: datetime
) -> dict[str, list[OpenSharing]]:
    """Return who can read which of a person's texts now, by the text's public id."""
    if not reflections:
        return {}
    zone, __ = zone_and_chain(session, person_id)
    query = (
        select(Reflection.public_id, Person.chosen_name, Sharing.until_on)
        .join(Sharing, Sharing.reflection_id == Reflection.id)
        .join(Person, Person.id == Sharing.reader_id)
        .where(
            Reflection.person_id == person_id,
            Reflection.public_id.in_(reflections),
            Sharing.ended_at.is_(None),
            Sharing.until_on >= today_in(zone, now),
            is_beside(Sharing.reader_id, person_id),
        )
        .order_by(Sharing.id)
    )
    found: dict[str, list[OpenSharing]] = {}
    for public_id, name, until_on in session.execute(query):
        found.setdefault(public_id, []).append(OpenSharing(name, until_on))
    return found


def _readings(session: Session, person_id: int) -> dict[int, list[datetime]]:
    query = (
        select(SharedReading.sharing_id, SharedReading.read_at)
        .join(Sharing, Sharing.id == SharedReading.sharing_id)
        .where(Sharing.person_id == person_id)
        .order_by(SharedReading.id)
    )
    found: dict[int, list[datetime]] = {}
    for sharing_id, read_at in session.execute(query):
        found.setdefault(sharing_id, []).append(read_at)
    return found


def drop_ended_copies(session: Session, now: datetime) -> None:
    """Take away the copies of what is not shared any more; who read it when stays for its writer.

    Edge: a day later than the last one, so that it is over in every zone.
    """
    over = (now - timedelta(days=1)).date()
    query = update(Sharing).where(Sharing.until_on < over, Sharing.sealed.is_not(None))
    session.execute(query.values(sealed=None))
