"""Rubrics hold together, and scenarios name only what their rubric has."""

import pytest

from lms.content.errors import Problems
from lms.content.roleplays import check_scenario, read_rubric, read_scenario
from tests.content.building import write

RUBRIC = """\
id: two
title: Two
introduction: Words.
levels:
  - {level: 0, title: Not shown, words: Not.}
  - {level: 1, title: Clear, words: Clear.}
competencies:
  - id: C1
    title: One
    words: Words.
    anchors: [{level: 0, words: Not.}, {level: 1, words: Clear.}]
harm_items:
  - {id: H1, words: Presses., plain: It was pressing.}
standard: {percent: 70, essential_level: 1, source: Ours.}
"""
SCENARIO = """\
id: the-break
title: The break
rubric: two
minutes: 10
media: [voice]
phase: 1 Awareness
modules: [boundaries]
content_note: {topics: [control], intensity: light, words: Named.}
setting: A canteen.
you_know: Little.
dilemma: Two things.
opening: Hello.
simulator: Play.
only_if: []
criteria: [{id: k1, words: Asks., competencies: [C1], essential: true}]
harm_watch: [H1]
debrief: [How was it?]
"""


def rubric_problems(tmp_path, text):
    problems = Problems("two.yaml")
    read_rubric(write(tmp_path / "two.yaml", text), problems)
    return [(p.line, p.path, p.code.value) for p in sorted(problems.found)]


def scenario_problems(tmp_path, text):
    rubric = read_rubric(write(tmp_path / "two.yaml", RUBRIC), Problems()).value
    problems = Problems("the-break.yaml")
    written = read_scenario(write(tmp_path / "the-break.yaml", text), problems)
    if written:
        check_scenario(written, {"two": rubric}, {"boundaries"}, set())
    return [(p.line, p.path, p.code.value) for p in sorted(problems.found)]


def test_a_whole_rubric_and_scenario_have_no_problems(tmp_path):
    assert rubric_problems(tmp_path, RUBRIC) == []
    assert scenario_problems(tmp_path, SCENARIO) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("id: two", "id: three", (1, "id", "bad-id")),
        ("{level: 1, title", "{level: 0, title", (4, "levels", "out-of-range")),
        ("{level: 1, words: Clear.}]", "{level: 2, words: Clear.}]",
         (11, "competencies[0].anchors[1].level", "unknown-level")),
        (", {level: 1, words: Clear.}]", "]", (11, "competencies[0].anchors", "missing-key")),
        ("percent: 70", "percent: 170", (14, "standard.percent", "out-of-range")),
        ("essential_level: 1", "essential_level: 3",
         (14, "standard.essential_level", "unknown-level")),
        ("It was pressing.}", "It.}\n  - {id: H1, words: A., plain: B.}",
         (14, "harm_items[1].id", "duplicate-id")),
    ],
)  # fmt: skip
def test_a_rubric_that_does_not_hold_together_is_named(tmp_path, old, new, problem):
    assert problem in rubric_problems(tmp_path, RUBRIC.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("rubric: two", "rubric: three", (3, "rubric", "unknown-rubric")),
        ("minutes: 10", "minutes: 0", (4, "minutes", "out-of-range")),
        ("media: [voice]", "media: [voice, voice]", (5, "media[1]", "duplicate-id")),
        ("media: [voice]", "media: []", (5, "media", "empty")),
        ("modules: [boundaries]", "modules: [gone]", (7, "modules[0]", "unknown-module")),
        ("topics: [control]", "topics: []", (8, "content_note.topics", "empty")),
        ("competencies: [C1]", "competencies: [C9]",
         (15, "criteria[0].competencies[0]", "unknown-competency")),
        ("competencies: [C1]", "competencies: []", (15, "criteria[0].competencies", "empty")),
        ("harm_watch: [H1]", "harm_watch: [H9]", (16, "harm_watch[0]", "unknown-harm-item")),
        ("debrief:", "sources: [{ref: gone}]\ndebrief:",
         (17, "sources[0].ref", "unknown-reference")),
        ("debrief:", "reviews: [{reviewer: A, capacity: qualified, on: 2026-13-01}]\ndebrief:",
         (17, "reviews[0].on", "out-of-range")),
    ],
)  # fmt: skip
def test_a_scenario_names_only_what_there_is(tmp_path, old, new, problem):
    assert problem in scenario_problems(tmp_path, SCENARIO.replace(old, new, 1))
