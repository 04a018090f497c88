"""The whole path in a browser: from a new trainee to a certificate that a stranger checks.

Once on a phone with script, axe on every page met; once on a desk without script.
"""

import re
from typing import Any

import pytest

from lms.services.demo.progress import best_answer
from tests.cast import library

MODULES = ("safety-planning", "system-navigation", "boundaries", "trauma-responsive-practice")


def follow(one: Any, name: Any) -> None:
    """Follow the first link in the main part that is called so."""
    one.follow(one.page.locator("main").get_by_role("link", name=name))


def sign_the_agreements(one: Any) -> None:
    """Answer three questions, any way, read, and sign both texts."""
    for _ in range(2):
        one.go("/agreements")
        one.press("Read and sign")
        while "/questions" in one.page.url:
            one.page.locator("input[type=radio]").last.check()
            one.press("See what this means")
            one.look()
            one.press("Go on")
        one.look()
        one.page.fill("input[name=name]", "Noor ال")
        one.press("Sign this text")
    one.go("/agreements")
    assert one.page.get_by_text("Signed on").count() >= 2
    one.go("/attestation")
    one.press("Yes, this is so")
    one.look()


def read_the_modules(one: Any) -> None:
    """Read every lesson; in the first one answer a check and write a private line."""
    for number, module in enumerate(MODULES):
        one.go(f"/modules/{module}")
        one.press("Begin with the first lesson")
        if number == 0:
            one.look()
            answer_the_first_check(one)
        for _ in library_lessons(module)[:-1]:
            read_on(one)
            one.press("I have read this: on to the next")
        read_on(one)
        one.press("I have read this")
        one.look()
    one.go("/modules")
    assert one.words.count("Done on") == len(MODULES)


def read_on(one: Any) -> None:
    """Open the text where a content note stands before it."""
    if not one.page.get_by_role("button", name=re.compile("I have read this")).count():
        one.press("Read on")


def library_lessons(module: str) -> list[str]:
    """Return the slugs of a module's lessons."""
    found = next(m for m in library().modules if m.slug == module)
    return [lesson.slug for lesson in found.lessons]


def answer_the_first_check(one: Any) -> None:
    """Choose an option and read what it brings about."""
    check = one.page.locator("form[action*='/answers']").first
    check.locator("input[type=radio], input[type=checkbox]").first.check()
    one.follow(check.get_by_role("button"))
    one.look()


def take_the_assessment(one: Any) -> None:
    """Answer every question with what earns most, and hand in."""
    one.go("/assessments/readiness")
    one.press("Begin")
    one.press("Go on with question 1")
    items = {item.id: item for a in library().assessments for item in a.items}
    for number in range(len(items)):
        if number in {0, 4}:
            one.look()
        item = items[re.search(r"/items/([^/?]+)", one.page.url).group(1)]
        given = best_answer(item)
        values = (
            given
            if isinstance(given, list)
            else [str(given).lower() if given in (True, False) else given]
        )
        for value in values:
            one.page.locator(f"main input[value='{value}']").check()
        one.press("Save and go on")
    one.look()
    if "Hand in now" not in one.words:
        one.press("Hand in")
    one.press("Hand in now")
    one.look()
    assert "100" in one.words


def mark_two_role_plays(trainer: Any, name: str) -> None:
    """Book, mark on a phone, look it over, send and release."""
    for scenario in ("Tonight", "Until Friday"):
        trainer.go("/marking")
        follow(trainer, re.compile(name))
        trainer.look()
        trainer.page.select_option("select[name=scenario]", label=scenario)
        trainer.page.select_option("select[name=medium]", "in-person")
        trainer.press("Book it")
        trainer.look()
        trainer.press("Mark this role-play")
        trainer.look()
        groups = trainer.page.locator("main fieldset:has(input[type=radio])")
        for index in range(groups.count()):
            groups.nth(index).locator("input[type=radio]").last.check(force=True)
        trainer.page.fill("textarea[name=went_well]", "You left every choice with her.")
        trainer.page.fill("textarea[name=next_step]", "Say the limits a little earlier.")
        trainer.press("Look it all over")
        trainer.look()
        trainer.press("Send these marks")
        trainer.press("Release the result")
        trainer.look()


def log_hours(one: Any) -> None:
    """Send ten hours, one to one."""
    for _ in range(2):
        one.go("/hours/new")
        one.page.fill("input[name=duration-hours]", "5")
        one.page.fill("input[name=duration-minutes]", "0")
        one.page.locator("input[value=individual]").check()
        one.page.locator("input[value=video]").check()
        one.press("Send to my supervisor")
        one.look()


