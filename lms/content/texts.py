"""Whether Markdown says what its author meant: each finding of the renderer at its line."""

from collections.abc import Iterable

from lms.content.errors import Problems
from lms.content.files import line_at
from lms.content.markdown import Finding
from lms.content.modules import WrittenLesson, WrittenModule
from lms.content.pictures import check_pictures, picture_files
from lms.content.rendering import Surroundings, render_lesson
from lms.rules.definitions import ReferenceList

LessonNames = dict[str, frozenset[str]]
"""The slugs of the lessons of each module."""


def check_module_texts(
    written: WrittenModule,
    references: ReferenceList | None,
    lessons: LessonNames,
    problems: Problems,
) -> None:
    """Render every text of a module and note what is wrong; `problems` is on its folder."""
    around = _surroundings(written, references, lessons)
    slug = written.module.slug
    page = around.page(slug)
    page.prose(written.module.introduction)
    note_findings(page.findings, written.text, written.head.problems)
    for lesson in written.lessons:
        _check_lesson(lesson, slug, around)
    check_pictures(written.folder, problems)


def note_findings(findings: Iterable[Finding], text: str, problems: Problems) -> None:
    """Note findings of the renderer, each at the line of the file where its words are."""
    after: dict[str, int] = {}
    for finding in findings:
        sought = finding.sought
        offset = text.find(sought, after.get(sought, 0))
        if offset < 0:
            offset = text.find(sought)
        after[sought] = offset + 1
        line = line_at(text, offset) if offset >= 0 else 1
        problems.add(finding.code, finding.message, line=line)


def _check_lesson(written: WrittenLesson, module: str, around: Surroundings) -> None:
    _, findings = render_lesson(written.lesson, module, around)
    note_findings(findings, written.text, written.head.problems)


def _surroundings(
    written: WrittenModule, references: ReferenceList | None, lessons: LessonNames
) -> Surroundings:
    pictures = {path.name for path in picture_files(written.folder)}

    def lesson(module: str, slug: str) -> str | None:
        known = lessons.get(module)
        return "/" if known is not None and (slug in known or not slug) else None

    def picture(_module: str, name: str) -> str | None:
        return "/" if name in pictures else None

    entries = references.references if references else ()
    known = {reference.id: reference for reference in entries}
    return Surroundings(known, lesson, picture)
