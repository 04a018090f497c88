"""Gatherings end to end in the database: planned, answered, closed, corrected, made up, raced."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select, update

from lms.db import transaction
from lms.models import (
    Assignment,
    Attendance,
    AuditDetail,
    AuditEntry,
    Cohort,
    Enrolment,
    Gathering,
    MakeUp,
    Seat,
    TrustAcknowledgement,
    TrustAgreement,
    TrustReview,
)
from lms.rules.cohorts import PracticeHold
from lms.rules.gatherings import (
    AnswerRefusal,
    AttendanceRefusal,
    Audience,
    GatheringKind,
    GatheringMode,
    MakeUpRefusal,
    MakeUpWay,
    Part,
    PlanRefusal,
    Standing,
    Subject,
    TrustHold,
    TrustRefusal,
    TrustSection,
)
from lms.rules.policy import Permission, may
from lms.rules.roles import Actor, Role
from lms.services.audit import link_entries
from lms.services.certificates.basis import basis_for, place_query
from lms.services.drafts import find_draft
from lms.services.errors import ClashError, MissingError, RefusedError
from lms.services.gatherings import (
    MakeUpForm,
    acknowledge_trust,
    answer_invitation,
    cancel_gathering,
    change_gathering,
    close_attendance,
    correct_attendance,
    current_trust,
    find_seat,
    get_gathering,
    get_seat,
    get_version,
    hold_on_seat,
    keep_trust,
    list_attendance,
    list_cohort_gatherings,
    list_cohorts_to_plan,
    list_history,
    list_invited,
    list_led,
    list_other_gatherings,
    list_own,
    list_roster,
    list_to_make_up,
    offer_for,
    open_sheet,
    own_matters,
    place_words,
    plan_gathering,
    plan_of,
    record_make_up,
    save_sheet,
    seat_row,
    sheet_key,
    take_back_make_up,
    trust_state,
    trust_to_revisit,
    write_trust,
)
from lms.services.practice import get_place
from lms.services.record import record_of
from lms.services.visibility import scope_of_cohorts, scope_of_gatherings, subject_for
from tests.cast import (
    NOW,
    TODAY,
    assign,
    grant,
    make_cast,
    make_cohort,
    make_enrolment,
    make_person,
    programme_version,
)
from tests.meeting import (
    PARTS,
    TEXTS,
    TOMORROW,
    acknowledge,
    close,
    fill_sheet,
    make_gathering,
    make_trust,
    plan,
    seat_of,
    sheet_body,
)
from tests.sitting import sign_all

LATER = NOW + timedelta(days=3)
THERE, AWAY = (0, 0), (None, None)


def actor_of(person, *roles):
    return Actor(person.id, person.organisation_id, frozenset(roles), is_trainee=True)


def reason_of(act, *values, **more):
    with pytest.raises(RefusedError) as refused:
        act(*values, **more)
    return refused.value.reason


def place_of(session, person):
    return get_place(session, person.id)


@pytest.fixture
def classmates(session, cast):
    """Return the places of the trainee and the classmate."""
    return place_of(session, cast.trainee), place_of(session, cast.classmate)


# planning


def test_a_plan_comes_back_as_it_was_made(session, cast):
    subject = Subject("boundaries", "", "safety-planning")
    made = make_gathering(session, cast, subject=subject, mode=GatheringMode.VIDEO)
    assert plan_of(session, made) == plan(cast, subject=subject, mode=GatheringMode.VIDEO)
    assert list_invited(session, made) == [cast.enrolment.public_id]
    assert made.happens_on == date(2026, 11, 1)


def test_the_place_is_sealed_in_the_database(session, cast):
    made = make_gathering(session, cast)
    assert b"Green house" not in made.place
    assert place_words(session, made) == "Green house, second floor"


def test_the_same_form_plans_once(session, cast):
    first = make_gathering(session, cast, op_id="click")
    assert make_gathering(session, cast, op_id="click").id == first.id
    assert len(session.scalars(select(Gathering)).all()) == 1
    assert len(session.scalars(select(Seat)).all()) == 1


def test_a_joint_gathering_without_a_list_invites_the_whole_cohort(session, cast, classmates):
    made = make_gathering(session, cast, [], audience=Audience.JOINT)
    rows = list_roster(session, made)
    assert [row.name for row in rows] == ["Classmate", "Trainee"]
    assert [row.seat.expected for row in rows] == [False, False]


def test_the_others_invite_whom_the_list_names_and_expect_them(session, cast, classmates):
    made = make_gathering(session, cast, [classmates[1]], audience=Audience.MEN)
    assert [(row.name, row.seat.expected) for row in list_roster(session, made)] == [
        ("Classmate", True)
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"on": date(2026, 8, 31)}, PlanRefusal.BEFORE_COHORT),
        ({"on": date(2027, 11, 3)}, PlanRefusal.TOO_FAR_AHEAD),
        ({"subject": Subject(module="no-such")}, PlanRefusal.NO_SUCH_TOPIC),
        ({"subject": Subject(topic="no-such")}, PlanRefusal.NO_SUCH_TOPIC),
        ({"subject": Subject(domain="no-such")}, PlanRefusal.NO_SUCH_TOPIC),
        ({"leader_id": 0}, PlanRefusal.NOT_A_LEADER),
        ({"leader_id": "coordinator"}, PlanRefusal.NOT_A_LEADER),
        ({"leader_id": "outsider"}, PlanRefusal.NOT_A_LEADER),
    ],
)
def test_what_cannot_be_planned(session, cast, changes, reason):
    leader = changes.get("leader_id", cast.trainer.id)
    changes = changes | {"leader_id": cast.people[leader].id if leader in cast.people else leader}
    assert reason_of(make_gathering, session, cast, **changes) is reason
    assert session.scalars(select(Gathering)).all() == []


def test_nobody_of_elsewhere_is_invited(session, cast):
    away = make_cohort(session, cast.elsewhere, programme_version(session))
    theirs = make_enrolment(session, cast.outsider, away)
    assert reason_of(make_gathering, session, cast, [theirs]) is PlanRefusal.NOT_A_MEMBER
    gone = place_of(session, cast.classmate)
    gone.state = "withdrawn"
    session.flush()
    assert reason_of(make_gathering, session, cast, [gone]) is PlanRefusal.NOT_A_MEMBER
    assert reason_of(make_gathering, session, cast, []) is PlanRefusal.NOBODY_INVITED


def test_nothing_is_planned_without_a_contact_on_duty(session, cast):
    cast.organisation.duty_reach = ""
    session.flush()
    assert reason_of(make_gathering, session, cast) is PracticeHold.NO_CONTACT


def test_what_is_offered_is_of_the_programme_and_the_house(session, cast):
    offer = offer_for(session, cast.cohort, now=NOW)
    assert [member.name for member in offer.members] == ["Classmate", "Trainee"]
    assert [name for _, name in offer.leaders] == ["Second Trainer", "Trainer"]
    assert "boundaries" in dict(offer.modules)
    assert dict(offer.domains)


def test_a_change_is_not_written_over_another(session, cast):
    made = make_gathering(session, cast)
    asked = {"version": 1, "now": NOW}
    ids = [cast.enrolment.public_id]
    new = plan(cast, title="Evening of walking")
    change_gathering(session, cast.trainer.id, made, new, ids, **asked)
    assert (made.title, made.version) == ("Evening of walking", 2)
    reason = reason_of(change_gathering, session, cast.trainer.id, made, new, ids, **asked)
    assert reason is PlanRefusal.CHANGED


def test_a_change_of_the_list_keeps_what_others_have_answered(session, cast, classmates):
    own, other = classmates
    sign_all(session)
    made = make_gathering(session, cast, [own], on=TOMORROW)
    answer_invitation(session, made, cast.trainee.id, coming=False, now=NOW)
    ids = [own.public_id, other.public_id]
    new = plan(cast, on=TOMORROW)
    change_gathering(session, cast.trainer.id, made, new, ids, version=1, now=NOW)
    assert {row.name: row.seat.expected for row in list_roster(session, made)} == {
        "Trainee": False,
        "Classmate": True,
    }
    change_gathering(session, cast.trainer.id, made, new, [other.public_id], version=2, now=NOW)
    assert [row.name for row in list_roster(session, made)] == ["Classmate"]


def test_a_gathering_that_becomes_joint_asks_everybody_again(session, cast):
    sign_all(session)
    made = make_gathering(session, cast, on=TOMORROW)
    ids = [cast.enrolment.public_id]
    new = plan(cast, on=TOMORROW, audience=Audience.JOINT)
    change_gathering(session, cast.trainer.id, made, new, ids, version=1, now=NOW)
    session.expire_all()
    assert not seat_of(session, made, cast.enrolment).expected
    answer_invitation(session, made, cast.trainee.id, coming=True, now=NOW)
    same = plan(cast, on=TOMORROW, audience=Audience.JOINT, title="Moved")
    change_gathering(session, cast.trainer.id, made, same, ids, version=2, now=NOW)
    assert seat_of(session, made, cast.enrolment).expected


def test_what_is_closed_or_cancelled_stays(session, cast):
    closed = close(
        session, make_gathering(session, cast), {cast.enrolment.id: THERE}, by=cast.trainer
    )
    ids, asked = [cast.enrolment.public_id], {"version": 1, "now": NOW}
    change = (change_gathering, session, cast.trainer.id)
    assert reason_of(*change, closed, plan(cast), ids, **asked) is PlanRefusal.CLOSED
    assert (
        reason_of(cancel_gathering, session, cast.trainer.id, closed, now=NOW) is PlanRefusal.CLOSED
    )
    other = make_gathering(session, cast)
    cancel_gathering(session, cast.trainer.id, other, now=NOW)
    cancel_gathering(session, cast.trainer.id, other, now=NOW)
    assert other.state == "cancelled"
    assert reason_of(*change, other, plan(cast), ids, **asked) is PlanRefusal.CANCELLED


# answering


@pytest.fixture
def joint(session, cast):
    """Return a joint gathering tomorrow, everybody's agreements signed."""
    sign_all(session)
    return make_gathering(session, cast, [], audience=Audience.JOINT, on=TOMORROW)


