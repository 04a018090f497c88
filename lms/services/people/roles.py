"""Roles: given from a day on, ended at once, never changed by their own holder."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from lms.db import lock_row
from lms.models import Assignment, Person, RoleGrant
from lms.rules.cohorts import ROLE_FOR
from lms.rules.people import RoleRefusal, refusal_to_change_role
from lms.rules.roles import Actor, Role
from lms.services.audit import record_act
from lms.services.errors import RefusedError


def grant_role(
    session: Session, person: Person, role: Role, *, by: int | None, on: date, now: datetime
) -> RoleGrant:
    """Give a person a role in their organisation from a day on."""
    grant = RoleGrant(
        person_id=person.id,
        organisation_id=person.organisation_id,
        role=role.value,
        from_on=on,
        granted_by=by,
        granted_at=now,
    )
    session.add(grant)
    session.flush()
    record_act(
        session,
        "role-granted",
        now=now,
        chain=person.organisation_id,
        actor_id=by,
        about_id=person.id,
        role=role.value,
    )
    return grant


def list_roles(session: Session, person_id: int, now: datetime) -> list[Role]:
    """Return the roles that a person holds now, in the order of the roles."""
    held = {grant.role for grant in session.scalars(_held(person_id, now))}
    return [role for role in Role if role.value in held]


def _held(person_id: int, now: datetime) -> Select[RoleGrant]:
    return select(RoleGrant).where(
        RoleGrant.person_id == person_id,
        RoleGrant.from_on <= now.date(),
        or_(RoleGrant.until_on.is_(None), RoleGrant.until_on > now.date()),
    )


def _refuse(actor: Actor, person: Person, role: Role) -> None:
    refusal = refusal_to_change_role(
        actor_id=actor.person_id, actor_roles=actor.roles, person_id=person.id, role=role
    )
    if refusal:
        raise RefusedError(refusal)


def give_role(session: Session, person: Person, role: Role, *, by: Actor, now: datetime) -> None:
    """Give a person a role now. Raises: RefusedError(RoleRefusal).

    Units: dates of roles are UTC days, as the guard of every request reads them.
    """
    _refuse(by, person, role)
    lock_row(session, person)
    if role in list_roles(session, person.id, now):
        raise RefusedError(RoleRefusal.HELD_ALREADY)
    grant_role(session, person, role, by=by.person_id, on=now.date(), now=now)


def end_role(session: Session, person: Person, role: Role, *, by: Actor, now: datetime) -> None:
    """End a role at once, and whatever the person was assigned to as its holder.

    Raises: RefusedError(RoleRefusal).
    """
    _refuse(by, person, role)
    lock_row(session, person)
    grants = [g for g in session.scalars(_held(person.id, now)) if g.role == role.value]
    if not grants:
        raise RefusedError(RoleRefusal.NOT_HELD)
    for grant in grants:
        grant.until_on = now.date()
    _end_assignments(session, person, role, now)
    session.flush()
    record_act(
        session,
        "role-ended",
        now=now,
        chain=person.organisation_id,
        actor_id=by.person_id,
        about_id=person.id,
        role=role.value,
    )


def _end_assignments(session: Session, person: Person, role: Role, now: datetime) -> None:
    kinds: Sequence[str] = [kind.value for kind, needed in ROLE_FOR.items() if needed is role]
    query = update(Assignment).where(
        Assignment.person_id == person.id,
        Assignment.kind.in_(kinds),
        Assignment.until_on.is_(None),
    )
    session.execute(query.values(until_on=now.date()))
