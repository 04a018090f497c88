"""Supervision hours: logged by a trainee, confirmed or returned by the supervisor named in them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from lms.models import Assignment, Confirmation, Enrolment, HoursEntry, Person
from lms.rules.hours import (
    CHANGEABLE,
    HoursClaim,
    HoursKind,
    HoursMedium,
    HoursRefusal,
    HoursState,
    HoursTotals,
    content_hash,
    refusal_to_keep,
    refusal_to_move,
    totals_of,
)
from lms.services.audit import record_act
from lms.services.errors import MissingError, RefusedError
from lms.services.facts import add_fact, touch_record
from lms.services.people import today_in
from lms.services.practice import refuse_held_practice
from lms.services.publishing import current_version, definition_of
from lms.services.sealed import is_readable, read_text, seal_text

SUPERVISION = "supervision"


@dataclass(frozen=True, slots=True)
class HoursDetail:
    """An entry with its words opened, for those who may read them."""

    entry: HoursEntry
    claim: HoursClaim
    supervisor: str
    summary: str
    note: str
    confirmation: Confirmation | None
    confirmer: str
    taken_back: str
    corrects: str | None
    corrected_by: str | None


def claim_of(entry: HoursEntry) -> HoursClaim:
    """Return what a stored entry says."""
    return HoursClaim(
        on=entry.happened_on,
        minutes=entry.minutes,
        kind=HoursKind(entry.kind),
        medium=HoursMedium(entry.medium),
        supervisor_id=entry.supervisor_id,
        domains=json.loads(entry.domains),
        group_size=entry.group_size,
    )


def get_entry(session: Session, public_id: str) -> HoursEntry:
    """Return an entry by the id in its address."""
    query = select(HoursEntry).where(HoursEntry.public_id == public_id)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise MissingError
    return found


def supervisors_for(session: Session, place: Enrolment) -> list[tuple[int, str]]:
    """Return whom a trainee may name as supervisor: the one assigned, as (id, chosen name)."""
    query = (
        select(Person.id, Person.chosen_name)
        .join(Assignment, Assignment.person_id == Person.id)
        .where(
            Assignment.enrolment_id == place.id,
            Assignment.kind == "supervisor",
            Assignment.until_on.is_(None),
        )
    )
    return [(row.id, row.chosen_name) for row in session.execute(query)]


def list_entries(session: Session, enrolment_id: int) -> Sequence[HoursEntry]:
    """Return a place's supervision entries, newest first."""
    query = (
        select(HoursEntry)
        .where(HoursEntry.enrolment_id == enrolment_id, HoursEntry.ledger == SUPERVISION)
        .order_by(HoursEntry.happened_on.desc(), HoursEntry.id.desc())
    )
    return session.scalars(query).all()


def totals_for(entries: Sequence[HoursEntry]) -> HoursTotals:
    """Return the sums of a place's entries."""
    return totals_of([(entry.state, entry.kind, entry.minutes) for entry in entries])


def _owner(session: Session, entry: HoursEntry) -> Enrolment:
    query = (
        select(Enrolment)
        .where(Enrolment.id == entry.enrolment_id)
        .options(joinedload(Enrolment.cohort), joinedload(Enrolment.person))
    )
    return session.scalars(query).one()


def _about(entry: HoursEntry, part: str) -> str:
    return f"hours:{entry.public_id}:{part}"


def detail_of(session: Session, entry: HoursEntry) -> HoursDetail:
    """Return an entry with its words opened and its corrections named."""
    place = _owner(session, entry)
    public_id_of = select(HoursEntry.public_id)
    corrects = session.scalar(public_id_of.where(HoursEntry.id == entry.corrects_id))
    corrected_by = session.scalar(public_id_of.where(HoursEntry.corrects_id == entry.id))
    name = session.scalars(select(Person.chosen_name).where(Person.id == entry.supervisor_id)).one()
    confirmation = session.scalars(
        select(Confirmation).where(Confirmation.entry_id == entry.id)
    ).one_or_none()
    confirmer = confirmation.confirmed_by if confirmation else None
    taken_back = confirmation.withdrawn_reason if confirmation else None
    return HoursDetail(
        entry=entry,
        claim=claim_of(entry),
        supervisor=name,
        summary=read_text(session, place.person_id, entry.summary, _about(entry, "summary")),
        note=read_text(session, place.person_id, entry.return_note, _about(entry, "note")),
        confirmation=confirmation,
        confirmer=session.scalar(select(Person.chosen_name).where(Person.id == confirmer)) or "",
        taken_back=read_text(session, place.person_id, taken_back, _about(entry, "withdrawn")),
        corrects=corrects,
        corrected_by=corrected_by,
    )


