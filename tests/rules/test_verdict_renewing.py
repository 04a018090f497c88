"""Renewing a certificate: evidence of its own term only, and the days it may be done."""

import pytest

from lms.rules.programmes import Renewal, renewal_days
from lms.rules.programmes.evidence import Window
from lms.rules.programmes.nodes import Document, Signature, Sum
from lms.rules.record import CertificateFact, DocumentFact, Record, SignatureFact
from lms.rules.verdict import compile_programme, renewal_verdict
from tests.rules.verdict_making import day, entry, hours_of, make_programme

SIGN = Signature(id="code", label="Code", agreement="code")
HELD = CertificateFact("x1", "p", day("2025-03-01"), day("2027-03-01"))
CE = Sum(id="ce", label="Supervision", hours=hours_of(), min="6 h")


def renewing(*nodes, on="2026-11-21", held=HELD, certificates=None, served=(), **facts):
    """Return the verdict on renewing a certificate of a programme that asks for these."""
    renewal = Renewal(requirements=nodes, opens="90 days", grace="30 days", reinstate="12 months")
    compiled = compile_programme(make_programme(SIGN, renewal=renewal))
    record = Record("p1", certificates=certificates or (held,), **facts)
    found = renewal_verdict(compiled, record, held, day(on), served=served)
    assert found is not None
    return found


def test_a_programme_without_a_renewal_has_no_verdict_on_one():
    compiled = compile_programme(make_programme(SIGN))
    assert renewal_verdict(compiled, Record("p1"), HELD, day("2026-11-21")) is None


@pytest.mark.parametrize(("on", "state"), [("2025-02-28", "not-yet"), ("2025-03-01", "met")])
def test_evidence_without_dates_of_its_own_counts_from_the_issue_on(on, state):
    found, days = renewing(CE, hours=(entry("h", 360, on),))
    assert (found.state, days.since) == (state, day("2025-03-01"))
    reasons = [one.reason for one in found.row("ce").tally.not_counted]
    assert reasons == ([] if state == "met" else ["used-before"])


def test_a_requirement_may_look_further_back():
    longer = Sum(id="ce", label="CE", hours=hours_of(last="6 years"), min="6 h")
    assert renewing(longer, hours=(entry("h", 360, "2021-05-01"),))[0].state == "met"
    check = Document(id="check", label="Check", kinds=("check",), max_age="3 years")
    paper = DocumentFact("d", "check", day("2024-05-01"))
    assert renewing(check, documents=(paper,))[0].state == "met"
    ever = Signature(id="s", label="S", agreement="code", within=Window(since="2020-01-01"))
    signed = SignatureFact("g", "code", "1", day("2024-01-01"))
    assert renewing(ever, signatures=(signed,))[0].state == "met"
    assert renewing(SIGN, signatures=(signed,))[0].state == "not-yet"


def test_what_was_counted_on_the_day_of_issue_serves_once():
    hours = (entry("h", 360, "2025-03-01"),)
    found, _ = renewing(CE, hours=hours, served={"h"})
    row = found.row("ce")
    assert (row.state, row.tally.not_counted[0].reason) == ("not-yet", "used-before")
    signed = (SignatureFact("g", "code", "1", day("2025-03-01")),)
    assert renewing(SIGN, signatures=signed, served={"g"})[0].state == "not-yet"
    assert renewing(SIGN, signatures=signed)[0].state == "met"
    longer = Sum(id="ce", label="CE", hours=hours_of(last="6 years"), min="6 h")
    assert renewing(longer, hours=hours, served={"h"})[0].state == "met"


def test_a_corrected_certificate_keeps_the_beginning_of_its_term():
    again = HELD._replace(id="x2", issued_on=day("2026-01-10"))
    both = (HELD._replace(state="superseded"), again)
    found, days = renewing(
        CE, held=again, certificates=both, hours=(entry("h", 360, "2025-06-01"),)
    )
    assert (found.state, days.since) == ("met", day("2025-03-01"))


def test_what_served_an_earlier_term_does_not_serve_again():
    second = CertificateFact("x2", "p", day("2027-01-15"), day("2029-03-01"))
    facts = {"hours": (entry("h", 360, "2027-01-14"),), "certificates": (HELD, second)}
    assert renewing(CE, held=second, on="2028-12-20", **facts)[0].state == "not-yet"
    assert renewing(CE, held=HELD, on="2028-12-20", **facts)[0].state == "met"


@pytest.mark.parametrize(
    ("on", "still"),
    [
        ("2026-01-01", "yes"),
        ("2027-03-01", "yes"),
        ("2027-03-31", "yes"),
        ("2027-04-01", "needs-a-person"),
        ("2028-03-01", "needs-a-person"),
        ("2028-03-02", "no"),
    ],
)
def test_a_renewal_can_be_made_through_its_grace_then_a_person_may_bring_it_back(on, still):
    found, days = renewing(CE, on=on)
    assert (found.can_still.state, found.can_still.by) == (still, day("2027-03-31"))
    assert found.rows[0].by == days.taken_until == day("2027-03-31")


def test_what_is_met_has_no_last_day():
    found, _ = renewing(CE, on="2027-05-01", hours=(entry("h", 360, "2026-05-01"),))
    assert (found.state, found.can_still) == ("met", ("yes", None))


def test_the_days_of_a_renewal_and_of_one_without_an_end():
    renewal = Renewal(requirements=(), opens="90 days", grace="to be set")
    assert renewal_days(renewal, day("2026-01-01"), day("2028-01-01")) == (
        day("2026-01-01"),
        day("2027-10-03"),
        day("2028-01-01"),
        None,
        None,
        None,
    )
    assert set(renewal_days(renewal, day("2026-01-01"), None)[1:]) == {None}
