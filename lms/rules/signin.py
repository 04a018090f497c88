"""Rules of signing in: passwords, slowing, links, idle time."""

import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum

MIN_PASSWORD = 15
MAX_PASSWORD = 256
INVITATION_DAYS = 14
RESET_MINUTES = 60


class PasswordRefusal(StrEnum):
    """Why a new password is not taken."""

    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    COMMON = "common"
    ABOUT_YOU = "about-you"
    ONE_CHARACTER = "one-character"


class LinkRefusal(StrEnum):
    """Why a link does not work."""

    UNKNOWN = "link-unknown"
    EXPIRED = "link-expired"
    USED = "link-used"
    WITHDRAWN = "link-withdrawn"


class SigninRefusal(StrEnum):
    """Why nobody was signed in."""

    WRONG = "wrong"
    SLOWED = "slowed"
    CLOSED_WAY = "closed-way"


def normalised_password(password: str) -> str:
    """Return the form that is hashed. Source: NIST SP 800-63B-4, 3.1.1.2 (NFC)."""
    return unicodedata.normalize("NFC", password)


def refusal_to_set_password(
    password: str, *, common: frozenset[str], about: tuple[str, ...]
) -> PasswordRefusal | None:
    """Return why a password is not taken, or None.

    Source: NIST SP 800-63B-4, 3.1.1.2: 15 characters where it is the only factor, any character
    counts, no composition rules, no expiry; a block-list of common and context words.
    """
    plain = normalised_password(password)
    if len(plain) < MIN_PASSWORD:
        return PasswordRefusal.TOO_SHORT
    if len(plain) > MAX_PASSWORD:
        return PasswordRefusal.TOO_LONG
    if len(set(plain.casefold())) < 4:
        return PasswordRefusal.ONE_CHARACTER
    if plain.casefold() in common:
        return PasswordRefusal.COMMON
    if plain.casefold() in {word.casefold() for word in about if word}:
        return PasswordRefusal.ABOUT_YOU
    return None


def normalised_address(written: str) -> str:
    """Return an e-mail address as it is compared: NFC, no blanks around, lower case."""
    return unicodedata.normalize("NFC", written).strip().casefold()


def is_address(written: str) -> bool:
    """Say whether a text can be an e-mail address; only its shape is looked at.

    Edge: characters that are not seen, or that turn others around, make it look like another.
    """
    text = normalised_address(written)
    name, at, host = text.rpartition("@")
    plain = not any(c.isspace() or unicodedata.category(c)[0] == "C" or c in '<>,;"' for c in text)
    return bool(at and name and plain and "." in host.strip(".") and len(text) <= 320)


def refusal_of_link(
    *,
    expires_at: datetime,
    used_at: datetime | None,
    withdrawn_at: datetime | None = None,
    now: datetime,
) -> LinkRefusal | None:
    """Return why a one-time link no longer works, or None. Edge: its last instant is too late."""
    if used_at is not None:
        return LinkRefusal.USED
    if withdrawn_at is not None:
        return LinkRefusal.WITHDRAWN
    if now >= expires_at:
        return LinkRefusal.EXPIRED
    return None


def is_idle(last_used_at: datetime, now: datetime, idle_minutes: int) -> bool:
    """Say whether a sign-in has rested too long."""
    return now - last_used_at > timedelta(minutes=idle_minutes)


def wait_seconds(tries: int, free: int) -> int:
    """Return how long the next try waits: nothing for the free ones, then doubling to a minute.

    Edge: it slows and never locks; a lock would be a weapon in another's hand.
    """
    return 0 if tries <= free else min(60, 2 ** min(tries - free, 6))
