"""What a certificate says: a frozen record of words ready to print."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Paper(StrEnum):
    """The two papers in use."""

    A4 = "a4"
    LETTER = "letter"


class Orientation(StrEnum):
    """Which way the paper lies."""

    LANDSCAPE = "landscape"
    PORTRAIT = "portrait"


@dataclass(frozen=True, slots=True)
class CertificateWords:
    """The fixed words of the page, in the language of the document.

    `subject_to` says, beside the code, that only the check page says what holds; it may be empty.
    """

    heading: str
    certifies_that: str
    has_met: str
    check_at: str
    code: str
    qr_description: str
    link_description: str
    subject_to: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """One fact with its label, such as "Valid until" and "2 May 2028"."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs, and as what."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """Everything that a certificate says, in words ready to print.

    `title` is the file's title; `level`, `words.has_met` and `mark` may be empty. `address` stands
    under the organisation's name, `lines` are sentences after what is covered, `particulars` are
    facts too long for the row of `details`. `code` is the 27
    characters without groups; `check_address` is the check page without the code. `issued_on` dates
    the file, the printed dates are among `details`. `mark` is a PNG or JPEG, `mark_words` what it
    shows: where they are empty, the organisation's name.
    """

    language: str
    title: str
    organisation: str
    name: str
    programme: str
    level: str
    covers: str
    details: tuple[Detail, ...]
    signatories: tuple[Signatory, ...]
    limits: str
    code: str
    check_address: str
    issued_on: date
    words: CertificateWords
    mark: bytes | None = None
    mark_words: str = ""
    address: str = ""
    lines: tuple[str, ...] = ()
    particulars: tuple[Detail, ...] = ()
    paper: Paper = Paper.A4
    orientation: Orientation = Orientation.LANDSCAPE
