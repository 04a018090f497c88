"""Watching over certificates day by day: conditions that lapse, ends that come near."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import Select, bindparam, exists, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from lms.content.bundled import bundled
from lms.models import (
    Certificate,
    CertificateLapse,
    Cohort,
    ContentVersion,
    Enrolment,
)
from lms.rules.certificates import (
    ENDS_BY_DATE,
    CertificateState,
    reminder_due,
    state_on,
)
from lms.rules.programmes import Standing, standing_of
from lms.rules.verdict import Row, Verdict
from lms.services.certificates.chain import plain_events
from lms.services.ground import ground_of
from lms.services.jobs import queue_job
from lms.services.mail import first_address, may_send, queue_mail
from lms.services.people import today_in
from lms.services.publishing import definition_at
from lms.services.record import one_place
from lms.services.verdicts import judge_while_held
from lms.words import letter

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OwnNotice:
    """What a holder is told of a certificate on Today.

    `days_left` counts to the last day, None where no reminder is due; `lapsed` says that a
    condition of holding it does not hold any more.
    """

    certificate: str
    state: CertificateState
    standing: Standing
    last_day: date | None
    days_left: int | None
    lapsed: bool


def _newest() -> Select[Certificate]:
    """Return the query for the newest certificates of their places, what was replaced left out."""
    later = aliased(Certificate)
    return select(Certificate).where(
        Certificate.is_whole,
        ~exists().where(
            later.enrolment_id == Certificate.enrolment_id,
            later.kind == Certificate.kind,
            (later.term > Certificate.term)
            | ((later.term == Certificate.term) & (later.edition > Certificate.edition)),
        ),
    )


# Today


def own_notices(session: Session, person_id: int, *, now: datetime) -> list[OwnNotice]:
    """Return where a person's own certificates stand that are in force, or were until lately."""
    rows = session.execute(_own_query(), {"person": person_id}).unique().all()
    return [_notice(session, *row, now=now) for row in rows]


@cache
def _own_query() -> Select[Certificate, str, str, bool]:
    """Return the query for a person's newest certificates, put together once: Today asks it."""
    lapsed = exists().where(
        CertificateLapse.certificate_id == Certificate.id, CertificateLapse.ended_at.is_(None)
    )
    return (
        _newest()
        .add_columns(ContentVersion.hash, Cohort.zone, lapsed)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(ContentVersion, ContentVersion.id == Certificate.programme_version_id)
        .options(joinedload(Certificate.events))
        .where(Enrolment.person_id == bindparam("person"))
        .order_by(Certificate.id.desc())
    )


def _notice(
    session: Session,
    held: Certificate,
    content_hash: str,
    zone: str,
    lapsed: bool,
    *,
    now: datetime,
) -> OwnNotice:
    today = today_in(zone, now)
    programme = definition_at(session, held.programme_version_id, content_hash)
    state = state_on(plain_events(held.events), held.valid_until, today)
    due = reminder_due(held.valid_until, today) if state in ENDS_BY_DATE else None
    return OwnNotice(
        certificate=held.public_id,
        state=state,
        standing=standing_of(programme, held.valid_until, today),
        last_day=held.valid_until,
        days_left=(held.valid_until - today).days if due and held.valid_until else None,
        lapsed=bool(lapsed) and state in ENDS_BY_DATE,
    )


# Conditions


def open_conditions(verdict: Verdict) -> list[Row]:
    """Return what a certificate asks to go on holding, and does not hold."""
    root = verdict.rows[0].id
    return [
        row
        for row in verdict.rows
        if row.parent == root and row.severity == "required" and not row.state.is_settled
    ]


def lapses_of(session: Session, certificate: Certificate, *, now: datetime) -> Verdict | None:
    """Return the conditions of holding a certificate as they stand now, None where there are none.

    Edge: judged afresh for a page; the office's list and Today follow once a day.
    """
    scope = one_place(certificate.enrolment_id)
    return next((found for _, found in judge_while_held(session, scope, now=now)), None)


def note_lapses(session: Session, now: datetime) -> None:
    """Note every condition that does not hold any more, and end what holds again."""
    held = list(_in_force(session, now))
    scope = select(Certificate.enrolment_id).where(Certificate.is_whole)
    by_place = {one.enrolment_id: one for one in held}
    wanted: set[tuple[int, str]] = set()
    for place, found in judge_while_held(session, scope, now=now):
        if place.enrolment_id in by_place:
            its = by_place[place.enrolment_id].id
            wanted |= {(its, row.id) for row in open_conditions(found)}
    query = select(CertificateLapse).where(CertificateLapse.ended_at.is_(None))
    known = {(row.certificate_id, row.requirement): row for row in session.scalars(query)}
    for key in sorted(wanted - known.keys()):
        session.add(CertificateLapse(certificate_id=key[0], requirement=key[1], noted_at=now))
    for key in known.keys() - wanted:
        known[key].ended_at = now
    session.flush()


def _in_force(session: Session, now: datetime) -> Iterator[Certificate]:
    query = (
        _newest()
        .options(
            selectinload(Certificate.events),
            joinedload(Certificate.enrolment).joinedload(Enrolment.cohort),
            joinedload(Certificate.enrolment).joinedload(Enrolment.person),
        )
        .order_by(Certificate.id)
    )
    for one in session.scalars(query.execution_options(yield_per=500)):
        today = today_in(one.enrolment.cohort.zone, now)
        if state_on(plain_events(one.events), one.valid_until, today) in ENDS_BY_DATE:
            yield one


# Reminders


def queue_reminders(session: Session, now: datetime) -> None:
    """Queue a letter for each holder who wants letters and whose reminder is due.

    Edge: each of the four reminders of a certificate is queued once, however often this runs; one
    that was missed on its day is made up for until the next is due.
    """
    for one in _in_force(session, now):
        due = reminder_due(one.valid_until, today_in(one.enrolment.cohort.zone, now))
        if due is not None and may_send(one.enrolment.person):
            key = f"certificate-reminder:{one.public_id}:{due}"
            queue_job(session, "certificate-reminder", key, now=now, certificate=one.id)


def send_reminder(session: Session, certificate_id: int, now: datetime) -> None:
    """Queue the letter of a reminder, which says nothing of what it is about.

    Edge: nothing is sent where the certificate has ended or been followed meanwhile, or the person
    wants no letters any more.
    """
    query = _newest().options(
        selectinload(Certificate.events),
        joinedload(Certificate.enrolment).joinedload(Enrolment.cohort),
        joinedload(Certificate.enrolment).joinedload(Enrolment.person),
    )
    one = session.scalars(query.where(Certificate.id == certificate_id)).one_or_none()
    if one is None or not may_send(one.enrolment.person):
        return
    today = today_in(one.enrolment.cohort.zone, now)
    state = state_on(plain_events(one.events), one.valid_until, today)
    to = first_address(session, one.enrolment.person_id)
    if state not in ENDS_BY_DATE or to is None:
        return
    link = f"{ground_of(session).base_url}/today"
    folder, language = bundled("templates"), one.enrolment.person.language
    subject, body = letter(folder, "waiting", language, link=link)
    queue_mail(session, to=to, subject=subject, body=body, now=now)


def watch(session: Session, now: datetime) -> None:
    """Do what is done once a day: note what lapsed, and queue the reminders."""
    note_lapses(session, now)
    queue_reminders(session, now)
