"""Translations against their source: the same blocks, and whether the source has changed."""

from itertools import zip_longest
from typing import Any

from lms.content.definitions import Written
from lms.content.errors import ProblemCode
from lms.content.lessons import WrittenLesson, WrittenRoute, WrittenTranslation
from lms.content.modules import WrittenModule
from lms.content.translated import WrittenPageTranslation
from lms.content.versions import body_of, canonical_json, content_hash
from lms.rules.curriculum import (
    Block,
    Card,
    CardTranslation,
    Check,
    EqualRoute,
    Exercise,
    Lesson,
    LocalEntries,
    Module,
    PageTranslation,
    PhaseShown,
    Reflection,
    Situation,
    Translation,
)

_DIGITS = 12
_NAMES: dict[type[Any], str] = {
    Check: "check",
    Situation: "situation",
    Reflection: "reflection",
    Exercise: "exercise",
    PhaseShown: "phase",
    LocalEntries: "local",
}
_WORDS = frozenset(
    ("question", "text", "feedback", "outcome", "words", "title", "closing", "prompt", "hint")
)
"""The keys of blocks that a translator writes anew; a content note's `words` are among them."""


Source = Lesson | EqualRoute | Card | Module
"""What can be translated: a module stands for its own page."""


def fingerprint_of(source: Source) -> str:
    """Return what tells a text from every other, as 12 hexadecimal digits.

    Edge: only what is translated counts (title, content note, words); what else a head says may
          change without a translation growing old.
    """
    return content_hash(canonical_json(_read_of(source)))[:_DIGITS]


def _read_of(source: Source) -> dict[str, Any]:
    if isinstance(source, Card):
        return {"title": source.title, "words": source.words}
    if isinstance(source, Module):
        head = source.head
        return {
            "title": head.title,
            "summary": head.summary,
            "objectives": body_of(head.objectives),
            "principles": body_of(head.principles),
            "introduction": source.introduction,
        }
    return {
        "title": source.head.title,
        "note": body_of(source.head.content_note),
        "parts": [body_of(part) for part in source.parts],
    }


def is_outdated(
    translation: Translation | CardTranslation | PageTranslation, source: Source
) -> bool:
    """Say whether the source has changed since it was translated."""
    return translation.head.of != fingerprint_of(source)


def check_translations(module: WrittenModule) -> None:
    """Note where translations and their sources differ, and warn of those that are outdated."""
    lessons = {written.lesson.slug: written for written in module.lessons}
    for written in module.translated.lessons:
        lesson = lessons.get(written.translation.slug)
        if lesson is not None:
            _check_text(written, lesson, lesson.lesson)
    routes = {written.route.slug: written for written in module.routes}
    for written in module.translated.routes:
        route = routes.get(written.translation.slug)
        if route is not None:
            _check_text(written, route, route.route)
    for card in module.translated.cards:
        if card.translation.head.note:
            message = "A card has no content note. Take 'note' out."
            card.head.add(ProblemCode.TRANSLATION, message, "note")
        if module.card is not None:
            _warn_of_outdated(card.head, "card", module.card.card)
    for page in module.translated.pages:
        _check_page(page, module.module)
        _warn_of_outdated(page.head, "page", module.module)


def _check_text(
    written: WrittenTranslation, source: WrittenLesson | WrittenRoute, text: Lesson | EqualRoute
) -> None:
    _check_note(written, text)
    _check_blocks(written, source)
    what = "lesson" if isinstance(text, Lesson) else "equal route"
    _warn_of_outdated(written.head, what, text)


def _check_page(written: WrittenPageTranslation, module: Module) -> None:
    mine, theirs = written.head.value, module.head
    if len(mine.objectives) != len(theirs.objectives):
        number = f"{len(theirs.objectives)} in module.md and {len(mine.objectives)} here"
        message = f"There are {number}. Translate each, in its order."
        written.head.add(ProblemCode.TRANSLATION, message, "objectives")
    if (mine.principles is None) != (theirs.principles is None):
        message = "'principles' is in module.md or here, not in both. Make them the same."
        written.head.add(ProblemCode.TRANSLATION, message, "principles")


