"""Books a role-play for a trainee, takes a booking back, and loads what belongs to one."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from lms.db import lock_row
from lms.models import Assignment, ContentVersion, Enrolment, Performance, Person
from lms.rules.cohorts import AssignmentKind
from lms.rules.roleplays import (
    OPEN_STATES,
    BookRefusal,
    PerformanceState,
    Rubric,
    Scenario,
    refusal_to_book,
    refusal_to_cancel,
)
from lms.services.audit import record_act
from lms.services.errors import MissingError, RefusedError
from lms.services.facts import add_fact, touch_record
from lms.services.people import today_in
from lms.services.practice import refuse_held_practice, zone_of
from lms.services.publishing import (
    current_version,
    definition_of,
    find_current_version,
    versions_by_id,
)

MARKING_KINDS = (AssignmentKind.TRAINER.value, AssignmentKind.SECOND_TRAINER.value)


@dataclass(frozen=True, slots=True)
class Booking:
    """What is booked: which scenario, how and when it is played, and who marks."""

    scenario: str
    medium: str
    happened_on: date
    marker_id: int


@dataclass(frozen=True, slots=True)
class Case:
    """A performance with what it is about; `place` has its cohort and person loaded."""

    performance: Performance
    place: Enrolment
    marker: Person
    scenario: Scenario
    rubric: Rubric

    def today(self, now: datetime) -> date:
        """Return the cohort's calendar day."""
        return today_in(zone_of(self.place), now)


def get_scenario(session: Session, slug: str) -> ContentVersion:
    """Return a scenario's current version. Raises: MissingError."""
    return current_version(session, "scenario", slug)


def get_performance(session: Session, public_id: str) -> Performance:
    """Return a performance by the id in its address. Raises: MissingError."""
    query = select(Performance).where(Performance.public_id == public_id)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise MissingError
    return found


def load_case(session: Session, performance: Performance) -> Case:
    """Return a performance with its place, its marker and the versions it was booked with."""
    query = select(Enrolment).where(Enrolment.id == performance.enrolment_id)
    place = session.scalars(
        query.options(joinedload(Enrolment.cohort), joinedload(Enrolment.person))
    ).one()
    ids = (performance.scenario_version_id, performance.rubric_version_id)
    versions = versions_by_id(session, ids)
    scenario, rubric = (definition_of(session, versions[i]) for i in ids)
    marker = session.get_one(Person, performance.marker_id)
    return Case(performance, place, marker, scenario, rubric)


def find_open_case(session: Session, place: Enrolment, scenario: str) -> Case | None:
    """Return a trainee's open performance of a scenario, with the versions it will be marked by."""
    query = select(Performance).where(
        Performance.enrolment_id == place.id,
        Performance.scenario == scenario,
        Performance.state.in_(OPEN_STATES),
    )
    found = session.scalars(query).one_or_none()
    return load_case(session, found) if found else None


def list_markers(session: Session, place: Enrolment) -> list[Person]:
    """Return who may mark a trainee: the trainers assigned now, never the trainee."""
    query = (
        select(Person)
        .join(Assignment, Assignment.person_id == Person.id)
        .where(
            Assignment.enrolment_id == place.id,
            Assignment.kind.in_(MARKING_KINDS),
            Assignment.until_on.is_(None),
            Assignment.person_id != place.person_id,
        )
        .order_by(Assignment.kind.desc(), Person.id)
    )
    return list(session.scalars(query).unique())


def book_performance(
    session: Session,
    actor_id: int,
    place: Enrolment,
    booking: Booking,
    *,
    op_id: str,
    now: datetime,
) -> Performance:
    """Book a role-play for a trainee and return it.

    Edge: the same form sent again returns the booking it made the first time.
    Raises: RefusedError with a PracticeHold or a BookRefusal.
    """
    lock_row(session, place)
    made = _find_booked(session, place.id, op_id)
    if made is not None:
        return made
    refuse_held_practice(session, place)
    versions = _versions_for(session, booking.scenario)
    scenario: Scenario = definition_of(session, versions[0])
    with_cohort = select(Enrolment).options(joinedload(Enrolment.cohort))
    zone = zone_of(session.scalars(with_cohort.where(Enrolment.id == place.id)).one())
    reason = refusal_to_book(
        marker_id=booking.marker_id,
        trainee_id=place.person_id,
        markers={marker.id for marker in list_markers(session, place)},
        medium=booking.medium,
        media=scenario.media,
        on=booking.happened_on,
        place_since=place.happened_on,
        today=today_in(zone, now),
    )
    if reason:
        raise RefusedError(reason)
    return _insert(session, actor_id, place, booking, scenario, versions, op_id, now)


def _find_booked(session: Session, enrolment_id: int, op_id: str) -> Performance | None:
    query = select(Performance).where(
        Performance.enrolment_id == enrolment_id, Performance.op_id == op_id
    )
    return session.scalars(query).one_or_none()


def _versions_for(session: Session, slug: str) -> tuple[ContentVersion, ContentVersion]:
    version = find_current_version(session, "scenario", slug)
    if version is None:
        raise RefusedError(BookRefusal.NO_SUCH_SCENARIO)
    scenario: Scenario = definition_of(session, version)
    return version, current_version(session, "rubric", scenario.rubric)


def _insert(
    session: Session,
    actor_id: int,
    place: Enrolment,
    booking: Booking,
    scenario: Scenario,
    versions: tuple[ContentVersion, ContentVersion],
    op_id: str,
    now: datetime,
) -> Performance:
    row = Performance(
        enrolment_id=place.id,
        happened_on=booking.happened_on,
        recorded_at=now,
        scenario=scenario.id,
        scenario_version_id=versions[0].id,
        rubric_version_id=versions[1].id,
        marker_id=booking.marker_id,
        booked_by=actor_id,
        medium=booking.medium,
        minutes=scenario.minutes,
        state=PerformanceState.BOOKED.value,
        op_id=op_id,
    )
    try:
        with session.begin_nested():
            add_fact(session, row)
    except IntegrityError as clash:  # one open performance a trainee and scenario
        raise RefusedError(BookRefusal.ALREADY_OPEN) from clash
    note_act(session, "performance-booked", actor_id, row, place.person_id, now)
    return row


def cancel_performance(
    session: Session, actor_id: int, performance: Performance, *, now: datetime
) -> None:
    """Take a booking back; the row stays as cancelled. Raises: RefusedError(CancelRefusal)."""
    lock_row(session, performance)
    reason = refusal_to_cancel(PerformanceState(performance.state))
    if reason:
        raise RefusedError(reason)
    performance.state = PerformanceState.CANCELLED.value
    session.flush()
    touch_record(session, performance.enrolment_id)
    owner = session.get_one(Enrolment, performance.enrolment_id).person_id
    note_act(session, "performance-cancelled", actor_id, performance, owner, now)


def note_act(
    session: Session,
    act: str,
    actor_id: int,
    performance: Performance,
    about_id: int | None,
    now: datetime,
    **details: str,
) -> None:
    """Note an act on a performance in the trainee's organisation's chain.

    Edge: `about_id` is None for what the trainee may not learn of before release.
    """
    owner = select(Enrolment.person_id).where(Enrolment.id == performance.enrolment_id)
    home = session.scalars(
        select(Person.organisation_id).where(Person.id == owner.scalar_subquery())
    ).one()
    record_act(
        session,
        act,
        now=now,
        chain=home,
        actor_id=actor_id,
        about_id=about_id,
        subject=f"performance:{performance.public_id}",
        **details,
    )
