"""Combinators, waivers, sequences, conditions, and the whole: states, warnings, outlook, words."""

import json
from datetime import date
from fractions import Fraction

import pytest

from lms.rules.programmes import Stage, Validity
from lms.rules.programmes.evidence import Condition, HoursPart, PartMark, Subset, Waivable
from lms.rules.programmes.nodes import (
    All,
    AnyOf,
    AtLeast,
    Completions,
    DecisionBy,
    Score,
    Sequence,
    When,
)
from lms.rules.record import (
    CertificateFact,
    DecisionFact,
    DocumentFact,
    WaiverFact,
    record_from_json,
)
from lms.rules.verdict import (
    CanStill,
    Reason,
    State,
    WaitingOn,
    compile_programme,
    describe,
    english,
    english_summary,
    leaves_of,
    summary_of,
    verdict,
)
from lms.rules.verdict.lots import is_drawn
from tests.rules.verdict_making import (
    TODAY,
    day,
    done,
    entry,
    hours_of,
    judge,
    make_programme,
    make_sum,
    refused,
    row_of,
    score,
    states,
)


def module(name, **others):
    return Completions(id=f"m-{name}", label=name.title(), modules=(name,), **others)


def decision(name="q", **others):
    given = {"what": name, "outcomes": ("ready",), "by": ("coordinator",)}
    return DecisionBy(id=name, label="Readiness decision", **{**given, **others})


def decided(what="q", on="2026-05-01"):
    return DecisionFact(f"d-{what}", what, "ready", "coordinator", day(on))


A, B, C = (module(name) for name in "abc")


def test_all_is_met_when_every_child_is_and_takes_the_worst_state():
    node = All(id="all", label="All", of=(A, decision()))
    assert row_of(node).state is State.NOT_YET
    assert row_of(node, completions=(done("a"),)).state is State.NEEDS_A_PERSON
    row = row_of(node, completions=(done("a"),), decisions=(decided(on="2026-06-01"),))
    assert (row.state, row.tally.have, row.met_on) == (State.MET, 2, day("2026-06-01"))


def test_any_is_met_when_one_child_is_and_names_the_choices():
    node = AnyOf(id="any", label="Any", of=(A, B))
    row = row_of(node)
    assert (row.state, english(row.next_step)) == (State.NOT_YET, "Meet one of these: a and b")
    assert row_of(node, completions=(done("b"),)).state is State.MET
    with_person = AnyOf(id="any", label="Any", of=(A, decision()))
    assert row_of(with_person).state is State.NEEDS_A_PERSON


@pytest.mark.parametrize(("finished", "state"), [("a", "not-yet"), ("ab", "met"), ("abc", "met")])
def test_at_least_asks_for_so_many(finished, state):
    node = AtLeast(id="k", label="K", count=2, of=(A, B, C))
    row = row_of(node, completions=tuple(done(name) for name in finished))
    assert (row.state.value, row.tally.have) == (state, len(finished))


def test_at_least_needs_a_person_where_too_few_children_apply():
    never = When(id="w", label="W", condition=Condition(fact="stream", equals="family"), then=B)
    node = AtLeast(id="k", label="K", count=2, of=(A, never))
    row = row_of(node, completions=(done("a"),), facts={"stream": "adult"})
    assert (row.state, row.waiting_on) == (State.NEEDS_A_PERSON, WaitingOn.COORDINATOR)


def test_a_recommended_child_is_said_and_blocks_nothing():
    wish = module("b", severity="recommended")
    found = judge(A, wish, completions=(done("a"),))
    assert found.state is State.MET
    said = [(one.code, one.requirement) for one in found.warnings]
    assert said == [("invented-figures", None), ("recommended", "m-b")]


# Sequences


def test_a_later_step_counts_from_the_day_the_earlier_one_was_met():
    node = Sequence(id="seq", label="In order", of=(A, make_sum("2 h")))
    hours = (entry("early", 60, "2026-05-01"), entry("then", 60, "2026-05-02"))
    found = judge(node, completions=(done("a", "2026-05-02"),), hours=hours)
    row = found.row("s")
    assert (row.state, row.tally.have) == (State.NOT_YET, 60)
    assert refused(row) == {"early": (60, Reason.OUT_OF_WINDOW, None)}
    enough = (*hours, entry("more", 60, "2026-05-03"))
    assert judge(node, completions=(done("a", "2026-05-02"),), hours=enough).state is State.MET


