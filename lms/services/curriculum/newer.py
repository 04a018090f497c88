"""What the newest version of a lesson says beyond the one that its reader keeps open."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.orm import Session

from lms.content.rendering import (
    RenderedCheck,
    RenderedExercise,
    RenderedLesson,
    RenderedSituation,
    RenderedTranslation,
)
from lms.rules.curriculum import SOURCE_LANGUAGE, Lesson, Module, Translation
from lms.rules.definitions import ContentNote
from lms.rules.learning import in_language, other_way
from lms.services.curriculum.shown import ShownModule, shown_at
from lms.services.curriculum.texts import VersionRef, lesson_in, module_at

BLOCKS = (RenderedCheck, RenderedExercise, RenderedSituation)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one reader is to be shown of a module's version."""

    lesson: str
    language: str
    is_other: bool
    in_original: bool

    def translation_in(self, shown: ShownModule) -> RenderedTranslation | None:
        """Return the translation of this way into the reader's language, if there is one."""
        there = shown.other_translations if self.is_other else shown.translations
        return there.get((self.lesson, self.language))

    def text_in(self, shown: ShownModule) -> RenderedLesson | None:
        """Return what is shown, None where the version has no such lesson."""
        translation = None if self.in_original else self.translation_in(shown)
        there = shown.others if self.is_other else shown.lessons
        return translation.lesson if translation else there.get(self.lesson)


class Said(NamedTuple):
    """A content note as a version has it, and the language of its words."""

    note: ContentNote
    language: str


@dataclass(frozen=True, slots=True)
class Newer:
    """What the newest version says of a lesson; nothing, where that one is shown.

    Shape: `says_other` that its title, note or text is another, in the reader's language; `notes`
           are the notes of the lesson as it is written and of its equal route, `blocks` those of
           its parts, each with the part's id. It is all that a page shows of the newest.
    """

    says_other: bool = False
    notes: tuple[Said | None, Said | None] = (None, None)
    blocks: tuple[tuple[str, Said], ...] = ()


def find_newer(
    session: Session, newest: VersionRef, wanted: Wanted, text: RenderedLesson, kept: Lesson
) -> Newer:
    """Return what the newest version says of a lesson that is shown as `text`, `kept` its words.

    Edge: where the newest version has this lesson, or this way, no more, it says nothing.
    """
    ways = _ways_in(module_at(session, newest.id, newest.hash), wanted)
    found = wanted.text_in(shown_at(session, newest))
    now = ways[wanted.is_other]
    if found is None or now is None:
        return Newer()
    head, before = now.lesson.head, kept.head
    return Newer(
        found != text or (head.title, head.content_note) != (before.title, before.content_note),
        (_note_of(ways[0]), _note_of(ways[1])),
        tuple((part, Said(note, now.language)) for part, note in _part_notes(found)),
    )


class _Way(NamedTuple):
    lesson: Lesson
    language: str


def _ways_in(module: Module, wanted: Wanted) -> tuple[_Way | None, _Way | None]:
    """Return a lesson and its equal route as a version tells them in the reader's language."""
    lesson = lesson_in(module, wanted.lesson)
    if lesson is None:
        return None, None
    routes = (one for one in module.equal_routes if one.slug == wanted.lesson)
    other = next((other_way(lesson, route) for route in routes), None)
    written = _way(lesson, module.translations, wanted)
    return written, _way(other, module.route_translations, wanted) if other else None


def _way(lesson: Lesson, translations: tuple[Translation, ...], wanted: Wanted) -> _Way:
    language = SOURCE_LANGUAGE if wanted.in_original else wanted.language
    told = in_language(lesson, translations, language)
    return _Way(told, SOURCE_LANGUAGE if told is lesson else language)


def _note_of(way: _Way | None) -> Said | None:
    note = way.lesson.head.content_note if way else None
    return Said(note, way.language) if way and note else None


def _part_notes(text: RenderedLesson) -> Iterator[tuple[str, ContentNote]]:
    """Yield the parts of a text that have a note of their own, by id."""
    for part in text.parts:
        if isinstance(part, BLOCKS) and part.content_note is not None:
            yield part.id, part.content_note