def _checked(session: Session, place: Enrolment, claim: HoursClaim, now: datetime) -> None:
    named = dict(supervisors_for(session, place))
    if claim.supervisor_id not in named or claim.supervisor_id == place.person_id:
        raise RefusedError(HoursRefusal.NO_SUPERVISOR)
    today = today_in(place.cohort.zone, now)
    refusal = refusal_to_keep(claim, today=today, admitted_on=place.happened_on)
    if refusal:
        raise RefusedError(refusal)


def _put(session: Session, entry: HoursEntry, claim: HoursClaim) -> None:
    entry.happened_on, entry.minutes = claim.on, claim.minutes
    entry.kind, entry.medium = claim.kind.value, claim.medium.value
    entry.group_size = claim.group_size if claim.kind is HoursKind.GROUP else None
    entry.domains = json.dumps(dict(claim.domains), sort_keys=True)
    entry.supervisor_id = claim.supervisor_id or 0


def log_entry(
    session: Session,
    place: Enrolment,
    claim: HoursClaim,
    *,
    summary: str,
    op_id: str,
    send: bool,
    now: datetime,
    corrects: HoursEntry | None = None,
) -> HoursEntry:
    """Write a new entry, and send it to its supervisor if `send`.

    Edge: the same form sent twice leads to the one entry; a confirmed entry has one correction.
    Raises: RefusedError(PracticeHold or HoursRefusal).
    """
    twin = _find_by_op(session, place.id, op_id)
    if twin is not None:
        return twin
    refuse_held_practice(session, place)
    _checked(session, place, claim, now)
    if corrects is not None and corrects.state not in {HoursState.CONFIRMED, HoursState.WITHDRAWN}:
        raise RefusedError(HoursRefusal.NOT_FROM_HERE)
    entry = HoursEntry(
        enrolment_id=place.id,
        recorded_at=now,
        ledger=SUPERVISION,
        state=HoursState.DRAFT.value,
        op_id=op_id,
        corrects_id=corrects.id if corrects else None,
    )
    _put(session, entry, claim)
    try:
        with session.begin_nested():
            add_fact(session, entry)
    except IntegrityError as clash:
        found = _find_by_op(session, place.id, op_id)
        if found is not None:
            return found
        raise RefusedError(HoursRefusal.ALREADY_CORRECTED) from clash
    entry.summary = seal_text(session, place.person_id, summary, _about(entry, "summary"), now)
    if send:
        submit_entry(session, entry, now=now)
    session.flush()
    return entry


def _find_by_op(session: Session, enrolment_id: int, op_id: str) -> HoursEntry | None:
    query = select(HoursEntry).where(
        HoursEntry.enrolment_id == enrolment_id, HoursEntry.op_id == op_id
    )
    return session.scalars(query).one_or_none()


def change_entry(
    session: Session,
    entry: HoursEntry,
    claim: HoursClaim,
    *,
    summary: str,
    version: int,
    send: bool,
    now: datetime,
) -> None:
    """Change a draft or a returned entry, and send it if `send`.

    Raises: RefusedError; HoursRefusal.CHANGED where it was changed on another page meanwhile.
    """
    place = _owner(session, entry)
    refuse_held_practice(session, place)
    session.refresh(entry, with_for_update=True)
    if entry.state not in CHANGEABLE:
        raise RefusedError(HoursRefusal.NOT_FROM_HERE)
    if entry.version != version:
        raise RefusedError(HoursRefusal.CHANGED)
    _checked(session, place, claim, now)
    _put(session, entry, claim)
    entry.summary = seal_text(session, place.person_id, summary, _about(entry, "summary"), now)
    entry.version += 1
    touch_record(session, entry.enrolment_id)
    if send:
        submit_entry(session, entry, now=now)


def _move(session: Session, entry: HoursEntry, to: HoursState) -> None:
    refusal = refusal_to_move(HoursState(entry.state), to)
    if refusal:
        raise RefusedError(refusal)
    entry.state = to.value
    touch_record(session, entry.enrolment_id)
    session.flush()


