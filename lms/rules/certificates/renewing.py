"""Renewing a certificate: when it may be done, how long the new term lasts, who is reminded."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.rules.certificates.issuing import IssueCase, IssueRefusal, refusal_to_issue
from lms.rules.certificates.lifecycle import CertificateState
from lms.rules.programmes import RenewalDays, Validity, valid_until

REMINDED_AT = (90, 60, 30, 7)
"""How many days before the last one a holder is reminded."""


class RenewRefusal(StrEnum):
    """Why a certificate may not be renewed now."""

    NOT_RENEWED_HERE = "not-renewed-here"
    NO_END = "renew-no-end"
    ALREADY_RENEWED = "already-renewed"
    NOT_IN_FORCE = "renew-not-in-force"
    NOT_OPEN_YET = "renew-not-open-yet"
    LAPSED = "renew-lapsed"
    NO_MORE = "renew-no-more"
    ERASED = "renew-erased"


@dataclass(frozen=True, slots=True)
class RenewalCase:
    """What the act of renewing is judged on, beside what every issue is judged on.

    `days` is None where the programme renews nothing; `state` is that of the term to be renewed,
    the `term`th; `most_terms` is how many the programme gives at most, None for no limit.
    """

    days: RenewalDays | None
    state: CertificateState
    is_followed: bool
    on: date
    is_erased: bool = False
    term: int = 1
    most_terms: int | None = None


RENEWED_FROM = frozenset({CertificateState.VALID, CertificateState.EXPIRED})


def refusal_to_renew(issue: IssueCase, case: RenewalCase) -> IssueRefusal | RenewRefusal | None:
    """Return why this certificate may not be renewed by this person now, or None if it may.

    Edge: from the day it opens on, at any time where none is set, through its grace, and then as
          long as the programme lets it be brought back. What is suspended, revoked, replaced or
          given back is not renewed.
    """
    if issue.issuer_id == issue.holder_id:
        return IssueRefusal.OWN_CERTIFICATE
    return _refusal_by_term(case) or refusal_to_issue(issue)


def _refusal_by_term(case: RenewalCase) -> RenewRefusal | None:
    if case.is_followed:
        return RenewRefusal.ALREADY_RENEWED
    if case.is_erased:
        return RenewRefusal.ERASED
    if case.state not in RENEWED_FROM:
        return RenewRefusal.NOT_IN_FORCE
    if case.days is None:
        return RenewRefusal.NOT_RENEWED_HERE
    if case.most_terms is not None and case.term >= case.most_terms:
        return RenewRefusal.NO_MORE
    return _refusal_by_day(case.days, case.on)


def _refusal_by_day(days: RenewalDays, on: date) -> RenewRefusal | None:
    if days.last_day is None:
        return RenewRefusal.NO_END
    if days.opens_on is not None and on < days.opens_on:
        return RenewRefusal.NOT_OPEN_YET
    until = days.reinstate_until or days.taken_until or days.last_day
    return RenewRefusal.LAPSED if on > until else None


def renewed_until(
    validity: Validity, days: RenewalDays, on: date, held: Iterable[tuple[str, date]] = ()
) -> date | None:
    """Return the last day of a term renewed on a day, or None where it has no end.

    Shape:  `held` are the programme and the day of issue of each certificate that the person holds.
    Edge:   whoever renews early, or within the grace, loses no time and gains none: the new term
            counts from the old last day. Brought back later, it counts from that day itself.
    Raises: ValueError where the programme's figure is still to be set.
    Source: certification-rules, rule kinds G2 and G8.
    """
    is_in_time = days.last_day is not None and days.taken_until and on <= days.taken_until
    start = days.last_day if is_in_time and days.last_day else on
    return valid_until(validity, start, held)


def reminder_due(last_day: date | None, on: date) -> int | None:
    """Return which reminder is due on a day: the least of 90, 60, 30 and 7 days not yet over.

    Edge: None before the first, and once the last day is over; the last day itself has one.
    """
    if last_day is None or on > last_day:
        return None
    left = (last_day - on).days
    return min((days for days in REMINDED_AT if left <= days), default=None)
