"""Pages that run from right to left, on a phone: nothing scrolls, and English still reads well."""

import pytest
from sqlalchemy import select

from lms.db import transaction
from lms.models import Person
from lms.web.frame import MIRRORED

LESSON = "/modules/boundaries/what-a-boundary-is-for"
EDITOR = "/authoring/boundaries/files/01-what-a-boundary-is-for.md"


@pytest.fixture
def mirrored(visitor, site):
    """Return a maker of visitors on a phone whose pages run from right to left."""

    def sign_in(name):
        with site.app.extensions["lms"].database.session() as session, transaction(session):
            person = session.scalars(select(Person).where(Person.chosen_name == name)).one()
            person.language = MIRRORED
        return visitor(360).sign_in(name.lower())

    return sign_in


def direction(one, place):
    return one.page.locator(place).first.evaluate("found => getComputedStyle(found).direction")


def visit(one, path):
    one.go(path)
    assert one.page.get_attribute("html", "dir") == "rtl", path
    assert direction(one, "main") == "rtl", path


def test_the_trainees_pages_are_mirrored_and_their_english_is_not(mirrored):
    amina = mirrored("Amina")
    for path in ("/today", "/gatherings"):
        visit(amina, path)
    for path in (LESSON, "/modules/boundaries/print"):
        visit(amina, path)
        assert direction(amina, "main h1 [lang=en]") == "ltr", path
        prose = amina.page.locator("main .prose[lang=en][dir=ltr] p")
        assert prose.count() > 10, path
        loose = "main .prose p:not([lang=en] p), main .choice-words:not(:has([lang=en]))"
        assert amina.page.locator(loose).count() == 0, path


def test_the_authors_editor_is_mirrored_and_the_text_in_it_is_not(mirrored):
    hanna = mirrored("Hanna")
    visit(hanna, EDITOR)
    assert direction(hanna, "#editor-text") == "ltr"
    hanna.page.wait_for_selector("[data-preview] h1")
    hanna.look()
