"""Modules from their folders: heads, lessons in order, blocks; and the list of references."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lms.content.blocks import cut, read_part
from lms.content.checks import check_ids, check_name, check_shared
from lms.content.definitions import Written, read_written
from lms.content.errors import ProblemCode, Problems
from lms.content.files import LESSON_LIMIT_BYTES, YAML_LIMIT_BYTES, read_text, tidy_text
from lms.content.heads import Divided, divide
from lms.rules.curriculum import Block, Lesson, LessonHead, Module, ModuleHead, Text
from lms.rules.definitions import Reference, ReferenceList

MODULE_FILE = "module.md"
REFERENCES_FILE = "references.yaml"

_LESSON_FILE = re.compile(r"(?P<number>[0-9]{2})-(?P<slug>.+)\.md")


@dataclass(frozen=True, slots=True)
class WrittenLesson:
    """A lesson with what is needed to say where in its file something stands."""

    lesson: Lesson
    text: str
    head: Written[LessonHead]
    blocks: tuple[Written[Block], ...]


@dataclass(frozen=True, slots=True)
class WrittenModule:
    """A module with the same, and the folder it came from."""

    module: Module
    folder: Path
    text: str
    head: Written[ModuleHead]
    lessons: tuple[WrittenLesson, ...]


def load_module(folder: Path) -> Module:
    """Return the module of a folder, checked by itself.

    Raises: `ContentError` with every problem of its files. What other files must hold (sources,
            links, competencies) is checked by `load_library`.
    """
    problems = Problems()
    written = read_module(folder, problems.on(folder.name))
    problems.settle()
    if written is None:
        raise AssertionError("A module that cannot be read has problems.")
    return written.module


def load_references(path: Path) -> ReferenceList:
    """Return the list of references. Raises `ContentError` with every problem of the file."""
    problems = Problems(path.name)
    written = read_references(path, problems)
    problems.settle()
    if written is None:
        raise AssertionError("A list that cannot be read has problems.")
    return written.value


def module_folders(root: Path) -> list[Path]:
    """Return the folders of a `modules/` folder that should be modules, by name."""
    return [path for path in sorted(root.iterdir()) if path.is_dir() and _is_visible(path)]


def lesson_slugs(folder: Path) -> list[str]:
    """Return the slugs of a module's lessons in reading order, as its file names tell them."""
    names = (_LESSON_FILE.fullmatch(path.name) for path in _texts(folder))
    return [name["slug"] for name in names if name]


def read_module(folder: Path, problems: Problems) -> WrittenModule | None:
    """Return a module as written, or None where its own file cannot be used.

    Edge: `problems` is a collector on the folder's name; files are named below it. Lessons that
          cannot be used are left out, and their problems noted.
    """
    check_name(folder.name, problems)
    lessons = tuple(_lessons(folder, problems))
    own = problems.on(f"{problems.file}/{MODULE_FILE}")
    text = read_text(folder / MODULE_FILE, own, LESSON_LIMIT_BYTES)
    divided = divide(text, own) if text is not None else None
    head = read_written(ModuleHead, divided.head, own, 2) if divided else None
    if text is None or divided is None or head is None:
        return None
    introduction = divided.body.strip()
    if not introduction:
        message = "The introduction is missing. Write it under the head."
        own.add(ProblemCode.EMPTY, message, line=divided.body_line)
    slug = folder.name
    module = Module(slug, head.value, introduction, tuple(w.lesson for w in lessons))
    return WrittenModule(module, folder, text, head, lessons)


def read_references(path: Path, problems: Problems) -> Written[ReferenceList] | None:
    """Return the list of references as written, or None where it cannot be used."""
    text = read_text(path, problems, YAML_LIMIT_BYTES)
    written = read_written(ReferenceList, text, problems) if text is not None else None
    if written is not None:
        check_ids(written, written.value.references, "references")
        for position, reference in enumerate(written.value.references):
            _check_reference(written, reference, position)
    return written


