"""Turning an invitation into an account, and giving it its role or place."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.models import Address, Cohort, Enrolment, Invitation, Organisation, Person
from lms.rules.people import TRAINEE, EntryRefusal
from lms.rules.roles import Role
from lms.rules.signin import LinkRefusal, normalised_address, refusal_of_link
from lms.services.audit import record_act
from lms.services.errors import RefusedError
from lms.services.gates import list_waiting
from lms.services.people.organisations import today_in
from lms.services.people.roles import grant_role
from lms.services.signin import token_hash


def get_invitation(session: Session, token: str, *, now: datetime) -> Invitation:
    """Return an invitation that still works, locked for the transaction.

    Raises: RefusedError(LinkRefusal).
    """
    query = select(Invitation).where(Invitation.token_hash == token_hash(token))
    invitation = session.scalars(query.with_for_update()).one_or_none()
    if invitation is None:
        raise RefusedError(LinkRefusal.UNKNOWN)
    refusal = refusal_of_link(
        expires_at=invitation.expires_at,
        used_at=invitation.claimed_at,
        withdrawn_at=invitation.withdrawn_at,
        now=now,
    )
    if refusal:
        raise RefusedError(refusal)
    return invitation


def claim_invitation(
    session: Session, token: str, *, chosen_name: str, hashed: str, now: datetime
) -> Person:
    """Turn an invitation into an account, once.

    Shape: `hashed` is the password's hash, made outside the transaction.
    Edge:  where lessons of the cohort wait to be signed meanwhile, the account is made without a
           place: a coordinator admits the person later.
    Raises: RefusedError(LinkRefusal or EntryRefusal).
    """
    invitation = get_invitation(session, token, now=now)
    organisation = session.get_one(Organisation, invitation.organisation_id)
    person = Person(
        organisation_id=organisation.id,
        chosen_name=chosen_name,
        password_hash=hashed,
        language=organisation.language,
        created_at=now,
    )
    session.add(person)
    session.flush()
    _claim_address(session, person, invitation.written, now)
    invitation.claimed_at, invitation.claimed_by = now, person.id
    _give_place(session, person, invitation, now)
    record_act(
        session,
        "invitation-claimed",
        now=now,
        chain=organisation.id,
        actor_id=person.id,
        about_id=person.id,
        subject=f"invitation:{invitation.public_id}",
    )
    return person


def _claim_address(session: Session, person: Person, written: str, now: datetime) -> None:
    row = Address(
        person_id=person.id,
        rank=1,
        written=written,
        normalised=normalised_address(written),
        confirmed_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as clash:
        raise RefusedError(EntryRefusal.ADDRESS_TAKEN) from clash


def _give_place(session: Session, person: Person, invitation: Invitation, now: datetime) -> None:
    by = invitation.invited_by
    if invitation.role != TRAINEE:
        # a role starts on the UTC day, as the guard reads it: it must not wait for a time zone
        grant_role(session, person, Role(invitation.role), by=by, on=now.date(), now=now)
    elif invitation.cohort_id is not None:
        cohort = session.get_one(Cohort, invitation.cohort_id)
        if list_waiting(session, cohort):
            return
        enrol(session, person, cohort, by=by, on=today_in(cohort.zone, now), now=now)


def enrol(
    session: Session, person: Person, cohort: Cohort, *, by: int | None, on: date, now: datetime
) -> Enrolment:
    """Admit a person to a cohort, pinned to its programme version.

    Edge: a second admission to the same cohort returns the place that is there. Whether the cohort
          takes anybody now (`refuse_unsigned`) is asked before.
    """
    query = select(Enrolment).where(
        Enrolment.person_id == person.id, Enrolment.cohort_id == cohort.id
    )
    found = session.scalars(query).one_or_none()
    if found is not None:
        return found
    place = Enrolment(
        person_id=person.id,
        cohort_id=cohort.id,
        programme_version_id=cohort.programme_version_id,
        state="admitted",
        happened_on=on,
        recorded_at=now,
    )
    session.add(place)
    session.flush()
    record_act(
        session,
        "admitted",
        now=now,
        chain=person.organisation_id,
        actor_id=by,
        about_id=person.id,
        subject=f"enrolment:{place.public_id}",
    )
    return place
