"""A programme back into the text of its file, and single values of that text set anew."""

from collections.abc import Mapping
from typing import Any

from lms.content.errors import Problems
from lms.content.versions import body_of
from lms.content.writing import yaml_of
from lms.content.yaml import Json, Place, read_yaml
from lms.rules.programmes import Programme

FIRST_KEYS = ("kind", "id", "title", "version")


def programme_text(programme: Programme) -> str:
    """Return a programme's text. Read again, it is the same programme."""
    return yaml_of(_ordered(body_of(programme)))


def text_with(text: str, values: Mapping[Place, Any]) -> str:
    """Return a text in which the values at some places are others; "" and None take a key away.

    Edge: the text must be readable; comments and line breaks are not kept.
    """
    document = read_yaml(text, Problems())
    if document is None:
        raise ValueError("The text cannot be read.")
    for place, value in values.items():
        _set(document.value, place, value)
    return yaml_of(_ordered(document.value))


def _set(inside: Json, place: Place, value: Any) -> None:
    *steps, last = place
    for step in steps:
        if isinstance(inside, dict) and step not in inside:
            if value in ("", None):
                return
            inside[step] = {}
        inside = inside[step]
    if value in ("", None):
        inside.pop(last, None)
    else:
        inside[last] = value


def _ordered(value: Json) -> Json:
    """Return a value with the keys that name a thing before those that describe it."""
    if isinstance(value, list):
        return [_ordered(entry) for entry in value]
    if isinstance(value, dict):
        first = [key for key in FIRST_KEYS if key in value]
        rest = [key for key in value if key not in first]
        return {key: _ordered(value[key]) for key in (*first, *rest)}
    return value