def _note_act(session: Session, act: str, entry: HoursEntry, actor_id: int, now: datetime) -> None:
    place = _owner(session, entry)
    record_act(
        session,
        act,
        now=now,
        chain=place.person.organisation_id,
        actor_id=actor_id,
        about_id=place.person_id,
        subject=f"hours:{entry.public_id}",
        minutes=entry.minutes,
    )


def submit_entry(session: Session, entry: HoursEntry, *, now: datetime) -> None:
    """Send an entry to the supervisor it names."""
    _move(session, entry, HoursState.SUBMITTED)
    entry.submitted_at, entry.return_note = now, None
    _note_act(session, "hours-submitted", entry, _owner(session, entry).person_id, now)


def take_back_entry(
    session: Session, entry: HoursEntry, *, now: datetime, seen: str | None = None
) -> None:
    """Take a sent entry back to a draft, or withdraw a draft; a confirmed one stays.

    Edge: `seen` is the state that the page showed. Where the entry has moved on since, nothing is
    done: a double click on "take it back" must not also remove the draft.
    """
    session.refresh(entry, with_for_update=True)
    if seen is not None and seen != entry.state:
        return
    sent = entry.state == HoursState.SUBMITTED
    if not sent and entry.state not in CHANGEABLE:
        raise RefusedError(HoursRefusal.NOT_FROM_HERE)
    _move(session, entry, HoursState.DRAFT if sent else HoursState.WITHDRAWN)
    _note_act(session, "hours-taken-back", entry, _owner(session, entry).person_id, now)


def confirm_entry(
    session: Session, entry: HoursEntry, *, by: int, version: int, now: datetime
) -> Confirmation:
    """Sign exactly what an entry says; from here on it does not change.

    Edge: a second click finds the confirmation that is there. `version` is what was read: an
    entry changed meanwhile is not signed unseen.
    Raises: RefusedError.
    """
    session.refresh(entry, with_for_update=True)
    found = session.scalars(
        select(Confirmation).where(Confirmation.entry_id == entry.id)
    ).one_or_none()
    if found is not None and entry.state == HoursState.CONFIRMED:
        return found
    if entry.version != version:
        raise RefusedError(HoursRefusal.CHANGED)
    _move(session, entry, HoursState.CONFIRMED)
    detail = detail_of(session, entry)
    if not is_readable(detail.summary):
        raise RefusedError(HoursRefusal.UNREADABLE)
    place = _owner(session, entry)
    signed = Confirmation(
        entry_id=entry.id,
        confirmed_by=by,
        confirmed_at=now,
        content_hash=content_hash(
            detail.claim, entry=entry.public_id, person=place.person_id, summary=detail.summary
        ),
    )
    session.add(signed)
    session.flush()
    _note_act(session, "hours-confirmed", entry, by, now)
    return signed


def return_entry(
    session: Session, entry: HoursEntry, *, by: int, note: str, version: int, now: datetime
) -> None:
    """Give a sent entry back to its writer with a note on what was read: `version`.

    Raises: RefusedError.
    """
    if not note:
        raise RefusedError(HoursRefusal.NOTE_MISSING)
    session.refresh(entry, with_for_update=True)
    if entry.version != version:
        raise RefusedError(HoursRefusal.CHANGED)
    _move(session, entry, HoursState.RETURNED)
    owner = _owner(session, entry).person_id
    entry.return_note = seal_text(session, owner, note, _about(entry, "note"), now)
    entry.version += 1
    entry.returned_at, entry.returned_by = now, by
    _note_act(session, "hours-returned", entry, by, now)


def withdraw_confirmation(
    session: Session, entry: HoursEntry, *, by: int, reason: str, now: datetime
) -> None:
    """Take a confirmation back with a reason; the entry stops counting and stays readable."""
    if not reason:
        raise RefusedError(HoursRefusal.NOTE_MISSING)
    session.refresh(entry, with_for_update=True)
    signed = session.scalars(
        select(Confirmation).where(Confirmation.entry_id == entry.id)
    ).one_or_none()
    if signed is None or signed.confirmed_by != by:
        raise RefusedError(HoursRefusal.NOT_FROM_HERE)
    _move(session, entry, HoursState.WITHDRAWN)
    owner = _owner(session, entry).person_id
    signed.withdrawn_at = now
    signed.withdrawn_reason = seal_text(session, owner, reason, _about(entry, "withdrawn"), now)
    _note_act(session, "hours-confirmation-withdrawn", entry, by, now)


