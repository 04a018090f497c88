"""An author writes, mends, looks, publishes; a trainee meets it. No hostile word runs."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from lms.content.rendering import lesson_address

HOSTILE = Path(__file__).parent.parent / "data" / "hostile-markdown.json"
MODULE = "boundaries"
FIRST = "01-what-a-boundary-is-for.md"
DESK = f"/authoring/{MODULE}"
EDIT = f"{DESK}/files/{FIRST}"
LESSON = f"/modules/{MODULE}/what-a-boundary-is-for"
BATCH = 60


def type_text(one: Any, text: str) -> None:
    """Put a text into the editor and wait until it was looked at."""
    one.page.fill("#editor-text", text)
    one.page.wait_for_selector("[data-editor][data-state=looked]")


@pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, True)])
def test_every_page_of_writing(visitor: Any, width: int, dark: bool) -> None:
    """Each passes axe and stays within its width, with a draft and a problem on it too."""
    one = visitor(width, dark=dark).sign_in("hanna")
    pages = ("", "/publish", "/versions", "/versions/1", "/changes", "/preview")
    for path in ("/authoring", *(DESK + path for path in pages), f"{DESK}/files/card.md", EDIT):
        one.go(path)
        assert one.page.locator("h1").first.is_visible()
    one.page.wait_for_selector("[data-preview] h1")
    type_text(one, one.page.input_value("#editor-text") + "\n\nSee [this](nowhere.md).\n")
    one.look()
    one.press("Check")
    one.look()
    for path in (
        DESK,
        f"{DESK}/publish",
        f"{DESK}/changes",
        f"{DESK}/preview/what-a-boundary-is-for",
    ):
        one.go(path)
    one.go(DESK)
    one.page.get_by_text("Drop all changes").click()
    one.press("Yes, drop them")


def test_an_author_mends_a_marked_problem_and_a_trainee_meets_the_new_version(visitor: Any) -> None:
    """With script: the problem is marked as it is typed, and leads to its line."""
    one = visitor(1280).sign_in("hanna")
    one.go("/authoring")
    one.follow(one.page.get_by_role("link", name=re.compile("oundaries")))
    one.follow(one.page.get_by_role("link", name=FIRST))
    one.page.wait_for_selector("[data-preview] h1")
    whole = one.page.input_value("#editor-text")
    type_text(one, whole + "\n\nA quiet lamp, and [a way](nowhere.md).\n")
    link = one.page.locator("[data-problems] a[data-line]")
    assert "There is no lesson 'nowhere.md'" in one.page.inner_text("[data-problems]")
    link.click()
    chosen = "e => e.value.slice(e.selectionStart, e.selectionEnd)"
    assert "nowhere.md" in one.page.eval_on_selector("#editor-text", chosen)
    assert one.page.evaluate("document.activeElement.id") == "editor-text"
    type_text(one, whole + "\n\nA quiet lamp.\n")
    assert "Nothing to mend" in one.page.inner_text("[data-problems]")
    assert "A quiet lamp." in one.page.inner_text("[data-preview]")
    one.press("Preview")
    one.look()
    assert "A quiet lamp." in one.words
    one.press("Back to the text")
    one.press("Publish")
    one.look()
    one.page.fill("textarea[name=note]", "A lamp was lit.")
    one.page.get_by_label("No, only how it is said").check()
    one.press("Publish version 2")
    assert "Version 2 is published" in one.page.inner_text("body")
    trainee = visitor(360).sign_in("noor")
    trainee.go(LESSON)
    assert "A quiet lamp." in trainee.words


WHERE = """() => {
  const line = document.activeElement;
  const box = line.getBoundingClientRect();
  const marked = line.value.slice(0, line.selectionStart);
  const before = line.scrollTop;
  const twin = line.cloneNode();
  twin.value = marked;
  twin.style.cssText = "block-size:0;min-block-size:0;position:absolute;inset-block-start:0;"
    + `inline-size:${line.offsetWidth}px`;
  line.parentNode.append(twin);
  const bottom = twin.scrollHeight;
  twin.remove();
  return {at: bottom - before, high: line.clientHeight, top: box.top, page: innerHeight};
}"""


@pytest.mark.parametrize("width", [360, 1280])
def test_a_line_far_down_among_wrapped_ones_comes_into_view(visitor: Any, width: int) -> None:
    """By a link from another page, and by a press on the number of its line."""
    one = visitor(width).sign_in("hanna")
    one.go(EDIT)
    whole = one.page.input_value("#editor-text")
    long = "\n\n".join(["Many words that wrap in a box of any width, over and over. " * 8] * 40)
    type_text(one, f"{whole}\n\n{long}\n\nSee [this](nowhere.md).\n\n{long}\n")
    one.page.locator("[data-problems] a[data-line]").first.click()
    found = one.page.evaluate(WHERE)
    assert 0 < found["at"] <= found["high"]
    assert 0 <= found["top"] + found["at"] <= found["page"]
    one.press("Save draft")
    line = whole.count("\n") + 83
    one.go(f"{EDIT}?line={line}")
    one.page.wait_for_function("document.activeElement.id === 'editor-text'")
    found = one.page.evaluate(WHERE)
    assert 0 < found["at"] <= found["high"]
    assert 0 <= found["top"] + found["at"] <= found["page"]
    one.go(DESK)
    one.page.get_by_text("Drop all changes").click()
    one.press("Yes, drop them")


def test_everything_works_without_script(visitor: Any) -> None:
    """Save, check, preview, publish are buttons; what is to be mended is listed with its line."""
    one = visitor(360, script=False).sign_in("hanna")
    name = f"{DESK}/files/02-fixed-lines-and-lines-talked-through.md"
    one.page.goto(one.site.url + name)
    whole = one.page.input_value("#editor-text")
    one.page.fill("#editor-text", whole + "\n\nSee [this](nowhere.md).\n")
    one.press("Check")
    assert "There is no lesson 'nowhere.md'" in one.words
    one.page.fill("#editor-text", whole + "\n\nWithout script.\n")
    one.press("Save draft")
    assert "Nothing to mend" in one.words
    one.press("Preview")
    assert "Without script." in one.words
    one.press("Back to the text")
    one.press("Publish")
    one.page.fill("textarea[name=note]", "One line more.")
    one.page.get_by_label("Yes. Who has read").check()
    one.follow(one.page.locator("main form button"))
    one.page.goto(one.site.url + "/modules/boundaries/fixed-lines-and-lines-talked-through")
    assert "Without script." in one.words


# Hostile words

ALARM = """
window.ran = [];
for (const name of ["alert", "confirm", "prompt", "print"]) {
  window[name] = (...words) => { window.ran.push(name + ": " + words); return true; };
}
"""


def batches() -> list[list[str]]:
    """Return every payload, in batches for a page each.

    Edge: hidden characters are taken out, because no text that holds one is shown at all.
    """
    raw = json.loads(HOSTILE.read_text("utf-8"))["payloads"]
    found = ["".join(c for c in one if c == "\n" or c.isprintable()) for one in raw]
    return [found[start : start + BATCH] for start in range(0, len(found), BATCH)]


def written(payloads: list[str]) -> str:
    """Return payloads as prose, as a heading, in a list, in a link, as a picture's words."""
    lines = []
    for payload in payloads:
        flat = " ".join(payload.split())
        lines += [
            payload,
            "",
            f"- {flat}",
            "",
            f"[{flat}]({flat})",
            "",
            f"![{flat}](img/a.svg)",
            "",
        ]
        lines += [f"## {flat}", "", f"> {flat}", "", f'!!! note "{flat}"', f"    {flat}", ""]
    return "\n".join(lines)


