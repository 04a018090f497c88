"""The record: the contract's JSON, read strictly, every problem named."""

import json
import re
from datetime import date
from fractions import Fraction

import pytest

from lms.rules.record import Problem, RecordError, record_from_json, record_schema

CONTRACT = {
    "person": "p1",
    "enrolled_on": "2026-01-10",
    "stage": "initial",
    "zone": "America/New_York",
    "facts": {"degree": "bachelor", "stream": "family", "born_on": "1990-02-28"},
    "completions": [{"id": "c1", "module": "boundaries", "version": "2", "on": "2026-02-01"}],
    "hours": [
        {
            "id": "h1",
            "ledger": "supervision",
            "kind": "individual",
            "minutes": 90,
            "on": "2026-02-03",
            "until": None,
            "group_size": None,
            "domains": {"ethics": 60, "wellness": 30},
            "topics": ["trauma"],
            "mode": "live",
            "medium": "video",
            "provider": "p9",
            "population": None,
            "paid": False,
            "state": "confirmed",
            "confirmed_on": "2026-02-05",
            "assurance": "account",
            "supervisor": "s1",
            "plan": "a1",
            "flags": ["administrative"],
        }
    ],
    "scores": [
        {
            "id": "t1",
            "assessment": "readiness",
            "part": "written",
            "score_percent": "81.5",
            "on": "2026-03-01",
            "state": "released",
        }
    ],
    "rubrics": [
        {
            "id": "r1",
            "rubric": "twelve",
            "scenario": "rp-01",
            "levels": {"C1": 2},
            "harm": [],
            "state": "released",
            "on": "2026-03-05",
            "markers": ["m1", "m2"],
        }
    ],
    "documents": [
        {
            "id": "d1",
            "kind": "background-check",
            "on": "2026-01-20",
            "expires_on": None,
            "signers": ["s1"],
            "outcome": "clear",
        }
    ],
    "attestations": [
        {"id": "a9", "what": "lived-experience", "by": "self", "on": "2026-01-10", "type": "family"}
    ],
    "signatures": [{"id": "g1", "agreement": "code", "version": "3", "on": "2026-01-11"}],
    "decisions": [
        {
            "id": "q1",
            "what": "readiness",
            "outcome": "ready",
            "by": "coordinator",
            "on": "2026-04-01",
        }
    ],
    "waivers": [{"id": "w1", "requirement": "x", "by": "coordinator", "on": "2026-04-02"}],
    "plans": [
        {
            "id": "a1",
            "supervisor": "s1",
            "from": "2026-01-15",
            "until": None,
            "relationship": "none",
        }
    ],
    "people": {"s1": {"credential": "cps", "since": "2020-01-01", "hours_practised": 2000}},
    "certificates": [
        {
            "id": "x1",
            "programme": "trainee",
            "issued_on": "2025-06-01",
            "valid_until": "2025-12-01",
            "state": "expired",
        }
    ],
}


def test_the_contracts_record_is_read_whole():
    record = record_from_json(CONTRACT)
    assert record.enrolled_on == date(2026, 1, 10)
    assert record.hours[0].domains == {"ethics": 60, "wellness": 30}
    assert record.scores[0].score_percent == Fraction(163, 2)
    assert record.plans[0].from_on == date(2026, 1, 15)
    assert record.people["s1"].hours_practised == 2000
    assert record.certificates[0].valid_until == date(2025, 12, 1)


def test_every_list_may_be_left_out():
    assert record_from_json({"person": "p1"}).hours == ()


@pytest.mark.parametrize("text", ["81.5", 81.5, "163/2"])
def test_a_score_is_exact_however_it_is_written(text):
    score = {"id": "t", "assessment": "a", "score_percent": text, "on": "2026-01-01"}
    record = record_from_json({"person": "p", "scores": [score]})
    assert record.scores[0].score_percent == Fraction(163, 2)


def _problems(data):
    with pytest.raises(RecordError) as wrong:
        record_from_json(data)
    return [(problem.path, problem.code) for problem in wrong.value.problems]


def test_every_problem_is_named_at_its_place():
    found = _problems(
        {
            "persn": "p1",
            "hours": [
                {"id": "a", "ledger": "x", "minutes": 60, "on": "2026-02-30"},
                {"id": "a", "ledger": "practice", "minutes": True, "on": "2026-02-03"},
                {
                    "id": "b",
                    "ledger": "x",
                    "minutes": 60,
                    "on": "2026-02-03",
                    "until": "2026-02-02",
                    "domains": {"e": 61},
                    "state": "done",
                },
                7,
            ],
            "scores": [{"id": "t", "assessment": "a", "score_percent": "101", "on": "2026-01-01"}],
            "people": [],
        }
    )
    assert found == [
        (("persn",), "unknown-key"),
        (("person",), "missing"),
        (("hours", 0, "ledger"), "value"),
        (("hours", 0, "on"), "type"),
        (("hours", 1, "id"), "doubled"),
        (("hours", 1, "minutes"), "type"),
        (("hours", 2, "ledger"), "value"),
        (("hours", 2, "state"), "value"),
        (("hours", 2, "domains"), "value"),
        (("hours", 2, "until"), "value"),
        (("hours", 3), "type"),
        (("scores", 0, "score_percent"), "value"),
        (("people",), "type"),
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("enrolled_on", "20260110"),
        ("enrolled_on", 20260110),
        ("stage", None),
        ("facts", {"a": 1.5}),
        ("facts", {"a": None}),
        ("completions", {}),
    ],
)
def test_nothing_is_guessed(key, value):
    assert len(_problems({"person": "p1", key: value})) == 1


@pytest.mark.parametrize("number", ["1e9", "-1", "nan", "1/0", "", None, [], True, 1e300])
def test_an_odd_number_is_refused_and_never_hangs(number):
    score = {"id": "t", "assessment": "a", "score_percent": number, "on": "2026-01-01"}
    path = ("scores", 0, "score_percent")
    assert _problems({"person": "p", "scores": [score]})[0][0] == path


def test_what_is_no_object_is_refused():
    assert _problems([]) == [((), "type")]
    assert isinstance(Problem((), "a", "b"), tuple)


def test_the_schema_names_every_list_and_only_the_person_is_needed():
    schema = record_schema()
    assert schema["required"] == ["person"]
    assert set(CONTRACT) == set(schema["properties"])
    plan = schema["$defs"]["PlanFact"]
    assert plan["required"] == ["id", "supervisor", "from"]
    hours = schema["$defs"]["HoursFact"]["properties"]
    assert set(CONTRACT["hours"][0]) | {"recorded_at"} == set(hours)
    assert hours["ledger"]["enum"] == [
        *("training", "practice", "supervision", "continuing-education"),
    ]
    assert schema["$defs"]["ScoreFact"]["properties"]["score_percent"]["maximum"] == 100


def test_every_reference_of_the_schema_is_there_and_nothing_unknown_is_let_in():
    schema = record_schema()
    for shape in (schema, *schema["$defs"].values()):
        assert shape["additionalProperties"] is False
        assert set(shape["required"]) <= set(shape["properties"])
    text = json.dumps(schema)
    named = re.findall(r'"#/\$defs/(\w+)"', text)
    assert set(named) == set(schema["$defs"])
