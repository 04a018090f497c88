"""What happens to a certificate after issue: suspended, reinstated, revoked, each with a reason."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.models import Certificate, CertificateEvent, Enrolment, Person
from lms.rules.certificates import CertificateEventKind, EventCase, refusal_to_record
from lms.services.audit import record_act
from lms.services.certificates.basis import lock_place, place_query
from lms.services.certificates.holding import plain_events
from lms.services.drafts import spend
from lms.services.errors import RefusedError
from lms.services.facts import touch_record
from lms.services.people import today_in
from lms.services.sealed import open_text, seal_text

BY_HAND = (
    CertificateEventKind.SUSPENDED,
    CertificateEventKind.REINSTATED,
    CertificateEventKind.REVOKED,
)
"""What a coordinator records; only a renewal supersedes."""


@dataclass(frozen=True, slots=True)
class EventView:
    """One event with its reason opened, for the holder and for coordinators alone."""

    kind: CertificateEventKind
    on: date
    by: str
    reason: str


def _rows(session: Session, certificate_id: int) -> list[CertificateEvent]:
    query = select(CertificateEvent).where(CertificateEvent.certificate_id == certificate_id)
    return list(session.scalars(query.order_by(CertificateEvent.id)))


def _about(certificate: Certificate, position: int) -> str:
    return f"certificate:{certificate.public_id}:event-{position}"


def list_events(session: Session, certificate: Certificate) -> list[EventView]:
    """Return a certificate's events in order, with their reasons opened."""
    query = (
        select(CertificateEvent, Person.chosen_name, Enrolment.person_id)
        .join(Person, Person.id == CertificateEvent.recorded_by)
        .join(Certificate, Certificate.id == CertificateEvent.certificate_id)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .where(CertificateEvent.certificate_id == certificate.id)
        .order_by(CertificateEvent.id)
    )
    return [
        EventView(
            CertificateEventKind(event.kind),
            event.happened_on,
            name,
            open_text(session, holder_id, event.reason, _about(certificate, position)),
        )
        for position, (event, name, holder_id) in enumerate(session.execute(query), start=1)
    ]


def record_event(
    session: Session,
    certificate: Certificate,
    kind: CertificateEventKind,
    *,
    by: int,
    reason: str,
    op_id: str,
    now: datetime,
) -> None:
    """Record an event beside a certificate, today; its reason is sealed with the holder's key.

    Edge: the same form sent twice records one event. Two coordinators queue at the place's row:
          the second is judged on what the first did.
    Raises: RefusedError(EventRefusal).
    """
    place = lock_place(session, certificate.enrolment_id)
    if not spend(session, op_id, by, certificate.public_id, now):
        return
    events = _rows(session, certificate.id)
    case = _case(certificate, place, events, by=by, reason=reason, now=now)
    refusal = refusal_to_record(kind, case)
    if refusal:
        raise RefusedError(refusal)
    about = _about(certificate, len(events) + 1)
    session.add(
        CertificateEvent(
            certificate_id=certificate.id,
            kind=kind.value,
            happened_on=case.happened_on,
            recorded_at=now,
            recorded_by=by,
            reason=seal_text(session, place.person_id, reason, about, now),
        )
    )
    session.flush()
    touch_record(session, place.id)
    _note(session, certificate, place, kind, by, now)


def _case(
    certificate: Certificate,
    place: Enrolment,
    events: list[CertificateEvent],
    *,
    by: int,
    reason: str,
    now: datetime,
) -> EventCase:
    today = today_in(place.cohort.zone, now)
    return EventCase(
        issued_on=certificate.issued_on,
        events=tuple(plain_events(events)),
        valid_until=certificate.valid_until,
        happened_on=today,
        today=today,
        reason=reason,
        actor_id=by,
        holder_id=place.person_id,
    )


def list_open_kinds(
    session: Session, certificate: Certificate, *, by: int, now: datetime
) -> list[CertificateEventKind]:
    """Return what somebody may record beside a certificate today, once a reason is given."""
    place = session.scalars(place_query(certificate.enrolment_id)).one()
    events = _rows(session, certificate.id)
    case = _case(certificate, place, events, by=by, reason="to be given", now=now)
    return [kind for kind in BY_HAND if refusal_to_record(kind, case) is None]


def _note(
    session: Session,
    certificate: Certificate,
    place: Enrolment,
    kind: CertificateEventKind,
    by: int,
    now: datetime,
) -> None:
    record_act(
        session,
        f"certificate-{kind.value}",
        now=now,
        chain=certificate.organisation_id,
        actor_id=by,
        about_id=place.person_id,
        subject=f"certificate:{certificate.public_id}",
    )
