"""Whether Markdown says what its author meant: each finding of the renderer at its line."""

import re
from collections.abc import Iterable
from typing import Any

from lms.content.definitions import Written, walk
from lms.content.errors import ProblemCode, Problems
from lms.content.files import line_at
from lms.content.markdown import Finding
from lms.content.modules import WrittenModule
from lms.content.pictures import check_pictures, picture_files
from lms.content.rendering import Surroundings, render_lesson
from lms.rules.definitions import ReferenceList

LessonNames = dict[str, frozenset[str]]
"""The slugs of the lessons of each module."""

_MARKS = re.compile(r"[<\[!#>`]|\n")
"""Text without any of these cannot be more than words with emphasis."""


class TextChecks:
    """Renders texts to see what is wrong with them, knowing which sources and lessons there are.

    Edge: without `references` (the list could not be read) sources are not judged.
    """

    def __init__(self, references: ReferenceList | None, lessons: LessonNames) -> None:
        entries = references.references if references else ()
        self._references = {reference.id: reference for reference in entries}
        self._lessons = lessons
        self._judges_sources = references is not None

    def check_module(self, written: WrittenModule, problems: Problems) -> None:
        """Check every text and picture of a module; `problems` is on its folder."""
        slug = written.module.slug
        around = self._around({path.name for path in picture_files(written.folder)})
        page = around.page(slug)
        page.prose(written.module.introduction)
        self._note(page.findings, written.text, written.head.problems)
        for lesson in written.lessons:
            _, findings = render_lesson(lesson.lesson, slug, around)
            self._note(findings, lesson.text, lesson.head.problems)
        check_pictures(written.folder, problems)

    def check_prose(self, markdown: str, text: str, problems: Problems) -> None:
        """Check a text that fills a page of its own; `text` is its whole file."""
        page = self._around(set()).page("")
        page.prose(markdown)
        self._note(page.findings, text, problems)

    def check_fields(self, written: Written[Any]) -> None:
        """Check every text of a definition from YAML."""
        around = self._around(set())
        for place, value in walk(written.value):
            if isinstance(value, str) and _MARKS.search(value):
                page = around.page("")
                page.block(value)
                for finding in self._judged(page.findings):
                    written.add(finding.code, finding.message, *place)

    def _around(self, pictures: set[str]) -> Surroundings:
        def lesson(module: str, slug: str) -> str | None:
            known = self._lessons.get(module)
            return "/" if known is not None and (slug in known or not slug) else None

        def picture(_module: str, name: str) -> str | None:
            return "/" if name in pictures else None

        return Surroundings(self._references, lesson, picture)

    def _judged(self, findings: Iterable[Finding]) -> list[Finding]:
        unjudged = set() if self._judges_sources else {ProblemCode.UNKNOWN_REFERENCE}
        return [finding for finding in findings if finding.code not in unjudged]

    def _note(self, findings: Iterable[Finding], text: str, problems: Problems) -> None:
        """Note findings, each at the line of the file where its words are."""
        after: dict[str, int] = {}
        for finding in self._judged(findings):
            sought = finding.sought
            offset = text.find(sought, after.get(sought, 0))
            if offset < 0:
                offset = text.find(sought)
            after[sought] = offset + 1
            line = line_at(text, offset) if offset >= 0 else 1
            problems.add(finding.code, finding.message, line=line)
