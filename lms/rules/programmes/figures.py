"""Every figure and switch of a programme: where it stands, what sort it is, and how it is set."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any

from lms.rules.programmes import documents, evidence, nodes, programme
from lms.rules.programmes.quantities import is_to_be_set

Path = tuple[str | int, ...]


class Sort(StrEnum):
    """What a figure is; it says how it is typed and how it is read out."""

    TIME = "time"
    TIME_OR_SHARE = "time-or-share"
    STRETCH = "stretch"
    TIME_OR_STRETCH = "time-or-stretch"
    NUMBER = "number"
    LEVEL = "level"
    PERCENT = "percent"
    SWITCH = "switch"
    CHOICE = "choice"
    DAY = "day"


S = Sort
_SEVERITY = ("required", "recommended")
_GATE = ("on", "off")

FIGURES: Mapping[type, Mapping[str, Sort]] = {
    nodes.Requirement: {"severity": S.CHOICE},
    nodes.AtLeast: {"count": S.NUMBER},
    nodes.Sequence: {"earlier_counts": S.SWITCH},
    nodes.When: {"if_unknown": S.CHOICE},
    nodes.Completions: {
        "at_least": S.NUMBER,
        "min_credits": S.NUMBER,
        "credits": S.LEVEL,
        "since_version": S.LEVEL,
    },
    nodes.Sum: {"min": S.TIME, "max": S.TIME},
    nodes.Count: {"min": S.NUMBER},
    nodes.Share: {"min": S.PERCENT, "max": S.PERCENT},
    nodes.Cadence: {"times": S.NUMBER, "every": S.STRETCH, "tolerate": S.NUMBER},
    nodes.Ratio: {"give": S.TIME, "per": S.TIME},
    nodes.Gap: {"max": S.TIME_OR_STRETCH},
    nodes.Span: {"min": S.STRETCH, "max": S.STRETCH},
    nodes.Document: {
        "count": S.NUMBER,
        "max_age": S.STRETCH,
        "known_for": S.STRETCH,
        "signers": S.NUMBER,
        "different_signers": S.SWITCH,
    },
    nodes.Score: {"combined": S.PERCENT},
    nodes.RubricStandard: {
        "performances": S.NUMBER,
        "percent": S.PERCENT,
        "max_level": S.LEVEL,
        "floor": S.LEVEL,
        "floors": S.LEVEL,
        "cover": S.LEVEL,
        "different": S.SWITCH,
        "markers": S.NUMBER,
        "sample": S.PERCENT,
        "settle_above": S.LEVEL,
    },
    nodes.DecisionBy: {"due": S.STRETCH},
    nodes.HoldsCertificate: {"in_date": S.SWITCH},
    nodes.Substitute: {"give": S.TIME, "get": S.TIME, "cap": S.TIME},
    evidence.Window: {"last": S.STRETCH, "length": S.STRETCH},
    evidence.Hours: {"steps_of": S.TIME},
    evidence.ApprovedProvider: {"since": S.DAY, "until": S.DAY},
    evidence.EligibleSupervisor: {
        "hours_practised": S.NUMBER,
        "held_for": S.STRETCH,
        "until": S.DAY,
    },
    evidence.Acceptance: {
        "confirmed": S.SWITCH,
        "assurance": S.CHOICE,
        "plan": S.SWITCH,
        "each_at_least": S.TIME,
        "repeats": S.SWITCH,
    },
    evidence.HoursPart: {
        "min": S.TIME,
        "cap": S.TIME_OR_SHARE,
        "inside": S.SWITCH,
        "severity": S.CHOICE,
    },
    evidence.PartMark: {"min": S.PERCENT, "weight": S.LEVEL},
    evidence.AttemptsPolicy: {"limit": S.NUMBER, "wait": S.STRETCH},
    evidence.Condition: {
        "at_least": S.LEVEL,
        "at_most": S.LEVEL,
        "on_or_after": S.DAY,
        "before": S.DAY,
        "drawn": S.PERCENT,
    },
    evidence.Waivable: {"until": S.DAY},
    programme.Programme: {"complete_within": S.STRETCH},
    programme.Validity: {"provisional": S.SWITCH, "months": S.NUMBER, "anchor": S.CHOICE},
    programme.FixedDay: {"month": S.LEVEL, "day": S.LEVEL, "years": S.CHOICE},
    programme.Renewal: {
        "opens": S.STRETCH,
        "grace": S.STRETCH,
        "late": S.STRETCH,
        "reinstate": S.STRETCH,
        "terms": S.LEVEL,
    },
    programme.DueProcess: {"answer": S.STRETCH},
    programme.Keeping: {
        "training": S.STRETCH,
        "practice": S.STRETCH,
        "supervision": S.STRETCH,
        "continuing_education": S.STRETCH,
        "documents": S.STRETCH,
    },
    documents.CertificateWords: {"document": S.CHOICE},
    programme.AppealClock: {"ask_within": S.STRETCH, "decide_within": S.STRETCH},
    programme.Gates: {"unsigned_lessons": S.CHOICE, "overdue_pack": S.CHOICE},
}
"""The figures of each definition. A field that is not here is words, names, or holds others."""

CHOICES: Mapping[tuple[type, str], tuple[str, ...]] = {
    (nodes.Requirement, "severity"): _SEVERITY,
    (nodes.When, "if_unknown"): ("ask", "then", "otherwise"),
    (evidence.Acceptance, "assurance"): ("", "code", "paper", "link", "account"),
    (evidence.HoursPart, "severity"): _SEVERITY,
    (programme.Validity, "anchor"): (
        *("issued", "month-start", "month-end", "year-end", "fixed-day", "latest"),
    ),
    (programme.FixedDay, "years"): ("every", "odd", "even"),
    (documents.CertificateWords, "document"): ("credential", "training"),
    (programme.Gates, "unsigned_lessons"): _GATE,
    (programme.Gates, "overdue_pack"): _GATE,
}
CHILDREN = ("of", "then", "otherwise", "into")
"""Fields of a requirement that hold further requirements."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a rule.

    Shape: `path` leads to it in the programme's document; `key` does so inside its rule, by ids
           where parts have them, so that it is the same in another version; `owner` is the
           definition that defines it, `name` its field; `about` is the label or id of the part
           that it belongs to, or "". `value` is as written: None or "" where it is left out.
    """

    path: Path
    key: Path
    owner: type
    name: str
    sort: Sort
    value: Any
    about: str = ""
    is_needed: bool = False

    @property
    def is_unset(self) -> bool:
        """Say whether it still waits for somebody to set it."""
        return is_to_be_set(self.value)

    @property
    def choices(self) -> tuple[str, ...]:
        """Return what may be chosen, nothing where it is typed."""
        return CHOICES.get((self.owner, self.name), ())


@dataclass(frozen=True, slots=True)
class Rule:
    """One requirement where it stands. `is_renewal` tells the two trees apart; `depth` from 0."""

    path: Path
    node: Any
    depth: int
    is_renewal: bool

    @property
    def id(self) -> str:
        """Return the requirement's own id."""
        return str(self.node.id)


