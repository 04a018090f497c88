"""Marking on a phone: kept as it comes, on two devices, without a script, over a slow line."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.db import transaction, utcnow
from lms.models import Cohort, Enrolment, Organisation, Performance, Person
from lms.services.people import today_in
from lms.services.roleplays import Booking, book_performance
from tests.cast import assign, make_enrolment, make_person
from tests.playing import sign_all

SCENARIOS = iter(("until-friday", "tonight", "ten-minutes", "too-long-to-wait"))


@pytest.fixture(scope="module")
def place_id(site):
    """Return the place of a trainee of this file's own, Wanjiru's to mark."""
    state = site.app.extensions["lms"]
    with state.database.session() as session:
        session.info["ground"] = state.ground
        with transaction(session):
            marker = session.scalars(select(Person).where(Person.chosen_name == "Wanjiru")).one()
            home = session.get_one(Organisation, marker.organisation_id)
            cohort = session.scalars(select(Cohort)).first()
            place = make_enrolment(session, make_person(session, "mary", home), cohort)
            assign(session, place, marker, "trainer")
            sign_all(session, place)
            return place.id


@pytest.fixture
def booked(site, place_id):
    """Return the address to mark a role-play that was played yesterday."""
    state, now = site.app.extensions["lms"], utcnow()
    scenario = next(SCENARIOS)
    with state.database.session() as session:
        session.info["ground"] = state.ground
        with transaction(session):
            marker = session.scalars(select(Person).where(Person.chosen_name == "Wanjiru")).one()
            place = session.get_one(Enrolment, place_id)
            day = today_in("America/New_York", now) - timedelta(days=1)
            booking = Booking(scenario, "in-person", day, marker.id)
            found: Performance = book_performance(
                session, marker.id, place, booking, op_id=scenario, now=now
            )
            return f"/marking/{found.public_id}"


def choose(page, level, count=99):
    """Choose a level for the first so many criteria, by pressing the button it is."""
    for button in page.locator(f".level input[value='{level}']").all()[:count]:
        button.click()


def test_a_role_play_is_marked_on_a_phone(visitor, booked):
    trainer = visitor().sign_in("wanjiru")
    trainer.go(booked)
    page = trainer.page
    choose(page, 2)
    page.get_by_text("Note a moment").first.click()
    page.locator("textarea").first.fill("She waited before she answered.")
    page.locator("[data-saved][data-state=saved]").wait_for()
    assert page.locator(".marking-line").bounding_box()["y"] >= 0
    page.fill("#went_well", "You stayed calm.")
    page.fill("#next_step", "Say no in the first sentence.")
    trainer.press("Look it all over")
    page.wait_for_url("**/review")
    trainer.look()
    assert "You stayed calm." in trainer.words
    trainer.press("Send these marks")
    page.wait_for_url("**/performances/*")
    trainer.look()
    assert "Marked, not released yet" in trainer.words


def test_sending_waits_for_a_save_that_is_under_way(visitor, booked):
    trainer = visitor().sign_in("wanjiru")
    trainer.go(booked)
    page = trainer.page

    def slowly(route):
        time.sleep(1)
        route.continue_()

    page.route("**/drafts/**", slowly)
    with page.expect_request("**/drafts/**"):
        page.fill("#went_well", "First words")
    page.fill("#went_well", "First words, and more")
    trainer.press("Look it all over")
    page.wait_for_url("**/review")
    assert "First words, and more" in trainer.words


def test_a_second_device_is_shown_what_the_first_has_set(visitor, booked):
    phone, desk = visitor().sign_in("wanjiru"), visitor(1280).sign_in("wanjiru")
    phone.go(booked)
    desk.go(booked)
    choose(phone.page, 2, 1)
    phone.page.fill("#went_well", "From the phone.")
    phone.page.locator("[data-saved][data-state=saved]").wait_for()
    desk.page.fill("#went_well", "From the desk.")
    desk.page.locator("[data-saved][data-state=clash]").wait_for()
    other = desk.page.locator(".version").inner_text()
    assert "From the phone." in other
    assert "Clear" in other
    desk.look()
    desk.press("Save, go on later")
    desk.page.get_by_text("Saved. You can go on").wait_for()
    assert desk.page.input_value("#went_well") == "From the desk."


def test_marks_are_kept_without_a_script(visitor, booked):
    trainer = visitor(script=False).sign_in("wanjiru")
    page = trainer.page
    page.goto(trainer.site.url + booked)
    choose(page, 1, 1)
    page.fill("#next_step", "Ask first.")
    page.get_by_role("button", name="Save, go on later").click()
    page.get_by_text("Saved. You can go on").wait_for()
    assert page.input_value("#next_step") == "Ask first."
    assert page.locator("input[type=radio]:checked").count() == 1
