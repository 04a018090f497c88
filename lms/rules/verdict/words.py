"""A verdict's words: each a code with its numbers, a template to translate, and its English."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from fractions import Fraction
from math import floor
from types import MappingProxyType
from typing import Any, NamedTuple

from lms.rules.verdict.terms import Detail, Number, Reason, Unit, WaitingOn


class Phrase(NamedTuple):
    """A template with named places; `many` is used where the value `count` is not one."""

    one: str
    many: str = ""


def phrase(text: str) -> Phrase:
    """Mark a template for translation. (Message extraction looks for this name.)"""
    return Phrase(text)


def plural(one: str, many: str) -> Phrase:
    """Mark a template with a plural for translation. (Message extraction looks for this name.)"""
    return Phrase(one, many)


class Amount(NamedTuple):
    """A number with its unit, to be written the reader's way."""

    value: Number
    unit: Unit


class StepCode(StrEnum):
    """What comes next for a requirement, or what is to be said about it."""

    LOG_HOURS = "log-hours"
    TAKE_PART = "take-part"
    AWAIT_CONFIRMATION = "await-confirmation"
    OVER_MAXIMUM = "over-maximum"
    FINISH_MODULES = "finish-modules"
    FINISH_SOME = "finish-some"
    EARN_CREDITS = "earn-credits"
    MORE_ENTRIES = "more-entries"
    COVER = "cover"
    SHARE_TOO_LOW = "share-too-low"
    SHARE_TOO_HIGH = "share-too-high"
    KEEP_CADENCE = "keep-cadence"
    MISSED_STRETCHES = "missed-stretches"
    GAP_TOO_LONG = "gap-too-long"
    WAIT_UNTIL = "wait-until"
    TOO_LATE = "too-late"
    OPENS_AFTER = "opens-after"
    GIVE_DOCUMENT = "give-document"
    REVIEW_DOCUMENT = "review-document"
    SIGN = "sign"
    ATTEST = "attest"
    ATTEST_BY = "attest-by"
    TAKE = "take"
    TAKE_AGAIN = "take-again"
    TAKE_FROM = "take-from"
    NO_TRIES_LEFT = "no-tries-left"
    AWAIT_MARKING = "await-marking"
    SHOW_ROLE_PLAYS = "show-role-plays"
    SHOW_COMPETENCIES = "show-competencies"
    RESOLVE_HARM = "resolve-harm"
    SETTLE_MARKS = "settle-marks"
    DECIDE = "decide"
    DECIDED_NOT_YET = "decided-not-yet"
    HOLD_CERTIFICATE = "hold-certificate"
    CHOOSE = "choose"
    CHOOSE_SOME = "choose-some"
    SET_FIGURE = "set-figure"
    RECORD_FACT = "record-fact"
    ASK_COORDINATOR = "ask-coordinator"
    RECOMMENDED = "recommended"
    CAP_PASSED = "cap-passed"
    WAIVER_NOT_COUNTED = "waiver-not-counted"
    INVENTED_FIGURES = "invented-figures"
    FIGURES_TO_SET = "figures-to-set"


class Step(NamedTuple):
    """A code and the values for the places of its template."""

    code: StepCode
    values: Mapping[str, Any] = MappingProxyType({})


