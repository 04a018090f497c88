"""Rules of one's own account: its one or two addresses."""

from collections.abc import Collection
from enum import StrEnum

from lms.rules.signin import is_address, normalised_address

ADDRESS_LINK_DAYS = 3
MAX_ADDRESSES = 2


class AddressRefusal(StrEnum):
    """Why an address is not added or removed."""

    NOT_ONE = "address-no-address"
    YOURS_ALREADY = "address-yours-already"
    TWO_ALREADY = "address-two-already"
    ONLY_ONE = "address-only-one"


class OwnPasswordRefusal(StrEnum):
    """Why the password that was asked for does not open this."""

    NOT_YOURS = "password-not-yours"
    SLOWED = "password-slowed"


def refusal_to_add_address(written: str, *, own: Collection[str]) -> AddressRefusal | None:
    """Return why a person may not add an address, or None. Shape: `own` are normalised."""
    if not is_address(written):
        return AddressRefusal.NOT_ONE
    if normalised_address(written) in own:
        return AddressRefusal.YOURS_ALREADY
    return AddressRefusal.TWO_ALREADY if len(own) >= MAX_ADDRESSES else None


def refusal_to_remove_address(rank: int, *, confirmed: Collection[int]) -> AddressRefusal | None:
    """Return why a person may not remove an address, or None.

    Shape: `confirmed` are the ranks of confirmed addresses. One of them always stays: it is the
    way in.
    """
    return None if set(confirmed) - {rank} else AddressRefusal.ONLY_ONE
