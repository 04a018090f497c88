"""Versions of modules as they are read, parsed once a process, and what of them was read."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from lms.models import Completion, ContentVersion, Enrolment, LessonReading
from lms.rules.cohorts import EnrolmentState
from lms.rules.curriculum import Lesson, Module
from lms.rules.learning import Alike
from lms.services.errors import MissingError
from lms.services.publishing import alike_refs, definition_of, until_published

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


class VersionRef(NamedTuple):
    """Which version of a module is read: enough to find its texts, which are kept in memory."""

    id: int
    hash: str
    slug: str
    number: int
    alike: str = ""


def find_newest(session: Session, slug: str) -> VersionRef:
    """Return a module's newest version, kept until something is published. Raises: MissingError."""
    return until_published(session, f"{KIND} {slug}", lambda: _newest(session, slug))


def _newest(session: Session, slug: str) -> VersionRef:
    return _named(session.scalars(_NEWEST, {"slug": slug}).one_or_none())


def _numbered(session: Session, slug: str, number: int) -> VersionRef:
    return _named(session.scalars(_NUMBERED, {"slug": slug, "number": number}).one_or_none())


def _named(found: ContentVersion | None) -> VersionRef:
    if found is None:
        raise MissingError
    return VersionRef(found.id, found.hash, found.slug, found.number, found.alike)


_alike: dict[str, dict[str, list[Lesson]]] = {}


def alike_in(session: Session, written: str) -> Alike:
    """Return the earlier texts that teach the same as a version's own, from its `alike`."""
    if not written:
        return {}
    if written not in _alike:
        if len(_alike) >= KEPT_IN_MEMORY:
            _alike.clear()
        _alike[written] = {
            slug: [text for name in names if (text := lesson_in(module_at(session, *name), slug))]
            for slug, names in alike_refs(written).items()
        }
    return _alike[written]


_VERSIONS = select(ContentVersion).where(
    ContentVersion.kind == KIND, ContentVersion.slug == bindparam("slug")
)
_NEWEST = _VERSIONS.order_by(ContentVersion.number.desc()).limit(1)
_NUMBERED = _VERSIONS.where(ContentVersion.number == bindparam("number"))
"""Built once: a lesson is opened more often than anything else, and building costs as asking."""


def find_version(session: Session, slug: str, number: int | None) -> tuple[VersionRef, VersionRef]:
    """Return the version asked for (None is the newest) and the newest. Raises: MissingError."""
    newest = find_newest(session, slug)
    if number is None or number == newest.number:
        return newest, newest
    key = f"{KIND} {slug} {number}"
    return until_published(session, key, lambda: _numbered(session, slug, number)), newest


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


class Done(NamedTuple):
    """When a module was first completed, and the newest version that it was completed in."""

    on: date
    version: int


def modules_done(session: Session, place: Any) -> dict[str, Done]:
    """Return the modules that were completed at a place."""
    query = (
        select(
            Completion.module,
            func.min(Completion.happened_on),
            func.max(Completion.version_number),
        )
        .where(Completion.enrolment_id == place, Completion.replaced_at.is_(None))
        .group_by(Completion.module)
    )
    return {row[0]: Done(row[1], row[2]) for row in session.execute(query)}
