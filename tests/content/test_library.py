"""The project's own content loads, fast, and problems of all files are named at once."""

import shutil

import pytest

from lms.content.bundled import bundled
from lms.content.errors import ContentError
from lms.content.library import load_library
from lms.content.rendering import render_module
from tests.content.building import LESSON_HEAD, REFERENCES, make_module, write
from tests.content.test_agreements import TEXT as AGREEMENT
from tests.content.test_assessments import WHOLE as ASSESSMENT
from tests.content.test_programmes import PROGRAMME
from tests.content.test_roleplays import RUBRIC, SCENARIO


@pytest.fixture
def root(tmp_path):
    make_module(tmp_path / "modules", "A claim [@gilbert-2025: Findings].\n")
    write(tmp_path / "modules/references.yaml", REFERENCES)
    write(tmp_path / "assessments/first.yaml", ASSESSMENT)
    write(tmp_path / "assessments/rubrics/two.yaml", RUBRIC)
    write(tmp_path / "assessments/scenarios/the-break.yaml", SCENARIO)
    write(tmp_path / "programmes/small.yaml", PROGRAMME)
    write(tmp_path / "programmes/agreements/keep.md", AGREEMENT)
    return tmp_path


def problems_of(root):
    with pytest.raises(ContentError) as caught:
        load_library(root)
    return [(p.file, p.line, p.path, p.code.value) for p in caught.value.problems]


def change(root, file, old, new):
    text = (root / file).read_text(encoding="utf-8")
    assert old in text
    write(root / file, text.replace(old, new, 1))


def test_every_file_of_the_project_loads_and_renders():
    library = load_library(bundled("modules").parent)
    rendered = [render_module(module, library.references) for module in library.modules]
    assert len(rendered) >= 12
    assert {module.slug for module in rendered} >= {"boundaries", "safety-planning"}
    assert all(lesson.words > 100 for module in rendered for lesson in module.lessons)


def test_a_library_holds_every_kind(root):
    library = load_library(root)
    assert [module.slug for module in library.modules] == ["boundaries"]
    assert [assessment.id for assessment in library.assessments] == ["first"]
    assert [rubric.id for rubric in library.rubrics] == ["two"]
    assert [scenario.id for scenario in library.scenarios] == ["the-break"]
    assert [agreement.slug for agreement in library.agreements] == ["keep"]
    assert [programme.id for programme in library.programmes] == ["small"]
    assert library.references.references[0].id == "gilbert-2025"


LESSON = "modules/boundaries/01-first-contact.md"


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        (LESSON, "@gilbert-2025", "@gilbert-2024", (7, "", "unknown-reference")),
        (LESSON, "A claim", "See [x](second.md).\n\nA claim", (7, "", "dead-link")),
        (LESSON, "A claim", "See [x](../gone/module.md).\n\nA claim", (7, "", "dead-link")),
        (LESSON, "A claim", "Words.\n\n![x](img/gone.svg)\n\nA", (9, "", "missing-picture")),
        (LESSON, "A claim", "Words.\n\n# Too high\n\nA", (9, "", "heading")),
        (LESSON, "A claim", "Words.\n<b>bold</b>\n\nA", (8, "", "raw-html")),
        (LESSON, "competencies: [C1]", "competencies: [C9]",
         (5, "competencies[0]", "unknown-competency")),
        (LESSON, "competencies: [C1]", "competencies: [C1]\nsources: [{ref: gone}]",
         (6, "sources[0].ref", "unknown-reference")),
        ("modules/boundaries/module.md", "An introduction.", "[x](gone.md)", (15, "", "dead-link")),
        ("assessments/first.yaml", "stem: Which?", "stem: Which <b>?",
         (9, "items[0].stem", "raw-html")),
        ("assessments/scenarios/the-break.yaml", "simulator: Play.",
         "simulator: '[x](javascript:y)'",
         (13, "simulator", "link-not-allowed")),
        ("assessments/scenarios/the-break.yaml", "modules: [boundaries]", "modules: [gone]",
         (7, "modules[0]", "unknown-module")),
        ("programmes/small.yaml", "modules: [boundaries]", "modules: [gone]",
         (13, "requirements[0].modules[0]", "unknown-name")),
        ("programmes/small.yaml", "id: small", "id: other", (1, "id", "bad-id")),
        ("programmes/agreements/keep.md", "explanation: So.", "explanation: So <b>.",
         (12, "questions[0].explanation", "raw-html")),
        ("programmes/agreements/keep.md", "We keep it.", "# We keep it.", (26, "", "heading")),
    ],
)  # fmt: skip
def test_what_files_say_of_each_other_must_be_true(root, file, old, new, problem):
    change(root, file, old, new)
    assert (file, *problem) in problems_of(root)


def test_a_link_to_a_lesson_that_is_itself_broken_is_no_dead_link(root):
    write(root / "modules/boundaries/02-second.md", LESSON_HEAD.replace("minutes: 20\n", "") + "A.")
    change(root, LESSON, "A claim", "[See](02-second.md) a claim")
    assert problems_of(root) == [("modules/boundaries/02-second.md", 2, "minutes", "missing-key")]


def test_a_broken_list_of_references_does_not_blame_the_lessons(root):
    write(root / "modules/references.yaml", "references: 1\n")
    assert problems_of(root) == [("modules/references.yaml", 1, "references", "wrong-type")]


def test_a_broken_rubric_does_not_blame_the_programme(root):
    change(root, "assessments/first.yaml", "id: first", "idd: first")
    files = {file for file, *_ in problems_of(root)}
    assert files == {"assessments/first.yaml"}


@pytest.mark.parametrize(
    "file", ["assessments/extra.yml", "programmes/old/a.yaml", "modules/notes.md", "modules/a.yaml"]
)
def test_a_file_that_nobody_reads_is_named(root, file):
    write(root / file, "words")
    assert problems_of(root) == [(file, 1, "", "unknown-file")]


def test_a_missing_folder_is_named(root):
    shutil.rmtree(root / "programmes")
    assert ("programmes", 1, "", "missing-file") in problems_of(root)


def test_problems_of_every_file_are_named_at_once(root):
    change(root, LESSON, "@gilbert-2025", "@gone")
    change(root, "assessments/first.yaml", "credit: 1/4", "credit: some")
    change(root, "assessments/rubrics/two.yaml", "percent: 70", "percent: 700")
    change(root, "programmes/small.yaml", "46 h", "46 hours")
    change(root, "programmes/agreements/keep.md", "language: en", "language: '?'")
    assert len({file for file, *_ in problems_of(root)}) == 5
