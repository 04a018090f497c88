"""Whom to turn to, pausing, and short ways to settle: offered, never noted."""

import re
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from lms.models import Assignment, Enrolment, Organisation
from lms.services.assessments import paper_of
from lms.services.practice import practice_hold
from tests.reading import publish_two_ways
from tests.sitting import begin, sign_all
from tests.test_guards import ROOT

CALM = ("breathing", "around", "feet")
CURES = re.compile(r"\b(heal|cure[sd]?|therapy|treat|calms? you|will help)\b", re.I)


@pytest.mark.parametrize("url", ["/calm", *(f"/calm/{name}" for name in CALM)])
@pytest.mark.parametrize("who", ["trainee", "trainer", "coordinator"])
def test_a_minute_to_settle_is_open_to_everybody_and_promises_nothing(page, who, url):
    client = page.as_(who)
    assert client.get(url).status_code == 200
    assert client.soup.title.text == "Alongside"
    assert "not a cure" in client.words
    assert CURES.sub("", client.words.replace("not a cure", "")) == client.words.replace(
        "not a cure", ""
    )
    assert "written nowhere" in client.words


def test_breathing_names_its_seconds_and_another_pace(page):
    trainee = page.as_("trainee")
    for asked, shown in (("", 4), ("?seconds=3", 3), ("?seconds=99", 4), ("?seconds=x", 4)):
        trainee.get(f"/calm/breathing{asked}")
        assert f"Breathe in for {shown} seconds" in trainee.words
        assert f"Breathe out for {shown + 2} seconds" in trainee.words
    assert len(trainee.soup.select('main a[href*="seconds="]')) == 2


def test_nothing_moves_unless_it_is_opened_and_motion_is_wanted(page):
    trainee = page.as_("trainee")
    trainee.get("/calm/breathing")
    fold = trainee.soup.select_one("details.pacer")
    assert not fold.has_attr("open")
    assert trainee.soup.select_one(".pacer-circle").find_parent("details") is fold
    css = (Path(ROOT) / "static/css/calm.css").read_text("utf-8")
    moving = css.split("@media (prefers-reduced-motion: no-preference) {")[1].split("\n}\n")[0]
    assert css.count("animation:") == moving.count("animation:") == 3
    assert moving.count("[open] > .pacer-circle") == 3
    assert "infinite" not in css


def test_a_way_to_settle_that_is_none_is_not_there(page):
    assert page.as_("trainee").get("/calm/dancing").status_code == 404
    assert page.as_("visitor").get("/calm").status_code == 302


def test_the_page_for_pausing_holds_all_three_and_the_contact(page, cast):
    trainee = page.as_("trainee")
    trainee.get("/today")
    trainee.post("/pause", {"from": "/today"})
    assert [fold.summary.text for fold in trainee.soup.select("main details.fold")] == [
        "Breathing",
        "Looking around",
        "Feet on the floor",
    ]
    assert cast.organisation.duty_reach in trainee.words
    assert trainee.soup.select_one("main a.button")["href"] == "/today"


def test_every_lessons_end_leads_to_somebody(page, session, cast):
    url = publish_two_ways(session)
    trainee = page.as_("trainee")
    for way in ("written", "other"):
        trainee.post(f"{url}/way", {"way": way})
        trainee.get(f"{url}?on=1")
        links = [a["href"] for a in trainee.soup.select("section[aria-labelledby=lesson-after] a")]
        assert links == ["/calm", "/help#talk", "#somebody"]
    trainee.get("/help")
    assert trainee.soup.find(id="talk")
    for who in (cast.trainer, cast.supervisor):
        assert who.chosen_name in trainee.words
    for words in (cast.organisation.duty_name, cast.organisation.duty_hours):
        assert words in trainee.words


def test_without_anybody_beside_help_says_whom_to_turn_to(page, session):
    session.execute(delete(Assignment))
    session.commit()
    trainee = page.as_("trainee")
    trainee.get("/help")
    assert "Nobody is beside you yet" in trainee.words


def test_coming_back_is_silent(page, session, cast):
    trainee = page.as_("trainee")
    trainee.get("/account")
    trainee.submit("/step-back")
    trainee.get("/account")
    assert trainee.submit("/come-back").location == "/progress/back"
    trainee.get("/today")
    assert trainee.soup.select(".page > [role=status] .note") == []
    assert session.get_one(Enrolment, cast.enrolment.id).state == "active"


# No contact on duty


@pytest.fixture
def alone(session, cast):
    """Take the contact on duty away."""
    sign_all(session)
    session.execute(update(Organisation).values(duty_reach=""))
    session.commit()


@pytest.mark.parametrize("url", ["/progress", "/hours", "/assessments/readiness"])
def test_the_trainee_reads_that_it_is_not_their_doing(page, alone, url):
    trainee = page.as_("trainee")
    trainee.get(url)
    assert "That is not your doing" in trainee.words
    assert "/account" not in [a["href"] for a in trainee.soup.select("main .note a")]


def test_the_coordinator_reads_what_to_set_and_where(page, session, cast, alone):
    office = page.as_("coordinator")
    office.get("/today")
    assert "Practice is shut" in office.words
    assert office.soup.select_one(".card-first a.button")["href"] == "/organisation"
    office.get("/organisation")
    assert "the name of the contact on duty, and how to reach them" in office.words
    office.get(f"/marking/book/{cast.enrolment.public_id}")
    assert "a name, and how to reach them" in office.words
    assert "Set it under Organisation" in office.words
    trainer = page.as_("trainer")
    trainer.get(f"/marking/book/{cast.enrolment.public_id}")
    assert "A coordinator sets it under Organisation" in trainer.words
    assert practice_hold(session, cast.enrolment) == "practice-no-contact"


def test_with_a_contact_nobody_is_told_that_practice_is_shut(page):
    office = page.as_("coordinator")
    office.get("/today")
    assert "Practice is shut" not in office.words


def test_help_names_who_talks_in_confidence_outside_once_the_office_wrote_it(page):
    trainee, office = page.as_("trainee"), page.as_("coordinator")
    trainee.get("/help")
    assert "Somebody outside, in confidence" not in trainee.words
    office.get("/organisation")
    words = "Harbour Listening, free.\nTelephone at the desk. <b>"
    assert office.submit("/organisation", assistance=words).status_code == 302
    trainee.get("/help")
    section = trainee.soup.find(id="outside").parent
    assert "Harbour Listening, free." in section.text
    assert "<b>" in section.text


def test_a_pause_leads_back_to_the_very_question_that_was_left(page, session, cast):
    sign_all(session)
    attempt = begin(session, cast.enrolment)
    session.commit()
    trainee = page.as_("trainee")
    here = f"/attempts/{attempt.public_id}"
    item = paper_of(session, attempt.form_hash).items[0].id
    for url in (here, f"{here}/hand-in", f"{here}/items/{item}"):
        trainee.get(url)
        kept = trainee.soup.select_one("input[name=from]")["value"]
        trainee.post("/pause", {"from": kept})
        assert trainee.soup.select_one("main a.button")["href"] == url
