"""A module's lessons one after the other, each on the way its reader took, for a page to print."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.content.rendering import RenderedLesson, RenderedTranslation
from lms.rules.curriculum import SOURCE_LANGUAGE
from lms.rules.definitions import ContentNote
from lms.rules.learning import in_language, other_way
from lms.rules.notes import stands_first
from lms.services.curriculum.pages import ModulePage
from lms.services.curriculum.ways import NOTHING, find_ways


@dataclass(frozen=True, slots=True)
class PaperLesson:
    """A lesson as its reader meets it. Shape: `is_folded` keeps it shut behind its note."""

    shown: RenderedLesson
    note: ContentNote | None
    is_folded: bool
    translation: RenderedTranslation | None = None

    @property
    def language(self) -> str:
        """Return the language that it is in."""
        return self.translation.language if self.translation else SOURCE_LANGUAGE


def list_paper_lessons(
    session: Session,
    page: ModulePage,
    reader_id: int | None,
    language: str = SOURCE_LANGUAGE,
) -> list[PaperLesson]:
    """Return the lessons of a module as a trainee reads them; `reader_id` is None for others.

    Edge: those that are translated into `language` are so; a note that this reader is told of
          first keeps its lesson shut until it is opened.
    """
    ways = find_ways(session, reader_id) if reader_id else NOTHING
    routes = {route.slug: route for route in page.module.equal_routes}
    found = []
    for lesson in page.module.lessons:
        slug = lesson.slug
        is_other = slug in routes and f"{page.module.slug}/{slug}" in ways.others
        read = other_way(lesson, routes[slug]) if is_other else lesson
        shown = page.shown.others[slug] if is_other else page.shown.lessons[slug]
        there = page.shown.other_translations if is_other else page.shown.translations
        told = there.get((slug, language))
        if told:
            texts = page.module.route_translations if is_other else page.module.translations
            shown, read = told.lesson, in_language(read, texts, language)
        note = read.head.content_note
        found.append(PaperLesson(shown, note, stands_first(note, ways.wished), told))
    return found
