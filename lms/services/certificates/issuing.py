"""Issuing a document: a coordinator's act, once a place and kind, on a verdict computed afresh."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy.orm import Session

from lms.models import Certificate, Enrolment, Person
from lms.rules.certificates import Claim, IssueRefusal, refusal_to_issue, refusal_to_propose
from lms.rules.cohorts import EnrolmentState
from lms.rules.programmes import DocumentKind, LivedLine
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
from lms.services.certificates.holding import find_by_enrolment
from lms.services.certificates.making import first_of, make_certificate, unsaved
from lms.services.certificates.material import material_for
from lms.services.certificates.printing import UnprintableError, unprintable_in
from lms.services.certificates.stating import claims_for, saying_for, signing_name
from lms.services.errors import RefusedError
from lms.services.facts import touch_records


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
    material = material_for(session, [basis])
    saying = saying_for(session, basis, session.get_one(Person, by), material)
    claims = claims_for(session, basis, unsaved(basis, first_of(basis, material), now), saying)
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
    session: Session,
    place: Enrolment,
    *,
    by: int,
    name_read: str,
    issued: bool,
    now: datetime,
    kind: DocumentKind | None = None,
) -> None:
    """Raise what stands against a document that is to be proposed to a second person.

    Shape:  without `kind` it is the programme's own certificate.
    Raises: RefusedError(IssueRefusal), UnprintableError.
    """
    basis = basis_for(session, place, now=now, kind=kind)
    refuse(session, basis, refusal_to_propose(case_of(basis, by=by, issued=issued)), name_read)


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
    refuse(session, basis, refusal, name_read, lines_read)
    certificate = make_certificate(session, basis, by=by, op_id=op_id, now=now)
    close_places(session, [(basis, certificate)], now)
    return certificate


def refuse(
    session: Session,
    basis: Basis,
    refusal: IssueRefusal | None,
    name_read: str,
    lines_read: Collection[str] | None = None,
) -> None:
    """Raise what stands against a document: a rule's no, what was read otherwise, its letters.

    Raises: RefusedError(IssueRefusal), UnprintableError.
    """
    if refusal:
        raise RefusedError(refusal)
    name = signing_name(basis.place.person)
    if name != name_read:
        raise RefusedError(IssueRefusal.NAME_CHANGED)
    if lines_read is not None:
        chosen = lines_chosen(session, basis.place.id, basis.terms)
        if set(lines_read) != set(chosen):
            raise RefusedError(IssueRefusal.CHOICE_CHANGED)
    unprintable = unprintable_in(session, name)
    if unprintable:
        raise UnprintableError(unprintable)


def close_places(
    session: Session, issued: Sequence[tuple[Basis, Certificate]], now: datetime
) -> None:
    """Complete every place whose own certificate was issued, and note each act."""
    whole = [basis.place for basis, _certificate in issued if basis.terms.is_whole]
    for place in whole:
        place.state = EnrolmentState.COMPLETED.value
    session.flush()
    touch_records(session, [place.id for place in whole])
    for basis, certificate in issued:
        _note(session, basis, certificate, now)


def _note(session: Session, basis: Basis, certificate: Certificate, now: datetime) -> None:
    place = basis.place
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
