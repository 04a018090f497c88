"""Appeals: another look at an act, asked for in time, decided by somebody else with reasons."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.rules.certificates import MOVES as CERTIFICATE_MOVES
from lms.rules.certificates import CertificateEventKind, CertificateState
from lms.rules.programmes import AppealClock
from lms.rules.programmes.quantities import add_length, is_to_be_set, length_from
from lms.rules.roles import Role


class AppealKind(StrEnum):
    """What kind of act is looked at again."""

    DECISION = "decision"
    RESULT = "result"
    HOURS = "hours"
    CERTIFICATE = "certificate"
    WAIVER = "waiver"


class AppealState(StrEnum):
    """Where an appeal stands. `sent-back`: whoever took the act looks once more, with an answer."""

    ASKED = "asked"
    ASSIGNED = "assigned"
    UPHELD = "upheld"
    CHANGED = "changed"
    SENT_BACK = "sent-back"
    WITHDRAWN = "withdrawn"


class AppealRefusal(StrEnum):
    """Why an appeal is not asked for, moved or decided this way."""

    NOTHING_TO_ASK = "appeal-nothing-to-ask"
    MOVED_ON = "appeal-moved-on"
    TOO_LATE = "appeal-too-late"
    ALREADY_OPEN = "appeal-already-open"
    ALREADY_ANSWERED = "appeal-already-answered"
    WORDS_MISSING = "appeal-words-missing"
    NOT_FROM_HERE = "appeal-not-from-here"
    CHANGED_MEANWHILE = "appeal-changed-meanwhile"
    DECIDER_ASKED = "appeal-decider-asked"
    DECIDER_TOOK_PART = "appeal-decider-took-part"
    DECIDER_WITHOUT_ROLE = "appeal-decider-without-role"
    REASONS_MISSING = "appeal-reasons-missing"
    RECORD_MISSING = "appeal-record-missing"
    NO_WAY_BACK = "appeal-no-way-back"
    SAME_MARKS = "appeal-same-marks"
    TAKER_GONE = "appeal-taker-gone"


S = AppealState
MOVES: dict[AppealState, frozenset[AppealState]] = {
    S.ASKED: frozenset({S.ASSIGNED, S.WITHDRAWN}),
    S.ASSIGNED: frozenset({S.ASSIGNED, S.UPHELD, S.CHANGED, S.SENT_BACK, S.WITHDRAWN}),
    S.UPHELD: frozenset(),
    S.CHANGED: frozenset(),
    S.SENT_BACK: frozenset({S.UPHELD, S.CHANGED}),
    S.WITHDRAWN: frozenset(),
}
"""Assigned may follow assigned: somebody else is named where the first cannot decide."""

OPEN = frozenset({S.ASKED, S.ASSIGNED, S.SENT_BACK})
ANSWERS = (S.UPHELD, S.CHANGED, S.SENT_BACK)
NAMEABLE = OPEN
"""While it is open somebody else can be named: to decide, or to look in the taker's place."""


def answers_from(state: AppealState) -> tuple[AppealState, ...]:
    """Return the answers that are open from a state, in their order."""
    return tuple(answer for answer in ANSWERS if answer in MOVES[state])


FITTING: dict[AppealKind, frozenset[Role]] = {
    AppealKind.DECISION: frozenset({Role.COORDINATOR}),
    AppealKind.RESULT: frozenset({Role.TRAINER, Role.COORDINATOR}),
    AppealKind.HOURS: frozenset({Role.SUPERVISOR, Role.COORDINATOR}),
    AppealKind.CERTIFICATE: frozenset({Role.COORDINATOR}),
    AppealKind.WAIVER: frozenset({Role.COORDINATOR}),
}
"""One of these roles is held by whoever decides: those who may take such an act themselves."""

NEEDS_RECORD = frozenset({AppealKind.DECISION, AppealKind.CERTIFICATE, AppealKind.WAIVER})
"""Where a changed outcome is a fact with reasons of its own, which others than the asker read."""


def refusal_to_move(now: AppealState, to: AppealState) -> AppealRefusal | None:
    """Return why an appeal cannot go from one state to another, or None."""
    return None if to in MOVES[now] else AppealRefusal.NOT_FROM_HERE


def refusal_to_name_in(state: AppealState) -> AppealRefusal | None:
    """Return why nobody is named while an appeal stands like this, or None."""
    return None if state in NAMEABLE else AppealRefusal.NOT_FROM_HERE


