"""Pages of assessments: begin, answer with and without a script, hand in, read, and who may."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from lms.db import utcnow
from lms.models import Attempt, AttemptFlag, Enrolment, Response, Score
from lms.rules.assessments.attempts import AnswerRefusal, StartRefusal
from lms.rules.assessments.scoring import ResponseFault
from lms.rules.programmes.evidence import AttemptsPolicy, PartMark
from lms.services.assessments import answers_of, paper_of, stop_clock, submit_attempt
from lms.web.words import sentence
from tests.cast import NOW
from tests.sitting import begin, best, flagged, save, sign_all, with_score_rule


@pytest.fixture(autouse=True)
def signed(session, cast):
    """Have everybody sign, so that practice is open."""
    sign_all(session)
    session.commit()


@pytest.fixture
def attempt(session, cast):
    found = begin(session, cast.enrolment)
    session.commit()
    return found


@pytest.fixture
def handed_in(session, cast, attempt):
    """Return an attempt handed in, with one flagged answer."""
    item, option = flagged(paper_of(session, attempt.form_hash))
    save(session, attempt, "bnd-01", "c")
    save(session, attempt, item, option)
    submit_attempt(session, attempt, cast.trainee.id, now=NOW)
    session.commit()
    return attempt


def question(attempt, item="bnd-01"):
    return f"/attempts/{attempt.public_id}/items/{item}"


def put(page, attempt, item, body, **more):
    """Send an answer as the page's script does."""
    more.setdefault("headers", {"X-CSRFToken": page.token()})
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    return page.client.put(
        f"/attempts/{attempt.public_id}/answers/{item}",
        data=data,
        content_type="application/json",
        **more,
    )


def values(session, attempt):
    session.expire_all()
    return answers_of(session, attempt).values


# Beginning


def test_the_list_says_where_one_stands(page, session, cast):
    trainee = page.as_("trainee")
    trainee.get("/assessments")
    assert "Readiness" in trainee.words
    assert "Not begun" in trainee.words
    assert "nobody is turned away" in trainee.words


def test_beginning_says_first_what_is_touched_and_what_it_is_for(page):
    trainee = page.as_("trainee")
    trainee.get("/assessments/readiness")
    assert "fear for children" in trainee.words
    assert "one source among several" in trainee.words
    assert "34 questions" in trainee.words


def test_one_begins_answers_all_and_hands_in_without_a_script(page, session, cast):
    trainee = page.as_("trainee")
    trainee.get("/assessments/readiness")
    reply = trainee.submit(f"/places/{cast.enrolment.public_id}/attempts/readiness")
    assert reply.status_code == 302
    attempt = session.scalars(select(Attempt)).one()
    trainee.get(reply.location)
    assert "0 of 34 answered" in trainee.words
    paper = paper_of(session, attempt.form_hash)
    for item in paper.items:
        there = question(attempt, item.id)
        assert reply.location.endswith((f"/attempts/{attempt.public_id}", there))
        trainee.get(there)
        good = best(item)
        typed = str(good).lower() if isinstance(good, bool) else good
        reply = trainee.submit(there, answer=typed, go="next")
    assert reply.location.endswith("/hand-in")
    trainee.get(reply.location)
    assert "answered every question" in trainee.words
    trainee.submit(reply.location)
    trainee.get(f"/attempts/{attempt.public_id}")
    assert trainee.words.count("8 of 8 points, 100") >= 2
    assert session.scalars(select(Score.score_percent).where(Score.part == "whole")).one() == 100


def test_two_clicks_begin_once_and_a_form_kept_open_begins_nothing_new(page, session, cast):
    trainee = page.as_("trainee")
    trainee.get("/assessments/readiness")
    start = f"/places/{cast.enrolment.public_id}/attempts/readiness"
    kept = trainee.form_data(start)
    first, second = (trainee.client.post(start, data=kept) for _click in range(2))
    assert first.location == second.location
    trainee.post(f"{first.location}/hand-in")
    assert trainee.client.post(start, data=kept).location == first.location
    assert session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_a_held_practice_says_what_to_mend_and_starts_nothing(page, session, cast):
    cast.enrolment.state = "paused"
    session.commit()
    trainee = page.as_("trainee")
    trainee.get("/assessments/readiness")
    assert "You stepped back" in trainee.words
    start = f"/places/{cast.enrolment.public_id}/attempts/readiness"
    reply = trainee.post(start, follow_redirects=True)
    assert "You stepped back" in reply.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(Attempt)) == 0


