"""Programmes are read strictly, and what the rules find wrong is named at its line."""

import pytest

from lms.content.errors import ContentError, Problems
from lms.content.programmes import check_programme, load_programme, read_programme
from lms.content.versions import ContentKind, canonical_json, definition_from
from lms.rules.verdict import Known
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
