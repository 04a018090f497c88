"""The closed words of a verdict: states, units, reasons, and whose turn it is."""

from enum import StrEnum
from fractions import Fraction

Number = int | Fraction


class State(StrEnum):
    """Where a requirement stands.

    `needs-a-person`: somebody must judge or decide; nothing the trainee adds would settle it.
    """

    MET = "met"
    NOT_YET = "not-yet"
    NEEDS_A_PERSON = "needs-a-person"
    WAIVED = "waived"
    NOT_APPLICABLE = "not-applicable"

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is wanted."""
        return self in _SETTLED


_SETTLED = frozenset({State.MET, State.WAIVED, State.NOT_APPLICABLE})


class Reason(StrEnum):
    """Why a piece of evidence does not count."""

    OVER_CAP = "over-cap"
    OUT_OF_WINDOW = "out-of-window"
    NOT_CONFIRMED = "not-confirmed"
    WRONG_MODE = "wrong-mode"
    WRONG_PROVIDER = "wrong-provider"
    BEFORE_PLAN = "before-plan"
    DUPLICATE = "duplicate"
    EXCLUDED = "excluded"
    CONFLICT = "conflict"
    USED_BEFORE = "used-before"
    TOO_LOW_ASSURANCE = "too-low-assurance"
    BELOW_GRANULARITY = "below-granularity"


class Detail(StrEnum):
    """The finer why, for the words on a page; the contract's answer carries the reason alone."""

    AFTER_THE_DAY = "after-the-day"
    BEFORE_IT_OPENED = "before-it-opened"
    TOO_OLD = "too-old"
    TOO_SHORT = "too-short"
    EXPIRED = "expired"
    BELOW_STANDARD = "below-standard"
    HARM_OPEN = "harm-open"
    OTHER_COUNTS = "other-counts"
    REPLACED = "replaced"
    WRONG_ROLE = "wrong-role"
    UNDER_REVIEW = "under-review"
    TOO_FEW_MARKERS = "too-few-markers"
    MARKERS_DIFFER = "markers-differ"
    TOO_FEW_SIGNERS = "too-few-signers"
    OLD_VERSION = "old-version"
    NOT_HELD = "not-held"
    PART_MISSING = "part-missing"
    NOT_QUALIFIED = "not-qualified"
    KNOWN_TOO_SHORT = "known-too-short"


class CanStill(StrEnum):
    """Whether the programme can still be completed from here."""

    YES = "yes"
    NEEDS_A_PERSON = "needs-a-person"
    NO = "no"


class Unit(StrEnum):
    """What a row's numbers count."""

    MINUTES = "minutes"
    COUNT = "count"
    PERCENT = "percent"
    LEVEL = "level"
    DAYS = "days"
    NONE = "none"


class WaitingOn(StrEnum):
    """Whose turn it is."""

    TRAINEE = "trainee"
    TRAINER = "trainer"
    SUPERVISOR = "supervisor"
    COORDINATOR = "coordinator"
    THIRD_PARTY = "third-party"
    NOBODY = "nobody"


def turn_of(role: str) -> WaitingOn:
    """Return whose turn it is when somebody in a role must act; `self` is the trainee."""
    if role == "self":
        return WaitingOn.TRAINEE
    try:
        return WaitingOn(role)
    except ValueError:
        return WaitingOn.THIRD_PARTY