def test_a_limit_reached_is_said_before_the_button_and_after_it(page, session, cast, handed_in):
    with_score_rule(session, cast.enrolment, attempts=AttemptsPolicy(limit=5, wait="90 days"))
    handed_in.closed_at = utcnow()
    session.commit()
    trainee = page.as_("trainee")
    trainee.get("/assessments/readiness")
    assert sentence(StartRefusal.TOO_SOON) in trainee.words
    assert "It opens on" in trainee.words
    reply = trainee.post(
        f"/places/{cast.enrolment.public_id}/attempts/readiness", follow_redirects=True
    )
    assert sentence(StartRefusal.TOO_SOON) in reply.get_data(as_text=True)


def test_staff_read_what_it_is_and_cannot_begin(page, cast):
    trainer = page.as_("trainer")
    trainer.get("/assessments/readiness")
    assert "once they have a place" in trainer.words
    start = f"/places/{cast.enrolment.public_id}/attempts/readiness"
    assert trainer.post(start).status_code == 403


@pytest.mark.parametrize("slug", ["nothing", "x" * 300, "مرحبا", "%00"])
def test_an_assessment_that_is_not_there_is_not_found(page, cast, slug):
    trainee = page.as_("trainee")
    assert trainee.get(f"/assessments/{slug}").status_code == 404
    start = f"/places/{cast.enrolment.public_id}/attempts/{slug}"
    assert trainee.post(start).status_code == 404


# Answering


def test_an_answer_stays_chosen_and_the_way_leads_on_and_back(page, session, attempt):
    trainee = page.as_("trainee")
    items = [item.id for item in paper_of(session, attempt.form_hash).items]
    trainee.get(question(attempt, items[1]))
    assert "Question 2 of 34" in trainee.words
    back = trainee.submit(question(attempt, items[1]), answer="b", go="back")
    assert back.location.endswith(items[0])
    trainee.get(question(attempt, items[1]))
    assert trainee.form_data()["answer"] == ["b"]
    everything = trainee.submit(question(attempt, items[1]), go="all")
    trainee.get(everything.location)
    assert "1 of 34 answered" in trainee.words


def test_going_on_without_an_answer_keeps_what_was_answered_elsewhere(page, session, attempt):
    trainee = page.as_("trainee")
    trainee.get(question(attempt))
    save(session, attempt, "bnd-01", "c")
    session.commit()
    trainee.submit(question(attempt), go="next")
    assert values(session, attempt) == {"bnd-01": "c"}


def test_an_answer_can_be_taken_back(page, session, attempt):
    save(session, attempt, "bnd-01", "c")
    session.commit()
    trainee = page.as_("trainee")
    trainee.get(question(attempt))
    trainee.submit(question(attempt), go="leave-out")
    assert values(session, attempt) == {"bnd-01": None}


def test_ticks_can_all_be_taken_away(page, session, attempt):
    save(session, attempt, "bnd-05", ["a", "b"])
    session.commit()
    trainee = page.as_("trainee")
    trainee.get(question(attempt, "bnd-05"))
    trainee.post(question(attempt, "bnd-05"), {"counter": "2", "go": "next"})
    assert values(session, attempt) == {"bnd-05": []}


@pytest.mark.parametrize(
    ("item", "sent", "words"),
    [
        ("bnd-01", ["nothing"], ResponseFault.UNKNOWN_OPTION),
        ("bnd-01", ["é" * 5000], ResponseFault.UNKNOWN_OPTION),
        ("bnd-05", ["a", "a"], ResponseFault.TICKED_TWICE),
        ("bnd-05", ["a", "🙂"], ResponseFault.UNKNOWN_OPTION),
        ("bnd-06", ["maybe"], ResponseFault.WRONG_SHAPE),
    ],
)
def test_an_unknown_answer_is_said_at_the_question(page, session, attempt, item, sent, words):
    trainee = page.as_("trainee")
    reply = trainee.post(question(attempt, item), {"answer": sent, "counter": "1", "go": "next"})
    assert reply.status_code == 200
    assert sentence(words) in trainee.words
    assert values(session, attempt) == {}


