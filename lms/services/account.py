"""One's own account: names, password, addresses, sign-ins, stepping back and coming back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.content.bundled import bundled
from lms.db import lock_row
from lms.models import Address, Enrolment, OneTimeLink, Person, Signin
from lms.rules.account import (
    ADDRESS_LINK_DAYS,
    refusal_to_add_address,
    refusal_to_remove_address,
)
from lms.rules.cohorts import EnrolmentState, refusal_to_move
from lms.rules.signin import is_idle
from lms.services.audit import record_act
from lms.services.cohorts import set_state
from lms.services.errors import RefusedError
from lms.services.ground import ground_of
from lms.services.mail import queue_mail
from lms.services.signin import (
    change_password,
    issue_link,
    list_signins,
    refuse_weak_password,
)
from lms.words import letter


@dataclass(frozen=True, slots=True)
class Details:
    """What a person says of themselves; any name, in any script."""

    chosen_name: str
    certificate_name: str
    language: str
    mail_wanted: bool


def change_details(session: Session, person: Person, details: Details, *, now: datetime) -> None:
    """Write a person's names, language and mail switch. Former names are kept nowhere."""
    lock_row(session, person)
    present = (person.chosen_name, person.certificate_name, person.language, person.mail_wanted)
    wanted = (
        details.chosen_name,
        details.certificate_name,
        details.language,
        details.mail_wanted,
    )
    if present == wanted:
        return
    person.chosen_name, person.certificate_name, person.language, person.mail_wanted = wanted
    session.flush()
    _record(session, "details-changed", person, now)


def set_own_password(
    session: Session, person: Person, password: str, hashed: str, *, keep: int, now: datetime
) -> None:
    """Set a new password; every other sign-in ends, and links sent for a new one too.

    Shape: `hashed` is `password` hashed outside the transaction; `keep` is this sign-in.
    Raises: RefusedError(PasswordRefusal).
    """
    refuse_weak_password(session, person, password)
    lock_row(session, person)
    _end_links(session, person.id, "reset", now)
    change_password(session, person, hashed, keep=keep, now=now)


def _end_links(session: Session, person_id: int, purpose: str, now: datetime) -> None:
    query = update(OneTimeLink).where(
        OneTimeLink.person_id == person_id,
        OneTimeLink.purpose == purpose,
        OneTimeLink.used_at.is_(None),
    )
    session.execute(query.values(used_at=now))


def list_addresses(session: Session, person_id: int) -> list[Address]:
    """Return a person's addresses, the first one first."""
    query = select(Address).where(Address.person_id == person_id).order_by(Address.rank)
    return list(session.scalars(query))


def find_waiting_address(session: Session, person_id: int, now: datetime) -> str | None:
    """Return the address that waits for its confirmation, or None."""
    query = (
        select(OneTimeLink.written)
        .where(
            OneTimeLink.person_id == person_id,
            OneTimeLink.purpose == "confirm-address",
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
        )
        .order_by(OneTimeLink.id.desc())
    )
    return session.scalars(query).first()


def add_address(session: Session, person: Person, written: str, *, now: datetime) -> None:
    """Send a letter that confirms a second address; only the last such letter works.

    Edge: the same happens whether or not the address belongs to an account.
    Raises: RefusedError(AddressRefusal).
    """
    lock_row(session, person)
    own = [row.normalised for row in list_addresses(session, person.id)]
    refusal = refusal_to_add_address(written, own=own)
    if refusal:
        raise RefusedError(refusal)
    _end_links(session, person.id, "confirm-address", now)
    minutes = ADDRESS_LINK_DAYS * 24 * 60
    token = issue_link(
        session, person.id, "confirm-address", now=now, minutes=minutes, written=written.strip()
    )
    subject, body = letter(
        bundled("templates"),
        "confirm-address",
        person.language,
        link=f"{ground_of(session).base_url}/address/{token}",
        days=str(ADDRESS_LINK_DAYS),
    )
    queue_mail(session, to=written.strip(), subject=subject, body=body, now=now)


def remove_address(session: Session, person: Person, rank: int, *, now: datetime) -> None:
    """Remove an address, or the one that waits; the other becomes the first.

    Raises: RefusedError(AddressRefusal) where it is the only one.
    """
    lock_row(session, person)
    _end_links(session, person.id, "confirm-address", now)
    rows = {row.rank: row for row in list_addresses(session, person.id)}
    if rank not in rows:
        return
    refusal = refusal_to_remove_address(rank, confirmed=[r for r in rows if rows[r].confirmed_at])
    if refusal:
        raise RefusedError(refusal)
    _end_links(session, person.id, "reset", now)
    session.delete(rows.pop(rank))
    session.flush()
    for left in rows.values():
        left.rank = 1
    session.flush()
    _record(session, "address-removed", person, now)


def list_working_signins(
    session: Session, person_id: int, *, idle_minutes: int, shared_idle_minutes: int, now: datetime
) -> list[Signin]:
    """Return a person's sign-ins that still open something, the last used first."""
    return [
        row
        for row in list_signins(session, person_id)
        if not is_idle(
            row.last_used_at, now, shared_idle_minutes if row.shared_device else idle_minutes
        )
    ]


def mark_shared(session: Session, signin: Signin, *, shared: bool) -> None:
    """Say whether other people use the device of a sign-in; a shared one ends early."""
    signin.shared_device = shared
    session.flush()


def step_back(session: Session, place: Enrolment, *, now: datetime) -> None:
    """Pause one's own place: nothing is asked, nothing is lost. Twice is the same as once.

    Raises: RefusedError(StepRefusal).
    """
    _step(session, place, EnrolmentState.PAUSED, now)


def come_back(session: Session, place: Enrolment, *, now: datetime) -> None:
    """Take up one's own place again. Twice is the same as once.

    Raises: RefusedError(StepRefusal).
    """
    _step(session, place, EnrolmentState.ACTIVE, now)


def _step(session: Session, place: Enrolment, to: EnrolmentState, now: datetime) -> None:
    lock_row(session, place)
    if place.state == to.value:
        return
    refusal = refusal_to_move(EnrolmentState(place.state), to)
    if refusal:
        raise RefusedError(refusal)
    set_state(session, place, to, by=place.person_id, now=now)


def _record(session: Session, act: str, person: Person, now: datetime) -> None:
    record_act(
        session,
        act,
        now=now,
        chain=person.organisation_id,
        actor_id=person.id,
        about_id=person.id,
    )
