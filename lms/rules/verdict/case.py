"""One judging: the record and the day, what was found so far, and what every judge shares."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date
from operator import attrgetter
from typing import Any, NamedTuple

from lms.rules.programmes.evidence import Waivable
from lms.rules.record import HANDED_IN, HoursFact, PlanFact, Record, WaiverFact
from lms.rules.verdict.result import Caution, NotCounted, Tally
from lms.rules.verdict.terms import CanStill, Detail, Number, Reason, State, Unit, WaitingOn
from lms.rules.verdict.words import Step, StepCode, is_after, step

Why = tuple[Reason, Detail | None]
ANOTHER: Why = (Reason.DUPLICATE, Detail.OTHER_COUNTS)
UNRELEASED: Why = (Reason.NOT_CONFIRMED, None)
NO_TALLY = Tally(None, None, Unit.NONE)


class Place:
    """Where a requirement stands in its programme; `index` to `end` are its rows and those below.

    `unset` is true where one of its own figures is still to be set.
    """

    __slots__ = (
        "end",
        "id",
        "index",
        "kind",
        "label",
        "noun",
        "parent",
        "severity",
        "unset",
        "waivable",
    )

    def __init__(self, own_id: str, parent: str | None, kind: str, index: int) -> None:
        self.id = own_id
        self.parent = parent
        self.kind = kind
        self.index = index
        self.end = index + 1
        self.label = self.noun = ""
        self.severity = "required"
        self.unset = False
        self.waivable: Waivable | None = None

    @property
    def once_too_late(self) -> CanStill:
        """What can still be when no evidence can help any more."""
        return CanStill.NO if self.waivable is None else CanStill.NEEDS_A_PERSON


class Finding(NamedTuple):
    """What a judge found for one requirement. `met_on` is the first day it was met, if it is."""

    state: State
    tally: Tally = NO_TALLY
    waiting_on: WaitingOn = WaitingOn.NOBODY
    step: Step | None = None
    by: date | None = None
    met_on: date | None = None
    can_still: CanStill = CanStill.YES


DOES_NOT_APPLY = Finding(State.NOT_APPLICABLE)


class Judge:
    """A requirement made ready for judging; a subclass a kind."""

    __slots__ = ("place",)
    place: Place

    def judge(self, case: "Case") -> Finding:
        """Return what the case shows for this requirement; place the rows below on the way."""
        raise NotImplementedError


_DAY_OF = {"certificates": "issued_on", "plans": "from_on"}


class Case:
    """A record on a day. `not_before` is the day a sequence opened this part, if it did."""

    __slots__ = (
        "_sorted",
        "by_ledger",
        "cautions",
        "findings",
        "not_before",
        "on",
        "record",
        "waivers",
    )

    def __init__(self, record: Record, on: date, rows: int) -> None:
        self.record = record
        self.on = on
        self.not_before: date | None = None
        self.findings: list[Finding] = [DOES_NOT_APPLY] * rows
        self.cautions: list[Caution] = []
        self._sorted: dict[str, list[Any]] = {}
        self.by_ledger: dict[str, list[HoursFact]] = {}
        for entry in sorted(record.hours, key=order_of_hours):
            self.by_ledger.setdefault(entry.ledger, []).append(entry)
        self.waivers: dict[str, list[WaiverFact]] = {}
        for waiver in record.waivers:
            self.waivers.setdefault(waiver.requirement, []).append(waiver)

    def in_order(self, name: str) -> list[Any]:
        """Return one of the record's lists in order of day and id."""
        found = self._sorted.get(name)
        if found is None:
            key = attrgetter(_DAY_OF.get(name, "on"), "id")
            found = sorted(getattr(self.record, name), key=key)
            self._sorted[name] = found
        return found

    def plan_of(self, entry: HoursFact) -> PlanFact | None:
        """Return the supervision plan an entry rests on: the one it names, else its supervisor's.

        Edge: of several with the supervisor, the one in force on the day comes first.
        """
        plans: list[PlanFact] = self.in_order("plans")
        if entry.plan is not None:
            return next((plan for plan in plans if plan.id == entry.plan), None)
        own = [plan for plan in plans if plan.supervisor == entry.supervisor]
        return next((p for p in own if is_in_force(p, entry.on)), own[0] if own else None)

    def settle(self, judge: Judge) -> Finding:
        """Judge a requirement and keep what was found, after waivers and unset figures."""
        return self.keep(judge.place, judge.judge(self))

    def keep(self, place: Place, finding: Finding) -> Finding:
        """Keep a finding for its row; return it as it stands after waivers and unset figures."""
        if place.unset:
            finding = _waiting_for_a_figure(place, finding)
        if place.id in self.waivers and not finding.state.is_settled:
            finding = self._waived(place, finding)
        self.findings[place.index] = finding
        return finding

    def _waived(self, place: Place, finding: Finding) -> Finding:
        for waiver in self.waivers[place.id]:
            if (
                waiver.on <= self.on
                and place.waivable is not None
                and self._counts(waiver, place.waivable)
            ):
                return Finding(State.WAIVED, finding.tally)
        words = step(StepCode.WAIVER_NOT_COUNTED, what=place.noun)
        self.cautions.append(Caution("waiver-not-counted", place.id, words))
        return finding

    def _counts(self, waiver: WaiverFact, terms: Waivable) -> bool:
        seen = (one for one in self.record.documents if one.outcome != HANDED_IN)
        papers = {paper.kind for paper in seen if paper.on <= self.on}
        in_time = terms.until is None or waiver.on <= terms.until
        return in_time and waiver.by in terms.by and papers.issuperset(terms.evidence)

    def skip(self, place: Place) -> None:
        """Mark a requirement and all below it as not applicable."""
        for index in range(place.index, place.end):
            self.findings[index] = DOES_NOT_APPLY


