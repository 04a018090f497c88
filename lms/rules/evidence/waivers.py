"""Rules of waivers: what is asked to be set aside, on what ground, who decides, and by when."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.rules.programmes.evidence import Waivable

DECIDER = "coordinator"


class WaiverState(StrEnum):
    """Where a request stands. Only what was granted reaches a verdict."""

    ASKED = "asked"
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class WaiverRefusal(StrEnum):
    """Why a request is not taken, or not moved."""

    CLAIM_MISSING = "waiver-claim-missing"
    DUE_BEHIND = "waiver-due-behind"
    ASKED_ALREADY = "waiver-asked-already"
    SETTLED = "waiver-settled"
    NOT_WAIVABLE = "waiver-not-waivable"
    TOO_LATE = "waiver-too-late"
    DECIDER_UNKNOWN = "waiver-decider-unknown"
    DOCUMENT_UNKNOWN = "waiver-document-unknown"
    OWN_RECORD = "waiver-own-record"
    REASON_MISSING = "waiver-reason-missing"
    NOT_FROM_HERE = "waiver-not-from-here"
    PLACE_CLOSED = "waiver-place-closed"


@dataclass(frozen=True, slots=True)
class WaiverClaim:
    """What is asked: the ground in words, evidence in words or as a document, by when to decide.

    Shape: `decider` and `document` are ids, empty where none is named.
    """

    requirement: str
    claim: str
    due_on: date | None
    evidence: str = ""
    document: str = ""
    decider: str = ""


def refusal_of_terms(terms: Waivable | None, today: date) -> WaiverRefusal | None:
    """Return why a programme lets no coordinator set a requirement aside on a day, or None.

    Edge: the last day of the terms still counts.
    """
    if terms is None or DECIDER not in terms.by:
        return WaiverRefusal.NOT_WAIVABLE
    if terms.until is not None and today > terms.until:
        return WaiverRefusal.TOO_LATE
    return None


def refusal_to_ask(
    claim: WaiverClaim, terms: Waivable | None, *, today: date, is_open: bool
) -> WaiverRefusal | None:
    """Return why a request is not taken, or None. Edge: it may be due today."""
    if not is_open:
        return WaiverRefusal.PLACE_CLOSED
    refusal = refusal_of_terms(terms, today)
    if refusal:
        return refusal
    if not claim.claim.strip():
        return WaiverRefusal.CLAIM_MISSING
    if claim.due_on is None or claim.due_on < today:
        return WaiverRefusal.DUE_BEHIND
    return None


def refusal_to_decide(
    state: WaiverState, reason: str, *, decider_id: int, person_id: int
) -> WaiverRefusal | None:
    """Return why a coordinator does not decide about a request, or None.

    Edge: nobody decides about their own; granting and declining both need a reason.
    """
    if decider_id == person_id:
        return WaiverRefusal.OWN_RECORD
    if state is not WaiverState.ASKED:
        return WaiverRefusal.NOT_FROM_HERE
    return None if reason.strip() else WaiverRefusal.REASON_MISSING


def is_overdue(state: WaiverState, due_on: date, today: date) -> bool:
    """Say whether a request should have been decided already. Edge: not on its last day."""
    return state is WaiverState.ASKED and today > due_on