def confirm_again(
    session: Session, entry: HoursEntry, *, by: int, version: int, op_id: str, now: datetime
) -> HoursEntry:
    """Return a new entry that says the same as one that was not confirmed, confirmed by `by`.

    Edge: the old one stays readable, names its correction, and counts no more. `version` is what
          was read.
    Raises: RefusedError.
    """
    session.refresh(entry, with_for_update=True)
    if entry.version != version:
        raise RefusedError(HoursRefusal.CHANGED)
    detail = detail_of(session, entry)
    if detail.corrected_by:
        raise RefusedError(HoursRefusal.ALREADY_CORRECTED)
    if not is_readable(detail.summary):
        raise RefusedError(HoursRefusal.UNREADABLE)
    if entry.state != HoursState.WITHDRAWN:
        _move(session, entry, HoursState.WITHDRAWN)
    newer = HoursEntry(
        enrolment_id=entry.enrolment_id,
        recorded_at=now,
        ledger=entry.ledger,
        state=HoursState.SUBMITTED.value,
        submitted_at=now,
        op_id=op_id,
        corrects_id=entry.id,
    )
    _put(session, newer, detail.claim)
    add_fact(session, newer)
    owner = _owner(session, entry).person_id
    newer.summary = seal_text(session, owner, detail.summary, _about(newer, "summary"), now)
    session.flush()
    confirm_entry(session, newer, by=by, version=newer.version, now=now)
    return newer


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One entry that waits for a supervisor. `summary` is opened for them."""

    entry: HoursEntry
    trainee: str
    summary: str
    domains: Mapping[str, int]


def list_waiting(session: Session, supervisor_id: int) -> list[QueueRow]:
    """Return what waits for a supervisor's confirmation, oldest first."""
    query = (
        select(HoursEntry, Person)
        .join(Enrolment, Enrolment.id == HoursEntry.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            HoursEntry.supervisor_id == supervisor_id,
            HoursEntry.state == HoursState.SUBMITTED.value,
            Person.id != supervisor_id,
        )
        .order_by(HoursEntry.submitted_at, HoursEntry.id)
    )
    return [
        QueueRow(
            entry,
            person.chosen_name,
            read_text(session, person.id, entry.summary, _about(entry, "summary")),
            json.loads(entry.domains),
        )
        for entry, person in session.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class SuperviseeRow:
    """One supervisee's totals, in minutes."""

    name: str
    person: str
    confirmed: int
    waiting: int


def list_supervisees(session: Session, supervisor_id: int) -> list[SuperviseeRow]:
    """Return the totals of those whom a supervisor is assigned to; two queries."""
    people = session.execute(
        select(Enrolment.id, Person.chosen_name, Person.public_id)
        .join(Assignment, Assignment.enrolment_id == Enrolment.id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Assignment.person_id == supervisor_id,
            Assignment.kind == "supervisor",
            Assignment.until_on.is_(None),
            Enrolment.state != "withdrawn",
        )
        .order_by(Person.chosen_name)
    ).all()
    sums: dict[int, list[tuple[str, str, int]]] = {row.id: [] for row in people}
    entries = select(
        HoursEntry.enrolment_id, HoursEntry.state, HoursEntry.kind, HoursEntry.minutes
    ).where(HoursEntry.enrolment_id.in_(sums), HoursEntry.ledger == SUPERVISION)
    for row in session.execute(entries):
        sums[row.enrolment_id].append((row.state, row.kind, row.minutes))
    return [
        SuperviseeRow(row.chosen_name, row.public_id, total.confirmed, total.waiting)
        for row in people
        for total in [totals_of(sums[row.id])]
    ]


def last_used(entries: Sequence[HoursEntry], today: date) -> dict[str, object]:
    """Return what a new entry starts with: today, and what the last one said."""
    if not entries:
        return {"happened_on": today}
    newest = max(entries, key=lambda entry: entry.id)
    return {
        "happened_on": today,
        "duration": newest.minutes,
        "kind": newest.kind,
        "medium": newest.medium,
        "group_size": newest.group_size,
    }


def domains_for(session: Session) -> list[tuple[str, str]]:
    """Return the competency domains that minutes may be split over, as (id, title)."""
    assessment = definition_of(session, current_version(session, "assessment", "readiness"))
    return [(domain.id, domain.title) for domain in assessment.domains]
