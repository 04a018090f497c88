"""How long what a certificate rests on is kept, and so when it may be erased at the earliest."""

from dataclasses import dataclass, fields
from datetime import date

from lms.rules.programmes import Keeping, kept_until

ANY_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept longest, and its last day; `until` is None while the term has no last day.

    Shape: `what` names a ledger or `documents`, as the programme's file does.
    """

    what: str
    until: date | None


def kept_longest(keeping: Keeping, last_day: date | None) -> Kept | None:
    """Return what a programme keeps longest after a certificate's last day, None for nothing.

    Source: certification-rules, rule kind G11.
    """
    ends = {
        part.name: kept_until(keeping, part.name, last_day or ANY_DAY) for part in fields(keeping)
    }
    asked = {what: until for what, until in ends.items() if until is not None}
    if not asked:
        return None
    what = max(asked, key=lambda name: asked[name])
    return Kept(what, asked[what] if last_day else None)


def is_still_kept(kept: Kept | None, on: date) -> bool:
    """Say whether something is to be kept on a day. Edge: its last day still counts."""
    return kept is not None and (kept.until is None or on <= kept.until)


def last_day_of(
    *, issued_on: date, valid_until: date | None, ended_on: date | None, has_term: bool
) -> date | None:
    """Return the day from which papers are kept on, None while a certificate has no last day.

    Shape: `ended_on` is the day it was revoked or given back; `has_term` is false of a document
           that says what happened, and not that something holds.
    Edge:  what ended before its last day is kept on from that last day all the same.
    """
    if valid_until is not None or not has_term:
        return valid_until or issued_on
    return ended_on
