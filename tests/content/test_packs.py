"""A pack of local entries is strict; an invented one can send nobody to a real telephone."""

import pytest

from lms.content.bundled import bundled
from lms.content.errors import Problems
from lms.content.packs import check_pack, read_pack
from lms.rules.curriculum import PACK_TOPICS
from tests.content.building import write

PACK = """\
id: somewhere
title: Somewhere
place: Some county
owner: The county team
reviewed_on: "2026-01-01"
review_by: "2026-07-01"
sources: [{title: The county's pages, address: "https://county.example/"}]
entries:
  - id: line
    kind: service
    topic: helplines
    title: A line
    words: Somebody listens.
    how_in: Call.
    wait: None.
    cost: Nothing.
    suits: Anybody.
    contact: 0123 456 789
    checked_on: "2026-01-01"
    checked_by: A person
    source: {ref: gilbert-2025, where: Findings}
"""


def problems_of(tmp_path, text):
    problems = Problems("somewhere.yaml")
    written = read_pack(write(tmp_path / "somewhere.yaml", text), problems)
    if written:
        check_pack(written, {"gilbert-2025"})
    return [(p.line, p.path, p.code.value) for p in problems.found]


def test_a_pack_in_order_has_no_problem(tmp_path):
    assert problems_of(tmp_path, PACK) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("id: somewhere", "id: elsewhere", (1, "id", "bad-id")),
        ("topic: helplines", "topic: weather", (11, "entries[0].topic", "not-a-choice")),
        ("kind: service", "kind: shop", (10, "entries[0].kind", "not-a-choice")),
        ("    wait: None.\n", "", (9, "entries[0].wait", "missing-key")),
        ('by: "2026-07-01"', 'by: "2026-01-01"', (6, "review_by", "out-of-range")),
        ('by: "2026-07-01"', "by: soon", (6, "review_by", "wrong-type")),
        ("https://county.example/", "javascript:alert(1)",
         (7, "sources[0].address", "link-not-allowed")),
        ("ref: gilbert-2025, where: Findings", "ref: gone",
         (21, "entries[0].source.ref", "unknown-reference")),
        ("    source: {ref: gilbert-2025, where: Findings}\n", "",
         (9, "entries[0].source", "no-source")),
        ("demo", "demo", None),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_pack_is_named(tmp_path, old, new, problem):
    if problem is None:
        text = PACK.replace("id: somewhere\n", "id: somewhere\ndemo: true\n")
        problem = (19, "entries[0].contact", "pack")
    else:
        assert old in PACK
        text = PACK.replace(old, new, 1)
    assert problem in problems_of(tmp_path, text)


def test_a_pack_without_entries_or_of_another_shape_is_named(tmp_path):
    head = PACK.split("entries:")[0]
    assert problems_of(tmp_path, head + "entries: []\n") == [(8, "entries", "empty")]
    assert problems_of(tmp_path, head + "entries: {a: b}\n")[0][2] == "wrong-type"
    assert problems_of(tmp_path, "[" * 3000)[0][2] == "too-deep"


def test_a_number_needs_a_contact(tmp_path):
    text = PACK.replace("kind: service", "kind: number").replace("    contact: 0123 456 789\n", "")
    assert problems_of(tmp_path, text) == [(9, "entries[0].contact", "missing-key")]


def test_the_invented_pack_answers_every_topic_and_says_that_it_is_invented():
    problems = Problems()
    pack = read_pack(bundled("modules") / "jurisdictions/demo.yaml", problems).value
    assert problems.found == []
    assert pack.demo
    assert "invented" in pack.title
    assert {entry.topic for entry in pack.entries} == set(PACK_TOPICS)
    assert 14 <= len(pack.entries) <= 20
