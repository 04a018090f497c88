"""lms verdict: two files in, an answer out, and a clear no for whatever is not such a file."""

import json
import random
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from lms.cli.main import main
from lms.content.bundled import bundled

DATA = Path(__file__).parents[1] / "data" / "verdict"
PROGRAMME, RECORD, ANSWER = (
    DATA / name for name in ("programme.yaml", "record.json", "answer.json")
)
GUIDE = Path(__file__).parents[2] / "docs" / "programmes.md"
STATES = {"met", "not-yet", "needs-a-person", "waived", "not-applicable"}
UNITS = {"minutes", "count", "percent", "level", "days", "none"}
TURNS = {"trainee", "trainer", "supervisor", "coordinator", "third-party", "nobody"}
ROW = {
    *("id", "parent", "kind", "label", "severity", "state", "have", "need", "unit"),
    *("counted", "not_counted", "waiting_on", "by", "next_step"),
}


def ask(programme, record, *more, on="2026-11-21"):
    """Run the command without any setting of an installation."""
    words = ["verdict", str(programme), str(record), "--on", on, *more]
    return CliRunner().invoke(main, words, env={"LMS_DATABASE_URL": None, "LMS_SECRET_KEY": None})


def record_of(tmp_path, text):
    """Write a record and return its path."""
    path = tmp_path / "record.json"
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    return path


def errors_of(tmp_path, text, programme=PROGRAMME):
    """Return line, path and code of every problem; stdout holds them and nothing else."""
    told = ask(programme, record_of(tmp_path, text), "--json")
    assert told.exit_code == 1, told.output
    errors = json.loads(told.stdout)["errors"]
    assert all(set(one) == {"file", "line", "path", "code", "message"} for one in errors)
    assert all(one["message"] in told.stderr for one in errors)
    return [(one["line"], one["path"], one["code"]) for one in errors]


def test_a_record_with_every_list_has_the_answer_worked_out_by_hand():
    told = ask(PROGRAMME, RECORD, "--json")
    assert told.exit_code == 0
    assert told.stderr == ""
    assert json.loads(told.stdout) == json.loads(ANSWER.read_text("utf-8"))


def test_the_answer_keeps_to_the_closed_words():
    rows = json.loads(ask(PROGRAMME, RECORD, "--json").stdout)["requirements"]
    assert {row["state"] for row in rows} <= STATES
    assert {row["unit"] for row in rows} <= UNITS
    assert {row["waiting_on"] for row in rows} <= TURNS
    assert all(set(row) - {"exact"} == ROW for row in rows)
    assert [row["id"] for row in rows if "exact" in row] == ["exam"]


def test_the_plain_words_say_what_the_json_says():
    told = ask(PROGRAMME, RECORD)
    assert told.exit_code == 0
    for words in (
        "Every list (every-list, version 46h) on 21 November 2026: not yet.",
        "Seven of ten are met. Three to go:",
        "Supervision: not yet (22 h 30 min of 25 h). Log 2 h 30 min of supervision.",
        "Whose turn: the trainee",
        "counted: h1 (12 h 30 min), h2 (10 h)",
        "not counted: h2 (3 h). At most 10 h of this kind counts.",
        "not counted: h4 (45 min). No supervision plan was in force on that day.",
        "Training: waived",
        "It can still be met, by 10 January 2027.",
    ):
        assert words in told.stdout, words
    answer = json.loads(ANSWER.read_text("utf-8"))
    for row in answer["requirements"]:
        assert row["label"] in told.stdout
        for one in (*row["counted"], *row["not_counted"]):
            assert f"counted: {one['id']}" in told.stdout or f", {one['id']}" in told.stdout


def test_the_order_of_facts_never_matters(tmp_path):
    record, chance = json.loads(RECORD.read_text("utf-8")), random.Random(7)
    wanted = json.loads(ANSWER.read_text("utf-8"))
    for _ in range(5):
        for facts in record.values():
            if isinstance(facts, list):
                chance.shuffle(facts)
        keys = list(record)
        chance.shuffle(keys)
        path = record_of(tmp_path, json.dumps({key: record[key] for key in keys}))
        assert json.loads(ask(PROGRAMME, path, "--json").stdout) == wanted


