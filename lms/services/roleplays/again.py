"""A released role-play marked once more by somebody else: a new row in the old one's place."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from lms.db import lock_row
from lms.models import Performance
from lms.rules.roleplays import (
    MarkRefusal,
    Marks,
    PerformanceState,
    marks_from,
    problems_in,
    result_for,
)
from lms.services.errors import RefusedError
from lms.services.facts import add_fact, replace_fact
from lms.services.roleplays.booking import load_case, note_act
from lms.services.roleplays.marking import insert_marking


def mark_again(
    session: Session,
    actor_id: int,
    performance: Performance,
    body: Mapping[str, str],
    *,
    op_id: str,
    now: datetime,
) -> Performance:
    """Return a new performance with these marks, released at once; the old one is replaced.

    Shape:  `body` is what the marking form sends, as in `marks_from`.
    Edge:   the day and the scenario stay those that were played; the result follows from the marks.
    Raises: RefusedError(MarkRefusal).
    """
    lock_row(session, performance)
    if performance.state != PerformanceState.RELEASED or performance.replaced_at is not None:
        raise RefusedError(MarkRefusal.CHANGED)
    case = load_case(session, performance)
    marks = marks_from(body, case.scenario, case.rubric)
    if problems_in(marks, case.scenario):
        raise RefusedError(MarkRefusal.INCOMPLETE)
    replace_fact(session, performance, now=now)
    newer = add_fact(session, _newer(performance, actor_id, op_id, now))
    newer_case = load_case(session, newer)
    insert_marking(session, actor_id, newer_case, marks, now)
    newer.result = result_for(case.scenario, case.rubric, marks.levels, marks.harm).value
    newer.released_at, newer.released_on = now, newer_case.today(now)
    session.flush()
    note_act(
        session,
        "performance-marked-again",
        actor_id,
        newer,
        case.place.person_id,
        now,
        result=newer.result,
    )
    return newer


def same_marks(one: Marks, other: Marks) -> bool:
    """Say whether two markings set the same levels and harm items."""
    return dict(one.levels) == dict(other.levels) and set(one.harm) == set(other.harm)


def _newer(performance: Performance, actor_id: int, op_id: str, now: datetime) -> Performance:
    return Performance(
        enrolment_id=performance.enrolment_id,
        happened_on=performance.happened_on,
        recorded_at=now,
        scenario=performance.scenario,
        scenario_version_id=performance.scenario_version_id,
        rubric_version_id=performance.rubric_version_id,
        marker_id=actor_id,
        booked_by=performance.booked_by,
        medium=performance.medium,
        minutes=performance.minutes,
        state=PerformanceState.RELEASED.value,
        op_id=op_id,
    )
