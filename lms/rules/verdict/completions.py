"""Modules completed."""

from collections.abc import Iterable, Mapping
from datetime import date

from lms.rules.record import CompletionFact
from lms.rules.verdict.case import ANOTHER, Case, Dates, Finding, Judge, Place, Why, framed, refused
from lms.rules.verdict.result import Counted, NotCounted, Tally
from lms.rules.verdict.terms import Detail, Reason, State, Unit, WaitingOn
from lms.rules.verdict.windows import TimeFrame
from lms.rules.verdict.words import Step, StepCode, step

OLD_VERSION: Why = (Reason.EXCLUDED, Detail.OLD_VERSION)


class CompletionsJudge(Judge):
    """Modules completed, by number or by credits; each module counts once."""

    __slots__ = ("by_credits", "frame", "need", "since", "worth")

    def __init__(
        self,
        place: Place,
        frame: TimeFrame,
        *,
        worth: Mapping[str, int],
        need: int,
        by_credits: bool,
        since: Mapping[str, int],
    ) -> None:
        self.place = place
        self.frame = frame
        self.worth = worth
        self.need = need
        self.by_credits = by_credits
        self.since = since

    def judge(self, case: Case) -> Finding:
        dates = self.frame.dates(case)
        done: dict[str, CompletionFact] = {}
        others: list[NotCounted] = []
        for fact in case.in_order("completions"):
            if fact.module not in self.worth:
                continue
            why = self._refusal(fact, dates) or (ANOTHER if fact.module in done else None)
            if why is None:
                done[fact.module] = fact
            else:
                others.append(refused(fact.id, self.worth[fact.module], why))
        counted = tuple(Counted(fact.id, self.worth[fact.module]) for fact in done.values())
        have = sum(one.amount for one in counted)
        tally = Tally(have, self.need, Unit.COUNT, counted, tuple(others))
        if have >= self.need:
            return Finding(State.MET, tally, met_on=self._met_on(done.values()))
        missing = tuple(module for module in self.worth if module not in done)
        words = self._words(int(self.need - have), missing)
        return framed(
            case, self.place, dates, Finding(State.NOT_YET, tally, WaitingOn.TRAINEE, words)
        )

    def _refusal(self, fact: CompletionFact, dates: Dates) -> Why | None:
        since = self.since.get(fact.module)
        if since is not None and not (fact.version.isdecimal() and int(fact.version) >= since):
            return OLD_VERSION
        return dates.refusal(fact.on, fact.on)

    def _met_on(self, done: Iterable[CompletionFact]) -> date | None:
        total = 0
        for fact in done:
            total += self.worth[fact.module]
            if total >= self.need:
                return fact.on
        return None

    def _words(self, lacking: int, missing: tuple[str, ...]) -> Step:
        if self.by_credits:
            return step(StepCode.EARN_CREDITS, count=lacking, names=missing)
        if lacking == len(missing):
            return step(StepCode.FINISH_MODULES, count=lacking, names=missing)
        return step(StepCode.FINISH_SOME, count=lacking, names=missing)