def test_the_day_is_only_an_input():
    early = json.loads(ask(PROGRAMME, RECORD, "--json", on="2026-02-03").stdout)
    rows = {row["id"]: row for row in early["requirements"]}
    assert rows["modules"]["have"] == 1
    assert rows["supervision"]["have"] == 0  # done on that day, confirmed two days later
    assert rows["readiness"]["state"] == "needs-a-person"
    assert rows["training-hours"]["state"] == "not-yet"  # the waiver came later
    assert early["on"] == "2026-02-03"


def test_a_no_is_exit_one_only_where_it_is_required(tmp_path):
    assert ask(PROGRAMME, RECORD, "--require", "met").exit_code == 1
    told = ask(PROGRAMME, RECORD, "--require", "met", "--json")
    assert told.exit_code == 1
    assert json.loads(told.stdout)["state"] == "not-yet"
    small = tmp_path / "small.yaml"
    small.write_text(guide_block("yaml"), "utf-8")
    record = json.loads(guide_block("json"))
    record["hours"][0] |= {"kind": "individual", "minutes": 300}
    path = record_of(tmp_path, json.dumps(record))
    told = ask(small, path, "--require", "met", "--json")
    assert (told.exit_code, json.loads(told.stdout)["state"]) == (0, "met")


def test_figures_still_to_be_set_give_a_verdict_that_says_so(tmp_path):
    path = record_of(tmp_path, '{"person": "p1"}')
    own = bundled("programmes") / "dv-peer-support.yaml"
    told = json.loads(ask(own, path, "--json").stdout)
    assert told["state"] == "not-yet"
    assert "to-be-set" in {one["code"] for one in told["warnings"]}
    supervision = next(row for row in told["requirements"] if row["id"] == "supervision")
    assert (supervision["state"], supervision["need"]) == ("needs-a-person", None)
    assert supervision["waiting_on"] == "coordinator"
    assert "sets the figure for this: supervision" in ask(own, path).stdout


def guide_block(language):
    """Return the block of a language in the guide's example."""
    section = GUIDE.read_text("utf-8").split("## Asking from a shell", 1)[1].split("\n## ", 1)[0]
    found = re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_guides_example_says_what_the_guide_says(tmp_path, monkeypatch):
    (tmp_path / "small.yaml").write_text(guide_block("yaml"), "utf-8")
    (tmp_path / "record.json").write_text(guide_block("json"), "utf-8")
    monkeypatch.chdir(tmp_path)
    command, *words = guide_block("sh").split()
    told = CliRunner().invoke(main, words)
    assert (command, told.exit_code) == ("lms", 0)
    assert told.stdout == guide_block("text")


def test_every_problem_of_a_record_is_named_with_its_line(tmp_path):
    text = """{
 "persn": "p1",
 "zone": "Mars/Olympus",
 "hours": [
  {"id": "a", "ledger": "practice", "minutes": "60", "on": "2026-02-30"},
  {"id": "a", "ledger": "practice", "minutes": 60,
   "on": "2026-02-03", "note": "x"},
  {"id": "b", "ledger": "work", "minutes": 60, "on": "2026-02-03"}
 ],
 "scores": [{"id": "t", "assessment": "readiness", "score_percent": 100.5, "on": "2026-02-03"}],
 "plans": [{"id": "p", "supervisor": "s", "from": "2026-02-03", "until": "2026-02-02"}],
 "documents": {}
}"""
    assert sorted(errors_of(tmp_path, text)) == [
        (1, "person", "missing-key"),
        (2, "persn", "unknown-key"),
        (3, "zone", "out-of-range"),
        (5, "hours[0].minutes", "wrong-type"),
        (5, "hours[0].on", "wrong-type"),
        (6, "hours[1].id", "duplicate-id"),
        (7, "hours[1].note", "unknown-key"),
        (8, "hours[2].ledger", "out-of-range"),
        (10, "scores[0].score_percent", "out-of-range"),
        (11, "plans[0].until", "out-of-range"),
        (12, "documents", "wrong-type"),
    ]


def test_a_zone_that_is_none_and_an_end_before_its_beginning_are_named(tmp_path):
    text = """{"person": "p1", "zone": "Mars/Olympus"}"""
    assert errors_of(tmp_path, text) == [(1, "zone", "out-of-range")]
    text = """{"person": "p1", "certificates": [{"id": "x", "programme": "t",
    "issued_on": "2026-01-01", "valid_until": "2025-12-31"}]}"""
    assert errors_of(tmp_path, text) == [(2, "certificates[0].valid_until", "out-of-range")]


