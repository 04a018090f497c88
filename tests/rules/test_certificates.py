"""The public code, the lifecycle, who may issue or withdraw, and the seal."""

import hashlib
import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.rules.certificates import (
    ALPHABET,
    CHECK_SYMBOLS,
    CHOICES,
    CODE_LENGTH,
    MOVES,
    CertificateEvent,
    CertificateEventKind,
    CertificateState,
    Claim,
    CodeFault,
    DueProcess,
    EventCase,
    EventRefusal,
    IssueCase,
    IssueRefusal,
    check_character,
    claims_shown,
    code_from_bytes,
    format_code,
    is_held_by_pack,
    parse_code,
    refusal_to_issue,
    refusal_to_record,
    refusal_to_revoke,
    seal,
    state_on,
    state_since,
)
from lms.rules.curriculum import Pack
from lms.rules.programmes import CertificateWords, Gates, Programme
from lms.rules.programmes.quantities import Length

SEVENTEEN = st.binary(min_size=17, max_size=17)
CODE = code_from_bytes(bytes(range(17)))
KIND = CertificateEventKind
STATE = CertificateState


# The code


@given(SEVENTEEN)
def test_a_code_is_26_characters_and_a_check_character_that_is_a_letter_or_digit(seventeen):
    code = code_from_bytes(seventeen)
    assert len(code) == CODE_LENGTH == 27
    assert set(code) <= set(ALPHABET)
    assert code[-1] == check_character(code[:-1])


@given(SEVENTEEN)
def test_a_code_moves_up_by_five_at_most_from_its_130_bits(seventeen):
    code = code_from_bytes(seventeen)
    number = 0
    for character in code[:-1]:
        number = number * 32 + ALPHABET.index(character)
    assert 0 <= (number - (int.from_bytes(seventeen, "big") >> 6)) % (1 << 130) <= 5


def test_the_alphabet_leaves_out_what_is_misread():
    assert len(ALPHABET) == 32
    assert len(CHECK_SYMBOLS) == 37
    assert not set("ILOU") & set(ALPHABET)


def test_known_check_characters():
    assert check_character("0" * 26) == "0"
    assert check_character("0" * 24 + "12") == "$"  # 1 * 32 + 2 = 34
    assert check_character("0" * 24 + "14") == "U"  # 36
    assert check_character("0" * 24 + "15") == "0"  # 37


@pytest.mark.parametrize("size", [0, 16, 18])
def test_a_code_needs_exactly_17_bytes(size):
    with pytest.raises(ValueError, match="17 bytes"):
        code_from_bytes(bytes(size))


def test_a_code_is_printed_in_nine_groups_of_three():
    groups = format_code(CODE).split(" ")
    assert [len(group) for group in groups] == [3] * 9
    assert "".join(groups) == CODE
    assert format_code(CODE, "-").count("-") == 8


@given(SEVENTEEN)
def test_every_printed_code_is_read_back(seventeen):
    code = code_from_bytes(seventeen)
    assert parse_code(format_code(code)) == code


@pytest.mark.parametrize(
    "typed",
    [
        CODE.lower(),
        format_code(CODE, "-"),
        format_code(CODE, "\u2011"),
        format_code(CODE, " \u2013 "),
        f"\u200b\ufeff {format_code(CODE, chr(0xA0))}\r\n",
        CODE.replace("0", "O").replace("1", "l"),
        CODE.replace("0", "o").replace("1", "I"),
        f"https://alongside.example/check/{CODE}",
        f"https://alongside.example/check/{CODE}/?from=qr#top",
        "".join(chr(ord(character) + 0xFEE0) for character in CODE),
    ],
)
def test_a_code_is_read_as_people_write_it(typed):
    assert parse_code(typed) == CODE


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", CodeFault.EMPTY),
        (" - - ", CodeFault.EMPTY),
        ("https://alongside.example/check/", CodeFault.TOO_SHORT),
        ("amina@example.org", CodeFault.WRONG_CHARACTERS),
        ("U" + CODE[1:], CodeFault.WRONG_CHARACTERS),
        (CODE[:-1] + "é", CodeFault.WRONG_CHARACTERS),
        (CODE[:-1], CodeFault.TOO_SHORT),
        (CODE + "0", CodeFault.TOO_LONG),
        (" " * 401, CodeFault.TOO_LONG),
        ("0" * 1_000_000, CodeFault.TOO_LONG),
    ],
)
def test_a_code_that_cannot_be_one_is_told_apart(typed, fault):
    assert parse_code(typed) is fault


