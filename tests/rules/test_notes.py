"""Content notes: which come before the text."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.rules.definitions import CONTENT_TOPICS, ContentNote
from lms.rules.notes import INTENSITIES, USUAL, Wishes, stands_first, wishes_from

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
