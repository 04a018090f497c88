"""One's own addresses: one always stays, never more than two."""

import pytest

from lms.rules.account import AddressRefusal, refusal_to_add_address, refusal_to_remove_address


@pytest.mark.parametrize(
    ("written", "own", "refusal"),
    [
        ("safe@example.org", ["a@example.org"], None),
        ("nothing", ["a@example.org"], AddressRefusal.NOT_ONE),
        (" A@example.org ", ["a@example.org"], AddressRefusal.YOURS_ALREADY),
        ("c@example.org", ["a@example.org", "b@example.org"], AddressRefusal.TWO_ALREADY),
    ],
)
def test_a_second_address_is_added_once(written, own, refusal):
    assert refusal_to_add_address(written, own=own) is refusal


@pytest.mark.parametrize(
    ("rank", "confirmed", "refusal"),
    [
        (2, [1, 2], None),
        (1, [1, 2], None),
        (1, [1], AddressRefusal.ONLY_ONE),
        (2, [1], None),
        (1, [2], None),
    ],
)
def test_the_last_way_in_stays(rank, confirmed, refusal):
    assert refusal_to_remove_address(rank, confirmed=confirmed) is refusal
