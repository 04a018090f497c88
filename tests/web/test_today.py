"""Today, as each role finds it."""

import pytest


@pytest.mark.parametrize(
    "who", ["trainee", "classmate", "trainer", "second_trainer", "supervisor", "coordinator"]
)
def test_everybody_has_a_today(page, who):
    """The page opens for every role and never for nobody."""
    assert page.as_(who).get("/today").status_code == 200


def test_a_visitor_is_led_to_the_sign_in(page):
    """Nobody's today is the sign-in page, with the way back in its address."""
    reply = page.as_("visitor").get("/today")
    assert reply.status_code == 302
    assert "next=/today" in reply.location


def test_the_first_thing_of_a_new_trainee_is_to_sign(page):
    """Before anything else come the agreements."""
    trainee = page.as_("trainee")
    trainee.get("/today")
    assert "Read and sign the agreements" in trainee.words


def test_a_coordinator_hears_of_people_without_a_trainer(page):
    """The classmate has neither trainer nor supervisor."""
    coordinator = page.as_("coordinator")
    coordinator.get("/today")
    assert "1 person without a trainer or supervisor" in coordinator.words


def test_staff_without_work_read_that_nothing_waits(page):
    """An empty day says so."""
    trainer = page.as_("trainer")
    trainer.get("/today")
    assert "Nothing waits for you" in trainer.words
