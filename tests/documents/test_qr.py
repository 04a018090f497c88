"""The words that a QR code is drawn from."""

import pytest
from reportlab.graphics.barcode.qrencoder import QR8bitByte, QRCode, QRErrorCorrectLevel

from lms.documents.qr import codewords


@pytest.mark.parametrize("length", [1, 13, 14, 15, 26, 60, 84, 106, 122, 180, 182, 213, 600, 2000])
def test_text_and_correction_are_those_of_the_standard(length):
    """The encoder of the library is slow and right; ours has to say the very same."""
    text = ("https://learn.example.org/check/3A7KQ9XW2MTBR4HCVN6PEFGD8JY" * 40)[:length]
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(QR8bitByte(text))
    version = code.calculate_version()
    level = QRErrorCorrectLevel.M
    assert codewords(text.encode(), version) == QRCode.createData(version, level, code.dataList)
