"""How a certificate lies on its page: head and foot fixed, the statement between them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO

from reportlab.lib.utils import ImageReader

from lms.documents.certificate_facts import (
    CertificateFacts,
    Detail,
    Orientation,
    Paper,
    Signatory,
)
from lms.documents.faults import DoesNotFitError
from lms.documents.qr import QUIET_MODULES, qr_rows
from lms.documents.sheet import Colour, Sheet
from lms.documents.tagging import DocumentInfo, Link, Tag
from lms.documents.typefaces import Weight
from lms.documents.typesetting import Passage, Typesetter, cleaned
from lms.rules.certificates import format_code

INK: Colour = (0x1F / 255, 0x24 / 255, 0x21 / 255)
MUTED: Colour = (0x56 / 255, 0x60 / 255, 0x5A / 255)
ACCENT: Colour = (0x1B / 255, 0x5E / 255, 0x57 / 255)
HAIRLINE: Colour = (0xC9 / 255, 0xC5 / 255, 0xBA / 255)

_SHORT_AND_LONG = {Paper.A4: (595.28, 841.89), Paper.LETTER: (612.0, 792.0)}
_RIGHT_TO_LEFT = frozenset(["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"])
_SCALES = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64)
_SMALLEST = 7.0
_NAME_SIZE, _NAME_ON_ONE_LINE, _NAME_SMALLEST = 30.0, 24.0, 10.0
_QR_SIDE, _BESIDE_QR = 82.0, 88.0
_LONGEST_SENTENCE = 500.0
_LONGEST_SIGNATURE = 210.0
_COLUMNS, _GUTTER = 4, 18.0
_LABELS = 96.0


@dataclass(frozen=True, slots=True)
class Block:
    """A passage at a size and measure, the space before it, and what it is read as."""

    passage: Passage
    size: float
    measure: float
    colour: Colour = INK
    before: float = 0.0
    role: str = "P"

    @property
    def leading(self) -> float:
        return self.size * self.passage.height

    @property
    def rows(self) -> int:
        return self.passage.count(self.measure * 1000 / self.size)

    @property
    def height(self) -> float:
        return self.before + self.rows * self.leading if self.passage.text else 0.0


Cell = tuple[Block, ...]


class CertificatePage:
    """One certificate being laid out. Offsets count from the edge where reading starts."""

    def __init__(self, facts: CertificateFacts, setter: Typesetter) -> None:
        self._facts = facts
        self._setter = setter
        short, long = _SHORT_AND_LONG[facts.paper]
        self._portrait = facts.orientation is Orientation.PORTRAIT
        size = (short, long) if self._portrait else (long, short)
        info = DocumentInfo(cleaned(facts.title), facts.language, facts.issued_on)
        self._sheet = Sheet(size, setter.book.regular, info)
        self._left = 64.0 if self._portrait else 76.0
        self._measure = size[0] - 2 * self._left
        self._rtl = facts.language.replace("_", "-").split("-")[0].lower() in _RIGHT_TO_LEFT

    def drawn(self) -> bytes:
        """Return the finished page.

        Raises: DoesNotFitError.
        """
        margin = 58.0 if self._portrait else 44.0
        top = self._draw_head(self._sheet.height - margin)
        bottom = margin + self._foot_height()
        self._draw_middle(top, bottom)
        self._draw_foot(bottom)
        return self._sheet.finished()

    # Head

    def _draw_head(self, top: float) -> float:
        facts = self._facts
        heading = self._block(facts.words.heading, 10, 160, MUTED, role="H1")
        heading = replace(heading, measure=self._width(heading) + 0.01)
        mark, mark_width = self._mark()
        start = mark_width + 12 if mark else 0.0
        rest = self._measure - start - heading.measure - 24
        sender = self._sender(rest)
        sender_height = _cell_height(sender)
        height = max(36.0, sender_height)
        if mark:
            box = self._box(0, top - height / 2 - 18, mark_width, 36)
            self._sheet.picture(mark, box, cleaned(facts.mark_words or facts.organisation))
        self._draw_cell(sender, start, top - (height - sender_height) / 2)
        self._draw_at_end(heading, top - (height - heading.height) / 2)
        self._sheet.rule(self._left, top - height - 15, self._measure, 1.0, ACCENT)
        return top - height - 15

    def _sender(self, measure: float) -> Cell:
        facts = self._facts
        name = self._block(facts.organisation, 12.5, measure, weight=Weight.BOLD)
        if name.rows > 2:
            name = self._block(facts.organisation, 10, measure, weight=Weight.BOLD)
        return name, self._block(facts.address, 8.5, measure, MUTED, 1)

    def _mark(self) -> tuple[ImageReader | None, float]:
        if self._facts.mark is None:
            return None, 0.0
        image = ImageReader(BytesIO(self._facts.mark))
        width, height = image.getSize()
        return image, min(36.0 * width / height, 130.0)

    # Middle

    def _draw_middle(self, top: float, bottom: float) -> None:
        scale, free = self._fitted_scale(top - bottom)
        y = top - 24 * scale - free * (0.3 if self._portrait else 0.38)
        for block in self._statement(scale):
            y = self._draw(block, 0, y)
        y = self._draw_particulars(y, scale)
        self._draw_details(y - 24 * scale, scale)
        self._draw_signatories(bottom + 22 * scale + self._signatories_height(scale), scale)

    def _fitted_scale(self, room: float) -> tuple[float, float]:
        for scale in _SCALES:
            heights = sum(block.height for block in self._statement(scale))
            heights += self._particulars_height(scale)
            heights += self._details_height(scale) + self._signatories_height(scale)
            free = room - heights - (24 + 24 + 16 + 22) * scale
            if free >= 0:
                return scale, free
        raise DoesNotFitError("The words are too many for one page.")

    def _statement(self, scale: float) -> list[Block]:
        facts, words = self._facts, self._facts.words
        wide = self._measure
        sentence = min(wide, _LONGEST_SENTENCE)
        return [
            self._block(words.certifies_that, 12 * scale, wide, MUTED),
            self._name_block(scale),
            self._block(words.has_met, 12 * scale, wide, MUTED, 13 * scale),
            self._block(facts.programme, 17 * scale, wide, INK, 4 * scale, weight=Weight.BOLD),
            self._block(facts.level, 13 * scale, wide, ACCENT, 1 * scale),
            self._block(facts.covers, 11 * scale, sentence, INK, 10 * scale),
            *(self._block(line, 11 * scale, sentence, INK, 4 * scale) for line in facts.lines),
        ]

    def _name_block(self, scale: float) -> Block:
        """Return the name at 30 points, down to 24 to stay on one line, then smaller on more."""
        room = (130.0 if self._portrait else 84.0) * scale
        size = _NAME_SIZE * scale
        while True:
            block = self._block(self._facts.name, size, self._measure, INK, 6 * scale, "H2")
            least_rows = 1 if size >= _NAME_ON_ONE_LINE * scale else block.rows
            if block.rows <= least_rows and block.rows * block.leading <= room:
                return block
            if size <= _NAME_SMALLEST * scale:
                return block
            size -= scale

    def _particular_cells(self, scale: float) -> list[tuple[Block, Block]]:
        """Return label and text of each long fact; the first stands a little apart."""
        beside = min(self._measure, _LONGEST_SENTENCE + _LABELS) - _LABELS
        return [
            (
                self._block(one.label, 9 * scale, _LABELS - _GUTTER, MUTED, before, role="Lbl"),
                self._block(one.value, 10 * scale, beside, INK, before, "LBody"),
            )
            for one, before in zip(self._facts.particulars, self._gaps(scale), strict=False)
        ]

    def _gaps(self, scale: float) -> Iterator[float]:
        yield 14 * scale
        while True:
            yield 4 * scale

    def _particulars_height(self, scale: float) -> float:
        return sum(max(map(_height, pair)) for pair in self._particular_cells(scale))

    def _draw_particulars(self, y: float, scale: float) -> float:
        pairs = self._particular_cells(scale)
        if not pairs:
            return y
        with self._sheet.group("L"):
            for label, value in pairs:
                with self._sheet.group("LI"):
                    lower = (value.leading - label.leading) * 0.75
                    self._draw(label, 0, y - lower)
                    self._draw(value, _LABELS, y)
                y -= max(label.height, value.height)
        return y

    def _detail_rows(self, scale: float) -> list[list[Cell]]:
        columns = self._detail_columns()
        column = self._column(columns)
        cells = [self._detail_cell(one, column, scale) for one in self._facts.details]
        return _in_rows(cells, columns)

    def _detail_columns(self) -> int:
        """Return how many facts stand in a row: a fifth stays beside four where there is room."""
        return 5 if len(self._facts.details) == 5 and not self._portrait else _COLUMNS

    def _detail_cell(self, detail: Detail, column: float, scale: float) -> Cell:
        return (
            self._block(detail.label, 9 * scale, column, MUTED, role="Lbl"),
            self._block(detail.value, 11.5 * scale, column, INK, 1, "LBody"),
        )

    def _column(self, columns: int) -> float:
        return (self._measure - _GUTTER * (columns - 1)) / columns

    def _details_height(self, scale: float) -> float:
        rows = [_row_height(row) for row in self._detail_rows(scale)]
        return sum(rows) + 10 * scale * max(0, len(rows) - 1)

    def _draw_details(self, y: float, scale: float) -> None:
        if not self._facts.details:
            return
        step = self._column(self._detail_columns()) + _GUTTER
        with self._sheet.group("L"):
            for row in self._detail_rows(scale):
                for place, cell in enumerate(row):
                    with self._sheet.group("LI"):
                        self._draw_cell(cell, place * step, y)
                y -= _row_height(row) + 10 * scale

    def _signatory_cells(self, scale: float) -> list[Cell]:
        column = self._signatory_column()
        return [self._signatory_cell(s, column, scale) for s in self._facts.signatories]

    def _signatory_cell(self, signatory: Signatory, column: float, scale: float) -> Cell:
        return (
            self._block(signatory.name, 11 * scale, column, INK, 5),
            self._block(signatory.role, 9 * scale, column, MUTED, 1),
        )

    def _signatory_column(self) -> float:
        return self._column(_COLUMNS if len(self._facts.signatories) > 2 else 2)

    def _signatories_height(self, scale: float) -> float:
        rows = [_row_height(row) + 30 * scale for row in _in_rows(self._signatory_cells(scale))]
        return sum(rows)

    def _draw_signatories(self, y: float, scale: float) -> None:
        column = self._signatory_column()
        for row in _in_rows(self._signatory_cells(scale)):
            for place, cell in enumerate(row):
                start = place * (column + _GUTTER)
                length = min(column, _LONGEST_SIGNATURE)
                left = self._box(start, 0, length, 0)[0]
                self._sheet.rule(left, y - 30 * scale, length, 0.6, MUTED)
                self._draw_cell(cell, start, y - 30 * scale)
            y -= _row_height(row) + 30 * scale

    # Foot

    def _foot(self) -> tuple[Cell, Cell]:
        facts, words = self._facts, self._facts.words
        beside = self._measure - _BESIDE_QR
        half = self._column(2)
        column = beside if self._portrait else half - _BESIDE_QR
        check = (
            self._block(words.check_at, 9, column, MUTED),
            self._block(self._check_page(), 10.5, column, ACCENT, role="Link"),
            self._block(words.code, 9, column, MUTED, 7),
            self._block(format_code(facts.code), 12.5, column, INK, weight=Weight.BOLD),
            self._block(words.subject_to, 8.5, column, MUTED, 6),
        )
        rest = beside if self._portrait else half
        return check, (self._block(facts.limits, 9, rest, MUTED, 9 if self._portrait else 0),)

    def _check_page(self) -> str:
        return self._facts.check_address.rstrip("/")

    def _foot_height(self) -> float:
        check, limits = map(_cell_height, self._foot())
        beside = check + limits if self._portrait else max(check, limits)
        return 16.0 + max(_QR_SIDE, beside)

    def _draw_foot(self, top: float) -> None:
        check, limits = self._foot()
        self._sheet.rule(self._left, top, self._measure, 0.6, HAIRLINE)
        y = top - 16
        self._draw_qr(y)
        below = self._draw_check(check, _BESIDE_QR, y)
        if self._portrait:
            self._draw_cell(limits, _BESIDE_QR, below)
        else:
            self._draw_cell(limits, self._column(2) + _GUTTER, y)

    def _draw_qr(self, top: float) -> None:
        text = f"{self._check_page()}/{self._facts.code}"
        squares = qr_rows(text)
        quiet = _QR_SIDE * QUIET_MODULES / (len(squares) + 2 * QUIET_MODULES)
        box = self._box(-quiet, top - _QR_SIDE + quiet, _QR_SIDE, _QR_SIDE)
        self._sheet.code(squares, box, cleaned(self._facts.words.qr_description), INK)

    def _draw_check(self, check: Cell, start: float, y: float) -> float:
        label, address, *code = check
        y = self._draw(label, start, y)
        link = f"{self._check_page()}/{self._facts.code}"
        box = self._box(start, y - address.height, address.measure, address.height)
        with self._sheet.group("P"):
            tag, y = self._draw_tagged(address, start, y)
            tag.link = Link(link, self._facts.words.link_description, box)
        return self._draw_cell(tuple(code), start, y)

    # Shared

    def _block(
        self,
        text: str,
        size: float,
        measure: float,
        colour: Colour = INK,
        before: float = 0.0,
        role: str = "P",
        weight: Weight = Weight.REGULAR,
    ) -> Block:
        passage = self._setter.passage(text, weight)
        return Block(passage, max(_SMALLEST, size), measure, colour, before, role)

    def _draw_cell(self, cell: Cell, start: float, y: float) -> float:
        for block in cell:
            y = self._draw(block, start, y)
        return y

    def _draw_at_end(self, block: Block, y: float) -> None:
        self._draw(block, self._measure - self._width(block), y)

    def _width(self, block: Block) -> float:
        lines = block.passage.lines(block.measure * 1000 / block.size)
        return max((line.width for line in lines), default=0) * block.size / 1000

    def _draw(self, block: Block, start: float, y: float) -> float:
        """Draw a block whose top is at y, and return where it ends."""
        return self._draw_tagged(block, start, y)[1] if block.passage.text else y

    def _draw_tagged(self, block: Block, start: float, y: float) -> tuple[Tag, float]:
        lines = block.passage.lines(block.measure * 1000 / block.size)
        plain = all(line.is_plain for line in lines)
        y -= block.before
        with self._sheet.piece(block.role, text="" if plain else block.passage.text) as tag:
            for line in lines:
                base = y - block.leading * (0.8 if block.passage.height < 1.3 else 0.74)
                x = self._box(start, 0, line.width * block.size / 1000, 0)[0]
                self._sheet.line(line, x, base, block.size, block.colour)
                y -= block.leading
        return tag, y

    def _box(
        self, start: float, bottom: float, width: float, height: float
    ) -> tuple[float, float, float, float]:
        left = self._left + start
        if self._rtl:
            left = self._left + self._measure - start - width
        return left, bottom, left + width, bottom + height


def _in_rows(cells: Sequence[Cell], columns: int = _COLUMNS) -> list[list[Cell]]:
    return [list(cells[start : start + columns]) for start in range(0, len(cells), columns)]


def _height(block: Block) -> float:
    return block.height


def _cell_height(cell: Cell) -> float:
    return sum(map(_height, cell))


def _row_height(cells: Sequence[Cell]) -> float:
    return max(map(_cell_height, cells), default=0.0)
