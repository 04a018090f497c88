"""One module as its authors are writing it, checked against a library that is not in files here."""

import re
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lms.content.definitions import Written
from lms.content.errors import ContentProblem, ProblemCode, Problems
from lms.content.markdown import Page
from lms.content.module_checks import Beside, check_module, pictures_used, whole_module
from lms.content.modules import lesson_slugs, read_module
from lms.content.pictures import FOLDER as PICTURES
from lms.content.pictures import Picture
from lms.content.rendering import (
    RenderedLesson,
    Surroundings,
    render_card,
    render_lesson,
)
from lms.content.texts import LessonNames, TextChecks
from lms.content.versions import canonical_json
from lms.content.vocabulary import Vocabulary
from lms.content.yaml import Document
from lms.rules.curriculum import (
    Coverage,
    EqualRoute,
    Glossary,
    Lesson,
    Module,
    PhaseList,
    Translation,
)
from lms.rules.definitions import ReferenceList


@dataclass(frozen=True, slots=True)
class Shelf:
    """The rest of the library, as it is published. None is a list that was never published.

    Shape: `lessons` are the slugs of every other module's lessons; `leads` are the links of other
           modules to this one's lessons: where from (`module/lesson`), and the lesson.
    """

    references: ReferenceList | None
    lessons: LessonNames
    glossary: Glossary | None
    phases: PhaseList | None
    coverage: Coverage | None
    competencies: Collection[str]
    leads: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found. Without a `module` its own file cannot be read; it may have problems still.
    `is_whole` says that every file could be read, so that no more can show.

    Shape: problems name files of the module, such as `01-first-steps.md` or `img/line.svg`.
    """

    module: Module | None
    pictures: tuple[Picture, ...]
    problems: tuple[ContentProblem, ...]
    warnings: tuple[ContentProblem, ...]
    shelf: Shelf
    is_whole: bool = False


def look_over(slug: str, files: Mapping[str, bytes], shelf: Shelf) -> Looked:
    """Check a module's files as `lms content check` would, with the rest of the library beside it.

    Edge: names of files were judged before: they are names of a module's files and nothing else.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / slug
        (folder / PICTURES).mkdir(parents=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
        return _look_over(folder, shelf)


def _look_over(folder: Path, shelf: Shelf) -> Looked:
    problems = Problems()
    own = problems.on(folder.name)
    slugs = lesson_slugs(folder)
    written = read_module(folder, own)
    _note_dead_leads(slugs, shelf, own)
    if written is None:
        return Looked(None, (), _named(problems.found), _named(problems.warnings), shelf)
    lists = _lists(shelf)
    names = {**shelf.lessons, folder.name: frozenset(slugs)}
    texts = TextChecks(shelf.references, names, lists.terms, lists.phases_by_id)
    ids = {entry.id for entry in shelf.references.references} if shelf.references else None
    used = check_module(written, Beside(texts, lists, ids, shelf.competencies), own)
    pictures = pictures_used(folder, used)
    module = whole_module(written.module, used, lists, pictures)
    found, warnings = _named(problems.found), _named(problems.warnings)
    return Looked(module, pictures, found, warnings, shelf, written.is_whole)


def _lists(shelf: Shelf) -> Vocabulary:
    def as_written(value: Any) -> Any:
        return None if value is None else Written(value, Document({}, {(): 1}), Problems())

    return Vocabulary(*map(as_written, (shelf.glossary, shelf.phases, shelf.coverage)))


def _note_dead_leads(slugs: Collection[str], shelf: Shelf, problems: Problems) -> None:
    for where, lesson in shelf.leads:
        if lesson not in slugs:
            message = f"'{where}' links to the lesson '{lesson}', which is not here. Keep its name."
            problems.add(ProblemCode.DEAD_LINK, message)


def _named(problems: Collection[ContentProblem]) -> tuple[ContentProblem, ...]:
    """Return problems under the names of files as they are in the module's folder."""
    found = (replace(one, file=one.file.partition("/")[2]) for one in set(problems))
    return tuple(sorted(found))


_LEAD = re.compile(r"\]\(\.\./(?P<module>[a-z0-9-]+)/(?:[0-9]{2}-)?(?P<lesson>[a-z0-9-]+)\.md\)")


def leads_of(module: Module) -> tuple[tuple[str, str, str], ...]:
    """Return every link of a module to another's lesson: where from, which module, which lesson."""
    texts: tuple[Module | Lesson | EqualRoute | Translation, ...] = (
        *module.lessons,
        *module.equal_routes,
        *module.translations,
        *module.route_translations,
    )
    own = replace(module, lessons=(), equal_routes=(), translations=(), route_translations=())
    found: dict[tuple[str, str, str], None] = {}
    for text in (own, *texts):
        where = module.slug if isinstance(text, Module) else f"{module.slug}/{text.slug}"
        for lead in _LEAD.finditer(canonical_json(text)):
            if lead["lesson"] != "module":
                found[where, lead["module"], lead["lesson"]] = None
    return tuple(found)


def preview_lesson(
    looked: Looked, lesson: Lesson | EqualRoute, picture_at: Mapping[str, str]
) -> RenderedLesson:
    """Return a lesson as trainees would see it; `picture_at` are addresses of drafts' pictures."""
    if looked.module is None:
        raise ValueError("There is no module to show.")
    return render_lesson(lesson, looked.module.slug, _around(looked, picture_at))[0]


def preview_prose(looked: Looked, markdown: str, picture_at: Mapping[str, str]) -> Any:
    """Return the introduction of a module as trainees would see it."""
    page: Page = _around(looked, picture_at).page(looked.module.slug if looked.module else "")
    return page.prose(markdown)


def preview_card(looked: Looked) -> Any:
    """Return the module's card as trainees would see it, None where there is none."""
    card = looked.module.card if looked.module else None
    return render_card(card, _around(looked, {}))[0] if card else None


def _around(looked: Looked, picture_at: Mapping[str, str]) -> Surroundings:
    around = Surroundings.of(looked.shelf.references or ReferenceList(), looked.module)
    return replace(around, picture_at=picture_at)