def least_met(found: Sequence[Finding]) -> Finding | None:
    """Return the first finding of those farthest from met, or None if all are settled."""
    not_yet = (one for one in found if one.state is State.NOT_YET)
    return next(not_yet, next((one for one in found if not one.state.is_settled), None))


def is_in_force(plan: PlanFact, on: date) -> bool:
    """Return whether a supervision plan holds on a day; both its ends count."""
    return plan.from_on <= on and (plan.until is None or on <= plan.until)


def order_of_hours(entry: HoursFact) -> tuple[date, float, str]:
    """Return the key hours are taken in: day, then when recorded, then id."""
    at = entry.recorded_at
    if at is None:
        return entry.on, 0.0, entry.id
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return entry.on, aware.timestamp(), entry.id


def is_being_marked(state: str) -> bool:
    """Return whether a score or a marking has been handed in and is not released yet."""
    return state not in ("draft", "released")


def end_of(entry: HoursFact) -> date:
    """Return the day an entry was over."""
    return entry.until or entry.on


def _waiting_for_a_figure(place: Place, finding: Finding) -> Finding:
    words = step(StepCode.SET_FIGURE, what=place.noun)
    tally = finding.tally._replace(need=None)
    return Finding(State.NEEDS_A_PERSON, tally, WaitingOn.COORDINATOR, words)


class Dates(NamedTuple):
    """The days from which evidence counts; both ends count. `missing` names an unknown fact.

    `used_up`: what lies before `first` served an earlier certificate. `ends_on` is a last day that
    does not move with today.
    """

    today: date
    opened: date | None = None
    first: date | None = None
    last: date | None = None
    ends_on: date | None = None
    missing: str = ""
    used_up: bool = False

    def refusal(self, start: date, end: date) -> Why | None:
        """Return why evidence from `start` to `end` lies outside, or None if it counts."""
        if end > self.today:
            return Reason.OUT_OF_WINDOW, Detail.AFTER_THE_DAY
        if self.opened is not None and start < self.opened:
            return Reason.OUT_OF_WINDOW, Detail.BEFORE_IT_OPENED
        if self.first is not None and start < self.first:
            return (Reason.USED_BEFORE if self.used_up else Reason.OUT_OF_WINDOW), None
        if self.last is not None and end > self.last:
            return Reason.OUT_OF_WINDOW, None
        return None


def framed(case: Case, place: Place, dates: Dates, finding: Finding) -> Finding:
    """Return a leaf's finding with what its dates say: an unknown fact, a last day, too late."""
    if finding.state.is_settled:
        return finding
    if dates.missing:
        words = step(StepCode.RECORD_FACT, what=dates.missing)
        return finding._replace(
            state=State.NEEDS_A_PERSON, waiting_on=WaitingOn.COORDINATOR, step=words
        )
    if dates.ends_on is None:
        return finding
    if case.on <= dates.ends_on:
        too_late = is_after(finding.step, dates.ends_on)
        still = place.once_too_late if too_late else finding.can_still
        return finding._replace(by=dates.ends_on, can_still=still)
    return finding._replace(
        waiting_on=WaitingOn.COORDINATOR,
        step=step(StepCode.TOO_LATE, date=dates.ends_on),
        by=dates.ends_on,
        can_still=place.once_too_late,
    )


def refused(fact_id: str, amount: Number, why: Why) -> NotCounted:
    """Return evidence that does not count, with its reason."""
    return NotCounted(fact_id, amount, why[0], None, why[1])


def day_reached(counted: Iterable[tuple[date, Number]], need: Number) -> date | None:
    """Return the day on which amounts, added in order of day, first come to the need."""
    total: Number = 0
    for day, amount in sorted(counted, key=lambda pair: pair[0]):
        total += amount
        if total >= need:
            return day
    return None
