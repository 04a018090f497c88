"""A module on paper: its summary card, and all its lessons on one page."""

from dataclasses import replace
from typing import Any

from flask import render_template, request

from lms.content.rendering import (
    RenderedLesson,
    RenderedPhase,
    RenderedSource,
    RenderedTerm,
    one_level_down,
)
from lms.db import utcnow
from lms.rules.curriculum import SOURCE_LANGUAGE
from lms.rules.policy import Permission
from lms.services.curriculum import ModulePage, list_paper_lessons, open_module
from lms.services.errors import MissingError
from lms.services.people import today_in
from lms.services.practice import find_place
from lms.web.access import requires, signed_in, the_actor
from lms.web.curriculum import bp
from lms.web.curriculum.lessons import STRENGTHS, own_page_words, source_words
from lms.web.curriculum.local import local_for
from lms.web.filters import date_words
from lms.web.frame import spoken
from lms.web.state import current_session


@bp.get("/modules/<module>/card")
@requires(Permission.LEARN)
def card(module: str) -> str:
    """Show what to remember of a module, on one card."""
    page = open_module(current_session(), module, None)
    if page.shown.rendered.card is None:
        raise MissingError
    return str(render_template("curriculum/card.html", **card_words(page), **foot_words()))


def card_words(page: ModulePage, language: str = "") -> dict[str, Any]:
    """Return what a card shows, told in a language, else in the asker's.

    Shape: the module's page, the card, and each phase that its lessons show, once.
    """
    parts = [part for lesson in page.shown.rendered.lessons for part in lesson.parts]
    phases = {part.id: part for part in parts if isinstance(part, RenderedPhase)}
    told = page.shown.card_in(language or spoken())
    in_original = told is not None and request.args.get("in") == SOURCE_LANGUAGE
    shown = told if told and not in_original else None
    return {
        "page": page,
        "card": shown.card if shown else page.shown.rendered.card,
        "card_language": shown.language if shown else SOURCE_LANGUAGE,
        "translation": told,
        "in_original": in_original,
        "phases": list(phases.values()),
    }


@bp.get("/modules/<module>/print")
@requires(Permission.LEARN)
def paper(module: str) -> str:
    """Show a whole module on one page, to be printed, by the ways that its reader takes."""
    session, actor = current_session(), the_actor()
    page = open_module(session, module, find_place(session, actor.person_id))
    reader_id = actor.person_id if actor.is_trainee else None
    on_paper = list_paper_lessons(session, page, reader_id, spoken())
    lessons = tuple(one.shown for one in on_paper)
    return str(
        render_template(
            "curriculum/paper.html",
            page=page,
            lessons=on_paper,
            **own_page_words(page),
            local_pack=local_for(lessons),
            terms_used=_terms(lessons),
            sources_used=_sources((*page.shown.rendered.reading, *_cited(lessons))),
            one_level_down=one_level_down,
            source_words=source_words,
            strengths=STRENGTHS,
            **foot_words(),
        )
    )


def foot_words() -> dict[str, Any]:
    """Return the house and the day that stand on a sheet."""
    found = signed_in()
    zone, house = (found.house.zone, found.house.name) if found else ("UTC", "")
    return {"house": house, "today": date_words(today_in(zone, utcnow()))}


def _terms(lessons: tuple[RenderedLesson, ...]) -> list[RenderedTerm]:
    """Return every term that lessons explain, once, in reading order."""
    return list({term.id: term for lesson in lessons for term in lesson.terms}.values())


def _cited(lessons: tuple[RenderedLesson, ...]) -> list[RenderedSource]:
    return [source for lesson in lessons for source in lesson.sources]


def _sources(named: tuple[RenderedSource, ...]) -> list[RenderedSource]:
    """Return each source once, with every place in it that was named."""
    places: dict[str, dict[str, None]] = {}
    for source in named:
        where = filter(None, source.where.split("; "))
        places.setdefault(source.id, {}).update(dict.fromkeys(where))
    first = {source.id: source for source in reversed(named)}
    return [replace(first[key], where="; ".join(where)) for key, where in places.items()]
