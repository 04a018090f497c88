"""Builders for the tests of learning: newer versions of modules and agreements."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from lms.content.pictures import Picture
from lms.content.rendering import picture_address
from lms.rules.curriculum import (
    Check,
    CheckOption,
    EqualHead,
    EqualRoute,
    Module,
    PictureRef,
    Text,
)
from lms.rules.curriculum import Reflection as Prompt
from lms.rules.definitions import ContentNote
from lms.rules.programmes import LeftOut
from lms.services.authoring.skeletons import EXAMPLES
from lms.services.publishing import current_version, publish_library
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
    publish_only(session, **{kind: (thing,)})
    session.commit()


def publish_only(session: Session, **given: Any) -> None:
    """Publish parts of a library; what is not given stays as it is."""
    parts = ("modules", "assessments", "rubrics", "scenarios", "agreements", "programmes", "packs")
    others: dict[str, Any] = {name: () for name in parts if name not in given}
    publish_library(session, replace(library(), sources={}, **others, **given), by=None, now=NOW)


def publish_picture(session: Session, name: str, data: bytes) -> str:
    """Publish a version of the module whose first lesson shows a picture; return its address."""
    picture = Picture(name, "image/svg+xml", data)
    module = module_named()
    first = module.lessons[0]
    shown = replace(first, parts=(*first.parts, Text(f"![A line](img/{name})")))
    module = replace(
        module,
        lessons=(shown, *module.lessons[1:]),
        pictures=(PictureRef(name, picture.stamp),),
    )
    publish_only(session, modules=(module,), pictures={MODULE: (picture,)})
    session.commit()
    return picture_address(MODULE, name, picture.stamp)


def publish_lesson(
    session: Session, *parts: Any, note: ContentNote | None = None, **module: Any
) -> str:
    """Publish a module whose first lesson holds these parts; return the lesson's address."""
    found = module_named()
    first = found.lessons[0]
    lesson = replace(first, head=replace(first.head, content_note=note), parts=parts)
    publish_again(session, replace(found, lessons=(lesson, *found.lessons[1:]), **module))
    return f"/modules/{MODULE}/{lesson.slug}"


CHOICE = Check(
    "who-holds-it",
    "Who holds the phone?",
    (
        CheckOption("a", "She does.", "Perhaps."),
        CheckOption("b", "Anybody.", "Yes, any hand.", right=True),
    ),
)
CLOSE_WORDS = "The hard words stand here."
OTHER_WORDS = "The same aim in gentle words."
WAYS_NOTE = ContentNote(("control", "threats"), "light", "This lesson speaks of control.")


def publish_two_ways(
    session: Session,
    *,
    note: ContentNote | None = WAYS_NOTE,
    other_note: ContentNote | None = None,
    lessons: int = 1,
) -> str:
    """Publish a module whose first lesson has an equal route; return the lesson's address."""
    found = module_named()
    first = found.lessons[0]
    box = Prompt("own-line", "Which line is yours?")
    lesson = replace(
        first,
        head=replace(first.head, content_note=note),
        parts=(Text(CLOSE_WORDS), CHOICE, box),
    )
    head = EqualHead("A gentler title", 10, (), other_note)
    check = replace(CHOICE, question="In gentle words: who holds it?")
    route = EqualRoute(first.slug, head, (Text(OTHER_WORDS), check, box))
    module = replace(
        found, lessons=(lesson, *found.lessons[1:lessons]), equal_routes=(route,), terms=()
    )
    publish_again(session, module)
    return f"/modules/{MODULE}/{lesson.slug}"


def leave_out(session: Session, place: Any, *lessons: str, reason: str = "We teach it.") -> None:
    """Publish the demo programme without some lessons of the module; pin a place to it."""
    omits = tuple(LeftOut(module=MODULE, lesson=slug, reason=reason) for slug in lessons)
    programmes = tuple(replace(one, omits=omits) for one in library().programmes)
    publish_only(session, programmes=programmes)
    version = current_version(session, "programme", "peer-support-demo")
    place.programme_version_id = version.id
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


def written_over(text):
    """Return the text of a new file with an author's own words in place of the examples."""
    for example in EXAMPLES:
        text = text.replace(example, "- Our own." if example.startswith("- ") else "Our own words.")
    return text.replace("authors: Our own words.", "authors: [Us]")
