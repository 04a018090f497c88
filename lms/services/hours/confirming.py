"""What supervisors do: signing an entry, returning it, taking a signature back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.models import Confirmation, HoursEntry
from lms.rules.hours import HoursRefusal, HoursState, content_hash
from lms.services.errors import RefusedError
from lms.services.facts import add_fact
from lms.services.hours.keeping import put_claim
from lms.services.hours.moving import move_entry, note_act
from lms.services.hours.reading import detail_of, owner_of, seal_of
from lms.services.sealed import is_readable, seal_text


def confirm_entry(
    session: Session, entry: HoursEntry, *, by: int, version: int, now: datetime
) -> Confirmation:
    """Sign exactly what an entry says; from here on it does not change.

    Edge: a second click finds the confirmation that is there. `version` is what was read: an
    entry changed meanwhile is not signed unseen.
    Raises: RefusedError.
    """
    session.refresh(entry, with_for_update=True)
    found = session.scalars(
        select(Confirmation).where(Confirmation.entry_id == entry.id)
    ).one_or_none()
    if found is not None and entry.state == HoursState.CONFIRMED:
        return found
    if entry.version != version:
        raise RefusedError(HoursRefusal.CHANGED)
    move_entry(session, entry, HoursState.CONFIRMED)
    detail = detail_of(session, entry)
    if not is_readable(detail.summary):
        raise RefusedError(HoursRefusal.UNREADABLE)
    place = owner_of(session, entry)
    signed = Confirmation(
        entry_id=entry.id,
        confirmed_by=by,
        confirmed_at=now,
        content_hash=content_hash(
            detail.claim, entry=entry.public_id, person=place.person_id, summary=detail.summary
        ),
    )
    session.add(signed)
    session.flush()
    note_act(session, "hours-confirmed", entry, by, now)
    return signed


def return_entry(
    session: Session, entry: HoursEntry, *, by: int, note: str, version: int, now: datetime
) -> None:
    """Give a sent entry back to its writer with a note on what was read: `version`.

    Raises: RefusedError.
    """
    if not note:
        raise RefusedError(HoursRefusal.NOTE_MISSING)
    session.refresh(entry, with_for_update=True)
    if entry.version != version:
        raise RefusedError(HoursRefusal.CHANGED)
    move_entry(session, entry, HoursState.RETURNED)
    owner = owner_of(session, entry).person_id
    entry.return_note = seal_text(session, owner, note, seal_of(entry, "note"), now)
    entry.version += 1
    entry.returned_at, entry.returned_by = now, by
    note_act(session, "hours-returned", entry, by, now)


def withdraw_confirmation(
    session: Session, entry: HoursEntry, *, by: int, reason: str, now: datetime
) -> None:
    """Take a confirmation back with a reason; the entry stops counting and stays readable."""
    if not reason:
        raise RefusedError(HoursRefusal.NOTE_MISSING)
    session.refresh(entry, with_for_update=True)
    signed = session.scalars(
        select(Confirmation).where(Confirmation.entry_id == entry.id)
    ).one_or_none()
    if signed is None or signed.confirmed_by != by:
        raise RefusedError(HoursRefusal.NOT_FROM_HERE)
    move_entry(session, entry, HoursState.WITHDRAWN)
    owner = owner_of(session, entry).person_id
    signed.withdrawn_at = now
    signed.withdrawn_reason = seal_text(session, owner, reason, seal_of(entry, "withdrawn"), now)
    note_act(session, "hours-confirmation-withdrawn", entry, by, now)


def confirm_again(
    session: Session, entry: HoursEntry, *, by: int, version: int, op_id: str, now: datetime
) -> HoursEntry:
    """Return a new entry that says the same as one that was not confirmed, confirmed by `by`.

    Edge: the old one stays readable, names its correction, and counts no more. `version` is what
          was read.
    Raises: RefusedError.
    """
    session.refresh(entry, with_for_update=True)
    if entry.version != version:
        raise RefusedError(HoursRefusal.CHANGED)
    detail = detail_of(session, entry)
    if detail.corrected_by:
        raise RefusedError(HoursRefusal.ALREADY_CORRECTED)
    if not is_readable(detail.summary):
        raise RefusedError(HoursRefusal.UNREADABLE)
    if entry.state != HoursState.WITHDRAWN:
        move_entry(session, entry, HoursState.WITHDRAWN)
    newer = HoursEntry(
        enrolment_id=entry.enrolment_id,
        recorded_at=now,
        ledger=entry.ledger,
        state=HoursState.SUBMITTED.value,
        submitted_at=now,
        op_id=op_id,
        corrects_id=entry.id,
    )
    put_claim(session, newer, detail.claim)
    add_fact(session, newer)
    owner = owner_of(session, entry).person_id
    newer.summary = seal_text(session, owner, detail.summary, seal_of(newer, "summary"), now)
    session.flush()
    confirm_entry(session, newer, by=by, version=newer.version, now=now)
    return newer
