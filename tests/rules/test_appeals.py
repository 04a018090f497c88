"""Another look: who may ask until when, who may decide, and every move tried."""

from datetime import date
from itertools import product

import pytest

from lms.rules.appeals import (
    ANSWERS,
    FITTING,
    OPEN,
    AnswerCase,
    AppealKind,
    AppealRefusal,
    AppealState,
    AskCase,
    answers_from,
    due_on,
    last_day_to_ask,
    refusal_to_answer,
    refusal_to_ask,
    refusal_to_move,
    refusal_to_name,
    way_back,
)
from lms.rules.certificates import MOVES as CERTIFICATE_MOVES
from lms.rules.certificates import CertificateEventKind, CertificateState
from lms.rules.programmes import AppealClock
from lms.rules.roles import Role

S, K, R = AppealState, AppealKind, AppealRefusal
ACTED = date(2026, 1, 31)
OPEN_MOVES = {
    (S.ASKED, S.ASSIGNED),
    (S.ASKED, S.WITHDRAWN),
    (S.ASSIGNED, S.ASSIGNED),
    (S.ASSIGNED, S.UPHELD),
    (S.ASSIGNED, S.CHANGED),
    (S.ASSIGNED, S.SENT_BACK),
    (S.ASSIGNED, S.WITHDRAWN),
    (S.SENT_BACK, S.UPHELD),
    (S.SENT_BACK, S.CHANGED),
}


@pytest.mark.parametrize(("now", "to"), list(product(S, S)))
def test_every_move_is_open_or_refused(now, to):
    expected = None if (now, to) in OPEN_MOVES else R.NOT_FROM_HERE
    assert refusal_to_move(now, to) is expected


def test_what_is_open_can_move_and_what_is_final_cannot():
    assert {now for now, _ in OPEN_MOVES} == OPEN
    assert answers_from(S.ASSIGNED) == ANSWERS
    assert answers_from(S.SENT_BACK) == (S.UPHELD, S.CHANGED)
    assert answers_from(S.ASKED) == answers_from(S.CHANGED) == ()


@pytest.mark.parametrize(
    ("stretch", "last"),
    [
        ("30 days", date(2026, 3, 2)),
        ("1 month", date(2026, 2, 28)),
        ("", None),
        ("to be set", None),
    ],
)
def test_the_time_to_ask_counts_from_the_act_in_days_of_the_calendar(stretch, last):
    assert last_day_to_ask(AppealClock(ask_within=stretch), ACTED) == last
    assert due_on(AppealClock(decide_within=stretch), ACTED) == last


def test_an_act_without_a_day_never_closes():
    assert last_day_to_ask(AppealClock(ask_within="1 day"), None) is None


def asked(**what_matters):
    given = {"appealable": True, "stands": True, "last_day": None, "today": ACTED}
    return refusal_to_ask(AskCase(**{**given, **what_matters}))


def test_the_last_day_is_in_time_and_the_next_is_not():
    last = date(2026, 2, 10)
    assert asked(last_day=last, today=last) is None
    assert asked(last_day=last, today=date(2026, 2, 11)) is R.TOO_LATE
    assert asked(last_day=None, today=date.max) is None


@pytest.mark.parametrize(
    ("what_matters", "refusal"),
    [
        ({}, None),
        ({"appealable": False}, R.NOTHING_TO_ASK),
        ({"stands": False}, R.MOVED_ON),
        ({"latest": S.ASKED}, R.ALREADY_OPEN),
        ({"latest": S.ASSIGNED}, R.ALREADY_OPEN),
        ({"latest": S.SENT_BACK}, R.ALREADY_OPEN),
        ({"latest": S.UPHELD}, R.ALREADY_ANSWERED),
        ({"latest": S.CHANGED, "stands": False}, R.ALREADY_ANSWERED),
        ({"latest": S.WITHDRAWN}, None),
    ],
)
def test_one_look_at_one_act_unless_its_asker_took_it_back(what_matters, refusal):
    assert asked(**what_matters) is refusal


@pytest.mark.parametrize(("kind", "role"), list(product(K, Role)))
def test_whoever_decides_holds_a_role_that_takes_such_acts(kind, role):
    refusal = refusal_to_name(kind, person_id=3, asker_id=1, involved={2}, roles={role})
    assert refusal is (None if role in FITTING[kind] else R.DECIDER_WITHOUT_ROLE)


def test_nobody_decides_about_themselves_or_about_their_own_act():
    every = frozenset(Role)
    for kind in K:
        named = {"asker_id": 1, "involved": {2, 4}, "roles": every}
        assert refusal_to_name(kind, person_id=1, **named) is R.DECIDER_ASKED
        assert refusal_to_name(kind, person_id=2, **named) is R.DECIDER_TOOK_PART
        assert refusal_to_name(kind, person_id=4, **named) is R.DECIDER_TOOK_PART
        assert refusal_to_name(kind, person_id=3, **named) is None


def answered(**what_matters):
    given = {
        "kind": K.HOURS,
        "state": S.ASSIGNED,
        "answer": S.UPHELD,
        "reasons": "Because.",
        "record": "",
        "stands": True,
    }
    return refusal_to_answer(AnswerCase(**{**given, **what_matters}))


@pytest.mark.parametrize(
    ("what_matters", "refusal"),
    [
        ({}, None),
        ({"reasons": " "}, R.REASONS_MISSING),
        ({"answer": S.WITHDRAWN}, R.NOT_FROM_HERE),
        ({"answer": S.ASSIGNED}, R.NOT_FROM_HERE),
        ({"state": S.ASKED}, R.NOT_FROM_HERE),
        ({"state": S.WITHDRAWN}, R.NOT_FROM_HERE),
        ({"state": S.CHANGED, "answer": S.CHANGED}, R.NOT_FROM_HERE),
        ({"answer": S.CHANGED}, None),
        ({"answer": S.CHANGED, "stands": False}, R.MOVED_ON),
        ({"answer": S.UPHELD, "stands": False}, None),
        ({"answer": S.CHANGED, "way_back": False}, R.NO_WAY_BACK),
        ({"answer": S.CHANGED, "kind": K.DECISION}, R.RECORD_MISSING),
        ({"answer": S.CHANGED, "kind": K.CERTIFICATE}, R.RECORD_MISSING),
        ({"answer": S.CHANGED, "kind": K.DECISION, "record": "Shown."}, None),
        ({"answer": S.CHANGED, "kind": K.RESULT}, None),
        ({"answer": S.SENT_BACK}, None),
        ({"answer": S.SENT_BACK, "taker_fits": False}, R.TAKER_GONE),
        ({"answer": S.SENT_BACK, "state": S.SENT_BACK}, R.NOT_FROM_HERE),
        ({"answer": S.CHANGED, "state": S.SENT_BACK}, None),
    ],
)
def test_an_answer_has_reasons_and_changes_only_what_still_stands(what_matters, refusal):
    assert answered(**what_matters) is refusal


def test_a_certificate_comes_back_by_an_event_of_its_own_lifecycle():
    assert way_back(CertificateState.SUSPENDED) is CertificateEventKind.REINSTATED
    for state in CertificateState:
        kind = way_back(state)
        if kind is not None:
            assert CERTIFICATE_MOVES[state][kind] is CertificateState.VALID
