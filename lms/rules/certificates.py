"""Certificates: the public code, the lifecycle, who may issue or withdraw one, and the seal."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK_SYMBOLS = ALPHABET + "*~$=U"
CODE_LENGTH = 27
GROUP_LENGTH = 3
LONGEST_TYPED_CODE = 400
SALT_BYTES = 32

_BODY_LENGTH = CODE_LENGTH - 1
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_READ_AS = str.maketrans("OIL", "011")
_WIDE_TO_PLAIN = {0xFF01 + offset: 0x21 + offset for offset in range(94)}


class CodeFault(StrEnum):
    """What is wrong with a typed code before anything is looked up."""

    EMPTY = "code-empty"
    WRONG_CHARACTERS = "code-wrong-characters"
    TOO_SHORT = "code-too-short"
    TOO_LONG = "code-too-long"
    CHECK_DIFFERS = "code-check-differs"


def code_from_bytes(seventeen: bytes) -> str:
    """Return the public code for 17 random bytes, of which 130 bits are used.

    Shape:  26 characters of Crockford's base 32 and one check character, no spaces.
    Edge:   the number moves up to the next whose check character is a letter or digit: mail
            programs drop a sign at the end of an address. It costs less than three bits of 130.
    Raises: ValueError unless given exactly 17 bytes.
    Source: Douglas Crockford, Base 32, check symbols modulo 37.
    """
    if len(seventeen) != 17:
        raise ValueError(f"a code is made of 17 bytes, not {len(seventeen)}")
    number = int.from_bytes(seventeen, "big") >> 6
    while number % 37 >= len(ALPHABET):
        number = (number + 1) % (1 << 130)
    return _body(number) + CHECK_SYMBOLS[number % 37]


def _body(number: int) -> str:
    places = (number >> (5 * place) & 31 for place in reversed(range(_BODY_LENGTH)))
    return "".join(ALPHABET[place] for place in places)


def check_character(body: str) -> str:
    """Return the check character of a code's first 26 characters."""
    number = 0
    for character in body:
        number = number * 32 + ALPHABET.index(character)
    return CHECK_SYMBOLS[number % 37]


def format_code(code: str, separator: str = " ") -> str:
    """Return the code in groups of three, as it is printed and read aloud."""
    starts = range(0, len(code), GROUP_LENGTH)
    return separator.join(code[start : start + GROUP_LENGTH] for start in starts)


def parse_code(text: str) -> str | CodeFault:
    """Return the code somebody typed, pasted or scanned, or what is wrong with it.

    Edge: case, spaces and dashes do not matter, O is read as 0, I and L as 1; of a pasted address
          the last part is taken. The whole text may have 400 characters at most.
    """
    if len(text) > LONGEST_TYPED_CODE:
        return CodeFault.TOO_LONG
    code = _tidied(text)
    if not code:
        return CodeFault.EMPTY
    body, check = code[:_BODY_LENGTH], code[_BODY_LENGTH:]
    if any(letter not in ALPHABET for letter in body) or any(c not in CHECK_SYMBOLS for c in check):
        return CodeFault.WRONG_CHARACTERS
    if len(code) != CODE_LENGTH:
        return CodeFault.TOO_SHORT if len(code) < CODE_LENGTH else CodeFault.TOO_LONG
    return code if check == check_character(body) else CodeFault.CHECK_DIFFERS


def _tidied(text: str) -> str:
    plain = text.translate(_WIDE_TO_PLAIN)
    last_part = plain.strip().split("?")[0].split("#")[0].rstrip("/").rsplit("/", 1)[-1]
    kept = (c for c in last_part if not c.isspace() and c not in _DASHES and c.isprintable())
    return "".join(kept).upper().translate(_READ_AS)


class CertificateState(StrEnum):
    """What anybody who holds the code reads first."""

    VALID = "valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


class CertificateEventKind(StrEnum):
    """What may happen to a certificate after issue; rows beside it, never a change of it."""

    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class CertificateEvent:
    """One event: the day it holds from, and the instant it was written down."""

    kind: CertificateEventKind
    happened_on: date
    recorded_at: datetime


