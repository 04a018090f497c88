"""Rules of qualifications: what a trainer or supervisor brings, since when, and who says so."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.rules.evidence.documents import OLDEST

MOST_HOURS = 200_000
LONGEST_CODE = 100
TRAIN_THE_TRAINER = "train-the-trainer"
SUPERVISION = "supervision"
TRAININGS = (TRAIN_THE_TRAINER, SUPERVISION)
"""The trainings that are always offered; programmes may name others."""


class QualificationKind(StrEnum):
    """What kind of thing qualifies somebody. Source: certification-rules, B12, C10 and E8."""

    CREDENTIAL = "credential"
    TRAINING = "training"
    PRACTICE = "practice"


class QualificationState(StrEnum):
    """Where an entry stands. Only what is on record reaches a verdict."""

    HANDED_IN = "handed-in"
    ON_RECORD = "on-record"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class QualificationRefusal(StrEnum):
    """Why an entry is not kept, or not moved."""

    NAME_MISSING = "qualification-name-missing"
    NO_DAY = "qualification-no-day"
    IN_THE_FUTURE = "qualification-in-the-future"
    TOO_OLD = "qualification-too-old"
    ENDS_FIRST = "qualification-ends-first"
    HOURS_MISSING = "qualification-hours-missing"
    OWN_RECORD = "qualification-own-record"
    NOT_FROM_HERE = "qualification-not-from-here"
    NOTE_MISSING = "qualification-note-missing"
    NOT_STAFF = "qualification-not-staff"


@dataclass(frozen=True, slots=True)
class QualificationClaim:
    """What an entry says. Units: `hours` are whole hours practised by the day `since`.

    Shape: `name` is a code that programmes name, or words; `number` is the credential's own.
    """

    kind: QualificationKind
    name: str
    since: date | None
    until: date | None = None
    hours: int | None = None
    number: str = ""


_ACCENTS = frozenset(map(chr, range(0x0300, 0x0370)))
"""Marks over Latin, Greek and Cyrillic letters; those of other scripts make other letters."""


def code_of(name: str) -> str:
    """Return the code of a credential or training as programmes write it: "CPS" is `cps`.

    Edge: accents and capitals aside; letters of any script stay, all else becomes one hyphen.
    """
    plain = unicodedata.normalize("NFKD", name).casefold()
    kept = unicodedata.normalize("NFC", "".join(c for c in plain if c not in _ACCENTS))
    return re.sub(r"[\W_]+", "-", kept).strip("-")[:LONGEST_CODE]


def refusal_to_keep_qualification(
    claim: QualificationClaim, *, today: date, is_staff: bool
) -> QualificationRefusal | None:
    """Return what has to be mended before an entry is kept, or None.

    Edge: only whoever holds a role has such a record; a last day may lie behind us.
    """
    if not is_staff:
        return QualificationRefusal.NOT_STAFF
    if claim.kind is not QualificationKind.PRACTICE and not code_of(claim.name):
        return QualificationRefusal.NAME_MISSING
    if claim.since is None:
        return QualificationRefusal.NO_DAY
    if claim.since > today:
        return QualificationRefusal.IN_THE_FUTURE
    if claim.since < OLDEST:
        return QualificationRefusal.TOO_OLD
    if claim.until is not None and claim.until < claim.since:
        return QualificationRefusal.ENDS_FIRST
    has_hours = claim.hours is not None and 0 < claim.hours <= MOST_HOURS
    if claim.kind is QualificationKind.PRACTICE and not has_hours:
        return QualificationRefusal.HOURS_MISSING
    return None


Q = QualificationState
MOVES: dict[QualificationState, frozenset[QualificationState]] = {
    Q.HANDED_IN: frozenset({Q.ON_RECORD, Q.RETURNED, Q.WITHDRAWN}),
    Q.ON_RECORD: frozenset({Q.WITHDRAWN}),
    Q.RETURNED: frozenset(),
    Q.WITHDRAWN: frozenset(),
}


def refusal_to_move_qualification(
    now: QualificationState, to: QualificationState, note: str, *, is_own: bool
) -> QualificationRefusal | None:
    """Return why an entry does not go from one state to another, or None.

    Edge: one's own can only be taken back while nobody has looked at it; giving back and taking
          away by a coordinator need a note.
    """
    if is_own and to is not Q.WITHDRAWN:
        return QualificationRefusal.OWN_RECORD
    if to not in MOVES[now] or (is_own and now is not Q.HANDED_IN):
        return QualificationRefusal.NOT_FROM_HERE
    silent = not is_own and to is not Q.ON_RECORD and not note.strip()
    return QualificationRefusal.NOTE_MISSING if silent else None