def test_a_later_step_is_shut_until_the_earlier_one_is_met():
    node = Sequence(id="seq", label="In order", of=(A, make_sum("1 h")))
    found = judge(node, hours=(entry("early", 60),))
    row = found.row("s")
    assert (row.state, row.tally.have, row.waiting_on) == (State.NOT_YET, 0, WaitingOn.NOBODY)
    assert english(row.next_step) == "This opens when this is met: a"
    assert found.row("seq").waiting_on is WaitingOn.TRAINEE


def test_a_sequence_may_keep_what_came_earlier_and_still_hold_the_state():
    given = {"id": "seq", "label": "In order", "of": (A, make_sum("1 h")), "earlier_counts": True}
    hours = (entry("early", 60),)
    found = judge(Sequence(**given), hours=hours)
    assert (found.row("s").state, found.row("s").tally.have) == (State.NOT_YET, 60)
    assert judge(Sequence(**given), hours=hours, completions=(done("a", "2026-06-01"),)).state is (
        State.MET
    )


def test_a_waived_step_opens_the_next_one_for_everything():
    first = module("a", waivable=Waivable(by=("coordinator",)))
    node = Sequence(id="seq", label="In order", of=(first, make_sum("1 h")))
    waiver = WaiverFact("w", "m-a", "coordinator", day("2026-10-01"))
    assert judge(node, hours=(entry("early", 60),), waivers=(waiver,)).state is State.MET


# Waivers


def waived(by="coordinator", on="2026-05-01", requirement="m-a"):
    return WaiverFact("w", requirement, by, day(on))


OPEN = Waivable(by=("coordinator",), until=date(2026, 6, 30), evidence=("claim",))
CLAIM = DocumentFact("d", "claim", date(2026, 5, 1))


@pytest.mark.parametrize(
    ("terms", "waiver", "papers", "state"),
    [
        (OPEN, waived(), (CLAIM,), "waived"),
        (OPEN, waived(on="2026-06-30"), (CLAIM,), "waived"),
        (OPEN, waived(on="2026-07-01"), (CLAIM,), "not-yet"),
        (OPEN, waived(by="trainer"), (CLAIM,), "not-yet"),
        (OPEN, waived(), (), "not-yet"),
        (None, waived(), (CLAIM,), "not-yet"),
        (OPEN, waived(on="2026-11-22"), (CLAIM,), "not-yet"),
    ],
)
def test_a_waiver_counts_only_on_its_terms(terms, waiver, papers, state):
    found = judge(module("a", waivable=terms), waivers=(waiver,), documents=papers)
    assert found.row("m-a").state.value == state
    said = "waiver-not-counted" in {caution.code for caution in found.warnings}
    assert said is (state != "waived")


def test_what_is_met_stays_met_beside_a_waiver_and_a_waiver_of_nothing_is_said():
    node = module("a", waivable=Waivable(by=("coordinator",)))
    found = judge(node, completions=(done("a"),), waivers=(waived(), waived(requirement="gone")))
    assert found.row("m-a").state is State.MET
    assert [one.requirement for one in found.warnings] == [None, "gone"]


def test_a_branch_can_be_waived_as_a_whole():
    node = All(id="all", label="All", of=(A, B), waivable=Waivable(by=("coordinator",)))
    found = judge(node, waivers=(waived(requirement="all"),))
    assert states(found) == {"root": "met", "all": "waived", "m-a": "not-yet", "m-b": "not-yet"}


# Conditions


def when(**others):
    test = others.pop("test", {"equals": "bachelor"})
    fact = others.pop("fact", "degree")
    return When(id="w", label="W", condition=Condition(fact=fact, **test), then=A, **others)


def test_a_condition_chooses_the_branch_and_the_other_does_not_apply():
    node = when(otherwise=B)
    found = judge(node, facts={"degree": "bachelor"}, completions=(done("a"),))
    assert states(found) == {"root": "met", "w": "met", "m-a": "met", "m-b": "not-applicable"}
    found = judge(node, facts={"degree": "none"}, completions=(done("a"),))
    assert states(found)["w"] == "not-yet"


