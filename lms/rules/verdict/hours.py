"""Choosing hours: which entries a requirement means, which of them count, and why others do not."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from lms.rules.programmes.evidence import EVERY_ENTRY, Acceptance, EligibleSupervisor, Subset
from lms.rules.programmes.quantities import Length, add_length, number_from
from lms.rules.record import PART_MISSING, SERVED_BEFORE, HoursFact
from lms.rules.verdict.case import Case, Dates, Why, end_of, is_in_force
from lms.rules.verdict.qualified import standing_on
from lms.rules.verdict.result import NotCounted
from lms.rules.verdict.terms import Detail, Reason
from lms.rules.verdict.windows import ANY_DAY, TimeFrame

ASSURANCE = {"code": 1, "paper": 2, "link": 3, "account": 4}
"""Kinds of confirmation from the weakest; a kind that is not named here is weaker than all."""

Test = Callable[[HoursFact], bool]
Check = Callable[[HoursFact, Case], Why | None]


class Piece(NamedTuple):
    """An entry that counts, with the minutes meant; `domains` is None where the whole is."""

    entry: HoursFact
    minutes: int
    domains: frozenset[str] | None

    @property
    def ends(self) -> date:
        """The day the entry was over."""
        return end_of(self.entry)


class Refused(NamedTuple):
    """An entry, or what is left of it, that does not count."""

    entry: HoursFact
    minutes: int
    why: Why
    limit: int | None = None

    def shown(self) -> NotCounted:
        """Return it as evidence of a row in minutes."""
        return NotCounted(self.entry.id, self.minutes, self.why[0], self.limit, self.why[1])


class Sifted(NamedTuple):
    """The entries meant, in order, apart by whether they count."""

    kept: list[Piece]
    refused: list[Refused]


class Picker:
    """A subset made ready: does an entry belong, and with how many minutes?"""

    __slots__ = ("domains", "holds", "is_open")

    def __init__(self, subset: Subset) -> None:
        self.domains = frozenset(subset.domains) or None
        self.holds: Test = _all_of(_tests_of(subset))
        """Whether an entry belongs, its domains aside."""
        self.is_open = subset == EVERY_ENTRY

    def minutes(self, entry: HoursFact) -> int | None:
        """Return the minutes meant of an entry, or None where it is not meant at all."""
        if self.is_open:
            return entry.minutes
        if not self.holds(entry):
            return None
        if self.domains is None:
            return entry.minutes
        own = [minutes for name, minutes in entry.domains.items() if name in self.domains]
        return sum(own) if own else None

    def part_of(self, piece: Piece) -> Piece | None:
        """Return the part of a piece that belongs, or None."""
        if self.domains is None:
            return piece if self.holds(piece.entry) else None
        inside = self.domains if piece.domains is None else self.domains & piece.domains
        own = [minutes for name, minutes in piece.entry.domains.items() if name in inside]
        if not own or not self.holds(piece.entry):
            return None
        return Piece(piece.entry, min(sum(own), piece.minutes), inside)


def _all_of(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    return lambda entry: all(test(entry) for test in tests)


def _tests_of(subset: Subset) -> list[Test]:
    tests: list[Test] = []
    for name, wanted in (
        ("kind", subset.kinds),
        ("mode", subset.modes),
        ("medium", subset.media),
        ("provider", subset.providers),
        ("population", subset.populations),
    ):
        if wanted:
            tests.append(_is_one_of(name, frozenset(wanted)))
    for name, wanted in (("topics", subset.topics), ("flags", subset.flags)):
        if wanted:
            tests.append(_has_one_of(name, frozenset(wanted)))
    if subset.paid is not None:
        tests.append(lambda entry: entry.paid is subset.paid)
    return tests


def _is_one_of(name: str, wanted: frozenset[str]) -> Test:
    place = HoursFact._fields.index(name)
    return lambda entry: entry[place] in wanted


def _has_one_of(name: str, wanted: frozenset[str]) -> Test:
    return lambda entry: not wanted.isdisjoint(getattr(entry, name))


class Selector:
    """Entries of one ledger made ready to be sifted."""

    __slots__ = ("at_least", "checks", "frame", "ledger", "picker", "repeats", "steps")

    def __init__(
        self,
        ledger: str,
        subset: Subset,
        accept: Acceptance,
        *,
        frame: TimeFrame = ANY_DAY,
        steps: int = 0,
        at_least: int = 0,
        held_for: tuple[Length | None, ...] = (),
    ) -> None:
        self.ledger = ledger
        self.picker = Picker(subset)
        self.checks = tuple(_checks_of(accept, held_for))
        self.frame = frame
        self.steps = steps
        self.at_least = at_least
        self.repeats = accept.repeats

    def sift(self, case: Case, dates: Dates | None = None) -> Sifted:
        """Return the entries meant, apart by whether they count and why not."""
        dates = dates or self.frame.dates(case)
        sifted = Sifted([], [])
        whole = not self.at_least and not self.steps
        for entry in case.by_ledger.get(self.ledger, ()):
            minutes = self.picker.minutes(entry)
            if minutes is None:
                continue
            refusal = self._refusal(entry, case, dates)
            if refusal is not None:
                sifted.refused.append(Refused(entry, minutes, refusal))
            elif whole:
                sifted.kept.append(Piece(entry, minutes, self.picker.domains))
            else:
                self._measure(entry, minutes, sifted)
        return sifted if self.repeats else _once_a_course(sifted)

    def _refusal(self, entry: HoursFact, case: Case, dates: Dates) -> Why | None:
        for check in self.checks:
            why = check(entry, case)
            if why is not None:
                return why
        if dates.used_up and entry.on == dates.first and SERVED_BEFORE in entry.flags:
            return Reason.USED_BEFORE, None
        return dates.refusal(entry.on, end_of(entry))

    def _measure(self, entry: HoursFact, minutes: int, sifted: Sifted) -> None:
        if minutes < self.at_least:
            why: Why = (Reason.BELOW_GRANULARITY, Detail.TOO_SHORT)
            sifted.refused.append(Refused(entry, minutes, why, self.at_least))
            return
        left = minutes % self.steps if self.steps else 0
        if left:
            why = (Reason.BELOW_GRANULARITY, None)
            sifted.refused.append(Refused(entry, left, why, self.steps))
        if minutes > left or not left:
            sifted.kept.append(Piece(entry, minutes - left, self.picker.domains))


def _once_a_course(sifted: Sifted) -> Sifted:
    """Return sifted entries where each course (provider and topics) counts once.

    Edge: of repeats the longest counts: a later, longer one adds only what it has more.
    """
    longest: dict[tuple[str | None, tuple[str, ...]], int] = {}
    fresh: dict[str, int] = {}
    for piece in sorted(sifted.kept, key=lambda one: one.ends):
        course = piece.entry.provider, tuple(sorted(piece.entry.topics))
        before = longest.get(course, 0)
        fresh[piece.entry.id] = max(0, piece.minutes - before)
        longest[course] = max(before, piece.minutes)
    kept, refused = [], [*sifted.refused]
    for piece in sifted.kept:
        more = fresh[piece.entry.id]
        if more or piece.minutes == 0:
            kept.append(piece._replace(minutes=more))
        if piece.minutes > more:
            why: Why = (Reason.DUPLICATE, None)
            refused.append(Refused(piece.entry, piece.minutes - more, why))
    return Sifted(kept, refused)


def _checks_of(accept: Acceptance, held_for: tuple[Length | None, ...]) -> list[Check]:
    checks: list[Check] = [_confirmed] if accept.confirmed else []
    checks.append(_not_by_oneself)
    barred_words = accept.without_kinds, accept.without_topics, accept.without_flags
    if any(barred_words):
        kinds, topics, flags = (frozenset(words) for words in barred_words)
        checks.append(_without(kinds, topics, flags))
    if accept.barred:
        checks.append(_unrelated(frozenset(accept.barred)))
    for name, wanted in (("mode", accept.modes), ("medium", accept.media)):
        if wanted:
            checks.append(_in_mode(name, frozenset(wanted)))
    if accept.providers:
        checks.append(_by_provider(accept))
    if accept.plan:
        checks.append(_under_plan)
    if accept.assurance:
        checks.append(_assured(ASSURANCE[accept.assurance]))
    if accept.supervisors:
        checks.append(_eligible(accept.supervisors, held_for))
    return checks


def _confirmed(entry: HoursFact, case: Case) -> Why | None:
    later = entry.confirmed_on is not None and entry.confirmed_on > case.on
    if entry.state == "confirmed" and not later:
        return None
    return Reason.NOT_CONFIRMED, Detail.PART_MISSING if PART_MISSING in entry.flags else None


def _not_by_oneself(entry: HoursFact, case: Case) -> Why | None:
    oneself = entry.supervisor is not None and entry.supervisor == case.record.person
    return (Reason.CONFLICT, None) if oneself else None


def _without(kinds: frozenset[str], topics: frozenset[str], flags: frozenset[str]) -> Check:
    def check(entry: HoursFact, case: Case) -> Why | None:
        out = entry.kind in kinds or not topics.isdisjoint(entry.topics)
        return (Reason.EXCLUDED, None) if out or not flags.isdisjoint(entry.flags) else None

    return check


def _unrelated(barred: frozenset[str]) -> Check:
    def check(entry: HoursFact, case: Case) -> Why | None:
        plan = case.plan_of(entry)
        tie = "none" if plan is None else plan.relationship
        out = tie in barred or ("any" in barred and tie != "none")
        return (Reason.CONFLICT, None) if out else None

    return check


def _in_mode(name: str, wanted: frozenset[str]) -> Check:
    test = _is_one_of(name, wanted)
    return lambda entry, _case: None if test(entry) else (Reason.WRONG_MODE, None)


def _by_provider(accept: Acceptance) -> Check:
    def check(entry: HoursFact, case: Case) -> Why | None:
        for one in accept.providers:
            begun = one.since is None or one.since <= entry.on
            if one.id == entry.provider and begun and (one.until is None or entry.on <= one.until):
                return None
        return Reason.WRONG_PROVIDER, None

    return check


def _under_plan(entry: HoursFact, case: Case) -> Why | None:
    plan = case.plan_of(entry)
    holds = plan is not None and is_in_force(plan, entry.on)
    return None if holds else (Reason.BEFORE_PLAN, None)


def _assured(lowest: int) -> Check:
    def check(entry: HoursFact, case: Case) -> Why | None:
        rank = ASSURANCE.get(entry.assurance or "", 0)
        return None if rank >= lowest else (Reason.TOO_LOW_ASSURANCE, None)

    return check


def _eligible(ways: tuple[EligibleSupervisor, ...], held_for: tuple[Length | None, ...]) -> Check:
    def check(entry: HoursFact, case: Case) -> Why | None:
        fits = (_fits(entry, case, way, held) for way, held in zip(ways, held_for, strict=True))
        return None if any(fits) else (Reason.EXCLUDED, Detail.NOT_QUALIFIED)

    return check


def _fits(entry: HoursFact, case: Case, way: EligibleSupervisor, held: Length | None) -> bool:
    person = case.record.people.get(entry.supervisor or "")
    if person is None or (way.until is not None and entry.on > way.until):
        return False
    standing = standing_on(person, entry.on)
    known = standing.credentials
    wanted = known.keys() & set(way.credentials) if way.credentials else known.keys()
    if way.credentials and not wanted:
        return False
    if held and not any(_held_for(known[name], held, entry.on) for name in wanted):
        return False
    if not standing.trainings.issuperset(way.trained):
        return False
    return standing.hours_practised >= number_from(way.hours_practised)


def _held_for(since: date | None, held: Length, day: date) -> bool:
    return since is not None and add_length(since, held) <= day
