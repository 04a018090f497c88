"""What holds a person up: which requirement, whose turn it is, and since when."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from lms.rules.record import Record
from lms.rules.verdict.result import Row, Verdict
from lms.rules.verdict.summary import leaves_of
from lms.rules.verdict.terms import WaitingOn

SAID_LAST = frozenset({"decision", "attest"})
"""Kinds that others say or decide about the whole way: they wait until all else is done."""
DATED = (
    *("completions", "hours", "scores", "rubrics", "documents"),
    *("attestations", "signatures", "decisions"),
)


class Hold(NamedTuple):
    """A requirement that waits for somebody; `since` is the day of the last step in it."""

    row: Row
    turn: WaitingOn
    since: date | None

    def days(self, on: date) -> int:
        """Return for how many days it has waited on a day."""
        return 0 if self.since is None else max(0, (on - self.since).days)


def holds_of(verdict: Verdict, record: Record) -> tuple[Hold, ...]:
    """Return what holds a person up, what comes first in front.

    Shape: first what waits for somebody else, then what waits for the trainee, each in the
           programme's order; at last what comes by itself with time.
    Edge:  what others say or decide at the end (`decision`, `attest`) holds nobody up while other
           work is left. `since` is the last day of evidence in the row, counted or not; without
           any, the day the row was opened: by a sequence, by the end of all other work, or by
           admission.
    """
    open_rows = [row for row in leaves_of(verdict) if not row.state.is_settled]
    work = [row for row in open_rows if not _is_said_last(row)]
    days = _days_of(record, verdict.on)
    opened = _Opening(verdict, record.enrolled_on, all_done=not work)
    found = [_hold(row, days, opened) for row in work or open_rows]
    return tuple(sorted(found, key=_order))


def _is_said_last(row: Row) -> bool:
    return row.kind in SAID_LAST and row.waiting_on is not WaitingOn.TRAINEE


def _order(hold: Hold) -> int:
    return {WaitingOn.NOBODY: 2, WaitingOn.TRAINEE: 1}.get(hold.turn, 0)


def _hold(row: Row, days: Mapping[str, date], opened: "_Opening") -> Hold:
    counted = [one.id for one in row.tally.counted]
    evidence = [*counted, *(one.id for one in row.tally.not_counted)]
    steps = [days[key] for key in evidence if key in days]
    last = max(steps, default=None)
    known = [day for day in (last, opened.of(row)) if day is not None]
    return Hold(row, row.waiting_on, max(known, default=None))


def _days_of(record: Record, on: date) -> dict[str, date]:
    """Return the day of every piece of evidence that there was by a day, by its id."""
    facts = (fact for name in DATED for fact in getattr(record, name))
    return {fact.id: fact.on for fact in facts if fact.on <= on}


class _Opening:
    """Since when a row could be worked at."""

    def __init__(self, verdict: Verdict, admitted: date | None, *, all_done: bool) -> None:
        self.rows = {row.id: row for row in verdict.rows}
        self.verdict = verdict
        self.admitted = admitted
        self.all_done = all_done

    def of(self, row: Row) -> date | None:
        days = [self.admitted, *self._before(row)]
        if self.all_done:
            days.extend(one.met_on for one in leaves_of(self.verdict))
        return max((day for day in days if day is not None), default=None)

    def _before(self, row: Row) -> list[date | None]:
        """Return when the steps before a row, or before a bracket around it, were met."""
        days: list[date | None] = []
        while row.parent is not None:
            above = self.rows[row.parent]
            if above.kind == "sequence":
                days.extend(one.met_on for one in self._siblings_before(row))
            row = above
        return days

    def _siblings_before(self, row: Row) -> list[Row]:
        beside = [one for one in self.verdict.rows if one.parent == row.parent]
        return beside[: beside.index(row)]
