"""Papers on a phone: handed in, asked of somebody outside, looked at, set aside."""

import re
from email import message_from_bytes
from email.policy import default

import pytest

from tests.filing import picture


def newest_link(site):
    """Return the link to a few words in the newest letter."""
    folder = site.app.extensions["lms"].settings.data_dir / "mail"
    letter = message_from_bytes(sorted(folder.glob("*.eml"))[-1].read_bytes(), policy=default)
    return re.search(r"(/asked/\S+)", letter.get_content()).group(1)


def open_rows(visitor):
    """Unfold every requirement of a verdict's page."""
    for row in visitor.page.locator("details.requirement > summary").all():
        row.click()


def address_of(visitor):
    """Return the address of the page that is open."""
    return visitor.page.url.replace(visitor.site.url, "").split("?")[0]


@pytest.mark.parametrize(("width", "script"), [(360, True), (360, False)])
def test_a_paper_goes_from_a_phone_to_the_office_and_counts(visitor, width, script):
    trainee = visitor(width, script=script).sign_in("noor")
    trainee.go("/progress")
    open_rows(trainee)
    trainee.look()
    trainee.press("Hand in: A reference")
    trainee.look()
    page = trainee.page
    page.fill("input[name=happened_on]", "2026-10-01")
    page.select_option("select[name=relationship]", label="Colleague")
    file = {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": b"MZ no letter"}
    page.set_input_files("input[type=file]", file)
    trainee.press("Hand it in")
    trainee.look()
    assert "whatever its name says" in trainee.words
    assert page.input_value("input[name=happened_on]") == "2026-10-01"
    file = {"name": "letter.jpg", "mimeType": "image/jpeg", "buffer": picture(size=(800, 1100))}
    page.set_input_files("input[type=file]", file)
    trainee.press("Hand it in")
    trainee.look()
    address = address_of(trainee)
    assert "the office looks at it" in trainee.words

    office = visitor(width, script=script).sign_in("ines")
    office.go("/evidence")
    assert "Noor" in office.words
    office.go(address)
    office.page.select_option("select[name=outcome]", label="Accepted")
    office.press("Put it on file")
    office.look()
    assert "On file" in office.words
    trainee.go("/papers")
    assert "On file" in trainee.words
    office.page.locator("summary", has_text="Take it away").click()
    office.look()
    office.page.fill("textarea[name=reason]", "It belongs to somebody else.")
    office.press("Yes, take it away")
    office.look()
    assert "Taken away" in office.words


@pytest.mark.parametrize("script", [True, False])
def test_somebody_without_an_account_writes_a_few_words(visitor, site, script):
    trainee = visitor(360, script=script).sign_in("noor")
    trainee.go("/papers")
    trainee.page.locator("main a[href*='references/new']").first.click()
    trainee.page.wait_for_url("**/references/new*")
    trainee.look()
    trainee.page.fill("input[name=name]", "Gülşen Öz")
    trainee.page.fill("input[name=address]", f"gulsen{script}@example.org")
    trainee.page.select_option("select[name=relationship]", label="Teacher or trainer")
    trainee.press("Send the letter")
    trainee.look()
    asked = address_of(trainee)

    outside = visitor(360, script=script)
    outside.go(newest_link(site))
    assert "Noor" in outside.words
    page = outside.page
    page.fill("input[name=known_since]", "2021-03-01")
    page.get_by_label("Yes, I recommend them for this work").check()
    outside.press("Send my words")
    outside.look()
    assert "Write something here" in outside.words
    page.fill("textarea[name=words]", "Noor listens first.")
    outside.press("Send my words")
    outside.look()
    assert "This is all." in outside.words
    trainee.go(asked)
    trainee.press("Read what was written")
    trainee.look()
    assert "Noor listens first." in trainee.words


@pytest.mark.parametrize("script", [True, False])
def test_a_requirement_is_asked_to_be_set_aside_and_decided(visitor, script):
    who = "noor" if script else "amina"
    trainee = visitor(360, script=script).sign_in(who)
    trainee.go("/progress")
    open_rows(trainee)
    trainee.page.locator("a[href*='requirement=readiness-assessment']").first.click()
    trainee.page.wait_for_url("**/waivers/new*")
    trainee.look()
    trainee.page.fill("textarea[name=claim]", "I passed the same one elsewhere.")
    trainee.press("Ask")
    trainee.look()
    address = address_of(trainee)
    office = visitor(1280, dark=True, script=script).sign_in("ines")
    office.go(address)
    office.page.get_by_label("Do not set it aside").check()
    office.page.fill("textarea[name=reason]", "Ours asks for other things. Let us plan it.")
    office.press("Record my decision")
    office.look()
    trainee.go(address)
    assert "Not set aside" in trainee.words
    assert "Let us plan it." in trainee.words


def test_what_a_supervisor_brings_is_kept_at_their_page(visitor):
    office = visitor(360).sign_in("ines")
    office.go("/people")
    office.page.locator("main").get_by_role("link", name="Yusuf").first.click()
    office.page.wait_for_url("**/people/*")
    office.press("What they bring: credentials, training, hours practised")
    office.look()
    for words, fill in (
        ("Add: A credential", {"input[name=other]": "CPS", "input[name=since]": "2020-01-01"}),
        ("Add: Hours practised", {"input[name=hours]": "1500", "input[name=since]": "2025-12-31"}),
    ):
        office.press(words)
        office.look()
        for selector, value in fill.items():
            office.page.fill(selector, value)
        if "hours" not in " ".join(fill):
            office.page.select_option("select[name=name]", label="Another one")
        office.press("Put it on record")
        office.look()
    assert "CPS" in office.words
    assert "1500 hours practised" in office.words
    office.press("CPS")
    office.look()
