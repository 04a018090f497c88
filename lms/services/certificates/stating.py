"""What one document says, in its language: every claim it prints and that the check repeats."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.documents.certificate import Signatory
from lms.models import Assignment, Certificate, Person
from lms.rules.certificates import Claim
from lms.rules.programmes import DocumentKind, LivedLine, PrintedWords, words_printed
from lms.rules.record import Taken, minutes_by_ledger, minutes_by_way
from lms.rules.verdict import Row, State
from lms.services.certificates.basis import Basis
from lms.services.certificates.choosing import lines_kept
from lms.services.certificates.letterhead import LetterheadWords
from lms.services.certificates.material import Material
from lms.services.publishing import titles_by_slug
from lms.words import translations_for

Gettext = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Saying:
    """How one document is said: its language, the letterhead, the holder's choice, who signs."""

    language: str
    letterhead: LetterheadWords
    chosen: tuple[LivedLine, ...]
    words: PrintedWords
    trainer: str
    signatories: tuple[Signatory, ...]


def saying_for(session: Session, basis: Basis, issuer: Person, material: Material) -> Saying:
    """Return how the document of a basis is said when somebody issues it."""
    place, terms = basis.place, basis.terms
    letterhead = material.letterhead
    language = letterhead.language or basis.programme.language
    chosen = lines_kept(terms, material.choices.get((place.id, terms.kind.value), ()))
    is_training = terms.kind is DocumentKind.TRAINING
    trainer = _trainer_of(session, place.id) if is_training else ""
    return Saying(
        language=language,
        letterhead=letterhead,
        chosen=chosen,
        words=words_printed(terms, chosen),
        trainer=trainer,
        signatories=tuple(_signatories(letterhead, issuer, trainer, gettext_in(language))),
    )


def gettext_in(language: str) -> Gettext:
    """Return what puts our words into a language; where there is no catalogue, English."""
    return translations_for(language.split("-")[0]).gettext


def _trainer_of(session: Session, enrolment_id: int) -> str:
    """Return the name of who trained somebody: the last one to be their trainer."""
    query = (
        select(Person)
        .join(Assignment, Assignment.person_id == Person.id)
        .where(Assignment.enrolment_id == enrolment_id, Assignment.kind == "trainer")
        .order_by(Assignment.from_on.desc(), Assignment.id.desc())
        .limit(1)
    )
    found = session.scalars(query).one_or_none()
    return signing_name(found) if found else ""


def signing_name(person: Person) -> str:
    """Return the name somebody signs with: the one for certificates, else the chosen one."""
    return person.certificate_name or person.chosen_name


def _signatories(
    letterhead: LetterheadWords, issuer: Person, trainer: str, _: Gettext
) -> Iterable[Signatory]:
    """Yield who signs: those the organisation names, else who issues; then the trainer."""
    named = [
        Signatory(name, role)
        for name, role in (
            (letterhead.first_name, letterhead.first_role),
            (letterhead.second_name, letterhead.second_role),
        )
        if name
    ]
    signing = named or [Signatory(signing_name(issuer), _("Coordinator"))]
    yield from signing
    if trainer and trainer not in {one.name for one in signing}:
        yield Signatory(trainer, _("Trainer"))


def claims_for(
    session: Session, basis: Basis, certificate: Certificate, saying: Saying
) -> dict[str, str | None]:
    """Return what a document says in public; days as ISO dates, what is not known left out."""
    terms, letterhead = basis.terms, saying.letterhead
    claims: dict[Claim, str | None] = {
        Claim.KIND: terms.kind.value,
        Claim.NAME: certificate.name,
        Claim.PROGRAMME: terms.title,
        **_lived_claims(saying),
        Claim.ORGANISATION: basis.place.cohort.organisation.name,
        Claim.ADDRESS: letterhead.address,
        Claim.APPROVAL: letterhead.approval,
        Claim.COVERS: terms.covers,
        Claim.DOES_NOT_QUALIFY: terms.does_not_qualify,
        **_taken_claims(session, basis, saying),
        Claim.TRAINER: saying.trainer,
        Claim.SIGNED_BY: "; ".join(_signed(one) for one in saying.signatories),
        Claim.VERSION: basis.programme.version,
        Claim.ISSUED_ON: certificate.issued_on.isoformat(),
        Claim.VALID_UNTIL: _day(certificate.valid_until),
        Claim.NUMBER: number_words(certificate.number),
    }
    return {claim.value: value or None for claim, value in claims.items()}


