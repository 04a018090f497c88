"""Readers keep what is open while an author publishes: on a phone, without script."""

from typing import Any

LESSON = "/modules/boundaries/ask-first-record-review"
OTHER = "/modules/boundaries/equal-service"
DESK = "/authoring/boundaries"
FILES = ("03-ask-first-record-review.md", "06-equal-service.md")
LINE, NEW = "There is a newer text of this lesson", "A lamp was lit."
NOTE = 'content_note:\n  topics: [poverty]\n  intensity: mention\n  words: "Debts are named."\n'


def publish(visitor: Any) -> None:
    """Let the author change both lessons, and say of one of them what it touches."""
    author = visitor(360, script=False).sign_in("hanna")
    for name in FILES:
        author.page.goto(f"{author.site.url}{DESK}/files/{name}")
        head, __, text = author.page.input_value("#editor-text").partition("\n---\n")
        whole = f"{head}\n{NOTE if name == FILES[0] else ''}---\n{text}\n\n{NEW}\n"
        author.page.fill("#editor-text", whole)
        author.press("Save draft")
        assert "Nothing to mend" in author.words
    author.press("Publish")
    author.page.fill("textarea[name=note]", "A lamp.")
    for answer in author.page.get_by_label("No, only how it is said").all():
        answer.check()
    author.follow(author.page.locator("main form button"))
    assert "Version 2 is published" in author.page.inner_text("body")


def test_two_open_lessons_stay_as_they_are_until_the_newer_is_taken(visitor: Any) -> None:
    reader = visitor(360, script=False).sign_in("noor")
    first, second = reader.page, reader.context.new_page()
    first.goto(reader.site.url + LESSON)
    second.goto(reader.site.url + OTHER)
    before = first.inner_text("#lesson-text")
    publish(visitor)
    for page in (first, second, first):
        page.reload()
        words = page.inner_text("main")
        assert LINE in words
        assert NEW not in words
    assert first.inner_text("#lesson-text") == before
    assert "Debts are named." in first.inner_text("main")
    assert "It touches on: poverty." in first.inner_text("main")
    reader.press("Read the newer one")
    for _time in range(2):
        assert NEW in reader.words
        assert LINE not in reader.words
        first.goto(reader.site.url + LESSON)
    second.reload()
    assert LINE in second.inner_text("main")
    width = first.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0
