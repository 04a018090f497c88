"""Laws of the verdict, tried on many generated programmes and records."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import count
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.rules.programmes.evidence import (
    AttemptsPolicy,
    Condition,
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
    Combinator,
    Completions,
    Count,
    DecisionBy,
    Document,
    Gap,
    HoldsCertificate,
    Leaf,
    Ratio,
    RubricStandard,
    Score,
    Sequence,
    Share,
    Signature,
    Span,
    Substitute,
    Sum,
    When,
)
from lms.rules.record import (
    AttestationFact,
    CertificateFact,
    CompletionFact,
    DecisionFact,
    DocumentFact,
    HoursFact,
    PerformanceFact,
    PlanFact,
    Record,
    ScoreFact,
    SignatureFact,
    WaiverFact,
)
from lms.rules.verdict import State, compile_programme, describe, summary_of, verdict
from tests.rules.verdict_making import TODAY, hours_of, make_programme

START = date(2026, 1, 1)
DAYS = st.integers(0, 330).map(lambda number: START + timedelta(days=number))
IDS = st.sampled_from("abc")
"""The start of an id; its place in the list makes it unique."""
WORDS = st.sampled_from
KINDS, MODES, TOPICS = ("individual", "group"), ("live", "online"), ("x", "y")

hours_facts = st.builds(
    HoursFact,
    id=IDS,
    ledger=WORDS(("supervision", "practice")),
    minutes=st.integers(0, 300),
    on=DAYS,
    kind=WORDS(KINDS),
    until=st.none(),
    domains=st.none().map(lambda _: {}),
    topics=st.sampled_from(((), ("x",), ("y",), ("x", "y"))),
    mode=WORDS(MODES),
    provider=WORDS(("p1", "p2")),
    state=WORDS(("confirmed", "confirmed", "confirmed", "submitted")),
    supervisor=WORDS(("s1", "s2", "p1")),
    assurance=WORDS(("account", "code", None)),
)


def _with_domains(entry: HoursFact) -> HoursFact:
    half = entry.minutes // 2
    return entry._replace(domains={"ethics": half, "wellness": entry.minutes - half - half // 2})


hours_facts = hours_facts | hours_facts.map(_with_domains)
levels = st.dictionaries(WORDS(("C1", "C2", "C3")), st.integers(0, 2), max_size=3)
FACTS = {
    "hours": hours_facts,
    "completions": st.builds(
        CompletionFact, id=IDS, module=WORDS("abc"), on=DAYS, version=WORDS(("1", "2", "x"))
    ),
    "scores": st.builds(
        ScoreFact,
        id=IDS,
        assessment=WORDS(("exam", "other")),
        score_percent=st.fractions(0, 100, max_denominator=12),
        on=DAYS,
        part=WORDS(("whole", "a", "b")),
        state=WORDS(("released", "released", "submitted", "draft")),
    ),
    "rubrics": st.builds(
        PerformanceFact,
        id=IDS,
        rubric=WORDS(("twelve", "other")),
        scenario=WORDS(("lift", "lunch", "door")),
        on=DAYS,
        levels=levels,
        harm=st.just(()),
        state=WORDS(("released", "released", "submitted")),
        markers=WORDS((("m1", "m2"), ("m1",))),
        apart=st.integers(0, 2),
    ),
    "documents": st.builds(
        DocumentFact, id=IDS, kind=WORDS(("check", "letter")), on=DAYS, expires_on=st.none() | DAYS
    ),
    "attestations": st.builds(
        AttestationFact, id=IDS, what=st.just("said"), by=WORDS(("self", "supervisor")), on=DAYS
    ),
    "signatures": st.builds(
        SignatureFact, id=IDS, agreement=WORDS(("code", "other")), version=WORDS("12"), on=DAYS
    ),
    "certificates": st.builds(
        CertificateFact,
        id=IDS,
        programme=WORDS(("before", "other")),
        issued_on=DAYS,
        valid_until=st.none() | st.just(date(2027, 1, 1)),
        state=WORDS(("valid", "valid", "revoked")),
    ),
    "waivers": st.builds(
        WaiverFact, id=IDS, requirement=WORDS(("n1", "n2")), by=WORDS(("coordinator", "x")), on=DAYS
    ),
}
OTHER_FACTS = {
    "decisions": st.builds(
        DecisionFact,
        id=IDS,
        what=WORDS(("q", "harm-resolved", "document-accepted")),
        outcome=WORDS(("ready", "not-yet", "r1")),
        by=WORDS(("coordinator", "trainer")),
        on=DAYS,
    ),
    "plans": st.builds(PlanFact, id=IDS, supervisor=WORDS(("s1", "s2")), from_on=DAYS),
}


def records(kinds):
    lists = {name: st.lists(one, max_size=5).map(_with_ids) for name, one in kinds.items()}
    return st.builds(Record, person=st.just("p1"), enrolled_on=st.just(START), **lists)


def _with_ids(facts):
    return tuple(fact._replace(id=f"{fact.id}{place}") for place, fact in enumerate(facts))


def with_one_more(record, name, fact):
    facts = getattr(record, name)
    return record._replace(**{name: (*facts, fact._replace(id=f"{fact.id}x"))})


GROUP = HoursPart(id="g", label="G", of=Subset(kinds=("group",)), cap="3 h")
ONLINE = HoursPart(id="o", label="O", of=Subset(modes=("online",)), cap="40 %")
ETHICS = HoursPart(id="e", label="E", of=Subset(domains=("ethics",)), min="1 h", cap="2 h")
ON_TOP = HoursPart(id="t", label="T", of=Subset(topics=("x",)), min="1 h", inside=False)
LIMITS = AttemptsPolicy(limit=2, wait="30 days")
LABEL = {"id": "leaf", "label": "Leaf"}

# Kinds for which more evidence never worsens the answer.
STEADY = (
    Completions(**LABEL, modules=("a", "b"), at_least=1),
    Completions(**LABEL, modules=("a", "b", "c"), since_version={"a": 2}),
    Sum(**LABEL, hours=hours_of(), min="5 h", parts=(GROUP,)),
    Sum(**LABEL, hours=hours_of(steps_of="15 min"), min="4 h", parts=(GROUP, ONLINE)),
    Sum(**LABEL, hours=hours_of(repeats=False), min="4 h"),
    Sum(**LABEL, hours=hours_of(), min="4 h", parts=(ETHICS, ON_TOP)),
    Sum(**LABEL, hours=hours_of(last="6 months"), also=(hours_of("practice"),), min="6 h"),
    Sum(**LABEL, hours=hours_of(modes=("live",), assurance="account", plan=True), min="2 h"),
    Count(**LABEL, hours=hours_of(), min=2, distinct="supervisor"),
    Count(**LABEL, hours=hours_of(), min=2, distinct="topic", among=("x", "y")),
    Span(**LABEL, hours=hours_of(), min="3 months"),
    Substitute(
        **LABEL,
        into=Sum(id="into", label="Into", hours=hours_of(), min="5 h", parts=(ETHICS,)),
        hours=hours_of("practice"),
        give="3 h",
        get="1 h",
        cap="1 h",
    ),
    Attest(**LABEL, what="said", by=("supervisor",)),
    Signature(**LABEL, agreement="code", versions=("2",)),
    Document(**LABEL, kinds=("check",), count=2, max_age="6 months"),
    Score(
        **LABEL,
        assessment="exam",
        parts=(
            PartMark(part="a", label="A", min=50),
            PartMark(part="b", label="B", min=60),
        ),
        attempts=LIMITS,
    ),
    Score(**LABEL, assessment="exam", parts=(PartMark(part="whole", label="W", min=70),)),
    HoldsCertificate(**LABEL, programmes=("before",)),
    When(
        **LABEL,
        condition=Condition(fact="enrolled_on", on_or_after=START),
        then=Signature(id="then", label="Then", agreement="code"),
    ),
    RubricStandard(
        **LABEL, rubric="twelve", performances=1, markers=2, sample="50 %", settle_above=1
    ),
    RubricStandard(**LABEL, rubric="twelve", performances=2, percent=50, floor=1, cover={"C3": 2}),
)
# The same, but the day on which it was met may move: a step after it in a sequence may shut again.
STEADY_BY_ITSELF = (
    Cadence(**LABEL, hours=hours_of(), every="1 month", since="enrolled", tolerate=8),
    Cadence(**LABEL, hours=hours_of(), times=2, every="6 months", since="enrolled"),
    Gap(**LABEL, hours=hours_of(), max="60 days", since="enrolled"),
    Span(**LABEL, since="enrolled", min="3 months"),
)
# Kinds for which it may: what is a share, a ratio, a gap, has a maximum, or is decided.
UNSTEADY = (
    Share(**LABEL, hours=hours_of(kinds=("group",)), of_hours=hours_of(), max=40),
    Ratio(**LABEL, hours=hours_of(), to=hours_of("practice"), give="1 h", per="3 h"),
    Gap(**LABEL, hours=hours_of(), max="60 days", since="enrolled"),
    Sum(**LABEL, hours=hours_of(), max="8 h"),
    DecisionBy(**LABEL, what="q", outcomes=("ready",), by=("coordinator",)),
)


def trees(leaves):
    leaf = st.sampled_from(leaves)
    branch = st.sampled_from((All, AnyOf, Sequence, AtLeast))

    def grown(children):
        return st.builds(_branch, branch, st.lists(children, min_size=1, max_size=3))

    return st.recursive(leaf, grown, max_leaves=5)


def _branch(kind, children):
    extra = {"count": max(1, len(children) - 1)} if kind is AtLeast else {}
    return kind(id="branch", label="Branch", of=tuple(children), **extra)


def _numbered(node, counter):
    """Give every node of a tree an id of its own, parts and inner sums included."""
    own = f"n{next(counter)}"
    changes = {"id": own, "waivable": Waivable(by=("coordinator",))}
    if isinstance(node, When):
        changes["then"] = _numbered(node.then, counter)
    if hasattr(node, "of") and isinstance(node.of, tuple):
        changes["of"] = tuple(_numbered(child, counter) for child in node.of)
    if hasattr(node, "into"):
        changes["into"] = _numbered(node.into, counter)
    if getattr(node, "parts", ()) and isinstance(node.parts[0], HoursPart):
        changes["parts"] = tuple(replace(part, id=f"{own}-{part.id}") for part in node.parts)
    return replace(node, **changes)


def programme_of(tree):
    return compile_programme(make_programme(_numbered(tree, iter(range(1, 1000)))))


STEADY_PROGRAMMES = trees(STEADY).map(programme_of)
PROGRAMMES = trees(STEADY + UNSTEADY).map(programme_of)
RANK = {State.NOT_YET: 0, State.NEEDS_A_PERSON: 1, State.WAIVED: 2, State.MET: 2}


@settings(max_examples=60, deadline=None)
@given(STEADY_PROGRAMMES, records(FACTS), st.data())
def test_more_evidence_never_worsens_what_is_not_listed(programme, record, data):
    before = verdict(programme, record, TODAY)
    name = data.draw(st.sampled_from(sorted(FACTS)))
    more = with_one_more(record, name, data.draw(FACTS[name]))
    after = verdict(programme, more, TODAY)
    for old, new in zip(before.rows, after.rows, strict=True):
        assert RANK[new.state] >= RANK[old.state], (old, new)
        if old.met_on is not None and new.met_on is not None:
            assert new.met_on <= old.met_on, (old, new)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(STEADY_BY_ITSELF).map(programme_of), records(FACTS), st.data())
def test_more_evidence_never_worsens_a_cadence_or_a_gap_in_days(programme, record, data):
    name = data.draw(st.sampled_from(sorted(FACTS)))
    more = with_one_more(record, name, data.draw(FACTS[name]))
    before, after = verdict(programme, record, TODAY), verdict(programme, more, TODAY)
    assert RANK[after.state] >= RANK[before.state]


def test_the_laws_are_tried_on_every_kind_there_is():
    tried = {type(node) for node in (*STEADY, *STEADY_BY_ITSELF, *UNSTEADY)}
    brackets = {All, AnyOf, Sequence, AtLeast}
    assert tried | brackets == {*get_args(Leaf), *get_args(Combinator)}


NEAR = st.integers(0, 9).map(lambda number: START + timedelta(days=number))
USEFUL = {
    "hours": st.builds(
        HoursFact,
        id=IDS,
        ledger=st.just("supervision"),
        minutes=WORDS((30, 60, 120, 180)),
        on=NEAR,
        kind=WORDS(KINDS),
        until=st.none() | NEAR.map(lambda day: day + timedelta(days=9)),
        topics=WORDS(((), ("x",))),
        mode=WORDS(MODES),
        provider=WORDS(("p1", "p2")),
        state=st.just("confirmed"),
    ),
    "rubrics": st.builds(
        PerformanceFact,
        id=IDS,
        rubric=st.just("twelve"),
        scenario=WORDS(("lift", "lunch")),
        on=NEAR,
        levels=st.dictionaries(WORDS(("C1", "C3")), st.integers(1, 2), min_size=1),
        state=st.just("released"),
        markers=st.just(("m1",)),
    ),
}
CLOSE = (
    Sum(**LABEL, hours=hours_of(), min="4 h", parts=(GROUP, ONLINE)),
    Sum(**LABEL, hours=hours_of(repeats=False), min="4 h"),
    Sum(**LABEL, hours=hours_of(), min="3 h", parts=(ON_TOP, ONLINE)),
    *STEADY[-1:],
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(CLOSE).map(programme_of), records(USEFUL), st.data())
def test_more_of_the_same_never_worsens_close_to_the_line(programme, record, data):
    name = data.draw(st.sampled_from(sorted(USEFUL)))
    more = with_one_more(record, name, data.draw(USEFUL[name]))
    pairs = zip(
        verdict(programme, record, TODAY).rows, verdict(programme, more, TODAY).rows, strict=True
    )
    for old, new in pairs:
        assert RANK[new.state] >= RANK[old.state], (old, new)
        assert new.tally.have >= old.tally.have
        assert old.met_on is None or new.met_on <= old.met_on, (old, new)


@settings(max_examples=40, deadline=None)
@given(PROGRAMMES, records(FACTS | OTHER_FACTS), st.randoms(use_true_random=False))
def test_the_order_of_facts_never_matters(programme, record, chance):
    shuffled = {}
    for name in (*FACTS, *OTHER_FACTS):
        facts = list(getattr(record, name))
        chance.shuffle(facts)
        shuffled[name] = tuple(facts)
    assert verdict(programme, record._replace(**shuffled), TODAY) == verdict(
        programme, record, TODAY
    )


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([leaf for leaf in STEADY if isinstance(leaf, Sum)]), records(FACTS))
def test_counted_and_not_counted_are_all_the_evidence_meant(node, record):
    found = verdict(programme_of(node), record, TODAY)
    tally = found.rows[1].tally
    ledgers = {node.hours.ledger, *(hours.ledger for hours in node.also)}
    meant = {entry.id: entry.minutes for entry in record.hours if entry.ledger in ledgers}
    shown: dict[str, int] = {}
    for one in (*tally.counted, *tally.not_counted):
        shown[one.id] = shown.get(one.id, 0) + one.amount
    assert shown == meant
    assert tally.have == sum(one.amount for one in tally.counted)


@settings(max_examples=40, deadline=None)
@given(PROGRAMMES, records(FACTS | OTHER_FACTS), DAYS)
def test_today_is_only_an_input_and_later_evidence_changes_nothing(programme, record, on):
    def past(facts):
        keys = ("on", "from_on", "issued_on")
        days = [(f, next(getattr(f, key) for key in keys if hasattr(f, key))) for f in facts]
        return tuple(fact for fact, day in days if day <= on)

    names = (*FACTS, *OTHER_FACTS)
    known = record._replace(**{name: past(getattr(record, name)) for name in names})
    full, cut = verdict(programme, record, on), verdict(programme, known, on)
    assert [(row.id, row.state, row.tally.have) for row in full.rows] == [
        (row.id, row.state, row.tally.have) for row in cut.rows
    ]


@settings(max_examples=40, deadline=None)
@given(PROGRAMMES, records(FACTS | OTHER_FACTS), DAYS)
def test_every_answer_is_whole(programme, record, on):
    found = verdict(programme, record, on)
    answer = found.to_json()
    assert answer["state"] == answer["requirements"][0]["state"]
    ids = [row["id"] for row in answer["requirements"]]
    assert len(ids) == len(set(ids))
    for row in answer["requirements"]:
        assert row["parent"] in ids or row["id"] == "root"
        settled = row["state"] in ("met", "waived", "not-applicable")
        assert settled or row["next_step"]
        assert (row["waiting_on"] == "nobody") or not settled
    summary = summary_of(found)
    assert summary.settled + len(summary.to_go) == summary.total
    assert describe(found).count("\n") >= len(ids) - 1


def _hour(own_id, kind, minutes, ledger="supervision", on=START):
    return HoursFact(own_id, ledger, minutes, on, kind=kind, state="confirmed")


def _played(own_id, **others):
    given = {"scenario": "lift", "on": START, "levels": {"C1": 2}, "state": "released"}
    return PerformanceFact(own_id, "twelve", **{**given, "markers": ("m1",), **others})


READY = DecisionFact("q1", "q", "ready", "coordinator", START)
LATER = DecisionFact("q2", "q", "not-yet", "coordinator", START + timedelta(days=1))
PAPERS = Document(**LABEL, kinds=("check",), outcomes=("clear",))
# Each kind of the guide's list of exceptions: a record that meets it, and one fact that undoes it.
WORSENED = [
    (UNSTEADY[0], "hours", (_hour("a", "individual", 60), _hour("b", "group", 600))),
    (UNSTEADY[1], "hours", (_hour("a", "individual", 60), _hour("b", "", 600, "practice"))),
    (
        Gap(**LABEL, hours=hours_of(), over=hours_of("practice"), max="10 h"),
        "hours",
        (_hour("a", "individual", 60), _hour("b", "", 601, "practice")),
    ),
    (UNSTEADY[3], "hours", (_hour("a", "individual", 60), _hour("b", "individual", 600))),
    (
        Span(**LABEL, hours=hours_of(), max="1 month"),
        "hours",
        (_hour("a", "", 60), _hour("b", "", 60, on=START + timedelta(days=60))),
    ),
    (UNSTEADY[4], "decisions", (READY, LATER)),
    (
        RubricStandard(**LABEL, rubric="twelve", performances=1),
        "rubrics",
        (_played("a"), _played("b", scenario="lunch", harm=("h1",))),
    ),
    (
        PAPERS,
        "documents",
        (
            DocumentFact("a", "check", START, outcome="clear"),
            DocumentFact("b", "check", START + timedelta(days=1), outcome="record"),
        ),
    ),
    (
        Signature(**LABEL, agreement="code", within=Window(since="certificate:before")),
        "certificates",
        (
            CertificateFact("a", "before", START),
            CertificateFact("b", "before", START + timedelta(days=60)),
        ),
    ),
]


@pytest.mark.parametrize(("node", "name", "facts"), WORSENED)
def test_the_listed_exceptions_can_worsen(node, name, facts):
    signed = (SignatureFact("g", "code", "1", START + timedelta(days=30)),)
    programme = compile_programme(make_programme(_numbered(node, count(1))))
    first, both = (
        verdict(programme, Record("p1", signatures=signed, **{name: some}), TODAY).state
        for some in (facts[:1], facts)
    )
    assert (first, both is State.MET) == (State.MET, False)


def test_a_score_stays_exact_to_the_end():
    third = (ScoreFact("t", "exam", Fraction(209, 3), START, "whole", "released"),)
    whole = next(node for node in STEADY if isinstance(node, Score) and len(node.parts) == 1)
    row = verdict(programme_of(whole), Record("p1", scores=third), TODAY).rows[1]
    assert (row.state, row.tally.have) == (State.NOT_YET, Fraction(209, 3))
