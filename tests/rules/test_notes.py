"""Content notes: which come before the text."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.rules.definitions import CONTENT_TOPICS, ContentNote
from lms.rules.notes import (
    INTENSITIES,
    USUAL,
    Wishes,
    added_note,
    note_with,
    stands_first,
    wishes_from,
)

TOPICS = st.frozensets(st.sampled_from(CONTENT_TOPICS))


def note(intensity, *topics):
    return ContentNote(topics or ("control",), intensity, "Words.")


@pytest.mark.parametrize(
    ("intensity", "expected"), [("mention", False), ("light", True), ("close", True)]
)
def test_where_nothing_is_set_light_and_close_come_first(intensity, expected):
    for topic in CONTENT_TOPICS:
        assert stands_first(note(intensity, topic), USUAL) is expected


@pytest.mark.parametrize(("since", "intensity"), list(product(INTENSITIES, INTENSITIES)))
def test_from_the_chosen_intensity_on(since, intensity):
    wishes = Wishes(frozenset({"control"}), since)
    expected = INTENSITIES.index(intensity) >= INTENSITIES.index(since)
    assert stands_first(note(intensity, "loss", "control"), wishes) is expected
    assert not stands_first(note(intensity, "loss", "poverty"), wishes)


def test_a_lesson_without_a_note_is_never_held_back():
    assert not stands_first(None, Wishes(since="mention"))


@given(TOPICS, TOPICS.filter(bool), st.sampled_from(INTENSITIES), st.sampled_from(INTENSITIES))
def test_wishing_for_more_never_hides_a_note(chosen, touched, since, intensity):
    found = ContentNote(tuple(touched), intensity, "Words.")
    if stands_first(found, Wishes(chosen, since)):
        assert stands_first(found, Wishes(frozenset(CONTENT_TOPICS), "mention"))


def test_what_was_never_offered_is_passed_over():
    assert wishes_from(["control", "spiders", "control"], "always") == Wishes(
        frozenset({"control"}), "light"
    )
    assert wishes_from([], "close") == Wishes(frozenset(), "close")


NOTES = st.none() | st.builds(note, st.sampled_from(INTENSITIES), st.sampled_from(CONTENT_TOPICS))


def test_a_note_that_only_the_newest_version_has_is_told_whole():
    newest = note("light", "loss")
    assert added_note(None, newest) == note_with(None, newest) == newest


def test_a_note_that_the_newest_version_takes_away_stays_with_the_text_it_is_of():
    kept = note("close", "loss")
    assert added_note(kept, None) is None
    assert note_with(kept, None) == kept


def test_of_both_the_topics_and_the_stronger_intensity_stand_with_the_words_of_the_text():
    kept = note("light", "loss")
    newest = ContentNote(("poverty", "control"), "close", "Newer words.")
    assert note_with(kept, newest) == ContentNote(("control", "loss", "poverty"), "close", "Words.")
    assert added_note(kept, newest) == newest


def test_other_words_alone_add_nothing():
    kept = note("light", "loss", "control")
    newest = ContentNote(("control",), "mention", "Other words.")
    assert added_note(kept, newest) is None
    assert note_with(kept, newest) == kept


def test_what_comes_closer_is_told_of_again():
    assert added_note(note("light", "loss"), note("close", "loss")) == note("close", "loss")


@given(NOTES, NOTES, TOPICS, st.sampled_from(INTENSITIES))
def test_whoever_would_be_told_by_either_version_is_told(kept, newest, topics, since):
    wishes = Wishes(topics, since)
    told = stands_first(note_with(kept, newest), wishes)
    assert told >= (stands_first(kept, wishes) or stands_first(newest, wishes))
    assert stands_first(note_with(kept, newest), wishes) >= stands_first(
        added_note(kept, newest), wishes
    )
