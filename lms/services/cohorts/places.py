"""Places in a cohort: who has one, who may have one, and how it moves."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from lms.db import lock_row
from lms.models import (
    Assignment,
    Cohort,
    Enrolment,
    Invitation,
    Person,
)
from lms.rules.cohorts import (
    OPEN_STATES,
    AdmitRefusal,
    EnrolmentState,
    refusal_to_admit,
    refusal_to_office_move,
)
from lms.rules.people import TRAINEE, folded
from lms.rules.roles import Role
from lms.services.audit import record_act
from lms.services.errors import RefusedError
from lms.services.facts import touch_record
from lms.services.gates import refuse_unsigned
from lms.services.people import enrol, roles_in, today_in


class PlaceRow(NamedTuple):
    """One person of a cohort, with the names of those assigned by kind of assignment."""

    public_id: str
    person_id: str
    name: str
    state: EnrolmentState
    assigned: Mapping[str, str]


def list_places(session: Session, cohort_id: int) -> list[PlaceRow]:
    """Return a cohort's people by name, withdrawn places last, in two queries."""
    query = (
        select(
            Enrolment.id,
            Enrolment.public_id,
            Person.public_id,
            Person.chosen_name,
            Enrolment.state,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.cohort_id == cohort_id)
    )
    beside = _assigned_names(session, cohort_id)
    rows = [
        PlaceRow(row[1], row[2], row[3], EnrolmentState(row[4]), beside.get(row[0], {}))
        for row in session.execute(query)
    ]
    return sorted(
        rows, key=lambda r: (r.state is EnrolmentState.WITHDRAWN, folded(r.name), r.public_id)
    )


def _assigned_names(session: Session, cohort_id: int) -> dict[int, dict[str, str]]:
    query = (
        select(Assignment.enrolment_id, Assignment.kind, Person.chosen_name)
        .join(Person, Person.id == Assignment.person_id)
        .join(Enrolment, Enrolment.id == Assignment.enrolment_id)
        .where(Enrolment.cohort_id == cohort_id, Assignment.until_on.is_(None))
    )
    found: dict[int, dict[str, str]] = {}
    for enrolment_id, kind, name in session.execute(query):
        found.setdefault(enrolment_id, {})[kind] = name
    return found


def count_invited(session: Session, cohort_id: int, now: datetime) -> int:
    """Return how many open invitations lead into a cohort."""
    query = select(func.count()).where(
        Invitation.cohort_id == cohort_id,
        Invitation.claimed_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > now,
    )
    return session.execute(query).scalar_one()


class KeptOut(NamedTuple):
    """Somebody who took up an invitation into a cohort and got no place, and when."""

    public_id: str
    name: str
    since: datetime


def list_kept_out(session: Session, cohort: Cohort) -> list[KeptOut]:
    """Return who came by invitation while a gate of the cohort was closed, the first come first.

    Edge: whoever has got a place meanwhile, here or elsewhere, waits no more.
    """
    came = func.min(Invitation.claimed_at)
    query = (
        select(Person.public_id, Person.chosen_name, came)
        .join(Invitation, Invitation.claimed_by == Person.id)
        .where(
            Invitation.cohort_id == cohort.id,
            Invitation.role == TRAINEE,
            Person.organisation_id == cohort.organisation_id,
            Person.closed_at.is_(None),
            Person.id.not_in(_taken_for(cohort.id)),
        )
        .group_by(Person.id, Person.public_id, Person.chosen_name)
        .order_by(came, Person.id)
    )
    rows = session.execute(query)
    return [KeptOut(public_id, name, since) for public_id, name, since in rows if since]


