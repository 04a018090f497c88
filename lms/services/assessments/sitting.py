"""Sitting an attempt: start, save, stop the clock, hand in; each change under the row's lock."""

import json
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Integer, bindparam, select, text
from sqlalchemy.orm import Session

from lms.db import Instant, lock_row
from lms.models import (
    Attempt,
    AttemptFlag,
    Cohort,
    ContentVersion,
    Enrolment,
    Person,
    Response,
    Score,
)
from lms.rules.assessments.attempts import (
    FORMS,
    WHOLE,
    AttemptState,
    refusal_to_answer,
    stopped_clock,
)
from lms.rules.assessments.scoring import AssessmentScore, Points, refusal_of_response, score
from lms.services.assessments.forms import find_item, keep_form, paper_of
from lms.services.assessments.offering import get_assessment, offer_of
from lms.services.audit import record_act
from lms.services.drafts import find_spent, spend
from lms.services.errors import MissingError, RefusedError
from lms.services.facts import add_fact
from lms.services.people import today_in
from lms.services.practice import refuse_held_practice
from lms.services.visibility import OwnedRef

MAX_COUNTER = 1_000_000_000


class Saved(NamedTuple):
    """What became of a save. Edge: a late packet changes nothing and is told the counter kept."""

    is_kept: bool
    counter: int


class Answers(NamedTuple):
    """Responses as given and the counters they carry, each by item."""

    values: Mapping[str, Any]
    counters: Mapping[str, int]


_REFERRED = (
    select(Attempt.id, Person.organisation_id, Enrolment.person_id)
    .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
    .join(Person, Person.id == Enrolment.person_id)
    .where(Attempt.public_id == bindparam("public_id"))
)


def get_attempt_ref(session: Session, public_id: str) -> OwnedRef:
    """Return which attempt an address names and whose it is. Raises: MissingError.

    Edge: an attempt stays its person's, so this is found once a process; whether it is still
          there is seen when an answer is saved.
    """
    known = _referred.get(public_id)
    if known is not None:
        return known
    asked = {"public_id": public_id}
    found = session.connection().execute(_REFERRED, asked).one_or_none()
    if found is None:
        raise MissingError
    if len(_referred) >= KEPT_IN_MEMORY:
        _referred.clear()
    known = _referred[public_id] = OwnedRef(found.id, found.organisation_id, found.person_id)
    return known


_referred: dict[str, OwnedRef] = {}
KEPT_IN_MEMORY = 5000


_NAMED = select(Attempt).where(Attempt.public_id == bindparam("public_id"))


def get_attempt(session: Session, public_id: str) -> Attempt:
    """Return an attempt by the id in its address. Raises: MissingError."""
    found = session.scalars(_NAMED, {"public_id": public_id}).one_or_none()
    if found is None:
        raise MissingError
    return found


def start_attempt(
    session: Session,
    place: Enrolment,
    assessment: str,
    *,
    op_id: str,
    now: datetime,
    limit_minutes: int | None = None,
) -> Attempt:
    """Return the open attempt of a place's holder, begun now unless there is one already.

    Units:  `limit_minutes` None gives no clock.
    Edge:   two clicks lead to one attempt; a form sent again later leads to the one it began.
    Raises: RefusedError with a PracticeHold or a StartRefusal; MissingError.
    """
    lock_row(session, place)
    begun = find_spent(session, op_id, place.person_id)
    if begun:
        return get_attempt(session, begun)
    refuse_held_practice(session, place)
    version = get_assessment(session, assessment)
    zone, organisation_id = _home_of(session, place.id)
    offered = offer_of(session, version, place, today=today_in(zone, now))
    if offered.open:
        return offered.open
    if offered.refusal:
        raise RefusedError(offered.refusal)
    attempt = _add_attempt(session, place.id, version, len(offered.closed) + 1, now, limit_minutes)
    spend(session, op_id, place.person_id, attempt.public_id, now)
    _note(session, "attempt-started", attempt, now, organisation_id, place.person_id)
    return attempt


def _home_of(session: Session, enrolment_id: int) -> tuple[str, int]:
    """Return the zone and the organisation of a place."""
    query = select(Cohort.zone, Cohort.organisation_id).join(
        Enrolment, Enrolment.cohort_id == Cohort.id
    )
    row = session.execute(query.where(Enrolment.id == enrolment_id)).one()
    return row.zone, row.organisation_id


def _add_attempt(
    session: Session,
    enrolment_id: int,
    version: ContentVersion,
    number: int,
    now: datetime,
    limit_minutes: int | None,
) -> Attempt:
    seed = secrets.randbelow(FORMS)
    attempt = Attempt(
        enrolment_id=enrolment_id,
        assessment=version.slug,
        number=number,
        form_hash=keep_form(session, version, seed),
        seed=seed,
        started_at=now,
        closes_at=now + timedelta(minutes=limit_minutes) if limit_minutes else None,
    )
    session.add(attempt)
    session.flush()
    return attempt


def _note(
    session: Session,
    act: str,
    attempt: Attempt,
    now: datetime,
    organisation_id: int,
    person_id: int,
) -> None:
    record_act(
        session,
        act,
        now=now,
        chain=organisation_id,
        actor_id=person_id,
        about_id=person_id,
        subject=f"attempt:{attempt.public_id}",
        assessment=attempt.assessment,
        number=attempt.number,
        form=attempt.form_hash,
    )


