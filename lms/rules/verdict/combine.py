"""Requirements made of requirements: all, any, at least so many, in order, only when."""

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction

from lms.rules.programmes.evidence import Condition
from lms.rules.record import FactValue
from lms.rules.verdict.case import DOES_NOT_APPLY, Case, Finding, Judge, Place
from lms.rules.verdict.lots import is_drawn
from lms.rules.verdict.result import Tally
from lms.rules.verdict.terms import CanStill, State, Unit, WaitingOn
from lms.rules.verdict.windows import day_of, fact_of
from lms.rules.verdict.words import StepCode, step

RANK = {
    State.NOT_YET: 0,
    State.NEEDS_A_PERSON: 1,
    State.WAIVED: 2,
    State.MET: 2,
    State.NOT_APPLICABLE: 2,
}
_OUTLOOKS = (CanStill.NO, CanStill.NEEDS_A_PERSON, CanStill.YES)


def settle_in_order(case: Case, children: Sequence[Judge]) -> list[tuple[Judge, Finding]]:
    """Judge children; return those that are required and apply, each with its finding."""
    found = [(child, case.settle(child)) for child in children]
    return [
        (child, finding)
        for child, finding in found
        if child.place.severity == "required" and finding.state is not State.NOT_APPLICABLE
    ]


def finding_of_all(found: Sequence[tuple[Judge, Finding]]) -> Finding:
    """Return what children come to where every one must be met."""
    if not found:
        return DOES_NOT_APPLY
    findings = [finding for _, finding in found]
    settled = [finding for finding in findings if finding.state.is_settled]
    tally = Tally(len(settled), len(findings), Unit.COUNT)
    days = [one.met_on for one in settled if one.met_on is not None]
    if len(settled) == len(findings):
        return Finding(State.MET, tally, met_on=max(days, default=None))
    open_ones = [finding for finding in findings if not finding.state.is_settled]
    worst = min(open_ones, key=lambda finding: RANK[finding.state])
    return Finding(
        worst.state,
        tally,
        worst.waiting_on,
        worst.step,
        by=min((one.by for one in open_ones if one.by is not None), default=None),
        can_still=min((one.can_still for one in open_ones), key=_OUTLOOKS.index),
    )


def finding_of_some(found: Sequence[tuple[Judge, Finding]], need: int) -> Finding:
    """Return what children come to where so many must be met."""
    if not found:
        return DOES_NOT_APPLY
    best_first = sorted((one for _, one in found), key=_closeness, reverse=True)
    settled = [one for one in best_first if one.state.is_settled]
    tally = Tally(len(settled), need, Unit.COUNT)
    if len(settled) >= need:
        days = sorted(one.met_on for one in settled if one.met_on is not None)
        timeless = len(settled) - len(days)
        first = need - timeless
        return Finding(State.MET, tally, met_on=days[first - 1] if first > 0 else None)
    names = tuple(child.place.noun for child, one in found if not one.state.is_settled)
    if len(found) < need:
        words = step(StepCode.ASK_COORDINATOR, what=names)
        return Finding(State.NEEDS_A_PERSON, tally, WaitingOn.COORDINATOR, words)
    lacking = best_first[len(settled) : need]
    words = step(StepCode.CHOOSE_SOME, count=len(lacking), names=names)
    if need == 1:
        words = step(StepCode.CHOOSE, names=names) if len(names) > 1 else lacking[0].step or words
    last = lacking[-1]
    return Finding(
        last.state,
        tally,
        last.waiting_on,
        words,
        by=last.by,
        can_still=min((one.can_still for one in lacking), key=_OUTLOOKS.index),
    )


def _closeness(finding: Finding) -> tuple[int, int, date]:
    return RANK[finding.state], _OUTLOOKS.index(finding.can_still), finding.by or date.max


class AllJudge(Judge):
    """Every required child."""

    __slots__ = ("children",)

    def __init__(self, place: Place, children: tuple[Judge, ...]) -> None:
        self.place = place
        self.children = children

    def judge(self, case: Case) -> Finding:
        return finding_of_all(settle_in_order(case, self.children))


class SomeJudge(Judge):
    """So many of the children."""

    __slots__ = ("children", "need")

    def __init__(self, place: Place, children: tuple[Judge, ...], need: int) -> None:
        self.place = place
        self.children = children
        self.need = need

    def judge(self, case: Case) -> Finding:
        return finding_of_some(settle_in_order(case, self.children), self.need)


