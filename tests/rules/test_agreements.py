"""Who owes a signature, what a name is, and what a new version changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.rules.agreements import (
    Agreement,
    AgreementHead,
    AgreementState,
    Change,
    ChangeKind,
    SignRefusal,
    UnderstandingQuestion,
    agreement_state,
    asks_again,
    changes_between,
    in_signing_order,
    is_name,
    near_changes,
    paragraphs_of,
    refusal_to_sign,
)
from lms.rules.curriculum import CheckOption

KEPT, ADDED, REMOVED = ChangeKind.KEPT, ChangeKind.ADDED, ChangeKind.REMOVED
OPTIONS = (CheckOption("a", "Yes.", "No.", right=True), CheckOption("b", "No.", "Why."))
QUESTION = UnderstandingQuestion("between-us", "Between us?", OPTIONS, "Nobody should.")
OLD = """Hello there,
friend.

## What I keep

- Nothing is told
  outside.
- No photos.

## What I pass on

1. Danger.
2. A child.
"""


def agreement(slug, kind="code-of-ethics", questions=()):
    return Agreement(slug, AgreementHead(slug, kind, "en", (), questions), "Text.")


@pytest.mark.parametrize(
    ("signed", "expected"),
    [([], AgreementState.NEW), ([1], AgreementState.CHANGED), ([1, 2], AgreementState.SIGNED)],
)
def test_an_agreement_is_signed_in_its_current_version_or_owed(signed, expected):
    assert agreement_state(2, signed) is expected


def test_the_limits_of_secrecy_come_before_the_rest():
    ethics, secret = agreement("a-code"), agreement("secrecy", "confidentiality")
    assert in_signing_order([ethics, secret]) == [secret, ethics]


@pytest.mark.parametrize("name", ["Amina", "أمينة", "陳", "O’Neil", "X Æ A-12", "नूर"])
def test_a_name_may_be_in_any_script(name):
    assert is_name(name)


@pytest.mark.parametrize("name", ["", "  ", "12", "🙂", "\u200b", "—"])
def test_a_name_has_at_least_one_letter(name):
    assert not is_name(name)


@pytest.mark.parametrize(
    ("given_values", "expected"),
    [
        ({}, None),
        ({"has_place": False, "name": ""}, SignRefusal.NO_PLACE),
        ({"shown": 1, "name": ""}, SignRefusal.TEXT_CHANGED),
        ({"understood": False, "name": ""}, SignRefusal.QUESTIONS_FIRST),
        ({"name": "…"}, SignRefusal.NO_NAME),
    ],
)
def test_a_signature_is_refused_with_the_first_thing_to_mend(given_values, expected):
    values = {"name": "Amina", "shown": 2, "current": 2, "understood": True, "has_place": True}
    assert refusal_to_sign(**{**values, **given_values}) is expected


def test_questions_come_first_once_and_again_only_when_they_changed():
    plain, asking = agreement("code"), agreement("secrecy", "confidentiality", (QUESTION,))
    other = agreement("secrecy", "confidentiality", (QUESTION, QUESTION))
    assert not asks_again(plain, [])
    assert asks_again(asking, [])
    assert asks_again(asking, [other])
    assert not asks_again(asking, [other, asking])


def test_a_text_is_taken_apart_into_paragraphs_headings_and_lines_of_lists():
    assert paragraphs_of(OLD) == [
        "Hello there, friend.",
        "## What I keep",
        "- Nothing is told outside.",
        "- No photos.",
        "## What I pass on",
        "1. Danger.",
        "1. A child.",
    ]


def test_rewrapping_a_text_changes_nothing():
    rewrapped = OLD.replace("there,\nfriend", "there, friend").replace("told\n  out", "told out")
    assert {change.kind for change in changes_between(OLD, rewrapped)} == {KEPT}


def test_a_line_put_into_a_numbered_list_is_the_only_change():
    new = OLD.replace("2. A child.", "2. A threat.\n3. A child.")
    changed = [change for change in changes_between(OLD, new) if change.kind is not KEPT]
    assert changed == [Change(ADDED, "A threat.")]


def test_a_change_is_shown_under_its_heading_and_the_rest_is_left_out():
    new = OLD.replace("No photos.", "No photos, no recordings.")
    assert near_changes(changes_between(OLD, new)) == (
        Change(KEPT, "What I keep", is_heading=True),
        Change(REMOVED, "No photos."),
        Change(ADDED, "No photos, no recordings."),
    )


def test_the_same_text_shows_no_change():
    assert near_changes(changes_between(OLD, OLD)) == ()


PARAGRAPHS = st.lists(st.sampled_from(["a", "b", "c", "- d", "## e"]), max_size=12)


@given(PARAGRAPHS, PARAGRAPHS)
def test_kept_and_added_are_the_new_text_and_kept_and_removed_the_old(old, new):
    changes = changes_between("\n\n".join(old), "\n\n".join(new))
    bare = {"- d": "d", "## e": "e"}
    kept_or = lambda kind: [c.words for c in changes if c.kind in {KEPT, kind}]  # noqa: E731
    assert kept_or(ADDED) == [bare.get(words, words) for words in new]
    assert kept_or(REMOVED) == [bare.get(words, words) for words in old]
