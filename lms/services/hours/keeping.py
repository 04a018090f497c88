"""Writing an entry and changing it, by the trainee whose hours they are."""

import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.models import Enrolment, HoursEntry
from lms.rules.hours import (
    CHANGEABLE,
    HoursClaim,
    HoursKind,
    HoursRefusal,
    HoursState,
    refusal_to_keep,
)
from lms.services.errors import RefusedError
from lms.services.facts import add_fact, touch_record
from lms.services.hours.moving import submit_entry
from lms.services.hours.reading import SUPERVISION, owner_of, seal_of, supervisors_for
from lms.services.people import today_in
from lms.services.practice import refuse_held_practice
from lms.services.sealed import seal_text


def _checked(session: Session, place: Enrolment, claim: HoursClaim, now: datetime) -> None:
    named = dict(supervisors_for(session, place))
    if claim.supervisor_id not in named or claim.supervisor_id == place.person_id:
        raise RefusedError(HoursRefusal.NO_SUPERVISOR)
    today = today_in(place.cohort.zone, now)
    refusal = refusal_to_keep(claim, today=today, admitted_on=place.happened_on)
    if refusal:
        raise RefusedError(refusal)


def put_claim(session: Session, entry: HoursEntry, claim: HoursClaim) -> None:
    """Write what was claimed into an entry."""
    entry.happened_on, entry.minutes = claim.on, claim.minutes
    entry.kind, entry.medium = claim.kind.value, claim.medium.value
    entry.group_size = claim.group_size if claim.kind is HoursKind.GROUP else None
    entry.domains = json.dumps(dict(claim.domains), sort_keys=True)
    entry.supervisor_id = claim.supervisor_id or 0


def log_entry(
    session: Session,
    place: Enrolment,
    claim: HoursClaim,
    *,
    summary: str,
    op_id: str,
    send: bool,
    now: datetime,
    corrects: HoursEntry | None = None,
) -> HoursEntry:
    """Write a new entry, and send it to its supervisor if `send`.

    Edge: the same form sent twice leads to the one entry; a confirmed entry has one correction.
    Raises: RefusedError(PracticeHold or HoursRefusal).
    """
    twin = _find_by_op(session, place.id, op_id)
    if twin is not None:
        return twin
    refuse_held_practice(session, place)
    _checked(session, place, claim, now)
    if corrects is not None and corrects.state not in {HoursState.CONFIRMED, HoursState.WITHDRAWN}:
        raise RefusedError(HoursRefusal.NOT_FROM_HERE)
    entry = HoursEntry(
        enrolment_id=place.id,
        recorded_at=now,
        ledger=SUPERVISION,
        state=HoursState.DRAFT.value,
        op_id=op_id,
        corrects_id=corrects.id if corrects else None,
    )
    put_claim(session, entry, claim)
    try:
        with session.begin_nested():
            add_fact(session, entry)
    except IntegrityError as clash:
        found = _find_by_op(session, place.id, op_id)
        if found is not None:
            return found
        raise RefusedError(HoursRefusal.ALREADY_CORRECTED) from clash
    entry.summary = seal_text(session, place.person_id, summary, seal_of(entry, "summary"), now)
    if send:
        submit_entry(session, entry, now=now)
    session.flush()
    return entry


def _find_by_op(session: Session, enrolment_id: int, op_id: str) -> HoursEntry | None:
    query = select(HoursEntry).where(
        HoursEntry.enrolment_id == enrolment_id, HoursEntry.op_id == op_id
    )
    return session.scalars(query).one_or_none()


def change_entry(
    session: Session,
    entry: HoursEntry,
    claim: HoursClaim,
    *,
    summary: str,
    version: int,
    send: bool,
    now: datetime,
) -> None:
    """Change a draft or a returned entry, and send it if `send`.

    Raises: RefusedError; HoursRefusal.CHANGED where it was changed on another page meanwhile.
    """
    place = owner_of(session, entry)
    refuse_held_practice(session, place)
    session.refresh(entry, with_for_update=True)
    if entry.state not in CHANGEABLE:
        raise RefusedError(HoursRefusal.NOT_FROM_HERE)
    if entry.version != version:
        raise RefusedError(HoursRefusal.CHANGED)
    _checked(session, place, claim, now)
    put_claim(session, entry, claim)
    entry.summary = seal_text(session, place.person_id, summary, seal_of(entry, "summary"), now)
    entry.version += 1
    touch_record(session, entry.enrolment_id)
    if send:
        submit_entry(session, entry, now=now)
