"""Programmes are read strictly, and what the rules find wrong is named at its line."""

import shutil

import pytest

from lms.content.bundled import bundled
from lms.content.errors import ContentError, Problems
from lms.content.library import load_library
from lms.content.programmes import check_programme, load_programme, read_programme
from lms.content.versions import ContentKind, canonical_json, definition_from
from lms.rules.programmes import Gates, gates_of
from lms.rules.verdict import Known
from tests.cast import library
from tests.content.building import write

PROGRAMME = """\
id: small
title: Small
version: "1"
zone: Europe/Copenhagen
language: en
source: https://example.org
checked_on: 2026-11-01
certificate: {title: Small, covers: Little., does_not_qualify: Much.}
requirements:
  - id: modules
    kind: completions
    label: Modules
    modules: [boundaries]
  - id: training
    kind: sum
    label: Training
    hours: {ledger: training}
    min: 46 h
"""


def problems_of(tmp_path, text):
    with pytest.raises(ContentError) as caught:
        load_programme(write(tmp_path / "small.yaml", text))
    return [(p.line, p.path, p.code.value) for p in caught.value.problems]


def test_a_programme_comes_back_from_its_canonical_text(tmp_path):
    programme = load_programme(write(tmp_path / "small.yaml", PROGRAMME))
    text = canonical_json(programme)
    assert definition_from(ContentKind.PROGRAMME, text) == programme
    assert '"kind":"completions"' in text


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("kind: sum", "kind: summ", (15, "requirements[1].kind", "not-a-choice")),
        ("    kind: sum\n", "", (14, "requirements[1].kind", "missing-key")),
        ("ledger: training", "ledger: trainings",
         (17, "requirements[1].hours.ledger", "not-a-choice")),
        ("min: 46 h", "mins: 46 h", (18, "requirements[1].mins", "unknown-key")),
        ("min: 46 h", "min: 46", (18, "requirements[1].min", "wrong-type")),
        ("min: 46 h", "min: 46 hours", (18, "requirements[1].min", "figure")),
        ("id: training", "id: modules", (14, "requirements[1].id", "duplicate-id")),
        ("zone: Europe/Copenhagen", "zone: Europe/Nowhere", (4, "zone", "out-of-range")),
        ("checked_on: 2026-11-01", "checked_on: 2026-13-01", (7, "checked_on", "wrong-type")),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_programme_is_named(tmp_path, old, new, problem):
    assert problem in problems_of(tmp_path, PROGRAMME.replace(old, new, 1))


def test_what_a_programme_names_must_be_there(tmp_path):
    problems = Problems("small.yaml")
    written = read_programme(write(tmp_path / "small.yaml", PROGRAMME), problems)
    check_programme(written, Known(modules=frozenset({"other"})))
    assert [(p.line, p.path, p.code.value) for p in problems.found] == [
        (13, "requirements[0].modules[0]", "unknown-name")
    ]


OMITS = """\
omits:
  - {module: boundaries, lesson: equal-service, reason: We teach this in person.}
"""
LESSONS = {"boundaries": frozenset({"equal-service", "first"})}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("", "", None),
        ("module: boundaries", "module: fences", (20, "omits[0].module", "unknown-name")),
        ("lesson: equal-service", "lesson: other", (20, "omits[0].lesson", "unknown-name")),
        ("reason: We teach this in person.", 'reason: " "', (20, "omits[0].reason", "empty")),
        (", reason: We teach this in person.", "", (20, "omits[0].reason", "missing-key")),
        (OMITS, OMITS + OMITS[7:], (21, "omits[1].lesson", "duplicate-id")),
        (
            OMITS,
            OMITS + OMITS[7:].replace("equal-service", "first"),
            (21, "omits[1].lesson", "empty"),
        ),
    ],
)
def test_a_lesson_left_out_is_there_has_a_reason_and_leaves_others(tmp_path, old, new, problem):
    text = PROGRAMME + (OMITS.replace(old, new, 1) if old else OMITS)
    problems = Problems("small.yaml")
    written = read_programme(write(tmp_path / "small.yaml", text), problems)
    if written is not None:
        check_programme(written, Known(lessons=LESSONS))
    found = [(p.line, p.path, p.code.value) for p in problems.found]
    assert found == ([problem] if problem else [])


GATES = "gates: {unsigned_lessons: off, overdue_pack: on}\n"


def test_gates_are_on_unless_the_programme_switches_them_off(tmp_path):
    plain, off = (
        load_programme(write(tmp_path / "small.yaml", text))
        for text in (PROGRAMME, PROGRAMME + GATES)
    )
    assert plain.gates == Gates(unsigned_lessons="on", overdue_pack="on")
    assert off.gates == Gates(unsigned_lessons="off", overdue_pack="on")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("off", "false", (19, "gates.unsigned_lessons", "not-a-choice")),
        ("off", "perhaps", (19, "gates.unsigned_lessons", "not-a-choice")),
        ("overdue_pack", "old_pack", (19, "gates.old_pack", "unknown-key")),
    ],
)
def test_a_gate_is_on_or_off(tmp_path, old, new, problem):
    assert problem in problems_of(tmp_path, PROGRAMME + GATES.replace(old, new, 1))


def test_the_shipped_programmes_keep_their_gates_but_the_demonstration():
    off = Gates(unsigned_lessons="off", overdue_pack="off")
    for one in library().programmes:
        assert gates_of(one) == (off if one.demo else Gates()), one.id


def test_the_whole_library_checks_what_its_programmes_leave_out(tmp_path):
    """The lessons that are really there are what a programme is held against."""
    for folder in ("modules", "assessments", "programmes"):
        shutil.copytree(bundled(folder), tmp_path / folder)
    path = tmp_path / "programmes" / "peer-support-demo.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("noticing-harm-to-a-child", "no-such-lesson"), "utf-8")
    with pytest.raises(ContentError) as caught:
        load_library(tmp_path)
    assert [p.path for p in caught.value.problems] == ["omits[0].lesson"]


CIRCLE = """\
id: {own}
title: A circle
version: "1"
zone: UTC
language: en
demo: true
certificate: {{title: A circle, covers: Little., does_not_qualify: Much.}}
requirements:
  - kind: certificate
    id: before
    label: The other one
    programmes: [{other}]
"""


def test_the_whole_library_finds_programmes_that_ask_for_each_other_first(tmp_path):
    for folder in ("modules", "assessments", "programmes"):
        shutil.copytree(bundled(folder), tmp_path / folder)
    for own, other in (("one", "two"), ("two", "one")):
        write(tmp_path / "programmes" / f"{own}.yaml", CIRCLE.format(own=own, other=other))
    with pytest.raises(ContentError) as caught:
        load_library(tmp_path)
    assert [(p.file, p.line, p.path) for p in caught.value.problems] == [
        ("programmes/one.yaml", 12, "requirements[0].programmes"),
        ("programmes/two.yaml", 12, "requirements[0].programmes"),
    ]
    path = tmp_path / "programmes" / "one.yaml"
    path.write_text(path.read_text("utf-8").replace("[two]", "[peer-support-demo]"), "utf-8")
    load_library(tmp_path)