HEAD = "---\ntitle: Hostile\nminutes: 5\nobjective: None.\ncompetencies: [C1]\n---\n"


def stir(page: Any, root: str) -> list[str]:
    """Touch everything that could wait for a hand, and return what ran."""
    page.evaluate(
        """root => {
          const kinds = ["click", "mouseover", "focus", "pointerenter", "toggle", "load", "error"];
          for (const one of document.querySelectorAll(root + " *")) {
            for (const kind of kinds) {
              if (kind !== "click" || !one.closest("a, button, summary, label, input")) {
                one.dispatchEvent(new Event(kind));
              }
            }
          }
        }""",
        root,
    )
    page.wait_for_timeout(150)
    return list(page.evaluate("window.ran"))


def inert(page: Any, root: str) -> list[str]:
    """Return what the page holds that could run or lead to somewhere that runs."""
    found: list[str] = page.evaluate(
        """root => {
          const bad = [];
          for (const one of document.querySelectorAll(root + " *")) {
            if (["SCRIPT", "IFRAME", "OBJECT", "EMBED", "STYLE", "BASE", "META", "LINK", "MATH",
                 "VIDEO", "AUDIO"].includes(one.tagName)) bad.push(one.outerHTML.slice(0, 100));
            for (const {name, value} of one.attributes) {
              const leads = ["href", "src", "action", "formaction", "xlink:href", "srcdoc"];
              if (name.startsWith("on") || name === "style") bad.push(name);
              if (leads.includes(name) && /^\\s*(javascript|data|vbscript):/i.test(value)) {
                bad.push(value.slice(0, 100));
              }
            }
          }
          return bad;
        }""",
        root,
    )
    return found


