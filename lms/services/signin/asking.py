"""Who asks: everything a request needs to know of a sign-in, in one plain query."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Date, Select, bindparam, func, select
from sqlalchemy.orm import Session

from lms.models import Enrolment, Organisation, Person, RoleGrant, Signin
from lms.rules.roles import Actor, Role
from lms.rules.signin import is_idle
from lms.services.publishing import CONTENT, NEWEST
from lms.services.signin.links import token_hash
from lms.services.visibility import roles_held


@dataclass(frozen=True, slots=True)
class Reader:
    """What every page shows of the person it is for."""

    id: int
    public_id: str
    chosen_name: str
    language: str


@dataclass(frozen=True, slots=True)
class House:
    """What every page shows of the organisation, above all whom to turn to in it."""

    name: str
    zone: str
    duty_name: str
    duty_reach: str
    duty_hours: str
    duty_emergency: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A request's sign-in, loaded once: whose it is, where, and what they are there."""

    id: int
    last_used_at: datetime
    shared_device: bool
    person: Reader
    house: House
    actor: Actor
    is_paused: bool


def _signed_in_query() -> Select[Any]:
    """Return the one query of every signed-in request: plain columns, put together once."""
    signin, person, house = Signin.__table__.c, Person.__table__.c, Organisation.__table__.c
    states = select(func.aggregate_strings(Enrolment.state, ",")).where(
        Enrolment.person_id == signin.person_id
    )
    roles = roles_held(RoleGrant.person_id == signin.person_id, bindparam("on", type_=Date()))
    return (
        select(
            signin.id,
            signin.last_used_at,
            signin.shared_device,
            person.id.label("person_id"),
            person.public_id,
            person.chosen_name,
            person.language,
            person.organisation_id,
            house.name,
            house.zone,
            house.duty_name,
            house.duty_reach,
            house.duty_hours,
            house.duty_emergency,
            states.scalar_subquery().label("states"),
            roles.with_only_columns(func.aggregate_strings(RoleGrant.role, ","))
            .scalar_subquery()
            .label("roles"),
            NEWEST.scalar_subquery().label("newest"),
        )
        .join(Person.__table__, person.id == signin.person_id)
        .join(Organisation.__table__, house.id == person.organisation_id)
        .where(
            signin.token_hash == bindparam("token"),
            signin.ended_at.is_(None),
            person.closed_at.is_(None),
        )
    )


_SIGNED_IN = _signed_in_query()


def find_signed_in(
    session: Session, token: str, *, now: datetime, idle_minutes: int, shared_idle_minutes: int
) -> SignedIn | None:
    """Return who holds a token, or None where it is ended, idle too long or unknown."""
    asked = {"token": token_hash(token), "on": now.date()}
    row = session.connection().execute(_SIGNED_IN, asked).one_or_none()
    if row is None:
        return None
    limit = shared_idle_minutes if row.shared_device else idle_minutes
    if is_idle(row.last_used_at, now, limit):
        return None
    session.info[CONTENT] = row.newest
    states = row.states.split(",") if row.states else []
    return SignedIn(
        id=row.id,
        last_used_at=row.last_used_at,
        shared_device=row.shared_device,
        person=Reader(row.person_id, row.public_id, row.chosen_name, row.language),
        house=House(*row[8:14]),
        actor=Actor(
            person_id=row.person_id,
            organisation_id=row.organisation_id,
            roles=_roles(row.roles),
            is_trainee=any(state != "withdrawn" for state in states),
        ),
        is_paused=bool(states) and all(state == "paused" for state in states),
    )


@cache
def _roles(written: str | None) -> frozenset[Role]:
    return frozenset(Role(role) for role in written.split(",")) if written else frozenset()