@pytest.mark.parametrize("counter", ["", "-1", "9" * 400, "x", "٣"])
def test_any_counter_of_a_form_is_taken_as_it_is_or_as_nothing(page, session, attempt, counter):
    reply = page.as_("trainee").post(question(attempt), {"answer": "c", "counter": counter})
    assert reply.status_code == 302
    assert values(session, attempt) == {"bnd-01": "c"}


def test_a_replayed_form_and_a_missing_button_do_no_harm(page, session, attempt):
    trainee = page.as_("trainee")
    sent = {"answer": "c", "counter": "1", "go": "elsewhere"}
    replies = [trainee.post(question(attempt), sent) for _time in range(2)]
    assert [reply.status_code for reply in replies] == [302, 302]
    assert session.scalar(select(func.count()).select_from(Response)) == 1


def test_a_question_that_is_not_asked_is_not_found(page, attempt):
    trainee = page.as_("trainee")
    assert trainee.get(question(attempt, "nothing")).status_code == 404
    assert trainee.post(question(attempt, "nothing"), {"answer": "a"}).status_code == 404


def test_a_question_shows_no_feedback_no_credit_and_no_flag(page, session, attempt):
    item, option = flagged(paper_of(session, attempt.form_hash))
    save(session, attempt, item, option)
    session.commit()
    reply = page.as_("trainee").get(question(attempt, item)).get_data(as_text=True)
    shown = next(i for i in paper_of(session, attempt.form_hash).items if i.id == item)
    assert all(o.feedback[:40] not in reply for o in shown.options)
    assert "flag" not in reply


# Answering with a script


def test_a_choice_is_saved_at_once(page, session, attempt):
    trainee = page.as_("trainee")
    trainee.get(question(attempt))
    reply = put(trainee, attempt, "bnd-01", {"value": "c", "counter": 1})
    assert (reply.status_code, reply.json["saved"], reply.json["counter"]) == (200, True, 1)
    late = put(trainee, attempt, "bnd-01", {"value": "a", "counter": 1})
    assert (late.json["saved"], late.json["counter"]) == (False, 1)
    assert values(session, attempt) == {"bnd-01": "c"}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "null",
        "[]",
        '"a"',
        "[" * 3000,
        {"value": "a"},
        {"value": "a", "counter": "1"},
        {"value": "a", "counter": True},
        {"value": "a", "counter": 1.5},
        {"value": "a", "counter": -1},
        {"value": "a", "counter": 10**30},
        {"value": "zz", "counter": 1},
        {"value": ["a"], "counter": 1},
        {"value": {"a": {"b": 1}}, "counter": 1},
        {"value": 7, "counter": 1},
        b'{"value": "\xff", "counter": 1}',
        '{"value": "\\ud800", "counter": 1}',
        '{"value": NaN, "counter": 1}',
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_kept(page, session, attempt, body):
    trainee = page.as_("trainee")
    trainee.get(question(attempt))
    assert put(trainee, attempt, "bnd-01", body).status_code == 400
    assert values(session, attempt) == {}


@pytest.mark.parametrize("size", [5_000, 3_000_000])
def test_huge_json_is_too_much(page, session, attempt, size):
    trainee = page.as_("trainee")
    trainee.get(question(attempt))
    reply = put(trainee, attempt, "bnd-01", {"value": "a" * size, "counter": 1})
    assert reply.status_code in {400, 413}
    assert values(session, attempt) == {}


def test_a_save_without_the_pages_token_is_not_taken(page, session, attempt):
    trainee = page.as_("trainee")
    trainee.get(question(attempt))
    reply = put(trainee, attempt, "bnd-01", {"value": "c", "counter": 1}, headers={})
    assert reply.status_code == 400
    assert values(session, attempt) == {}