_LOCKED = (
    select(Attempt.state, Attempt.closes_at, Attempt.remaining_seconds, Attempt.form_hash)
    .where(Attempt.id == bindparam("attempt_id"))
    .with_for_update()
)
_KEEP = text(
    """insert into response (attempt_id, item, value, counter, saved_at)
    values (:attempt_id, :item, :value, :counter, :saved_at)
    on conflict (attempt_id, item) do update set
      value = excluded.value,
      counter = case when response.counter >= excluded.counter
        then response.counter + 1 else excluded.counter end,
      saved_at = excluded.saved_at
    where :deliberate = 1 or response.counter < excluded.counter
    returning counter"""
).bindparams(bindparam("saved_at", type_=Instant()), bindparam("deliberate", type_=Integer()))


def save_answer(
    session: Session,
    attempt_id: int,
    item: str,
    value: Any,
    *,
    counter: int,
    deliberate: bool,
    now: datetime,
) -> Saved:
    """Keep an answer, unless a newer one is there; `deliberate` (a sent form) always is newest.

    Units:  `counter` is the client's own, 0 to 1,000,000,000, and grows with each save.
    Edge:   two statements, ready made: nothing else is done so often.
    Raises: RefusedError with an AnswerRefusal or a ResponseFault; MissingError.
    """
    connection = session.connection()
    row = connection.execute(_LOCKED, {"attempt_id": attempt_id}).one_or_none()
    if row is None:
        raise MissingError
    reason = refusal_to_answer(
        state=AttemptState(row.state),
        closes_at=row.closes_at,
        remaining_seconds=row.remaining_seconds,
        now=now,
    ) or refusal_of_response(find_item(paper_of(session, row.form_hash), item), value)
    if reason:
        raise RefusedError(reason)
    kept = {
        "attempt_id": attempt_id,
        "item": item,
        "value": json.dumps(value, ensure_ascii=False),
        "counter": counter,
        "saved_at": now,
        "deliberate": int(deliberate),
    }
    newest = connection.execute(_KEEP, kept).scalar()
    if newest is not None:
        return Saved(True, newest)
    return Saved(False, _counter_of(session, attempt_id, item))


def _counter_of(session: Session, attempt_id: int, item: str) -> int:
    query = select(Response.counter).where(Response.attempt_id == attempt_id, Response.item == item)
    return session.scalars(query).one()


def answers_of(session: Session, attempt: Attempt) -> Answers:
    """Return everything that was answered in an attempt."""
    query = select(Response.item, Response.value, Response.counter).where(
        Response.attempt_id == attempt.id
    )
    rows = list(session.execute(query))
    return Answers(
        {row.item: json.loads(row.value) for row in rows}, {row.item: row.counter for row in rows}
    )


# The clock


def stop_clock(session: Session, person_id: int, now: datetime) -> None:
    """Stop the clock of a person's open attempts; only the seconds that remain are kept.

    Edge: an attempt without a clock, or whose time has run out, is left as it is.
    """
    for attempt in _open_attempts(session, person_id):
        remaining = stopped_clock(attempt.closes_at, now)
        if attempt.remaining_seconds is None and remaining is not None:
            attempt.remaining_seconds, attempt.closes_at = remaining, None
    session.flush()


def start_clock(session: Session, person_id: int, now: datetime) -> None:
    """Let the clock of a person's open attempts go on with the seconds that were kept."""
    for attempt in _open_attempts(session, person_id):
        if attempt.remaining_seconds is not None:
            attempt.closes_at = now + timedelta(seconds=attempt.remaining_seconds)
            attempt.remaining_seconds = None
    session.flush()


def _open_attempts(session: Session, person_id: int) -> list[Attempt]:
    query = (
        select(Attempt)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(Enrolment.person_id == person_id, Attempt.state == AttemptState.OPEN)
        .with_for_update(of=Attempt)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


# Handing in


def submit_attempt(session: Session, attempt: Attempt, person_id: int, *, now: datetime) -> None:
    """Close an attempt and keep its exact scores as facts; a second time changes nothing.

    Edge: what was saved before closing counts, whenever it is handed in; no trace of a pause stays.
    """
    lock_row(session, attempt)
    if attempt.state == AttemptState.CLOSED:
        return
    attempt.state, attempt.closed_at = AttemptState.CLOSED, now
    attempt.closes_at = attempt.remaining_seconds = None
    found = score(paper_of(session, attempt.form_hash), answers_of(session, attempt).values)
    zone, organisation_id = _home_of(session, attempt.enrolment_id)
    for part, points in {WHOLE: found.whole, **found.domains}.items():
        add_fact(session, _score_fact(attempt, part, points, today_in(zone, now), now))
    _keep_flags(session, attempt, found)
    _note(session, "attempt-submitted", attempt, now, organisation_id, person_id)


def _score_fact(
    attempt: Attempt, part: str, points: Points, happened_on: date, now: datetime
) -> Score:
    return Score(
        enrolment_id=attempt.enrolment_id,
        happened_on=happened_on,
        recorded_at=now,
        attempt_id=attempt.id,
        assessment=attempt.assessment,
        part=part,
        points=points.points,
        of=points.of,
        score_percent=points.score_percent,
        score_ppm=points.score_ppm,
    )


def _keep_flags(session: Session, attempt: Attempt, found: AssessmentScore) -> None:
    session.add_all(
        AttemptFlag(attempt_id=attempt.id, item=flag.item, option=flag.option)
        for flag in found.flags
    )
    session.flush()
