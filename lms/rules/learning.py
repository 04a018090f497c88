"""What is read, what comes next, when a module is complete, and what an answer leads to."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from lms.rules.curriculum import (
    SOURCE_LANGUAGE,
    Check,
    CheckOption,
    Choice,
    Covers,
    EqualRoute,
    Lesson,
    Module,
    PageTranslation,
    Situation,
    Step,
    Translation,
)
from lms.rules.definitions import Review
from lms.rules.programmes import Programme
from lms.rules.programmes.nodes import All, AnyOf, AtLeast, Attest, Completions, Node, When
from lms.rules.programmes.nodes import Sequence as InOrder

SELF = "self"

DAYS_OPEN = 14
LESSONS_OPEN = 8
"""How long a lesson stays open in one version where its reader never leaves it."""


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


def lesson_state(
    lesson: Lesson, read: Collection[Lesson], alike: Collection[Lesson] = ()
) -> LessonState:
    """Return where a lesson stands; `read` are the texts of it that were read, of any version.

    Shape: `alike` are earlier texts of it that teach the same: an author said so when the newer
           one was published.
    Edge:  a lesson that was read and then changed asks to be read again; one that a newer version
           of the module took over unchanged does not. How a lesson is tagged is no part of it.
    """
    if not read:
        return LessonState.NOT_YET
    if any(lesson is text for text in read):
        return LessonState.READ
    known = [_as_read(text) for text in read]
    if any(_as_read(text) in known for text in (lesson, *alike)):
        return LessonState.READ
    return LessonState.CHANGED


def _as_read(lesson: Lesson) -> Lesson:
    head = lesson.head
    return lesson if head.covers == _NONE else replace(lesson, head=replace(head, covers=_NONE))


VersionName = tuple[int, str]
"""The id of a version and its hash."""

Alike = Mapping[str, Collection[Lesson]]
"""By lesson, the earlier texts that teach the same as the present one."""


def alike_after(
    new: Module,
    parent: Module,
    name: VersionName,
    before: Mapping[str, Sequence[VersionName]],
    *,
    changes_learning: bool,
) -> dict[str, list[VersionName]]:
    """Return, by lesson, the versions whose text teaches the same as in a new version.

    Shape: `name` is the parent's; `before` is what the parent itself said of its lessons.
    Edge:  a text that was changed and teaches something else starts with none.
    """
    olds = {lesson.slug: lesson for lesson in parent.lessons}
    found: dict[str, list[VersionName]] = {}
    for lesson in new.lessons:
        old, names = olds.get(lesson.slug), list(before.get(lesson.slug, ()))
        if old is None:
            continue
        if _as_read(old) != _as_read(lesson):
            names = [] if changes_learning else [*names, name]
        if names:
            found[lesson.slug] = names
    return found


_NONE = Covers()


def lesson_states(
    module: Module, read: Mapping[str, Collection[Lesson]], alike: Alike | None = None
) -> dict[str, LessonState]:
    """Return where each lesson of a module stands, in reading order."""
    same = alike or {}
    return {
        lesson.slug: lesson_state(lesson, read.get(lesson.slug, ()), same.get(lesson.slug, ()))
        for lesson in module.lessons
    }


def without(module: Module, lessons: Collection[str]) -> Module:
    """Return a module without some of its lessons, as somebody meets it whose programme omits them.

    Edge: where nothing would be left, the module stays whole: it can always be completed.
    """
    if not lessons:
        return module
    left = tuple(lesson for lesson in module.lessons if lesson.slug not in lessons)
    return replace(module, lessons=left) if left else module


def left_out_of(programme: Programme | None, module: str) -> dict[str, str]:
    """Return what a programme leaves out of a module: lesson to reason."""
    omits = programme.omits if programme else ()
    return {one.lesson: one.reason for one in omits if one.module == module}


def translated(lesson: Lesson, translation: Translation) -> Lesson:
    """Return a lesson in the words of its translation: everything else stays the lesson's own."""
    note = lesson.head.content_note
    if note is not None:
        note = replace(note, words=translation.head.note)
    head = replace(lesson.head, title=translation.head.title, content_note=note)
    return replace(lesson, head=head, parts=translation.parts)


def route_told(route: EqualRoute, translation: Translation) -> EqualRoute:
    """Return an equal route in the words of its translation: all else stays the route's own."""
    note = route.head.content_note
    if note is not None:
        note = replace(note, words=translation.head.note)
    head = replace(route.head, title=translation.head.title, content_note=note)
    return replace(route, head=head, parts=translation.parts)


def in_language(lesson: Lesson, translations: Iterable[Translation], language: str) -> Lesson:
    """Return a lesson in a language, as it is where nobody has translated it into that one."""
    wanted = (lesson.slug, language)
    found = (one for one in translations if (one.slug, one.language) == wanted)
    return next((translated(lesson, one) for one in found), lesson)


def page_in(module: Module, language: str) -> PageTranslation | None:
    """Return a module's own page in a language, None where nobody has translated it."""
    return next((one for one in module.page_translations if one.language == language), None)


class Wording(NamedTuple):
    """Words, and the language that they are in."""

    words: str
    language: str = SOURCE_LANGUAGE


def lesson_title(module: Module, lesson: Lesson, language: str) -> Wording:
    """Return what a lesson is called for a reader of a language."""
    told = in_language(lesson, module.translations, language)
    return Wording(told.head.title, SOURCE_LANGUAGE if told is lesson else language)


def module_title(module: Module, language: str) -> Wording:
    """Return what a module is called for a reader of a language."""
    told = page_in(module, language)
    return Wording(told.head.title, language) if told else Wording(module.head.title)


def module_summary(module: Module, language: str) -> Wording:
    """Return what a list says of a module for a reader of a language."""
    told = page_in(module, language)
    return Wording(told.head.summary, language) if told else Wording(module.head.summary)


def other_way(lesson: Lesson, route: EqualRoute) -> Lesson:
    """Return the lesson as it reads on its equal route: the same aim, other words and blocks."""
    own = route.head
    head = replace(
        lesson.head,
        title=own.title,
        minutes=own.minutes,
        sources=own.sources,
        content_note=own.content_note,
    )
    return replace(lesson, head=head, parts=route.parts)


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


def is_still_open(opened_on: date, today: date) -> bool:
    """Say whether a lesson that was opened then, and not left since, keeps its version today.

    Edge: the last of the 14 days still counts; a day that is yet to come counts as none.
    """
    return 0 <= (today - opened_on).days <= DAYS_OPEN


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


def asked_since(requirements: Iterable[Node]) -> dict[str, int]:
    """Return from which version on modules must have been completed, where a programme says so."""
    found: dict[str, int] = {}
    for leaf in leaves_of(requirements):
        if isinstance(leaf, Completions):
            for slug, number in (leaf.since_version or {}).items():
                found[slug] = max(number, found.get(slug, 0))
    return found


def attestations_asked(requirements: Iterable[Node]) -> tuple[Attest, ...]:
    """Return what a programme lets a person say of themselves: only what, never the story.

    Edge: where a kind has to be named as well, somebody of the office records it.
    """
    asked = (leaf for leaf in leaves_of(requirements) if isinstance(leaf, Attest))
    mine = [leaf for leaf in asked if SELF in leaf.by and not (leaf.types or leaf.each)]
    return tuple({leaf.what: leaf for leaf in mine}.values())
