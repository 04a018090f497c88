"""What one version of a programme is: requirements, the certificate's words, term and renewal."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar, Literal, NamedTuple

from lms.rules.definitions import STRICT
from lms.rules.programmes.documents import (
    CertificateWords,
    DocumentKind,
    DocumentTerms,
    FurtherDocument,
    terms_beside,
    terms_of,
)
from lms.rules.programmes.nodes import Node
from lms.rules.programmes.quantities import (
    Calendar,
    Length,
    Number,
    add_length,
    is_to_be_set,
    length_from,
    number_from,
    subtract_length,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A step of the way; which one a person is in is the fact `stage`."""

    __pydantic_config__: ClassVar = STRICT
    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedDay:
    """A day on which all certificates of a programme end together."""

    __pydantic_config__: ClassVar = STRICT
    month: int
    day: int
    years: Literal["every", "odd", "even"] = "every"


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """How long a certificate lasts. `months` 0 is without end; `anchor` is what they count from.

    `issued` the day itself; `month-start` and `month-end` the first and last day of the month;
    `year-end` the last day of the calendar year; `fixed-day` the next such day, without `months`;
    `latest` the issue of the latest certificate of `latest_of` that the person holds, so that they
    end together. `provisional` marks a first certificate for a time, on the way to another.
    """

    __pydantic_config__: ClassVar = STRICT
    provisional: bool = False
    months: Number = 0
    anchor: Literal["issued", "month-start", "month-end", "year-end", "fixed-day", "latest"] = (
        "issued"
    )
    fixed_day: FixedDay | None = None
    latest_of: tuple[str, ...] = ()


NO_END = Validity()


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """What renewing demands, and when.

    It opens before the end. After it come the grace, the time in which it is late, and the one in
    which it is inactive and can be brought back; each counts from the last day. `terms` is how many
    terms there may be at most, the first among them; 0 is without limit.

    A requirement that says nothing of when counts evidence from the certificate's issue on.
    """

    __pydantic_config__: ClassVar = STRICT
    requirements: tuple[Node, ...]
    opens: Calendar = ""
    grace: Calendar = ""
    late: Calendar = ""
    reinstate: Calendar = ""
    terms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DueProcess:
    """What is owed to a person before their certificate is revoked: at least so long to answer."""

    __pydantic_config__: ClassVar = STRICT
    answer: Calendar = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A lesson that a programme leaves out, and why: trainees read the reason on its module."""

    __pydantic_config__: ClassVar = STRICT
    module: str
    lesson: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How long papers behind a certificate are kept once its term is over: each for its kind.

    Shape: a key left empty keeps nothing beyond what the organisation keeps anyway.
    """

    __pydantic_config__: ClassVar = STRICT
    training: Calendar = ""
    practice: Calendar = ""
    supervision: Calendar = ""
    continuing_education: Calendar = ""
    documents: Calendar = ""


KEEPS_NOTHING = Keeping()


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealClock:
    """How long one may ask for another look, from the act on, and how long an answer may take.

    Left empty, there is no closing day.
    """

    __pydantic_config__: ClassVar = STRICT
    ask_within: Calendar = ""
    decide_within: Calendar = ""


NO_CLOCK = AppealClock()

