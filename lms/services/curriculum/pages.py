"""What a reader meets: the list of modules, a module, and the lesson that waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from lms.models import ContentVersion, Enrolment
from lms.rules.curriculum import SOURCE_LANGUAGE, Lesson, Module
from lms.rules.learning import (
    Alike,
    LessonState,
    ModuleState,
    Wording,
    asked_since,
    left_out_of,
    lesson_states,
    minutes_left,
    minutes_of,
    module_state,
    module_summary,
    module_title,
    modules_asked,
    next_lesson,
    without,
)
from lms.rules.programmes import Programme
from lms.services.curriculum.shown import ShownModule, shown_at
from lms.services.curriculum.texts import (
    KIND,
    Done,
    Texts,
    alike_in,
    module_at,
    modules_done,
    texts_read,
)
from lms.services.publishing import (
    current_version,
    definition_of,
    list_current_versions,
    titles_by_slug,
    until_published,
)


@dataclass(frozen=True, slots=True)
class ModuleRow:
    """One module in the list. Units: whole minutes; `minutes_left` of what is not read yet.

    Shape: `changed` counts the lessons that were read and now teach something else; `asks_newer`
           says that all is read, and that the programme asks for a newer version than was counted.
    """

    slug: str
    title: Wording
    summary: Wording
    minutes: int
    minutes_left: int
    lessons: int
    read: int
    state: ModuleState
    completed_on: date | None
    is_asked: bool
    is_core: bool
    changed: int = 0
    asks_newer: bool = False


@dataclass(frozen=True, slots=True)
class ModulePage:
    """A module as one reader meets it; `next_lesson` is a slug, None when all is read.

    Shape: `module` is without what the reader's programme omits; `left_out` are the titles of those
           lessons, with the reason; `asks_newer` is as in the list of modules.
    """

    version: ContentVersion
    module: Module
    shown: ShownModule
    states: Mapping[str, LessonState]
    state: ModuleState
    completed_on: date | None
    next_lesson: str | None
    left_out: Mapping[str, str]
    asks_newer: bool = False


@dataclass(frozen=True, slots=True)
class NextLesson:
    """The lesson that waits for a trainee: for Today. `module` is the slug of `whole`.

    Shape: `has_changed` says that it was read, and teaches something else now.
    """

    module: str
    whole: Module
    lesson: Lesson
    number: int
    of: int
    is_begun: bool
    has_changed: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a trainee has still to read of what the programme asks for.

    Shape: `next` is the lesson to go on with; `changed` are those that were read, teach something
           else now, and are asked for again, each with its module.
    """

    next: NextLesson | None
    changed: tuple[tuple[Module, Lesson], ...]


def list_modules(
    session: Session, place: Enrolment | None, language: str = SOURCE_LANGUAGE
) -> list[ModuleRow]:
    """Return all modules as they stand for a place: what the programme asks for comes first.

    Edge: titles and summaries are in `language` where they are translated into it.
    """
    versions = list_current_versions(session, KIND)
    readings = texts_read(session, place.id) if place else {}
    completed = modules_done(session, place.id) if place else {}
    programme = find_programme(session, place)
    requirements = programme.requirements if programme else ()
    asked, since = modules_asked(requirements), asked_since(requirements)
    rows = [
        _row(
            met_by(programme, module_at(session, version.id, version.hash)),
            alike_in(session, version.alike),
            readings.get(version.slug, {}),
            completed.get(version.slug),
            is_asked=version.slug in asked,
            since=since.get(version.slug, 0),
            language=language,
        )
        for version in versions
    ]
    order = {slug: position for position, slug in enumerate(asked)}
    return sorted(rows, key=lambda row: order.get(row.slug, len(order)))


def find_programme(session: Session, place: Enrolment | None) -> Programme | None:
    """Return the programme that a place is pinned to, None without a place."""
    if place is None:
        return None
    version = session.get_one(ContentVersion, place.programme_version_id)
    programme: Programme = definition_of(session, version)
    return programme


def met_by(programme: Programme | None, module: Module) -> Module:
    """Return a module as the people of a programme meet it: without what it omits."""
    return without(module, left_out_of(programme, module.slug))