@given(SEVENTEEN, st.integers(0, 26), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(seventeen, place, other):
    code = code_from_bytes(seventeen)
    wrong = code[:place] + other + code[place + 1 :]
    assert parse_code(wrong) == (code if wrong == code else CodeFault.CHECK_DIFFERS)


@given(SEVENTEEN, st.integers(0, 24))
def test_two_swapped_neighbours_are_always_noticed(seventeen, place):
    code = code_from_bytes(seventeen)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert parse_code(swapped) == (code if swapped == code else CodeFault.CHECK_DIFFERS)


@given(st.text(max_size=500))
def test_any_text_gives_a_code_or_a_fault(text):
    read = parse_code(text)
    assert isinstance(read, CodeFault) or len(read) == CODE_LENGTH


# The lifecycle


ISSUED_ON = date(2026, 5, 3)
VALID_UNTIL = date(2028, 5, 2)


def make_events(*kinds: CertificateEventKind) -> tuple[CertificateEvent, ...]:
    noon = datetime(2026, 5, 3, 12, tzinfo=UTC)
    return tuple(
        CertificateEvent(kind, ISSUED_ON + timedelta(days=day), noon + timedelta(days=day))
        for day, kind in enumerate(kinds, start=1)
    )


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ((), STATE.VALID),
        ((KIND.SUSPENDED,), STATE.SUSPENDED),
        ((KIND.SUSPENDED, KIND.REINSTATED), STATE.VALID),
        ((KIND.REVOKED,), STATE.REVOKED),
        ((KIND.SUSPENDED, KIND.REVOKED), STATE.REVOKED),
        ((KIND.SUPERSEDED,), STATE.SUPERSEDED),
        ((KIND.REVOKED, KIND.REINSTATED), STATE.REVOKED),
    ],
)
def test_the_state_follows_from_the_events(kinds, state):
    assert state_on(make_events(*kinds), VALID_UNTIL, date(2026, 6, 1)) is state


def test_the_state_on_a_past_day_leaves_later_events_out():
    events = make_events(KIND.SUSPENDED, KIND.REVOKED)
    days = [ISSUED_ON + timedelta(days=day) for day in (0, 1, 2)]
    found = [state_on(events, VALID_UNTIL, day) for day in days]
    assert found == [STATE.VALID, STATE.SUSPENDED, STATE.REVOKED]


def test_events_of_one_day_hold_in_the_order_they_were_recorded():
    (suspended,) = make_events(KIND.SUSPENDED)
    lifted = replace(
        suspended,
        kind=KIND.REINSTATED,
        recorded_at=suspended.recorded_at + timedelta(minutes=1),
    )
    assert state_on((lifted, suspended), None, date(2026, 6, 1)) is STATE.VALID


@pytest.mark.parametrize(
    ("kinds", "afterwards"),
    [
        ((), STATE.EXPIRED),
        ((KIND.SUSPENDED,), STATE.EXPIRED),
        ((KIND.REVOKED,), STATE.REVOKED),
        ((KIND.SUPERSEDED,), STATE.SUPERSEDED),
    ],
)
def test_the_date_alone_brings_the_end(kinds, afterwards):
    events = make_events(*kinds)
    assert state_on(events, VALID_UNTIL, VALID_UNTIL) is not STATE.EXPIRED
    assert state_on(events, VALID_UNTIL, VALID_UNTIL + timedelta(days=1)) is afterwards


def test_a_certificate_without_end_does_not_expire():
    assert state_on(make_events(), None, date(2126, 1, 1)) is STATE.VALID


def test_nothing_leads_out_of_superseded_and_only_an_appeal_out_of_revoked():
    assert MOVES[STATE.SUPERSEDED] == {}
    assert MOVES[STATE.REVOKED] == {KIND.RESTORED: STATE.VALID}
    assert STATE.EXPIRED not in MOVES


def test_what_an_appeal_restores_held_all_along():
    events = make_events(KIND.SUSPENDED, KIND.REVOKED, KIND.RESTORED)
    days = [ISSUED_ON + timedelta(days=day) for day in (0, 1, 2, 3)]
    found = [state_on(events, VALID_UNTIL, day) for day in days]
    assert found == [STATE.VALID, STATE.SUSPENDED, STATE.VALID, STATE.VALID]


def suspended_until(day: int, *later: CertificateEvent) -> tuple[CertificateEvent, ...]:
    (first,) = make_events(KIND.SUSPENDED)
    return (replace(first, lifts_after=ISSUED_ON + timedelta(days=day)), *later)


