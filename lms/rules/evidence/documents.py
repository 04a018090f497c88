"""Rules of documents: what may be handed in, what is kept of it, and who looks at it."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

LONGEST_KIND = 100
OLDEST = date(1900, 1, 1)
TO_LOOK_AT = "to-look-at"
"""The outcome of a document that shows something: a person decides, it is never a silent no."""
USUAL = ("accepted",)
USUAL_OF_CHECKS = ("clear",)
CHECKS = frozenset({"check", "record", "registry", "fingerprint", "fingerprints", "screening"})
CHECKED = frozenset({"background", "criminal", "police", "registry", "fingerprint", "exclusion"})
OF_OTHERS = frozenset({"reference", "references", "letter", "recommendation", "testimonial"})
STORIES = frozenset({"storytelling", "story"})


class DocumentState(StrEnum):
    """Where a document stands."""

    HANDED_IN = "handed-in"
    ON_FILE = "on-file"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class DocumentRefusal(StrEnum):
    """Why a document is not taken, or not moved."""

    NOT_ASKED = "document-not-asked"
    NO_DAY = "document-no-day"
    IN_THE_FUTURE = "document-in-the-future"
    TOO_OLD = "document-too-old"
    EXPIRES_FIRST = "document-expires-first"
    NO_FILE_KEPT = "document-no-file-kept"
    OUTCOME_UNKNOWN = "document-outcome-unknown"
    OWN_RECORD = "document-own-record"
    NOT_FROM_HERE = "document-not-from-here"
    NOTE_MISSING = "document-note-missing"
    PLACE_CLOSED = "document-place-closed"
    KNOWN_LATER = "document-known-later"


@dataclass(frozen=True, slots=True)
class Paper:
    """What is said of a document. `expires_on` is its last good day; a day may be missing."""

    kind: str
    on: date | None
    expires_on: date | None = None
    relationship: str = ""
    known_since: date | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What a coordinator says of a document.

    Shape: `signers` are public ids of people of the house, `names` those of others, one a line.
    """

    outcome: str
    signers: tuple[str, ...] = ()
    names: str = ""


def keeps_no_file(kind: str) -> bool:
    """Say whether of this kind only day, outcome and last day are kept, never the paper itself.

    Source: certification-rules, section 2, A8: the outcome of a check is reviewed by a person;
            its report is nobody's to store. What was told of oneself is not kept either.
    """
    words = set(kind.split("-"))
    is_check = bool(words & CHECKED) and bool(words & CHECKS)
    return is_check or bool(words & STORIES)


def is_from_another(kind: str) -> bool:
    """Say whether a kind of document is written by somebody else about the person."""
    return bool(set(kind.split("-")) & OF_OTHERS)


def outcomes_for(kind: str, named: Collection[str]) -> tuple[str, ...]:
    """Return the outcomes to choose from: those that a programme names, else the usual one.

    Edge: that something is to be looked at can always be said.
    """
    usual = USUAL_OF_CHECKS if keeps_no_file(kind) and set(kind.split("-")) & CHECKED else USUAL
    return (*(tuple(named) or usual), TO_LOOK_AT)


def refusal_to_give(
    paper: Paper, *, asked: Collection[str], today: date, has_file: bool, is_open: bool
) -> DocumentRefusal | None:
    """Return why a document is not taken, or None.

    Edge: today counts, tomorrow does not; a last good day may lie behind us, never before its day.
    """
    if not is_open:
        return DocumentRefusal.PLACE_CLOSED
    if paper.kind not in asked:
        return DocumentRefusal.NOT_ASKED
    if has_file and keeps_no_file(paper.kind):
        return DocumentRefusal.NO_FILE_KEPT
    return _refusal_of_days(paper, today)


def _refusal_of_days(paper: Paper, today: date) -> DocumentRefusal | None:
    if paper.on is None:
        return DocumentRefusal.NO_DAY
    if paper.on > today:
        return DocumentRefusal.IN_THE_FUTURE
    if paper.on < OLDEST:
        return DocumentRefusal.TOO_OLD
    if paper.expires_on is not None and paper.expires_on < paper.on:
        return DocumentRefusal.EXPIRES_FIRST
    if paper.known_since is not None and not OLDEST <= paper.known_since <= paper.on:
        return DocumentRefusal.KNOWN_LATER
    return None


def refusal_to_accept(
    state: DocumentState, review: Review, *, outcomes: Collection[str], is_own: bool
) -> DocumentRefusal | None:
    """Return why a coordinator does not put a document on file, or None.

    Edge: one that is on file can be put on file again, with another outcome: the old row stays.
    """
    if is_own:
        return DocumentRefusal.OWN_RECORD
    if state not in (DocumentState.HANDED_IN, DocumentState.ON_FILE):
        return DocumentRefusal.NOT_FROM_HERE
    return None if review.outcome in outcomes else DocumentRefusal.OUTCOME_UNKNOWN


def refusal_to_return(state: DocumentState, note: str, *, is_own: bool) -> DocumentRefusal | None:
    """Return why a coordinator does not give a document back, or None."""
    if is_own:
        return DocumentRefusal.OWN_RECORD
    if state is not DocumentState.HANDED_IN:
        return DocumentRefusal.NOT_FROM_HERE
    return None if note.strip() else DocumentRefusal.NOTE_MISSING


def refusal_to_allow(
    state: DocumentState, outcome: str, reason: str, *, is_own: bool, is_allowed: bool = False
) -> DocumentRefusal | None:
    """Return why a document whose outcome is to be looked at is not let count, or None.

    Edge: once is enough: what was let count already is not let count again.
    """
    if is_own:
        return DocumentRefusal.OWN_RECORD
    if state is not DocumentState.ON_FILE or outcome != TO_LOOK_AT or is_allowed:
        return DocumentRefusal.NOT_FROM_HERE
    return None if reason.strip() else DocumentRefusal.NOTE_MISSING


def refusal_to_withdraw(
    state: DocumentState, reason: str, *, is_own: bool
) -> DocumentRefusal | None:
    """Return why a document is not taken away, or None.

    Edge: the person takes back what nobody has looked at yet, and needs no reason; a coordinator
          takes away what was put on file by mistake, and says why.
    """
    if is_own:
        return None if state is DocumentState.HANDED_IN else DocumentRefusal.NOT_FROM_HERE
    if state is not DocumentState.ON_FILE:
        return DocumentRefusal.NOT_FROM_HERE
    return None if reason.strip() else DocumentRefusal.NOTE_MISSING


def same_name(one: str, other: str) -> bool:
    """Say whether two names are written the same, blanks and capitals aside, in any script."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
