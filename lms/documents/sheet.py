"""One page being drawn: every piece is tagged for reading aloud, or marked as decoration."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from lms.documents.qr import QUIET_MODULES, dark_runs
from lms.documents.tagging import Box, DocumentInfo, Tag, tagged
from lms.documents.typefaces import Glyph, Typeface
from lms.documents.typesetting import Line

rl_config.useA85 = 0  # binary streams: smaller files, less work

Colour = tuple[float, float, float]


class Sheet:
    """A page of a PDF, measured in points from its lower left corner."""

    def __init__(self, size: tuple[float, float], face: Typeface, info: DocumentInfo) -> None:
        self.width, self.height = size
        self._info = info
        self._buffer = BytesIO()
        self._root = Tag("Document")
        self._open = [self._root]
        self._marks = 0
        if face.fontName not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(face)
        self._canvas: Any = Canvas(
            self._buffer,
            pagesize=size,
            pageCompression=1,
            invariant=1,
            initialFontName=face.fontName,  # type: ignore[arg-type]  # the stub says a number
            lang=info.language,
        )

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
        self._canvas._code.append(f"/{role} <</MCID {tag.mark}>> BDC")
        yield tag
        self._canvas._code.append("EMC")

    @contextmanager
    def decoration(self) -> Iterator[None]:
        """Mark what is drawn inside as not worth reading aloud."""
        self._canvas._code.append("/Artifact BMC")
        yield
        self._canvas._code.append("EMC")

    def line(self, line: Line, x: float, y: float, size: float, colour: Colour) -> None:
        """Draw a set line with its left end at x on the base line y.

        Edge: where the glyphs do not spell the text, the text stands beside them for copying;
              not where a part runs right to left, which viewers put in order from the glyphs.
        """
        parts = [
            "BT",
            f"{' '.join(map(_number, colour))} rg",
            f"1 0 0 1 {_number(x)} {_number(y)} Tm",
        ]
        for run in line.runs:
            parts += self._shown(run.face, list(run.glyphs), size)
        drawn = " ".join([*parts, "ET"])
        if not line.is_plain and not line.turns:
            drawn = f"/Span <</ActualText {_hex_text(line.text)}>> BDC {drawn} EMC"
        self._canvas._code.append(drawn)

    def _shown(self, face: Typeface, glyphs: list[Glyph], size: float) -> Iterator[str]:
        place = 0
        for font, codes in face.pieces(glyphs, self._canvas._doc):
            yield f"{font} {_number(size)} Tf"
            yield from _moved(face, glyphs[place : place + len(codes)], codes, size)
            place += len(codes)

    def rule(self, x: float, y: float, length: float, thickness: float, colour: Colour) -> None:
        """Draw a horizontal line as decoration."""
        with self.decoration():
            self._canvas.setFillColorRGB(*colour)
            self._canvas.rect(x, y, length, thickness, stroke=0, fill=1)

    def picture(self, image: ImageReader, box: Box, alt: str) -> None:
        """Draw a picture into the box, described by `alt`."""
        left, bottom, right, top = box
        with self.piece("Figure", alt=alt) as tag:
            tag.box = box
            width, height = right - left, top - bottom
            self._canvas.drawImage(image, left, bottom, width, height, mask="auto")

    def code(self, squares: list[list[bool]], box: Box, alt: str, colour: Colour) -> None:
        """Draw a QR code as one path; with its quiet zone it fills the box."""
        left, bottom, right, _ = box
        side = (right - left) / (len(squares) + 2 * QUIET_MODULES)
        top = bottom + side * (len(squares) + QUIET_MODULES)
        with self.piece("Figure", alt=alt) as tag:
            tag.box = box
            x, y = _number(left + side * QUIET_MODULES), _number(top)
            parts = [f"q {' '.join(map(_number, colour))} rg"]
            parts.append(f"{side:.5f} 0 0 {-side:.5f} {x} {y} cm")  # a square is one unit
            for row, dark in enumerate(squares):
                parts += [f"{a} {row} {z - a} 1 re" for a, z in dark_runs(dark)]
            self._canvas._code.append(" ".join([*parts, "f Q"]))

    def finished(self) -> bytes:
        """Return the tagged file. The same drawing and facts give the same bytes."""
        self._canvas.showPage()
        self._canvas.save()
        return tagged(self._buffer.getvalue(), self._root, self._info)


def _moved(face: Typeface, glyphs: list[Glyph], codes: bytes, size: float) -> Iterator[str]:
    row: list[str] = []
    rise = 0.0
    for glyph, code in zip(glyphs, codes, strict=True):
        if glyph.up != rise:
            yield from _flushed(row)
            yield f"{_number(glyph.up * size / 1000)} Ts"
            row, rise = [], glyph.up
        after = face.widths[glyph.number] + glyph.right - glyph.advance
        row += [_number(-glyph.right), f"<{code:02X}>", _number(after)]
    yield from _flushed(row)
    if rise:
        yield "0 Ts"


def _flushed(row: list[str]) -> Iterator[str]:
    kept = "".join(part if part[0] == "<" else f" {part} " for part in row if part != "0")
    if kept:
        yield f"[{kept.replace('><', '')}] TJ"


def _number(value: float) -> str:
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _hex_text(text: str) -> str:
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"
