"""Sharing: when a text is shared, and when a reader may open it."""

from datetime import date, timedelta
from itertools import product

import pytest

from lms.rules.reflections import (
    SHARE_DAYS,
    USUAL_DAYS,
    ReadRefusal,
    ShareRefusal,
    SharingStanding,
    refusal_to_read,
    refusal_to_share,
    standing_of,
)

DAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("days_later", "expected"),
    [(-1, SharingStanding.OPEN), (0, SharingStanding.OPEN), (1, SharingStanding.OVER)],
)
def test_the_last_day_is_still_open(days_later, expected):
    today = DAY + timedelta(days=days_later)
    assert standing_of(is_ended=False, until_on=DAY, today=today, is_beside=True) is expected


@pytest.mark.parametrize(("today", "beside"), list(product([DAY, date(2030, 1, 1)], [True, False])))
def test_what_was_taken_back_stays_so(today, beside):
    standing = standing_of(is_ended=True, until_on=DAY, today=today, is_beside=beside)
    assert standing is SharingStanding.ENDED


def test_who_is_beside_nobody_any_more_reads_nothing():
    standing = standing_of(is_ended=False, until_on=DAY, today=DAY, is_beside=False)
    assert refusal_to_read(standing) is ReadRefusal.SHUT


def test_a_reader_is_never_told_why_it_is_shut():
    told = {refusal_to_read(standing) for standing in SharingStanding}
    assert told == {None, ReadRefusal.SHUT}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, None),
        ({"is_beside": False}, ShareRefusal.NOT_BESIDE),
        ({"is_readable": False}, ShareRefusal.UNREADABLE),
        ({"seen": 1}, ShareRefusal.CHANGED),
        ({"seen": 3}, ShareRefusal.CHANGED),
    ],
)
def test_nobody_shares_unseen_words_or_with_a_stranger(change, expected):
    asked = {"is_beside": True, "is_readable": True, "seen": 2, "current": 2} | change
    assert refusal_to_share(**asked) is expected


def test_the_usual_time_is_one_of_those_offered():
    assert USUAL_DAYS in SHARE_DAYS