def test_after_handing_in_nothing_is_acknowledged(page, session, handed_in):
    trainee = page.as_("trainee")
    reply = put(trainee, handed_in, "bnd-02", {"value": "a", "counter": 99})
    assert (reply.status_code, reply.json["words"]) == (409, sentence(AnswerRefusal.CLOSED))
    posted = trainee.post(question(handed_in), {"answer": "a", "go": "next"}, follow_redirects=True)
    assert sentence(AnswerRefusal.CLOSED) in posted.get_data(as_text=True)
    assert values(session, handed_in)["bnd-01"] == "c"


def test_the_id_of_another_attempt_in_the_body_is_not_listened_to(page, session, cast, attempt):
    place = session.scalars(select(Enrolment).where(Enrolment.person_id == cast.classmate.id)).one()
    theirs = begin(session, place, op_id="op-2")
    session.commit()
    trainee = page.as_("trainee")
    body = {"value": "c", "counter": 1, "attempt": theirs.public_id, "attempt_id": theirs.id}
    assert put(trainee, attempt, "bnd-01", body).status_code == 200
    trainee.post(question(attempt, "bnd-02"), {"answer": "a", "attempt_id": theirs.public_id})
    assert values(session, theirs) == {}
    assert put(trainee, theirs, "bnd-01", body).status_code == 404


# The clock


def test_while_the_clock_stands_still_no_question_shows(page, session, cast):
    attempt = begin(session, cast.enrolment, now=utcnow(), limit_minutes=30)
    stop_clock(session, cast.trainee.id, utcnow())
    session.commit()
    trainee = page.as_("trainee")
    assert trainee.get(question(attempt)).status_code == 302
    trainee.get(f"/attempts/{attempt.public_id}")
    assert "The clock stands still" in trainee.words
    assert "30 min" in trainee.words.replace("\N{NO-BREAK SPACE}", " ")
    reply = trainee.post(question(attempt), {"answer": "c"}, follow_redirects=True)
    assert sentence(AnswerRefusal.PAUSED) in reply.get_data(as_text=True)
    trainee.submit(f"/attempts/{attempt.public_id}/go-on")
    assert trainee.get(question(attempt)).status_code == 200
    assert "Time left" in trainee.words


def test_when_the_time_is_up_handing_in_is_what_is_left(page, session, cast):
    attempt = begin(session, cast.enrolment, now=utcnow() - timedelta(minutes=20), limit_minutes=10)
    session.commit()
    trainee = page.as_("trainee")
    assert trainee.get(question(attempt)).status_code == 302
    trainee.get(f"/attempts/{attempt.public_id}")
    assert "The time is up" in trainee.words
    trainee.get(f"/attempts/{attempt.public_id}/hand-in")
    trainee.submit(f"/attempts/{attempt.public_id}/hand-in")
    session.refresh(attempt)
    assert attempt.state == "closed"


# Handing in


def test_handing_in_names_what_is_still_open_and_asks_once(page, session, attempt):
    save(session, attempt, "bnd-01", "c")
    session.commit()
    trainee = page.as_("trainee")
    trainee.get(f"/attempts/{attempt.public_id}/hand-in")
    assert "33 questions are still open" in trainee.words
    assert "Question 1:" not in trainee.words
    kept, there = trainee.form_data(), f"/attempts/{attempt.public_id}/hand-in"
    twice = [trainee.client.post(there, data=kept) for _click in range(2)]
    assert [reply.status_code for reply in twice] == [302, 302]
    assert session.scalar(select(func.count()).select_from(Score)) == 5
    assert trainee.get(f"/attempts/{attempt.public_id}/hand-in").status_code == 302


# Reading


def test_the_trainee_reads_each_field_and_what_answers_bring_about(page, session, handed_in):
    trainee = page.as_("trainee")
    trainee.get(f"/attempts/{handed_in.public_id}")
    assert "1 of 8 points, 12.5" in trainee.words
    assert "one source among several" in trainee.words
    trainee.get(f"/attempts/{handed_in.public_id}/feedback/boundaries")
    chosen = trainee.soup.find(id="bnd-01").find(class_="note")
    assert "She stays in charge and is not left alone." in chosen.text
    assert "Points: 1 of 1" in trainee.words
    assert "Left out." in trainee.words
    assert "Source: Liversage" in trainee.words


