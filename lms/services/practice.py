"""Whose place it is, and whether practice is open for it."""

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session, joinedload

from lms.models import (
    Cohort,
    ContentVersion,
    Enrolment,
    Invitation,
    Organisation,
    Person,
    Signature,
)
from lms.rules.cohorts import EnrolmentState, PracticeHold, hold_on_practice
from lms.rules.people import TRAINEE
from lms.services.errors import MissingError, RefusedError


def find_place(session: Session, person_id: int) -> Enrolment | None:
    """Return a person's own place: the newest that was not withdrawn, or None."""
    return session.scalars(_PLACE, {"person": person_id}).one_or_none()


_PLACE = (
    select(Enrolment)
    .where(Enrolment.person_id == bindparam("person"), Enrolment.state != "withdrawn")
    .options(joinedload(Enrolment.cohort), joinedload(Enrolment.programme_version))
    .order_by(Enrolment.id.desc())
    .limit(1)
)


def find_awaited_cohort(session: Session, person_id: int) -> Cohort | None:
    """Return the cohort that a person without a place was invited into last, or None."""
    query = (
        select(Cohort)
        .join(Invitation, Invitation.cohort_id == Cohort.id)
        .where(Invitation.claimed_by == person_id, Invitation.role == TRAINEE)
        .options(joinedload(Cohort.programme_version))
        .order_by(Invitation.id.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def is_kept_out(session: Session, person_id: int) -> bool:
    """Say whether somebody came by invitation into a cohort and was never given a place there."""
    query = select(Invitation.id).where(
        Invitation.claimed_by == person_id,
        Invitation.role == TRAINEE,
        Invitation.cohort_id.is_not(None),
        ~exists().where(
            Enrolment.person_id == person_id, Enrolment.cohort_id == Invitation.cohort_id
        ),
    )
    return session.scalars(query.limit(1)).first() is not None


def get_place(session: Session, person_id: int) -> Enrolment:
    """Return a person's own place. Raises: MissingError."""
    found = find_place(session, person_id)
    if found is None:
        raise MissingError
    return found


def get_enrolment(session: Session, public_id: str) -> Enrolment:
    """Return a place by the id in its address. Raises: MissingError."""
    query = (
        select(Enrolment)
        .where(Enrolment.public_id == public_id)
        .options(
            joinedload(Enrolment.cohort),
            joinedload(Enrolment.person),
            joinedload(Enrolment.programme_version),
        )
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise MissingError
    return found


_NEWEST = (
    select(func.max(ContentVersion.id))
    .where(ContentVersion.kind == "agreement")
    .group_by(ContentVersion.slug)
)
_SIGNED = exists().where(
    Signature.version_id == ContentVersion.id,
    Signature.enrolment_id == bindparam("enrolment"),
    Signature.replaced_at.is_(None),
)
# what an agreement's current version lacks, and whom to turn to: asked before every practice
_HOLD = (
    select(
        exists().where(ContentVersion.id.in_(_NEWEST), ~_SIGNED).label("unsigned"),
        Organisation.duty_name,
        Organisation.duty_reach,
    )
    .join(Cohort, Cohort.organisation_id == Organisation.id)
    .where(Cohort.id == bindparam("cohort"))
)


def practice_hold(session: Session, place: Enrolment | None) -> PracticeHold | None:
    """Return what holds a person's practice, or None where it is open."""
    if place is None:
        return PracticeHold.NOT_ENROLLED
    found = session.execute(_HOLD, {"enrolment": place.id, "cohort": place.cohort_id}).one()
    return hold_on_practice(
        state=EnrolmentState(place.state),
        all_signed=not found.unsigned,
        has_contact=bool(found.duty_name and found.duty_reach),
    )


def refuse_held_practice(session: Session, place: Enrolment | None) -> None:
    """Raise RefusedError(PracticeHold) where practice is held."""
    hold = practice_hold(session, place)
    if hold:
        raise RefusedError(hold)


def zone_of(place: Enrolment) -> str:
    """Return the zone that a place's dates are in: the cohort's, copied from its programme."""
    return place.cohort.zone


def name_of(session: Session, person_id: int) -> str:
    """Return the name a person is called by."""
    return session.scalars(select(Person.chosen_name).where(Person.id == person_id)).one()


def get_cohort(session: Session, public_id: str) -> Cohort:
    """Return a cohort by the id in its address. Raises: MissingError."""
    found = session.scalars(select(Cohort).where(Cohort.public_id == public_id)).one_or_none()
    if found is None:
        raise MissingError
    return found
