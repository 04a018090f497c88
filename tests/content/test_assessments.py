"""Assessments are read exactly, and what would score wrongly is named."""

from fractions import Fraction

import pytest

from lms.content.assessments import check_assessment, exact, load_assessment, read_assessment
from lms.content.errors import ContentError, Problems
from tests.content.building import write

WHOLE = """\
id: first
title: First
introduction: Take your time.
domains: [{id: lines, title: Lines}]
items:
  - id: one
    type: single
    domain: lines
    stem: Which?
    options:
      - {id: a, text: A, credit: 1, feedback: Yes.}
      - {id: b, text: B, credit: 1/4, feedback: Partly.}
  - id: two
    type: multiple
    domain: lines
    stem: Which TWO?
    options:
      - {id: a, text: A, credit: 1/2, feedback: Yes.}
      - {id: b, text: B, credit: 1/2, feedback: Yes.}
      - {id: c, text: C, credit: -1/2, feedback: No., flag: true}
  - {id: three, type: true-false, domain: lines, stem: So?, key: true,
     feedback_true: A., feedback_false: B.}
"""


LESSONS = {"boundaries": frozenset({"first-contact"})}


def problems_of(tmp_path, text, references=frozenset()):
    path = write(tmp_path / "first.yaml", text)
    problems = Problems("first.yaml")
    written = read_assessment(path, problems)
    if written:
        check_assessment(written, path, set(references), LESSONS)
    return [(p.line, p.path, p.code.value) for p in sorted(problems.found)]


def test_a_whole_assessment_has_no_problems(tmp_path):
    assert problems_of(tmp_path, WHOLE) == []


def test_one_bare_item_is_enough_to_score_with(tmp_path):
    path = write(
        tmp_path / "demo.yaml",
        """\
        id: demo
        items: [{id: b, type: single, options: [{id: a, credit: 1}, {id: c, credit: 0}]}]
        """,
    )
    assert load_assessment(path).items[0].options[1].credit == 0


@pytest.mark.parametrize(
    ("credit", "value"),
    [
        (1, Fraction(1)),
        ("1/3", Fraction(1, 3)),
        ("-1/3", Fraction(-1, 3)),
        ("0.25", Fraction(1, 4)),
        ("1/0", None),
        ("1e9", None),
        ("one", None),
        ("1 / 3", None),
        ("9" * 30, None),
    ],
)
def test_credits_are_exact_or_nothing(credit, value):
    assert exact(credit) == value


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("id: first", "id: other", (1, "id", "bad-id")),
        ("title: First", "title: ''", (2, "title", "missing-key")),
        ("id: two", "id: one", (13, "items[1].id", "duplicate-id")),
        ("{id: b, text: B, credit: 1/4", "{id: a, text: B, credit: 1/4",
         (12, "items[0].options[1].id", "duplicate-id")),
        ("credit: 1/4", "credit: some", (12, "items[0].options[1].credit", "credit")),
        ("credit: 1/4", "credit: 1", (10, "items[0].options", "right-answer")),
        ("credit: 1,", "credit: 1/2,", (10, "items[0].options", "right-answer")),
        ("credit: 1/4", "credit: 2", (10, "items[0].options", "credit")),
        ("credit: -1/2", "credit: 0", (17, "items[1].options", "right-answer")),
        ("id: b, text: B, credit: 1/2", "id: b, text: B, credit: 1/4",
         (17, "items[1].options", "right-answer")),
        ("    stem: Which TWO?", "    stem: Which TWO?\n    cap: 2",
         (17, "items[1].cap", "credit")),
        ("    stem: Which TWO?", "    stem: Which TWO?\n    points: 0",
         (17, "items[1].points", "credit")),
        ("domain: lines\n    stem: Which?", "domain: line\n    stem: Which?",
         (8, "items[0].domain", "unknown-domain")),
        ("title: Lines}]", "title: Lines}, {id: more, title: More}]",
         (4, "domains[1].id", "unknown-domain")),
        ("feedback: Partly.", "feedback: ''", (12, "items[0].options[1].feedback", "missing-key")),
        ("stem: So?, ", "", (21, "items[2].stem", "missing-key")),
        (", feedback_false: B.", "", (21, "items[2].feedback_false", "missing-key")),
        ("key: true", "source: {ref: gone}, key: true",
         (21, "items[2].source.ref", "unknown-reference")),
        ("title: First", "title: First\nminutes: 0", (3, "minutes", "out-of-range")),
        ("key: true", "taught_in: [boundaries/first-contact, boundaries/gone], key: true",
         (21, "items[2].taught_in[1]", "unknown-lesson")),
        ("key: true", "taught_in: [boundaries], key: true",
         (21, "items[2].taught_in[0]", "unknown-lesson")),
    ],
)  # fmt: skip
def test_what_would_go_wrong_is_named_at_its_line(tmp_path, old, new, problem):
    assert WHOLE.count(old) >= 1
    assert problem in problems_of(tmp_path, WHOLE.replace(old, new, 1))


def test_an_item_may_name_the_lessons_that_teach_it(tmp_path):
    named = WHOLE.replace("key: true", "taught_in: [boundaries/first-contact], key: true", 1)
    assert problems_of(tmp_path, named) == []


def test_more_than_one_best_option_needs_a_reason(tmp_path):
    text = WHOLE.replace("credit: 1/4", "credit: 1", 1)
    reasoned = text.replace("stem: Which?", "stem: Which?\n    reason: Both are taught.", 1)
    assert len(problems_of(tmp_path, text)) == 1
    assert problems_of(tmp_path, reasoned) == []


def test_an_assessment_without_items_is_named(tmp_path):
    with pytest.raises(ContentError) as caught:
        load_assessment(write(tmp_path / "demo.yaml", "id: demo\nitems: []\n"))
    assert [problem.code.value for problem in caught.value.problems] == ["empty"]
