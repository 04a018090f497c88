"""The acts that can be looked at again: which row, when, by whom, and whether it still stands."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lms.models import (
    Appeal,
    Certificate,
    CertificateEvent,
    Confirmation,
    Enrolment,
    HarmResolution,
    HoursEntry,
    Marking,
    Performance,
    ReadinessDecision,
    Waiver,
    WaiverRequest,
)
from lms.rules.appeals import AppealKind
from lms.rules.certificates import CertificateEventKind
from lms.rules.evidence import WaiverState
from lms.rules.hours import HoursState
from lms.rules.readiness import DecisionOutcome
from lms.rules.roleplays import PerformanceState, Result
from lms.services.errors import MissingError
from lms.services.people import today_in

Row = ReadinessDecision | Performance | HoursEntry | Certificate | WaiverRequest


@dataclass(frozen=True, slots=True)
class Act:
    """One act on somebody's record.

    Shape: `row` is what a page shows, `subject_id` the row of the act itself; `on` is the act's day
           in the cohort's zone, None where nobody wrote it down. `involved` took part in it.
    """

    kind: AppealKind
    row: Row
    place: Enrolment
    subject_id: int
    at: datetime
    on: date | None
    taken_by: int
    involved: frozenset[int]
    appealable: bool
    stands: bool


def _place(session: Session, enrolment_id: int) -> Enrolment:
    query = (
        select(Enrolment)
        .where(Enrolment.id == enrolment_id)
        .options(
            joinedload(Enrolment.cohort),
            joinedload(Enrolment.person),
            joinedload(Enrolment.programme_version),
        )
    )
    return session.scalars(query).one()


def get_decision(session: Session, public_id: str) -> ReadinessDecision:
    """Return a readiness decision by the id in its address. Raises: MissingError."""
    query = select(ReadinessDecision).where(ReadinessDecision.public_id == public_id)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise MissingError
    return found


def _of_decision(session: Session, row: ReadinessDecision, place: Enrolment) -> Act:
    return Act(
        kind=AppealKind.DECISION,
        row=row,
        place=place,
        subject_id=row.id,
        at=row.recorded_at,
        on=row.happened_on,
        taken_by=row.decided_by,
        involved=frozenset({row.decided_by}),
        appealable=row.outcome == DecisionOutcome.NOT_YET,
        stands=row.replaced_at is None,
    )


def _of_result(session: Session, row: Performance, place: Enrolment) -> Act:
    markers = select(Marking.marker_id).where(Marking.performance_id == row.id)
    settled = select(HarmResolution.resolved_by).where(HarmResolution.performance_id == row.id)
    took_part = {*session.scalars(markers), *session.scalars(settled), row.marker_id}
    released = row.state == PerformanceState.RELEASED and row.released_at is not None
    return Act(
        kind=AppealKind.RESULT,
        row=row,
        place=place,
        subject_id=row.id,
        at=row.released_at or row.recorded_at,
        on=row.released_on,
        taken_by=row.marker_id,
        involved=frozenset(took_part),
        appealable=released and row.result != Result.MET,
        stands=row.replaced_at is None,
    )


def _of_hours(session: Session, row: HoursEntry, place: Enrolment) -> Act:
    query = select(Confirmation).where(Confirmation.entry_id == row.id)
    signed = session.scalars(query).one_or_none()
    newer = select(HoursEntry.id).where(HoursEntry.corrects_id == row.id)
    taken_back = signed.withdrawn_at if signed else None
    returned = row.returned_at if row.state == HoursState.RETURNED else None
    acted_at = taken_back if row.state == HoursState.WITHDRAWN else returned
    by = signed.confirmed_by if signed else row.returned_by or row.supervisor_id
    known = acted_at is not None
    fallback = row.submitted_at or row.recorded_at
    is_open = row.state == HoursState.RETURNED or (row.state == HoursState.WITHDRAWN and known)
    return Act(
        kind=AppealKind.HOURS,
        row=row,
        place=place,
        subject_id=row.id,
        at=acted_at or fallback,
        on=today_in(place.cohort.zone, acted_at) if acted_at else None,
        taken_by=by,
        involved=frozenset({by, row.supervisor_id}),
        appealable=is_open,
        stands=is_open and session.scalars(newer).one_or_none() is None,
    )


HELD_AGAINST = frozenset({CertificateEventKind.SUSPENDED, CertificateEventKind.REVOKED})


def _of_certificate(session: Session, row: Certificate, place: Enrolment) -> Act | None:
    last = (
        select(CertificateEvent)
        .where(CertificateEvent.certificate_id == row.id)
        .order_by(CertificateEvent.id.desc())
        .limit(1)
    )
    event = session.scalars(last).one_or_none()
    if event is None:
        return None
    return Act(
        kind=AppealKind.CERTIFICATE,
        row=row,
        place=place,
        subject_id=event.id,
        at=event.recorded_at,
        on=event.happened_on,
        taken_by=event.recorded_by,
        involved=frozenset({event.recorded_by}),
        appealable=event.kind in HELD_AGAINST,
        stands=True,
    )


def _of_waiver(session: Session, row: WaiverRequest, place: Enrolment) -> Act | None:
    """Return that a request was declined; one asked since, or a waiver, has taken its place."""
    if row.decided_at is None or row.decided_by is None:
        return None
    same = (WaiverRequest.enrolment_id == row.enrolment_id) & (
        WaiverRequest.requirement == row.requirement
    )
    withdrawn = WaiverState.WITHDRAWN.value
    newer = select(WaiverRequest.id).where(
        same, WaiverRequest.id > row.id, WaiverRequest.state != withdrawn
    )
    granted = select(Waiver.id).where(
        Waiver.enrolment_id == row.enrolment_id, Waiver.requirement == row.requirement
    )
    declined = row.state == WaiverState.DECLINED
    moved_on = [*session.scalars(newer.limit(1)), *session.scalars(granted.limit(1))]
    return Act(
        kind=AppealKind.WAIVER,
        row=row,
        place=place,
        subject_id=row.id,
        at=row.decided_at,
        on=today_in(place.cohort.zone, row.decided_at),
        taken_by=row.decided_by,
        involved=frozenset({row.decided_by, row.asked_by}) - {place.person_id},
        appealable=declined,
        stands=declined and not moved_on,
    )


_MAKERS: dict[type[Row], Callable[..., Act | None]] = {
    ReadinessDecision: _of_decision,
    Performance: _of_result,
    HoursEntry: _of_hours,
    Certificate: _of_certificate,
    WaiverRequest: _of_waiver,
}


def find_act(session: Session, row: Row) -> Act | None:
    """Return the newest act on a row of somebody's record, None where there was none yet."""
    return _MAKERS[type(row)](session, row, _place(session, row.enrolment_id))


def act_of(session: Session, appeal: Appeal) -> Act:
    """Return the act that an appeal is about, read afresh.

    Edge: `stands` is false too where a newer act on the same row has followed.
    """
    row = _row_of(session, appeal)
    found = find_act(session, row)
    if found is None:
        raise MissingError
    same = found.subject_id == appeal.subject_id and found.at == appeal.acted_at
    return replace(found, stands=found.stands and same)


def _row_of(session: Session, appeal: Appeal) -> Row:
    kinds: dict[AppealKind, Any] = {
        AppealKind.DECISION: ReadinessDecision,
        AppealKind.RESULT: Performance,
        AppealKind.HOURS: HoursEntry,
        AppealKind.WAIVER: WaiverRequest,
    }
    kind = AppealKind(appeal.kind)
    if kind in kinds:
        found: Row = session.get_one(kinds[kind], appeal.subject_id, populate_existing=True)
        return found
    query = (
        select(Certificate)
        .join(CertificateEvent, CertificateEvent.certificate_id == Certificate.id)
        .where(CertificateEvent.id == appeal.subject_id)
    )
    return session.scalars(query).one()
