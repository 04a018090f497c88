"""What happens to a certificate after issue: the holder's way, the office's and a stranger's."""

from typing import Any

import pytest

from lms.db import transaction
from lms.models import Person


@pytest.mark.parametrize(("width", "script"), [(1280, False), (360, True)])
def test_from_a_wish_to_a_new_name_and_to_the_last_wish(
    visitor: Any, site: Any, width: int, script: bool
) -> None:
    """Suspend and lift, look-up off and on, a new name, giving back, erasing: each page is met."""
    name = f"Grace Łęcka {width}"
    rename(site, name)
    office = visitor(width, script=script).sign_in("ines")
    own = visitor(width, script=script).sign_in("grace")
    stranger = visitor(width, script=script)
    own.go("/certificates")
    own.follow(own.page.locator('.list a[href^="/certificates/"]'))
    address = own.page.url.replace(site.url, "")
    code = own.page.get_attribute('a[href^="/check/"]', "href")
    own.look()
    if width == 1280:
        suspend_and_lift(office, own, stranger, address, code)
        switch_off_and_on(office, own, stranger, address, code)
        address, code = make_anew(office, own, stranger, address, code, name)
    else:
        give_back_and_erase(office, own, stranger, address, code)


def rename(site: Any, name: str) -> None:
    state = site.app.extensions["lms"]
    with state.database.session() as session, transaction(session):
        for person in session.query(Person).filter(Person.chosen_name == "Grace"):
            person.certificate_name = name


def suspend_and_lift(office: Any, own: Any, stranger: Any, address: str, code: str) -> None:
    office.go(address)
    office.page.click("summary:has-text('Suspend it')")
    office.look()
    office.page.fill("#suspended-reason", "For a reason.")
    office.page.fill("#suspended-until-on", "2020-01-01")
    office.press("Yes, suspend it")
    office.look()
    assert office.page.is_visible("#suspended-until-on-error")
    office.page.fill("#suspended-until-on", "2090-01-01")
    office.page.fill("#suspended-conditions", "Two talks.")
    office.press("Yes, suspend it")
    own.go(address)
    assert "Two talks." in own.words
    stranger.go(code)
    assert "Suspended since" in stranger.words
    assert "talks" not in stranger.words
    office.page.click("summary:has-text('Make it valid again')")
    office.page.fill("#reinstated-reason", "Done.")
    office.press("Yes, make it valid")
    stranger.go(f"{code}?on=2020-01-01")
    assert "Not issued yet" in stranger.words


def switch_off_and_on(office: Any, own: Any, stranger: Any, address: str, code: str) -> None:
    own.go(address)
    own.follow(own.page.locator("li:has-text('nobody can look it up') button"))
    own.look()
    office.go("/today")
    office.go("/certificates/waiting")
    assert "Grace" in office.words
    office.go(address)
    office.page.click("summary:has-text('Turn look-up off')")
    office.press("Yes, turn it off")
    stranger.go(code)
    assert "No certificate has this code" in stranger.words
    own.go(address)
    assert "Look-up is off" in own.words
    office.go(address)
    office.press("Turn look-up on again")


def make_anew(
    office: Any, own: Any, stranger: Any, address: str, code: str, name: str
) -> tuple[str, str]:
    own.go(address)
    own.follow(own.page.locator("li:has-text('name of today') button"))
    office.go(f"{address}/new-document")
    office.page.check("input[value=name]")
    office.press("Make it anew")
    office.look()
    assert name in office.words
    stranger.go(code)
    assert "Replaced by a newer one" in stranger.words
    assert "Grace" not in stranger.words
    own.go(address)
    own.press("Open the newer one")
    own.look()
    newer = own.page.url.replace(own.site.url, "")
    own.go(f"{newer}/renewal")
    office.go(f"{newer}/renewal")
    return newer, own.page.url


def give_back_and_erase(office: Any, own: Any, stranger: Any, address: str, code: str) -> None:
    own.go(f"{address}/give-back")
    own.press("Give it back")
    own.look()
    assert "Tick this if you are sure" in own.words
    own.page.check("input[name=sure]")
    own.press("Give it back")
    own.look()
    own.follow(own.page.locator("li:has-text('is erased') button"))
    office.go(f"{address}/erase")
    office.page.check("input[name=asked]")
    office.press("Erase it for good")
    office.look()
    stranger.go(code)
    assert "Given back on" in stranger.words
    assert "The rest was erased" in stranger.words
    assert "Grace" not in stranger.words
