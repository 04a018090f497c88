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
from lms.rules.verdict.lots import is_drawn
from lms.rules.verdict.result import Counted, NotCounted, Tally
from lms.rules.verdict.terms import Detail, Reason, State, Unit, WaitingOn, turn_of
from lms.rules.verdict.windows import TimeFrame
from lms.rules.verdict.words import StepCode, step


class RubricJudge(Judge):
    """Role-plays at standard on different scenarios, and no harm item left open."""

    __slots__ = ("frame", "markers", "need", "node", "percent", "sample")

    def __init__(
        self,
        place: Place,
        frame: TimeFrame,
        node: RubricStandard,
        *,
        need: int,
        percent: Fraction,
        markers: int,
        sample: Fraction | None = None,
    ) -> None:
        self.place = place
        self.frame = frame
        self.node = node
        self.need = need
        self.percent = percent
        self.markers = markers
        self.sample = sample

    def judge(self, case: Case) -> Finding:
        dates = self.frame.dates(case)
        own = [p for p in case.in_order("rubrics") if p.rubric == self.node.rubric]
        resolved = self._decided_on(case, "harm-resolved", self.node.resolved_by)
        settled = self._decided_on(case, "marking-settled", self.node.settled_by)
        shown: list[PerformanceFact] = []
        others: list[NotCounted] = []
        for performance in own:
            refusal = self._refusal(performance, dates, resolved, settled)
            if refusal is None:
                shown.append(performance)
            else:
                others.append(refusal)
        kept = self._kept(shown)
        others.extend(refused(p.id, 1, (Reason.DUPLICATE, None)) for p in shown if p not in kept)
        counted = tuple(Counted(performance.id, 1) for performance in kept)
        tally = Tally(len(kept), self.need, Unit.COUNT, counted, tuple(others))
        harm = [p for p in own if self._is_harm_open(p, case.on, resolved)]
        if harm:
            finding = self._with_harm(tally, shown, len(harm))
        elif self._suffices(shown):
            finding = Finding(State.MET, tally, met_on=self._met_on(shown, (resolved, settled)))
        else:
            finding = self._short(tally, shown, own, case.on)
            finding = self._to_settle(finding, self.need - len(kept))
        return framed(case, self.place, dates, finding)

    def _decided_on(self, case: Case, what: str, by: tuple[str, ...]) -> dict[str, date]:
        """Return when something was decided about each performance, by its id."""
        found: dict[str, date] = {}
        for decision in case.in_order("decisions"):
            settles = decision.what == what and decision.by in by
            if settles and decision.on <= case.on:
                found.setdefault(decision.outcome, decision.on)
        return found

    def _is_harm_open(
        self, performance: PerformanceFact, on: date, resolved: Mapping[str, date]
    ) -> bool:
        known = performance.state == "released" and performance.on <= on
        return known and bool(performance.harm) and performance.id not in resolved

    def _refusal(
        self,
        performance: PerformanceFact,
        dates: Dates,
        resolved: Mapping[str, date],
        settled: Mapping[str, date],
    ) -> NotCounted | None:
        why = self._why_not(performance, dates, resolved)
        if why is None and self._is_apart(performance) and performance.id not in settled:
            why = (Reason.NOT_CONFIRMED, Detail.MARKERS_DIFFER)
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
        if len(set(performance.markers)) < self._markers_of(performance):
            return Reason.TOO_LOW_ASSURANCE, Detail.TOO_FEW_MARKERS
        if not self._is_at_standard(performance.levels):
            return Reason.EXCLUDED, Detail.BELOW_STANDARD
        return None

    def _markers_of(self, performance: PerformanceFact) -> int:
        """Return how many markers a performance needs: outside the sample one will do."""
        outside = self.sample is not None and not is_drawn(performance.id, self.sample)
        return min(1, self.markers) if outside else self.markers

    def _is_apart(self, performance: PerformanceFact) -> bool:
        limit = self.node.settle_above
        return limit is not None and performance.apart > limit

    def _to_settle(self, finding: Finding, lacking: int) -> Finding:
        """Return a finding that waits for a person where settling differences would suffice."""
        differ = [one for one in finding.tally.not_counted if one.detail is Detail.MARKERS_DIFFER]
        if not differ or len(differ) < lacking:
            return finding
        turn = turn_of(self.node.settled_by[0])
        words = step(StepCode.SETTLE_MARKS, count=len(differ), who=turn)
        return finding._replace(state=State.NEEDS_A_PERSON, waiting_on=turn, step=words)

    def _is_at_standard(self, levels: Mapping[str, int]) -> bool:
        if not levels:
            return False
        floors = self.node.floors or {}
        if any(level < floors.get(name, self.node.floor) for name, level in levels.items()):
            return False
        return 100 * sum(levels.values()) >= self.percent * self.node.max_level * len(levels)

    def _kept(self, shown: list[PerformanceFact]) -> list[PerformanceFact]:
        """Return those that count: of each scenario the first, unless any will do."""
        if not self.node.different:
            return shown
        first: dict[str, PerformanceFact] = {}
        for performance in shown:
            first.setdefault(performance.scenario, performance)
        return list(first.values())

    def _suffices(self, shown: list[PerformanceFact]) -> bool:
        return len(self._kept(shown)) >= self.need and not self._uncovered(shown)

    def _met_on(
        self, shown: list[PerformanceFact], decided: tuple[Mapping[str, date], ...]
    ) -> date | None:
        """Return the first day by which enough had been shown, and what was open was decided."""
        since = {p.id: max(p.on, *(on.get(p.id, p.on) for on in decided)) for p in shown}
        for day in sorted(set(since.values())):
            if self._suffices([p for p in shown if since[p.id] <= day]):
                return day
        return None

    def _with_harm(self, tally: Tally, shown: list[PerformanceFact], harm: int) -> Finding:
        turn = turn_of(self.node.resolved_by[0])
        words = step(StepCode.RESOLVE_HARM, count=harm, who=turn)
        state = State.NEEDS_A_PERSON if self._suffices(shown) else State.NOT_YET
        return Finding(state, tally, turn, words)

    def _uncovered(self, shown: list[PerformanceFact]) -> tuple[str, ...]:
        cover = self.node.cover or {}
        seen = {
            name
            for performance in shown
            for name, level in performance.levels.items()
            if name in cover and level >= cover[name]
        }
        return tuple(name for name in cover if name not in seen)

    def _short(
        self,
        tally: Tally,
        shown: list[PerformanceFact],
        own: list[PerformanceFact],
        on: date,
    ) -> Finding:
        waiting = [p for p in own if is_being_marked(p.state) and p.on <= on]
        lacking = self.need - len(tally.counted)
        if waiting and len(waiting) >= lacking:
            words = step(StepCode.AWAIT_MARKING, what=self.place.noun)
            return Finding(State.NOT_YET, tally, WaitingOn.TRAINER, words)
        words = step(StepCode.SHOW_ROLE_PLAYS, count=lacking)
        if lacking <= 0:
            words = step(StepCode.SHOW_COMPETENCIES, names=self._uncovered(shown))
        return Finding(State.NOT_YET, tally, WaitingOn.TRAINEE, words)
