"""Cleaning, breaking and balancing of text, and what each glyph stands for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.documents.typefaces import CAN_SHAPE, Weight, font_book
from lms.documents.typesetting import Typesetter, cleaned, clusters_of, needs_shaping

LETTERS = "abcéŁőЖя -()/12\u05d0\u05d1\u0627\u0628"
PIECES = st.lists(st.sampled_from([*LETTERS, "T\u0304", "\u05d1\u05bc", "\u0915\u094d\u0937"]))
TEXTS = PIECES.map("".join)


@pytest.fixture(scope="module")
def setter() -> Typesetter:
    return Typesetter(font_book(), "en")


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("  Amina \t\n Yusuf ", "Amina Yusuf"),
        ("e\u0301", "\u00e9"),
        ("a\u00a0b\u2028c\u3000d", "a b c d"),
        ("\u202eabc\u202c\u2066d\u2069\u200e\u200f\u061c\ufeff\u00ad\x00", "abcd"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("\u06dd1", "\u06dd1"),
        ("", ""),
    ],
)
def test_text_is_put_in_order_before_it_is_set(text, result):
    assert cleaned(text) == result


@given(st.text(max_size=40))
def test_cleaning_twice_changes_nothing_more(text):
    once = cleaned(text)
    assert cleaned(once) == once


@given(TEXTS)
def test_letters_with_their_marks_make_up_the_text(text):
    assert "".join(text[start:end] for start, end in clusters_of(text)) == text


@pytest.mark.parametrize("character", "aŁЖ1(山\u200d")
def test_simple_scripts_need_no_shaping(character):
    assert not needs_shaping(character)


@pytest.mark.parametrize("character", "\u05d0\u0627\u0915\u0e01\u0301\u1780\U0001e900")
def test_scripts_that_join_stack_or_turn_need_shaping(character):
    assert needs_shaping(character)


@pytest.mark.skipif(not CAN_SHAPE, reason="the extra 'shaping' is not installed")
@settings(max_examples=150, deadline=None)
@given(TEXTS, st.integers(2_000, 20_000))
def test_lines_hold_the_whole_text_within_the_measure(text, measure):
    passage = Typesetter(font_book(), "en").passage(text)
    lines = passage.lines(measure)
    assert "".join("".join(line.text.split()) for line in lines) == "".join(cleaned(text).split())
    assert len(lines) == passage.count(measure)
    assert all(line.width <= measure * 1.05 for line in lines)


def test_two_lines_are_about_equally_long(setter):
    passage = setter.passage("one two three four five six seven eight nine ten")
    whole = passage.lines(1e9)[0].width
    first, second = passage.lines(whole * 0.9)
    assert first.width == pytest.approx(second.width, rel=0.2)


def test_a_line_that_breaks_keeps_its_space_for_those_who_copy(setter):
    lines = setter.passage("one two").lines(2_500)
    assert [line.text for line in lines] == ["one ", "two"]


def test_an_address_breaks_after_a_stroke_and_a_name_after_a_hyphen(setter):
    address = setter.passage("https://peer-learn.example/check").lines(10_000)
    assert [line.text for line in address] == ["https://", "peer-learn.example/", "check"]
    assert setter.passage("Anne-Marie").lines(3_200)[0].text == "Anne-"


def test_bold_words_of_a_script_without_bold_are_set_in_its_regular(setter):
    if not CAN_SHAPE:
        pytest.skip("the extra 'shaping' is not installed")
    (line,) = setter.passage("Amina \u05d0\u05d1", Weight.BOLD).lines(1e9)
    assert [run.face.face.name for run in line.runs] == [
        b"NotoSans-Bold",
        b"NotoSansHebrew-Regular",
    ]


def test_digits_stay_in_the_font_of_the_letters_before_them(setter):
    if not CAN_SHAPE:
        pytest.skip("the extra 'shaping' is not installed")
    (line,) = setter.passage("\u0645\u062d 12").lines(1e9)
    assert {run.face.face.name for run in line.runs} == {b"NotoSansArabic-Regular"}


@pytest.mark.skipif(not CAN_SHAPE, reason="the extra 'shaping' is not installed")
def test_a_turned_bracket_does_not_change_what_brackets_mean_elsewhere(setter):
    (line,) = setter.passage("\u05d0 (Mo) \u05d1").lines(1e9)
    glyphs = [glyph.text for run in line.runs for glyph in run.glyphs]
    assert glyphs.index("(") < glyphs.index("M") < glyphs.index(")")
    assert not line.is_plain


def test_without_shaping_a_simple_text_is_set_glyph_by_glyph():
    (line,) = Typesetter(font_book(), "en", shaping=False).passage("Łęc\ufe0f").lines(1e9)
    assert [glyph.text for glyph in line.runs[0].glyphs] == ["Ł", "ę", "c"]
    assert line.width > 0


@pytest.mark.skipif(not CAN_SHAPE, reason="the extra 'shaping' is not installed")
@pytest.mark.parametrize("text", ["T\u0304T", "\u0928\u093f\u0928", "\u0644\u0627\u0644"])
def test_a_glyph_stands_for_its_own_letter_wherever_it_comes(setter, text):
    """A mark, a vowel sign that moves and a joined pair leave the letters beside them alone."""
    (line,) = setter.passage(text).lines(1e9)
    glyphs = [glyph for run in line.runs for glyph in run.glyphs]
    meaning = {}
    for glyph in glyphs:
        assert meaning.setdefault(glyph.number, glyph.text) == glyph.text
    assert sorted("".join(glyph.text for glyph in glyphs)) == sorted(text)
    assert not line.is_plain
