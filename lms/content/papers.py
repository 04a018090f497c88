"""A paper that somebody hands in as a file: what it is follows from its bytes, never its name."""

from dataclasses import dataclass
from enum import StrEnum

from lms.content.images import PictureError, PictureRefusal, clean_scan

PAPER_LIMIT_BYTES = 10 * 1024 * 1024
_PDF = b"%PDF-"
_PDF_END = b"%%EOF"
_HEAD = 1024
_SCANS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_TYPES = {".png": "image/png", ".jpg": "image/jpeg"}


class PaperRefusal(StrEnum):
    """Why a file is not taken."""

    EMPTY = "paper-empty"
    TOO_LARGE = "paper-too-large"
    OTHER_KIND = "paper-other-kind"
    BROKEN = "paper-broken"
    TOO_MANY_PIXELS = "paper-too-many-pixels"


class PaperError(Exception):
    """A file that is not taken, and why."""

    def __init__(self, reason: PaperRefusal) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class CleanPaper:
    """A file as it is kept, with the media type that its bytes tell."""

    media_type: str
    data: bytes


def clean_paper(data: bytes) -> CleanPaper:
    """Return a file as it may be kept: a PDF as it is, a picture drawn anew. Raises: PaperError.

    Edge: a picture loses where and when it was taken. A PDF is not opened: only that it begins and
          ends as one is looked at, so it is never shown inside a page.
    """
    if not data:
        raise PaperError(PaperRefusal.EMPTY)
    if len(data) > PAPER_LIMIT_BYTES:
        raise PaperError(PaperRefusal.TOO_LARGE)
    if data.startswith(_SCANS):
        return _scan(data)
    if _PDF not in data[:_HEAD]:
        raise PaperError(PaperRefusal.OTHER_KIND)
    if _PDF_END not in data[-_HEAD:]:
        raise PaperError(PaperRefusal.BROKEN)
    return CleanPaper("application/pdf", data)


_REASONS = {
    PictureRefusal.BROKEN: PaperRefusal.BROKEN,
    PictureRefusal.TOO_MANY_PIXELS: PaperRefusal.TOO_MANY_PIXELS,
    PictureRefusal.TOO_HEAVY: PaperRefusal.TOO_LARGE,
}


def _scan(data: bytes) -> CleanPaper:
    try:
        found = clean_scan(data, PAPER_LIMIT_BYTES)
    except PictureError as refused:
        raise PaperError(_REASONS.get(refused.reason, PaperRefusal.BROKEN)) from refused
    return CleanPaper(_TYPES[found.suffix], found.data)
