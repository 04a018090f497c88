"""Names of files, what stops publishing, and the words that changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.rules.authoring import (
    AuthorRefusal,
    FileKind,
    PieceKind,
    RowKind,
    differences,
    is_module_name,
    kind_of,
    language_of,
    names_beside,
    next_number,
    original_of,
    reading_order,
    refusal_to_publish,
    slug_of,
    translation_name,
)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("module.md", FileKind.MODULE),
        ("card.md", FileKind.CARD),
        ("01-first-steps.md", FileKind.LESSON),
        ("01-first-steps.equal.md", FileKind.EQUAL),
        ("img/two-clocks.svg", FileKind.PICTURE),
        ("img/two-clocks.jpg", FileKind.PICTURE),
        ("../module.md", None),
        ("/module.md", None),
        ("img/../module.md", None),
        ("img/a/b.svg", None),
        ("1-first.md", None),
        ("01-First.md", None),
        ("01-first.md\n", None),
        ("01-.md", None),
        ("img/run.exe", None),
        (".hidden.md", None),
        ("01-" + "x" * 100 + ".md", None),
        ("", None),
    ],
)
def test_a_name_says_what_a_file_is_or_that_it_is_none(name, kind):
    assert kind_of(name) is kind


def test_files_stand_in_the_order_they_are_read_in():
    names = ["img/a.svg", "card.md", "02-b.md", "01-a.equal.md", "module.md", "01-a.md"]
    assert sorted(names, key=reading_order) == [
        *("module.md", "01-a.md", "01-a.equal.md", "02-b.md", "card.md", "img/a.svg"),
    ]


def test_a_new_lesson_comes_after_all_others():
    assert next_number([]) == 1
    assert next_number(["module.md", "02-b.md", "07-c.md", "07-c.equal.md"]) == 8
    assert slug_of("07-c.equal.md") == "c"


@pytest.mark.parametrize("name", ["", "A", "a b", "a/b", "-a", "a" * 61, "a\n"])
def test_a_module_is_called_what_an_address_can_hold(name):
    assert not is_module_name(name)
    assert is_module_name("first-steps-2")


FINE = {"note": "Shorter.", "problems": 0, "is_new": True, "is_seen": True, "is_behind": False}


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({}, None),
        ({"note": "  "}, AuthorRefusal.NO_NOTE),
        ({"problems": 1}, AuthorRefusal.HAS_PROBLEMS),
        ({"is_new": False}, AuthorRefusal.NOTHING_NEW),
        ({"is_seen": False, "problems": 3}, AuthorRefusal.MOVED_ON),
        ({"is_behind": True, "is_seen": False}, AuthorRefusal.PUBLISHED_MEANWHILE),
    ],
)
def test_what_stops_publishing_is_said(change, refusal):
    assert refusal_to_publish(**{**FINE, **change}) is refusal


def test_a_changed_word_is_marked_inside_its_line():
    rows = differences("One.\nA blue house.\nThree.", "One.\nA red house.\nThree.")
    assert [row.kind for row in rows] == [RowKind.KEPT, RowKind.CHANGED, RowKind.KEPT]
    assert [(piece.kind, piece.words) for piece in rows[1].pieces] == [
        (PieceKind.KEPT, "A "),
        (PieceKind.REMOVED, "blue"),
        (PieceKind.ADDED, "red"),
        (PieceKind.KEPT, " house."),
    ]
    assert rows[1].line == 2


def test_the_same_text_differs_in_nothing():
    assert differences("a\nb", "a\nb") == ()


def test_what_is_far_from_a_change_is_counted_only():
    old = [f"Line {n}." for n in range(40)]
    rows = differences("\n".join(old), "\n".join([*old, "One more."]))
    assert [row.kind for row in rows] == [RowKind.SKIPPED, RowKind.KEPT, RowKind.ADDED]
    assert (rows[0].count, rows[2].line) == (38, 41)


def test_a_stretch_of_very_many_words_is_shown_whole():
    rows = differences("old " * 4000, "new " * 4000)
    assert [piece.kind for piece in rows[0].pieces] == [PieceKind.REMOVED, PieceKind.ADDED]


TEXTS = st.lists(st.sampled_from(["a b", "b", "c d e", "", "f"]), max_size=9).map("\n".join)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_put_together_from_the_rows(old, new):
    """Every line is there once: kept and added are the new text, kept and removed the old one."""
    rows = differences(old, new)
    if not rows:
        assert old == new
        return
    skipped = sum(row.count for row in rows)
    for text, gone, absent in (
        (new, PieceKind.REMOVED, RowKind.REMOVED),
        (old, PieceKind.ADDED, RowKind.ADDED),
    ):
        shown = [row for row in rows if row.kind not in (RowKind.SKIPPED, absent)]
        parts = ["".join(p.words for p in row.pieces if p.kind is not gone) for row in shown]
        assert sum(part.count("\n") + 1 for part in parts) + skipped == text.count("\n") + 1
        if not skipped:
            assert "\n".join(parts) == text


@pytest.mark.parametrize(
    ("name", "language", "original"),
    [
        ("01-one.es.md", "es", "01-one.md"),
        ("01-one.equal.es.md", "es", "01-one.equal.md"),
        ("card.es.md", "es", "card.md"),
        ("module.es.md", "es", "module.md"),
    ],
)
def test_a_translation_says_by_its_name_what_it_translates(name, language, original):
    assert kind_of(name) is FileKind.TRANSLATION
    assert language_of(name) == language
    assert original_of(name) == original
    assert translation_name(original, language) == name


@pytest.mark.parametrize("name", ["01-one.equal.md", "card.md", "img/one.es.svg", "other.es.md"])
def test_other_names_are_no_translations(name):
    assert kind_of(name) is not FileKind.TRANSLATION
    assert language_of(name) is None
    assert original_of(name) == name


def test_what_cannot_stand_alone_goes_with_its_file():
    names = (
        *("module.md", "module.es.md", "01-one.md", "01-one.es.md", "01-one.equal.md"),
        *("01-one.equal.es.md", "01-one-more.md", "card.md", "card.es.md", "img/01-one.svg"),
    )
    assert names_beside("01-one.md", names) == (
        "01-one.equal.es.md",
        "01-one.equal.md",
        "01-one.es.md",
    )
    assert names_beside("01-one.equal.md", names) == ("01-one.equal.es.md",)
    assert names_beside("card.md", names) == ("card.es.md",)
    assert names_beside("01-one.es.md", names) == ()
    assert names_beside("img/01-one.svg", names) == ()


def test_translations_stand_beside_their_originals_in_reading_order():
    names = ["card.es.md", "01-a.equal.es.md", "module.es.md", "01-a.es.md", "card.md"]
    names += ["01-a.equal.md", "module.md", "01-a.md", "02-b.md"]
    assert sorted(names, key=reading_order) == [
        *("module.md", "module.es.md", "01-a.md", "01-a.es.md", "01-a.equal.md"),
        *("01-a.equal.es.md", "02-b.md", "card.md", "card.es.md"),
    ]
