"""Agreements: which are owed, what changed in them, signing one, and what was signed."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.content.markdown import Page
from lms.db import lock_row
from lms.models import (
    Attestation,
    Certificate,
    Cohort,
    ContentVersion,
    Enrolment,
    Person,
    Signature,
)
from lms.rules.agreements import (
    Agreement,
    AgreementState,
    ChangeKind,
    UnderstandingQuestion,
    agreement_state,
    asks_again,
    changes_between,
    in_signing_order,
    near_changes,
    refusal_to_sign,
)
from lms.rules.cohorts import EnrolmentState
from lms.rules.curriculum import SOURCE_LANGUAGE
from lms.rules.learning import SELF, attestations_asked
from lms.rules.programmes import Programme, agreements_to_renew
from lms.sealing import SealBrokenError
from lms.services.audit import record_act
from lms.services.errors import MissingError, RefusedError
from lms.services.facts import add_fact
from lms.services.ground import ground_of
from lms.services.people import today_in
from lms.services.publishing import (
    current_version,
    definition_of,
    list_current_versions,
    versions_by_id,
)


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """One agreement as it stands for a place. `signed` is the newest signature under any version.

    Units: `version` counts from 1; dates are in the cohort's zone.
    """

    slug: str
    title: str
    version: int
    state: AgreementState
    signed: Signature | None
    language: str = SOURCE_LANGUAGE


@dataclass(frozen=True, slots=True)
class SignedRow:
    """One signature as its list shows it."""

    signature: Signature
    title: str
    language: str = SOURCE_LANGUAGE


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One paragraph of what a new version changed."""

    kind: ChangeKind
    words: Markup
    is_heading: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """An agreement to be read and signed by one person.

    Shape: `questions` is empty where none come first; `changes` is empty where nothing was signed
           before; `earlier` is the version that was.
    """

    version: ContentVersion
    agreement: Agreement
    text: Markup
    state: AgreementState
    questions: tuple[UnderstandingQuestion, ...]
    changes: tuple[ShownChange, ...]
    earlier: int | None
    signature: Signature | None


@dataclass(frozen=True, slots=True)
class SignedText:
    """The very text that was signed. `is_whole` is False where it no longer fits its hash."""

    signature: Signature
    agreement: Agreement
    text: Markup
    signer: str
    is_whole: bool


@lru_cache(maxsize=200)
def _prose(text: str) -> Markup:
    return Page.of().prose(text)


def text_hash(agreement: Agreement) -> str:
    """Return the SHA-256 of the text that a signature is put to."""
    return hashlib.sha256(agreement.text.encode()).hexdigest()


def _signatures_of(session: Session, place: Enrolment) -> dict[str, list[Signature]]:
    query = (
        select(Signature)
        .where(Signature.enrolment_id == place.id, Signature.replaced_at.is_(None))
        .order_by(Signature.agreement, Signature.version_number)
    )
    found: dict[str, list[Signature]] = {}
    for signature in session.scalars(query):
        found.setdefault(signature.agreement, []).append(signature)
    return found


def list_agreements(session: Session, place: Enrolment) -> list[AgreementRow]:
    """Return every agreement that holds now, as it stands for a place, in signing order."""
    versions = {v.slug: v for v in list_current_versions(session, "agreement")}
    definitions: list[Agreement] = [definition_of(session, v) for v in versions.values()]
    signatures = _signatures_of(session, place)
    rows = []
    for agreement in in_signing_order(definitions):
        version, mine = versions[agreement.slug], signatures.get(agreement.slug, [])
        state = agreement_state(version.number, [s.version_number for s in mine])
        newest = mine[-1] if mine else None
        language = agreement.head.language
        rows.append(
            AgreementRow(version.slug, version.title, version.number, state, newest, language)
        )
    return rows


def find_owed_agreement(session: Session, place: Enrolment) -> AgreementRow | None:
    """Return the agreement to sign next, or None where all are signed."""
    rows = list_agreements(session, place)
    return next((row for row in rows if row.state is not AgreementState.SIGNED), None)


