"""Readiness decisions and waivers: recorded by a named person, with reasons, never overwritten."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.models import Enrolment, Person, ReadinessDecision, Waiver
from lms.rules.programmes import Programme
from lms.rules.programmes.nodes import DecisionBy
from lms.rules.programmes.walking import nodes_of
from lms.rules.readiness import (
    DecisionCase,
    DecisionOutcome,
    DecisionRefusal,
    DecisionSource,
    refusal_to_decide,
    refusal_to_waive,
)
from lms.services.audit import record_act
from lms.services.errors import RefusedError
from lms.services.facts import add_fact, replace_fact
from lms.services.people import today_in
from lms.services.publishing import definition_of
from lms.services.sealed import read_text, seal_text

CAPACITY = "coordinator"


def decision_asked(programme: Programme, what: str = "") -> DecisionBy | None:
    """Return the decision that a programme leaves to a coordinator, or None.

    Edge: `what` names one of several; without it, or where it names none, it is the first of all.
    """
    asked = [
        node for node in nodes_of(programme) if isinstance(node, DecisionBy) and CAPACITY in node.by
    ]
    first = asked[0] if asked else None
    return next((node for node in asked if node.what == what), first)


def decision_for(session: Session, place: Enrolment, what: str = "") -> DecisionBy | None:
    """Return the decision that a place's programme leaves to a coordinator, or None."""
    return decision_asked(_programme(session, place), what)


def _programme(session: Session, place: Enrolment) -> Programme:
    found: Programme = definition_of(session, place.programme_version)
    return found


def decide_readiness(
    session: Session,
    place: Enrolment,
    *,
    outcome: DecisionOutcome,
    sources: frozenset[DecisionSource],
    reasons: str,
    by: int,
    op_id: str,
    now: datetime,
    matter: str = "",
) -> ReadinessDecision:
    """Record a decision; it stands until a later one, and the earlier stays on record.

    Edge: the same form sent twice leads to the one decision.
    Raises: RefusedError(DecisionRefusal).
    """
    asked = decision_asked(_programme(session, place), matter)
    case = DecisionCase(by, place.person_id, reasons, sources, asked is not None)
    refusal = refusal_to_decide(case)
    if refusal:
        raise RefusedError(refusal)
    twin = _find_by_op(session, place.id, op_id)
    if twin is not None:
        return twin
    what = asked.what if asked else ""
    for earlier in _standing(session, place.id, what):
        replace_fact(session, earlier, now=now)
    decision = ReadinessDecision(
        enrolment_id=place.id,
        happened_on=today_in(place.cohort.zone, now),
        recorded_at=now,
        what=what,
        outcome=outcome.value,
        sources=json.dumps(sorted(sources)),
        reasons=b"",
        capacity=CAPACITY,
        decided_by=by,
        op_id=op_id,
    )
    try:
        with session.begin_nested():
            add_fact(session, decision)
    except IntegrityError:
        return _get_by_op(session, place.id, op_id)
    about = f"decision:{decision.public_id}"
    decision.reasons = seal_text(session, place.person_id, reasons, about, now)
    _note(session, "readiness-decided", place, by, now, decision.public_id, outcome.value)
    session.flush()
    return decision


def _note(
    session: Session,
    act: str,
    place: Enrolment,
    by: int,
    now: datetime,
    public_id: str,
    outcome: str,
) -> None:
    home = session.scalars(select(Person.organisation_id).where(Person.id == place.person_id)).one()
    record_act(
        session,
        act,
        now=now,
        chain=home,
        actor_id=by,
        about_id=place.person_id,
        subject=f"decision:{public_id}",
        outcome=outcome,
    )


def _find_by_op(session: Session, enrolment_id: int, op_id: str) -> ReadinessDecision | None:
    query = select(ReadinessDecision).where(
        ReadinessDecision.enrolment_id == enrolment_id, ReadinessDecision.op_id == op_id
    )
    return session.scalars(query).one_or_none()


def _get_by_op(session: Session, enrolment_id: int, op_id: str) -> ReadinessDecision:
    found = _find_by_op(session, enrolment_id, op_id)
    if found is None:
        raise LookupError(op_id)
    return found


def _standing(session: Session, enrolment_id: int, what: str) -> list[ReadinessDecision]:
    query = select(ReadinessDecision).where(
        ReadinessDecision.enrolment_id == enrolment_id,
        ReadinessDecision.what == what,
        ReadinessDecision.replaced_at.is_(None),
    )
    return list(session.scalars(query.with_for_update()))


@dataclass(frozen=True, slots=True)
class DecisionShown:
    """A decision with its reasons opened, for those who may read them."""

    id: int
    public_id: str
    outcome: str
    on: date
    by: str
    reasons: str
    sources: list[str]
    is_current: bool


def list_decisions(session: Session, place: Enrolment) -> list[DecisionShown]:
    """Return a place's readiness decisions, newest first."""
    query = (
        select(ReadinessDecision, Person.chosen_name)
        .join(Person, Person.id == ReadinessDecision.decided_by)
        .where(ReadinessDecision.enrolment_id == place.id)
        .order_by(ReadinessDecision.id.desc())
    )
    return [
        DecisionShown(
            row.id,
            row.public_id,
            row.outcome,
            row.happened_on,
            name,
            read_text(session, place.person_id, row.reasons, f"decision:{row.public_id}"),
            json.loads(row.sources),
            row.replaced_at is None,
        )
        for row, name in session.execute(query)
    ]


def waive_requirement(
    session: Session,
    place: Enrolment,
    requirement: str,
    *,
    reason: str,
    by: int,
    now: datetime,
) -> Waiver:
    """Set a requirement aside for one person, with a reason. Raises: RefusedError."""
    found = next((n for n in nodes_of(_programme(session, place)) if n.id == requirement), None)
    roles = frozenset(found.waivable.by) if found and found.waivable else frozenset[str]()
    refusal = refusal_to_waive(
        decider_id=by, person_id=place.person_id, reason=reason, waivable_by=roles
    )
    if refusal:
        raise RefusedError(refusal)
    waiver = Waiver(
        enrolment_id=place.id,
        happened_on=today_in(place.cohort.zone, now),
        recorded_at=now,
        requirement=requirement,
        capacity=CAPACITY,
        waived_by=by,
        reason=b"",
    )
    try:
        with session.begin_nested():
            add_fact(session, waiver)
    except IntegrityError as clash:
        raise RefusedError(DecisionRefusal.ALREADY_WAIVED) from clash
    about = f"waiver:{waiver.public_id}"
    waiver.reason = seal_text(session, place.person_id, reason, about, now)
    _note(session, "requirement-waived", place, by, now, waiver.public_id, requirement)
    session.flush()
    return waiver
