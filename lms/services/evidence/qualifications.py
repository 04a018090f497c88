"""Qualifications of trainers and supervisors: kept per person, read by verdicts as they stood."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, or_, select, update
from sqlalchemy.orm import Session

from lms.db import lock_row
from lms.models import Cohort, Enrolment, Organisation, Person, Qualification, RoleGrant
from lms.rules.evidence import (
    TRAININGS,
    QualificationClaim,
    QualificationKind,
    QualificationRefusal,
    QualificationState,
    code_of,
    refusal_to_keep_qualification,
    refusal_to_move_qualification,
)
from lms.rules.programmes.walking import qualifications_named
from lms.rules.record import PersonFact, QualificationFact
from lms.services.audit import record_act
from lms.services.errors import MissingError, RefusedError
from lms.services.people import today_in
from lms.services.publishing import definition_of, list_current_versions
from lms.services.sealed import read_text, seal_text

COPIED = ("entry", "person_id", "kind", "name", "since", "until", "hours", "state")


def get_qualification(session: Session, entry: str) -> Qualification:
    """Return the current row of an entry by the id in its address. Raises: MissingError."""
    query = select(Qualification).where(
        Qualification.entry == entry, Qualification.replaced_at.is_(None)
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise MissingError
    return found


def is_staff(session: Session, person: Person) -> bool:
    """Say whether somebody holds, or held, a role that has such a record."""
    query = select(RoleGrant.id).where(
        RoleGrant.person_id == person.id,
        RoleGrant.role.in_(("trainer", "supervisor", "coordinator")),
    )
    return session.scalars(query.limit(1)).one_or_none() is not None


class NamedQualifications(NamedTuple):
    """What programmes name, by code: offered first, so that codes fit."""

    credentials: list[str]
    trainings: list[str]


def named_qualifications(session: Session) -> NamedQualifications:
    """Return the credentials and trainings that any current programme asks of its people."""
    credentials: set[str] = set()
    trainings = set(TRAININGS)
    for version in list_current_versions(session, "programme"):
        held, trained = qualifications_named(definition_of(session, version))
        credentials |= held
        trainings |= trained
    return NamedQualifications(sorted(credentials), sorted(trainings))


def keep_qualification(
    session: Session,
    person: Person,
    claim: QualificationClaim,
    *,
    by: int,
    op_id: str,
    now: datetime,
) -> Qualification:
    """Keep an entry: handed in by the person, or put on record by a coordinator.

    Edge:   the same form sent twice is one entry.
    Raises: RefusedError(QualificationRefusal).
    """
    lock_row(session, person)
    query = select(Qualification).where(
        Qualification.person_id == person.id, Qualification.op_id == op_id
    )
    twin = session.scalars(query).one_or_none()
    if twin is not None:
        return twin
    home = session.get_one(Organisation, person.organisation_id)
    refusal = refusal_to_keep_qualification(
        claim, today=today_in(home.zone, now), is_staff=is_staff(session, person)
    )
    if refusal or claim.since is None:
        raise RefusedError(refusal or QualificationRefusal.NO_DAY)
    state = QualificationState.HANDED_IN if by == person.id else QualificationState.ON_RECORD
    practised = claim.kind is QualificationKind.PRACTICE
    entry = Qualification(
        person_id=person.id,
        kind=claim.kind.value,
        name="" if practised else claim.name,
        since=claim.since,
        until=None if practised else claim.until,
        hours=claim.hours if practised else None,
        state=state.value,
        recorded_by=by,
        recorded_at=now,
        op_id=op_id,
    )
    session.add(entry)
    session.flush()
    if claim.number.strip() and not practised:
        entry.number = seal_text(session, person.id, claim.number, _number_about(entry), now)
    _note(session, f"qualification-{state.value}", person, entry, by=by, now=now)
    touch_records_at(session, person.organisation_id)
    session.flush()
    return entry


def _number_about(entry: Qualification) -> str:
    return f"qualification-number:{entry.entry}"


def touch_records_at(session: Session, organisation_id: int) -> None:
    """Count a change of every record in an organisation: what its people bring has changed."""
    cohorts = select(Cohort.id).where(Cohort.organisation_id == organisation_id)
    session.execute(
        update(Enrolment)
        .where(Enrolment.cohort_id.in_(cohorts))
        .values(facts_version=Enrolment.facts_version + 1)
        .execution_options(synchronize_session=False)
    )


def _note(
    session: Session, act: str, person: Person, entry: Qualification, *, by: int, now: datetime
) -> None:
    record_act(
        session,
        act,
        now=now,
        chain=person.organisation_id,
        actor_id=by,
        about_id=person.id,
        subject=f"qualification:{entry.entry}",
        kind=entry.kind,
    )


def move_qualification(
    session: Session,
    entry: Qualification,
    to: QualificationState,
    note: str,
    *,
    by: int,
    now: datetime,
) -> Qualification:
    """Put an entry on record, give it back, or take it away; the old row stays for the past.

    Raises: RefusedError(QualificationRefusal).
    """
    person = session.get_one(Person, entry.person_id)
    lock_row(session, person)
    session.refresh(entry)
    own = by == person.id
    now_in = QualificationState(entry.state)
    refusal = refusal_to_move_qualification(now_in, to, note, is_own=own)
    if entry.replaced_at is not None:
        refusal = QualificationRefusal.NOT_FROM_HERE
    if refusal:
        raise RefusedError(refusal)
    entry.replaced_at = now
    session.flush()
    kept = {name: getattr(entry, name) for name in COPIED}
    new = Qualification(**kept, recorded_by=by, recorded_at=now, number=entry.number)
    new.state = to.value
    session.add(new)
    session.flush()
    if note.strip():
        about = f"qualification:{new.public_id}"
        new.note = seal_text(session, person.id, note.strip(), about, now)
    _note(session, f"qualification-{to.value}", person, new, by=by, now=now)
    touch_records_at(session, person.organisation_id)
    session.flush()
    return new


class QualificationShown(NamedTuple):
    """An entry with its words opened, for those who may read them."""

    entry: Qualification
    number: str
    note: str
    recorded_by: str


def list_qualifications(session: Session, person: Person) -> list[QualificationShown]:
    """Return what a person brings as it stands, newest first; what was taken away is left out."""
    query = (
        select(Qualification, Person.chosen_name)
        .join(Person, Person.id == Qualification.recorded_by)
        .where(
            Qualification.person_id == person.id,
            Qualification.replaced_at.is_(None),
            Qualification.state != QualificationState.WITHDRAWN.value,
        )
        .order_by(Qualification.since.desc(), Qualification.id.desc())
    )
    return [
        QualificationShown(
            entry,
            read_text(session, person.id, entry.number, _number_about(entry)),
            read_text(session, person.id, entry.note, f"qualification:{entry.public_id}"),
            name,
        )
        for entry, name in session.execute(query)
    ]


def people_in(
    session: Session, scope: Select[int], known_at: datetime | None
) -> Mapping[str, PersonFact]:
    """Return what the people around a scope of places bring, by public id, in one query.

    Edge: everybody of the organisations that the places belong to; nothing where none is on record.
    """
    homes = (
        select(Cohort.organisation_id)
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .where(Enrolment.id.in_(scope))
    )
    query = (
        select(Person.public_id, Qualification)
        .join(Qualification, Qualification.person_id == Person.id)
        .where(
            Person.organisation_id.in_(homes),
            Qualification.state == QualificationState.ON_RECORD.value,
            *_known(known_at),
        )
        .order_by(Person.id, Qualification.since, Qualification.id)
    )
    found: dict[str, list[QualificationFact]] = {}
    for public_id, entry in session.execute(query):
        found.setdefault(public_id, []).append(_fact(entry))
    return {key: PersonFact(qualifications=tuple(held)) for key, held in found.items()}


def _known(known_at: datetime | None) -> tuple[ColumnElement[bool], ...]:
    if known_at is None:
        return (Qualification.replaced_at.is_(None),)
    still = or_(Qualification.replaced_at.is_(None), Qualification.replaced_at > known_at)
    return Qualification.recorded_at <= known_at, still


def _fact(entry: Qualification) -> QualificationFact:
    code = code_of(entry.name) or None
    return QualificationFact(
        credential=code if entry.kind == QualificationKind.CREDENTIAL else None,
        training=code if entry.kind == QualificationKind.TRAINING else None,
        hours_practised=entry.hours or 0,
        since=entry.since,
        until=entry.until,
    )
