"""Certificates as their holder and the coordinators see them, and what the holder hides."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from lms.models import Certificate, Enrolment
from lms.models import CertificateEvent as EventRow
from lms.rules.certificates import (
    CHOICES,
    CertificateEvent,
    CertificateEventKind,
    CertificateState,
    Claim,
    state_on,
    state_since,
)
from lms.rules.roles import Actor
from lms.rules.visibility import RecordClass
from lms.services.audit import record_act
from lms.services.certificates.facts import claims_in
from lms.services.errors import MissingError
from lms.services.people import today_in
from lms.services.visibility import scope_for

FIRST_TERM = 1


@dataclass(frozen=True, slots=True)
class CertificateView:
    """A certificate with its state today. `hidden` holds the choices the holder has hidden."""

    certificate: Certificate
    enrolment: Enrolment
    state: CertificateState
    since: date | None
    claims: dict[str, str | None]
    hidden: frozenset[str]


def find_by_enrolment(session: Session, enrolment_id: int) -> Certificate | None:
    """Return the first certificate of a place, or None where none was issued yet."""
    query = select(Certificate).where(
        Certificate.enrolment_id == enrolment_id, Certificate.term == FIRST_TERM
    )
    return session.scalars(query).one_or_none()


def get_certificate(session: Session, public_id: str) -> Certificate:
    """Return a certificate by the id in its address. Raises: MissingError."""
    query = select(Certificate).where(Certificate.public_id == public_id)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise MissingError
    return found


def pdf_of(session: Session, certificate: Certificate) -> bytes:
    """Return the very bytes that were stored at issue."""
    query = select(Certificate.pdf).where(Certificate.id == certificate.id)
    return session.scalars(query).one()


def plain_events(rows: Iterable[EventRow]) -> list[CertificateEvent]:
    """Return stored events as the rules read them."""
    return [
        CertificateEvent(CertificateEventKind(row.kind), row.happened_on, row.recorded_at)
        for row in rows
    ]


def _full() -> Select[Certificate]:
    return select(Certificate).options(
        undefer(Certificate.facts),
        selectinload(Certificate.events),
        joinedload(Certificate.enrolment).joinedload(Enrolment.cohort),
        joinedload(Certificate.enrolment).joinedload(Enrolment.person),
    )


def _view(certificate: Certificate, now: datetime) -> CertificateView:
    today = today_in(certificate.enrolment.cohort.zone, now)
    events = plain_events(certificate.events)
    return CertificateView(
        certificate=certificate,
        enrolment=certificate.enrolment,
        state=state_on(events, certificate.valid_until, today),
        since=state_since(events, certificate.valid_until, today),
        claims=claims_in(certificate.facts),
        hidden=frozenset(json.loads(certificate.hidden)),
    )


def detail_of(session: Session, certificate: Certificate, *, now: datetime) -> CertificateView:
    """Return one certificate with its state, claims and switches."""
    query = _full().where(Certificate.id == certificate.id)
    found = session.scalars(query.execution_options(populate_existing=True)).one()
    return _view(found, now)


def list_own(session: Session, person_id: int, *, now: datetime) -> list[CertificateView]:
    """Return a person's own certificates, newest first."""
    query = _full().join(Enrolment, Enrolment.id == Certificate.enrolment_id)
    query = query.where(Enrolment.person_id == person_id)
    rows = session.scalars(query.order_by(Certificate.issued_at.desc(), Certificate.id.desc()))
    return [_view(row, now) for row in rows]


def _issued_scope(actor: Actor) -> Select[int]:
    """Return the ids of others' certificates whose reasons the asker may read."""
    query = select(Certificate.id).join(Enrolment, Enrolment.id == Certificate.enrolment_id)
    return query.where(
        Certificate.enrolment_id.in_(scope_for(actor, RecordClass.CERTIFICATE_REASON)),
        Enrolment.person_id != actor.person_id,
    )


def count_issued(session: Session, actor: Actor) -> int:
    """Return how many certificates a coordinator may list."""
    query = select(func.count()).select_from(_issued_scope(actor).subquery())
    return session.scalar(query) or 0


def list_issued(
    session: Session, actor: Actor, *, page: int, size: int, now: datetime
) -> list[CertificateView]:
    """Return a page of the certificates a coordinator may list, newest first.

    Units: pages count from 1.
    """
    query = (
        _full()
        .where(Certificate.id.in_(_issued_scope(actor)))
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    )
    return [_view(row, now) for row in session.scalars(query)]


def choose_hidden(
    session: Session, certificate: Certificate, hidden: Iterable[str], *, by: int, now: datetime
) -> None:
    """Set which claims the check page leaves out; what is no choice is ignored."""
    kept = [choice.value for choice in CHOICES if choice.value in set(hidden)]
    before: list[str] = json.loads(certificate.hidden)
    if kept == before:
        return
    certificate.hidden = json.dumps(kept)
    session.flush()
    record_act(
        session,
        "certificate-claims-chosen",
        now=now,
        chain=certificate.organisation_id,
        actor_id=by,
        about_id=by,
        subject=f"certificate:{certificate.public_id}",
        hidden=" ".join(kept),
    )


def choices_shown(view: CertificateView) -> dict[Claim, bool]:
    """Return each choice the holder has, with whether the check page shows it now."""
    return {choice: choice.value not in view.hidden for choice in CHOICES}
