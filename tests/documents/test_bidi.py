"""The order of mixed lines, checked by hand and against an independent library."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.documents.bidi import base_level, levels_of, visual_runs

bidi = pytest.importorskip("bidi", reason="python-bidi, the independent check, is not installed")

CHARACTERS = "ab\u05d0\u05d1\u0627\u0628\u0661\u066212+-#$,.:/ !&()[]\u0301\u05b0\u064b"


def displayed(text: str, base: int) -> str:
    """Return the characters in the order of the line, without mirroring."""
    pieces = (
        text[start:end][::-1] if level % 2 else text[start:end]
        for start, end, level in visual_runs(levels_of(text, base))
    )
    return "".join(pieces)


@pytest.mark.parametrize(
    ("text", "base"), [("Amina", 0), ("\u05d0\u05d1", 1), ("12 \u0627", 1), ("12 a \u05d0", 0)]
)
def test_the_first_letter_decides_the_direction(text, base):
    assert base_level(text, 1 - base) == base


def test_a_text_without_letters_takes_the_direction_around_it():
    assert [base_level("12-3", default) for default in (0, 1)] == [0, 1]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Amina", "Amina"),
        ("\u05d0\u05d1\u05d2", "\u05d2\u05d1\u05d0"),
        ("\u05d0 12 \u05d1", "\u05d1 12 \u05d0"),
        ("\u05d0 (Mo) b", "b )Mo( \u05d0"),
        ("Mo (\u05d0\u05d1) c", "Mo (\u05d1\u05d0) c"),
    ],
)
def test_known_lines(text, line):
    assert displayed(text, base_level(text)) == line


def test_a_joiner_stays_with_the_letter_before_it():
    assert levels_of("a\u0628\u200d\u0628", 0) == [0, 1, 1, 1]


@settings(max_examples=400)
@given(st.text(alphabet=CHARACTERS, max_size=14), st.sampled_from([0, 1]))
def test_every_line_agrees_with_an_independent_library(text, base):
    assert displayed(text, base) == bidi.get_display(text, base_dir="LR"[base])


def test_the_alphabet_of_the_check_has_every_class_but_the_explicit_marks():
    classes = {unicodedata.bidirectional(character) for character in CHARACTERS}
    assert classes == {"L", "R", "AL", "EN", "AN", "ES", "ET", "CS", "WS", "ON", "NSM"}
