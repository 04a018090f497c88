"""Lessons, their equal routes and a module's card, each from its text: head, prose, blocks."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lms.content.blocks import cut, read_part
from lms.content.definitions import Written, read_written
from lms.content.errors import ProblemCode, Problems
from lms.content.files import LESSON_LIMIT_BYTES, line_at, read_text, tidy_text
from lms.content.heads import Divided, divide
from lms.content.readability import count_words
from lms.rules.curriculum import (
    Block,
    Card,
    CardHead,
    EqualHead,
    EqualRoute,
    Lesson,
    LessonHead,
    LocalEntries,
    Part,
    PhaseShown,
    Text,
    Translation,
    TranslationHead,
)

CARD_LIMIT_WORDS = 220

_HEADING = re.compile(r"^## ", re.MULTILINE)
_ENTRY = re.compile(r"^(?:[-*+]|[0-9]{1,2}\.) ", re.MULTILINE)
_NOT_ON_CARDS = re.compile(r"\[@|^[ \t]*(?:`{3,}|~{3,})|^!!! ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class WrittenLesson:
    """A lesson with what is needed to say where in its file something stands."""

    lesson: Lesson
    text: str
    head: Written[LessonHead]
    blocks: tuple[Written[Block], ...]


@dataclass(frozen=True, slots=True)
class WrittenRoute:
    """An equal route with the same."""

    route: EqualRoute
    text: str
    head: Written[EqualHead]
    blocks: tuple[Written[Block], ...]


@dataclass(frozen=True, slots=True)
class WrittenTranslation:
    """A translated lesson with the same."""

    translation: Translation
    text: str
    head: Written[TranslationHead]
    blocks: tuple[Written[Block], ...]


@dataclass(frozen=True, slots=True)
class WrittenCard:
    """A card with its file's text."""

    card: Card
    text: str
    problems: Problems


def read_lesson(path: Path, slug: str, problems: Problems) -> WrittenLesson | None:
    """Return the lesson of a file, or None where it cannot be used."""
    text = read_text(path, problems, LESSON_LIMIT_BYTES)
    return lesson_from(text, slug, problems) if text is not None else None


def lesson_from(written: str, slug: str, problems: Problems) -> WrittenLesson | None:
    """Return the lesson that a text holds, or None where it cannot be used."""
    text = tidy_text(written, problems, LESSON_LIMIT_BYTES)
    divided = divide(text, problems) if text is not None else None
    if text is None or divided is None:
        return None
    head = read_written(LessonHead, divided.head, problems, 2)
    parts, blocks = _parts(divided, problems)
    if head is None:
        return None
    return WrittenLesson(Lesson(slug, head.value, parts), text, head, blocks)


def read_route(path: Path, slug: str, problems: Problems) -> WrittenRoute | None:
    """Return the equal route of a file, or None where it cannot be used."""
    text = read_text(path, problems, LESSON_LIMIT_BYTES)
    divided = divide(text, problems) if text is not None else None
    if text is None or divided is None:
        return None
    head = read_written(EqualHead, divided.head, problems, 2)
    parts, blocks = _parts(divided, problems)
    if head is None:
        return None
    return WrittenRoute(EqualRoute(slug, head.value, parts), text, head, blocks)


def read_translation(
    path: Path, slug: str, language: str, problems: Problems
) -> WrittenTranslation | None:
    """Return the translation of a file, or None where it cannot be used."""
    text = read_text(path, problems, LESSON_LIMIT_BYTES)
    divided = divide(text, problems) if text is not None else None
    if text is None or divided is None:
        return None
    head = read_written(TranslationHead, divided.head, problems, 2)
    parts, blocks = _parts(divided, problems)
    if head is None:
        return None
    translation = Translation(slug, language, head.value, parts)
    return WrittenTranslation(translation, text, head, blocks)


def read_card(path: Path, problems: Problems) -> WrittenCard | None:
    """Return the card of a file, or None; that it is short and plain is checked."""
    text = read_text(path, problems, LESSON_LIMIT_BYTES)
    divided = divide(text, problems) if text is not None else None
    head = read_written(CardHead, divided.head, problems, 2) if divided else None
    if text is None or divided is None or head is None:
        return None
    words = divided.body.strip()
    check_card_words(words, divided, problems)
    return WrittenCard(Card(head.value.title, words), text, problems)


def check_card_words(words: str, divided: Divided, problems: Problems) -> None:
    """Note where a card's words are not short lists under headings."""
    start = divided.body_line
    number = count_words(words)
    if number > CARD_LIMIT_WORDS:
        message = f"The card has {number} words; {CARD_LIMIT_WORDS} is the most. Leave some out."
        problems.add(ProblemCode.CARD, message, line=start)
    if not _HEADING.search(words) or not _ENTRY.search(words):
        message = "A card is short lists under headings. Write '## …' and lines with '- '."
        problems.add(ProblemCode.CARD, message, line=start)
    strange = _NOT_ON_CARDS.search(divided.body)
    if strange:
        message = "A card holds lists only: no citation, block or callout. Take it out."
        line = line_at(divided.body, strange.start(), start)
        problems.add(ProblemCode.CARD, message, line=line)


def _parts(
    divided: Divided, problems: Problems
) -> tuple[tuple[Part, ...], tuple[Written[Block], ...]]:
    runs = cut(divided.body, divided.body_line, problems)
    if not runs:
        message = "The lesson has no words yet. Write them under the head."
        problems.add(ProblemCode.EMPTY, message, line=divided.body_line)
    parts = [part for run in runs if (part := read_part(run, problems)) is not None]
    _note_repeated(parts)
    plain = tuple(part.value if isinstance(part, Written) else part for part in parts)
    return plain, tuple(part for part in parts if isinstance(part, Written))


def _note_repeated(parts: list[Text | Written[Any]]) -> None:
    seen: dict[tuple[str, str], int] = {}
    for written in (part for part in parts if isinstance(part, Written)):
        if isinstance(written.value, LocalEntries):
            continue
        name = "phase" if isinstance(written.value, PhaseShown) else "id"
        identifier = written.value.id
        line = written.document.line_of(("id",))
        if (name, identifier) in seen:
            first = seen[name, identifier]
            message = f"The {name} '{identifier}' is on line {first} already. Change one."
            written.add(ProblemCode.DUPLICATE_ID, message, "id")
        seen.setdefault((name, identifier), line)