def test_problems_of_both_files_are_named_at_once(tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text(PROGRAMME.read_text("utf-8").replace("min: 25 h", "min: 25"), "utf-8")
    path = record_of(tmp_path, '{"person": 1}')
    told = ask(broken, path, "--json")
    assert told.exit_code == 1
    found = [(one["file"], one["path"]) for one in json.loads(told.stdout)["errors"]]
    assert found == [
        (str(broken), "requirements[1].min"),
        (str(path), "person"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("", 1, "broken-json"),
        ("   \n\n", 3, "broken-json"),
        ("person: p1", 1, "broken-json"),
        ('{"person": "p1"', 1, "broken-json"),
        ('{"person": "p1"}\n{}', 2, "broken-json"),
        ('{"person": "p1",}', 1, "broken-json"),
        ('{\n"person" "p1"}', 2, "broken-json"),
        ('{"person": "p\\x"}', 1, "broken-json"),
        ('{"person": "p1}', 1, "broken-json"),
        ('{"person": "p1", "hours": [1 2]}', 1, "broken-json"),
        ('{"person": "p1", "scores":\n[{"score_percent": NaN}]}', 2, "broken-json"),
        ('{"scores": [{"score_percent": Infinity}]}', 1, "broken-json"),
        ('{"scores": [{"score_percent": 01}]}', 1, "broken-json"),
        ('{"hours": [{"minutes": ' + "9" * 5000 + "}]}", 1, "out-of-range"),
        ("[" * 100_000, 1, "too-deep"),
        ('{"a":' * 100_000, 1, "too-deep"),
        ('{"person": "\\ud800"}', 1, "unreadable"),
        ('{"person": "p\\u0000"}', 1, "unreadable"),
        (b"\xff\xfe\x00binary", 1, "unreadable"),
        (b"\x89PNG\r\n\x1a\n\x00", 1, "unreadable"),
        ("[]", 1, "wrong-type"),
        ("null", 1, "wrong-type"),
        (b"[" + b" " * 10_000_000 + b"]", 1, "too-large"),
    ],
    ids=range(23),
)
def test_what_is_no_record_is_refused_with_its_line(tmp_path, text, line, code):
    assert [(found[0], found[2]) for found in errors_of(tmp_path, text)] == [(line, code)]


def test_a_key_that_stands_twice_is_named_and_not_chosen(tmp_path):
    text = '{"person": "p1",\n "hours": [],\n "hours": [],\n "person": "p2"}'
    assert errors_of(tmp_path, text) == [
        (3, "hours", "duplicate-key"),
        (4, "person", "duplicate-key"),
    ]


@pytest.mark.parametrize("written", ["81.5", "8.15e1", '"81.5"', '"163/2"'])
def test_a_score_is_exact_however_it_is_written(tmp_path, written):
    score = f'"id": "t", "assessment": "readiness", "part": "written", "score_percent": {written}'
    score += ', "on": "2026-03-01", "state": "released"'
    text = f'{{"person": "p1", "scores": [{{{score}}}]}}'
    answer = json.loads(ask(PROGRAMME, record_of(tmp_path, text), "--json").stdout)
    row = next(row for row in answer["requirements"] if row["id"] == "exam")
    assert (row["state"], row["have"], row["exact"]) == ("met", 81.5, {"have": "163/2"})


def test_a_file_that_cannot_be_opened_is_exit_three(tmp_path):
    for path in (tmp_path / "none.json", tmp_path):
        told = ask(PROGRAMME, path, "--json")
        assert told.exit_code == 3
        error = json.loads(told.stdout)["errors"][0]
        assert (error["file"], error["code"]) == (str(path), "unreadable")
        assert ask(path, RECORD).exit_code == 3


@pytest.mark.parametrize("day", ["", "today", "2026-02-29", "20260101", "2026-1-1"])
def test_a_day_that_is_none_is_a_wrong_use(day):
    told = ask(PROGRAMME, RECORD, "--json", on=day)
    assert (told.exit_code, told.stdout) == (2, "")
    assert "2026-02-28" in told.stderr


def test_the_day_must_be_said_and_only_met_can_be_required():
    assert CliRunner().invoke(main, ["verdict", str(PROGRAMME), str(RECORD)]).exit_code == 2
    assert ask(PROGRAMME, RECORD, "--require", "all").exit_code == 2
