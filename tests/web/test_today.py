"""Today, as each role finds it."""

from dataclasses import replace

import pytest

from tests.cast import grant, library
from tests.gating import SIGNED
from tests.reading import module_named, publish_again


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


def test_an_author_reads_what_waits_under_write_modules(page, session, cast):
    """Drafts, translations of earlier texts and lessons nobody has signed lead to the list."""
    grant(session, cast.supervisor, "author")
    session.commit()
    author = page.as_("supervisor")
    author.get("/today")
    assert author.soup.select_one('main a[href="/authoring"]') is not None
    assert "wait for a qualified reviewer" in author.words
    assert "not published" not in author.words
    author.get("/authoring/boundaries")
    author.post("/authoring/boundaries/files/card.md/translation", {"language": "es"})
    module = module_named()
    publish_again(session, replace(module, head=replace(module.head, title="Lines")))
    first = replace(module.lessons[0], head=replace(module.lessons[0].head, title="Other"))
    publish_again(session, replace(module, lessons=(first, *module.lessons[1:])))
    author.get("/today")
    assert "1 module has changes that are not published" in author.words
    assert "1 translation is of an earlier text" in author.words


def test_an_author_for_whom_nothing_waits_is_led_to_the_modules(page, session, cast):
    """Where everything is signed, the way to writing still stands there."""
    grant(session, cast.supervisor, "author")
    for module in library().modules:
        publish_again(session, replace(module, head=replace(module.head, reviews=SIGNED)))
    author = page.as_("supervisor")
    author.get("/today")
    assert "Nothing waits for you" in author.words
    assert author.soup.select_one('main a[href="/authoring"]') is not None


@pytest.mark.parametrize("who", ["trainee", "trainer", "coordinator"])
def test_who_writes_nothing_hears_nothing_of_it(page, who):
    """Drafts and reviews are the authors' matter."""
    asker = page.as_(who)
    asker.get("/today")
    assert asker.soup.select_one('main a[href="/authoring"]') is None
    assert "qualified reviewer" not in asker.words
