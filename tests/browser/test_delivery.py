"""The note first, the other route, sharing, settling: on a phone, with and without script."""

from typing import Any

import pytest

from tests.web.test_reflections import HERE as BOXED

LESSON = "/modules/noticing-risk/the-plain-question"
WORDS = "I say yes too fast when somebody cries."


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def amina(visitor: Any, request: pytest.FixtureRequest) -> Any:
    """Return the trainee on a phone of 360 px."""
    return visitor(360, script=request.param).sign_in("amina")


def test_the_note_the_other_route_and_the_end_of_a_lesson(amina: Any) -> None:
    amina.go(LESSON)
    assert "Before you read" in amina.words
    title = amina.page.title()
    before = amina.words
    amina.press("Not now")
    amina.look()
    amina.go(LESSON)
    assert amina.words == before
    amina.press("Take the other route")
    amina.look()
    assert "another route to the same aim" in amina.words
    assert amina.page.title() == title
    amina.press("A minute to settle")
    amina.look()
    amina.press("Breathing")
    amina.look()
    assert "Breathe in for 4 seconds" in amina.words
    amina.page.locator("details.pacer summary").click()
    assert amina.page.locator(".pacer-circle").is_visible()
    assert amina.page.locator(".pacer-still").is_visible(), "less motion was asked for"
    amina.look()
    amina.go(LESSON)
    amina.press("Read the ordinary lesson")
    amina.look()
    amina.press("Read on")
    amina.look()
    assert "another route to the same aim" not in amina.words


def test_topics_are_chosen_and_go_back_to_the_usual(amina: Any) -> None:
    amina.go("/account/topics")
    for box in amina.page.locator("input[name=topics]").all():
        box.uncheck()
    amina.press("Save")
    amina.look()
    amina.go(LESSON)
    assert "Before you read" not in amina.words
    amina.go("/account/topics")
    amina.press("As it was at the beginning")
    amina.go(LESSON)
    assert "Before you read" in amina.words


def test_a_text_is_shared_read_and_taken_back(amina: Any, visitor: Any) -> None:
    amina.go(f"{BOXED}?on=1")
    amina.page.locator("textarea").first.fill(WORDS)
    amina.press("Keep this")
    amina.look()
    amina.follow(amina.page.get_by_role("link", name="Share what you kept"))
    amina.look()
    assert WORDS in amina.words
    amina.page.locator("input[name=reader]").first.check()
    amina.page.locator("input[value=talk]").check()
    reader = amina.page.locator("label:has(input[name=reader])").first.inner_text().split(" (")[0]
    amina.press("Share it")
    amina.look()
    assert "Not opened so far." in amina.words
    staff = visitor(360).sign_in(reader.casefold())
    staff.go("/shared")
    assert WORDS not in staff.words
    staff.press("Open and read")
    staff.look()
    assert WORDS in staff.words
    staff.press("Tell them whom to talk with")
    staff.look()
    amina.go("/reflections")
    assert f"Opened by {reader}" in amina.words
    assert "too much to carry alone" in amina.words
    amina.press(f"Take it back from {reader}")
    amina.look()
    staff.go("/shared")
    assert "Nothing is shared with you" in staff.words


def test_a_pause_holds_the_short_ways(amina: Any) -> None:
    amina.go("/modules")
    amina.press("Pause")
    amina.look()
    amina.page.locator("details.fold > summary").nth(1).click()
    assert amina.page.get_by_text("Name five things that you see").is_visible()
    amina.look()
    amina.press("Go on")
    assert amina.page.url.endswith("/modules")
