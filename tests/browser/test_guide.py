"""What stands beside lessons, with a real browser: words, local entries, pictures, paper."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

LOCAL = "/modules/boundaries/money-phones-and-social-media?on=1"
DRAWN = "/modules/boundaries/what-a-boundary-is-for?on=1"
PAPER = "/modules/noticing-risk/print"


def printed(page: Any) -> str:
    """Return the words that a printer would get."""
    pages = PdfReader(io.BytesIO(page.pdf())).pages
    return " ".join(" ".join(one.extract_text() for one in pages).split())


@pytest.mark.parametrize(("width", "dark"), [(360, True), (1280, False)])
def test_local_entries_and_paper_fit_every_screen(visitor: Any, width: int, dark: bool) -> None:
    """Axe finds nothing, and nothing scrolls sideways."""
    one = visitor(width, dark=dark).sign_in("amina")
    for path in (LOCAL, DRAWN, PAPER):
        one.go(path)
    one.go(LOCAL)
    assert "Invented, to practise with" in one.words


def test_a_word_leads_to_its_explanation_without_script(visitor: Any) -> None:
    """The link jumps to the list at the end of the lesson."""
    one = visitor(360, script=False).sign_in("amina")
    one.go(DRAWN)
    one.page.locator("a.word").first.click()
    place = one.page.url.partition("#")[2]
    assert one.page.locator(f"#{place}").is_visible()
    assert one.page.locator(".terms :target").count() == 1


@pytest.mark.parametrize(
    ("dark", "ink"), [(False, "rgb(31, 36, 33)"), (True, "rgb(238, 233, 223)")]
)
def test_a_drawing_takes_the_ink_of_light_and_dark(visitor: Any, dark: bool, ink: str) -> None:
    """A drawing's own colour follows the page's scheme."""
    one = visitor(1280, dark=dark).sign_in("amina")
    one.go(DRAWN)
    drawing = one.page.locator(".prose img").first
    assert drawing.evaluate("image => image.complete && image.naturalWidth > 0")
    one.page.goto(one.site.url + str(drawing.get_attribute("src")))
    assert one.page.evaluate("getComputedStyle(document.documentElement).color") == ink


def test_looking_for_a_word_works_without_script_and_leaves_no_address(visitor: Any) -> None:
    """The words are sent, and what is found leads there."""
    one = visitor(360, script=False).sign_in("amina")
    one.go("/modules")
    one.page.fill("input[name=words]", "Handrail boundary")
    one.press("Find")
    assert one.page.url.endswith("/modules")
    one.page.fill("input[name=words]", "boundary is")
    one.press("Find")
    one.press("What a boundary is for")
    assert one.page.inner_text("h1") == "What a boundary is for"


def test_what_is_harder_stays_off_the_paper_until_it_is_opened(visitor: Any) -> None:
    """A folded block is not printed; its note is. Opened, it is printed."""
    one = visitor(1280).sign_in("amina")
    one.go(PAPER)
    fold = one.page.locator("details.noted").first
    note = " ".join(fold.locator("> summary").inner_text().split())[:60]
    inside = " ".join(fold.locator(".block .prose").first.text_content().split())[:40]
    text = printed(one.page)
    assert note in text
    assert inside not in text
    for summary in one.page.locator("details.noted > summary").all():
        summary.click()  # a fold may hold another
    assert inside in printed(one.page)
