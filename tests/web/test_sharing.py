"""Sharing a text with somebody beside oneself: who reads it, why, how long; and taking it back."""

import pytest
from sqlalchemy import delete, select, update

from lms.db import utcnow
from lms.models import Assignment, Draft, Reflection, SharedReading, Sharing, Signin
from tests.web.test_reflections import BLOCK, HERE, KEEP

WORDS = "Zzyzx: what I carry"


@pytest.fixture
def kept(page, session):
    """Return the trainee's client and a text of theirs."""
    trainee = page.as_("trainee")
    trainee.post(KEEP, {"words": WORDS, "version": "0"})
    return trainee, session.scalars(select(Reflection)).one()


def share(trainee, row, person, purpose="talk", days="14"):
    """Share a text through its page."""
    url = f"/reflections/{row.public_id}/share"
    trainee.get(url)
    return trainee.submit(url, reader=person.public_id, purpose=purpose, days=days)


@pytest.fixture
def shared(kept, session, cast):
    """Return the trainee's client and a text shared with the trainer."""
    trainee, row = kept
    assert share(trainee, row, cast.trainer).status_code == 302
    return trainee, session.scalars(select(Sharing)).one()


def open_it(client, sharing):
    """Open a shared text through the list."""
    client.get("/shared")
    return client.submit(f"/shared/{sharing.public_id}/open")


def test_before_sharing_stands_who_why_how_long_and_what_must_be_passed_on(kept, cast):
    trainee, row = kept
    trainee.get(f"/reflections/{row.public_id}/share")
    assert WORDS in trainee.words
    for words in (
        cast.trainer.chosen_name + " (Trainer)",
        cast.supervisor.chosen_name + " (Supervisor)",
        "So that we can talk about it",
        "2 weeks, until ",
        "Somebody's life is in danger.",
        "A child may be harmed",
        "must be reported",
        "Then they tell you first",
    ):
        assert words in trainee.words, words
    assert cast.classmate.chosen_name not in trainee.words
    assert cast.coordinator.chosen_name not in trainee.words
    assert trainee.soup.title.text == "Alongside"


def test_beside_the_box_stands_who_can_read_it(shared, cast):
    trainee, __ = shared
    trainee.get(HERE)
    words = trainee.soup.find(id=f"box-{BLOCK}-readers").text
    assert f"you, and {cast.trainer.chosen_name} until" in words


def test_the_reader_opens_it_and_the_writer_sees_that(page, session, shared, cast):
    trainee, sharing = shared
    trainer = page.as_("trainer")
    trainer.get("/today")
    assert "1 text was shared with you" in trainer.words
    trainer.get("/shared")
    assert cast.trainee.chosen_name in trainer.words
    assert WORDS not in trainer.words
    assert "Boundaries" not in trainer.words
    assert session.scalars(select(SharedReading)).all() == []
    assert open_it(trainer, sharing).status_code == 200
    assert WORDS in trainer.words
    assert trainer.soup.title.text == "Alongside"
    assert len(session.scalars(select(SharedReading)).all()) == 1
    trainer.get("/today")
    assert "shared with you" not in trainer.words
    trainee.get("/reflections")
    assert f"Opened by {cast.trainer.chosen_name}:" in trainee.words


def test_a_shared_text_has_no_address_that_shows_it(page, shared):
    __, sharing = shared
    trainer = page.as_("trainer")
    for url in (f"/shared/{sharing.public_id}", f"/shared/{sharing.public_id}/open"):
        assert trainer.client.get(url).status_code in {404, 405}
    reply = trainer.client.post(f"/shared/{sharing.public_id}/open", data={})
    assert WORDS not in reply.text


@pytest.mark.parametrize(
    "who", ["second_trainer", "supervisor", "coordinator", "classmate", "outsider", "trainee"]
)
def test_nobody_else_opens_it_or_learns_of_it(page, session, shared, cast, who):
    __, sharing = shared
    client = page.as_(who)
    client.get("/today")
    status = client.post(f"/shared/{sharing.public_id}/open").status_code
    assert status == (403 if who == "trainee" else 404)
    assert client.post(f"/shared/{sharing.public_id}/answer").status_code == status
    place = cast.enrolment.public_id
    for url in ("/today", "/shared", f"/enrolments/{place}", f"/people/{cast.trainee.public_id}"):
        reply = client.get(url)
        if who != "trainee":
            assert "Zzyzx" not in reply.text
            assert "text was shared" not in reply.text
    assert session.scalars(select(SharedReading)).all() == []


@pytest.mark.parametrize("who", ["trainer", "classmate", "outsider", "coordinator"])
def test_nobody_shares_or_ends_what_is_another_persons(page, session, shared, who):
    __, sharing = shared
    row = session.scalars(select(Reflection)).one()
    client = page.as_(who)
    assert client.get(f"/reflections/{row.public_id}/share").status_code == 404
    assert client.post(f"/reflections/{row.public_id}/share").status_code == 404
    assert client.post(f"/sharings/{sharing.public_id}/end").status_code == 404
    session.refresh(sharing)
    assert sharing.ended_at is None


