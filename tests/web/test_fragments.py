"""Pieces kept in memory: they show what a fresh rendering shows, and nobody's own words stay."""

import re

import pytest
from markupsafe import Markup

from lms.web.fragments import Fragments
from tests.reading import CHECK
from tests.web.test_curriculum import ANSWERS, HERE
from tests.web.test_reflections import HERE as BOXED
from tests.web.test_reflections import KEEP

SECRETS = re.compile(rb'(nonce|value)="[\w.\-]{22,}"')
PRIVATE = "Nobody but me reads <this>."


@pytest.fixture
def kept(app):
    return app.extensions["fragments"]


def shown(client, url):
    """Return a page without what is new in each answer."""
    return SECRETS.sub(b"", client.get(url).data)


def every_page(page):
    """Return what several readers see, one after the other, some with answers and words."""
    found = {}
    for who in ("trainee", "classmate", "trainer", "coordinator", "visitor"):
        for url in ("/today", HERE, BOXED, "/help", "/sign-in"):
            found[who, url] = shown(page.as_(who), url)
    return found


def test_a_kept_piece_reads_as_one_rendered_for_this_reader(page, kept):
    trainee = page.as_("trainee")
    trainee.get(HERE)
    assert trainee.post(f"{ANSWERS}?v=1", {"check": CHECK, "answer": "a"}).status_code == 302
    trainee.post(KEEP, {"words": PRIVATE, "version": "0"})
    kept.clear()
    first = every_page(page)
    again = every_page(page)
    assert again == first
    for (who, url), body in first.items():
        kept.clear()
        assert shown(page.as_(who), url) == body, (who, url)


def test_no_name_no_token_and_no_private_words_stay_in_memory(page, kept, cast):
    trainee = page.as_("trainee")
    trainee.post(KEEP, {"words": PRIVATE, "version": "0"})
    body = trainee.get(BOXED).get_data(as_text=True)
    assert "Nobody but me reads &lt;this&gt;." in body
    assert trainee.token() in body
    everything = "".join(kept._pieces.values())
    assert "Need somebody?" in everything
    for private in ("Nobody but me", trainee.token(), cast.people["trainee"].chosen_name):
        assert private not in everything


def test_what_is_filled_in_is_escaped_and_never_taken_for_a_mark(built_app):
    kept = Fragments()
    with built_app.test_request_context("/"):

        def piece(own):
            return Markup("<p>{} {}</p>").format(own["name"], own["other"])

        assert kept("a", 1, caller=piece, name="<b>", other="x") == "<p>&lt;b&gt; x</p>"
        assert kept("a", 1, caller=None, name="you", other="<i>") == "<p>you &lt;i&gt;</p>"
        assert kept("a", 2, caller=piece, name="mark-other.", other="x") == "<p>mark-other. x</p>"


def test_memory_has_an_end(built_app, monkeypatch):
    monkeypatch.setattr("lms.web.fragments.KEPT_IN_MEMORY", 3)
    kept = Fragments()
    with built_app.test_request_context("/"):
        for number in range(10):
            kept(number, caller=lambda own, number=number: str(number))
    assert len(kept._pieces) <= 3