def test_a_yes_is_kept_and_a_no_leaves_what_silence_leaves(session, cast, joint):
    def row():
        session.expire_all()
        seat = seat_of(session, joint, cast.enrolment)
        return {c.name: getattr(seat, c.name) for c in Seat.__table__.columns}

    before = row()
    answer_invitation(session, joint, cast.trainee.id, coming=False, now=NOW)
    assert row() == before
    answer_invitation(session, joint, cast.trainee.id, coming=True, now=NOW)
    assert row() == before | {"expected": True}
    answer_invitation(session, joint, cast.trainee.id, coming=False, now=NOW)
    assert row() == before


def test_an_answer_leaves_no_trace_in_the_audit(session, cast, joint):
    link_entries(session)
    before = session.scalar(select(func.count(AuditEntry.id)))
    for coming in (True, False, True):
        answer_invitation(session, joint, cast.trainee.id, coming=coming, now=NOW)
    link_entries(session)
    assert session.scalar(select(func.count(AuditEntry.id))) == before


def test_no_entry_of_the_audit_names_who_is_invited(session, cast, joint):
    link_entries(session)
    rows = session.execute(
        select(AuditEntry, AuditDetail).join(AuditDetail, AuditDetail.entry_id == AuditEntry.id)
    ).all()
    entry, detail = next(row for row in rows if row.AuditEntry.act == "gathering-planned")
    assert entry.about_id is None
    assert json.loads(detail.details) == {"on": "2026-11-03", "version": 1}


