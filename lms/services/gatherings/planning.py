"""Plans a gathering, changes it while it may change, and takes it back."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from lms.db import lock_row, new_public_id
from lms.models import Cohort, ContentVersion, Enrolment, Gathering, Organisation, Person, Seat
from lms.rules.cohorts import EnrolmentState, hold_on_practice, modules_named
from lms.rules.gatherings import (
    Audience,
    Conditions,
    GatheringKind,
    GatheringMode,
    GatheringPlan,
    GatheringState,
    PlanRefusal,
    Span,
    Subject,
    expected_at_first,
    parts_from,
    parts_text,
    refusal_to_change,
    refusal_to_day,
    refusal_to_invite,
    training_topics,
)
from lms.rules.people import folded
from lms.rules.programmes import Programme
from lms.rules.roles import Role
from lms.services.audit import record_act
from lms.services.cohorts import list_holders
from lms.services.errors import MissingError, RefusedError
from lms.services.hours import domains_for
from lms.services.people import today_in
from lms.services.publishing import definition_of, titles_by_slug
from lms.services.sealed import read_for_house, seal_for_house

INVITABLE = ("admitted", "active", "paused")


class Member(NamedTuple):
    """Somebody of a cohort who can be invited."""

    id: int
    public_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What the form of a gathering offers: pairs of value and words.

    Shape: `subjects` are modules, topics of the programme and fields, each `kind:id`.
    """

    members: list[Member]
    leaders: list[tuple[str, str]]
    modules: list[tuple[str, str]]
    topics: list[str]
    domains: list[tuple[str, str]]


def get_gathering(session: Session, public_id: str) -> Gathering:
    """Return a gathering by the id in its address, with its cohort. Raises: MissingError."""
    query = select(Gathering).where(Gathering.public_id == public_id)
    found = session.scalars(query.options(joinedload(Gathering.cohort))).one_or_none()
    if found is None:
        raise MissingError
    return found


def list_members(session: Session, cohort_id: int) -> list[Member]:
    """Return who of a cohort can be invited, by name."""
    query = (
        select(Enrolment.id, Enrolment.public_id, Person.chosen_name)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.state.in_(INVITABLE))
    )
    found = [Member(*row) for row in session.execute(query)]
    return sorted(found, key=lambda one: (folded(one.name), one.public_id))


def offer_for(session: Session, cohort: Cohort, *, now: datetime) -> Offer:
    """Return whom and what the form of a gathering offers in a cohort."""
    home = cohort.organisation_id
    leaders = list_holders(session, home, Role.TRAINER, but=0, now=now)
    version = session.get_one(ContentVersion, cohort.programme_version_id)
    programme: Programme = definition_of(session, version)
    titles = titles_by_slug(session)
    modules = modules_named(programme)
    return Offer(
        members=list_members(session, cohort.id),
        leaders=[(leader.public_id, leader.name) for leader in leaders],
        modules=[(slug, titles.get(slug, slug)) for slug in modules],
        topics=[topic for topic in training_topics(programme) if topic not in modules],
        domains=domains_for(session),
    )


def list_invited(session: Session, gathering: Gathering) -> list[str]:
    """Return the public ids of the places that are invited."""
    query = (
        select(Enrolment.public_id)
        .join(Seat, Seat.enrolment_id == Enrolment.id)
        .where(Seat.gathering_id == gathering.id)
        .order_by(Seat.id)
    )
    return list(session.scalars(query))


def place_words(session: Session, gathering: Gathering) -> str:
    """Return where a gathering is, or its link; who may read it is not asked here."""
    return read_for_house(session, gathering.place, _about_place(gathering.public_id))


def _about_place(public_id: str) -> str:
    return f"gathering:{public_id}:place"


def conditions_of(gathering: Gathering) -> Conditions:
    """Return what attendance of a gathering is judged by."""
    return Conditions(parts_from(gathering.parts), gathering.tolerance_minutes)


