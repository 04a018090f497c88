"""Sharing what one wrote: why, for how long, and whether a reader may open it."""

from datetime import date
from enum import StrEnum

SHARE_DAYS = (7, 14, 28)
"""For how long something may be shared at a time, in days; the last day counts."""
USUAL_DAYS = 14
SAME_READING_MINUTES = 10
"""The same page sent again within this time is the same reading: a reload, a double click."""


class SharePurpose(StrEnum):
    """Why somebody shares a text; they choose, and the reader is told."""

    TALK = "talk"
    HELP = "help"
    KNOW = "know"


class ShareRefusal(StrEnum):
    """Why a text is not shared."""

    NOT_BESIDE = "share-not-beside"
    CHANGED = "share-changed"
    UNREADABLE = "share-unreadable"


class ReadRefusal(StrEnum):
    """Why a reader cannot open what was shared: they are not told which of the reasons it is."""

    SHUT = "read-shut"


class SharingStanding(StrEnum):
    """Where a sharing stands."""

    OPEN = "open"
    ENDED = "ended"
    OVER = "over"
    APART = "apart"


def standing_of(*, is_ended: bool, until_on: date, today: date, is_beside: bool) -> SharingStanding:
    """Return where a sharing stands.

    Edge: the last day itself is still open; who is beside nobody any more reads nothing.
    """
    if is_ended:
        return SharingStanding.ENDED
    if today > until_on:
        return SharingStanding.OVER
    return SharingStanding.OPEN if is_beside else SharingStanding.APART


def refusal_to_share(
    *, is_beside: bool, is_readable: bool, seen: int, current: int
) -> ShareRefusal | None:
    """Return why a text is not shared with somebody, or None.

    Units: `seen` and `current` count what was kept; nobody shares words that they did not see.
    """
    if not is_beside:
        return ShareRefusal.NOT_BESIDE
    if not is_readable:
        return ShareRefusal.UNREADABLE
    return None if seen == current else ShareRefusal.CHANGED


def refusal_to_read(standing: SharingStanding) -> ReadRefusal | None:
    """Return why a shared text stays shut to its reader, or None."""
    return None if standing is SharingStanding.OPEN else ReadRefusal.SHUT