def _check_reference(written: Written[ReferenceList], entry: Reference, position: int) -> None:
    if not 1800 <= entry.year <= 2200:
        message = f"The year {entry.year} cannot be right. Write four digits."
        written.add(ProblemCode.OUT_OF_RANGE, message, "references", position, "year")
    if entry.address and not re.match(r"https?://[^\s/]", entry.address):
        message = "'address' must start with https:// or be left out."
        written.add(ProblemCode.LINK_NOT_ALLOWED, message, "references", position, "address")


def _lessons(folder: Path, problems: Problems) -> Iterator[WrittenLesson]:
    numbers: dict[str, str] = {}
    slugs: dict[str, str] = {}
    for path in _texts(folder):
        own = problems.on(f"{problems.file}/{path.name}")
        name = _LESSON_FILE.fullmatch(path.name)
        if name is None:
            if path.name != MODULE_FILE:
                message = "This is no lesson yet. Name it like '01-first-steps.md'."
                own.add(ProblemCode.UNKNOWN_FILE, message)
            continue
        check_name(name["slug"], own)
        _note_twice(numbers, name["number"], path.name, own)
        _note_twice(slugs, name["slug"], path.name, own)
        written = _lesson(path, name["slug"], own)
        if written is not None:
            yield written
    if not numbers:
        message = "The module has no lesson. Add a file like '01-first-steps.md'."
        problems.add(ProblemCode.MISSING_FILE, message)


def _note_twice(seen: dict[str, str], word: str, name: str, problems: Problems) -> None:
    if word in seen:
        message = f"'{word}' is taken by '{seen[word]}'. Give each lesson its own."
        problems.add(ProblemCode.DUPLICATE_ID, message)
    seen.setdefault(word, name)


def _lesson(path: Path, slug: str, problems: Problems) -> WrittenLesson | None:
    text = read_text(path, problems, LESSON_LIMIT_BYTES)
    return lesson_from(text, slug, problems) if text is not None else None


def lesson_from(written: str, slug: str, problems: Problems) -> WrittenLesson | None:
    """Return the lesson that a text holds, or None where it cannot be used."""
    text = tidy_text(written, problems, LESSON_LIMIT_BYTES)
    divided = divide(text, problems) if text is not None else None
    if text is None or divided is None:
        return None
    head = read_written(LessonHead, divided.head, problems, 2)
    parts = _parts(divided, problems)
    if head is None:
        return None
    plain = tuple(part.value if isinstance(part, Written) else part for part in parts)
    blocks = tuple(part for part in parts if isinstance(part, Written))
    return WrittenLesson(Lesson(slug, head.value, plain), text, head, blocks)


def _parts(divided: Divided, problems: Problems) -> list[Text | Written[Any]]:
    runs = cut(divided.body, divided.body_line, problems)
    if not runs:
        message = "The lesson has no words yet. Write them under the head."
        problems.add(ProblemCode.EMPTY, message, line=divided.body_line)
    parts = [part for run in runs if (part := read_part(run, problems)) is not None]
    _note_repeated(parts)
    return parts


def _note_repeated(parts: list[Text | Written[Any]]) -> None:
    seen: dict[str, int] = {}
    for written in (part for part in parts if isinstance(part, Written)):
        line = written.document.line_of(("id",))
        identifier = written.value.id
        if identifier in seen:
            message = f"The id '{identifier}' is on line {seen[identifier]} already. Change one."
            written.add(ProblemCode.DUPLICATE_ID, message, "id")
        seen.setdefault(identifier, line)


def check_module_shared(written: WrittenModule, references: set[str] | None) -> None:
    """Check sources, notes, reviews and minutes of a module, its lessons and their blocks."""
    check_shared(written.head, references)
    for lesson in written.lessons:
        check_shared(lesson.head, references)
        for block in lesson.blocks:
            check_shared(block, references)


def _texts(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*.md")) if _is_visible(path)]


def _is_visible(path: Path) -> bool:
    return not path.name.startswith((".", "_"))
