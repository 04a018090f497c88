"""The cast: one organisation, everybody in it by what they are, and builders for the rest."""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.content.library import load_library
from lms.models import (
    Address,
    Assignment,
    Cohort,
    ContentVersion,
    Enrolment,
    Organisation,
    Person,
    RoleGrant,
    Signin,
)
from lms.services.signin import token_hash

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 2)
PASSWORD = "four quiet green hills"


@dataclass
class Cast:
    """Everybody a test may need, by name."""

    organisation: Organisation
    elsewhere: Organisation
    cohort: Cohort
    enrolment: Enrolment
    people: dict[str, Person]

    def __getattr__(self, name: str) -> Person:
        try:
            return self.people[name]
        except KeyError as missing:
            raise AttributeError(name) from missing


def make_person(session: Session, name: str, organisation: Organisation) -> Person:
    """Make a person with one confirmed address."""
    person = Person(
        organisation_id=organisation.id,
        chosen_name=name.replace("_", " ").title(),
        password_hash="never used",
        created_at=NOW,
    )
    session.add(person)
    session.flush()
    written = f"{name}-{organisation.id}@example.org"
    session.add(
        Address(person_id=person.id, rank=1, written=written, normalised=written, confirmed_at=NOW)
    )
    return person


def make_organisation(session: Session, name: str) -> Organisation:
    """Make an organisation with a contact on duty."""
    found = Organisation(
        name=name,
        zone="America/New_York",
        duty_name="Rosa",
        duty_reach="+1 555 0100",
        duty_hours="every day, 8 to 20",
        duty_emergency="Call the emergency number where you are.",
        created_at=NOW,
    )
    session.add(found)
    session.flush()
    return found


def grant(session: Session, person: Person, role: str) -> None:
    """Give a person a role."""
    session.add(
        RoleGrant(
            person_id=person.id,
            organisation_id=person.organisation_id,
            role=role,
            from_on=date(2026, 1, 1),
            granted_at=NOW,
        )
    )


def make_cohort(session: Session, organisation: Organisation, programme: ContentVersion) -> Cohort:
    """Make a cohort of a programme version."""
    cohort = Cohort(
        organisation_id=organisation.id,
        programme_version_id=programme.id,
        name="Autumn group",
        zone=organisation.zone,
        starts_on=date(2026, 9, 1),
        created_at=NOW,
    )
    session.add(cohort)
    session.flush()
    return cohort


def make_enrolment(session: Session, person: Person, cohort: Cohort) -> Enrolment:
    """Give a person a place in a cohort."""
    place = Enrolment(
        person_id=person.id,
        cohort_id=cohort.id,
        programme_version_id=cohort.programme_version_id,
        state="active",
        happened_on=date(2026, 9, 1),
        recorded_at=NOW,
    )
    session.add(place)
    session.flush()
    return place


def assign(session: Session, enrolment: Enrolment, person: Person, kind: str) -> None:
    """Make somebody a trainee's trainer, second trainer or supervisor."""
    session.add(
        Assignment(
            enrolment_id=enrolment.id,
            person_id=person.id,
            kind=kind,
            from_on=date(2026, 9, 1),
            recorded_at=NOW,
        )
    )


def sign_in_token(session: Session, person: Person, now: datetime) -> str:
    """Open a sign-in for a person and return its token."""
    token = secrets.token_urlsafe(24)
    session.add(
        Signin(
            person_id=person.id,
            token_hash=token_hash(token),
            device="test",
            started_on=now.date(),
            last_used_at=now,
        )
    )
    session.flush()
    return token


_LIBRARY: Any = None


def library() -> Any:
    """Return the project's own content, loaded once."""
    global _LIBRARY
    if _LIBRARY is None:
        from lms.content.bundled import bundled

        _LIBRARY = load_library(bundled("modules").parent)
    return _LIBRARY


def publish_all(session: Session) -> None:
    """Publish the project's own content, unless the test's database came with it."""
    from lms.services.publishing import publish_library

    if session.scalar(select(ContentVersion.id).limit(1)) is not None:
        return
    publish_library(session, library(), by=None, now=NOW)
    session.flush()


def programme_version(session: Session) -> ContentVersion:
    """Return the published demo programme."""
    from lms.services.publishing import current_version

    return current_version(session, "programme", "peer-support-demo")


def make_cast(session: Session) -> Cast:
    """Make everybody."""
    publish_all(session)
    home = make_organisation(session, "Riverside Peers")
    elsewhere = make_organisation(session, "Hilltop House")
    names = ("trainee", "classmate", "trainer", "second_trainer", "supervisor", "coordinator")
    people = {name: make_person(session, name, home) for name in names}
    people["outsider"] = make_person(session, "outsider", elsewhere)
    for name, role in (
        ("trainer", "trainer"),
        ("second_trainer", "trainer"),
        ("supervisor", "supervisor"),
        ("coordinator", "coordinator"),
        ("outsider", "coordinator"),
    ):
        grant(session, people[name], role)
    cohort = make_cohort(session, home, programme_version(session))
    place = make_enrolment(session, people["trainee"], cohort)
    make_enrolment(session, people["classmate"], cohort)
    assign(session, place, people["trainer"], "trainer")
    assign(session, place, people["second_trainer"], "second-trainer")
    assign(session, place, people["supervisor"], "supervisor")
    session.flush()
    return Cast(home, elsewhere, cohort, place, people)


def as_json(value: Any) -> str:
    """Return compact JSON for a column."""
    return json.dumps(value, sort_keys=True)
