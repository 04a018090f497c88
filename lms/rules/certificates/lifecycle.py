"""What may happen to a certificate after issue, and its state on any day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from lms.rules.programmes.quantities import Length, add_length


class CertificateState(StrEnum):
    """What anybody who holds the code reads first."""

    VALID = "valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class CertificateEventKind(StrEnum):
    """What may happen to a certificate after issue; rows beside it, never a change of it.

    `withdrawn` is the holder's own act, `restored` what an appeal brings: it holds again from the
    very day on which it was revoked.
    """

    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class CertificateEvent:
    """One event: the day it holds from, and the instant it was written down.

    `lifts_after` is the last day of a suspension that ends by its date alone.
    """

    kind: CertificateEventKind
    happened_on: date
    recorded_at: datetime
    lifts_after: date | None = None


MOVES: dict[CertificateState, dict[CertificateEventKind, CertificateState]] = {
    CertificateState.VALID: {
        CertificateEventKind.SUSPENDED: CertificateState.SUSPENDED,
        CertificateEventKind.REVOKED: CertificateState.REVOKED,
        CertificateEventKind.SUPERSEDED: CertificateState.SUPERSEDED,
        CertificateEventKind.WITHDRAWN: CertificateState.WITHDRAWN,
    },
    CertificateState.SUSPENDED: {
        CertificateEventKind.REINSTATED: CertificateState.VALID,
        CertificateEventKind.REVOKED: CertificateState.REVOKED,
        CertificateEventKind.SUPERSEDED: CertificateState.SUPERSEDED,
        CertificateEventKind.WITHDRAWN: CertificateState.WITHDRAWN,
    },
    CertificateState.REVOKED: {
        CertificateEventKind.RESTORED: CertificateState.VALID,
    },
    CertificateState.WITHDRAWN: {
        CertificateEventKind.REVOKED: CertificateState.REVOKED,
    },
    CertificateState.SUPERSEDED: {},
}
"""Allowed moves from VALID on. EXPIRED is left out: the date brings it, never an event."""

ENDS_BY_DATE = frozenset({CertificateState.VALID, CertificateState.SUSPENDED})


class Turn(NamedTuple):
    """A day from which a state holds."""

    on: date
    state: CertificateState


def _day_after(day: date) -> date:
    return day if day == date.max else day + timedelta(days=1)


def turns_of(events: Iterable[CertificateEvent]) -> list[Turn]:
    """Return the states that events bring, in order, from the beginning of time on.

    Edge: an event that is not open where things stand changes nothing. A suspension with a last
          day is over the day after, unless something else came first.
    """
    turns = [Turn(date.min, CertificateState.VALID)]
    lifts: date | None = None
    for event in sorted(events, key=lambda one: (one.happened_on, one.recorded_at)):
        if lifts is not None and event.happened_on > lifts:
            turns.append(Turn(_day_after(lifts), CertificateState.VALID))
            lifts = None
        state = MOVES[turns[-1].state].get(event.kind)
        if state is None:
            continue
        undone = turns.pop().on if event.kind is CertificateEventKind.RESTORED else None
        turns.append(Turn(undone or event.happened_on, state))
        lifts = event.lifts_after if state is CertificateState.SUSPENDED else None
    if lifts is not None:
        turns.append(Turn(_day_after(lifts), CertificateState.VALID))
    return turns


def _turn_on(events: Iterable[CertificateEvent], on: date) -> Turn:
    return [turn for turn in turns_of(events) if turn.on <= on][-1]


def state_on(
    events: Iterable[CertificateEvent], valid_until: date | None, on: date
) -> CertificateState:
    """Return the certificate's state on a day from its issue on, by what is known now.

    Units: `valid_until` is the last valid day, None is without end; all days in one zone.
    Edge:  events after `on` are not counted, but for a revocation that an appeal undid: it never
           held. Once the last day is over a valid or suspended certificate is expired; revoked,
           superseded and withdrawn stay what they are.
    """
    state = _turn_on(events, on).state
    if state in ENDS_BY_DATE and valid_until is not None and on > valid_until:
        return CertificateState.EXPIRED
    return state


def state_since(
    events: Iterable[CertificateEvent], valid_until: date | None, on: date
) -> date | None:
    """Return the day of the event that brought the state of `on`; None where a date or none did."""
    past = tuple(events)
    if state_on(past, valid_until, on) in (CertificateState.VALID, CertificateState.EXPIRED):
        return None
    return _turn_on(past, on).on


class EventRefusal(StrEnum):
    """Why an event may not be recorded beside a certificate."""

    OWN_CERTIFICATE = "event-own-certificate"
    NOT_THE_HOLDER = "event-not-the-holder"
    REASON_MISSING = "event-reason-missing"
    IN_THE_FUTURE = "event-in-the-future"
    BEFORE_ISSUE = "event-before-issue"
    BEFORE_LAST_EVENT = "event-before-last"
    NOT_FROM_THIS_STATE = "not-from-this-state"
    FOLLOWED = "event-followed"
    UNTIL_NOT_LATER = "event-until-not-later"
    PROCESS_MISSING = "event-process-missing"
    PROCESS_ORDER = "event-process-order"
    PROCESS_IN_THE_FUTURE = "event-process-in-the-future"
    ANSWER_TOO_SHORT = "event-answer-too-short"


@dataclass(frozen=True, slots=True)
class DueProcess:
    """The days on the way to a revocation: the person is told, may answer, and it is decided."""

    notice_on: date | None = None
    answer_by: date | None = None
    decided_on: date | None = None

    @property
    def is_whole(self) -> bool:
        """Whether each of the three days is there."""
        return None not in (self.notice_on, self.answer_by, self.decided_on)


NO_PROCESS = DueProcess()


@dataclass(frozen=True, slots=True)
class EventCase:
    """What the act of recording an event is judged on; `events` are those already recorded.

    `is_followed` says that a later term was issued; `answer` is the least time to answer that the
    programme gives before it revokes; `until_on` is the last day of a suspension that has one.
    """

    issued_on: date
    events: tuple[CertificateEvent, ...]
    valid_until: date | None
    happened_on: date
    today: date
    reason: str
    actor_id: int
    holder_id: int
    is_followed: bool = False
    until_on: date | None = None
    process: DueProcess = NO_PROCESS
    answer: Length | None = None


WITHOUT_REASON = frozenset({CertificateEventKind.SUPERSEDED, CertificateEventKind.WITHDRAWN})
"""Nobody has to say why they give a certificate back, or why their name is another now."""


def refusal_to_record(kind: CertificateEventKind, case: EventCase) -> EventRefusal | None:
    """Return why this event may not be recorded by this person, or None if it may.

    Edge: events are recorded in the order of their days. An expired certificate can no longer be
          suspended or given back, but it can be revoked, superseded, or have a suspension lifted.
          Once a later term was issued, acts are done on that one.
    """
    refusal = _refusal_by_person(kind, case)
    if refusal:
        return refusal
    if kind not in WITHOUT_REASON and not case.reason.strip():
        return EventRefusal.REASON_MISSING
    if case.happened_on > case.today:
        return EventRefusal.IN_THE_FUTURE
    if case.happened_on < case.issued_on:
        return EventRefusal.BEFORE_ISSUE
    return _refusal_by_state(kind, case) or _refusal_by_days(kind, case)


def _refusal_by_person(kind: CertificateEventKind, case: EventCase) -> EventRefusal | None:
    is_holder = case.actor_id == case.holder_id
    if kind is CertificateEventKind.WITHDRAWN:
        return None if is_holder else EventRefusal.NOT_THE_HOLDER
    return EventRefusal.OWN_CERTIFICATE if is_holder else None


def _refusal_by_state(kind: CertificateEventKind, case: EventCase) -> EventRefusal | None:
    if case.is_followed:
        return EventRefusal.FOLLOWED
    if any(event.happened_on > case.happened_on for event in case.events):
        return EventRefusal.BEFORE_LAST_EVENT
    return None if _is_allowed(kind, case) else EventRefusal.NOT_FROM_THIS_STATE


NOT_ONCE_EXPIRED = frozenset({CertificateEventKind.SUSPENDED, CertificateEventKind.WITHDRAWN})


def _is_allowed(kind: CertificateEventKind, case: EventCase) -> bool:
    shown = state_on(case.events, case.valid_until, case.happened_on)
    if shown is CertificateState.EXPIRED and kind in NOT_ONCE_EXPIRED:
        return False
    return kind in MOVES[_turn_on(case.events, case.happened_on).state]


def _refusal_by_days(kind: CertificateEventKind, case: EventCase) -> EventRefusal | None:
    if kind is CertificateEventKind.SUSPENDED:
        is_past = case.until_on is not None and case.until_on <= case.happened_on
        return EventRefusal.UNTIL_NOT_LATER if is_past else None
    if kind is CertificateEventKind.REVOKED:
        return refusal_to_process(case.process, answer=case.answer, today=case.today)
    return None


def refusal_to_process(
    process: DueProcess, *, answer: Length | None, today: date
) -> EventRefusal | None:
    """Return what is wrong with the days on the way to a revocation, or None.

    Shape:  `answer` is the least time to answer that the programme gives, None where it sets none:
            then each day may be left out, and those that are given stand in their order.
    Edge:   the last day to answer may be the day of the decision.
    Source: certification-rules, rule kind H4.
    """
    if answer is not None and not process.is_whole:
        return EventRefusal.PROCESS_MISSING
    given = (process.notice_on, process.answer_by, process.decided_on)
    days = [day for day in given if day is not None]
    if days != sorted(days):
        return EventRefusal.PROCESS_ORDER
    if any(day > today for day in (process.notice_on, process.decided_on) if day is not None):
        return EventRefusal.PROCESS_IN_THE_FUTURE
    if answer is None or process.notice_on is None or process.answer_by is None:
        return None
    is_short = process.answer_by < add_length(process.notice_on, answer)
    return EventRefusal.ANSWER_TOO_SHORT if is_short else None


def refusal_to_revoke(case: EventCase) -> EventRefusal | None:
    """Return why this person may not revoke the certificate on that day, or None if they may."""
    return refusal_to_record(CertificateEventKind.REVOKED, case)
