"""Sign-ins: somebody at the door, opening one, the list of open ones, ending them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.models import Address, Person, Signin
from lms.rules.signin import SigninRefusal, normalised_address
from lms.services.errors import MissingError, RefusedError
from lms.services.signin.links import new_token, token_hash

TOUCH_EVERY = timedelta(minutes=5)


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


def find_owner_of_token(session: Session, token: str) -> int | None:
    """Return whose sign-in a token was, ended or idle as it may be."""
    query = select(Signin.person_id).where(Signin.token_hash == token_hash(token))
    return session.scalars(query).one_or_none()
