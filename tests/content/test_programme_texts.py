"""A programme as text: out and in again the same, single values set, hostile texts refused."""

import pytest

from lms.content.programme_texts import programme_text, text_with
from lms.content.programmes import checked_text
from lms.rules.verdict import Known
from tests.cast import library

SMALL = """\
id: small
title: Small
version: "1"
zone: Europe/Copenhagen
language: en
demo: true
certificate: {title: Small, covers: Little., does_not_qualify: Much.}
requirements:
  - {kind: signature, id: code, label: Code of ethics, agreement: code-of-ethics}
  - kind: sum
    id: supervision
    label: Supervision
    hours: {ledger: supervision}
    min: 5 h
    parts: [{id: in-a-group, label: In a group, of: {kinds: [group]}, cap: 2 h}]
"""


def checked(text, **more):
    return checked_text(text, "small.yaml", Known(), {}, **more)


def problems(text, **more):
    return [(one.line, one.message) for one in checked(text, **more).problems]


@pytest.mark.parametrize("one", library().programmes, ids=lambda one: one.id)
def test_a_programme_written_out_and_read_again_is_the_same(one):
    found = checked_text(programme_text(one), "it.yaml", Known(), {})
    assert found.problems == ()
    assert found.programme == one


def test_a_value_is_set_where_it_stands_and_nothing_else_moves():
    text = text_with(SMALL, {("requirements", 1, "min"): "6 h"})
    before, after = checked(SMALL).programme, checked(text).programme
    assert after.requirements[1].min == "6 h"
    assert after.requirements[0] == before.requirements[0]
    assert text_with(text, {("requirements", 1, "min"): "5 h"}) == text_with(SMALL, {})


def test_a_value_may_be_set_where_nothing_stood_and_taken_away_again():
    place = ("requirements", 1, "hours", "within", "last")
    text = text_with(SMALL, {place: "2 years"})
    assert checked(text).programme.requirements[1].hours.within.last == "2 years"
    again = checked(text_with(text, {place: ""})).programme
    assert again.requirements[1].hours.within.last == ""
    assert checked(text_with(SMALL, {place: ""})).programme == checked(SMALL).programme


def test_an_id_must_stay_what_it_is():
    assert checked(SMALL, slug="small").problems == ()
    ((line, words),) = problems(SMALL, slug="another")
    assert line == 1
    assert "must stay" in words


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (SMALL.replace("min: 5 h", "min: [5]"), 14, "must be text"),
        (SMALL.replace("min: 5 h", "min: 5 days"), 14, "Write a time with its unit"),
        (SMALL.replace("min: 5 h", "mim: 5 h"), 14, "Did you mean 'min'?"),
        (SMALL.replace("cap: 2 h", "min: 3 h, cap: 2 h"), 15, "above the cap"),
        (SMALL.replace("kind: sum", "kind: heap"), 10, "'kind' must be"),
        ("a: &a [x]\nb: [*a, *a]\n", 1, "names a part"),
        ("- " * 60 + "x", 1, "nested more than 40"),
        ("%TAG ! !x\n---\na: 1", 1, "Tags are not used"),
        ("!!python/object:os.system x", 1, "is not used here"),
        ("a: 1\n---\nb: 2", 2, "A second document"),
        ('a: "\x00"', 1, "hidden character"),
        ("", 1, "is empty"),
    ],
)
def test_a_text_that_is_wrong_or_hostile_is_named_with_its_line(text, line, words):
    found = problems(text)
    assert any(one == line and words in said for one, said in found), found


def test_aliases_that_would_blow_up_are_refused_before_anything_is_built():
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    found = checked("\n".join(rows))
    assert found.programme is None
    assert len(found.problems) > 30


def test_a_circle_with_another_programme_is_named_where_it_is_asked():
    other = checked(
        SMALL.replace("id: small", "id: other").replace(
            "{kind: signature, id: code, label: Code of ethics, agreement: code-of-ethics}",
            "{kind: certificate, id: first, label: First, programmes: [small]}",
        )
    ).programme
    text = SMALL.replace(
        "{kind: signature, id: code, label: Code of ethics, agreement: code-of-ethics}",
        "{kind: certificate, id: first, label: First, programmes: [other]}",
    )
    found = checked_text(text, "small.yaml", Known(), {"other": other})
    ((line, words),) = [(one.line, one.message) for one in found.problems]
    assert line == 9
    assert "other cannot be had without “small”" in words
