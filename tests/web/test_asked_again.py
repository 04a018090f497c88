"""Lessons that teach something new: told where the programme asks again, and nowhere else."""

from dataclasses import fields, is_dataclass, replace

import pytest
from sqlalchemy import select

from lms.models import Completion
from lms.rules.learning import asked_since
from lms.rules.programmes.nodes import Completions
from lms.services.curriculum import find_waiting, finish_lesson
from lms.services.publishing import current_version
from tests.cast import NOW, library
from tests.certifying import attest
from tests.reading import (
    LESSON,
    MODULE,
    lessons_of,
    module_named,
    publish_again,
    publish_only,
    with_new_words,
)
from tests.sitting import sign_all

ASKS = "so your programme asks for them again"
TITLE = "Ask first, record, review"


def asking(value, number):
    """Return requirements that ask for a module from a version on."""
    if isinstance(value, Completions) and MODULE in value.modules:
        return replace(value, since_version={MODULE: number})
    if isinstance(value, tuple):
        return tuple(asking(entry, number) for entry in value)
    if is_dataclass(value) and hasattr(value, "kind"):
        changed = {
            one.name: asking(getattr(value, one.name), number)
            for one in fields(value)
            if isinstance(getattr(value, one.name), tuple)
        }
        return replace(value, **changed)
    return value


def ask_again(session, place, number):
    """Let the place's programme ask for the module from a version on."""
    programmes = tuple(
        replace(one, requirements=asking(one.requirements, number)) for one in library().programmes
    )
    publish_only(session, programmes=programmes)
    version = current_version(session, "programme", "peer-support-demo")
    place.programme_version_id = version.id
    session.commit()


@pytest.fixture
def done(session, cast):
    """Return the cast whose trainee has read the whole module; then a lesson of it changes."""
    sign_all(session)
    attest(session, cast.enrolment)
    for lesson in lessons_of():
        finish_lesson(session, cast.trainee.id, MODULE, lesson, number=1, now=NOW)
    publish_again(session, with_new_words(module_named(), LESSON))
    return cast


def test_a_programme_names_from_which_version_on(session, done):
    ask_again(session, done.enrolment, 2)
    programmes = [p for p in library().programmes if p.demo]
    assert asked_since(programmes[0].requirements) == {}
    assert asked_since(asking(programmes[0].requirements, 2)) == {MODULE: 2}


def test_what_changed_is_told_on_no_list_while_the_programme_does_not_ask(page, session, done):
    trainee = page.as_("trainee")
    for url in ("/today", "/progress"):
        trainee.get(url)
        assert ASKS not in trainee.words
    assert find_waiting(session, done.enrolment).changed == ()


def test_today_leads_to_it_first_where_the_programme_asks_again(page, session, done):
    ask_again(session, done.enrolment, 2)
    trainee = page.as_("trainee")
    trainee.get("/today")
    first = trainee.soup.select_one(".card-first")
    assert first.h2.text == TITLE
    assert "You have read it. It teaches something new now" in first.text
    assert first.a["href"] == f"/modules/{MODULE}/{LESSON}"
    assert ASKS not in trainee.words  # it stands on the card already


def test_today_lists_the_others_and_progress_all(page, session, done):
    second = lessons_of()[4]
    publish_again(session, with_new_words(with_new_words(module_named(), LESSON), second))
    ask_again(session, done.enrolment, 3)
    trainee = page.as_("trainee")
    trainee.get("/today")
    section = trainee.soup.find("section", attrs={"aria-labelledby": "changed"})
    assert [a["href"] for a in section.select("a")] == [f"/modules/{MODULE}/{second}"]
    trainee.get("/progress")
    section = trainee.soup.find("section", attrs={"aria-labelledby": "changed"})
    assert [a["href"].rpartition("/")[2] for a in section.select("a")] == [LESSON, second]
    assert ASKS in trainee.words


def test_the_list_of_modules_says_how_many_have_changed(page, done):
    trainee = page.as_("trainee")
    trainee.get("/modules")
    assert "1 lesson has changed since you read it." in trainee.words


def test_once_read_again_nothing_more_is_asked(page, session, done):
    ask_again(session, done.enrolment, 2)
    finish_lesson(session, done.trainee.id, MODULE, LESSON, number=2, now=NOW)
    session.commit()
    numbers = [row.version_number for row in session.scalars(select(Completion))]
    assert sorted(numbers) == [1, 2]
    waiting = find_waiting(session, done.enrolment)
    assert waiting.changed == ()
    assert waiting.next.module != MODULE


def test_classmates_hear_nothing_of_it(page, session, done):
    ask_again(session, done.enrolment, 2)
    classmate = page.as_("classmate")
    classmate.get("/today")
    assert TITLE not in classmate.words
    assert ASKS not in classmate.words


def test_what_is_all_read_is_counted_for_the_newest_version_by_one_press(page, session, done):
    finish_lesson(session, done.trainee.id, MODULE, LESSON, number=2, now=NOW)
    publish_only(session, modules=(replace(module_named(), introduction="Otherwise."),))
    ask_again(session, done.enrolment, 3)
    trainee = page.as_("trainee")
    trainee.get("/modules")
    assert "one press is enough" in trainee.words
    trainee.get(f"/modules/{MODULE}")
    action = f"/modules/{MODULE}/{lessons_of()[-1]}/read"
    trainee.post(action, trainee.form_data(action))
    trainee.get(f"/modules/{MODULE}")
    assert "asks for the newest version" not in trainee.words
    newest = max(row.version_number for row in session.scalars(select(Completion)))
    assert newest == current_version(session, "module", MODULE).number