@pytest.mark.parametrize(
    ("day", "state"),
    [(0, STATE.VALID), (1, STATE.SUSPENDED), (9, STATE.SUSPENDED), (10, STATE.VALID)],
)
def test_a_suspension_with_a_last_day_ends_by_its_date(day, state):
    on = ISSUED_ON + timedelta(days=day)
    assert state_on(suspended_until(9), VALID_UNTIL, on) is state
    assert state_since(suspended_until(9), VALID_UNTIL, on) == (
        ISSUED_ON + timedelta(days=1) if state is STATE.SUSPENDED else None
    )


def test_what_comes_before_the_last_day_of_a_suspension_holds():
    revoked = CertificateEvent(
        KIND.REVOKED, ISSUED_ON + timedelta(days=5), datetime(2026, 5, 8, tzinfo=UTC)
    )
    after = ISSUED_ON + timedelta(days=30)
    assert state_on(suspended_until(9, revoked), VALID_UNTIL, after) is STATE.REVOKED
    late = replace(revoked, kind=KIND.SUSPENDED, happened_on=ISSUED_ON + timedelta(days=20))
    assert state_on(suspended_until(9, late), VALID_UNTIL, after) is STATE.SUSPENDED


def test_a_suspension_may_run_to_the_end_of_time():
    events = (replace(make_events(KIND.SUSPENDED)[0], lifts_after=date.max),)
    assert state_on(events, None, date(2900, 1, 1)) is STATE.SUSPENDED


# Who may issue


READY = IssueCase(
    verdict_met=True,
    already_issued=False,
    scope="Peer support with people who have lived through violence.",
    pack_overdue=False,
    holder_id=1,
    issuer_id=9,
    markers=frozenset({2, 3}),
    confirmers=frozenset({4}),
)


def test_a_certificate_may_be_issued_when_everything_is_met():
    assert refusal_to_issue(READY) is None


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"issuer_id": 1}, IssueRefusal.OWN_CERTIFICATE),
        ({"already_issued": True}, IssueRefusal.ALREADY_ISSUED),
        ({"verdict_met": False}, IssueRefusal.VERDICT_NOT_MET),
        ({"verdict_met": False, "is_whole": False}, IssueRefusal.TRAINING_NOT_MET),
        ({"states_something": False}, IssueRefusal.NOTHING_TO_STATE),
        ({"scope": " \n"}, IssueRefusal.SCOPE_MISSING),
        ({"pack_overdue": True}, IssueRefusal.PACK_OVERDUE),
        ({"markers": frozenset({9})}, IssueRefusal.ONLY_MARKER),
        ({"confirmers": frozenset({9})}, IssueRefusal.ONLY_CONFIRMER),
        ({"place_open": False}, IssueRefusal.PLACE_NOT_OPEN),
    ],
)
def test_each_reason_not_to_issue(change, refusal):
    assert refusal_to_issue(replace(READY, **change)) is refusal


PACK = Pack(
    id="p",
    title="P",
    place="Here",
    owner="Somebody",
    reviewed_on=date(2026, 1, 1),
    review_by=date(2026, 11, 2),
    entries=(),
)
PROGRAMME = Programme(
    id="p",
    title="P",
    version="1",
    zone="UTC",
    language="en",
    requirements=(),
    certificate=CertificateWords(title="t", covers="c", does_not_qualify="d"),
)


@pytest.mark.parametrize(
    ("changes", "pack", "on", "is_held"),
    [
        ({}, PACK, date(2026, 11, 2), False),
        ({}, PACK, date(2026, 11, 3), True),
        ({}, None, date(2026, 11, 3), False),
        ({"gates": Gates(overdue_pack="off")}, PACK, date(2026, 11, 3), False),
        ({"gates": Gates(unsigned_lessons="off")}, PACK, date(2026, 11, 3), True),
        ({"demo": True}, PACK, date(2026, 11, 3), False),
    ],
)
def test_an_overdue_pack_holds_certificates_where_the_gate_stands(changes, pack, on, is_held):
    assert is_held_by_pack(replace(PROGRAMME, **changes), pack, on) is is_held


@pytest.mark.parametrize(
    "change",
    [
        {"markers": frozenset({9, 2})},
        {"confirmers": frozenset({9, 4})},
        {"markers": frozenset(), "confirmers": frozenset()},
        {"markers": frozenset({9}), "confirmers": frozenset({9}), "separation_waived": True},
    ],
)
def test_an_issuer_who_judged_with_others_or_under_a_waiver_may_issue(change):
    assert refusal_to_issue(replace(READY, **change)) is None


