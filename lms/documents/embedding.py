"""What one document takes of a font: its glyphs by code, each with the text it stands for."""

from collections.abc import Iterator, Sequence
from typing import Any

from lms.documents.pdf import PdfFile, name_part, reference
from lms.documents.typefaces import Glyph, Typeface

_CODES = 255  # of a block; code 0 stays the sign for what is missing
_MAPPED = 100  # the longest block of mappings a ToUnicode table may hold
_SYMBOLIC, _NON_SYMBOLIC = 4, 32


class Embedding:
    """The glyphs of one font in one document, in blocks of 255: a code is one byte.

    `name` is the font's in the document; each block adds its own number to it.
    """

    def __init__(self, face: Typeface, name: str) -> None:
        self._face, self._name = face, name
        self._blocks: list[list[int]] = []
        self._codes: dict[int, tuple[str, str]] = {}
        self._meaning: dict[int, str] = {}

    def coded(self, glyph: Glyph) -> tuple[str, str]:
        """Return the font's name and the code that draw a glyph, and remember what it means."""
        if glyph.text:
            self._meaning.setdefault(glyph.number, glyph.text)
        return self._codes.get(glyph.number) or self._new_code(glyph.number)

    def _new_code(self, number: int) -> tuple[str, str]:
        if not self._blocks or len(self._blocks[-1]) > _CODES:
            self._blocks.append([0])
        self._blocks[-1].append(number)
        code = len(self._blocks[-1]) - 1
        found = self._codes[number] = f"{self._name}.{len(self._blocks)}", f"{code:02X}"
        return found

    def written(self, file: PdfFile) -> Iterator[str]:
        """Write the font's blocks into a file, and yield each name with what it stands for."""
        for place, glyphs in enumerate(self._blocks):
            font = file.added(self._font(file, place, glyphs))
            yield f"/{self._name}.{place + 1} {reference(font)}"

    def _font(self, file: PdfFile, place: int, glyphs: Sequence[int]) -> str:
        face: Any = self._face.face
        name = f"/AAAAA{chr(ord('A') + place)}+{name_part(face.name.decode('latin1'))}"
        widths = " ".join(f"{self._face.widths[glyph]:.0f}" for glyph in glyphs)
        meaning = [self._meaning.get(glyph, "") for glyph in glyphs]
        table = file.stream(_to_unicode(meaning).encode("ascii"))
        return (
            f"<</Type/Font/Subtype/TrueType/BaseFont{name}/FirstChar 0/LastChar {len(glyphs) - 1}"
            f"/Widths[{widths}]/ToUnicode {reference(table)}"
            f"/FontDescriptor {reference(self._descriptor(file, name, glyphs))}>>"
        )

    def _descriptor(self, file: PdfFile, name: str, glyphs: Sequence[int]) -> int:
        face: Any = self._face.face
        shapes = self._face.shapes(glyphs)
        data = file.stream(shapes, f"/Length1 {len(shapes)}")
        box = " ".join(f"{side:.0f}" for side in face.bbox)
        flags = face.flags & ~_NON_SYMBOLIC | _SYMBOLIC
        return file.added(
            f"<</Type/FontDescriptor/FontName{name}/Flags {flags}/FontBBox[{box}]"
            f"/Ascent {face.ascent:.0f}/Descent {face.descent:.0f}/CapHeight {face.capHeight:.0f}"
            f"/ItalicAngle {face.italicAngle:.0f}/StemV {face.stemV:.0f}"
            f"/MissingWidth {face.defaultWidth:.0f}/FontFile2 {reference(data)}>>"
        )


def _to_unicode(texts: Sequence[str]) -> str:
    rows = [
        f"<{code:02X}> <{text.encode('utf-16-be').hex().upper()}>"
        for code, text in enumerate(texts)
        if text
    ]
    blocks = [rows[start : start + _MAPPED] for start in range(0, len(rows), _MAPPED)]
    body = [f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks]
    head = "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
    info = "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
    kind = "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
    space = "1 begincodespacerange\n<00> <FF>\nendcodespacerange\n"
    tail = "\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    return head + info + kind + space + "\n".join(body) + tail
