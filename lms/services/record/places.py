"""Whose record it is: places, what they are pinned to, and the scopes that select them."""

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select

from lms.models import Cohort, ContentVersion, Enrolment, Person, ProgrammeMove

AnySelect = Select[*tuple[Any, ...]]


class Place(NamedTuple):
    """Whose record it is, and under which programme version."""

    enrolment_id: int
    enrolment: str
    person_id: int
    person: str
    name: str
    state: str
    cohort_id: int
    zone: str
    programme_version_id: int
    facts_version: int
    admitted_on: date
    programme_hash: str


def places_query(scope: Select[int], known_at: datetime | None) -> AnySelect:
    """Return the query of places, in the order of their ids."""
    pinned = _pinned(known_at)
    return (
        select(
            Enrolment.id,
            Enrolment.public_id,
            Enrolment.person_id,
            Person.public_id,
            Person.chosen_name,
            Enrolment.state,
            Enrolment.cohort_id,
            Cohort.zone,
            pinned,
            Enrolment.facts_version,
            Enrolment.happened_on,
            ContentVersion.hash,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(ContentVersion, ContentVersion.id == pinned)
        .where(Enrolment.id.in_(scope))
        .order_by(Enrolment.id)
    )


def _pinned(known_at: datetime | None) -> ColumnElement[int]:
    """Return the version that a place was pinned to at an instant: before later moves, if any."""
    now = Enrolment.programme_version_id
    if known_at is None:
        return now.expression
    moved = (
        select(ProgrammeMove.from_version_id)
        .where(ProgrammeMove.enrolment_id == Enrolment.id, ProgrammeMove.recorded_at > known_at)
        .order_by(ProgrammeMove.recorded_at, ProgrammeMove.id)
        .limit(1)
        .correlate(Enrolment)
        .scalar_subquery()
    )
    return func.coalesce(moved, now)


def versions_pinned(scope: Select[int]) -> Select[int]:
    """Return the programme versions that the places of a scope are, or ever were, pinned to."""
    now = select(Enrolment.programme_version_id).where(Enrolment.id.in_(scope))
    before = select(ProgrammeMove.from_version_id).where(ProgrammeMove.enrolment_id.in_(scope))
    return select(ContentVersion.id).where(
        or_(ContentVersion.id.in_(now), ContentVersion.id.in_(before))
    )


def one_place(enrolment_id: int) -> Select[int]:
    """Return the scope of a single place."""
    return select(Enrolment.id).where(Enrolment.id == enrolment_id)


def whole_cohort(cohort_id: int) -> Select[int]:
    """Return the scope of a cohort's places, without those who left."""
    return select(Enrolment.id).where(
        Enrolment.cohort_id == cohort_id, Enrolment.state != "withdrawn"
    )
