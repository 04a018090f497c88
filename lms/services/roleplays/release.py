"""Releases a result, reads a marking, and settles what a harm item has referred."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased, selectinload

from lms.db import lock_row, new_public_id
from lms.models import HarmResolution, Marking, Performance, Person
from lms.rules.roleplays import (
    HarmMark,
    HarmOutcome,
    Marks,
    PerformanceState,
    Result,
    is_harm_settled,
    refusal_to_release,
    refusal_to_resolve,
    result_for,
)
from lms.services.errors import MissingError, RefusedError
from lms.services.facts import add_fact, replace_fact, touch_record
from lms.services.roleplays.booking import Case, load_case, note_act
from lms.services.roleplays.marking import about_marking
from lms.services.sealed import is_readable, read_text, seal_text


@dataclass(frozen=True, slots=True)
class MarkingRead:
    """A submitted marking, its sealed words opened."""

    marker_id: int
    marks: Marks
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """A named person's answer to a harm item: `reason` for staff, `plan` for the trainee."""

    outcome: HarmOutcome
    reason: str
    plan: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """An answer as it was given: by whom and when."""

    answer: Answer
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class OpenHarm:
    """A referral that is not settled; `met_again` where the scenario was met later on."""

    outcome: HarmOutcome | None
    met_again: bool


def get_marking(session: Session, case: Case) -> MarkingRead:
    """Return a performance's submitted marking. Raises: MissingError."""
    query = select(Marking).where(
        Marking.performance_id == case.performance.id,
        Marking.marker_id == case.performance.marker_id,
    )
    row = session.scalars(query.options(selectinload(Marking.harm))).one_or_none()
    if row is None:
        raise MissingError

    def opened(part: str, sealed: bytes) -> str:
        about = about_marking(case.performance.public_id, part)
        return read_text(session, case.place.person_id, sealed, about)

    moments = opened("moments", row.moments)
    return MarkingRead(
        row.marker_id,
        Marks(
            levels=json.loads(row.levels),
            moments=json.loads(moments) if is_readable(moments) else {},
            harm=_harm_in_order(row, case),
            went_well=opened("went-well", row.went_well),
            next_step=opened("next-step", row.next_step),
        ),
        row.submitted_at,
    )


def _harm_in_order(row: Marking, case: Case) -> tuple[HarmMark, ...]:
    ticked = {tick.item: tick.corrected for tick in row.harm}
    items = [item.id for item in case.rubric.harm_items if item.id in ticked]
    return tuple(HarmMark(item, ticked[item]) for item in items)


def release_performance(
    session: Session, actor_id: int, performance: Performance, *, now: datetime
) -> Result:
    """Release a result: from here on it is a fact, and the trainee reads it.

    Raises: RefusedError(ReleaseRefusal).
    """
    lock_row(session, performance)
    reason = refusal_to_release(PerformanceState(performance.state))
    if reason:
        raise RefusedError(reason)
    case = load_case(session, performance)
    marks = get_marking(session, case).marks
    result = result_for(case.scenario, case.rubric, marks.levels, marks.harm)
    performance.state = PerformanceState.RELEASED.value
    performance.result = result.value
    performance.released_at = now
    performance.released_on = case.today(now)
    session.flush()
    touch_record(session, performance.enrolment_id)
    about = case.place.person_id
    note_act(session, "performance-released", actor_id, performance, about, now, result=result)
    return result


def _find_row(session: Session, performance: Performance) -> HarmResolution | None:
    query = select(HarmResolution).where(
        HarmResolution.performance_id == performance.id, HarmResolution.replaced_at.is_(None)
    )
    return session.scalars(query).one_or_none()


def find_resolution(session: Session, case: Case) -> Resolution | None:
    """Return the answer that stands for a referral, or None."""
    row = _find_row(session, case.performance)
    if row is None:
        return None

    def opened(part: str, sealed: bytes) -> str:
        return read_text(session, case.place.person_id, sealed, _about(row.public_id, part))

    answer = Answer(
        HarmOutcome(row.outcome), opened("reason", row.reason), opened("plan", row.plan)
    )
    return Resolution(answer, session.get_one(Person, row.resolved_by).chosen_name, row.happened_on)


def _about(public_id: str, part: str) -> str:
    return f"harm-resolution:{public_id}:{part}"


def resolve_harm(
    session: Session, actor_id: int, performance: Performance, answer: Answer, *, now: datetime
) -> HarmResolution:
    """Record a named person's answer to a harm item, and return it.

    Edge: a repeat that was asked for may later be resolved; the newer answer stands.
    Raises: RefusedError(ResolveRefusal).
    """
    lock_row(session, performance)
    standing = _find_row(session, performance)
    reason = refusal_to_resolve(
        result=Result(performance.result) if performance.result else None,
        actor_id=actor_id,
        marker_id=performance.marker_id,
        standing=HarmOutcome(standing.outcome) if standing else None,
    )
    if reason:
        raise RefusedError(reason)
    if standing:
        replace_fact(session, standing, now=now)
        session.flush()
    case = load_case(session, performance)
    row = _insert_resolution(session, actor_id, case, answer, now)
    about = case.place.person_id
    outcome = answer.outcome.value
    note_act(session, "harm-resolved", actor_id, performance, about, now, outcome=outcome)
    return row


def _insert_resolution(
    session: Session, actor_id: int, case: Case, answer: Answer, now: datetime
) -> HarmResolution:
    public_id = new_public_id()

    def sealed(part: str, text: str) -> bytes:
        return seal_text(session, case.place.person_id, text, _about(public_id, part), now)

    row = HarmResolution(
        public_id=public_id,
        enrolment_id=case.place.id,
        happened_on=case.today(now),
        recorded_at=now,
        performance_id=case.performance.id,
        outcome=answer.outcome.value,
        resolved_by=actor_id,
        reason=sealed("reason", answer.reason),
        plan=sealed("plan", answer.plan),
    )
    return add_fact(session, row)


def open_harm_in(session: Session, enrolments: Select[int]) -> dict[int, OpenHarm]:
    """Return the released performances whose harm item is not settled, by their id."""
    later = aliased(Performance)
    met_again = exists().where(
        later.enrolment_id == Performance.enrolment_id,
        later.scenario == Performance.scenario,
        later.result == Result.MET.value,
        later.replaced_at.is_(None),
        later.happened_on >= Performance.happened_on,
        later.id > Performance.id,
    )
    query = (
        select(Performance.id, HarmResolution.outcome, met_again.label("met_again"))
        .outerjoin(
            HarmResolution,
            (HarmResolution.performance_id == Performance.id)
            & HarmResolution.replaced_at.is_(None),
        )
        .where(
            Performance.result == Result.REFERRED.value,
            Performance.replaced_at.is_(None),
            Performance.enrolment_id.in_(enrolments),
        )
    )
    found: dict[int, OpenHarm] = {}
    for row in session.execute(query):
        outcome = HarmOutcome(row.outcome) if row.outcome else None
        if not is_harm_settled(outcome):
            found[row.id] = OpenHarm(outcome, bool(row.met_again))
    return found


def has_open_harm(session: Session, performance: Performance) -> bool:
    """Say whether a released performance still waits for its harm item to be settled."""
    own = select(Performance.enrolment_id).where(Performance.id == performance.id)
    return performance.id in open_harm_in(session, own)
