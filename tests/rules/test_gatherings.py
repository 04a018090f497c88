"""Gatherings: clocks that jump, parts, tolerance, what counts, make-ups, trust agreements."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.rules.cohorts import PracticeHold
from lms.rules.gatherings import (
    AnswerRefusal,
    AttendanceRefusal,
    Attended,
    Audience,
    Conditions,
    GatheringKind,
    GatheringMode,
    GatheringState,
    MadeUp,
    MadeUpLater,
    MakeUpClaim,
    MakeUpRefusal,
    MakeUpWay,
    MarkingGap,
    Part,
    PlanRefusal,
    Recorded,
    SeatRecord,
    Span,
    Standing,
    Subject,
    TrustHold,
    TrustRefusal,
    TrustSection,
    changed_sections,
    control_name,
    entries_for,
    expected_at_first,
    hold_on_gathering,
    is_revisit_due,
    left_to_make_up,
    minutes_there,
    missing_minutes,
    parts_for,
    parts_from,
    parts_text,
    refusal_to_acknowledge,
    refusal_to_answer,
    refusal_to_change,
    refusal_to_close,
    refusal_to_correct,
    refusal_to_day,
    refusal_to_invite,
    refusal_to_make_up,
    refusal_to_save,
    refusal_to_write,
    sheet_from,
    span_for,
    standing_for,
    training_topics,
    trust_hash,
    trust_text,
    trust_texts,
)
from lms.rules.programmes.evidence import Hours, HoursPart, Subset
from lms.rules.programmes.nodes import All, Count, Sum
from lms.rules.programmes.programme import CertificateWords, Programme

ZONE = "America/New_York"
DAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 2, 20, 0, tzinfo=UTC)
PARTS = (Part("Listening", 60), Part("Safety first", 30, is_unmissable=True))
TEN = Conditions(PARTS, 10)


# when


def test_a_span_is_in_the_zone_of_its_cohort():
    span = span_for(DAY, time(18, 0), time(20, 30), ZONE)
    assert span == Span(
        datetime(2026, 11, 2, 23, 0, tzinfo=UTC), datetime(2026, 11, 3, 1, 30, tzinfo=UTC), DAY
    )
    assert span.minutes == 150


def test_an_end_before_the_beginning_is_after_midnight():
    span = span_for(DAY, time(22, 30), time(0, 15), ZONE)
    assert (span.minutes, span.on) == (105, DAY)
    assert span_for(DAY, time(23, 0), time(0, 0), ZONE).minutes == 60


@pytest.mark.parametrize(
    ("day", "begins", "ends", "minutes"),
    [
        (date(2026, 3, 8), time(1, 30), time(3, 30), 60),  # the hour from two to three is left out
        (date(2026, 11, 1), time(0, 30), time(2, 30), 180),  # the hour from one to two comes twice
        (date(2026, 11, 1), time(0, 30), time(1, 30), 60),  # of the two, the first
        (date(2026, 10, 31), time(23, 0), time(3, 0), 300),  # over midnight into the longer night
        (date(2026, 3, 7), time(23, 0), time(3, 0), 180),
    ],
)
def test_the_length_is_in_real_time_when_the_clocks_change(day, begins, ends, minutes):
    assert span_for(day, begins, ends, ZONE).minutes == minutes


@pytest.mark.parametrize(("begins", "ends"), [(time(2, 15), time(4, 0)), (time(1, 0), time(2, 45))])
def test_a_clock_time_that_does_not_come_is_refused(begins, ends):
    assert span_for(date(2026, 3, 8), begins, ends, ZONE) is PlanRefusal.CLOCK_SKIPPED


def test_a_gathering_has_a_length_and_not_half_a_day_by_mistake():
    assert span_for(DAY, time(18, 0), time(18, 0), ZONE) is PlanRefusal.NO_LENGTH
    assert span_for(DAY, time(20, 0), time(18, 0), ZONE) is PlanRefusal.TOO_LONG
    assert span_for(DAY, time(8, 0), time(20, 0), ZONE).minutes == 720


@given(
    st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    st.times(),
    st.times(),
    st.sampled_from([ZONE, "Pacific/Chatham", "Europe/Copenhagen", "Australia/Lord_Howe", "UTC"]),
)
def test_whatever_the_clocks_an_end_comes_after_its_beginning(day, begins, ends, zone):
    span = span_for(day, begins, ends, zone)
    assert isinstance(span, PlanRefusal) or 0 < span.minutes <= 720
    assert isinstance(span, PlanRefusal) or span.ends_at - span.begins_at >= timedelta(minutes=1)


def test_a_gathering_is_since_the_cohort_began_and_within_a_year():
    asked = {"today": DAY, "since": date(2026, 9, 1)}
    assert refusal_to_day(date(2026, 8, 31), **asked) is PlanRefusal.BEFORE_COHORT
    assert refusal_to_day(date(2026, 9, 1), **asked) is None
    assert refusal_to_day(DAY + timedelta(days=365), **asked) is None
    assert refusal_to_day(DAY + timedelta(days=366), **asked) is PlanRefusal.TOO_FAR_AHEAD


# what and for whom


def test_without_parts_the_whole_is_one():
    assert parts_for([], 90) == (Part("", 90),)


def test_parts_fit_into_the_whole_and_leave_room_for_breaks():
    assert parts_for(PARTS, 120) == PARTS
    assert parts_for(PARTS, 90) == PARTS
    assert parts_for(PARTS, 89) is PlanRefusal.PARTS_TOO_LONG
    assert parts_for([Part("", 10)], 90) is PlanRefusal.PART_UNFINISHED
    assert parts_for([Part("Opening", 0)], 90) is PlanRefusal.PART_UNFINISHED


def test_stored_parts_come_back_as_they_were():
    parts = (Part("حلقة", 10, is_unmissable=True), Part("", 1))
    assert parts_from(parts_text(parts)) == parts


def test_a_joint_gathering_needs_no_list_the_others_do():
    members = {1, 2, 3}
    assert refusal_to_invite(Audience.JOINT, set(), members) is None
    assert refusal_to_invite(Audience.JOINT, set(), set()) is PlanRefusal.NOBODY_INVITED
    for audience in (Audience.WOMEN, Audience.MEN):
        assert refusal_to_invite(audience, set(), members) is PlanRefusal.NOBODY_INVITED
        assert refusal_to_invite(audience, {1}, members) is None
        assert refusal_to_invite(audience, {1, 9}, members) is PlanRefusal.NOT_A_MEMBER


def test_joint_is_opt_in_and_the_others_are_not():
    assert [expected_at_first(one) for one in Audience] == [True, True, False]


def test_only_what_is_planned_changes():
    assert [refusal_to_change(state) for state in GatheringState] == [
        None,
        PlanRefusal.CLOSED,
        PlanRefusal.CANCELLED,
    ]


def test_an_answer_is_taken_until_it_begins():
    begins = NOW + timedelta(hours=1)
    asked = {"begins_at": begins, "now": NOW}
    assert refusal_to_answer(GatheringState.PLANNED, **asked) is None
    assert (
        refusal_to_answer(GatheringState.PLANNED, begins_at=begins, now=begins)
        is AnswerRefusal.BEGUN
    )
    for state in (GatheringState.CLOSED, GatheringState.CANCELLED):
        assert refusal_to_answer(state, **asked) is AnswerRefusal.NOT_PLANNED


@pytest.mark.parametrize("kind", list(GatheringKind))
@pytest.mark.parametrize("practice", [None, *PracticeHold])
@pytest.mark.parametrize(("version", "acknowledged"), [(None, None), (2, None), (2, 1), (2, 2)])
def test_what_keeps_a_gathering_shut(kind, practice, version, acknowledged):
    hold = hold_on_gathering(kind, practice, trust_version=version, acknowledged=acknowledged)
    if practice:
        assert hold is practice
    elif kind is not GatheringKind.STORY_SHARING or acknowledged == 2:
        assert hold is None
    else:
        assert hold is (TrustHold.NOT_ACKNOWLEDGED if version else TrustHold.NOT_WRITTEN)


def test_the_topics_on_offer_are_those_that_the_programme_reads():
    hours = Hours(ledger="training", of=Subset(topics=("ethics", "law")))
    part = HoursPart(id="p", label="P", of=Subset(topics=("trauma", "ethics")), min="1 h")
    programme = Programme(
        id="p",
        title="P",
        version="1",
        zone="UTC",
        language="en",
        requirements=(
            All(
                id="a",
                label="A",
                of=(
                    Sum(id="s", label="S", hours=hours, min="2 h", parts=(part,)),
                    Count(
                        id="c",
                        label="C",
                        hours=Hours(ledger="training"),
                        min=1,
                        distinct="topic",
                        among=("grief",),
                    ),
                ),
            ),
        ),
        certificate=CertificateWords(title="T", covers="C", does_not_qualify="N"),
    )
    assert training_topics(programme) == ("ethics", "law", "trauma", "grief")


# who was there


def test_lateness_within_the_tolerance_is_none():
    assert minutes_there(TEN, (10, 0)) == 90
    assert missing_minutes(TEN, (10, 10)) == {}


def test_beyond_the_tolerance_all_that_was_missed_is_missing():
    assert minutes_there(TEN, (11, None)) == 49
    assert missing_minutes(TEN, (11, None)) == {0: 11, 1: 30}


def test_whoever_was_not_asked_may_make_up_all_of_it():
    assert missing_minutes(TEN, None) == {0: 60, 1: 30}


CASES = [
    (None, [], Standing.NOT_ASKED),
    ((0, 0), [], Standing.MET),
    ((10, 10), [], Standing.MET),
    ((None, 0), [], Standing.IN_PART),
    ((0, None), [], Standing.TO_MAKE_UP),
    ((0, 11), [], Standing.TO_MAKE_UP),
    ((None, None), [], Standing.TO_MAKE_UP),
    ((0, None), [MadeUp(frozenset({1}), 20)], Standing.MET),
    ((None, None), [MadeUp(frozenset({1}), 30)], Standing.IN_PART),
    ((None, None), [MadeUp(frozenset({0, 1}), 90)], Standing.MET),
    (None, [MadeUp(frozenset({0, 1}), 90)], Standing.MET),
    (None, [MadeUp(frozenset({0}), 60)], Standing.TO_MAKE_UP),
]


@pytest.mark.parametrize(("marks", "made_up", "standing"), CASES)
def test_what_a_gathering_came_to(marks, made_up, standing):
    assert standing_for(TEN, marks, made_up) is standing


def test_missing_a_gathering_without_an_unmissable_part_leaves_nothing_open():
    plain = Conditions((Part("", 90),), 0)
    assert standing_for(plain, (None,), []) is Standing.MISSED
    assert standing_for(plain, (1,), []) is Standing.IN_PART


lates = st.one_of(st.none(), st.integers(0, 59))


@given(st.lists(st.tuples(st.integers(1, 120), lates), min_size=1, max_size=6), st.integers(0, 120))
def test_what_counts_and_what_is_missing_are_the_whole(entries, tolerance):
    conditions = Conditions(tuple(Part("p", minutes) for minutes, _ in entries), tolerance)
    marks = tuple(late for _, late in entries)
    there, missing = minutes_there(conditions, marks), missing_minutes(conditions, marks)
    assert there + sum(missing.values()) == conditions.planned_minutes
    assert all(minutes > 0 for minutes in missing.values())


@given(st.lists(st.tuples(lates, lates), min_size=1, max_size=4), st.integers(0, 60))
def test_being_there_earlier_never_counts_for_less(pairs, tolerance):
    """And a wider tolerance never takes anything away."""
    conditions = Conditions(tuple(Part("p", 60) for _ in pairs), tolerance)

    def better(one, other):
        return one if other is None or (one is not None and one <= other) else other

    best = tuple(better(one, other) for one, other in pairs)
    for marks in (tuple(one for one, _ in pairs), tuple(other for _, other in pairs)):
        assert minutes_there(conditions, best) >= minutes_there(conditions, marks)
        wider = Conditions(conditions.parts, tolerance + 5)
        assert minutes_there(wider, marks) >= minutes_there(conditions, marks)


# the sheet


def body(**marks):
    """Return what a sheet sends, from seat to a pair of answers and a pair of late minutes."""
    sent = {}
    for seat, (answers, late) in marks.items():
        for number, answer in enumerate(answers):
            sent[control_name("at", seat, number)] = answer
            sent[control_name("late", seat, number)] = late[number]
    return sent


def test_a_sheet_is_read_seat_by_seat():
    sheet = sheet_from(
        body(ana=(("here", "here"), ("", "12")), bo=(("away", "here"), ("", " 3 "))),
        ["ana", "bo"],
        {"ana", "bo"},
        PARTS,
    )
    assert sheet.marks == {"ana": (0, 12), "bo": (None, 3)}
    assert not sheet.problems
    assert not sheet.untouched


def test_whoever_is_expected_needs_a_mark_and_nobody_else_does():
    sheet = sheet_from({}, ["ana", "bo"], {"ana"}, PARTS)
    assert set(sheet.problems) == {"at-ana-0", "at-ana-1"}
    assert sheet.untouched == {"bo"}
    assert sheet.marks == {}
    begun = sheet_from(body(bo=(("here", ""), ("", ""))), ["bo"], set(), PARTS)
    assert begun.problems == {"at-bo-1": MarkingGap.NO_CHOICE}


@pytest.mark.parametrize("late", ["-1", "1.5", "ten", "9" * 5000, "１２x", "²"])
def test_what_is_no_number_of_minutes_is_asked_for_again(late):
    sheet = sheet_from(body(ana=(("here", "away"), (late, ""))), ["ana"], {"ana"}, PARTS)
    assert sheet.problems == {"late-ana-0": MarkingGap.NOT_MINUTES}
    assert sheet.marks == {}


def test_whoever_came_after_the_end_of_a_part_was_not_there():
    sheet = sheet_from(body(ana=(("here", "here"), ("60", ""))), ["ana"], {"ana"}, PARTS)
    assert sheet.problems == {"late-ana-0": MarkingGap.LATE_TO_THE_END}
    sheet = sheet_from(body(ana=(("here", "here"), ("59", ""))), ["ana"], {"ana"}, PARTS)
    assert sheet.marks == {"ana": (59, 0)}


@given(st.dictionaries(st.sampled_from(["at-a-0", "late-a-0", "at-a-1", "x"]), st.text()))
def test_no_sheet_is_a_bug(sent):
    sheet = sheet_from(sent, ["a"], {"a"}, PARTS)
    assert bool(sheet.problems) != ("a" in sheet.marks)


def test_attendance_is_closed_when_it_is_over_and_complete():
    ends = NOW
    for state, complete, early in product(GatheringState, (True, False), (True, False)):
        now = ends - timedelta(seconds=1) if early else ends
        refusal = refusal_to_close(state, ends_at=ends, now=now, complete=complete)
        if state is not GatheringState.PLANNED:
            assert refusal is refusal_to_save(state)
        elif early:
            assert refusal is AttendanceRefusal.NOT_OVER
        else:
            assert refusal is (None if complete else AttendanceRefusal.INCOMPLETE)


def correction(**changes):
    asked = {
        "by": 1,
        "person_id": 2,
        "before": (0, 0),
        "after": (0, None),
        "made_up": [],
        "conditions": TEN,
        "reason": "She had left.",
    }
    asked |= changes
    return refusal_to_correct(asked.pop("state", GatheringState.CLOSED), **asked)


def test_a_correction_is_somebody_elses_and_has_a_reason():
    assert correction() is None
    assert correction(by=2) is AttendanceRefusal.OWN
    assert correction(state=GatheringState.PLANNED) is AttendanceRefusal.NOT_CLOSED
    assert correction(after=(0, 0)) is AttendanceRefusal.SAME
    assert correction(reason="") is AttendanceRefusal.REASON_MISSING
    assert correction(before=None, reason="") is None


def test_what_was_made_up_and_now_counts_as_attended_would_count_twice():
    made_up = [MadeUp(frozenset({1}), 30)]
    asked = {"before": (0, None), "made_up": made_up}
    assert correction(after=(0, 0), **asked) is AttendanceRefusal.MADE_UP
    assert correction(after=(0, 20), **asked) is AttendanceRefusal.MADE_UP
    assert correction(after=(None, None), **asked) is None


# making up


def claim(**changes):
    given = {
        "way": MakeUpWay.CONVERSATION,
        "parts": frozenset({1}),
        "minutes": 30,
        "medium": "video",
        "on": DAY,
    }
    return MakeUpClaim(**(given | changes))


def make_up(found=None, **changes):
    asked = {
        "state": GatheringState.CLOSED,
        "by": 1,
        "person_id": 2,
        "left": {0: 11, 1: 30},
        "today": DAY,
        "place_since": date(2026, 9, 1),
    }
    return refusal_to_make_up(found or claim(), **(asked | changes))


def test_a_make_up_is_what_was_missing_and_no_more():
    assert make_up() is None
    assert make_up(claim(minutes=31)) is MakeUpRefusal.TOO_MANY_MINUTES
    assert make_up(claim(parts=frozenset({0, 1}), minutes=41)) is None
    assert make_up(claim(minutes=0)) is MakeUpRefusal.NO_MINUTES
    assert make_up(claim(parts=frozenset())) is MakeUpRefusal.NO_PART
    assert make_up(claim(parts=frozenset({2}))) is MakeUpRefusal.NOT_MISSING
    assert make_up(left={0: 11}) is MakeUpRefusal.NOT_MISSING


def test_a_make_up_is_recorded_by_somebody_else_once_it_has_happened():
    assert make_up(by=2) is MakeUpRefusal.OWN
    assert make_up(state=GatheringState.PLANNED) is MakeUpRefusal.NOT_CLOSED
    assert make_up(claim(on=DAY + timedelta(days=1))) is MakeUpRefusal.IN_THE_FUTURE
    assert make_up(claim(on=date(2026, 8, 31))) is MakeUpRefusal.BEFORE_PLACE


def test_reading_takes_place_nowhere_and_the_others_somewhere():
    assert make_up(claim(way=MakeUpWay.READING, medium="")) is None
    for way in (MakeUpWay.GATHERING, MakeUpWay.CONVERSATION):
        assert make_up(claim(way=way, medium="")) is MakeUpRefusal.NO_MEDIUM


def test_what_is_counted_at_another_gathering_brings_no_minutes_of_its_own():
    elsewhere = claim(way=MakeUpWay.GATHERING, minutes=0, medium="", counted_elsewhere=True)
    assert make_up(elsewhere) is None
    assert left_to_make_up(TEN, (0, None), [MadeUp(frozenset({1}), 0)]) == {}


# the ledger


def recorded(key="a1", minutes=60, day=2, on=2):
    at = datetime(2026, 11, day, 12, 0, tzinfo=UTC)
    return Recorded(key, minutes, date(2026, 11, on), at, at.date(), "trainer")


def seat(marks=(0, 0), minutes=90, make_ups=(), mode=GatheringMode.VOICE, attended=True):
    return SeatRecord(
        GatheringKind.TEACHING,
        mode,
        Subject("boundaries", "ethics", "boundaries"),
        TEN,
        Attended(recorded(minutes=minutes), marks) if attended else None,
        make_ups,
    )


def later(way=MakeUpWay.CONVERSATION, parts=(1,), minutes=30, day=9, key="m1"):
    medium = "" if way is MakeUpWay.READING else "video"
    fact = recorded(key, minutes, day, day)
    return MadeUpLater(fact, way, medium, MadeUp(frozenset(parts), minutes))


def test_attendance_is_an_entry_of_training_with_its_mode_and_subject():
    [entry] = entries_for(seat())
    assert (entry.id, entry.ledger, entry.minutes, entry.kind) == ("a1", "training", 90, "teaching")
    assert (entry.mode, entry.medium, entry.topics) == ("live", "phone", ("boundaries", "ethics"))
    assert dict(entry.domains) == {"boundaries": 90}
    assert (entry.state, entry.confirmed_on) == ("confirmed", date(2026, 11, 2))
    assert (entry.supervisor, entry.assurance, entry.flags) == ("trainer", "account", ())


def test_nothing_attended_is_no_entry():
    assert list(entries_for(seat((None, 0), minutes=0))) == []


def test_while_an_unmissable_part_is_missing_nothing_counts():
    [entry] = entries_for(seat((0, None), 60))
    assert (entry.state, entry.confirmed_on, entry.flags) == ("draft", None, ("part-missing",))


@pytest.mark.parametrize(
    ("way", "mode", "medium"),
    [
        (MakeUpWay.READING, "self-study", None),
        (MakeUpWay.CONVERSATION, "live", "video"),
        (MakeUpWay.GATHERING, "live", "video"),
    ],
)
def test_a_make_up_is_an_entry_of_its_own_and_lets_the_rest_count_from_then_on(way, mode, medium):
    first, second = entries_for(seat((0, None), 60, (later(way),)))
    assert (first.state, first.confirmed_on) == ("confirmed", date(2026, 11, 9))
    assert (second.minutes, second.mode, second.medium) == (30, mode, medium)
    assert (second.on, second.confirmed_on) == (date(2026, 11, 9), date(2026, 11, 9))


def test_a_make_up_of_what_could_be_missed_holds_nothing_up():
    first, second = entries_for(seat((None, 0), 30, (later(parts=(0,), minutes=60),)))
    assert [first.confirmed_on, second.confirmed_on] == [date(2026, 11, 2), date(2026, 11, 9)]


def test_whoever_was_not_asked_and_makes_it_up_has_the_same_minutes():
    made = later(MakeUpWay.READING, (0, 1), 90)
    [entry] = entries_for(seat(attended=False, make_ups=(made,)))
    assert (entry.minutes, entry.state) == (90, "confirmed")
    half = later(MakeUpWay.READING, (0,), 60)
    [entry] = entries_for(seat(attended=False, make_ups=(half,)))
    assert entry.state == "draft"


def test_a_make_up_at_a_gathering_on_record_adds_nothing_twice():
    entries = list(entries_for(seat((0, None), 60, (later(MakeUpWay.GATHERING, (1,), 0),))))
    assert [entry.minutes for entry in entries] == [60]
    assert entries[0].state == "confirmed"


# the trust agreement

TEXTS = {section: f"About {section}." for section in TrustSection}


def test_a_version_is_hashed_in_reading_order_whatever_the_order_it_came_in():
    other = dict(reversed(list(TEXTS.items())))
    assert trust_hash(trust_text(TEXTS)) == trust_hash(trust_text(other))
    assert trust_texts(trust_text(TEXTS)) == TEXTS
    changed = TEXTS | {TrustSection.CONFLICT: "About conflict. "}
    assert trust_hash(trust_text(changed)) != trust_hash(trust_text(TEXTS))


def test_texts_cannot_be_shifted_between_sections_under_one_hash():
    moved = TEXTS | {TrustSection.PARTICIPATION: "", TrustSection.RESPONSIBILITY: "About both."}
    assert trust_hash(trust_text(moved)) != trust_hash(
        trust_text(TEXTS | {TrustSection.PARTICIPATION: "About both.", "responsibility": ""})
    )


def test_a_version_is_written_whole_changed_and_on_the_current_one():
    asked = {"before": TEXTS, "begun_from": 1, "current": 1}
    new = TEXTS | {TrustSection.CONFLICT: "We wait a day."}
    assert refusal_to_write(new, **asked) is None
    assert refusal_to_write(TEXTS, **asked) is TrustRefusal.UNCHANGED
    half = TEXTS | {TrustSection.CONFLICT: ""}
    assert refusal_to_write(half, **asked) is TrustRefusal.UNFINISHED
    assert refusal_to_write(new, before=TEXTS, begun_from=1, current=2) is TrustRefusal.CHANGED
    assert refusal_to_write(TEXTS, before=None, begun_from=0, current=0) is None


def test_what_is_acknowledged_is_what_was_shown():
    asked = {"current": 2, "current_hash": "b"}
    assert refusal_to_acknowledge(shown=2, shown_hash="b", **asked) is None
    assert refusal_to_acknowledge(shown=1, shown_hash="a", **asked) is TrustRefusal.CHANGED
    assert refusal_to_acknowledge(shown=2, shown_hash="a", **asked) is TrustRefusal.CHANGED
    nothing = refusal_to_acknowledge(shown=0, shown_hash="", current=None, current_hash="")
    assert nothing is TrustRefusal.NOT_WRITTEN


def test_somebody_who_joins_later_lets_the_agreement_be_looked_at_again():
    assert not is_revisit_due(None, NOW)
    assert not is_revisit_due(NOW, NOW)
    assert is_revisit_due(NOW + timedelta(seconds=1), NOW)


def test_only_sections_that_changed_are_shown():
    new = TEXTS | {TrustSection.CONFLICT: "About conflict.\n\nWe wait a day."}
    changes = changed_sections(TEXTS, new)
    assert list(changes) == [TrustSection.CONFLICT]
    assert [change.words for change in changes[TrustSection.CONFLICT]] == ["We wait a day."]
