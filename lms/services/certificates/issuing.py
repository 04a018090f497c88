"""Issuing a certificate: a coordinator's act, once a place, on a verdict computed afresh."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.models import Certificate, CertificateCounter, Enrolment, Person
from lms.rules.certificates import (
    SALT_BYTES,
    IssueRefusal,
    code_from_bytes,
    refusal_to_issue,
    seal,
)
from lms.rules.cohorts import EnrolmentState
from lms.rules.programmes import valid_until
from lms.services.audit import record_act
from lms.services.certificates.basis import Basis, basis_for, case_of, lock_place, place_query
from lms.services.certificates.facts import sealed_facts
from lms.services.certificates.holding import FIRST_TERM, find_by_enrolment
from lms.services.certificates.printing import UnprintableError, drawn, unprintable_in
from lms.services.errors import RefusedError
from lms.services.facts import touch_record

__all__ = ["Preview", "UnprintableError", "issue_certificate", "preview_issue"]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a coordinator reads before issuing. `refusal` is why it may not be issued now.

    `name_is_theirs` is false where the person gave no name for the certificate and the chosen one
    is offered instead.
    """

    basis: Basis
    name: str
    name_is_theirs: bool
    valid_until: date | None
    unprintable: tuple[str, ...]
    refusal: IssueRefusal | None


def name_to_print(person: Person) -> str:
    """Return the name for a person's certificate: the one they gave for it, else the chosen one."""
    return person.certificate_name or person.chosen_name


def preview_issue(session: Session, enrolment: Enrolment, *, by: int, now: datetime) -> Preview:
    """Return what issuing would rest on and print, without changing anything."""
    place = session.scalars(place_query(enrolment.id)).one()
    basis = basis_for(session, place, now=now)
    issued = find_by_enrolment(session, place.id) is not None
    name = name_to_print(place.person)
    unprintable = unprintable_in(session, name)
    refusal = refusal_to_issue(case_of(basis, by=by, issued=issued))
    if refusal is None and unprintable:
        refusal = IssueRefusal.NAME_NOT_PRINTABLE
    return Preview(
        basis=basis,
        name=name,
        name_is_theirs=bool(place.person.certificate_name),
        valid_until=valid_until(basis.programme.validity, basis.today),
        unprintable=unprintable,
        refusal=refusal,
    )


def issue_certificate(
    session: Session, enrolment: Enrolment, *, by: int, name_read: str, op_id: str, now: datetime
) -> Certificate:
    """Issue the certificate of a place, or return the one that was issued before.

    Edge: two tabs or two coordinators queue at the place's row: the second finds the first's.
          `name_read` is the name on the page that was confirmed: no other is printed unseen.
    Raises: RefusedError(IssueRefusal), UnprintableError; then nothing is kept and no number used.
    """
    place = lock_place(session, enrolment.id)
    found = find_by_enrolment(session, place.id)
    if found is not None:
        return found
    basis = basis_for(session, place, now=now)
    _refuse(session, basis, by, name_read)
    certificate = _new_certificate(session, basis, by=by, op_id=op_id, now=now)
    try:
        with session.begin_nested():
            session.add(certificate)
    except IntegrityError as clash:  # the form of another place's certificate was sent here
        raise RefusedError(IssueRefusal.ALREADY_ISSUED) from clash
    _close(session, basis, certificate, now)
    return certificate


def _refuse(session: Session, basis: Basis, by: int, name_read: str) -> None:
    refusal = refusal_to_issue(case_of(basis, by=by, issued=False))
    if refusal:
        raise RefusedError(refusal)
    name = name_to_print(basis.place.person)
    if name != name_read:
        raise RefusedError(IssueRefusal.NAME_CHANGED)
    unprintable = unprintable_in(session, name)
    if unprintable:
        raise UnprintableError(unprintable)


def _new_certificate(
    session: Session, basis: Basis, *, by: int, op_id: str, now: datetime
) -> Certificate:
    place = basis.place
    issuer = session.get_one(Person, by)
    salt = secrets.token_bytes(SALT_BYTES)
    certificate = Certificate(
        enrolment_id=place.id,
        organisation_id=place.cohort.organisation_id,
        programme=basis.programme.id,
        programme_version_id=place.programme_version_id,
        term=FIRST_TERM,
        code=code_from_bytes(secrets.token_bytes(17)),
        name=name_to_print(place.person),
        issued_on=basis.today,
        issued_at=now,
        issued_by=by,
        valid_until=valid_until(basis.programme.validity, basis.today),
        salt=salt.hex(),
        hidden="[]",
        op_id=op_id,
    )
    certificate.number = _next_number(session, certificate.organisation_id, certificate.programme)
    certificate.facts = sealed_facts(session, basis, certificate, issuer)
    certificate.seal = seal(certificate.facts, salt)
    certificate.pdf = drawn(session, basis, certificate, issuer)
    certificate.pdf_sha256 = hashlib.sha256(certificate.pdf).hexdigest()
    return certificate


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
    """Complete the place, mark its record as changed, and note the act."""
    place = basis.place
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
        programme=certificate.programme,
        programme_hash=place.programme_version.hash,
        number=certificate.number,
        seal=certificate.seal,
    )
