"""Text into lines of glyphs: cleaned, split by font, script and direction, shaped and broken."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from unicodedata import bidirectional, category, east_asian_width, name, normalize

from lms.documents.bidi import base_level, levels_of, visual_runs
from lms.documents.faults import MissingGlyphError, ShapingMissingError
from lms.documents.typefaces import (
    CAN_SHAPE,
    FontBook,
    Glyph,
    Typeface,
    Weight,
    is_ignorable,
)

_DIRECTION_MARKS = "\u200e\u200f\u061c"
_EXPLICIT = frozenset({"BN", "LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"})
_JOINERS = "\u200c\u200d"
_BREAK_AFTER = "-/\u2010\u2013\u2014"  # in an address only the stroke: its hyphens are meant
_JOINED_OR_STACKED = (
    (0x0590, 0x08FF),  # Hebrew, Arabic, Syriac, Thaana, NKo and their neighbours
    (0x0900, 0x109F),  # Indic scripts, Thai, Lao, Tibetan, Myanmar
    (0x1700, 0x18AF),  # Philippine scripts, Khmer, Mongolian
    (0x1900, 0x1CFF),  # Limbu, Tai, Balinese, Batak, Lepcha, Vedic marks
    (0xA800, 0xA82F),
    (0xA840, 0xABFF),
    (0xFB1D, 0xFDFF),
    (0xFE70, 0xFEFC),
    (0x10800, 0x11FFF),
    (0x1E800, 0x1EFFF),
)


def cleaned(text: str) -> str:
    """Return the text in NFC on one line, without control characters and direction marks."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = []
    for character in normalize("NFC", text):
        if character.isspace() or category(character)[0] == "Z":
            kept.append(" ")
        elif not _is_dropped(character):
            kept.append(character)
    return " ".join("".join(kept).split())


def _is_dropped(character: str) -> bool:
    kind = category(character)
    if kind == "Cc" or character in _DIRECTION_MARKS:
        return True
    return kind == "Cf" and character not in _JOINERS and bidirectional(character) in _EXPLICIT


def needs_shaping(character: str) -> bool:
    """Say whether a character joins, stacks or reorders, or runs right to left."""
    code = ord(character)
    if category(character)[0] == "M" and not is_ignorable(character):
        return True
    return any(first <= code <= last for first, last in _JOINED_OR_STACKED)


