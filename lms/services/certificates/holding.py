"""Certificates as their holder and the coordinators see them, and what the holder hides."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload, undefer

from lms.models import Certificate, ContentVersion, Enrolment
from lms.rules.certificates import (
    CHOICES,
    CertificateState,
    state_on,
    state_since,
)
from lms.rules.programmes import (
    DocumentKind,
    DocumentTerms,
    Programme,
    RenewalDays,
    Standing,
    documents_of,
    renewal_days,
    standing_of,
)
from lms.rules.roles import Actor
from lms.rules.visibility import RecordClass
from lms.services.audit import record_act
from lms.services.certificates.chain import chain_of, plain_events
from lms.services.certificates.facts import claims_in
from lms.services.errors import MissingError
from lms.services.people import today_in
from lms.services.publishing import definition_of
from lms.services.verdicts import programme_of
from lms.services.visibility import scope_for

FIRST_TERM = 1


@dataclass(frozen=True, slots=True)
class CertificateView:
    """A certificate with its state today. `hidden` holds the choices the holder has hidden.

    Shape: `claims` is empty once they were taken out; `title` is then the programme's. `days` are
    those of its renewal, None where it is not renewed; `newer` is the public id of what replaced or
    followed it.
    """

    certificate: Certificate
    enrolment: Enrolment
    title: str
    state: CertificateState
    since: date | None
    standing: Standing
    days: RenewalDays | None
    claims: dict[str, str | None]
    hidden: frozenset[str]
    newer: str | None = None
    is_followed: bool = False


def newest_by_place(session: Session, enrolment_ids: Collection[int]) -> dict[int, Certificate]:
    """Return the newest document of each place that is its programme's own certificate."""
    query = (
        select(Certificate)
        .where(Certificate.enrolment_id.in_(enrolment_ids), Certificate.is_whole)
        .order_by(Certificate.term, Certificate.edition)
    )
    return {found.enrolment_id: found for found in session.scalars(query)}


def find_by_enrolment(
    session: Session, enrolment_id: int, kind: DocumentKind | None = None
) -> Certificate | None:
    """Return the newest document of a place and kind, or None where none was issued yet.

    Edge: without a kind it is the programme's own certificate.
    """
    wanted = Certificate.is_whole if kind is None else Certificate.kind == kind.value
    query = (
        select(Certificate)
        .where(Certificate.enrolment_id == enrolment_id, wanted)
        .order_by(Certificate.term.desc(), Certificate.edition.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


Held = Mapping[int, Sequence[tuple[str, date]]]
"""The programme and day of issue of each certificate that is valid, by its holder's id."""


def held_by(session: Session, person_ids: Collection[int], *, on: date) -> Held:
    """Return which certificates of some people are valid on a day."""
    query = (
        select(Certificate, Enrolment.person_id)
        .options(selectinload(Certificate.events))
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .where(Enrolment.person_id.in_(person_ids), Certificate.is_whole)
        .order_by(Certificate.id)
    )
    found: dict[int, list[tuple[str, date]]] = {}
    for row, person in session.execute(query):
        if state_on(plain_events(row.events), row.valid_until, on) is CertificateState.VALID:
            found.setdefault(person, []).append((row.programme, row.issued_on))
    return found


@dataclass(frozen=True, slots=True)
class GivenDocument:
    """A document that a programme gives, and the newest one that somebody has of it, if any."""

    terms: DocumentTerms
    certificate: Certificate | None


def list_documents(session: Session, enrolment: Enrolment) -> list[GivenDocument]:
    """Return what the programme of a place gives in writing, its own certificate first."""
    version = session.get_one(ContentVersion, enrolment.programme_version_id)
    programme: Programme = definition_of(session, version)
    query = select(Certificate).where(Certificate.enrolment_id == enrolment.id)
    ordered = query.order_by(Certificate.term, Certificate.edition)
    newest = {found.kind: found for found in session.scalars(ordered)}
    return [GivenDocument(terms, newest.get(terms.kind.value)) for terms in documents_of(programme)]


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


def _full() -> Select[Certificate]:
    return select(Certificate).options(
        undefer(Certificate.facts),
        selectinload(Certificate.events),
        joinedload(Certificate.enrolment).joinedload(Enrolment.cohort),
        joinedload(Certificate.enrolment).joinedload(Enrolment.person),
    )


def _view(session: Session, certificate: Certificate, now: datetime) -> CertificateView:
    enrolment = certificate.enrolment
    today = today_in(enrolment.cohort.zone, now)
    events = plain_events(certificate.events)
    version = session.get_one(ContentVersion, certificate.programme_version_id)
    programme = programme_of(session, version)
    claims = claims_in(certificate.facts)
    last_day = certificate.valid_until
    return CertificateView(
        certificate=certificate,
        enrolment=enrolment,
        title=claims.get("programme") or programme.certificate.title,
        state=state_on(events, last_day, today),
        since=state_since(events, last_day, today),
        standing=standing_of(programme, last_day, today),
        days=renewal_days(programme.renewal, certificate.issued_on, last_day)
        if programme.renewal
        else None,
        claims=claims,
        hidden=frozenset(json.loads(certificate.hidden)),
    )


def detail_of(session: Session, certificate: Certificate, *, now: datetime) -> CertificateView:
    """Return one certificate with its state, claims and switches, and what came after it.

    Edge: of one that was replaced nothing is shown but that: a former name stays in the past.
    """
    query = _full().where(Certificate.id == certificate.id)
    found = session.scalars(query.execution_options(populate_existing=True)).one()
    view = _view(session, found, now)
    *_, newest = chain_of(session, found)
    if newest.id == found.id:
        return view
    claims = {} if view.state is CertificateState.SUPERSEDED else view.claims
    followed = newest.term > found.term
    return replace(view, claims=claims, newer=newest.public_id, is_followed=followed)


def list_own(session: Session, person_id: int, *, now: datetime) -> list[CertificateView]:
    """Return a person's own certificates, newest first, what was replaced left out."""
    query = _full().join(Enrolment, Enrolment.id == Certificate.enrolment_id)
    query = query.where(Enrolment.person_id == person_id)
    rows = session.scalars(query.order_by(Certificate.issued_at.desc(), Certificate.id.desc()))
    views = [_view(session, row, now) for row in rows]
    return [view for view in views if view.state is not CertificateState.SUPERSEDED]


def _issued_scope(actor: Actor) -> Select[int]:
    """Return the ids of others' certificates whose reasons the asker may read, none replaced."""
    newer = aliased(Certificate)
    query = select(Certificate.id).join(Enrolment, Enrolment.id == Certificate.enrolment_id)
    return query.where(
        Certificate.enrolment_id.in_(scope_for(actor, RecordClass.CERTIFICATE_REASON)),
        Enrolment.person_id != actor.person_id,
        ~exists().where(newer.replaces_id == Certificate.id),
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
    return [_view(session, row, now) for row in session.scalars(query)]


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
