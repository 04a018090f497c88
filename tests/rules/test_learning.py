"""What is read, what comes next, when a module is complete, and what an answer leads to."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.rules.curriculum import (
    Check,
    CheckOption,
    Choice,
    Lesson,
    LessonHead,
    Module,
    ModuleHead,
    Situation,
    Step,
    Text,
)
from lms.rules.definitions import Review
from lms.rules.learning import (
    AnswerRefusal,
    LessonState,
    ModuleState,
    alike_after,
    attestations_asked,
    is_complete,
    is_over,
    lesson_state,
    lesson_states,
    minutes_left,
    minutes_of,
    module_state,
    modules_asked,
    moments_of,
    next_lesson,
    qualified_reviews,
    reading_of,
    refusal_to_answer,
)
from lms.rules.programmes.evidence import Condition
from lms.rules.programmes.nodes import All, AnyOf, Attest, Completions, When

READ, CHANGED, NOT_YET = LessonState.READ, LessonState.CHANGED, LessonState.NOT_YET


def lesson(slug, words="Words.", minutes=20):
    head = LessonHead(title=slug, minutes=minutes, objective="Say it.", competencies=())
    return Lesson(slug, head, (Text(words),))


def module(*lessons):
    head = ModuleHead("Boundaries", "Lines.", (), "boundaries", ())
    return Module("boundaries", head, "Hello.", lessons)


ONE, TWO, THREE = lesson("one"), lesson("two", minutes=25), lesson("three", minutes=15)
CHECK = Check(
    "who",
    "Who may read it?",
    (
        CheckOption("a", "She may.", "A phone may be shared."),
        CheckOption("b", "Anybody.", "Yes.", right=True),
        CheckOption("c", "Whoever holds it.", "Yes.", right=True),
    ),
    several=True,
)
LIFT = Situation(
    "lift",
    "A lift home",
    (
        Step(
            "start",
            "It rains.",
            "What do you do?",
            (
                Choice("a", "Drive.", "She is glad.", "unsafe", "later"),
                Choice("b", "Ask.", "…", "fits"),
            ),
        ),
        Step("later", "Later on.", "And now?", (Choice("a", "Tell.", "Good.", "fits"),)),
    ),
    "Ask first.",
)


def test_a_lesson_is_read_when_this_very_text_was_read():
    assert lesson_state(ONE, [lesson("one")]) is READ


def test_a_lesson_that_changed_since_asks_to_be_read_again():
    assert lesson_state(ONE, [lesson("one", "Other words.")]) is CHANGED


def test_a_line_number_alone_changes_no_lesson():
    moved = replace(ONE, parts=(Text("Words.", line=7),))
    assert lesson_state(ONE, [moved]) is READ


def test_a_lesson_nobody_read_is_not_yet():
    assert lesson_state(ONE, []) is NOT_YET


def test_states_stand_in_reading_order():
    states = lesson_states(module(ONE, TWO, THREE), {"two": [TWO], "gone": [ONE]})
    assert list(states.items()) == [("one", NOT_YET), ("two", READ), ("three", NOT_YET)]


@pytest.mark.parametrize(
    ("states", "complete"),
    [
        ({}, False),
        ({"one": READ}, True),
        ({"one": READ, "two": CHANGED}, False),
        ({"one": READ, "two": NOT_YET}, False),
        ({"one": READ, "two": READ}, True),
    ],
)
def test_a_module_is_complete_when_every_lesson_is_read(states, complete):
    assert is_complete(states) is complete


@pytest.mark.parametrize(
    ("states", "after", "expected"),
    [
        ({"one": NOT_YET, "two": NOT_YET}, "", "one"),
        ({"one": READ, "two": NOT_YET, "three": NOT_YET}, "one", "two"),
        ({"one": READ, "two": READ, "three": NOT_YET}, "one", "three"),
        ({"one": NOT_YET, "two": NOT_YET, "three": READ}, "three", "one"),
        ({"one": CHANGED, "two": READ}, "two", "one"),
        ({"one": READ, "two": READ}, "two", None),
        ({"one": NOT_YET}, "one", None),
        ({"one": READ, "two": NOT_YET}, "a-lesson-that-is-gone", "two"),
        ({}, "", None),
    ],
)
def test_the_next_lesson_is_the_first_unread_one_from_here_on(states, after, expected):
    assert next_lesson(states, after) == expected


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(LessonState)),
    st.sampled_from("abcdefg"),
)
def test_the_next_lesson_is_never_one_that_is_read_nor_the_one_just_read(states, after):
    found = next_lesson(states, after)
    waiting = {slug for slug, state in states.items() if state is not READ} - {after}
    assert (found in waiting) if waiting else (found is None)


@pytest.mark.parametrize(
    ("states", "completed", "expected"),
    [
        ({"one": NOT_YET}, False, ModuleState.NOT_YET),
        ({"one": READ, "two": NOT_YET}, False, ModuleState.UNDER_WAY),
        ({"one": CHANGED, "two": NOT_YET}, False, ModuleState.UNDER_WAY),
        ({"one": READ}, False, ModuleState.COMPLETE),
        ({"one": CHANGED}, True, ModuleState.COMPLETE),
        ({"one": NOT_YET}, True, ModuleState.COMPLETE),
    ],
)
def test_what_was_completed_once_stays_complete(states, completed, expected):
    assert module_state(states, completed=completed) is expected


def test_minutes_are_those_of_the_lessons_and_what_is_read_is_taken_off():
    whole = module(ONE, TWO, THREE)
    assert minutes_of(whole) == 60
    assert minutes_left(whole, {"one": READ, "two": CHANGED}) == 40


def test_only_a_qualified_review_counts_as_checked():
    lived = Review("Amina", "lived-experience", "2026-01-01")
    lawyer = Review("Noor", "qualified", "2026-02-01")
    assert qualified_reviews([lived]) == ()
    assert qualified_reviews([lived, lawyer]) == (lawyer,)


@pytest.mark.parametrize(
    ("chosen", "several", "expected"),
    [
        ([], False, AnswerRefusal.NOTHING_CHOSEN),
        (["x"], False, AnswerRefusal.NOT_OFFERED),
        (["a", "b"], False, AnswerRefusal.ONE_ONLY),
        (["a"], False, None),
        (["a", "b"], True, None),
    ],
)
def test_an_answer_is_refused_only_for_its_shape(chosen, several, expected):
    assert refusal_to_answer("abc", chosen, several=several) is expected


@pytest.mark.parametrize(
    ("chosen", "right", "lacking"),
    [(["b", "c"], True, 0), (["b"], False, 1), (["a", "b", "c"], False, 0), (["a"], False, 2)],
)
def test_an_answer_says_whether_all_fits_and_how_many_lack(chosen, right, lacking):
    reading = reading_of(CHECK, chosen)
    assert reading is not None
    assert (reading.is_right, reading.lacking) == (right, lacking)
    assert [option.id for option in reading.chosen] == chosen


def test_an_option_that_a_newer_version_took_away_is_passed_over():
    assert reading_of(CHECK, ["z"]) is None


@pytest.mark.parametrize(
    ("chosen", "steps", "over"),
    [
        ({}, ["start"], False),
        ({"start": "b"}, ["start"], True),
        ({"start": "a"}, ["start", "later"], False),
        ({"start": "a", "later": "a"}, ["start", "later"], True),
        ({"start": "b", "later": "a"}, ["start"], True),
        ({"start": "gone", "later": "a"}, ["start"], False),
    ],
)
def test_a_situation_unfolds_by_what_was_chosen(chosen, steps, over):
    moments = moments_of(LIFT, chosen)
    assert [moment.step.id for moment in moments] == steps
    assert is_over(moments) is over


def test_a_programme_says_which_modules_and_which_attestations_it_asks_for():
    experience = Attest(id="lived", label="Lived", what="lived-experience", by=("self",))
    requirements = (
        All(
            id="root",
            label="All",
            of=(
                Completions(id="core", label="Core", modules=("boundaries", "safety-planning")),
                AnyOf(id="any", label="Any", of=(experience,)),
                When(
                    id="when",
                    label="When",
                    condition=Condition(fact="stage", equals="initial"),
                    then=Completions(id="more", label="More", modules=("boundaries", "self-care")),
                    otherwise=Attest(id="other", label="O", what="health", by=("coordinator",)),
                ),
                Attest(id="typed", label="T", what="kin", by=("self",), types=("family",)),
            ),
        ),
    )
    assert modules_asked(requirements) == ("boundaries", "safety-planning", "self-care")
    assert attestations_asked(requirements) == (experience,)


OLD, SAID_BETTER, NEW = lesson("one", "Old."), lesson("one", "Said better."), lesson("one", "New.")


def test_a_text_that_teaches_the_same_counts_as_read():
    assert lesson_state(SAID_BETTER, [OLD]) is CHANGED
    assert lesson_state(SAID_BETTER, [OLD], [OLD]) is READ
    assert lesson_state(SAID_BETTER, [], [OLD]) is NOT_YET
    states = lesson_states(module(SAID_BETTER, TWO), {"one": [OLD], "two": [TWO]}, {"one": [OLD]})
    assert is_complete(states)


def test_what_teaches_the_same_is_handed_on_from_version_to_version():
    first, second = (1, "h1"), (2, "h2")
    better = alike_after(module(SAID_BETTER), module(OLD), first, {}, changes_learning=False)
    assert better == {"one": [first]}
    untouched = alike_after(
        module(SAID_BETTER, TWO), module(SAID_BETTER), second, better, changes_learning=True
    )
    assert untouched == {"one": [first]}
    again = alike_after(module(ONE), module(SAID_BETTER), second, better, changes_learning=False)
    assert again == {"one": [first, second]}


def test_a_text_that_teaches_something_else_starts_anew():
    before = {"one": [(1, "h1")]}
    assert alike_after(module(NEW), module(OLD), (2, "h2"), before, changes_learning=True) == {}
    assert alike_after(module(TWO), module(OLD), (2, "h2"), before, changes_learning=False) == {}
