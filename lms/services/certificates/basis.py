"""What issuing rests on: the place held fast, the verdict of today, who marked, who confirmed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from lms.models import Cohort, Confirmation, Enrolment, HoursEntry, Marking, Performance, Person
from lms.rules.certificates import IssueCase
from lms.rules.cohorts import EnrolmentState
from lms.rules.programmes import Programme
from lms.rules.verdict import State, Verdict
from lms.services.people import today_in
from lms.services.publishing import definition_of
from lms.services.verdicts import verdict_for

OPEN_PLACES = {EnrolmentState.ADMITTED, EnrolmentState.ACTIVE, EnrolmentState.COMPLETED}


class Judge(NamedTuple):
    """Somebody whose marks or confirmations the certificate rests on."""

    id: int
    public_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Basis:
    """Everything that one certificate is judged on and made from, on one day."""

    place: Enrolment
    programme: Programme
    verdict: Verdict
    markers: tuple[Judge, ...]
    confirmers: tuple[Judge, ...]
    today: date


def lock_place(session: Session, enrolment_id: int) -> Enrolment:
    """Return a place read afresh and held until the transaction ends: all its acts queue here."""
    query = place_query(enrolment_id).with_for_update(of=Enrolment)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def place_query(enrolment_id: int) -> Select[Enrolment]:
    """Return the query for a place with its cohort, house, person and programme version."""
    return (
        select(Enrolment)
        .where(Enrolment.id == enrolment_id)
        .options(
            joinedload(Enrolment.cohort).joinedload(Cohort.organisation),
            joinedload(Enrolment.person),
            joinedload(Enrolment.programme_version),
        )
    )


def basis_for(session: Session, place: Enrolment, *, now: datetime) -> Basis:
    """Return what a certificate for a place would rest on today, computed afresh."""
    today = today_in(place.cohort.zone, now)
    found = verdict_for(session, place, on=today)
    return Basis(
        place=place,
        programme=definition_of(session, place.programme_version),
        verdict=found,
        markers=_markers(session, place.id),
        confirmers=_confirmers(session, place.id, found),
        today=today,
    )


def _by_name(judges: Iterable[Judge]) -> tuple[Judge, ...]:
    return tuple(sorted(set(judges), key=lambda judge: (judge.name, judge.id)))


def _markers(session: Session, enrolment_id: int) -> tuple[Judge, ...]:
    query = (
        select(Person.id, Person.public_id, Person.chosen_name)
        .join(Marking, Marking.marker_id == Person.id)
        .join(Performance, Performance.id == Marking.performance_id)
        .where(
            Performance.enrolment_id == enrolment_id,
            Performance.state == "released",
            Performance.replaced_at.is_(None),
        )
        .distinct()
    )
    return _by_name(Judge(person, public, name) for person, public, name in session.execute(query))


def _confirmers(session: Session, enrolment_id: int, found: Verdict) -> tuple[Judge, ...]:
    """Return who confirmed the hours that the verdict counts."""
    counted = {one.id for row in found.rows for one in row.tally.counted}
    query = (
        select(HoursEntry.public_id, Person.id, Person.public_id, Person.chosen_name)
        .join(Confirmation, Confirmation.entry_id == HoursEntry.id)
        .join(Person, Person.id == Confirmation.confirmed_by)
        .where(
            HoursEntry.enrolment_id == enrolment_id,
            HoursEntry.state == "confirmed",
            Confirmation.withdrawn_at.is_(None),
        )
    )
    return _by_name(
        Judge(person, public, name)
        for entry, person, public, name in session.execute(query)
        if entry in counted
    )


def case_of(basis: Basis, *, by: int, issued: bool) -> IssueCase:
    """Return what the rule on issuing is asked with."""
    return IssueCase(
        verdict_met=basis.verdict.state is State.MET,
        already_issued=issued,
        scope=basis.programme.certificate.covers,
        pack_overdue=False,
        holder_id=basis.place.person_id,
        issuer_id=by,
        markers=frozenset(judge.id for judge in basis.markers),
        confirmers=frozenset(judge.id for judge in basis.confirmers),
        place_open=basis.place.state in OPEN_PLACES,
    )
