"""A small, strict YAML: text stays text, nothing is silently dropped, every value has its line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from yaml import events

from lms.content.errors import ProblemCode, Problems
from lms.content.files import YAML_LIMIT_BYTES, tidy_text

Place = tuple[str | int, ...]
"""The way to a value inside a document: keys and positions, from the outside in."""

Json = Any
"""None, bool, int, str, or lists and dicts of these. Never a float."""

DEPTH_LIMIT = 40

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}


@dataclass(frozen=True, slots=True)
class Document:
    """What a YAML text holds, and on which line each part of it stands."""

    value: Json
    lines: dict[Place, int]

    def line_of(self, place: Place) -> int:
        """Return the line of a value; of the nearest thing around it where it is absent."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


@dataclass(slots=True)
class _Open:
    """A list or mapping that is being read. `key` is the key whose value comes next."""

    value: Json
    place: Place
    key: str | None = None


class _StopError(Exception):
    """The rest cannot be read; the reason is noted already."""


def place_text(place: Place) -> str:
    """Return a place as people read it: `items[2].options[0].credit`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return "".join(steps).removeprefix(".")


def read_yaml(text: str, problems: Problems, first_line: int = 1) -> Document | None:
    """Return the document, or None if it cannot be used; every problem is noted with its line.

    Shape: scalars are text but for `true`, `false`, whole numbers up to 15 digits and null.
    Edge:  duplicate keys, anchors, aliases, tags and merge keys are problems, never choices.
    """
    tidy = tidy_text(text, problems, YAML_LIMIT_BYTES, first_line)
    if tidy is None:
        return None
    before = len(problems.found)
    reader = _Reader(problems, first_line, tidy.count("\n"))
    try:
        for event in _events(tidy):
            reader.take(event)
    except _StopError:
        return None
    except yaml.YAMLError as broken:
        reader.note_broken(broken)
    if len(problems.found) > before:
        return None
    return Document(reader.value, reader.lines)


def _events(text: str) -> Iterator[Any]:
    yield from yaml.parse(text, Loader=_LOADER)


def _plain(text: str) -> Json:
    """Return what an unquoted scalar means: only these can be anything but text."""
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _WHOLE.fullmatch(text) else text


class _Reader:
    """Builds the value event by event, so that depth costs a list entry and not a call."""

    def __init__(self, problems: Problems, first_line: int, last_line: int) -> None:
        self.value: Json = None
        self.lines: dict[Place, int] = {(): first_line}
        self._problems = problems
        self._offset = first_line
        self._last = last_line
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: Any) -> None:
        """Take the next event of the parser."""
        if isinstance(event, events.DocumentStartEvent):
            self._start_document(event)
        elif isinstance(event, events.NodeEvent):
            self._refuse_tricks(event)
            self._node(event)
        elif isinstance(event, events.CollectionEndEvent):
            self._open.pop()

    def note_broken(self, broken: yaml.YAMLError) -> None:
        """Note why the parser stopped, in words and with the line."""
        mark = getattr(broken, "problem_mark", None) or getattr(broken, "context_mark", None)
        why = getattr(broken, "problem", None) or "it is not finished"
        message = (
            f"This is not readable YAML: {why}. Check the indentation and the quotes; "
            "text with ': ' or ' #' in it, or with * & ! @ at its start, belongs in quotes."
        )
        line = min(mark.line if mark else 0, self._last) + self._offset
        self._problems.add(ProblemCode.BROKEN_YAML, message, line=line)

    def _node(self, event: Any) -> None:
        frame = self._open[-1] if self._open else None
        if frame is not None and isinstance(frame.value, dict) and frame.key is None:
            self._take_key(frame, event)
            return
        if isinstance(event, events.MappingStartEvent):
            self._enter({}, frame, event)
        elif isinstance(event, events.SequenceStartEvent):
            self._enter([], frame, event)
        else:
            self._store(self._scalar(event), frame, event)

    def _enter(self, value: Json, frame: _Open | None, event: Any) -> None:
        if len(self._open) >= DEPTH_LIMIT:
            message = f"This is nested more than {DEPTH_LIMIT} deep. Make it flatter."
            self._stop(ProblemCode.TOO_DEEP, message, event)
        place = self._store(value, frame, event)
        self._open.append(_Open(value, place))

    def _store(self, value: Json, frame: _Open | None, event: Any) -> Place:
        """Put a value where it belongs and return its place."""
        if frame is None:
            self.value = value
            self.lines[()] = self._line(event)
            return ()
        if isinstance(frame.value, list):
            place = (*frame.place, len(frame.value))
            frame.value.append(value)
            self.lines[place] = self._line(event)
            return place
        key, frame.key = frame.key, None
        place = (*frame.place, key or "")
        frame.value[key] = value
        return place

    def _take_key(self, frame: _Open, event: Any) -> None:
        if not isinstance(event, events.ScalarEvent):
            message = "A key must be one plain word. Write `key: value`."
            self._stop(ProblemCode.NOT_ALLOWED, message, event)
        key: str = event.value
        place = (*frame.place, key)
        frame.key = key
        if key == "" or (key == "<<" and not event.style):
            message = f"The key '{key}' cannot be used here. Write out every key by name."
            self._add(ProblemCode.NOT_ALLOWED, message, event, place)
        if key in frame.value:
            first, second = self.lines[place], self._line(event)
            message = (
                f"The key '{key}' is there twice: on line {first} and on line {second}. Keep one."
            )
            self._add(ProblemCode.DUPLICATE_KEY, message, event, place)
        self.lines[place] = self._line(event)

    def _scalar(self, event: Any) -> Json:
        if isinstance(event, events.AliasEvent):
            return None
        text: str = event.value
        if event.style in ("|", ">"):
            return text.rstrip("\n")
        if event.style == '"':  # an escape may stand for what the file itself must not hold
            tidy = tidy_text(text, self._problems, YAML_LIMIT_BYTES, self._line(event))
            return tidy or ""
        return text if event.style == "'" else _plain(text)

    def _start_document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            message = "A second document starts here. Keep one document in a file."
            self._stop(ProblemCode.NOT_ALLOWED, message, event)
        if event.tags:
            self._stop(ProblemCode.NOT_ALLOWED, "Tags are not used here. Remove %TAG.", event)

    def _refuse_tricks(self, event: Any) -> None:
        """Anchors, aliases and tags make text that a reader cannot follow on the page."""
        if isinstance(event, events.AliasEvent):
            message = f"'*{event.anchor}' repeats another part. Write it out, or put it in quotes."
            self._add(ProblemCode.NOT_ALLOWED, message, event)
        elif event.anchor is not None:
            message = f"'&{event.anchor}' names a part. Remove it, or put the text in quotes."
            self._add(ProblemCode.NOT_ALLOWED, message, event)
        elif event.tag is not None:
            message = f"The tag '{event.tag}' is not used here. Remove it, or quote the text."
            self._add(ProblemCode.NOT_ALLOWED, message, event)

    def _line(self, event: Any) -> int:
        return int(event.start_mark.line) + self._offset

    def _add(self, code: ProblemCode, message: str, event: Any, place: Place = ()) -> None:
        self._problems.add(code, message, line=self._line(event), path=place_text(place))

    def _stop(self, code: ProblemCode, message: str, event: Any) -> None:
        self._add(code, message, event)
        raise _StopError
