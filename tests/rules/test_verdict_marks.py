"""Modules, assessments, role-plays, papers, decisions: each kind at and around its boundary."""

from fractions import Fraction

import pytest

from lms.rules.programmes.evidence import AttemptsPolicy, PartMark, Window
from lms.rules.programmes.nodes import (
    Attest,
    Completions,
    DecisionBy,
    Document,
    HoldsCertificate,
    RubricStandard,
    Score,
    Signature,
)
from lms.rules.record import (
    HANDED_IN,
    AttestationFact,
    CertificateFact,
    DecisionFact,
    DocumentFact,
    PersonFact,
    QualificationFact,
    SignatureFact,
    StateFact,
)
from lms.rules.verdict import CanStill, Detail, Reason, State, Unit, WaitingOn, english
from tests.rules.verdict_making import (
    TODAY,
    counted,
    day,
    done,
    judge,
    played,
    refused,
    row_of,
    score,
)

# Modules


def test_all_modules_are_asked_for_unless_a_number_is_given():
    three = Completions(id="m", label="M", modules=("a", "b", "c"))
    two = Completions(id="m", label="M", modules=("a", "b", "c"), at_least=2)
    facts = (done("a"), done("b"))
    row = row_of(three, completions=facts)
    assert (row.state, row.tally.have, row.tally.need) == (State.NOT_YET, 2, 3)
    assert english(row.next_step) == "Finish this module: c"
    assert row_of(two, completions=facts).state is State.MET
    assert (
        english(row_of(two, completions=facts[:1]).next_step) == "Finish one more of these: b and c"
    )


def test_a_module_counts_once_and_only_in_a_version_that_is_asked_for():
    newer = Completions(id="m", label="M", modules=("a",), since_version={"a": 2})
    row = row_of(newer, completions=(done("a", version="1"), done("b")))
    assert (row.state, refused(row)["c-a-2026-05-01"][1]) == (State.NOT_YET, Reason.EXCLUDED)
    facts = (done("a", "2026-06-01", version="2"), done("a", "2026-07-01", version="10"))
    row = row_of(newer, completions=facts)
    assert (row.state, row.met_on) == (State.MET, day("2026-06-01"))
    assert refused(row) == {"c-a-2026-07-01": (1, Reason.DUPLICATE, None)}


@pytest.mark.parametrize(("modules", "state"), [(("a", "b"), "not-yet"), (("a", "c"), "met")])
def test_credits_add_up(modules, state):
    node = Completions(
        id="m", label="M", modules=("a", "b", "c"), credits={"a": 7, "b": 5, "c": 6}, min_credits=13
    )
    row = row_of(node, completions=tuple(done(module) for module in modules))
    assert row.state.value == state


# Scores


def exam(*parts, **others):
    return Score(id="x", label="Exam", noun="the exam", assessment="exam", parts=parts, **others)


def part(name="whole", least="70 %", **others):
    return PartMark(part=name, label=name.title(), min=least, **others)


@pytest.mark.parametrize(
    ("percent", "state"), [("69.9", "not-yet"), ("70", "met"), ("211/3", "met")]
)
def test_a_score_is_compared_exactly(percent, state):
    row = row_of(exam(part()), scores=(score(percent),))
    assert (row.state.value, row.tally.unit) == (state, Unit.PERCENT)
    assert row.tally.have == Fraction(percent)


def test_the_best_released_score_counts_and_says_which():
    row = row_of(
        exam(part()), scores=(score(60), score(90, on="2026-06-01"), score(80, on="2026-07-01"))
    )
    assert counted(row) == {"t-whole-2026-06-01-90": 90}
    assert {one[1] for one in refused(row).values()} == {Reason.DUPLICATE}
    assert row.met_on == day("2026-06-01")


def test_a_score_that_is_being_marked_waits_for_the_trainer():
    row = row_of(exam(part()), scores=(score(90, state="submitted"),))
    assert (row.state, row.waiting_on) == (State.NOT_YET, WaitingOn.TRAINER)
    assert refused(row)["t-whole-2026-05-01-90"][1] is Reason.NOT_CONFIRMED


def test_each_domain_must_reach_its_mark_in_any_attempt():
    node = exam(part("a"), part("b", "60 %"))
    first = (score(90, "a"), score(59, "b"))
    found = judge(node, scores=first)
    assert (found.row("x").tally.have, found.row("x").tally.need) == (1, 2)
    assert (found.row("x.a").state, found.row("x.b").state) == (State.MET, State.NOT_YET)
    assert english(found.row("x").next_step) == "Still to come in the exam: B"
    later = (*first, score(10, "a", "2026-06-01"), score(60, "b", "2026-06-01"))
    found = judge(node, scores=later)
    assert (found.state, found.row("x").met_on) == (State.MET, day("2026-06-01"))


