"""Unsent words: one mechanism for autosave, phones, bad lines and expired sign-ins."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.models import Draft, SpentAct
from lms.sealing import SealBrokenError
from lms.services.errors import ClashError
from lms.services.sealed import open_text, seal_text

KEEP_DAYS = 60
MAX_BYTES = 400_000


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """Shape: `body` maps field names to what was typed; `version` counts saves."""

    body: dict[str, str]
    version: int
    saved_at: datetime


def _about(key: str) -> str:
    return f"draft:{key}"


def find_draft(session: Session, person_id: int, key: str) -> KeptDraft | None:
    """Return what a person had typed under a key, or None."""
    row = session.scalars(
        select(Draft).where(Draft.person_id == person_id, Draft.key == key)
    ).one_or_none()
    if row is None:
        return None
    try:
        body = json.loads(open_text(session, person_id, row.sealed, _about(key)))
    except (SealBrokenError, LookupError):
        return None
    return KeptDraft(body, row.version, row.saved_at)


def find_drafts(session: Session, person_id: int, prefix: str) -> dict[str, KeptDraft]:
    """Return what a person had typed under every key that begins with `prefix`, by key."""
    query = select(Draft).where(
        Draft.person_id == person_id, Draft.key.startswith(prefix, autoescape=True)
    )
    found = {}
    for row in session.scalars(query):
        try:
            body = json.loads(open_text(session, person_id, row.sealed, _about(row.key)))
        except (SealBrokenError, LookupError):
            continue
        found[row.key] = KeptDraft(body, row.version, row.saved_at)
    return found


def save_draft(
    session: Session,
    person_id: int,
    key: str,
    body: dict[str, str],
    *,
    base_version: int | None,
    op_id: str,
    now: datetime,
) -> int:
    """Keep what was typed and return its version.

    Edge: `base_version` is the version the writer started from, None to write over whatever is
    there; a save with the `op_id` of the last one changes nothing.
    Raises: ClashError with both texts where another device saved meanwhile.
    """
    sealed = seal_text(session, person_id, json.dumps(body), _about(key), now)
    query = select(Draft).where(Draft.person_id == person_id, Draft.key == key)
    row = session.scalars(query.with_for_update()).one_or_none()
    if row is None:
        return _insert_draft(session, person_id, key, sealed, op_id, now, body)
    if op_id and row.op_id == op_id:
        return row.version
    if base_version is not None and base_version != row.version:
        theirs = find_draft(session, person_id, key)
        if theirs is not None and theirs.body != body:
            raise ClashError(theirs.body, body, row.version)
    row.sealed, row.op_id, row.saved_at = sealed, op_id, now
    row.version += 1
    session.flush()
    return row.version


def _insert_draft(
    session: Session,
    person_id: int,
    key: str,
    sealed: bytes,
    op_id: str,
    now: datetime,
    body: dict[str, str],
) -> int:
    row = Draft(person_id=person_id, key=key, sealed=sealed, op_id=op_id, saved_at=now, version=1)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as clash:
        found = find_draft(session, person_id, key)
        if found is None:
            raise
        raise ClashError(found.body, body, found.version) from clash
    return 1


def drop_draft(session: Session, person_id: int, key: str, *, version: int | None = None) -> None:
    """Forget a draft once its words were sent; with a `version` only that very one."""
    query = delete(Draft).where(Draft.person_id == person_id, Draft.key == key)
    session.execute(query if version is None else query.where(Draft.version == version))


def drop_old_drafts(session: Session, now: datetime) -> None:
    """Forget drafts that nobody has come back to for sixty days."""
    session.execute(delete(Draft).where(Draft.saved_at < now - timedelta(days=KEEP_DAYS)))


def find_spent(session: Session, op_id: str, person_id: int) -> str | None:
    """Return where an act that was already done had led, or None."""
    query = select(SpentAct.result).where(SpentAct.op_id == op_id, SpentAct.person_id == person_id)
    return session.scalars(query).one_or_none()


def spend(session: Session, op_id: str, person_id: int, result: str, now: datetime) -> bool:
    """Note an act by its form's id; False where it had been done before."""
    row = SpentAct(op_id=op_id, person_id=person_id, result=result[:200], spent_at=now)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True
