"""What the files of a module say of each other, of the shared lists and of local packs is true."""

import pytest

from lms.content.errors import ContentError
from lms.content.library import load_library
from lms.rules.curriculum import LocalEntries, PhaseShown
from tests.content.building import CARD, LESSON_HEAD, MODULE_HEAD, PRINCIPLES, REFERENCES, write

HEAD = MODULE_HEAD.replace(
    "---\nAn intro", "jurisdiction:\n  - {topic: police, words: Who.}\n---\nAn intro"
)
GLOSSARY = "terms:\n  - {id: hand-off, term: A hand-off, words: Passing somebody on.}\n"
PHASE = """\
  - id: {id}
    title: A phase
    words: Words.
    peers: [Listen.]
    peers_not: [Push.]
    supervisors: They ask.
    staff: They act.
    hand_over: There is danger.
    source: {{ref: gilbert-2025, where: Findings}}
"""
SUBJECT = "{{id: {id}, title: A subject, source: {{ref: gilbert-2025}}}}"
COVERAGE = "\n".join(
    f"{key}: [{SUBJECT.format(id=name)}]"
    for key, name in {
        "topics": "boundaries",
        "attributes": "RA-07",
        "standards": "S6",
        "roles": "outreach",
        "phases": "awareness",
    }.items()
)
NOTE = "content_note: {topics: [control], intensity: %s, words: Said.}\n"
LESSON = LESSON_HEAD.replace(
    "---\n",
    "---\ncovers: {topics: [boundaries], attributes: [RA-07], standards: [S6], "
    "phases: [awareness]}\n",
    1,
)
EQUAL = "---\ntitle: Another way\nminutes: 20\n---\nOther words.\n"
FIRST = "modules/boundaries/01-first-contact.md"
ROUTE = "modules/boundaries/01-first-contact.equal.md"


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "modules/boundaries"
    write(folder / "module.md", HEAD)
    write(folder / "card.md", CARD)
    write(folder / "01-first-contact.md", LESSON + "A [pass](word:hand-off).\n")
    write(tmp_path / "modules/references.yaml", REFERENCES)
    write(tmp_path / "modules/glossary.yaml", GLOSSARY)
    write(tmp_path / "modules/phases.yaml", "phases:\n" + PHASE.format(id="awareness"))
    write(tmp_path / "modules/coverage.yaml", COVERAGE)
    (tmp_path / "assessments").mkdir()
    (tmp_path / "programmes").mkdir()
    return tmp_path


def problems_of(root):
    with pytest.raises(ContentError) as caught:
        load_library(root)
    return [(p.file, p.line, p.path, p.code.value) for p in caught.value.problems]


def warnings_of(root):
    return [(p.file, p.line, p.path, p.code.value) for p in load_library(root).warnings]


def test_a_whole_module_carries_its_words_phases_card_and_equal_route(root):
    body = "A [pass](word:hand-off).\n\n```phase\nid: awareness\n```\n"
    body += "```local\ntopic: police\nwords: Look it up.\n```\n"
    write(root / FIRST, LESSON.replace("---\n", "---\n" + NOTE % "light", 1) + body)
    write(root / ROUTE, EQUAL)
    library = load_library(root)
    module = library.modules[0]
    assert library.warnings == ()
    assert [term.id for term in module.terms] == ["hand-off"]
    assert [phase.id for phase in module.phases] == ["awareness"]
    assert module.lessons[0].parts[1:] == (
        PhaseShown("awareness"),
        LocalEntries("police", "Look it up."),
    )
    assert [route.slug for route in module.equal_routes] == ["first-contact"]
    assert module.card.words == "## Remember\n\n- Ask first."
    assert module.head.principles.choice == "Nothing must be told."
    assert module.lessons[0].head.covers.attributes == ("RA-07",)


def test_a_word_linked_only_on_an_equal_route_is_carried_too(root):
    write(root / FIRST, LESSON + "Words.\n")
    write(root / ROUTE, EQUAL + "A [pass](word:hand-off).\n")
    assert [term.id for term in load_library(root).modules[0].terms] == ["hand-off"]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("[x](word:gone)", (8, "", "unknown-word")),
        ("[x](word:../../etc)", (8, "", "unknown-word")),
        ("```phase\nid: gone\n```", (9, "id", "unknown-phase")),
        ("```phase\nid: awareness\n```\n```phase\nid: awareness\n```", (12, "id", "duplicate-id")),
        ("```phase\nid: awareness\nwords: x\n```", (10, "words", "unknown-key")),
        ("```local\ntopic: housing\nwords: Look.\n```", (9, "topic", "pack")),
        ("```local\ntopic: gone\nwords: Look.\n```", (9, "topic", "not-a-choice")),
        ("```local\ntopic: police\n```", (9, "words", "missing-key")),
    ],
)
def test_what_a_lesson_names_must_be_there(root, body, problem):
    write(root / FIRST, LESSON + body + "\n")
    assert (FIRST, *problem) in problems_of(root)


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("topics: [boundaries]", "topics: [boundries]", "covers.topics[0]"),
        ("attributes: [RA-07]", "attributes: [RA-07, RA-99]", "covers.attributes[1]"),
        ("standards: [S6]", "standards: [S8]", "covers.standards[0]"),
        ("standards: [S6]", "roles: [king]", "covers.roles[0]"),
        ("phases: [awareness]", "phases: [gone]", "covers.phases[0]"),
    ],
)
def test_what_a_lesson_covers_must_be_listed(root, old, new, path):
    write(root / FIRST, LESSON.replace(old, new) + "Words.\n")
    assert problems_of(root) == [(FIRST, 2, path, "unknown-subject")]