def list_signed(session: Session, person_id: int) -> list[SignedRow]:
    """Return everything a person has signed, newest first."""
    query = (
        select(Signature, ContentVersion)
        .join(ContentVersion, ContentVersion.id == Signature.version_id)
        .where(Signature.person_id == person_id)
        .order_by(Signature.recorded_at.desc(), Signature.id.desc())
    )
    found = session.execute(query).all()
    return [_signed_row(session, row.Signature, row.ContentVersion) for row in found]


def _signed_row(session: Session, signature: Signature, version: ContentVersion) -> SignedRow:
    agreement: Agreement = definition_of(session, version)
    return SignedRow(signature, version.title, agreement.head.language)


def get_signature(session: Session, public_id: str) -> Signature:
    """Return a signature by the id in its address. Raises: MissingError."""
    query = select(Signature).where(Signature.public_id == public_id)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise MissingError
    return found


def open_signed(session: Session, signature: Signature) -> SignedText:
    """Return exactly the text that was signed, whatever has been published since."""
    version = versions_by_id(session, [signature.version_id])[signature.version_id]
    agreement: Agreement = definition_of(session, version)
    query = select(Person.chosen_name).where(Person.id == signature.person_id)
    signer = session.scalars(query).one()
    is_whole = text_hash(agreement) == signature.text_hash
    return SignedText(signature, agreement, _prose(agreement.text), signer, is_whole)


def open_sheet(session: Session, place: Enrolment, slug: str) -> Sheet:
    """Return an agreement as one person meets it before signing. Raises: MissingError."""
    version = current_version(session, "agreement", slug)
    agreement: Agreement = definition_of(session, version)
    mine = _signatures_of(session, place).get(slug, [])
    earlier = mine[-1] if mine and mine[-1].version_id != version.id else None
    return Sheet(
        version=version,
        agreement=agreement,
        text=_prose(agreement.text),
        state=agreement_state(version.number, [s.version_number for s in mine]),
        questions=_questions_first(session, agreement, mine),
        changes=_changes(session, earlier, agreement) if earlier else (),
        earlier=earlier.version_number if earlier else None,
        signature=_standing(session, place, [s for s in mine if s.version_id == version.id]),
    )


def _standing(session: Session, place: Enrolment, mine: list[Signature]) -> Signature | None:
    """Return the newest signature, None where there is none or a renewal asks for another."""
    newest = max(mine, key=lambda one: (one.happened_on, one.id), default=None)
    version = session.get_one(ContentVersion, place.programme_version_id)
    asked = agreements_to_renew(definition_of(session, version))
    if newest is None or newest.agreement not in asked:
        return newest
    held = Certificate.is_whole & (Certificate.enrolment_id == place.id)
    last = session.scalar(select(func.max(Certificate.issued_on)).where(held))
    return None if last is not None and newest.happened_on < last else newest


def _questions_first(
    session: Session, agreement: Agreement, mine: list[Signature]
) -> tuple[UnderstandingQuestion, ...]:
    understood = [s.version_id for s in mine if s.understood_at]
    versions = versions_by_id(session, understood) if understood else {}
    gone_through = [definition_of(session, version) for version in versions.values()]
    return agreement.head.questions if asks_again(agreement, gone_through) else ()


def _changes(session: Session, earlier: Signature, now: Agreement) -> tuple[ShownChange, ...]:
    version = versions_by_id(session, [earlier.version_id])[earlier.version_id]
    signed: Agreement = definition_of(session, version)
    page = Page.of()
    return tuple(
        ShownChange(change.kind, page.line(change.words), change.is_heading)
        for change in near_changes(changes_between(signed.text, now.text))
    )


@dataclass(frozen=True, slots=True)
class Passage:
    """How far somebody is with the questions: how many are gone through, and the answer now open.

    It travels in the page, sealed, and is stored nowhere: no address and no log tells an answer.
    """

    passed: int = 0
    chosen: str = ""


def seal_passage(session: Session, place: Enrolment, sheet: Sheet, passage: Passage) -> str:
    """Return a passage as a note for one place and one version, which nobody else can read."""
    plain = f"{passage.passed}:{passage.chosen}".encode()
    sealed = ground_of(session).master.seal(plain, _passage_of(place, sheet))
    return urlsafe_b64encode(sealed).decode()


