"""What one version of a programme is: requirements, the certificate's words, term and renewal."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar, Literal

from lms.rules.definitions import STRICT
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
    `year-end` the last day of the calendar year; `fixed-day` the next such day, without `months`.
    """

    __pydantic_config__: ClassVar = STRICT
    months: Number = 0
    anchor: Literal["issued", "month-start", "month-end", "year-end", "fixed-day"] = "issued"
    fixed_day: FixedDay | None = None


NO_END = Validity()


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """What renewing demands, and when: opens before the end, grace after it, then reinstatement."""

    __pydantic_config__: ClassVar = STRICT
    requirements: tuple[Node, ...]
    opens: Calendar = ""
    grace: Calendar = ""
    reinstate: Calendar = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateWords:
    """What is printed: the title, what the programme covered, and what it does not qualify for."""

    __pydantic_config__: ClassVar = STRICT
    title: str
    covers: str
    does_not_qualify: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """`programmes/<id>.yaml`. `zone` is an IANA name, `language` a BCP 47 tag.

    `demo` says that the figures are invented; `complete_within` counts from enrolment.
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
    complete_within: Calendar = ""
    demo: bool = False


class Standing(StrEnum):
    """Where a certificate stands in its term, by dates alone."""

    CURRENT = "current"
    RENEWAL_OPEN = "renewal-open"
    GRACE = "grace"
    REINSTATEMENT = "reinstatement"
    LAPSED = "lapsed"


def valid_until(validity: Validity, issued_on: date) -> date | None:
    """Return a certificate's last valid day, or None where it has no end.

    Edge:   29 February and the ends of months fall back to the last day there is.
    Raises: ValueError where the figure is still to be set.
    Source: certification-rules, rule kinds G1 and G2.
    """
    if validity.anchor == "fixed-day" and validity.fixed_day is not None:
        return _next_fixed_day(validity.fixed_day, issued_on)
    months = number_from(validity.months)
    if months == 0:
        return None
    if validity.anchor == "month-start":
        return add_length(issued_on.replace(day=1), Length(months, 0))
    end = add_length(issued_on, Length(months, 0))
    if validity.anchor == "month-end":
        return end.replace(day=monthrange(end.year, end.month)[1])
    return end.replace(month=12, day=31) if validity.anchor == "year-end" else end


def _next_fixed_day(fixed: FixedDay, after: date) -> date:
    for year in range(after.year, min(after.year + 4, 10000)):
        fits = fixed.years == "every" or (year % 2 == 1) == (fixed.years == "odd")
        last = monthrange(year, fixed.month)[1]
        day = date(year, fixed.month, min(fixed.day, last))
        if fits and day > after:
            return day
    return date.max


def standing_on(renewal: Renewal | None, last_day: date | None, on: date) -> Standing:
    """Return where a certificate whose last valid day is `last_day` stands on a day.

    Edge: a stretch left empty or still to be set is taken as none.
    """
    if last_day is None:
        return Standing.CURRENT
    opens, grace, reinstate = _stretches(renewal)
    if on <= last_day:
        is_open = opens is not None and on >= subtract_length(last_day, opens)
        return Standing.RENEWAL_OPEN if is_open else Standing.CURRENT
    if grace is not None and on <= add_length(last_day, grace):
        return Standing.GRACE
    if reinstate is not None and on <= add_length(last_day, reinstate):
        return Standing.REINSTATEMENT
    return Standing.LAPSED


def _stretches(renewal: Renewal | None) -> tuple[Length | None, Length | None, Length | None]:
    if renewal is None:
        return None, None, None
    texts = renewal.opens, renewal.grace, renewal.reinstate
    opens, grace, reinstate = (_length_or_none(text) for text in texts)
    return opens, grace, reinstate


def _length_or_none(text: str) -> Length | None:
    return None if not text or is_to_be_set(text) else length_from(text)