def last_day_to_ask(clock: AppealClock, acted_on: date | None) -> date | None:
    """Return the last day on which another look may be asked for, None where there is no end.

    Units:  days in the programme's zone; the day of the act is not counted, the last day is.
    Edge:   where the programme sets no time, or where nobody wrote down the day of the act, the
            way stays open.
    Source: certification-rules, rule kind H4.
    """
    return _after(acted_on, clock.ask_within)


def due_on(clock: AppealClock, asked_on: date) -> date | None:
    """Return the day by which an appeal is to be answered, None where the programme sets none.

    Edge:   a day that has passed takes nothing from the asker: the answer is late, and it counts.
    Source: certification-rules, rule kinds H1 and H4.
    """
    return _after(asked_on, clock.decide_within)


def _after(day: date | None, stretch: str) -> date | None:
    if day is None or not stretch or is_to_be_set(stretch):
        return None
    return add_length(day, length_from(stretch))


@dataclass(frozen=True, slots=True)
class AskCase:
    """What asking is judged on.

    `appealable` says that the act is of a kind that can be looked at again, `stands` that nothing
    newer has taken its place, `last_day` is the last day to ask, None without end. `latest` is
    where the newest appeal about this very act stands, None where there was none.
    """

    appealable: bool
    stands: bool
    last_day: date | None
    today: date
    latest: AppealState | None = None


def refusal_to_ask(case: AskCase) -> AppealRefusal | None:
    """Return why another look cannot be asked for, or None; the words are asked for apart.

    Edge: an appeal that its asker withdrew may be asked again, within the same time.
    """
    if not case.appealable:
        return AppealRefusal.NOTHING_TO_ASK
    if case.latest in OPEN:
        return AppealRefusal.ALREADY_OPEN
    if case.latest in {S.UPHELD, S.CHANGED}:
        return AppealRefusal.ALREADY_ANSWERED
    if not case.stands:
        return AppealRefusal.MOVED_ON
    is_late = case.last_day is not None and case.today > case.last_day
    return AppealRefusal.TOO_LATE if is_late else None


def refusal_to_name(
    kind: AppealKind,
    *,
    person_id: int,
    asker_id: int,
    involved: Collection[int],
    roles: Collection[Role],
) -> AppealRefusal | None:
    """Return why this person may not decide an appeal, or None.

    Shape: `involved` are those who took the act, marked or confirmed; `roles` are held today, in
           the asker's organisation.
    Edge:  asked when somebody is named and again when they decide.
    """
    if person_id == asker_id:
        return AppealRefusal.DECIDER_ASKED
    if person_id in involved:
        return AppealRefusal.DECIDER_TOOK_PART
    fits = bool(FITTING[kind] & frozenset(roles))
    return None if fits else AppealRefusal.DECIDER_WITHOUT_ROLE


@dataclass(frozen=True, slots=True)
class AnswerCase:
    """What an answer is judged on.

    `reasons` are for the asker, `record` goes on the new fact; `stands` says that the act is still
    what it was; `way_back` that the act's own rules let something take its place; `taker_fits` that
    whoever took the act could take it again.
    """

    kind: AppealKind
    state: AppealState
    answer: AppealState
    reasons: str
    record: str
    stands: bool
    way_back: bool = True
    taker_fits: bool = True


def refusal_to_answer(case: AnswerCase) -> AppealRefusal | None:
    """Return why an appeal is not answered this way, or None.

    Edge: an act that something newer has replaced can be answered, but no longer changed here.
    """
    if case.answer not in answers_from(case.state):
        return AppealRefusal.NOT_FROM_HERE
    if not case.reasons.strip():
        return AppealRefusal.REASONS_MISSING
    if case.answer is S.SENT_BACK:
        return None if case.taker_fits else AppealRefusal.TAKER_GONE
    return _refusal_to_change(case) if case.answer is S.CHANGED else None


def _refusal_to_change(case: AnswerCase) -> AppealRefusal | None:
    if not case.stands:
        return AppealRefusal.MOVED_ON
    if not case.way_back:
        return AppealRefusal.NO_WAY_BACK
    needs = case.kind in NEEDS_RECORD and not case.record.strip()
    return AppealRefusal.RECORD_MISSING if needs else None


def way_back(state: CertificateState) -> CertificateEventKind | None:
    """Return the event that makes a certificate valid again, None where its lifecycle has none."""
    moves = CERTIFICATE_MOVES.get(state, {})
    return next((kind for kind, to in moves.items() if to is CertificateState.VALID), None)
