"""Role-plays for the tests: agreements signed, a booking, marks, a submitted marking."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from lms.models import Enrolment, Performance, Person, Signature
from lms.rules.roleplays import Scenario
from lms.services.publishing import definition_of, list_current_versions
from lms.services.roleplays import (
    Booking,
    book_performance,
    get_scenario,
    save_marks,
    submit_marking,
)
from tests.cast import NOW, TODAY, Cast

SCENARIO = "until-friday"


def sign_all(session: Session, place: Enrolment) -> None:
    """Sign every agreement for a place, so that practice is open."""
    for version in list_current_versions(session, "agreement"):
        session.add(
            Signature(
                enrolment_id=place.id,
                happened_on=TODAY,
                recorded_at=NOW,
                person_id=place.person_id,
                agreement=version.slug,
                version_id=version.id,
                version_number=version.number,
                text_hash=version.hash,
                name_typed="Trainee",
            )
        )
    session.flush()


def make_performance(
    session: Session,
    cast: Cast,
    *,
    scenario: str = SCENARIO,
    on: date = TODAY,
    marker: Person | None = None,
    op_id: str = "",
) -> Performance:
    """Book a role-play for the cast's trainee, to be marked by the trainer."""
    sign_all_once(session, cast.enrolment)
    booking = Booking(scenario, "in-person", on, (marker or cast.trainer).id)
    key = op_id or f"{scenario}-{on}-{NOW.timestamp()}"
    found = book_performance(
        session, cast.coordinator.id, cast.enrolment, booking, op_id=key, now=NOW
    )
    session.flush()
    return found


def sign_all_once(session: Session, place: Enrolment) -> None:
    """Sign every agreement unless this was done before."""
    if not session.query(Signature).filter_by(enrolment_id=place.id).first():
        sign_all(session, place)


def scenario_of(session: Session, slug: str = SCENARIO) -> Scenario:
    """Return a published scenario."""
    found: Scenario = definition_of(session, get_scenario(session, slug))
    return found


def body_of(scenario: Scenario, level: int = 2, **changes: Any) -> dict[str, str]:
    """Return what a marker's form sends: every criterion at one level, both texts written."""
    body = {f"level-{criterion.id}": str(level) for criterion in scenario.criteria}
    body |= {"went_well": "You stayed calm.", "next_step": "Say no in the first sentence."}
    return body | {name.replace("_k", "-k"): str(value) for name, value in changes.items()}


def mark(session: Session, performance: Performance, level: int = 2, **changes: Any) -> Performance:
    """Save and submit marks as the performance's marker."""
    body = body_of(scenario_of(session, performance.scenario), level, **changes)
    actor = performance.marker_id
    version = save_marks(session, actor, performance, body, base_version=0, now=NOW)
    submit_marking(session, actor, performance, version=version, now=NOW)
    return performance