@pytest.mark.parametrize(("oral", "state"), [(69, "not-yet"), (70, "met")])
def test_parts_can_be_combined_with_weights(oral, state):
    node = exam(part("written", 0, weight=1), part("oral", 0, weight=3), combined="75 %")
    row = row_of(node, scores=(score(90, "written"), score(oral, "oral")))
    assert row.state.value == state
    assert row.tally.have == Fraction(90 + 3 * oral, 4)


def test_a_combined_mark_needs_every_part_taken():
    node = exam(part("written", 0), part("oral", 0), combined="40 %")
    assert row_of(node, scores=(score(100, "written"),)).state is State.NOT_YET


def test_used_up_tries_need_a_person_and_a_wait_has_its_day():
    twice = exam(part(), attempts=AttemptsPolicy(limit=2, wait="90 days"))
    once = (score(50),)
    row = row_of(twice, on=day("2026-07-29"), scores=once)
    assert english(row.next_step) == "You can take this again from 30 July 2026: the exam"
    row = row_of(twice, on=day("2026-07-30"), scores=once)
    assert english(row.next_step) == "Take this again: the exam. 50% so far, 70% is needed"
    found = judge(twice, scores=(*once, score(60, on="2026-08-01")))
    assert found.row("x").waiting_on is WaitingOn.COORDINATOR
    assert found.can_still.state is CanStill.NEEDS_A_PERSON


def test_a_second_part_of_the_same_attempt_is_no_second_try():
    once = exam(part("a"), part("b"), attempts=AttemptsPolicy(limit=2))
    found = judge(once, scores=(score(50, "a"), score(50, "b")))
    assert found.can_still.state is CanStill.YES


# Role-plays


def role_plays(**others):
    given = {"rubric": "twelve", "performances": 2, "percent": "70 %", "floor": 1}
    return RubricStandard(id="r", label="Role-plays", **{**given, **others})


GOOD = {"C1": 2, "C2": 1, "C3": 2}


def test_role_plays_count_on_different_scenarios():
    same = (played("lift", GOOD), played("lift", GOOD, "2026-06-01"))
    row = row_of(role_plays(), rubrics=same)
    assert (row.state, row.tally.have) == (State.NOT_YET, 1)
    assert english(row.next_step) == "Do one more role-play at standard"
    other = (*same, played("lunch", GOOD, "2026-07-01"))
    row = row_of(role_plays(), rubrics=other)
    assert (row.state, row.met_on) == (State.MET, day("2026-07-01"))
    assert refused(row) == {"r-lift-2026-06-01": (1, Reason.DUPLICATE, None)}
    assert row_of(role_plays(different=False), rubrics=same).state is State.MET


@pytest.mark.parametrize(
    ("levels", "at_standard"),
    [
        ({"C1": 2, "C2": 2, "C3": 0}, False),  # a floor is missed
        ({"C1": 1, "C2": 1, "C3": 2}, False),  # 4 of 6 points
        ({"C1": 2, "C2": 1, "C3": 2}, True),
        ({}, False),
    ],
)
def test_a_role_play_is_at_standard_by_floor_and_share(levels, at_standard):
    row = row_of(role_plays(performances=1), rubrics=(played("lift", levels),))
    assert (row.state is State.MET) is at_standard
    if not at_standard:
        assert row.tally.not_counted[0].detail is Detail.BELOW_STANDARD


def test_floors_may_differ_and_competencies_may_have_to_be_covered():
    firm = role_plays(performances=1, percent=0, floors={"C2": 2})
    assert row_of(firm, rubrics=(played("lift", GOOD),)).state is State.NOT_YET
    cover = role_plays(performances=1, cover={"C1": 2, "C5": 1})
    row = row_of(cover, rubrics=(played("lift", GOOD),))
    assert (row.state, english(row.next_step)) == (State.NOT_YET, "Show these in a role-play: C5")
    both = (played("lift", GOOD), played("lunch", {"C5": 2}, "2026-06-01"))
    assert row_of(cover, rubrics=both).met_on == day("2026-06-01")


