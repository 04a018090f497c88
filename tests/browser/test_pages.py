"""Every page for every role: axe, no sideways scroll, light and dark, phone and desk."""

from typing import Any

import pytest

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
    "kim": ("/today", "/account", "/organisation"),
}
LINKED = {
    "wanjiru": "/marking",
    "ines": "/cohorts",
    "yusuf": "/confirmations",
    "grace": "/certificates",
    "amina": "/hours",
}


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_page_of_a_role(visitor: Any, name: str, width: int, dark: bool) -> None:
    """Each page answers, has one h1, passes axe and stays within its width."""
    one = visitor(width, dark=dark).sign_in(name)
    for path in PAGES[name]:
        one.go(path)
        assert one.page.locator("h1").count() == 1, path
        assert "nothing at this address" not in one.words, path
    if name in LINKED:
        follow_all(one, LINKED[name])


@pytest.mark.parametrize("name", ["amina", "wanjiru", "ines"])
def test_every_page_where_no_script_arrives(visitor: Any, name: str) -> None:
    """A page that is never touched by its scripts passes axe as well, and fits a phone."""
    one = visitor(360, arrives=False).sign_in(name)
    for path in PAGES[name]:
        one.go(path)
        assert one.page.locator("h1").count() == 1, path


def follow_all(one: Any, path: str) -> None:
    """Look over what the first list of a page leads to."""
    one.go(path)
    found = one.page.eval_on_selector_all(
        "main a[href^='/']", "links => links.map(link => link.getAttribute('href'))"
    )
    for address in list(dict.fromkeys(found))[:6]:
        if not address.endswith(".pdf"):
            one.go(address)


@pytest.mark.parametrize(("width", "dark"), [(360, True), (1280, False)])
def test_every_page_for_anybody(visitor: Any, width: int, dark: bool) -> None:
    """Without signing in."""
    one = visitor(width, dark=dark)
    for path in (
        "/",
        "/sign-in",
        "/password/forgotten",
        "/check",
        "/nothing-here",
        "/invitation",
        "/check/2222",
    ):
        one.go(path)
        assert one.page.locator("h1").count() == 1, path


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
