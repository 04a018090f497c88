"""Tokens, and the links that work once: for a new password or for a second address."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.models import Address, OneTimeLink, Person
from lms.rules.people import EntryRefusal
from lms.rules.signin import RESET_MINUTES, LinkRefusal, normalised_address, refusal_of_link
from lms.services.audit import record_act
from lms.services.errors import RefusedError


def token_hash(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """Return a random token of 256 bits."""
    return secrets.token_urlsafe(32)


def issue_link(
    session: Session,
    person_id: int,
    purpose: str,
    *,
    now: datetime,
    minutes: int = RESET_MINUTES,
    written: str = "",
) -> str:
    """Make a one-time link's token. Units: `minutes` until it expires."""
    token = new_token()
    session.add(
        OneTimeLink(
            person_id=person_id,
            purpose=purpose,
            written=written,
            token_hash=token_hash(token),
            created_at=now,
            expires_at=now + timedelta(minutes=minutes),
        )
    )
    session.flush()
    return token


def get_link(session: Session, token: str, purpose: str, *, now: datetime) -> OneTimeLink:
    """Return a link that still works, locked for the transaction.

    Raises: RefusedError(LinkRefusal).
    """
    query = select(OneTimeLink).where(
        OneTimeLink.token_hash == token_hash(token), OneTimeLink.purpose == purpose
    )
    link = session.scalars(query.with_for_update()).one_or_none()
    if link is None:
        raise RefusedError(LinkRefusal.UNKNOWN)
    refusal = refusal_of_link(expires_at=link.expires_at, used_at=link.used_at, now=now)
    if refusal:
        raise RefusedError(refusal)
    return link


def use_address_link(session: Session, token: str, *, now: datetime) -> None:
    """Make the address that a link was sent to the person's second one.

    Edge: an address is kept only here, once its holder has shown that it is theirs; so adding one
    tells nobody whether it belongs to an account, and nobody can sit on another's address.
    Raises: RefusedError(LinkRefusal or EntryRefusal).
    """
    link = get_link(session, token, "confirm-address", now=now)
    link.used_at = now
    row = Address(
        person_id=link.person_id,
        rank=2,
        written=link.written,
        normalised=normalised_address(link.written),
        confirmed_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as clash:
        raise RefusedError(EntryRefusal.ADDRESS_TAKEN) from clash
    person = session.get_one(Person, link.person_id)
    record_act(
        session,
        "address-added",
        now=now,
        chain=person.organisation_id,
        actor_id=person.id,
        about_id=person.id,
    )
