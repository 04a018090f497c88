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


def test_whoever_has_left_meets_the_newest(reader):
    reader.get(f"/modules/{MODULE}")
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


def opened(client, *lessons):
    """Open lessons, each in a window of its own; return their addresses."""
    urls = [f"/modules/{MODULE}/{lesson}" for lesson in lessons]
    for url in urls:
        client.get(url)
    return urls


def module_of(names):
    """Return the module with one lesson under each of these names."""
    first = module_named().lessons[0]
    lessons = tuple(replace(first, slug=name) for name in names)
    return replace(module_named(), lessons=lessons, equal_routes=())


def all_new(module):
    for lesson in module.lessons:
        module = with_new_words(module, lesson.slug)
    return module


def test_two_windows_keep_a_lesson_each(page, session):
    trainee = page.as_("trainee")
    urls = opened(trainee, *lessons_of()[:2])
    publish_again(session, all_new(module_named()))
    for url in (*urls, *urls):
        assert keeps(trainee, f"{url}?on=1")


def test_finishing_one_leaves_the_other_open(page, session):
    trainee = page.as_("trainee")
    first, second = opened(trainee, LESSON, lessons_of()[0])
    publish_again(session, all_new(module_named()))
    trainee.get(first)
    trainee.submit(f"{first}/read", go="stop")
    assert trainee.get(f"{second}?on=1").status_code == 200
    trainee.get(first)
    assert NEW in trainee.words


def test_another_modules_page_ends_none_of_these(reader):
    reader.get("/modules/lifeline")
    assert keeps(reader)


def test_the_last_eight_are_kept(page, session):
    names = [f"lesson-{number}" for number in range(9)]
    publish_again(session, module_of(names))
    trainee = page.as_("trainee")
    urls = opened(trainee, *names)
    assert len(cookie_of(trainee).value) < 700
    publish_again(session, all_new(module_of(names)))
    kept = [keeps(trainee, f"{url}?on=1") for url in reversed(urls)]
    assert kept == [*[True] * 8, False]


def test_what_is_too_old_makes_room_for_what_is_opened_now(reader, monkeypatch):
    later = utcnow() + timedelta(days=15)
    monkeypatch.setattr(opening, "utcnow", lambda: later)
    opened(reader, lessons_of()[0])
    assert len(cookie_of(reader).value) < 80


LOSS = ContentNote(("loss",), "light", "It describes a loss.")
NEARER = ContentNote(("loss", "poverty"), "light", "It also tells of debts.")
TOLD = "Before you read"


def noted(session, note, lesson=LESSON):
    """Publish the module with this note on a lesson; nothing else changes."""
    module = module_named()
    lessons = tuple(
        replace(one, head=replace(one.head, content_note=note)) if one.slug == lesson else one
        for one in module.lessons
    )
    publish_again(session, replace(module, lessons=lessons, equal_routes=(), translations=()))
    return module


def read_on(client):
    """Press "Read on"."""
    (link,) = [a["href"] for a in client.soup.select("a.button") if a.text.strip() == "Read on"]
    client.get(link.partition("#")[0])
    return link.partition("#")[0]


def test_a_note_that_is_added_is_told_first_and_says_that_there_is_a_newer_text(page, session):
    noted(session, None)
    trainee = page.as_("trainee")
    trainee.get(HERE)
    noted(session, LOSS)
    trainee.get(HERE)
    for words in (TOLD, LOSS.words, "It touches on: loss.", LINE):
        assert words in trainee.words
    assert trainee.soup.select_one(f"#check-{CHECK}") is None
    read_on(trainee)
    assert trainee.soup.select_one(f"#check-{CHECK}")
    assert TOLD not in trainee.words
    assert LOSS.words in trainee.words


def test_whoever_has_read_the_earlier_note_is_told_what_the_newer_one_adds(page, session):
    noted(session, LOSS)
    trainee = page.as_("trainee")
    trainee.get(HERE)
    before = read_on(trainee)
    noted(session, NEARER)
    trainee.get(before)
    for words in (TOLD, LOSS.words, NEARER.words, "It touches on: loss, poverty.", LINE):
        assert words in trainee.words
    assert trainee.soup.select_one(f"#check-{CHECK}") is None
    trainee.get(read_on(trainee))
    assert TOLD not in trainee.words


def test_after_an_answer_too_what_was_added_is_told_once(page, session):
    noted(session, None)
    trainee = page.as_("trainee")
    trainee.get(HERE)
    form = trainee.soup.select_one(f"#check-{CHECK} form")
    noted(session, LOSS)
    follow(trainee, trainee.post(form["action"], {"check": CHECK, "answer": "b"}))
    assert TOLD in trainee.words
    read_on(trainee)
    form = trainee.soup.select_one(f"#check-{CHECK} form")
    follow(trainee, trainee.post(form["action"], {"check": CHECK, "answer": "a"}))
    assert TOLD not in trainee.words


def test_what_nobody_wished_to_be_told_first_stands_in_the_text(page, session):
    noted(session, None)
    trainee = page.as_("trainee")
    trainee.get("/account/topics")
    trainee.post("/account/topics", {"topics": "violence", "since": "light"})
    trainee.get(HERE)
    noted(session, LOSS)
    trainee.get(HERE)
    assert TOLD not in trainee.words
    assert LOSS.words in trainee.words
    assert trainee.soup.select_one(f"#check-{CHECK}")


@pytest.mark.parametrize(
    "newest",
    [
        replace(LOSS, intensity="close"),
        replace(LOSS, topics=("control", "loss")),
        replace(LOSS, topics=("control",), intensity="mention"),
        replace(LOSS, words="In other words."),
        None,
    ],
)
def test_another_note_alone_is_a_newer_text(page, session, newest):
    noted(session, LOSS)
    trainee = page.as_("trainee")
    trainee.get(HERE)
    trainee.get(HERE)
    assert LINE not in trainee.words
    noted(session, newest)
    trainee.get(HERE)
    assert LINE in trainee.words
    assert LOSS.words in trainee.words


def test_a_note_that_a_part_of_the_text_is_given_folds_that_part_of_the_kept_one(page, session):
    trainee = page.as_("trainee")
    trainee.get(HERE)
    lessons = tuple(
        replace(one, parts=tuple(map(noted_part, one.parts))) for one in module_named().lessons
    )
    publish_again(session, replace(module_named(), lessons=lessons, translations=()))
    trainee.get(f"{HERE}?on=1")
    folded = trainee.soup.select_one("details.noted")
    assert LOSS.words in folded.text
    assert folded.select_one(f"#check-{CHECK}")


def noted_part(part):
    return replace(part, content_note=LOSS) if getattr(part, "id", "") == CHECK else part


def test_words_in_another_language_than_the_page_are_marked(page, session, cast):
    cast.people["trainee"].language = "es"
    session.commit()
    trainee = page.as_("trainee")
    trainee.get(HERE)
    noted(session, LOSS)
    trainee.get(HERE)
    assert trainee.soup.find("span", lang="en", string=LOSS.words)


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
        "1.738000." + "0" * 64,
        "-".join(["1.738000." + "0" * 64] * 40),
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
