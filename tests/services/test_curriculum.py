"""Reading lessons: what is kept, when a module is complete, and what a newer version changes."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from lms.db import transaction
from lms.models import AuditEntry, CheckAnswer, Completion, ContentVersion, LessonReading
from lms.rules.learning import AnswerRefusal, LessonState, ModuleState
from lms.services.curriculum import (
    Answer,
    begin_again,
    find_next_lesson,
    finish_lesson,
    keep_answer,
    list_modules,
    open_lesson,
    open_module,
)
from lms.services.errors import MissingError, RefusedError
from lms.services.practice import get_place
from tests.cast import NOW, make_cast
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


def read(session, cast, *lessons, number=1, now=NOW):
    """Finish lessons one after the other and return what followed the last."""
    finished = None
    for lesson in lessons:
        finished = finish_lesson(session, cast.trainee.id, MODULE, lesson, number=number, now=now)
    return finished


def lesson_page(session, cast, number=None):
    return open_lesson(session, MODULE, LESSON, number=number, reader_id=cast.trainee.id)


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def test_a_lesson_read_leads_to_the_next_one(session, cast):
    first, second = lessons_of()[:2]
    finished = read(session, cast, first)
    assert finished.next_lesson == second
    assert not finished.is_complete


def test_pressing_twice_notes_one_reading(session, cast):
    read(session, cast, LESSON, LESSON)
    assert count(session, LessonReading) == 1


def test_the_last_lesson_completes_the_module_once_and_the_trail_says_so(session, cast):
    late = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)  # still the second of November in New York
    lessons = lessons_of()
    with transaction(session):
        finished = read(session, cast, *lessons, now=late)
        read(session, cast, lessons[-1], now=late)
    assert finished.is_complete
    completion = session.scalars(select(Completion)).one()
    assert completion.happened_on.isoformat() == "2026-11-02"
    assert completion.version_number == 1
    assert json.loads(completion.lesson_versions) == dict.fromkeys(lessons, 1)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "module-completed")).one()
    assert entry.subject == f"completion:{completion.public_id}"
    session.refresh(cast.enrolment)
    assert cast.enrolment.facts_version == 1


def test_a_lesson_of_another_module_is_not_there(session, cast):
    with pytest.raises(MissingError):
        finish_lesson(session, cast.trainee.id, MODULE, "a-way-in", number=1, now=NOW)


@pytest.mark.parametrize("number", [0, 2, 999])
def test_a_version_that_was_never_published_is_not_there(session, cast, number):
    with pytest.raises(MissingError):
        read(session, cast, LESSON, number=number)


def test_somebody_without_a_place_leaves_nothing_behind(session, cast):
    with pytest.raises(MissingError):
        finish_lesson(session, cast.trainer.id, MODULE, LESSON, number=1, now=NOW)
    assert count(session, LessonReading) == 0


def test_lessons_taken_over_unchanged_stay_read_in_a_newer_version(session, cast):
    lessons = lessons_of()
    read(session, cast, *lessons[:3])
    publish_again(session, with_new_words(module_named(), lessons[0]))
    page = open_module(session, MODULE, cast.enrolment)
    assert [page.states[slug] for slug in lessons[:4]] == [
        LessonState.CHANGED,
        LessonState.READ,
        LessonState.READ,
        LessonState.NOT_YET,
    ]
    assert page.next_lesson == lessons[0]


def test_lessons_read_in_two_versions_complete_the_newer_one(session, cast):
    lessons = lessons_of()
    read(session, cast, *lessons[:3])
    publish_again(session, with_new_words(module_named(), lessons[0]))
    finished = read(session, cast, lessons[0], *lessons[3:], number=2)
    assert finished.is_complete
    completion = session.scalars(select(Completion)).one()
    assert completion.version_number == 2
    versions = json.loads(completion.lesson_versions)
    assert (versions[lessons[0]], versions[lessons[1]], versions[lessons[3]]) == (2, 1, 2)


def test_whoever_began_in_an_older_version_may_finish_in_it(session, cast):
    lessons = lessons_of()
    read(session, cast, *lessons[:-1])
    publish_again(session, with_new_words(module_named(), lessons[0]))
    assert read(session, cast, lessons[-1], number=1).is_complete
    assert session.scalars(select(Completion.version_number)).one() == 1


def test_a_module_once_complete_stays_complete_when_it_changes(session, cast):
    lessons = lessons_of()
    read(session, cast, *lessons)
    publish_again(session, with_new_words(module_named(), lessons[0]))
    page = open_module(session, MODULE, cast.enrolment)
    assert page.state is ModuleState.COMPLETE
    assert page.next_lesson == lessons[0]


def test_the_list_says_what_the_programme_asks_for_and_how_far_one_is(session, cast):
    read(session, cast, *lessons_of()[:2])
    row = next(row for row in list_modules(session, cast.enrolment) if row.slug == MODULE)
    assert row.is_asked
    assert (row.state, row.read, row.lessons) == (ModuleState.UNDER_WAY, 2, len(lessons_of()))
    assert 0 < row.minutes_left < row.minutes


def test_staff_see_the_same_list_without_any_progress(session, cast):
    rows = list_modules(session, None)
    assert {row.state for row in rows} == {ModuleState.NOT_YET}
    assert not any(row.is_asked for row in rows)


def test_today_is_told_which_lesson_waits(session, cast):
    lessons = lessons_of()
    waiting = find_next_lesson(session, cast.enrolment)
    assert (waiting.module, waiting.number, waiting.is_begun) == (MODULE, 1, False)
    read(session, cast, lessons[0])
    waiting = find_next_lesson(session, cast.enrolment)
    assert (waiting.lesson.slug, waiting.number, waiting.is_begun) == (lessons[1], 2, True)
    read(session, cast, *lessons[1:])
    assert find_next_lesson(session, cast.enrolment).module != MODULE


def test_an_answer_is_kept_and_the_last_choice_stands(session, cast):
    page = lesson_page(session, cast)
    for choice in ("a", "b"):
        keep_answer(session, cast.trainee.id, page, Answer(CHECK, (choice,)), now=NOW)
    assert lesson_page(session, cast).answers == {CHECK: ("b",)}
    assert count(session, CheckAnswer) == 1


def test_answers_belong_to_one_place_alone(session, cast):
    page = lesson_page(session, cast)
    keep_answer(session, cast.trainee.id, page, Answer(CHECK, ("a",)), now=NOW)
    theirs = open_lesson(session, MODULE, LESSON, number=None, reader_id=cast.classmate.id)
    assert theirs.answers == {}


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ((), AnswerRefusal.NOTHING_CHOSEN),
        (("zebra",), AnswerRefusal.NOT_OFFERED),
        (("a", "b"), AnswerRefusal.ONE_ONLY),
    ],
)
def test_what_is_no_answer_is_refused_and_nothing_kept(session, cast, chosen, reason):
    with pytest.raises(RefusedError) as refused:
        keep_answer(
            session, cast.trainee.id, lesson_page(session, cast), Answer(CHECK, chosen), now=NOW
        )
    assert refused.value.reason is reason
    assert count(session, CheckAnswer) == 0


@pytest.mark.parametrize("block", ["no-such-check", "the-scarf", "the-scarf/nowhere", ""])
def test_a_block_that_is_not_in_the_lesson_is_not_there(session, cast, block):
    with pytest.raises(MissingError):
        keep_answer(
            session, cast.trainee.id, lesson_page(session, cast), Answer(block, ("a",)), now=NOW
        )


def test_a_situation_can_be_gone_through_again(session, cast):
    page = lesson_page(session, cast)
    keep_answer(session, cast.trainee.id, page, Answer("the-scarf/wrapped", ("a",)), now=NOW)
    keep_answer(session, cast.trainee.id, page, Answer(CHECK, ("a",)), now=NOW)
    begin_again(session, cast.trainee.id, page, "the-scarf", now=NOW)
    assert lesson_page(session, cast).answers == {CHECK: ("a",)}


def test_the_lesson_page_asks_two_questions_of_the_database(session, cast):
    lesson_page(session, cast)
    read(session, cast, *lessons_of()[:3])
    with statements(session) as asked:
        lesson_page(session, cast)
    assert len(asked) == 2


def test_a_rendering_of_an_older_renderer_is_made_again(session, cast):
    version = session.scalars(select(ContentVersion).where(ContentVersion.slug == MODULE)).one()
    publish_again(session, replace(module_named(), introduction="Rendered **anew**."))
    newest = session.scalars(
        select(ContentVersion).where(ContentVersion.slug == MODULE, ContentVersion.number == 2)
    ).one()
    newest.rendered = version.rendered.replace('"renderer":', '"renderer":9')
    session.flush()
    page = open_module(session, MODULE, cast.enrolment)
    assert "<strong>anew</strong>" in page.shown.rendered.introduction


@pytest.mark.races
def test_the_last_two_lessons_finished_at_once_make_one_completion(real_app, real_session):
    with transaction(real_session):
        cast = make_cast(real_session)
        lessons = lessons_of()
        read(real_session, cast, *lessons[:-2])
    state, gate, problems = real_app.extensions["lms"], threading.Barrier(4), []

    def finish(lesson):
        with state.database.session() as session:
            session.info["ground"] = state.ground
            gate.wait()
            try:
                with transaction(session):
                    read(session, cast, lesson)
            except Exception as problem:  # told below, whatever it was
                problems.append(problem)

    threads = [threading.Thread(target=finish, args=(one,)) for one in lessons[-2:] * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    real_session.expire_all()
    assert real_session.scalar(select(func.count()).select_from(Completion)) == 1
    assert real_session.scalar(select(func.count()).select_from(LessonReading)) == len(lessons)
    assert get_place(real_session, cast.trainee.id).facts_version == 1
