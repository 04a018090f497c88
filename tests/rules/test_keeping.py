"""How long what a certificate rests on is kept, from the days and the programme's figures."""

from datetime import date

import pytest

from lms.rules.certificates import Kept, is_still_kept, kept_longest, last_day_of
from lms.rules.programmes import Keeping

LAST = date(2028, 2, 29)
MANY = Keeping(continuing_education="4 years", supervision="7 years", documents="2 years")


def test_what_is_kept_longest_says_until_when():
    assert kept_longest(MANY, LAST) == Kept("supervision", date(2035, 2, 28))
    assert kept_longest(Keeping(), LAST) is None


def test_without_a_last_day_the_time_has_not_begun():
    kept = kept_longest(MANY, None)
    assert kept == Kept("supervision", None)
    assert is_still_kept(kept, date.max)


@pytest.mark.parametrize(("on", "kept"), [(date(2035, 2, 28), True), (date(2035, 3, 1), False)])
def test_the_last_day_still_counts(on, kept):
    assert is_still_kept(kept_longest(MANY, LAST), on) is kept
    assert not is_still_kept(None, on)


@pytest.mark.parametrize(
    ("valid_until", "ended_on", "has_term", "last_day"),
    [
        (LAST, None, True, LAST),
        (LAST, date(2027, 1, 1), True, LAST),
        (None, date(2027, 1, 1), True, date(2027, 1, 1)),
        (None, None, True, None),
        (None, None, False, date(2026, 1, 1)),
    ],
)
def test_the_day_from_which_papers_are_kept_on(valid_until, ended_on, has_term, last_day):
    found = last_day_of(
        issued_on=date(2026, 1, 1), valid_until=valid_until, ended_on=ended_on, has_term=has_term
    )
    assert found == last_day