def open_passage(session: Session, place: Enrolment, sheet: Sheet, note: str) -> Passage:
    """Return the passage that a note tells; one that does not fit begins at the beginning."""
    try:
        sealed = urlsafe_b64decode(note.encode())
        plain = ground_of(session).master.open(sealed, _passage_of(place, sheet)).decode()
    except (SealBrokenError, ValueError):
        return Passage()
    passed, __, chosen = plain.partition(":")
    return Passage(int(passed), chosen)


def _passage_of(place: Enrolment, sheet: Sheet) -> str:
    return f"understanding:{place.id}:{sheet.version.id}"


def sign_agreement(
    session: Session,
    place: Enrolment,
    slug: str,
    *,
    shown: int,
    name: str,
    understood: bool,
    now: datetime,
) -> Signature:
    """Sign an agreement in the version that was shown, once, however often it is pressed.

    Units:  `shown` is the number of the version on the page; `understood` says that its questions
            were gone through.
    Edge:   the questions of an earlier signature that are still the same count as understood then.
    Raises: RefusedError(SignRefusal), MissingError.
    """
    lock_row(session, place)
    sheet = open_sheet(session, place, slug)
    if sheet.signature:
        return sheet.signature
    refusal = refusal_to_sign(
        name=name,
        shown=shown,
        current=sheet.version.number,
        understood=understood or not sheet.questions,
        has_place=place.state != EnrolmentState.WITHDRAWN,
    )
    if refusal:
        raise RefusedError(refusal)
    cohort = session.get_one(Cohort, place.cohort_id)
    signature = add_fact(session, _signature(place, sheet, name, cohort.zone, now))
    record_act(
        session,
        "agreement-signed",
        now=now,
        chain=cohort.organisation_id,
        actor_id=place.person_id,
        about_id=place.person_id,
        subject=f"signature:{signature.public_id}",
        agreement=signature.agreement,
        version=signature.version_number,
    )
    return signature


def _signature(place: Enrolment, sheet: Sheet, name: str, zone: str, now: datetime) -> Signature:
    return Signature(
        enrolment_id=place.id,
        person_id=place.person_id,
        agreement=sheet.agreement.slug,
        version_id=sheet.version.id,
        version_number=sheet.version.number,
        text_hash=text_hash(sheet.agreement),
        name_typed=name,
        understood_at=now if sheet.agreement.head.questions else None,
        happened_on=today_in(zone, now),
        recorded_at=now,
    )


@dataclass(frozen=True, slots=True)
class AskedAttestation:
    """Something a programme lets a person say of themselves; `said_on` None where not said yet."""

    what: str
    label: str
    said_on: date | None


def list_attestations(session: Session, place: Enrolment | None) -> list[AskedAttestation]:
    """Return what a person may say of themselves for their programme, and since when it is said."""
    if place is None:
        return []
    version = session.get_one(ContentVersion, place.programme_version_id)
    programme: Programme = definition_of(session, version)
    query = select(Attestation.what, Attestation.happened_on).where(
        Attestation.enrolment_id == place.id,
        Attestation.capacity == SELF,
        Attestation.replaced_at.is_(None),
    )
    said: dict[str, date] = {row.what: row.happened_on for row in session.execute(query)}
    return [
        AskedAttestation(asked.what, asked.label, said.get(asked.what))
        for asked in attestations_asked(programme.requirements)
    ]


def make_attestation(session: Session, place: Enrolment, what: str, *, now: datetime) -> None:
    """Note that a person says something of themselves: only what, never the story.

    Edge:   said once already, it changes nothing.
    Raises: MissingError where the programme asks for no such thing.
    """
    lock_row(session, place)
    asked = {row.what: row for row in list_attestations(session, place)}
    if what not in asked or place.state == EnrolmentState.WITHDRAWN:
        raise MissingError
    if asked[what].said_on:
        return
    cohort = session.get_one(Cohort, place.cohort_id)
    attestation = Attestation(
        enrolment_id=place.id,
        what=what,
        capacity=SELF,
        attested_by=place.person_id,
        happened_on=today_in(cohort.zone, now),
        recorded_at=now,
    )
    add_fact(session, attestation)
    record_act(
        session,
        "attestation-made",
        now=now,
        chain=cohort.organisation_id,
        actor_id=place.person_id,
        about_id=place.person_id,
        subject=f"attestation:{attestation.public_id}",
        what=what,
    )
