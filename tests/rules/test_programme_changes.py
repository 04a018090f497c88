"""What differs between two versions, what it would change for a person, and what is refused."""

from dataclasses import replace

import pytest

from lms.rules.cohorts import EnrolmentState, OpenRefusal
from lms.rules.programmes import evidence, nodes
from lms.rules.programmes.changing import (
    ChangeRefusal,
    MoveRefusal,
    free_id,
    refusal_to_move,
    refusal_to_publish,
    refusal_to_target,
    refusal_to_withdraw,
)
from lms.rules.programmes.differences import What, changes_between
from lms.rules.programmes.effects import effect_between
from lms.rules.programmes.programme import Gates, Renewal, Validity
from lms.rules.verdict import State, compile_programme, verdict
from tests.rules.fact_making import hours, record_of
from tests.rules.test_programme_telling import DAY, HOURS, SIGN, WHOLE

GROUP = evidence.Subset(kinds=("group",))
PART = evidence.HoursPart(id="group", label="In a group", of=GROUP, cap="4 h")
SUM = nodes.Sum(id="practice", label="Practice", hours=HOURS, min="10 h", parts=(PART,))
BEFORE = replace(WHOLE, requirements=(SIGN, SUM), demo=True)


def with_sum(**more):
    return replace(BEFORE, requirements=(SIGN, replace(SUM, **more)))


def only(after):
    (change,) = changes_between(BEFORE, after)
    return change


def test_nothing_differs_between_the_same():
    assert changes_between(BEFORE, BEFORE) == ()


def test_a_figure_is_told_of_with_both_values_and_its_sentence_is_not_told_again():
    change = only(with_sum(min="12 h"))
    assert (change.what, change.id) == (What.CHANGED, "practice")
    ((before, after),) = change.figures
    assert (before.value, after.value) == ("10 h", "12 h")
    assert (change.gone, change.new, change.words) == ((), (), ())


def test_a_figure_of_a_part_is_the_same_figure_wherever_the_part_stands():
    first = evidence.HoursPart(id="alone", label="Alone", of=evidence.Subset(), min="1 h")
    change = only(with_sum(parts=(first, replace(PART, cap="5 h"))))
    changed = {(c.figure.key[1], c.figure.name): c for c in change.figures}
    assert changed["group", "cap"].before.value == "4 h"
    assert changed["group", "cap"].after.value == "5 h"
    assert changed["alone", "min"].before is None


def test_a_figure_that_was_not_asked_before_is_a_change_and_so_is_its_sentence():
    change = only(with_sum(max="90 h"))
    assert [(c.before.value, c.after.value) for c in change.figures] == [("", "90 h")]
    assert len(change.new) == 1


def test_words_sources_and_severity_are_told_of():
    change = only(with_sum(label="Work", help="New.", checked_on=DAY, severity="recommended"))
    assert {one.field for one in change.words} == {"label", "help", "checked_on"}
    assert [c.figure.name for c in change.figures] == ["severity"]


def test_rules_that_are_added_taken_out_or_moved_are_named():
    added = replace(SIGN, id="further", label="Further")
    after = replace(BEFORE, requirements=(SUM, nodes.All(id="all", label="All", of=(added,))))
    found = {(c.id, c.what) for c in changes_between(BEFORE, after)}
    assert found == {("all", What.ADDED), ("further", What.ADDED), ("code", What.REMOVED)}
    held = replace(BEFORE, requirements=(nodes.All(id="all", label="All", of=(SIGN, SUM)),))
    moved = {c.id: c for c in changes_between(BEFORE, held)}
    assert [(w.field, w.before, w.after) for w in moved["code"].words] == [("under", "", "All")]


def test_what_renewing_asks_is_told_of_apart():
    after = replace(BEFORE, renewal=Renewal(requirements=(SIGN, SUM), opens="60 days"))
    head, rule = changes_between(BEFORE, after)
    assert [c.after.value for c in head.figures] == ["60 days"]
    assert (rule.id, rule.is_renewal, rule.what) == ("practice", True, What.ADDED)


def test_the_term_and_the_gates_belong_to_the_whole():
    after = replace(
        BEFORE, validity=Validity(months=24), gates=Gates(overdue_pack="off"), version="2"
    )
    (head,) = changes_between(BEFORE, after)
    assert head.id == ""
    assert {c.figure.name for c in head.figures} == {"months", "overdue_pack"}
    assert [w.field for w in head.words] == ["version"]


