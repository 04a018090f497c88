"""Opening a lesson: in which version, which way and which language, with what is kept of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Integer, String, bindparam, literal, select, union_all
from sqlalchemy.orm import Session

from lms.content.rendering import RenderedLesson, RenderedTranslation
from lms.models import CheckAnswer, ContentVersion, Enrolment, LessonReading
from lms.rules.curriculum import SOURCE_LANGUAGE, Lesson, Module
from lms.rules.definitions import ContentNote
from lms.rules.learning import (
    LessonState,
    Wording,
    in_language,
    left_out_of,
    lesson_states,
    other_way,
    without,
)
from lms.rules.notes import Wishes, added_note, note_with, stands_first
from lms.rules.programmes import Programme
from lms.services.curriculum.newer import Newer, Said, Wanted, find_newer
from lms.services.curriculum.shown import shown_at
from lms.services.curriculum.texts import (
    Texts,
    VersionRef,
    alike_in,
    find_version,
    lesson_in,
    module_at,
    place_of,
)
from lms.services.curriculum.ways import NOTHING, find_ways
from lms.services.errors import LeftOutError, MissingError
from lms.services.publishing import definition_at


class Told(NamedTuple):
    """A content note as it is told, and its words, each in the language that they are in."""

    note: ContentNote
    words: tuple[Wording, ...]


@dataclass(frozen=True, slots=True)
class LessonPage:
    """A lesson as one reader meets it.

    Shape: `number` counts from 1; `answers` maps a block, or `situation/step`, to the ids chosen;
           `current` is the number of the module's newest version; `ways` are the lesson as it is
           written and, where there is one, its equal route; `is_other` says that `lesson` and
           `shown` are the latter; `newer` is what the newest version says where another is shown;
           `translation` is the lesson in the reader's language, where there is one: `lesson` and
           `shown` are it, but for `in_original`, which says that the reader asked for the source.
    """

    version: VersionRef
    current: int
    module: Module
    lesson: Lesson
    shown: RenderedLesson
    number: int
    states: Mapping[str, LessonState]
    answers: Mapping[str, tuple[str, ...]]
    ways: tuple[Lesson, ...]
    is_other: bool
    wishes: Wishes
    translation: RenderedTranslation | None = None
    in_original: bool = False
    newer: Newer = field(default_factory=Newer)

    @property
    def language(self) -> str:
        """Return the language of the text that is shown."""
        is_told = self.translation is not None and not self.in_original
        return self.translation.language if self.translation and is_told else SOURCE_LANGUAGE

    @property
    def has_other(self) -> bool:
        """Say whether there is another way to the same aim."""
        return len(self.ways) > 1

    @property
    def written(self) -> Lesson:
        """Return the lesson as it is written, whichever way is shown."""
        return self.ways[0]

    @property
    def told(self) -> Told | None:
        """Return the content note of what is shown, with what the newest version's note adds."""
        return self._told(self.lesson.head.content_note, self.newer.notes[self.is_other])

    def told_at(self, part: str, note: ContentNote | None) -> Told | None:
        """Return the same of one part of the text, by its id and the note that it has."""
        return self._told(note, dict(self.newer.blocks).get(part))

    def _told(self, own: ContentNote | None, newest: Said | None) -> Told | None:
        note = note_with(own, newest.note if newest else None)
        if note is None:
            return None
        words = [Wording(own.words, self.language)] if own else []
        if newest and added_note(own, newest.note):
            words.append(Wording(newest.note.words, newest.language))
        return Told(note, tuple(dict.fromkeys(words)))

    @property
    def waits(self) -> bool:
        """Say whether the content note comes before the text."""
        return self.told is not None and stands_first(self.told.note, self.wishes)

    @property
    def notes_told(self) -> tuple[ContentNote | None, ...]:
        """Return the notes of the ways through the lesson, each with what the newest adds."""
        return tuple(note_with(own, newest) for own, newest in self._notes())

    @property
    def on(self) -> int | None:
        """Return how an address says that the notes were read, None where none comes first.

        Shape: 1, or the newest version's number where its notes add what is to be told of first;
               the same on both ways: a history does not tell them apart.
        """
        added = (added_note(own, newest) for own, newest in self._notes())
        if any(stands_first(note, self.wishes) for note in added):
            return self.current
        return 1 if any(stands_first(note, self.wishes) for note in self.notes_told) else None

    def _notes(self) -> Iterator[tuple[ContentNote | None, ContentNote | None]]:
        for way, newest in zip(self.ways, self.newer.notes, strict=False):
            yield way.head.content_note, newest.note if newest else None


