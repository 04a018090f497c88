"""Rules of decisions and waivers: who may decide, on what, and that reasons are given."""

from dataclasses import dataclass
from enum import StrEnum


class DecisionOutcome(StrEnum):
    """What a readiness decision comes to. There is no third: the door stays open."""

    READY = "ready"
    NOT_YET = "not-yet"


class DecisionSource(StrEnum):
    """What a decision may rest on; a score is one of them, never the whole."""

    LESSONS = "lessons"
    ASSESSMENT = "assessment"
    ROLE_PLAYS = "role-plays"
    SUPERVISION = "supervision"
    OWN_VIEW = "own-view"
    CONVERSATION = "conversation"
    OBSERVATION = "observation"


class DecisionRefusal(StrEnum):
    """Why a decision or a waiver is not recorded."""

    OWN_RECORD = "decision-own-record"
    REASONS_MISSING = "decision-reasons-missing"
    TOO_FEW_SOURCES = "decision-too-few-sources"
    NOT_ASKED = "decision-not-asked"
    NOT_WAIVABLE = "decision-not-waivable"
    ALREADY_WAIVED = "decision-already-waived"


@dataclass(frozen=True, slots=True)
class DecisionCase:
    """What a decision is judged on. `asked` says whether the programme asks for it."""

    decider_id: int
    person_id: int
    reasons: str
    sources: frozenset[DecisionSource]
    asked: bool


def refusal_to_decide(case: DecisionCase) -> DecisionRefusal | None:
    """Return why a readiness decision is not recorded, or None.

    Edge: at least two sources, so that no score alone ever decides.
    Source: the founding papers' readiness requirements: several sources, one named person.
    """
    if case.decider_id == case.person_id:
        return DecisionRefusal.OWN_RECORD
    if not case.asked:
        return DecisionRefusal.NOT_ASKED
    if not case.reasons.strip():
        return DecisionRefusal.REASONS_MISSING
    return DecisionRefusal.TOO_FEW_SOURCES if len(case.sources) < 2 else None


def refusal_to_waive(
    *, decider_id: int, person_id: int, reason: str, waivable_by: frozenset[str]
) -> DecisionRefusal | None:
    """Return why a requirement is not waived by a coordinator, or None.

    Shape: `waivable_by` are the roles that the programme lets waive it; empty is nobody.
    """
    if decider_id == person_id:
        return DecisionRefusal.OWN_RECORD
    if "coordinator" not in waivable_by:
        return DecisionRefusal.NOT_WAIVABLE
    return None if reason.strip() else DecisionRefusal.REASONS_MISSING
