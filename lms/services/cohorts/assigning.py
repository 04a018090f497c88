"""Who is whose trainer, second trainer and supervisor, from when to when."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.db import lock_row
from lms.models import Assignment, Cohort, Enrolment, Person, RoleGrant
from lms.rules.cohorts import (
    AssignmentKind,
    AssignRefusal,
    EnrolmentState,
    refusal_to_assign,
)
from lms.rules.people import folded
from lms.rules.roles import Role
from lms.services.audit import record_act
from lms.services.errors import RefusedError
from lms.services.people import today_in
from lms.services.visibility import roles_of

CLOSED = {EnrolmentState.WITHDRAWN.value, EnrolmentState.COMPLETED.value}
OTHER_TRAINER = {
    AssignmentKind.TRAINER: AssignmentKind.SECOND_TRAINER,
    AssignmentKind.SECOND_TRAINER: AssignmentKind.TRAINER,
}


class Choice(NamedTuple):
    """Somebody who may be chosen, or is."""

    public_id: str
    name: str


def list_holders(
    session: Session, organisation_id: int, role: Role, *, but: int, now: datetime
) -> list[Choice]:
    """Return who holds a role in an organisation now, by name; `but` is the trainee."""
    query = (
        select(Person.public_id, Person.chosen_name)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            Person.organisation_id == organisation_id,
            Person.closed_at.is_(None),
            Person.id != but,
            RoleGrant.role == role.value,
            RoleGrant.from_on <= now.date(),
            or_(RoleGrant.until_on.is_(None), RoleGrant.until_on > now.date()),
        )
        .distinct()
    )
    found = [Choice(*row) for row in session.execute(query)]
    return sorted(found, key=lambda holder: (folded(holder.name), holder.public_id))


def people_beside(session: Session, enrolment_id: int) -> dict[AssignmentKind, Choice]:
    """Return who is assigned to a place now, by kind."""
    query = (
        select(Assignment.kind, Person.public_id, Person.chosen_name)
        .join(Person, Person.id == Assignment.person_id)
        .where(Assignment.enrolment_id == enrolment_id, Assignment.until_on.is_(None))
    )
    return {
        AssignmentKind(kind): Choice(public_id, name)
        for kind, public_id, name in session.execute(query)
    }


def assign_people(
    session: Session,
    place: Enrolment,
    wanted: Mapping[AssignmentKind, str],
    *,
    seen: Mapping[AssignmentKind, str],
    by: int,
    now: datetime,
) -> int:
    """Set who is assigned to a place and return how many assignments changed.

    Shape: `wanted` and `seen` map kinds to public ids, empty for nobody; `seen` is what the page
    showed. A change ends the old assignment today and begins a new one.
    Raises: RefusedError(AssignRefusal), where somebody else changed the same meanwhile too.
    """
    lock_row(session, place)
    if place.state in CLOSED:
        raise RefusedError(AssignRefusal.PLACE_CLOSED)
    wishes = _wishes(session, place.id, wanted, seen)
    people = _people(session, place, {public_id for public_id in wishes.values() if public_id})
    current = _current(session, place.id)
    after = {kind: row.person_id for kind, row in current.items()}
    after |= {kind: people[key].id if key else 0 for kind, key in wishes.items()}
    for kind in wishes:
        _refuse(session, place, kind, after, now)
    _write(session, place, current, {kind: after[kind] for kind in wishes}, by, now)
    return len(wishes)


def _wishes(
    session: Session,
    enrolment_id: int,
    wanted: Mapping[AssignmentKind, str],
    seen: Mapping[AssignmentKind, str],
) -> dict[AssignmentKind, str]:
    """Return what the asker changed; what somebody else changed meanwhile is not written over."""
    now = {kind: beside.public_id for kind, beside in people_beside(session, enrolment_id).items()}
    wishes: dict[AssignmentKind, str] = {}
    for kind, public_id in wanted.items():
        present, shown = now.get(kind, ""), seen.get(kind, "")
        if public_id in (present, shown):
            continue
        if present != shown:
            raise RefusedError(AssignRefusal.CHANGED_MEANWHILE)
        wishes[kind] = public_id
    return wishes


def _people(session: Session, place: Enrolment, public_ids: set[str]) -> dict[str, Person]:
    home = select(Cohort.organisation_id).where(Cohort.id == place.cohort_id).scalar_subquery()
    query = select(Person).where(
        Person.public_id.in_(public_ids), Person.organisation_id == home, Person.closed_at.is_(None)
    )
    found = {person.public_id: person for person in session.scalars(query)}
    if set(found) != public_ids:
        raise RefusedError(AssignRefusal.NOT_HOLDER)
    return found


def _current(session: Session, enrolment_id: int) -> dict[AssignmentKind, Assignment]:
    query = select(Assignment).where(
        Assignment.enrolment_id == enrolment_id, Assignment.until_on.is_(None)
    )
    return {AssignmentKind(row.kind): row for row in session.scalars(query)}


def _refuse(
    session: Session,
    place: Enrolment,
    kind: AssignmentKind,
    after: Mapping[AssignmentKind, int],
    now: datetime,
) -> None:
    if not after[kind]:
        return
    other = OTHER_TRAINER.get(kind)
    refusal = refusal_to_assign(
        kind=kind,
        person_id=after[kind],
        trainee_id=place.person_id,
        roles=roles_of(session, after[kind], now.date()),
        other_trainer_id=after.get(other) if other else None,
    )
    if refusal:
        raise RefusedError(refusal)


def _write(
    session: Session,
    place: Enrolment,
    current: Mapping[AssignmentKind, Assignment],
    changes: Mapping[AssignmentKind, int],
    by: int,
    now: datetime,
) -> None:
    """End what was and begin what comes; the unique key on open assignments settles a race."""
    cohort = session.get_one(Cohort, place.cohort_id)
    on = today_in(cohort.zone, now)
    for kind in changes:
        if kind in current:
            current[kind].until_on = on
    session.flush()
    new = [
        Assignment(
            enrolment_id=place.id,
            person_id=person_id,
            kind=kind.value,
            from_on=on,
            assigned_by=by,
            recorded_at=now,
        )
        for kind, person_id in changes.items()
        if person_id
    ]
    try:
        with session.begin_nested():
            session.add_all(new)
    except IntegrityError as clash:
        raise RefusedError(AssignRefusal.CHANGED_MEANWHILE) from clash
    for kind, person_id in changes.items():
        record_act(
            session,
            "assigned" if person_id else "assignment-ended",
            now=now,
            chain=cohort.organisation_id,
            actor_id=by,
            about_id=place.person_id,
            subject=f"enrolment:{place.public_id}",
            kind=kind.value,
            person=person_id or None,
        )
