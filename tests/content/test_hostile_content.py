"""Files made to break the reader are refused with a line, at once."""

import pytest

from lms.content.errors import ContentError
from lms.content.library import load_library
from tests.content.building import CARD, write
from tests.content.test_curriculum_checks import (
    COVERAGE,
    EQUAL,
    FIRST,
    GLOSSARY,
    LESSON,
    PHASE,
    ROUTE,
    root,
)

__all__ = ["root"]
PACK = "modules/jurisdictions/place.yaml"
FILES = {
    FIRST: LESSON,
    ROUTE: EQUAL,
    "modules/boundaries/card.md": CARD,
    "modules/glossary.yaml": GLOSSARY,
    "modules/phases.yaml": "phases:\n" + PHASE.format(id="awareness"),
    "modules/coverage.yaml": COVERAGE,
    PACK: "id: place\n",
}
HEADS = [file for file in FILES if file.endswith(".md")]
LISTS = [file for file in FILES if file.endswith(".yaml")]


def problems_of(root):
    with pytest.raises(ContentError) as caught:
        load_library(root)
    return caught.value.problems


@pytest.mark.parametrize("file", FILES)
def test_ten_megabytes_are_too_many(root, file):
    write(root / file, FILES[file] + "words " * 1_750_000)
    assert [p.code.value for p in problems_of(root) if p.file == file] == ["too-large"]


@pytest.mark.parametrize("file", LISTS)
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" * 20_000, "too-deep"),
        ("{a: " * 5_000, "too-deep"),
        ("a: &a [*a, *a]\n", "not-allowed"),
        ("terms: !!python/object/apply:os.system [ls]\n", "not-allowed"),
        ("terms: 1\nphases: 1\ntopics: 1\nentries: 1\n", "wrong-type"),
        ("- 1\n- 2\n", "wrong-type"),
        ("words", "wrong-type"),
        ("a: 1\na: 2\n", "duplicate-key"),
        ("\x00", "unreadable"),
        ("a: \u202e\n", "unreadable"),
    ],
)
def test_a_list_that_is_none_is_named(root, file, text, code):
    (root / file).parent.mkdir(exist_ok=True)
    (root / file).write_text(text, encoding="utf-8")
    assert code in {p.code.value for p in problems_of(root) if p.file == file}


@pytest.mark.parametrize("file", HEADS)
@pytest.mark.parametrize("head", ["title: [" + "[" * 5_000, "title: {a: 1}", "title: 7", "[]"])
def test_a_head_that_is_none_is_named(root, file, head):
    write(root / file, f"---\n{head}\n---\nWords.\n")
    assert [p for p in problems_of(root) if p.file == file]


@pytest.mark.parametrize("file", [FIRST, ROUTE])
@pytest.mark.parametrize(
    "body",
    [
        "> " * 3_000 + "deep",
        "[a](word:" + "x" * 3_000 + ")",
        "[a](word:hand-off/../../etc)",
        "[a](javascript:alert(1))",
        "[a](../../../../etc/passwd)",
        "![a](img/../../../etc/passwd.svg)",
        "![a](https://example.org/x.svg)",
        "<script>alert(1)</script>",
        "```phase\nid: [awareness]\n```",
        "```phase\nid: ../awareness\n```",
        "```local\ntopic: [police]\nwords: W.\n```",
        "```local\ntopic: police\nwords: <img src=x onerror=alert(1)>\n```",
    ],
)
def test_a_body_that_leads_astray_is_named(root, file, body):
    write(root / file, FILES[file] + "\n" + body + "\n")
    assert [p for p in problems_of(root) if p.file == file and p.line > 4]


def test_a_picture_that_runs_something_stops_everything(root):
    write(root / "modules/boundaries/img/a.svg", "<svg onload='alert(1)'/>")
    write(root / FIRST, FILES[FIRST] + "\n![Words](img/a.svg)\n")
    assert [p.file for p in problems_of(root)] == ["modules/boundaries/img/a.svg"]
