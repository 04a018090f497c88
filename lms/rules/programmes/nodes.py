"""The kinds of requirement a programme is made of: combinators, and leaves that read evidence."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar, Literal

from lms.rules.definitions import STRICT
from lms.rules.programmes.evidence import (
    ANY_TIME,
    UNLIMITED,
    Anchor,
    AttemptsPolicy,
    Condition,
    Hours,
    HoursPart,
    PartMark,
    Waivable,
    Window,
)
from lms.rules.programmes.quantities import Calendar, Duration, Number, Percent
from lms.rules.programmes.tagging import TaggedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """What every kind carries.

    `noun` is how it reads inside a sentence ("one-to-one supervision"); empty, the label serves.
    `source` is an address, `checked_on` the day somebody read it, `effective_from` the day the
    rule came into force. Without `waivable` nobody can set it aside.
    """

    __pydantic_config__: ClassVar = STRICT
    id: str
    label: str
    noun: str = ""
    help: str = ""
    source: str = ""
    checked_on: date | None = None
    effective_from: date | None = None
    severity: Literal["required", "recommended"] = "required"
    waivable: Waivable | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class All(Requirement):
    """Met when every required child is."""

    kind: Literal["all"] = "all"
    of: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf(Requirement):
    """Met when one child is."""

    kind: Literal["any"] = "any"
    of: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeast(Requirement):
    """Met when `count` of the children are."""

    kind: Literal["at-least"] = "at-least"
    count: Number
    of: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence(Requirement):
    """Children in order: a later one opens on the day all earlier ones are met.

    Edge: evidence of a later child from before that day does not count, unless `earlier_counts`.
    """

    kind: Literal["sequence"] = "sequence"
    of: tuple["Node", ...]
    earlier_counts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class When(Requirement):
    """Demands `then` if the condition holds, else `otherwise` (or nothing).

    Edge: where the fact is not recorded, `if_unknown` says what to do; `ask` needs a person.
    """

    kind: Literal["when"] = "when"
    condition: Condition
    then: "Node"
    otherwise: "Node | None" = None
    if_unknown: Literal["ask", "then", "otherwise"] = "ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class Completions(Requirement):
    """Modules completed: all of them, `at_least` so many, or so many `credits`.

    `since_version` asks for a module's version of that number or later.
    """

    kind: Literal["completions"] = "completions"
    modules: tuple[str, ...]
    at_least: Number | None = None
    credits: dict[str, int] | None = None
    min_credits: Number | None = None
    since_version: dict[str, int] | None = None
    within: Window = ANY_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum(Requirement):
    """Hours added up. `max` is a bound that more hours break; a part's `cap` is not.

    `also` adds entries from elsewhere; an entry that several selectors mean counts once.
    """

    kind: Literal["sum"] = "sum"
    hours: Hours
    also: tuple[Hours, ...] = ()
    min: Duration = ""
    max: Duration = ""
    parts: tuple[HoursPart, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Requirement):
    """How many entries, or with `distinct` how many different ones of that; `among` limits them."""

    kind: Literal["count"] = "count"
    hours: Hours
    min: Number
    distinct: Literal["", "kind", "domain", "topic", "provider", "supervisor", "population"] = ""
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Share(Requirement):
    """Minutes of `hours` as a percentage of the minutes of `of_hours`."""

    kind: Literal["share"] = "share"
    hours: Hours
    of_hours: Hours
    min: Percent = ""
    max: Percent = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence(Requirement):
    """At least `times` in each stretch `every` from `since` on; `tolerate` stretches may lack it.

    Edge: the stretch under way is not due yet; it is said with its last day.
    """

    kind: Literal["cadence"] = "cadence"
    hours: Hours
    times: Number = 1
    every: Calendar
    since: Anchor
    until: Anchor = "today"
    tolerate: Number = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio(Requirement):
    """At least `give` of `hours` for every `per` of `to`, in proportion."""

    kind: Literal["ratio"] = "ratio"
    hours: Hours
    to: Hours
    give: Duration
    per: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap(Requirement):
    """No stretch without an entry of `hours` longer than `max`.

    With `over` the stretch is measured in minutes of those entries ("40 h" of practice); without
    it in days of the calendar ("45 days"), counted from `since` where that is given.
    """

    kind: Literal["gap"] = "gap"
    hours: Hours
    over: Hours | None = None
    max: str
    since: Anchor = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span(Requirement):
    """Calendar time between two days, or from the first to the last day of `hours`."""

    kind: Literal["span"] = "span"
    hours: Hours | None = None
    since: Anchor = ""
    until: Anchor = "today"
    min: Calendar = ""
    max: Calendar = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Requirement):
    """Documents of these kinds on file, in date, with an accepted outcome.

    Edge: another outcome needs a person: it counts once a decision `document-accepted`, whose
    outcome is the document's id, is taken by one of `reviewed_by`. `barred` names relationships of
    its writer that do not count, `known_for` how long they must have known the person on its day.
    """

    kind: Literal["document"] = "document"
    kinds: tuple[str, ...]
    count: Number = 1
    outcomes: tuple[str, ...] = ()
    max_age: Calendar = ""
    signers: Number = 0
    signer_credentials: tuple[str, ...] = ()
    different_signers: bool = False
    barred: tuple[str, ...] = ()
    known_for: Calendar = ""
    reviewed_by: tuple[str, ...] = ("coordinator",)
    within: Window = ANY_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class Attest(Requirement):
    """Somebody allowed to says that something is so. Only what, never the story behind it.

    `types`: any of them will do; `each`: one attestation for every type named.
    """

    kind: Literal["attest"] = "attest"
    what: str
    by: tuple[str, ...]
    types: tuple[str, ...] = ()
    each: tuple[str, ...] = ()
    within: Window = ANY_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature(Requirement):
    """An agreement signed; with `versions`, one of those."""

    kind: Literal["signature"] = "signature"
    agreement: str
    versions: tuple[str, ...] = ()
    within: Window = ANY_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class Score(Requirement):
    """An assessment's released scores: the best of each part counts.

    `parts` each with its mark, and with `combined` their weighted mean as well.
    """

    kind: Literal["score"] = "score"
    assessment: str
    parts: tuple[PartMark, ...]
    combined: Percent = ""
    attempts: AttemptsPolicy = UNLIMITED
    within: Window = ANY_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricStandard(Requirement):
    """Role-plays at standard: so many, on different scenarios, with no open harm item.

    `percent` is the share of the points, `max_level` the scale's top. `floor` is the lowest level
    for every competency, `floors` for single ones, `cover` asks for each to be shown at that level
    at least once. A harm item keeps it unmet until a decision `harm-resolved`, whose outcome is the
    performance's id, is taken by one of `resolved_by`.

    With `sample` so many of a hundred performances, drawn by lot, need `markers`; the others one.
    Markings further apart than `settle_above` levels in a competency count once a decision
    `marking-settled`, whose outcome is the performance's id, is taken by one of `settled_by`.
    """

    kind: Literal["rubric"] = "rubric"
    rubric: str
    performances: Number
    percent: Percent = ""
    max_level: int = 2
    floor: int = 0
    floors: dict[str, int] | None = None
    cover: dict[str, int] | None = None
    different: bool = True
    scenarios: tuple[str, ...] = ()
    markers: Number = 1
    sample: Percent = ""
    settle_above: int | None = None
    settled_by: tuple[str, ...] = ("coordinator",)
    resolved_by: tuple[str, ...] = ("coordinator",)
    within: Window = ANY_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionBy(Requirement):
    """A named person's decision; the latest one stands. `due` counts from `since`."""

    kind: Literal["decision"] = "decision"
    what: str
    outcomes: tuple[str, ...]
    by: tuple[str, ...]
    due: Calendar = ""
    since: Anchor = ""
    within: Window = ANY_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldsCertificate(Requirement):
    """A certificate of one of these programmes, in one of these states, in date today."""

    kind: Literal["certificate"] = "certificate"
    programmes: tuple[str, ...]
    states: tuple[str, ...] = ("valid",)
    in_date: bool = True
    within: Window = ANY_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitute(Requirement):
    """Other hours may stand in for what `into` lacks: `give` of `hours` for `get`, up to `cap`."""

    kind: Literal["substitute"] = "substitute"
    into: Sum
    hours: Hours
    give: Duration
    get: Duration
    cap: Duration = ""


Combinator = All | AnyOf | AtLeast | Sequence | When
Leaf = (
    Completions
    | Sum
    | Count
    | Share
    | Cadence
    | Ratio
    | Gap
    | Span
    | Document
    | Attest
    | Signature
    | Score
    | RubricStandard
    | DecisionBy
    | HoldsCertificate
    | Substitute
)
Node = Annotated[Combinator | Leaf, TaggedBy("kind")]
