"""The lists of gatherings: of a cohort, of those one runs, what is to be made up, and Today's."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, bindparam, exists, select, true
from sqlalchemy.orm import Session

from lms.models import (
    Cohort,
    Enrolment,
    Gathering,
    Person,
    Seat,
    TrustAcknowledgement,
    TrustAgreement,
)
from lms.rules.gatherings import Audience, GatheringKind, GatheringState, Standing
from lms.rules.roles import Actor
from lms.rules.visibility import RecordClass
from lms.services.gatherings.seats import SeatRow, list_seats
from lms.services.visibility import scope_for, scope_of_cohorts, scope_of_gatherings


@dataclass(frozen=True, slots=True)
class GatheringRow:
    """One gathering in a list of staff. `waits`: it is over, and attendance is not closed yet."""

    gathering: Gathering
    cohort: str
    zone: str
    leader: str
    waits: bool


@dataclass(frozen=True, slots=True)
class CohortRow:
    """A cohort in which the asker may plan gatherings."""

    public_id: str
    name: str


@dataclass(frozen=True, slots=True)
class ComingRow:
    """The next gathering of a person, for Today. `is_shut`: the trust agreement comes first."""

    public_id: str
    title: str
    begins_at: datetime
    expected: bool
    is_joint: bool
    is_shut: bool


def _staff_rows(actor: Actor) -> Select[Gathering, str, str, str]:
    return (
        select(Gathering, Cohort.name.label("cohort"), Cohort.zone, Person.chosen_name)
        .join(Cohort, Cohort.id == Gathering.cohort_id)
        .join(Person, Person.id == Gathering.leader_id)
        .where(Gathering.id.in_(scope_of_gatherings(actor)))
    )


def _read(
    session: Session, query: Select[Gathering, str, str, str], now: datetime
) -> list[GatheringRow]:
    return [
        GatheringRow(
            row.Gathering,
            row.cohort,
            row.zone,
            row.chosen_name,
            row.Gathering.state == GatheringState.PLANNED and row.Gathering.ends_at <= now,
        )
        for row in session.execute(query)
    ]


def list_cohort_gatherings(
    session: Session, actor: Actor, cohort: Cohort, *, now: datetime
) -> list[GatheringRow]:
    """Return a cohort's gatherings in order of time, as far as the asker may list them."""
    query = _staff_rows(actor).where(Gathering.cohort_id == cohort.id)
    return _read(session, query.order_by(Gathering.begins_at, Gathering.id), now)


def list_led(session: Session, actor: Actor, *, now: datetime) -> list[GatheringRow]:
    """Return the gatherings that the asker leads and that are not closed, in order of time."""
    query = _staff_rows(actor).where(
        Gathering.leader_id == actor.person_id, Gathering.state == GatheringState.PLANNED.value
    )
    return _read(session, query.order_by(Gathering.begins_at, Gathering.id), now)


def list_cohorts_to_plan(session: Session, actor: Actor) -> list[CohortRow]:
    """Return the cohorts in which the asker may plan, by name."""
    query = select(Cohort.public_id, Cohort.name).where(Cohort.id.in_(scope_of_cohorts(actor)))
    return [CohortRow(*row) for row in session.execute(query.order_by(Cohort.name, Cohort.id))]


def list_to_make_up(session: Session, actor: Actor, cohort: Cohort) -> list[SeatRow]:
    """Return whose unmissable parts wait to be made up, of those whose attendance may be read."""
    rows = list_seats(
        session,
        Gathering.cohort_id == cohort.id,
        Gathering.state == GatheringState.CLOSED.value,
        Enrolment.state != "withdrawn",
        Enrolment.person_id != actor.person_id,
        Seat.enrolment_id.in_(scope_for(actor, RecordClass.ATTENDANCE)),
    )
    return [row for row in rows if row.standing is Standing.TO_MAKE_UP]


def list_attendance(session: Session, place: Enrolment) -> list[SeatRow]:
    """Return what a person attended, the newest first; what nobody asked of them is left out."""
    rows = list_seats(
        session,
        Seat.enrolment_id == place.id,
        Gathering.state == GatheringState.CLOSED.value,
    )
    return [row for row in reversed(rows) if row.standing is not Standing.NOT_ASKED]


_NEWEST_TRUST = (
    select(TrustAgreement.id)
    .where(TrustAgreement.cohort_id == bindparam("cohort"))
    .order_by(TrustAgreement.number.desc())
    .limit(1)
    .subquery()
)
_ACKNOWLEDGED = exists().where(
    TrustAcknowledgement.enrolment_id == bindparam("enrolment"),
    TrustAcknowledgement.agreement_id == _NEWEST_TRUST.c.id,
)
_TRUST = select(
    select(_NEWEST_TRUST.c.id).scalar_subquery().label("agreement"),
    select(_ACKNOWLEDGED).scalar_subquery().label("acknowledged"),
).subquery()
_COMING = (
    select(
        Gathering.id,
        Gathering.public_id,
        Gathering.title,
        Gathering.begins_at,
        Seat.expected,
        Gathering.kind,
        Gathering.audience,
    )
    .join(Seat, Seat.gathering_id == Gathering.id)
    .where(
        Seat.enrolment_id == bindparam("enrolment"),
        Gathering.state == GatheringState.PLANNED.value,
        Gathering.ends_at > bindparam("now"),
    )
    .order_by(Gathering.begins_at, Gathering.id)
    .limit(3)
    .subquery()
)
# both, though no gathering may be to come: asked for every Today, so it is put together once
_OWN = (
    select(_TRUST, _COMING)
    .select_from(_TRUST.outerjoin(_COMING, true()))
    .order_by(_COMING.c.begins_at, _COMING.c.id)
)


@dataclass(frozen=True, slots=True)
class OwnMatters:
    """What of gatherings Today tells a trainee: those to come, and whether a text is to be read."""

    coming: list[ComingRow]
    trust_waits: bool


def own_matters(session: Session, place: Enrolment, *, now: datetime) -> OwnMatters:
    """Return a trainee's next three gatherings, in order of time, and what waits, in one query."""
    asked = {"enrolment": place.id, "cohort": place.cohort_id, "now": now}
    rows = session.connection().execute(_OWN, asked).all()
    coming = [
        ComingRow(
            row.public_id,
            row.title,
            row.begins_at,
            row.expected,
            row.audience == Audience.JOINT,
            row.kind == GatheringKind.STORY_SHARING and not row.acknowledged,
        )
        for row in rows
        if row.public_id is not None
    ]
    return OwnMatters(coming, rows[0].agreement is not None and not rows[0].acknowledged)
