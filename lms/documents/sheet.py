"""One page being drawn: every piece is tagged for reading aloud, or marked as decoration."""

from collections.abc import Iterator
from contextlib import contextmanager

from lms.documents.embedding import Embedding
from lms.documents.pdf import PdfFile, plain_number, reference, utf16_string
from lms.documents.pictures import Picture
from lms.documents.qr import QUIET_MODULES, dark_runs
from lms.documents.tagging import Box, DocumentInfo, Tag, tagged
from lms.documents.typefaces import Glyph, Typeface
from lms.documents.typesetting import Line

Colour = tuple[float, float, float]


class Sheet:
    """A page of a PDF, measured in points from its lower left corner."""

    def __init__(self, size: tuple[float, float], info: DocumentInfo) -> None:
        self.width, self.height = size
        self._info = info
        self._file = PdfFile()
        self._content: list[str] = []
        self._fonts: dict[Typeface, Embedding] = {}
        self._pictures: list[str] = []
        self._root = Tag("Document")
        self._open = [self._root]
        self._marks = 0

    @contextmanager
    def group(self, role: str) -> Iterator[Tag]:
        """Gather what is drawn inside under one element, such as a list."""
        tag = Tag(role)
        self._open[-1].children.append(tag)
        self._open.append(tag)
        yield tag
        self._open.pop()

    @contextmanager
    def piece(self, role: str, *, alt: str = "", text: str = "") -> Iterator[Tag]:
        """Tag what is drawn inside; `alt` describes a figure, `text` is what the glyphs say."""
        tag = Tag(role, self._marks, alt, text)
        self._marks += 1
        self._open[-1].children.append(tag)
        self._content.append(f"/{role} <</MCID {tag.mark}>> BDC")
        yield tag
        self._content.append("EMC")

    @contextmanager
    def decoration(self) -> Iterator[None]:
        """Mark what is drawn inside as not worth reading aloud."""
        self._content.append("/Artifact BMC")
        yield
        self._content.append("EMC")

    def line(self, line: Line, x: float, y: float, size: float, colour: Colour) -> None:
        """Draw a set line with its left end at x on the base line y.

        Edge: where the glyphs do not spell the text, the text stands beside them for copying;
              not where a part runs right to left, which viewers put in order from the glyphs.
        """
        parts = [
            "BT",
            _filled(colour),
            f"1 0 0 1 {plain_number(x)} {plain_number(y)} Tm",
        ]
        for run in line.runs:
            parts += self._shown(run.face, list(run.glyphs), size)
        drawn = " ".join([*parts, "ET"])
        if not line.is_plain and not line.turns:
            drawn = f"/Span <</ActualText {utf16_string(line.text)}>> BDC {drawn} EMC"
        self._content.append(drawn)

    def _shown(self, face: Typeface, glyphs: list[Glyph], size: float) -> Iterator[str]:
        if face not in self._fonts:
            self._fonts[face] = Embedding(face, f"F{len(self._fonts) + 1}")
        embedding, present, row = self._fonts[face], "", _Row(face, size)
        for glyph in glyphs:
            font, code = embedding.coded(glyph)
            if font != present:
                yield from row.ended()
                yield f"/{font} {plain_number(size)} Tf"
                present = font
            yield from row.moved(glyph, code)
        yield from row.ended()

    def rule(self, x: float, y: float, length: float, thickness: float, colour: Colour) -> None:
        """Draw a horizontal line as decoration."""
        box = " ".join(map(plain_number, (x, y, length, thickness)))
        with self.decoration():
            self._content.append(f"{_filled(colour)} {box} re f")

    def picture(self, picture: Picture, box: Box, alt: str) -> None:
        """Draw a picture into the box, described by `alt`."""
        left, bottom, right, top = box
        name = f"/I{len(self._pictures) + 1}"
        self._pictures.append(f"{name} {reference(picture.written(self._file))}")
        with self.piece("Figure", alt=alt) as tag:
            tag.box = box
            width, height, x, y = map(plain_number, (right - left, top - bottom, left, bottom))
            self._content.append(f"q {width} 0 0 {height} {x} {y} cm {name} Do Q")

    def code(self, squares: list[list[bool]], box: Box, alt: str, colour: Colour) -> None:
        """Draw a QR code as one path; with its quiet zone it fills the box."""
        left, bottom, right, _ = box
        side = (right - left) / (len(squares) + 2 * QUIET_MODULES)
        top = bottom + side * (len(squares) + QUIET_MODULES)
        with self.piece("Figure", alt=alt) as tag:
            tag.box = box
            x, y = plain_number(left + side * QUIET_MODULES), plain_number(top)
            parts = [f"q {_filled(colour)}"]
            parts.append(f"{side:.5f} 0 0 {-side:.5f} {x} {y} cm")  # a square is one unit
            for row, dark in enumerate(squares):
                parts += [f"{a} {row} {z - a} 1 re" for a, z in dark_runs(dark)]
            self._content.append(" ".join([*parts, "f Q"]))

    def finished(self) -> bytes:
        """Return the tagged file. The same drawing and facts give the same bytes."""
        page, file = self._file.kept(), self._file
        content = file.stream("\n".join(self._content).encode("ascii"))
        fonts = "".join(name for font in self._fonts.values() for name in font.written(file))
        pictures = f"/XObject<<{''.join(self._pictures)}>>" if self._pictures else ""
        size = f"{plain_number(self.width)} {plain_number(self.height)}"
        entries = (
            f"/MediaBox[0 0 {size}]/Contents {reference(content)}"
            f"/Resources<</Font<<{fonts}>>{pictures}>>"
        )
        return tagged(file, page, entries, self._root, self._info)


class _Row:
    """The glyphs of one font on a line that are shown together, with the moves between them."""

    def __init__(self, face: Typeface, size: float) -> None:
        self._widths, self._size = face.widths, size
        self._parts: list[str] = []
        self._rise = 0.0

    def moved(self, glyph: Glyph, code: str) -> Iterator[str]:
        """Take a glyph in; yield what has to be shown before it."""
        if glyph.up != self._rise:
            yield from self._flushed()
            yield f"{plain_number(glyph.up * self._size / 1000)} Ts"
            self._rise = glyph.up
        after = self._widths[glyph.number] + glyph.right - glyph.advance
        if glyph.right:
            self._parts.append(f" {plain_number(-glyph.right)} ")
        self._parts.append(f"<{code}>")
        if (move := plain_number(after)) != "0":
            self._parts.append(f" {move} ")

    def ended(self) -> Iterator[str]:
        """Yield what is still to be shown, back on the base line."""
        yield from self._flushed()
        if self._rise:
            yield "0 Ts"
            self._rise = 0.0

    def _flushed(self) -> Iterator[str]:
        if self._parts:
            yield f"[{''.join(self._parts).replace('><', '')}] TJ"
            self._parts = []


def _filled(colour: Colour) -> str:
    return f"{' '.join(map(plain_number, colour))} rg"
