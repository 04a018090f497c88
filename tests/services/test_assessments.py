"""Attempts: drawn, saved, stopped, handed in and read, also by two at once."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import func, select

from lms.db import transaction
from lms.models import (
    Attempt,
    AuditEntry,
    ContentVersion,
    Enrolment,
    Form,
    FormItem,
    Response,
    Score,
)
from lms.rules.assessments.attempts import AnswerRefusal, StartRefusal
from lms.rules.assessments.definition import TrueFalseItem
from lms.rules.assessments.scoring import ResponseFault
from lms.rules.cohorts import PracticeHold
from lms.rules.programmes.evidence import AttemptsPolicy
from lms.rules.roles import Actor, Role
from lms.services.assessments import (
    answers_of,
    get_assessment,
    list_attempts,
    list_conversations,
    list_flags,
    offer_of,
    outcome_of,
    paper_of,
    settle_flag,
    source_words,
    start_attempt,
    start_clock,
    stop_clock,
    submit_attempt,
)
from lms.services.errors import MissingError, RefusedError
from lms.services.publishing import definition_of
from tests.cast import NOW, TODAY, make_cast
from tests.sitting import begin, best, flagged, publish_again, save, sign_all, with_score_rule

LATER = NOW + timedelta(minutes=20)


@pytest.fixture(autouse=True)
def signed(session, cast):
    """Have everybody sign, so that practice is open."""
    sign_all(session)
    session.commit()


@pytest.fixture
def attempt(session, cast):
    return begin(session, cast.enrolment)


# Starting


def test_a_start_keeps_the_exact_items_with_their_versions(session, cast, attempt):
    version = get_assessment(session, "readiness")
    paper = paper_of(session, attempt.form_hash)
    items = session.scalars(select(FormItem).where(FormItem.form_hash == attempt.form_hash)).all()
    assert [item.item for item in items] == [item.id for item in paper.items]
    assert sorted(item.id for item in paper.items) == sorted(
        item.id for item in definition_of(session, version).items
    )
    slugs = {row.id: row.slug for row in session.scalars(select(ContentVersion))}
    assert all(slugs[i.item_version_id] == f"readiness/{i.item}" for i in items)


def test_a_form_shuffles_options_and_keeps_their_keys(session, cast, attempt):
    drawn = paper_of(session, attempt.form_hash)
    written = {i.id: i for i in definition_of(session, get_assessment(session, "readiness")).items}
    assert any(
        item.options != written[item.id].options
        for item in drawn.items
        if not isinstance(item, TrueFalseItem)
    )
    for item in drawn.items:
        if not isinstance(item, TrueFalseItem):
            assert set(item.options) == set(written[item.id].options)


def test_people_who_draw_the_same_share_one_form(session, cast, monkeypatch):
    monkeypatch.setattr("secrets.randbelow", lambda top: 7)
    classmate = session.scalars(
        select(Enrolment).where(Enrolment.person_id == cast.classmate.id)
    ).one()
    one, two = begin(session, cast.enrolment), begin(session, classmate, op_id="op-2")
    assert one.form_hash == two.form_hash
    assert session.scalar(select(func.count()).select_from(Form)) == 1
    assert session.scalar(select(func.count()).select_from(FormItem)) == 34


def test_a_second_click_leads_to_the_open_attempt(session, cast, attempt):
    assert begin(session, cast.enrolment).id == attempt.id
    assert begin(session, cast.enrolment, op_id="another").id == attempt.id


def test_a_start_form_sent_again_after_handing_in_begins_nothing(session, cast, attempt):
    submit_attempt(session, attempt, cast.trainee.id, now=LATER)
    assert begin(session, cast.enrolment).id == attempt.id
    assert begin(session, cast.enrolment, op_id="op-2").number == 2


def test_a_held_practice_starts_nothing(session, cast):
    cast.enrolment.state = "paused"
    session.flush()
    with pytest.raises(RefusedError) as refused:
        begin(session, cast.enrolment)
    assert refused.value.reason is PracticeHold.PAUSED
    assert session.scalar(select(func.count()).select_from(Attempt)) == 0


def test_an_assessment_that_is_not_there_is_missing(session, cast):
    with pytest.raises(MissingError):
        start_attempt(session, cast.enrolment, "nothing-here", op_id="x", now=NOW)


def test_the_programmes_limits_are_kept_and_said(session, cast, attempt):
    with_score_rule(session, cast.enrolment, attempts=AttemptsPolicy(limit=2, wait="90 days"))
    submit_attempt(session, attempt, cast.trainee.id, now=NOW)
    with pytest.raises(RefusedError) as refused:
        begin(session, cast.enrolment, op_id="op-2", now=NOW + timedelta(days=89))
    assert refused.value.reason is StartRefusal.TOO_SOON
    version = get_assessment(session, "readiness")
    offered = offer_of(session, version, cast.enrolment, today=TODAY)
    assert (offered.refusal, offered.opens_on) == (
        StartRefusal.TOO_SOON,
        TODAY + timedelta(days=90),
    )
    second = begin(session, cast.enrolment, op_id="op-2", now=NOW + timedelta(days=90))
    submit_attempt(session, second, cast.trainee.id, now=NOW + timedelta(days=90))
    with pytest.raises(RefusedError) as refused:
        begin(session, cast.enrolment, op_id="op-3", now=NOW + timedelta(days=500))
    assert refused.value.reason is StartRefusal.NO_ATTEMPTS_LEFT


# Saving


def test_an_answer_is_kept_as_given(session, attempt):
    assert save(session, attempt, "bnd-01", "c") == (True, 1)
    assert save(session, attempt, "bnd-05", ["f", "b"]) == (True, 1)
    assert save(session, attempt, "bnd-06", False) == (True, 1)
    assert answers_of(session, attempt).values == {
        "bnd-01": "c",
        "bnd-05": ["f", "b"],
        "bnd-06": False,
    }


def test_a_late_packet_changes_nothing_and_is_told_the_counter_kept(session, attempt):
    save(session, attempt, "bnd-01", "c", 5)
    assert save(session, attempt, "bnd-01", "a", 4) == (False, 5)
    assert save(session, attempt, "bnd-01", "a", 5) == (False, 5)
    assert answers_of(session, attempt).values == {"bnd-01": "c"}


def test_a_form_sent_is_always_the_newest_even_from_an_old_page(session, attempt):
    save(session, attempt, "bnd-01", "c", 5)
    assert save(session, attempt, "bnd-01", "a", 1, deliberate=True) == (True, 6)
    assert save(session, attempt, "bnd-01", "b", 9, deliberate=True) == (True, 9)
    assert save(session, attempt, "bnd-01", "d", 8) == (False, 9)
    assert answers_of(session, attempt).values == {"bnd-01": "b"}


@pytest.mark.parametrize(
    ("item", "value", "reason"),
    [
        ("bnd-01", "z", ResponseFault.UNKNOWN_OPTION),
        ("bnd-01", ["a"], ResponseFault.WRONG_SHAPE),
        ("bnd-01", 3, ResponseFault.WRONG_SHAPE),
        ("bnd-05", ["a", "a"], ResponseFault.TICKED_TWICE),
        ("bnd-06", "true", ResponseFault.WRONG_SHAPE),
    ],
)
def test_what_is_no_answer_is_refused_and_nothing_is_kept(session, attempt, item, value, reason):
    save(session, attempt, item, None)
    with pytest.raises(RefusedError) as refused:
        save(session, attempt, item, value, 2)
    assert refused.value.reason is reason
    assert answers_of(session, attempt).values == {item: None}


def test_an_item_of_no_form_is_missing(session, attempt):
    with pytest.raises(MissingError):
        save(session, attempt, "elsewhere", "a")


def test_a_closed_attempt_takes_nothing(session, cast, attempt):
    submit_attempt(session, attempt, cast.trainee.id, now=LATER)
    with pytest.raises(RefusedError) as refused:
        save(session, attempt, "bnd-01", "a", deliberate=True)
    assert refused.value.reason is AnswerRefusal.CLOSED
    assert session.scalar(select(func.count()).select_from(Response)) == 0


def test_a_save_takes_two_statements(session, attempt, statements):
    save(session, attempt, "bnd-01", "a")
    statements.clear()
    save(session, attempt, "bnd-01", "b", 2)
    assert len(statements) == 2


@pytest.fixture
def statements(session):
    from sqlalchemy import event

    seen = []

    def note(connection, cursor, statement, *rest):
        if not statement.startswith(("SAVEPOINT", "RELEASE")):
            seen.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", note)
    yield seen
    event.remove(session.get_bind(), "before_cursor_execute", note)


# The clock


def test_time_is_up_after_the_grace_and_what_was_saved_counts(session, cast):
    attempt = begin(session, cast.enrolment, limit_minutes=10)
    save(session, attempt, "bnd-06", False, now=NOW + timedelta(minutes=10, seconds=30))
    with pytest.raises(RefusedError) as refused:
        save(session, attempt, "bnd-06", True, 2, now=NOW + timedelta(minutes=10, seconds=31))
    assert refused.value.reason is AnswerRefusal.TIME_IS_UP
    submit_attempt(session, attempt, cast.trainee.id, now=NOW + timedelta(hours=3))
    assert outcome_of(session, attempt).score.whole.points == 1


def test_a_pause_keeps_the_seconds_that_remain_and_nothing_else(session, cast):
    attempt = begin(session, cast.enrolment, limit_minutes=10)
    stop_clock(session, cast.trainee.id, NOW + timedelta(minutes=4))
    assert (attempt.remaining_seconds, attempt.closes_at) == (360, None)
    with pytest.raises(RefusedError) as refused:
        save(session, attempt, "bnd-06", True)
    assert refused.value.reason is AnswerRefusal.PAUSED
    stop_clock(session, cast.trainee.id, NOW + timedelta(minutes=9))
    assert attempt.remaining_seconds == 360
    start_clock(session, cast.trainee.id, NOW + timedelta(days=2))
    assert attempt.closes_at == NOW + timedelta(days=2, minutes=6)
    assert attempt.remaining_seconds is None
    assert save(session, attempt, "bnd-06", True, now=NOW + timedelta(days=2)).is_kept


def test_a_pause_of_somebody_else_or_without_a_clock_changes_nothing(session, cast, attempt):
    stop_clock(session, cast.classmate.id, NOW)
    stop_clock(session, cast.trainee.id, NOW)
    assert (attempt.remaining_seconds, attempt.closes_at) == (None, None)


def test_a_pause_gives_no_time_back_to_a_clock_that_ran_out(session, cast):
    attempt = begin(session, cast.enrolment, limit_minutes=10)
    stop_clock(session, cast.trainee.id, NOW + timedelta(minutes=11))
    assert attempt.remaining_seconds is None


def test_handing_in_leaves_no_trace_of_a_pause(session, cast):
    attempt = begin(session, cast.enrolment, limit_minutes=10)
    stop_clock(session, cast.trainee.id, NOW + timedelta(minutes=4))
    submit_attempt(session, attempt, cast.trainee.id, now=LATER)
    assert (attempt.closes_at, attempt.remaining_seconds) == (None, None)


# Handing in


def test_handing_in_keeps_exact_scores_as_facts(session, cast, attempt):
    before = session.get_one(Enrolment, cast.enrolment.id).facts_version
    save(session, attempt, "bnd-01", "a")
    save(session, attempt, "bnd-05", ["b", "c"])
    submit_attempt(session, attempt, cast.trainee.id, now=LATER)
    facts = {fact.part: fact for fact in session.scalars(select(Score))}
    assert list(facts) == [
        "whole",
        "boundaries",
        "safety-planning",
        "trauma-responsive-practice",
        "system-navigation",
    ]
    assert (facts["whole"].points, facts["whole"].of) == (Fraction(11, 12), 34)
    assert facts["boundaries"].score_percent == Fraction(11, 12) * 100 / 8
    assert facts["boundaries"].score_ppm == 114_583
    assert (facts["whole"].happened_on, facts["whole"].recorded_at) == (TODAY, LATER)
    session.refresh(cast.enrolment)
    assert cast.enrolment.facts_version > before


def test_everything_right_is_exactly_a_hundred_percent(session, cast, attempt):
    for item in paper_of(session, attempt.form_hash).items:
        save(session, attempt, item.id, best(item))
    submit_attempt(session, attempt, cast.trainee.id, now=LATER)
    assert {fact.score_percent for fact in session.scalars(select(Score))} == {Fraction(100)}
    assert list_flags(session, attempt) == []


def test_the_day_is_the_cohorts(session, cast, attempt):
    submit_attempt(session, attempt, cast.trainee.id, now=NOW.replace(hour=3))
    assert session.scalars(select(Score.happened_on).distinct()).one() == TODAY - timedelta(days=1)


def test_handing_in_twice_is_handing_in_once(session, cast, attempt):
    submit_attempt(session, attempt, cast.trainee.id, now=LATER)
    submit_attempt(session, attempt, cast.trainee.id, now=LATER + timedelta(hours=1))
    assert attempt.closed_at == LATER
    assert session.scalar(select(func.count()).select_from(Score)) == 5


def test_acts_are_audited_and_answers_are_not(session, cast):
    with transaction(session):
        attempt = begin(session, cast.enrolment)
    with transaction(session):
        save(session, attempt, "bnd-01", "a")
        submit_attempt(session, attempt, cast.trainee.id, now=LATER)
    acts = session.scalars(select(AuditEntry).where(AuditEntry.act.like("attempt-%"))).all()
    assert [entry.act for entry in acts] == ["attempt-started", "attempt-submitted"]
    assert {entry.subject for entry in acts} == {f"attempt:{attempt.public_id}"}
    assert {entry.chain for entry in acts} == {cast.organisation.id}


# Reading


def test_what_came_of_it_is_judged_by_the_form_and_not_by_todays_content(session, cast, attempt):
    save(session, attempt, "bnd-01", "c")
    submit_attempt(session, attempt, cast.trainee.id, now=LATER)
    version = get_assessment(session, "readiness")
    now_published = definition_of(session, version)
    harder = replace(now_published, items=now_published.items[1:], title="Changed")
    publish_again(session, version, harder)
    outcome = outcome_of(session, attempt)
    assert (outcome.paper.title, len(outcome.paper.items)) == ("Readiness", 34)
    assert outcome.score.whole.points == 1


def test_facts_say_the_same_as_the_page(session, cast, attempt):
    for item in paper_of(session, attempt.form_hash).items[::2]:
        save(session, attempt, item.id, best(item))
    submit_attempt(session, attempt, cast.trainee.id, now=LATER)
    found = outcome_of(session, attempt).score
    kept = {f.part: (f.points, f.of) for f in session.scalars(select(Score))}
    assert kept.pop("whole") == (found.whole.points, found.whole.of)
    assert kept == {name: (p.points, p.of) for name, p in found.domains.items()}


def test_marks_come_from_the_trainees_programme(session, cast, attempt):
    marks = outcome_of(session, attempt).marks
    assert set(marks) == {
        "boundaries",
        "safety-planning",
        "trauma-responsive-practice",
        "system-navigation",
    }


def test_sources_are_named_by_author_year_and_place(session, attempt):
    words = source_words(session, paper_of(session, attempt.form_hash))
    assert len(words) == 34
    assert words["bnd-01"].endswith("Turning to action")
    assert "2025" in words["bnd-01"]


@pytest.fixture
def with_flag(session, cast, attempt):
    item, option = flagged(paper_of(session, attempt.form_hash))
    save(session, attempt, item, option)
    submit_attempt(session, attempt, cast.trainee.id, now=LATER)
    return attempt, item, option


def test_a_flagged_answer_is_a_conversation_until_somebody_had_it(session, cast, with_flag):
    attempt, item, option = with_flag
    trainer = Actor(cast.trainer.id, cast.organisation.id, frozenset({Role.TRAINER}))
    assert [talk[:4] for talk in list_conversations(session, trainer)] == [
        ("Trainee", attempt.public_id, "readiness", 1)
    ]
    settle_flag(session, attempt, item, option, actor_id=cast.trainer.id, now=LATER)
    settle_flag(session, attempt, item, option, actor_id=cast.coordinator.id, now=LATER)
    (flag,) = list_flags(session, attempt)
    assert (flag.talked_at, flag.talked_by) == (LATER, cast.trainer.id)
    assert list_conversations(session, trainer) == []


def test_conversations_are_listed_for_those_alone_who_may_see_flags(session, cast, with_flag):
    def who(person, *roles, home=cast.organisation):
        return list_conversations(session, Actor(person.id, home.id, frozenset(roles)))

    assert len(who(cast.coordinator, Role.COORDINATOR)) == 1
    assert len(who(cast.second_trainer, Role.TRAINER)) == 1
    assert who(cast.trainee) == []
    assert who(cast.classmate) == []
    assert who(cast.supervisor, Role.SUPERVISOR) == []
    assert who(cast.outsider, Role.COORDINATOR, home=cast.elsewhere) == []


def test_what_was_not_flagged_cannot_be_settled(session, cast, with_flag):
    with pytest.raises(MissingError):
        settle_flag(session, with_flag[0], "bnd-01", "c", actor_id=cast.trainer.id, now=LATER)


def test_that_a_talk_was_had_does_not_stand_in_the_trainees_own_record(session, cast):
    with transaction(session):
        attempt = begin(session, cast.enrolment)
        item, option = flagged(paper_of(session, attempt.form_hash))
        save(session, attempt, item, option)
        submit_attempt(session, attempt, cast.trainee.id, now=LATER)
    with transaction(session):
        settle_flag(session, attempt, item, option, actor_id=cast.trainer.id, now=LATER)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "flag-talked")).one()
    assert (entry.actor_id, entry.about_id) == (cast.trainer.id, None)


def test_attempts_are_listed_newest_first_with_scores_and_talks(session, cast, with_flag):
    second = begin(session, cast.enrolment, op_id="op-2", now=LATER)
    rows = list_attempts(session, cast.enrolment.id)
    assert [row.attempt.id for row in rows] == [second.id, with_flag[0].id]
    assert [row.open_flags for row in rows] == [0, 1]
    assert rows[0].scores == {}
    assert rows[1].scores["whole"].of == 34


# Two at once


@pytest.fixture
def crowd(real_app, real_session):
    """Return the trainees' places, really committed, and a way to run acts at the same instant."""
    make_cast(real_session)
    sign_all(real_session)
    real_session.commit()
    places = list(real_session.execute(select(Enrolment.id, Enrolment.person_id)))
    real_session.rollback()
    return places, lambda *acts: at_once(real_app, acts)


