"""A module back into the files that it could have been read from: the way out of the database."""

from datetime import date
from typing import Any

import yaml

from lms.content.errors import Problems
from lms.content.heads import divide
from lms.content.modules import CARD_FILE, MODULE_FILE
from lms.content.translations import Source, fingerprint_of
from lms.content.versions import body_of
from lms.rules.authoring import translation_name
from lms.rules.curriculum import (
    Card,
    Check,
    EqualRoute,
    Exercise,
    Lesson,
    LocalEntries,
    Module,
    Part,
    PhaseShown,
    Reflection,
    Situation,
    Text,
    Translation,
)

_WIDTH = 100
_FENCE = "```"
_KINDS: dict[type[Any], str] = {
    Check: "check",
    Situation: "situation",
    Reflection: "reflection",
    Exercise: "exercise",
    PhaseShown: "phase",
    LocalEntries: "local",
}


def files_of(module: Module) -> dict[str, str]:
    """Return a module's texts by file name. Read again, they are the same module.

    Edge: how its author had set the files out (comments, line breaks of the head) is not known to
          a definition; where the files themselves were kept, those are used instead.
    """
    numbers = {lesson.slug: number for number, lesson in enumerate(module.lessons, start=1)}
    found = {MODULE_FILE: _file(module.head, module.introduction)}
    for lesson in module.lessons:
        found[f"{numbers[lesson.slug]:02}-{lesson.slug}.md"] = _text(lesson)
    for route in module.equal_routes:
        found[f"{numbers[route.slug]:02}-{route.slug}.equal.md"] = _text(route)
    for other in module.translations:
        found[f"{numbers[other.slug]:02}-{other.slug}.{other.language}.md"] = _text(other)
    for other in module.route_translations:
        found[f"{numbers[other.slug]:02}-{other.slug}.equal.{other.language}.md"] = _text(other)
    for page in module.page_translations:
        found[translation_name(MODULE_FILE, page.language)] = _file(page.head, page.introduction)
    if module.card:
        found[CARD_FILE] = _joined({"title": module.card.title}, module.card.words)
    for card in module.card_translations:
        found[translation_name(CARD_FILE, card.language)] = _file(card.head, card.words)
    return found


def translation_begun(text: str, source: Source, translator: str, on: date) -> str:
    """Return the first text of a translation: the original's words under the head that it needs.

    Shape: `text` is the original's whole file, which can be read.
    """
    divided = divide(text, Problems())
    body = divided.body.strip("\n") if divided else ""
    said: dict[str, Any] = {"title": _title(source)}
    if isinstance(source, Module):
        said |= {"summary": source.head.summary, "objectives": body_of(source.head.objectives)}
    said |= {"translator": translator, "translated_on": on, "of": fingerprint_of(source)}
    if isinstance(source, Module) and source.head.principles:
        said["principles"] = body_of(source.head.principles)
    if isinstance(source, Lesson | EqualRoute) and source.head.content_note:
        said["note"] = source.head.content_note.words
    return _joined(said, body)


def _title(source: Source) -> str:
    return source.title if isinstance(source, Card) else source.head.title


def _text(lesson: Lesson | EqualRoute | Translation) -> str:
    return _file(lesson.head, "\n\n".join(_part(part) for part in lesson.parts))


def _file(head: Any, body: str) -> str:
    return _joined(body_of(head), body)


def _joined(head: Any, body: str) -> str:
    return f"---\n{yaml_of(head)}---\n{body}\n"


def _part(part: Part) -> str:
    if isinstance(part, Text):
        return part.markdown
    return f"{_FENCE}{_KINDS[type(part)]}\n{yaml_of(body_of(part))}{_FENCE}"


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines as it reads, and no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _words(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _words)


def yaml_of(value: Any) -> str:
    """Return plain values as YAML, without aliases; text of several lines as it reads."""
    return str(yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH))
