"""A new edition of a certificate: the same term said anew, the old document out of the way."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.content.versions import canonical_json
from lms.models import Certificate, Enrolment
from lms.models import CertificateEvent as EventRow
from lms.rules.certificates import (
    CertificateEventKind,
    CertificateState,
    IssueRefusal,
    NewEditionRefusal,
    Replacement,
    Wish,
    WishOutcome,
    asks_second,
    refusal_of_second,
    refusal_to_replace,
    seal,
    state_on,
)
from lms.rules.programmes import DocumentKind
from lms.services.audit import record_act
from lms.services.certificates.basis import Judge, basis_for, judge_named, lock_place, place_query
from lms.services.certificates.chain import chain_of, is_followed, plain_events
from lms.services.certificates.erasing import take_out
from lms.services.certificates.events import EventNote, add_event
from lms.services.certificates.making import Succession, make_certificate
from lms.services.certificates.printing import UnprintableError, unprintable_in
from lms.services.certificates.stating import signing_name
from lms.services.certificates.wishes import end_wishes
from lms.services.errors import RefusedError
from lms.services.people import today_in

KEPT = ("verdict", "taken", "agreements", "markers", "confirmers", "programme")
"""What the facts of a new edition take over from the old one, word for word."""


@dataclass(frozen=True, slots=True)
class NewEdition:
    """What a coordinator reads before a document is made anew. `refusal` is why it may not be.

    `second_asked` says that another coordinator approves it first.
    """

    name: str
    name_is_theirs: bool
    unprintable: tuple[str, ...]
    refusal: NewEditionRefusal | None
    second_asked: bool


def preview_edition(
    session: Session, certificate: Certificate, *, by: int, now: datetime
) -> NewEdition:
    """Return what a new document would print as the name, without changing anything."""
    place = session.scalars(place_query(certificate.enrolment_id)).one()
    chain = chain_of(session, certificate)
    name = signing_name(place.person)
    why = Replacement.CORRECTION
    return NewEdition(
        name=name,
        name_is_theirs=bool(place.person.certificate_name),
        unprintable=unprintable_in(session, name),
        refusal=_refusal(certificate, place, chain, why, by=by, reason="to be given", now=now),
        second_asked=asks_second(place.cohort.organisation.approval),
    )


def refuse_edition(
    session: Session,
    certificate: Certificate,
    place: Enrolment,
    why: Replacement,
    *,
    by: int,
    reason: str,
    name_read: str,
    now: datetime,
) -> None:
    """Raise what stands against a document that is to be proposed to be made anew.

    Edge:   the place is held by the caller.
    Raises: RefusedError(NewEditionRefusal | IssueRefusal), UnprintableError.
    """
    chain = chain_of(session, certificate)
    refusal = _refusal(certificate, place, chain, why, by=by, reason=reason, now=now)
    if refusal:
        raise RefusedError(refusal)
    _refuse_name(session, place, name_read)


def replace_certificate(
    session: Session,
    certificate: Certificate,
    why: Replacement,
    *,
    by: int,
    reason: str,
    name_read: str,
    op_id: str,
    now: datetime,
    second_id: int | None = None,
) -> Certificate:
    """Make a new edition of a certificate with the present name; the old one says "replaced".

    Shape: it has a code and a number of its own, and the old one's days, so that no date tells of
           the change. What it rests on is taken over word for word. `second_id` approved it,
           where the organisation asks for a second person.
    Edge:  for a new name the former one is taken out of every earlier document of this kind, and a
           suspension that holds goes on. The same form twice makes one.
    Raises: RefusedError(NewEditionRefusal | IssueRefusal), UnprintableError.
    """
    place = lock_place(session, certificate.enrolment_id)
    chain = chain_of(session, certificate)
    made = [one for one in chain if one.op_id == op_id]
    if made:
        return made[0]
    refusal = _refusal(
        certificate, place, chain, why, by=by, reason=reason, now=now
    ) or refusal_of_second(
        second_asked=asks_second(place.cohort.organisation.approval),
        first_id=by,
        second_id=second_id,
    )
    if refusal:
        raise RefusedError(refusal)
    _refuse_name(session, place, name_read)
    (own,) = [one for one in chain if one.id == certificate.id]
    was = min(one.issued_at for one in chain if one.term == own.term)
    second = judge_named(session, second_id) if second_id else None
    new = _made(session, own, place, by=by, op_id=op_id, now=now, was=was, second=second)
    _carry_suspension(session, own, new, place, by=by, now=now)
    note = EventNote(reason=reason)
    add_event(session, own, place, CertificateEventKind.SUPERSEDED, by=by, note=note, now=now)
    if why is Replacement.NAME:
        _forget_name(session, new.name, chain, place, by=by, now=now)
    end_wishes(session, own.id, (Wish.NEW_NAME,), WishOutcome.DONE, now=now)
    record_act(
        session,
        "certificate-replaced",
        now=now,
        chain=new.organisation_id,
        actor_id=by,
        about_id=place.person_id,
        subject=f"certificate:{new.public_id}",
        replaces=own.public_id,
        number=new.number,
        seal=new.seal,
        second=second.public_id if second else "",
    )
    return new


def _refusal(
    certificate: Certificate,
    place: Enrolment,
    chain: Iterable[Certificate],
    why: Replacement,
    *,
    by: int,
    reason: str,
    now: datetime,
) -> NewEditionRefusal | None:
    (own,) = [one for one in chain if one.id == certificate.id]
    today = today_in(place.cohort.zone, now)
    return refusal_to_replace(
        why,
        state=state_on(plain_events(own.events), own.valid_until, today),
        is_followed=is_followed(own, chain),
        is_erased=own.erased_at is not None,
        is_holder=by == place.person_id,
        same_name=own.name == signing_name(place.person),
        reason=reason,
    )


def _refuse_name(session: Session, place: Enrolment, name_read: str) -> None:
    name = signing_name(place.person)
    if name != name_read:
        raise RefusedError(IssueRefusal.NAME_CHANGED)
    unprintable = unprintable_in(session, name)
    if unprintable:
        raise UnprintableError(unprintable)


def _made(
    session: Session,
    old: Certificate,
    place: Enrolment,
    *,
    by: int,
    op_id: str,
    now: datetime,
    was: datetime,
    second: Judge | None,
) -> Certificate:
    """Make the new document as of when the term was issued, with what that rested on."""
    kind = None if old.is_whole else DocumentKind(old.kind)
    found = basis_for(session, place, now=was, kind=kind, second=second)
    basis = replace(found, today=old.issued_on)
    succession = Succession(old.term, old.edition + 1, old.id, old.valid_until)
    new = make_certificate(session, basis, by=by, op_id=op_id, now=now, succession=succession)
    hidden = {*json.loads(old.hidden), *json.loads(new.hidden)}
    new.hidden = json.dumps(sorted(hidden))
    new.programme_version_id = old.programme_version_id
    _take_over(old, new)
    session.flush()
    return new


def _take_over(old: Certificate, new: Certificate) -> None:
    facts: dict[str, Any] = json.loads(new.facts)
    before = json.loads(old.facts)
    facts |= {name: before[name] for name in KEPT if name in before}
    facts["replaces"] = {"number": old.number, "seal": old.seal}
    new.facts = canonical_json(facts)
    new.seal = seal(new.facts, bytes.fromhex(new.salt))


def _carry_suspension(
    session: Session,
    old: Certificate,
    new: Certificate,
    place: Enrolment,
    *,
    by: int,
    now: datetime,
) -> None:
    """Let a suspension that holds go on beside the new document, from its own day."""
    today = today_in(place.cohort.zone, now)
    if state_on(plain_events(old.events), None, today) is not CertificateState.SUSPENDED:
        return
    last = old.events[-1]
    session.add(
        EventRow(
            certificate_id=new.id,
            position=1,
            kind=last.kind,
            happened_on=last.happened_on,
            recorded_at=last.recorded_at,
            recorded_by=last.recorded_by,
            reason=b"",
            conditions=b"",
            until_on=last.until_on,
            lifts=last.lifts,
        )
    )
    session.flush()


def _forget_name(
    session: Session,
    name: str,
    chain: Iterable[Certificate],
    place: Enrolment,
    *,
    by: int,
    now: datetime,
) -> None:
    """Take every former name out of the earlier documents; those still in date are replaced too."""
    today = today_in(place.cohort.zone, now)
    for one in chain:
        if one.name in (name, ""):
            continue
        take_out(session, one)
        state = state_on(plain_events(one.events), None, today)
        if state in (CertificateState.VALID, CertificateState.SUSPENDED):
            kind = CertificateEventKind.SUPERSEDED
            add_event(session, one, place, kind, by=by, note=EventNote(), now=now)
    session.flush()
