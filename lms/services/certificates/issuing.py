"""Issuing a document: a coordinator's act, once a place and kind, on a verdict computed afresh."""

import hashlib
import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.models import Certificate, CertificateCounter, Enrolment, Person
from lms.rules.certificates import (
    SALT_BYTES,
    Claim,
    IssueRefusal,
    code_from_bytes,
    refusal_to_issue,
    refusal_to_propose,
    seal,
)
from lms.rules.cohorts import EnrolmentState
from lms.rules.programmes import DocumentKind, LivedLine, valid_until
from lms.services.audit import record_act
from lms.services.certificates.basis import (
    Basis,
    basis_for,
    case_of,
    judge_named,
    lock_place,
    place_query,
)
from lms.services.certificates.choosing import lines_chosen
from lms.services.certificates.facts import sealed_facts
from lms.services.certificates.holding import FIRST_TERM, find_by_enrolment, list_held
from lms.services.certificates.printing import UnprintableError, drawn, unprintable_in
from lms.services.certificates.stating import Saying, claims_for, saying_for, signing_name
from lms.services.errors import RefusedError
from lms.services.facts import touch_record

__all__ = [
    "Preview",
    "Succession",
    "UnprintableError",
    "issue_certificate",
    "make_certificate",
    "preview_issue",
]

FIRST_EDITION = 1


class Succession(NamedTuple):
    """Where a certificate stands among those of its place and kind, and its last valid day."""

    term: int
    edition: int
    replaces_id: int | None
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands before issuing. `refusal` is why it may not be issued now.

    `name_is_theirs` is false where the person gave no name for the certificate and the chosen one
    is offered instead. `second_asked` says that another coordinator approves it first: then
    `refusal` is why it may not be proposed.
    """

    basis: Basis
    name: str
    name_is_theirs: bool
    unprintable: tuple[str, ...]
    refusal: IssueRefusal | None
    second_asked: bool


@dataclass(frozen=True, slots=True)
class Preview(Standing):
    """What a coordinator reads before issuing.

    Shape: `claims` are the lines to be printed, days as ISO dates, without the number; `chosen`
    those that the holder chose.
    """

    chosen: tuple[LivedLine, ...]
    claims: dict[str, str | None]


def preview_issue(
    session: Session,
    enrolment: Enrolment,
    *,
    by: int,
    now: datetime,
    kind: DocumentKind | None = None,
    second_id: int | None = None,
) -> Preview:
    """Return what issuing would rest on and print, without changing anything.

    Shape:  `by` issues; `second_id` is who looks, where that is to approve it.
    Edge:   without a kind it is the programme's own certificate.
    Raises: MissingError where the programme gives no such document.
    """
    place = session.scalars(place_query(enrolment.id)).one()
    second = judge_named(session, second_id) if second_id else None
    basis = basis_for(session, place, now=now, kind=kind, second=second)
    issued = find_by_enrolment(session, place.id, basis.terms.kind) is not None
    saying = saying_for(session, basis, session.get_one(Person, by))
    claims = claims_for(session, basis, _unsaved(basis, _first(session, basis), now), saying)
    claims.pop(Claim.NUMBER.value)
    text = " ".join(filter(None, claims.values()))
    standing = standing_of(session, basis, by=by, issued=issued, text=text)
    known = {field.name: getattr(standing, field.name) for field in fields(Standing)}
    return Preview(**known, chosen=saying.chosen, claims=claims)


def standing_of(
    session: Session, basis: Basis, *, by: int, issued: bool, text: str = ""
) -> Standing:
    """Return how somebody stands on a basis; nothing more is read from the database.

    Shape: `text` is what is to be printed, as far as it is known, beside the name.
    """
    person = basis.place.person
    name = signing_name(person)
    unprintable = unprintable_in(session, f"{name} {text}")
    case = case_of(basis, by=by, issued=issued)
    refusal = refusal_to_propose(case)
    if refusal is None and unprintable:
        refusal = IssueRefusal.NAME_NOT_PRINTABLE
    return Standing(
        basis=basis,
        name=name,
        name_is_theirs=bool(person.certificate_name),
        unprintable=unprintable,
        refusal=refusal,
        second_asked=case.second_asked,
    )


def refuse_to_propose(
    session: Session, place: Enrolment, *, by: int, name_read: str, issued: bool, now: datetime
) -> None:
    """Raise what stands against a certificate that is to be proposed to a second person.

    Raises: RefusedError(IssueRefusal), UnprintableError.
    """
    basis = basis_for(session, place, now=now)
    _refuse(session, basis, refusal_to_propose(case_of(basis, by=by, issued=issued)), name_read)


def issue_certificate(
    session: Session,
    enrolment: Enrolment,
    *,
    by: int,
    name_read: str,
    op_id: str,
    now: datetime,
    kind: DocumentKind | None = None,
    lines_read: Collection[str] | None = None,
    second_id: int | None = None,
) -> Certificate:
    """Issue a document of a place, or return the one of its kind that was issued before.

    Shape:  without `kind` it is the programme's own certificate; `second_id` approved it where
            the organisation asks for a second person.
    Edge:   two tabs or two coordinators queue at the place's row: the second finds the first's.
            `name_read` is the name on the page that was confirmed: no other is printed unseen; the
            same of `lines_read`, the lines that the holder chose, where they are given.
    Raises: MissingError; RefusedError(IssueRefusal), UnprintableError; then nothing is kept and no
            number used.
    """
    place = lock_place(session, enrolment.id)
    found = find_by_enrolment(session, place.id, kind)
    if found is not None:
        return found
    second = judge_named(session, second_id) if second_id else None
    basis = basis_for(session, place, now=now, kind=kind, second=second)
    refusal = refusal_to_issue(case_of(basis, by=by, issued=False))
    _refuse(session, basis, refusal, name_read, lines_read)
    certificate = make_certificate(session, basis, by=by, op_id=op_id, now=now)
    _close(session, basis, certificate, now)
    return certificate


def _refuse(
    session: Session,
    basis: Basis,
    refusal: IssueRefusal | None,
    name_read: str,
    lines_read: Collection[str] | None = None,
) -> None:
    if refusal:
        raise RefusedError(refusal)
    name = signing_name(basis.place.person)
    if name != name_read:
        raise RefusedError(IssueRefusal.NAME_CHANGED)
    chosen = lines_chosen(session, basis.place.id, basis.terms)
    if lines_read is not None and set(lines_read) != set(chosen):
        raise RefusedError(IssueRefusal.CHOICE_CHANGED)
    unprintable = unprintable_in(session, name)
    if unprintable:
        raise UnprintableError(unprintable)


def make_certificate(
    session: Session,
    basis: Basis,
    *,
    by: int,
    op_id: str,
    now: datetime,
    succession: Succession | None = None,
) -> Certificate:
    """Make, number, seal, print and store a document; whether it may be is asked before.

    Shape:  without `succession` it is the first of its place and kind.
    Edge:   the place's row is held by the caller; the name and the chosen lines are those of now.
    Raises: RefusedError(ALREADY_ISSUED) where the database holds one in its stead, by its place,
            kind, term and edition, by what it replaces, or by the form sent.
    """
    issuer = session.get_one(Person, by)
    saying = saying_for(session, basis, issuer)
    certificate = _unsaved(basis, succession or _first(session, basis), now)
    certificate.issued_by, certificate.op_id = by, op_id
    certificate.hidden = json.dumps([line.value for line in saying.chosen])
    _seal(session, basis, certificate, issuer, saying)
    try:
        with session.begin_nested():
            session.add(certificate)
    except IntegrityError as clash:
        raise RefusedError(IssueRefusal.ALREADY_ISSUED) from clash
    return certificate


def _first(session: Session, basis: Basis) -> Succession:
    """Return the place of a first document; only the programme's own certificate ends."""
    ends = ends_on(session, basis) if basis.terms.is_whole else None
    return Succession(FIRST_TERM, FIRST_EDITION, None, ends)


