"""What happens to a certificate after issue: each event a row beside it, in the order of days."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.models import Certificate, CertificateEvent, ContentVersion, Enrolment, Person
from lms.rules.certificates import (
    NO_PROCESS,
    CertificateEventKind,
    CertificateState,
    DueProcess,
    EventCase,
    refusal_to_record,
    state_on,
)
from lms.rules.programmes import Programme, answer_time
from lms.services.audit import record_act
from lms.services.certificates.basis import lock_place, place_query
from lms.services.certificates.chain import chain_of, is_followed, plain_events
from lms.services.drafts import spend
from lms.services.errors import RefusedError
from lms.services.facts import touch_record
from lms.services.people import today_in
from lms.services.sealed import read_text, seal_text
from lms.services.verdicts import programme_of

BY_HAND = (
    CertificateEventKind.SUSPENDED,
    CertificateEventKind.REINSTATED,
    CertificateEventKind.REVOKED,
)
"""What a coordinator records; the rest comes of other acts: a new name, an appeal, the holder."""


@dataclass(frozen=True, slots=True)
class EventNote:
    """What is written down with an event, beside its kind and day.

    Shape: `until_on` is the last day of a suspension; with `conditions` a person looks then,
    without them it ends by its date.
    """

    reason: str = ""
    conditions: str = ""
    until_on: date | None = None
    process: DueProcess = NO_PROCESS

    @property
    def lifts(self) -> bool:
        """Whether a suspension ends by its date alone."""
        return self.until_on is not None and not self.conditions.strip()


@dataclass(frozen=True, slots=True)
class EventView:
    """One event with its words opened, for the holder and for coordinators alone."""

    kind: CertificateEventKind
    on: date
    by: str
    reason: str
    conditions: str
    until_on: date | None
    lifts: bool
    process: DueProcess


def _about(certificate: Certificate, position: int, part: str = "event") -> str:
    return f"certificate:{certificate.public_id}:{part}-{position}"


def list_events(session: Session, certificate: Certificate) -> list[EventView]:
    """Return a certificate's events in order, with their words opened."""
    query = (
        select(CertificateEvent, Person.chosen_name, Enrolment.person_id)
        .join(Person, Person.id == CertificateEvent.recorded_by)
        .join(Certificate, Certificate.id == CertificateEvent.certificate_id)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .where(CertificateEvent.certificate_id == certificate.id)
        .order_by(CertificateEvent.position)
    )
    return [_opened(session, certificate, *row) for row in session.execute(query)]


def _opened(
    session: Session, certificate: Certificate, event: CertificateEvent, by: str, holder_id: int
) -> EventView:
    def words(sealed: bytes, part: str) -> str:
        about = _about(certificate, event.position, part)
        return read_text(session, holder_id, sealed or None, about)

    return EventView(
        kind=CertificateEventKind(event.kind),
        on=event.happened_on,
        by=by,
        reason=words(event.reason, "event"),
        conditions=words(event.conditions, "conditions"),
        until_on=event.until_on,
        lifts=event.lifts,
        process=DueProcess(event.notice_on, event.answer_by, event.decided_on),
    )


def record_event(
    session: Session,
    certificate: Certificate,
    kind: CertificateEventKind,
    *,
    by: int,
    op_id: str,
    now: datetime,
    reason: str = "",
    note: EventNote | None = None,
) -> None:
    """Record an event beside a certificate, today; its words are sealed with the holder's key.

    Shape: a reason alone, or a note where there is more to be written down.
    Edge: the same form sent twice records one event. Two coordinators queue at the place's row:
          the second is judged on what the first did. What holds for a term holds for an earlier
          one that is still in date.
    Raises: RefusedError(EventRefusal).
    """
    note = note or EventNote(reason=reason)
    place = lock_place(session, certificate.enrolment_id)
    if not spend(session, op_id, by, certificate.public_id, now):
        return
    chain = chain_of(session, certificate)
    (own,) = [one for one in chain if one.id == certificate.id]
    case = _case(session, own, place, chain, by=by, note=note, now=now)
    refusal = refusal_to_record(kind, case)
    if refusal:
        raise RefusedError(refusal)
    for one in (own, *_also(session, kind, own, place, chain, case)):
        add_event(session, one, place, kind, by=by, note=note, now=now)


def _also(
    session: Session,
    kind: CertificateEventKind,
    own: Certificate,
    place: Enrolment,
    chain: Iterable[Certificate],
    case: EventCase,
) -> list[Certificate]:
    """Return the earlier terms, still in date, to which the same may happen."""
    found = []
    for one in chain:
        events = tuple(plain_events(one.events))
        its = replace(
            case, issued_on=one.issued_on, events=events, valid_until=one.valid_until,
            process=NO_PROCESS, answer=None,
        )  # fmt: skip
        is_over = state_on(events, one.valid_until, case.today) is CertificateState.EXPIRED
        if one.term < own.term and not is_over and refusal_to_record(kind, its) is None:
            found.append(one)
    return found


def add_event(
    session: Session,
    certificate: Certificate,
    place: Enrolment,
    kind: CertificateEventKind,
    *,
    by: int,
    note: EventNote,
    now: datetime,
) -> None:
    """Write an event that was judged, as the last one of a certificate, under the place's lock."""
    position = len(certificate.events) + 1
    today = today_in(place.cohort.zone, now)

    def sealed(text: str, part: str) -> bytes:
        if not text.strip():
            return b""
        about = _about(certificate, position, part)
        return seal_text(session, place.person_id, text, about, now)

    certificate.events.append(
        CertificateEvent(
            position=position,
            kind=kind.value,
            happened_on=today,
            recorded_at=now,
            recorded_by=by,
            reason=sealed(note.reason, "event"),
            conditions=sealed(note.conditions, "conditions"),
            until_on=note.until_on,
            lifts=note.lifts,
            notice_on=note.process.notice_on,
            answer_by=note.process.answer_by,
            decided_on=note.process.decided_on,
        )
    )
    session.flush()
    touch_record(session, place.id)
    _note(session, certificate, place, kind, by, now)


def _case(
    session: Session,
    certificate: Certificate,
    place: Enrolment,
    chain: Iterable[Certificate],
    *,
    by: int,
    note: EventNote,
    now: datetime,
) -> EventCase:
    today = today_in(place.cohort.zone, now)
    return EventCase(
        issued_on=certificate.issued_on,
        events=tuple(plain_events(certificate.events)),
        valid_until=certificate.valid_until,
        happened_on=today,
        today=today,
        reason=note.reason,
        actor_id=by,
        holder_id=place.person_id,
        is_followed=is_followed(certificate, chain),
        until_on=note.until_on,
        process=note.process,
        answer=answer_time(_programme(session, certificate)),
    )


def _programme(session: Session, certificate: Certificate) -> Programme:
    return programme_of(session, session.get_one(ContentVersion, certificate.programme_version_id))


def list_open_kinds(
    session: Session, certificate: Certificate, *, by: int, now: datetime
) -> list[CertificateEventKind]:
    """Return what somebody may record beside a certificate today, once they say what is asked."""
    place = session.scalars(place_query(certificate.enrolment_id)).one()
    chain = chain_of(session, certificate)
    (own,) = [one for one in chain if one.id == certificate.id]
    given = EventNote(reason="to be given")
    case = replace(_case(session, own, place, chain, by=by, note=given, now=now), answer=None)
    kinds = (*BY_HAND, CertificateEventKind.WITHDRAWN)
    return [kind for kind in kinds if refusal_to_record(kind, case) is None]


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
