"""The dialect of Markdown that content is written in: what is read, what is left out."""

import re
from typing import Any
from xml.etree.ElementTree import Element, SubElement

import markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor

from lms.content.errors import ProblemCode
from lms.content.markdown.links import Links, Notes, citation
from lms.content.markdown.shaping import shape

_LEFT_OUT_INLINE = (
    *("reference", "image_reference", "short_reference", "short_image_ref"),
    *("automail", "entity", "html"),
)
_LEFT_OUT_OF_LINES = (
    *("admonition", "indent", "defindent", "deflist", "table", "hashheader", "hr"),
    *("olist", "ulist", "quote"),
)


_TAG = re.compile(r"<[^>\n\x02\x03]{0,19}>?")
"""A tag as its author wrote it, up to where the library put a mark of its own in its place."""


class Reader(markdown.Markdown):
    """Python-Markdown without raw HTML, code blocks and reference links, with citations.

    `notes` belongs to the page that is being rendered.
    """

    def __init__(self) -> None:
        super().__init__(
            extensions=["tables", "def_list", "admonition", "sane_lists"],
            extension_configs={"tables": {"use_align_attribute": True}},
            output_format="html",
        )
        self.notes = Notes(Links())
        self.ESCAPED_CHARS.append("<")
        self.preprocessors.deregister("html_block")
        for name in ("code", "setextheader", "reference"):
            self.parser.blockprocessors.deregister(name)
        for name in _LEFT_OUT_INLINE:
            self.inlinePatterns.deregister(name)
        self.treeprocessors.deregister("prettify")
        self.inlinePatterns.register(_CitationProcessor(self), "citation", 175)
        self.inlinePatterns.register(_HtmlProcessor(self), "html-found", 90)
        self.treeprocessors.register(_Shaper(self), "shape", -10)

    def read(self, text: str, notes: Notes) -> str:
        """Return the HTML of a text, not sanitised yet; what is learnt goes into `notes`."""
        self.notes = notes
        self.reset()
        return str(self.convert(text))


class LineReader(Reader):
    """The same for one line of words: no lists, no headings, one paragraph without its tags."""

    def __init__(self) -> None:
        super().__init__()
        for name in _LEFT_OUT_OF_LINES:
            self.parser.blockprocessors.deregister(name)

    def read(self, text: str, notes: Notes) -> str:
        rendered = super().read(" ".join(text.split()), notes)
        return rendered.removeprefix("<p>").removesuffix("</p>")


class _CitationProcessor(InlineProcessor):
    """`[@id: where]`, or several joined by semicolons, into links to the list of sources."""

    ANCESTOR_EXCLUDES = ("a",)

    def __init__(self, reader: Reader) -> None:
        super().__init__(r"\[@([^\[\]]{1,400})\]", reader)
        self._reader = reader

    def handleMatch(  # type: ignore[override]  # noqa: N802 -- the name and form are the library's
        self, m: re.Match[str], _data: str
    ) -> tuple[Element, int, int]:
        """Return a span that holds one link a source."""
        span = Element("span", {"class": "cites"})
        link: Element | None = None
        for written in re.split(r";\s*@", m.group(1)):
            known = citation(written, self._reader.notes)
            if known is None:
                continue
            if link is not None:
                link.tail = "; "
            link = SubElement(span, "a", {"class": "cite", "href": f"#source-{known[0].ref}"})
            link.text = known[1]
        return span, m.start(0), m.end(0)


class _HtmlProcessor(InlineProcessor):
    """Raw HTML stays visible text, and is noted: content is Markdown only."""

    def __init__(self, reader: Reader) -> None:
        super().__init__(r"<(?=[A-Za-z/!?])", reader)
        self._reader = reader

    def handleMatch(  # type: ignore[override]  # noqa: N802 -- the name and form are the library's
        self, m: re.Match[str], data: str
    ) -> tuple[str, int, int]:
        """Return the sign itself."""
        tag = _TAG.match(data, m.start(0))[0]  # type: ignore[index]  # it begins with the sign
        message = f"HTML is not used here: '{tag}'. Use Markdown, or write '\\<'."
        self._reader.notes.find(ProblemCode.RAW_HTML, message, tag)
        return "<", m.start(0), m.end(0)


class _Shaper(Treeprocessor):
    def __init__(self, reader: Reader) -> None:
        super().__init__(reader)
        self._reader = reader

    def run(self, root: Any) -> None:
        """Shape headings, links, pictures, tables and callouts after everything else is read."""
        shape(root, self._reader.notes)