def test_nobody_answers_for_another_or_too_late(session, cast, joint):
    with pytest.raises(MissingError):
        answer_invitation(session, joint, cast.trainer.id, coming=True, now=NOW)
    late = joint.begins_at
    asked = {"coming": True, "now": late}
    answer = (answer_invitation, session, joint, cast.trainee.id)
    assert reason_of(*answer, **asked) is AnswerRefusal.BEGUN
    cancel_gathering(session, cast.trainer.id, joint, now=NOW)
    assert reason_of(*answer, coming=True, now=NOW) is AnswerRefusal.NOT_PLANNED


@pytest.mark.parametrize("kind", list(GatheringKind))
def test_without_signatures_or_a_contact_everything_is_shut(session, cast, kind):
    made = make_gathering(session, cast, kind=kind, on=TOMORROW)
    seat = find_seat(session, made.id, cast.trainee.id)
    assert hold_on_seat(session, seat) is PracticeHold.UNSIGNED
    sign_all(session)
    cast.organisation.duty_name = ""
    session.flush()
    assert hold_on_seat(session, seat) is PracticeHold.NO_CONTACT


def test_cannot_come_can_be_said_while_it_is_shut(session, cast):
    made = make_gathering(session, cast, kind=GatheringKind.STORY_SHARING, on=TOMORROW)
    answer_invitation(session, made, cast.trainee.id, coming=False, now=NOW)
    assert not seat_of(session, made, cast.enrolment).expected
    answer = (answer_invitation, session, made, cast.trainee.id)
    assert reason_of(*answer, coming=True, now=NOW) is PracticeHold.UNSIGNED


def test_story_sharing_opens_with_the_current_trust_agreement_alone(session, cast):
    sign_all(session)
    made = make_gathering(session, cast, kind=GatheringKind.STORY_SHARING, on=TOMORROW)
    seat = find_seat(session, made.id, cast.trainee.id)
    assert hold_on_seat(session, seat) is TrustHold.NOT_WRITTEN
    first = make_trust(session, cast)
    assert hold_on_seat(session, seat) is TrustHold.NOT_ACKNOWLEDGED
    assert own_matters(session, cast.enrolment, now=NOW).coming[0].is_shut
    acknowledge(session, cast.enrolment, first)
    assert hold_on_seat(session, seat) is None
    assert not own_matters(session, cast.enrolment, now=NOW).coming[0].is_shut
    make_trust(session, cast, begun_from=1, conflict="We wait a day.")
    assert hold_on_seat(session, seat) is TrustHold.NOT_ACKNOWLEDGED


# attendance


@pytest.fixture
def over(session, cast, classmates):
    """Return a gathering of yesterday to which both trainees are invited."""
    return make_gathering(session, cast, classmates)


def test_a_sheet_is_kept_and_two_devices_do_not_lose_each_others_marks(session, cast, over):
    seat = seat_of(session, over, cast.enrolment).public_id
    first = sheet_body(session, over, **{seat: (0, 0)})
    second = sheet_body(session, over, **{seat: (0, None)})
    save = (save_sheet, session, cast.trainer.id, over)
    assert save_sheet(session, cast.trainer.id, over, first, base_version=0, now=NOW) == 1
    with pytest.raises(ClashError) as clash:
        save[0](*save[1:], second, base_version=0, now=NOW)
    assert (clash.value.theirs, clash.value.yours) == (first, second)
    assert save_sheet(session, cast.trainer.id, over, first, base_version=0, now=NOW) == 2
    assert open_sheet(session, cast.trainer.id, over).sheet.marks == {seat: (0, 0)}
    assert open_sheet(session, cast.second_trainer.id, over).sheet.marks == {}


def test_closing_writes_a_fact_for_each_person(session, cast, over, classmates):
    own, other = classmates
    before = own.facts_version
    close(session, over, {own.id: (5, 20), other.id: AWAY}, by=cast.trainer)
    facts = {row.enrolment_id: row for row in session.scalars(select(Attendance))}
    assert (facts[own.id].minutes, facts[other.id].minutes) == (70, 0)
    assert json.loads(facts[own.id].marks) == [5, 20]
    assert {row.happened_on for row in facts.values()} == {date(2026, 11, 1)}
    assert {row.recorded_by for row in facts.values()} == {cast.trainer.id}
    session.refresh(own)
    assert own.facts_version == before + 1
    assert (over.state, over.closed_by) == ("closed", cast.trainer.id)
    assert find_draft(session, cast.trainer.id, sheet_key(over)) is None


def test_closing_is_audited_once_for_the_gathering_and_once_for_each_person(
    session, cast, over, classmates
):
    close(session, over, {place.id: THERE for place in classmates}, by=cast.trainer)
    link_entries(session)
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    acts = [(e.act, e.about_id) for e in entries if e.act.startswith(("gathering", "attendance"))]
    assert acts == [
        ("gathering-planned", None),
        ("gathering-closed", None),
        ("attendance-recorded", cast.classmate.id),
        ("attendance-recorded", cast.trainee.id),
    ]