def at_once(app, acts):
    """Run acts in threads that begin together; return what each answered, or why it was refused."""
    state = app.extensions["lms"]
    gate = threading.Barrier(len(acts))

    def run(act):
        with state.database.session() as session:
            session.info["ground"] = state.ground
            gate.wait()
            try:
                with transaction(session):
                    return act(session)
            except RefusedError as refused:
                return refused.reason

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def begun(session, place):
    """Return the id of an attempt, really committed."""
    with transaction(session):
        return begin(session, session.get_one(Enrolment, place.id)).id


@pytest.mark.races
def test_two_clicks_start_one_attempt(crowd, real_session):
    places, at_the_same_time = crowd

    def click(op_id):
        return lambda s: begin(s, s.get_one(Enrolment, places[0].id), op_id=op_id).id

    found = at_the_same_time(click("same"), click("same"), click("other"), click("third"))
    assert len(set(found)) == 1
    assert real_session.scalar(select(func.count()).select_from(Attempt)) == 1


@pytest.mark.races
def test_two_people_draw_the_same_form_at_once(crowd, real_session, monkeypatch):
    places, at_the_same_time = crowd
    monkeypatch.setattr("secrets.randbelow", lambda top: 7)

    def click(place):
        return lambda s: begin(s, s.get_one(Enrolment, place), op_id=f"op-{place}").form_hash

    found = at_the_same_time(*(click(place.id) for place in places))
    assert len(places) == 2
    assert len(set(found)) == 1
    assert real_session.scalar(select(func.count()).select_from(FormItem)) == 34


