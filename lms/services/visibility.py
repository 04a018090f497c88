"""What an actor is to a person, whose an object is, and which rows a list may hold."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from lms.models import (
    Appeal,
    Assignment,
    Attestation,
    Cohort,
    ContentVersion,
    Document,
    Enrolment,
    Gathering,
    HoursEntry,
    Invitation,
    IssueRun,
    Organisation,
    Performance,
    Person,
    Qualification,
    Reflection,
    RoleGrant,
    Seat,
    Sharing,
    Signin,
)
from lms.rules.appeals import FITTING, AppealKind, AppealState
from lms.rules.policy import Subject
from lms.rules.roles import Actor, Role
from lms.rules.visibility import RecordClass, Relation, Sight, sight_of

ASSIGNED = {
    "trainer": Relation.TRAINER,
    "second-trainer": Relation.TRAINER,
    "supervisor": Relation.SUPERVISOR,
}
BY_ROLE = {
    Role.COORDINATOR: Relation.COORDINATOR,
    Role.HOST_MANAGER: Relation.HOST_MANAGER,
    Role.EVALUATOR: Relation.EVALUATOR,
    Role.ADMINISTRATOR: Relation.ADMINISTRATOR,
}


def relations_to(session: Session, actor: Actor, person_id: int) -> frozenset[Relation]:
    """Return everything that `actor` is to a person; nothing but self to their own record."""
    if actor.person_id == person_id:
        return frozenset({Relation.SELF})
    memo: dict[tuple[int, int], frozenset[Relation]] = session.info.setdefault("relations", {})
    key = (actor.person_id, person_id)
    if key not in memo:
        memo[key] = _find_relations(session, actor, person_id)
    return memo[key]


def forget_relations(session: Session) -> None:
    """Drop what was computed, so that a guard judges afresh under the write lock."""
    session.info.pop("relations", None)


def _find_relations(session: Session, actor: Actor, person_id: int) -> frozenset[Relation]:
    home = session.scalar(select(Person.organisation_id).where(Person.id == person_id))
    found = {
        relation
        for role, relation in BY_ROLE.items()
        if role in actor.roles and home == actor.organisation_id
    }
    found |= {ASSIGNED[kind] for kind in session.scalars(_kinds(actor.person_id, person_id))}
    if session.scalar(_classmates(actor.person_id, person_id)):
        found.add(Relation.CLASSMATE)
    if session.scalar(_marks(actor.person_id, person_id)):
        found.add(Relation.MARKER)
    return frozenset(found)


def _kinds(actor_id: int, person_id: int) -> Select[str]:
    return (
        select(Assignment.kind)
        .join(Enrolment, Enrolment.id == Assignment.enrolment_id)
        .where(
            Assignment.person_id == actor_id,
            Assignment.until_on.is_(None),
            Enrolment.person_id == person_id,
            Enrolment.state != "withdrawn",
        )
    )


def _classmates(actor_id: int, person_id: int) -> Select[bool]:
    mine, theirs = aliased(Enrolment), aliased(Enrolment)
    return select(
        exists().where(
            mine.person_id == actor_id,
            theirs.person_id == person_id,
            mine.cohort_id == theirs.cohort_id,
            mine.state != "withdrawn",
            theirs.state != "withdrawn",
        )
    )


def _marks(actor_id: int, person_id: int) -> Select[bool]:
    return select(
        exists().where(
            Performance.marker_id == actor_id,
            Performance.enrolment_id == Enrolment.id,
            Enrolment.person_id == person_id,
            Performance.state != "cancelled",
        )
    )


def roles_of(session: Session, person_id: int, on: date) -> frozenset[Role]:
    """Return the roles that a person holds on a day."""
    query = roles_held(RoleGrant.person_id == person_id, on)
    return frozenset(Role(role) for role in session.scalars(query))


def roles_held(whose: ColumnElement[bool], on: Any) -> Select[str]:
    """Return the query for the roles held on a day; `whose` says by whom."""
    return select(RoleGrant.role).where(
        whose,
        RoleGrant.from_on <= on,
        or_(RoleGrant.until_on.is_(None), RoleGrant.until_on > on),
    )


class OwnedRef(NamedTuple):
    """Which row an address names and whose it is, where nothing else of it is asked."""

    id: int
    organisation_id: int
    person_id: int


def _named_in(session: Session, actor: Actor, thing: Any) -> frozenset[int]:
    if isinstance(thing, Performance):
        return frozenset({thing.marker_id})
    if isinstance(thing, HoursEntry):
        return frozenset({thing.supervisor_id})
    if isinstance(thing, Sharing):
        return frozenset({thing.reader_id})
    if isinstance(thing, Attestation):
        return frozenset({thing.attested_by})
    if isinstance(thing, Document):
        ids = [one for one in json.loads(thing.signers) if not one.startswith(("n-", "r-"))]
        query = select(Person.id).where(Person.public_id.in_(ids))
        return frozenset(session.scalars(query)) if ids else frozenset()
    if isinstance(thing, Appeal):
        return _answering(actor, thing)
    if isinstance(thing, Cohort | Gathering | Seat) and Role.TRAINER in actor.roles:
        return frozenset({actor.person_id}) if _runs(session, actor, thing) else frozenset()
    return frozenset()


def _answering(actor: Actor, appeal: Appeal) -> frozenset[int]:
    """Return who answers an appeal: the named decider, and whoever looks once more.

    Edge: each for as long as they hold a role that fits.
    """
    if not FITTING[AppealKind(appeal.kind)] & actor.roles:
        return frozenset()
    sent_back = appeal.state == AppealState.SENT_BACK or appeal.again_at is not None
    named = {appeal.decider_id, (appeal.again_by or appeal.taken_by) if sent_back else None}
    return frozenset(person_id for person_id in named if person_id is not None)


def _runs(session: Session, actor: Actor, thing: Cohort | Gathering | Seat) -> bool:
    if isinstance(thing, Cohort):
        trains = cohorts_trained_by(actor).where(Enrolment.cohort_id == thing.id)
        return session.scalars(trains.limit(1)).one_or_none() is not None
    gathering_id = thing.id if isinstance(thing, Gathering) else thing.gathering_id
    led = gatherings_run_by(actor).where(Gathering.id == gathering_id)
    return session.scalars(led).one_or_none() is not None


def cohorts_trained_by(actor: Actor) -> Select[int]:
    """Return the ids of the cohorts in which `actor` is somebody's trainer now."""
    return (
        select(Enrolment.cohort_id)
        .join(Assignment, Assignment.enrolment_id == Enrolment.id)
        .where(
            Assignment.person_id == actor.person_id,
            Assignment.kind.in_(("trainer", "second-trainer")),
            Assignment.until_on.is_(None),
            Enrolment.state != "withdrawn",
        )
    )


