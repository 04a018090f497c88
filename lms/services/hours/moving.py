"""From one state to the next, noted: sending an entry and taking it back."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.models import HoursEntry
from lms.rules.hours import CHANGEABLE, HoursRefusal, HoursState, refusal_to_move
from lms.services.audit import record_act
from lms.services.errors import RefusedError
from lms.services.facts import touch_record
from lms.services.hours.reading import owner_of


def move_entry(session: Session, entry: HoursEntry, to: HoursState) -> None:
    """Take an entry to another state. Raises: RefusedError where there is no such move."""
    refusal = refusal_to_move(HoursState(entry.state), to)
    if refusal:
        raise RefusedError(refusal)
    entry.state = to.value
    touch_record(session, entry.enrolment_id)
    session.flush()


def note_act(session: Session, act: str, entry: HoursEntry, actor_id: int, now: datetime) -> None:
    """Note an act on an entry in the audit trail."""
    place = owner_of(session, entry)
    record_act(
        session,
        act,
        now=now,
        chain=place.person.organisation_id,
        actor_id=actor_id,
        about_id=place.person_id,
        subject=f"hours:{entry.public_id}",
        minutes=entry.minutes,
    )


def submit_entry(session: Session, entry: HoursEntry, *, now: datetime) -> None:
    """Send an entry to the supervisor it names."""
    move_entry(session, entry, HoursState.SUBMITTED)
    entry.submitted_at, entry.return_note = now, None
    note_act(session, "hours-submitted", entry, owner_of(session, entry).person_id, now)


def take_back_entry(
    session: Session, entry: HoursEntry, *, now: datetime, seen: str | None = None
) -> None:
    """Take a sent entry back to a draft, or withdraw a draft; a confirmed one stays.

    Edge: `seen` is the state that the page showed. Where the entry has moved on since, nothing is
    done: a double click on "take it back" must not also remove the draft.
    """
    session.refresh(entry, with_for_update=True)
    if seen is not None and seen != entry.state:
        return
    sent = entry.state == HoursState.SUBMITTED
    if not sent and entry.state not in CHANGEABLE:
        raise RefusedError(HoursRefusal.NOT_FROM_HERE)
    move_entry(session, entry, HoursState.DRAFT if sent else HoursState.WITHDRAWN)
    note_act(session, "hours-taken-back", entry, owner_of(session, entry).person_id, now)
