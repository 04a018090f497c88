"""The lists of appeals: one's own, what one decides, and, for the office, that there are some."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from lms.models import Appeal, Cohort, Enrolment, Person
from lms.rules.appeals import OPEN, AppealKind, AppealState, due_on
from lms.rules.roles import Actor, Role
from lms.services.people import today_in
from lms.services.publishing import definition_of

OPEN_STATES = tuple(state.value for state in OPEN)


@dataclass(frozen=True, slots=True)
class AppealRow:
    """One appeal in a list: of what kind, where it stands, by when; never its words.

    Shape: `acted_on` is the day of the act in the cohort's zone; `due` is None without a day;
           `stand_in` was named to look once more in the taker's place, empty for nobody.
    """

    public_id: str
    kind: AppealKind
    state: AppealState
    asker: str
    taker: str
    decider: str
    stand_in: str
    acted_on: date
    asked_on: date
    answered_on: date | None
    due: date | None
    is_late: bool

    @property
    def looker(self) -> str:
        """Return who looks once more where it was sent back."""
        return self.stand_in or self.taker


def _rows(session: Session, *ways: ColumnElement[bool], now: datetime) -> list[AppealRow]:
    decider, taker, stand_in = aliased(Person), aliased(Person), aliased(Person)
    query = (
        select(Appeal, Enrolment, decider.chosen_name, taker.chosen_name, stand_in.chosen_name)
        .join(Enrolment, Enrolment.id == Appeal.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(taker, taker.id == Appeal.taken_by)
        .outerjoin(decider, decider.id == Appeal.decider_id)
        .outerjoin(stand_in, stand_in.id == Appeal.again_by)
        .where(*ways)
        .options(
            joinedload(Enrolment.cohort),
            joinedload(Enrolment.person),
            joinedload(Enrolment.programme_version),
        )
        .order_by(Appeal.id)
    )
    return [_row(session, *row, now) for row in session.execute(query)]


def _row(
    session: Session,
    appeal: Appeal,
    place: Enrolment,
    decider: str | None,
    taker: str,
    stand_in: str | None,
    now: datetime,
) -> AppealRow:
    zone, state = place.cohort.zone, AppealState(appeal.state)
    due = due_on(definition_of(session, place.programme_version).appeals, appeal.asked_on)
    last = appeal.again_at or appeal.answered_at
    return AppealRow(
        public_id=appeal.public_id,
        kind=AppealKind(appeal.kind),
        state=state,
        asker=place.person.chosen_name,
        taker=taker,
        decider=decider or "",
        stand_in=stand_in or "",
        acted_on=today_in(zone, appeal.acted_at),
        asked_on=appeal.asked_on,
        answered_on=today_in(zone, last) if last else None,
        due=due,
        is_late=state in OPEN and due is not None and today_in(zone, now) > due,
    )


def row_of(session: Session, appeal: Appeal, *, now: datetime) -> AppealRow:
    """Return one appeal as it stands in the lists."""
    return _rows(session, Appeal.id == appeal.id, now=now)[0]


def list_own_appeals(session: Session, person_id: int, *, now: datetime) -> list[AppealRow]:
    """Return what a person asked, newest first."""
    return _rows(session, Enrolment.person_id == person_id, now=now)[::-1]


def list_to_answer(session: Session, person_id: int, *, now: datetime) -> list[AppealRow]:
    """Return what waits for somebody's answer, as named decider or sent back to them."""
    return _rows(session, waits_for(person_id), Enrolment.person_id != person_id, now=now)


def _looker() -> ColumnElement[int]:
    """Return who looks once more: whoever was named in the taker's place, else the taker."""
    return func.coalesce(Appeal.again_by, Appeal.taken_by)


def waits_for(person_id: int) -> ColumnElement[bool]:
    """Return the condition that an appeal waits for this person's answer."""
    named = (Appeal.state == AppealState.ASSIGNED.value) & (Appeal.decider_id == person_id)
    return named | ((Appeal.state == AppealState.SENT_BACK.value) & (_looker() == person_id))


def list_answered_by(session: Session, person_id: int, *, now: datetime) -> list[AppealRow]:
    """Return what somebody was named for and has answered, newest first."""
    ways = (
        ((Appeal.decider_id == person_id) & Appeal.answered_at.is_not(None))
        | ((Appeal.again_by == person_id) & Appeal.again_at.is_not(None)),
        Enrolment.person_id != person_id,
    )
    return _rows(session, *ways, now=now)[::-1]


def list_for_office(session: Session, actor: Actor, *, now: datetime) -> list[AppealRow]:
    """Return the open appeals of a coordinator's organisation, without their own, oldest first."""
    if Role.COORDINATOR not in actor.roles:
        return []
    ways = (
        Person.organisation_id == actor.organisation_id,
        Enrolment.person_id != actor.person_id,
        Appeal.state.in_(OPEN_STATES),
    )
    return _rows(session, *ways, now=now)


def unassigned_in(actor: Actor) -> Select[int]:
    """Return the ids of the appeals of an organisation for which somebody is to be named.

    Edge: one that waits for a person whose account is closed is among them.
    """
    gone = select(Person.id).where(Person.closed_at.is_not(None))
    state = Appeal.state
    return (
        select(Appeal.id)
        .join(Enrolment, Enrolment.id == Appeal.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(
            Cohort.organisation_id == actor.organisation_id,
            Enrolment.person_id != actor.person_id,
            or_(
                state == AppealState.ASKED.value,
                (state == AppealState.ASSIGNED.value) & Appeal.decider_id.in_(gone),
                (state == AppealState.SENT_BACK.value) & _looker().in_(gone),
            ),
        )
    )
