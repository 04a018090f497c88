"""What waits for somebody today: few queries, each a count or the oldest of its kind."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from lms.models import (
    Assignment,
    Certificate,
    Cohort,
    Enrolment,
    HarmResolution,
    HoursEntry,
    Invitation,
    Performance,
    Person,
    ReadinessDecision,
)
from lms.rules.roles import Actor, Role


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of a kind wait, and since when the oldest does."""

    kind: str
    count: int
    since: datetime | None


def _tally(kind: str, since: Any, *where: ColumnElement[bool]) -> Select[str, int, datetime]:
    return select(
        literal(kind).label("kind"), func.count().label("n"), func.min(since).label("since")
    ).where(*where)


def list_waiting_for(session: Session, actor: Actor, *, now: datetime) -> list[Waiting]:
    """Return what waits for a trainer, supervisor or coordinator, in one query."""
    parts: list[Select[str, int, datetime]] = []
    if Role.TRAINER in actor.roles:
        parts.append(_to_mark(actor))
        parts.append(_to_release(actor))
    if Role.SUPERVISOR in actor.roles:
        parts.append(_to_confirm(actor))
    if Role.COORDINATOR in actor.roles:
        parts.extend([_referred(actor), _to_issue(actor), _unassigned(actor)])
        parts.append(_open_invitations(actor, now))
    if not parts:
        return []
    rows = session.execute(union_all(*parts))
    return [Waiting(row.kind, row.n, row.since) for row in rows if row.n]


def _to_mark(actor: Actor) -> Select[str, int, datetime]:
    return _tally(
        "to-mark",
        Performance.recorded_at,
        Performance.marker_id == actor.person_id,
        Performance.state == "booked",
    ).select_from(Performance)


def _to_release(actor: Actor) -> Select[str, int, datetime]:
    return _tally(
        "to-release",
        Performance.recorded_at,
        Performance.marker_id == actor.person_id,
        Performance.state == "marked",
    ).select_from(Performance)


def _to_confirm(actor: Actor) -> Select[str, int, datetime]:
    return _tally(
        "to-confirm",
        HoursEntry.submitted_at,
        HoursEntry.supervisor_id == actor.person_id,
        HoursEntry.state == "submitted",
    ).select_from(HoursEntry)


def _referred(actor: Actor) -> Select[str, int, datetime]:
    open_ones = _tally(
        "referred",
        Performance.released_at,
        Performance.result == "referred",
        Performance.state == "released",
        Person.organisation_id == actor.organisation_id,
        HarmResolution.id.is_(None),
    )
    return (
        open_ones.select_from(Performance)
        .join(Enrolment, Enrolment.id == Performance.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(
            HarmResolution,
            (HarmResolution.performance_id == Performance.id)
            & HarmResolution.replaced_at.is_(None),
        )
    )


def _to_issue(actor: Actor) -> Select[str, int, datetime]:
    """Count who was found ready and holds no certificate yet: the office looks and issues."""
    issued = select(Certificate.id).where(Certificate.enrolment_id == Enrolment.id)
    ready = _tally(
        "to-issue",
        ReadinessDecision.recorded_at,
        ReadinessDecision.outcome == "ready",
        ReadinessDecision.replaced_at.is_(None),
        Cohort.organisation_id == actor.organisation_id,
        Enrolment.state.in_(("admitted", "active")),
        Enrolment.person_id != actor.person_id,
        ~issued.exists(),
    )
    return (
        ready.select_from(ReadinessDecision)
        .join(Enrolment, Enrolment.id == ReadinessDecision.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
    )


def _unassigned(actor: Actor) -> Select[str, int, datetime]:
    assigned = (
        select(Assignment.id)
        .where(Assignment.enrolment_id == Enrolment.id, Assignment.until_on.is_(None))
        .where(Assignment.kind.in_(("trainer", "supervisor")))
    )
    alone = _tally(
        "unassigned",
        Enrolment.recorded_at,
        Cohort.organisation_id == actor.organisation_id,
        Enrolment.state.in_(("admitted", "active")),
        ~assigned.exists(),
    )
    return alone.select_from(Enrolment).join(Cohort, Cohort.id == Enrolment.cohort_id)


def _open_invitations(actor: Actor, now: datetime) -> Select[str, int, datetime]:
    return _tally(
        "invited",
        Invitation.created_at,
        Invitation.organisation_id == actor.organisation_id,
        Invitation.claimed_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > now,
    ).select_from(Invitation)