Switch = Literal["on", "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """What a programme waits for. Each gate is on unless the programme switches it off.

    `unsigned_lessons` lets nobody in while a lesson on safety, risk or law waits for a qualified
    reviewer; `overdue_pack` issues nothing while the organisation's local list is overdue.
    """

    __pydantic_config__: ClassVar = STRICT
    unsigned_lessons: Switch = "on"
    overdue_pack: Switch = "on"


ALL_GATES = Gates()
NO_GATES = Gates(unsigned_lessons="off", overdue_pack="off")


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """`programmes/<id>.yaml`. `zone` is an IANA name, `language` a BCP 47 tag.

    `demo` says that the figures are invented, and switches every gate off; `example` that they are
    a board's own as somebody read them, to copy from: nobody is enrolled under it.
    `while_held` is what must go on holding for as long as the certificate is held.
    `complete_within` counts from enrolment; `omits` are lessons that nobody here has to read.
    `documents` are given beside the certificate, one of a kind at most.
    `appeals` is the time for asking for another look, and for the answer.
    """

    __pydantic_config__: ClassVar = STRICT
    id: str
    title: str
    version: str
    zone: str
    language: str
    requirements: tuple[Node, ...]
    certificate: CertificateWords
    summary: str = ""
    source: str = ""
    checked_on: date | None = None
    effective_from: date | None = None
    stages: tuple[Stage, ...] = ()
    validity: Validity = NO_END
    renewal: Renewal | None = None
    while_held: tuple[Node, ...] = ()
    due_process: DueProcess | None = None
    complete_within: Calendar = ""
    demo: bool = False
    example: bool = False
    omits: tuple[LeftOut, ...] = ()
    gates: Gates = ALL_GATES
    keeping: Keeping = KEEPS_NOTHING
    appeals: AppealClock = NO_CLOCK
    documents: tuple[FurtherDocument, ...] = ()


def documents_of(programme: Programme) -> tuple[DocumentTerms, ...]:
    """Return everything a programme gives in writing, its own certificate first."""
    beside = (terms_beside(document) for document in programme.documents)
    return (terms_of(programme.certificate), *beside)


def find_document(programme: Programme, kind: DocumentKind) -> DocumentTerms | None:
    """Return what a programme gives of a kind, or None where it gives none."""
    return next((terms for terms in documents_of(programme) if terms.kind is kind), None)


def gates_of(programme: Programme) -> Gates:
    """Return the gates that hold for a programme; a demonstration has none."""
    return NO_GATES if programme.demo else programme.gates


class Standing(StrEnum):
    """Where a certificate stands in its term, by dates alone.

    While it is in date: `provisional` for a first one on the way to another, `renewal-open`, or
    `current`. After the last day: `grace`, `late`, `inactive` (it can be brought back), `lapsed`.
    """

    PROVISIONAL = "provisional"
    CURRENT = "current"
    RENEWAL_OPEN = "renewal-open"
    GRACE = "grace"
    LATE = "late"
    INACTIVE = "inactive"
    LAPSED = "lapsed"


def kept_until(keeping: Keeping, what: str, last_day: date) -> date | None:
    """Return the last day on which papers of a kind are kept, or None where nothing is asked.

    Shape:  `what` is a ledger or `documents`; `last_day` is the last day of the certificate's term.
    Source: certification-rules, rule kind G11.
    """
    length = _length_or_none(getattr(keeping, what.replace("-", "_")))
    return None if length is None else add_length(last_day, length)


def valid_until(
    validity: Validity, issued_on: date, held: Iterable[tuple[str, date]] = ()
) -> date | None:
    """Return a certificate's last valid day, or None where it has no end.

    Shape:  `held` are the programme and the day of issue of each certificate that the person holds.
    Edge:   29 February and the ends of months fall back to the last day there is.
    Raises: ValueError where the figure is still to be set.
    Source: certification-rules, rule kinds G1 and G2.
    """
    if validity.anchor == "fixed-day" and validity.fixed_day is not None:
        return _next_fixed_day(validity.fixed_day, issued_on)
    months = number_from(validity.months)
    if months == 0:
        return None
    if validity.anchor == "latest":
        return _end_with_the_latest(validity, months, issued_on, held)
    if validity.anchor == "month-start":
        return add_length(issued_on.replace(day=1), Length(months, 0))
    end = add_length(issued_on, Length(months, 0))
    if validity.anchor == "month-end":
        return end.replace(day=monthrange(end.year, end.month)[1])
    return end.replace(month=12, day=31) if validity.anchor == "year-end" else end


def _end_with_the_latest(
    validity: Validity, months: int, issued_on: date, held: Iterable[tuple[str, date]]
) -> date:
    """Return the first end after the day of issue, counted from the latest one held."""
    days = (day for programme, day in held if programme in validity.latest_of and day <= issued_on)
    start, end = max(days, default=issued_on), issued_on
    terms = 0
    while end <= issued_on:
        terms += 1
        end = add_length(start, Length(months * terms, 0))
    return end


def _next_fixed_day(fixed: FixedDay, after: date) -> date:
    for year in range(after.year, min(after.year + 4, 10000)):
        fits = fixed.years == "every" or (year % 2 == 1) == (fixed.years == "odd")
        last = monthrange(year, fixed.month)[1]
        day = date(year, fixed.month, min(fixed.day, last))
        if fits and day > after:
            return day
    return date.max


class RenewalDays(NamedTuple):
    """The days of one renewal: evidence counts from `since`; each other is None where none is set.

    It may be done from `opens_on`, is due on `last_day`, is still taken through `grace_until` and,
    late, through `late_until`; through `reinstate_until` a person may bring the certificate back.
    """

    since: date
    opens_on: date | None
    last_day: date | None
    grace_until: date | None
    reinstate_until: date | None
    late_until: date | None = None

    @property
    def taken_until(self) -> date | None:
        """The last day on which it is taken without anybody's leave."""
        return self.late_until or self.grace_until or self.last_day


def renewal_days(renewal: Renewal | None, since: date, last_day: date | None) -> RenewalDays:
    """Return the days of renewing a certificate that began on `since` and ends with `last_day`.

    Edge: a stretch left empty or still to be set is taken as none.
    """
    if last_day is None:
        return RenewalDays(since, None, None, None, None)
    opens, grace, late, reinstate = _stretches(renewal)
    return RenewalDays(
        since,
        subtract_length(last_day, opens) if opens else None,
        last_day,
        add_length(last_day, grace) if grace else None,
        add_length(last_day, reinstate) if reinstate else None,
        add_length(last_day, late) if late else None,
    )


def standing_on(renewal: Renewal | None, last_day: date | None, on: date) -> Standing:
    """Return where a certificate whose last valid day is `last_day` stands on a day.

    Edge: a stretch left empty or still to be set is taken as none.
    """
    if last_day is None:
        return Standing.CURRENT
    days = renewal_days(renewal, on, last_day)
    if on <= last_day:
        is_open = days.opens_on is not None and on >= days.opens_on
        return Standing.RENEWAL_OPEN if is_open else Standing.CURRENT
    after = (
        (Standing.GRACE, days.grace_until),
        (Standing.LATE, days.late_until),
        (Standing.INACTIVE, days.reinstate_until),
    )
    open_ones = (standing for standing, until in after if until is not None and on <= until)
    return next(open_ones, Standing.LAPSED)


def _stretches(renewal: Renewal | None) -> tuple[Length | None, ...]:
    if renewal is None:
        return (None,) * 4
    texts = renewal.opens, renewal.grace, renewal.late, renewal.reinstate
    return tuple(_length_or_none(text) for text in texts)


def _length_or_none(text: str) -> Length | None:
    return None if not text or is_to_be_set(text) else length_from(text)