def resolved(own_id, by="coordinator", on="2026-06-10"):
    return DecisionFact(f"d-{own_id}-{by}", "harm-resolved", own_id, by, day(on))


def test_a_harm_item_keeps_it_unmet_whatever_the_levels_until_it_is_resolved():
    best = {"C1": 2}
    harmed = played("third", best, "2026-06-01", harm=("H5",))
    plays = (played("lift", best), played("lunch", best), harmed)
    row = row_of(role_plays(), rubrics=plays)
    assert (row.state, row.waiting_on) == (State.NEEDS_A_PERSON, WaitingOn.COORDINATOR)
    assert english(row.next_step) == "The coordinator talks one role-play through with you"
    assert row.tally.not_counted[0].detail is Detail.HARM_OPEN
    by_trainer = (resolved(harmed.id, "trainer"),)
    assert row_of(role_plays(), rubrics=plays, decisions=by_trainer).state is not State.MET
    other = (resolved("another"),)
    assert row_of(role_plays(), rubrics=plays, decisions=other).state is not State.MET
    settled = row_of(role_plays(), rubrics=plays, decisions=(resolved(harmed.id),))
    assert (settled.state, settled.tally.have) == (State.MET, 3)


def test_an_open_harm_item_with_too_few_role_plays_is_not_yet():
    row = row_of(role_plays(), rubrics=(played("lift", GOOD, harm=("H1",)),))
    assert (row.state, row.waiting_on) == (State.NOT_YET, WaitingOn.COORDINATOR)


def test_a_harm_item_of_another_rubric_or_not_yet_released_is_not_known_here():
    plays = (played("lift", GOOD), played("lunch", GOOD))
    strangers = (
        played("x", GOOD, harm=("H1",), rubric="other"),
        played("y", GOOD, harm=("H1",), state="submitted"),
    )
    assert row_of(role_plays(), rubrics=(*plays, *strangers)).state is State.MET


def test_too_few_markers_or_an_unlisted_scenario_do_not_count():
    single = (played("lift", GOOD, markers=("m1", "m1")),)
    row = row_of(role_plays(performances=1, markers=2), rubrics=single)
    assert refused(row) == {"r-lift-2026-05-01": (1, Reason.TOO_LOW_ASSURANCE, 2)}
    row = row_of(role_plays(performances=1, scenarios=("lunch",)), rubrics=single)
    assert refused(row)["r-lift-2026-05-01"][1] is Reason.EXCLUDED


def test_a_sample_needs_two_markers_and_what_they_see_differently_is_settled():
    node = role_plays(performances=1, markers=2, sample="20 %", settle_above=1)
    drawn, other = (played("lift", GOOD, id=i, markers=("m1",)) for i in ("c", "a"))
    assert refused(row_of(node, rubrics=(drawn,))) == {"c": (1, Reason.TOO_LOW_ASSURANCE, 2)}
    assert row_of(node, rubrics=(other,)).state is State.MET
    apart = played("lift", GOOD, id="c", apart=2)
    row = row_of(node, rubrics=(apart,))
    assert (row.state, row.waiting_on) == (State.NEEDS_A_PERSON, WaitingOn.COORDINATOR)
    assert row.tally.not_counted[0].detail is Detail.MARKERS_DIFFER
    assert row_of(node, rubrics=(apart._replace(apart=1),)).state is State.MET
    by_trainer, by_office = (
        DecisionFact("q", "marking-settled", "c", by, day("2026-06-01"))
        for by in ("trainer", "coordinator")
    )
    assert row_of(node, rubrics=(apart,), decisions=(by_trainer,)).state is not State.MET
    settled = row_of(node, rubrics=(apart,), decisions=(by_office,))
    assert (settled.state, settled.met_on) == (State.MET, day("2026-06-01"))


def test_a_role_play_that_is_being_marked_waits_for_the_trainer():
    plays = (played("lift", GOOD), played("lunch", {}, state="submitted"))
    assert row_of(role_plays(), rubrics=plays).waiting_on is WaitingOn.TRAINER


# Signatures, attestations, documents, decisions, certificates


def test_a_signature_is_asked_for_in_a_version():
    node = Signature(id="g", label="G", agreement="code", versions=("3", "4"))
    old = SignatureFact("g1", "code", "2", day("2026-01-11"))
    row = row_of(node, signatures=(old,))
    assert (row.state, row.waiting_on) == (State.NOT_YET, WaitingOn.TRAINEE)
    assert row.tally.not_counted[0].detail is Detail.OLD_VERSION
    assert row_of(node, signatures=(old, old._replace(id="g2", version="4"))).state is State.MET


