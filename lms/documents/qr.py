"""QR codes as rows of squares, to be drawn as one path."""

from collections.abc import Iterator, Sequence
from typing import Any

from reportlab.graphics.barcode.qrencoder import QR8bitByte, QRCode, QRErrorCorrectLevel

QUIET_MODULES = 4
_MASK = 4
"""One pattern for all: weighing the eight takes as long as half a page, and readers read any.
A code of ours is as good as random, so none leaves large plain areas."""


def qr_rows(text: str) -> list[list[bool]]:
    """Return the squares of a QR code, row by row, True is dark.

    Edge: the correction level is M: about a seventh of the squares may be lost.
    """
    code: Any = QRCode(None, QRErrorCorrectLevel.M)  # it has no types
    code.addData(QR8bitByte(text))
    code.version = code.calculate_version()
    code.makeImpl(False, _MASK)
    return [[bool(square) for square in row] for row in code.modules]


def dark_runs(row: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each run of dark squares in a row."""
    start = None
    for place, dark in enumerate([*row, False]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            yield start, place
            start = None
