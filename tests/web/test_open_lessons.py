"""A lesson keeps the version that its reader opened until it is left; then it is the newest."""

import json
import threading
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

import lms.web.curriculum.opening as opening
from lms.db import transaction, utcnow
from lms.models import Completion, ContentVersion, LessonReading
from lms.rules.definitions import ContentNote
from lms.services.curriculum import finish_lesson
from lms.services.publishing import publish_library
from tests.cast import NOW, library, make_cast
from tests.reading import (
    CHECK,
    LESSON,
    MODULE,
    lessons_of,
    module_named,
    publish_again,
    publish_two_ways,
    statements,
    with_new_words,
)

HERE = f"/modules/{MODULE}/{LESSON}"
NEW = "One more thing."
LINE = "There is a newer text of this lesson"


def newer(session, lesson=LESSON):
    """Publish a newer version, in which this lesson says more."""
    publish_again(session, with_new_words(module_named(), lesson))


def follow(client, reply):
    """Go where an answer leads, as a browser would."""
    parts = urlsplit(reply.location)
    return client.get(parts.path + (f"?{parts.query}" if parts.query else ""))


@pytest.fixture
def reader(page, session):
    """Return a trainee who opened a lesson before a newer version of it was published."""
    trainee = page.as_("trainee")
    trainee.get(HERE)
    newer(session)
    return trainee


def keeps(reader, url=HERE):
    reader.get(url)
    return NEW not in reader.words and LINE in reader.words


def test_a_reload_shows_the_version_that_was_opened(reader):
    assert keeps(reader)
    assert keeps(reader)


def test_an_answer_without_script_stays_in_it_and_names_no_version(reader):
    reader.get(HERE)
    action = reader.soup.select_one(f"#check-{CHECK} form")["action"]
    reply = reader.post(urlsplit(action).path + "?v=1", {"check": CHECK, "answer": "b"})
    assert reply.location == f"{HERE}#check-{CHECK}"
    assert keeps(reader)


def test_another_part_of_the_lesson_and_pages_beside_it_are_no_leaving(reader):
    assert keeps(reader, f"{HERE}?on=1")
    reader.get("/today")
    reader.get("/help")
    assert keeps(reader)


def test_reading_on_behind_a_note_stays_in_the_version(page, session):
    note = ContentNote(("loss",), "close", "It describes a loss.")
    url = publish_two_ways(session, note=note)
    trainee = page.as_("trainee")
    trainee.get(url)
    lesson = urlsplit(url).path.rpartition("/")[2]
    publish_again(session, with_new_words(module_named(), lesson))
    trainee.get(url)
    assert "It describes a loss." in trainee.words
    links = {a.text.strip(): a["href"] for a in trainee.soup.select("a.button")}
    trainee.get(links["Read on"].partition("#")[0])
    assert "The hard words stand here." in trainee.words
    trainee.submit(f"{url}/way", way="other")
    trainee.get(url)
    assert "The same aim in gentle words." in trainee.words


@pytest.mark.parametrize("elsewhere", [f"/modules/{MODULE}", f"/modules/{MODULE}/equal-service"])
def test_whoever_has_left_meets_the_newest(reader, elsewhere):
    reader.get(elsewhere)
    reader.get(HERE)
    assert NEW in reader.words
    assert LINE not in reader.words


def test_finishing_is_leaving(reader, session):
    reader.get(HERE)
    reader.submit(f"{HERE}/read", go="on")
    assert session.scalars(select(LessonReading)).one().lesson == LESSON
    reader.get(HERE)
    assert NEW in reader.words
    assert "This lesson has changed since you read it" in reader.words


def test_one_press_takes_the_newer_text_and_keeps_that(reader, session):
    reader.get(HERE)
    (link,) = [a["href"] for a in reader.soup.select("article a") if a.text == "Read the newer one"]
    reader.get(link)
    assert NEW in reader.words
    assert LINE not in reader.words
    reader.get(HERE)
    assert NEW in reader.words


@pytest.mark.parametrize(("days", "kept"), [(0, True), (14, True), (15, False), (-1, False)])
def test_after_fourteen_days_it_is_the_newest(reader, monkeypatch, days, kept):
    later = utcnow() + timedelta(days=days)
    monkeypatch.setattr(opening, "utcnow", lambda: later)
    assert keeps(reader) is kept


def test_a_newer_version_that_says_the_same_here_is_not_spoken_of(page, session):
    trainee = page.as_("trainee")
    trainee.get(HERE)
    newer(session, lessons_of()[0])
    trainee.get(HERE)
    assert LINE not in trainee.words


