"""Runs and the second person: what a press means, who may settle, how far it is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.rules.certificates import (
    ONE,
    TWO,
    ApprovalRefusal,
    IssueRefusal,
    ProposalState,
    RowAct,
    RowState,
    act_for,
    asks_second,
    name_mark,
    progress_of,
    refusal_to_approve,
    refusal_to_decline,
    refusal_to_issue,
    refusal_to_propose,
)
from tests.rules.test_certificates import READY

HOLDER, FIRST, SECOND = READY.holder_id, READY.issuer_id, 7
TWO_ASKED = replace(READY, second_asked=True)
APPROVED = replace(TWO_ASKED, second_id=SECOND)


def test_where_two_are_asked_one_alone_issues_nothing():
    assert refusal_to_issue(READY) is None
    assert refusal_to_issue(TWO_ASKED) is IssueRefusal.SECOND_MISSING
    assert refusal_to_issue(APPROVED) is None


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"second_id": HOLDER}, IssueRefusal.OWN_CERTIFICATE),
        ({"issuer_id": HOLDER}, IssueRefusal.OWN_CERTIFICATE),
        ({"second_id": FIRST}, IssueRefusal.SECOND_IS_FIRST),
        ({"markers": frozenset({SECOND})}, IssueRefusal.ONLY_MARKER),
        ({"confirmers": frozenset({SECOND})}, IssueRefusal.ONLY_CONFIRMER),
        ({"markers": frozenset({FIRST})}, IssueRefusal.ONLY_MARKER),
        ({"verdict_met": False}, IssueRefusal.VERDICT_NOT_MET),
        ({"already_issued": True}, IssueRefusal.ALREADY_ISSUED),
    ],
)
def test_what_holds_for_the_first_holds_for_the_second(change, refusal):
    assert refusal_to_issue(replace(APPROVED, **change)) is refusal


def test_a_second_stands_for_nothing_else():
    """Of all that is missing, that nobody approved yet is said last."""
    assert refusal_to_issue(replace(TWO_ASKED, verdict_met=False)) is IssueRefusal.VERDICT_NOT_MET


def test_a_proposal_is_judged_as_issuing_but_for_the_second():
    assert refusal_to_propose(TWO_ASKED) is None
    unmet = replace(TWO_ASKED, verdict_met=False)
    assert refusal_to_propose(unmet) is IssueRefusal.VERDICT_NOT_MET


@pytest.mark.parametrize(
    ("asked", "proposer", "means"),
    [
        (False, None, RowAct.ISSUE),
        (False, SECOND, RowAct.ISSUE),
        (True, None, RowAct.PROPOSE),
        (True, SECOND, RowAct.APPROVE),
        (True, FIRST, ApprovalRefusal.WAITS_ALREADY),
    ],
)
def test_what_a_press_means(asked, proposer, means):
    assert act_for(second_asked=asked, proposer_id=proposer, by=FIRST) is means


@pytest.mark.parametrize(
    ("by", "state", "approve", "send_back"),
    [
        (SECOND, ProposalState.OPEN, None, None),
        (FIRST, ProposalState.OPEN, ApprovalRefusal.OWN_PROPOSAL, None),
        (HOLDER, ProposalState.OPEN, *[ApprovalRefusal.OWN_CERTIFICATE] * 2),
        (SECOND, ProposalState.APPROVED, *[ApprovalRefusal.SETTLED] * 2),
        (SECOND, ProposalState.DECLINED, *[ApprovalRefusal.SETTLED] * 2),
    ],
)
def test_who_settles_a_proposal(by, state, approve, send_back):
    named = {"state": state, "holder_id": HOLDER, "by": by}
    assert refusal_to_approve(proposer_id=FIRST, **named) is approve
    assert refusal_to_decline(reason="Look at March.", **named) is send_back


def test_sending_back_takes_a_reason():
    found = refusal_to_decline(state=ProposalState.OPEN, holder_id=HOLDER, by=SECOND, reason=" \n")
    assert found is ApprovalRefusal.REASON_MISSING


def test_the_setting_is_off_unless_it_says_two():
    assert (asks_second(ONE), asks_second(TWO)) == (False, True)


@given(st.lists(st.sampled_from(RowState)))
def test_everybody_of_a_run_is_counted_once(states):
    found = progress_of(states)
    assert found.done + found.refused + found.waiting == found.total == len(states)
    assert found.is_finished == (RowState.WAITING not in states)
    assert found.settled == found.total - found.waiting


@given(st.text(), st.text(), st.text())
def test_a_mark_tells_names_apart_and_keeps_none(place, name, other):
    assert (name_mark(place, name) == name_mark(place, other)) == (name == other)
    assert len(name_mark(place, name)) == 32