def plan_of(session: Session, gathering: Gathering) -> GatheringPlan:
    """Return a stored gathering as it was planned."""
    return GatheringPlan(
        title=gathering.title,
        kind=GatheringKind(gathering.kind),
        audience=Audience(gathering.audience),
        mode=GatheringMode(gathering.mode),
        place=place_words(session, gathering),
        span=Span(gathering.begins_at, gathering.ends_at, gathering.happens_on),
        parts=parts_from(gathering.parts),
        leader_id=gathering.leader_id,
        tolerance_minutes=gathering.tolerance_minutes,
        subject=Subject(gathering.module, gathering.topic, gathering.domain),
        words=gathering.words,
        content_note=gathering.content_note,
    )


def plan_gathering(
    session: Session,
    actor_id: int,
    cohort: Cohort,
    plan: GatheringPlan,
    invited: Iterable[str],
    *,
    op_id: str,
    now: datetime,
) -> Gathering:
    """Plan a gathering of a cohort and return it.

    Shape:  `invited` are public ids of places; empty invites the whole cohort to a joint one.
    Edge:   the same form sent again returns what it planned the first time.
    Raises: RefusedError(PlanRefusal or PracticeHold): nothing is planned without a contact on duty.
    """
    made = _find_by_op(session, cohort.id, op_id)
    if made is not None:
        return made
    members = _checked(session, cohort, plan, set(invited), now)
    gathering = Gathering(
        public_id=new_public_id(),
        cohort_id=cohort.id,
        state=GatheringState.PLANNED.value,
        version=1,
        planned_by=actor_id,
        planned_at=now,
        op_id=op_id,
    )
    _put(session, gathering, plan)
    try:
        with session.begin_nested():
            session.add(gathering)
    except IntegrityError as clash:
        found = _find_by_op(session, cohort.id, op_id)
        if found is None:
            raise
        raise RefusedError(PlanRefusal.CHANGED) from clash
    _seat(session, gathering, members)
    note_gathering(session, "gathering-planned", actor_id, gathering, cohort, now)
    return gathering


def _find_by_op(session: Session, cohort_id: int, op_id: str) -> Gathering | None:
    query = select(Gathering).where(Gathering.cohort_id == cohort_id, Gathering.op_id == op_id)
    return session.scalars(query).one_or_none()


def _checked(
    session: Session, cohort: Cohort, plan: GatheringPlan, invited: set[str], now: datetime
) -> set[int]:
    """Return the places to invite, or refuse the plan."""
    _refuse_without_contact(session, cohort)
    members = {member.public_id: member.id for member in list_members(session, cohort.id)}
    refusal = refusal_to_day(
        plan.span.on, today=today_in(cohort.zone, now), since=cohort.starts_on
    ) or _refusal_to_names(session, cohort, plan, now)
    if refusal:
        raise RefusedError(refusal)
    ids = {members.get(public_id, 0) for public_id in invited}
    refusal = refusal_to_invite(plan.audience, ids, members.values())
    if refusal:
        raise RefusedError(refusal)
    return ids or set(members.values())


def _refuse_without_contact(session: Session, cohort: Cohort) -> None:
    home = session.get_one(Organisation, cohort.organisation_id)
    has_contact = bool(home.duty_name and home.duty_reach)
    hold = hold_on_practice(state=EnrolmentState.ACTIVE, all_signed=True, has_contact=has_contact)
    if hold:
        raise RefusedError(hold)


def _refusal_to_names(
    session: Session, cohort: Cohort, plan: GatheringPlan, now: datetime
) -> PlanRefusal | None:
    offer = offer_for(session, cohort, now=now)
    leaders = {public_id for public_id, _ in offer.leaders}
    leader = session.get(Person, plan.leader_id)
    if leader is None or leader.public_id not in leaders:
        return PlanRefusal.NOT_A_LEADER
    known = (
        plan.subject.module in {"", *dict(offer.modules)}
        and plan.subject.topic in {"", *offer.topics}
        and plan.subject.domain in {"", *dict(offer.domains)}
    )
    return None if known else PlanRefusal.NO_SUCH_TOPIC


