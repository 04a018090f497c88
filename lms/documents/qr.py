"""QR codes as rows of squares, to be drawn as one path."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, zip_longest
from typing import Any

from reportlab.graphics.barcode.qrencoder import (
    EXP_TABLE,
    LOG_TABLE,
    QR8bitByte,
    QRCode,
    QRErrorCorrectLevel,
    QRRSBlock,
    QRUtil,
)

QUIET_MODULES = 4
_MASK = 4
"""One pattern for all: weighing the eight takes as long as half a page, and readers read any.
A code of ours is as good as random, so none leaves large plain areas."""


_blocks_of: Any = QRRSBlock.getRSBlocks
_generator_of: Any = QRUtil.getErrorCorrectPolynomial
_powers: list[int] = EXP_TABLE
_exponents: list[int] = LOG_TABLE
_BYTES_FOLLOW = 0b0100
_PADDING = b"\xec\x11"


def qr_rows(text: str) -> list[list[bool]]:
    """Return the squares of a QR code, row by row, True is dark.

    Edge: the correction level is M: about a seventh of the squares may be lost.
    """
    code: Any = QRCode(None, QRErrorCorrectLevel.M)  # it has no types
    code.addData(QR8bitByte(text))
    code.version = code.calculate_version()
    code.dataCache = codewords(text.encode(), code.version)  # its own way takes six times as long
    code.makeImpl(False, _MASK)
    return [[bool(square) for square in row] for row in code.modules]


def codewords(data: bytes, version: int) -> list[int]:
    """Return what a code of a version is drawn from: the text and its correction, interleaved.

    Source: ISO/IEC 18004, 7.4 to 7.6; byte mode, correction level M.
    """
    blocks = _blocks_of(version, QRErrorCorrectLevel.M)
    padded = _padded(data, version, sum(block.dataCount for block in blocks))
    texts, corrections, start = [], [], 0
    for block in blocks:
        text = padded[start : start + block.dataCount]
        start += block.dataCount
        texts.append(text)
        corrections.append(_correction(text, block.totalCount - block.dataCount))
    columns = chain(zip_longest(*texts), zip_longest(*corrections))
    return [word for column in columns for word in column if word is not None]


def _padded(data: bytes, version: int, room: int) -> bytes:
    """Return the mode, the length and the text, filled up to the room in bytes."""
    length_bits = 8 if version < 10 else 16
    bits = 4 + length_bits + 8 * len(data)
    value = (_BYTES_FOLLOW << length_bits | len(data)) << 8 * len(data) | int.from_bytes(data)
    size = min(room, (bits + 4 + 7) // 8)
    head = (value << 8 * size - bits).to_bytes(size)
    return (head + _PADDING * room)[:room]


def _correction(text: bytes, size: int) -> bytes:
    """Return the remainder of a block by the generator: Reed and Solomon's code over GF(256)."""
    rest, steps, mask = 0, _steps(size), (1 << 8 * size) - 1
    for byte in text:
        rest = (rest << 8 & mask) ^ steps[byte ^ rest >> 8 * (size - 1)]
    return rest.to_bytes(size)


@lru_cache
def _steps(size: int) -> list[int]:
    """Return what each leading byte takes from the rest: the generator times that byte."""
    generator: list[int] = _generator_of(size).num[1:]
    return [int.from_bytes(_product(factor, one) for one in generator) for factor in range(256)]


def _product(one: int, other: int) -> int:
    if not (one and other):
        return 0
    return _powers[(_exponents[one] + _exponents[other]) % 255]


def dark_runs(row: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each run of dark squares in a row."""
    start = None
    for place, dark in enumerate([*row, False]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            yield start, place
            start = None
