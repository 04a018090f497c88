"""The strict YAML keeps text as text, loses nothing and never hangs."""

import json
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.errors import ProblemCode, Problems
from lms.content.yaml import place_text, read_yaml


def value_of(text):
    problems = Problems("a.yaml")
    document = read_yaml(text, problems)
    problems.settle()
    return document.value


def problems_of(text, first_line=1):
    problems = Problems("a.yaml")
    assert read_yaml(text, problems, first_line) is None
    return [(found.code, found.line, found.path) for found in sorted(problems.found)]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("y", "y"),
        ("1.10", "1.10"),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        ("2026-11-21", "2026-11-21"),
        ("12:30:45", "12:30:45"),
        ("010", "010"),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("+5", "+5"),
        ("-1/3", "-1/3"),
        ("9" * 16, "9" * 16),
        ("true", True),
        ("False", False),
        ("'true'", "true"),
        ('"12"', "12"),
        ("12", 12),
        ("-3", -3),
        ("0", 0),
        ("", None),
        ("~", None),
        ("null", None),
        ('"e\u0301"', "\u00e9"),
        ("|\n  two\n\n  parts\n", "two\n\nparts"),
        (">-\n  one\n  line\n", "one line"),
    ],
)
def test_scalars_are_read_as_written(written, read):
    value = value_of(f"key: {written}")["key"]
    assert value == read
    assert type(value) is type(read)


def test_keys_are_always_text():
    assert value_of("true: a\n1: b\nno: c\nnull: d\n") == {
        "true": "a",
        "1": "b",
        "no": "c",
        "null": "d",
    }


def test_every_value_has_its_line():
    document = read_yaml("items:\n  - id: a\n    text: >-\n      long\n  - id: b\n", Problems())
    assert document.line_of(("items", 0, "text")) == 3
    assert document.line_of(("items", 1, "id")) == 5
    assert document.line_of(("items", 1, "absent", "deeper")) == 5


def test_lines_count_from_where_the_text_stands_in_its_file():
    assert problems_of("a: 1\na: 2", first_line=40) == [(ProblemCode.DUPLICATE_KEY, 41, "a")]


def test_a_duplicate_key_names_both_lines():
    problems = Problems("a.yaml")
    read_yaml("pass: 1\nother: 2\npass: 3\n", problems)
    assert problems.found[0].message == (
        "The key 'pass' is there twice: on line 1 and on line 3. Keep one."
    )


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: &x 1", ProblemCode.NOT_ALLOWED, 1),
        ("a: 1\nb: *x", ProblemCode.NOT_ALLOWED, 2),
        ("a: !!str 1", ProblemCode.NOT_ALLOWED, 1),
        ("a: !!python/object:os.system x", ProblemCode.NOT_ALLOWED, 1),
        ("<<: {a: 1}", ProblemCode.NOT_ALLOWED, 1),
        ("? [a]\n: b", ProblemCode.NOT_ALLOWED, 1),
        ('"": b', ProblemCode.NOT_ALLOWED, 1),
        ("a: 1\n---\nb: 2", ProblemCode.NOT_ALLOWED, 2),
        ("%TAG ! x\n---\na", ProblemCode.NOT_ALLOWED, 1),
        ("a: [1", ProblemCode.BROKEN_YAML, 1),
        ("a: b: c", ProblemCode.BROKEN_YAML, 1),
        ("a: 1\n\tb: 2", ProblemCode.BROKEN_YAML, 2),
        ("a: 1\nb: \x00", ProblemCode.UNREADABLE, 2),
        ("a: 1\nb: \u202e", ProblemCode.UNREADABLE, 2),
        ('a: 1\nb: "\\0"', ProblemCode.UNREADABLE, 2),
        ("- " * 50 + "a", ProblemCode.TOO_DEEP, 1),
        ("[" * 5000, ProblemCode.TOO_DEEP, 1),
        ("{a: " * 5000, ProblemCode.TOO_DEEP, 1),
        ("a" * 1_000_001, ProblemCode.TOO_LARGE, 1),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(text, code, line):
    found = problems_of(text)
    assert (code, line) in [(problem[0], problem[1]) for problem in found]


def test_all_tricks_of_a_document_are_named_at_once():
    assert [line for _, line, _ in problems_of("- &a 1\n- b\n- *a\n- !x y\n")] == [1, 3, 4]


def test_a_megabyte_is_read_in_seconds():
    started = time.process_time()
    assert len(value_of("- a\n" * 249_999)) == 249_999
    assert time.process_time() - started < 10


def test_places_read_like_code():
    assert place_text(("items", 2, "options", 0, "credit")) == "items[2].options[0].credit"
    assert place_text(()) == ""


words = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), max_size=20).map(
    lambda text: unicodedata.normalize("NFC", text)
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**14), 10**14) | words,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(words.filter(bool), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.text(max_size=200) | st.text("[]{}:,-?&*!|>'\"%@` \n\ta1#", max_size=60))
def test_any_text_is_read_or_named_and_never_breaks(text):
    problems = Problems("a.yaml")
    document = read_yaml(text, problems)
    assert (document is None) == bool(problems.found)
    lines = text.count("\n") + text.count("\r") + 1
    assert all(1 <= problem.line <= lines for problem in problems.found)
    if document is not None:
        json.dumps(document.value, allow_nan=False)


@settings(deadline=None)
@given(values)
def test_json_is_read_as_the_yaml_it_is(value):
    assert value_of(json.dumps(value, ensure_ascii=False)) == value