def test_staff_keep_it_too(page, session):
    trainer = page.as_("trainer")
    trainer.get(HERE)
    newer(session)
    assert keeps(trainer)
    reply = trainer.post(f"{HERE}/answers?v=1", {"check": CHECK, "answer": "b"})
    follow(trainer, reply)
    assert NEW not in trainer.words


def cookie_of(client):
    return client.client.get_cookie(opening.COOKIE, path=opening.PATH)


def test_the_cookie_names_nobody_and_no_lesson(reader, cast):
    value = cookie_of(reader).value
    assert LESSON not in value
    assert MODULE not in value
    assert cast.trainee.public_id not in value
    assert cookie_of(reader).http_only
    assert len(value) < 80


def test_it_counts_for_nobody_else_on_the_same_device(reader, page):
    other = page.as_("classmate")
    other.client.set_cookie(opening.COOKIE, cookie_of(reader).value, path=opening.PATH)
    other.get(HERE)
    assert NEW in other.words


def test_it_counts_for_no_other_lesson(reader, session):
    first = f"/modules/{MODULE}/{lessons_of()[0]}"
    publish_again(session, with_new_words(module_named(), lessons_of()[0]))
    reader.get(first)
    assert NEW in reader.words


@pytest.mark.parametrize(
    "odd",
    [
        "",
        "1",
        "1.2",
        "1..",
        "...",
        "9.1.x",
        "x.y.z",
        "1.738000.",
        "١.٢.٣",
        "9" * 4000,
        "1.0.\ud7ff",
    ],
)
def test_an_odd_cookie_counts_for_nothing(page, session, odd):
    newer(session)
    trainee = page.as_("trainee")
    trainee.client.set_cookie(opening.COOKIE, odd, path=opening.PATH)
    trainee.get(HERE)
    assert NEW in trainee.words


def test_a_cookie_with_another_number_is_none_of_ours(reader):
    __, __, rest = cookie_of(reader).value.partition(".")
    reader.client.set_cookie(opening.COOKIE, f"2.{rest}", path=opening.PATH)
    reader.get(HERE)
    assert NEW in reader.words


def test_a_shared_device_forgets_it_with_the_window(page, session, cast):
    trainee = page.as_("trainee")
    trainee.get(HERE)
    assert cookie_of(trainee).max_age == 15 * 24 * 3600
    trainee.get("/account/sign-ins")
    trainee.post("/account/sign-ins/shared", {"shared": "yes"})
    trainee.get(f"/modules/{MODULE}")
    trainee.get(HERE)
    assert cookie_of(trainee).max_age is None


def test_the_completion_lists_the_version_that_was_read(page, session, cast):
    trainee = page.as_("trainee")
    for lesson in lessons_of():
        url = f"/modules/{MODULE}/{lesson}"
        trainee.get(url)
        if lesson == lessons_of()[-1]:
            newer(session, lesson)
            trainee.get(url)
        trainee.submit(f"{url}/read", go="on")
    completion = session.scalars(select(Completion)).one()
    assert completion.version_number == 1
    assert set(json.loads(completion.lesson_versions).values()) == {1}


def test_keeping_a_version_asks_the_database_nothing_more(page, session):
    trainee = page.as_("trainee")
    trainee.get(HERE)
    with statements(session) as before:
        trainee.client.get(HERE)
    newer(session)
    trainee.get(HERE)
    with statements(session) as kept:
        trainee.client.get(HERE)
    assert len(kept) == len(before)


@pytest.mark.races
def test_what_is_finished_while_a_newer_version_is_published_names_the_one_read(
    real_app, real_session
):
    with transaction(real_session):
        cast = make_cast(real_session)
    state, gate, problems = real_app.extensions["lms"], threading.Barrier(2), []

    def run(act):
        with state.database.session() as session:
            session.info["ground"] = state.ground
            gate.wait()
            try:
                with transaction(session):
                    act(session)
            except Exception as problem:  # told below, whatever it was
                problems.append(problem)

    def publish(session):
        module = with_new_words(module_named(), LESSON)
        publish_library(session, replace(library(), modules=(module,)), by=None, now=NOW)

    def finish(session):
        finish_lesson(session, cast.trainee.id, MODULE, LESSON, number=1, now=NOW)

    threads = [threading.Thread(target=run, args=(act,)) for act in (publish, finish)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    reading = real_session.scalars(select(LessonReading)).one()
    assert real_session.get_one(ContentVersion, reading.version_id).number == 1