def count_kept_out(session: Session, organisation_id: int) -> dict[str, int]:
    """Return how many wait so for a place, by cohort; one query for all cohorts of a house."""
    placed = select(Enrolment.id).where(
        Enrolment.person_id == Person.id,
        Enrolment.state.in_(OPEN_STATES) | (Enrolment.cohort_id == Cohort.id),
    )
    query = (
        select(Cohort.public_id, func.count(Person.id.distinct()))
        .join(Invitation, Invitation.cohort_id == Cohort.id)
        .join(Person, Person.id == Invitation.claimed_by)
        .where(
            Cohort.organisation_id == organisation_id,
            Person.organisation_id == organisation_id,
            Invitation.role == TRAINEE,
            Person.closed_at.is_(None),
            ~placed.exists(),
        )
        .group_by(Cohort.public_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _taken_for(cohort_id: int) -> Select[int]:
    """Select the people who cannot be admitted to a cohort: they have, or had, a place."""
    return select(Enrolment.person_id).where(
        Enrolment.state.in_(OPEN_STATES) | (Enrolment.cohort_id == cohort_id)
    )


class Candidate(NamedTuple):
    """Somebody who could be admitted, with the roles held meanwhile."""

    public_id: str
    name: str
    roles: tuple[Role, ...]


def list_without_place(
    session: Session, cohort: Cohort, *, but: int, now: datetime
) -> list[Candidate]:
    """Return an organisation's people who could be admitted to a cohort; `but` is the asker.

    Edge: who holds a role comes last: staff may train too, but seldom do.
    """
    query = select(Person.id, Person.public_id, Person.chosen_name).where(
        Person.organisation_id == cohort.organisation_id,
        Person.closed_at.is_(None),
        Person.id != but,
        Person.id.not_in(_taken_for(cohort.id)),
    )
    roles = roles_in(session, cohort.organisation_id, now)
    none: tuple[Role, ...] = ()
    found = [
        Candidate(public_id, name, roles.get(key, none))
        for key, public_id, name in session.execute(query)
    ]
    return sorted(found, key=lambda one: (bool(one.roles), folded(one.name), one.public_id))


def admit_people(
    session: Session, cohort: Cohort, public_ids: Iterable[str], *, by: int, now: datetime
) -> int:
    """Admit people to a cohort and return how many; all of them or none.

    Edge: people are locked in the order of their ids, so that nobody gets a place twice.
    Raises: RefusedError(AdmitRefusal), UnsignedError.
    """
    wanted = set(public_ids)
    query = select(Person).where(Person.public_id.in_(wanted)).order_by(Person.id)
    people = list(session.scalars(query.with_for_update(key_share=True)))
    if not wanted:
        raise RefusedError(AdmitRefusal.NOBODY)
    if len(people) != len(wanted):
        raise RefusedError(AdmitRefusal.NOT_HERE)
    refuse_unsigned(session, cohort)
    taken = _with_place(session, cohort, [person.id for person in people])
    for person in people:
        refusal = refusal_to_admit(
            actor_id=by,
            person_id=person.id,
            at_home=person.organisation_id == cohort.organisation_id and person.closed_at is None,
            has_place=person.id in taken,
        )
        if refusal:
            raise RefusedError(refusal)
    for person in people:
        enrol(session, person, cohort, by=by, on=today_in(cohort.zone, now), now=now)
    return len(people)


def _with_place(session: Session, cohort: Cohort, ids: list[int]) -> set[int]:
    query = select(Enrolment.person_id).where(
        Enrolment.person_id.in_(ids),
        Enrolment.state.in_(OPEN_STATES) | (Enrolment.cohort_id == cohort.id),
    )
    return set(session.scalars(query))


def move_place(
    session: Session, place: Enrolment, to: EnrolmentState, *, by: int, now: datetime
) -> None:
    """Move a place to another state, as a coordinator may; withdrawing ends its assignments.

    Raises: RefusedError(StepRefusal or AdmitRefusal), UnsignedError.
    """
    lock_row(session, place)
    refusal = refusal_to_office_move(EnrolmentState(place.state), to)
    if refusal:
        raise RefusedError(refusal)
    if to is EnrolmentState.ADMITTED:
        refuse_unsigned(session, _cohort_of(session, place))
    if to in OPEN_STATES and place.state not in OPEN_STATES:
        _refuse_second_place(session, place)
    if to is EnrolmentState.WITHDRAWN:
        _end_all(session, place, now)
    set_state(session, place, to, by=by, now=now)


def _refuse_second_place(session: Session, place: Enrolment) -> None:
    person = select(Person.id).where(Person.id == place.person_id)
    session.execute(person.with_for_update(key_share=True))
    query = select(Enrolment.id).where(
        Enrolment.person_id == place.person_id,
        Enrolment.id != place.id,
        Enrolment.state.in_(OPEN_STATES),
    )
    if session.execute(query).first() is not None:
        raise RefusedError(AdmitRefusal.HAS_PLACE)


def set_state(
    session: Session, place: Enrolment, to: EnrolmentState, *, by: int, now: datetime
) -> None:
    """Write a place's new state; whether it may be is asked before, under the place's lock."""
    before, place.state = place.state, to.value
    session.flush()
    touch_record(session, place.id)
    record_act(
        session,
        "place-moved",
        now=now,
        chain=_cohort_of(session, place).organisation_id,
        actor_id=by,
        about_id=place.person_id,
        subject=f"enrolment:{place.public_id}",
        before=before,
        after=to.value,
    )


def _end_all(session: Session, place: Enrolment, now: datetime) -> None:
    query = update(Assignment).where(
        Assignment.enrolment_id == place.id, Assignment.until_on.is_(None)
    )
    session.execute(query.values(until_on=today_in(_cohort_of(session, place).zone, now)))


def _cohort_of(session: Session, place: Enrolment) -> Cohort:
    return session.get_one(Cohort, place.cohort_id)
