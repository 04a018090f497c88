"""Can they still make it? The last day itself is in time; the day after is not."""

import pytest

from lms.rules.programmes.evidence import Waivable, Window
from lms.rules.programmes.nodes import Signature
from lms.rules.record import SignatureFact
from tests.rules.verdict_making import day, judge

CODE = {"id": "code", "label": "Code", "agreement": "code"}
ENROLLED_ENDS = [
    ("2024-02-29", "12 months", "2025-02-28", "2025-03-01"),
    ("2023-02-28", "12 months", "2024-02-28", "2024-02-29"),
    ("2024-02-29", "4 years", "2028-02-29", "2028-03-01"),
    ("2025-08-31", "6 months", "2026-02-28", "2026-03-01"),
    ("2026-01-31", "1 month", "2026-02-28", "2026-03-01"),
    ("2026-03-31", "1 month", "2026-04-30", "2026-05-01"),
    ("2026-12-31", "1 day", "2027-01-01", "2027-01-02"),
]


@pytest.mark.parametrize(("enrolled", "limit", "last", "after"), ENROLLED_ENDS)
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/New_York"])
def test_the_last_day_of_a_programme_is_in_time(enrolled, limit, last, after, zone):
    facts = {"enrolled_on": day(enrolled), "zone": zone}
    limits = {"complete_within": limit}
    found = [
        judge(Signature(**CODE), on=day(on), programme=limits, **facts).can_still
        for on in (enrolled, last, after)
    ]
    assert [one.state for one in found] == ["yes", "yes", "needs-a-person"]
    assert {one.by for one in found} == {day(last)}


@pytest.mark.parametrize(("enrolled", "length", "last", "after"), ENROLLED_ENDS)
@pytest.mark.parametrize(("waivable", "over"), [(None, "no"), (("coordinator",), "needs-a-person")])
def test_the_last_day_of_a_window_is_in_time(enrolled, length, last, after, waivable, over):
    terms = Waivable(by=waivable) if waivable else None
    within = Window(since="enrolled", length=length)
    node = Signature(**CODE, within=within, waivable=terms)
    found = [judge(node, on=day(on), enrolled_on=day(enrolled)).can_still for on in (last, after)]
    assert [(one.state, one.by) for one in found] == [("yes", day(last)), (over, day(last))]
    for on, state in ((last, "met"), (after, "not-yet")):
        signed = (SignatureFact("g", "code", "1", day(on)),)
        facts = {"signatures": signed, "enrolled_on": day(enrolled)}
        assert judge(node, on=day("2030-01-01"), **facts).state == state


def test_the_earlier_of_two_last_days_counts():
    node = Signature(**CODE, within=Window(since="enrolled", length="3 months"))
    facts = {"enrolled_on": day("2026-01-10"), "on": day("2026-02-01")}
    for limit, by in (("2 months", "2026-03-10"), ("6 months", "2026-04-10")):
        found = judge(node, programme={"complete_within": limit}, **facts)
        assert found.can_still == ("yes", day(by))
        assert found.rows[0].by == day(by)


def test_what_is_met_has_no_last_day_and_nobody_enrolled_has_none_yet():
    signed = (SignatureFact("g", "code", "1", day("2026-01-11")),)
    limits = {"complete_within": "1 month"}
    met = judge(
        Signature(**CODE), programme=limits, signatures=signed, enrolled_on=day("2026-01-10")
    )
    assert met.can_still == ("yes", None)
    assert judge(Signature(**CODE), programme=limits).can_still == ("yes", None)
