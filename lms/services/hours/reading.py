"""Entries as their readers see them: what one says, who may be named in it, the sums."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lms.models import Assignment, Confirmation, Enrolment, HoursEntry, Person
from lms.rules.hours import HoursClaim, HoursKind, HoursMedium, HoursTotals, totals_of
from lms.services.errors import MissingError
from lms.services.publishing import current_version, definition_of
from lms.services.sealed import read_text

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


def owner_of(session: Session, entry: HoursEntry) -> Enrolment:
    """Return the place that an entry belongs to, with its cohort and its person."""
    query = (
        select(Enrolment)
        .where(Enrolment.id == entry.enrolment_id)
        .options(joinedload(Enrolment.cohort), joinedload(Enrolment.person))
    )
    return session.scalars(query).one()


def seal_of(entry: HoursEntry, part: str) -> str:
    """Return the name that one text of an entry is sealed under."""
    return f"hours:{entry.public_id}:{part}"


def detail_of(session: Session, entry: HoursEntry) -> HoursDetail:
    """Return an entry with its words opened and its corrections named."""
    place = owner_of(session, entry)
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
        summary=read_text(session, place.person_id, entry.summary, seal_of(entry, "summary")),
        note=read_text(session, place.person_id, entry.return_note, seal_of(entry, "note")),
        confirmation=confirmation,
        confirmer=session.scalar(select(Person.chosen_name).where(Person.id == confirmer)) or "",
        taken_back=read_text(session, place.person_id, taken_back, seal_of(entry, "withdrawn")),
        corrects=corrects,
        corrected_by=corrected_by,
    )


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