def test_attendance_is_not_closed_early_unseen_or_half_full(session, cast, classmates):
    own, other = classmates
    made = make_gathering(session, cast, classmates, on=TODAY)
    closing = (close_attendance, session, cast.trainer.id, made)
    version = fill_sheet(session, made, cast.trainer, {own.id: THERE, other.id: THERE})
    asked = {"version": version, "now": made.ends_at - timedelta(seconds=1)}
    assert reason_of(*closing, **asked) is AttendanceRefusal.NOT_OVER
    asked["now"] = made.ends_at
    assert reason_of(*closing, **asked | {"version": version - 1}) is AttendanceRefusal.CHANGED
    version = fill_sheet(session, made, cast.trainer, {own.id: THERE})
    assert reason_of(*closing, **asked | {"version": version}) is AttendanceRefusal.INCOMPLETE
    assert session.scalars(select(Attendance)).all() == []


def test_whoever_is_not_expected_and_not_there_has_no_record_at_all(session, cast, classmates):
    own, other = classmates
    made = make_gathering(session, cast, [], audience=Audience.JOINT)
    close(session, made, {own.id: THERE}, by=cast.trainer)
    assert [row.enrolment_id for row in session.scalars(select(Attendance))] == [own.id]
    standings = {row.name: row.standing for row in list_roster(session, made)}
    assert standings == {"Trainee": Standing.MET, "Classmate": Standing.NOT_ASKED}
    assert list_attendance(session, other) == []


def test_whoever_leads_does_not_record_themselves(session, cast):
    """A trainer who trains here too stands apart on the sheet, and is recorded by another."""
    own = make_enrolment(session, cast.trainer, cast.cohort)
    made = make_gathering(session, cast, [cast.enrolment, own])
    taken = open_sheet(session, cast.trainer.id, made)
    assert [row.name for row in taken.rows] == ["Trainee"]
    assert taken.own.name == "Trainer"
    close(session, made, {cast.enrolment.id: THERE, own.id: THERE}, by=cast.trainer)
    seat = get_seat(session, seat_of(session, made, own).public_id)
    assert seat_row(session, seat).standing is Standing.NOT_ASKED
    asked = {"seen": "", "reason": "", "now": NOW}
    correct = (correct_attendance, session)
    assert reason_of(*correct, cast.trainer.id, seat, THERE, **asked) is AttendanceRefusal.OWN
    correct_attendance(session, cast.second_trainer.id, seat, THERE, **asked)
    assert seat_row(session, seat).standing is Standing.MET


def test_a_correction_is_a_new_fact_and_the_old_one_stays(session, cast, over, classmates):
    own, other = classmates
    close(session, over, {own.id: AWAY, other.id: THERE}, by=cast.trainer)
    seat = get_seat(session, seat_of(session, over, own).public_id)
    seen = seat_row(session, seat).attendance.public_id
    asked = {"seen": seen, "reason": "She came in by the other door.", "now": LATER}
    new = correct_attendance(session, cast.second_trainer.id, seat, THERE, **asked)
    history = list_history(session, seat)
    assert [row.fact.minutes for row in history] == [90, 0]
    assert [row.fact.replaced_at for row in history] == [None, LATER]
    assert history[0].reason == "She came in by the other door."
    assert b"other door" not in new.reason
    assert (
        reason_of(correct_attendance, session, cast.trainer.id, seat, (0, None), **asked)
        is AttendanceRefusal.CHANGED
    )
    _, then = record_of(session, own.id, known_at=NOW)
    _, now = record_of(session, own.id)
    assert [entry.minutes for entry in then.hours] == []
    assert [entry.minutes for entry in now.hours] == [90]


# making up


def form(**changes):
    given = {
        "way": MakeUpWay.CONVERSATION,
        "parts": frozenset({1}),
        "minutes": 30,
        "medium": "video",
        "on": TODAY,
    }
    return MakeUpForm(**(given | changes))


@pytest.fixture
def missed(session, cast, over, classmates):
    """Return the seat of the trainee, who missed the unmissable part."""
    own, other = classmates
    close(session, over, {own.id: (0, None), other.id: THERE}, by=cast.trainer)
    return get_seat(session, seat_of(session, over, own).public_id)


def test_a_missed_unmissable_part_holds_the_gathering_until_it_is_made_up(session, cast, missed):
    def entries(known_at=None):
        _, record = record_of(session, cast.enrolment.id, known_at=known_at)
        return [(e.minutes, e.state, e.mode, e.confirmed_on) for e in record.hours]

    assert seat_row(session, missed).standing is Standing.TO_MAKE_UP
    assert entries() == [(60, "draft", "live", None)]
    record_make_up(session, cast.trainer.id, missed, form(), op_id="a", now=LATER)
    assert seat_row(session, missed).standing is Standing.MET
    day = date(2026, 11, 5)
    assert sorted(entries()) == [(30, "confirmed", "live", day), (60, "confirmed", "live", day)]
    assert entries(NOW) == [(60, "draft", "live", None)]


def test_the_same_form_makes_up_once_and_nothing_is_made_up_twice(session, cast, missed):
    make = (record_make_up, session, cast.trainer.id, missed)
    first = record_make_up(session, cast.trainer.id, missed, form(), op_id="a", now=NOW)
    assert record_make_up(session, cast.trainer.id, missed, form(), op_id="a", now=NOW) is first
    assert reason_of(*make, form(), op_id="b", now=NOW) is MakeUpRefusal.NOT_MISSING
    assert len(session.scalars(select(MakeUp)).all()) == 1


