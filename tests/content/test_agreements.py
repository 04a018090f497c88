"""Agreements are read with their questions, each with exactly one right option."""

import pytest

from lms.content.agreements import read_agreement
from lms.content.errors import Problems
from tests.content.building import write

QUESTION = """\
  - id: {id}
    question: What?
    options:
      - {{id: a, text: A, feedback: No.}}
      - {{id: b, text: B, feedback: Yes., right: true}}
    explanation: So.
"""
TEXT = (
    "---\ntitle: Confidentiality\nkind: confidentiality\nlanguage: en\nsources: []\nquestions:\n"
    + "".join(QUESTION.format(id=name) for name in ("one", "two", "three"))
    + "---\nWe keep it.\n"
)


def read(tmp_path, text, name="keep.md"):
    problems = Problems(name)
    written = read_agreement(write(tmp_path / name, text), problems)
    return written, [(p.line, p.path, p.code.value) for p in sorted(problems.found)]


def test_an_agreement_is_head_and_words(tmp_path):
    written, problems = read(tmp_path, TEXT)
    assert problems == []
    assert (written.agreement.slug, written.agreement.text) == ("keep", "We keep it.")
    assert len(written.agreement.head.questions) == 3


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("language: en", "language: English please", (4, "language", "out-of-range")),
        ("kind: confidentiality", "kind: code-of-ethics", (6, "questions", "out-of-range")),
        ("id: two", "id: one", (13, "questions[1].id", "duplicate-id")),
        (", right: true", "", (9, "questions[0].options", "right-answer")),
        ("We keep it.", "", (26, "", "empty")),
        ("title: Confidentiality\n", "", (2, "title", "missing-key")),
    ],
)
def test_what_is_wrong_with_an_agreement_is_named(tmp_path, old, new, problem):
    assert problem in read(tmp_path, TEXT.replace(old, new, 1))[1]


def test_a_name_that_is_no_address_is_named(tmp_path):
    assert read(tmp_path, TEXT, "Keep It.md")[1] == [(1, "", "bad-id")]