def rules_of(programme: programme.Programme) -> tuple[Rule, ...]:
    """Return every requirement in order, what renewing asks last."""
    found = [*_rules(programme.requirements, ("requirements",), 0, is_renewal=False)]
    if programme.renewal is not None:
        renewal = ("renewal", "requirements")
        found += _rules(programme.renewal.requirements, renewal, 0, is_renewal=True)
    return tuple(found)


def _rules(
    children: tuple[Any, ...], path: Path, depth: int, *, is_renewal: bool
) -> Iterator[Rule]:
    for number, node in enumerate(children):
        yield from _rule(node, (*path, number), depth, is_renewal=is_renewal)


def _rule(node: Any, path: Path, depth: int, *, is_renewal: bool) -> Iterator[Rule]:
    yield Rule(path, node, depth, is_renewal)
    for key, child in children_of(node):
        yield from _rule(child, (*path, *key), depth + 1, is_renewal=is_renewal)


def children_of(node: Any) -> Iterator[tuple[Path, Any]]:
    """Yield the requirements right inside one, each with the way to it."""
    for key in CHILDREN:
        inner = getattr(node, key, None)
        if key == "of" and isinstance(inner, tuple):
            yield from (((key, number), child) for number, child in enumerate(inner))
        elif isinstance(inner, nodes.Requirement):
            yield (key,), inner


def find_rule(
    programme: programme.Programme, rule_id: str, *, is_renewal: bool = False
) -> Rule | None:
    """Return a requirement by its id, or None."""
    found = (r for r in rules_of(programme) if r.id == rule_id and r.is_renewal is is_renewal)
    return next(found, None)


def figures_of(rule: Rule) -> tuple[Figure, ...]:
    """Return the figures of one requirement, without those of requirements inside it."""
    return tuple(_figures(rule.node, _Spot(rule.path), CHILDREN))


def figures_of_head(programme: programme.Programme) -> tuple[Figure, ...]:
    """Return the figures that belong to the whole: term, renewal's times, gates."""
    return tuple(_figures(programme, _Spot(()), ("requirements",)))


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a walk stands: the way from the document, the way inside the rule, what it is about."""

    path: Path
    key: Path = ()
    about: str = ""

    def to(self, step: str | int, name: str = "") -> "_Spot":
        return _Spot((*self.path, step), (*self.key, name or step), self.about)


def _figures(owner: Any, spot: _Spot, passed: tuple[str, ...]) -> Iterator[Figure]:
    for field in fields(owner):
        value = getattr(owner, field.name)
        where = spot.to(field.name)
        found = _owner_of(type(owner), field.name)
        if found is not None:
            yield from _figure(found, where, field, value)
        elif field.name not in passed:
            yield from _inside(value, where, passed)


def _figure(found: tuple[type, Sort], spot: _Spot, field: Any, value: Any) -> Iterator[Figure]:
    owner, sort = found
    if isinstance(value, dict):
        for name, entry in value.items():
            at = spot.to(name)
            yield Figure(at.path, at.key, owner, field.name, sort, entry, str(name), True)
    elif owner is evidence.Condition and not value:
        return  # it tests something else of the fact
    elif value is not None or sort is not Sort.LEVEL:
        is_needed = field.default is MISSING
        yield Figure(spot.path, spot.key, owner, field.name, sort, value, spot.about, is_needed)


def _inside(value: Any, spot: _Spot, passed: tuple[str, ...]) -> Iterator[Figure]:
    if isinstance(value, tuple):
        for number, entry in enumerate(value):
            name = getattr(entry, "id", "") or getattr(entry, "part", "")
            yield from _inside(entry, spot.to(number, name), passed)
    elif is_dataclass(value) and not isinstance(value, type):
        own = getattr(value, "label", "") or getattr(value, "id", "") or spot.about
        yield from _figures(value, _Spot(spot.path, spot.key, own), passed)


def _owner_of(kind: type, name: str) -> tuple[type, Sort] | None:
    for owner in kind.__mro__:
        sort = FIGURES.get(owner, {}).get(name)
        if sort is not None:
            return owner, sort
    return None