MOVES: dict[CertificateState, dict[CertificateEventKind, CertificateState]] = {
    CertificateState.VALID: {
        CertificateEventKind.SUSPENDED: CertificateState.SUSPENDED,
        CertificateEventKind.REVOKED: CertificateState.REVOKED,
        CertificateEventKind.SUPERSEDED: CertificateState.SUPERSEDED,
    },
    CertificateState.SUSPENDED: {
        CertificateEventKind.REINSTATED: CertificateState.VALID,
        CertificateEventKind.REVOKED: CertificateState.REVOKED,
    },
    CertificateState.REVOKED: {},
    CertificateState.SUPERSEDED: {},
}
"""Allowed moves from VALID on. EXPIRED is left out: the date brings it, never an event."""


def state_on(
    events: Iterable[CertificateEvent], valid_until: date | None, on: date
) -> CertificateState:
    """Return the certificate's state on a day from its issue on.

    Units: `valid_until` is the last valid day, None is without end; all days in one zone.
    Edge:  events after `on` are not counted. Once the last day is over a valid or suspended
           certificate is expired; revoked and superseded stay what they are.
    """
    state = _state_from([event for event in events if event.happened_on <= on])
    ends = state in (CertificateState.VALID, CertificateState.SUSPENDED)
    if ends and valid_until is not None and on > valid_until:
        return CertificateState.EXPIRED
    return state


def state_since(
    events: Iterable[CertificateEvent], valid_until: date | None, on: date
) -> date | None:
    """Return the day of the event that brought the state of `on`; None where a date or none did."""
    past = _in_order(event for event in events if event.happened_on <= on)
    if state_on(past, valid_until, on) in (CertificateState.VALID, CertificateState.EXPIRED):
        return None
    return past[-1].happened_on


def _in_order(events: Iterable[CertificateEvent]) -> list[CertificateEvent]:
    return sorted(events, key=lambda event: (event.happened_on, event.recorded_at))


def _state_from(events: Iterable[CertificateEvent]) -> CertificateState:
    state = CertificateState.VALID
    for event in _in_order(events):
        state = MOVES[state].get(event.kind, state)
    return state


class IssueRefusal(StrEnum):
    """Why a certificate may not be issued now, or not by this person."""

    VERDICT_NOT_MET = "verdict-not-met"
    ALREADY_ISSUED = "already-issued"
    SCOPE_MISSING = "scope-missing"
    PACK_OVERDUE = "pack-overdue"
    OWN_CERTIFICATE = "own-certificate"
    ONLY_MARKER = "only-marker"
    ONLY_CONFIRMER = "only-confirmer"
    PLACE_NOT_OPEN = "place-not-open"
    NAME_CHANGED = "name-changed"
    NAME_NOT_PRINTABLE = "name-not-printable"
    WORDS_DO_NOT_FIT = "words-do-not-fit"


@dataclass(frozen=True, slots=True)
class IssueCase:
    """What the act of issuing is judged on.

    `markers` marked the released role-plays and `confirmers` confirmed the counted hours, each
    person once. `separation_waived` says that a small programme has recorded its reason. `scope` is
    the sentence the certificate prints about what it covers. `place_open` is false for a place that
    was not admitted, is paused or was given up.
    """

    verdict_met: bool
    already_issued: bool
    scope: str
    pack_overdue: bool
    holder_id: int
    issuer_id: int
    markers: frozenset[int]
    confirmers: frozenset[int]
    separation_waived: bool = False
    place_open: bool = True


def refusal_to_issue(case: IssueCase) -> IssueRefusal | None:
    """Return why this certificate may not be issued by this person, or None if it may.

    Edge: a recorded waiver lifts the rule about sole markers and confirmers; nothing lifts the
          rule that nobody issues their own.
    """
    if case.issuer_id == case.holder_id:
        return IssueRefusal.OWN_CERTIFICATE
    if case.already_issued:
        return IssueRefusal.ALREADY_ISSUED
    if not case.place_open:
        return IssueRefusal.PLACE_NOT_OPEN
    if not case.verdict_met:
        return IssueRefusal.VERDICT_NOT_MET
    if not case.scope.strip():
        return IssueRefusal.SCOPE_MISSING
    if case.pack_overdue:
        return IssueRefusal.PACK_OVERDUE
    return None if case.separation_waived else _refusal_of_sole_judge(case)


def _refusal_of_sole_judge(case: IssueCase) -> IssueRefusal | None:
    if case.markers == {case.issuer_id}:
        return IssueRefusal.ONLY_MARKER
    if case.confirmers == {case.issuer_id}:
        return IssueRefusal.ONLY_CONFIRMER
    return None


