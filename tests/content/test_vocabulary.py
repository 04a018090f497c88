"""Words, phases and the list of subjects are strict, and agree with each other."""

import pytest

from lms.content.bundled import bundled
from lms.content.errors import Problems
from lms.content.vocabulary import check_vocabulary, read_vocabulary
from tests.content.building import write
from tests.content.test_curriculum_checks import COVERAGE, GLOSSARY, PHASE

PHASES = "phases:\n" + PHASE.format(id="awareness")


def problems_of(folder, **changed):
    texts = {"glossary": GLOSSARY, "phases": PHASES, "coverage": COVERAGE, **changed}
    for name, text in texts.items():
        write(folder / f"{name}.yaml", text)
    problems = Problems("modules")
    read = read_vocabulary(folder, problems)
    check_vocabulary(read, {"gilbert-2025"}, {"C1"})
    return [(p.file, p.line, p.path, p.code.value) for p in problems.found]


def test_lists_that_are_in_order_have_no_problem(tmp_path):
    assert problems_of(tmp_path) == []


def test_a_list_without_a_file_is_empty(tmp_path):
    read = read_vocabulary(tmp_path, Problems("modules"))
    assert (read.terms, read.phases_by_id) == ({}, {})


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("glossary", "id: hand-off", "id: Hand off", (2, "terms[0].id", "bad-id")),
        ("glossary", "words: Passing", "word: Passing", (2, "terms[0].word", "unknown-key")),
        ("glossary", "Passing somebody on.", "''", (2, "terms[0].words", "empty")),
        ("glossary", "on.}", "on., source: {ref: gone}}",
         (2, "terms[0].source.ref", "unknown-reference")),
        ("phases", "peers: [Listen.]", "peers: []", (5, "phases[0].peers", "empty")),
        ("phases", "peers: [Listen.]", "peers: ['']", (5, "phases[0].peers", "empty")),
        ("phases", "peers: [Listen.]", "peers: Listen.", (5, "phases[0].peers", "wrong-type")),
        ("phases", "id: awareness", "id: other", (2, "phases[0].id", "unknown-phase")),
        ("coverage", "id: RA-07", "id: 7", (2, "attributes[0].id", "wrong-type")),
        ("coverage", "topics: [", "topics: [{id: boundaries, title: A, source: {ref: x}}, ",
         (1, "topics[1].id", "duplicate-id")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path, name, old, new, problem):
    text = {"glossary": GLOSSARY, "phases": PHASES, "coverage": COVERAGE}[name]
    assert old in text
    found = problems_of(tmp_path, **{name: text.replace(old, new, 1)})
    assert (f"modules/{name}.yaml", *problem) in found


def test_one_word_is_explained_once(tmp_path):
    double = GLOSSARY + "  - {id: other, term: a HAND-OFF, words: Again.}\n"
    found = problems_of(tmp_path, glossary=double)
    assert found == [("modules/glossary.yaml", 3, "terms[1].term", "duplicate-id")]


@pytest.mark.parametrize(
    ("omission", "code"),
    [
        ("{kind: topic, id: gone, reason: So.}", "unknown-subject"),
        ("{kind: competency, id: C9, reason: So.}", "unknown-subject"),
        ("{kind: thing, id: C1, reason: So.}", "not-a-choice"),
        ("{kind: competency, id: C1, reason: ''}", "empty"),
        ("{kind: competency, id: C1}", "missing-key"),
    ],
)
def test_what_is_left_out_is_known_and_has_a_reason(tmp_path, omission, code):
    found = problems_of(tmp_path, coverage=f"{COVERAGE}\nomitted:\n  - {omission}\n")
    assert [kind for *_, kind in found] == [code]


def test_a_subject_is_left_out_once(tmp_path):
    line = "\n  - {kind: competency, id: C1, reason: So.}"
    found = problems_of(tmp_path, coverage=f"{COVERAGE}\nomitted:{line}{line}\n")
    assert found == [("modules/coverage.yaml", 8, "omitted[1].id", "duplicate-id")]


def test_the_projects_list_holds_every_subject_of_the_report():
    coverage = read_vocabulary(bundled("modules"), Problems()).coverage.value
    assert len(coverage.topics) == 35
    assert [entry.id for entry in coverage.attributes] == [f"RA-{n:02}" for n in range(1, 30)]
    assert [entry.id for entry in coverage.standards] == [f"S{n}" for n in range(1, 8)]
    assert len(coverage.roles) == 8
    assert len(coverage.phases) == 10