def test_an_unknown_fact_needs_a_person_unless_the_programme_says_otherwise():
    row = row_of(when())
    assert (row.state, row.waiting_on) == (State.NEEDS_A_PERSON, WaitingOn.COORDINATOR)
    assert row_of(when(if_unknown="otherwise")).state is State.NOT_APPLICABLE
    assert row_of(when(if_unknown="then")).state is State.NOT_YET


@pytest.mark.parametrize(
    ("fact", "test", "applies"),
    [
        ("degree", {"equals": "bachelor"}, True),
        ("degree", {"one_of": ("master", "bachelor")}, True),
        ("degree", {"none_of": ("master", "bachelor")}, False),
        ("hours", {"at_least": 10}, True),
        ("hours", {"at_least": 11}, False),
        ("hours", {"at_most": 10}, True),
        ("hours", {"at_most": 9}, False),
        ("remote", {"equals": True}, True),
        ("remote", {"equals": 1}, False),
        ("stage", {"equals": "initial"}, True),
        ("enrolled_on", {"before": date(2026, 1, 11)}, True),
        ("enrolled_on", {"before": date(2026, 1, 10)}, False),
        ("today", {"on_or_after": TODAY}, True),
    ],
)
def test_each_test_of_a_fact(fact, test, applies):
    facts = {"degree": "bachelor", "hours": 10, "remote": True}
    given = {"facts": facts, "stage": "initial", "enrolled_on": day("2026-01-10")}
    node = when(fact=fact, test=test)
    stages = {"programme": {"stages": _stages("initial")}}
    row = row_of(node, **given, **stages)
    assert (row.state is not State.NOT_APPLICABLE) is applies


def _stages(*names):
    return tuple(Stage(id=name, title=name) for name in names)


# The whole


def test_time_to_complete_counts_from_enrolment():
    given = {"programme": {"complete_within": "12 months"}, "enrolled_on": day("2026-01-10")}
    found = judge(A, on=day("2026-11-21"), **given)
    assert found.can_still == (CanStill.YES, day("2027-01-10"))
    assert judge(A, on=day("2027-01-10"), **given).can_still.state is CanStill.YES
    assert judge(A, on=day("2027-01-11"), **given).can_still.state is CanStill.NEEDS_A_PERSON
    assert judge(A, completions=(done("a"),), **given).can_still == (CanStill.YES, None)


def test_a_figure_to_be_set_is_never_met_and_holds_the_whole_open():
    found = judge(make_sum("to be set"), hours=(entry("a", 9999),), programme={"demo": False})
    row = found.row("s")
    assert (row.state, row.tally.have, row.tally.need) == (State.NEEDS_A_PERSON, 9999, None)
    assert row.waiting_on is WaitingOn.COORDINATOR
    assert [one.code for one in found.warnings] == ["to-be-set"]
    unset_term = make_programme(A, validity=_validity("to be set"))
    assert not compile_programme(unset_term).can_open
    whole = verdict(unset_term, record_from_json({"person": "p"}), TODAY)
    assert whole.state is State.NOT_YET
    done_json = {"person": "p", "completions": [{"id": "c", "module": "a", "on": "2026-05-01"}]}
    whole = verdict(unset_term, record_from_json(done_json), TODAY)
    assert (whole.row("m-a").state, whole.state) == (State.MET, State.NEEDS_A_PERSON)


def _validity(months):
    return Validity(months=months)


def test_a_part_to_be_set_has_its_row():
    parts = (HoursPart(id="alone", label="A", of=Subset(kinds=("individual",)), min="to be set"),)
    found = judge(make_sum("1 h", parts=parts), hours=(entry("a", 60),))
    assert found.row("alone").state is State.NEEDS_A_PERSON
    assert found.row("s").state is State.NEEDS_A_PERSON


def test_the_summary_counts_what_is_required_and_names_what_is_to_go():
    bracket = All(id="all", label="All", of=(A, B))
    alone = make_sum("6 h", noun="one-to-one supervision")
    person = decision(noun="the coordinator's readiness decision")
    found = judge(
        bracket,
        alone,
        person,
        module("c", severity="recommended"),
        completions=(done("a"), done("b")),
    )
    assert english_summary(summary_of(found)) == (
        "One of three is met. Two to go: 6 h of one-to-one supervision, and the coordinator's "
        "readiness decision."
    )
    assert english_summary(summary_of(judge(A))) == "Nothing is met yet. One to go: a."
    assert english_summary(summary_of(judge(A, completions=(done("a"),)))) == "All is met."


