"""The private box in a lesson: kept, drafted, never shown to anybody else."""

import json

import pytest
from sqlalchemy import select

from lms.models import Draft, Reflection
from lms.rules.curriculum import Reflection as Prompt
from tests.reading import MODULE, module_named


def box():
    """Return the first lesson of the module that has a box, and the box."""
    return next(
        (lesson.slug, part.id)
        for lesson in module_named().lessons
        for part in lesson.parts
        if isinstance(part, Prompt)
    )


LESSON, BLOCK = box()
HERE = f"/modules/{MODULE}/{LESSON}"
KEEP = f"{HERE}/reflections/{BLOCK}"


def written(client):
    return client.soup.find("textarea", id=f"box-{BLOCK}").text


def test_who_can_read_it_stands_beside_the_box(page):
    trainee = page.as_("trainee")
    trainee.get(HERE)
    assert "only you" in trainee.soup.find(id=f"box-{BLOCK}-readers").text
    assert trainee.soup.find("textarea", id=f"box-{BLOCK}").find_parent("form")["data-draft"]


@pytest.mark.parametrize("words", ["I say yes too fast.", "أنا 🙂\n\nzwei", "x" * 10_000])
def test_what_is_kept_stands_there_again_for_its_writer_alone(page, session, words):
    trainee = page.as_("trainee")
    reply = trainee.post(KEEP, {"words": words, "version": "0"})
    assert reply.location == f"{HERE}#box-{BLOCK}"
    trainee.get(HERE)
    assert written(trainee).strip() == words
    assert "Saved" in trainee.words
    classmate = page.as_("classmate")
    classmate.get(HERE)
    assert written(classmate) == ""


def test_words_too_long_stay_on_the_page_with_a_sentence(page, session):
    trainee = page.as_("trainee")
    assert trainee.post(KEEP, {"words": "x" * 10_001, "version": "0"}).status_code == 400
    assert "at most 10000" in trainee.words
    assert len(trainee.soup.find("textarea").text.strip()) == 10_001
    assert session.scalars(select(Reflection)).all() == []


@pytest.mark.parametrize("data", [{}, {"words": ""}, {"words": "  ", "version": "x" * 300}])
def test_nothing_written_keeps_nothing(page, session, data):
    assert page.as_("trainee").post(KEEP, data).status_code in {302, 400}
    assert session.scalars(select(Reflection)).all() == []


def test_another_page_of_ones_own_loses_nothing(page, session):
    trainee = page.as_("trainee")
    trainee.post(KEEP, {"words": "From the phone.", "version": "0"})
    assert trainee.post(KEEP, {"words": "From here.", "version": "0"}).status_code == 409
    assert "From the phone." in trainee.words
    assert trainee.soup.find("textarea").text.strip() == "From here."
    trainee.submit(KEEP, words="From both.")
    trainee.get(HERE)
    assert written(trainee).strip() == "From both."


def test_words_typed_and_not_sent_stand_there_and_later_saves_go_on_from_them(page, session):
    trainee = page.as_("trainee")
    trainee.get(HERE)
    form = trainee.soup.find("textarea", id=f"box-{BLOCK}").find_parent("form")
    for number in (1, 2):
        saved = trainee.client.put(
            f"/drafts/{form['data-draft']}",
            data=json.dumps(
                {
                    "body": {"words": f"Half a thought {number}", "version": "0"},
                    "base_version": int(form["data-draft-version"]),
                    "op_id": f"op{number}",
                }
            ),
            headers={"Content-Type": "application/json", "X-CSRFToken": trainee.token()},
        )
        assert saved.status_code == 200
        trainee.get(HERE)
        assert written(trainee).strip() == f"Half a thought {number}"
        form = trainee.soup.find("textarea", id=f"box-{BLOCK}").find_parent("form")
    trainee.post(KEEP, {"words": "A whole thought", "version": "0"})
    assert session.scalars(select(Draft)).all() == []


@pytest.mark.parametrize(("who", "status"), [("trainer", 404), ("supervisor", 403)])
def test_staff_have_no_box(page, session, who, status):
    assert page.as_(who).post(KEEP, {"words": "Mine."}).status_code == status
    assert session.scalars(select(Reflection)).all() == []


@pytest.mark.parametrize(
    "url", [f"{HERE}/reflections/nothing", f"/modules/x/y/reflections/{BLOCK}"]
)
def test_a_box_that_is_not_there_keeps_nothing(page, session, url):
    assert page.as_("trainee").post(url, {"words": "Lost?"}).status_code == 404
    assert session.scalars(select(Reflection)).all() == []


def test_ones_own_words_are_listed_and_can_be_taken_away_by_nobody_else(page, session):
    trainee = page.as_("trainee")
    trainee.post(KEEP, {"words": "Mine alone.", "version": "0"})
    trainee.get("/reflections")
    assert "Mine alone." in trainee.words
    row = session.scalars(select(Reflection)).one()
    url = f"/reflections/{row.public_id}/forget"
    for who, status in (("classmate", 404), ("trainer", 404), ("outsider", 404), ("visitor", 302)):
        assert page.as_(who).post(url).status_code == status
    assert "Mine alone." not in (page.as_("coordinator").get("/reflections").text)
    assert trainee.submit(url).location == "/reflections"
    assert session.scalars(select(Reflection)).all() == []
    trainee.get("/reflections")
    assert "Nothing written yet" in trainee.words


def test_ones_own_words_stay_open_after_leaving(page, session, cast):
    trainee = page.as_("trainee")
    trainee.post(KEEP, {"words": "Still mine.", "version": "0"})
    cast.enrolment.state = "withdrawn"
    session.commit()
    trainee.get("/reflections")
    assert "Still mine." in trainee.words
