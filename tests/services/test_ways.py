"""What is a trainee's alone: one sealed text, read for nobody else, whose size tells nothing."""

import threading

import pytest
from sqlalchemy import select

from lms.db import transaction
from lms.models import CheckAnswer, Completion, LessonReading, OwnWay
from lms.rules.learning import LessonState
from lms.rules.notes import USUAL, Wishes
from lms.services.curriculum import (
    Answer,
    begin_again,
    find_ways,
    finish_lesson,
    keep_answer,
    open_lesson,
    set_wishes,
    take_way,
)
from lms.services.curriculum.ways import PADDED_TO, keep_other_answer
from tests.cast import NOW, make_cast
from tests.reading import MODULE, lessons_of, publish_two_ways

LESSON = lessons_of()[0]
KEY = f"{MODULE}/{LESSON}"
WISHES = Wishes(frozenset({"loss"}), "mention")


def opened(session, cast, who="trainee", number=None):
    return open_lesson(session, MODULE, LESSON, number=number, reader_id=cast.people[who].id)


def other(session, cast, who="trainee"):
    take_way(session, cast.people[who].id, KEY, is_other=True, now=NOW)


def test_wishes_are_sealed_and_ones_own(session, cast):
    set_wishes(session, cast.trainee.id, WISHES, now=NOW)
    row = session.scalars(select(OwnWay)).one()
    assert b"loss" not in row.sealed
    assert find_ways(session, cast.trainee.id).wished == WISHES
    assert find_ways(session, cast.classmate.id).wished == USUAL
    set_wishes(session, cast.trainee.id, None, now=NOW)
    assert session.scalars(select(OwnWay)).all() == []


def test_the_size_of_what_is_kept_tells_nothing(session, cast):
    set_wishes(session, cast.trainee.id, WISHES, now=NOW)
    size = len(session.scalars(select(OwnWay.sealed)).one())
    other(session, cast)
    keep_other_answer(session, cast.trainee.id, KEY, "who-holds-it", ("b",), now=NOW)
    sizes = set(session.scalars(select(OwnWay.sealed)).all())
    assert {len(sealed) for sealed in sizes} == {size}
    assert size > PADDED_TO


def test_a_text_that_cannot_be_opened_counts_as_nothing_set(session, cast):
    set_wishes(session, cast.trainee.id, WISHES, now=NOW)
    session.scalars(select(OwnWay)).one().sealed = b"v1" + b"\0" * 60
    session.flush()
    assert find_ways(session, cast.trainee.id).wished == USUAL


def test_either_way_shows_its_own_text_and_keeps_its_own_answers(session, cast):
    publish_two_ways(session)
    me = cast.trainee.id
    keep_answer(session, me, opened(session, cast), Answer("who-holds-it", ("a",)), now=NOW)
    other(session, cast)
    page = opened(session, cast)
    assert (page.is_other, page.has_other) == (True, True)
    assert page.shown.title == "A gentler title"
    assert page.written.head.title != page.shown.title
    assert page.answers == {}
    keep_answer(session, me, page, Answer("who-holds-it", ("b",)), now=NOW)
    assert opened(session, cast).answers == {"who-holds-it": ("b",)}
    take_way(session, me, KEY, is_other=False, now=NOW)
    assert opened(session, cast).answers == {"who-holds-it": ("a",)}
    assert [row.chosen for row in session.scalars(select(CheckAnswer))] == ["a"]


def test_nobody_else_is_led_the_way_that_one_took(session, cast):
    publish_two_ways(session)
    other(session, cast)
    assert not opened(session, cast, "classmate").is_other


def test_a_page_that_was_open_before_changing_over_still_sends_its_answer(session, cast):
    publish_two_ways(session)
    before = opened(session, cast)
    other(session, cast)
    keep_answer(session, cast.trainee.id, before, Answer("who-holds-it", ("a",)), now=NOW)
    assert len(session.scalars(select(CheckAnswer)).all()) == 1


def test_a_situation_of_the_other_way_begins_again(session, cast):
    publish_two_ways(session)
    other(session, cast)
    me = cast.trainee.id
    keep_other_answer(session, me, KEY, "the-door/start", ("a",), now=NOW)
    keep_other_answer(session, me, KEY, "who-holds-it", ("a",), now=NOW)
    begin_again(session, me, opened(session, cast), "the-door", now=NOW)
    assert opened(session, cast).answers == {"who-holds-it": ("a",)}


def rows_of(session, model, person):
    """Return a person's rows without what tells one person or row from another."""
    hidden = {"id", "public_id", "enrolment_id"}
    found = session.scalars(select(model).where(model.enrolment_id == person.id))
    return [
        {c.name: getattr(row, c.name) for c in model.__table__.columns if c.name not in hidden}
        for row in found
    ]


def test_both_ways_leave_the_same_rows(session, cast):
    publish_two_ways(session)
    other(session, cast)
    places = {}
    for who in ("trainee", "classmate"):
        me = cast.people[who].id
        page = opened(session, cast, who)
        assert page.is_other is (who == "trainee")
        number = page.version.number
        finished = finish_lesson(session, me, MODULE, LESSON, number=number, now=NOW)
        assert finished.is_complete
        again = opened(session, cast, who)
        assert again.states[LESSON] is LessonState.READ
        places[who] = open_place(session, cast, who)
    for model in (LessonReading, Completion):
        rows = [rows_of(session, model, place) for place in places.values()]
        assert len(rows[0]) == 1
        assert rows[0] == rows[1]


def open_place(session, cast, who):
    from lms.services.practice import get_place

    return get_place(session, cast.people[who].id)


@pytest.mark.races
def test_first_choices_from_two_devices_at_once_are_all_kept(real_app, real_session):
    with transaction(real_session):
        person = make_cast(real_session).trainee.id
    state, gate, problems = real_app.extensions["lms"], threading.Barrier(3), []

    def choose(lesson):
        with state.database.session() as session:
            session.info["ground"] = state.ground
            gate.wait()
            try:
                with transaction(session):
                    take_way(session, person, lesson, is_other=True, now=NOW)
            except Exception as problem:  # told below, whatever it was
                problems.append(problem)

    threads = [threading.Thread(target=choose, args=(f"m/{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert find_ways(real_session, person).others == {"m/0", "m/1", "m/2"}
