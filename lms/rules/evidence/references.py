"""Rules of references: words asked of somebody outside, once, by a letter with a link."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.rules.evidence.documents import OLDEST, is_from_another
from lms.rules.signin import is_address, normalised_address

REFERENCE_DAYS = 21
LONGEST_NAME = 300


class Relationship(StrEnum):
    """What the writer of a reference is to the person."""

    SUPERVISOR = "supervisor"
    COLLEAGUE = "colleague"
    TEACHER = "teacher"
    COMMUNITY = "community"
    FRIEND = "friend"
    FAMILY = "family"
    OTHER = "other"


class Recommends(StrEnum):
    """What a reference comes to; a person reads it in any case."""

    YES = "yes"
    WITH_SUPPORT = "with-support"
    NOT_SAID = "not-said"


class ReferenceState(StrEnum):
    """Where a reference stands. That it grew too old is told by the date alone."""

    WAITING = "waiting"
    TOO_OLD = "too-old"
    GIVEN = "given"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ReferenceRefusal(StrEnum):
    """Why a reference is not asked for, or not taken."""

    NOT_ASKED = "reference-not-asked"
    NAME_MISSING = "reference-name-missing"
    ADDRESS_NOT_ONE = "reference-address-not-one"
    OWN_ADDRESS = "reference-own-address"
    KNOWN_LATER = "reference-known-later"
    WORDS_MISSING = "reference-words-missing"
    PLACE_CLOSED = "reference-place-closed"
    NOT_FROM_HERE = "reference-not-from-here"


@dataclass(frozen=True, slots=True)
class ReferenceWish:
    """Whom to ask for what. `known_since` may be left to the one who is asked."""

    kind: str
    name: str
    address: str
    relationship: Relationship
    known_since: date | None = None


@dataclass(frozen=True, slots=True)
class ReferenceAnswer:
    """What somebody outside says: what they are to the person, since when, and their words."""

    name: str
    relationship: Relationship
    known_since: date | None
    recommends: Recommends
    words: str


def refusal_to_ask_outside(
    wish: ReferenceWish,
    *,
    asked: Collection[str],
    own_addresses: Collection[str],
    today: date,
    is_open: bool,
) -> ReferenceRefusal | None:
    """Return why nobody is asked for a reference, or None.

    Shape: `own_addresses` are normalised: nobody writes a reference for themselves.
    """
    if not is_open:
        return ReferenceRefusal.PLACE_CLOSED
    if wish.kind not in asked or not is_from_another(wish.kind):
        return ReferenceRefusal.NOT_ASKED
    if not wish.name.strip():
        return ReferenceRefusal.NAME_MISSING
    if not is_address(wish.address):
        return ReferenceRefusal.ADDRESS_NOT_ONE
    if normalised_address(wish.address) in own_addresses:
        return ReferenceRefusal.OWN_ADDRESS
    return _refusal_of_day(wish.known_since, today)


def _refusal_of_day(known_since: date | None, today: date) -> ReferenceRefusal | None:
    fits = known_since is None or OLDEST <= known_since <= today
    return None if fits else ReferenceRefusal.KNOWN_LATER


def refusal_to_take(answer: ReferenceAnswer, today: date) -> ReferenceRefusal | None:
    """Return why an answer is not taken, or None."""
    if not answer.name.strip():
        return ReferenceRefusal.NAME_MISSING
    if not answer.words.strip():
        return ReferenceRefusal.WORDS_MISSING
    if answer.known_since is None:
        return ReferenceRefusal.KNOWN_LATER
    return _refusal_of_day(answer.known_since, today)
