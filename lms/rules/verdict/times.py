"""Entries counted, entries in each stretch of the calendar, and calendar time itself."""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import date

from lms.rules.programmes.quantities import Length, add_days, add_length
from lms.rules.record import HoursFact
from lms.rules.verdict.case import Case, Dates, Finding, Judge, Place, framed
from lms.rules.verdict.hours import Refused, Selector, Sifted
from lms.rules.verdict.result import Bounds, Counted, NotCounted, Tally
from lms.rules.verdict.terms import Reason, State, Unit, WaitingOn
from lms.rules.verdict.windows import AnchorDay
from lms.rules.verdict.words import StepCode, step

LONGEST_WATCH = 4000
"""Stretches looked at: weekly for 75 years. Beyond it a cadence is not watched any further."""

DISTINCT: dict[str, Callable[[HoursFact], Iterable[str | None]]] = {
    "kind": lambda entry: (entry.kind,),
    "domain": lambda entry: entry.domains,
    "topic": lambda entry: entry.topics,
    "provider": lambda entry: (entry.provider,),
    "supervisor": lambda entry: (entry.supervisor,),
    "population": lambda entry: (entry.population,),
}


class CountJudge(Judge):
    """How many entries there are, or how many different ones of something."""

    __slots__ = ("among", "distinct", "need", "selector")

    def __init__(
        self, place: Place, selector: Selector, need: int, *, distinct: str, among: tuple[str, ...]
    ) -> None:
        self.place = place
        self.selector = selector
        self.need = need
        self.distinct = distinct
        self.among = among

    def judge(self, case: Case) -> Finding:
        dates = self.selector.frame.dates(case)
        sifted = self.selector.sift(case, dates)
        seen: set[str] = set()
        counted: list[Counted] = []
        others = [lost.shown()._replace(amount=1) for lost in sifted.refused]
        have, met_on = 0, None
        for piece in sifted.kept:
            fresh = self._fresh(piece.entry, seen)
            if fresh == 0:
                others.append(NotCounted(piece.entry.id, 1, Reason.DUPLICATE))
                continue
            counted.append(Counted(piece.entry.id, fresh))
            have += fresh
            if met_on is None and have >= self.need:
                met_on = piece.ends
        tally = Tally(have, self.need, Unit.COUNT, tuple(counted), tuple(others))
        if have >= self.need:
            return Finding(State.MET, tally, met_on=met_on)
        return framed(case, self.place, dates, self._short(tally, have, seen))

    def _fresh(self, entry: HoursFact, seen: set[str]) -> int:
        if not self.distinct:
            return 1
        own = {value for value in DISTINCT[self.distinct](entry) if value}
        fresh = (own & set(self.among) if self.among else own) - seen
        seen |= fresh
        return len(fresh)

    def _short(self, tally: Tally, have: int, seen: set[str]) -> Finding:
        lacking = tuple(name for name in self.among if name not in seen)
        words = step(StepCode.MORE_ENTRIES, count=self.need - have, what=self.place.noun)
        if lacking:
            words = step(StepCode.COVER, what=self.place.noun, names=lacking)
        return Finding(State.NOT_YET, tally, WaitingOn.TRAINEE, words)


class CadenceJudge(Judge):
    """So many entries in every stretch of the calendar since a day."""

    __slots__ = ("every", "selector", "since", "times", "tolerate", "until")

    def __init__(
        self,
        place: Place,
        selector: Selector,
        *,
        times: int,
        every: Length,
        since: AnchorDay,
        until: AnchorDay,
        tolerate: int,
    ) -> None:
        self.place = place
        self.selector = selector
        self.times = times
        self.every = every
        self.since = since
        self.until = until
        self.tolerate = tolerate

    def judge(self, case: Case) -> Finding:
        dates = self.selector.frame.dates(case)
        sifted = self.selector.sift(case, dates)
        start, end = self.since.resolve(case), self.until.resolve(case)
        if start is None:
            words = step(StepCode.OPENS_AFTER, what=self.place.noun)
            unknown = dates._replace(missing=self.since.missing)
            opening = Finding(State.NOT_YET, self._tally(0, 0, sifted), step=words)
            return framed(case, self.place, unknown, opening)
        last = min(case.on, end) if end else case.on
        sifted = _between(sifted, start, last)
        starts, ends = self._starts(start, last)
        counts = [0] * len(starts)
        for piece in sifted.kept:
            counts[bisect_right(starts, piece.entry.on) - 1] += 1
        finding = self._weigh(case, ends, counts, last, sifted)
        return framed(case, self.place, dates, finding)

    def _starts(self, start: date, last: date) -> tuple[list[date], list[date]]:
        """Return the first and last days of all stretches begun by the last day."""
        months, days = self.every
        marks = [start]
        while marks[-1] <= last and len(marks) <= LONGEST_WATCH:
            number = len(marks)
            marks.append(add_length(start, Length(months * number, days * number)))
        return marks[:-1], [add_days(mark, -1) for mark in marks[1:]]

    def _weigh(
        self, case: Case, ends: list[date], counts: list[int], last: date, sifted: Sifted
    ) -> Finding:
        over = [n for n, end in zip(counts, ends, strict=True) if end < case.on and end <= last]
        kept = sum(1 for number in over if number >= self.times)
        missed = len(over) - kept
        tally = self._tally(kept, max(0, len(over) - self.tolerate), sifted)
        if missed > self.tolerate:
            words = step(StepCode.MISSED_STRETCHES, count=missed, what=self.place.noun)
            still = self.place.once_too_late
            return Finding(State.NOT_YET, tally, WaitingOn.COORDINATOR, words, can_still=still)
        met = Finding(State.MET, tally, met_on=max((p.ends for p in sifted.kept), default=None))
        under_way = len(over) < len(counts) and counts[-1] < self.times
        if not under_way or ends[-1] < case.on:
            return met
        lacking = self.times - counts[-1]
        words = step(StepCode.KEEP_CADENCE, count=lacking, date=ends[-1], what=self.place.noun)
        return met._replace(step=words, by=ends[-1])

    def _tally(self, have: int, need: int, sifted: Sifted) -> Tally:
        counted = tuple(Counted(piece.entry.id, 1) for piece in sifted.kept)
        others = tuple(lost.shown()._replace(amount=1) for lost in sifted.refused)
        return Tally(have, need, Unit.COUNT, counted, others)


