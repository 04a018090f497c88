"""Pieces of pages that are the same for many readers, rendered once and kept in memory.

A piece is kept under everything that it shows; what is one reader's own (a token, an address, a
name) is never kept: a mark stands in its place, and each answer fills it in.
"""

import secrets
from collections.abc import Callable, Hashable
from typing import Any

from flask import Flask
from markupsafe import Markup, escape

from lms.web.frame import spoken

KEPT_IN_MEMORY = 2000


class Marks:
    """Stand-ins for what is one reader's own. A mark is random: no text can hold it by chance."""

    def __init__(self) -> None:
        self._secret = secrets.token_hex(8)
        self._made: dict[str, Markup] = {}

    def __getitem__(self, name: str) -> Markup:
        """Return the mark of a name; a template may write `own.csrf`."""
        if name not in self._made:
            self._made[name] = escape(f"mark-{self._secret}-{name}.")
        return self._made[name]


class Fragments:
    """The kept pieces of one application.

    A template writes `{% call(own) kept("name", *what it shows, csrf=csrf) %}…{% endcall %}` and
    prints `own.csrf` where the token belongs. The answer's language is part of every key.
    """

    def __init__(self) -> None:
        self._marks = Marks()
        self._pieces: dict[tuple[Hashable, ...], str] = {}

    def clear(self) -> None:
        """Forget everything."""
        self._pieces.clear()

    def __call__(self, *shown: Hashable, caller: Callable[[Marks], str], **own: Any) -> Markup:
        """Return a piece, kept or rendered now, with what is the reader's own filled in.

        Shape: `shown` is all that the piece shows; `own` is filled in for its marks, escaped.
        Edge:  two requests that miss at once both render; they keep the same text.
        """
        key = (spoken(), *shown)
        piece = self._pieces.get(key)
        if piece is None:
            if len(self._pieces) >= KEPT_IN_MEMORY:
                self._pieces.clear()
            piece = self._pieces[key] = str(caller(self._marks))
        for name, value in own.items():
            piece = piece.replace(self._marks[name], str(escape(value)))
        return Markup(piece)  # noqa: S704, every part of it was escaped where it was rendered


def install(app: Flask) -> None:
    """Give templates `kept`."""
    app.jinja_env.globals["kept"] = app.extensions["fragments"] = Fragments()
