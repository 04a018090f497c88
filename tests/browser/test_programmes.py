"""A coordinator opens the default programme: every figure set, published, a cohort under it."""

import re
from typing import Any

import pytest

REAL, DEMO = "dv-peer-support", "peer-support-demo"
WAITS = re.compile(r"Still to be set\. A")
TYPED = {
    "A time with its unit": "20 h",
    "A time such as 10 h, or a share": "10 h",
    "A stretch of days": "90 days",
    "A whole number": "2",
    "A percentage": "70 %",
}


def set_what_waits(one: Any) -> None:
    """Fill in every figure of the page that is still to be set, by what its hint asks for."""
    for field in one.page.locator("main .field", has_text=WAITS).all():
        hint = field.locator(".hint").inner_text()
        value = next(value for words, value in TYPED.items() if words in hint)
        field.locator("input").fill(value)
    one.page.get_by_label("Why these figures").fill("Our board decided so.")
    source = one.page.get_by_label("Source")
    source.fill("Our board, 3 March 2026")


@pytest.mark.parametrize(("width", "script", "dark"), [(360, False, False), (1280, True, True)])
def test_the_default_programme_is_opened_for_enrolment(
    visitor: Any, width: int, script: bool, dark: bool
) -> None:
    """From "to be set" to a cohort under the coordinator's own version."""
    one = visitor(width, dark=dark, script=script).sign_in("ines")
    one.go("/cohorts/new")
    is_first = "Some figures of this programme are still to be set" in one.words
    one.go("/programmes")
    if is_first:
        one.follow(one.page.get_by_role("link", name="Peer support with survivors"))
        one.look()
        one.press("Set figures and switches")
        one.look()
        one.press("Set the first figures")
        for _page in range(30):
            one.look()
            set_what_waits(one)
            one.press("Keep, and on to the next to be set")
            if one.page.url.endswith("/draft"):
                break
        one.look()
        assert "Still to be set" not in one.words
        one.press("What it changes, and for whom")
        one.look()
        assert "Nobody is enrolled, so nothing changes for anybody." in one.words
        one.go(f"/programmes/{REAL}/draft/publish")
        one.page.get_by_label("What has changed, and why").fill("The figures of our board.")
        one.press("Publish this version")
        one.look()
        assert "This version counts" in one.words
    one.go("/cohorts/new")
    one.page.fill("input[name=name]", f"First real group {width}")
    one.page.get_by_label("Peer support with survivors").check()
    one.page.fill("input[name=starts_on]", "2027-01-11")
    one.press("Open it")
    one.look()
    assert "Peer support with survivors of domestic violence, version 2" in one.words


@pytest.mark.parametrize(("width", "dark"), [(360, True), (1280, False)])
def test_every_page_of_programmes(visitor: Any, width: int, dark: bool) -> None:
    """Each passes axe and stays within its width; a figure of people's programme is changed."""
    one = visitor(width, dark=dark).sign_in("ines")
    one.go("/programmes")
    for path in ("versions/1", "versions", "versions/1/text", "copy", "draft", "draft/whole"):
        one.go(f"/programmes/{DEMO}/{path}")
    for path in ("/programmes/example-georgia-cps/versions/1", "/programme-texts"):
        one.go(path)
    one.go(f"/programmes/{DEMO}/draft/rules/supervision")
    least = one.page.get_by_label("At least").first
    least.fill("many")
    one.page.get_by_label("Why these figures").fill("More is needed.")
    one.press("Keep as a draft")
    one.look()
    assert "A time with its unit" in one.page.inner_text(".summary-errors")
    one.page.get_by_label("At least").first.fill(f"{width} h")
    one.press("Keep as a draft")
    one.go(f"/programmes/{DEMO}/draft/publish")
    one.page.locator("main summary").first.click()
    one.look()
    one.page.get_by_label("What has changed, and why").fill("More supervision.")
    one.press("Publish this version")
    one.look()
    one.go(f"/programmes/{DEMO}/versions")
    one.follow(one.page.get_by_role("link", name="What differs from version"))
    one.look()
    one.go("/cohorts")
    one.follow(one.page.get_by_role("link", name="Autumn group"))
    one.press("Move to another version of the programme")
    one.look()
    one.page.get_by_label("Why").fill("The board asks for more.")
    one.follow(one.page.get_by_role("button", name="Move the cohort to version"))
    one.look()
