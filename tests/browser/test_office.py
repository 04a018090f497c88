"""The coordinator's office in a browser, and a newcomer's first hour."""

import re
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest


def newest_link(site: Any) -> str:
    """Return the link in the newest letter."""
    folder = site.app.extensions["lms"].settings.data_dir / "mail"
    letter = message_from_bytes(sorted(folder.glob("*.eml"))[-1].read_bytes(), policy=default)
    return re.search(r"(/invitations/\S+)", letter.get_content()).group(1)


@pytest.mark.parametrize(("width", "script"), [(360, True), (1280, False)])
def test_from_an_invitation_to_a_place_with_a_team(
    visitor: Any, site: Any, width: int, script: bool
) -> None:
    """Open a cohort, invite into it, come in, be given a team, step back and come back."""
    tag = f"{width}"
    office = visitor(width, script=script).sign_in("ines")
    office.go("/cohorts")
    office.go("/cohorts/new")
    office.page.fill("input[name=name]", f"Spring group {tag}")
    office.page.locator("input[type=radio]").first.check()
    office.page.fill("input[name=starts_on]", "2026-11-01")
    office.press("Open it")
    office.look()
    assert f"Spring group {tag}" in office.page.inner_text("h1")
    cohort = office.page.url.replace(site.url, "").split("?")[0]

    office.go("/people/list")
    office.page.fill(
        "textarea[name=people]",
        f"name;address\nÖykü {tag};oyku{tag}@example.org\nNobody;not-an-address",
    )
    office.page.select_option("select[name=cohort]", label=f"Spring group {tag}")
    office.press("Look it over")
    office.look()
    assert "does not look like an e-mail address" in office.words
    office.press("Invite 1 person")
    office.look()

    newcomer = visitor(width, script=script)
    newcomer.go(newest_link(site))
    newcomer.page.fill("input[name=password]", "four slow herons standing")
    newcomer.press("Make my account")
    newcomer.look()
    assert "Today" in newcomer.page.inner_text("h1")

    office.go(cohort)
    office.follow(office.page.locator("main").get_by_role("link", name=f"Öykü {tag}"))
    if office.page.locator("select[name=trainer]").count() == 0:
        office.page.locator("main a[href$='/place']").first.click()
        office.page.wait_for_selector("select[name=trainer]")
    office.look()
    for field, who in (
        ("trainer", "Wanjiru"),
        ("second_trainer", "Dolores"),
        ("supervisor", "Yusuf"),
    ):
        office.page.select_option(f"select[name={field}]", label=who)
    office.press("Save")
    office.look()

    newcomer.go("/account")
    newcomer.press("Step back")
    newcomer.look()
    newcomer.go("/today")
    assert "stepped back" in newcomer.words
    newcomer.go("/account")
    newcomer.press("Come back")
    newcomer.look()
    assert "Nothing lapsed while you were away" in newcomer.words
    office.go(f"{cohort}/progress")
    office.page.locator("details.fold > summary").click()
    office.look()
    assert "Everybody (1)" in office.words
    newcomer.go("/today")
    assert "Read and sign the agreements" in newcomer.words


def test_pause_leads_back_and_leaving_ends_everything(visitor: Any, site: Any) -> None:
    """Pause from a lesson, go on there; leave, and the sign-in is over."""
    one = visitor(360).sign_in("amina")
    one.go("/modules/boundaries")
    one.press("Pause")
    one.look()
    one.press("Go on")
    assert one.page.url.endswith("/modules/boundaries")
    one.page.keyboard.press("Escape")
    one.page.keyboard.press("Escape")
    one.page.keyboard.press("Escape")
    one.page.wait_for_url("**/healthz")
    one.page.wait_for_timeout(500)
    one.page.goto(site.url + "/today")
    assert "/sign-in" in one.page.url


def test_everything_is_reached_by_keyboard(visitor: Any) -> None:
    """Signing in and the menu work with Tab and Enter alone, and focus is always seen."""
    one = visitor(1280)
    one.go("/sign-in")
    person = one.site.people["amina"]
    one.page.focus("input[name=address]")
    one.page.keyboard.type(person["address"])
    one.page.keyboard.press("Tab")
    one.page.keyboard.type(person["password"])
    one.page.keyboard.press("Enter")
    one.page.wait_for_url("**/today")
    one.page.keyboard.press("Tab")
    assert one.page.evaluate("document.activeElement.className") == "skip"
    seen = set()
    for _ in range(25):
        one.page.keyboard.press("Tab")
        shown = one.page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [e.innerText, s.outlineStyle]; })()"
        )
        if one.page.evaluate("document.activeElement === document.body"):
            break
        seen.add(shown[0])
        assert shown[1] != "none", f"no focus ring on {shown[0]}"
    assert {"Modules", "Hours", "Your account"} <= {text.strip() for text in seen}
