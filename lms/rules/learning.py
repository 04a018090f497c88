"""What is read, what comes next, when a module is complete, and what an answer leads to."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lms.rules.curriculum import Check, CheckOption, Choice, Lesson, Module, Situation, Step
from lms.rules.definitions import Review
from lms.rules.programmes.nodes import All, AnyOf, AtLeast, Attest, Completions, Node, When
from lms.rules.programmes.nodes import Sequence as InOrder

SELF = "self"


class LessonState(StrEnum):
    """Where a lesson stands for one reader."""

    READ = "read"
    CHANGED = "changed"
    NOT_YET = "not-yet"


class ModuleState(StrEnum):
    """Where a module stands for one reader."""

    COMPLETE = "complete"
    UNDER_WAY = "under-way"
    NOT_YET = "not-yet"


class AnswerRefusal(StrEnum):
    """Why an answer on the way cannot be taken."""

    NOTHING_CHOSEN = "answer-nothing-chosen"
    NOT_OFFERED = "answer-not-offered"
    ONE_ONLY = "answer-one-only"


def lesson_state(lesson: Lesson, read: Collection[Lesson]) -> LessonState:
    """Return where a lesson stands; `read` are the texts of it that were read, of any version.

    Edge: a lesson that was read and then changed asks to be read again; one that a newer version
          of the module took over unchanged does not.
    """
    if lesson in read:
        return LessonState.READ
    return LessonState.CHANGED if read else LessonState.NOT_YET


def lesson_states(module: Module, read: Mapping[str, Collection[Lesson]]) -> dict[str, LessonState]:
    """Return where each lesson of a module stands, in reading order."""
    return {
        lesson.slug: lesson_state(lesson, read.get(lesson.slug, ())) for lesson in module.lessons
    }


def is_complete(states: Mapping[str, LessonState]) -> bool:
    """Say whether every lesson was read. Edge: a module without lessons never is."""
    return bool(states) and all(state is LessonState.READ for state in states.values())


def next_lesson(states: Mapping[str, LessonState], after: str = "") -> str | None:
    """Return the lesson to read next: the first unread one after `after`, else the first of all.

    Edge: None when all are read; an `after` that the module does not know counts as its start.
    """
    order = list(states)
    start = order.index(after) + 1 if after in states else 0
    for slug in order[start:] + order[:start]:
        if states[slug] is not LessonState.READ and slug != after:
            return slug
    return None


def module_state(states: Mapping[str, LessonState], *, completed: bool) -> ModuleState:
    """Return where a module stands; what was completed once stays complete."""
    if completed or is_complete(states):
        return ModuleState.COMPLETE
    if any(state is not LessonState.NOT_YET for state in states.values()):
        return ModuleState.UNDER_WAY
    return ModuleState.NOT_YET


def minutes_of(module: Module) -> int:
    """Return the minutes that all lessons of a module take together."""
    return sum(lesson.head.minutes for lesson in module.lessons)


def minutes_left(module: Module, states: Mapping[str, LessonState]) -> int:
    """Return the minutes of the lessons that are not read yet."""
    return sum(
        lesson.head.minutes
        for lesson in module.lessons
        if states.get(lesson.slug) is not LessonState.READ
    )


def qualified_reviews(reviews: Iterable[Review]) -> tuple[Review, ...]:
    """Return the reviews by qualified reviewers; none means that nobody has checked it yet."""
    return tuple(review for review in reviews if review.capacity == "qualified")


def refusal_to_answer(
    options: Iterable[str], chosen: Sequence[str], *, several: bool = False
) -> AnswerRefusal | None:
    """Return why what was chosen is no answer, or None if it is one."""
    if not chosen:
        return AnswerRefusal.NOTHING_CHOSEN
    if not set(chosen) <= set(options):
        return AnswerRefusal.NOT_OFFERED
    if len(chosen) > 1 and not several:
        return AnswerRefusal.ONE_ONLY
    return None


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer to a check shows: the chosen options, whether all fits, how many lack."""

    chosen: tuple[CheckOption, ...]
    is_right: bool
    lacking: int


def reading_of(check: Check, chosen: Collection[str]) -> Reading | None:
    """Return what an answer shows, or None where nothing that is offered was chosen.

    Edge: an option that a newer version took away is passed over. Nothing is scored.
    """
    taken = tuple(option for option in check.options if option.id in chosen)
    if not taken:
        return None
    right = {option.id for option in check.options if option.right}
    lacking = len(right - {option.id for option in taken})
    fits = lacking == 0 and all(option.right for option in taken)
    return Reading(taken, fits, lacking)


@dataclass(frozen=True, slots=True)
class Moment:
    """A step of a situation that is reached, and what was chosen there, if anything was."""

    step: Step
    choice: Choice | None


def moments_of(situation: Situation, chosen: Mapping[str, str]) -> tuple[Moment, ...]:
    """Return the steps reached so far, from the first; `chosen` maps steps to choices.

    Edge: choices at steps that are not reached count for nothing; steps only lead onwards, so a
          situation always ends.
    """
    steps = {step.id: step for step in situation.steps}
    reached: list[Moment] = []
    step = situation.steps[0] if situation.steps else None
    while step is not None and all(moment.step.id != step.id for moment in reached):
        offered = {choice.id: choice for choice in step.choices}
        choice = offered.get(chosen.get(step.id, ""))
        reached.append(Moment(step, choice))
        step = steps.get(choice.then) if choice and choice.then else None
    return tuple(reached)


def is_over(moments: Sequence[Moment]) -> bool:
    """Say whether a situation has come to its end, so that its closing is shown."""
    return bool(moments) and moments[-1].choice is not None


def leaves_of(requirements: Iterable[Node]) -> Iterator[Node]:
    """Yield every requirement of a programme that has no children, in the programme's order."""
    for node in requirements:
        if isinstance(node, All | AnyOf | AtLeast | InOrder):
            yield from leaves_of(node.of)
        elif isinstance(node, When):
            yield from leaves_of([node.then, *([node.otherwise] if node.otherwise else [])])
        else:
            yield node


def modules_asked(requirements: Iterable[Node]) -> tuple[str, ...]:
    """Return the modules that a programme names, in its order, each once."""
    named = (leaf.modules for leaf in leaves_of(requirements) if isinstance(leaf, Completions))
    return tuple(dict.fromkeys(slug for modules in named for slug in modules))


def attestations_asked(requirements: Iterable[Node]) -> tuple[Attest, ...]:
    """Return what a programme lets a person say of themselves: only what, never the story.

    Edge: where a kind has to be named as well, somebody of the office records it.
    """
    asked = (leaf for leaf in leaves_of(requirements) if isinstance(leaf, Attest))
    mine = [leaf for leaf in asked if SELF in leaf.by and not (leaf.types or leaf.each)]
    return tuple({leaf.what: leaf for leaf in mine}.values())