def _lived_claims(saying: Saying) -> dict[Claim, str | None]:
    words = saying.words
    return {
        Claim.TITLE: words.title if LivedLine.TITLE in saying.chosen else None,
        Claim.ENDORSEMENT: words.endorsement,
        Claim.LINES: " ".join(words.lines),
    }


def _taken_claims(session: Session, basis: Basis, saying: Saying) -> dict[Claim, str | None]:
    taken, _ = basis.taken, gettext_in(saying.language)
    if not taken.is_something:
        return {}
    is_letter = basis.terms.kind is DocumentKind.LETTER
    return {
        Claim.MODULES: _modules_words(session, taken, _),
        Claim.HOURS: (_by_ledger if is_letter else _by_way)(taken, _),
        Claim.ASSESSMENT: _assessment_words(basis.rows, _),
        Claim.TOOK_PART_FROM: _day(taken.first_on),
        Claim.TOOK_PART_UNTIL: _day(taken.last_on),
    }


def _modules_words(session: Session, taken: Taken, _: Gettext) -> str:
    titles = titles_by_slug(session) if taken.modules else {}
    form = _("%(title)s (version %(number)s)")
    return "; ".join(
        form % {"title": titles.get(one.module, one.module), "number": one.version}
        for one in taken.modules
    )


def _by_ledger(taken: Taken, _: Gettext) -> str:
    names = {
        "training": _("%(time)s of training"),
        "practice": _("%(time)s of practice"),
        "supervision": _("%(time)s of supervision"),
        "continuing-education": _("%(time)s of further learning"),
    }
    return _hours_words(minutes_by_ledger(taken.hours), names, _)


def _by_way(taken: Taken, _: Gettext) -> str:
    names = {
        "in-person": _("%(time)s in person"),
        "video": _("%(time)s by video"),
        "phone": _("%(time)s by phone"),
        "self-study": _("%(time)s of reading alone"),
    }
    return _hours_words(minutes_by_way(taken.hours), names, _)


def _hours_words(minutes: Mapping[str, int], names: Mapping[str, str], _: Gettext) -> str:
    """Return the whole and its parts; a part of no known name counts in the whole alone."""
    parts = [
        names[name] % {"time": time_words(spent)}
        for name, spent in minutes.items()
        if name in names
    ]
    if len(minutes) == 1 and parts:
        return parts[0]
    total = time_words(sum(minutes.values())) if minutes else ""
    if not parts:
        return total
    return _("%(total)s in all: %(parts)s") % {"total": total, "parts": ", ".join(parts)}


def time_words(minutes: int) -> str:
    """Return whole minutes as "2 h 30 min"; the signs are those of the SI in every language."""
    hours, rest = divmod(minutes, 60)
    said = [f"{hours} h"] if hours else []
    return " ".join([*said, *([f"{rest} min"] if rest or not hours else [])])


def _assessment_words(rows: Iterable[Row], _: Gettext) -> str:
    form = _("%(name)s: passed")
    passed = (row.label for row in rows if row.kind == "score" and row.state is State.MET)
    return "; ".join(form % {"name": label} for label in passed)


def _signed(signatory: Signatory) -> str:
    return f"{signatory.name}, {signatory.role}" if signatory.role else signatory.name


def number_words(number: int) -> str:
    """Return a certificate's number as it is printed."""
    return f"{number:04d}"


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


@lru_cache(maxsize=512)
def day_words(day: date, language: str) -> str:
    """Return a day in words in a language: "3 May 2027"; plain English is British."""
    try:
        locale = Locale.parse("en-GB" if language == "en" else language, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse("en_GB")
    return format_date(day, "long", locale)
