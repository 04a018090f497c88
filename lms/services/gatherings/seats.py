"""Who is invited: a person's own gatherings and answers, and the list that staff read."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from lms.db import lock_row
from lms.models import Attendance, Enrolment, Gathering, MakeUp, Person, Seat
from lms.rules.cohorts import PracticeHold
from lms.rules.gatherings import (
    Audience,
    GatheringKind,
    GatheringState,
    MadeUp,
    MakeUpWay,
    Marks,
    Standing,
    TrustHold,
    hold_on_gathering,
    left_to_make_up,
    refusal_to_answer,
    standing_for,
)
from lms.rules.people import folded
from lms.services.errors import MissingError, RefusedError
from lms.services.gatherings.planning import conditions_of
from lms.services.gatherings.trust import acknowledged_number, find_trust
from lms.services.practice import practice_hold


@dataclass(frozen=True, slots=True)
class MakeUpRow:
    """A make-up that stands. Units: whole minutes; `parts` are numbers from 0."""

    row: MakeUp
    way: MakeUpWay
    made_up: MadeUp


@dataclass(frozen=True, slots=True)
class SeatRow:
    """One person at one gathering, with what stands on record.

    Shape: `standing` is None until the gathering is closed; `left` maps parts that are still
           missing to their minutes.
    """

    seat: Seat
    gathering: Gathering
    name: str
    person_id: int
    place: str
    attendance: Attendance | None
    marks: Marks | None
    make_ups: tuple[MakeUpRow, ...]
    standing: Standing | None
    left: dict[int, int]


def get_seat(session: Session, public_id: str) -> Seat:
    """Return a seat by the id in its address, with its gathering. Raises: MissingError."""
    query = (
        select(Seat)
        .where(Seat.public_id == public_id)
        .options(joinedload(Seat.gathering).joinedload(Gathering.cohort))
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise MissingError
    return found


def find_seat(session: Session, gathering_id: int, person_id: int) -> Seat | None:
    """Return a person's own seat at a gathering, or None."""
    query = (
        select(Seat)
        .join(Enrolment, Enrolment.id == Seat.enrolment_id)
        .where(
            Seat.gathering_id == gathering_id,
            Enrolment.person_id == person_id,
            Enrolment.state != "withdrawn",
        )
        .options(joinedload(Seat.gathering).joinedload(Gathering.cohort))
    )
    return session.scalars(query).first()


def answer_invitation(
    session: Session, gathering: Gathering, person_id: int, *, coming: bool, now: datetime
) -> None:
    """Keep whether an invited person is expected: all that is ever kept of an answer.

    Edge:   it is not audited: an entry would tell the office who has refused.
    Raises: RefusedError(AnswerRefusal, PracticeHold or TrustHold), MissingError.
    """
    lock_row(session, gathering)
    seat = find_seat(session, gathering.id, person_id)
    if seat is None:
        raise MissingError
    refusal = refusal_to_answer(
        GatheringState(gathering.state), begins_at=gathering.begins_at, now=now
    )
    if refusal:
        raise RefusedError(refusal)
    hold = hold_on_seat(session, seat) if coming else None
    if hold:
        raise RefusedError(hold)
    seat.expected = coming
    session.flush()


def hold_on_seat(session: Session, seat: Seat) -> PracticeHold | TrustHold | None:
    """Return what keeps a gathering shut to an invited person, or None."""
    gathering = seat.gathering
    place = session.get_one(Enrolment, seat.enrolment_id)
    trust = find_trust(session, gathering.cohort_id)
    return hold_on_gathering(
        GatheringKind(gathering.kind),
        practice_hold(session, place),
        trust_version=trust.number if trust else None,
        acknowledged=acknowledged_number(session, place.id),
    )