class EventRefusal(StrEnum):
    """Why an event may not be recorded beside a certificate."""

    OWN_CERTIFICATE = "event-own-certificate"
    REASON_MISSING = "event-reason-missing"
    IN_THE_FUTURE = "event-in-the-future"
    BEFORE_ISSUE = "event-before-issue"
    BEFORE_LAST_EVENT = "event-before-last"
    NOT_FROM_THIS_STATE = "not-from-this-state"


@dataclass(frozen=True, slots=True)
class EventCase:
    """What the act of recording an event is judged on; `events` are those already recorded."""

    issued_on: date
    events: tuple[CertificateEvent, ...]
    valid_until: date | None
    happened_on: date
    today: date
    reason: str
    actor_id: int
    holder_id: int


def refusal_to_record(kind: CertificateEventKind, case: EventCase) -> EventRefusal | None:
    """Return why this event may not be recorded by this person, or None if it may.

    Edge: events are recorded in the order of their days. An expired certificate can no longer be
          suspended, but it can be revoked, superseded by its renewal, or have a suspension lifted.
    """
    if case.actor_id == case.holder_id:
        return EventRefusal.OWN_CERTIFICATE
    if not case.reason.strip():
        return EventRefusal.REASON_MISSING
    if case.happened_on > case.today:
        return EventRefusal.IN_THE_FUTURE
    if case.happened_on < case.issued_on:
        return EventRefusal.BEFORE_ISSUE
    return _refusal_by_state(kind, case)


def _refusal_by_state(kind: CertificateEventKind, case: EventCase) -> EventRefusal | None:
    if any(event.happened_on > case.happened_on for event in case.events):
        return EventRefusal.BEFORE_LAST_EVENT
    return None if _is_allowed(kind, case) else EventRefusal.NOT_FROM_THIS_STATE


def _is_allowed(kind: CertificateEventKind, case: EventCase) -> bool:
    shown = state_on(case.events, case.valid_until, case.happened_on)
    if shown is CertificateState.EXPIRED and kind is CertificateEventKind.SUSPENDED:
        return False
    return kind in MOVES[_state_from(case.events)]


def refusal_to_revoke(case: EventCase) -> EventRefusal | None:
    """Return why this person may not revoke the certificate on that day, or None if they may."""
    return refusal_to_record(CertificateEventKind.REVOKED, case)


class Claim(StrEnum):
    """One thing that a certificate says in public; its holder may hide each, never the state.

    `covers` goes with what the certificate does not qualify for.
    """

    NAME = "name"
    PROGRAMME = "programme"
    ORGANISATION = "organisation"
    COVERS = "covers"
    DOES_NOT_QUALIFY = "does_not_qualify"
    ISSUED_ON = "issued_on"
    VALID_UNTIL = "valid_until"
    NUMBER = "number"


CHOICES: dict[Claim, tuple[Claim, ...]] = {
    Claim.NAME: (Claim.NAME,),
    Claim.PROGRAMME: (Claim.PROGRAMME,),
    Claim.ORGANISATION: (Claim.ORGANISATION,),
    Claim.COVERS: (Claim.COVERS, Claim.DOES_NOT_QUALIFY),
    Claim.ISSUED_ON: (Claim.ISSUED_ON,),
    Claim.VALID_UNTIL: (Claim.VALID_UNTIL,),
    Claim.NUMBER: (Claim.NUMBER,),
}
"""What a holder chooses to show or hide, and which claims each choice is about."""


def claims_shown(claims: Mapping[str, str | None], hidden: Collection[str]) -> dict[Claim, str]:
    """Return what the check page may say, in the order it is said; `hidden` holds choices.

    Edge: names that are no choice hide nothing; a claim without a value is left out.
    """
    shown = [claim for choice, part in CHOICES.items() if choice not in hidden for claim in part]
    return {claim: value for claim in shown if (value := claims.get(claim))}


def seal(facts: str, salt: bytes) -> str:
    """Return the SHA-256, in hex, of the salt followed by the facts.

    Shape:  `facts` is canonical JSON: sorted keys, NFC, no floats, no white space between tokens.
    Raises: ValueError unless the salt has 32 bytes; a fixed length keeps the two parts apart.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a seal takes a salt of {SALT_BYTES} bytes, not {len(salt)}")
    return hashlib.sha256(salt + facts.encode()).hexdigest()
