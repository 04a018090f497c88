"""Sealed texts that cannot be opened: a kind sentence in their place, never a page that is gone."""

import logging

import pytest
from sqlalchemy import LargeBinary, select, update

from lms.db import Base
from lms.models import Draft, HoursEntry, PersonKey, Reflection
from tests.cast import NOW
from tests.test_visibility import WRITTEN
from tests.walking import Asker, make_entry, make_world, places
from tests.web.test_reflections import BLOCK, HERE, KEEP

WORDS = "These words cannot be opened just now"
BROKEN = b"v1" + b"\0" * 60
KEYS = ("person_key",)


def damage(session):
    """Put something that does not open in the place of every sealed text there is."""
    sealed = [
        (table, column)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary) and table.name not in KEYS
    ]
    assert len(sealed) >= 9
    for table, column in sealed:
        session.execute(update(table).where(column.is_not(None)).values({column.name: BROKEN}))
    session.commit()
    session.info.pop("sealers", None)


@pytest.fixture
def world(session, cast):
    """Return the trainee with a record of everything."""
    return make_world(session, cast)


@pytest.mark.parametrize("who", ["trainee", "trainer", "supervisor", "coordinator"])
def test_no_page_is_taken_down_by_a_damaged_text(app, session, world, who):
    damage(session)
    asker = Asker(app, session, world.cast, who)
    down = []
    for place in places(app, world):
        if "GET" in place.rules and place.path != "/readyz":
            status = asker.ask("GET", place.url).status_code
            down += [f"{place.url}: {status}"] if status >= 500 else []
    assert down == []


def test_the_trainees_own_pages_say_so_in_the_place_of_the_words(page, session, world):
    damage(session)
    place = world.cast.enrolment.public_id
    trainee = page.as_("trainee")
    for url in ("/reflections", "/progress", f"/certificates/{world.named['certificate_id'][0]}"):
        assert trainee.get(url).status_code == 200
        if "certificates" not in url:
            assert WORDS in trainee.words, url
    office = page.as_("coordinator")
    assert office.get(f"/enrolments/{place}").status_code == 200
    assert WORDS in office.words


def test_a_released_role_play_still_shows_its_levels(page, session, world):
    damage(session)
    trainee = page.as_("trainee")
    trainee.get(f"/performances/{world.named['performance_id'][2]}")
    assert trainee.words.count(WORDS) == 2
    assert "Point by point" in trainee.words


def test_nobody_signs_words_that_they_could_not_read(page, session, cast):
    entry = make_entry(session, cast, "submitted")
    entry.summary = BROKEN
    session.commit()
    supervisor = page.as_("supervisor")
    supervisor.get("/confirmations")
    assert WORDS in supervisor.words
    url = f"/hours/{entry.public_id}/confirm"
    supervisor.post(url, {"version": str(entry.version)})
    session.refresh(entry)
    assert entry.state == "submitted"
    supervisor.get(f"/hours/{entry.public_id}")
    assert "nobody can sign them" in supervisor.soup.get_text()


def test_a_form_with_a_damaged_text_is_empty_and_says_what_follows(page, session, cast):
    entry = make_entry(session, cast, "draft")
    entry.summary = BROKEN
    session.commit()
    trainee = page.as_("trainee")
    trainee.get(f"/hours/{entry.public_id}/change")
    assert trainee.soup.find("textarea").text.strip() == ""
    assert "takes its place" in trainee.words
    assert session.scalars(select(HoursEntry.summary)).all() == [BROKEN]


def test_an_empty_box_throws_nothing_away_and_new_words_take_the_place(page, session):
    trainee = page.as_("trainee")
    trainee.post(KEEP, {"words": "First.", "version": "0"})
    session.execute(update(Reflection).values(sealed=BROKEN))
    session.commit()
    trainee.get(HERE)
    assert trainee.soup.find("textarea", id=f"box-{BLOCK}").text == ""
    assert "it takes its place" in trainee.words
    trainee.post(KEEP, {"words": "", "version": "1"})
    assert session.scalars(select(Reflection.sealed)).one() == BROKEN
    assert trainee.post(KEEP, {"words": "Other.", "version": "0"}).status_code == 409
    assert WORDS in trainee.words
    trainee.post(KEEP, {"words": "New words.", "version": "1"})
    trainee.get("/reflections")
    assert "New words." in trainee.words


def test_a_draft_that_cannot_be_opened_is_written_over(page, session):
    trainee = page.as_("trainee")
    trainee.get("/hours/new")
    ask = {"headers": {"X-CSRFToken": trainee.token()}}
    body = {"body": {"summary": "x"}, "base_version": 0, "op_id": "a"}
    assert trainee.client.put("/drafts/hours-new", json=body, **ask).status_code == 200
    session.execute(update(Draft).values(sealed=BROKEN))
    session.commit()
    body = {"body": {"summary": "y"}, "base_version": 0, "op_id": "b"}
    assert trainee.client.put("/drafts/hours-new", json=body, **ask).status_code == 200


def test_where_a_persons_key_is_damaged_the_words_stay_on_the_page(page, session, caplog):
    trainee = page.as_("trainee")
    trainee.post(KEEP, {"words": "First.", "version": "0"})
    session.execute(update(PersonKey).values(wrapped=BROKEN))
    session.commit()
    session.info.pop("sealers", None)
    caplog.set_level(logging.INFO)
    reply = trainee.post(
        KEEP, {"words": f"{WRITTEN} and forty signs more of my own", "version": "1"}
    )
    assert reply.status_code == 503
    assert WRITTEN in trainee.soup.find("textarea").text
    assert "copy them" in trainee.words
    assert trainee.get("/reflections").status_code == 200
    assert WORDS in trainee.words
    assert WRITTEN not in caplog.text
    assert "reflection" in caplog.text


def test_what_cannot_be_opened_is_logged_by_kind_alone(page, session, caplog):
    trainee = page.as_("trainee")
    trainee.post(KEEP, {"words": "First.", "version": "0"})
    session.execute(update(Reflection).values(sealed=BROKEN, saved_at=NOW))
    session.commit()
    trainee.get("/reflections")
    row = session.scalars(select(Reflection)).one()
    assert "a sealed text cannot be opened: reflection" in caplog.text
    assert row.public_id not in caplog.text
