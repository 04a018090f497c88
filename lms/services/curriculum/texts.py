"""Versions of modules as they are read, parsed once a process, and what of them was read."""

from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from lms.models import Completion, ContentVersion, Enrolment, LessonReading
from lms.rules.cohorts import EnrolmentState
from lms.rules.curriculum import Lesson, Module
from lms.services.errors import MissingError
from lms.services.publishing import definition_of

KIND = "module"

_definitions: dict[str, Module] = {}
KEPT_IN_MEMORY = 500


def module_at(session: Session, version_id: int, content_hash: str) -> Module:
    """Return a version's definition; a hash names one text for ever, so it is read once."""
    if content_hash not in _definitions:
        if len(_definitions) >= KEPT_IN_MEMORY:
            _definitions.clear()
        version = session.get_one(ContentVersion, version_id)
        _definitions[content_hash] = definition_of(session, version)
    return _definitions[content_hash]


_VERSIONS = select(ContentVersion).where(
    ContentVersion.kind == KIND, ContentVersion.slug == bindparam("slug")
)
_NEWEST = _VERSIONS.order_by(ContentVersion.number.desc()).limit(1)
_NUMBERED = _VERSIONS.where(ContentVersion.number == bindparam("number"))
"""Built once: a lesson is opened more often than anything else, and building costs as asking."""


def find_version(session: Session, slug: str, number: int | None) -> tuple[ContentVersion, int]:
    """Return the version asked for (None is the newest) and the newest one's number."""
    newest = session.scalars(_NEWEST, {"slug": slug}).one_or_none()
    if newest is None:
        raise MissingError
    if number is None or number == newest.number:
        return newest, newest.number
    named = {"slug": slug, "number": number}
    version = session.scalars(_NUMBERED, named).one_or_none()
    if version is None:
        raise MissingError
    return version, newest.number


def place_of(person_id: Any) -> Any:
    """Return, for use inside a query, the id of a person's newest place not withdrawn."""
    return (
        select(func.max(Enrolment.id))
        .where(Enrolment.person_id == person_id, Enrolment.state != EnrolmentState.WITHDRAWN)
        .scalar_subquery()
    )


Texts = dict[str, list[Lesson]]


def texts_read(session: Session, place: Any, module: str | None = None) -> dict[str, Texts]:
    """Return the texts that were read at a place, by module and lesson."""
    query = (
        select(
            LessonReading.module,
            LessonReading.lesson,
            LessonReading.version_id,
            ContentVersion.hash,
        )
        .join(ContentVersion, ContentVersion.id == LessonReading.version_id)
        .where(LessonReading.enrolment_id == place)
    )
    if module is not None:
        query = query.where(LessonReading.module == module)
    found: dict[str, Texts] = {}
    for row in session.execute(query):
        text = lesson_in(module_at(session, row.version_id, row.hash), row.lesson)
        if text is not None:
            found.setdefault(row.module, {}).setdefault(row.lesson, []).append(text)
    return found


def lesson_in(module: Module, slug: str) -> Lesson | None:
    return next((lesson for lesson in module.lessons if lesson.slug == slug), None)


def days_completed(session: Session, place: Any) -> dict[str, date]:
    """Return the day each module was first completed at a place."""
    query = (
        select(Completion.module, func.min(Completion.happened_on))
        .where(Completion.enrolment_id == place, Completion.replaced_at.is_(None))
        .group_by(Completion.module)
    )
    return {row[0]: row[1] for row in session.execute(query)}
