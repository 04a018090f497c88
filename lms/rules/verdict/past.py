"""Looking back: which day may be asked for, and what was settled then and is open now."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from lms.rules.verdict.result import NotCounted, Row, Verdict
from lms.rules.verdict.summary import leaves_of
from lms.rules.verdict.terms import State


class PastRefusal(StrEnum):
    """Why there is no verdict of a day."""

    BEFORE_ADMISSION = "past-before-admission"
    IN_THE_FUTURE = "past-in-the-future"


def refusal_of_day(on: date, *, admitted_on: date, today: date) -> PastRefusal | None:
    """Return why there is no verdict of a day, or None; both ends have one."""
    if on < admitted_on:
        return PastRefusal.BEFORE_ADMISSION
    return PastRefusal.IN_THE_FUTURE if on > today else None


class Lapse(NamedTuple):
    """A requirement that was settled and is not any more; `reasons` is what ceased to count.

    Edge: without reasons it is the question that moved, such as one more stretch of a cadence.
    """

    row: Row
    reasons: tuple[NotCounted, ...]


def lapsed_between(before: Verdict, after: Verdict) -> tuple[Lapse, ...]:
    """Return what was met or waived in one verdict and is open in another, with the reasons.

    Shape: in the later programme's order; only what is required. A requirement that one of the two
           does not know, or that did not apply before, has not lapsed.
    """
    settled = {row.id: row for row in before.rows if row.state in _DONE}
    return tuple(
        Lapse(row, _ceased(settled[row.id], row))
        for row in leaves_of(after)
        if not row.state.is_settled and row.id in settled
    )


_DONE = (State.MET, State.WAIVED)


def _ceased(before: Row, after: Row) -> tuple[NotCounted, ...]:
    counted = {one.id for one in before.tally.counted}
    return tuple(one for one in after.tally.not_counted if one.id in counted)
