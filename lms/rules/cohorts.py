"""Lifecycle of a place in a cohort, and what holds practice."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from lms.rules.curriculum import Module
from lms.rules.learning import left_out_of, qualified_reviews, without
from lms.rules.programmes import Programme, gates_of
from lms.rules.programmes.nodes import Completions
from lms.rules.programmes.quantities import is_to_be_set
from lms.rules.roles import Role


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


class OpenRefusal(StrEnum):
    """Why no cohort can be opened under a programme, or not with these words."""

    PROGRAMME_UNKNOWN = "open-programme-unknown"
    EXAMPLE = "open-example"
    FIGURES_TO_BE_SET = "open-figures-to-be-set"
    FIGURES_INVENTED = "open-figures-invented"
    MODULES_MISSING = "open-modules-missing"
    UNREVIEWED = "open-unreviewed"
    WITHDRAWN = "open-withdrawn"
    NAME_TAKEN = "open-name-taken"


class AdmitRefusal(StrEnum):
    """Why somebody is not admitted to a cohort."""

    OWN_PLACE = "admit-own-place"
    NOT_HERE = "admit-not-here"
    HAS_PLACE = "admit-has-place"
    NOBODY = "admit-nobody"


class AssignRefusal(StrEnum):
    """Why somebody does not become a trainee's trainer or supervisor."""

    OWN_PLACE = "assign-own-place"
    NOT_HOLDER = "assign-not-holder"
    SAME_TRAINER = "assign-same-trainer"
    CHANGED_MEANWHILE = "assign-changed-meanwhile"
    PLACE_CLOSED = "assign-place-closed"


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


OPEN_STATES = (S.APPLIED, S.ADMITTED, S.ACTIVE, S.PAUSED)
"""A person holds at most one place in one of these states."""

ROLE_FOR = {
    AssignmentKind.TRAINER: Role.TRAINER,
    AssignmentKind.SECOND_TRAINER: Role.TRAINER,
    AssignmentKind.SUPERVISOR: Role.SUPERVISOR,
}
"""The role that somebody must hold to be assigned as this."""


def office_moves(now: EnrolmentState) -> tuple[EnrolmentState, ...]:
    """Return where a coordinator may move a place, in the order of the states.

    Edge: coming back from a step back is the trainee's alone.
    """
    own = {S.ACTIVE} if now is S.PAUSED else set()
    return tuple(state for state in S if state in MOVES[now] - own)


def refusal_to_office_move(now: EnrolmentState, to: EnrolmentState) -> StepRefusal | None:
    """Return why a coordinator may not move a place this way, or None."""
    return None if to in office_moves(now) else StepRefusal.NOT_FROM_HERE


def refusal_to_admit(
    *, actor_id: int, person_id: int, at_home: bool, has_place: bool
) -> AdmitRefusal | None:
    """Return why a coordinator may not admit a person to a cohort, or None."""
    if not at_home:
        return AdmitRefusal.NOT_HERE
    if actor_id == person_id:
        return AdmitRefusal.OWN_PLACE
    return AdmitRefusal.HAS_PLACE if has_place else None


def refusal_to_assign(
    *,
    kind: AssignmentKind,
    person_id: int,
    trainee_id: int,
    roles: Collection[Role],
    other_trainer_id: int | None,
) -> AssignRefusal | None:
    """Return why a person may not be assigned to a trainee, or None.

    Edge: `other_trainer_id` is who the other of the two trainers will be; a supervisor may be
    anybody else who holds the role.
    """
    if person_id == trainee_id:
        return AssignRefusal.OWN_PLACE
    if ROLE_FOR[kind] not in roles:
        return AssignRefusal.NOT_HOLDER
    if kind is not AssignmentKind.SUPERVISOR and person_id == other_trainer_id:
        return AssignRefusal.SAME_TRAINER
    return None


def figures_to_be_set(programme: Programme) -> tuple[str, ...]:
    """Return what still waits for a figure: labels of requirements, or names of other keys."""
    return tuple(dict.fromkeys(_unset(programme, "")))


def _unset(value: Any, label: str) -> Iterator[str]:
    if is_to_be_set(value):
        yield label
    elif isinstance(value, tuple):
        for entry in value:
            yield from _unset(entry, label)
    elif isinstance(value, dict):
        yield from _unset(tuple(value.values()), label)
    elif is_dataclass(value):
        inside = getattr(value, "label", "") or label
        for field in fields(value):
            yield from _unset(getattr(value, field.name), inside or field.name)


def modules_named(programme: Programme) -> tuple[str, ...]:
    """Return the modules that a programme asks to be completed, in its order."""
    return tuple(dict.fromkeys(_named_modules(programme)))


def _named_modules(value: Any) -> Iterator[str]:
    if isinstance(value, Completions):
        yield from value.modules
    elif isinstance(value, tuple):
        for entry in value:
            yield from _named_modules(entry)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _named_modules(getattr(value, field.name))


class WaitingLesson(NamedTuple):
    """A lesson on safety, risk or law that nobody qualified has signed; both are titles."""

    title: str
    module: str


def waiting_lessons(
    programme: Programme, modules: Mapping[str, Module], *, is_demo: bool
) -> tuple[WaitingLesson, ...]:
    """Return the lessons whose review a programme waits for before anybody is let in.

    Shape: `modules` are the published ones by slug; one that is missing is passed over.
    Edge:  none where the programme's gate is off, and none in a demo installation. What the
           programme omits is not waited for. One review signs all lessons of its module.
    """
    if is_demo or gates_of(programme).unsigned_lessons == "off":
        return ()
    named = [modules[slug] for slug in modules_named(programme) if slug in modules]
    return tuple(
        WaitingLesson(lesson.head.title, module.head.title)
        for module in named
        if not qualified_reviews(module.head.reviews)
        for lesson in without(module, left_out_of(programme, module.slug)).lessons
        if lesson.head.sensitive != "no"
    )


def refusal_to_open(
    programme: Programme, modules: Mapping[str, Module], *, is_demo: bool
) -> OpenRefusal | None:
    """Return why no cohort can be opened under a programme, or None.

    Shape: `modules` are the published ones by slug.
    Edge: a demo installation opens on invented figures and on unreviewed lessons; no other does,
          unless the programme's gate is off. An example opens nowhere.
    """
    if programme.example:
        return OpenRefusal.EXAMPLE
    if figures_to_be_set(programme):
        return OpenRefusal.FIGURES_TO_BE_SET
    if not set(modules_named(programme)) <= set(modules):
        return OpenRefusal.MODULES_MISSING
    if programme.demo and not is_demo:
        return OpenRefusal.FIGURES_INVENTED
    waiting = waiting_lessons(programme, modules, is_demo=is_demo)
    return OpenRefusal.UNREVIEWED if waiting else None
