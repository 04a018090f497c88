"""When a certificate is renewed, how long the new term lasts, and who is reminded when."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.rules.certificates import (
    REMINDED_AT,
    CertificateState,
    IssueCase,
    IssueRefusal,
    RenewalCase,
    RenewRefusal,
    refusal_to_renew,
    reminder_due,
    renewed_until,
)
from lms.rules.programmes import RenewalDays, Validity
from lms.rules.programmes.programme import FixedDay

LAST = date(2028, 5, 3)
DAYS = RenewalDays(
    since=date(2026, 5, 3),
    opens_on=date(2028, 2, 3),
    last_day=LAST,
    grace_until=date(2028, 6, 2),
    reinstate_until=date(2029, 5, 3),
)
ISSUE = IssueCase(
    verdict_met=True,
    already_issued=False,
    scope="Peer support.",
    pack_overdue=False,
    holder_id=1,
    issuer_id=9,
    markers=frozenset(),
    confirmers=frozenset({4}),
)
CASE = RenewalCase(days=DAYS, state=CertificateState.VALID, is_followed=False, on=LAST)
TWO_YEARS = Validity(months=24)


@pytest.mark.parametrize(
    ("on", "refusal"),
    [
        (date(2028, 2, 2), RenewRefusal.NOT_OPEN_YET),
        (date(2028, 2, 3), None),
        (LAST, None),
        (date(2028, 6, 2), None),
        (date(2029, 5, 3), None),
        (date(2029, 5, 4), RenewRefusal.LAPSED),
    ],
)
def test_it_is_renewed_from_the_day_it_opens_to_the_last_day_it_is_taken(on, refusal):
    assert refusal_to_renew(ISSUE, replace(CASE, on=on)) is refusal


@pytest.mark.parametrize(
    ("days", "on", "refusal"),
    [
        (DAYS._replace(opens_on=None), date(2026, 5, 4), None),
        (DAYS._replace(reinstate_until=None), date(2028, 6, 3), RenewRefusal.LAPSED),
        (
            DAYS._replace(grace_until=None, reinstate_until=None),
            LAST + timedelta(days=1),
            RenewRefusal.LAPSED,
        ),
        (DAYS._replace(last_day=None), LAST, RenewRefusal.NO_END),
        (None, LAST, RenewRefusal.NOT_RENEWED_HERE),
    ],
)
def test_stretches_that_a_programme_leaves_out(days, on, refusal):
    assert refusal_to_renew(ISSUE, replace(CASE, days=days, on=on)) is refusal


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"is_followed": True}, RenewRefusal.ALREADY_RENEWED),
        ({"is_erased": True}, RenewRefusal.ERASED),
        ({"most_terms": 1}, RenewRefusal.NO_MORE),
        ({"most_terms": 2}, None),
        ({"state": CertificateState.EXPIRED}, None),
        ({"state": CertificateState.SUSPENDED}, RenewRefusal.NOT_IN_FORCE),
        ({"state": CertificateState.REVOKED}, RenewRefusal.NOT_IN_FORCE),
        ({"state": CertificateState.WITHDRAWN}, RenewRefusal.NOT_IN_FORCE),
        ({"state": CertificateState.SUPERSEDED}, RenewRefusal.NOT_IN_FORCE),
    ],
)
def test_what_may_be_renewed(changes, refusal):
    assert refusal_to_renew(ISSUE, replace(CASE, **changes)) is refusal


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"verdict_met": False}, IssueRefusal.VERDICT_NOT_MET),
        ({"issuer_id": 1}, IssueRefusal.OWN_CERTIFICATE),
        ({"confirmers": frozenset({9})}, IssueRefusal.ONLY_CONFIRMER),
        ({"pack_overdue": True}, IssueRefusal.PACK_OVERDUE),
    ],
)
def test_all_that_holds_for_issuing_holds_for_renewing(changes, refusal):
    assert refusal_to_renew(replace(ISSUE, **changes), CASE) is refusal


@pytest.mark.parametrize(
    ("on", "until"),
    [
        (date(2028, 2, 3), date(2030, 5, 3)),
        (LAST, date(2030, 5, 3)),
        (date(2028, 6, 2), date(2030, 5, 3)),
        (date(2028, 6, 3), date(2030, 6, 3)),
    ],
)
def test_a_renewal_in_time_counts_from_the_old_last_day_and_a_later_one_from_itself(on, until):
    assert renewed_until(TWO_YEARS, DAYS, on) == until


@pytest.mark.parametrize(
    ("validity", "last", "until"),
    [
        (Validity(months=12), date(2028, 2, 29), date(2029, 2, 28)),
        (Validity(months=24, anchor="month-end"), date(2028, 5, 31), date(2030, 5, 31)),
        (Validity(months=12, anchor="year-end"), date(2028, 12, 31), date(2029, 12, 31)),
        (Validity(months=24, anchor="month-start"), date(2028, 5, 1), date(2030, 5, 1)),
        (
            Validity(anchor="fixed-day", fixed_day=FixedDay(month=9, day=1, years="odd")),
            date(2027, 9, 1),
            date(2029, 9, 1),
        ),
    ],
)
def test_every_anchor_goes_on_from_the_old_last_day(validity, last, until):
    days = DAYS._replace(last_day=last, grace_until=None)
    assert renewed_until(validity, days, last - timedelta(days=20)) == until


@given(st.integers(0, 800), st.integers(0, 89))
def test_renewing_early_loses_no_day(start, early):
    last = LAST + timedelta(days=start)
    days = DAYS._replace(last_day=last, grace_until=None)
    assert renewed_until(TWO_YEARS, days, last - timedelta(days=early)) == renewed_until(
        TWO_YEARS, days, last
    )


@pytest.mark.parametrize(
    ("left", "due"),
    [
        (91, None),
        (90, 90),
        (61, 90),
        (60, 60),
        (31, 60),
        (30, 30),
        (8, 30),
        (7, 7),
        (0, 7),
        (-1, None),
    ],
)
def test_a_reminder_is_due_from_its_day_to_the_next(left, due):
    assert reminder_due(LAST, LAST - timedelta(days=left)) == due
    assert due is None or due in REMINDED_AT


def test_without_an_end_nobody_is_reminded():
    assert reminder_due(None, LAST) is None
