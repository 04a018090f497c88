"""Role-plays: booking, marks, results, harm items, where a trainee stands."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.rules.programmes.nodes import All, RubricStandard
from lms.rules.programmes.programme import CertificateWords, Programme
from lms.rules.roleplays import (
    Anchor,
    BookRefusal,
    CancelRefusal,
    Competency,
    Criterion,
    HarmItem,
    HarmMark,
    HarmOutcome,
    Level,
    MarkProblem,
    MarkRefusal,
    Marks,
    PerformanceState,
    Played,
    ReleaseRefusal,
    ResolveRefusal,
    Result,
    Rubric,
    Scenario,
    ScenarioState,
    Standard,
    anchors_at,
    competency_levels,
    is_harm_settled,
    marks_from,
    open_harm,
    points_of,
    problems_in,
    refusal_to_book,
    refusal_to_cancel,
    refusal_to_release,
    refusal_to_resolve,
    refusal_to_submit,
    result_for,
    scenario_state,
    scenarios_of,
    standing_for,
    too_long_in,
)
from lms.rules.roleplays.booking import MOVES

DAY = date(2026, 11, 2)
LEVELS = tuple(Level(n, title, "") for n, title in enumerate(("Not shown", "Partly", "Clear")))


def competency(key: str) -> Competency:
    return Competency(key, key, "", tuple(Anchor(n, f"{key} at {n}") for n in range(3)))


def rubric(percent: int = 70) -> Rubric:
    return Rubric(
        id="twelve",
        title="",
        introduction="",
        levels=LEVELS,
        competencies=(competency("C1"), competency("C2")),
        harm_items=(HarmItem("H1", "", ""), HarmItem("H2", "", "")),
        standard=Standard(percent=percent, essential_level=1, source=""),
    )


def scenario(key: str = "tonight", of: str = "twelve") -> Scenario:
    return Scenario(
        id=key,
        title="",
        rubric=of,
        minutes=10,
        media=("in-person",),
        phase="",
        modules=(),
        content_note=None,  # type: ignore[arg-type]  # no rule of marking reads it
        setting="",
        you_know="",
        dilemma="",
        opening="",
        simulator="",
        only_if=(),
        criteria=(
            Criterion("k1", "", ("C1",), essential=True),
            Criterion("k2", "", ("C1", "C2")),
            Criterion("k3", "", ("C2",)),
        ),
        harm_watch=(),
        debrief=(),
    )


def levels(*given_levels: int) -> dict[str, int]:
    return {f"k{n}": level for n, level in enumerate(given_levels, start=1)}


def book(**changes: object) -> BookRefusal | None:
    values: dict[str, object] = {
        "marker_id": 2,
        "trainee_id": 1,
        "markers": {2, 3},
        "medium": "in-person",
        "media": ("in-person", "video"),
        "on": DAY,
        "place_since": DAY - timedelta(days=60),
        "today": DAY,
    }
    return refusal_to_book(**{**values, **changes})  # type: ignore[arg-type]  # by name


def test_a_booking_with_an_assigned_marker_is_taken():
    assert book() is None


def test_nobody_marks_their_own_role_play_even_if_assigned():
    assert book(marker_id=1, markers={1, 2}) is BookRefusal.NOT_A_MARKER


def test_only_the_assigned_trainers_mark():
    assert book(marker_id=9) is BookRefusal.NOT_A_MARKER


def test_a_medium_that_the_scenario_does_not_offer_is_refused():
    assert book(medium="text") is BookRefusal.OTHER_MEDIUM


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        (-61, BookRefusal.BEFORE_PLACE),
        (-60, None),
        (365, None),
        (366, BookRefusal.TOO_FAR_AHEAD),
    ],
)
def test_the_day_lies_between_the_place_and_a_year_ahead(days, reason):
    assert book(on=DAY + timedelta(days=days)) is reason


def test_a_released_or_cancelled_performance_moves_no_more():
    assert not MOVES[PerformanceState.RELEASED]
    assert not MOVES[PerformanceState.CANCELLED]


def test_only_a_booking_without_marks_is_taken_back():
    answers = {state: refusal_to_cancel(state) for state in PerformanceState}
    assert answers == {
        PerformanceState.BOOKED: None,
        PerformanceState.MARKED: CancelRefusal.MARKED,
        PerformanceState.RELEASED: CancelRefusal.MARKED,
        PerformanceState.CANCELLED: CancelRefusal.CANCELLED,
    }


def test_only_a_marked_performance_is_released_and_only_once():
    answers = {state: refusal_to_release(state) for state in PerformanceState}
    assert answers == {
        PerformanceState.BOOKED: ReleaseRefusal.NOT_MARKED,
        PerformanceState.MARKED: None,
        PerformanceState.RELEASED: ReleaseRefusal.RELEASED,
        PerformanceState.CANCELLED: ReleaseRefusal.CANCELLED,
    }


def test_marks_are_read_from_a_form_as_autosave_joins_it():
    body = {
        "level-k1": "2",
        "level-k2": "7",
        "level-k9": "1",
        "moment-k1": " She waited. ",
        "harm": "H1\x1fH2\x1fH99",
        "corrected": "H2",
        "went_well": " Calm. ",
        "csrf_token": "x",
    }
    assert marks_from(body, scenario(), rubric()) == Marks(
        levels={"k1": 2},
        moments={"k1": "She waited."},
        harm=(HarmMark("H1"), HarmMark("H2", corrected=True)),
        went_well="Calm.",
    )


def test_an_empty_form_names_everything_that_is_missing_in_the_order_of_the_page():
    found = problems_in(marks_from({}, scenario(), rubric()), scenario())
    assert list(found) == ["level-k1", "level-k2", "level-k3", "went_well", "next_step"]
    assert found["level-k1"] is MarkProblem.NO_LEVEL


def test_corrected_without_the_harm_item_itself_is_asked_about_and_not_dropped():
    marks = marks_from({"corrected": "H1"}, scenario(), rubric())
    assert marks.harm == ()
    assert problems_in(marks, scenario())["harm"] is MarkProblem.CORRECTED_ALONE


def test_texts_longer_than_is_kept_are_named():
    marks = Marks({}, {"k1": "x" * 1001, "k2": "x" * 1000}, went_well="x" * 4001)
    assert set(too_long_in(marks)) == {"moment-k1", "went_well"}


def test_a_whole_marking_has_no_problem():
    marks = Marks(levels(2, 1, 0), {}, went_well="Calm.", next_step="Ask first.")
    assert problems_in(marks, scenario()) == {}


@pytest.mark.parametrize(
    ("state", "on", "complete", "reason"),
    [
        ("booked", DAY, True, None),
        ("booked", DAY, False, MarkRefusal.INCOMPLETE),
        ("booked", DAY + timedelta(days=1), True, MarkRefusal.NOT_PLAYED_YET),
        ("marked", DAY, True, MarkRefusal.SUBMITTED),
        ("released", DAY, True, MarkRefusal.SUBMITTED),
        ("cancelled", DAY, True, MarkRefusal.CANCELLED),
    ],
)
def test_a_marking_is_sent_once_and_not_before_the_day(state, on, complete, reason):
    found = refusal_to_submit(PerformanceState(state), on=on, today=DAY, complete=complete)
    assert found is reason


def test_points_are_exact_and_name_the_essential_criteria_below_their_floor():
    found = points_of(scenario(), rubric(), levels(0, 2, 2))
    assert (found.points, found.of, found.percent) == (4, 6, Fraction(200, 3))
    assert found.short == ("k1",)


@pytest.mark.parametrize(
    ("given_levels", "percent", "result"),
    [
        ((2, 2, 1), 70, Result.MET),
        ((1, 2, 1), 70, Result.NOT_YET),
        ((0, 2, 2), 60, Result.NOT_YET),
        ((1, 2, 0), 50, Result.MET),
        ((1, 2, 0), 51, Result.NOT_YET),
    ],
)
def test_the_standard_is_a_share_of_the_points_and_a_floor(given_levels, percent, result):
    assert result_for(scenario(), rubric(percent), levels(*given_levels), ()) is result


def test_a_harm_item_refers_whatever_the_total():
    full = levels(2, 2, 2)
    assert result_for(scenario(), rubric(), full, [HarmMark("H1")]) is Result.REFERRED
    assert result_for(scenario(), rubric(), levels(0, 0, 0), [HarmMark("H1")]) is Result.REFERRED


def test_a_harm_item_put_right_at_once_is_looked_at_by_a_person_too():
    marks = [HarmMark("H1", corrected=True)]
    assert open_harm(marks) == ("H1",)
    assert result_for(scenario(), rubric(), levels(2, 2, 2), marks) is Result.REFERRED


def test_every_ticked_harm_item_is_named():
    marks = [HarmMark("H1", corrected=True), HarmMark("H2")]
    assert open_harm(marks) == ("H1", "H2")
    assert result_for(scenario(), rubric(), levels(2, 2, 2), marks) is Result.REFERRED


@given(st.tuples(*[st.integers(0, 2)] * 3), st.integers(0, 2), st.integers(0, 100))
def test_a_higher_level_never_makes_a_result_worse(given_levels, which, percent):
    raised = [min(2, n + 1) if at == which else n for at, n in enumerate(given_levels)]
    before = result_for(scenario(), rubric(percent), levels(*given_levels), ())
    after = result_for(scenario(), rubric(percent), levels(*raised), ())
    assert not (before is Result.MET and after is Result.NOT_YET)


def test_a_competency_stands_at_its_lowest_criterion():
    assert competency_levels(scenario(), levels(2, 1, 2)) == {"C1": 1, "C2": 1}


def test_a_competency_that_was_not_judged_in_full_has_no_level():
    assert competency_levels(scenario(), {"k1": 2, "k2": 2}) == {"C1": 2}


def test_a_criterion_of_two_competencies_has_both_anchors():
    found = anchors_at(scenario().criteria[1], rubric(), 2)
    assert [anchor.words for _, anchor in found] == ["C1 at 2", "C2 at 2"]


@pytest.mark.parametrize(
    ("result", "actor", "standing", "reason"),
    [
        (Result.REFERRED, 5, None, None),
        (Result.REFERRED, 5, HarmOutcome.REPEAT, None),
        (Result.REFERRED, 5, HarmOutcome.RESOLVED, ResolveRefusal.SETTLED),
        (Result.REFERRED, 2, None, ResolveRefusal.OWN_MARKING),
        (Result.MET, 5, None, ResolveRefusal.NOTHING_OPEN),
        (Result.NOT_YET, 5, None, ResolveRefusal.NOTHING_OPEN),
        (None, 5, None, ResolveRefusal.NOTHING_OPEN),
    ],
)
def test_a_referral_is_settled_by_somebody_other_than_its_marker(result, actor, standing, reason):
    found = refusal_to_resolve(result=result, actor_id=actor, marker_id=2, standing=standing)
    assert found is reason


def test_a_referral_is_settled_by_a_persons_word_alone():
    settled = {outcome: is_harm_settled(outcome) for outcome in (None, *HarmOutcome)}
    assert settled == {None: False, HarmOutcome.RESOLVED: True, HarmOutcome.REPEAT: False}


def test_a_resolved_referral_stands_where_its_levels_put_it():
    resolved = HarmOutcome.RESOLVED
    assert standing_for(Result.REFERRED, resolved, at_standard=True) is Result.MET
    assert standing_for(Result.REFERRED, resolved, at_standard=False) is Result.NOT_YET
    assert standing_for(Result.REFERRED, HarmOutcome.REPEAT, at_standard=True) is Result.NOT_YET
    assert standing_for(Result.REFERRED, None, at_standard=True) is Result.REFERRED
    assert standing_for(Result.MET, None, at_standard=True) is Result.MET


def played(days: int, state: str, standing: Result | None = None, **more: bool) -> Played:
    return Played(DAY + timedelta(days=days), PerformanceState(state), standing, **more)


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ([], ScenarioState.NOT_YET),
        ([played(-9, "cancelled")], ScenarioState.NOT_YET),
        ([played(0, "booked")], ScenarioState.BOOKED),
        ([played(-1, "booked")], ScenarioState.BEING_MARKED),
        ([played(-1, "released", Result.NOT_YET)], ScenarioState.PLAN),
        ([played(-1, "released", Result.REFERRED, has_open_harm=True)], ScenarioState.PLAN),
        ([played(-1, "released", Result.MET)], ScenarioState.MET),
        (
            [played(-9, "released", Result.MET), played(-1, "released", Result.NOT_YET)],
            ScenarioState.MET,
        ),
        (
            [
                played(-9, "released", Result.MET),
                played(-1, "released", Result.NOT_YET, has_open_harm=True),
            ],
            ScenarioState.PLAN,
        ),
        ([played(-9, "released", Result.NOT_YET), played(3, "booked")], ScenarioState.BOOKED),
    ],
)
def test_a_trainee_reads_where_a_scenario_stands(rows, state):
    assert scenario_state(rows, DAY) is state


@pytest.mark.parametrize("days", [-5, 0, 5])
def test_what_a_marker_does_before_release_shows_nowhere(days):
    booked, marked = played(days, "booked"), played(days, "marked")
    assert scenario_state([booked], DAY) is scenario_state([marked], DAY)


def test_a_programme_names_its_scenarios_or_takes_all_of_the_rubric():
    named = RubricStandard(
        id="r", label="", rubric="twelve", performances=1, scenarios=("tonight",)
    )
    whole = RubricStandard(id="r", label="", rubric="twelve", performances=1)
    known = [scenario("tonight"), scenario("other"), scenario("far", of="elsewhere")]
    assert [s.id for s in scenarios_of(programme(named), known)] == ["tonight"]
    assert [s.id for s in scenarios_of(programme(whole), known)] == ["tonight", "other"]
    assert scenarios_of(programme(), known) == ()


def programme(*nodes: RubricStandard) -> Programme:
    inner = (All(id="a", label="", of=nodes),) if nodes else ()
    return Programme(
        id="p",
        title="",
        version="1",
        zone="UTC",
        language="en",
        requirements=inner,
        certificate=CertificateWords(title="", covers="", does_not_qualify=""),
    )
