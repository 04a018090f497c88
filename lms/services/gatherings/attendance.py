"""Attendance: a sheet kept as it comes, closed once by whoever is first, corrected by new facts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.db import lock_row, new_public_id
from lms.models import Attendance, Cohort, Enrolment, Gathering, Seat
from lms.rules.gatherings import (
    AttendanceRefusal,
    GatheringState,
    Marks,
    Sheet,
    minutes_there,
    refusal_to_close,
    refusal_to_correct,
    refusal_to_save,
    sheet_from,
)
from lms.services.audit import record_act
from lms.services.drafts import drop_draft, find_draft, save_draft
from lms.services.errors import ClashError, RefusedError
from lms.services.facts import add_fact, replace_fact
from lms.services.gatherings.planning import conditions_of, note_gathering
from lms.services.gatherings.seats import SeatRow, list_roster, lock_seat
from lms.services.sealed import read_text, seal_text


@dataclass(frozen=True, slots=True)
class Taken:
    """A sheet under way: who stands on it, what was filled in, and the version of that draft.

    Shape: `own` is the asker's own row, which somebody else takes; None where there is none.
    """

    rows: tuple[SeatRow, ...]
    own: SeatRow | None
    body: Mapping[str, str]
    sheet: Sheet
    version: int


def sheet_key(gathering: Gathering) -> str:
    """Return the key that a draft of the sheet is kept under."""
    return f"attendance:{gathering.public_id}"


def open_sheet(
    session: Session,
    actor_id: int,
    gathering: Gathering,
    body: Mapping[str, str] | None = None,
) -> Taken:
    """Return the sheet as the asker has it so far, or as `body` fills it in."""
    kept = find_draft(session, actor_id, sheet_key(gathering))
    filled = body if body is not None else kept.body if kept else {}
    roster = list_roster(session, gathering)
    rows = tuple(row for row in roster if row.person_id != actor_id)
    own = next((row for row in roster if row.person_id == actor_id), None)
    return Taken(rows, own, filled, _read(gathering, rows, filled), kept.version if kept else 0)


def _read(gathering: Gathering, rows: tuple[SeatRow, ...], body: Mapping[str, str]) -> Sheet:
    seats = [row.seat.public_id for row in rows]
    expected = {row.seat.public_id for row in rows if row.seat.expected}
    return sheet_from(body, seats, expected, conditions_of(gathering).parts)


def save_sheet(
    session: Session,
    actor_id: int,
    gathering: Gathering,
    body: dict[str, str],
    *,
    base_version: int,
    now: datetime,
) -> int:
    """Keep a sheet under way and return its version.

    Edge:   another device that saved the very same marks meanwhile is no clash.
    Raises: ClashError with both, where another device saved others; RefusedError.
    """
    lock_row(session, gathering)
    refusal = refusal_to_save(GatheringState(gathering.state))
    if refusal:
        raise RefusedError(refusal)
    key = sheet_key(gathering)
    kept = find_draft(session, actor_id, key)
    if kept and kept.version != base_version and _spoken(kept.body) != _spoken(body):
        raise ClashError(kept.body, body, kept.version)
    return save_draft(session, actor_id, key, body, base_version=None, op_id="", now=now)


def _spoken(body: Mapping[str, str]) -> dict[str, str]:
    """Return what of a sheet says something."""
    return {name: text.strip() for name, text in body.items() if text.strip()}


def close_attendance(
    session: Session, actor_id: int, gathering: Gathering, *, version: int, now: datetime
) -> int:
    """Put a sheet on record as facts, once, and return for how many people.

    Edge:   `version` is the draft that was looked over whole; a newer one is not put on record
            unseen. Whoever closes is left out: somebody else records them.
    Raises: RefusedError(AttendanceRefusal).
    """
    lock_row(session, gathering)
    taken = open_sheet(session, actor_id, gathering)
    refusal = refusal_to_close(
        GatheringState(gathering.state),
        ends_at=gathering.ends_at,
        now=now,
        complete=not taken.sheet.problems,
    )
    if refusal is None and version != taken.version:
        refusal = AttendanceRefusal.CHANGED
    if refusal:
        raise RefusedError(refusal)
    gathering.state = GatheringState.CLOSED.value
    gathering.closed_by, gathering.closed_at = actor_id, now
    cohort = session.get_one(Cohort, gathering.cohort_id)
    note_gathering(session, "gathering-closed", actor_id, gathering, cohort, now)
    try:
        with session.begin_nested():
            for row in taken.rows:
                if row.seat.public_id in taken.sheet.marks:
                    marks = taken.sheet.marks[row.seat.public_id]
                    _record(session, actor_id, row, marks, "", now)
    except IntegrityError as clash:  # one attendance in force a seat
        raise RefusedError(AttendanceRefusal.CLOSED) from clash
    drop_draft(session, actor_id, sheet_key(gathering))
    session.flush()
    return len(taken.sheet.marks)


def _record(
    session: Session,
    actor_id: int,
    row: SeatRow,
    marks: Marks,
    reason: str,
    now: datetime,
) -> Attendance:
    gathering, public_id = row.gathering, new_public_id()
    sealed = None
    if reason:
        sealed = seal_text(session, row.person_id, reason, _about_reason(public_id), now)
    minutes = minutes_there(conditions_of(gathering), marks)
    fact = Attendance(
        public_id=public_id,
        enrolment_id=row.seat.enrolment_id,
        happened_on=gathering.happens_on,
        recorded_at=now,
        seat_id=row.seat.id,
        minutes=minutes,
        marks=json.dumps(marks),
        recorded_by=actor_id,
        reason=sealed,
    )
    add_fact(session, fact)
    act = "attendance-corrected" if row.attendance else "attendance-recorded"
    note_seat(session, act, actor_id, row, now, minutes=minutes)
    return fact


def _about_reason(public_id: str) -> str:
    return f"attendance:{public_id}:reason"


def note_seat(
    session: Session, act: str, actor_id: int, row: SeatRow, now: datetime, *, minutes: int
) -> None:
    """Note an act on one person's attendance, among the acts on that person's record."""
    record_act(
        session,
        act,
        now=now,
        chain=row.gathering.cohort.organisation_id,
        actor_id=actor_id,
        about_id=row.person_id,
        subject=f"seat:{row.seat.public_id}",
        minutes=minutes,
    )


def correct_attendance(
    session: Session,
    actor_id: int,
    seat: Seat,
    marks: Marks,
    *,
    seen: str,
    reason: str,
    now: datetime,
) -> Attendance:
    """Record a person's attendance anew, and return the fact; the one before stays, replaced.

    Shape:  `seen` is the public id of the fact that the page showed, empty where there was none.
    Edge:   whoever was not on the sheet is recorded like this, above all the one who closed it.
    Raises: RefusedError(AttendanceRefusal).
    """
    row = lock_seat(session, seat)
    if seen != (row.attendance.public_id if row.attendance else ""):
        raise RefusedError(AttendanceRefusal.CHANGED)
    refusal = refusal_to_correct(
        GatheringState(row.gathering.state),
        by=actor_id,
        person_id=row.person_id,
        before=row.marks,
        after=marks,
        made_up=[one.made_up for one in row.make_ups],
        conditions=conditions_of(row.gathering),
        reason=reason,
    )
    if refusal:
        raise RefusedError(refusal)
    if row.attendance:
        replace_fact(session, row.attendance, now=now)
        session.flush()
    try:
        with session.begin_nested():
            return _record(session, actor_id, row, marks, reason, now)
    except IntegrityError as clash:
        raise RefusedError(AttendanceRefusal.CHANGED) from clash


@dataclass(frozen=True, slots=True)
class Corrected:
    """One attendance in a person's history, the reason for it opened."""

    fact: Attendance
    reason: str


def list_history(session: Session, seat: Seat) -> list[Corrected]:
    """Return everything that was ever recorded of a seat's attendance, the newest first."""
    owner = select(Enrolment.person_id).where(Enrolment.id == seat.enrolment_id)
    person_id = session.scalars(owner).one()
    query = select(Attendance).where(Attendance.seat_id == seat.id)
    return [
        Corrected(fact, read_text(session, person_id, fact.reason, _about_reason(fact.public_id)))
        for fact in session.scalars(query.order_by(Attendance.id.desc()))
    ]
