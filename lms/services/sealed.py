"""Seals and opens a person's texts with that person's own key."""

import logging
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.models import PersonKey
from lms.sealing import SealBrokenError, Sealer, new_data_key
from lms.services.ground import ground_of

log = logging.getLogger("lms.sealed")


class Unreadable(str):
    """What stands in the place of a sealed text that cannot be opened: words for a page to say.

    Edge: a text of its own kind, so that no page fails on it and no service takes it for words.
    """

    __slots__ = ()


UNREADABLE = Unreadable("These words cannot be opened just now. Nothing was thrown away.")


def _sealer_for(session: Session, person_id: int, now: datetime | None) -> Sealer:
    kept: dict[int, Sealer] = session.info.setdefault("sealers", {})
    if person_id in kept:
        return kept[person_id]
    row = session.get(PersonKey, person_id) or _new_key(session, person_id, now)
    kept[person_id] = Sealer([ground_of(session).master.open(row.wrapped, f"key:{person_id}")])
    return kept[person_id]


def _new_key(session: Session, person_id: int, now: datetime | None) -> PersonKey:
    if now is None:
        raise LookupError("nothing was ever sealed for this person")
    wrapped = ground_of(session).master.seal(new_data_key(), f"key:{person_id}")
    row = PersonKey(person_id=person_id, wrapped=wrapped, created_at=now)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # two first texts at once: the other's key stands
        session.expire_all()
        row = session.get_one(PersonKey, person_id)
    return row


def seal_text(session: Session, person_id: int, text: str, about: str, now: datetime) -> bytes:
    """Return `text` sealed with the key of the person whose record it is."""
    return _sealer_for(session, person_id, now).seal(text.encode(), about)


def open_text(session: Session, person_id: int, sealed: bytes | None, about: str) -> str:
    """Return a sealed text, or the empty string where there is none.

    Raises: SealBrokenError.
    """
    if sealed is None:
        return ""
    return _sealer_for(session, person_id, None).open(sealed, about).decode()


def read_text(session: Session, person_id: int, sealed: bytes | None, about: str) -> str:
    """Return a sealed text to be shown, `UNREADABLE` where it cannot be opened.

    Edge: one damaged text, or a key that is missing, never takes a page down with it. What kind of
          text it was is logged, never whose or which.
    """
    try:
        return open_text(session, person_id, sealed, about)
    except (SealBrokenError, LookupError):
        log.warning("a sealed text cannot be opened: %s", about.partition(":")[0])
        return UNREADABLE


def is_readable(text: str) -> bool:
    """Say whether a text that was to be read could be opened."""
    return not isinstance(text, Unreadable)


def seal_bytes(session: Session, person_id: int, data: bytes, about: str, now: datetime) -> bytes:
    """Return the bytes of a file sealed with the key of the person whose record it is."""
    return _sealer_for(session, person_id, now).seal(data, about)


def open_bytes(session: Session, person_id: int, sealed: bytes, about: str) -> bytes:
    """Return the bytes of a sealed file. Raises: SealBrokenError, LookupError without a key."""
    return _sealer_for(session, person_id, None).open(sealed, about)


def seal_for_house(session: Session, text: str, about: str) -> bytes:
    """Return `text` sealed with the installation's own key: for what is no one person's record."""
    return ground_of(session).master.seal(text.encode(), about)


def read_for_house(session: Session, sealed: bytes, about: str) -> str:
    """Return a text that belongs to no one person, `UNREADABLE` where it cannot be opened."""
    try:
        return ground_of(session).master.open(sealed, about).decode()
    except SealBrokenError:
        log.warning("a sealed text cannot be opened: %s", about.partition(":")[0])
        return UNREADABLE
