"""Lists of people and what a person's page says, each in a fixed number of queries."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.models import Address, Assignment, Cohort, ContentVersion, Enrolment, Person, RoleGrant
from lms.rules.people import folded
from lms.rules.roles import Role
from lms.services.errors import MissingError

PAGE = 100


class PersonRow(NamedTuple):
    """One line of the list of people; `cohort` and `state` are empty without a place."""

    public_id: str
    name: str
    roles: tuple[Role, ...]
    cohort_id: str
    cohort: str
    state: str


class PeoplePage(NamedTuple):
    """A page of the list. Shape: `total` people fit the search, on `pages` pages from 1."""

    rows: list[PersonRow]
    total: int
    page: int
    pages: int


def get_person(session: Session, public_id: str) -> Person:
    """Return a person by the id in their address."""
    found = session.scalars(select(Person).where(Person.public_id == public_id)).one_or_none()
    if found is None:
        raise MissingError
    return found


def count_people(session: Session, organisation_id: int) -> int:
    """Return how many people have an account in an organisation."""
    query = select(func.count()).where(
        Person.organisation_id == organisation_id, Person.closed_at.is_(None)
    )
    return session.execute(query).scalar_one()


def list_people(
    session: Session,
    organisation_id: int,
    *,
    search: str = "",
    page: int = 1,
    size: int = PAGE,
    now: datetime,
) -> PeoplePage:
    """Return a page of an organisation's people by name, in three queries whatever their number.

    Edge: `search` is a part of a name, capitals and accents aside; a page past the end is the last.
    """
    people = _names(session, organisation_id, folded(search.strip()))
    pages = max(1, -(-len(people) // size))
    page = min(max(page, 1), pages)
    shown = people[(page - 1) * size : page * size]
    roles = roles_in(session, organisation_id, now)
    places = _places(session, [person_id for _, person_id, _, _ in shown])
    none: tuple[Role, ...] = ()
    rows = [
        PersonRow(public_id, name, roles.get(person_id, none), *places.get(person_id, ("", "", "")))
        for _, person_id, public_id, name in shown
    ]
    return PeoplePage(rows, len(people), page, pages)


def _names(session: Session, organisation_id: int, part: str) -> list[tuple[str, int, str, str]]:
    query = select(Person.id, Person.public_id, Person.chosen_name).where(
        Person.organisation_id == organisation_id, Person.closed_at.is_(None)
    )
    found = [
        (folded(name), key, public_id, name) for key, public_id, name in session.execute(query)
    ]
    return sorted(row for row in found if part in row[0])


def roles_in(session: Session, organisation_id: int, now: datetime) -> dict[int, tuple[Role, ...]]:
    """Return the roles held in an organisation now, by the id of the person."""
    query = select(RoleGrant.person_id, RoleGrant.role).where(
        RoleGrant.organisation_id == organisation_id,
        RoleGrant.from_on <= now.date(),
        or_(RoleGrant.until_on.is_(None), RoleGrant.until_on > now.date()),
    )
    held: dict[int, set[str]] = {}
    for person_id, role in session.execute(query):
        held.setdefault(person_id, set()).add(role)
    return {key: tuple(r for r in Role if r.value in names) for key, names in held.items()}


def _places(session: Session, ids: list[int]) -> dict[int, tuple[str, str, str]]:
    query = (
        select(Enrolment.person_id, Cohort.public_id, Cohort.name, Enrolment.state)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Enrolment.person_id.in_(ids))
        .order_by(Enrolment.state == "withdrawn", Enrolment.id.desc())
    )
    found: dict[int, tuple[str, str, str]] = {}
    for person_id, cohort_id, cohort, state in session.execute(query):
        found.setdefault(person_id, (cohort_id, cohort, state))
    return found


class Contact(NamedTuple):
    """How somebody is reached: the address that letters go to."""

    address: str
    certificate_name: str


def contact_of(session: Session, person: Person) -> Contact:
    """Return a person's first address and certificate name; who may read which is not asked here.

    Edge: a second address is for getting back in and is shown to nobody else.
    """
    query = select(Address.written).where(Address.person_id == person.id, Address.rank == 1)
    return Contact(session.scalars(query).one_or_none() or "", person.certificate_name)


class PersonPlace(NamedTuple):
    """One place of a person with the people assigned to it, by kind of assignment."""

    public_id: str
    cohort_id: str
    cohort: str
    programme: str
    state: str
    since: date
    assigned: dict[str, str]


def list_places_of(session: Session, person_id: int) -> list[PersonPlace]:
    """Return a person's places, the newest first, each with who is assigned to it now."""
    query = (
        select(
            Enrolment.id,
            Enrolment.public_id,
            Cohort.public_id,
            Cohort.name,
            ContentVersion.title,
            Enrolment.state,
            Enrolment.happened_on,
        )
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(ContentVersion, ContentVersion.id == Enrolment.programme_version_id)
        .where(Enrolment.person_id == person_id)
        .order_by(Enrolment.id.desc())
    )
    assigned = _assigned_to(session, person_id)
    return [PersonPlace(*row[1:], assigned.get(row[0], {})) for row in session.execute(query)]


def _assigned_to(session: Session, person_id: int) -> dict[int, dict[str, str]]:
    query = (
        select(Assignment.enrolment_id, Assignment.kind, Person.chosen_name)
        .join(Person, Person.id == Assignment.person_id)
        .join(Enrolment, Enrolment.id == Assignment.enrolment_id)
        .where(Enrolment.person_id == person_id, Assignment.until_on.is_(None))
    )
    found: dict[int, dict[str, str]] = {}
    for enrolment_id, kind, name in session.execute(query):
        found.setdefault(enrolment_id, {})[kind] = name
    return found


class Trainee(NamedTuple):
    """Somebody that a trainer or supervisor is assigned to."""

    person_id: str
    name: str
    cohort: str
    kind: str
    since: date


def list_trainees_of(session: Session, person_id: int) -> list[Trainee]:
    """Return whom a person is assigned to now, by name."""
    trainee = aliased(Person)
    query = (
        select(
            trainee.public_id,
            trainee.chosen_name,
            Cohort.name,
            Assignment.kind,
            Assignment.from_on,
        )
        .join(Enrolment, Enrolment.id == Assignment.enrolment_id)
        .join(trainee, trainee.id == Enrolment.person_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(
            Assignment.person_id == person_id,
            Assignment.until_on.is_(None),
            Enrolment.state != "withdrawn",
        )
        .order_by(trainee.chosen_name, Assignment.kind)
    )
    return [Trainee(*row) for row in session.execute(query)]