def test_a_waiver_does_not_let_anybody_issue_their_own():
    own = replace(READY, issuer_id=1, separation_waived=True)
    assert refusal_to_issue(own) is IssueRefusal.OWN_CERTIFICATE


# Who may record an event


def make_case(*kinds: CertificateEventKind, **changes: object) -> EventCase:
    case = EventCase(
        issued_on=ISSUED_ON,
        events=make_events(*kinds),
        valid_until=VALID_UNTIL,
        happened_on=date(2027, 5, 3),
        today=date(2027, 5, 3),
        reason="A statement of the application was not true.",
        actor_id=9,
        holder_id=1,
    )
    return replace(case, **changes)


def test_a_valid_certificate_may_be_revoked_with_a_reason():
    assert refusal_to_revoke(make_case()) is None


@pytest.mark.parametrize(
    ("case", "refusal"),
    [
        (make_case(actor_id=1), EventRefusal.OWN_CERTIFICATE),
        (make_case(reason="  "), EventRefusal.REASON_MISSING),
        (make_case(happened_on=date(2027, 5, 4)), EventRefusal.IN_THE_FUTURE),
        (make_case(happened_on=date(2026, 5, 2)), EventRefusal.BEFORE_ISSUE),
        (make_case(KIND.SUSPENDED, happened_on=ISSUED_ON), EventRefusal.BEFORE_LAST_EVENT),
        (make_case(KIND.REVOKED), EventRefusal.NOT_FROM_THIS_STATE),
        (make_case(KIND.SUPERSEDED), EventRefusal.NOT_FROM_THIS_STATE),
        (make_case(is_followed=True), EventRefusal.FOLLOWED),
    ],
)
def test_each_reason_not_to_revoke(case, refusal):
    assert refusal_to_revoke(case) is refusal


@pytest.mark.parametrize(
    ("kind", "refusal"),
    [
        (KIND.SUSPENDED, EventRefusal.NOT_FROM_THIS_STATE),
        (KIND.REVOKED, None),
        (KIND.SUPERSEDED, None),
    ],
)
def test_an_expired_certificate_is_not_suspended_but_may_be_renewed_or_revoked(kind, refusal):
    late = date(2029, 1, 1)
    assert refusal_to_record(kind, make_case(happened_on=late, today=late)) is refusal


def test_only_the_holder_gives_it_back_and_says_no_reason():
    own = make_case(actor_id=1, reason="")
    assert refusal_to_record(KIND.WITHDRAWN, own) is None
    assert refusal_to_record(KIND.WITHDRAWN, make_case()) is EventRefusal.NOT_THE_HOLDER
    late = replace(own, happened_on=date(2029, 1, 1), today=date(2029, 1, 1))
    assert refusal_to_record(KIND.WITHDRAWN, late) is EventRefusal.NOT_FROM_THIS_STATE


def test_a_new_name_needs_no_reason():
    assert refusal_to_record(KIND.SUPERSEDED, make_case(reason="")) is None


@pytest.mark.parametrize(("until", "is_open"), [(None, True), (0, False), (1, True)])
def test_the_last_day_of_a_suspension_is_still_to_come(until, is_open):
    day = None if until is None else date(2027, 5, 3) + timedelta(days=until)
    found = refusal_to_record(KIND.SUSPENDED, make_case(until_on=day))
    assert found is (None if is_open else EventRefusal.UNTIL_NOT_LATER)


NOTICE, DECIDED = date(2027, 4, 1), date(2027, 5, 3)
ANSWERED_BY = date(2027, 5, 1)
THIRTY = Length(0, 30)


@pytest.mark.parametrize(
    ("days", "answer", "refusal"),
    [
        ((None, None, None), None, None),
        ((None, None, None), THIRTY, EventRefusal.PROCESS_MISSING),
        ((NOTICE, ANSWERED_BY, None), THIRTY, EventRefusal.PROCESS_MISSING),
        ((NOTICE, ANSWERED_BY, DECIDED), THIRTY, None),
        ((NOTICE, date(2027, 4, 30), DECIDED), THIRTY, EventRefusal.ANSWER_TOO_SHORT),
        ((NOTICE, NOTICE, NOTICE), None, None),
        ((ANSWERED_BY, NOTICE, DECIDED), None, EventRefusal.PROCESS_ORDER),
        ((NOTICE, date(2027, 5, 4), DECIDED), None, EventRefusal.PROCESS_ORDER),
        ((DECIDED, None, NOTICE), None, EventRefusal.PROCESS_ORDER),
        ((None, None, date(2027, 5, 4)), None, EventRefusal.PROCESS_IN_THE_FUTURE),
        ((date(2027, 5, 4), None, None), None, EventRefusal.PROCESS_IN_THE_FUTURE),
    ],
)
def test_the_days_of_due_process_are_in_order_and_give_time_to_answer(days, answer, refusal):
    case = make_case(process=DueProcess(*days), answer=answer)
    assert refusal_to_revoke(case) is refusal


