"""Who decides an appeal, and the answer, applied as a new fact by the area's own service."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.db import lock_row
from lms.models import Appeal, Person, RoleGrant
from lms.rules.appeals import (
    FITTING,
    AnswerCase,
    AppealKind,
    AppealRefusal,
    AppealState,
    refusal_to_answer,
    refusal_to_name,
    refusal_to_name_in,
)
from lms.rules.people import folded
from lms.rules.readiness import DecisionSource
from lms.services.appeals.acts import Act, act_of
from lms.services.appeals.applying import apply_change, has_way_back
from lms.services.appeals.texts import asker_of, note, seal_part
from lms.services.drafts import spend
from lms.services.errors import RefusedError
from lms.services.visibility import roles_of


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answers.

    Shape: `reasons` are for the asker alone (and, where it is sent back, for whoever took the act);
           `record` goes on a new decision or event; `sources` on a new decision; `marks` is what a
           marking form sends; `version` is the hours entry's that was read.
    """

    outcome: AppealState
    reasons: str
    record: str = ""
    sources: frozenset[DecisionSource] = frozenset()
    marks: Mapping[str, str] = field(default_factory=dict)
    version: int = 0


def involved_in(appeal: Appeal, act: Act) -> frozenset[int]:
    """Return who took part in an act, so that they do not decide about it."""
    return act.involved | {appeal.taken_by}


def list_fitting(session: Session, appeal: Appeal, *, now: datetime) -> list[Person]:
    """Return who may be named to decide an appeal, by name; nobody in a small organisation."""
    asker, act = asker_of(session, appeal), act_of(session, appeal)
    roles = {role.value for role in FITTING[AppealKind(appeal.kind)]}
    query = (
        select(Person)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            Person.organisation_id == asker.organisation_id,
            Person.closed_at.is_(None),
            Person.id.not_in({asker.id, *involved_in(appeal, act)}),
            RoleGrant.role.in_(roles),
            RoleGrant.from_on <= now.date(),
            or_(RoleGrant.until_on.is_(None), RoleGrant.until_on > now.date()),
        )
    )
    found = set(session.scalars(query))
    return sorted(found, key=lambda person: (folded(person.chosen_name), person.id))


def assign_decider(
    session: Session,
    appeal: Appeal,
    person: Person,
    *,
    seen: int | None,
    by: int,
    now: datetime,
) -> None:
    """Name who decides, or, where it was sent back, who looks in the taker's place.

    Shape:  `seen` is the id of whom the page showed as named, None for nobody.
    Edge:   naming the same person again changes nothing; what was answered before stays.
    Raises: RefusedError(AppealRefusal).
    """
    lock_row(session, appeal)
    refusal = refusal_to_name_in(AppealState(appeal.state))
    named = named_in(appeal)
    if refusal is None and named == person.id:
        return
    if named != seen:
        raise RefusedError(AppealRefusal.CHANGED_MEANWHILE)
    refusal = refusal or _refusal_of(session, appeal, act_of(session, appeal), person.id, now)
    if refusal:
        raise RefusedError(refusal)
    if appeal.state == AppealState.SENT_BACK:
        appeal.again_by = person.id
    else:
        appeal.state, appeal.decider_id = AppealState.ASSIGNED.value, person.id
    appeal.assigned_by, appeal.assigned_at = by, now
    session.flush()
    note(session, "appeal-assigned", appeal, by=by, now=now, to=person.public_id)


def named_in(appeal: Appeal) -> int | None:
    """Return whom the office has named for what comes next, None for nobody."""
    sent_back = appeal.state == AppealState.SENT_BACK
    return appeal.again_by if sent_back else appeal.decider_id


def _refusal_of(
    session: Session, appeal: Appeal, act: Act, person_id: int, now: datetime
) -> AppealRefusal | None:
    asker, person = asker_of(session, appeal), session.get_one(Person, person_id)
    at_home = person.organisation_id == asker.organisation_id and person.closed_at is None
    roles = roles_of(session, person_id, now.date()) if at_home else frozenset()
    return refusal_to_name(
        AppealKind(appeal.kind),
        person_id=person_id,
        asker_id=asker.id,
        involved=involved_in(appeal, act),
        roles=roles,
    )


def whose_turn(appeal: Appeal) -> int | None:
    """Return who answers next: the decider, or who looks once more where it was sent back."""
    state = AppealState(appeal.state)
    if state is AppealState.SENT_BACK:
        return appeal.again_by or appeal.taken_by
    return appeal.decider_id if state is AppealState.ASSIGNED else None


def answer_appeal(
    session: Session, appeal: Appeal, answer: Answer, *, by: int, op_id: str, now: datetime
) -> None:
    """Answer an appeal with reasons; a changed outcome becomes a new fact beside the old one.

    Edge:   the same form sent twice answers once; of two at once the second is refused.
    Raises: RefusedError(AppealRefusal, or a refusal of the area whose act it is).
    """
    lock_row(session, appeal)
    if not spend(session, op_id, by, appeal.public_id, now):
        return
    if whose_turn(appeal) != by:
        raise RefusedError(AppealRefusal.NOT_FROM_HERE)
    act = act_of(session, appeal)
    again = appeal.state == AppealState.SENT_BACK
    took_it = again and by == appeal.taken_by
    refusal = None if took_it else _refusal_of(session, appeal, act, by, now)
    refusal = refusal or refusal_to_answer(_case(session, appeal, act, answer, now))
    if refusal:
        raise RefusedError(refusal)
    if answer.outcome is AppealState.CHANGED:
        given = (answer.record, answer.sources, answer.marks, answer.version)
        appeal.applied_id = apply_change(session, act, given, by=by, op_id=op_id, now=now)
    _write(session, appeal, answer, again=again, now=now)
    act_name = "appeal-looked-at-again" if again else "appeal-answered"
    note(session, act_name, appeal, by=by, now=now, outcome=answer.outcome.value)


def _case(session: Session, appeal: Appeal, act: Act, answer: Answer, now: datetime) -> AnswerCase:
    return AnswerCase(
        kind=act.kind,
        state=AppealState(appeal.state),
        answer=answer.outcome,
        reasons=answer.reasons,
        record=answer.record,
        stands=act.stands,
        way_back=has_way_back(session, act, now=now),
        taker_fits=may_take_again(session, appeal, now=now),
    )


def may_take_again(session: Session, appeal: Appeal, *, now: datetime) -> bool:
    """Say whether whoever took the act is still there to take it again."""
    taker = session.get_one(Person, appeal.taken_by)
    roles = roles_of(session, taker.id, now.date())
    return taker.closed_at is None and bool(FITTING[AppealKind(appeal.kind)] & roles)


def _write(session: Session, appeal: Appeal, answer: Answer, *, again: bool, now: datetime) -> None:
    asker, part = asker_of(session, appeal), "again" if again else "reasons"
    sealed = seal_part(session, appeal, asker.id, answer.reasons, part=part, now=now)
    appeal.state = answer.outcome.value
    if again:
        appeal.again, appeal.again_at = sealed, now
    else:
        appeal.reasons, appeal.answered_at = sealed, now
    session.flush()
