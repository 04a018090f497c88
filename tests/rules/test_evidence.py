"""Rules of documents: what is taken, what is kept of it, and who looks at it."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from lms.rules.evidence import (
    TO_LOOK_AT,
    AttestRefusal,
    DocumentRefusal,
    DocumentState,
    Paper,
    QualificationClaim,
    QualificationKind,
    QualificationRefusal,
    QualificationState,
    Recommends,
    ReferenceAnswer,
    ReferenceRefusal,
    ReferenceWish,
    Relationship,
    Review,
    WaiverClaim,
    WaiverRefusal,
    WaiverState,
    capacity_for,
    code_of,
    is_from_another,
    is_overdue,
    keeps_no_file,
    outcomes_for,
    refusal_to_accept,
    refusal_to_allow,
    refusal_to_ask,
    refusal_to_ask_outside,
    refusal_to_attest,
    refusal_to_decide,
    refusal_to_give,
    refusal_to_keep_qualification,
    refusal_to_move_qualification,
    refusal_to_return,
    refusal_to_take,
    refusal_to_withdraw,
    same_name,
)
from lms.rules.programmes.evidence import Waivable
from lms.rules.programmes.nodes import Attest
from lms.rules.visibility import Relation

TODAY = date(2026, 11, 2)
PAPER = Paper("diploma", date(2020, 6, 1), date(2030, 6, 1))


def given(paper, **changed):
    """Return why a paper is not taken."""
    terms = {"asked": {"diploma", "background-check"}, "today": TODAY}
    return refusal_to_give(paper, **{**terms, "has_file": False, "is_open": True, **changed})


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({}, None),
        ({"on": TODAY, "expires_on": TODAY}, None),
        ({"on": date(2026, 11, 3), "expires_on": None}, DocumentRefusal.IN_THE_FUTURE),
        ({"on": date(1900, 1, 1)}, None),
        ({"on": date(1899, 12, 31)}, DocumentRefusal.TOO_OLD),
        ({"on": None}, DocumentRefusal.NO_DAY),
        ({"expires_on": date(2020, 5, 31)}, DocumentRefusal.EXPIRES_FIRST),
        ({"kind": "diary"}, DocumentRefusal.NOT_ASKED),
        ({"known_since": date(2020, 6, 1)}, None),
        ({"known_since": date(2020, 6, 2)}, DocumentRefusal.KNOWN_LATER),
    ],
)
def test_a_paper_is_taken_for_what_is_asked_and_with_days_that_can_be(changed, refusal):
    assert given(replace(PAPER, **changed)) is refusal


def test_nothing_is_handed_in_where_the_place_is_not_open():
    assert given(PAPER, is_open=False) is DocumentRefusal.PLACE_CLOSED


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        ("background-check", False),
        ("criminal-record", False),
        ("fingerprint-result", False),
        ("exclusion-list-check", False),
        ("police-check", False),
        ("storytelling", False),
        ("high-school-diploma", True),
        ("reference", True),
        ("self-assessment", True),
        ("written-exam", True),
    ],
)
def test_the_report_of_a_check_and_a_story_are_never_kept(kind, kept):
    assert keeps_no_file(kind) is not kept
    refusal = given(replace(PAPER, kind=kind), asked={kind}, has_file=True)
    assert refusal is (None if kept else DocumentRefusal.NO_FILE_KEPT)


def test_outcomes_are_those_of_the_programme_and_one_that_asks_for_a_person():
    assert outcomes_for("written-exam", ("passed",)) == ("passed", TO_LOOK_AT)
    assert outcomes_for("diploma", ()) == ("accepted", TO_LOOK_AT)
    assert outcomes_for("background-check", ()) == ("clear", TO_LOOK_AT)


def test_only_what_is_written_by_another_is_asked_of_another():
    assert is_from_another("reference-from-a-certified-peer")
    assert is_from_another("character-letter")
    assert not is_from_another("high-school-diploma")


S = DocumentState
FINE = Review("accepted")
MAY = {
    ("accept", False): {S.HANDED_IN, S.ON_FILE},
    ("return", False): {S.HANDED_IN},
    ("allow", False): {S.ON_FILE},
    ("withdraw", False): {S.ON_FILE},
    ("withdraw", True): {S.HANDED_IN},
}


def refusal_of(act, state, own):
    """Return why an act is refused in a state, with everything else in order."""
    if act == "accept":
        return refusal_to_accept(state, FINE, outcomes={"accepted"}, is_own=own)
    if act == "return":
        return refusal_to_return(state, "a note", is_own=own)
    if act == "allow":
        return refusal_to_allow(state, TO_LOOK_AT, "a reason", is_own=own)
    return refusal_to_withdraw(state, "a reason", is_own=own)


@pytest.mark.parametrize(
    ("act", "state", "own"),
    list(product(("accept", "return", "allow", "withdraw"), DocumentState, (True, False))),
)
def test_every_move_of_a_document_by_oneself_and_by_the_office(act, state, own):
    allowed = state in MAY.get((act, own), set())
    assert (refusal_of(act, state, own) is None) is allowed


def test_what_a_coordinator_decides_needs_words():
    assert refusal_to_return(S.HANDED_IN, " ", is_own=False) is DocumentRefusal.NOTE_MISSING
    assert refusal_to_withdraw(S.ON_FILE, "", is_own=False) is DocumentRefusal.NOTE_MISSING
    no_reason = refusal_to_allow(S.ON_FILE, TO_LOOK_AT, "", is_own=False)
    assert no_reason is DocumentRefusal.NOTE_MISSING
    twice = refusal_to_allow(S.ON_FILE, TO_LOOK_AT, "why", is_own=False, is_allowed=True)
    assert twice is DocumentRefusal.NOT_FROM_HERE
    fine = refusal_to_allow(S.ON_FILE, "accepted", "why", is_own=False)
    assert fine is DocumentRefusal.NOT_FROM_HERE
    other = Review("perhaps")
    assert refusal_to_accept(S.HANDED_IN, other, outcomes={"accepted"}, is_own=False) is (
        DocumentRefusal.OUTCOME_UNKNOWN
    )


def test_a_name_is_known_again_in_any_script():
    assert same_name("José  Ñandú", "JOSE\u0301 n\u0303andu\u0301")
    assert same_name("山田 太郎", "山田\u3000太郎")
    assert not same_name("محمد", "محمود")


# Waivers


CLAIM = WaiverClaim("supervision", "Learnt elsewhere.", TODAY)
TERMS = Waivable(by=("coordinator",), until=TODAY)


@pytest.mark.parametrize(
    ("claim", "terms", "refusal"),
    [
        (CLAIM, TERMS, None),
        (CLAIM, None, WaiverRefusal.NOT_WAIVABLE),
        (CLAIM, Waivable(by=("trainer",)), WaiverRefusal.NOT_WAIVABLE),
        (CLAIM, Waivable(by=("coordinator",), until=date(2026, 11, 1)), WaiverRefusal.TOO_LATE),
        (replace(CLAIM, claim=" \n"), TERMS, WaiverRefusal.CLAIM_MISSING),
        (replace(CLAIM, due_on=None), TERMS, WaiverRefusal.DUE_BEHIND),
        (replace(CLAIM, due_on=date(2026, 11, 1)), TERMS, WaiverRefusal.DUE_BEHIND),
    ],
)
def test_a_waiver_is_asked_for_on_the_programmes_terms_and_with_a_ground(claim, terms, refusal):
    assert refusal_to_ask(claim, terms, today=TODAY, is_open=True) is refusal
    closed = refusal_to_ask(claim, terms, today=TODAY, is_open=False)
    assert closed is WaiverRefusal.PLACE_CLOSED


@pytest.mark.parametrize("state", WaiverState)
def test_only_what_is_asked_is_decided_with_a_reason_and_never_for_oneself(state):
    asked = state is WaiverState.ASKED
    refusal = refusal_to_decide(state, "why", decider_id=2, person_id=1)
    assert refusal is (None if asked else WaiverRefusal.NOT_FROM_HERE)
    own = refusal_to_decide(state, "why", decider_id=1, person_id=1)
    assert own is WaiverRefusal.OWN_RECORD
    if asked:
        silent = refusal_to_decide(state, " ", decider_id=2, person_id=1)
        assert silent is WaiverRefusal.REASON_MISSING


def test_a_request_is_overdue_after_its_day():
    assert not is_overdue(WaiverState.ASKED, TODAY, TODAY)
    assert is_overdue(WaiverState.ASKED, TODAY, date(2026, 11, 3))
    assert not is_overdue(WaiverState.GRANTED, TODAY, date(2026, 11, 3))


# Qualifications


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("CPS", "cps"),
        ("Train the Trainer", "train-the-trainer"),
        ("  Pair-aidant certifié (2ᵉ) ", "pair-aidant-certifie-2e"),
        ("認定 ピア", "認定-ピア"),
        ("?!", ""),
        ("x" * 500, "x" * 100),
    ],
)
def test_a_credential_is_compared_by_its_code(name, code):
    assert code_of(name) == code


QUALIFIED = QualificationClaim(QualificationKind.CREDENTIAL, "CPS", TODAY)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({}, None),
        ({"until": TODAY}, None),
        ({"name": "–"}, QualificationRefusal.NAME_MISSING),
        ({"since": None}, QualificationRefusal.NO_DAY),
        ({"since": date(2026, 11, 3)}, QualificationRefusal.IN_THE_FUTURE),
        ({"since": date(1899, 12, 31)}, QualificationRefusal.TOO_OLD),
        ({"until": date(2026, 11, 1)}, QualificationRefusal.ENDS_FIRST),
        ({"kind": QualificationKind.PRACTICE}, QualificationRefusal.HOURS_MISSING),
        ({"kind": QualificationKind.PRACTICE, "hours": 0}, QualificationRefusal.HOURS_MISSING),
        ({"kind": QualificationKind.PRACTICE, "hours": 1, "name": ""}, None),
    ],
)
def test_an_entry_needs_what_its_kind_needs(changed, refusal):
    claim = replace(QUALIFIED, **changed)
    assert refusal_to_keep_qualification(claim, today=TODAY, is_staff=True) is refusal
    outside = refusal_to_keep_qualification(claim, today=TODAY, is_staff=False)
    assert outside is QualificationRefusal.NOT_STAFF


Q = QualificationState
MOVES_OF_OFFICE = {
    (Q.HANDED_IN, Q.ON_RECORD),
    (Q.HANDED_IN, Q.RETURNED),
    (Q.HANDED_IN, Q.WITHDRAWN),
}
MOVES_OF_OFFICE |= {(Q.ON_RECORD, Q.WITHDRAWN)}


@pytest.mark.parametrize(("now", "to"), list(product(QualificationState, QualificationState)))
def test_every_move_of_an_entry(now, to):
    office = refusal_to_move_qualification(now, to, "why", is_own=False)
    assert (office is None) is ((now, to) in MOVES_OF_OFFICE)
    own = refusal_to_move_qualification(now, to, "", is_own=True)
    assert (own is None) is ((now, to) == (Q.HANDED_IN, Q.WITHDRAWN))
    silent = refusal_to_move_qualification(now, to, " ", is_own=False)
    assert (silent is None) is ((now, to) == (Q.HANDED_IN, Q.ON_RECORD))


# References


WISH = ReferenceWish("reference", "Inês", "ines@example.org", Relationship.FRIEND)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({}, None),
        ({"known_since": TODAY}, None),
        ({"known_since": date(2026, 11, 3)}, ReferenceRefusal.KNOWN_LATER),
        ({"kind": "diploma"}, ReferenceRefusal.NOT_ASKED),
        ({"kind": "character-letter"}, ReferenceRefusal.NOT_ASKED),
        ({"name": " "}, ReferenceRefusal.NAME_MISSING),
        ({"address": "ines"}, ReferenceRefusal.ADDRESS_NOT_ONE),
        ({"address": "ME@example.org"}, ReferenceRefusal.OWN_ADDRESS),
    ],
)
def test_somebody_outside_is_asked_for_what_the_programme_wants(changed, refusal):
    terms = {"asked": {"reference", "diploma"}, "own_addresses": {"me@example.org"}}
    wish = replace(WISH, **changed)
    assert refusal_to_ask_outside(wish, **terms, today=TODAY, is_open=True) is refusal
    closed = refusal_to_ask_outside(wish, **terms, today=TODAY, is_open=False)
    assert closed is ReferenceRefusal.PLACE_CLOSED


def test_an_answer_needs_a_name_words_and_a_day_that_can_be():
    fine = ReferenceAnswer("Inês", Relationship.FRIEND, TODAY, Recommends.YES, "She listens.")
    assert refusal_to_take(fine, TODAY) is None
    assert refusal_to_take(replace(fine, name=""), TODAY) is ReferenceRefusal.NAME_MISSING
    assert refusal_to_take(replace(fine, words=" "), TODAY) is ReferenceRefusal.WORDS_MISSING
    for day in (None, date(2026, 11, 3), date(1899, 1, 1)):
        late = refusal_to_take(replace(fine, known_since=day), TODAY)
        assert late is ReferenceRefusal.KNOWN_LATER


# Attestations


SAID = Attest(id="a", label="A", what="competent", by=("supervisor", "coordinator", "self"))
TYPED = replace(SAID, each=("listening", "boundaries"))


@pytest.mark.parametrize(
    ("relations", "capacity"),
    [
        ({Relation.SELF}, "self"),
        ({Relation.SELF, Relation.COORDINATOR}, "self"),
        ({Relation.COORDINATOR, Relation.SUPERVISOR}, "supervisor"),
        ({Relation.COORDINATOR}, "coordinator"),
        ({Relation.TRAINER}, ""),
        ({Relation.CLASSMATE, Relation.HOST_MANAGER}, ""),
        (set(), ""),
    ],
)
def test_somebody_says_so_as_what_the_programme_names(relations, capacity):
    assert capacity_for(SAID, relations) == capacity
    assert capacity_for(None, relations) == ""


@pytest.mark.parametrize(
    ("node", "capacity", "kind", "refusal"),
    [
        (SAID, "self", "", None),
        (SAID, "self", "story", AttestRefusal.TYPE_MISSING),
        (TYPED, "self", "listening", None),
        (TYPED, "self", "", AttestRefusal.TYPE_MISSING),
        (TYPED, "self", "else", AttestRefusal.TYPE_MISSING),
        (SAID, "", "", AttestRefusal.NOT_YOURS),
        (None, "self", "", AttestRefusal.NOT_ASKED),
    ],
)
def test_only_what_is_asked_is_said(node, capacity, kind, refusal):
    terms = {"capacity": capacity, "kind": kind}
    assert refusal_to_attest(node, **terms, is_open=True) is refusal
    assert refusal_to_attest(node, **terms, is_open=False) is AttestRefusal.PLACE_CLOSED