def test_the_whole_shows_only_where_the_programme_sets_a_mark_for_it(
    page, session, cast, handed_in
):
    trainee = page.as_("trainee")
    trainee.get(f"/attempts/{handed_in.public_id}")
    assert "All questions together" not in trainee.words
    with_score_rule(
        session,
        cast.enrolment,
        parts=(
            PartMark(part="whole", label="Whole", min="70 %"),
            PartMark(part="boundaries", label="Boundaries", min="12.5 %"),
        ),
    )
    session.commit()
    trainee.get(f"/attempts/{handed_in.public_id}")
    assert "All questions together" in trainee.words
    assert "Reached" in trainee.words
    assert "Not yet" in trainee.words


def test_the_trainee_reads_no_verdict_and_no_flag(page, session, handed_in):
    trainee = page.as_("trainee")
    trainee.get(f"/attempts/{handed_in.public_id}")
    for word in ("fail", "pass", "wrong", "flag", "conversation"):
        assert word not in trainee.words.lower()
    for field in ("boundaries", "safety-planning"):
        trainee.get(f"/attempts/{handed_in.public_id}/feedback/{field}")
        for word in ("flag", "conversation to have", "pass mark"):
            assert word not in trainee.words.lower()


def test_the_trainer_reads_answers_and_has_the_conversation(page, session, handed_in):
    trainer = page.as_("trainer")
    trainer.get(f"/attempts/{handed_in.public_id}")
    assert "A conversation to have" in trainer.words
    assert "Answers and what they bring about" in trainer.words
    trainer.submit(f"/attempts/{handed_in.public_id}/talks")
    trainer.get(f"/attempts/{handed_in.public_id}")
    assert "You talked about it" in trainer.words
    assert trainer.soup.find("form", action=f"/attempts/{handed_in.public_id}/talks") is None
    assert session.scalars(select(AttemptFlag.talked_at)).one() is not None
    trainer.get(f"/attempts/{handed_in.public_id}/feedback/boundaries")
    assert "What Trainee answered" in trainer.words


def test_the_coordinator_sees_scores_and_conversations_but_no_answers(page, handed_in):
    coordinator = page.as_("coordinator")
    coordinator.get(f"/attempts/{handed_in.public_id}")
    assert "1 of 8 points" in coordinator.words
    assert "A conversation to have" in coordinator.words
    assert "Answers and what they bring about" not in coordinator.words
    there = f"/attempts/{handed_in.public_id}/feedback/boundaries"
    assert coordinator.get(there).status_code == 404


def test_staff_see_nothing_of_answers_before_they_are_handed_in(page, session, attempt):
    save(session, attempt, "bnd-01", "c")
    session.commit()
    for who in ("trainer", "coordinator"):
        reader = page.as_(who)
        reader.get(f"/attempts/{attempt.public_id}")
        assert "is still answering" in reader.words
        there = f"/attempts/{attempt.public_id}/feedback/boundaries"
        assert reader.get(there).status_code == 404


def test_attempts_of_a_place_are_listed_for_those_who_may_see_scores(page, cast, handed_in):
    there = f"/places/{cast.enrolment.public_id}/attempts"
    for who in ("trainee", "trainer", "coordinator"):
        reader = page.as_(who)
        reader.get(there)
        assert "1 of 8 points" in reader.words
        assert ("1 conversation to have" in reader.words) is (who != "trainee")


def test_a_talk_about_what_was_not_flagged_is_not_found(page, handed_in):
    trainer = page.as_("trainer")
    for sent in ({}, {"item": "bnd-01", "option": "c"}, {"item": "x" * 900, "option": "🙂"}):
        assert trainer.post(f"/attempts/{handed_in.public_id}/talks", sent).status_code == 404


def test_a_field_that_is_not_there_is_not_found(page, handed_in):
    there = f"/attempts/{handed_in.public_id}/feedback/nothing"
    assert page.as_("trainee").get(there).status_code == 404


# Who may


