"""Asking for another look, and taking the request back."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.db import lock_row, new_public_id
from lms.models import Appeal
from lms.rules.appeals import (
    AppealRefusal,
    AppealState,
    AskCase,
    due_on,
    last_day_to_ask,
    refusal_to_ask,
    refusal_to_move,
)
from lms.rules.programmes import AppealClock, Programme
from lms.services.appeals.acts import Act, Row, find_act
from lms.services.appeals.texts import asker_of, note, seal_part
from lms.services.errors import RefusedError
from lms.services.people import today_in
from lms.services.publishing import definition_of


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person may ask about an act, until when, and what they asked already.

    Shape: `refusal` is None where another look can be asked for; `due` is the day by which it would
           be answered if it were asked today.
    """

    act: Act
    refusal: AppealRefusal | None
    last_day: date | None
    due: date | None
    appeal: Appeal | None


def clock_of(session: Session, act: Act) -> AppealClock:
    """Return the times that the programme version of a place sets."""
    programme: Programme = definition_of(session, act.place.programme_version)
    return programme.appeals


def _latest(session: Session, act: Act) -> Appeal | None:
    query = (
        select(Appeal)
        .where(
            Appeal.kind == act.kind.value,
            Appeal.subject_id == act.subject_id,
            Appeal.acted_at == act.at,
        )
        .order_by(Appeal.id.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def standing_of(session: Session, row: Row, *, now: datetime) -> Standing | None:
    """Return where asking for another look at a row stands, None where nothing was decided yet."""
    act = find_act(session, row)
    if act is None:
        return None
    clock, today = clock_of(session, act), today_in(act.place.cohort.zone, now)
    found, last_day = _latest(session, act), last_day_to_ask(clock, act.on)
    refusal = refusal_to_ask(
        AskCase(
            appealable=act.appealable,
            stands=act.stands,
            last_day=last_day,
            today=today,
            latest=AppealState(found.state) if found else None,
        )
    )
    return Standing(act, refusal, last_day, due_on(clock, today), found)


def ask_again(session: Session, row: Row, *, words: str, op_id: str, now: datetime) -> Appeal:
    """Ask for another look at the newest act on a row, in the name of whose record it is.

    Edge:   the same form sent twice leads to the one appeal; two at once are one and a refusal.
    Raises: RefusedError(AppealRefusal).
    """
    standing = standing_of(session, row, now=now)
    twin = _find_by_op(session, row.enrolment_id, op_id)
    if twin is not None:
        return twin
    if standing is None:
        raise RefusedError(AppealRefusal.NOTHING_TO_ASK)
    if standing.refusal:
        raise RefusedError(standing.refusal)
    if not words.strip():
        raise RefusedError(AppealRefusal.WORDS_MISSING)
    act = standing.act
    appeal = _new(session, act, words, op_id, now)
    try:
        with session.begin_nested():
            session.add(appeal)
    except IntegrityError as clash:
        raise RefusedError(AppealRefusal.ALREADY_OPEN) from clash
    note(session, "appeal-asked", appeal, by=act.place.person_id, now=now)
    return appeal


def _new(session: Session, act: Act, words: str, op_id: str, now: datetime) -> Appeal:
    appeal = Appeal(
        public_id=new_public_id(),
        enrolment_id=act.place.id,
        kind=act.kind.value,
        subject_id=act.subject_id,
        acted_at=act.at,
        taken_by=act.taken_by,
        asked_at=now,
        asked_on=today_in(act.place.cohort.zone, now),
        op_id=op_id,
    )
    appeal.words = seal_part(session, appeal, act.place.person_id, words, part="words", now=now)
    return appeal


def _find_by_op(session: Session, enrolment_id: int, op_id: str) -> Appeal | None:
    query = select(Appeal).where(Appeal.enrolment_id == enrolment_id, Appeal.op_id == op_id)
    return session.scalars(query).one_or_none()


def withdraw_appeal(session: Session, appeal: Appeal, *, now: datetime) -> None:
    """Take a request back, in the name of its asker; nobody asks why. Twice is the same as once.

    Raises: RefusedError(AppealRefusal) where it was answered meanwhile.
    """
    lock_row(session, appeal)
    if appeal.state == AppealState.WITHDRAWN:
        return
    refusal = refusal_to_move(AppealState(appeal.state), AppealState.WITHDRAWN)
    if refusal:
        raise RefusedError(refusal)
    appeal.state = AppealState.WITHDRAWN.value
    session.flush()
    note(session, "appeal-withdrawn", appeal, by=asker_of(session, appeal).id, now=now)
