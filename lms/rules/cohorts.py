"""Lifecycle of a place in a cohort, and what holds practice."""

from enum import StrEnum


class EnrolmentState(StrEnum):
    """Where a person's place stands."""

    APPLIED = "applied"
    ADMITTED = "admitted"
    ACTIVE = "active"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"
    COMPLETED = "completed"


class AssignmentKind(StrEnum):
    """What somebody is to a trainee."""

    TRAINER = "trainer"
    SECOND_TRAINER = "second-trainer"
    SUPERVISOR = "supervisor"


class StepRefusal(StrEnum):
    """Why a place cannot change this way."""

    NOT_FROM_HERE = "step-not-from-here"


class PracticeHold(StrEnum):
    """Why practice waits: role-plays, hours and attempts; own records and help stay open."""

    PAUSED = "practice-paused"
    NOT_ENROLLED = "practice-not-enrolled"
    UNSIGNED = "practice-unsigned"
    NO_CONTACT = "practice-no-contact"


S = EnrolmentState
MOVES: dict[EnrolmentState, frozenset[EnrolmentState]] = {
    S.APPLIED: frozenset({S.ADMITTED, S.WITHDRAWN}),
    S.ADMITTED: frozenset({S.ACTIVE, S.PAUSED, S.WITHDRAWN}),
    S.ACTIVE: frozenset({S.PAUSED, S.WITHDRAWN, S.COMPLETED}),
    S.PAUSED: frozenset({S.ACTIVE, S.WITHDRAWN}),
    S.WITHDRAWN: frozenset({S.ADMITTED}),
    S.COMPLETED: frozenset({S.ACTIVE}),
}


def refusal_to_move(now: EnrolmentState, to: EnrolmentState) -> StepRefusal | None:
    """Return why a place cannot go from one state to another, or None."""
    return None if to in MOVES[now] else StepRefusal.NOT_FROM_HERE


def hold_on_practice(
    *, state: EnrolmentState | None, all_signed: bool, has_contact: bool
) -> PracticeHold | None:
    """Return what holds practice, the nearest thing to mend first, or None."""
    if state is None or state in {S.APPLIED, S.WITHDRAWN}:
        return PracticeHold.NOT_ENROLLED
    if state is S.PAUSED:
        return PracticeHold.PAUSED
    if not all_signed:
        return PracticeHold.UNSIGNED
    return None if has_contact else PracticeHold.NO_CONTACT