READ = [
    ("trainee", 200),
    ("trainer", 200),
    ("second_trainer", 200),
    ("coordinator", 200),
    ("supervisor", 404),
    ("classmate", 404),
    ("outsider", 404),
    ("visitor", 302),
]


@pytest.mark.parametrize(("who", "status"), READ)
def test_who_reads_an_attempt(page, handed_in, cast, who, status):
    reader = page.as_(who)
    assert reader.get(f"/attempts/{handed_in.public_id}").status_code == status
    there = f"/places/{cast.enrolment.public_id}/attempts"
    assert reader.get(there).status_code == status


ANSWER = [
    ("trainer", 403),
    ("coordinator", 404),
    ("supervisor", 404),
    ("classmate", 404),
    ("outsider", 404),
    ("visitor", 302),
]


@pytest.mark.parametrize(("who", "status"), ANSWER)
def test_nobody_else_answers_or_hands_in(page, session, attempt, who, status):
    other = page.as_(who)
    base = f"/attempts/{attempt.public_id}"
    assert other.get(question(attempt)).status_code == status
    assert other.get(f"{base}/hand-in").status_code == status
    for there in (question(attempt), f"{base}/hand-in", f"{base}/go-on"):
        assert other.post(there, {"answer": "c"}).status_code == status
    assert put(other, attempt, "bnd-01", {"value": "c", "counter": 1}).status_code == status
    session.refresh(attempt)
    assert attempt.state == "open"
    assert values(session, attempt) == {}


SETTLE = [
    ("trainee", 403),
    ("coordinator", 302),
    ("second_trainer", 302),
    ("supervisor", 404),
    ("classmate", 404),
    ("outsider", 404),
]


@pytest.mark.parametrize(("who", "status"), SETTLE)
def test_who_notes_a_conversation(page, session, handed_in, who, status):
    item, option = flagged(paper_of(session, handed_in.form_hash))
    sent = {"item": item, "option": option}
    reply = page.as_(who).post(f"/attempts/{handed_in.public_id}/talks", sent)
    assert reply.status_code == status
    session.expire_all()
    talked = session.scalars(select(AttemptFlag.talked_at)).one()
    assert (talked is not None) is (status == 302)


START = [
    ("trainer", 403),
    ("coordinator", 403),
    ("supervisor", 403),
    ("classmate", 404),
    ("outsider", 404),
    ("visitor", 302),
]


@pytest.mark.parametrize(("who", "status"), START)
def test_nobody_begins_for_somebody_else(page, session, cast, who, status):
    there = f"/places/{cast.enrolment.public_id}/attempts/readiness"
    assert page.as_(who).post(there).status_code == status
    assert session.scalar(select(func.count()).select_from(Attempt)) == 0


def test_every_refusal_has_its_sentence():
    for reasons in (StartRefusal, AnswerRefusal, ResponseFault):
        assert all(sentence(reason).endswith(".") for reason in reasons)


def test_an_attempt_that_is_gone_takes_no_answer_though_it_was_known(page, session, attempt):
    trainee = page.as_("trainee")
    trainee.get(question(attempt))
    body = {"value": "b", "counter": 1}
    assert put(trainee, attempt, "bnd-01", body).status_code == 200
    assert put(page.as_("classmate"), attempt, "bnd-01", body).status_code == 404
    for rows in (Response, AttemptFlag, Attempt):
        session.execute(delete(rows))
    session.commit()
    assert put(trainee, attempt, "bnd-01", {"value": "b", "counter": 2}).status_code == 404


def test_a_token_that_was_good_once_is_good_for_its_own_sign_in_alone(page, attempt):
    trainee, other = page.as_("trainee"), page.as_("classmate")
    trainee.get(question(attempt))
    known = {"headers": {"X-CSRFToken": trainee.token()}}
    for counter in (1, 2):
        reply = put(trainee, attempt, "bnd-01", {"value": "b", "counter": counter}, **known)
        assert reply.status_code == 200
    other.get("/today")
    assert put(other, attempt, "bnd-01", {"value": "b", "counter": 3}, **known).status_code == 400
    bare = {"headers": {}}
    assert put(trainee, attempt, "bnd-01", {"value": "b", "counter": 4}, **bare).status_code == 400
