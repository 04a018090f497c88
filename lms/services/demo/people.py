"""The demo's invented organisation and people; every figure in it is made up and says so."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lms.models import Assignment, Cohort, Enrolment, Organisation, Person
from lms.rules.people import TRAINEE
from lms.rules.roles import Role
from lms.services.demo.gatherings import hold_gatherings
from lms.services.demo.progress import Team, Walk, walk_halfway, walk_to_the_end
from lms.services.people import Offer, claim_invitation, let_in, make_organisation, today_in
from lms.services.practice import get_place
from lms.services.publishing import current_version
from lms.services.signin import hash_password

PROGRAMME = "peer-support-demo"
ZONE = "America/New_York"
STAFF = (
    ("coordinator", Role.COORDINATOR, "Ines"),
    ("second coordinator", Role.COORDINATOR, "Marek"),
    ("trainer", Role.TRAINER, "Wanjiru"),
    ("second trainer", Role.TRAINER, "Dolores"),
    ("supervisor", Role.SUPERVISOR, "Yusuf"),
    ("administrator", Role.ADMINISTRATOR, "Kim"),
    ("author", Role.AUTHOR, "Hanna"),
)
TRAINEES = ("Amina", "Noor", "Tomás", "Grace")


def seed_demo(session: Session, *, now: datetime) -> list[dict[str, str]]:
    """Make the demo's people and return their sign-ins, one a role first.

    Shape: dicts of role, name, address, password. Passwords are random per installation.
    """
    home = _organisation(session, now)
    told: list[dict[str, str]] = []
    staff = {
        label: _person(session, home, name, role.value, label, told, now)
        for label, role, name in STAFF
    }
    cohort = _cohort(session, home, now)
    team = Team(staff["trainer"], staff["supervisor"], staff["coordinator"])
    walks = {}
    for name in TRAINEES:
        person = _person(session, home, name, TRAINEE, "trainee", told, now, cohort)
        place = _assign(session, person, staff, now)
        if name != "Noor":
            place.recorded_at = now - timedelta(days=60)
        walks[name] = Walk(session, place, team, now)
        _walk(name, walks[name])
    places = {name: walk.place for name, walk in walks.items()}
    hold_gatherings(session, cohort, places, staff["trainer"], now=now)
    walks["Grace"].certify()
    order = {
        "trainee": 0,
        "trainer": 1,
        "supervisor": 2,
        "coordinator": 3,
        "administrator": 4,
        "author": 5,
    }
    return sorted(told, key=lambda row: order.get(row["role"], 9))


def _walk(name: str, walk: Walk) -> None:
    """Noor has just joined, Amina is halfway, Tomás and Grace have met everything."""
    if name == "Amina":
        walk_halfway(walk)
    elif name in {"Tomás", "Grace"}:
        walk_to_the_end(walk)


def _organisation(session: Session, now: datetime) -> Organisation:
    home = make_organisation(
        session, name="Riverside Peers (demo)", zone=ZONE, language="en", now=now
    )
    home.duty_name = "Rosa (invented)"
    home.duty_reach = "demo desk, extension 12"
    home.duty_hours = "Every day from 8 to 20. This is a demo: nobody answers."
    home.assistance = (
        "Harbour Listening (invented): a talk of an hour with a counsellor, in confidence and "
        "free, up to six times a year. Ask for “a talk for helpers”. They tell nobody here."
    )
    home.duty_emergency = "In real danger, call the emergency number where you are."
    home.pack = "demo"
    return home


def _person(
    session: Session,
    home: Organisation,
    name: str,
    role: str,
    label: str,
    told: list[dict[str, str]],
    now: datetime,
    cohort: Cohort | None = None,
) -> Person:
    word = name.lower().replace("á", "a")
    address = f"{word}@riverside.example"
    password = secrets.token_urlsafe(15)
    offer = Offer(address, name, role, cohort)
    _, token = let_in(session, home, offer, invited_by=None, now=now)
    person = claim_invitation(
        session, token, chosen_name=name, hashed=hash_password(password), now=now
    )
    told.append({"role": label, "name": name, "address": address, "password": password})
    return person


def _cohort(session: Session, home: Organisation, now: datetime) -> Cohort:
    cohort = Cohort(
        organisation_id=home.id,
        programme_version_id=current_version(session, "programme", PROGRAMME).id,
        name="Autumn group",
        zone=ZONE,
        starts_on=today_in(ZONE, now) - timedelta(days=60),
        created_at=now,
    )
    session.add(cohort)
    session.flush()
    return cohort


def _assign(session: Session, person: Person, staff: dict[str, Person], now: datetime) -> Enrolment:
    place = get_place(session, person.id)
    place.happened_on = today_in(ZONE, now) - timedelta(days=60)
    place.state = "active"
    kinds = (
        ("trainer", "trainer"),
        ("second-trainer", "second trainer"),
        ("supervisor", "supervisor"),
    )
    for kind, label in kinds:
        session.add(
            Assignment(
                enrolment_id=place.id,
                person_id=staff[label].id,
                kind=kind,
                from_on=today_in(ZONE, now),
                recorded_at=now,
            )
        )
    session.flush()
    return session.scalars(
        select(Enrolment)
        .where(Enrolment.id == place.id)
        .options(
            joinedload(Enrolment.person),
            joinedload(Enrolment.cohort),
            joinedload(Enrolment.programme_version),
        )
        .execution_options(populate_existing=True)
    ).one()
