"""Modules are read whole from their folders, and what is wrong is named at its line."""

import pytest

from lms.content.errors import ContentError
from lms.content.modules import lesson_slugs, load_module, load_references
from lms.rules.curriculum import Check, Exercise, Reflection, Situation, Text
from tests.content.building import CHECK, LESSON_HEAD, make_module, write

SITUATION = """\
```situation
id: the-lift
title: A lift home
steps:
  - id: start
    words: It rains.
    question: What do you do?
    choices:
      - {id: a, text: Drive., outcome: That., fit: unsafe}
      - {id: b, text: Wait., outcome: This., fit: fits, then: later}
  - id: later
    words: Later.
    question: And now?
    choices:
      - {id: a, text: One., outcome: That., fit: partly}
      - {id: b, text: Two., outcome: This., fit: fits}
closing: Take this along.
```
"""


def problems_of(folder):
    with pytest.raises(ContentError) as caught:
        load_module(folder)
    return [(p.file, p.line, p.path, p.code.value) for p in caught.value.problems]


def test_a_lesson_is_prose_and_blocks_in_reading_order(tmp_path):
    body = (
        "Before.\n\n"
        + CHECK
        + "\nBetween.\n"
        + SITUATION
        + "```reflection\nid: lines\nprompt: Which?\n```\n"
        + "~~~~ exercise\nid: aloud\ntitle: Aloud\nminutes: 15\nwords: |\n  With ``` marks.\n~~~~\n"
        + "After.\n"
    )
    module = load_module(make_module(tmp_path, body))
    parts = module.lessons[0].parts
    assert [type(part) for part in parts] == [
        Text,
        Check,
        Text,
        Situation,
        Reflection,
        Exercise,
        Text,
    ]
    assert parts[0] == Text("Before.")
    assert parts[0].line == 7
    assert parts[2].line == 17
    assert parts[5].words == "With ``` marks."
    assert (module.slug, module.introduction) == ("boundaries", "An introduction.")


def test_lessons_come_in_the_order_of_their_numbers(tmp_path):
    folder = make_module(tmp_path)
    write(folder / "10-last.md", LESSON_HEAD + "Words.")
    write(folder / "02-second.md", LESSON_HEAD + "Words.")
    assert [lesson.slug for lesson in load_module(folder).lessons] == lesson_slugs(folder)
    assert lesson_slugs(folder) == ["first-contact", "second", "last"]


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path):
    folder = make_module(tmp_path, CHECK)
    plain = load_module(folder)
    for path in folder.iterdir():
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_module(folder) == plain


def test_problems_of_all_lessons_are_named_at_once(tmp_path):
    folder = make_module(tmp_path, CHECK.replace("right: true", "right: yes"))
    write(folder / "02-second.md", LESSON_HEAD.replace("minutes: 20", "minutes: no") + "Words.")
    write(folder / "module.md", "---\ntitle: Only this\n---\nWords.\n")
    found = problems_of(folder)
    assert ("boundaries/01-first-contact.md", 12, "options[1].right", "wrong-type") in found
    assert ("boundaries/02-second.md", 3, "minutes", "wrong-type") in found
    assert ("boundaries/module.md", 2, "summary", "missing-key") in found


@pytest.mark.parametrize(
    ("body", "line", "code"),
    [
        ("```chek\nid: a\n```\n", 7, "unknown-block"),
        ("```\ncode\n```\n", 7, "unknown-block"),
        ("Words.\n\n```check\nid: a\n", 9, "broken-block"),
        ("Words.\n\n  ```check\n  id: a\n  ```\n", 9, "broken-block"),
        (CHECK + CHECK, 15, "duplicate-id"),
        (CHECK.replace("id: who", "id: Who is it"), 8, "bad-id"),
        (CHECK.replace("id: b", "id: a"), 12, "duplicate-id"),
        (CHECK.replace(", right: true", ""), 10, "right-answer"),
        (CHECK.replace("Perhaps.", "Perhaps., right: true"), 10, "right-answer"),
        (CHECK.replace("  - {id: a, text: She., feedback: Perhaps.}\n", ""), 10, "right-answer"),
        (CHECK.replace("feedback: Perhaps.", "feedback: ''"), 11, "empty"),
        (SITUATION.replace("then: later", "then: start"), 16, "next-step"),
        (SITUATION.replace("then: later", "then: nowhere"), 16, "next-step"),
        (SITUATION.replace(", then: later", ""), 17, "next-step"),
        ("", 7, "empty"),
    ],
)
def test_a_body_that_cannot_be_used_is_named_at_its_line(tmp_path, body, line, code):
    found = problems_of(make_module(tmp_path, body))
    assert ("boundaries/01-first-contact.md", line, code) in [(f, n, c) for f, n, _, c in found]


def test_several_right_options_may_be_asked_for(tmp_path):
    check = CHECK.replace("Perhaps.", "Perhaps., right: true").replace(
        "question:", "several: true\nquestion:"
    )
    assert load_module(make_module(tmp_path, check)).lessons[0].parts[0].several


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("02-first-contact.md", "duplicate-id"),
        ("01-other.md", "duplicate-id"),
        ("notes.md", "unknown-file"),
        ("03-Not_Kebab.md", "bad-id"),
    ],
)
def test_a_file_name_that_cannot_be_an_address_is_named(tmp_path, name, code):
    folder = make_module(tmp_path)
    write(folder / name, LESSON_HEAD + "Words.")
    found = problems_of(folder)
    assert code in [c for _, _, _, c in found]


@pytest.mark.parametrize(
    ("text", "line"), [("Words without a head.", 1), ("---\ntitle: A\n\nNever closed.\n", 1)]
)
def test_a_file_without_its_head_is_named(tmp_path, text, line):
    folder = make_module(tmp_path)
    write(folder / "02-second.md", text)
    assert problems_of(folder) == [("boundaries/02-second.md", line, "", "broken-head")]


def test_a_file_that_is_not_utf_8_is_named_with_the_line(tmp_path):
    folder = make_module(tmp_path)
    (folder / "02-second.md").write_bytes(LESSON_HEAD.encode() + b"caf\xe9\n")
    assert problems_of(folder) == [("boundaries/02-second.md", 7, "", "unreadable")]


def test_a_lesson_that_is_too_large_is_named(tmp_path):
    folder = make_module(tmp_path, "words " * 40_000)
    assert problems_of(folder) == [("boundaries/01-first-contact.md", 1, "", "too-large")]


def test_a_module_without_lessons_is_named(tmp_path):
    folder = make_module(tmp_path)
    (folder / "01-first-contact.md").unlink()
    assert problems_of(folder) == [("boundaries", 1, "", "missing-file")]


def test_a_huge_body_of_empty_lines_is_read_at_once(tmp_path):
    folder = make_module(tmp_path, "\n" * 190_000 + "Words.")
    assert load_module(folder).lessons[0].parts[0].line == 190_007


def test_references_are_checked(tmp_path):
    path = write(
        tmp_path / "references.yaml",
        """\
        references:
          - {id: a, cite: A., year: 20, strength: report}
          - {id: a, cite: A., year: 2020, strength: report, address: "javascript:alert(1)"}
        """,
    )
    with pytest.raises(ContentError) as caught:
        load_references(path)
    assert [(p.line, p.path) for p in caught.value.problems] == [
        (2, "references[0].year"),
        (3, "references[1].address"),
        (3, "references[1].id"),
    ]