def gatherings_run_by(actor: Actor) -> Select[int]:
    """Return the ids of the gatherings that `actor` leads, or that are in a cohort they train."""
    return select(Gathering.id).where(
        or_(
            Gathering.leader_id == actor.person_id,
            Gathering.cohort_id.in_(cohorts_trained_by(actor)),
        )
    )


def _members_in(session: Session, actor: Actor, thing: Any) -> frozenset[int]:
    if not isinstance(thing, Gathering):
        return frozenset()
    invited = gatherings_for(actor).where(Gathering.id == thing.id)
    found = session.scalars(invited.limit(1)).one_or_none()
    return frozenset() if found is None else frozenset({actor.person_id})


def gatherings_for(actor: Actor) -> Select[int]:
    """Return the ids of the gatherings that `actor` is invited to."""
    return (
        select(Gathering.id)
        .join(Seat, Seat.gathering_id == Gathering.id)
        .join(Enrolment, Enrolment.id == Seat.enrolment_id)
        .where(Enrolment.person_id == actor.person_id, Enrolment.state != "withdrawn")
    )


def scope_of_gatherings(actor: Actor) -> Select[int]:
    """Return the ids of the gatherings that `actor` may list: invited to, run, or of the house."""
    ways = [Gathering.id.in_(gatherings_for(actor))]
    if Role.TRAINER in actor.roles:
        ways.append(Gathering.id.in_(gatherings_run_by(actor)))
    if Role.COORDINATOR in actor.roles:
        ways.append(Gathering.cohort_id.in_(_cohorts_at_home(actor)))
    return select(Gathering.id).where(or_(*ways))