class SequenceJudge(Judge):
    """Children in order; each opens on the day all before it were met."""

    __slots__ = ("children", "earlier_counts")

    def __init__(self, place: Place, children: tuple[Judge, ...], *, earlier_counts: bool) -> None:
        self.place = place
        self.children = children
        self.earlier_counts = earlier_counts

    def judge(self, case: Case) -> Finding:
        outer = case.not_before
        opened = outer
        waits_for: Judge | None = None
        found: list[tuple[Judge, Finding]] = []
        for child in self.children:
            if not self.earlier_counts:
                case.not_before = date.max if waits_for else opened
            finding = case.settle(child)
            if waits_for is not None:
                finding = _shut(case, child, waits_for)
            if child.place.severity != "required" or finding.state is State.NOT_APPLICABLE:
                continue
            found.append((child, finding))
            if finding.state.is_settled:
                opened = _later(opened, finding.met_on)
            else:
                waits_for = waits_for or child
        case.not_before = outer
        return finding_of_all(found)


def _later(one: date | None, other: date | None) -> date | None:
    return max((day for day in (one, other) if day is not None), default=None)


def _shut(case: Case, child: Judge, waits_for: Judge) -> Finding:
    """Hold back a child, and the rows below it, until an earlier one is met."""
    words = step(StepCode.OPENS_AFTER, what=waits_for.place.noun)
    for index in range(child.place.index, child.place.end):
        finding = case.findings[index]
        if finding.state in (State.WAIVED, State.NOT_APPLICABLE):
            continue
        case.findings[index] = finding._replace(
            state=State.NOT_YET, waiting_on=WaitingOn.NOBODY, step=words, met_on=None
        )
    return case.findings[child.place.index]


class WhenJudge(Judge):
    """One requirement or another, or none, by a fact about the person."""

    __slots__ = ("condition", "fact", "if_unknown", "otherwise", "then")

    def __init__(
        self,
        place: Place,
        condition: Callable[[Case], bool | None],
        fact: str,
        then: Judge,
        otherwise: Judge | None,
        if_unknown: str,
    ) -> None:
        self.place = place
        self.condition = condition
        self.fact = fact
        self.then = then
        self.otherwise = otherwise
        self.if_unknown = if_unknown

    def judge(self, case: Case) -> Finding:
        holds = self.condition(case)
        if holds is None and self.if_unknown != "ask":
            holds = self.if_unknown == "then"
        for branch, chosen in ((self.then, holds is True), (self.otherwise, holds is False)):
            if branch is not None and not chosen:
                case.skip(branch.place)
        if holds is None:
            words = step(StepCode.RECORD_FACT, what=self.fact)
            return Finding(State.NEEDS_A_PERSON, waiting_on=WaitingOn.COORDINATOR, step=words)
        chosen_branch = self.then if holds else self.otherwise
        return DOES_NOT_APPLY if chosen_branch is None else case.settle(chosen_branch)


def condition_from(
    condition: Condition, drawn: Fraction | None = None
) -> Callable[[Case], bool | None]:
    """Return a test of a case: whether a condition holds, or None where its fact is unknown.

    Shape:  `drawn` is the condition's own share, read.
    Raises: ValueError unless exactly one test is given.
    """
    tests = [test for given, test in _tests(condition, drawn or Fraction(0)) if given]
    if len(tests) != 1:
        raise ValueError("Give exactly one test of the fact.")
    test = tests[0]

    def holds(case: Case) -> bool | None:
        value = fact_of(case, condition.fact)
        return None if value is None else test(value)

    return holds


def _tests(
    condition: Condition, drawn: Fraction
) -> tuple[tuple[bool, Callable[[FactValue], bool | None]], ...]:
    one = condition
    return (
        (one.equals is not None, lambda value: _same(value, one.equals)),
        (bool(one.one_of), lambda value: any(_same(value, other) for other in one.one_of)),
        (bool(one.none_of), lambda value: not any(_same(value, o) for o in one.none_of)),
        (one.at_least is not None, lambda value: _compare(value, one.at_least, least=True)),
        (one.at_most is not None, lambda value: _compare(value, one.at_most, least=False)),
        (one.on_or_after is not None, lambda value: _is_before(value, one.on_or_after, of=False)),
        (one.before is not None, lambda value: _is_before(value, one.before, of=True)),
        (one.drawn != "", lambda value: is_drawn(str(value), drawn)),
    )


def _same(value: FactValue, other: FactValue | None) -> bool:
    return type(value) is type(other) and value == other


def _compare(value: FactValue, bound: int | None, *, least: bool) -> bool | None:
    if not isinstance(value, int) or isinstance(value, bool) or bound is None:
        return None
    return value >= bound if least else value <= bound


def _is_before(value: FactValue, bound: date | None, *, of: bool) -> bool | None:
    day = day_of(value)
    return None if day is None or bound is None else (day < bound) is of