def _row(
    module: Module,
    alike: Alike,
    read: Texts,
    done: Done | None,
    *,
    is_asked: bool,
    since: int,
    language: str,
) -> ModuleRow:
    states = lesson_states(module, read, alike)
    return ModuleRow(
        slug=module.slug,
        title=module_title(module, language),
        summary=module_summary(module, language),
        minutes=minutes_of(module),
        minutes_left=minutes_left(module, states),
        lessons=len(states),
        read=sum(state is LessonState.READ for state in states.values()),
        state=module_state(states, completed=done is not None),
        completed_on=done.on if done else None,
        is_asked=is_asked,
        is_core=module.head.core,
        changed=sum(state is LessonState.CHANGED for state in states.values()),
        asks_newer=_asks_newer(states, done, since),
    )


def _asks_newer(states: Mapping[str, LessonState], done: Done | None, since: int) -> bool:
    """Say whether all is read and yet counts for an earlier version than is asked for."""
    return done is not None and done.version < since and next_lesson(states) is None


def open_module(session: Session, slug: str, place: Enrolment | None) -> ModulePage:
    """Return a module's newest version as it stands for a place. Raises: MissingError."""
    version = current_version(session, KIND, slug)
    whole = module_at(session, version.id, version.hash)
    programme = find_programme(session, place)
    since = asked_since(programme.requirements) if programme else {}
    reasons = left_out_of(programme, slug)
    module = met_by(programme, whole)
    read = texts_read(session, place.id, slug).get(slug, {}) if place else {}
    done = modules_done(session, place.id).get(slug) if place else None
    states = lesson_states(module, read, alike_in(session, version.alike))
    return ModulePage(
        version=version,
        module=module,
        shown=shown_at(session, version),
        states=states,
        state=module_state(states, completed=done is not None),
        completed_on=done.on if done else None,
        next_lesson=next_lesson(states),
        left_out={
            lesson.head.title: reasons[lesson.slug]
            for lesson in whole.lessons
            if lesson not in module.lessons
        },
        asks_newer=_asks_newer(states, done, since.get(slug, 0)),
    )


def find_next_lesson(session: Session, place: Enrolment) -> NextLesson | None:
    """Return the lesson that waits for a trainee among the modules of the programme, or None."""
    return find_waiting(session, place).next


def find_waiting(session: Session, place: Enrolment) -> Waiting:
    """Return what a trainee has still to read of the modules of the programme.

    Edge: a module that was completed is done, unless the programme asks for a newer version.
    """
    readings = texts_read(session, place.id)
    done = modules_done(session, place.id)
    versions = {version.slug: version for version in list_current_versions(session, KIND)}
    programme = find_programme(session, place)
    requirements = programme.requirements if programme else ()
    since = asked_since(requirements)
    first: NextLesson | None = None
    changed: list[tuple[Module, Lesson]] = []
    for slug in modules_asked(requirements):
        if slug not in versions or (slug in done and done[slug].version >= since.get(slug, 0)):
            continue
        module = met_by(programme, module_at(session, versions[slug].id, versions[slug].hash))
        alike = alike_in(session, versions[slug].alike)
        states = lesson_states(module, readings.get(slug, {}), alike)
        first = first or _next_in(module, states)
        known = LessonState.CHANGED
        changed += [(module, one) for one in module.lessons if states[one.slug] is known]
    return Waiting(first, tuple(changed))


def _next_in(module: Module, states: Mapping[str, LessonState]) -> NextLesson | None:
    waiting = next_lesson(states)
    if waiting is None:
        return None
    number = list(states).index(waiting) + 1
    return NextLesson(
        module=module.slug,
        whole=module,
        lesson=module.lessons[number - 1],
        number=number,
        of=len(states),
        is_begun=module_state(states, completed=False) is ModuleState.UNDER_WAY,
        has_changed=states[waiting] is LessonState.CHANGED,
    )


def list_titles(session: Session, language: str) -> Mapping[str, Wording]:
    """Return the present titles of modules and the like by slug, each in `language` if it can be.

    Edge: they are kept until something is published.
    """
    return until_published(session, f"titles {language}", lambda: _titles(session, language))


def _titles(session: Session, language: str) -> Mapping[str, Wording]:
    found = {slug: Wording(title) for slug, title in titles_by_slug(session).items()}
    if language != SOURCE_LANGUAGE:
        for version in list_current_versions(session, KIND):
            module = module_at(session, version.id, version.hash)
            found[version.slug] = module_title(module, language)
    return found
