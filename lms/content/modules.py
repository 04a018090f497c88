"""Modules from their folders: heads, lessons in order, blocks; and the list of references."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lms.content.checks import check_ids, check_name, check_shared
from lms.content.definitions import Written, read_written
from lms.content.errors import ProblemCode, Problems
from lms.content.files import LESSON_LIMIT_BYTES, YAML_LIMIT_BYTES, read_text
from lms.content.heads import divide
from lms.content.lessons import (
    WrittenCard,
    WrittenLesson,
    WrittenRoute,
    read_card,
    read_lesson,
    read_route,
)
from lms.content.packs import FOLDER as PACKS
from lms.content.translated import Translated, is_translation, read_translated
from lms.rules.curriculum import Module, ModuleHead
from lms.rules.definitions import Reference, ReferenceList

MODULE_FILE = "module.md"
CARD_FILE = "card.md"
REFERENCES_FILE = "references.yaml"

RESERVED = ("card", "img", "print")
"""What follows a module's address where no lesson is meant."""

_LESSON_FILE = re.compile(r"(?P<number>[0-9]{2})-(?P<slug>[^.]+)\.md")
_ROUTE_FILE = re.compile(r"(?P<number>[0-9]{2})-(?P<slug>[^.]+)\.equal\.md")


@dataclass(frozen=True, slots=True)
class WrittenModule:
    """A module with the same, and the folder it came from."""

    module: Module
    folder: Path
    text: str
    head: Written[ModuleHead]
    lessons: tuple[WrittenLesson, ...]
    routes: tuple[WrittenRoute, ...] = ()
    card: WrittenCard | None = None
    translated: Translated = field(default_factory=Translated)

    @property
    def is_whole(self) -> bool:
        """Say whether every file of the folder could be read."""
        names = [path.name for path in _texts(self.folder)]
        lessons = sum(_LESSON_FILE.fullmatch(name) is not None for name in names)
        routes = sum(_ROUTE_FILE.fullmatch(name) is not None for name in names)
        read = (len(self.lessons), len(self.routes), self.card is not None)
        return read == (lessons, routes, CARD_FILE in names)

    @property
    def texts(self) -> tuple[WrittenLesson | WrittenRoute, ...]:
        """Lessons and equal routes."""
        return (*self.lessons, *self.routes)


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
    folders = (path for path in sorted(root.iterdir()) if path.is_dir() and _is_visible(path))
    return [path for path in folders if path.name != PACKS]


def lesson_slugs(folder: Path) -> list[str]:
    """Return the slugs of a module's lessons in reading order, as its file names tell them."""
    names = (_LESSON_FILE.fullmatch(path.name) for path in _texts(folder))
    return [name["slug"] for name in names if name]


def module_texts(folder: Path) -> dict[str, str]:
    """Return the files of a module as they are written, by name; those that are no text are absent.

    Edge: what is wrong with a file is noted where the module is read, not here.
    """
    found: dict[str, str] = {}
    for path in _texts(folder):
        text = read_text(path, Problems(), LESSON_LIMIT_BYTES)
        if text is not None:
            found[path.name] = text
    return found


def read_module(folder: Path, problems: Problems) -> WrittenModule | None:
    """Return a module as written, or None where its own file cannot be used.

    Edge: `problems` is a collector on the folder's name; files are named below it. Lessons that
          cannot be used are left out, and their problems noted.
    """
    check_name(folder.name, problems)
    lessons, routes = tuple(_lessons(folder, problems)), tuple(_routes(folder, problems))
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
    card = _card(folder, problems)
    told = read_translated(_texts(folder), problems)
    module = Module(
        folder.name,
        head.value,
        introduction,
        tuple(written.lesson for written in lessons),
        tuple(written.route for written in routes),
        card.card if card else None,
        translations=tuple(written.translation for written in told.lessons),
        route_translations=tuple(written.translation for written in told.routes),
        card_translations=tuple(written.translation for written in told.cards),
        page_translations=tuple(written.translation for written in told.pages),
    )
    return WrittenModule(module, folder, text, head, lessons, routes, card, told)


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
            if path.name not in _OTHERS and not _is_beside_a_lesson(path.name):
                message = "This is no lesson yet. Name it like '01-first-steps.md'."
                own.add(ProblemCode.UNKNOWN_FILE, message)
            continue
        check_name(name["slug"], own)
        if name["slug"] in RESERVED:
            message = f"'{name['slug']}' is a page of the module itself. Name the lesson otherwise."
            own.add(ProblemCode.BAD_ID, message)
        _note_twice(numbers, name["number"], path.name, own)
        _note_twice(slugs, name["slug"], path.name, own)
        written = read_lesson(path, name["slug"], own)
        if written is not None:
            yield written
    if not numbers:
        message = "The module has no lesson. Add a file like '01-first-steps.md'."
        problems.add(ProblemCode.MISSING_FILE, message)


_OTHERS = (MODULE_FILE, CARD_FILE)


def _routes(folder: Path, problems: Problems) -> Iterator[WrittenRoute]:
    for path in _texts(folder):
        name = _ROUTE_FILE.fullmatch(path.name)
        if name is None:
            continue
        own = problems.on(f"{problems.file}/{path.name}")
        beside = f"{name['number']}-{name['slug']}.md"
        if not (folder / beside).is_file():
            message = f"There is no lesson '{beside}' that this could be the equal route of."
            own.add(ProblemCode.UNKNOWN_LESSON, message)
        written = read_route(path, name["slug"], own)
        if written is not None:
            yield written


def _is_beside_a_lesson(name: str) -> bool:
    return bool(_ROUTE_FILE.fullmatch(name)) or is_translation(name)


def _card(folder: Path, problems: Problems) -> WrittenCard | None:
    path = folder / CARD_FILE
    return read_card(path, problems.on(f"{problems.file}/{CARD_FILE}")) if path.is_file() else None


def _note_twice(seen: dict[str, str], word: str, name: str, problems: Problems) -> None:
    if word in seen:
        message = f"'{word}' is taken by '{seen[word]}'. Give each lesson its own."
        problems.add(ProblemCode.DUPLICATE_ID, message)
    seen.setdefault(word, name)


def check_module_shared(written: WrittenModule, references: set[str] | None) -> None:
    """Check sources, notes, reviews and minutes of a module, its lessons and their blocks."""
    check_shared(written.head, references)
    for text in written.texts:
        check_shared(text.head, references)
        for block in text.blocks:
            check_shared(block, references)
    for translated in written.translated.with_blocks:
        for block in translated.blocks:
            check_shared(block, references)


def _texts(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*.md")) if _is_visible(path)]


def _is_visible(path: Path) -> bool:
    return not path.name.startswith((".", "_"))
