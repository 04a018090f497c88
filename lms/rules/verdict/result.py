"""What a verdict is: one row a requirement, with the numbers and the evidence behind it."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from lms.rules.verdict.terms import CanStill, Detail, Number, Reason, State, Unit, WaitingOn
from lms.rules.verdict.words import Step, english, plain_number


class Bounds(NamedTuple):
    """A need with two ends; None is open."""

    min: Number | None
    max: Number | None


class Counted(NamedTuple):
    """A piece of evidence and how much of it counts, in the row's unit."""

    id: str
    amount: Number


class NotCounted(NamedTuple):
    """A piece of evidence, or the part of it, that does not count; `limit` is the figure met."""

    id: str
    amount: Number
    reason: Reason
    limit: Number | None = None
    detail: Detail | None = None


class Tally(NamedTuple):
    """Have against need. `counted` and `not_counted` together are all the evidence looked at.

    Edge: `need` is None where a figure is still to be set, or nothing is demanded.
    """

    have: Number | None
    need: Number | Bounds | None
    unit: Unit
    counted: tuple[Counted, ...] = ()
    not_counted: tuple[NotCounted, ...] = ()


class Row(NamedTuple):
    """One requirement's answer. `by` is the last day it can be done, where there is one.

    `can_still` says whether an open one can still be met; of a settled one it is `yes`.
    """

    id: str
    parent: str | None
    kind: str
    label: str
    noun: str
    severity: str
    state: State
    tally: Tally
    waiting_on: WaitingOn
    by: date | None
    next_step: Step | None
    met_on: date | None
    can_still: CanStill = CanStill.YES


class Caution(NamedTuple):
    """Something said that blocks nothing by itself; `requirement` is None for the whole."""

    code: str
    requirement: str | None
    words: Step


class Outlook(NamedTuple):
    """Whether it can still be met, and the first day after which that changes."""

    state: CanStill
    by: date | None


class Verdict(NamedTuple):
    """The answer for one person on one day. `rows` in the programme's order, the whole first."""

    programme: str
    version: str
    on: date
    state: State
    rows: tuple[Row, ...]
    warnings: tuple[Caution, ...]
    can_still: Outlook

    @property
    def top(self) -> tuple[Row, ...]:
        """The requirements that stand right under the whole, as a page lists them."""
        return tuple(row for row in self.rows if row.parent == self.rows[0].id)

    def row(self, requirement: str) -> Row:
        """Return the row of a requirement. Raises: KeyError where the programme has none."""
        for row in self.rows:
            if row.id == requirement:
                return row
        raise KeyError(requirement)

    def to_json(self) -> dict[str, Any]:
        """Return the contract's answer: plain values, numbers rounded half up to 7 decimals."""
        return {
            "programme": self.programme,
            "version": self.version,
            "on": self.on.isoformat(),
            "state": self.state.value,
            "requirements": [_row_json(row) for row in self.rows],
            "warnings": [_caution_json(caution) for caution in self.warnings],
            "can_still": {"state": self.can_still.state.value, "by": _day(self.can_still.by)},
        }


def _row_json(row: Row) -> dict[str, Any]:
    tally = row.tally
    exact = dict(_exact("have", tally.have))
    if not isinstance(tally.need, Bounds):
        exact |= _exact("need", tally.need)
    return {
        "id": row.id,
        "parent": row.parent,
        "kind": row.kind,
        "label": row.label,
        "severity": row.severity,
        "state": row.state.value,
        "have": plain_number(tally.have),
        "need": _need_json(tally.need),
        **({"exact": exact} if exact else {}),
        "unit": tally.unit.value,
        "counted": [_counted_json(one) for one in tally.counted],
        "not_counted": [dict(_not_counted_json(one)) for one in tally.not_counted],
        "waiting_on": row.waiting_on.value,
        "by": _day(row.by),
        "next_step": english(row.next_step) if row.next_step else None,
    }


def _exact(name: str, value: Number | None) -> dict[str, str]:
    """Return the exact text of a number that its rounding may not say; nothing of a whole one."""
    if value is None or Fraction(value).denominator == 1:
        return {}
    return {name: str(value)}


def _counted_json(one: Counted) -> dict[str, Any]:
    return {
        "id": one.id,
        "amount": plain_number(one.amount),
        **_exact("exact", one.amount),
    }


def _not_counted_json(one: NotCounted) -> Iterator[tuple[str, Any]]:
    yield "id", one.id
    yield "amount", plain_number(one.amount)
    yield from _exact("exact", one.amount).items()
    yield "reason", one.reason.value
    if one.limit is not None:
        yield "limit", plain_number(one.limit)


def _need_json(need: Number | Bounds | None) -> Any:
    if isinstance(need, Bounds):
        return {"min": plain_number(need.min), "max": plain_number(need.max)}
    return plain_number(need)


def _caution_json(caution: Caution) -> dict[str, Any]:
    words = english(caution.words)
    return {"code": caution.code, "requirement": caution.requirement, "message": words}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