def open_lesson(
    session: Session,
    slug: str,
    lesson: str,
    *,
    number: int | None,
    reader_id: int | None,
    is_other: bool = False,
    language: str = SOURCE_LANGUAGE,
    in_original: bool = False,
) -> LessonPage:
    """Return a lesson in the version asked for, None being the newest.

    Edge:   `reader_id` is the trainee whose readings, answers and ways are shown, None for others;
            `is_other` is the way that those others ask for; a lesson that is translated into
            `language` is shown so, but for `in_original`.
    Raises: MissingError; LeftOutError where the trainee's programme omits the lesson.
    """
    version, newest = find_version(session, slug, number)
    whole = module_at(session, version.id, version.hash)
    kept = _kept(session, reader_id, slug, lesson) if reader_id else _Kept()
    reasons = left_out_of(kept.programme, slug)
    module = without(whole, reasons)
    found, ways = _ways(whole, module, lesson, reasons)
    noted = len(ways) > 1 or any(_has_note(session, ref, lesson) for ref in {version, newest})
    own = find_ways(session, reader_id) if reader_id and noted else NOTHING
    key = f"{slug}/{lesson}"
    other = len(ways) > 1 and (key in own.others if reader_id else is_other)
    wanted = Wanted(lesson, language, is_other=other, in_original=in_original)
    shown = shown_at(session, version)
    text = wanted.text_in(shown)
    if text is None:
        raise MissingError
    if not in_original:
        ways = _ways_told(whole, ways, language)
    translation = wanted.translation_in(shown)
    read = ways[1 if other else 0]
    return LessonPage(
        version=version,
        current=newest.number,
        module=module,
        lesson=read,
        shown=text,
        number=module.lessons.index(found) + 1,
        states=lesson_states(module, kept.read, alike_in(session, version.alike)),
        answers=own.answers.get(key, {}) if other else kept.answers,
        ways=ways,
        is_other=other,
        wishes=own.wished,
        translation=translation,
        in_original=in_original and translation is not None,
        newer=find_newer(session, newest, wanted, text, read) if version != newest else Newer(),
    )


def _has_note(session: Session, version: VersionRef, lesson: str) -> bool:
    found = lesson_in(module_at(session, version.id, version.hash), lesson)
    return found is not None and found.head.content_note is not None


def _ways_told(module: Module, ways: tuple[Lesson, ...], language: str) -> tuple[Lesson, ...]:
    """Return the ways through a lesson, each in a language that it is translated into."""
    there = (module.translations, module.route_translations)
    return tuple(in_language(way, found, language) for way, found in zip(ways, there, strict=False))


def _ways(
    whole: Module, module: Module, slug: str, reasons: Mapping[str, str]
) -> tuple[Lesson, tuple[Lesson, ...]]:
    """Return a lesson and the ways through it. Raises: MissingError, LeftOutError."""
    found = lesson_in(module, slug)
    if found is None:
        left_out = lesson_in(whole, slug)
        if left_out is not None:
            raise LeftOutError(left_out.head.title, reasons[slug])
        raise MissingError
    routes = (other_way(found, route) for route in module.equal_routes if route.slug == slug)
    return found, (found, *routes)


_KEPT = union_all(
    select(
        LessonReading.lesson.label("name"),
        literal("", String).label("chosen"),
        LessonReading.version_id.label("version_id"),
        ContentVersion.hash.label("hash"),
        literal("reading", String).label("kind"),
    )
    .join(ContentVersion, ContentVersion.id == LessonReading.version_id)
    .where(
        LessonReading.enrolment_id == place_of(bindparam("person")),
        LessonReading.module == bindparam("module"),
    ),
    select(
        CheckAnswer.block,
        CheckAnswer.chosen,
        literal(0, Integer),
        literal("", String),
        literal("answer", String),
    ).where(
        CheckAnswer.enrolment_id == place_of(bindparam("person")),
        CheckAnswer.module == bindparam("module"),
        CheckAnswer.lesson == bindparam("lesson"),
    ),
    select(
        literal("", String),
        literal("", String),
        ContentVersion.id,
        ContentVersion.hash,
        literal("programme", String),
    )
    .join(Enrolment, Enrolment.programme_version_id == ContentVersion.id)
    .where(Enrolment.id == place_of(bindparam("person"))),
)


@dataclass(slots=True)
class _Kept:
    """What is kept of a trainee in a module and a lesson of it, and the programme they are in."""

    read: Texts = field(default_factory=dict)
    answers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    programme: Programme | None = None


def _kept(session: Session, person_id: int, slug: str, lesson: str) -> _Kept:
    """Return in one query what a trainee has read of a module and answered in a lesson."""
    kept = _Kept()
    asked = {"person": person_id, "module": slug, "lesson": lesson}
    for row in session.connection().execute(_KEPT, asked):
        if row.kind == "answer":
            kept.answers[row.name] = tuple(row.chosen.split(","))
        elif row.kind == "programme":
            kept.programme = definition_at(session, row.version_id, row.hash)
        else:
            text = lesson_in(module_at(session, row.version_id, row.hash), row.name)
            if text is not None:
                kept.read.setdefault(row.name, []).append(text)
    return kept