def _check_note(written: WrittenTranslation, text: Lesson | EqualRoute) -> None:
    note, source = written.head.value.note, text.head.content_note
    if source is not None and not note:
        message = "The lesson has a content note. Translate its words here, as 'note'."
        written.head.add(ProblemCode.TRANSLATION, message, "note")
    if source is None and note:
        message = "The lesson has no content note. Take 'note' out."
        written.head.add(ProblemCode.TRANSLATION, message, "note")


def _check_blocks(written: WrittenTranslation, source: WrittenLesson | WrittenRoute) -> None:
    """Note the first block that is not its source's; those after it could only be off as well."""
    for mine, theirs in zip_longest(written.blocks, source.blocks):
        if mine is None:
            message = f"The {_name(theirs.value)} is missing here. Translate it too."
            written.head.problems.add(ProblemCode.TRANSLATION, message)
            return
        if theirs is None:
            message = f"The lesson has no {_name(mine.value)}. Take it out."
            mine.add(ProblemCode.TRANSLATION, message)
            return
        if _name(mine.value) != _name(theirs.value):
            message = f"In the lesson the {_name(theirs.value)} stands here. Keep kind and id."
            mine.add(ProblemCode.TRANSLATION, message, *_id_place(mine.value))
            return
        _check_same(mine, body_of(mine.value), body_of(theirs.value))


def _check_same(
    mine: Written[Block], value: Any, source: Any, place: tuple[str | int, ...] = ()
) -> None:
    """Note each key beside the words that says something else than the source's does."""
    if isinstance(value, dict) and isinstance(source, dict):
        for key in dict.fromkeys((*source, *value)):
            if key not in _WORDS:
                _check_same(mine, value.get(key), source.get(key), (*place, key))
            elif bool(value.get(key)) != bool(source.get(key)):
                message = f"'{key}' is in the lesson or here, not in both. Make them the same."
                mine.add(ProblemCode.TRANSLATION, message, *place, key)
    elif isinstance(value, list) and isinstance(source, list) and len(value) == len(source):
        for position, (one, other) in enumerate(zip(value, source, strict=True)):
            _check_same(mine, one, other, (*place, position))
    elif value != source:
        mine.add(ProblemCode.TRANSLATION, _difference(value, source, place), *place)


def _difference(value: Any, source: Any, place: tuple[str | int, ...]) -> str:
    name = next((str(step) for step in reversed(place) if isinstance(step, str)), "block")
    if isinstance(value, list) and isinstance(source, list):
        number = f"{len(source)} in the lesson and {len(value)} here"
        return f"'{name}' has another number of entries: {number}. Keep each, in its order."
    if source is None:
        return f"'{name}' is not in the lesson. Take it out."
    told = source if isinstance(source, str | int) else "what the lesson says"
    said = str(told).lower() if isinstance(told, bool) else told
    return f"'{name}' must be as in the lesson: {said}."


def _warn_of_outdated(head: Written[Any], what: str, source: Source) -> None:
    now = fingerprint_of(source)
    if not head.value.of:
        message = f"'of' is missing: which text this translates. The one now is `of: '{now}'`."
        head.add(ProblemCode.MISSING_KEY, message, "of")
    elif head.value.of != now:
        message = (
            f"The {what} is not the one that this translates. Look over what changed in it, "
            f"then write `of: '{now}'`."
        )
        head.warn(ProblemCode.OUTDATED, message, "of")


def _name(block: Block) -> str:
    return f"{_NAMES[type(block)]} '{block.topic if isinstance(block, LocalEntries) else block.id}'"


def _id_place(block: Block) -> tuple[str, ...]:
    return ("topic",) if isinstance(block, LocalEntries) else ("id",)
