"""What an actor is to a person, whose an object is, and which rows a list may hold."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from lms.models import (
    Assignment,
    Cohort,
    ContentVersion,
    Enrolment,
    HoursEntry,
    Invitation,
    Organisation,
    Performance,
    Person,
    RoleGrant,
    Signin,
)
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


def _named_in(thing: Any) -> frozenset[int]:
    if isinstance(thing, Performance):
        return frozenset({thing.marker_id})
    if isinstance(thing, HoursEntry):
        return frozenset({thing.supervisor_id})
    return frozenset()


def _place_of(session: Session, thing: Any) -> tuple[int | None, int | None]:
    """Return (organisation id, person id) of whatever an address names."""
    if isinstance(thing, Organisation):
        return thing.id, None
    if isinstance(thing, Cohort | Invitation):
        return thing.organisation_id, None
    if isinstance(thing, ContentVersion):
        return None, None
    if isinstance(thing, Person):
        return thing.organisation_id, thing.id
    if isinstance(thing, Signin):
        return None, thing.person_id
    enrolment_id = thing.id if isinstance(thing, Enrolment) else thing.enrolment_id
    organisation_id, person_id = session.execute(_OWNER, {"enrolment": enrolment_id}).one()
    return organisation_id, person_id


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
        subject = Subject(organisation_id, person_id, relations, _named_in(thing))
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