def confirm_hours(supervisor: Any) -> None:
    """Two taps, two entries."""
    supervisor.go("/confirmations")
    while supervisor.page.get_by_role("button", name="Confirm", exact=True).count():
        supervisor.press("Confirm")
    supervisor.look()


def decide_and_issue(coordinator: Any, name: str, cohort_url: str) -> None:
    """Decide with reasons, see that all is met, issue."""
    coordinator.go(cohort_url)
    follow(coordinator, name)
    coordinator.look()
    coordinator.press("Decide on readiness")
    coordinator.page.locator("input[value=ready]").check()
    for source in ("role-plays", "supervision"):
        coordinator.page.locator(f"input[value={source}]").check()
    coordinator.page.fill("textarea[name=reasons]", "Steady, warm and clear about handing over.")
    coordinator.press("Record my decision")
    coordinator.look()
    assert "All is met" in coordinator.words
    coordinator.press("Issue the certificate")
    coordinator.look()
    if coordinator.page.locator("input[type=checkbox]").count():
        coordinator.page.locator("input[type=checkbox]").first.check()
    coordinator.press("Issue")
    coordinator.look()


def own_certificate(one: Any) -> tuple[str, bytes]:
    """Open the certificate and return its check address and its file."""
    one.go("/certificates")
    follow(one, re.compile("^Support specialist"))
    one.look()
    check = one.page.get_by_role("link", name="See what others see").get_attribute("href")
    with one.page.expect_download() as download:
        one.page.get_by_role("link", name="Download the document").click()
    return str(check), download.value.path().read_bytes()


def check_as_a_stranger(anyone: Any, check: str, pdf: bytes) -> None:
    """Without signing in: by code, by a wrong code, by the file, by an altered file."""
    anyone.go(check)
    assert "Valid" in anyone.words
    anyone.go("/check")
    anyone.page.fill("input[name=code]", "2222 2222")
    anyone.press("Check the code")
    assert "Valid" not in anyone.words
    for body, expected in ((pdf, True), (pdf + b" ", False)):
        anyone.go("/check")
        anyone.page.set_input_files(
            "input[type=file]", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": body}
        )
        anyone.press("Check the file")
        assert ("Valid" in anyone.words) is expected
        anyone.look()


@pytest.mark.slow
@pytest.mark.parametrize(("name", "width", "script"), [("noor", 360, True), ("amina", 1280, False)])
def test_the_whole_path(visitor: Any, name: str, width: int, script: bool) -> None:
    """A trainee walks it to the end; a stranger checks the certificate."""
    trainee = visitor(width, script=script).sign_in(name)
    if name == "noor":
        sign_the_agreements(trainee)
        read_the_modules(trainee)
    else:
        finish_reading(trainee)
    take_the_assessment(trainee)
    trainer = visitor(width, script=script).sign_in("wanjiru")
    mark_two_role_plays(trainer, name.title()) if name == "noor" else mark_what_waits(trainer)
    log_hours(trainee)
    confirm_hours(visitor(width, script=script).sign_in("yusuf"))
    coordinator = visitor(width, script=script).sign_in("ines")
    coordinator.go("/cohorts")
    follow(coordinator, "Autumn group")
    grid = coordinator.page.url.replace(coordinator.site.url, "").split("?")[0] + "/progress"
    decide_and_issue(coordinator, name.title(), grid)
    check, pdf = own_certificate(trainee)
    assert pdf.startswith(b"%PDF-")
    check_as_a_stranger(visitor(width, script=script), check, pdf)


def finish_reading(one: Any) -> None:
    """Go on where reading stopped, to the end."""
    one.go("/modules/trauma-responsive-practice")
    one.press("Go on reading")
    read_on(one)
    while one.page.get_by_role("button", name="I have read this: on to the next").count():
        one.press("I have read this: on to the next")
        read_on(one)
    one.press("I have read this")


def mark_what_waits(trainer: Any) -> None:
    """Mark the role-play that was booked already."""
    trainer.go("/marking")
    follow(trainer, re.compile("Until Friday|Amina"))
    if trainer.page.get_by_role("link", name="Mark this role-play").count():
        trainer.press("Mark this role-play")
    groups = trainer.page.locator("main fieldset:has(input[type=radio])")
    for index in range(groups.count()):
        groups.nth(index).locator("input[type=radio]").last.check(force=True)
    trainer.page.fill("textarea[name=went_well]", "You stayed calm.")
    trainer.page.fill("textarea[name=next_step]", "Ask about the phone first.")
    trainer.press("Look it all over")
    trainer.press("Send these marks")
    trainer.press("Release the result")
