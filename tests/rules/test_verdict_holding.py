"""What holds a person up: which requirement, whose turn, since when; and what lapsed meanwhile."""

import pytest

from lms.rules.programmes.nodes import (
    All,
    Attest,
    DecisionBy,
    Document,
    RubricStandard,
    Sequence,
    Signature,
    Span,
)
from lms.rules.record import DecisionFact, DocumentFact, Record, SignatureFact
from lms.rules.verdict import (
    PastRefusal,
    compile_programme,
    holds_of,
    lapsed_between,
    refusal_of_day,
    shown_state,
    verdict,
)
from tests.rules.verdict_making import TODAY, day, entry, make_programme, make_sum, played

SIGN = Signature(id="code", label="Code", agreement="code")
READY = DecisionBy(
    id="ready", label="Ready", what="readiness", outcomes=("ready",), by=("coordinator",)
)
WORD = Attest(id="word", label="Word", what="kind", by=("supervisor",))
CHECK = Document(id="check", label="Check", kinds=("check",), max_age="12 months")
PLAYS = RubricStandard(id="rp", label="Role-plays", rubric="twelve", performances=2)
SIGNED = SignatureFact("g", "code", "1", day("2026-03-04"))


def holds(*nodes, on=TODAY, **facts):
    """Return what holds somebody up: id, turn and day."""
    record = Record("p1", enrolled_on=day("2026-01-10"), **facts)
    found = verdict(compile_programme(make_programme(*nodes)), record, on)
    return [(hold.row.id, hold.turn.value, str(hold.since)) for hold in holds_of(found, record)]


def test_who_has_done_nothing_waits_since_admission_and_decisions_wait_for_the_rest():
    assert holds(SIGN, make_sum(), READY) == [
        ("code", "trainee", "2026-01-10"),
        ("s", "trainee", "2026-01-10"),
    ]


def test_the_last_step_counts_whether_it_was_counted_or_not():
    late = entry("h", 60, "2026-05-02", state="submitted")
    assert holds(make_sum(), hours=(entry("g", 60, "2026-05-01"), late)) == [
        ("s", "trainee", "2026-05-02")
    ]


def test_what_waits_for_somebody_else_comes_first():
    submitted = entry("h", 600, "2026-05-02", state="submitted")
    assert holds(SIGN, make_sum(), hours=(submitted,)) == [
        ("s", "supervisor", "2026-05-02"),
        ("code", "trainee", "2026-01-10"),
    ]
    shown = played("lift", {"C1": 2}, on="2026-04-01")
    sent = played("lunch", {}, on="2026-04-02", state="submitted")
    assert holds(PLAYS, rubrics=(shown, sent)) == [("rp", "trainer", "2026-04-02")]


def test_a_decision_waits_since_all_else_was_done():
    assert holds(SIGN, READY, signatures=(SIGNED,)) == [("ready", "coordinator", "2026-03-04")]
    assert holds(SIGN, WORD, READY, signatures=(SIGNED,)) == [
        ("word", "supervisor", "2026-03-04"),
        ("ready", "coordinator", "2026-03-04"),
    ]


def test_a_step_of_a_sequence_waits_since_the_one_before_was_met():
    steps = Sequence(id="steps", label="Steps", of=(SIGN, make_sum()))
    assert holds(steps)[0] == ("code", "trainee", "2026-01-10")
    assert holds(steps, signatures=(SIGNED,)) == [("s", "trainee", "2026-03-04")]
    deeper = Sequence(id="deep", label="D", of=(SIGN, All(id="all", label="A", of=(make_sum(),))))
    assert holds(deeper, signatures=(SIGNED,)) == [("s", "trainee", "2026-03-04")]


def test_what_comes_with_time_is_nobodys_turn_and_comes_last():
    age = Span(id="span", label="Span", since="enrolled", min="2 years")
    assert [hold[:2] for hold in holds(age, SIGN)] == [("code", "trainee"), ("span", "nobody")]


def test_what_came_after_the_day_is_not_seen_and_days_are_counted_to_it():
    record = Record("p1", enrolled_on=day("2026-01-10"), hours=(entry("h", 60, "2026-05-01"),))
    found = verdict(compile_programme(make_programme(make_sum())), record, day("2026-02-01"))
    (hold,) = holds_of(found, record)
    assert (hold.since, hold.days(found.on)) == (day("2026-01-10"), 22)


def test_nothing_holds_who_has_met_everything():
    assert holds(SIGN, signatures=(SIGNED,)) == []


def test_the_word_for_a_state_says_when_something_is_there():
    record = Record("p1", hours=(entry("h", 60),))
    found = verdict(compile_programme(make_programme(make_sum(), SIGN, READY)), record, TODAY)
    assert [shown_state(row) for row in found.top] == ["under-way", "not-yet", "needs-a-person"]


# What lapsed


def between(*nodes, left, on, **facts):
    """Return what lapsed from a day to a day, with the reasons."""
    compiled = compile_programme(make_programme(*nodes))
    record = Record("p1", enrolled_on=day("2025-01-10"), **facts)
    before, after = (verdict(compiled, record, day(one)) for one in (left, on))
    return [
        (lapse.row.id, [str(one.detail) for one in lapse.reasons])
        for lapse in lapsed_between(before, after)
    ]


@pytest.mark.parametrize(
    ("on", "lapsed"), [("2026-10-01", []), ("2026-10-02", [("check", ["too-old"])])]
)
def test_only_what_was_met_and_is_not_any_more_has_lapsed_with_its_reason(on, lapsed):
    paper = DocumentFact("d", "check", day("2025-10-01"))
    found = between(CHECK, SIGN, make_sum(), left="2026-03-01", on=on, documents=(paper,))
    assert found == lapsed


def test_a_decision_taken_back_has_lapsed_and_what_was_met_later_has_not():
    ready = DecisionFact("q1", "readiness", "ready", "coordinator", day("2026-02-01"))
    later = DecisionFact("q2", "readiness", "not-yet", "coordinator", day("2026-06-01"))
    facts = {"decisions": (ready, later), "signatures": (SIGNED,)}
    found = between(SIGN, READY, left="2026-02-15", on="2026-07-01", **facts)
    assert found == [("ready", ["replaced"])]


# The days that may be asked for


@pytest.mark.parametrize(
    ("on", "refusal"),
    [
        ("2026-01-09", PastRefusal.BEFORE_ADMISSION),
        ("2026-01-10", None),
        ("2026-11-21", None),
        ("2026-11-22", PastRefusal.IN_THE_FUTURE),
    ],
)
def test_a_day_lies_between_admission_and_today(on, refusal):
    assert refusal_of_day(day(on), admitted_on=day("2026-01-10"), today=TODAY) is refusal
