"""The words a certificate prints, in the programme's language, and the bytes they make."""

from datetime import date

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from sqlalchemy.orm import Session

from lms.documents.certificate import (
    CertificateFacts,
    CertificateWords,
    Detail,
    DoesNotFitError,
    MissingGlyphError,
    ShapingMissingError,
    Signatory,
    certificate_pdf,
    unprintable_characters,
)
from lms.models import Certificate, Person
from lms.rules.certificates import IssueRefusal
from lms.services.certificates.basis import Basis
from lms.services.certificates.facts import number_words
from lms.services.errors import RefusedError
from lms.services.ground import ground_of
from lms.words import translations_for


class UnprintableError(RefusedError):
    """A refusal that names every character for which no font is at hand."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        super().__init__(IssueRefusal.NAME_NOT_PRINTABLE)
        self.characters = characters


def unprintable_in(session: Session, text: str) -> tuple[str, ...]:
    """Return the characters of a name that a certificate could not show."""
    return unprintable_characters(text, extra_fonts=ground_of(session).extra_fonts)


def drawn(session: Session, basis: Basis, certificate: Certificate, issuer: Person) -> bytes:
    """Return the certificate's file.

    Raises: UnprintableError; RefusedError(WORDS_DO_NOT_FIT).
    """
    ground = ground_of(session)
    facts = _printed(basis, certificate, issuer, f"{ground.base_url}/check")
    try:
        return certificate_pdf(facts, extra_fonts=ground.extra_fonts)
    except (MissingGlyphError, ShapingMissingError) as lacking:
        raise UnprintableError(lacking.characters) from lacking
    except DoesNotFitError as tight:
        raise RefusedError(IssueRefusal.WORDS_DO_NOT_FIT) from tight


def _printed(
    basis: Basis, certificate: Certificate, issuer: Person, check_address: str
) -> CertificateFacts:
    language = basis.programme.language
    _ = translations_for(language.split("-")[0]).gettext
    words = basis.programme.certificate
    return CertificateFacts(
        language=language,
        title=_("Certificate"),
        organisation=basis.place.cohort.organisation.name,
        name=certificate.name,
        programme=words.title,
        level="",
        covers=words.covers,
        details=_details(certificate, language),
        signatories=(Signatory(issuer.certificate_name or issuer.chosen_name, _("Coordinator")),),
        limits=words.does_not_qualify,
        code=certificate.code,
        check_address=check_address,
        issued_on=certificate.issued_on,
        words=_fixed_words(language),
    )


def _fixed_words(language: str) -> CertificateWords:
    _ = translations_for(language.split("-")[0]).gettext
    return CertificateWords(
        heading=_("Certificate"),
        certifies_that=_("This certifies that"),
        has_met=_("has met every requirement of"),
        check_at=_("Check this certificate at"),
        code=_("Code"),
        qr_description=_("QR code that opens the check page"),
        link_description=_("Open the check page"),
    )


def _details(certificate: Certificate, language: str) -> tuple[Detail, ...]:
    _ = translations_for(language.split("-")[0]).gettext
    until = certificate.valid_until
    return (
        Detail(_("Issued"), day_words(certificate.issued_on, language)),
        Detail(_("Valid until"), day_words(until, language) if until else _("Without end")),
        Detail(_("Number"), number_words(certificate.number)),
    )


def day_words(day: date, language: str) -> str:
    """Return a day in words in a language: "3 May 2027"; plain English is British."""
    try:
        locale = Locale.parse("en-GB" if language == "en" else language, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse("en_GB")
    return format_date(day, "long", locale)