def test_the_summary_counts_what_a_page_lists_and_the_leaves_are_what_is_worked_at():
    bracket = All(id="all", label="All", of=(B, C))
    node = when(otherwise=bracket)
    found = judge(node, facts={"degree": "none"})
    assert summary_of(found).total == 1
    assert [row.id for row in leaves_of(found)] == ["m-b", "m-c"]
    assert summary_of(judge(node, facts={"degree": "bachelor"})).total == 1
    choice = AnyOf(id="any", label="Any", of=(B, C))
    assert [row.id for row in leaves_of(judge(choice))] == ["any"]


def test_so_many_of_a_hundred_are_looked_over_by_lot():
    drawn = [is_drawn(f"p{n}", Fraction(20)) for n in range(2000)]
    assert 340 < sum(drawn) < 460
    assert drawn == [is_drawn(f"p{n}", Fraction(20)) for n in range(2000)]
    assert not any(is_drawn(f"p{n}", Fraction(0)) for n in range(100))
    assert all(is_drawn(f"p{n}", Fraction(100)) for n in range(100))
    more = [is_drawn(f"p{n}", Fraction(25)) for n in range(2000)]
    assert all(wider for wider, narrow in zip(more, drawn, strict=True) if narrow)


def test_who_is_drawn_changes_with_a_new_certificate_and_is_the_same_all_day():
    node = when(fact="lot", test={"drawn": "50 %"})
    held = (CertificateFact("x1", "p", day("2025-01-01")),)
    people = [f"p{n}" for n in range(40)]
    first = [row_of(node, person=one).state for one in people]
    second = [row_of(node, person=one, certificates=held).state for one in people]
    assert first != second
    assert first == [row_of(node, person=one).state for one in people]
    early = {"certificates": held, "on": day("2024-12-31")}
    before = [row_of(node, person=one, **early).state for one in people]
    assert before == first


def test_the_plain_words_name_every_requirement():
    text = describe(judge(A, make_sum("10 h", max="20 h")))
    assert "A: not yet (0 of 1). Finish this module: a" in text
    assert "Supervision: not yet (0 min, at least 10 h, at most 20 h). Log 10 h" in text
    assert "Note: The figures of this programme are invented" in text


CONTRACT_ROW = (
    *("id", "parent", "kind", "label", "severity", "state", "have", "need", "unit", "counted"),
    *("not_counted", "waiting_on", "by", "next_step"),
)


def test_the_answer_has_the_contracts_form():
    group = _group("10 h")
    hours = (
        entry("h1", 750, kind="individual"),
        entry("h7", 780, "2026-05-02", kind="group"),
    )
    node = make_sum("25 h", parts=(group,), hours=hours_of())
    answer = judge(node, hours=hours).to_json()
    assert json.loads(json.dumps(answer)) == answer
    assert tuple(answer) == (
        *("programme", "version", "on", "state", "requirements", "warnings", "can_still"),
    )
    row = answer["requirements"][1]
    assert tuple(row) == CONTRACT_ROW
    assert row == {
        "id": "s",
        "parent": "root",
        "kind": "sum",
        "label": "Supervision",
        "severity": "required",
        "state": "not-yet",
        "have": 1350,
        "need": 1500,
        "unit": "minutes",
        "counted": [{"id": "h1", "amount": 750}, {"id": "h7", "amount": 600}],
        "not_counted": [{"id": "h7", "amount": 180, "reason": "over-cap", "limit": 600}],
        "waiting_on": "trainee",
        "by": None,
        "next_step": "Log 2 h 30 min of supervision",
    }
    assert answer["can_still"] == {"state": "yes", "by": None}


def test_a_need_with_two_ends_and_a_score_are_plain_numbers():
    answer = judge(make_sum("1 h", max="2 h")).to_json()
    assert answer["requirements"][1]["need"] == {"min": 60, "max": 120}
    whole = (PartMark(part="whole", label="Whole", min="70 %"),)
    exam = Score(id="x", label="Exam", assessment="exam", parts=whole)
    answer = judge(exam, scores=(score("200/3"),)).to_json()
    assert answer["requirements"][1]["have"] == 66.6666667


def _group(cap):
    return HoursPart(id="group", label="Group", of=Subset(kinds=("group",)), cap=cap)