def test_a_make_up_taken_back_stops_counting_and_stays(session, cast, missed):
    made = record_make_up(session, cast.trainer.id, missed, form(), op_id="a", now=NOW)
    take = (take_back_make_up, session)
    assert reason_of(*take, cast.trainee.id, missed, made.public_id, now=NOW) is MakeUpRefusal.OWN
    with pytest.raises(MissingError):
        take_back_make_up(session, cast.trainer.id, missed, "none", now=NOW)
    take_back_make_up(session, cast.trainer.id, missed, made.public_id, now=LATER)
    take_back_make_up(session, cast.trainer.id, missed, made.public_id, now=LATER)
    assert made.replaced_at == LATER
    assert seat_row(session, missed).standing is Standing.TO_MAKE_UP
    again = record_make_up(session, cast.trainer.id, missed, form(minutes=20), op_id="b", now=LATER)
    assert again.id != made.id


def test_another_gathering_on_record_makes_up_and_is_counted_once(session, cast, missed):
    other = make_gathering(session, cast, on=TODAY - timedelta(days=2), title="Morning")
    close(session, other, {cast.enrolment.id: THERE}, by=cast.trainer)
    row = seat_row(session, missed)
    [offered] = list_other_gatherings(session, row)
    there = form(way=MakeUpWay.GATHERING, minutes=0, medium="", other=offered.seat.public_id)
    record_make_up(session, cast.trainer.id, missed, there, op_id="a", now=NOW)
    _, record = record_of(session, cast.enrolment.id)
    assert sorted(entry.minutes for entry in record.hours) == [60, 90]
    assert {entry.state for entry in record.hours} == {"confirmed"}
    assert list_other_gatherings(session, row) == []


def test_only_ones_own_attended_gathering_makes_up(session, cast, missed, classmates):
    theirs = make_gathering(session, cast, [classmates[1]], on=TODAY - timedelta(days=2))
    close(session, theirs, {classmates[1].id: THERE}, by=cast.trainer)
    seat = seat_of(session, theirs, classmates[1])
    there = form(way=MakeUpWay.GATHERING, other=seat.public_id)
    make = (record_make_up, session, cast.trainer.id, missed, there)
    assert reason_of(*make, op_id="a", now=NOW) is MakeUpRefusal.NOT_ATTENDED


def test_whoever_refused_a_joint_gathering_may_make_it_up_for_the_same_minutes(
    session, cast, classmates
):
    own, other = classmates
    made = make_gathering(session, cast, [], audience=Audience.JOINT)
    close(session, made, {other.id: THERE}, by=cast.trainer)
    seat = get_seat(session, seat_of(session, made, own).public_id)
    all_of_it = form(way=MakeUpWay.READING, parts=frozenset({0, 1}), minutes=90, medium="")
    record_make_up(session, cast.trainer.id, seat, all_of_it, op_id="a", now=NOW)
    totals = [
        sum(e.minutes for e in record_of(session, place.id)[1].hours if e.state == "confirmed")
        for place in classmates
    ]
    assert totals == [90, 90]
    assert seat_row(session, seat).standing is Standing.MET


def test_a_correction_does_not_count_twice_what_was_made_up(session, cast, missed):
    made = record_make_up(session, cast.trainer.id, missed, form(), op_id="a", now=NOW)
    seen = seat_row(session, missed).attendance.public_id
    asked = {"seen": seen, "reason": "She was there.", "now": NOW}
    correct = (correct_attendance, session, cast.trainer.id, missed, THERE)
    assert reason_of(*correct, **asked) is AttendanceRefusal.MADE_UP
    take_back_make_up(session, cast.trainer.id, missed, made.public_id, now=NOW)
    correct_attendance(session, cast.trainer.id, missed, THERE, **asked)
    assert seat_row(session, missed).standing is Standing.MET


# the record


def test_training_hours_carry_what_the_gathering_was_about(session, cast):
    subject = Subject("boundaries", "", "safety-planning")
    made = make_gathering(session, cast, subject=subject, mode=GatheringMode.VOICE)
    close(session, made, {cast.enrolment.id: THERE}, by=cast.trainer)
    _, record = record_of(session, cast.enrolment.id)
    [entry] = record.hours
    assert (entry.ledger, entry.kind, entry.minutes) == ("training", "teaching", 90)
    assert (entry.mode, entry.medium, entry.topics) == ("live", "phone", ("boundaries",))
    assert dict(entry.domains) == {"safety-planning": 90}
    assert (entry.on, entry.confirmed_on) == (date(2026, 11, 1), date(2026, 11, 2))
    assert entry.supervisor == cast.trainer.public_id


def test_who_recorded_attendance_confirmed_it_where_it_counts(session, cast, monkeypatch):
    made = make_gathering(session, cast, by=cast.coordinator)
    close(session, made, {cast.enrolment.id: THERE}, by=cast.coordinator)
    place = session.scalars(place_query(cast.enrolment.id)).one()
    basis = basis_for(session, place, now=NOW)
    counted = {one.id for row in basis.verdict.rows for one in row.tally.counted}
    fact = session.scalars(select(Attendance)).one()
    named = {judge.name for judge in basis.confirmers}
    assert ("Coordinator" in named) == (fact.public_id in counted)


# lists


