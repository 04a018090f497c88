"""The certificate as a PDF: a frozen record in, bytes out."""

from collections.abc import Iterator
from pathlib import Path
from threading import Lock

from lms.documents.certificate_facts import (
    CertificateFacts,
    CertificateWords,
    Detail,
    Orientation,
    Paper,
    Signatory,
)
from lms.documents.faults import (
    DoesNotFitError,
    FontFileError,
    MissingGlyphError,
    ShapingMissingError,
)

__all__ = [
    "CertificateFacts",
    "CertificateWords",
    "Detail",
    "DoesNotFitError",
    "FontFileError",
    "MissingGlyphError",
    "Orientation",
    "Paper",
    "ShapingMissingError",
    "Signatory",
    "certificate_pdf",
    "unprintable_characters",
]

_DRAWING = Lock()  # a font's reading position is shared by all who draw with it


def certificate_pdf(facts: CertificateFacts, *, extra_fonts: tuple[Path, ...] = ()) -> bytes:
    """Return the certificate as a tagged PDF of one page.

    Edge:   the same facts and fonts give the same bytes.
    Raises: MissingGlyphError, ShapingMissingError with every character concerned; FontFileError;
            DoesNotFitError when the words are too many for the page.
    """
    from lms.documents.certificate_page import CertificatePage  # read when first drawn: the
    from lms.documents.typefaces import font_book  # server starts in half the time without
    from lms.documents.typesetting import Typesetter

    with _DRAWING:
        setter = Typesetter(font_book(extra_fonts), facts.language)
        setter.refuse_unprintable(" ".join(_texts(facts)))
        return CertificatePage(facts, setter).drawn()


def unprintable_characters(text: str, *, extra_fonts: tuple[Path, ...] = ()) -> tuple[str, ...]:
    """Return the characters of a name that a certificate could not show, each once."""
    from lms.documents.typefaces import font_book
    from lms.documents.typesetting import Typesetter

    with _DRAWING:
        setter = Typesetter(font_book(extra_fonts), "en")
        found = (*setter.missing_characters(text), *setter.unshaped_characters(text))
        return tuple(dict.fromkeys(found))


def _texts(facts: CertificateFacts) -> Iterator[str]:
    words = facts.words
    yield from (facts.organisation, facts.name, facts.programme, facts.level, facts.covers)
    yield from (facts.limits, facts.check_address, facts.address, *facts.lines)
    yield from (words.heading, words.certifies_that, words.has_met, words.check_at, words.code)
    yield words.subject_to
    for detail in (*facts.details, *facts.particulars):
        yield from (detail.label, detail.value)
    for signatory in facts.signatories:
        yield from (signatory.name, signatory.role)