def _rows(*ways: object) -> Select[Seat, Gathering, str, int, str, Attendance]:
    return (
        select(
            Seat,
            Gathering,
            Person.chosen_name,
            Person.id.label("person_id"),
            Enrolment.public_id.label("place"),
            Attendance,
        )
        .join(Gathering, Gathering.id == Seat.gathering_id)
        .join(Enrolment, Enrolment.id == Seat.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Attendance, (Attendance.seat_id == Seat.id) & Attendance.replaced_at.is_(None))
        .options(joinedload(Gathering.cohort))
        .where(*ways)  # type: ignore[arg-type]  # clauses
        .order_by(Gathering.begins_at, Seat.id)
    )


def list_seats(session: Session, *ways: object) -> list[SeatRow]:
    """Return seats with what stands on record, in order of time, in two queries.

    Shape: `ways` are clauses on Seat, Gathering, Enrolment or Person.
    """
    found = session.execute(_rows(*ways)).all()
    made_up = _make_ups(session, [row.Seat.id for row in found])
    return [
        _row(row.Seat, row.Gathering, row.chosen_name, row.person_id, row.place, row.Attendance,
             tuple(made_up.get(row.Seat.id, ())))
        for row in found
    ]  # fmt: skip


def _make_ups(session: Session, seats: list[int]) -> dict[int, list[MakeUpRow]]:
    if not seats:
        return {}
    query = select(MakeUp).where(MakeUp.seat_id.in_(seats), MakeUp.replaced_at.is_(None))
    found: dict[int, list[MakeUpRow]] = {}
    for row in session.scalars(query.order_by(MakeUp.id)):
        made_up = MadeUp(frozenset(json.loads(row.parts)), row.minutes)
        found.setdefault(row.seat_id, []).append(MakeUpRow(row, MakeUpWay(row.way), made_up))
    return found


def marks_in(attendance: Attendance | None) -> Marks | None:
    """Return the marks of a stored attendance."""
    return None if attendance is None else tuple(json.loads(attendance.marks))


def _row(
    seat: Seat,
    gathering: Gathering,
    name: str,
    person_id: int,
    place: str,
    attendance: Attendance | None,
    make_ups: tuple[MakeUpRow, ...],
) -> SeatRow:
    conditions, marks = conditions_of(gathering), marks_in(attendance)
    made_up = [one.made_up for one in make_ups]
    closed = gathering.state == GatheringState.CLOSED
    return SeatRow(
        seat,
        gathering,
        name,
        person_id,
        place,
        attendance,
        marks,
        make_ups,
        standing_for(conditions, marks, made_up) if closed else None,
        left_to_make_up(conditions, marks, made_up) if closed else {},
    )


def list_roster(session: Session, gathering: Gathering) -> list[SeatRow]:
    """Return who is invited to a gathering, by name; whoever has left the cohort is left out."""
    rows = list_seats(session, Seat.gathering_id == gathering.id, Enrolment.state != "withdrawn")
    return sorted(rows, key=lambda row: (folded(row.name), row.seat.public_id))


def list_own(session: Session, enrolment_id: int) -> list[SeatRow]:
    """Return a person's gatherings in order of time; cancelled ones only while they are to come."""
    return list_seats(session, Seat.enrolment_id == enrolment_id)


def seat_row(session: Session, seat: Seat) -> SeatRow:
    """Return one seat with what stands on record. Raises: MissingError where it is gone by now."""
    found = list_seats(session, Seat.id == seat.id)
    if not found:
        raise MissingError
    return found[0]


def lock_seat(session: Session, seat: Seat) -> SeatRow:
    """Return one seat as it stands, its gathering held until the transaction ends."""
    lock_row(session, seat.gathering)
    return seat_row(session, seat)


def expected_first(rows: Iterable[SeatRow]) -> list[SeatRow]:
    """Return a roster with those who are expected first."""
    return sorted(rows, key=lambda row: not row.seat.expected)


def is_joint(gathering: Gathering) -> bool:
    """Say whether each person opts in to a gathering."""
    return gathering.audience == Audience.JOINT