def _unsaved(basis: Basis, succession: Succession, now: datetime) -> Certificate:
    place = basis.place
    return Certificate(
        enrolment_id=place.id,
        organisation_id=place.cohort.organisation_id,
        programme=basis.programme.id,
        programme_version_id=place.programme_version_id,
        kind=basis.terms.kind.value,
        is_whole=basis.terms.is_whole,
        term=succession.term,
        edition=succession.edition,
        replaces_id=succession.replaces_id,
        name=signing_name(place.person),
        issued_on=basis.today,
        issued_at=now,
        valid_until=succession.valid_until,
        number=0,
    )


def _seal(
    session: Session, basis: Basis, certificate: Certificate, issuer: Person, saying: Saying
) -> None:
    """Give a certificate its number and code, seal what it says, and draw it."""
    salt = secrets.token_bytes(SALT_BYTES)
    certificate.salt = salt.hex()
    certificate.code = code_from_bytes(secrets.token_bytes(17))
    certificate.number = _next_number(session, certificate.organisation_id, certificate.programme)
    claims = claims_for(session, basis, certificate, saying)
    certificate.facts = sealed_facts(session, basis, certificate, issuer, claims)
    certificate.seal = seal(certificate.facts, salt)
    certificate.pdf = drawn(session, basis, certificate, saying, claims)
    certificate.pdf_sha256 = hashlib.sha256(certificate.pdf).hexdigest()


def ends_on(session: Session, basis: Basis) -> date | None:
    """Return the last valid day of a certificate issued today; None is without end."""
    held = list_held(session, basis.place.person_id, on=basis.today)
    return valid_until(basis.programme.validity, basis.today, held)


def _next_number(session: Session, organisation_id: int, programme: str) -> int:
    """Take the next number under its row's lock; a rollback gives it back, so none is left out."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    first = insert(CertificateCounter).values(
        organisation_id=organisation_id, programme=programme, last=0
    )
    session.execute(first.on_conflict_do_nothing())
    query = (
        select(CertificateCounter)
        .where(
            CertificateCounter.organisation_id == organisation_id,
            CertificateCounter.programme == programme,
        )
        .with_for_update()
    )
    counter = session.scalars(query.execution_options(populate_existing=True)).one()
    counter.last += 1
    session.flush()
    return counter.last


def _close(session: Session, basis: Basis, certificate: Certificate, now: datetime) -> None:
    """Complete the place where its own certificate was issued, and note the act."""
    place = basis.place
    if basis.terms.is_whole:
        place.state = EnrolmentState.COMPLETED.value
        session.flush()
        touch_record(session, place.id)
    record_act(
        session,
        "certificate-issued",
        now=now,
        chain=certificate.organisation_id,
        actor_id=certificate.issued_by,
        about_id=place.person_id,
        subject=f"certificate:{certificate.public_id}",
        enrolment=place.public_id,
        kind=certificate.kind,
        programme=certificate.programme,
        programme_hash=place.programme_version.hash,
        number=certificate.number,
        seal=certificate.seal,
        second=basis.second.public_id if basis.second else "",
    )
