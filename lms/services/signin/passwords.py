"""Passwords: hashed two at a time, weighed the same for known and unknown, weak ones refused."""

import secrets
import threading
from datetime import datetime
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.models import Address, Person
from lms.rules.signin import normalised_password, refusal_to_set_password
from lms.services.audit import record_act
from lms.services.errors import RefusedError
from lms.services.signin.entering import end_other_signins

# OWASP password storage cheat sheet: argon2id, 19 MiB, t=2, p=1
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


_SLOTS = threading.BoundedSemaphore(2)


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe(24))


@cache
def common_passwords() -> frozenset[str]:
    """Return the shipped block-list of common passwords, lower case."""
    path = Path(__file__).with_name("common_passwords.txt")
    return frozenset(path.read_text("utf-8").split("\n"))


def hash_password(password: str) -> str:
    """Return the argon2id hash; at most two run at once, the rest wait their turn."""
    with _SLOTS:
        return _HASHER.hash(normalised_password(password))


def is_password(stored: str | None, password: str) -> bool:
    """Say whether a password is right, with the same work where there is no account."""
    with _SLOTS:
        try:
            _HASHER.verify(stored or _nobodys_hash(), normalised_password(password)[:1024])
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def refuse_weak_password(session: Session, person: Person | None, password: str) -> None:
    """Raise RefusedError where a password is too short, common or about the person."""
    about: tuple[str, ...] = ()
    if person is not None:
        addresses = session.scalars(
            select(Address.normalised).where(Address.person_id == person.id)
        )
        about = (person.chosen_name, person.certificate_name, *addresses)
    refusal = refusal_to_set_password(password, common=common_passwords(), about=about)
    if refusal:
        raise RefusedError(refusal)


def change_password(
    session: Session, person: Person, hashed: str, *, keep: int | None, now: datetime
) -> None:
    """Set a password that was hashed outside the transaction; every other sign-in ends."""
    person.password_hash = hashed
    end_other_signins(session, person.id, keep, now)
    record_act(
        session,
        "password-changed",
        now=now,
        chain=person.organisation_id,
        actor_id=person.id,
        about_id=person.id,
    )
