"""Strict JSON, read so that every value has its line: no doubled keys, no NaN, nothing guessed."""

import json
import re
from bisect import bisect_left
from decimal import Decimal
from typing import NoReturn

from lms.content.errors import ProblemCode, Problems
from lms.content.files import tidy_text
from lms.content.yaml import DEPTH_LIMIT, Document, Json, Place, place_text

DIGITS_LIMIT = 40

_SPACE = re.compile(r"[ \t\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_WORD = re.compile(r"[A-Za-z0-9_.+-]{1,20}")
_DECODER = json.JSONDecoder()
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


class _StopError(Exception):
    """The rest cannot be read; the reason is noted already."""


def read_json(text: str, problems: Problems, limit_bytes: int) -> Document | None:
    """Return the document, or None if it cannot be used; every problem is noted with its line.

    Shape: a number with a point or an exponent is a `Decimal`, never a float.
    Edge:  keys that stand twice are all named; what is no JSON ends the reading.
    """
    before = len(problems.found)
    reader = _Reader(text, problems, limit_bytes)
    try:
        value = reader.document()
    except _StopError:
        return None
    return None if len(problems.found) > before else Document(value, reader.lines)


class _Reader:
    """Goes through a text once; depth is limited, so that its calls are too."""

    def __init__(self, text: str, problems: Problems, limit_bytes: int) -> None:
        self.lines: dict[Place, int] = {}
        self._text = text
        self._at = 0
        self._ends = [found.start() for found in re.finditer("\n", text)]
        self._problems = problems
        self._limit = limit_bytes

    def document(self) -> Json:
        """Return the one value of the text."""
        if not self._next():
            self._stop("This file is empty. Write a JSON object into it.", ())
        value = self._value((), 0)
        if self._next():
            self._stop("Something stands after the end. Keep one JSON document in a file.", ())
        return value

    def _value(self, place: Place, depth: int) -> Json:
        sign = self._next()
        self.lines.setdefault(place, self._line())
        if depth > DEPTH_LIMIT:
            message = f"This is nested more than {DEPTH_LIMIT} deep. Make it flatter."
            self._stop(message, place, ProblemCode.TOO_DEEP)
        if sign == "{":
            return self._object(place, depth)
        if sign == "[":
            return self._list(place, depth)
        return self._string(place) if sign == '"' else self._plain(place)

    def _object(self, place: Place, depth: int) -> Json:
        found: dict[str, Json] = {}
        self._at += 1
        if self._passes("}"):
            return found
        while True:
            if self._next() != '"':
                self._stop("A key in double quotes is expected here.", place)
            line = self._line()
            key = self._string(place)
            inner = (*place, key)
            if key in found:
                message = f"The key “{key}” stands here twice. Keep one."
                where = place_text(inner)
                self._problems.add(ProblemCode.DUPLICATE_KEY, message, line=line, path=where)
            self.lines[inner] = line
            if not self._passes(":"):
                self._stop("A colon is expected after the key.", inner)
            found[key] = self._value(inner, depth + 1)
            if self._passes("}"):
                return found
            if not self._passes(","):
                self._stop("A comma or the closing } is expected here.", place)

    def _list(self, place: Place, depth: int) -> Json:
        found: list[Json] = []
        self._at += 1
        if self._passes("]"):
            return found
        while True:
            found.append(self._value((*place, len(found)), depth + 1))
            if self._passes("]"):
                return found
            if not self._passes(","):
                self._stop("A comma or the closing ] is expected here.", place)

    def _string(self, place: Place) -> str:
        start = self._at
        try:
            text, self._at = _DECODER.raw_decode(self._text, start)
        except json.JSONDecodeError as broken:
            self._at = min(broken.pos, len(self._text))
            self._stop("This text is not finished, or an escape in it is unknown.", place)
        if "\\" not in self._text[start : self._at]:
            return str(text)
        # An escape may stand for what the file itself must not hold.
        tidy = tidy_text(str(text), self._problems, self._limit, self._line())
        return "" if tidy is None else tidy

    def _plain(self, place: Place) -> Json:
        number = _NUMBER.match(self._text, self._at)
        word = _WORD.match(self._text, self._at)
        if number and (word is None or word.end() <= number.end()):
            if number.end() - number.start() > DIGITS_LIMIT:
                message = f"This number has more than {DIGITS_LIMIT} digits."
                self._stop(message, place, ProblemCode.OUT_OF_RANGE)
            self._at = number.end()
            is_whole = number[1] is None and number[2] is None
            return int(number[0]) if is_whole else Decimal(number[0])
        if word and word[0] in _WORDS:
            self._at = word.end()
            return _WORDS[word[0]]
        seen = word[0] if word else self._text[self._at : self._at + 1]
        return self._stop(
            f"“{seen}” is no JSON value." if seen else "The file ends too early.", place
        )

    def _next(self) -> str:
        """Go past white space and return the character there; nothing at the end."""
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._text[self._at : self._at + 1]

    def _passes(self, sign: str) -> bool:
        """Go past a sign if it comes next."""
        if self._next() != sign:
            return False
        self._at += 1
        return True

    def _line(self) -> int:
        return bisect_left(self._ends, self._at) + 1

    def _stop(
        self, message: str, place: Place, code: ProblemCode = ProblemCode.BROKEN_JSON
    ) -> NoReturn:
        self._problems.add(code, message, line=self._line(), path=place_text(place))
        raise _StopError
