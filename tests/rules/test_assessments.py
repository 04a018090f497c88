"""Exact scores, strict responses, and what an attempt may do."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.rules.assessments.attempts import (
    FORMS,
    GRACE,
    NO_LIMITS,
    AnswerRefusal,
    AttemptLimits,
    AttemptState,
    StartRefusal,
    draw_form,
    in_order,
    limits_of,
    marks_of,
    next_start_on,
    option_order,
    refusal_to_answer,
    refusal_to_start,
    score_rules,
    seconds_left,
    stopped_clock,
)
from lms.rules.assessments.definition import (
    Assessment,
    Domain,
    MultipleItem,
    Option,
    SingleItem,
    TrueFalseItem,
)
from lms.rules.assessments.scoring import (
    Flag,
    ItemState,
    Points,
    ResponseError,
    ResponseFault,
    chosen_options,
    refusal_of_response,
    score,
)
from lms.rules.programmes.evidence import AttemptsPolicy, Condition, PartMark
from lms.rules.programmes.nodes import All, Score, When
from lms.rules.programmes.quantities import Length

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 2)

SINGLE = SingleItem(
    id="b1",
    type="single",
    domain="boundaries",
    options=(Option("a", 1), Option("b", "1/4"), Option("c", 0, flag=True)),
)
MULTIPLE = MultipleItem(
    id="b2",
    type="multiple",
    domain="safety",
    options=(Option("a", "1/3"), Option("b", "1/3"), Option("c", "1/3"), Option("d", "-1/3")),
)
TRUE_FALSE = TrueFalseItem(id="b3", type="true-false", domain="boundaries", key=True)
DEMO = Assessment(
    id="demo",
    items=(SINGLE, MULTIPLE, TRUE_FALSE),
    domains=(Domain("boundaries", "Boundaries"), Domain("safety", "Safety")),
)


def points_of(item, value):
    return score(Assessment("one", (item,)), {item.id: value}).whole.points


# Scores of one item


@pytest.mark.parametrize(
    ("value", "points"), [("a", 1), ("b", Fraction(1, 4)), ("c", 0), (None, 0)]
)
def test_a_single_item_earns_the_credit_of_its_option(value, points):
    assert points_of(SINGLE, value) == points


@pytest.mark.parametrize(
    ("value", "points"),
    [
        (["a", "b", "c"], 1),
        (["a", "b"], Fraction(2, 3)),
        (["a", "b", "c", "d"], Fraction(2, 3)),
        (["d"], 0),
        ([], 0),
    ],
)
def test_a_multiple_item_adds_its_ticks_up_and_keeps_to_floor_and_cap(value, points):
    assert points_of(MULTIPLE, value) == points


def test_three_thirds_are_one_and_not_nearly_one():
    found = score(DEMO, {"b2": ["c", "a", "b"]})
    assert found.items["b2"].result == Points(Fraction(1), Fraction(1))


def test_a_floor_below_zero_takes_points_away_and_a_cap_below_one_holds_them():
    strict = replace(MULTIPLE, floor="-1/3", cap="1/2")
    assert points_of(strict, ["d"]) == Fraction(-1, 3)
    assert points_of(strict, ["a", "b", "c"]) == Fraction(1, 2)


def test_an_item_of_several_points_earns_its_share_of_them():
    assert points_of(replace(SINGLE, points="2.5"), "b") == Fraction(5, 8)


@pytest.mark.parametrize(("value", "points"), [(True, 1), (False, 0)])
def test_false_is_an_answer(value, points):
    found = score(Assessment("one", (TRUE_FALSE,)), {"b3": value})
    assert found.whole.points == points
    assert found.items["b3"].state is ItemState.SCORED


@pytest.mark.parametrize("blank", [None, "", [], {}, ()])
@pytest.mark.parametrize("item", [SINGLE, MULTIPLE, TRUE_FALSE])
def test_what_is_blank_is_not_answered_and_counts_in_of(item, blank):
    found = score(Assessment("one", (item,)), {item.id: blank})
    assert found.items[item.id].state is ItemState.NOT_ANSWERED
    assert found.whole == Points(Fraction(0), Fraction(1))


# The whole and the domains


def test_scores_are_given_by_domain_and_as_a_whole_exactly():
    found = score(DEMO, {"b1": "b", "b2": ["a"], "b3": True})
    assert found.domains == {
        "boundaries": Points(Fraction(5, 4), Fraction(2)),
        "safety": Points(Fraction(1, 3), Fraction(1)),
    }
    assert found.whole.score_percent == Fraction(19, 12) / 3 * 100
    assert found.whole.score_ppm == 527_778


def test_an_item_without_a_domain_counts_in_the_whole_alone():
    found = score(replace(DEMO, items=(SINGLE, replace(TRUE_FALSE, domain=""))), {"b1": "a"})
    assert list(found.domains) == ["boundaries"]
    assert found.whole.of == 2


def test_nothing_to_reach_is_nothing_and_no_division():
    assert score(Assessment("none", ()), {}).whole.score_percent == 0


def test_a_flagged_option_is_named_and_takes_nothing_away():
    assert score(DEMO, {"b1": "c"}).flags == (Flag("b1", "c"),)
    assert score(DEMO, {"b1": "a"}).flags == ()


def test_flags_of_several_ticks_stand_in_the_order_of_the_options():
    item = replace(MULTIPLE, options=tuple(replace(o, flag=True) for o in MULTIPLE.options))
    found = score(Assessment("one", (item,)), {"b2": ["d", "a"]})
    assert [flag.option for flag in found.flags] == ["a", "d"]


# What cannot be a response


@pytest.mark.parametrize(
    ("item", "value", "fault"),
    [
        (SINGLE, "z", ResponseFault.UNKNOWN_OPTION),
        (SINGLE, 1, ResponseFault.WRONG_SHAPE),
        (SINGLE, True, ResponseFault.WRONG_SHAPE),
        (SINGLE, ["a"], ResponseFault.WRONG_SHAPE),
        (MULTIPLE, "a", ResponseFault.WRONG_SHAPE),
        (MULTIPLE, {"a": 1}, ResponseFault.WRONG_SHAPE),
        (MULTIPLE, ["a", 2], ResponseFault.WRONG_SHAPE),
        (MULTIPLE, ["a", ["b"]], ResponseFault.WRONG_SHAPE),
        (MULTIPLE, ["a", "z"], ResponseFault.UNKNOWN_OPTION),
        (MULTIPLE, ["a", "a"], ResponseFault.TICKED_TWICE),
        (TRUE_FALSE, "true", ResponseFault.WRONG_SHAPE),
        (TRUE_FALSE, 1, ResponseFault.WRONG_SHAPE),
        (TRUE_FALSE, 0, ResponseFault.WRONG_SHAPE),
    ],
)
def test_a_value_of_the_wrong_shape_scores_nothing_at_all(item, value, fault):
    assert refusal_of_response(item, value) is fault
    with pytest.raises(ResponseError) as refused:
        score(DEMO, {"b3": True, item.id: value})
    assert (refused.value.item, refused.value.fault) == (item.id, fault)


def test_a_response_to_an_item_that_is_not_there_scores_nothing_at_all():
    with pytest.raises(ResponseError) as refused:
        score(DEMO, {"b1": "a", "elsewhere": "a"})
    assert refused.value.fault is ResponseFault.UNKNOWN_ITEM


# Laws

CREDITS = st.sampled_from([0, 1, "1/2", "1/3", "-1/3", "1/4", "-1", "0.1"])
OPTION_IDS = ("a", "b", "c", "d", "e")


@st.composite
def items(draw, name):
    kind = draw(st.sampled_from(["single", "multiple", "true-false"]))
    domain = draw(st.sampled_from(["", "boundaries", "safety"]))
    points = draw(st.sampled_from([1, 2, "1/2"]))
    if kind == "true-false":
        return TrueFalseItem(name, kind, key=draw(st.booleans()), domain=domain, points=points)
    options = tuple(Option(i, draw(CREDITS), flag=draw(st.booleans())) for i in OPTION_IDS)
    if kind == "multiple":
        return MultipleItem(name, kind, options, domain=domain, points=points)
    return SingleItem(name, kind, options, domain=domain, points=points)


def responses_to(item):
    if isinstance(item, TrueFalseItem):
        return st.sampled_from([True, False, None, ""])
    if isinstance(item, SingleItem):
        return st.sampled_from([*OPTION_IDS, None, ""])
    return st.lists(st.sampled_from(OPTION_IDS), unique=True)


@st.composite
def taken(draw):
    names = [f"q{number}" for number in range(draw(st.integers(0, 6)))]
    made = Assessment("made", tuple(draw(items(name)) for name in names))
    return made, {item.id: draw(responses_to(item)) for item in made.items}


@given(taken())
def test_a_multiple_or_true_false_item_earns_between_nothing_and_all(case):
    assessment, responses = case
    found = score(assessment, responses)
    for item in assessment.items:
        if not isinstance(item, SingleItem):
            assert 0 <= found.items[item.id].result.points <= found.items[item.id].result.of


@given(taken())
def test_the_whole_is_the_sum_of_its_items_and_of_counts_every_one(case):
    assessment, responses = case
    found = score(assessment, responses)
    assert found.whole.points == sum(i.result.points for i in found.items.values())
    assert found.whole.of == sum(Fraction(item.points) for item in assessment.items)


@given(taken(), st.randoms(use_true_random=False))
def test_the_order_of_ticks_items_and_options_changes_no_points(case, chance):
    assessment, responses = case
    mixed = {
        name: chance.sample(value, len(value)) if isinstance(value, list) else value
        for name, value in chance.sample(list(responses.items()), len(responses))
    }
    drawn = draw_form(assessment, chance.randrange(FORMS))
    before, after = score(assessment, responses), score(drawn, mixed)
    assert (before.whole, before.domains) == (after.whole, after.domains)
    assert before.items == after.items
    assert set(before.flags) == set(after.flags)


@given(taken())
def test_leaving_an_item_out_is_the_same_as_answering_it_with_nothing(case):
    assessment, responses = case
    answered = {name: value for name, value in responses.items() if value not in (None, "", [])}
    assert score(assessment, answered) == score(assessment, responses)


@given(taken())
def test_flags_take_nothing_away(case):
    assessment, responses = case
    plain = tuple(
        i
        if isinstance(i, TrueFalseItem)
        else replace(i, options=tuple(replace(o, flag=False) for o in i.options))
        for i in assessment.items
    )
    found = score(assessment, responses)
    assert score(replace(assessment, items=plain), responses).items == found.items


# Forms


def test_a_form_groups_its_items_by_domain_and_keeps_true_and_false_in_order():
    mixed = replace(DEMO, items=(MULTIPLE, SINGLE, TRUE_FALSE))
    drawn = draw_form(mixed, 5)
    assert [item.id for item in drawn.items] == ["b1", "b3", "b2"]
    assert drawn.items[1] == TRUE_FALSE


@given(st.integers(0, 10_000))
def test_a_seed_always_draws_the_same_form_with_every_option_once(seed):
    drawn = draw_form(DEMO, seed)
    assert drawn == draw_form(DEMO, seed)
    for before, after in zip(DEMO.items[:2], (drawn.items[0], drawn.items[2]), strict=True):
        assert sorted(option_order(before)) == sorted(option_order(after))
        assert in_order(before, option_order(after)) == after


def test_seeds_draw_different_orders():
    orders = {tuple(option_order(draw_form(DEMO, seed).items[2])) for seed in range(FORMS)}
    assert len(orders) > 12


def test_chosen_options_stand_in_the_order_of_the_form():
    drawn = in_order(MULTIPLE, ["d", "c", "b", "a"])
    assert [option.id for option in chosen_options(drawn, ["a", "d"])] == ["d", "a"]
    assert chosen_options(TRUE_FALSE, True) == ()


# Starting


def test_without_limits_anybody_may_start_again_at_once():
    assert refusal_to_start(NO_LIMITS, used=50, last_closed_on=TODAY, today=TODAY) is None


@pytest.mark.parametrize(
    ("used", "expected"), [(0, None), (2, None), (3, StartRefusal.NO_ATTEMPTS_LEFT)]
)
def test_a_limit_of_three_lets_three_start(used, expected):
    limits = AttemptLimits(attempts=3)
    assert refusal_to_start(limits, used=used, last_closed_on=TODAY, today=TODAY) is expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [(89, StartRefusal.TOO_SOON), (90, None), (91, None)],
)
def test_a_wait_of_ninety_days_ends_on_the_ninetieth(days, expected):
    limits = AttemptLimits(wait=Length(0, 90))
    closed = TODAY - timedelta(days=days)
    assert refusal_to_start(limits, used=1, last_closed_on=closed, today=TODAY) is expected
    assert next_start_on(limits, closed) == closed + timedelta(days=90)


def test_a_first_attempt_waits_for_nothing():
    limits = AttemptLimits(attempts=1, wait=Length(0, 90))
    assert refusal_to_start(limits, used=0, last_closed_on=None, today=TODAY) is None
    assert next_start_on(limits, None) is None


def test_limits_come_from_the_programme_and_what_is_to_be_set_is_none():
    policies = [
        AttemptsPolicy(limit=3, wait="90 days"),
        AttemptsPolicy(limit=0),
        AttemptsPolicy(limit="to be set", wait="to be set"),
        AttemptsPolicy(limit=5, wait="2 weeks"),
    ]
    assert limits_of(policies) == AttemptLimits(attempts=3, wait=Length(0, 90))
    assert limits_of([]) == NO_LIMITS


def _rule(name, *parts):
    return Score(id=f"s-{name}", label="Scores", assessment=name, parts=parts)


def test_the_rules_of_an_assessment_are_found_wherever_they_stand():
    inner = _rule("readiness", PartMark(part="boundaries", label="B", min=60))
    other = _rule("elsewhere", PartMark(part="whole", label="W", min=70))
    unsure = When(
        id="w", label="If", condition=Condition(fact="x", equals=True), then=inner, otherwise=other
    )
    tree = (All(id="root", label="All", of=(other, unsure)), inner)
    assert list(score_rules(tree, "readiness")) == [inner, inner]
    assert len(list(score_rules(tree, "elsewhere"))) == 2


def test_marks_are_exact_and_the_highest_of_several_counts():
    rules = [
        _rule("r", PartMark(part="whole", label="W", min="66.5 %")),
        _rule("r", PartMark(part="whole", label="W", min=60)),
        _rule("r", PartMark(part="safety", label="S", min="to be set")),
        _rule("r", PartMark(part="boundaries", label="B")),
    ]
    assert marks_of(rules) == {"whole": Fraction(133, 2)}


# Answering and the clock


@pytest.mark.parametrize(
    ("state", "closes_in", "remaining", "expected"),
    [
        ("open", None, None, None),
        ("open", timedelta(seconds=1), None, None),
        ("open", -GRACE, None, None),
        ("open", -GRACE - timedelta(microseconds=1), None, AnswerRefusal.TIME_IS_UP),
        ("open", timedelta(hours=-5), 60, AnswerRefusal.PAUSED),
        ("closed", None, None, AnswerRefusal.CLOSED),
        ("closed", timedelta(hours=1), 60, AnswerRefusal.CLOSED),
    ],
)
def test_what_an_attempt_takes(state, closes_in, remaining, expected):
    found = refusal_to_answer(
        state=AttemptState(state),
        closes_at=None if closes_in is None else NOW + closes_in,
        remaining_seconds=remaining,
        now=NOW,
    )
    assert found is expected


@pytest.mark.parametrize(
    ("left", "seconds"),
    [(timedelta(0), 0), (timedelta(milliseconds=1), 1), (timedelta(minutes=2), 120)],
)
def test_seconds_left_are_rounded_up_so_that_nobody_loses_one(left, seconds):
    assert seconds_left(NOW + left, NOW) == seconds


def test_a_clock_that_ran_out_or_was_never_there_is_not_stopped():
    assert seconds_left(None, NOW) is None
    assert seconds_left(NOW - timedelta(days=1), NOW) == 0
    assert stopped_clock(None, NOW) is None
    assert stopped_clock(NOW - timedelta(seconds=1), NOW) is None
    assert stopped_clock(NOW + timedelta(seconds=90), NOW) == 90