def attested(own_id, by="self", kind=None, on="2026-01-10"):
    return AttestationFact(own_id, "lived-experience", by, day(on), kind)


def test_an_attestation_waits_for_whoever_may_say_so():
    own = Attest(id="a", label="A", what="lived-experience", by=("self",))
    row = row_of(own)
    assert (row.state, row.waiting_on) == (State.NOT_YET, WaitingOn.TRAINEE)
    assert row_of(own, attestations=(attested("x"),)).state is State.MET
    other = Attest(id="a", label="A", what="lived-experience", by=("supervisor",))
    row = row_of(other, attestations=(attested("x"),))
    assert (row.state, row.waiting_on) == (State.NEEDS_A_PERSON, WaitingOn.SUPERVISOR)
    assert row.tally.not_counted[0].detail is Detail.WRONG_ROLE


def test_an_attestation_may_have_to_be_of_a_type_or_one_of_each():
    facts = (attested("x", kind="family"), attested("y", kind="family", on="2026-01-11"))
    given = {"id": "a", "label": "A", "what": "lived-experience", "by": ("self",)}
    assert row_of(Attest(**given, types=("adult",)), attestations=facts).state is State.NOT_YET
    assert row_of(Attest(**given, types=("adult", "family")), attestations=facts).state is State.MET
    each = Attest(**given, each=("family", "adult"))
    row = row_of(each, attestations=facts)
    assert (row.tally.have, row.tally.need) == (1, 2)
    assert row_of(each, attestations=(*facts, attested("z", kind="adult"))).state is State.MET


def check(own_id="d1", on="2026-05-21", **others):
    return DocumentFact(own_id, "check", day(on), **others)


@pytest.mark.parametrize(("on", "state"), [("2026-08-23", "met"), ("2026-08-22", "not-yet")])
def test_a_document_may_be_no_older_than_so_long(on, state):
    fresh = Document(id="d", label="D", kinds=("check",), max_age="90 days")
    assert row_of(fresh, documents=(check(on=on),)).state.value == state


@pytest.mark.parametrize(("until", "state"), [("2026-11-21", "met"), ("2026-11-20", "not-yet")])
def test_a_document_counts_through_its_last_day(until, state):
    node = Document(id="d", label="D", kinds=("check",))
    assert row_of(node, documents=(check(expires_on=day(until)),)).state.value == state


def test_a_document_with_another_outcome_is_looked_at_by_a_person():
    node = Document(id="d", label="D", kinds=("check",), outcomes=("clear",))
    hit = check(outcome="hit")
    row = row_of(node, documents=(hit,))
    assert (row.state, row.waiting_on) == (State.NEEDS_A_PERSON, WaitingOn.COORDINATOR)
    accepted = DecisionFact("q", "document-accepted", "d1", "coordinator", day("2026-06-01"))
    assert row_of(node, documents=(hit,), decisions=(accepted,)).state is State.MET
    elsewhere = accepted._replace(outcome="d2")
    assert row_of(node, documents=(hit,), decisions=(elsewhere,)).state is State.NEEDS_A_PERSON


def test_a_newer_document_decides_whether_a_person_must_look():
    node = Document(id="d", label="D", kinds=("check",), outcomes=("clear",))
    clear = check(outcome="clear")
    newer_hit = check("d2", "2026-06-01", outcome="hit")
    assert row_of(node, documents=(clear, newer_hit)).state is State.NEEDS_A_PERSON
    older_hit = check("d2", "2026-04-01", outcome="hit")
    assert row_of(node, documents=(clear, older_hit)).state is State.MET


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, None),
        ({"known_since": day("2025-05-21")}, None),
        ({"known_since": day("2025-05-22")}, Detail.KNOWN_TOO_SHORT),
        ({"known_since": None}, Detail.KNOWN_TOO_SHORT),
        ({"relationship": "family"}, Reason.CONFLICT),
        ({"relationship": None}, None),
    ],
)
def test_a_reference_counts_by_who_wrote_it_and_for_how_long_they_know_the_person(changed, why):
    node = Document(id="d", label="D", kinds=("check",), barred=("family",), known_for="1 year")
    given = {"known_since": day("2020-01-01"), "relationship": "friend", **changed}
    row = row_of(node, documents=(check(**given),))
    assert (row.state is State.MET) is (why is None)
    assert [one.detail or one.reason for one in row.tally.not_counted] == ([why] if why else [])


