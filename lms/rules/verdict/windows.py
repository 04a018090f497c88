"""Anchors and windows made ready: from which day to which day evidence counts."""

import re
from collections.abc import Callable
from datetime import date

from lms.rules.programmes.quantities import Length, add_length, length_from, subtract_length
from lms.rules.record import FactValue, Record
from lms.rules.verdict.case import Case, Dates

Resolver = Callable[[Case], date | None]
_MOVE = re.compile(r" ([+-]) ")


class AnchorDay:
    """A day to be found in a case; `missing` is the fact to record where it is not there."""

    __slots__ = ("is_certificate", "is_fixed", "missing", "resolve")

    def __init__(
        self, resolve: Resolver, *, fixed: bool = True, fact: str = "", certificate: bool = False
    ) -> None:
        self.resolve = resolve
        self.is_fixed = fixed
        self.missing = fact
        self.is_certificate = certificate


def anchor_from(text: str, rows: dict[str, int]) -> AnchorDay:
    """Return the anchor a text names; `rows` are the requirements already met with, by id.

    Edge:   "certificate-end:x - 14 days" is that long before it; moves are made in their order.
    Raises: ValueError with words where it names nothing.
    """
    name, *moves = _MOVE.split(text)
    anchor = _named(name, rows)
    for sign, stretch in zip(moves[::2], moves[1::2], strict=True):
        anchor = _moved(anchor, length_from(stretch), later=sign == "+")
    return anchor


def _moved(anchor: AnchorDay, length: Length, *, later: bool) -> AnchorDay:
    move = add_length if later else subtract_length

    def resolve(case: Case) -> date | None:
        day = anchor.resolve(case)
        return None if day is None else move(day, length)

    return AnchorDay(resolve, fixed=anchor.is_fixed, fact=anchor.missing)


def _named(text: str, rows: dict[str, int]) -> AnchorDay:
    head, _, name = text.partition(":")
    if text == "today":
        return AnchorDay(lambda case: case.on, fixed=False)
    if text == "enrolled":
        return AnchorDay(lambda case: case.record.enrolled_on, fact="enrolled_on")
    if head == "fact" and name:
        return AnchorDay(lambda case: day_of(fact_of(case, name)), fact=name)
    if head == "certificate" and name:
        return AnchorDay(lambda case: _issued_on(case, name), certificate=True)
    if head == "certificate-end" and name:
        return AnchorDay(lambda case: _ended_on(case, name))
    if head == "requirement":
        return _requirement(name, rows)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(
            "Write today, enrolled, a day such as 2026-02-28, or fact:, certificate:, "
            "certificate-end: or requirement: with a name."
        ) from None
    return AnchorDay(lambda _case: day)


def _requirement(name: str, rows: dict[str, int]) -> AnchorDay:
    if name not in rows:
        raise ValueError(f"“{name}” is not a requirement that stands before this one.")
    index = rows[name]
    return AnchorDay(lambda case: case.findings[index].met_on)


def _issued_on(case: Case, programme: str) -> date | None:
    held = [one.issued_on for one in case.record.certificates if one.programme == programme]
    return max((day for day in held if day <= case.on), default=None)


def _ended_on(case: Case, programme: str) -> date | None:
    held = [one for one in case.in_order("certificates") if one.programme == programme]
    held = [one for one in held if one.issued_on <= case.on]
    return held[-1].valid_until if held else None


def fact_of(case: Case, name: str) -> FactValue | None:
    """Return a fact about the person, built-in ones included; None where it is not recorded."""
    record: Record = case.record
    if name == "stage":
        return record.stage or None
    if name == "enrolled_on":
        return record.enrolled_on.isoformat() if record.enrolled_on else None
    if name == "today":
        return case.on.isoformat()
    if name == "lot":
        return _lot(case)
    return record.facts.get(name)


def _lot(case: Case) -> str:
    """Return what is drawn by lot: the person with the last certificate they have."""
    held = [one for one in case.in_order("certificates") if one.issued_on <= case.on]
    return "/".join((case.record.person, *(one.id for one in held[-1:])))


def day_of(value: FactValue | None) -> date | None:
    """Return the day a fact's text stands for, or None if it stands for none."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


class TimeFrame:
    """A window made ready."""

    __slots__ = ("last", "length", "since", "until")

    def __init__(
        self,
        last: Length | None = None,
        since: AnchorDay | None = None,
        until: AnchorDay | None = None,
        length: Length | None = None,
    ) -> None:
        self.last = last
        self.since = since
        self.until = until
        self.length = length

    def dates(self, case: Case) -> Dates:
        """Return the days this window comes to. An unknown day shuts the window."""
        if self.last is None and self.since is None and self.until is None:
            return Dates(case.on, case.not_before)
        since = self.since.resolve(case) if self.since else None
        until = self.until.resolve(case) if self.until else None
        missing = [a.missing for a, day in self._pairs(since, until) if day is None]
        if missing:
            return Dates(case.on, case.not_before, first=date.max, missing=missing[0])
        back = subtract_length(case.on, self.last) if self.last else None
        first = max((day for day in (since, back) if day is not None), default=None)
        over = add_length(since, self.length) if since and self.length else None
        last = min((day for day in (until, over) if day is not None), default=None)
        moves = self.until is not None and not self.until.is_fixed
        used_up = self.since is not None and self.since.is_certificate and first == since
        return Dates(
            case.on, case.not_before, first, last, None if moves else last, used_up=used_up
        )

    def _pairs(self, since: date | None, until: date | None) -> list[tuple[AnchorDay, date | None]]:
        pairs = ((self.since, since), (self.until, until))
        return [(anchor, day) for anchor, day in pairs if anchor is not None]


ANY_DAY = TimeFrame()
