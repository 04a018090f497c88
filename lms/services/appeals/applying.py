"""A changed outcome, applied by the service of the area whose act it is; the old fact stays."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.models import (
    Certificate,
    CertificateEvent,
    HoursEntry,
    Performance,
    ReadinessDecision,
    WaiverRequest,
)
from lms.rules.appeals import AppealRefusal, way_back
from lms.rules.certificates import CertificateEventKind
from lms.rules.readiness import DecisionOutcome, DecisionSource
from lms.rules.roleplays import marks_from
from lms.services.appeals.acts import Act
from lms.services.certificates import detail_of, record_event
from lms.services.errors import RefusedError
from lms.services.evidence import waivable_now
from lms.services.hours import confirm_again
from lms.services.people import today_in
from lms.services.readiness import decide_readiness, waive_requirement
from lms.services.roleplays import get_marking, load_case, mark_again, same_marks

Given = tuple[str, frozenset[DecisionSource], Mapping[str, str], int]
"""Words for the record, sources of a decision, a marking form, the version of an entry."""


def has_way_back(session: Session, act: Act, *, now: datetime) -> bool:
    """Say whether something can take the place of an act.

    Edge: of a certificate its lifecycle says; of a waiver the programme's terms, on this day.
    """
    if isinstance(act.row, WaiverRequest):
        today = today_in(act.place.cohort.zone, now)
        return act.row.requirement in waivable_now(session, act.place, on=today)
    if not isinstance(act.row, Certificate):
        return True
    return _way_back(session, act.row, now) is not None


def _way_back(
    session: Session, certificate: Certificate, now: datetime
) -> CertificateEventKind | None:
    return way_back(detail_of(session, certificate, now=now).state)


def apply_change(
    session: Session, act: Act, given: Given, *, by: int, op_id: str, now: datetime
) -> int:
    """Return the id of the new fact that a changed outcome made. Raises: RefusedError."""
    record, sources, marks, version = given
    row = act.row
    if isinstance(row, ReadinessDecision):
        decided = decide_readiness(
            session,
            act.place,
            outcome=DecisionOutcome.READY,
            sources=sources,
            reasons=record,
            by=by,
            op_id=op_id,
            now=now,
        )
        return decided.id
    if isinstance(row, Performance):
        return _marked_again(session, row, marks, by=by, op_id=op_id, now=now)
    if isinstance(row, HoursEntry):
        return confirm_again(session, row, by=by, version=version, op_id=op_id, now=now).id
    if isinstance(row, WaiverRequest):
        waived = waive_requirement(
            session, act.place, row.requirement, reason=record, by=by, now=now
        )
        return waived.id
    return _valid_again(session, row, record, by=by, op_id=op_id, now=now)


def _marked_again(
    session: Session,
    row: Performance,
    marks: Mapping[str, str],
    *,
    by: int,
    op_id: str,
    now: datetime,
) -> int:
    case = load_case(session, row)
    before = get_marking(session, case).marks
    if same_marks(before, marks_from(marks, case.scenario, case.rubric)):
        raise RefusedError(AppealRefusal.SAME_MARKS)
    return mark_again(session, by, row, marks, op_id=op_id, now=now).id


def _valid_again(
    session: Session, row: Certificate, record: str, *, by: int, op_id: str, now: datetime
) -> int:
    kind = _way_back(session, row, now)
    if kind is None:
        raise RefusedError(AppealRefusal.NO_WAY_BACK)
    record_event(session, row, kind, by=by, reason=record, op_id=f"{op_id}+"[-40:], now=now)
    newest = select(CertificateEvent.id).where(CertificateEvent.certificate_id == row.id)
    return session.scalars(newest.order_by(CertificateEvent.id.desc()).limit(1)).one()
