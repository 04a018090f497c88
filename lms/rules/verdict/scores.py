"""Assessments as scored: the best released score of every part against its mark."""

from datetime import date
from fractions import Fraction
from typing import NamedTuple

from lms.rules.programmes.quantities import Length, add_length
from lms.rules.record import ScoreFact
from lms.rules.verdict.case import (
    ANOTHER,
    UNRELEASED,
    Case,
    Dates,
    Finding,
    Judge,
    Place,
    framed,
    is_being_marked,
    least_met,
    refused,
)
from lms.rules.verdict.result import Counted, NotCounted, Tally
from lms.rules.verdict.terms import CanStill, State, Unit, WaitingOn
from lms.rules.verdict.windows import TimeFrame
from lms.rules.verdict.words import Amount, Step, StepCode, step


class Mark(NamedTuple):
    """What one part must reach. `place` is its row, None where it is the assessment's only part."""

    place: Place | None
    part: str
    label: str
    need: Fraction
    weight: int


class Best(NamedTuple):
    """What the scores of one part come to. `waits`: one is still to be marked or released."""

    fact: ScoreFact | None
    others: tuple[NotCounted, ...]
    met_on: date | None
    waits: bool

    @property
    def have(self) -> Fraction:
        """The best percentage, 0 where there is none."""
        return Fraction(0) if self.fact is None else self.fact.score_percent

    def tally(self, need: Fraction) -> Tally:
        """Return it against a mark."""
        counted = () if self.fact is None else (Counted(self.fact.id, self.have),)
        return Tally(self.have, need, Unit.PERCENT, counted, self.others)


class ScoreJudge(Judge):
    """One assessment's parts, each against its mark and together against a combined one."""

    __slots__ = ("assessment", "combined", "frame", "limit", "marks", "wait")

    def __init__(
        self,
        place: Place,
        frame: TimeFrame,
        assessment: str,
        marks: tuple[Mark, ...],
        *,
        combined: Fraction | None,
        limit: int,
        wait: Length | None,
    ) -> None:
        self.place = place
        self.frame = frame
        self.assessment = assessment
        self.marks = marks
        self.combined = combined
        self.limit = limit
        self.wait = wait

    def judge(self, case: Case) -> Finding:
        dates = self.frame.dates(case)
        scores = [one for one in case.in_order("scores") if one.assessment == self.assessment]
        tries = sorted({score.on for score in scores if score.on <= case.on})
        bests = [_best(mark, scores, dates) for mark in self.marks]
        found = [
            self._of_part(case, mark, best, tries)
            for mark, best in zip(self.marks, bests, strict=True)
        ]
        tally = self._tally(bests, found)
        open_marks = tuple(
            mark.label
            for mark, one in zip(self.marks, found, strict=True)
            if not one.state.is_settled
        )
        short = self.combined is not None and (tally.have or 0) < self.combined
        if not open_marks and not short:
            days = [one.met_on for one in found if one.met_on is not None]
            return Finding(State.MET, tally, met_on=max(days, default=None))
        hindrance = least_met(found)
        if hindrance is not None and hindrance.state is State.NEEDS_A_PERSON:
            return hindrance._replace(tally=tally)
        taken = any(best.fact is not None for best in bests)
        finding = Finding(State.NOT_YET, tally, step=self._words(tally, taken, open_marks))
        finding = self._with_turn(case, finding, tries, any(best.waits for best in bests))
        return framed(case, self.place, dates, finding)

    def _of_part(self, case: Case, mark: Mark, best: Best, tries: list[date]) -> Finding:
        """Return one part's finding, kept in its row where it has one."""
        tally = best.tally(mark.need)
        finding = Finding(State.MET, tally, met_on=best.met_on)
        if best.met_on is None:
            words = _again(mark.label, best.have, mark.need, taken=best.fact is not None)
            finding = Finding(State.NOT_YET, tally, step=words)
            finding = self._with_turn(case, finding, tries, best.waits)
        return finding if mark.place is None else case.keep(mark.place, finding)

    def _tally(self, bests: list[Best], found: list[Finding]) -> Tally:
        if len(bests) == 1 and self.combined is None:
            return bests[0].tally(self.marks[0].need)
        tallies = [one.tally for one in found]
        counted = tuple(one for tally in tallies for one in tally.counted)
        others = tuple(one for tally in tallies for one in tally.not_counted)
        if self.combined is None:
            reached = sum(1 for one in found if one.state.is_settled)
            return Tally(reached, len(self.marks), Unit.COUNT, counted, others)
        weights = sum(mark.weight for mark in self.marks)
        pairs = zip(self.marks, bests, strict=True)
        total = sum((mark.weight * best.have for mark, best in pairs), Fraction(0))
        return Tally(total / weights, self.combined, Unit.PERCENT, counted, others)

    def _words(self, tally: Tally, taken: bool, open_marks: tuple[str, ...]) -> Step:
        if not taken:
            return step(StepCode.TAKE, what=self.place.noun)
        if open_marks and len(self.marks) > 1:
            return step(StepCode.COVER, what=self.place.noun, names=open_marks)
        need = self.combined if self.combined is not None else self.marks[0].need
        return _again(self.place.noun, Fraction(tally.have or 0), need, taken=True)

    def _with_turn(self, case: Case, finding: Finding, tries: list[date], waits: bool) -> Finding:
        """Return a finding with whose turn it is, by what waits and what tries are left."""
        if waits:
            words = step(StepCode.AWAIT_MARKING, what=self.place.noun)
            return finding._replace(waiting_on=WaitingOn.TRAINER, step=words)
        if self.limit and len(tries) >= self.limit:
            return finding._replace(
                waiting_on=WaitingOn.COORDINATOR,
                step=step(StepCode.NO_TRIES_LEFT),
                can_still=CanStill.NEEDS_A_PERSON,
            )
        again_on = add_length(tries[-1], self.wait) if tries and self.wait else case.on
        if again_on > case.on:
            words = step(StepCode.TAKE_FROM, date=again_on, what=self.place.noun)
            return finding._replace(waiting_on=WaitingOn.TRAINEE, step=words)
        return finding._replace(waiting_on=WaitingOn.TRAINEE)


def _best(mark: Mark, scores: list[ScoreFact], dates: Dates) -> Best:
    own = [score for score in scores if score.part == mark.part]
    released: list[ScoreFact] = []
    others: list[NotCounted] = []
    for score in own:
        why = None if score.state == "released" else UNRELEASED
        why = why or dates.refusal(score.on, score.on)
        if why is None:
            released.append(score)
        else:
            others.append(refused(score.id, score.score_percent, why))
    best = max(released, key=lambda score: score.score_percent, default=None)
    losers = (score for score in released if score is not best)
    others.extend(refused(score.id, score.score_percent, ANOTHER) for score in losers)
    met_on = next((one.on for one in released if one.score_percent >= mark.need), None)
    waits = any(is_being_marked(score.state) and score.on <= dates.today for score in own)
    return Best(best, tuple(others), met_on, waits)


def _again(what: str, have: Fraction, need: Fraction, *, taken: bool) -> Step:
    if not taken:
        return step(StepCode.TAKE, what=what)
    now, wanted = Amount(have, Unit.PERCENT), Amount(need, Unit.PERCENT)
    return step(StepCode.TAKE_AGAIN, what=what, have=now, need=wanted)