def scope_of_cohorts(actor: Actor) -> Select[int]:
    """Return the ids of the cohorts for which `actor` may plan gatherings."""
    ways = []
    if Role.TRAINER in actor.roles:
        ways.append(Cohort.id.in_(cohorts_trained_by(actor)))
    if Role.COORDINATOR in actor.roles:
        ways.append(Cohort.id.in_(_cohorts_at_home(actor)))
    query = select(Cohort.id)
    return query.where(or_(*ways)) if ways else query.where(Cohort.id.is_(None))


def _cohorts_at_home(actor: Actor) -> Select[int]:
    return select(Cohort.id).where(Cohort.organisation_id == actor.organisation_id)


def _place_of(session: Session, thing: Any) -> tuple[int | None, int | None]:
    """Return (organisation id, person id) of whatever an address names."""
    if isinstance(thing, OwnedRef):
        return thing.organisation_id, thing.person_id
    if isinstance(thing, Organisation):
        return thing.id, None
    if isinstance(thing, Cohort | Invitation | IssueRun):
        return thing.organisation_id, None
    if isinstance(thing, Gathering):
        home = select(Cohort.organisation_id).where(Cohort.id == thing.cohort_id)
        return session.scalars(home).one(), None
    if isinstance(thing, ContentVersion):
        return None, None
    if isinstance(thing, Person):
        return thing.organisation_id, thing.id
    if isinstance(thing, Signin | Reflection | Sharing):
        return None, thing.person_id
    if isinstance(thing, Qualification):
        home = select(Person.organisation_id).where(Person.id == thing.person_id)
        return session.scalars(home).one(), thing.person_id
    enrolment_id = thing.id if isinstance(thing, Enrolment) else thing.enrolment_id
    owner = _owner(session, enrolment_id)
    return owner.organisation_id, owner.id


def _owner(session: Session, enrolment_id: int) -> Row[int, int]:
    return session.connection().execute(_OWNER, {"enrolment": enrolment_id}).one()


_OWNER = (
    select(Person.organisation_id, Person.id)
    .join(Enrolment, Enrolment.person_id == Person.id)
    .where(Enrolment.id == bindparam("enrolment"))
)


def subject_for(session: Session, actor: Actor, things: Iterable[Any]) -> Subject:
    """Return the policy's view of what an act touches; the last thing named decides.

    Edge: several things of one address must belong together: the caller loads the inner by the
    outer.
    """
    subject = Subject()
    for thing in things:
        organisation_id, person_id = _place_of(session, thing)
        relations = frozenset[Relation]()
        if person_id is not None:
            relations = relations_to(session, actor, person_id)
        named = _named_in(session, actor, thing)
        members = _members_in(session, actor, thing)
        subject = Subject(organisation_id, person_id, relations, named, members)
    return subject


def _shows(record_class: RecordClass, relation: Relation) -> bool:
    return sight_of(record_class, relation) in {Sight.YES, Sight.PART}


def scope_for(actor: Actor, record_class: RecordClass) -> Select[int]:
    """Return the ids of the enrolments whose records of a class `actor` may list."""
    ways: list[Any] = []
    if _shows(record_class, Relation.SELF):
        ways.append(Enrolment.person_id == actor.person_id)
    for role, relation in BY_ROLE.items():
        if role in actor.roles and _shows(record_class, relation):
            ways.append(
                (Person.organisation_id == actor.organisation_id)
                & (Enrolment.person_id != actor.person_id)
            )
    kinds = [kind for kind, relation in ASSIGNED.items() if _shows(record_class, relation)]
    if kinds:
        ways.append(
            exists().where(
                Assignment.enrolment_id == Enrolment.id,
                Assignment.person_id == actor.person_id,
                Assignment.kind.in_(kinds),
                Assignment.until_on.is_(None),
                Enrolment.person_id != actor.person_id,
                Enrolment.state != "withdrawn",
            )
        )
    query = select(Enrolment.id).join(Person, Person.id == Enrolment.person_id)
    return query.where(or_(*ways)) if ways else query.where(Enrolment.id.is_(None))
