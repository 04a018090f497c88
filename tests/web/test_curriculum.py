"""Modules and lessons as a trainee, staff and strangers meet them."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from lms.models import CheckAnswer, Completion, LessonReading
from lms.rules.definitions import ContentNote, Review
from tests.reading import (
    CHECK,
    LESSON,
    MODULE,
    lessons_of,
    module_named,
    publish_again,
    statements,
    with_new_words,
)

HERE = f"/modules/{MODULE}/{LESSON}"
ANSWERS = f"{HERE}/answers"
LIFT = {"situation": "the-scarf"}


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def follow(client, reply):
    """Go where an answer leads, as a browser would."""
    parts = urlsplit(reply.location)
    return client.get(parts.path + (f"?{parts.query}" if parts.query else ""))


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("trainee", 200),
        ("classmate", 200),
        ("trainer", 200),
        ("coordinator", 200),
        ("supervisor", 403),
        ("outsider", 200),
        ("visitor", 302),
    ],
)
@pytest.mark.parametrize("url", ["/modules", f"/modules/{MODULE}", HERE])
def test_whoever_learns_or_teaches_may_read(page, who, status, url):
    assert page.as_(who).get(url).status_code == status


@pytest.mark.parametrize(
    "url",
    [
        "/modules/nothing",
        f"/modules/{MODULE}/nothing",
        f"{HERE}?v=2",
        f"{HERE}?v=x",
        f"{HERE}?v=99999999999999999999",
        "/modules/%F0%9F%99%82",
    ],
)
def test_what_is_not_there_is_said_to_be_missing(page, url):
    assert page.as_("trainee").get(url).status_code == 404


def test_every_lesson_of_the_project_makes_a_sound_page(page):
    trainee = page.as_("trainee")
    trainee.get("/modules")
    modules = {a["href"] for a in trainee.soup.select("article h3 a")}
    assert len(modules) >= 4
    for module in modules:
        trainee.get(module)
        lessons = [a["href"] for a in trainee.soup.select("ol.list a")]
        assert lessons
        for lesson in lessons:
            assert trainee.get(f"{lesson}?on=1").status_code == 200
            anchors = {a["href"][1:] for a in trainee.soup.select("a.cite")}
            assert anchors <= {tag["id"] for tag in trainee.soup.find_all(id=True)}


def test_a_lesson_says_where_one_is_and_how_long_it_takes(page):
    trainee = page.as_("trainee")
    trainee.get(HERE)
    assert trainee.soup.h1.text == "Ask first, record, review"
    assert f"Lesson 3 of {len(lessons_of())}" in trainee.words
    assert "about 25 minutes" in trainee.words
    assert trainee.soup.select_one(".contents a[aria-current=page]").text == trainee.soup.h1.text


def test_an_answer_opens_the_feedback_on_that_very_choice(page, session):
    trainee = page.as_("trainee")
    trainee.get(HERE)
    assert "Your joy is real" not in trainee.words
    reply = trainee.post(f"{ANSWERS}?v=1", {"check": CHECK, "answer": "a"})
    assert reply.location == f"{HERE}#check-{CHECK}"
    follow(trainee, reply)
    assert "Your joy is real" in trainee.words
    assert "Lena hears that her wish" not in trainee.words
    assert trainee.soup.select_one(f"#check-{CHECK} input[value=a]").has_attr("checked")
    trainee.post(f"{ANSWERS}?v=1", {"check": CHECK, "answer": "b"})
    trainee.get(HERE)
    assert "Lena hears that her wish" in trainee.words
    assert count(session, CheckAnswer) == 1


@pytest.mark.parametrize(
    "answer", [{}, {"answer": ""}, {"answer": "\u202e🙂"}, {"answer": "x" * 300}]
)
def test_an_answer_that_is_none_is_asked_for_once_more_at_its_place(page, session, answer):
    trainee = page.as_("trainee")
    reply = trainee.post(f"{ANSWERS}?v=1", {"check": CHECK, **answer})
    assert follow(trainee, reply).status_code == 200
    assert trainee.soup.select_one(f"#check-{CHECK} .error").text.strip()
    assert count(session, CheckAnswer) == 0


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"check": "nothing", "answer": "a"},
        {"check": "c" * 300},
        {"situation": "x", "choice": "y:z"},
    ],
)
def test_an_answer_to_what_is_not_there_is_missing(page, session, data):
    assert page.as_("trainee").post(ANSWERS, data).status_code == 404
    assert count(session, CheckAnswer) == 0


@pytest.mark.parametrize("query", ["ask=%00", "ask=" + "x" * 3000, "tried=a&tried=:::", "on=&v="])
def test_an_odd_address_still_shows_the_lesson(page, query):
    assert page.as_("trainee").get(f"{HERE}?{query}").status_code == 200
    assert page.as_("trainer").get(f"{HERE}?{query}").status_code == 200


def test_a_situation_unfolds_step_by_step_and_can_begin_again(page, session):
    trainee = page.as_("trainee")
    trainee.get(HERE)
    closing = "With a gift, ask what it means to the giver"
    assert closing not in trainee.words
    reply = trainee.post(f"{ANSWERS}?v=1", {**LIFT, "choice": "wrapped:b"})
    assert reply.location == f"{HERE}#situation-the-scarf"
    follow(trainee, reply)
    assert "now there is a small secret between you" in trainee.words
    assert closing in trainee.words
    follow(trainee, trainee.post(f"{ANSWERS}?v=1", {**LIFT, "again": "the-scarf"}))
    assert closing not in trainee.words
    assert count(session, CheckAnswer) == 0


def test_a_situation_without_a_choice_asks_at_its_place(page):
    trainee = page.as_("trainee")
    follow(trainee, trainee.post(f"{ANSWERS}?v=1", {**LIFT, "choice": "wrapped:"}))
    assert "Choose an answer first" in trainee.words


def test_staff_try_the_questions_and_leave_nothing_behind(page, session):
    trainer = page.as_("trainer")
    trainer.get(HERE)
    assert "Nothing you do here is kept" in trainer.words
    assert trainer.soup.find("textarea") is None
    follow(trainer, trainer.post(f"{ANSWERS}?v=1", {"check": CHECK, "answer": "a"}))
    assert "Your joy is real" in trainer.words
    choice = {**LIFT, "choice": "wrapped:a"}
    follow(trainer, trainer.post(f"{ANSWERS}?v=1", choice))
    assert "You ask the same day" in trainer.words
    assert trainer.post(f"{HERE}/read", {"version": "1"}).status_code == 404
    assert count(session, CheckAnswer) + count(session, LessonReading) == 0


def test_reading_on_leads_to_the_next_lesson_and_stopping_to_the_module(page, session):
    trainee = page.as_("trainee")
    trainee.get(HERE)
    reply = trainee.submit(f"{HERE}/read", go="on")
    assert reply.location == f"/modules/{MODULE}/{lessons_of()[3]}"
    trainee.get(HERE)
    assert "You have read this" in trainee.words
    assert "I have read this" not in trainee.words
    trainee.get(reply.location)
    reply = trainee.submit(f"{reply.location}/read", go="stop")
    assert reply.location == f"/modules/{MODULE}"
    trainee.get(reply.location)
    assert "Kept as read" in trainee.reply.get_data(as_text=True)


def test_reading_the_last_lesson_twice_completes_the_module_once(page, session):
    trainee = page.as_("trainee")
    for lesson in [*lessons_of(), lessons_of()[-1]]:
        trainee.post(f"/modules/{MODULE}/{lesson}/read", {"version": "1", "go": "on"})
    assert trainee.reply.location == f"/modules/{MODULE}"
    assert count(session, Completion) == 1
    trainee.get("/modules")
    assert "Done on" in trainee.words
    trainee.get(f"/modules/{MODULE}")
    assert "Read it again" in trainee.words


@pytest.mark.parametrize("version", [None, "", "0", "2", "-1", "1.5", "x" * 300, "🙂"])
def test_a_reading_names_a_version_that_was_published(page, session, version):
    data = {} if version is None else {"version": version}
    assert page.as_("trainee").post(f"{HERE}/read", data).status_code == 404
    assert count(session, LessonReading) == 0


def test_a_reader_keeps_the_version_that_was_opened(page, session):
    trainee = page.as_("trainee")
    trainee.get(HERE)
    publish_again(session, with_new_words(module_named(), LESSON))
    reply = trainee.post(f"{ANSWERS}?v=1", {"check": CHECK, "answer": "b"})
    assert reply.location == f"{HERE}#check-{CHECK}"
    follow(trainee, reply)
    assert "There is a newer text of this lesson" in trainee.words
    assert "One more thing." not in trainee.words
    trainee.submit(f"{HERE}/read", go="on")
    assert session.scalars(select(LessonReading)).one().version_id
    trainee.get(HERE)
    assert "One more thing." in trainee.words
    assert "This lesson has changed since you read it" in trainee.words


def test_a_lesson_on_safety_says_that_nobody_qualified_has_checked_it(page):
    trainee = page.as_("trainee")
    trainee.get("/modules/safety-planning")
    assert "Not yet checked by a qualified reviewer" in trainee.words
    trainee.get("/modules/safety-planning/your-part-in-safety")
    assert "Not yet checked by a qualified reviewer" in trainee.words


def test_a_checked_module_names_who_checked_it(page, session):
    module = module_named("safety-planning")
    review = Review("Noor Achterberg", "qualified", "2026-11-01")
    publish_again(session, replace(module, head=replace(module.head, reviews=(review,))))
    trainee = page.as_("trainee")
    trainee.get("/modules/safety-planning/your-part-in-safety")
    assert "Noor Achterberg" in trainee.words
    assert "Not yet checked" not in trainee.words


def test_a_close_text_waits_behind_its_note_and_the_note_behind_nothing(page, session):
    module = module_named()
    note = ContentNote(("violence", "loss"), "close", "It describes a loss.")
    lessons = tuple(
        replace(one, head=replace(one.head, content_note=note)) if one.slug == LESSON else one
        for one in module.lessons
    )
    publish_again(session, replace(module, lessons=lessons))
    trainee = page.as_("trainee")
    trainee.get(HERE)
    assert "It touches on: violence, loss." in trainee.words
    assert "Notice the pull" not in trainee.words
    links = {a.text.strip(): a["href"] for a in trainee.soup.select("main a.button")}
    assert links["Not now"] == f"/modules/{MODULE}"
    trainee.get(links["Read on"].split("#")[0])
    assert "Notice the pull" in trainee.words
    reply = trainee.post(f"{ANSWERS}?v=2", {"check": CHECK, "answer": "b"})
    follow(trainee, reply)
    assert "Lena hears that her wish" in trainee.words


@pytest.mark.parametrize(("url", "most"), [("/modules", 9), (f"/modules/{MODULE}", 8), (HERE, 6)])
def test_pages_ask_few_questions_of_the_database(page, session, url, most):
    trainee = page.as_("trainee")
    trainee.get(url)
    with statements(session) as asked:
        assert trainee.client.get(url).status_code == 200
    assert len(asked) <= most, asked
