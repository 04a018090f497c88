"""The page a document prints: its claims with our words around them, and the bytes they make."""

from collections.abc import Iterator, Mapping
from datetime import date

from sqlalchemy.orm import Session

from lms.documents.certificate import (
    CertificateFacts,
    CertificateWords,
    Detail,
    DoesNotFitError,
    MissingGlyphError,
    Orientation,
    Paper,
    ShapingMissingError,
    certificate_pdf,
    unprintable_characters,
)
from lms.models import Certificate
from lms.rules.certificates import Claim, IssueRefusal
from lms.rules.programmes import DocumentKind
from lms.services.certificates.letterhead import Mark
from lms.services.certificates.stating import Gettext, Saying, day_words, gettext_in
from lms.services.errors import RefusedError
from lms.services.ground import ground_of

Claims = Mapping[str, str | None]


class UnprintableError(RefusedError):
    """A refusal that names every character for which no font is at hand."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        super().__init__(IssueRefusal.NAME_NOT_PRINTABLE)
        self.characters = characters


def unprintable_in(session: Session, text: str) -> tuple[str, ...]:
    """Return the characters of a text that a certificate could not show."""
    return unprintable_characters(text, extra_fonts=ground_of(session).extra_fonts)


def drawn(session: Session, printed: CertificateFacts) -> bytes:
    """Return a document's file.

    Raises: UnprintableError; RefusedError(WORDS_DO_NOT_FIT).
    """
    try:
        return certificate_pdf(printed, extra_fonts=ground_of(session).extra_fonts)
    except (MissingGlyphError, ShapingMissingError) as lacking:
        raise UnprintableError(lacking.characters) from lacking
    except DoesNotFitError as tight:
        raise RefusedError(IssueRefusal.WORDS_DO_NOT_FIT) from tight


def printed_facts(
    certificate: Certificate, saying: Saying, claims: Claims, check: str, mark: Mark | None
) -> CertificateFacts:
    """Return the claims of a document as words ready to be drawn; `check` is the check page."""
    kind = DocumentKind(certificate.kind)
    is_letter = kind is DocumentKind.LETTER
    words = _fixed_words(kind, gettext_in(saying.language))
    return CertificateFacts(
        language=saying.language,
        title=words.heading,
        organisation=claims[Claim.ORGANISATION] or "",
        address=_sender_words(claims),
        name=certificate.name,
        programme=saying.words.title,
        level=saying.words.endorsement,
        covers=claims[Claim.COVERS] or "",
        lines=saying.words.lines,
        particulars=tuple(_particulars(claims, gettext_in(saying.language))),
        details=tuple(_details(kind, claims, saying.language)),
        signatories=saying.signatories,
        limits=claims[Claim.DOES_NOT_QUALIFY] or "",
        code=certificate.code,
        check_address=check,
        issued_on=certificate.issued_on,
        words=words,
        mark=mark.data if mark else None,
        mark_words=mark.words if mark else "",
        paper=Paper(saying.letterhead.paper),
        orientation=Orientation.PORTRAIT if is_letter else Orientation.LANDSCAPE,
    )


def _fixed_words(kind: DocumentKind, _: Gettext) -> CertificateWords:
    heading, opening, deed = _sentence(kind, _)
    return CertificateWords(
        heading=heading,
        certifies_that=opening,
        has_met=deed,
        check_at=_("Check this document at"),
        code=_("Code"),
        qr_description=_("QR code that opens the check page"),
        link_description=_("Open the check page"),
        subject_to=_("Subject to verification: whether it holds today stands on that page.")
        if kind is DocumentKind.CREDENTIAL
        else "",
    )


def _sentence(kind: DocumentKind, _: Gettext) -> tuple[str, str, str]:
    """Return the heading, what opens the sentence, and what the person did."""
    if kind is DocumentKind.TRAINING:
        return _("Training certificate"), _("This certifies that"), _("has completed the training")
    if kind is DocumentKind.LETTER:
        return _("Letter of participation"), _("This letter says that"), _("took part in")
    return _("Certificate"), _("This certifies that"), _("has met every requirement of")


def _sender_words(claims: Claims) -> str:
    address = ", ".join((claims[Claim.ADDRESS] or "").splitlines())
    return " · ".join(filter(None, (address, claims[Claim.APPROVAL])))


def _particulars(claims: Claims, _: Gettext) -> Iterator[Detail]:
    """Yield the facts that need a line of their own; what is not known is left out."""
    for claim, label in (
        (Claim.HOURS, _("Time taken part")),
        (Claim.MODULES, _("Modules")),
        (Claim.ASSESSMENT, _("Assessment")),
    ):
        if value := claims.get(claim):
            yield Detail(label, value)


def _details(kind: DocumentKind, claims: Claims, language: str) -> Iterator[Detail]:
    """Yield the facts in a row; what is not known is left out."""
    _ = gettext_in(language)
    for claim, label in (
        (Claim.TOOK_PART_FROM, _("From")),
        (Claim.TOOK_PART_UNTIL, _("Until")),
        (Claim.ISSUED_ON, _("Issued")),
        (Claim.VALID_UNTIL, _("Valid until")),
    ):
        if value := claims.get(claim):
            yield Detail(label, day_words(date.fromisoformat(value), language))
        elif claim is Claim.VALID_UNTIL and kind is DocumentKind.CREDENTIAL:
            yield Detail(label, _("Without end"))
    yield Detail(_("Number"), claims[Claim.NUMBER] or "")
    if kind is not DocumentKind.LETTER:
        version = _("Version %(number)s") % {"number": claims[Claim.VERSION]}
        yield Detail(_("Programme"), version)
