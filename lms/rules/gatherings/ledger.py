"""What gatherings add to the ledger of training hours: one entry an attendance, one a make-up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from lms.rules.gatherings.attendance import Conditions, MadeUp, MakeUpWay, Marks, is_open
from lms.rules.gatherings.plan import GatheringKind, GatheringMode, Subject
from lms.rules.record import PART_MISSING, HoursFact

LEDGER = "training"
MEDIUM_OF = {
    GatheringMode.IN_PERSON: "in-person",
    GatheringMode.VIDEO: "video",
    GatheringMode.VOICE: "phone",
}
"""How the ledgers call a mode."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact of one person about one gathering. Units: whole minutes; days in the cohort's zone.

    `recorded_on` is the day of `recorded_at`; `by` is the public id of who recorded it.
    """

    id: str
    minutes: int
    on: date
    recorded_at: datetime
    recorded_on: date
    by: str


@dataclass(frozen=True, slots=True)
class Attended:
    """An attendance as recorded."""

    fact: Recorded
    marks: Marks


@dataclass(frozen=True, slots=True)
class MadeUpLater:
    """A make-up as recorded; `medium` is empty for reading."""

    fact: Recorded
    way: MakeUpWay
    medium: str
    made_up: MadeUp


@dataclass(frozen=True, slots=True)
class SeatRecord:
    """All that stands about one person at one gathering."""

    kind: GatheringKind
    mode: GatheringMode
    subject: Subject
    conditions: Conditions
    attended: Attended | None
    make_ups: tuple[MadeUpLater, ...]


def entries_for(seat: SeatRecord) -> Iterator[HoursFact]:
    """Yield the training hours of one person at one gathering; what has no minutes is left out.

    Edge: while an unmissable part is missing, all of it waits; it counts from the day on which the
          last make-up was recorded, so that a verdict about an earlier day does not change.
    """
    marks = seat.attended.marks if seat.attended else None
    waits = is_open(seat.conditions, marks, [one.made_up for one in seat.make_ups])
    settled_on = _settled_on(seat, marks)
    if seat.attended:
        medium = MEDIUM_OF[seat.mode]
        yield from _entry(seat, seat.attended.fact, "live", medium, waits, settled_on)
    for one in seat.make_ups:
        mode = "self-study" if one.way is MakeUpWay.READING else "live"
        yield from _entry(seat, one.fact, mode, one.medium or None, waits, settled_on)


def _settled_on(seat: SeatRecord, marks: Marks | None) -> date | None:
    """Return the day from which everything counts, None where each fact counts from its own."""
    if not is_open(seat.conditions, marks, ()):
        return None
    return max((one.fact.recorded_on for one in seat.make_ups), default=None)


def _entry(
    seat: SeatRecord,
    fact: Recorded,
    mode: str,
    medium: str | None,
    waits: bool,
    settled_on: date | None,
) -> Iterator[HoursFact]:
    if not fact.minutes:
        return
    subject = seat.subject
    yield HoursFact(
        id=fact.id,
        ledger=LEDGER,
        minutes=fact.minutes,
        on=fact.on,
        kind=seat.kind.value,
        domains={subject.domain: fact.minutes} if subject.domain else {},
        topics=tuple(name for name in (subject.module, subject.topic) if name),
        mode=mode,
        medium=medium,
        state="draft" if waits else "confirmed",
        confirmed_on=None if waits else max(fact.recorded_on, settled_on or fact.recorded_on),
        assurance="account",
        supervisor=fact.by,
        flags=(PART_MISSING,) if waits else (),
        recorded_at=fact.recorded_at,
    )
