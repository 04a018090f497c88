"""A record that meets every requirement of the demonstration programme, and its certificate."""

import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.models import (
    Attestation,
    Certificate,
    Completion,
    Confirmation,
    Enrolment,
    HoursEntry,
    Person,
    ReadinessDecision,
    Signature,
    Waiver,
)
from lms.services.certificates import issue_certificate, renew_certificate
from lms.services.facts import add_fact
from lms.services.publishing import current_version
from lms.services.roleplays import release_performance
from tests.cast import NOW, TODAY, Cast, assign, grant, make_person
from tests.playing import make_performance, mark

ALL_BUT_TWO_HOURS = 480


def meet_all(
    session: Session,
    cast: Cast,
    *,
    marker: Person | None = None,
    confirmer: Person | None = None,
    minutes: int = 600,
) -> None:
    """Let the cast's trainee meet every requirement; `minutes` of one-to-one supervision."""
    place = cast.enrolment
    for module in ("boundaries", "trauma-responsive-practice", "safety-planning"):
        complete(session, place, module)
    waive(session, cast, "hand-off-module")
    waive(session, cast, "readiness-assessment")
    attest(session, place)
    for number, scenario in enumerate(("until-friday", "tonight")):
        found = make_performance(
            session, cast, scenario=scenario, marker=marker, op_id=f"met-{number}"
        )
        mark(session, found)
        release_performance(session, found.marker_id, found, now=NOW)
    for part in (minutes // 2, minutes - minutes // 2):
        confirm(session, place, confirmer or cast.supervisor, part)
    decide(session, cast)


def complete(session: Session, place: Enrolment, module: str) -> None:
    """Let a module be completed in its current version."""
    version = current_version(session, "module", module)
    add_fact(
        session,
        Completion(
            **fact(place),
            module=module,
            version_id=version.id,
            version_number=version.number,
            lesson_versions="{}",
        ),
    )


def fact(place: Enrolment, on: date = TODAY) -> dict[str, Any]:
    """Return what every fact carries."""
    return {"enrolment_id": place.id, "happened_on": on, "recorded_at": NOW}


def waive(session: Session, cast: Cast, requirement: str) -> None:
    """Set a requirement aside; the reason is not looked at here."""
    add_fact(
        session,
        Waiver(
            **fact(cast.enrolment),
            requirement=requirement,
            capacity="coordinator",
            waived_by=cast.coordinator.id,
            reason=b"sealed",
        ),
    )


def attest(session: Session, place: Enrolment) -> None:
    """Say that lived experience is there."""
    add_fact(
        session,
        Attestation(
            **fact(place), what="lived-experience", capacity="self", attested_by=place.person_id
        ),
    )


def confirm(session: Session, place: Enrolment, by: Person, minutes: int) -> HoursEntry:
    """Log and confirm one-to-one supervision."""
    entry = HoursEntry(
        **fact(place),
        ledger="supervision",
        kind="individual",
        minutes=minutes,
        medium="video",
        supervisor_id=by.id,
        state="confirmed",
        op_id=secrets.token_hex(8),
    )
    add_fact(session, entry)
    session.add(
        Confirmation(entry_id=entry.id, confirmed_by=by.id, confirmed_at=NOW, content_hash="0" * 64)
    )
    session.flush()
    return entry


def decide(session: Session, cast: Cast) -> None:
    """Record the decision that the trainee is ready."""
    add_fact(
        session,
        ReadinessDecision(
            **fact(cast.enrolment),
            what="readiness",
            outcome="ready",
            reasons=b"sealed",
            capacity="coordinator",
            decided_by=cast.coordinator.id,
            op_id=secrets.token_hex(8),
        ),
    )


def second_coordinator(session: Session, cast: Cast) -> Person:
    """Give the organisation another coordinator."""
    person = make_person(session, "second_coordinator", cast.organisation)
    grant(session, person, "coordinator")
    cast.people["second_coordinator"] = person
    session.flush()
    return person


def give_place(session: Session, cast: Cast, name: str) -> Enrolment:
    """Give a further trainee a place with the same trainer and supervisor."""
    person = make_person(session, name, cast.organisation)
    place = Enrolment(
        person_id=person.id,
        cohort_id=cast.cohort.id,
        programme_version_id=cast.cohort.programme_version_id,
        state="active",
        happened_on=date(2026, 9, 1),
        recorded_at=NOW,
    )
    session.add(place)
    session.flush()
    assign(session, place, cast.trainer, "trainer")
    assign(session, place, cast.supervisor, "supervisor")
    session.flush()
    return place


def issue(session: Session, cast: Cast, **what_matters: Any) -> Certificate:
    """Issue the trainee's certificate as the coordinator."""
    person = session.get_one(Person, cast.enrolment.person_id)
    given = {
        "by": cast.coordinator.id,
        "name_read": person.certificate_name or person.chosen_name,
        "op_id": secrets.token_hex(8),
        "now": NOW,
        **what_matters,
    }
    found = issue_certificate(session, cast.enrolment, **given)
    session.flush()
    return found


def meet_renewal(session: Session, cast: Cast, *, now: datetime = NOW, minutes: int = 360) -> None:
    """Let the trainee meet what the demonstration asks for at renewal, on the day of `now`."""
    place, on = cast.enrolment, now.date()
    version = current_version(
        session, "agreement", "confidentiality"
    )  # any text but the one signed
    add_fact(
        session,
        Signature(
            enrolment_id=place.id,
            happened_on=on,
            recorded_at=now,
            person_id=place.person_id,
            agreement="code-of-ethics",
            version_id=version.id,
            version_number=version.number + 1,
            text_hash=version.hash,
            name_typed="Trainee",
        ),
    )
    entry = confirm(session, place, cast.supervisor, minutes)
    entry.happened_on, entry.recorded_at = on, now
    session.flush()


def renew(session: Session, cast: Cast, certificate: Certificate, **what_matters: Any) -> Any:
    """Renew a certificate as the coordinator."""
    person = session.get_one(Person, cast.enrolment.person_id)
    given = {
        "by": cast.coordinator.id,
        "name_read": person.certificate_name or person.chosen_name,
        "op_id": secrets.token_hex(8),
        "now": NOW,
        **what_matters,
    }
    return renew_certificate(session, certificate, **given)
