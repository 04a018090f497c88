"""Renewing: a new term with its own evidence, judged afresh under the lock of the place."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from lms.models import Certificate, Enrolment
from lms.rules.certificates import (
    IssueRefusal,
    RenewalCase,
    RenewRefusal,
    asks_second,
    refusal_to_renew,
    renewed_until,
    state_on,
)
from lms.rules.programmes import Programme, agreements_to_renew
from lms.services.audit import record_act
from lms.services.certificates.basis import (
    Basis,
    basis_on,
    case_of,
    judge_named,
    lock_place,
    place_query,
)
from lms.services.certificates.chain import chain_of, is_followed, plain_events
from lms.services.certificates.making import Succession, make_certificate
from lms.services.certificates.printing import UnprintableError, unprintable_in
from lms.services.certificates.stating import signing_name
from lms.services.errors import RefusedError
from lms.services.facts import touch_record
from lms.services.people import today_in
from lms.services.verdicts import Renewing, renewal_verdict_for

FIRST_EDITION = 1


class Approved(NamedTuple):
    """That something is issued now, and who approved it, None for nobody."""

    second_id: int | None


@dataclass(frozen=True, slots=True)
class RenewalView:
    """Where renewing stands: what is judged, why not yet, and until when the new term would last.

    `to_sign` are the agreements that are asked for, each with its requirement's id; `renewing` is
    None where the programme renews nothing, or what it rests on was erased. `second_asked` says
    that another coordinator approves it first: then `refusal` is why it may not be proposed.
    """

    renewing: Renewing | None
    refusal: IssueRefusal | RenewRefusal | None
    name: str
    name_is_theirs: bool
    unprintable: tuple[str, ...]
    until: date | None
    to_sign: dict[str, str]
    second_asked: bool


def preview_renewal(
    session: Session, certificate: Certificate, *, by: int, now: datetime
) -> RenewalView:
    """Return where renewing a certificate stands today, without changing anything.

    Edge: read by the holder too: `refusal` is then what stands in the way of anybody.
    """
    place = session.scalars(place_query(certificate.enrolment_id)).one()
    today = today_in(place.cohort.zone, now)
    renewing = _renewing(session, certificate, today)
    by = by if by != place.person_id else 0
    refusal, basis = _judged(session, certificate, place, renewing, by=by, now=now)
    name = signing_name(place.person)
    return RenewalView(
        renewing=renewing,
        refusal=refusal,
        name=name,
        name_is_theirs=bool(place.person.certificate_name),
        unprintable=unprintable_in(session, name),
        until=_until(basis.programme, renewing, today) if basis else None,
        to_sign=agreements_to_renew(basis.programme) if basis else {},
        second_asked=asks_second(place.cohort.organisation.approval),
    )


def refuse_renewal(
    session: Session,
    certificate: Certificate,
    place: Enrolment,
    *,
    by: int,
    name_read: str,
    now: datetime,
) -> None:
    """Raise what stands against a renewal that is to be proposed to a second person.

    Edge:   the place is held by the caller.
    Raises: RefusedError(IssueRefusal | RenewRefusal), UnprintableError.
    """
    renewing = _renewing(session, certificate, today_in(place.cohort.zone, now))
    refusal, _basis = _judged(session, certificate, place, renewing, by=by, now=now)
    if refusal:
        raise RefusedError(refusal)
    _refuse_name(session, place, name_read)


def renew_certificate(
    session: Session,
    certificate: Certificate,
    *,
    by: int,
    name_read: str,
    op_id: str,
    now: datetime,
    second_id: int | None = None,
) -> Certificate:
    """Issue the next term of a certificate; it follows the old one, which keeps its own end.

    Shape: `second_id` approved it, where the organisation asks for a second person.
    Edge: renewing early loses no time: the new term counts from the old last day. Two coordinators,
    or one who revokes meanwhile, queue at the place's row: the second is judged on what the first
    did, and told. The same form twice makes one.
    Raises: RefusedError(IssueRefusal | RenewRefusal), UnprintableError.
    """
    place = lock_place(session, certificate.enrolment_id)
    made = [one for one in chain_of(session, certificate) if one.op_id == op_id]
    if made:
        return made[0]
    today = today_in(place.cohort.zone, now)
    renewing = _renewing(session, certificate, today)
    approved = Approved(second_id)
    refusal, basis = _judged(
        session, certificate, place, renewing, by=by, now=now, approved=approved
    )
    if refusal:
        raise RefusedError(refusal)
    if basis is None or renewing is None:
        raise RefusedError(RenewRefusal.NOT_RENEWED_HERE)
    _refuse_name(session, place, name_read)
    until = _until(basis.programme, renewing, today)
    succession = Succession(certificate.term + 1, FIRST_EDITION, None, until)
    new = make_certificate(session, basis, by=by, op_id=op_id, now=now, succession=succession)
    touch_record(session, place.id)
    _note(session, certificate, new, basis, by=by, now=now)
    return new


def _renewing(session: Session, certificate: Certificate, today: date) -> Renewing | None:
    if not certificate.is_whole or not certificate.name:
        return None
    return renewal_verdict_for(session, certificate, today)


def _judged(
    session: Session,
    certificate: Certificate,
    place: Enrolment,
    renewing: Renewing | None,
    *,
    by: int,
    now: datetime,
    approved: Approved | None = None,
) -> tuple[IssueRefusal | RenewRefusal | None, Basis | None]:
    """Return why it may not be renewed now, with the basis it would be issued on.

    Edge: without `approved` it is judged whether it may be proposed.
    """
    chain = chain_of(session, certificate)
    (own,) = [one for one in chain if one.id == certificate.id]
    today = today_in(place.cohort.zone, now)
    if own.erased_at is not None:
        return RenewRefusal.ERASED, None
    if renewing is None:
        return RenewRefusal.NOT_RENEWED_HERE, None
    basis = basis_on(session, place, renewing.verdict, now=now)
    if approved and approved.second_id:
        basis = replace(basis, second=judge_named(session, approved.second_id))
    renewal = basis.programme.renewal
    case = RenewalCase(
        days=renewing.days,
        state=state_on(plain_events(own.events), own.valid_until, today),
        is_followed=is_followed(own, chain),
        on=today,
        term=own.term,
        most_terms=(renewal.terms or None) if renewal else None,
    )
    issued = case_of(basis, by=by, issued=False)
    asked = issued.second_asked and approved is not None
    issue = replace(issued, verdict_met=_is_met(renewing), second_asked=asked)
    return refusal_to_renew(issue, case), basis


def _is_met(renewing: Renewing) -> bool:
    return renewing.verdict.state.is_settled


def _until(programme: Programme, renewing: Renewing | None, today: date) -> date | None:
    if renewing is None:
        return None
    held = [(one.programme, one.issued_on) for one in renewing.record.certificates]
    return renewed_until(programme.validity, renewing.days, today, held)


def _refuse_name(session: Session, place: Enrolment, name_read: str) -> None:
    name = signing_name(place.person)
    if name != name_read:
        raise RefusedError(IssueRefusal.NAME_CHANGED)
    unprintable = unprintable_in(session, name)
    if unprintable:
        raise UnprintableError(unprintable)


def _note(
    session: Session,
    old: Certificate,
    new: Certificate,
    basis: Basis,
    *,
    by: int,
    now: datetime,
) -> None:
    record_act(
        session,
        "certificate-renewed",
        now=now,
        chain=new.organisation_id,
        actor_id=by,
        about_id=basis.place.person_id,
        subject=f"certificate:{new.public_id}",
        follows=old.public_id,
        number=new.number,
        seal=new.seal,
        second=basis.second.public_id if basis.second else "",
    )
