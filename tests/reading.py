"""Builders for the tests of learning: newer versions of modules and agreements."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from lms.rules.curriculum import Module, Text
from lms.services.publishing import publish_library
from tests.cast import NOW, library

MODULE = "boundaries"
LESSON = "ask-first-record-review"
CHECK = "the-new-flat"


def module_named(slug: str = MODULE) -> Module:
    """Return a module of the project's own."""
    found: Module = next(module for module in library().modules if module.slug == slug)
    return found


def lessons_of(slug: str = MODULE) -> list[str]:
    """Return the lessons of a module in order."""
    return [lesson.slug for lesson in module_named(slug).lessons]


def publish_again(session: Session, thing: Any) -> None:
    """Publish a newer version of one module or agreement."""
    kind = "modules" if isinstance(thing, Module) else "agreements"
    others = [other for other in getattr(library(), kind) if other.slug != thing.slug]
    publish_library(session, replace(library(), **{kind: (*others, thing)}), by=None, now=NOW)
    session.commit()


def with_new_words(module: Module, lesson: str) -> Module:
    """Return a module with one lesson changed."""
    lessons = tuple(
        replace(one, parts=(*one.parts, Text("One more thing."))) if one.slug == lesson else one
        for one in module.lessons
    )
    return replace(module, lessons=lessons)


def agreement_named(slug: str) -> Any:
    """Return an agreement of the project's own."""
    return next(found for found in library().agreements if found.slug == slug)


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """Return a list that fills with the questions sent to the database meanwhile."""
    asked: list[str] = []
    connection = session.connection()

    def note(conn: Any, cursor: Any, statement: str, *more: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            asked.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(connection, "before_cursor_execute", note)
