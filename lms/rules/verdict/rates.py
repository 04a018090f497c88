"""Hours held against other hours: shares, ratios, and stretches without any."""

from datetime import date
from fractions import Fraction
from math import ceil

from lms.rules.programmes.quantities import Length, add_days, add_length
from lms.rules.verdict.caps import total_of
from lms.rules.verdict.case import Case, Finding, Judge, Place, day_reached, framed
from lms.rules.verdict.hours import Piece, Selector, Sifted
from lms.rules.verdict.result import Bounds, Counted, NotCounted, Tally
from lms.rules.verdict.sums import short_of
from lms.rules.verdict.terms import Number, State, Unit, WaitingOn
from lms.rules.verdict.windows import AnchorDay
from lms.rules.verdict.words import Amount, StepCode, step


def _evidence(sifted: Sifted) -> tuple[tuple[Counted, ...], tuple[NotCounted, ...]]:
    counted = tuple(Counted(piece.entry.id, piece.minutes) for piece in sifted.kept)
    return counted, tuple(lost.shown() for lost in sifted.refused)


def _minutes(sifted: Sifted) -> int:
    return sum(piece.minutes for piece in sifted.kept)


class ShareJudge(Judge):
    """Some minutes as a percentage of others. Amounts of evidence are minutes."""

    __slots__ = ("least", "most", "part", "whole")

    def __init__(
        self,
        place: Place,
        part: Selector,
        whole: Selector,
        *,
        least: Fraction | None,
        most: Fraction | None,
    ) -> None:
        self.place = place
        self.part = part
        self.whole = whole
        self.least = least
        self.most = most

    def judge(self, case: Case) -> Finding:
        dates = self.part.frame.dates(case)
        part, whole = self.part.sift(case, dates), self.whole.sift(case)
        all_minutes = _minutes(whole)
        have = Fraction(100 * _minutes(part), all_minutes) if all_minutes else Fraction(0)
        need = self.least if self.most is None else Bounds(self.least, self.most)
        tally = Tally(have, need, Unit.PERCENT, *_evidence(part))
        return framed(case, self.place, dates, self._weigh(have, tally, whole))

    def _weigh(self, have: Fraction, tally: Tally, whole: Sifted) -> Finding:
        now = Amount(have, Unit.PERCENT)
        if self.least is not None and have < self.least:
            need = Amount(self.least, Unit.PERCENT)
            words = step(StepCode.SHARE_TOO_LOW, what=self.place.noun, have=now, need=need)
            return Finding(State.NOT_YET, tally, WaitingOn.TRAINEE, words)
        if self.most is not None and have > self.most:
            need = Amount(self.most, Unit.PERCENT)
            words = step(StepCode.SHARE_TOO_HIGH, what=self.place.noun, have=now, need=need)
            return Finding(State.NOT_YET, tally, WaitingOn.TRAINEE, words)
        met_on = max((piece.ends for piece in whole.kept), default=None)
        return Finding(State.MET, tally, met_on=met_on)


class RatioJudge(Judge):
    """So many minutes for every so many of another kind; the need grows with the other."""

    __slots__ = ("per_minute", "selector", "to")

    def __init__(
        self, place: Place, selector: Selector, to: Selector, per_minute: Fraction
    ) -> None:
        self.place = place
        self.selector = selector
        self.to = to
        self.per_minute = per_minute

    def judge(self, case: Case) -> Finding:
        dates = self.selector.frame.dates(case)
        worked = self.to.sift(case)
        need = ceil(_minutes(worked) * self.per_minute)
        total = total_of(self.selector.sift(case, dates), ())
        if total.have < need:
            short = short_of(self.place, total, need, self.selector.ledger)
            return framed(case, self.place, dates, short)
        last = max((piece.ends for piece in worked.kept), default=None)
        days = [day for day in (last, day_reached(total.days, need)) if day is not None]
        return Finding(State.MET, total.tally(need), met_on=max(days, default=None))


class GapJudge(Judge):
    """The longest stretch without an entry, in minutes of other entries or in calendar days."""

    __slots__ = ("longest", "most", "over", "selector", "since")

    def __init__(
        self,
        place: Place,
        selector: Selector,
        over: Selector | None,
        *,
        most: int | None,
        longest: Length | None,
        since: AnchorDay | None,
    ) -> None:
        self.place = place
        self.selector = selector
        self.over = over
        self.most = most
        self.longest = longest
        self.since = since

    def judge(self, case: Case) -> Finding:
        dates = self.selector.frame.dates(case)
        sifted = self.selector.sift(case, dates)
        if self.over is not None and self.most is not None:
            have = _longest_run(self.over.sift(case).kept, sifted.kept)
            finding = self._weigh(have, self.most, Unit.MINUTES, sifted)
        else:
            start = self.since.resolve(case) if self.since else None
            if self.since is not None and start is None:
                dates = dates._replace(missing=self.since.missing)
            finding = self._in_days(case, start, sifted)
        return framed(case, self.place, dates, finding)

    def _in_days(self, case: Case, start: date | None, sifted: Sifted) -> Finding:
        longest = self.longest or Length(0, 0)
        days = sorted({piece.entry.on for piece in sifted.kept})
        marks = [day for day in ([start] if start else []) + days if day <= case.on]
        if not marks or (self.since is not None and start is None):
            words = step(StepCode.MORE_ENTRIES, count=1, what=self.place.noun)
            return Finding(State.NOT_YET, Tally(0, 1, Unit.DAYS), WaitingOn.TRAINEE, words)
        ends = [*marks[1:], case.on]
        gaps = [(end - begin).days for begin, end in zip(marks, ends, strict=True)]
        allowed = [(add_length(mark, longest) - mark).days for mark in marks]
        worst = max(range(len(gaps)), key=lambda place: gaps[place] - allowed[place])
        finding = self._weigh(gaps[worst], allowed[worst], Unit.DAYS, sifted)
        return finding._replace(by=add_days(marks[-1], allowed[-1])) if finding.met_on else finding

    def _weigh(self, have: int, most: int, unit: Unit, sifted: Sifted) -> Finding:
        tally = Tally(have, Bounds(0, most), unit, *_evidence(sifted))
        if have <= most:
            met_on = max((piece.ends for piece in sifted.kept), default=None)
            return Finding(State.MET, tally, met_on=met_on)
        words = step(
            StepCode.GAP_TOO_LONG,
            what=self.place.noun,
            have=Amount(have, unit),
            limit=Amount(most, unit),
        )
        still = self.place.once_too_late
        return Finding(State.NOT_YET, tally, WaitingOn.COORDINATOR, words, can_still=still)


def _longest_run(worked: list[Piece], breaks: list[Piece]) -> int:
    """Return the most minutes worked between two breaks; a day's work comes before its break."""
    steps: list[tuple[date, int, Number]] = [(p.entry.on, 0, p.minutes) for p in worked]
    steps.extend((piece.entry.on, 1, 0) for piece in breaks)
    longest = run = 0
    for _, is_break, minutes in sorted(steps):
        run = 0 if is_break else run + int(minutes)
        longest = max(longest, run)
    return longest
