"""The training hours of gatherings, as the record reads them: one query for all of a scope."""

import json
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import CompoundSelect, Select, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from lms.models import Attendance, Gathering, MakeUp, Person, Seat
from lms.models.facts import FactMixin
from lms.rules.gatherings import (
    Attended,
    Conditions,
    GatheringKind,
    GatheringMode,
    MadeUp,
    MadeUpLater,
    MakeUpWay,
    Part,
    Recorded,
    SeatRecord,
    Subject,
    entries_for,
    parts_from,
)
from lms.rules.record import HoursFact

AnySelect = Select[*tuple[Any, ...]]


def gathering_facts(
    scope: Select[int], known_at: datetime | None
) -> CompoundSelect[*tuple[Any, ...]]:
    """Return the query for attendance and make-ups of a scope of enrolments.

    Shape: the first column is the enrolment's id, the second the seat's.
    """
    return union_all(
        _facts(Attendance, Attendance.marks, literal(""), null(), scope, known_at),
        _facts(MakeUp, MakeUp.parts, MakeUp.way, MakeUp.medium, scope, known_at),
    )


def _facts(
    kind: Any, what: Any, way: Any, medium: Any, scope: Select[int], known_at: datetime | None
) -> AnySelect:
    by = aliased(Person)
    query: AnySelect = (
        select(
            kind.enrolment_id.label("enrolment_id"),
            kind.seat_id.label("seat_id"),
            kind.public_id,
            kind.minutes,
            kind.happened_on,
            kind.recorded_at,
            by.public_id.label("by"),
            what.label("what"),
            way.label("way"),
            medium.label("medium"),
            Gathering.kind,
            Gathering.mode,
            Gathering.module,
            Gathering.topic,
            Gathering.domain,
            Gathering.parts,
            Gathering.tolerance_minutes,
        )
        .join(Seat, Seat.id == kind.seat_id)
        .join(Gathering, Gathering.id == Seat.gathering_id)
        .join(by, by.id == kind.recorded_by)
        .where(kind.enrolment_id.in_(scope))
    )
    return _known(query, kind, known_at)


def _known(query: AnySelect, kind: type[FactMixin], known_at: datetime | None) -> AnySelect:
    if known_at is None:
        return query.where(kind.replaced_at.is_(None))
    return query.where(
        kind.recorded_at <= known_at,
        or_(kind.replaced_at.is_(None), kind.replaced_at > known_at),
    )


def hours_of(rows: list[tuple[Any, ...]], zone: ZoneInfo) -> Iterator[HoursFact]:
    """Yield the training hours in one enrolment's rows of `gathering_facts`."""
    for _, group in groupby(sorted(rows, key=lambda row: (row[1], row[2])), key=lambda row: row[1]):
        yield from entries_for(_seat_record(list(group), zone))


def _seat_record(rows: list[tuple[Any, ...]], zone: ZoneInfo) -> SeatRecord:
    attended = [row for row in rows if not row[8]]
    *_, kind, mode, module, topic, domain, parts, tolerance = rows[0]
    return SeatRecord(
        GatheringKind(kind),
        GatheringMode(mode),
        Subject(module, topic, domain),
        Conditions(_parts(parts), tolerance),
        Attended(_fact(attended[0], zone), tuple(json.loads(attended[0][7]))) if attended else None,
        tuple(_made_up(row, zone) for row in rows if row[8]),
    )


@lru_cache(maxsize=500)
def _parts(text: str) -> tuple[Part, ...]:
    return parts_from(text)


def _fact(row: tuple[Any, ...], zone: ZoneInfo) -> Recorded:
    _, _, public_id, minutes, on, recorded_at, by, *_rest = row
    recorded_on = recorded_at.astimezone(zone).date()
    return Recorded(public_id, minutes, on, recorded_at, recorded_on, by)


def _made_up(row: tuple[Any, ...], zone: ZoneInfo) -> MadeUpLater:
    fact, parts = _fact(row, zone), frozenset(json.loads(row[7]))
    return MadeUpLater(fact, MakeUpWay(row[8]), row[9] or "", MadeUp(parts, fact.minutes))


def recorders_of(scope: Select[int]) -> CompoundSelect[int, str, int]:
    """Return the query for who recorded which attendance or make-up of a scope that stands.

    Shape: the place's id, the fact's public id, the id of the person who recorded it.
    """
    return union_all(
        *(
            select(kind.enrolment_id, kind.public_id, kind.recorded_by).where(
                kind.enrolment_id.in_(scope), kind.replaced_at.is_(None)
            )
            for kind in (Attendance, MakeUp)
        )
    )
