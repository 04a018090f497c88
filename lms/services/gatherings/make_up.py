"""How a missed part was made up: another gathering, a conversation, reading. All count the same."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.models import Enrolment, Gathering, MakeUp, Seat
from lms.rules.gatherings import (
    GatheringState,
    MakeUpClaim,
    MakeUpRefusal,
    MakeUpWay,
    refusal_to_make_up,
)
from lms.services.errors import MissingError, RefusedError
from lms.services.facts import add_fact, replace_fact
from lms.services.gatherings.attendance import note_seat
from lms.services.gatherings.seats import SeatRow, list_seats, lock_seat
from lms.services.people import today_in


@dataclass(frozen=True, slots=True)
class MakeUpForm:
    """What a trainer says of a make-up.

    Shape: `other` is the public id of the seat at the gathering that it was made up in, empty
           where that one is not on record here.
    """

    way: MakeUpWay
    parts: frozenset[int]
    minutes: int
    medium: str
    on: date
    other: str = ""


def list_other_gatherings(session: Session, row: SeatRow) -> list[SeatRow]:
    """Return other gatherings that a person attended, the newest first, to make a part up by.

    Edge: one that stands for a make-up already is left out: nothing is made up twice by one thing.
    """
    used = set(
        session.scalars(
            select(MakeUp.other_seat_id).where(
                MakeUp.enrolment_id == row.seat.enrolment_id,
                MakeUp.other_seat_id.is_not(None),
                MakeUp.replaced_at.is_(None),
            )
        )
    )
    others = list_seats(
        session,
        Seat.enrolment_id == row.seat.enrolment_id,
        Seat.id != row.seat.id,
        Gathering.state == GatheringState.CLOSED.value,
    )
    attended = [one for one in others if one.attendance and one.attendance.minutes]
    return [one for one in reversed(attended) if one.seat.id not in used]


def record_make_up(
    session: Session,
    actor_id: int,
    seat: Seat,
    form: MakeUpForm,
    *,
    op_id: str,
    now: datetime,
) -> MakeUp:
    """Record how missed parts were made up, and return the fact.

    Edge:   the same form sent again returns what it recorded the first time. Minutes that are on
            record at another gathering of the person are counted there and not again.
    Raises: RefusedError(MakeUpRefusal).
    """
    row = lock_seat(session, seat)
    made = _find_by_op(session, seat.enrolment_id, op_id)
    if made is not None:
        return made
    other = _other_seat(session, row, form)
    place = session.get_one(Enrolment, seat.enrolment_id)
    today = today_in(row.gathering.cohort.zone, now)
    on = other.gathering.happens_on if other else form.on
    claim = MakeUpClaim(
        form.way, form.parts, form.minutes, form.medium, on, counted_elsewhere=bool(other)
    )
    refusal = refusal_to_make_up(
        claim,
        state=GatheringState(row.gathering.state),
        by=actor_id,
        person_id=row.person_id,
        left=row.left,
        today=today,
        place_since=place.happened_on,
    )
    if refusal:
        raise RefusedError(refusal)
    return _insert(session, actor_id, row, claim, other, op_id, now)


def _find_by_op(session: Session, enrolment_id: int, op_id: str) -> MakeUp | None:
    query = select(MakeUp).where(MakeUp.enrolment_id == enrolment_id, MakeUp.op_id == op_id)
    return session.scalars(query).one_or_none()


def _other_seat(session: Session, row: SeatRow, form: MakeUpForm) -> SeatRow | None:
    if form.way is not MakeUpWay.GATHERING or not form.other:
        return None
    for one in list_other_gatherings(session, row):
        if one.seat.public_id == form.other:
            return one
    raise RefusedError(MakeUpRefusal.NOT_ATTENDED)


def _insert(
    session: Session,
    actor_id: int,
    row: SeatRow,
    claim: MakeUpClaim,
    other: SeatRow | None,
    op_id: str,
    now: datetime,
) -> MakeUp:
    fact = MakeUp(
        enrolment_id=row.seat.enrolment_id,
        happened_on=claim.on,
        recorded_at=now,
        seat_id=row.seat.id,
        way=claim.way.value,
        medium=None if claim.way is MakeUpWay.READING or other else claim.medium,
        minutes=0 if other else claim.minutes,
        parts=json.dumps(sorted(claim.parts)),
        other_seat_id=other.seat.id if other else None,
        recorded_by=actor_id,
        op_id=op_id,
    )
    try:
        with session.begin_nested():
            add_fact(session, fact)
    except IntegrityError:  # the same form, sent twice at once
        found = _find_by_op(session, row.seat.enrolment_id, op_id)
        if found is None:
            raise
        return found
    note_seat(session, "make-up-recorded", actor_id, row, now, minutes=fact.minutes)
    return fact


def take_back_make_up(
    session: Session, actor_id: int, seat: Seat, public_id: str, *, now: datetime
) -> None:
    """Take a make-up back: it stays readable, and stops counting.

    Edge:   taken back already, nothing changes.
    Raises: RefusedError(MakeUpRefusal), MissingError.
    """
    row = lock_seat(session, seat)
    if row.person_id == actor_id:
        raise RefusedError(MakeUpRefusal.OWN)
    query = select(MakeUp).where(MakeUp.public_id == public_id, MakeUp.seat_id == seat.id)
    fact = session.scalars(query).one_or_none()
    if fact is None:
        raise MissingError
    if fact.replaced_at is not None:
        return
    replace_fact(session, fact, now=now)
    session.flush()
    note_seat(session, "make-up-taken-back", actor_id, row, now, minutes=fact.minutes)