def test_a_suspension_may_be_lifted_after_the_last_day_too():
    late = date(2029, 1, 1)
    case = make_case(KIND.SUSPENDED, happened_on=late, today=late)
    assert refusal_to_record(KIND.REINSTATED, case) is None


@pytest.mark.parametrize("length", range(5))
def test_what_is_allowed_is_what_changes_the_state(length):
    """Every history up to four events: a move is refused exactly where it would change nothing."""
    for kinds in itertools.product(KIND, repeat=length):
        events = make_events(*kinds)
        day = ISSUED_ON + timedelta(days=30)
        before = state_on(events, None, day)
        for kind in KIND:
            actor = 1 if kind is KIND.WITHDRAWN else 9
            case = make_case(events=events, valid_until=None, happened_on=day, actor_id=actor)
            later = CertificateEvent(kind, day, datetime(2026, 7, 1, tzinfo=UTC))
            changes = state_on((*events, later), None, day) is not before
            assert (refusal_to_record(kind, case) is None) == changes


# The seal


def test_a_seal_is_the_hash_of_salt_and_facts():
    salt = bytes(range(32))
    facts = '{"name":"Żaneta Łęcka"}'
    assert seal(facts, salt) == hashlib.sha256(salt + facts.encode("utf-8")).hexdigest()


def test_another_salt_or_another_fact_gives_another_seal():
    facts = '{"name":"Amina"}'
    seals = {seal(facts, bytes(32)), seal(facts, b"\x01" * 32), seal('{"name":"Omina"}', bytes(32))}
    assert len(seals) == 3


def test_a_seal_needs_a_salt_of_32_bytes():
    with pytest.raises(ValueError, match="32 bytes"):
        seal("{}", b"short")


# Since when, and what is shown


def test_a_state_dates_from_the_event_that_brought_it():
    day, at = date(2026, 5, 3), datetime(2026, 5, 3, tzinfo=UTC)
    suspended = CertificateEvent(KIND.SUSPENDED, day, at)
    revoked = CertificateEvent(KIND.REVOKED, day + timedelta(days=2), at + timedelta(days=2))
    events = [revoked, suspended]
    assert state_since(events, None, day - timedelta(days=1)) is None
    assert state_since(events, None, day + timedelta(days=1)) == day
    assert state_since(events, None, day + timedelta(days=9)) == day + timedelta(days=2)


def test_neither_a_lifted_suspension_nor_the_end_of_the_term_dates_from_an_event():
    day, at = date(2026, 5, 3), datetime(2026, 5, 3, tzinfo=UTC)
    suspended = CertificateEvent(KIND.SUSPENDED, day, at)
    lifted = CertificateEvent(KIND.REINSTATED, day, at + timedelta(hours=1))
    assert state_since([suspended, lifted], None, day) is None
    assert state_since([suspended], day, day + timedelta(days=1)) is None


EVERY_CLAIM = {claim.value: claim.value.upper() for claim in Claim}


@given(st.sets(st.sampled_from([*CHOICES, "state", "nonsense"])))
def test_hidden_choices_take_away_their_claims_and_nothing_else(hidden):
    gone = {claim for choice in hidden if choice in CHOICES for claim in CHOICES[choice]}
    assert set(claims_shown(EVERY_CLAIM, hidden)) == set(Claim) - gone
    assert list(claims_shown(EVERY_CLAIM, hidden)) == [c for c in Claim if c not in gone]


def test_every_claim_but_the_kind_can_be_hidden_and_what_has_no_value_is_left_out():
    assert set(claims_shown(EVERY_CLAIM, list(CHOICES))) == {Claim.KIND}
    assert {claim for part in CHOICES.values() for claim in part} == set(Claim) - {Claim.KIND}
    assert claims_shown({"name": "Amina", "valid_until": None}, ()) == {Claim.NAME: "Amina"}
