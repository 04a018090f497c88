"""Gatherings on a phone: planned, attendance taken, the trust agreement acknowledged."""

from datetime import timedelta

import pytest

from lms.db import utcnow
from lms.services.people import today_in

PLACE = "Yellow house, ring twice"


def yesterday():
    """Return yesterday in the demo's zone, as a date field takes it."""
    return (today_in("America/New_York", utcnow()) - timedelta(days=1)).isoformat()


def plain(words):
    """Return words with ordinary blanks."""
    return " ".join(words.split())


def plan(trainer, title):
    """Plan a women's evening that was yesterday, and return the address of its page."""
    trainer.go("/gatherings")
    trainer.page.locator("main a[href^='/cohorts/']").first.click()
    trainer.page.wait_for_url("**/gatherings")
    trainer.look()
    trainer.press("Plan a gathering")
    trainer.look()
    page = trainer.page
    page.fill("input[name=title]", title)
    page.get_by_label("Teaching").check()
    page.get_by_label("Women only").check()
    page.get_by_label("Amina", exact=True).check()
    page.get_by_label("Noor", exact=True).check()
    page.fill("input[name=happened_on]", yesterday())
    page.get_by_label("In the same room").check()
    page.fill("input[name=place]", PLACE)
    page.fill("input[name=part_0_title]", "Listening")
    page.fill("input[name=part_0_minutes]", "60")
    page.fill("input[name=part_1_title]", "Safety first")
    page.fill("input[name=part_1_minutes]", "45")
    page.get_by_label("Cannot be missed").nth(1).check()
    page.fill("input[name=tolerance]", "10")
    trainer.press("Plan it")
    page.wait_for_url("**/gatherings/*")
    trainer.look()
    assert PLACE in trainer.words
    return page.url.replace(trainer.site.url, "")


@pytest.mark.parametrize(("width", "script"), [(360, True), (360, False), (1280, True)])
def test_a_trainer_plans_takes_attendance_and_a_trainee_reads_it(visitor, width, script):
    title = f"Evening of walking {width} {script}"
    trainer = visitor(width, script=script).sign_in("wanjiru")
    address = plan(trainer, title)
    page = trainer.page
    trainer.press("Take attendance")
    trainer.look()
    noor = page.locator("fieldset.person", has_text="Noor")
    noor.get_by_label("Was not here").nth(1).check()
    if script:
        page.locator("[data-saved][data-state=saved]").wait_for()
    trainer.press("Whoever is not marked was here")
    page.get_by_text("Saved. You can go on").wait_for()
    amina = page.locator("fieldset.person", has_text="Amina")
    amina.get_by_text("Came late").first.click()
    amina.get_by_label("Minutes late").first.fill("8")
    trainer.press("Look it all over")
    page.wait_for_url("**/review")
    trainer.look()
    assert "8 min late, counts in full" in plain(trainer.words)
    trainer.press("Put it on record")
    page.wait_for_url("**" + address)
    trainer.look()
    assert "A part is to be made up" in trainer.words

    trainee = visitor(width, script=script).sign_in("amina")
    trainee.go("/gatherings")
    assert title in trainee.words
    trainee.go(address)
    assert "1 h 45 min" in plain(trainee.words)
    assert "Noor" not in trainee.words


def test_targets_on_the_sheet_are_big_enough_for_a_thumb(visitor):
    trainer = visitor(360).sign_in("wanjiru")
    address = plan(trainer, "Evening of thumbs")
    trainer.go(address + "/attendance")
    for target in trainer.page.locator(".attended .choice, .attended summary").all():
        box = target.bounding_box()
        assert box["height"] >= 44, box
        assert box["width"] >= 100, box


def test_a_sheet_survives_a_lost_line(visitor):
    trainer = visitor(360).sign_in("wanjiru")
    address = plan(trainer, "Evening in a tunnel")
    trainer.go(address + "/attendance")
    page = trainer.page
    trainer.context.set_offline(True)
    page.locator("fieldset.person").first.get_by_label("Was here").first.check()
    page.wait_for_selector("[data-saved][data-state=not-saved]")
    trainer.context.set_offline(False)
    with page.expect_response(lambda reply: '-1":"here"' in (reply.request.post_data or "")):
        page.locator("fieldset.person").first.get_by_label("Was here").nth(1).check()
    trainer.go(address + "/attendance")
    assert page.locator("input[type=radio]:checked").count() == 2


def test_stories_open_with_the_trust_agreement(visitor):
    """Written anew by the trainer; the trainee reads it in one step and then sees the place."""
    trainer, trainee = visitor(360).sign_in("wanjiru"), visitor(360, dark=True).sign_in("amina")
    trainee.go("/gatherings")
    trainee.press("Stories, in a small circle")
    trainee.look()
    address = trainee.page.url.replace(trainee.site.url, "")
    assert "small room (invented)" in trainee.words
    trainer.go("/gatherings")
    trainer.page.locator("main a[href^='/cohorts/']").first.click()
    trainer.page.wait_for_url("**/gatherings")
    trainer.press("Trust agreement")
    trainer.look()
    trainer.press("Write it anew")
    trainer.look()
    trainer.page.fill("textarea[name=conflict]", "We wait a day, then we talk.")
    trainer.page.locator("[data-saved][data-state=saved]").wait_for()
    trainer.press("Save this version")
    trainer.look()
    assert "Amina" in trainer.words
    trainee.go(address)
    assert "small room (invented)" not in trainee.page.content()
    trainee.press("Read the trust agreement")
    trainee.look()
    assert "What has changed" in trainee.words
    trainee.press("I have read it and mean to keep it")
    trainee.go(address)
    assert "small room (invented)" in trainee.words
    trainee.press("I cannot come")
    trainee.look()
    assert "You are not expected" in trainee.words