def test_a_list_holds_what_the_policy_lets_read(session, cast, classmates):
    """For everybody, of every audience and state, in two cohorts of the house and one elsewhere."""
    own, other = classmates
    made = [
        make_gathering(session, cast, [own]),
        make_gathering(session, cast, [other], audience=Audience.MEN),
        make_gathering(
            session, cast, [], audience=Audience.JOINT, leader_id=cast.second_trainer.id
        ),
    ]
    close(session, made[0], {own.id: THERE}, by=cast.trainer)
    cancel_gathering(session, cast.trainer.id, made[1], now=NOW)
    lone = make_person(session, "lone_trainer", cast.organisation)
    grant(session, lone, "trainer")
    session.flush()
    made.append(make_gathering(session, cast, [own], leader_id=lone.id))
    former = make_person(session, "former_trainer", cast.organisation)
    session.execute(update(Gathering).where(Gathering.id == made[2].id).values(leader_id=former.id))
    roles = {"trainer": Role.TRAINER, "second_trainer": Role.TRAINER, "supervisor": Role.SUPERVISOR,
             "coordinator": Role.COORDINATOR, "outsider": Role.COORDINATOR}  # fmt: skip
    people = {**cast.people, "lone": lone, "former": former}
    seen = {}
    for name, person in people.items():
        found = [Role.TRAINER] if name == "lone" else [roles[name]] if name in roles else []
        actor = actor_of(person, *found)
        listed = set(session.scalars(scope_of_gatherings(actor)))
        allowed = {
            one.id
            for one in made
            if may(actor, Permission.GATHERING_READ, subject_for(session, actor, [one]))
        }
        assert listed == allowed, name
        seen[name] = [made.index(one) for one in made if one.id in listed]
    assert seen["trainee"] == [0, 2, 3]
    assert seen["classmate"] == [1, 2]
    assert seen["trainer"] == seen["second_trainer"] == seen["coordinator"] == [0, 1, 2, 3]
    assert seen["lone"] == [3]
    assert seen["outsider"] == seen["supervisor"] == seen["former"] == []


def test_a_trainer_plans_where_they_train_and_a_coordinator_at_home(session, cast):
    spare = make_cohort(session, cast.elsewhere, programme_version(session))
    trainer = actor_of(cast.trainer, Role.TRAINER)
    assert [row.name for row in list_cohorts_to_plan(session, trainer)] == ["Autumn group"]
    office = actor_of(cast.coordinator, Role.COORDINATOR)
    assert spare.id not in set(session.scalars(scope_of_cohorts(office)))
    assert list_cohorts_to_plan(session, actor_of(cast.supervisor, Role.SUPERVISOR)) == []
    session.execute(update(Assignment).values(until_on=TODAY))
    assert list_cohorts_to_plan(session, trainer) == []


def test_lists_of_staff(session, cast, classmates):
    own, _ = classmates
    waiting = make_gathering(session, cast, [own])
    ahead = make_gathering(session, cast, [own], on=TOMORROW, leader_id=cast.second_trainer.id)
    trainer = actor_of(cast.trainer, Role.TRAINER)
    rows = list_cohort_gatherings(session, trainer, cast.cohort, now=NOW)
    assert [(row.gathering.id, row.waits) for row in rows] == [
        (waiting.id, True),
        (ahead.id, False),
    ]
    assert [row.gathering.id for row in list_led(session, trainer, now=NOW)] == [waiting.id]


def test_what_is_to_be_made_up_is_listed_for_those_who_read_attendance(session, cast, missed):
    for person, role, count in (
        (cast.trainer, Role.TRAINER, 1),
        (cast.coordinator, Role.COORDINATOR, 1),
        (cast.outsider, Role.COORDINATOR, 0),
        (cast.trainee, Role.COORDINATOR, 0),
    ):
        found = list_to_make_up(session, actor_of(person, role), cast.cohort)
        assert len(found) == count, person.chosen_name


def test_today_has_the_next_ones_in_order(session, cast):
    sign_all(session)
    for days in (5, 1, 3, 9):
        make_gathering(session, cast, on=TODAY + timedelta(days=days), title=f"In {days}")
    gone = make_gathering(session, cast, on=TODAY + timedelta(days=2), title="Cancelled")
    cancel_gathering(session, cast.trainer.id, gone, now=NOW)
    make_gathering(session, cast, title="Yesterday")
    matters = own_matters(session, cast.enrolment, now=NOW)
    assert [row.title for row in matters.coming] == ["In 1", "In 3", "In 5"]
    assert not matters.trust_waits
    make_trust(session, cast)
    assert own_matters(session, cast.enrolment, now=NOW).trust_waits


def test_a_person_reads_their_own_and_no_place_of_another_cohort(session, cast, missed):
    assert [row.person_id for row in list_own(session, cast.enrolment.id)] == [cast.trainee.id]


# the trust agreement


def test_versions_stay_and_each_shows_the_one_before(session, cast):
    first = make_trust(session, cast)
    second = make_trust(session, cast, begun_from=1, conflict="We wait a day.")
    assert (first.number, second.number) == (1, 2)
    assert get_version(session, cast.cohort.id, 1).texts == TEXTS
    found = current_trust(session, cast.cohort.id)
    assert found.before == TEXTS
    assert found.texts[TrustSection.CONFLICT] == "We wait a day."
    for number in (0, 3, 9999):
        with pytest.raises(MissingError):
            get_version(session, cast.cohort.id, number)


def test_a_version_written_beside_another_shows_both(session, cast):
    make_trust(session, cast)
    with pytest.raises(ClashError) as clash:
        make_trust(session, cast, conflict="We wait a day.")
    assert clash.value.theirs["conflict"] == TEXTS[TrustSection.CONFLICT]
    assert clash.value.yours["conflict"] == "We wait a day."
    assert clash.value.version == 1


def test_half_a_text_or_the_same_is_no_version(session, cast):
    assert reason_of(make_trust, session, cast, conflict="") is TrustRefusal.UNFINISHED
    make_trust(session, cast)
    assert reason_of(make_trust, session, cast, begun_from=1) is TrustRefusal.UNCHANGED


