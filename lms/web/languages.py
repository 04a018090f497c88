"""What is written in another language than the page: marked, so that it is read aloud rightly."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from flask import Flask
from markupsafe import Markup
from sqlalchemy.orm import Session

from lms.content.rendering import RenderedExercise, RenderedPart, RenderedPhase, RenderedText
from lms.rules.curriculum import SOURCE_LANGUAGE, Lesson, Module
from lms.rules.learning import Wording, lesson_title, module_title
from lms.services.curriculum import list_titles
from lms.services.publishing import until_published
from lms.web.frame import RIGHT_TO_LEFT, spoken

_INLINE = '<span lang="{}" dir="{}">{}</span>'
_BLOCK = '<div class="prose" lang="{}" dir="{}">{}</div>'


def told_in(words: Any, language: str = SOURCE_LANGUAGE) -> Any:
    """Return words marked as of a language; as they are where the page speaks it as well."""
    return _marked(_INLINE, words, language)


def prose_in(html: Markup, language: str = SOURCE_LANGUAGE) -> Markup:
    """Return block HTML marked so; it stands inside a `.prose`."""
    marked: Markup = _marked(_BLOCK, html, language)
    return marked


def parts_in(
    parts: tuple[RenderedPart, ...], language: str = SOURCE_LANGUAGE
) -> tuple[RenderedPart, ...]:
    """Return the parts of a lesson with each of their texts marked so.

    Edge: phases are shown as the list of phases words them, in whatever language a lesson is.
    """
    if spoken() == language == SOURCE_LANGUAGE:
        return parts
    return tuple(
        _told(part, SOURCE_LANGUAGE if isinstance(part, RenderedPhase) else language)
        for part in parts
    )


def worded(wording: Wording) -> Any:
    """Return words that say themselves which language they are in, marked so."""
    return told_in(*wording)


def lesson_called(lesson: Lesson, module: Module) -> Any:
    """Return a lesson's title, translated where somebody has translated it, else marked."""
    return worded(lesson_title(module, lesson, spoken()))


def module_called(module: Module) -> Any:
    """Return a module's title, translated where somebody has translated it, else marked."""
    return worded(module_title(module, spoken()))


def titles_now(session: Session) -> Mapping[str, Any]:
    """Return the present titles of modules, assessments, scenarios and agreements, marked so."""
    language = spoken()

    def marked() -> Mapping[str, Any]:
        return {slug: worded(found) for slug, found in list_titles(session, language).items()}

    return until_published(session, f"marked titles {language}", marked)


def joined(between: str, parts: list[Any]) -> Any:
    """Return words joined; marked ones stay marked, and others are escaped beside them."""
    if any(isinstance(part, Markup) for part in parts):
        return Markup(between).join(parts)  # noqa: S704, it is one of our own signs
    return between.join(parts)


def filled(text: str, /, **values: Any) -> Any:
    """Return a text of our own with values filled in; marked ones stay marked, others escaped."""
    if not values:
        return text
    if any(isinstance(value, Markup) for value in values.values()):
        return Markup(text) % values  # noqa: S704, the text is the catalogue's
    return text % values


def _told(value: Any, language: str) -> Any:
    if isinstance(value, Markup):
        return told_in(value, language)
    if isinstance(value, tuple):
        return tuple(_told(entry, language) for entry in value)
    if isinstance(value, RenderedText):
        return replace(value, html=prose_in(value.html, language))
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed = {field.name: _told(getattr(value, field.name), language) for field in fields(value)}
    if isinstance(value, RenderedExercise):
        changed["words"] = prose_in(value.words, language)
    return replace(value, **changed)


def _marked(form: str, words: Any, language: str) -> Any:
    if not words or language == spoken():
        return words
    return Markup(form).format(language, direction_of(language), words)  # noqa: S704, it escapes


def direction_of(language: str) -> str:
    """Return how a language runs, as HTML says it."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


FILTERS: tuple[Callable[..., Any], ...] = (
    told_in,
    prose_in,
    parts_in,
    worded,
    lesson_called,
    module_called,
)


def install(app: Flask) -> None:
    """Give templates every filter under its own name."""
    for function in FILTERS:
        app.jinja_env.filters[function.__name__] = function
