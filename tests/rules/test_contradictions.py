"""A requirement that nobody could ever meet is found, and the record that should meet it cannot."""

from dataclasses import replace
from typing import Any

import pytest

from lms.rules.programmes.circles import circles_in
from lms.rules.programmes.evidence import (
    ApprovedProvider,
    Condition,
    HoursPart,
    Subset,
    Waivable,
    Window,
)
from lms.rules.programmes.nodes import (
    All,
    AnyOf,
    AtLeast,
    Completions,
    Count,
    HoldsCertificate,
    RubricStandard,
    Sequence,
    Signature,
    Span,
    Substitute,
    When,
)
from lms.rules.record import Record
from lms.rules.verdict import Known, State, problems_in, verdict
from lms.rules.verdict.compile import _compiled
from tests.rules.verdict_making import (
    day,
    entry,
    hours_of,
    make_programme,
    make_sum,
    played,
    row_of,
)

LABEL = {"id": "x", "label": "X"}
A = Completions(id="a", label="A", modules=("m",))
KINDS = ("individual", "group")


def part(own_id="part", kinds=("group",), **others):
    given: dict[str, Any] = {"label": own_id.capitalize(), "of": Subset(kinds=kinds)}
    return HoursPart(id=own_id, **{**given, **others})


BOTH = hours_of(kinds=KINDS)
GROUP = hours_of(kinds=("group",))
CAPPED = (part("g", cap="2 h"), part("i", ("individual",), cap="1 h"))
NEVER = [
    (make_sum("5 h", hours=GROUP, parts=(part(cap="4 h"),)), ("min",)),
    (make_sum("5 h", parts=(part(of=Subset(), cap="4 h"),)), ("min",)),
    (make_sum("5 h", parts=(part(of=Subset(), cap="80 %"),)), ("min",)),
    (make_sum("5 h", hours=BOTH, parts=CAPPED), ("min",)),
    (make_sum("1 h", max="5 h", parts=(part(min="6 h", inside=False),)), ("max",)),
    (make_sum("", max="5 h", parts=(part(min="6 h"),)), ("max",)),
    (make_sum("4 h", max="5 h", parts=(part(min="2 h", inside=False),)), ("max",)),
    (
        make_sum("9 h", parts=(part("g", min="3 h"), part("b", KINDS, cap="2 h"))),
        ("parts", 0, "min"),
    ),
    (
        make_sum("9 h", hours=GROUP, parts=(part("i", ("individual",), min="1 h"),)),
        ("parts", 0, "min"),
    ),
    (
        make_sum("9 h", hours=hours_of(kinds=("group",), without_kinds=KINDS)),
        ("hours", "accept", "without_kinds"),
    ),
    (
        make_sum("9 h", hours=hours_of(topics=("x",), without_topics=("x", "y"))),
        ("hours", "accept", "without_topics"),
    ),
    (
        make_sum(
            "9 h",
            hours=replace(
                hours_of(modes=("live",)), of=Subset(modes=("online",), providers=("q",))
            ),
        ),
        ("hours", "accept", "modes"),
    ),
    (
        make_sum("9 h", hours=hours_of(since="2026-05-01", until="2026-04-30")),
        ("hours", "within", "until"),
    ),
    (
        Signature(
            **LABEL, agreement="code", within=Window(since="2026-05-01", until="2026-04-30")
        ),
        ("within", "until"),
    ),
    (Count(**LABEL, hours=GROUP, distinct="kind", min=2), ("min",)),
    (Count(**LABEL, hours=GROUP, distinct="kind", among=KINDS, min=2), ("min",)),
    (Span(**LABEL, since="enrolled", min="1 year", max="11 months"), ("min",)),
    (Span(**LABEL, since="enrolled", min="32 days", max="1 month"), ("min",)),
    (AtLeast(**LABEL, count=2, of=(A, replace(A, id="b", severity="recommended"))), ("count",)),
    (
        RubricStandard(**LABEL, rubric="r", performances=3, scenarios=("s", "t")),
        ("performances",),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("node", "path"), NEVER)
def test_what_nobody_could_meet_is_named_where_it_stands(node, path):
    found = problems_in(make_programme(node))
    assert [(one.path, one.code) for one in found] == [
        (("requirements", 0, *path), "contradiction")
    ]
    assert found[0].message.startswith("Nobody could ever meet this. ")
    assert len(found[0].message.splitlines()) == 1


ENOUGH = (
    *(entry(f"g{n}", 600, f"2026-04-{n:02}", kind="group", topics=("x",)) for n in (1, 30)),
    *(entry(f"i{n}", 600, f"2026-05-{n:02}") for n in (1, 30)),
)


@pytest.mark.parametrize(
    "node", [node for node, _ in NEVER if getattr(node, "hours", None) is not None]
)
def test_somebody_with_more_than_enough_does_not_meet_it(node):
    """The example record: the rules themselves are asked, past the check that refuses the file."""
    _, compiled = _compiled(make_programme(node), Known())
    found = verdict(compiled, Record("p1", hours=ENOUGH), day("2026-11-21"))
    assert found.row(node.id).state is State.NOT_YET


FINE = [
    make_sum("5 h", hours=GROUP, parts=(part(cap="5 h"),)),
    make_sum("3 h", hours=BOTH, parts=CAPPED),
    make_sum("5 h", parts=CAPPED),
    make_sum("5 h", parts=(part(of=Subset(), cap="4 h", severity="recommended"),)),
    make_sum("5 h", hours=GROUP, also=(hours_of("practice"),), parts=(part(cap="4 h"),)),
    make_sum("to be set", hours=GROUP, parts=(part(cap="4 h"),)),
    make_sum("5 h", hours=GROUP, parts=(part(cap="to be set"),)),
    make_sum("1 h", max="5 h", parts=(part(min="4 h", inside=False),)),
    make_sum("9 h", hours=hours_of(kinds=KINDS, without_kinds=("group",))),
    make_sum("9 h", hours=hours_of(providers=(ApprovedProvider(id="q"),))),
    make_sum("9 h", hours=hours_of(since="2026-05-01", until="2026-05-01")),
    Count(**LABEL, hours=BOTH, distinct="kind", min=2),
    Count(**LABEL, hours=GROUP, distinct="topic", min=2),
    Span(**LABEL, since="enrolled", min="28 days", max="1 month"),
    AtLeast(**LABEL, count=1, of=(A, replace(A, id="b", severity="recommended"))),
    RubricStandard(
        **LABEL, rubric="r", performances=3, scenarios=("s",), different=False
    ),
    Substitute(
        **LABEL,
        into=make_sum("5 h", hours=GROUP, parts=(part(cap="4 h"),)),
        hours=hours_of("practice"),
        give="1 h",
        get="1 h",
    ),
]  # fmt: skip


@pytest.mark.parametrize("node", FINE)
def test_what_somebody_could_meet_is_left_alone(node):
    assert problems_in(make_programme(node)) == ()


def test_what_is_left_alone_at_the_very_line_can_be_met():
    assert row_of(FINE[0], hours=ENOUGH).state is State.MET
    assert row_of(FINE[1], hours=ENOUGH).state is State.MET
    both = tuple(played("s", {"C1": 2}, f"2026-05-0{n}", rubric="r") for n in (1, 2, 3))
    assert row_of(replace(FINE[-2], percent=0), rubrics=both).state is State.MET


def asks(*programmes, **others):
    return HoldsCertificate(id="c", label="C", programmes=programmes, **others)


def circle(**requirements):
    made = {name: make_programme(*own, id=name) for name, own in requirements.items()}
    return [(name, path) for name, path, _ in circles_in(made)]


HERE = ("requirements", 0)


def test_programmes_that_ask_for_each_other_first_are_found():
    assert circle(a=[asks("b")], b=[asks("a")]) == [
        ("a", (*HERE, "programmes")),
        ("b", (*HERE, "programmes")),
    ]
    assert circle(a=[asks("b")], b=[asks("c")], c=[asks("a")], d=[A])[2][0] == "c"
    deep = Sequence(**LABEL, of=(A, All(id="y", label="Y", of=(asks("b"),))))
    assert circle(a=[deep], b=[asks("a")])[0] == ("a", (*HERE, "of", 1, "of", 0, "programmes"))
    ways = AnyOf(**LABEL, of=(asks("b"), asks("c")))
    assert circle(a=[ways], b=[asks("a")], c=[asks("b")])


@pytest.mark.parametrize(
    "opening",
    [
        AnyOf(**LABEL, of=(asks("b"), A)),
        asks("b", severity="recommended"),
        asks("b", waivable=Waivable(by=("coordinator",))),
        asks("b", "from-elsewhere"),
        When(**LABEL, condition=Condition(fact="f", equals="y"), then=asks("b")),
        A,
    ],
)
def test_another_way_opens_a_circle(opening):
    assert circle(a=[opening], b=[asks("a")]) == []
