"""Hours: what counts, what does not and why, at and around each boundary."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.rules.programmes.evidence import (
    ApprovedProvider,
    EligibleSupervisor,
    HoursPart,
    Subset,
    Waivable,
)
from lms.rules.programmes.nodes import Cadence, Count, Gap, Ratio, Share, Span, Substitute
from lms.rules.record import PersonFact, PlanFact, QualificationFact
from lms.rules.verdict import (
    Bounds,
    CanStill,
    Detail,
    Reason,
    State,
    StepCode,
    WaitingOn,
    english,
)
from tests.rules.verdict_making import (
    TODAY,
    counted,
    day,
    entry,
    hours_of,
    judge,
    make_sum,
    refused,
    row_of,
)


@pytest.mark.parametrize(("minutes", "state"), [(599, "not-yet"), (600, "met"), (601, "met")])
def test_a_sum_is_met_at_its_minimum(minutes, state):
    row = row_of(make_sum(), hours=(entry("a", minutes),))
    assert (row.state.value, row.tally.have, row.tally.need) == (state, minutes, 600)


def test_a_short_sum_says_how_much_is_missing_and_whose_turn_it_is():
    row = row_of(make_sum("25 h"), hours=(entry("a", 1350),))
    assert english(row.next_step) == "Log 2 h 30 min of supervision"
    assert row.waiting_on is WaitingOn.TRAINEE


def test_what_waits_for_confirmation_is_the_supervisors_turn_once_it_would_do():
    waits = entry("b", 300, state="submitted")
    row = row_of(make_sum(), hours=(entry("a", 300), waits))
    assert (row.state, row.waiting_on) == (State.NOT_YET, WaitingOn.SUPERVISOR)
    assert row.next_step.code is StepCode.AWAIT_CONFIRMATION
    assert refused(row) == {"b": (300, Reason.NOT_CONFIRMED, None)}
    less = row_of(make_sum(), hours=(entry("a", 299), waits))
    assert less.waiting_on is WaitingOn.TRAINEE


def test_a_maximum_is_broken_by_one_minute_more():
    missed = make_sum("", max="3 h", hours=hours_of("training", flags=("missed",)))
    late = {"ledger": "training", "flags": ("missed",)}
    assert row_of(missed).state is State.MET
    assert row_of(missed, hours=(entry("a", 180, **late),)).state is State.MET
    over = row_of(missed, hours=(entry("a", 181, **late),))
    assert (over.state, over.tally.need) == (State.NOT_YET, Bounds(0, 180))
    assert over.waiting_on is WaitingOn.COORDINATOR


GROUP = HoursPart(id="group", label="Group", of=Subset(kinds=("group",)), cap="4 h")
ALONE = HoursPart(id="alone", label="One to one", of=Subset(kinds=("individual",)), min="3 h")


def test_a_cap_counts_in_order_of_day_recording_and_id():
    first = datetime(2026, 5, 2, 8, tzinfo=UTC)
    hours = (
        entry("late", 120, "2026-05-03", kind="group"),
        entry("b", 120, "2026-05-01", kind="group", recorded_at=first + timedelta(hours=1)),
        entry("c", 60, "2026-05-01", kind="group", recorded_at=first),
    )
    row = row_of(make_sum(parts=(GROUP,)), hours=hours)
    assert counted(row) == {"c": 60, "b": 120, "late": 60}
    assert refused(row) == {"late": (60, Reason.OVER_CAP, 240)}


@pytest.mark.parametrize(("minutes", "over"), [(240, 0), (241, 1)])
def test_a_cap_keeps_what_is_beyond_it_but_does_not_count_it(minutes, over):
    row = row_of(make_sum(parts=(GROUP,)), hours=(entry("g", minutes, kind="group"),))
    assert row.tally.have == 240
    assert sum(one.amount for one in row.tally.not_counted) == over


def test_a_cap_may_be_a_percentage_of_the_minimum():
    half = HoursPart(id="online", label="Online", of=Subset(modes=("online",)), cap="50 %")
    row = row_of(make_sum(parts=(half,)), hours=(entry("a", 400, mode="online"),))
    assert row.tally.have == 300


@pytest.mark.parametrize(("alone", "state"), [(179, "not-yet"), (180, "met")])
def test_the_minimum_of_a_part_lies_inside_the_sum(alone, state):
    hours = (
        entry("a", alone),
        entry("o", 600, "2026-05-02", kind="observation"),
    )
    found = judge(make_sum(parts=(GROUP, ALONE)), hours=hours)
    assert found.row("s").state.value == state
    assert found.row("alone").parent == "s"
    assert (found.row("alone").tally.have, found.row("alone").tally.need) == (alone, 180)


@pytest.mark.parametrize(
    ("ethics", "rest", "state"),
    [(180, 1199, "not-yet"), (180, 1200, "met"), (179, 1400, "not-yet")],
)
def test_the_minimum_of_a_part_may_come_on_top_of_the_sum(ethics, rest, state):
    on_top = HoursPart(
        id="ethics", label="Ethics", of=Subset(topics=("ethics",)), min="3 h", inside=False
    )
    hours = (entry("e", ethics, topics=("ethics",)), entry("r", rest, "2026-05-02"))
    row = row_of(make_sum("20 h", parts=(on_top,)), hours=hours)
    assert (row.state.value, row.tally.need) == (state, 23 * 60)


def test_a_recommended_part_is_said_and_blocks_nothing():
    soft = HoursPart(
        id="soft", label="Group", of=Subset(kinds=("group",)), cap="1 h", severity="recommended"
    )
    wish = HoursPart(
        id="wish",
        label="In pairs",
        of=Subset(kinds=("triadic",)),
        min="1 h",
        severity="recommended",
    )
    found = judge(make_sum(parts=(soft, wish)), hours=(entry("g", 600, kind="group"),))
    assert found.state is State.MET
    assert [caution.code for caution in found.warnings][1:] == ["recommended", "cap-passed"]


def test_domains_split_an_entry_and_a_cap_on_a_domain_takes_only_its_share():
    electives = HoursPart(id="e", label="Electives", of=Subset(domains=("elective",)), cap="1 h")
    ethics = HoursPart(id="ethics", label="Ethics", of=Subset(domains=("ethics",)), min="2 h")
    hours = (entry("a", 240, domains={"elective": 90, "ethics": 120}),)
    found = judge(make_sum("3 h", parts=(electives, ethics)), hours=hours)
    assert counted(found.row("s")) == {"a": 210}
    assert refused(found.row("s")) == {"a": (30, Reason.OVER_CAP, 60)}
    assert counted(found.row("ethics")) == {"a": 120}
    assert found.state is State.MET


def test_only_the_minutes_of_the_domains_asked_for_count():
    row = row_of(
        make_sum("2 h", hours=hours_of(domains=("ethics", "wellness"))),
        hours=(entry("a", 90, domains={"ethics": 60, "advocacy": 30}), entry("b", 60)),
    )
    assert counted(row) == {"a": 60}
    assert row.tally.not_counted == ()


def test_crossing_caps_never_make_more_evidence_count_for_less():
    online = HoursPart(id="online", label="Online", of=Subset(modes=("online",)), cap="1 h")
    group = HoursPart(id="group", label="Group", of=Subset(kinds=("group",)), cap="1 h")
    apart = (
        entry("o", 60, "2026-05-02", mode="online"),
        entry("g", 60, "2026-05-03", kind="group", mode="live"),
    )
    both = entry("x", 60, "2026-05-01", kind="group", mode="online")
    needs = make_sum("2 h", parts=(online, group))
    assert row_of(needs, hours=apart).state is State.MET
    assert row_of(needs, hours=(both, *apart)).state is State.MET


MINUTES = st.integers(0, 300)
LOGGED = st.lists(
    st.tuples(MINUTES, st.sampled_from(["group", "individual"]), st.booleans()), max_size=12
)


@given(logged=LOGGED, cap=MINUTES)
def test_a_cap_that_stands_twice_counts_as_if_it_stood_once(logged, cap):
    """One cap is weighed in a shorter way than several; both come to the same."""
    entries = tuple(
        entry(f"e{number:02}", minutes, kind=kind, state="confirmed" if ok else "submitted")
        for number, (minutes, kind, ok) in enumerate(logged)
    )
    once, again = (
        HoursPart(id=own, label="Group", of=Subset(kinds=("group",)), cap=f"{cap} min")
        for own in ("once", "again")
    )
    short = row_of(make_sum("10 h", parts=(once,)), hours=entries)
    assert row_of(make_sum("10 h", parts=(once, again)), hours=entries) == short
    grouped = sum(minutes for minutes, kind, ok in logged if kind == "group" and ok)
    alone = sum(minutes for minutes, kind, ok in logged if kind != "group" and ok)
    assert short.tally.have == alone + min(grouped, cap)


@pytest.mark.parametrize(
    ("accept", "facts", "reason"),
    [
        ({}, {"state": "submitted"}, Reason.NOT_CONFIRMED),
        ({}, {"state": "draft"}, Reason.NOT_CONFIRMED),
        ({}, {"confirmed_on": TODAY + timedelta(days=1)}, Reason.NOT_CONFIRMED),
        ({}, {"supervisor": "p1"}, Reason.CONFLICT),
        ({"modes": ("live",)}, {"mode": "online"}, Reason.WRONG_MODE),
        ({"media": ("in-person",)}, {"medium": "phone"}, Reason.WRONG_MODE),
        ({"without_flags": ("administrative",)}, {"flags": ("administrative",)}, Reason.EXCLUDED),
        ({"without_kinds": ("self-study",)}, {"kind": "self-study"}, Reason.EXCLUDED),
        ({"without_topics": ("clinical",)}, {"topics": ("clinical",)}, Reason.EXCLUDED),
        ({"assurance": "link"}, {"assurance": "code"}, Reason.TOO_LOW_ASSURANCE),
        ({"assurance": "code"}, {"assurance": None}, Reason.TOO_LOW_ASSURANCE),
        ({"each_at_least": "30 min"}, {"minutes": 29}, Reason.BELOW_GRANULARITY),
        ({"plan": True}, {}, Reason.BEFORE_PLAN),
        ({"providers": (ApprovedProvider(id="p8"),)}, {"provider": "p9"}, Reason.WRONG_PROVIDER),
    ],
)
def test_what_does_not_count_is_shown_with_its_reason(accept, facts, reason):
    fact = entry("a", facts.get("minutes", 60))._replace(**facts)
    row = row_of(make_sum("1 h", hours=hours_of(**accept)), hours=(fact,))
    assert refused(row)["a"][1] is reason
    assert counted(row) == {}
    assert row.state is State.NOT_YET


@pytest.mark.parametrize(
    ("accept", "facts"),
    [
        ({"confirmed": False}, {"state": "submitted"}),
        ({}, {"confirmed_on": TODAY}),
        ({"modes": ("live",)}, {"mode": "live"}),
        ({"assurance": "link"}, {"assurance": "link"}),
        ({"assurance": "link"}, {"assurance": "account"}),
        ({"each_at_least": "30 min"}, {"minutes": 30}),
    ],
)
def test_what_just_suffices_counts(accept, facts):
    fact = entry("a", 60)._replace(**facts)
    row = row_of(make_sum("30 min", hours=hours_of(**accept)), hours=(fact,))
    assert list(counted(row)) == ["a"]


@pytest.mark.parametrize(
    ("on", "counts"),
    [("2026-01-31", False), ("2026-02-01", True), ("2026-06-30", True), ("2026-07-01", False)],
)
def test_a_provider_counts_between_its_days(on, counts):
    listed = ApprovedProvider(id="p9", since=day("2026-02-01"), until=day("2026-06-30"))
    row = row_of(
        make_sum("1 h", hours=hours_of(providers=(listed,))),
        hours=(entry("a", 60, on, provider="p9"),),
    )
    assert bool(counted(row)) is counts


@pytest.mark.parametrize(
    ("on", "reason"), [("2026-01-14", Reason.BEFORE_PLAN), ("2026-01-15", None)]
)
def test_hours_count_from_the_first_day_of_the_plan(on, reason):
    plan = PlanFact("a1", "s1", day("2026-01-15"))
    hours = (entry("a", 60, on, supervisor="s1", plan="a1"), entry("b", 60, on, supervisor="s1"))
    row = row_of(make_sum("2 h", hours=hours_of(plan=True)), hours=hours, plans=(plan,))
    assert [one.reason for one in row.tally.not_counted] == ([reason] * 2 if reason else [])


def test_a_relative_does_not_supervise():
    plan = PlanFact("a1", "s1", day("2026-01-15"), relationship="sibling")
    hours = (entry("a", 60, supervisor="s1"),)
    barred = make_sum("1 h", hours=hours_of(barred=("sibling",)))
    assert refused(row_of(barred, hours=hours, plans=(plan,)))["a"][1] is Reason.CONFLICT
    anybody = make_sum("1 h", hours=hours_of(barred=("any",)))
    assert refused(row_of(anybody, hours=hours, plans=(plan,)))["a"][1] is Reason.CONFLICT
    friend = (plan._replace(relationship="none"),)
    assert row_of(anybody, hours=hours, plans=friend).state is State.MET


WAYS = (
    EligibleSupervisor(credentials=("cps",), hours_practised=1500, held_for="1 year"),
    EligibleSupervisor(credentials=("lmhc",), until=day("2026-04-30")),
)


@pytest.mark.parametrize(
    ("person", "counts"),
    [
        (PersonFact("cps", day("2025-05-01"), 1500), True),
        (PersonFact("cps", day("2025-05-02"), 1500), False),
        (PersonFact("cps", day("2025-05-01"), 1499), False),
        (PersonFact("lmhc", day("2000-01-01"), 9999), False),
        (None, False),
    ],
)
def test_only_an_eligible_supervisors_hours_count(person, counts):
    row = row_of(
        make_sum("1 h", hours=hours_of(supervisors=WAYS)),
        hours=(entry("a", 60, supervisor="s1"),),
        people={"s1": person} if person else {},
    )
    assert bool(counted(row)) is counts


HELD = QualificationFact(credential="cps", since=day("2025-01-01"), until=day("2026-05-31"))
TRAINED = QualificationFact(training="supervision", since=day("2026-03-01"))
PRACTISED = QualificationFact(hours_practised=1500, since=day("2026-04-01"))
BROUGHT = PersonFact(qualifications=(HELD, TRAINED, PRACTISED))


@pytest.mark.parametrize(
    ("way", "first", "last"),
    [
        (EligibleSupervisor(credentials=("cps",)), "2025-01-01", "2026-05-31"),
        (EligibleSupervisor(trained=("supervision",)), "2026-03-01", "2026-11-21"),
        (EligibleSupervisor(hours_practised=1500), "2026-04-01", "2026-11-21"),
        (EligibleSupervisor(credentials=("cps",), held_for="1 year"), "2026-01-01", "2026-05-31"),
        (
            EligibleSupervisor(credentials=("cps",), trained=("supervision",)),
            "2026-03-01",
            "2026-05-31",
        ),
    ],
)
def test_a_qualification_counts_for_the_days_on_which_it_was_held(way, first, last):
    """One day before and one after, the hour is kept and does not count, with its reason."""
    days = [day(first) - timedelta(1), day(first), day(last), day(last) + timedelta(1)]
    needs = make_sum("1 h", hours=hours_of(supervisors=(way,)))
    found = []
    for number, on in enumerate(days):
        entries = (entry(f"h{number}", 60, on.isoformat(), supervisor="s1"),)
        row = row_of(needs, hours=entries, people={"s1": BROUGHT})
        found.append(bool(counted(row)))
        if not counted(row) and on <= TODAY:
            assert row.tally.not_counted[0].detail is Detail.NOT_QUALIFIED
    assert found == [False, True, True, False]


def test_of_several_credentials_one_held_long_enough_will_do():
    young = QualificationFact(credential="cps", since=day("2026-04-01"))
    old = QualificationFact(credential="cps", since=day("2020-01-01"))
    needs = make_sum("1 h", hours=hours_of(supervisors=WAYS[:1]))
    hours = (entry("a", 60, supervisor="s1"),)
    for held, counts in (((young,), False), ((young, old), True), ((old, young), True)):
        person = PersonFact(hours_practised=1500, qualifications=held)
        assert bool(counted(row_of(needs, hours=hours, people={"s1": person}))) is counts


def test_an_earlier_way_of_being_eligible_ends_on_its_last_day():
    needs = make_sum("1 h", hours=hours_of(supervisors=WAYS))
    people = {"s1": PersonFact("lmhc")}
    last = (entry("a", 60, "2026-04-30", supervisor="s1"),)
    assert row_of(needs, hours=last, people=people).state is State.MET


@pytest.mark.parametrize(("minutes", "have", "left"), [(44, 30, 14), (45, 45, 0), (14, 0, 14)])
def test_hours_count_in_steps(minutes, have, left):
    row = row_of(make_sum("1 h", hours=hours_of(steps_of="15 min")), hours=(entry("a", minutes),))
    assert row.tally.have == have
    expected = {"a": (left, Reason.BELOW_GRANULARITY, 15)} if left else {}
    assert refused(row) == expected


def test_the_same_course_counts_once_where_repeats_do_not():
    hours = (
        entry("b", 60, "2026-05-02", provider="p", topics=("y", "x")),
        entry("a", 60, "2026-05-01", provider="p", topics=("x", "y")),
        entry("c", 60, "2026-05-03", provider="p", topics=("x",)),
    )
    row = row_of(make_sum("2 h", hours=hours_of(repeats=False)), hours=hours)
    assert (list(counted(row)), row.state) == (["a", "c"], State.MET)
    assert refused(row) == {"b": (60, Reason.DUPLICATE, None)}


def test_of_a_repeated_course_the_longest_counts_and_no_minute_twice():
    hours = (
        entry("a", 60, "2026-05-01", provider="p"),
        entry("b", 90, "2026-05-02", provider="p"),
    )
    row = row_of(make_sum("1 h", hours=hours_of(repeats=False)), hours=hours)
    assert (row.tally.have, row.met_on) == (90, day("2026-05-01"))
    assert refused(row) == {"b": (60, Reason.DUPLICATE, None)}


def test_an_entry_that_two_selectors_mean_counts_once():
    both = make_sum("2 h", also=(hours_of("practice"), hours_of(kinds=("individual",))))
    hours = (entry("a", 60), entry("b", 60, "2026-05-02", ledger="practice"))
    assert counted(row_of(both, hours=hours)) == {"a": 60, "b": 60}


def test_the_four_ledgers_are_never_mixed():
    hours = tuple(
        entry(ledger, 60, ledger=ledger)
        for ledger in ("training", "practice", "continuing-education")
    )
    row = row_of(make_sum("1 h"), hours=hours)
    assert (row.tally.counted, row.tally.not_counted) == ((), ())


def test_evidence_from_after_the_day_does_not_count():
    tomorrow = TODAY + timedelta(days=1)
    hours = (
        entry("a", 60, TODAY.isoformat()),
        entry("b", 60, tomorrow.isoformat()),
        entry("c", 60, "2026-11-01", until=tomorrow),
    )
    row = row_of(make_sum("1 h"), hours=hours)
    assert counted(row) == {"a": 60}
    assert {one[1] for one in refused(row).values()} == {Reason.OUT_OF_WINDOW}


@pytest.mark.parametrize(
    ("percent", "minutes", "state"), [("50 %", 300, "met"), ("50 %", 299, "not-yet")]
)
def test_a_share_is_met_at_its_minimum(percent, minutes, state):
    live = hours_of(kinds=("live",))
    share = Share(id="f", label="Face to face", hours=live, of_hours=hours_of(), min=percent)
    hours = (entry("a", minutes, kind="live"), entry("b", 600 - minutes, kind="online"))
    row = row_of(share, hours=hours)
    assert (row.state.value, row.tally.have) == (state, Fraction(minutes, 6))


def test_a_share_of_nothing_is_not_met_and_a_maximum_of_nothing_is():
    low = Share(id="f", label="F", hours=hours_of(), of_hours=hours_of(), min="1 %")
    high = Share(id="f", label="F", hours=hours_of(), of_hours=hours_of(), max="10 %")
    assert row_of(low).state is State.NOT_YET
    assert row_of(high).state is State.MET
    assert row_of(high, hours=(entry("a", 60),)).state is State.NOT_YET


@pytest.mark.parametrize(("supervised", "state"), [(59, "not-yet"), (60, "met")])
def test_a_ratio_grows_with_the_work(supervised, state):
    ratio = Ratio(
        id="r", label="R", hours=hours_of(), to=hours_of("practice"), give="1 h", per="20 h"
    )
    hours = (entry("w", 1200, ledger="practice"), entry("s", supervised, "2026-05-02"))
    row = row_of(ratio, hours=hours)
    assert (row.state.value, row.tally.need) == (state, 60)


@pytest.mark.parametrize(("second", "state"), [(1200, "met"), (1201, "not-yet")])
def test_a_gap_is_the_work_done_without_supervision(second, state):
    gap = Gap(id="g", label="G", hours=hours_of(), over=hours_of("practice"), max="40 h")
    hours = (
        entry("w1", 1200, "2026-05-01", ledger="practice"),
        entry("w2", second, "2026-05-02", ledger="practice"),
        entry("s", 60, "2026-05-02"),
        entry("w3", 60, "2026-05-03", ledger="practice"),
    )
    row = row_of(gap, hours=hours)
    assert (row.state.value, row.tally.need) == (state, Bounds(0, 2400))
    assert row.tally.have == 1200 + second


@pytest.mark.parametrize(("on", "state"), [("2026-06-15", "met"), ("2026-06-16", "not-yet")])
def test_a_gap_in_days_runs_until_today(on, state):
    gap = Gap(id="g", label="G", hours=hours_of(), max="45 days", since="enrolled")
    facts = {"enrolled_on": day("2026-04-01"), "hours": (entry("a", 60, "2026-05-01"),)}
    row = row_of(gap, on=day(on), **facts)
    assert row.state.value == state
    assert row.by == (day("2026-06-15") if state == "met" else None)


def test_a_gap_from_a_day_nobody_recorded_needs_a_person():
    gap = Gap(id="g", label="G", hours=hours_of(), max="45 days", since="fact:began_on")
    known = {"began_on": "2026-11-01"}
    assert row_of(gap, facts=known).state is State.MET
    row = row_of(gap, hours=(entry("a", 60, "2026-11-20"),))
    assert (row.state, row.waiting_on) == (State.NEEDS_A_PERSON, WaitingOn.COORDINATOR)


def test_a_cadence_asks_for_each_full_stretch_and_tells_the_day_for_the_one_under_way():
    monthly = Cadence(id="c", label="Monthly", hours=hours_of(), every="1 month", since="enrolled")
    facts = {
        "enrolled_on": day("2026-01-31"),
        "hours": (entry("a", 60, "2026-02-27"), entry("b", 60, "2026-02-28")),
    }
    row = row_of(monthly, on=day("2026-03-30"), **facts)
    assert (row.state, row.tally.have, row.tally.need) == (State.MET, 1, 1)
    row = row_of(monthly, on=day("2026-03-31"), **facts)
    assert (row.state, row.tally.have, row.by) == (State.MET, 2, day("2026-04-29"))
    row = row_of(monthly, on=day("2026-04-30"), **facts)
    assert (row.state, row.tally.have, row.tally.need) == (State.NOT_YET, 2, 3)
    assert row.waiting_on is WaitingOn.COORDINATOR


def test_a_cadence_tolerates_as_many_lacking_stretches_as_it_says():
    facts = {"enrolled_on": day("2026-01-01"), "hours": (entry("a", 60, "2026-01-05"),)}
    for tolerate, state in ((1, State.MET), (0, State.NOT_YET)):
        weekly = Cadence(
            id="c",
            label="Weekly",
            hours=hours_of(),
            every="1 week",
            since="enrolled",
            tolerate=tolerate,
        )
        assert row_of(weekly, on=day("2026-01-15"), **facts).state is state


def test_a_missed_stretch_can_only_be_mended_by_a_person_or_not_at_all():
    given = {"label": "W", "hours": hours_of(), "every": "1 week", "since": "enrolled"}
    facts = {"enrolled_on": day("2026-01-01")}
    assert judge(Cadence(id="c", **given), **facts).can_still.state is CanStill.NO
    waivable = Cadence(id="c", **given, waivable=Waivable(by=("coordinator",)))
    assert judge(waivable, **facts).can_still.state is CanStill.NEEDS_A_PERSON


def test_a_count_counts_entries_or_different_ones_of_something():
    three = (
        entry("a", 60, supervisor="s1"),
        entry("b", 60, "2026-05-02", supervisor="s1"),
        entry("c", 60, "2026-05-03", supervisor="s2"),
    )
    assert row_of(Count(id="n", label="N", hours=hours_of(), min=3), hours=three).state is State.MET
    different = Count(id="n", label="N", hours=hours_of(), min=3, distinct="supervisor")
    row = row_of(different, hours=three)
    assert (row.state, row.tally.have) == (State.NOT_YET, 2)
    assert refused(row) == {"b": (1, Reason.DUPLICATE, None)}


def test_a_count_can_ask_for_every_domain_and_names_what_is_lacking():
    every = Count(
        id="n",
        label="Domains",
        hours=hours_of(),
        min=3,
        distinct="domain",
        among=("ethics", "wellness", "advocacy"),
    )
    row = row_of(every, hours=(entry("a", 60, domains={"ethics": 30, "wellness": 30}),))
    assert (row.tally.have, counted(row)) == (2, {"a": 2})
    assert english(row.next_step) == "Still to come in domains: advocacy"


@pytest.mark.parametrize(
    ("on", "state"), [("2028-02-28", "not-yet"), ("2028-02-29", "met"), ("2028-03-01", "met")]
)
def test_a_span_is_measured_on_the_calendar(on, state):
    span = Span(id="d", label="D", since="enrolled", min="6 months")
    row = row_of(span, on=day(on), enrolled_on=day("2027-08-31"))
    assert row.state.value == state
    assert row.met_on == (day("2028-02-29") if state == "met" else None)


@pytest.mark.parametrize(("born", "state"), [("2008-11-21", "met"), ("2008-11-22", "not-yet")])
def test_an_age_is_a_span_since_the_day_of_birth(born, state):
    adult = Span(id="age", label="Age", since="fact:born_on", min="18 years")
    assert row_of(adult, facts={"born_on": born}).state.value == state


@pytest.mark.parametrize("facts", [{}, {"born_on": "soon"}, {"born_on": 7}])
def test_an_unknown_day_needs_a_person(facts):
    adult = Span(id="age", label="Age", since="fact:born_on", min="18 years")
    row = row_of(adult, facts=facts)
    assert (row.state, row.waiting_on) == (State.NEEDS_A_PERSON, WaitingOn.COORDINATOR)
    assert english(row.next_step) == "The coordinator first records this: born_on"


def test_a_span_of_hours_runs_from_the_first_to_the_last():
    span = Span(id="d", label="D", hours=hours_of(), min="6 months")
    first = entry("a", 60, "2026-01-15")
    assert row_of(span, hours=(first,)).state is State.NOT_YET
    half_a_year = (first, entry("b", 60, "2026-07-15"))
    assert row_of(span, hours=half_a_year).state is State.MET


EDUCATION = make_sum("180 h", hours=hours_of("training"))
SERVICE = Substitute(
    id="x",
    label="Education or service",
    into=EDUCATION,
    hours=hours_of("practice"),
    give="28 h",
    get="1 h",
    cap="140 h",
)


@pytest.mark.parametrize(
    ("service_hours", "state"), [(140 * 28 - 1, "not-yet"), (140 * 28, "met"), (140 * 30, "met")]
)
def test_other_hours_stand_in_at_their_rate_up_to_the_cap(service_hours, state):
    hours = (
        entry("t", 40 * 60, ledger="training"),
        entry("p", service_hours * 60, ledger="practice"),
    )
    row = row_of(SERVICE, hours=hours)
    assert row.state.value == state
    assert row.tally.have <= 180 * 60
    too_little = (hours[0]._replace(minutes=40 * 60 - 1), hours[1])
    assert row_of(SERVICE, hours=too_little).state is State.NOT_YET


def test_the_amounts_that_stand_in_and_those_over_the_cap_come_to_all_of_them():
    row = row_of(SERVICE, hours=(entry("p", 150 * 28 * 60, ledger="practice"),))
    assert counted(row) == {"p": 140 * 60}
    assert refused(row) == {"p": (10 * 60, Reason.OVER_CAP, 140 * 60)}
