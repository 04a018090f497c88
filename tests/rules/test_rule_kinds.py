"""The guide's table of rule kinds: whole, each example usable and tried at its figure."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from lms.content.errors import Problems
from lms.content.yaml import read_yaml
from lms.rules.programmes import Programme
from lms.rules.verdict import compile_programme, problems_in, verdict
from tests.rules.fact_making import (
    decided,
    domain,
    fact,
    held,
    hours,
    minutes_short,
    paper,
    record_of,
    said,
    signed,
    together,
)
from tests.rules.verdict_making import day

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "programmes.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in GUIDE.splitlines()
    if re.match(r"\| [A-H]\d+ \|", line)
]
IS_A = {row[0]: row[2] for row in ROWS}
EXAMPLE = {row[0]: found.group(1) for row in ROWS if (found := re.match(r"`(.+?)`", row[3]))}
TRIED_BY = {row[0]: row[4].strip("`") for row in ROWS}
HOW_MANY = {"A": 12, "B": 13, "C": 12, "D": 9, "E": 12, "F": 8, "G": 13, "H": 4}
RULES = [kind for kind, is_a in IS_A.items() if is_a == "rule"]
READER = TypeAdapter(Programme)
WRITTEN: dict[str, Any] = {
    "id": "p",
    "title": "P",
    "version": "1",
    "zone": "UTC",
    "language": "en",
    "demo": True,
    "requirements": [{"kind": "signature", "id": "code", "label": "Code", "agreement": "code"}],
    "certificate": {"title": "T", "covers": "C", "does_not_qualify": "D"},
}


def read(text: str) -> Any:
    problems = Problems("guide")
    document = read_yaml(text, problems)
    assert not problems.found
    assert document is not None
    return document.value


def programme_with(**others: Any) -> Programme:
    return READER.validate_json(json.dumps({**WRITTEN, **others}))


def test_every_kind_stands_in_the_table_once():
    expected = [f"{letter}{n}" for letter, last in HOW_MANY.items() for n in range(1, last + 1)]
    assert [row[0] for row in ROWS] == expected
    assert {len(row) for row in ROWS} == {5}
    assert set(IS_A.values()) <= {"rule", "head", "record", "process", "not yet"}


def test_every_kind_but_what_people_do_has_an_example_and_a_test_that_exists():
    without = {kind for kind in IS_A if kind not in EXAMPLE}
    assert without == {kind for kind, is_a in IS_A.items() if is_a in ("process", "not yet")}
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    tests = {name for text in texts for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)}
    named = {kind: name for kind, name in TRIED_BY.items() if IS_A[kind] != "not yet"}
    assert {kind: name for kind, name in named.items() if name not in tests} == {}


@pytest.mark.parametrize("kind", RULES)
def test_an_example_of_a_rule_is_a_requirement_as_it_stands(kind):
    assert problems_in(programme_with(requirements=[read(EXAMPLE[kind])])) == ()


@pytest.mark.parametrize("kind", [kind for kind, is_a in IS_A.items() if is_a == "head"])
def test_an_example_of_the_head_is_part_of_a_programme_as_it_stands(kind):
    head = read(EXAMPLE[kind])
    programme = programme_with(**head)
    assert problems_in(programme) == ()
    assert all(getattr(programme, key) for key in head)


@pytest.mark.parametrize("kind", [kind for kind, is_a in IS_A.items() if is_a == "record"])
def test_an_example_of_the_record_is_read_as_it_stands(kind):
    assert record_of(json.loads(EXAMPLE[kind])).hours


HELD = held("before", "2026-01-01", "2026-12-31")
TRAINEE = held("trainee", "2026-01-01", None)
CE = "continuing-education"
ON = "2026-06-01"
TODAY = "2026-11-21"


def done(*modules: str, on: str = ON) -> dict[str, Any]:
    return {"completions": [{"module": module, "on": on} for module in modules]}


def scored(percent: float, part: str = "whole", on: str = ON) -> dict[str, Any]:
    given = {"assessment": "readiness", "score_percent": percent, "part": part, "on": on}
    return {"scores": [{**given, "state": "released"}]}


def played(*scenarios: str, level: int = 2, **more: Any) -> dict[str, Any]:
    given = {"rubric": "twelve", "on": ON, "levels": {"C1": level, "C2": 2}, "state": "released"}
    return {"rubrics": [{**given, "scenario": s, "markers": ["m1"], **more} for s in scenarios]}


def person(**people: Any) -> dict[str, Any]:
    return {"people": people}


def enrolled(on: str) -> dict[str, Any]:
    return {"enrolled_on": on}


def supervision(amount: float, on: str = ON, **more: Any) -> dict[str, Any]:
    return hours("supervision", amount, on, **more)


def plan(relationship: str = "none", since: str = "2026-01-01") -> dict[str, Any]:
    given = {"id": "pl1", "supervisor": "s1", "from": since, "relationship": relationship}
    return {"plans": [given]}


def ce(amount: float, topic: str = "", on: str = ON, **more: Any) -> dict[str, Any]:
    return hours(CE, amount, on, **({"topics": [topic]} if topic else {}), **more)


def references(*signers: str, known: str = "2025-06-01", tie: str = "friend") -> dict[str, Any]:
    more = {"known_since": known, "relationship": tie}
    return together(*(paper("reference", signers=[signer], **more) for signer in signers))


def qualified(trained_on: str) -> dict[str, Any]:
    training = {"training": "supervision", "since": trained_on}
    held = {"credential": "cps", "hours_practised": 1500, "qualifications": [training]}
    return person(s1=held)


WORD = said("lives-or-works-here", type="application")
FIRST_DAY = paper("orientation", "2026-02-01")
BY_S1 = {"supervisor": "s1"}
DRAWN = {"person": "ana"}
UNTIL_MAY = together(*(supervision(1, f"2026-0{n}-05") for n in range(1, 6)))

# Facts just short of an example, and facts that meet it.
PAIRS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "A1": (fact(born_on="2007-11-22"), fact(born_on="2007-11-21")),
    "A2": (paper("transcript"), paper("high-school-equivalent")),
    "A3": (
        said("lived-experience", type="friend"),
        said("lived-experience", "supervisor", type="adult"),
    ),
    "A4": (
        said("two-years-of-recovery", "trainer"),
        said("two-years-of-recovery"),
    ),
    "A5": (WORD, together(WORD, said("lives-or-works-here", type="exam"))),
    "A6": (paper("statement", outcome="too-long"), paper("statement", outcome="accepted")),
    "A7": (
        together(
            references("r1", "r1"),
            references("r2", known="2025-06-02"),
            references("r3", tie="family"),
        ),
        references("r1", "r2"),
    ),
    "A8": (
        paper("background-check", "2025-11-20", outcome="clear"),
        paper("background-check", "2025-11-21", outcome="clear"),
    ),
    "A9": (
        together(HELD, signed("2026-06-01")),
        together(HELD, {"signatures": [{"agreement": "code-of-ethics", "version": "2", "on": ON}]}),
    ),
    "A10": (paper("post", expires_on="2026-11-20"), paper("post", expires_on=TODAY)),
    "A11": (
        together(FIRST_DAY, hours("training", 10, "2026-01-31")),
        together(FIRST_DAY, hours("training", 10, "2026-02-01")),
    ),
    "A12": (decided("interview", "later"), decided("interview", "accepted")),
    "B1": (minutes_short("training", 80), hours("training", 80)),
    "B2": (
        together(domain("training", "whole-health", 10), hours("training", 0.75)),
        together(domain("training", "whole-health", 10), hours("training", 1)),
    ),
    "B3": (
        together(hours("training", 20), hours("training", 2.75, topics=["ethics"])),
        together(hours("training", 20), hours("training", 3, topics=["ethics"])),
    ),
    "B4": (
        together(minutes_short("training", 48, kind="peer"), hours("training", 13)),
        together(hours("training", 48, kind="peer"), hours("training", 12)),
    ),
    "B5": (
        together(hours("training", 9.75, medium="in-person"), hours("training", 10)),
        together(hours("training", 10, medium="in-person"), hours("training", 10)),
    ),
    "B6": (
        hours("training", 80, "2022-06-30", provider="p9"),
        hours("training", 80, "2022-07-01", provider="p9"),
    ),
    "B7": (done("boundaries"), done("boundaries", "system-navigation")),
    "B8": (
        together(done("boundaries"), done("safety-planning", on="2026-05-31")),
        together(done("boundaries"), done("safety-planning")),
    ),
    "B9": (hours("training", 40, "2021-11-20"), hours("training", 40, "2021-11-21")),
    "B11": (done("safety-planning"), done("boundaries", "safety-planning")),
    "B12": (
        together(person(t1={"credential": "none"}), paper("course-certificate", signers=["t1"])),
        together(person(t1={"credential": "cpss"}), paper("course-certificate", signers=["t1"])),
    ),
    "B13": (
        together(hours("training", 40), minutes_short("training", 2, topics=["privilege"])),
        together(hours("training", 38), hours("training", 2, topics=["privilege"])),
    ),
    "C1": (scored(79.99), scored(80)),
    "C2": (scored(69), together(scored(69, on="2026-01-01"), scored(70))),
    "C3": (
        together(scored(50, "oral"), scored(100, "written")),
        together(scored(60, "oral"), scored(100, "written")),
    ),
    "C4": (
        together(done("boundaries"), scored(69, "boundaries")),
        together(done("boundaries"), scored(70, "boundaries")),
    ),
    "C5": (played("a", harm=["h1"]), played("a", level=1)),
    "C6": (played("a", "a", "b"), played("a", "b", "c")),
    "C7": (
        paper("panel-report", signers=["a", "b"]),
        paper("panel-report", signers=["a", "b", "c"]),
    ),
    "C8": (
        together(played("a", id="c"), played("b", id="a", markers=["m1", "m2"], apart=2)),
        played("a", id="c", markers=["m1", "m2"], apart=1),
    ),
    "C9": (
        said("competent", "trainer", type="listening"),
        together(
            said("competent", "trainer", type="listening"),
            said("competent", "trainer", type="boundaries"),
        ),
    ),
    "C11": (
        paper("exam-result", outcome="passed"),
        paper("exam-result", outcome="passed", signers=["proctor"]),
    ),
    "C12": (enrolled("2018-12-31"), together(enrolled("2018-12-31"), scored(70))),
    "D1": (minutes_short("practice", 500), hours("practice", 500)),
    "D2": (
        together(domain("practice", "advocacy", 26), domain("practice", "mentoring", 24)),
        together(domain("practice", "advocacy", 25), domain("practice", "mentoring", 25)),
    ),
    "D3": (hours("practice", 150, "2024-11-20"), hours("practice", 150, "2024-11-21")),
    "D4": (
        together(hours("practice", 1, "2026-01-10"), hours("practice", 1, "2026-07-09")),
        together(hours("practice", 1, "2026-01-10"), hours("practice", 1, "2026-07-10")),
    ),
    "D5": (
        together(hours("practice", 9, population="shared"), hours("practice", 10)),
        together(hours("practice", 10, population="shared"), hours("practice", 10)),
    ),
    "D6": (
        together(hours("practice", 249), hours("practice", 9, kind="self-study"), supervision(9)),
        together(hours("practice", 249), supervision(1, kind="observation")),
    ),
    "D7": (hours("practice", 100), together(fact(degree="bachelor"), hours("practice", 100))),
    "D8": (
        together(hours("practice", 99), hours("practice", 400, kind="internship")),
        together(hours("practice", 100), hours("practice", 400, kind="internship")),
    ),
    "D9": (
        together(hours("training", 179), hours("practice", 27)),
        together(hours("training", 179), hours("practice", 28)),
    ),
    "E1": (minutes_short("supervision", 25), supervision(25)),
    "E2": (
        together(supervision(9, kind="individual"), supervision(11, kind="group")),
        together(supervision(10, kind="individual"), supervision(10, kind="group")),
    ),
    "E3": (
        domain("supervision", "ethics", 2),
        together(domain("supervision", "ethics", 1), domain("supervision", "advocacy", 1)),
    ),
    "E4": (
        together(enrolled("2026-10-01"), supervision(0.25, "2026-10-05")),
        together(enrolled("2026-10-01"), supervision(0.5, "2026-10-05")),
    ),
    "E5": (
        together(hours("practice", 40), minutes_short("supervision", 2)),
        together(hours("practice", 40), supervision(2)),
    ),
    "E6": (
        together(supervision(0.5), supervision(0.5 - 1 / 60)),
        together(supervision(0.5), supervision(0.5)),
    ),
    "E7": (
        supervision(2, kind="observation"),
        together(supervision(1, kind="observation"), supervision(1, kind="observation")),
    ),
    "E8": (
        together(qualified("2026-06-02"), supervision(10, **BY_S1)),
        together(qualified("2026-06-01"), supervision(10, **BY_S1)),
    ),
    "E9": (
        together(plan(since="2026-06-02"), supervision(10, **BY_S1)),
        together(plan(since="2026-06-01"), supervision(10, **BY_S1)),
    ),
    "E10": (supervision(10, assurance="paper"), supervision(10, assurance="account")),
    "E12": (
        together(held("before", "2026-09-21", None), supervision(1, "2026-10-01")),
        together(
            held("before", "2026-09-21", None),
            supervision(1, "2026-10-01"),
            supervision(1, "2026-11-01"),
        ),
    ),
    "F1": (done("boundaries"), done("boundaries", "system-navigation")),
    "F2": (done("safety-planning"), done("boundaries")),
    "F3": (
        together(enrolled("2023-01-01"), hours("training", 20)),
        together(enrolled("2022-12-31"), hours("training", 20)),
    ),
    "F4": (
        held("sister-programme", "2024-11-20", "2026-11-20"),
        held("sister-programme", "2024-11-21", "2026-11-21"),
    ),
    "F5": (
        together(TRAINEE, hours("practice", 250, "2026-07-02")),
        together(TRAINEE, hours("practice", 250, "2026-07-01")),
    ),
    "F6": (
        together(fact(endorsement="youth"), said("lived-experience", type="adult")),
        together(fact(endorsement="youth"), said("lived-experience", type="youth")),
    ),
    "F7": (
        together(held("courts", ON, None), held("courts", ON, None)),
        together(held("courts", ON, None), held("youth", ON, None)),
    ),
    "F8": (
        together(fact(works_by_phone=True), ce(0.75, "telehealth")),
        together(fact(works_by_phone=True), ce(1, "telehealth")),
    ),
    "G3": (
        together(ce(6, "ethics", provider="certifier"), ce(5.75)),
        together(ce(6, "ethics", provider="certifier"), ce(6)),
    ),
    "G4": (ce(3, "suicide", "2020-11-20"), ce(3, "suicide", "2020-11-21")),
    "G5": (
        together(fact(supervises=True), ce(5.75, "supervising")),
        together(fact(supervises=True), ce(6, "supervising")),
    ),
    "G6": (
        together(HELD, ce(20, "ethics", "2025-12-31"), ce(9, "clinical")),
        together(HELD, ce(20, "ethics", "2026-01-01")),
    ),
    "G7": (
        together(HELD, hours("practice", 50), minutes_short("supervision", 2)),
        together(HELD, hours("practice", 50), supervision(2)),
    ),
    "G9": (held("before", "2025-11-20", None), held("before", "2025-11-21", None)),
    "G11": (DRAWN, together(DRAWN, decided("papers-looked-over", "in-order"))),
    "G13": ({}, paper("receipt")),
    "H1": (decided("admission", "later"), decided("admission", "admitted")),
}


def state_of(kind: str, facts: dict[str, Any]) -> str:
    node = read(EXAMPLE[kind])
    compiled = compile_programme(programme_with(requirements=[node]))
    return verdict(compiled, record_of(facts), day(TODAY)).row(node["id"]).state.value


@pytest.mark.parametrize("kind", RULES)
def test_an_example_is_met_at_its_figure_and_not_below(kind):
    short, enough = PAIRS[kind]
    assert state_of(kind, short) in ("not-yet", "needs-a-person")
    assert state_of(kind, enough) == "met"


@pytest.mark.parametrize("kind", ["C12", "F6", "G11"])
def test_an_example_of_others_alone_does_not_apply_to_the_rest(kind):
    others = {"C12": enrolled("2018-12-30"), "F6": fact(endorsement="adult"), "G11": {}}
    assert state_of(kind, others[kind]) == "not-applicable"