STEPS: dict[StepCode, Phrase] = {
    StepCode.LOG_HOURS: phrase("Log %(amount)s of %(what)s"),
    StepCode.TAKE_PART: phrase("Still to come: %(amount)s of %(what)s"),
    StepCode.AWAIT_CONFIRMATION: phrase("%(amount)s of %(what)s waits to be confirmed"),
    StepCode.OVER_MAXIMUM: phrase(
        "%(what)s is %(have)s, and %(limit)s is the most: talk with your coordinator"
    ),
    StepCode.FINISH_MODULES: plural("Finish this module: %(names)s", "Finish these: %(names)s"),
    StepCode.FINISH_SOME: plural(
        "Finish one more of these: %(names)s", "Finish %(count)s more of these: %(names)s"
    ),
    StepCode.EARN_CREDITS: plural(
        "Earn one more credit: %(names)s", "Earn %(count)s more credits: %(names)s"
    ),
    StepCode.MORE_ENTRIES: plural("Log one more: %(what)s", "Log %(count)s more: %(what)s"),
    StepCode.COVER: phrase("Still to come in %(what)s: %(names)s"),
    StepCode.SHARE_TOO_LOW: phrase("%(what)s is %(have)s, and %(need)s is needed"),
    StepCode.SHARE_TOO_HIGH: phrase("%(what)s is %(have)s, and %(need)s is the most"),
    StepCode.KEEP_CADENCE: plural(
        "Log one more by %(date)s: %(what)s", "Log %(count)s more by %(date)s: %(what)s"
    ),
    StepCode.MISSED_STRETCHES: plural(
        "One stretch had too little %(what)s: talk with your coordinator",
        "%(count)s stretches had too little %(what)s: talk with your coordinator",
    ),
    StepCode.GAP_TOO_LONG: phrase(
        "A stretch of %(have)s had no %(what)s, and %(limit)s is the longest: "
        "talk with your coordinator"
    ),
    StepCode.WAIT_UNTIL: phrase("This comes with time, on %(date)s"),
    StepCode.TOO_LATE: phrase("The time for this ended on %(date)s: talk with your coordinator"),
    StepCode.OPENS_AFTER: phrase("This opens when this is met: %(what)s"),
    StepCode.GIVE_DOCUMENT: plural("Hand in: %(what)s", "Hand in %(count)s more: %(what)s"),
    StepCode.REVIEW_DOCUMENT: phrase("%(who)s looks at this and decides: %(what)s"),
    StepCode.SIGN: phrase("Read and sign: %(what)s"),
    StepCode.ATTEST: phrase("Say that it is so: %(what)s"),
    StepCode.ATTEST_BY: phrase("%(who)s says that it is so: %(what)s"),
    StepCode.TAKE: phrase("Take this: %(what)s"),
    StepCode.TAKE_AGAIN: phrase("Take this again: %(what)s. %(have)s so far, %(need)s is needed"),
    StepCode.TAKE_FROM: phrase("You can take this again from %(date)s: %(what)s"),
    StepCode.NO_TRIES_LEFT: phrase("All tries are used: talk with your coordinator"),
    StepCode.AWAIT_MARKING: phrase("This waits to be marked: %(what)s"),
    StepCode.SHOW_ROLE_PLAYS: plural(
        "Do one more role-play at standard", "Do %(count)s more role-plays at standard"
    ),
    StepCode.SHOW_COMPETENCIES: phrase("Show these in a role-play: %(names)s"),
    StepCode.RESOLVE_HARM: plural(
        "%(who)s talks one role-play through with you",
        "%(who)s talks %(count)s role-plays through with you",
    ),
    StepCode.SETTLE_MARKS: plural(
        "%(who)s settles one role-play that two people marked differently",
        "%(who)s settles %(count)s role-plays that two people marked differently",
    ),
    StepCode.DECIDE: phrase("%(who)s takes this decision: %(what)s"),
    StepCode.DECIDED_NOT_YET: phrase("%(who)s said not yet: agree the next steps together"),
    StepCode.HOLD_CERTIFICATE: phrase("Show a certificate that is valid: %(what)s"),
    StepCode.CHOOSE: phrase("Meet one of these: %(names)s"),
    StepCode.CHOOSE_SOME: plural(
        "Meet one more of these: %(names)s", "Meet %(count)s more of these: %(names)s"
    ),
    StepCode.SET_FIGURE: phrase("The coordinator first sets the figure for this: %(what)s"),
    StepCode.RECORD_FACT: phrase("The coordinator first records this: %(what)s"),
    StepCode.ASK_COORDINATOR: phrase("Talk with your coordinator about this: %(what)s"),
    StepCode.RECOMMENDED: phrase("Recommended, and it holds nothing up: %(what)s"),
    StepCode.CAP_PASSED: phrase("Recommended: at most %(limit)s of %(what)s. It is %(have)s now"),
    StepCode.WAIVER_NOT_COUNTED: phrase("A waiver is recorded that does not count: %(what)s"),
    StepCode.INVENTED_FIGURES: phrase("The figures of this programme are invented, to try it out"),
    StepCode.FIGURES_TO_SET: plural(
        "One figure is still to be set, so nobody can be enrolled or certified",
        "%(count)s figures are still to be set, so nobody can be enrolled or certified",
    ),
}

