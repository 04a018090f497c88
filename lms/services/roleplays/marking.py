"""Keeps a marker's draft, and takes the marking once: after that it never changes."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from lms.db import lock_row
from lms.models import HarmTick, Marking, Performance
from lms.rules.roleplays import (
    MarkRefusal,
    Marks,
    PerformanceState,
    marks_from,
    problems_in,
    refusal_to_submit,
)
from lms.services.drafts import drop_draft, find_draft, save_draft
from lms.services.errors import ClashError, RefusedError
from lms.services.roleplays.booking import Case, load_case, note_act
from lms.services.sealed import seal_text


def draft_key(performance: Performance) -> str:
    """Return the key that a marker's draft of this performance is kept under."""
    return f"marking:{performance.public_id}"


def find_marks(session: Session, actor_id: int, case: Case) -> tuple[Marks, int]:
    """Return what the asker has set so far and the version of that draft, 0 for none."""
    kept = find_draft(session, actor_id, draft_key(case.performance))
    body: Mapping[str, str] = kept.body if kept else {}
    return marks_from(body, case.scenario, case.rubric), kept.version if kept else 0


def _refuse_closed(performance: Performance) -> None:
    reason = refusal_to_submit(
        PerformanceState(performance.state),
        on=performance.happened_on,
        today=performance.happened_on,
        complete=True,
    )
    if reason:
        raise RefusedError(reason)


def save_marks(
    session: Session,
    actor_id: int,
    performance: Performance,
    body: dict[str, str],
    *,
    base_version: int,
    now: datetime,
) -> int:
    """Keep a marker's draft and return its version.

    Edge: another device that saved the very same marks meanwhile is no clash.
    Raises: ClashError with both, where another device saved others; RefusedError(MarkRefusal).
    """
    lock_row(session, performance)
    _refuse_closed(performance)
    case = load_case(session, performance)
    key = draft_key(performance)
    kept = find_draft(session, actor_id, key)
    if kept and kept.version != base_version:
        theirs, yours = (marks_from(b, case.scenario, case.rubric) for b in (kept.body, body))
        if theirs != yours:
            raise ClashError(kept.body, body, kept.version)
    return save_draft(session, actor_id, key, body, base_version=None, op_id="", now=now)


def submit_marking(
    session: Session, actor_id: int, performance: Performance, *, version: int, now: datetime
) -> Marking:
    """Take a marking as it was looked over and return it.

    Edge: `version` is the draft that the marker saw whole; a newer one is not sent unseen.
    Raises: RefusedError(MarkRefusal).
    """
    lock_row(session, performance)
    case = load_case(session, performance)
    marks, current = find_marks(session, actor_id, case)
    reason = refusal_to_submit(
        PerformanceState(performance.state),
        on=performance.happened_on,
        today=case.today(now),
        complete=not problems_in(marks, case.scenario),
    )
    if reason is None and version != current:
        reason = MarkRefusal.CHANGED
    if reason:
        raise RefusedError(reason)
    marking = insert_marking(session, actor_id, case, marks, now)
    performance.state = PerformanceState.MARKED.value
    drop_draft(session, actor_id, draft_key(performance))
    session.flush()
    # the trainee's own trail must not tell before release that a marking is in
    note_act(session, "marking-submitted", actor_id, performance, None, now)
    return marking


def about_marking(performance_public_id: str, part: str) -> str:
    """Return what a sealed text of a marking is bound to."""
    return f"marking:{performance_public_id}:{part}"


def insert_marking(
    session: Session, actor_id: int, case: Case, marks: Marks, now: datetime
) -> Marking:
    """Add one marker's marks, their words sealed with the trainee's key."""

    def sealed(part: str, text: str) -> bytes:
        about = about_marking(case.performance.public_id, part)
        return seal_text(session, case.place.person_id, text, about, now)

    marking = Marking(
        performance_id=case.performance.id,
        marker_id=actor_id,
        levels=json.dumps(dict(marks.levels), sort_keys=True),
        moments=sealed("moments", json.dumps(dict(marks.moments), sort_keys=True)),
        went_well=sealed("went-well", marks.went_well),
        next_step=sealed("next-step", marks.next_step),
        submitted_at=now,
        harm=[HarmTick(item=mark.item, corrected=mark.corrected) for mark in marks.harm],
    )
    session.add(marking)
    session.flush()
    return marking