def test_what_was_handed_in_needs_a_person_only_where_it_is_still_wanted():
    node = Document(id="d", label="D", kinds=("check",))
    new = check("d2", "2026-06-01", outcome=HANDED_IN)
    alone = row_of(node, documents=(new,))
    assert (alone.state, alone.waiting_on) == (State.NEEDS_A_PERSON, WaitingOn.COORDINATOR)
    assert row_of(node, documents=(check(outcome="accepted"), new)).state is State.MET
    old = check("d2", "2026-04-01", outcome=HANDED_IN)
    two = Document(id="d", label="D", kinds=("check",), count=2)
    both = row_of(two, documents=(check(outcome="accepted"), old))
    assert both.state is State.NEEDS_A_PERSON


def test_whoever_signs_is_weighed_as_they_stood_on_the_papers_day():
    node = Document(id="d", label="D", kinds=("check",), signer_credentials=("cps",))
    held = QualificationFact(credential="cps", since=day("2026-05-21"), until=day("2026-05-22"))
    people = {"s1": PersonFact(qualifications=(held,))}
    days = ("2026-05-20", "2026-05-21", "2026-05-22", "2026-05-23")
    papers = [check(on=on, signers=("s1",)) for on in days]
    states = [row_of(node, documents=(one,), people=people).state.value for one in papers]
    assert states == ["not-yet", "met", "met", "not-yet"]


def test_references_count_by_number_and_by_who_signed():
    node = Document(
        id="d",
        label="References",
        kinds=("reference",),
        count=2,
        signer_credentials=("cps",),
        different_signers=True,
    )
    people = {"s1": PersonFact("cps"), "s2": PersonFact("cps"), "s3": PersonFact("other")}

    def reference(own_id, signer, on):
        return DocumentFact(own_id, "reference", day(on), signers=(signer,))

    papers = (
        reference("d1", "s1", "2026-05-01"),
        reference("d2", "s1", "2026-05-02"),
        reference("d3", "s3", "2026-05-03"),
    )
    row = row_of(node, documents=papers, people=people)
    assert (row.state, row.tally.have) == (State.NOT_YET, 1)
    assert {own_id: one[1] for own_id, one in refused(row).items()} == {
        "d2": Reason.DUPLICATE,
        "d3": Reason.NOT_CONFIRMED,
    }
    more = (*papers, reference("d4", "s2", "2026-05-04"))
    assert row_of(node, documents=more, people=people).met_on == day("2026-05-04")


def ready(own_id, outcome="ready", by="coordinator", on="2026-04-01"):
    return DecisionFact(own_id, "readiness", outcome, by, day(on))


READINESS = DecisionBy(
    id="q",
    label="Readiness",
    what="readiness",
    outcomes=("ready",),
    by=("coordinator",),
    due="60 days",
    since="enrolled",
)


def test_a_decision_not_taken_needs_a_person_and_has_its_day():
    row = row_of(READINESS, enrolled_on=day("2026-01-10"))
    assert (row.state, row.waiting_on) == (State.NEEDS_A_PERSON, WaitingOn.COORDINATOR)
    assert row.by == day("2026-03-11")


def test_the_latest_decision_by_the_right_role_stands():
    first = ready("q1")
    assert row_of(READINESS, decisions=(first,)).state is State.MET
    later = ready("q2", "not-yet", on="2026-05-01")
    row = row_of(READINESS, decisions=(first, later))
    assert (row.state, row.waiting_on) == (State.NOT_YET, WaitingOn.COORDINATOR)
    trainer = ready("q3", by="trainer", on="2026-06-01")
    row = row_of(READINESS, decisions=(first, trainer))
    assert (row.state, counted(row)) == (State.MET, {"q1": 1})
    again = (later, ready("q4", on="2026-06-01"), ready("q5", on="2026-07-01"))
    assert row_of(READINESS, decisions=again).met_on == day("2026-06-01")


def held(own_id="x1", **others):
    given = {"programme": "trainee", "issued_on": day("2026-06-01"), "valid_until": TODAY}
    return CertificateFact(own_id, **{**given, **others})


def test_a_certificate_held_counts_through_its_last_day_and_in_its_state():
    node = HoldsCertificate(id="h", label="H", programmes=("trainee",))
    assert row_of(node, certificates=(held(),)).state is State.MET
    over = held(valid_until=day("2026-11-20"))
    assert refused(row_of(node, certificates=(over,)))["x1"][1] is Reason.OUT_OF_WINDOW
    revoked = held(state="revoked")
    assert row_of(node, certificates=(revoked,)).state is State.NOT_YET
    assert row_of(node, certificates=(held(programme="other"),)).tally.not_counted == ()