REASONS: dict[Reason | Detail, Phrase] = {
    Reason.OVER_CAP: phrase("At most %(limit)s of this kind counts"),
    Reason.OUT_OF_WINDOW: phrase("Outside the dates that count"),
    Reason.NOT_CONFIRMED: phrase("Not confirmed yet: it counts once it is"),
    Reason.WRONG_MODE: phrase("This way of meeting does not count here"),
    Reason.WRONG_PROVIDER: phrase("This provider is not on the list for that day"),
    Reason.BEFORE_PLAN: phrase("No supervision plan was in force on that day"),
    Reason.DUPLICATE: phrase("Counted once already"),
    Reason.EXCLUDED: phrase("This kind does not count here"),
    Reason.CONFLICT: phrase("The two people are too close for this to count"),
    Reason.USED_BEFORE: phrase("Used for an earlier certificate"),
    Reason.TOO_LOW_ASSURANCE: phrase("It must be confirmed in a firmer way"),
    Reason.BELOW_GRANULARITY: phrase("Counted in steps of %(limit)s"),
    Detail.AFTER_THE_DAY: phrase("It came after this day"),
    Detail.BEFORE_IT_OPENED: phrase("From before this part was open"),
    Detail.TOO_OLD: phrase("Too old: a newer one counts"),
    Detail.TOO_SHORT: phrase("Too short to count here"),
    Detail.EXPIRED: phrase("Its date is over: a newer one counts"),
    Detail.BELOW_STANDARD: phrase("Not yet at the standard"),
    Detail.HARM_OPEN: phrase("It is to be talked through first"),
    Detail.OTHER_COUNTS: phrase("Another one counts in its place"),
    Detail.REPLACED: phrase("A later one stands in its place"),
    Detail.WRONG_ROLE: phrase("Somebody in another role is asked for"),
    Detail.UNDER_REVIEW: phrase("A person looks at it first"),
    Detail.TOO_FEW_MARKERS: phrase("More markers are asked for: %(limit)s"),
    Detail.MARKERS_DIFFER: phrase("Two people marked it differently: it is to be settled first"),
    Detail.TOO_FEW_SIGNERS: phrase("More signers are asked for: %(limit)s"),
    Detail.OLD_VERSION: phrase("Another version is asked for"),
    Detail.NOT_HELD: phrase("This certificate is not valid"),
    Detail.PART_MISSING: phrase("A part that cannot be missed is still to be made up"),
    Detail.NOT_QUALIFIED: phrase(
        "For that day, the qualification that is asked of the supervisor is not on record"
    ),
    Detail.KNOWN_TOO_SHORT: phrase("Whoever wrote it has not known the person for long enough"),
}

WHO: dict[WaitingOn, Phrase] = {
    WaitingOn.TRAINEE: phrase("the trainee"),
    WaitingOn.TRAINER: phrase("the trainer"),
    WaitingOn.SUPERVISOR: phrase("the supervisor"),
    WaitingOn.COORDINATOR: phrase("the coordinator"),
    WaitingOn.THIRD_PARTY: phrase("somebody outside"),
    WaitingOn.NOBODY: phrase("nobody"),
}


_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def step(code: StepCode, **values: Any) -> Step:
    """Return a step; the names must be the places of its template."""
    return Step(code, values)


def is_after(one: Step | None, day: date) -> bool:
    """Return whether a step can be taken only after a day, whatever anybody does."""
    if one is None or one.code not in (StepCode.WAIT_UNTIL, StepCode.TAKE_FROM):
        return False
    opens: date = one.values["date"]
    return opens > day


def english(one: Step) -> str:
    """Return a step in English, beginning with a capital letter."""
    written = {name: english_value(value) for name, value in one.values.items()}
    template = template_for(STEPS[one.code], one.values.get("count", 1))
    text = template % written
    return text[:1].upper() + text[1:]


def template_for(words: Phrase, count: Any) -> str:
    """Return the template for a count, by the English rule."""
    return words.many if words.many and count != 1 else words.one


def english_value(value: Any) -> str:
    """Return one value of a step the way an English sentence has it."""
    if isinstance(value, Amount):
        return english_amount(value)
    if isinstance(value, WaitingOn):
        return WHO[value].one
    if isinstance(value, date):
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    if isinstance(value, tuple):
        return english_list([str(part) for part in value])
    return str(value)


def english_amount(amount: Amount) -> str:
    """Return a number with its unit: "2 h 30 min", "81.5%", "12 days", "3"."""
    if amount.unit is Unit.MINUTES:
        hours, minutes = divmod(floor(amount.value), 60)
        parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes or not hours else ""]
        return " ".join(part for part in parts if part)
    number = rounded(amount.value, 1)
    if amount.unit is Unit.PERCENT:
        return f"{number}%"
    if amount.unit is Unit.DAYS:
        return f"{number} day" if number == 1 else f"{number} days"
    return str(number)


def english_list(parts: list[str]) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def rounded(value: Number, places: int) -> int | float:
    """Return a number for the eye, rounded half up to so many decimals."""
    scale: int = 10**places
    whole = floor(Fraction(value) * scale + Fraction(1, 2))
    return whole // scale if whole % scale == 0 else whole / scale


def plain_number(value: Number | None) -> int | float | None:
    """Return a JSON number, rounded half up to 7 decimals."""
    return value if value is None or isinstance(value, int) else rounded(value, 7)
