"""Organisations, invitations and accounts: every way in passes `let_in`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.models import Address, Cohort, Enrolment, Invitation, Organisation, Person, RoleGrant
from lms.rules.people import TRAINEE, EntryRefusal, ListRow, refusal_to_let_in, rows_of_list
from lms.rules.roles import Role
from lms.rules.signin import (
    INVITATION_DAYS,
    LinkRefusal,
    normalised_address,
    refusal_of_link,
)
from lms.services.audit import record_act
from lms.services.errors import MissingError, RefusedError
from lms.services.ground import ground_of
from lms.services.mail import queue_mail
from lms.services.signin import new_token, token_hash


@dataclass(frozen=True, slots=True)
class Offer:
    """Whom to let in, and to what. `cohort` only for a trainee."""

    address: str
    chosen_name: str
    role: str = TRAINEE
    cohort: Cohort | None = None


def make_organisation(
    session: Session, *, name: str, zone: str, language: str, now: datetime
) -> Organisation:
    """Make an organisation; it has no contact on duty until somebody enters one."""
    organisation = Organisation(name=name, zone=zone, language=language, created_at=now)
    session.add(organisation)
    session.flush()
    record_act(session, "organisation-made", now=now, chain=organisation.id)
    return organisation


def get_organisation(session: Session, public_id: str) -> Organisation:
    """Return an organisation by the id in its address."""
    found = session.scalars(
        select(Organisation).where(Organisation.public_id == public_id)
    ).one_or_none()
    if found is None:
        raise MissingError
    return found


def today_in(zone: str, now: datetime) -> date:
    """Return the calendar date of an instant in a zone."""
    return now.astimezone(ZoneInfo(zone)).date()


def let_in(
    session: Session,
    organisation: Organisation,
    offer: Offer,
    *,
    invited_by: int | None,
    now: datetime,
) -> tuple[Invitation, str]:
    """Offer one person an account and return the invitation with its link's token.

    Edge: an open invitation to the same address is withdrawn, so that one link works at a time.
    Raises: RefusedError(EntryRefusal).
    """
    address = normalised_address(offer.address)
    refusal = refusal_to_let_in(
        address=offer.address,
        chosen_name=offer.chosen_name,
        role=offer.role,
        already_here=_is_here(session, organisation.id, address),
    )
    if refusal:
        raise RefusedError(refusal)
    _withdraw_open(session, organisation.id, address, now)
    token = new_token()
    invitation = Invitation(
        organisation_id=organisation.id,
        cohort_id=offer.cohort.id if offer.cohort else None,
        written=offer.address.strip(),
        normalised=address,
        chosen_name=offer.chosen_name,
        role=offer.role,
        token_hash=token_hash(token),
        invited_by=invited_by,
        created_at=now,
        expires_at=now + timedelta(days=INVITATION_DAYS),
    )
    session.add(invitation)
    session.flush()
    record_act(
        session,
        "person-invited",
        now=now,
        chain=organisation.id,
        actor_id=invited_by,
        subject=f"invitation:{invitation.public_id}",
        role=offer.role,
    )
    return invitation, token


def _is_here(session: Session, organisation_id: int, address: str) -> bool:
    query = exists().where(
        Address.normalised == address,
        Address.person_id == Person.id,
        Person.organisation_id == organisation_id,
    )
    return bool(session.scalar(select(query)))


def _withdraw_open(session: Session, organisation_id: int, address: str, now: datetime) -> None:
    for earlier in session.scalars(_open_invitations(organisation_id, now)).all():
        if earlier.normalised == address:
            earlier.withdrawn_at = now


def _open_invitations(organisation_id: int, now: datetime) -> Select[Invitation]:
    return select(Invitation).where(
        Invitation.organisation_id == organisation_id,
        Invitation.claimed_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > now,
    )


def invitation_link(session: Session, token: str) -> str:
    """Return the whole address of an invitation."""
    return f"{ground_of(session).base_url}/invitations/{token}"


def send_invitation(
    session: Session, invitation: Invitation, letter: tuple[str, str], now: datetime
) -> None:
    """Queue an invitation's letter. Shape: `letter` is (subject, body)."""
    queue_mail(session, to=invitation.written, subject=letter[0], body=letter[1], now=now)


def list_open_invitations(
    session: Session, organisation_id: int, now: datetime
) -> Sequence[Invitation]:
    """Return an organisation's invitations that can still be claimed, newest first."""
    query = _open_invitations(organisation_id, now).order_by(Invitation.id.desc())
    return session.scalars(query).all()


def judge_list(session: Session, organisation_id: int, text: str, now: datetime) -> list[ListRow]:
    """Return a pasted list's rows with their problems; nothing is changed."""
    here = session.scalars(
        select(Address.normalised)
        .join(Person, Person.id == Address.person_id)
        .where(Person.organisation_id == organisation_id)
    )
    invited = {row.normalised for row in list_open_invitations(session, organisation_id, now)}
    return rows_of_list(text, here=set(here), invited=invited)


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
    _give_place(session, person, invitation, today_in(organisation.zone, now), now)
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


def _give_place(
    session: Session, person: Person, invitation: Invitation, on: date, now: datetime
) -> None:
    if invitation.role != TRAINEE:
        grant_role(session, person, Role(invitation.role), by=invitation.invited_by, on=on, now=now)
    elif invitation.cohort_id is not None:
        cohort = session.get_one(Cohort, invitation.cohort_id)
        enrol(session, person, cohort, by=invitation.invited_by, on=on, now=now)


def grant_role(
    session: Session, person: Person, role: Role, *, by: int | None, on: date, now: datetime
) -> RoleGrant:
    """Give a person a role in their organisation from a day on."""
    grant = RoleGrant(
        person_id=person.id,
        organisation_id=person.organisation_id,
        role=role.value,
        from_on=on,
        granted_by=by,
        granted_at=now,
    )
    session.add(grant)
    session.flush()
    record_act(
        session,
        "role-granted",
        now=now,
        chain=person.organisation_id,
        actor_id=by,
        about_id=person.id,
        role=role.value,
    )
    return grant


def enrol(
    session: Session, person: Person, cohort: Cohort, *, by: int | None, on: date, now: datetime
) -> Enrolment:
    """Admit a person to a cohort, pinned to its programme version.

    Edge: a second admission to the same cohort returns the place that is there.
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


def get_person(session: Session, public_id: str) -> Person:
    """Return a person by the id in their address."""
    found = session.scalars(select(Person).where(Person.public_id == public_id)).one_or_none()
    if found is None:
        raise MissingError
    return found
