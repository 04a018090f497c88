"""Another look on a phone: asked, named, answered and read, with a script and without."""

import pytest
from sqlalchemy import select

from lms.db import transaction, utcnow
from lms.models import Enrolment, HoursEntry, Person
from lms.rules.readiness import DecisionOutcome, DecisionSource
from lms.services.hours import return_entry
from lms.services.practice import get_enrolment
from lms.services.readiness import decide_readiness

SOURCES = frozenset({DecisionSource.CONVERSATION, DecisionSource.ROLE_PLAYS})


@pytest.fixture(scope="module")
def acts(site):
    """Let Ines decide that Amina is not ready yet, and Yusuf return her hours."""
    state = site.app.extensions["lms"]
    with state.database.session() as session:
        session.info["ground"] = state.ground
        with transaction(session):
            people = {p.chosen_name: p for p in session.scalars(select(Person))}
            theirs = Enrolment.person_id == people["Amina"].id
            place = get_enrolment(
                session, session.scalars(select(Enrolment.public_id).where(theirs)).one()
            )
            decide_readiness(
                session,
                place,
                outcome=DecisionOutcome.NOT_YET,
                sources=SOURCES,
                reasons="One more role-play first.",
                by=people["Ines"].id,
                op_id="not-yet",
                now=utcnow(),
            )
            entry = session.scalars(
                select(HoursEntry).where(
                    HoursEntry.enrolment_id == place.id, HoursEntry.state == "submitted"
                )
            ).one()
            by, version = people["Yusuf"].id, entry.version
            return_entry(session, entry, by=by, note="So long?", version=version, now=utcnow())
            return f"/hours/{entry.public_id}"


def test_a_decision_is_asked_about_named_answered_and_read(visitor, acts):
    amina = visitor(script=True).sign_in("amina")
    amina.go("/progress")
    amina.press("Ask for another look")
    amina.look()
    amina.page.fill("#words", "I played it twice. Only the first one is in the reasons.")
    amina.page.locator("[data-saved][data-state=saved]").wait_for()
    amina.press("Ask for another look")
    amina.page.wait_for_url("**/appeals/*")
    amina.look()
    assert "Waits for somebody to be named" in amina.words
    request = amina.page.url

    ines = visitor(script=True).sign_in("ines")
    ines.go("/appeals")
    ines.look()
    ines.press("A decision on readiness, Amina")
    ines.look()
    assert "I played it twice" not in ines.words
    ines.page.get_by_text("Marek").click()
    ines.press("Name them")
    ines.page.get_by_text("Named. They read the request").wait_for()

    marek = visitor(script=True).sign_in("marek")
    marek.page.goto(request)
    marek.look()
    assert "I played it twice" in marek.words
    marek.page.get_by_text("It is changed: a new decision takes its place.").click()
    marek.page.locator("label.choice", has_text="A conversation with the person").click()
    marek.page.locator("label.choice", has_text="Role-plays and their feedback").click()
    marek.page.fill("#reasons", "I read both results. The second one shows it.")
    marek.page.fill("#record", "Both role-plays were looked at.")
    marek.press("Send this answer")
    marek.page.get_by_text("Your answer is recorded.").wait_for()

    amina.page.goto(request)
    amina.look()
    assert "The second one shows it." in amina.words
    amina.go("/progress")
    assert "Marek decided: ready." in amina.words


def test_hours_are_looked_at_again_without_a_script(visitor, acts):
    amina = visitor(script=False).sign_in("amina")
    amina.page.goto(amina.site.url + acts)
    amina.press("Ask for another look")
    amina.page.fill("#words", "It was a long evening, with a break.")
    amina.press("Ask for another look")
    amina.page.get_by_text("You have asked for another look.").wait_for()
    request = amina.page.url

    marek = visitor(script=False).sign_in("marek")
    marek.page.goto(f"{request}/assign")
    marek.page.get_by_text("Ines", exact=True).click()
    marek.press("Name them")

    ines = visitor(script=False).sign_in("ines")
    ines.page.goto(request)
    assert "So long?" in ines.words
    ines.page.get_by_text("It is changed: the hours are confirmed").click()
    ines.page.fill("#reasons", "The break is left out. It fits.")
    ines.press("Send this answer")
    amina.page.goto(request)
    assert "It fits." in amina.words
    amina.press("See how it stands now")
    assert "Confirmed" in amina.words
