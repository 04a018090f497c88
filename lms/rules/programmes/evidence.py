"""How a requirement says which evidence it is about, and which of that evidence it accepts."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from lms.rules.definitions import STRICT
from lms.rules.programmes.quantities import Calendar, Duration, Number, Percent

Ledger = Literal["training", "practice", "supervision", "continuing-education"]
Anchor = str
"""A day: `today`, `enrolled`, an ISO date, `fact:<name>`, `certificate:<programme>` (issued),
`certificate-end:<programme>`, or `requirement:<id>` (the day an earlier requirement was met);
moved by stretches where that is asked: `certificate-end:<programme> - 1 year + 1 day`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When evidence must have happened: all that is given must hold; both ends count.

    `last` looks back from the day of the verdict; `since` and `until` are anchors; `length` ends
    the window that long after `since`.
    """

    __pydantic_config__: ClassVar = STRICT
    last: Calendar = ""
    since: Anchor = ""
    until: Anchor = ""
    length: Calendar = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subset:
    """Which entries are meant. An empty list means any; all that is given must hold.

    Edge: with `domains`, only the minutes given to those domains are meant, not the whole entry.
    """

    __pydantic_config__: ClassVar = STRICT
    kinds: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    populations: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    paid: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedProvider:
    """A provider whose hours count, from a day to a day (both count; None is without end)."""

    __pydantic_config__: ClassVar = STRICT
    id: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibleSupervisor:
    """One way of being allowed to supervise; all that is given must hold on the day of the entry.

    `hours_practised` is in hours, `held_for` counts from the day the credential was given to the
    day of the entry, `until` is the last day this way is open; every one of `trained` is needed.
    """

    __pydantic_config__: ClassVar = STRICT
    credentials: tuple[str, ...] = ()
    trained: tuple[str, ...] = ()
    hours_practised: Number = 0
    held_for: Calendar = ""
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """Which of the meant entries count. What is left out is shown with its reason.

    `assurance` is the lowest kind of confirmation that counts; `plan` asks for a supervision plan
    in force on the day; `barred` names relationships of a plan (`any`: all but "none"); `repeats`
    false counts the same topics from the same provider once.
    """

    __pydantic_config__: ClassVar = STRICT
    confirmed: bool = True
    assurance: Literal["", "code", "paper", "link", "account"] = ""
    modes: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    providers: tuple[ApprovedProvider, ...] = ()
    without_kinds: tuple[str, ...] = ()
    without_topics: tuple[str, ...] = ()
    without_flags: tuple[str, ...] = ()
    plan: bool = False
    barred: tuple[str, ...] = ()
    supervisors: tuple[EligibleSupervisor, ...] = ()
    each_at_least: Duration = ""
    repeats: bool = True


ANY_TIME = Window()
EVERY_ENTRY = Subset()
ONCE_CONFIRMED = Acceptance()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Entries of one ledger: which are meant, which count, when, and in steps of what."""

    __pydantic_config__: ClassVar = STRICT
    ledger: Ledger
    of: Subset = EVERY_ENTRY
    accept: Acceptance = ONCE_CONFIRMED
    within: Window = ANY_TIME
    steps_of: Duration = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursPart:
    """A share of a sum: at least `min` of it, and at most `cap` of it counted.

    `inside` true: the minimum is within the sum's own. False: it comes on top of it. `cap` is a
    time or a percentage of the sum's minimum. With `severity: recommended` a missed minimum or a
    passed cap is said and blocks nothing. A part with a minimum has a row of its own.
    """

    __pydantic_config__: ClassVar = STRICT
    id: str
    label: str
    of: Subset
    noun: str = ""
    min: Duration = ""
    cap: Duration = ""
    inside: bool = True
    severity: Literal["required", "recommended"] = "required"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartMark:
    """The mark one part of an assessment must reach. A part is `whole` or a domain's id."""

    __pydantic_config__: ClassVar = STRICT
    part: str
    label: str
    min: int | str = 0
    weight: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptsPolicy:
    """How often an assessment may be taken: `limit` times (0 is unlimited), `wait` between two."""

    __pydantic_config__: ClassVar = STRICT
    limit: Number = 0
    wait: Calendar = ""


UNLIMITED = AttemptsPolicy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A test of one fact about the person; exactly one test is given.

    Built in beside the record's facts: `stage`, `enrolled_on`, `today`, and `lot`, which is another
    for every person and every certificate they hold. `drawn` takes so many of a hundred of a text,
    always the same ones.
    """

    __pydantic_config__: ClassVar = STRICT
    fact: str
    equals: str | int | bool | None = None
    one_of: tuple[str | int | bool, ...] = ()
    none_of: tuple[str | int | bool, ...] = ()
    at_least: int | None = None
    at_most: int | None = None
    on_or_after: date | None = None
    before: date | None = None
    drawn: Percent = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waivable:
    """Who may set a requirement aside, until when, and which documents must be on file."""

    __pydantic_config__: ClassVar = STRICT
    by: tuple[str, ...]
    until: date | None = None
    evidence: tuple[str, ...] = ()