# What it would change


def judged(programme):
    record = record_of(hours("practice", 11, on="2026-02-01"))
    return verdict(compile_programme(programme), record, DAY)


def test_only_rows_that_differ_are_named_each_with_both_sides():
    plain = replace(BEFORE, requirements=(SUM_ALONE,))
    effect = effect_between(judged(plain), judged(higher("12 h")))
    assert (effect.before, effect.after) == (State.MET, State.NOT_YET)
    ((row),) = effect.rows
    assert (row.before.state, row.after.state) == (State.MET, State.NOT_YET)
    assert (row.before.tally.need, row.after.tally.need) == (600, 720)


SUM_ALONE = replace(SUM, parts=())


def higher(least):
    return replace(BEFORE, requirements=(replace(SUM_ALONE, min=least),))


def test_a_figure_that_changes_no_state_is_a_change_for_the_person_all_the_same():
    effect = effect_between(judged(higher("10 h")), judged(higher("11 h")))
    assert effect.before is effect.after is State.MET
    assert effect.is_change


def test_nothing_changes_under_the_same_rules():
    assert not effect_between(judged(BEFORE), judged(BEFORE)).is_change


def test_a_rule_that_one_version_does_not_ask_has_one_side_only():
    effect = effect_between(judged(BEFORE), judged(higher("10 h")))
    sides = {row.label: (row.before is None, row.after is None) for row in effect.rows}
    assert sides["Code"] == (False, True)


# What is refused


GOOD = {"note": "Why.", "problems": 0, "is_new": True, "is_seen": True, "is_behind": False}


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({}, None),
        ({"note": "  "}, ChangeRefusal.NO_NOTE),
        ({"problems": 1}, ChangeRefusal.HAS_PROBLEMS),
        ({"is_new": False}, ChangeRefusal.NOTHING_NEW),
        ({"is_seen": False}, ChangeRefusal.CHANGED_MEANWHILE),
        ({"is_behind": True, "is_seen": False}, ChangeRefusal.PUBLISHED_MEANWHILE),
    ],
)
def test_what_stands_against_publishing(more, reason):
    assert refusal_to_publish(**{**GOOD, **more}) is reason


@pytest.mark.parametrize(
    ("reason", "gone", "example", "refusal"),
    [
        ("Old.", False, False, None),
        (" ", False, False, ChangeRefusal.NO_REASON),
        ("Old.", True, False, ChangeRefusal.WITHDRAWN_ALREADY),
        ("Old.", False, True, ChangeRefusal.EXAMPLE),
    ],
)
def test_what_stands_against_withdrawing(reason, gone, example, refusal):
    assert refusal_to_withdraw(reason=reason, is_withdrawn=gone, is_example=example) is refusal


@pytest.mark.parametrize("state", EnrolmentState)
def test_only_open_places_are_moved(state):
    is_open = state not in (EnrolmentState.WITHDRAWN, EnrolmentState.COMPLETED)
    found = refusal_to_move(actor_id=1, person_id=2, state=state, is_there=False)
    assert found is (None if is_open else MoveRefusal.PLACE_CLOSED)


def test_nobody_moves_themselves_or_to_where_they_are():
    asked = {"state": EnrolmentState.ACTIVE}
    assert refusal_to_move(actor_id=1, person_id=1, is_there=False, **asked) is (
        MoveRefusal.OWN_PLACE
    )
    assert refusal_to_move(actor_id=1, person_id=2, is_there=True, **asked) is (
        MoveRefusal.THERE_ALREADY
    )


@pytest.mark.parametrize("opening", [None, *OpenRefusal])
def test_nobody_is_moved_to_a_version_that_could_not_open_but_for_its_reviews(opening):
    found = refusal_to_target(opening, is_withdrawn=False)
    is_free = opening in (None, OpenRefusal.UNREVIEWED)
    assert found is (None if is_free else MoveRefusal.VERSION_NOT_OPEN)
    assert refusal_to_target(opening, is_withdrawn=True) is MoveRefusal.VERSION_WITHDRAWN


def test_an_id_that_is_taken_gets_a_number():
    assert free_id("ours", ()) == "ours"
    assert free_id("ours", {"ours", "ours-2"}) == "ours-3"