@pytest.mark.parametrize(
    ("on", "state"),
    [
        ("2026-06-30", State.MET),
        ("2026-07-01", State.NOT_YET),
        ("2026-08-31", State.NOT_YET),
        ("2026-09-01", State.MET),
    ],
)
def test_a_suspension_counts_on_its_own_days_alone(on, state):
    node = HoldsCertificate(id="h", label="H", programmes=("trainee",))
    turns = (
        StateFact(day("2026-07-01"), "suspended"),
        StateFact(day("2026-09-01"), "valid"),
    )
    assert row_of(node, certificates=(held(states=turns),), on=day(on)).state is state


# Windows


@pytest.mark.parametrize(
    ("window", "on", "counts"),
    [
        (Window(last="12 months"), "2025-11-21", True),
        (Window(last="12 months"), "2025-11-20", False),
        (Window(since="enrolled"), "2026-01-10", True),
        (Window(since="enrolled"), "2026-01-09", False),
        (Window(since="2022-07-01"), "2022-07-01", True),
        (Window(since="2022-07-01"), "2022-06-30", False),
        (Window(since="enrolled", length="3 months"), "2026-04-10", True),
        (Window(since="enrolled", length="3 months"), "2026-04-11", False),
        (Window(until="fact:left_on"), "2026-03-01", True),
        (Window(until="fact:left_on"), "2026-03-02", False),
        (Window(since="certificate:trainee"), "2026-06-01", True),
        (Window(since="certificate-end:trainee"), "2026-11-21", True),
        (Window(since="certificate-end:trainee"), "2026-11-20", False),
        (Window(last="2 years", since="enrolled"), "2026-01-09", False),
        (Window(since="certificate-end:trainee - 14 days"), "2026-11-07", True),
        (Window(since="certificate-end:trainee - 14 days"), "2026-11-06", False),
        (Window(since="certificate-end:trainee - 6 months + 1 day"), "2026-05-22", True),
        (Window(since="certificate-end:trainee - 6 months + 1 day"), "2026-05-21", False),
        (Window(until="2026-01-31 + 1 month"), "2026-02-28", True),
        (Window(until="2026-01-31 + 1 month"), "2026-03-01", False),
        (Window(until="fact:left_on - 1 week"), "2026-02-22", True),
        (Window(until="fact:left_on - 1 week"), "2026-02-23", False),
    ],
)
def test_a_window_counts_both_its_ends(window, on, counts):
    node = Completions(id="m", label="M", modules=("a",), within=window)
    facts = {"left_on": "2026-03-01"}
    given = {"enrolled_on": day("2026-01-10"), "facts": facts, "certificates": (held(),)}
    row = row_of(node, completions=(done("a", on),), **given)
    assert bool(counted(row)) is counts


def test_what_served_an_earlier_certificate_is_used():
    node = Completions(
        id="m", label="M", modules=("a",), within=Window(since="certificate:trainee")
    )
    row = row_of(node, completions=(done("a", "2026-05-31"),), certificates=(held(),))
    assert refused(row)["c-a-2026-05-31"][1] is Reason.USED_BEFORE


def test_a_window_that_is_over_waits_for_the_coordinator():
    window = Window(since="enrolled", length="3 months")
    node = Completions(id="m", label="M", modules=("a",), within=window)
    facts = {"enrolled_on": day("2026-01-10")}
    row = row_of(node, on=day("2026-04-10"), **facts)
    assert (row.by, row.waiting_on) == (day("2026-04-10"), WaitingOn.TRAINEE)
    found = judge(node, on=day("2026-04-11"), **facts)
    assert found.row("m").waiting_on is WaitingOn.COORDINATOR
    assert found.can_still == (CanStill.NO, day("2026-04-10"))


def test_a_window_may_open_on_the_day_another_requirement_was_met():
    first = Completions(id="first", label="F", modules=("a",))
    window = Window(since="requirement:first")
    second = Completions(id="second", label="S", modules=("b",), within=window)
    facts = (done("a", "2026-05-02"), done("b", "2026-05-01"))
    assert judge(first, second, completions=facts).row("second").state is State.NOT_YET
    facts = (*facts, done("b", "2026-05-02"))
    assert judge(first, second, completions=facts).state is State.MET
