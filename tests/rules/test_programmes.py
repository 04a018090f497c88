"""Programme definitions: read strictly, figures exact, every contradiction named at its place."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from lms.content.errors import Problems
from lms.content.yaml import read_yaml
from lms.rules.programmes import (
    CertificateWords,
    Keeping,
    Programme,
    Renewal,
    Stage,
    Standing,
    Validity,
    kept_until,
    standing_on,
    valid_until,
)
from lms.rules.programmes.evidence import (
    Condition,
    EligibleSupervisor,
    HoursPart,
    PartMark,
    Subset,
    Waivable,
    Window,
)
from lms.rules.programmes.nodes import (
    All,
    AnyOf,
    AtLeast,
    Attest,
    Cadence,
    Completions,
    Count,
    DecisionBy,
    Document,
    Gap,
    HoldsCertificate,
    Ratio,
    RubricStandard,
    Score,
    Share,
    Signature,
    Span,
    Substitute,
    When,
)
from lms.rules.programmes.programme import FixedDay
from lms.rules.programmes.quantities import (
    Length,
    add_length,
    length_from,
    minutes_from,
    number_from,
    percent_from,
    subtract_length,
)
from lms.rules.record import Record
from lms.rules.verdict import (
    Known,
    ProgrammeError,
    State,
    compile_programme,
    problems_in,
    verdict,
)
from tests.rules.verdict_making import TODAY, day, hours_of, make_programme, make_sum

FOLDER = Path(__file__).parents[2] / "programmes"
READER = TypeAdapter(Programme)


def read(name: str) -> Programme:
    path = FOLDER / f"{name}.yaml"
    problems = Problems(str(path))
    document = read_yaml(path.read_text(encoding="utf-8"), problems)
    assert document is not None
    assert not problems.found
    return READER.validate_json(json.dumps(document.value))


# Figures


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("46 h", 2760), ("90 min", 90), ("22.5 h", 1350), ("1 h 30 min", 90), ("0 h", 0), ("2h", 120)],
)
def test_a_duration_is_whole_minutes(text, minutes):
    assert minutes_from(text) == minutes


@pytest.mark.parametrize("text", ["46", "46 hours", "0.01 h", "", "h", "-1 h", "1,5 h", "1.5 min"])
def test_a_duration_without_a_unit_or_in_parts_of_a_minute_is_refused(text):
    with pytest.raises(ValueError, match="Write a time"):
        minutes_from(text)


def test_percentages_and_numbers_are_exact():
    assert percent_from("66.5 %") * 2 == 133
    assert percent_from(70) == percent_from("70 %") == percent_from("70") == 70
    assert number_from("12") == number_from(12) == 12
    for wrong in ("100.1 %", "-1", "x", "1/3"):
        with pytest.raises(ValueError, match="percentage"):
            percent_from(wrong)
    for wrong in ("1.5", "-1", "²", ""):
        with pytest.raises(ValueError, match="whole number"):
            number_from(wrong)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90 days", Length(0, 90)),
        ("1 week", Length(0, 7)),
        ("12 months", Length(12, 0)),
        ("2 years", Length(24, 0)),
    ],
)
def test_a_stretch_of_the_calendar(text, length):
    assert length_from(text) == length
    with pytest.raises(ValueError, match="stretch"):
        length_from(text.upper())


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2027-08-31", 6, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-12-31", 2, "2027-02-28"),
    ],
)
def test_months_keep_to_the_calendar(start, months, end):
    assert add_length(day(start), Length(months, 0)) == day(end)


def test_dates_stay_inside_the_calendar():
    assert add_length(date.max, Length(1, 0)) == date.max
    assert add_length(date(9999, 12, 1), Length(0, 10**9)) == date.max
    assert subtract_length(date.min, Length(1, 0)) == date.min
    assert subtract_length(date(2026, 1, 1), Length(0, 10**9)) == date.min


# Term and renewal


@pytest.mark.parametrize(
    ("validity", "issued", "last"),
    [
        (Validity(months=24), "2026-11-21", "2028-11-21"),
        (Validity(months=12), "2028-02-29", "2029-02-28"),
        (Validity(months=6), "2025-06-01", "2025-12-01"),
        (Validity(months=24, anchor="month-start"), "2026-11-21", "2028-11-01"),
        (Validity(months=24, anchor="month-end"), "2026-11-21", "2028-11-30"),
        (Validity(months=12, anchor="year-end"), "2026-11-21", "2027-12-31"),
    ],
)
def test_a_term_counts_from_its_anchor(validity, issued, last):
    assert valid_until(validity, day(issued)) == day(last)


def test_a_term_may_end_on_a_fixed_day_for_all_or_never():
    odd = Validity(anchor="fixed-day", fixed_day=FixedDay(month=9, day=1, years="odd"))
    assert valid_until(odd, day("2026-01-01")) == day("2027-09-01")
    assert valid_until(odd, day("2027-08-31")) == day("2027-09-01")
    assert valid_until(odd, day("2027-09-01")) == day("2029-09-01")
    even = Validity(anchor="fixed-day", fixed_day=FixedDay(month=2, day=31, years="even"))
    assert valid_until(even, day("2026-03-01")) == day("2028-02-29")
    assert valid_until(Validity(), day("2026-01-01")) is None


def test_a_term_may_count_from_the_latest_of_several_certificates():
    both = Validity(months=24, anchor="latest", latest_of=("courts", "health"))
    held = [("courts", day("2024-01-10")), ("health", day("2025-03-01")), ("x", day("2025-12-01"))]
    assert valid_until(both, day("2025-10-01"), held) == day("2027-03-01")
    assert valid_until(both, day("2027-02-28"), held) == day("2027-03-01")
    assert valid_until(both, day("2027-03-01"), held) == day("2029-03-01")
    assert valid_until(both, day("2025-10-01")) == day("2027-10-01")
    assert valid_until(both, day("2025-02-28"), held) == day("2026-01-10")


def test_papers_are_kept_for_so_long_after_the_term():
    keeping = Keeping(continuing_education="4 years", supervision="7 years")
    last = day("2028-02-29")
    assert kept_until(keeping, "continuing-education", last) == day("2032-02-29")
    assert kept_until(keeping, "supervision", last) == day("2035-02-28")
    assert kept_until(keeping, "documents", last) is None


@pytest.mark.parametrize(
    ("on", "standing"),
    [
        ("2026-09-01", "current"),
        ("2026-09-02", "renewal-open"),
        ("2026-12-01", "renewal-open"),
        ("2026-12-02", "grace"),
        ("2026-12-31", "grace"),
        ("2027-01-01", "late"),
        ("2027-01-30", "late"),
        ("2027-01-31", "inactive"),
        ("2028-12-01", "inactive"),
        ("2028-12-02", "lapsed"),
    ],
)
def test_a_certificates_standing_follows_the_dates(on, standing):
    renewal = Renewal(
        requirements=(), opens="90 days", grace="30 days", late="60 days", reinstate="24 months"
    )
    assert standing_on(renewal, day("2026-12-01"), day(on)).value == standing


def test_without_a_renewal_there_is_nothing_between_current_and_lapsed():
    last = day("2026-12-01")
    assert standing_on(None, last, last) is Standing.CURRENT
    assert standing_on(None, last, day("2026-12-02")) is Standing.LAPSED
    assert standing_on(None, None, date.max) is Standing.CURRENT
    unset = Renewal(requirements=(), grace="to be set")
    assert standing_on(unset, last, day("2026-12-02")) is Standing.LAPSED


# Files


@pytest.mark.parametrize("name", ["peer-support-demo", "dv-peer-support"])
def test_the_programmes_beside_the_code_load_and_hold_together(name):
    programme = read(name)
    known = Known(
        modules=frozenset(
            {"boundaries", "safety-planning", "trauma-responsive-practice", "system-navigation"}
        ),
        agreements=frozenset({"code-of-ethics", "confidentiality"}),
        assessments={
            "readiness": frozenset(
                {"boundaries", "safety-planning", "trauma-responsive-practice", "system-navigation"}
            )
        },
        rubrics={"twelve": frozenset(f"C{number}" for number in range(1, 13))},
    )
    assert problems_in(programme, known) == ()
    assert programme.id == name


def test_the_demonstration_can_open_and_says_that_its_figures_are_invented():
    programme = read("peer-support-demo")
    compiled = compile_programme(programme)
    assert (programme.demo, compiled.can_open) == (True, True)
    found = verdict(compiled, Record("p1"), day("2026-11-21"))
    assert [caution.code for caution in found.warnings] == [
        "invented-figures",
        *3 * ["recommended"],
    ]
    assert valid_until(programme.validity, day("2026-11-21")) == day("2028-11-21")


def test_our_own_programme_cannot_open_until_its_figures_are_set():
    compiled = compile_programme(read("dv-peer-support"))
    assert not compiled.can_open
    assert ("validity", "months") in compiled.to_be_set
    assert ("requirements", 6, "min") in compiled.to_be_set
    assert verdict(compiled, Record("p1"), day("2026-11-21")).state is State.NOT_YET


def test_a_renewal_is_judged_on_its_own():
    compiled = compile_programme(read("peer-support-demo"))
    assert compiled.renewal is not None
    found = verdict(compiled.renewal, Record("p1"), day("2026-11-21"))
    assert [row.id for row in found.rows] == ["root", "code-of-ethics-again", "supervision-since"]


GUIDE = (FOLDER.parent / "docs" / "programmes.md").read_text(encoding="utf-8")
EXAMPLES = [block.split("```")[0] for block in GUIDE.split("```yaml\n")[1:]]


@pytest.mark.parametrize("example", [block for block in EXAMPLES if block.startswith("- ")])
def test_every_example_of_the_guide_can_be_used_as_it_stands(example):
    problems = Problems("guide")
    document = read_yaml(example, problems)
    assert not problems.found
    text = json.dumps({**WRITTEN, "demo": True, "requirements": document.value})
    assert problems_in(READER.validate_json(text)) == ()


def test_the_guides_example_of_choosing_hours_can_be_used_too():
    (example,) = (block for block in EXAMPLES if block.startswith("hours:"))
    hours = read_yaml(example, Problems("guide")).value["hours"]
    node = {"kind": "sum", "id": "a", "label": "A", "hours": hours, "min": "1 h"}
    text = json.dumps({**WRITTEN, "demo": True, "requirements": [node]})
    assert problems_in(READER.validate_json(text)) == ()


def test_the_guide_shows_every_kind():
    kinds = READER.json_schema()["properties"]["requirements"]["items"]["discriminator"]
    shown = {kind for kind in kinds["mapping"] if f"**{kind}**" in GUIDE}
    assert shown == set(kinds["mapping"])


WRITTEN = {
    "id": "p",
    "title": "P",
    "version": "1",
    "zone": "UTC",
    "language": "en",
    "certificate": {"title": "T", "covers": "C", "does_not_qualify": "D"},
}


@pytest.mark.parametrize(
    ("requirement", "where"),
    [
        ({"kind": "sum", "id": "a", "label": "A", "hours": {"ledger": "x"}}, "ledger"),
        ({"kind": "sum", "id": "a", "label": "A"}, "hours"),
        ({"kind": "any", "id": "a", "label": "A", "of": [{"kind": "all", "id": "b"}]}, "label"),
        ({"kind": "attest", "id": "a", "label": "A", "what": "w", "by": "self"}, "by"),
        ({"kind": "attest", "id": "a", "label": "A", "what": "w", "by": [], "extra": 1}, "extra"),
        ({"kind": "magic", "id": "a", "label": "A"}, 0),
    ],
)
def test_a_definition_is_read_strictly_and_the_place_is_named(requirement, where):
    text = json.dumps({**WRITTEN, "requirements": [requirement]})
    with pytest.raises(ValidationError) as wrong:
        READER.validate_json(text)
    assert where in {step for error in wrong.value.errors() for step in error["loc"]}
    assert len(wrong.value.errors()) <= 2


def test_the_schema_tells_the_kinds_apart_by_their_tag():
    schema = READER.json_schema()
    kinds = schema["properties"]["requirements"]["items"]["discriminator"]["mapping"]
    assert len(kinds) == 21
    assert set(kinds) >= {"all", "any", "at-least", "sequence", "when", "sum", "rubric"}


# Contradictions

LABEL = {"id": "x", "label": "X"}
A = Completions(id="a", label="A", modules=("m",))
GROUP = Subset(kinds=("group",))


def part(**others):
    return HoursPart(id="part", label="Part", of=GROUP, **others)


@pytest.mark.parametrize(
    ("node", "path", "code"),
    [
        (make_sum("46"), ("min",), "figure"),
        (make_sum("5 h", max="4 h"), ("min",), "contradiction"),
        (
            make_sum("5 h", parts=(part(min="3 h", cap="2 h"),)),
            ("parts", 0, "min"),
            "contradiction",
        ),
        (make_sum("5 h", parts=(part(min="6 h"),)), ("parts", 0, "min"), "contradiction"),
        (make_sum("5 h", parts=(part(),)), ("parts", 0), "empty"),
        (make_sum("5 h", parts=(part(min="1 h", cap="120 %"),)), ("parts", 0, "cap"), "figure"),
        (make_sum(""), (), "empty"),
        (make_sum("5 h", hours=hours_of(since="soon")), ("hours", "within", "since"), "anchor"),
        (
            make_sum("5 h", hours=hours_of(since="soon + 1 day")),
            ("hours", "within", "since"),
            "anchor",
        ),
        (
            make_sum("5 h", hours=hours_of(since="today - 1")),
            ("hours", "within", "since"),
            "anchor",
        ),
        (
            make_sum("5 h", hours=hours_of(length="1 month")),
            ("hours", "within", "length"),
            "window",
        ),
        (
            make_sum(
                "5 h",
                hours=hours_of(supervisors=(EligibleSupervisor(held_for="long"),)),
            ),
            ("hours", "accept", "supervisors", 0, "held_for"),
            "figure",
        ),
        (All(**LABEL, of=()), ("of",), "empty"),
        (AtLeast(**LABEL, count=2, of=(A,)), ("count",), "range"),
        (AtLeast(**LABEL, count=0, of=(A,)), ("count",), "range"),
        (AnyOf(**LABEL, of=(A, A)), ("of", 1, "id"), "doubled"),
        (AnyOf(**LABEL, of=(replace(A, id="root"),)), ("of", 0, "id"), "doubled"),
        (replace(A, id="No good"), ("id",), "id"),
        (replace(A, modules=()), ("modules",), "empty"),
        (replace(A, modules=("m", "m")), ("modules", 1), "doubled"),
        (replace(A, at_least=2), ("at_least",), "range"),
        (replace(A, credits={"z": 1}, min_credits=0), ("credits", "z"), "unknown"),
        (replace(A, waivable=Waivable(by=())), ("waivable", "by"), "empty"),
        (
            replace(A, within=Window(since="requirement:later")),
            ("within", "since"),
            "anchor",
        ),
        (Count(**LABEL, hours=hours_of(), min=1, among=("a",)), ("among",), "empty"),
        (
            Count(**LABEL, hours=hours_of(), min=2, distinct="domain", among=("a",)),
            ("min",),
            "range",
        ),
        (Count(**LABEL, hours=hours_of(steps_of="1 h"), min=1), ("hours", "steps_of"), "entries"),
        (
            Span(**LABEL, hours=hours_of(repeats=False), min="1 year"),
            ("hours", "accept", "repeats"),
            "entries",
        ),
        (Share(**LABEL, hours=hours_of(), of_hours=hours_of()), (), "empty"),
        (
            Share(**LABEL, hours=hours_of(), of_hours=hours_of(), min=60, max=50),
            ("min",),
            "contradiction",
        ),
        (Cadence(**LABEL, hours=hours_of(), every="0 days", since="enrolled"), ("every",), "range"),
        (Cadence(**LABEL, hours=hours_of(), every="1 week", since=""), ("since",), "empty"),
        (Ratio(**LABEL, hours=hours_of(), to=hours_of(), give="1 h", per="0 h"), ("per",), "range"),
        (Gap(**LABEL, hours=hours_of(), max="40 h"), ("max",), "figure"),
        (Gap(**LABEL, hours=hours_of(), over=hours_of(), max="40 days"), ("max",), "figure"),
        (Span(**LABEL, since="enrolled"), (), "empty"),
        (Span(**LABEL, min="1 year"), (), "empty"),
        (Document(**LABEL, kinds=()), ("kinds",), "empty"),
        (Document(**LABEL, kinds=("a",), reviewed_by=()), ("reviewed_by",), "empty"),
        (Attest(**LABEL, what="w", by=()), ("by",), "empty"),
        (
            Attest(**LABEL, what="w", by=("self",), each=("a",), types=("a",)),
            ("types",),
            "contradiction",
        ),
        (Score(**LABEL, assessment="e", parts=()), ("parts",), "empty"),
        (
            Score(**LABEL, assessment="e", parts=(PartMark(part="whole", label="W", min="x"),)),
            ("parts", 0, "min"),
            "figure",
        ),
        (
            Score(**LABEL, assessment="e", parts=(PartMark(part="w", label="W", weight=0),)),
            ("parts", 0, "weight"),
            "range",
        ),
        (RubricStandard(**LABEL, rubric="r", performances=0), ("performances",), "range"),
        (RubricStandard(**LABEL, rubric="r", performances=1, floor=3), (), "range"),
        (
            RubricStandard(**LABEL, rubric="r", performances=1, resolved_by=()),
            ("resolved_by",),
            "empty",
        ),
        (DecisionBy(**LABEL, what="w", outcomes=(), by=("c",)), ("outcomes",), "empty"),
        (DecisionBy(**LABEL, what="w", outcomes=("r",), by=()), ("by",), "empty"),
        (HoldsCertificate(**LABEL, programmes=("p",)), ("programmes",), "cycle"),
        (
            Substitute(**LABEL, into=make_sum(), hours=hours_of(), give="0 h", get="1 h"),
            ("give",),
            "range",
        ),
        (When(**LABEL, condition=Condition(fact="f"), then=A), ("condition",), "condition"),
        (
            When(**LABEL, condition=Condition(fact="f", equals="a", at_least=1), then=A),
            ("condition",),
            "condition",
        ),
        (
            When(**LABEL, condition=Condition(fact="stage", equals="none"), then=A),
            ("condition",),
            "unknown",
        ),
    ],
)
def test_a_contradiction_is_named_at_its_place(node, path, code):
    found = problems_in(make_programme(node))
    assert [(problem.path, problem.code) for problem in found] == [
        (("requirements", 0, *path), code)
    ]
    assert found[0].message.endswith((".", "?"))


def test_every_problem_is_named_at_once_and_nothing_is_compiled():
    programme = make_programme(make_sum("46"), replace(A, modules=()), zone="Nowhere", version=" ")
    with pytest.raises(ProgrammeError) as wrong:
        compile_programme(programme)
    assert [problem.code for problem in wrong.value.problems] == [
        "figure",
        "empty",
        "zone",
        "empty",
    ]


@pytest.mark.parametrize(
    ("others", "path", "code"),
    [
        ({"language": "English"}, ("language",), "language"),
        ({"complete_within": "long"}, ("complete_within",), "figure"),
        ({"validity": Validity(anchor="fixed-day")}, ("validity", "fixed_day"), "empty"),
        (
            {"validity": Validity(anchor="fixed-day", fixed_day=FixedDay(month=13, day=1))},
            ("validity", "fixed_day"),
            "range",
        ),
        ({"validity": Validity(anchor="year-end")}, ("validity", "months"), "empty"),
        ({"validity": Validity(months="2 y")}, ("validity", "months"), "figure"),
        ({"stages": (Stage(id="s", title="S"),) * 2}, ("stages", 1, "id"), "doubled"),
        (
            {"example": True, "demo": False, "source": "https://board.example"},
            ("example",),
            "no-source",
        ),
        (
            {"example": True, "source": "https://b.example", "checked_on": TODAY},
            ("demo",),
            "contradiction",
        ),
        ({"renewal": Renewal(requirements=())}, ("renewal", "requirements"), "empty"),
        ({"renewal": Renewal(requirements=(A,), grace="x")}, ("renewal", "grace"), "figure"),
    ],
)
def test_the_head_of_a_programme_is_checked_too(others, path, code):
    found = problems_in(make_programme(A, **others))
    assert [(problem.path, problem.code) for problem in found] == [(path, code)]


def test_a_programme_needs_requirements():
    assert [problem.code for problem in problems_in(make_programme())] == ["empty"]


def test_a_figure_without_a_source_is_refused_unless_invented_or_to_be_set():
    plain = {"demo": False}
    assert [p.code for p in problems_in(make_programme(make_sum(), **plain))] == ["no-source"]
    assert problems_in(make_programme(make_sum("to be set"), **plain)) == ()
    assert problems_in(make_programme(make_sum(), source="https://board.example", **plain)) == ()
    own = replace(make_sum(), source="https://board.example")
    assert problems_in(make_programme(own, **plain)) == ()
    inside = All(id="all", label="All", source="https://board.example", of=(make_sum(),))
    assert problems_in(make_programme(inside, **plain)) == ()


def test_names_are_checked_against_what_there_is():
    nodes = (
        Completions(id="m", label="M", modules=("gone",)),
        Signature(id="g", label="G", agreement="gone"),
        Score(
            id="s",
            label="S",
            assessment="exam",
            parts=(PartMark(part="whole", label="W"), PartMark(part="gone", label="G")),
        ),
        RubricStandard(id="r", label="R", rubric="twelve", performances=1, cover={"C13": 1}),
        HoldsCertificate(id="h", label="H", programmes=("gone",)),
    )
    known = Known(
        modules=frozenset(),
        agreements=frozenset(),
        assessments={"exam": frozenset({"ethics"})},
        rubrics={"twelve": frozenset({"C1"})},
        programmes=frozenset(),
    )
    found = problems_in(make_programme(*nodes), known)
    assert {problem.code for problem in found} == {"unknown"}
    assert [problem.path[1] for problem in found] == [0, 1, 2, 3, 4]


def test_a_programme_can_be_read_back_as_it_was_written():
    programme = read("peer-support-demo")
    assert READER.validate_json(READER.dump_json(programme)) == programme
    assert isinstance(programme.certificate, CertificateWords)
