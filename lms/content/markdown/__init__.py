"""The one renderer of Markdown: sanitised HTML out, and everything that is wrong noted."""

import re
import threading
from dataclasses import dataclass

from markupsafe import Markup, escape

from lms.content.errors import ProblemCode
from lms.content.markdown.dialect import LineReader, Reader
from lms.content.markdown.limits import heavy_part
from lms.content.markdown.links import Finding, Heading, Links, Notes
from lms.content.markdown.sanitising import plain_text, sanitise
from lms.rules.definitions import SourceRef

__all__ = ["Finding", "Heading", "Links", "Page", "plain_text"]

_LIST = re.compile(r"^\s*(?:[-*+]|[0-9]{1,3}\.) ", re.MULTILINE)
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")
_BARE_WORDS = re.compile(r"[^\\`*_\[\]!<>&\x00-\x08\x0b-\x1f\x7f\xa0]*")
"""A line with none of the signs that Markdown, or HTML, reads as more than themselves."""

_readers = threading.local()
"""Python-Markdown keeps state while it reads, so each thread has readers of its own."""


@dataclass(frozen=True, slots=True)
class Page:
    """Renders the texts of one page; headings, citations and findings add up over all of them."""

    notes: Notes

    @classmethod
    def of(cls, links: Links | None = None) -> "Page":
        """Return a page without words; without `links` no source, lesson or picture is known."""
        return cls(Notes(links or Links()))

    def prose(self, text: str) -> Markup:
        """Return a text with headings, lists, tables and callouts."""
        return self._render(text, line=False)

    def block(self, text: str) -> Markup:
        """Return a text inside something else: the same without headings."""
        self.notes.may_head = False
        try:
            return self._render(text, line=False)
        finally:
            self.notes.may_head = True

    def line(self, text: str) -> Markup:
        """Return words that stand inside a label, a legend or a paragraph of the page's own.

        Edge: emphasis, links and citations only; an empty line becomes a break, a list stays text
              and is noted.
        """
        if _LIST.search(text):
            message = "A list cannot be here. Write sentences."
            self.notes.find(ProblemCode.NOT_ALLOWED, message, text.strip()[:40].split("\n")[0])
        paragraphs = [part for part in _EMPTY_LINE.split(text) if part.strip()]
        return Markup("<br><br>").join(self._render(part, line=True) for part in paragraphs)

    @property
    def headings(self) -> tuple[Heading, ...]:
        """The headings so far, in reading order."""
        return tuple(self.notes.headings)

    @property
    def cited(self) -> tuple[SourceRef, ...]:
        """Every citation so far, in reading order."""
        return tuple(self.notes.cited)

    @property
    def linked(self) -> tuple[str, ...]:
        """The ids of every term that a text links, in reading order."""
        return tuple(self.notes.linked)

    @property
    def pictured(self) -> tuple[str, ...]:
        """The names of every picture that a text shows, in reading order."""
        return tuple(self.notes.pictured)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every problem so far."""
        return tuple(self.notes.findings)

    def _render(self, text: str, *, line: bool) -> Markup:
        if not text.strip():
            return Markup("")
        heavy = heavy_part(text, line=line)
        if heavy is not None:
            return self._unread(text, heavy)
        if line and _BARE_WORDS.fullmatch(text):
            return Markup(" ".join(text.split()))  # noqa: S704 -- it holds no sign of HTML
        try:
            return sanitise(_reader(line=line).read(text, self.notes))
        except RecursionError:
            _readers.__dict__.clear()  # a reader that was stopped half-way keeps what it was at
            message = "This is nested too deeply. Make it simpler."
            return self._unread(text, Finding(ProblemCode.TOO_DEEP, message, text.strip()[:40]))

    def _unread(self, text: str, finding: Finding) -> Markup:
        """Show a text as it is written, and note why it is not rendered."""
        self.notes.findings.append(finding)
        return Markup("<p>{}</p>").format(escape(text))


def _reader(*, line: bool) -> Reader:
    name = "line" if line else "block"
    reader = getattr(_readers, name, None)
    if reader is None:
        reader = LineReader() if line else Reader()
        setattr(_readers, name, reader)
    return reader