def test_a_near_miss_is_named(root):
    write(root / FIRST, LESSON.replace("[boundaries]", "[boundries]") + "Words.\n")
    with pytest.raises(ContentError, match="Did you mean 'boundaries'"):
        load_library(root)


@pytest.mark.parametrize("intensity", ["light", "close"])
def test_more_than_a_mention_asks_for_an_equal_route(root, intensity):
    write(root / FIRST, LESSON.replace("---\n", "---\n" + NOTE % intensity, 1) + "Words.\n")
    assert problems_of(root) == [(FIRST, 2, "content_note.intensity", "equal-route")]
    write(root / ROUTE, EQUAL)
    assert warnings_of(root) == []


def test_a_mention_asks_for_none(root):
    write(root / FIRST, LESSON.replace("---\n", "---\n" + NOTE % "mention", 1) + "Words.\n")
    assert warnings_of(root) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (EQUAL.replace("---\n", "---\n" + NOTE % "light", 1),
         (2, "content_note.intensity", "content-note")),
        (EQUAL.replace("---\n", "---\nobjective: Mine.\n", 1), (2, "objective", "unknown-key")),
        (EQUAL.replace("minutes: 20", "minutes: 0"), (3, "minutes", "out-of-range")),
        (EQUAL + "[x](../gone/module.md)\n", (6, "", "dead-link")),
        (EQUAL + "[@gone]\n", (6, "", "unknown-reference")),
        (EQUAL.replace("Other words.\n", ""), (5, "", "empty")),
    ],
)  # fmt: skip
def test_an_equal_route_is_as_strict_as_a_lesson(root, text, problem):
    write(root / ROUTE, text)
    assert (ROUTE, *problem) in problems_of(root)


@pytest.mark.parametrize("name", ["02-first-contact.equal.md", "01-other.equal.md"])
def test_an_equal_route_stands_beside_its_lesson(root, name):
    write(root / "modules/boundaries" / name, EQUAL)
    assert (f"modules/boundaries/{name}", 1, "", "unknown-lesson") in problems_of(root)


@pytest.mark.parametrize("name", ["01-first-contact.es.equal.md", "card.equal.md", "Card.md"])
def test_other_names_are_refused(root, name):
    write(root / "modules/boundaries" / name, EQUAL)
    assert (f"modules/boundaries/{name}", 1, "", "unknown-file") in problems_of(root)


BLOCK = """\
```exercise
id: aloud
title: Aloud
minutes: 5
words: Say it.
content_note: {topics: [%s], intensity: %s, words: This one.}
```
"""


@pytest.mark.parametrize(
    ("topic", "intensity", "path"),
    [
        ("control", "light", "content_note.intensity"),
        ("violence", "mention", "content_note.topics[0]"),
    ],
)
def test_a_block_is_not_harder_than_its_lesson_says(root, topic, intensity, path):
    lesson = LESSON.replace("---\n", "---\n" + NOTE % "mention", 1)
    write(root / FIRST, lesson + BLOCK % (topic, intensity))
    assert problems_of(root) == [(FIRST, 14, path, "content-note")]
    write(root / FIRST, lesson + BLOCK % ("control", "mention"))
    assert warnings_of(root) == []


def test_a_block_note_needs_a_note_of_the_lesson(root):
    write(root / FIRST, LESSON + BLOCK % ("control", "mention"))
    assert problems_of(root) == [(FIRST, 13, "content_note", "content-note")]


def test_a_reflection_has_no_note_of_its_own(root):
    block = BLOCK.replace("exercise", "reflection").replace("title", "prompt")
    write(root / FIRST, LESSON + block % ("control", "mention"))
    assert (FIRST, 13, "content_note", "unknown-key") in problems_of(root)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (CARD + "- " + "word " * 220, 4),
        (CARD.replace("## Remember", "Remember"), 4),
        (CARD.replace("- Ask", "Ask"), 4),
        (CARD + "\nSo [@gilbert-2025].\n", 8),
        (CARD + "\n```reflection\nid: a\nprompt: B\n```\n", 8),
        (CARD + "\n!!! note\n    More.\n", 8),
    ],
)
def test_a_card_is_short_lists(root, text, line):
    write(root / "modules/boundaries/card.md", text)
    assert ("modules/boundaries/card.md", line, "", "card") in problems_of(root)


def test_a_card_links_no_words(root):
    write(root / "modules/boundaries/card.md", CARD + "- A [pass](word:hand-off).\n")
    assert problems_of(root) == [("modules/boundaries/card.md", 7, "", "link-not-allowed")]


def test_a_module_says_all_six_principles_or_is_asked_for_them(root):
    write(root / "modules/boundaries/module.md", HEAD.replace(PRINCIPLES, ""))
    assert problems_of(root) == [("modules/boundaries/module.md", 2, "principles", "principles")]
    write(root / "modules/boundaries/module.md", HEAD.replace("  trust: Sources are named.\n", ""))
    where = "modules/boundaries/module.md"
    assert problems_of(root) == [(where, 7, "principles.trust", "missing-key")]


def test_a_module_without_a_card_is_asked_for_one(root):
    (root / "modules/boundaries/card.md").unlink()
    assert problems_of(root) == [("modules/boundaries", 1, "", "card")]


def test_a_topic_of_the_pack_is_named_once(root):
    double = "  - {topic: police, words: Who.}\n"
    write(root / "modules/boundaries/module.md", HEAD.replace(double, double * 2))
    assert problems_of(root)[0][3] == "duplicate-id"
