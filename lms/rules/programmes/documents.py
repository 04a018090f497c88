"""What a programme gives in writing: its certificate, and documents beside it, each with its scope.

A document says what it covers and what it does not qualify for. Lines that imply lived experience
stand apart: they are printed only where the holder chooses them. The plain form is always there.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Literal

from lms.rules.definitions import STRICT


class DocumentKind(StrEnum):
    """The three kinds: training was completed, a credential is held, somebody took part."""

    TRAINING = "training"
    CREDENTIAL = "credential"
    LETTER = "letter"


class LivedLine(StrEnum):
    """What may imply lived experience on a document, and is the holder's choice."""

    TITLE = "title"
    ENDORSEMENT = "endorsement"
    LINES = "lines"


@dataclass(frozen=True, slots=True, kw_only=True)
class LivedWords:
    """Words that imply lived experience: printed only where the holder chooses each of them.

    `title` and `endorsement` then stand in place of the plain ones; `lines` are added.
    """

    __pydantic_config__: ClassVar = STRICT
    title: str = ""
    endorsement: str = ""
    lines: tuple[str, ...] = ()


NOTHING_IMPLIED = LivedWords()


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateWords:
    """The programme's own certificate: for whoever meets every requirement.

    `document` says which kind it is; `endorsement` is a level or field beside the title, if any.
    """

    __pydantic_config__: ClassVar = STRICT
    title: str
    covers: str
    does_not_qualify: str
    document: Literal["credential", "training"] = "credential"
    endorsement: str = ""
    implies_lived_experience: LivedWords = NOTHING_IMPLIED


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherDocument:
    """A document beside the certificate.

    A training certificate names in `requires` the requirements that make up the training; a letter
    of participation requires nothing: it states when and for how long somebody took part.
    """

    __pydantic_config__: ClassVar = STRICT
    kind: Literal["training", "letter"]
    title: str
    covers: str
    does_not_qualify: str
    requires: tuple[str, ...] = ()
    endorsement: str = ""
    implies_lived_experience: LivedWords = NOTHING_IMPLIED


@dataclass(frozen=True, slots=True)
class DocumentTerms:
    """One document of a programme, whichever way it is written.

    `is_whole` marks the programme's own certificate, which rests on every requirement; of another,
    `requires` names those that must be met.
    """

    kind: DocumentKind
    title: str
    covers: str
    does_not_qualify: str
    endorsement: str
    lived: LivedWords
    requires: tuple[str, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class PrintedWords:
    """The title, endorsement and added lines that a document prints."""

    title: str
    endorsement: str
    lines: tuple[str, ...]


def terms_of(certificate: CertificateWords) -> DocumentTerms:
    """Return the terms of a programme's own certificate."""
    return DocumentTerms(
        kind=DocumentKind(certificate.document),
        title=certificate.title,
        covers=certificate.covers,
        does_not_qualify=certificate.does_not_qualify,
        endorsement=certificate.endorsement,
        lived=certificate.implies_lived_experience,
        requires=(),
        is_whole=True,
    )


def terms_beside(document: FurtherDocument) -> DocumentTerms:
    """Return the terms of a document beside the certificate."""
    return DocumentTerms(
        kind=DocumentKind(document.kind),
        title=document.title,
        covers=document.covers,
        does_not_qualify=document.does_not_qualify,
        endorsement=document.endorsement,
        lived=document.implies_lived_experience,
        requires=document.requires,
        is_whole=False,
    )


def choices_of(terms: DocumentTerms) -> tuple[LivedLine, ...]:
    """Return which lines of a document its holder may choose, in the order they are printed."""
    lived = terms.lived
    said = {
        LivedLine.TITLE: lived.title.strip(),
        LivedLine.ENDORSEMENT: lived.endorsement.strip(),
        LivedLine.LINES: lived.lines,
    }
    return tuple(line for line, words in said.items() if words)


def words_printed(terms: DocumentTerms, chosen: Collection[str]) -> PrintedWords:
    """Return what a document prints for a holder who chose these lines.

    Edge: what is not chosen, or is no choice of this document, is printed in its plain form.
    """
    held = {line for line in choices_of(terms) if line in chosen}
    return PrintedWords(
        title=terms.lived.title if LivedLine.TITLE in held else terms.title,
        endorsement=(
            terms.lived.endorsement if LivedLine.ENDORSEMENT in held else terms.endorsement
        ),
        lines=terms.lived.lines if LivedLine.LINES in held else (),
    )
