"""Every page for every role: axe, no sideways scroll, light and dark, phone and desk."""

from collections import deque
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error

OWN = (
    "/today",
    "/account",
    "/account/details",
    "/account/password",
    "/account/addresses",
    "/account/sign-ins",
    "/help",
)
PAGES = {
    "amina": (
        *OWN,
        "/modules",
        "/modules/boundaries",
        "/modules/boundaries/what-a-boundary-is-for",
        "/modules/boundaries/card",
        "/modules/boundaries/print",
        "/reflections",
        "/account/topics",
        "/calm",
        "/calm/breathing",
        "/agreements",
        "/attestation",
        "/assessments",
        "/assessments/readiness",
        "/role-plays",
        "/role-plays/tonight",
        "/gatherings",
        "/trust-agreement",
        "/hours",
        "/hours/new",
        "/progress",
        "/progress/past",
        "/progress/past?on=2020-01-01",
        "/certificates",
    ),
    "grace": ("/today", "/certificates", "/progress"),
    "wanjiru": (
        "/today",
        "/marking",
        "/gatherings",
        "/modules",
        "/role-plays",
        "/role-plays/tonight/simulator",
    ),
    "yusuf": ("/today", "/confirmations", "/shared"),
    "ines": (
        "/today",
        "/people",
        "/people/invite",
        "/people/list",
        "/people/invitations",
        "/cohorts",
        "/cohorts/new",
        "/organisation",
        "/organisation/letterhead",
        "/role-plays/referrals",
        "/gatherings",
        "/certificates",
        "/found-ready",
    ),
    "hanna": ("/today", "/authoring", "/patterns"),
    "kim": ("/today", "/account", "/organisation"),
}
# one leaves, the other goes where nobody is signed in
NOT_FOLLOWED = {"signin.leave_by_link", "signin.show"}
LINKS = "links => links.map(link => link.getAttribute('href').split('#')[0])"


@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_page_of_a_role(visitor: Any, name: str) -> None:
    """Each page that is named, and one of each kind that links lead to, looked over every way."""
    one = visitor(360).sign_in(name)
    waiting = deque(PAGES[name])
    met, named = set(NOT_FOLLOWED), len(waiting)
    while waiting:
        path = waiting.popleft()
        named -= 1
        kind = kind_of(one, path)
        if kind in met and named < 0:
            continue
        met.add(kind)
        if see(one, path):
            assert "nothing at this address" not in one.words, path
            waiting.extend(one.page.eval_on_selector_all("a[href^='/']", LINKS))


def kind_of(one: Any, path: str) -> str:
    """Return the name of the view that answers at a path."""
    address = urlsplit(path)
    return str(one.site.app.url_map.bind("localhost").match(address.path)[0])


def see(one: Any, path: str) -> bool:
    """Open a page, look it over every way and return true; false where a file came instead."""
    try:
        one.page.goto(one.site.url + path)
    except Error as stopped:
        if "Download is starting" in stopped.message or "ERR_ABORTED" in stopped.message:
            return False
        raise
    if one.page.evaluate("document.contentType") != "text/html":
        return False
    one.look_every_way()
    assert one.page.locator("h1:not([data-preview] h1)").count() == 1, path
    return True


@pytest.mark.parametrize("name", ["amina", "wanjiru", "ines"])
def test_every_page_where_no_script_arrives(visitor: Any, name: str) -> None:
    """A page that is never touched by its scripts passes axe as well, and fits a phone."""
    one = visitor(360, arrives=False).sign_in(name)
    for path in PAGES[name]:
        one.go(path)
        assert one.page.locator("h1").count() == 1, path


def test_every_page_for_anybody(visitor: Any) -> None:
    """Without signing in."""
    one = visitor(360)
    for path in (
        "/",
        "/sign-in",
        "/password/forgotten",
        "/check",
        "/nothing-here",
        "/invitation",
        "/check/2222",
    ):
        see(one, path)


def test_nothing_is_lost_without_a_connection(visitor: Any) -> None:
    """Typing goes on offline; the page says so, and saves when the line is back."""
    one = visitor(360).sign_in("amina")
    one.go("/hours/new")
    one.context.set_offline(True)
    one.page.fill("textarea[name=summary]", "Typed in a tunnel.")
    one.page.wait_for_selector("[data-saved][data-state=not-saved]")
    assert one.page.input_value("textarea[name=summary]") == "Typed in a tunnel."
    one.context.set_offline(False)
    with one.page.expect_response(lambda reply: "after it" in (reply.request.post_data or "")):
        one.page.fill("textarea[name=summary]", "Typed in a tunnel, and after it.")
    one.go("/hours/new")
    assert one.page.input_value("textarea[name=summary]") == "Typed in a tunnel, and after it."
