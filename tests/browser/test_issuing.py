"""A cohort's certificates in a browser: looked over, sent, watched, approved by a second person."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lms.db import transaction, utcnow
from lms.models import Cohort, Person
from lms.services.demo.progress import Team, Walk, walk_to_the_end
from lms.services.practice import get_enrolment, get_place


@pytest.fixture(scope="module")
def finished(site: Any) -> Any:
    """Let somebody more meet everything: a demo has one such person, and here are two journeys."""
    state = site.app.extensions["lms"]
    with state.database.session() as session:
        session.info["ground"] = state.ground
        with transaction(session):
            named = {one.chosen_name: one for one in session.scalars(select(Person))}
            team = Team(named["Wanjiru"], named["Yusuf"], named["Ines"])
            place = get_enrolment(session, get_place(session, named["Noor"].id).public_id)
            place.recorded_at = utcnow() - timedelta(days=60)
            walk_to_the_end(Walk(session, place, team, utcnow()))
            named["Noor"].certificate_name = "Noor al-Amin"
    return site


def issuing(site: Any) -> str:
    """Return the address where the demo's cohort is issued its certificates."""
    with site.app.extensions["lms"].database.session() as session:
        return f"/cohorts/{session.scalars(select(Cohort.public_id)).one()}/issuing"


def choose(one: Any, name: str) -> None:
    """Tick one person and nobody else."""
    for box in one.page.locator("input[name=people]").all():
        box.uncheck()
    one.page.locator("li", has_text=name).locator("input[name=people]").check()


def settled(one: Any, words: str) -> None:
    """Wait for what became of a run: with script it comes by itself, without by looking again."""
    for _time in range(40):
        if words in one.words:
            return
        one.page.wait_for_timeout(500)
        if not one.axe:
            one.page.reload()
    raise AssertionError(one.words)


def test_a_coordinator_sends_a_cohort_and_sees_it_done(visitor: Any, finished: Any) -> None:
    """With script, on a phone."""
    office = visitor(360).sign_in("ines")
    office.go("/cohorts")
    office.page.locator("main a[href^='/cohorts/']:not([href$='/new'])").first.click()
    office.page.wait_for_url("**/cohorts/*")
    office.press("Issue certificates")
    office.look()
    assert "Not every requirement is met yet." in office.words
    choose(office, "Tomás")
    office.press("Send for those who are ticked")
    office.look()
    settled(office, "1 of 1 settled")
    office.look()
    assert "All are settled." in office.words
    office.page.locator("main a[href^='/certificates/']").first.click()
    office.page.wait_for_url("**/certificates/*")
    assert "Certificate of Tomás" in office.page.inner_text("h1")


def test_a_second_coordinator_approves(visitor: Any, finished: Any) -> None:
    """Without script: the setting, the proposal sent with a run, Today, the approval."""
    office = visitor(360, script=False).sign_in("ines")
    office.go("/organisation")
    office.page.select_option("select[name=approval]", value="second")
    office.press("Save")
    office.go(issuing(finished))
    choose(office, "Noor")
    office.press("Send for those who are ticked")
    settled(office, "Waits for approval")

    second = visitor(1280, script=False).sign_in("marek")
    assert "waits for you as the second coordinator" in second.words
    second.go("/proposals")
    second.press("Noor")
    second.look()
    second.press("Approve and issue")
    second.look()
    assert "Approved and issued." in second.page.inner_text("body")
    assert "Certificate of Noor" in second.page.inner_text("h1")


def test_a_document_made_anew_waits_for_a_second_coordinator(visitor: Any, finished: Any) -> None:
    """After the certificate was approved: a correction, proposed and approved, on every screen."""
    office = visitor(360, script=False).sign_in("ines")
    office.go("/certificates")
    office.press("Noor")
    office.press("Another name, or a correction")
    office.page.check("input[value=correction]")
    office.page.fill("textarea[name=reason]", "A letter of the name was wrong.")
    office.press("Send for approval")
    office.look()
    assert "It waits for a second coordinator" in office.words

    second = visitor(1280).sign_in("marek")
    second.go("/proposals")
    second.press("Noor")
    second.look_every_way()
    assert "A letter of the name was wrong." in second.words
    second.press("Approve it")
    second.look()
    assert "Certificate of Noor" in second.page.inner_text("h1")