def test_an_acknowledgement_keeps_the_version_its_hash_and_the_day(session, cast):
    agreement = make_trust(session, cast)
    acknowledge(session, cast.enrolment, agreement)
    acknowledge(session, cast.enrolment, agreement)
    row = session.scalars(select(TrustAcknowledgement)).one()
    assert (row.agreement_id, row.text_hash, row.happened_on) == (
        agreement.id,
        agreement.text_hash,
        TODAY,
    )
    link_entries(session)
    acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act.like("trust%"))).all()
    assert acts == ["trust-written", "trust-acknowledged"]


def test_only_the_text_that_was_shown_is_acknowledged(session, cast):
    place = get_place(session, cast.trainee.id)
    first = make_trust(session, cast)
    make_trust(session, cast, begun_from=1, conflict="We wait a day.")
    shown = {"shown": 1, "shown_hash": first.text_hash, "now": NOW}
    assert reason_of(acknowledge_trust, session, place, **shown) is TrustRefusal.CHANGED
    forged = {"shown": 2, "shown_hash": "0" * 64, "now": NOW}
    assert reason_of(acknowledge_trust, session, place, **forged) is TrustRefusal.CHANGED


def test_somebody_who_joins_lets_it_be_revisited_and_kept_or_written_anew(session, cast):
    trainer = actor_of(cast.trainer, Role.TRAINER)

    def due():
        return set(session.scalars(trust_to_revisit(trainer))), trust_state(
            session, cast.cohort
        ).joined

    assert reason_of(keep_trust, session, cast.trainer.id, cast.cohort, now=NOW) is (
        TrustRefusal.NOT_WRITTEN
    )
    make_trust(session, cast)
    assert due() == (set(), ())
    keep_trust(session, cast.trainer.id, cast.cohort, now=NOW)
    assert session.scalars(select(TrustReview)).all() == []
    join(session, cast, "ana", NOW + timedelta(days=1))
    assert due() == ({cast.cohort.id}, ("Ana",))
    keep_trust(session, cast.trainer.id, cast.cohort, now=NOW + timedelta(days=2))
    keep_trust(session, cast.trainer.id, cast.cohort, now=NOW + timedelta(days=2))
    assert due() == (set(), ())
    assert trust_state(session, cast.cohort).reviews == (date(2026, 11, 4),)
    join(session, cast, "bo", NOW + timedelta(days=3))
    assert due() == ({cast.cohort.id}, ("Bo",))
    make_trust(session, cast, begun_from=1, conflict="We wait a day.", now=NOW + timedelta(days=4))
    assert due() == (set(), ())


def join(session, cast, name, at):
    """Admit somebody at an instant."""
    place = make_enrolment(session, make_person(session, name, cast.organisation), cast.cohort)
    place.recorded_at = at
    session.flush()
    return place


def test_whoever_leaves_again_lets_nothing_be_revisited(session, cast):
    make_trust(session, cast)
    place = join(session, cast, "ana", NOW + timedelta(days=1))
    place.state = "withdrawn"
    session.flush()
    assert trust_state(session, cast.cohort).joined == ()
    assert not session.scalars(trust_to_revisit(actor_of(cast.trainer, Role.TRAINER))).all()


def test_staff_read_who_has_not_acknowledged_the_current_version(session, cast):
    acknowledge(session, cast.enrolment, make_trust(session, cast))
    state = trust_state(session, cast.cohort)
    assert (state.waiting, state.members) == (("Classmate",), 2)


# races


def both(app, act, times=2):
    """Run an act on sessions of their own at the same time and return what each came to."""
    gate = Barrier(times)
    state = app.extensions["lms"]

    def one(number):
        with state.database.session() as session:
            session.info["ground"] = state.ground
            gate.wait()
            try:
                with transaction(session) as writing:
                    return act(writing, number)
            except (RefusedError, ClashError) as refused:
                return getattr(refused, "reason", "clash")

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


@pytest.fixture
def real(real_session):
    """Return the cast with everybody's agreements signed, really committed."""
    cast = make_cast(real_session)
    sign_all(real_session)
    real_session.commit()
    return cast


@pytest.mark.races
def test_two_trainers_close_once(real_app, real_session, real):
    made = make_gathering(real_session, real)
    trainers = (real.trainer, real.second_trainer)
    fill_sheet(real_session, made, trainers[0], {real.enrolment.id: THERE})
    fill_sheet(real_session, made, trainers[1], {real.enrolment.id: (0, None)})
    real_session.commit()

    def act(session, number):
        row = get_gathering(session, made.public_id)
        return close_attendance(session, trainers[number].id, row, version=1, now=NOW)

    assert sorted(both(real_app, act), key=str) == [1, AttendanceRefusal.CLOSED]
    facts = real_session.scalars(select(Attendance)).all()
    assert len(facts) == 1
    assert facts[0].recorded_by == real_session.scalars(select(Gathering.closed_by)).one()


@pytest.mark.races
def test_two_corrections_at_once_leave_one_in_force(real_app, real_session, real):
    made = make_gathering(real_session, real)
    close(real_session, made, {real.enrolment.id: AWAY}, by=real.trainer)
    seat = seat_of(real_session, made, real.enrolment)
    seen = real_session.scalars(select(Attendance.public_id)).one()
    real_session.commit()

    def act(session, number):
        row = get_seat(session, seat.public_id)
        marks = (0, None) if number else (None, 0)
        asked = {"seen": seen, "reason": "Seen.", "now": NOW}
        correct_attendance(session, real.trainer.id, row, marks, **asked)

    assert sorted(both(real_app, act), key=str) == [None, AttendanceRefusal.CHANGED]
    rows = real_session.scalars(select(Attendance)).all()
    assert [row.replaced_at is None for row in sorted(rows, key=lambda row: row.id)] == [
        False,
        True,
    ]


