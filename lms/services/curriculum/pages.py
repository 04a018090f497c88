"""What a reader meets: the list of modules, a module, a lesson, and the lesson that waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Integer, String, bindparam, literal, select, union_all
from sqlalchemy.orm import Session

from lms.content.rendering import RenderedLesson
from lms.models import CheckAnswer, ContentVersion, Enrolment, LessonReading
from lms.rules.curriculum import Lesson, Module
from lms.rules.learning import (
    LessonState,
    ModuleState,
    lesson_states,
    minutes_left,
    minutes_of,
    module_state,
    modules_asked,
    next_lesson,
)
from lms.rules.programmes import Programme
from lms.services.curriculum.shown import ShownModule, shown_at
from lms.services.curriculum.texts import (
    KIND,
    Texts,
    days_completed,
    find_version,
    lesson_in,
    module_at,
    place_of,
    texts_read,
)
from lms.services.errors import MissingError
from lms.services.publishing import current_version, definition_of, list_current_versions


@dataclass(frozen=True, slots=True)
class ModuleRow:
    """One module in the list. Units: whole minutes; `minutes_left` of what is not read yet."""

    slug: str
    title: str
    summary: str
    minutes: int
    minutes_left: int
    lessons: int
    read: int
    state: ModuleState
    completed_on: date | None
    is_asked: bool


@dataclass(frozen=True, slots=True)
class ModulePage:
    """A module as one reader meets it; `next_lesson` is a slug, None when all is read."""

    version: ContentVersion
    module: Module
    shown: ShownModule
    states: Mapping[str, LessonState]
    state: ModuleState
    completed_on: date | None
    next_lesson: str | None


@dataclass(frozen=True, slots=True)
class LessonPage:
    """A lesson as one reader meets it.

    Shape: `number` counts from 1; `answers` maps a block, or `situation/step`, to the ids chosen;
           `current` is the number of the module's newest version.
    """

    version: ContentVersion
    current: int
    module: Module
    lesson: Lesson
    shown: RenderedLesson
    number: int
    states: Mapping[str, LessonState]
    answers: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class NextLesson:
    """The lesson that waits for a trainee: for Today."""

    module: str
    module_title: str
    lesson: Lesson
    number: int
    of: int
    is_begun: bool


def list_modules(session: Session, place: Enrolment | None) -> list[ModuleRow]:
    """Return all modules as they stand for a place: what the programme asks for comes first."""
    versions = list_current_versions(session, KIND)
    readings = texts_read(session, place.id) if place else {}
    completed = days_completed(session, place.id) if place else {}
    asked = _asked(session, place)
    rows = [
        _row(
            module_at(session, version.id, version.hash),
            readings.get(version.slug, {}),
            completed.get(version.slug),
            is_asked=version.slug in asked,
        )
        for version in versions
    ]
    order = {slug: position for position, slug in enumerate(asked)}
    return sorted(rows, key=lambda row: order.get(row.slug, len(order)))


def _asked(session: Session, place: Enrolment | None) -> tuple[str, ...]:
    if place is None:
        return ()
    version = session.get_one(ContentVersion, place.programme_version_id)
    programme: Programme = definition_of(session, version)
    return modules_asked(programme.requirements)


def _row(module: Module, read: Texts, completed_on: date | None, *, is_asked: bool) -> ModuleRow:
    states = lesson_states(module, read)
    return ModuleRow(
        slug=module.slug,
        title=module.head.title,
        summary=module.head.summary,
        minutes=minutes_of(module),
        minutes_left=minutes_left(module, states),
        lessons=len(states),
        read=sum(state is LessonState.READ for state in states.values()),
        state=module_state(states, completed=completed_on is not None),
        completed_on=completed_on,
        is_asked=is_asked,
    )


def open_module(session: Session, slug: str, place: Enrolment | None) -> ModulePage:
    """Return a module's newest version as it stands for a place. Raises: MissingError."""
    version = current_version(session, KIND, slug)
    module = module_at(session, version.id, version.hash)
    read = texts_read(session, place.id, slug).get(slug, {}) if place else {}
    completed_on = days_completed(session, place.id).get(slug) if place else None
    states = lesson_states(module, read)
    return ModulePage(
        version=version,
        module=module,
        shown=shown_at(session, version),
        states=states,
        state=module_state(states, completed=completed_on is not None),
        completed_on=completed_on,
        next_lesson=next_lesson(states),
    )


def find_next_lesson(session: Session, place: Enrolment) -> NextLesson | None:
    """Return the lesson that waits for a trainee among the modules of the programme, or None."""
    readings = texts_read(session, place.id)
    completed = days_completed(session, place.id)
    versions = {version.slug: version for version in list_current_versions(session, KIND)}
    for slug in _asked(session, place):
        if slug in completed or slug not in versions:
            continue
        module = module_at(session, versions[slug].id, versions[slug].hash)
        states = lesson_states(module, readings.get(slug, {}))
        waiting = next_lesson(states)
        if waiting is not None:
            number = list(states).index(waiting) + 1
            lesson = module.lessons[number - 1]
            is_begun = module_state(states, completed=False) is ModuleState.UNDER_WAY
            return NextLesson(slug, module.head.title, lesson, number, len(states), is_begun)
    return None


def open_lesson(
    session: Session, slug: str, lesson: str, *, number: int | None, reader_id: int | None
) -> LessonPage:
    """Return a lesson in the version asked for, None being the newest. Raises: MissingError.

    Edge: `reader_id` is the trainee whose readings and answers are shown, None for others.
    """
    version, current = find_version(session, slug, number)
    module = module_at(session, version.id, version.hash)
    found = lesson_in(module, lesson)
    if found is None:
        raise MissingError
    read, answers = _kept(session, reader_id, slug, lesson) if reader_id else ({}, {})
    return LessonPage(
        version=version,
        current=current,
        module=module,
        lesson=found,
        shown=shown_at(session, version).lessons[lesson],
        number=module.lessons.index(found) + 1,
        states=lesson_states(module, read),
        answers=answers,
    )


_KEPT = union_all(
    select(
        LessonReading.lesson.label("name"),
        literal("", String).label("chosen"),
        LessonReading.version_id.label("version_id"),
        ContentVersion.hash.label("hash"),
    )
    .join(ContentVersion, ContentVersion.id == LessonReading.version_id)
    .where(
        LessonReading.enrolment_id == place_of(bindparam("person")),
        LessonReading.module == bindparam("module"),
    ),
    select(CheckAnswer.block, CheckAnswer.chosen, literal(0, Integer), literal("", String)).where(
        CheckAnswer.enrolment_id == place_of(bindparam("person")),
        CheckAnswer.module == bindparam("module"),
        CheckAnswer.lesson == bindparam("lesson"),
    ),
)


def _kept(
    session: Session, person_id: int, slug: str, lesson: str
) -> tuple[Texts, dict[str, tuple[str, ...]]]:
    """Return in one query what a trainee has read of a module and answered in a lesson."""
    read: Texts = {}
    chosen: dict[str, tuple[str, ...]] = {}
    asked = {"person": person_id, "module": slug, "lesson": lesson}
    for row in session.execute(_KEPT, asked):
        if not row.version_id:
            chosen[row.name] = tuple(row.chosen.split(","))
            continue
        text = lesson_in(module_at(session, row.version_id, row.hash), row.name)
        if text is not None:
            read.setdefault(row.name, []).append(text)
    return read, chosen