def _put(session: Session, gathering: Gathering, plan: GatheringPlan) -> None:
    gathering.title, gathering.words = plan.title, plan.words
    gathering.kind, gathering.audience = plan.kind.value, plan.audience.value
    gathering.mode, gathering.content_note = plan.mode.value, plan.content_note
    gathering.place = seal_for_house(session, plan.place, _about_place(gathering.public_id))
    gathering.begins_at, gathering.ends_at = plan.span.begins_at, plan.span.ends_at
    gathering.happens_on, gathering.parts = plan.span.on, parts_text(plan.parts)
    gathering.tolerance_minutes, gathering.leader_id = plan.tolerance_minutes, plan.leader_id
    gathering.module, gathering.topic = plan.subject.module, plan.subject.topic
    gathering.domain = plan.subject.domain


def _seat(session: Session, gathering: Gathering, places: Collection[int]) -> None:
    expected = expected_at_first(Audience(gathering.audience))
    session.add_all(
        Seat(gathering_id=gathering.id, enrolment_id=place, expected=expected)
        for place in sorted(places)
    )
    session.flush()


def change_gathering(
    session: Session,
    actor_id: int,
    gathering: Gathering,
    plan: GatheringPlan,
    invited: Iterable[str],
    *,
    version: int,
    now: datetime,
) -> None:
    """Change a gathering that is not closed.

    Edge:   `version` is what the page was made from: a plan that somebody else changed meanwhile is
            not written over. Where the audience changes, answers that were given no longer hold.
    Raises: RefusedError(PlanRefusal or PracticeHold).
    """
    lock_row(session, gathering)
    cohort = session.get_one(Cohort, gathering.cohort_id)
    refusal = refusal_to_change(GatheringState(gathering.state))
    if refusal is None and gathering.version != version:
        refusal = PlanRefusal.CHANGED
    if refusal:
        raise RefusedError(refusal)
    places = _checked(session, cohort, plan, set(invited), now)
    asks_again = gathering.audience != plan.audience.value
    _put(session, gathering, plan)
    gathering.version += 1
    session.flush()
    _seat_again(session, gathering, places, asks_again=asks_again)
    note_gathering(session, "gathering-changed", actor_id, gathering, cohort, now)


def _seat_again(
    session: Session, gathering: Gathering, places: set[int], *, asks_again: bool
) -> None:
    own = Seat.gathering_id == gathering.id
    seated = set(session.scalars(select(Seat.enrolment_id).where(own)))
    session.execute(delete(Seat).where(own, Seat.enrolment_id.in_(seated - places)))
    if asks_again:
        expected = expected_at_first(Audience(gathering.audience))
        session.execute(update(Seat).where(own).values(expected=expected))
    _seat(session, gathering, places - seated)


def cancel_gathering(
    session: Session, actor_id: int, gathering: Gathering, *, now: datetime
) -> None:
    """Take a planned gathering back; it stays readable as cancelled.

    Edge:   cancelling twice changes nothing.
    Raises: RefusedError(PlanRefusal).
    """
    lock_row(session, gathering)
    if gathering.state == GatheringState.CANCELLED:
        return
    refusal = refusal_to_change(GatheringState(gathering.state))
    if refusal:
        raise RefusedError(refusal)
    gathering.state = GatheringState.CANCELLED.value
    session.flush()
    cohort = session.get_one(Cohort, gathering.cohort_id)
    note_gathering(session, "gathering-cancelled", actor_id, gathering, cohort, now)


def note_gathering(
    session: Session,
    act: str,
    actor_id: int,
    gathering: Gathering,
    cohort: Cohort,
    now: datetime,
) -> None:
    """Note an act on a gathering; who is invited is in no entry, only the day and the version."""
    record_act(
        session,
        act,
        now=now,
        chain=cohort.organisation_id,
        actor_id=actor_id,
        subject=f"gathering:{gathering.public_id}",
        on=gathering.happens_on.isoformat(),
        version=gathering.version,
    )