def clusters_of(text: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each letter together with its marks."""
    start = 0
    for place, character in enumerate(text):
        joins = category(character)[0] == "M" or character in _JOINERS
        if place > start and not joins:
            yield start, place
            start = place
    if text:
        yield start, len(text)


@lru_cache(maxsize=4096)
def _script_of(character: str) -> str:
    return name(character, "?").split()[0] if category(character)[0] == "L" else ""


@dataclass(frozen=True, slots=True)
class Run:
    """Glyphs of one font, in the order of the line."""

    face: Typeface
    glyphs: tuple[Glyph, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A set line; `width` is in thousandths of the size.

    `is_plain` says that the glyphs read in order give the text, simple letter by simple letter;
    `turns` that a part of it runs right to left.
    """

    text: str
    runs: tuple[Run, ...]
    width: float
    is_plain: bool
    turns: bool


class Typesetter:
    """Sets text from one book of fonts in one language."""

    def __init__(self, book: FontBook, language: str, *, shaping: bool = CAN_SHAPE) -> None:
        self.book = book
        self.language = language
        self.shaping = shaping
        self._passages: dict[tuple[str, Weight], Passage] = {}

    def missing_characters(self, text: str) -> tuple[str, ...]:
        """Return the characters no font at hand can show, each once, in the order they come."""
        return tuple(dict.fromkeys(self._missing(cleaned(text))))

    def unshaped_characters(self, text: str) -> tuple[str, ...]:
        """Return the characters that need shaping while it is not installed, each once."""
        if self.shaping:
            return ()
        return tuple(dict.fromkeys(filter(needs_shaping, cleaned(text))))

    def _missing(self, text: str) -> Iterator[str]:
        if text.isascii():
            return
        for start, end in clusters_of(text):
            cluster = text[start:end]
            if self._face(cluster) is None:
                alone = [c for c in cluster if not is_ignorable(c) and self._face(c) is None]
                yield from alone or cluster

    def _face(self, cluster: str) -> Typeface | None:
        return self.book.face_for(cluster, Weight.REGULAR, None, self.shaping)

    def passage(self, text: str, weight: Weight = Weight.REGULAR) -> "Passage":
        """Return a text made ready to be broken into lines.

        Raises: ShapingMissingError, MissingGlyphError naming every character concerned.
        """
        known = self._passages.get((text, weight))
        if known is None:
            plain = cleaned(text)
            self.refuse_unprintable(plain)
            known = self._passages[text, weight] = Passage(self, plain, weight)
        return known

    def refuse_unprintable(self, text: str) -> None:
        """Raise ShapingMissingError or MissingGlyphError naming every character concerned."""
        if unshaped := self.unshaped_characters(text):
            raise ShapingMissingError(unshaped)
        if missing := self.missing_characters(text):
            raise MissingGlyphError(missing)

    def glyphs(self, face: Typeface, text: str, level: int) -> list[Glyph]:
        """Return the glyphs of a run of one font, script and direction, in the line's order."""
        if not self.shaping:
            return face.plain(text)
        return face.shaped(text, backwards=bool(level % 2), language=self.language)


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is kept on one line: the letters from `start` to `end`, then spaces up to `after`."""

    start: int
    end: int
    after: int
    width: float
    gap: float


class Passage:
    """One field of text, set on its own: nothing around it changes its order."""

    def __init__(self, setter: Typesetter, text: str, weight: Weight) -> None:
        self.text = text
        self._setter = setter
        self._base = base_level(text)
        self._levels = levels_of(text, self._base)
        self._faces: list[Typeface] = []
        self._scripts: list[str] = []
        for start, end in clusters_of(text):
            self._choose(text[start:end], weight)
        self._units = [self._unit(*places) for places in _units_of(text)]
        self._torn_units: dict[int, list[_Unit]] = {}
        self.height = max((face.height for face in self._faces), default=1.25)

    def _choose(self, cluster: str, weight: Weight) -> None:
        before = self._faces[-1] if self._faces else None
        face = self._setter.book.face_for(cluster, weight, before, self._setter.shaping)
        if face is None:
            raise MissingGlyphError(cluster)
        script = _script_of(cluster[0]) or (self._scripts[-1] if self._scripts else "")
        self._faces += [face] * len(cluster)
        self._scripts += [script] * len(cluster)

    def _unit(self, start: int, end: int, after: int) -> _Unit:
        gap = sum(self._faces[place].space for place in range(end, after))
        return _Unit(start, end, after, self._set(start, end).width, gap)

    def _set(self, start: int, end: int) -> Line:
        runs = []
        for first, last, level in visual_runs(self._levels[start:end]):
            pieces = list(self._pieces(start + first, start + last))
            for begin, stop in reversed(pieces) if level % 2 else pieces:
                face = self._faces[begin]
                glyphs = self._setter.glyphs(face, self.text[begin:stop], level)
                runs.append(Run(face, tuple(glyphs)))
        every = [glyph for run in runs for glyph in run.glyphs]
        text = self.text[start:end]
        plain = "".join(glyph.text for glyph in every) == text
        plain = plain and (text.isascii() or not any(map(needs_shaping, text)))
        width = sum(glyph.advance for glyph in every)
        turns = any(level % 2 for level in self._levels[start:end])
        return Line(text, tuple(runs), width, plain, turns)

    def _pieces(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        begin = start
        for place in range(start + 1, end + 1):
            if place == end or self._differs(place):
                yield begin, place
                begin = place

    def _differs(self, place: int) -> bool:
        faces, scripts = self._faces, self._scripts
        return faces[place] is not faces[place - 1] or scripts[place] != scripts[place - 1]

    def count(self, measure: float) -> int:
        """Return how many lines the text takes. Units: thousandths of the size."""
        return len(_filled(self._fitting(measure), measure))

    def lines(self, measure: float) -> list[Line]:
        """Return the text as lines of about equal length, none longer than the measure."""
        units = self._fitting(measure)
        rows = _balanced(units, measure)
        lines = [self._set(row[0].start, row[-1].end) for row in rows]
        return [*map(self._with_space, lines[:-1], rows), *lines[-1:]]

    def _with_space(self, line: Line, row: Sequence[_Unit]) -> Line:
        """Close the line with the space it breaks at, for those who copy the text.

        Edge: not where it runs right to left: there the text is given beside the glyphs.
        """
        if not row[-1].gap or self._base:
            return line
        end = row[-1].end
        space = self._setter.glyphs(self._faces[end], " ", 0)
        run = Run(self._faces[end], tuple(space))
        return replace(line, text=line.text + " ", runs=(*line.runs, run))

    def _fitting(self, measure: float) -> list[_Unit]:
        units = []
        for unit in self._units:
            units += [unit] if unit.width <= measure else self._torn(unit)
        return units

    def _torn(self, unit: _Unit) -> list[_Unit]:
        if unit.start not in self._torn_units:
            places = clusters_of(self.text[unit.start : unit.end])
            cut = [(unit.start + start, unit.start + end) for start, end in places]
            torn = [self._unit(start, end, end) for start, end in cut[:-1]]
            self._torn_units[unit.start] = [*torn, self._unit(*cut[-1], unit.after)]
        return self._torn_units[unit.start]


def _units_of(text: str) -> Iterator[tuple[int, int, int]]:
    for word in re.finditer(r"(\S+)(\s*)", text):
        start = word.start()
        breaks_after = "/" if "://" in word[1] else _BREAK_AFTER
        for place in range(start + 1, word.end(1)):
            if _may_break(text[place - 1], text[place], breaks_after):
                yield start, place, place
                start = place
        yield start, word.end(1), word.end()


def _may_break(before: str, after: str, breaks_after: str) -> bool:
    if category(after)[0] in "MP" or after in _JOINERS:
        return False
    if before in breaks_after:
        return True
    return east_asian_width(before) == "W" and east_asian_width(after) == "W"


def _filled(units: Sequence[_Unit], measure: float) -> list[list[_Unit]]:
    rows: list[list[_Unit]] = []
    width = 0.0
    for unit in units:
        if rows and width + unit.width <= measure:
            rows[-1].append(unit)
        else:
            rows.append([unit])
            width = 0.0
        width += unit.width + unit.gap
    return rows


def _balanced(units: Sequence[_Unit], measure: float) -> list[list[_Unit]]:
    rows = _filled(units, measure)
    least = max((unit.width for unit in units), default=0.0)
    for _ in range(8 if len(rows) > 1 else 0):
        middle = (least + measure) / 2
        tried = _filled(units, middle)
        if len(tried) == len(rows):
            rows, measure = tried, middle
        else:
            least = middle
    return rows
