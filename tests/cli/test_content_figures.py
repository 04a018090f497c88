"""lms content coverage and readability, as a shell meets them."""

import json

import pytest
from click.testing import CliRunner

from lms.cli.main import main
from tests.content.building import CARD, LESSON_HEAD, MODULE_HEAD, REFERENCES, write

COVERAGE = "topics: [{id: grief, title: Grief, source: {ref: gilbert-2025}}]\n"
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
harm_items: []
standard: {percent: 70, essential_level: 1, source: Ours.}
"""
HARD = (
    "Notwithstanding organisational considerations, multidisciplinary collaboration necessitates "
    "comprehensive documentation, systematic communication and individualised accommodations "
    "throughout interdependent, longitudinal, institutionally administered interventions. "
)


@pytest.fixture
def root(tmp_path):
    write(tmp_path / "modules/references.yaml", REFERENCES)
    write(tmp_path / "modules/coverage.yaml", COVERAGE)
    write(tmp_path / "modules/boundaries/module.md", MODULE_HEAD)
    write(tmp_path / "modules/boundaries/card.md", CARD)
    write(tmp_path / "modules/boundaries/01-one.md", LESSON_HEAD + "It is plain. We say so.\n")
    write(tmp_path / "assessments/rubrics/two.yaml", RUBRIC)
    (tmp_path / "programmes").mkdir()
    return tmp_path


def lms(*words):
    return CliRunner().invoke(main, ["content", *(str(word) for word in words)])


def test_the_projects_own_core_has_no_gap_and_is_plain_to_read():
    told = lms("coverage", "--json")
    assert told.exit_code == 0
    answer = json.loads(told.stdout)
    assert answer["gaps"] == []
    assert {one["kind"] for one in answer["subjects"]} == {
        *("competency", "topic", "attribute", "standard", "role", "phase")
    }
    told = lms("readability", "--json")
    assert told.exit_code == 0
    answer = json.loads(told.stdout)
    assert answer["median"] <= answer["limits"]["median"] == 6.5
    assert max(text["grade"] for text in answer["texts"]) <= answer["limits"]["grade"] == 8.0
    assert {text["route"] for text in answer["texts"]} == {"lesson", "equal"}


def test_a_gap_is_named_and_ends_with_one(root):
    told = lms("coverage", root)
    assert told.exit_code == 1
    assert "topic grief (Grief): GAP" in told.stderr
    assert "competency C1 (One): 1 core modules, 1 lessons" in told.stderr
    told = lms("coverage", "--json", root)
    assert told.exit_code == 1
    assert json.loads(told.stdout)["gaps"] == [{"kind": "topic", "id": "grief"}]


def test_a_reason_closes_the_gap(root):
    text = COVERAGE + "omitted: [{kind: topic, id: grief, reason: Not ours.}]\n"
    write(root / "modules/coverage.yaml", text)
    told = lms("coverage", root)
    assert told.exit_code == 0
    assert "left out. Not ours." in told.stderr


def test_a_lesson_that_is_too_hard_is_named_and_ends_with_one(root):
    assert lms("readability", root).exit_code == 0
    write(root / "modules/boundaries/02-two.md", LESSON_HEAD + HARD * 3 + "\n")
    told = lms("readability", root)
    assert told.exit_code == 1
    assert "boundaries/two" in told.stderr
    assert "harder than 8.0" in told.stderr
    answer = json.loads(lms("readability", "--json", root).stdout)
    assert [text["lesson"] for text in answer["texts"] if text["grade"] > 8] == ["two"]


@pytest.mark.parametrize("command", ["coverage", "readability"])
def test_content_that_is_broken_is_named_first(root, command):
    write(root / "modules/boundaries/01-one.md", "no head\n")
    told = lms(command, "--json", root)
    assert told.exit_code == 1
    assert json.loads(told.stdout)["errors"][0]["code"] == "broken-head"


@pytest.mark.parametrize("command", ["coverage", "readability"])
def test_a_folder_without_modules_cannot_be_looked_at(tmp_path, command):
    assert lms(command, tmp_path).exit_code == 3


def test_what_is_only_to_be_looked_at_is_told_beside_the_answer(root):
    write(root / "modules/boundaries/02-two.md", LESSON_HEAD + "It was 40 women.\n")
    told = lms("check", "--json", root)
    assert told.exit_code == 0
    assert set(json.loads(told.stdout)) == {"versions"}
    assert "to look at: modules/boundaries/02-two.md:7: '40' has no source" in told.stderr
