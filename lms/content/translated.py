"""Translations beside a module's files: of lessons, equal routes, the card and its own page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lms.content.definitions import Written, read_written
from lms.content.errors import ProblemCode, Problems
from lms.content.files import LESSON_LIMIT_BYTES, read_text
from lms.content.heads import Divided, divide
from lms.content.lessons import WrittenTranslation, check_card_words, read_translation
from lms.rules.curriculum import (
    LESSON_LANGUAGES,
    CardTranslation,
    PageHead,
    PageTranslation,
    TranslationHead,
)

MODULE, CARD = "module", "card"
_OF_LESSON = re.compile(
    r"(?P<number>[0-9]{2})-(?P<slug>[^.]+)(?P<equal>\.equal)?\.(?!equal\.)(?P<language>[^.]+)\.md"
)
_OF_WHOLE = re.compile(rf"(?P<what>{MODULE}|{CARD})\.(?!equal\.)(?P<language>[^.]+)\.md")


@dataclass(frozen=True, slots=True)
class WrittenCardTranslation:
    """A translated card, its file's text, and where in it something stands."""

    translation: CardTranslation
    text: str
    head: Written[TranslationHead]


@dataclass(frozen=True, slots=True)
class WrittenPageTranslation:
    """A module's own page in another language, with the same."""

    translation: PageTranslation
    text: str
    head: Written[PageHead]


@dataclass(frozen=True, slots=True)
class Translated:
    """Every translation of a folder. A file that cannot be read is absent."""

    lessons: tuple[WrittenTranslation, ...] = ()
    routes: tuple[WrittenTranslation, ...] = ()
    cards: tuple[WrittenCardTranslation, ...] = ()
    pages: tuple[WrittenPageTranslation, ...] = ()

    @property
    def with_blocks(self) -> tuple[WrittenTranslation, ...]:
        """Return those that hold blocks: of lessons and of equal routes."""
        return (*self.lessons, *self.routes)

    @property
    def texts(self) -> Iterator[tuple[str, Problems]]:
        """Yield the text of each, and where its problems are noted."""
        yield from ((one.text, one.head.problems) for one in self.with_blocks)
        yield from ((one.text, one.head.problems) for one in self.cards)
        yield from ((one.text, one.head.problems) for one in self.pages)


def is_translation(name: str) -> bool:
    """Say whether a file is one by its name."""
    return bool(_OF_LESSON.fullmatch(name) or _OF_WHOLE.fullmatch(name))


def read_translated(paths: list[Path], problems: Problems) -> Translated:
    """Return the translations among a folder's files; `problems` is on the folder."""
    return Translated(
        tuple(_of_lessons(paths, problems, equal=False)),
        tuple(_of_lessons(paths, problems, equal=True)),
        tuple(_cards(paths, problems)),
        tuple(_pages(paths, problems)),
    )


def _of_lessons(
    paths: list[Path], problems: Problems, *, equal: bool
) -> Iterator[WrittenTranslation]:
    for path in paths:
        name = _OF_LESSON.fullmatch(path.name)
        if name is None or bool(name["equal"]) is not equal:
            continue
        own = problems.on(f"{problems.file}/{path.name}")
        what = "equal route" if equal else "lesson"
        _check_beside(path, f"{name['number']}-{name['slug']}{name['equal'] or ''}.md", what, own)
        _check_language(name["language"], own)
        written = read_translation(path, name["slug"], name["language"], own)
        if written is not None:
            yield written


def _check_beside(path: Path, source: str, what: str, problems: Problems) -> None:
    if not (path.parent / source).is_file():
        message = f"There is no {what} '{source}' that this could be a translation of."
        problems.add(ProblemCode.UNKNOWN_LESSON, message)


def _check_language(language: str, problems: Problems) -> None:
    if language not in LESSON_LANGUAGES:
        message = (
            f"'{language}' is no language that pages can speak. "
            f"Before '.md' write one of: {', '.join(LESSON_LANGUAGES)}."
        )
        problems.add(ProblemCode.TRANSLATION, message)


def _wholes(paths: list[Path], what: str, problems: Problems) -> Iterator[tuple[Path, str]]:
    for path in paths:
        name = _OF_WHOLE.fullmatch(path.name)
        if name is not None and name["what"] == what:
            own = problems.on(f"{problems.file}/{path.name}")
            _check_beside(path, f"{what}.md", "file", own)
            _check_language(name["language"], own)
            yield path, name["language"]


def _divided(path: Path, problems: Problems) -> tuple[str, Divided] | None:
    text = read_text(path, problems, LESSON_LIMIT_BYTES)
    divided = divide(text, problems) if text is not None else None
    return (text, divided) if text is not None and divided is not None else None


def _cards(paths: list[Path], problems: Problems) -> Iterator[WrittenCardTranslation]:
    for path, language in _wholes(paths, CARD, problems):
        own = problems.on(f"{problems.file}/{path.name}")
        read = _divided(path, own)
        head = read_written(TranslationHead, read[1].head, own, 2) if read else None
        if read is None or head is None:
            continue
        text, divided = read
        words = divided.body.strip()
        check_card_words(words, divided, own)
        yield WrittenCardTranslation(CardTranslation(language, head.value, words), text, head)


def _pages(paths: list[Path], problems: Problems) -> Iterator[WrittenPageTranslation]:
    for path, language in _wholes(paths, MODULE, problems):
        own = problems.on(f"{problems.file}/{path.name}")
        read = _divided(path, own)
        head = read_written(PageHead, read[1].head, own, 2) if read else None
        if read is None or head is None:
            continue
        text, divided = read
        words = divided.body.strip()
        if not words:
            message = "The introduction is missing. Write it under the head."
            own.add(ProblemCode.EMPTY, message, line=divided.body_line)
        yield WrittenPageTranslation(PageTranslation(language, head.value, words), text, head)