def test_the_alarm_hears_what_runs(visitor: Any) -> None:
    """Without this, silence would prove nothing."""
    one = visitor(1280)
    one.context.add_init_script(ALARM)
    one.page.goto("about:blank")
    one.page.set_content("<div id=x><img src=/nothing onerror=alert(1)></div>")
    assert stir(one.page, "#x")
    assert inert(one.page, "#x") == ["onerror"]


def test_no_hostile_words_run_in_the_preview_or_in_a_lesson(visitor: Any, site: Any) -> None:
    """Every payload, in the live preview, on the preview's page and as a published lesson."""
    from dataclasses import replace

    from lms.db import transaction, utcnow
    from lms.rules.curriculum import Text
    from lms.services.publishing import publish_library
    from tests.cast import library

    state = site.app.extensions["lms"]
    module = next(m for m in library().modules if m.slug == MODULE)
    first, head = module.lessons[0], replace(module.lessons[0].head, content_note=None)
    hostile = [
        replace(
            module,
            slug=f"hostile-{number}",
            lessons=(replace(first, slug="words", head=head, parts=(Text(written(payloads)),)),),
            equal_routes=(),
            translations=(),
        )
        for number, payloads in enumerate(batches())
    ]
    with state.database.session() as session:
        session.info["ground"] = state.ground
        with transaction(session):
            whole = replace(library(), modules=(*library().modules, *hostile))
            publish_library(session, whole, by=None, now=utcnow())
    one = visitor(1280).sign_in("hanna")
    one.context.add_init_script(ALARM)
    for number, payloads in enumerate(batches()):
        slug = f"hostile-{number}"
        one.page.goto(one.site.url + f"/authoring/{slug}/files/01-words.md")
        one.page.wait_for_selector("[data-preview] h1")
        type_text(one, HEAD + written(payloads))
        assert inert(one.page, "[data-preview]") == []
        assert stir(one.page, "[data-preview]") == [], number
        assert one.page.inner_text("[data-preview]").count("Hostile") >= 1
        for path in (f"/authoring/{slug}/preview/words", lesson_address(slug, "words")):
            one.page.goto(one.site.url + path)
            assert "hostile" in one.page.url
            assert inert(one.page, "#lesson-text") == []
            assert stir(one.page, "#lesson-text") == [], path
            assert one.page.locator("#lesson-text p").count() > len(payloads)
    assert [word for word in one.foreign if word.startswith("script:")] == []