def _between(sifted: Sifted, start: date, last: date) -> Sifted:
    """Return sifted entries with those outside two days moved to the refused."""
    kept = [piece for piece in sifted.kept if start <= piece.entry.on <= last]
    outside = [piece for piece in sifted.kept if not start <= piece.entry.on <= last]
    why = (Reason.OUT_OF_WINDOW, None)
    lost = [Refused(piece.entry, piece.minutes, why) for piece in outside]
    return Sifted(kept, [*sifted.refused, *lost])


class SpanJudge(Judge):
    """Calendar days from one day to another, or from the first to the last entry."""

    __slots__ = ("least", "most", "selector", "since", "until")

    def __init__(
        self,
        place: Place,
        selector: Selector | None,
        *,
        since: AnchorDay | None,
        until: AnchorDay,
        least: Length | None,
        most: Length | None,
    ) -> None:
        self.place = place
        self.selector = selector
        self.since = since
        self.until = until
        self.least = least
        self.most = most

    def judge(self, case: Case) -> Finding:
        sifted = self.selector.sift(case) if self.selector else Sifted([], [])
        start, end = self._ends(case, sifted)
        if start is None or end is None:
            return self._unknown(case, sifted)
        days = (end - start).days
        least = (add_length(start, self.least) - start).days if self.least else None
        most = (add_length(start, self.most) - start).days if self.most else None
        need = least if most is None else Bounds(least, most)
        tally = Tally(days, need, Unit.DAYS, *self._evidence(sifted))
        if least is not None and days < least:
            return self._early(add_days(start, least), tally)
        if most is not None and days > most:
            words = step(StepCode.TOO_LATE, date=add_days(start, most))
            still, turn = self.place.once_too_late, WaitingOn.COORDINATOR
            return Finding(State.NOT_YET, tally, turn, words, can_still=still)
        by = add_days(start, most) if most is not None else None
        return Finding(State.MET, tally, by=by, met_on=add_days(start, least or 0))

    def _ends(self, case: Case, sifted: Sifted) -> tuple[date | None, date | None]:
        if self.selector is None:
            return (self.since.resolve(case) if self.since else None), self.until.resolve(case)
        first = min((piece.entry.on for piece in sifted.kept), default=None)
        return first, max((piece.ends for piece in sifted.kept), default=None)

    def _early(self, day: date, tally: Tally) -> Finding:
        words = step(StepCode.WAIT_UNTIL, date=day)
        turn = WaitingOn.TRAINEE if self.selector else WaitingOn.NOBODY
        return Finding(State.NOT_YET, tally, turn, words)

    def _unknown(self, case: Case, sifted: Sifted) -> Finding:
        tally = Tally(0, None, Unit.DAYS, *self._evidence(sifted))
        words = step(StepCode.MORE_ENTRIES, count=1, what=self.place.noun)
        finding = Finding(State.NOT_YET, tally, WaitingOn.TRAINEE, words)
        anchors = [one for one in (self.since, self.until) if one is not None]
        missing = next((one.missing for one in anchors if one.resolve(case) is None), "")
        return framed(case, self.place, Dates(case.on, missing=missing), finding)

    def _evidence(self, sifted: Sifted) -> tuple[tuple[Counted, ...], tuple[NotCounted, ...]]:
        counted = tuple(Counted(piece.entry.id, 1) for piece in sifted.kept)
        return counted, tuple(lost.shown()._replace(amount=1) for lost in sifted.refused)
