"""Definitions are strict, and every complaint says where and what to do."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.bundled import bundled
from lms.content.definitions import read_definition
from lms.content.errors import ContentError, ProblemCode, Problems
from lms.content.yaml import Document, read_yaml
from lms.rules.assessments.definition import Assessment, MultipleItem
from lms.rules.curriculum import LessonHead
from lms.rules.programmes import Programme

HEAD = "title: A\nminutes: 20\nobjective: B\ncompetencies: [C1]\n"


def read(shape, text):
    problems = Problems("a.yaml")
    definition = read_definition(shape, read_yaml(text, problems), problems)
    problems.settle()
    return definition


def complaints(shape, text):
    with pytest.raises(ContentError) as caught:
        read(shape, text)
    return [(p.line, p.path, p.code.value, p.message) for p in caught.value.problems]


def test_a_head_is_read_with_its_defaults():
    head = read(LessonHead, HEAD)
    assert (head.minutes, head.sensitive, head.sources) == (20, "no", ())


def test_an_unknown_key_is_answered_with_the_nearest_known_one():
    assert complaints(LessonHead, HEAD + "sensitiv: risk\n") == [
        (5, "sensitiv", "unknown-key", "Unknown key 'sensitiv'. Did you mean 'sensitive'?")
    ]


def test_an_unknown_key_like_no_other_is_answered_with_all_keys():
    (_, _, _, message), *_ = complaints(LessonHead, HEAD + "zzz: 1\n")
    assert message.startswith("Unknown key 'zzz'. The keys here are: title, minutes,")


def test_everything_that_is_wrong_is_named_at_once():
    found = complaints(
        LessonHead,
        "title: 7\nminutes: twenty\ncompetencies: C1\nsensitive: maybe\n"
        "content_note: {topics: [storms], intensity: ligth, words: a}\nsources:\n",
    )
    assert [(line, path, code) for line, path, code, _ in found] == [
        (1, "objective", "missing-key"),
        (1, "title", "wrong-type"),
        (2, "minutes", "wrong-type"),
        (3, "competencies", "wrong-type"),
        (4, "sensitive", "not-a-choice"),
        (5, "content_note.intensity", "not-a-choice"),
        (5, "content_note.topics[0]", "not-a-choice"),
        (6, "sources", "empty"),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("title: 7", "'title' must be text, and here it is the number 7. Put it in quotes."),
        ("title:", "'title' is empty. Write something, or leave the key out."),
        ("title: ' '", "'title' is empty. Write something."),
        ("minutes: '20'", "'minutes' must be a whole number, and here it is the text '20'."),
        ("minutes: true", "'minutes' must be a whole number, and here it is the word true."),
        (
            "competencies: C1",
            (
                "'competencies' must be a list, and here it is the text 'C1'. "
                "Write [one, two], or a line with '- ' for each."
            ),
        ),
        (
            "competencies: [C1, 2]",
            (
                "Entry 2 of 'competencies' must be text, and here it is the number 2. "
                "Put it in quotes."
            ),
        ),
    ],
)
def test_complaints_say_what_to_write(line, message):
    key = line.split(":")[0]
    rest = [kept for kept in HEAD.splitlines() if not kept.startswith(key)]
    assert [found[3] for found in complaints(LessonHead, "\n".join([line, *rest]))] == [message]


def test_of_a_union_only_the_branch_that_was_meant_complains():
    text = "id: a\nitems:\n- {id: b, type: multiple, options: [{id: a, kredit: 1}]}\n"
    assert complaints(Assessment, text) == [
        (
            3,
            "items[0].options[0].kredit",
            "unknown-key",
            "Unknown key 'kredit'. Did you mean 'credit'?",
        ),
    ]


def test_a_wrong_tag_is_one_complaint():
    found = complaints(Assessment, "id: a\nitems:\n- {id: b, type: multipel, key: true}\n")
    assert [(path, code) for _, path, code, _ in found] == [("items[0].type", "not-a-choice")]
    assert found[0][3].endswith("Did you mean 'multiple'?")


def test_a_missing_tag_names_the_choices():
    found = complaints(Assessment, "id: a\nitems:\n- {id: b}\n")
    assert [(path, code) for _, path, code, _ in found] == [("items[0].type", "missing-key")]
    assert "single, multiple" in found[0][3]


def test_an_entry_that_is_no_group_is_one_complaint():
    found = complaints(Assessment, "id: a\nitems:\n- b\n")
    assert [(path, code) for _, path, code, _ in found] == [("items[0]", "wrong-type")]


def test_credit_is_text_or_a_whole_number():
    item = read(MultipleItem, "id: a\ntype: multiple\noptions: [{id: a, credit: -1/3}]\n")
    assert item.options[0].credit == "-1/3"
    text = "id: a\ntype: multiple\noptions: [{id: a, credit: [1]}]\n"
    assert [found[2] for found in complaints(MultipleItem, text)] == ["wrong-type"]


@pytest.mark.parametrize("text", ["", "- a", "just words"])
def test_a_document_that_is_no_group_of_keys_is_one_complaint(text):
    found = complaints(LessonHead, text)
    assert len(found) == 1
    assert found[0][2] in (ProblemCode.EMPTY, ProblemCode.WRONG_TYPE)


def places_in(value, place=()):
    """Yield every place of a value but its own."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs:
        yield (*place, key)
        if isinstance(inner, dict | list):
            yield from places_in(inner, (*place, key))


DEMO = read_yaml(
    (bundled("programmes") / "peer-support-demo.yaml").read_text(encoding="utf-8"), Problems()
).value
JUNK = [None, True, -5, "x", "", [], {}, [1], {"a": 1}, {"kind": "sum"}, {"kind": 3}, [[]]]


@settings(deadline=None)
@given(st.sampled_from(list(places_in(DEMO))), st.sampled_from([*JUNK, "gone", "renamed"]))
def test_a_damaged_programme_is_read_or_named_in_plain_words(place, damage):
    value = copy.deepcopy(DEMO)
    holder = value
    for step in place[:-1]:
        holder = holder[step]
    if damage == "gone":
        del holder[place[-1]]
    elif damage == "renamed" and isinstance(holder, dict):
        holder["unheard-of"] = holder.pop(place[-1])
    else:
        holder[place[-1]] = damage
    problems = Problems("a.yaml")
    definition = read_definition(Programme, Document(value, {(): 1}), problems)
    assert (definition is None) == bool(problems.found)
    assert not any("Input should" in problem.message for problem in problems.found)
