"""Lessons that a programme leaves out: not needed, not led to, and only for its own people."""

import json

import pytest
from sqlalchemy import select

from lms.models import Completion, LessonReading
from lms.rules.learning import left_out_of, without
from lms.services.curriculum import (
    find_next_lesson,
    finish_lesson,
    list_modules,
    open_lesson,
    open_module,
)
from lms.services.errors import LeftOutError, MissingError
from tests.cast import NOW
from tests.reading import MODULE, leave_out, lessons_of, module_named

FIRST, *REST = lessons_of()


def read(session, cast, *lessons, who="trainee"):
    for lesson in lessons:
        finish_lesson(session, cast.people[who].id, MODULE, lesson, number=1, now=NOW)


def row(session, place):
    return next(row for row in list_modules(session, place) if row.slug == MODULE)


def test_a_module_is_complete_without_what_is_left_out(session, cast):
    leave_out(session, cast.enrolment, FIRST)
    read(session, cast, *REST)
    completion = session.scalars(select(Completion)).one()
    assert set(json.loads(completion.lesson_versions)) == set(REST)
    found = row(session, cast.enrolment)
    assert (found.lessons, found.read, found.minutes_left) == (len(REST), len(REST), 0)


def test_whoever_is_in_a_programme_that_leaves_nothing_out_needs_it_all(session, cast):
    leave_out(session, cast.enrolment, FIRST)
    read(session, cast, *REST, who="classmate")
    assert session.scalars(select(Completion)).all() == []


def test_the_next_lesson_is_never_one_left_out(session, cast):
    leave_out(session, cast.enrolment, FIRST)
    waiting = find_next_lesson(session, cast.enrolment)
    assert (waiting.lesson.slug, waiting.number, waiting.of) == (REST[0], 1, len(REST))
    page = open_lesson(session, MODULE, REST[0], number=None, reader_id=cast.trainee.id)
    assert page.number == 1
    assert FIRST not in page.states


def test_what_is_left_out_is_not_shown_and_not_kept_as_read(session, cast):
    leave_out(session, cast.enrolment, FIRST, reason="We meet for this.")
    with pytest.raises(LeftOutError) as left:
        open_lesson(session, MODULE, FIRST, number=None, reader_id=cast.trainee.id)
    assert left.value.reason == "We meet for this."
    with pytest.raises(MissingError):
        read(session, cast, FIRST)
    assert session.scalars(select(LessonReading)).all() == []
    assert open_lesson(session, MODULE, FIRST, number=None, reader_id=None).number == 1


def test_a_module_page_names_what_is_left_out_and_why(session, cast):
    leave_out(session, cast.enrolment, REST[0], reason="We meet for this.")
    page = open_module(session, MODULE, cast.enrolment)
    titles = {one.slug: one.head.title for one in module_named().lessons}
    assert page.left_out == {titles[REST[0]]: "We meet for this."}
    assert open_module(session, MODULE, None).left_out == {}


def test_a_module_is_never_emptied(session, cast):
    module = module_named()
    assert without(module, lessons_of()) is module
    assert without(module, []) is module
    assert left_out_of(None, MODULE) == {}
