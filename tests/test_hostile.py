"""Everything that people, phones and attackers may send: no bug, and nothing half-saved."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup, Tag

from tests.walking import Asker, World, make_world, places

WAYS = ("trainee", "trainer", "supervisor", "coordinator")
NASTY = {
    "blank": " ",
    "digits": "9" * 5000,
    "long": "x" * 20_001,
    "control": "a\0b\x01\x1b[31m\x7f\x85\u2028\u202e\u2066\u200b\u200f\ufeff",
    "any script": "محمد 山田 नाम 👩🏽‍🚀 e\u0301 <b>&{{7*7}}'; drop table person;--",
}
NASTY_DAYS = {"far": "9999-12-31", "first": "0001-01-01", "none": "2026-02-30"}


@dataclass
class Sheet:
    """A form of a page as somebody would send it: its address, its fields, what was chosen."""

    page: str
    url: str
    data: dict[str, Any]


@pytest.fixture
def world(session, cast) -> World:
    """Return the trainee with a record of everything."""
    return make_world(session, cast)


def sheets(app: Any, asker: Asker, world: World) -> list[Sheet]:
    """Return every form of every page that a member sees, filled in sensibly, each kind once."""
    adapter = app.url_map.bind("localhost")
    found: dict[Any, Sheet] = {}
    for place in places(app, world):
        if "GET" not in place.rules or place.path == "/patterns":
            continue
        reply = asker.ask("GET", place.url)
        if reply.status_code == 200 and reply.mimetype == "text/html":
            for sheet in sheets_of(place.url, reply.data):
                view = adapter.match(urlsplit(sheet.url).path, method="POST")[0]
                found.setdefault((view, tuple(sorted(sheet.data))), sheet)
    return list(found.values())


def kinds_of(sheet: Sheet) -> dict[str, str]:
    """Return the fields of a form by name, one of each kind where they are numbered."""
    kinds: dict[str, str] = {}
    for name in sheet.data:
        if name != "csrf_token":
            kinds.setdefault(re.sub(r"\d+|(?<=^level-).*|(?<=^moment-).*", "", name), name)
    return kinds


def sheets_of(page: str, source: bytes) -> Iterator[Sheet]:
    """Return the forms of a page's main part."""
    main = BeautifulSoup(source, "html.parser").find("main")
    for form in main.find_all("form", method="post") if isinstance(main, Tag) else ():
        data: dict[str, Any] = {}
        for field in form.find_all(["input", "select", "textarea", "button"]):
            fill(field, data)
        yield Sheet(page, str(form.get("action") or page), data)


TYPED = {"email": "new@example.org", "date": "2026-11-02", "password": "four quiet green hills"}


def fill(field: Tag, data: dict[str, Any]) -> None:
    """Put something sensible into a field."""
    name, kind = str(field.get("name") or ""), str(field.get("type") or "text")
    if not name or name in data:
        return
    if field.name == "select":
        values = [str(option.get("value", "")) for option in field.find_all("option")]
        data[name] = next((value for value in values if value), "")
    elif field.name == "textarea":
        data[name] = field.text.strip() or "Some words."
    else:
        data[name] = str(field.get("value") or TYPED.get(kind, "2"))


def half_saved(asker: Asker, sheet: Sheet, status: int) -> bool:
    """Say whether a form that was shown again has left rows behind all the same.

    Edge: a text that was shared is shown in the very answer that notes who read it.
    """
    opens = re.fullmatch(r"/shared/\w+/open", sheet.url) and status == 200
    return status in {200, 400, 422} and asker.rows[-1] != asker.rows[0] and not opens


@pytest.mark.parametrize("who", WAYS)
def test_no_field_takes_a_page_down_or_leaves_half_an_act(app, session, world, who):
    """Each field of each form with each nasty thing, the others filled in sensibly."""
    asker = Asker(app, session, world.cast, who)
    wrong = []
    for sheet in sheets(app, asker, world):
        for name in kinds_of(sheet).values():
            days = NASTY_DAYS if sheet.data[name] == TYPED["date"] else {}
            for kind, value in {**NASTY, **days}.items():
                data = {**sheet.data, "csrf_token": asker.token, name: value}
                reply = asker.ask_counting(1, "POST", sheet.url, data=data)
                if reply.status_code >= 500 or half_saved(asker, sheet, reply.status_code):
                    wrong.append(f"{sheet.url} {name} {kind}: {reply.status_code}")
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("who", WAYS)
def test_a_form_sent_twice_does_its_act_once(app, session, world, who):
    """A second click, or the page sent again, adds nothing to what the first one did."""
    asker = Asker(app, session, world.cast, who)
    wrong = []
    for sheet in sheets(app, asker, world):
        data = {**sheet.data, "csrf_token": asker.token}
        reply = asker.ask_counting(2, "POST", sheet.url, data=data)
        grown = {t: n for t, n in asker.rows[2].items() if n != asker.rows[1][t]}
        if sheet.url.endswith("/link"):  # each makes a link; only the last one, on the page, works
            continue
        if reply.status_code >= 500 or grown:
            wrong.append(f"{sheet.url} ({sheet.page}): {reply.status_code} {grown}")
    assert wrong == [], "\n".join(wrong)