@pytest.mark.races
def test_a_missing_row_is_recorded_once_by_two(real_app, real_session, real):
    """The unique key settles it where there is no fact yet to be replaced."""
    made = make_gathering(real_session, real, [], audience=Audience.JOINT)
    close(real_session, made, {}, by=real.trainer)
    seat = seat_of(real_session, made, real.enrolment)
    real_session.commit()

    def act(session, number):
        row = get_seat(session, seat.public_id)
        correct_attendance(session, real.trainer.id, row, (0, number), seen="", reason="", now=NOW)

    assert sorted(both(real_app, act), key=str) == [None, AttendanceRefusal.CHANGED]


@pytest.mark.races
def test_two_make_ups_of_one_part_count_once(real_app, real_session, real):
    made = make_gathering(real_session, real)
    close(real_session, made, {real.enrolment.id: (0, None)}, by=real.trainer)
    seat = seat_of(real_session, made, real.enrolment)
    real_session.commit()

    def act(session, number):
        row = get_seat(session, seat.public_id)
        op_id = f"make-up-{number}"
        record_make_up(session, real.trainer.id, row, form(), op_id=op_id, now=NOW)

    assert sorted(both(real_app, act), key=str) == [None, MakeUpRefusal.NOT_MISSING]
    assert real_session.scalar(select(func.count(MakeUp.id))) == 1


@pytest.mark.races
@pytest.mark.parametrize("op_ids", [("one", "one"), ("one", "two")])
def test_a_double_click_plans_once(real_app, real_session, real, op_ids):
    def act(session, number):
        cohort = session.get_one(Cohort, real.cohort.id)
        places = [real.enrolment.public_id]
        return plan_gathering(
            session, real.trainer.id, cohort, plan(real), places, op_id=op_ids[number], now=NOW
        ).public_id

    found = both(real_app, act)
    assert len({one for one in found if isinstance(one, str)}) >= len(set(op_ids)) - 1
    assert real_session.scalar(select(func.count(Gathering.id))) == len(set(op_ids))


@pytest.mark.races
def test_two_who_write_at_once_make_one_version(real_app, real_session, real):
    def act(session, number):
        cohort = session.get_one(Cohort, real.cohort.id)
        texts = TEXTS | {TrustSection.CONFLICT: f"Text {number}."}
        return write_trust(session, real.trainer.id, cohort, texts, begun_from=0, now=NOW).number

    assert sorted(both(real_app, act), key=str) == [1, "clash"]
    assert real_session.scalar(select(func.count(TrustAgreement.id))) == 1


@pytest.mark.races
def test_an_acknowledgement_pressed_twice_is_one(real_app, real_session, real):
    agreement = make_trust(real_session, real)
    real_session.commit()

    def act(session, number):
        place = get_place(session, real.trainee.id)
        acknowledge_trust(session, place, shown=1, shown_hash=agreement.text_hash, now=NOW)

    assert both(real_app, act) == [None, None]
    assert real_session.scalar(select(func.count(TrustAcknowledgement.id))) == 1


@pytest.mark.races
def test_two_who_keep_the_agreement_keep_it_once(real_app, real_session, real):
    make_trust(real_session, real)
    join(real_session, real, "ana", NOW + timedelta(days=1))
    real_session.commit()

    def act(session, number):
        cohort = session.get_one(Cohort, real.cohort.id)
        keep_trust(session, real.trainer.id, cohort, now=NOW + timedelta(days=2))

    assert both(real_app, act) == [None, None]
    assert real_session.scalar(select(func.count(TrustReview.id))) == 1


@pytest.mark.races
def test_an_answer_during_a_change_of_the_list_is_kept_or_gone_with_the_seat(
    real_app, real_session, real
):
    made = make_gathering(real_session, real, on=TOMORROW)
    other = real_session.scalars(
        select(Enrolment).where(Enrolment.person_id == real.classmate.id)
    ).one()
    real_session.commit()

    def act(session, number):
        row = get_gathering(session, made.public_id)
        if number:
            answer_invitation(session, row, real.trainee.id, coming=False, now=NOW)
        else:
            ids = [other.public_id]
            new = plan(real, on=TOMORROW)
            change_gathering(session, real.trainer.id, row, new, ids, version=1, now=NOW)

    gate = both(real_app, lambda session, number: _tolerant(act, session, number))
    assert gate[0] is None
    assert real_session.scalars(select(Seat.enrolment_id)).all() == [other.id]


def _tolerant(act, session, number):
    try:
        return act(session, number)
    except MissingError:
        return "gone"


def test_a_gathering_over_midnight_happens_on_the_day_it_begins(session, cast):
    made = make_gathering(
        session, cast, begins=time(23, 0), ends=time(1, 0), parts=(Part("Night", 120),)
    )
    assert made.happens_on == date(2026, 11, 1)
    assert made.begins_at == datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
    night = (PARTS[0],)
    long = make_gathering(
        session,
        cast,
        on=date(2026, 10, 31),
        begins=time(23, 30),
        ends=time(2, 0),
        parts=night,
    )
    assert (long.ends_at - long.begins_at) == timedelta(hours=3, minutes=30)


def test_a_second_trainer_may_be_assigned_and_then_runs_the_gathering(session, cast):
    made = make_gathering(session, cast)
    lone = make_person(session, "lone_trainer", cast.organisation)
    grant(session, lone, "trainer")
    session.flush()
    actor = actor_of(lone, Role.TRAINER)

    def runs():
        session.info.pop("relations", None)
        return may(actor, Permission.GATHERING_RUN, subject_for(session, actor, [made]))

    assert not runs()
    assign(session, place_of(session, cast.classmate), lone, "trainer")
    session.flush()
    assert runs()
