"""A definition has one text and one hash, and comes back from it whole."""

import json
import unicodedata
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.errors import ContentError
from lms.content.versions import ContentKind, canonical_json, content_hash, definition_from
from lms.rules.agreements import Agreement, AgreementHead
from lms.rules.assessments.definition import (
    Assessment,
    Domain,
    MultipleItem,
    Option,
    SingleItem,
    TrueFalseItem,
)
from lms.rules.curriculum import (
    Check,
    CheckOption,
    Exercise,
    Lesson,
    LessonHead,
    Module,
    ModuleHead,
    Reflection,
    Text,
)
from lms.rules.definitions import ContentNote, Reference, ReferenceList, SourceRef

LESSON = Lesson(
    "first",
    LessonHead(
        "Título", 20, "Say it.", ("C1",), "risk", ContentNote(("control",), "light", "Named.")
    ),
    (
        Text("Some *words*.", 12),
        Check("c", "Which?", (CheckOption("a", "A", "No."), CheckOption("b", "B", "Yes.", True))),
        Reflection("r", "What?"),
        Exercise("e", "Aloud", 5, "Say it."),
    ),
)
MODULE = Module("boundaries", ModuleHead("B", "S", ("O",), "boundaries", ("A",)), "In.", (LESSON,))
SINGLE = SingleItem("s", "single", (Option("a", 1, "A"), Option("b", "1/4", "B", flag=True)))
ASSESSMENT = Assessment(
    "first",
    (
        SINGLE,
        MultipleItem("m", "multiple", (Option("a", "1/2"), Option("b", "-1/2"))),
        TrueFalseItem("t", "true-false", True, source=SourceRef("gilbert-2025")),
    ),
    domains=(Domain("boundaries", "Boundaries"),),
)
AGREEMENT = Agreement("code", AgreementHead("Code", "code-of-ethics", "en", ()), "We agree.")
REFERENCES = ReferenceList((Reference("a", "A (2020). B.", 2020, "report"),))


@pytest.mark.parametrize(
    ("kind", "definition"),
    [
        (ContentKind.MODULE, MODULE),
        (ContentKind.LESSON, LESSON),
        (ContentKind.ASSESSMENT, ASSESSMENT),
        (ContentKind.ITEM, SINGLE),
        (ContentKind.AGREEMENT, AGREEMENT),
        (ContentKind.REFERENCES, REFERENCES),
    ],
)
def test_a_definition_comes_back_from_its_text(kind, definition):
    text = canonical_json(definition)
    again = definition_from(kind, text)
    assert again == definition
    assert canonical_json(again) == text


def test_the_text_is_sorted_tight_and_without_defaults():
    assert canonical_json(SINGLE) == (
        '{"id":"s","options":[{"credit":1,"id":"a","text":"A"},'
        '{"credit":"1/4","flag":true,"id":"b","text":"B"}],"type":"single"}'
    )


def test_the_same_words_in_another_unicode_form_are_the_same_version():
    decomposed = Text(unicodedata.normalize("NFD", "é"), 1)
    assert canonical_json(decomposed) == canonical_json(Text("é", 99))


def test_a_line_number_is_no_part_of_what_a_lesson_says():
    moved = Lesson("first", LESSON.head, (Text("Some *words*.", 40), *LESSON.parts[1:]))
    assert content_hash(canonical_json(moved)) == content_hash(canonical_json(LESSON))


def test_the_hash_is_of_the_text():
    assert content_hash("{}") == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@pytest.mark.parametrize(
    "text", ['{"id":"s","options":[],"type":"single","extra":1}', "{", '{"a":1.5}', "[NaN]"]
)
def test_a_stored_text_is_read_as_strictly_as_a_file(text):
    with pytest.raises(ContentError):
        definition_from(ContentKind.ITEM, text)


def test_floats_have_no_canonical_form():
    with pytest.raises(TypeError, match="float"):
        canonical_json([0.5])


@dataclass(frozen=True)
class Note:
    words: str
    marks: tuple[int, ...] = ()
    seen: int = field(default=0, compare=False)


def test_a_default_of_another_type_is_said():
    assert canonical_json(Note("a", False)) == '{"marks":false,"words":"a"}'


@settings(deadline=None)
@given(st.text(), st.lists(st.integers()), st.integers())
def test_equal_definitions_have_equal_texts(words, marks, seen):
    text = canonical_json(Note(words, tuple(marks), seen))
    assert text == canonical_json(Note(words, tuple(marks)))
    assert json.loads(text)["words"] == unicodedata.normalize("NFC", words)


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text() | st.booleans()))
def test_the_order_of_keys_does_not_matter(entries):
    turned = dict(reversed(list(entries.items())))
    assert canonical_json(entries) == canonical_json(turned)
