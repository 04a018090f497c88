"""Signing in and out, the sign-in list, resets; slow towards a hammering, equal to all."""

import hashlib
import secrets
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Date, bindparam, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from lms.models import Address, Enrolment, OneTimeLink, Person, RoleGrant, Signin
from lms.rules.people import EntryRefusal
from lms.rules.roles import Actor, Role
from lms.rules.signin import (
    RESET_MINUTES,
    LinkRefusal,
    SigninRefusal,
    is_idle,
    normalised_address,
    normalised_password,
    refusal_of_link,
    refusal_to_set_password,
    wait_seconds,
)
from lms.services.audit import record_act
from lms.services.errors import MissingError, RefusedError
from lms.services.visibility import roles_held

# OWASP password storage cheat sheet: argon2id, 19 MiB, t=2, p=1
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_SLOTS = threading.BoundedSemaphore(2)
TOUCH_EVERY = timedelta(minutes=5)
WINDOW_SECONDS = 900


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


def token_hash(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """Return a random token of 256 bits."""
    return secrets.token_urlsafe(32)


_BUCKET = text(
    """insert into rate_bucket (k, n, exp) values (:k, 1, :exp)
    on conflict (k) do update set
      n = case when rate_bucket.exp < :now then 1 else rate_bucket.n + 1 end,
      exp = case when rate_bucket.exp < :now then :exp else rate_bucket.exp end
    returning n, exp"""
)


def count_try(session: Session, what: str, who: str, *, free: int, window: int) -> int:
    """Count one try and return how many seconds to wait before the next, 0 for go on.

    Units: `window` seconds. The key is hashed, so that no address stands in the table.
    """
    now = int(time.time())
    key = what + ":" + hashlib.sha256(who.encode()).hexdigest()[:40]
    row = session.execute(_BUCKET, {"k": key, "now": now, "exp": now + window}).one()
    return wait_seconds(row.n, free)


@dataclass(frozen=True, slots=True)
class Entrance:
    """Somebody at the door: found or not, and what is stored to check a password against."""

    person_id: int | None
    password_hash: str | None


def find_entrance(session: Session, written: str) -> Entrance:
    """Return who signs in with an address; the same work whether it is known or not."""
    query = (
        select(Person.id, Person.password_hash)
        .join(Address, Address.person_id == Person.id)
        .where(
            Address.normalised == normalised_address(written),
            Address.confirmed_at.is_not(None),
            Person.closed_at.is_(None),
        )
    )
    row = session.execute(query).one_or_none()
    return Entrance(row.id, row.password_hash) if row else Entrance(None, None)


def start_signin(
    session: Session, person_id: int, *, device: str, shared: bool, now: datetime
) -> str:
    """Open a sign-in and return its token, which is stored nowhere else."""
    person = session.get_one(Person, person_id)
    if person.closed_at is not None:
        raise RefusedError(SigninRefusal.WRONG)
    token = new_token()
    session.add(
        Signin(
            person_id=person_id,
            token_hash=token_hash(token),
            device=device[:60],
            shared_device=shared,
            started_on=now.date(),
            last_used_at=now,
        )
    )
    session.flush()
    return token


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A request's person, loaded once."""

    signin: Signin
    person: Person
    actor: Actor
    is_paused: bool


# Every signed-in request asks this one query; it is put together once, and its roles are those
# that `roles_of` returns.
_SIGNED_IN = (
    select(
        Signin,
        Person,
        select(func.aggregate_strings(Enrolment.state, ","))
        .where(Enrolment.person_id == Signin.person_id)
        .scalar_subquery()
        .label("states"),
        roles_held(RoleGrant.person_id == Signin.person_id, bindparam("on", type_=Date()))
        .with_only_columns(func.aggregate_strings(RoleGrant.role, ","))
        .scalar_subquery()
        .label("roles"),
    )
    .join(Person, Person.id == Signin.person_id)
    .where(Signin.token_hash == bindparam("token"), Signin.ended_at.is_(None))
    .options(joinedload(Person.organisation))
)


def find_signed_in(
    session: Session, token: str, *, now: datetime, idle_minutes: int, shared_idle_minutes: int
) -> SignedIn | None:
    """Return who holds a token, or None where it is ended, idle too long or unknown."""
    row = session.execute(_SIGNED_IN, {"token": token_hash(token), "on": now.date()}).one_or_none()
    if row is None or row.Person.closed_at is not None:
        return None
    signin, person = row.Signin, row.Person
    limit = shared_idle_minutes if signin.shared_device else idle_minutes
    if is_idle(signin.last_used_at, now, limit):
        return None
    states = row.states.split(",") if row.states else []
    actor = Actor(
        person_id=person.id,
        organisation_id=person.organisation_id,
        roles=frozenset(Role(role) for role in row.roles.split(",")) if row.roles else frozenset(),
        is_trainee=any(state != "withdrawn" for state in states),
    )
    return SignedIn(signin, person, actor, bool(states) and all(s == "paused" for s in states))


def touch_signin(session: Session, signin_id: int, *, now: datetime, every: timedelta) -> None:
    """Note that a sign-in is in use, at most once in `every`."""
    session.execute(
        update(Signin)
        .where(Signin.id == signin_id, Signin.last_used_at < now - every)
        .values(last_used_at=now)
    )


def end_signin(session: Session, signin_id: int, *, now: datetime) -> None:
    """End a sign-in; its token opens nothing from here on."""
    session.execute(
        update(Signin).where(Signin.id == signin_id, Signin.ended_at.is_(None)).values(ended_at=now)
    )


def list_signins(session: Session, person_id: int) -> list[Signin]:
    """Return a person's open sign-ins, newest first."""
    query = select(Signin).where(Signin.person_id == person_id, Signin.ended_at.is_(None))
    return list(session.scalars(query.order_by(Signin.last_used_at.desc())))


def get_signin(session: Session, public_id: str) -> Signin:
    """Return an open sign-in by the id in its address."""
    query = select(Signin).where(Signin.public_id == public_id, Signin.ended_at.is_(None))
    found = session.scalars(query).one_or_none()
    if found is None:
        raise MissingError
    return found


def end_other_signins(session: Session, person_id: int, keep: int | None, now: datetime) -> None:
    """End every sign-in of a person but one."""
    query = update(Signin).where(Signin.person_id == person_id, Signin.ended_at.is_(None))
    if keep is not None:
        query = query.where(Signin.id != keep)
    session.execute(query.values(ended_at=now))


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


def find_owner_of_token(session: Session, token: str) -> int | None:
    """Return whose sign-in a token was, ended or idle as it may be."""
    query = select(Signin.person_id).where(Signin.token_hash == token_hash(token))
    return session.scalars(query).one_or_none()


def _wait_key(what: str, who: str) -> str:
    return "wait:" + what + ":" + hashlib.sha256(who.encode()).hexdigest()[:40]


def seconds_left(session: Session, what: str, who: str) -> int:
    """Return how long somebody must still wait; 0 means now. Only reads, and counts no try."""
    now = int(time.time())
    query = text("select exp from rate_bucket where k = :k and exp > :now")
    until = session.execute(query, {"k": _wait_key(what, who), "now": now}).scalar_one_or_none()
    return 0 if until is None else int(until) - now


def seconds_to_wait(session: Session, what: str, who: str, *, free: int, window: int) -> int:
    """Count a try and return how long to wait before it is looked at; 0 means now.

    Units: `window` seconds. Edge: a try made while waiting is not counted, so that hammering
    makes nobody else's wait longer than a minute.
    """
    left = seconds_left(session, what, who)
    if left:
        return left
    wait = count_try(session, what, who, free=free, window=window)
    if wait:
        now, key = int(time.time()), _wait_key(what, who)
        values = {"k": key, "now": now, "exp": now + wait}
        session.execute(_BUCKET, values)
        session.execute(
            text("update rate_bucket set exp = :exp where k = :k"),
            {"k": key, "exp": now + wait},
        )
    return 0


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
