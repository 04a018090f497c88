"""Whether Markdown says what its author meant: each finding of the renderer at its line."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lms.content.definitions import Written, walk
from lms.content.errors import ProblemCode, Problems
from lms.content.files import line_at
from lms.content.lessons import WrittenLesson, WrittenRoute, WrittenTranslation
from lms.content.markdown import Finding
from lms.content.modules import WrittenModule
from lms.content.pictures import FOLDER as PICTURES
from lms.content.pictures import check_pictures, picture_files
from lms.content.rendering import Surroundings, render_card, render_lesson
from lms.rules.curriculum import Card, EqualRoute, Lesson, Phase, Term
from lms.rules.definitions import ReferenceList
from lms.rules.learning import route_told, translated


@dataclass(frozen=True, slots=True)
class Used:
    """What the texts of a module use: ids of terms and names of pictures, each once."""

    terms: tuple[str, ...]
    pictures: tuple[str, ...]


LessonNames = dict[str, frozenset[str]]
"""The slugs of the lessons of each module."""

_MARKS = re.compile(r"[<\[!#>`]|\n")
"""Text without any of these cannot be more than words with emphasis."""


class TextChecks:
    """Renders texts to see what is wrong with them, knowing which sources and lessons there are.

    Edge: without `references` or `terms` (the list could not be read) those are not judged.
    """

    def __init__(
        self,
        references: ReferenceList | None,
        lessons: LessonNames,
        terms: dict[str, Term] | None = None,
        phases: dict[str, Phase] | None = None,
    ) -> None:
        entries = references.references if references else ()
        self._references = {reference.id: reference for reference in entries}
        self._lessons = lessons
        self._terms, self._phases = terms or {}, phases or {}
        self._unjudged: set[ProblemCode] = set()
        if references is None:
            self._unjudged.add(ProblemCode.UNKNOWN_REFERENCE)
        if terms is None:
            self._unjudged.add(ProblemCode.UNKNOWN_WORD)

    def check_module(self, written: WrittenModule, problems: Problems) -> Used:
        """Check every text and picture of a module, and return what they use.

        Shape: `problems` is on the module's folder.
        """
        slug = written.module.slug
        around = self._around({path.name for path in picture_files(written.folder)})
        around = replace(around, terms=self._terms, phases=self._phases)
        page = replace(around, terms=None).page(slug)
        page.prose(written.module.introduction)
        self._note(page.findings, written.text, written.head.problems)
        terms, pictures = dict[str, None](), dict.fromkeys(page.pictured)
        for text, lesson in _readable(written):
            rendered, findings = render_lesson(lesson, slug, around)
            self._note(findings, text.text, text.head.problems)
            terms.update(dict.fromkeys(term.id for term in rendered.terms))
            pictures.update(dict.fromkeys(rendered.pictures))
        if written.card:
            _, findings = render_card(written.card.card, around)
            self._note(findings, written.card.text, written.card.problems)
        self._check_wholes(written, around)
        check_pictures(written.folder, problems)
        if written.is_whole:  # a text that cannot be read may show them
            _warn_of_idle(written.folder, pictures, problems)
        return Used(tuple(terms), tuple(pictures))

    def _check_wholes(self, written: WrittenModule, around: Surroundings) -> None:
        """Check the card and the module's own page in other languages."""
        for card in written.translated.cards:
            told = card.translation
            _, findings = render_card(Card(told.head.title, told.words), around)
            self._note(findings, card.text, card.head.problems)
        for own in written.translated.pages:
            page = replace(around, terms=None).page(written.module.slug)
            page.prose(own.translation.introduction)
            self._note(page.findings, own.text, own.head.problems)

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

        return Surroundings(self._references, pictures=dict.fromkeys(pictures, "0"), lesson=lesson)

    def _judged(self, findings: Iterable[Finding]) -> list[Finding]:
        return [finding for finding in findings if finding.code not in self._unjudged]

    def _note(self, findings: Iterable[Finding], text: str, problems: Problems) -> None:
        """Note findings, each at the line of the file where its words are."""
        after: dict[str, int] = {}
        lines_with_html: set[int] = set()
        for finding in self._judged(findings):
            sought = finding.sought
            offset = text.find(sought, after.get(sought, 0))
            if offset < 0:
                offset = text.find(sought)
            after[sought] = offset + 1
            line = line_at(text, offset) if offset >= 0 else 1
            if finding.code is ProblemCode.RAW_HTML:
                if line in lines_with_html:
                    continue  # `<b>` and `</b>` are one thing to mend
                lines_with_html.add(line)
            problems.add(finding.code, finding.message, line=line)


def _readable(
    written: WrittenModule,
) -> Iterator[tuple[WrittenLesson | WrittenRoute | WrittenTranslation, Lesson | EqualRoute]]:
    """Yield every text of a module with what is rendered of it."""
    lessons = {one.lesson.slug: one.lesson for one in written.lessons}
    routes = {one.route.slug: one.route for one in written.routes}
    yield from ((one, one.lesson) for one in written.lessons)
    yield from ((one, one.route) for one in written.routes)
    for one in written.translated.lessons:
        lesson = lessons.get(one.translation.slug)
        if lesson is not None:
            yield one, translated(lesson, one.translation)
    for one in written.translated.routes:
        route = routes.get(one.translation.slug)
        if route is not None:
            yield one, route_told(route, one.translation)


def _warn_of_idle(folder: Path, shown: Iterable[str], problems: Problems) -> None:
    """Warn of pictures that no text shows."""
    for path in picture_files(folder):
        if path.name not in shown:
            own = problems.on(f"{problems.file}/{PICTURES}/{path.name}")
            own.warn(ProblemCode.UNKNOWN_FILE, "No text shows this picture. Show it, or remove it.")
