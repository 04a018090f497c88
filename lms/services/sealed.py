"""Seals and opens a person's texts with that person's own key."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.models import PersonKey
from lms.sealing import Sealer, new_data_key
from lms.services.ground import ground_of


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