@pytest.mark.races
def test_nothing_is_acknowledged_after_closing(crowd, real_session):
    places, at_the_same_time = crowd
    attempt_id = begun(real_session, places[0])

    def keep(counter):
        return lambda s: save(s, s.get_one(Attempt, attempt_id), "bnd-01", "c", counter)

    def close(s):
        submit_attempt(s, s.get_one(Attempt, attempt_id), places[0].person_id, now=LATER)

    found = at_the_same_time(keep(1), close, keep(2), keep(3))
    acknowledged = [answer.counter for answer in found if isinstance(answer, tuple)]
    whole = real_session.scalars(select(Score).where(Score.part == "whole")).one()
    assert whole.points == (1 if acknowledged else 0)
    assert set(found) - {None, AnswerRefusal.CLOSED} == {a for a in found if isinstance(a, tuple)}


@pytest.mark.races
def test_handing_in_twice_at_once_scores_once(crowd, real_session):
    places, at_the_same_time = crowd
    attempt_id = begun(real_session, places[0])

    def close(s):
        submit_attempt(s, s.get_one(Attempt, attempt_id), places[0].person_id, now=LATER)

    at_the_same_time(close, close, close)
    assert real_session.scalar(select(func.count()).select_from(Score)) == 5
    submitted = select(func.count()).where(AuditEntry.act == "attempt-submitted")
    assert real_session.scalar(submitted) == 1


@pytest.mark.races
def test_of_saves_at_once_the_highest_counter_stays(crowd, real_session):
    places, at_the_same_time = crowd
    attempt_id = begun(real_session, places[0])

    def keep(counter, value):
        return lambda s: save(s, s.get_one(Attempt, attempt_id), "bnd-01", value, counter)

    at_the_same_time(keep(3, "c"), keep(1, "a"), keep(2, "b"))
    row = real_session.scalars(select(Response)).one()
    assert (json.loads(row.value), row.counter) == ("c", 3)
