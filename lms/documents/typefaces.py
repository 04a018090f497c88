"""The fonts a document may use: read once, addressed by glyph, and chosen by what they can show."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import category, mirrored, normalize
from weakref import WeakKeyDictionary

from reportlab.pdfbase.ttfonts import SUBSETN, TTFError, TTFont

from lms.documents.faults import FontFileError

try:
    import uharfbuzz
except ImportError:  # the extra `shaping` is not installed
    uharfbuzz = None

CAN_SHAPE = uharfbuzz is not None

_FOLDER = Path(__file__).parent / "fonts"
_BUNDLED = ("NotoSansArabic-Regular", "NotoSansHebrew-Regular", "NotoSansDevanagari-Regular")
_FIRST_CODE = 256  # ReportLab gives the codes 0, 32 and 160 a meaning of their own
_SHAPED_KEPT = 2000
_BLOCK = 100  # the longest block of mappings a ToUnicode table may hold


class Weight(StrEnum):
    """The two weights in use. A script that has no bold is set in its regular."""

    REGULAR = "regular"
    BOLD = "bold"


class Glyph(NamedTuple):
    """One glyph on a line. `advance`, `right` and `up` are thousandths of the font's size.

    `text` is what it stands for; where several glyphs stand for one text, the first has it.
    """

    number: int
    advance: float
    right: float
    up: float
    text: str


class Typeface(TTFont):
    """A TrueType font that writes glyph numbers instead of characters.

    Shaping answers in glyph numbers, and a cached font must not remember one document in the
    next: codes are the glyph's number plus 256, and what each stands for is kept a document.
    """

    def __init__(self, path: Path) -> None:
        try:
            super().__init__(str(path), str(path), asciiReadable=False, shapable=False)
        except (TTFError, OSError, IndexError, KeyError, ValueError) as cause:
            raise FontFileError(path, f"{cause}.") from cause
        face: Any = self.face
        self.glyph_of: dict[int, int] = {
            code: glyph
            for code, glyph in face.charToGlyph.items()
            if 0 < glyph < len(face.hmetrics) and category(chr(code)) != "Co"
        }
        scale = 1000 / face.unitsPerEm
        self.scale = scale
        self.widths = [advance * scale for advance, _ in face.hmetrics]
        face.charToGlyph = {_FIRST_CODE + glyph: glyph for glyph in range(len(self.widths))}
        face.charWidths = {_FIRST_CODE + glyph: w for glyph, w in enumerate(self.widths)}
        self.space = self.widths[self.glyph_of.get(0x20, 0)]
        self.height = min(1.42, max(1.25, 0.92 * (face.ascent - face.descent) / 1000))
        self._stands_for: WeakKeyDictionary[Any, dict[int, str]] = WeakKeyDictionary()

    def shows(self, character: str, shaping: bool) -> bool:
        """Say whether this font has a glyph, or with shaping the parts of one."""
        if ord(character) in self.glyph_of or is_ignorable(character):
            return True
        parts = normalize("NFD", character)
        return shaping and len(parts) > 1 and all(ord(part) in self.glyph_of for part in parts)

    @cached_property
    def _harfbuzz(self) -> Any:
        path = self.face.filename
        return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob(Path(path).read_bytes())))

    @lru_cache(maxsize=_SHAPED_KEPT)  # noqa: B019 - the fonts live as long as the process
    def shaped(self, text: str, *, backwards: bool, language: str) -> list[Glyph]:
        """Return the glyphs of a run of one script and direction, in the order of the line.

        Edge: the list is kept for the next document that says the same; it is not to be changed.
        """
        buffer = uharfbuzz.Buffer()
        buffer.add_codepoints([ord(character) for character in text])
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if backwards else "ltr"
        buffer.language = language
        buffer.cluster_level = uharfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS
        uharfbuzz.shape(self._harfbuzz, buffer, {})
        infos, places = buffer.glyph_infos, buffer.glyph_positions
        texts = self._meanings(text, [(info.codepoint, info.cluster) for info in infos])
        return [
            Glyph(
                info.codepoint,
                place.x_advance * self.scale,
                place.x_offset * self.scale,
                place.y_offset * self.scale,
                stands_for,
            )
            for info, place, stands_for in zip(infos, places, texts, strict=True)
        ]

    def _meanings(self, text: str, glyphs: Sequence[tuple[int, int]]) -> list[str]:
        """Return what each glyph stands for, given its number and the place of its letters.

        Edge: a glyph that is a letter's own stands for that letter alone, a turned bracket for the
              other bracket: the same glyph may come again elsewhere in the document.
        """
        starts = sorted({cluster for _, cluster in glyphs})
        left = {
            start: text[start:end]
            for start, end in zip(starts, [*starts[1:], len(text)], strict=True)
        }
        meanings = [self._own(number, left[cluster]) for number, cluster in glyphs]
        for (_, cluster), meaning in zip(glyphs, meanings, strict=True):
            left[cluster] = left[cluster].replace(meaning, "", 1)
        for place, (_, cluster) in enumerate(glyphs):
            if not meanings[place] and left[cluster]:
                meanings[place] = "".join(c for c in left[cluster] if not is_ignorable(c))
                left[cluster] = ""
        return meanings

    def _own(self, number: int, cluster: str) -> str:
        own = self._characters.get(number, "")
        if own and (own in cluster or (len(cluster) == 1 and mirrored(cluster))):
            return own
        return ""

    @cached_property
    def _characters(self) -> dict[int, str]:
        by_code = sorted(self.glyph_of.items(), reverse=True)
        return {glyph: chr(code) for code, glyph in by_code}

    def plain(self, text: str) -> list[Glyph]:
        """Return one glyph a character, without shaping."""
        glyphs = ((self.glyph_of[ord(c)], c) for c in text if not is_ignorable(c))
        return [Glyph(number, self.widths[number], 0, 0, c) for number, c in glyphs]

    def pieces(self, glyphs: Iterable[Glyph], doc: Any) -> list[tuple[str, bytes]]:
        """Return (font name in the document, codes) for glyphs, and remember what they mean."""
        meaning = self._stands_for.setdefault(doc, {})
        codes = []
        for glyph in glyphs:
            codes.append(chr(_FIRST_CODE + glyph.number))
            if glyph.text:
                meaning.setdefault(glyph.number, glyph.text)
        pieces = self.splitString("".join(codes), doc)
        return [(self.getSubsetInternalName(subset, doc), code) for subset, code in pieces]

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - ReportLab calls it by this name
        """Write the font into the document with a true table from glyphs to text."""
        subsets = self.state[doc].subsets
        super().addObjects(doc)
        face: Any = self.face
        meaning = self._stands_for.get(doc, {})
        for number, subset in enumerate(subsets):
            full_name = b"+".join((SUBSETN(number), face.name + face.subfontNameX)).decode("latin1")
            table = doc.idToObject[f"toUnicodeCMap:{full_name}"]
            table.content = _to_unicode([meaning.get(code - _FIRST_CODE, "") for code in subset])


def _to_unicode(texts: Sequence[str]) -> str:
    rows = [
        f"<{code:02X}> <{text.encode('utf-16-be').hex().upper()}>"
        for code, text in enumerate(texts)
        if text
    ]
    blocks = [rows[start : start + _BLOCK] for start in range(0, len(rows), _BLOCK)]
    body = [f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks]
    head = "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
    info = "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
    kind = "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
    space = "1 begincodespacerange\n<00> <FF>\nendcodespacerange\n"
    tail = "\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    return head + info + kind + space + "\n".join(body) + tail


def is_ignorable(character: str) -> bool:
    """Say whether a character is never drawn by itself: joiners and variation selectors."""
    return character in "\u200c\u200d" or 0xFE00 <= ord(character) <= 0xFE0F


class FontBook:
    """The bundled fonts and those an organisation added, in the order they are asked."""

    def __init__(self, extra: tuple[Path, ...] = ()) -> None:
        regular, bold = (_bundled(f"NotoSans-{weight}") for weight in ("Regular", "Bold"))
        others = [*map(_bundled, _BUNDLED), *map(Typeface, extra)]
        self.regular = regular
        self._faces = {
            Weight.REGULAR: (regular, *others),
            Weight.BOLD: (bold, regular, *others),
        }
        known: set[bytes] = set()
        for face in self._faces[Weight.BOLD]:
            identity: Any = face.face
            if identity.name in known:
                raise FontFileError(Path(identity.filename), "a font of this name is here already.")
            known.add(identity.name)

    def face_for(
        self, cluster: str, weight: Weight, before: Typeface | None, shaping: bool
    ) -> Typeface | None:
        """Return the font that shows a letter with its marks, or None if there is none.

        Edge: spaces, digits and signs stay in the font of the letter before them if it has them.
        """
        faces: Iterable[Typeface] = self._faces[weight]
        if before is not None and category(cluster[0])[0] not in "LM":
            faces = (before, *faces)
        for face in faces:
            if all(face.shows(character, shaping) for character in cluster):
                return face
        return None


@lru_cache
def _bundled(stem: str) -> Typeface:
    return Typeface(_FOLDER / f"{stem}.ttf")


@lru_cache(maxsize=8)
def font_book(extra: tuple[Path, ...] = ()) -> FontBook:
    """Return the book of bundled and added fonts; reading them happens once a process.

    Raises: FontFileError naming the file that cannot be used.
    """
    return FontBook(extra)
