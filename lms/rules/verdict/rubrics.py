"""Role-plays as marked: at standard, on different scenarios, and with no harm item left open."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from lms.rules.programmes.nodes import RubricStandard
from lms.rules.record import PerformanceFact
from lms.rules.verdict.case import (
    UNRELEASED,
    Case,
    Dates,
    Finding,
    Judge,
    Place,
    Why,
    framed,
    is_being_marked,
    refused,
)
from lms.rules.verdict.result import Counted, NotCounted, Tally
from lms.rules.verdict.terms import Detail, Reason, State, Unit, WaitingOn, turn_of
from lms.rules.verdict.windows import TimeFrame
from lms.rules.verdict.words import StepCode, step


class RubricJudge(Judge):
    """Role-plays at standard on different scenarios, and no harm item left open."""

    __slots__ = ("frame", "markers", "need", "node", "percent")

    def __init__(
        self,
        place: Place,
        frame: TimeFrame,
        node: RubricStandard,
        *,
        need: int,
        percent: Fraction,
        markers: int,
    ) -> None:
        self.place = place
        self.frame = frame
        self.node = node
        self.need = need
        self.percent = percent
        self.markers = markers

    def judge(self, case: Case) -> Finding:
        dates = self.frame.dates(case)
        own = [p for p in case.in_order("rubrics") if p.rubric == self.node.rubric]
        resolved = self._resolved_on(case)
        kept: list[PerformanceFact] = []
        others: list[NotCounted] = []
        for performance in own:
            refusal = self._refusal(performance, dates, resolved) or self._repeat(performance, kept)
            if refusal is None:
                kept.append(performance)
            else:
                others.append(refusal)
        counted = tuple(Counted(performance.id, 1) for performance in kept)
        tally = Tally(len(kept), self.need, Unit.COUNT, counted, tuple(others))
        harm = [p for p in own if self._is_harm_open(p, case.on, resolved)]
        finding = self._weigh(tally, kept, harm, resolved)
        if finding.step is None and not finding.state.is_settled:
            finding = self._turn(finding, kept, own, case.on)
        return framed(case, self.place, dates, finding)

    def _resolved_on(self, case: Case) -> dict[str, date]:
        """Return when each performance's harm items were settled, by its id."""
        found: dict[str, date] = {}
        for decision in case.in_order("decisions"):
            settles = decision.what == "harm-resolved" and decision.by in self.node.resolved_by
            if settles and decision.on <= case.on:
                found.setdefault(decision.outcome, decision.on)
        return found

    def _is_harm_open(
        self, performance: PerformanceFact, on: date, resolved: Mapping[str, date]
    ) -> bool:
        known = performance.state == "released" and performance.on <= on
        return known and bool(performance.harm) and performance.id not in resolved

    def _refusal(
        self, performance: PerformanceFact, dates: Dates, resolved: Mapping[str, date]
    ) -> NotCounted | None:
        why = self._why_not(performance, dates, resolved)
        limits = {
            Detail.BELOW_STANDARD: self.percent or None,
            Detail.TOO_FEW_MARKERS: Fraction(self.markers),
        }
        if why is None:
            return None
        limit = limits.get(why[1]) if why[1] else None
        return NotCounted(performance.id, 1, why[0], limit, why[1])

    def _why_not(
        self, performance: PerformanceFact, dates: Dates, resolved: Mapping[str, date]
    ) -> Why | None:
        if performance.state != "released":
            return UNRELEASED
        outside = dates.refusal(performance.on, performance.on)
        if outside is not None:
            return outside
        if self.node.scenarios and performance.scenario not in self.node.scenarios:
            return Reason.EXCLUDED, None
        if self._is_harm_open(performance, dates.today, resolved):
            return Reason.EXCLUDED, Detail.HARM_OPEN
        if len(set(performance.markers)) < self.markers:
            return Reason.TOO_LOW_ASSURANCE, Detail.TOO_FEW_MARKERS
        if not self._is_at_standard(performance.levels):
            return Reason.EXCLUDED, Detail.BELOW_STANDARD
        return None

    def _is_at_standard(self, levels: Mapping[str, int]) -> bool:
        if not levels:
            return False
        floors = self.node.floors or {}
        if any(level < floors.get(name, self.node.floor) for name, level in levels.items()):
            return False
        return 100 * sum(levels.values()) >= self.percent * self.node.max_level * len(levels)

    def _repeat(
        self, performance: PerformanceFact, kept: list[PerformanceFact]
    ) -> NotCounted | None:
        same = self.node.different and any(p.scenario == performance.scenario for p in kept)
        return refused(performance.id, 1, (Reason.DUPLICATE, None)) if same else None

    def _weigh(
        self,
        tally: Tally,
        kept: list[PerformanceFact],
        harm: list[PerformanceFact],
        resolved: Mapping[str, date],
    ) -> Finding:
        enough = len(kept) >= self.need and not self._uncovered(kept)
        if harm:
            turn = turn_of(self.node.resolved_by[0])
            words = step(StepCode.RESOLVE_HARM, count=len(harm), who=turn)
            state = State.NEEDS_A_PERSON if enough else State.NOT_YET
            return Finding(state, tally, turn, words)
        if not enough:
            return Finding(State.NOT_YET, tally, WaitingOn.TRAINEE)
        days = [resolved[p.id] for p in kept if p.id in resolved]
        first = next(n for n in range(self.need, len(kept) + 1) if not self._uncovered(kept[:n]))
        met_on = max([*days, *(p.on for p in kept[:first])], default=None)
        return Finding(State.MET, tally, met_on=met_on)

    def _uncovered(self, kept: list[PerformanceFact]) -> tuple[str, ...]:
        cover = self.node.cover or {}
        shown = {
            name
            for performance in kept
            for name, level in performance.levels.items()
            if name in cover and level >= cover[name]
        }
        return tuple(name for name in cover if name not in shown)

    def _turn(
        self,
        finding: Finding,
        kept: list[PerformanceFact],
        own: list[PerformanceFact],
        on: date,
    ) -> Finding:
        waiting = [p for p in own if is_being_marked(p.state) and p.on <= on]
        if len(kept) + len(waiting) >= self.need and waiting:
            words = step(StepCode.AWAIT_MARKING, what=self.place.noun)
            return finding._replace(waiting_on=WaitingOn.TRAINER, step=words)
        lacking = self.need - len(kept)
        words = step(StepCode.SHOW_ROLE_PLAYS, count=lacking)
        if lacking <= 0:
            words = step(StepCode.SHOW_COMPETENCIES, names=self._uncovered(kept))
        return finding._replace(step=words)