def test_taken_back_at_once_and_the_reader_is_told_no_reason(page, session, shared, cast):
    trainee, sharing = shared
    trainer = page.as_("trainer")
    trainer.get("/shared")
    form = trainer.form_data(f"/shared/{sharing.public_id}/open")
    trainee.get("/reflections")
    assert trainee.submit(f"/sharings/{sharing.public_id}/end").status_code == 302
    reply = trainer.post(f"/shared/{sharing.public_id}/open", form)
    assert reply.location == "/shared"
    trainer.get("/shared")
    assert "not open to you any more" in trainer.soup.get_text()
    assert "Nothing is shared with you" in trainer.words
    assert session.scalars(select(SharedReading)).all() == []
    trainee.get("/reflections")
    assert WORDS in trainee.words
    assert "That has ended" in trainee.words


def test_an_ended_assignment_shuts_it(page, session, shared, cast):
    trainee, sharing = shared
    session.execute(delete(Assignment).where(Assignment.person_id == cast.trainer.id))
    session.commit()
    assert page.as_("trainer").post(f"/shared/{sharing.public_id}/open").status_code == 404
    trainee.get("/reflections")
    assert "is not beside you any more" in trainee.words


def test_too_much_goes_back_as_words_to_the_writer_alone(page, session, shared, cast):
    trainee, sharing = shared
    trainer = page.as_("trainer")
    open_it(trainer, sharing)
    trainer.submit(f"/shared/{sharing.public_id}/answer")
    trainee.get("/reflections")
    assert "This may be too much to carry alone" in trainee.words
    assert cast.organisation.duty_reach in trainee.words
    office = page.as_("coordinator")
    for url in ("/today", "/people", f"/enrolments/{cast.enrolment.public_id}"):
        assert "too much" not in office.get(url).text


def test_the_form_keeps_what_was_chosen_and_says_what_lacks(kept, session, cast):
    trainee, row = kept
    url = f"/reflections/{row.public_id}/share"
    trainee.get(url)
    reply = trainee.submit(url, purpose="know", days="28")
    assert reply.status_code == 200
    assert "Choose one" in trainee.words
    assert trainee.form_data()["purpose"] == ["know"]
    assert trainee.form_data()["days"] == ["28"]
    trainee.submit(url, reader=cast.classmate.public_id, purpose="know")
    assert "Choose one from the list" in trainee.words
    assert session.scalars(select(Sharing)).all() == []


def test_words_changed_on_another_page_are_shown_before_they_are_shared(kept, session, cast):
    trainee, row = kept
    url = f"/reflections/{row.public_id}/share"
    trainee.get(url)
    form = trainee.form_data()
    trainee.post(KEEP, {"words": "Newer words.", "version": "1"})
    sent = {**form, "reader": cast.trainer.public_id, "purpose": "talk"}
    trainee.post(url, sent)
    assert "You changed these words on another page" in trainee.words
    assert "Newer words." in trainee.words
    assert session.scalars(select(Sharing)).all() == []
    assert trainee.submit(url).status_code == 302


def test_without_anybody_beside_there_is_nobody_to_choose(kept, session):
    trainee, row = kept
    session.execute(delete(Assignment))
    session.commit()
    trainee.get(f"/reflections/{row.public_id}/share")
    assert "Nobody is beside you yet" in trainee.words
    assert trainee.soup.select("main form") == []


def test_whoever_was_taken_away_is_remembered_in_the_log(page, shared, session, cast):
    trainee, sharing = shared
    open_it(page.as_("trainer"), sharing)
    row = session.scalars(select(Reflection)).one()
    trainee.get("/reflections")
    trainee.submit(f"/reflections/{row.public_id}/forget")
    trainee.get("/reflections")
    assert WORDS not in trainee.words
    assert f"Opened by {cast.trainer.chosen_name}" in trainee.words


# Forms kept over an expired sign-in


def send_without_a_sign_in(page, session, words):
    trainee = page.as_("trainee")
    trainee.get(HERE)
    session.execute(update(Signin).values(ended_at=utcnow()))
    session.commit()
    return trainee, trainee.submit(KEEP, words=words, version="0")


def test_a_kept_form_is_dropped_once_it_was_sent_again(page, session):
    send_without_a_sign_in(page, session, "Typed for a long time, and kept for me here.")
    again = page.as_("trainee")
    again.get("/kept")
    assert again.submit(KEEP).status_code == 302
    assert session.scalars(select(Draft).where(Draft.key == "kept-form")).all() == []
    assert again.get("/kept").status_code == 404
    again.get(HERE)
    assert "kept for me here" in again.words


def test_a_kept_form_that_was_not_taken_stays(page, session):
    send_without_a_sign_in(page, session, "x" * 10_001)
    again = page.as_("trainee")
    again.get("/kept")
    assert again.submit(KEEP).status_code == 400
    assert again.get("/kept").status_code == 200


def test_a_form_kept_since_then_is_not_dropped_with_the_first(page, session):
    send_without_a_sign_in(page, session, "The first words, typed on a phone on a bus.")
    again = page.as_("trainee")
    again.get("/kept")
    first = again.form_data()
    send_without_a_sign_in(page, session, "The second words, typed on a phone on a bus.")
    last = page.as_("trainee")
    last.post(KEEP, first)
    last.get("/kept")
    assert "second words" in last.words


def test_more_than_fits_is_not_kept_in_part_and_that_is_said(page, session):
    trainee, reply = send_without_a_sign_in(page, session, "x" * 500_000)
    assert reply.location == "/sign-in?next=/today"
    assert session.scalars(select(Draft).where(Draft.key == "kept-form")).all() == []
    trainee.get("/sign-in")
    assert "more than fits here" in trainee.soup.get_text()
