"""Words kept while they are typed come back into the form, whatever kind of field they stood in."""

from typing import Any

from bs4 import Tag
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse
from wtforms import Form, RadioField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from lms.web import drafts
from lms.web.fields import MinutesField
from tests.page import Page

CHOICES = [SelectChoice("one", "One"), SelectChoice("two", "Two"), SelectChoice("three", "Three")]


class Sheet(Form):
    """A field of every shape."""

    words = TextAreaField("Words")
    duration = MinutesField("How long")
    kind = RadioField("Kind", choices=CHOICES)
    several = SelectMultipleField("Several", choices=CHOICES)


def keep(page: Page, body: dict[str, Any], base: int = 0, op: str = "first") -> TestResponse:
    """Save a draft as the script does."""
    page.get("/hours/new")
    return page.client.put(
        "/drafts/sheet",
        json={"body": body, "base_version": base, "op_id": op},
        headers={"X-CSRFToken": page.token()},
    )


def test_a_draft_fills_text_minutes_choices_and_several_ticks(page: Page, app: Flask) -> None:
    reader = page.as_("trainee")
    body = {
        "words": "Half a",
        "duration-hours": "1",
        "duration-minutes": "30",
        "kind": "two",
        "several": "one\x1fthree",
    }
    assert keep(reader, body).status_code == 200
    form = Sheet(MultiDict())
    cookie = reader.client.get_cookie("alongside")
    assert cookie is not None
    with app.test_request_context("/hours/new", headers={"Cookie": f"alongside={cookie.value}"}):
        assert drafts.fill_from_draft(form, "sheet") is not None
    assert form.words.data == "Half a"
    assert form.duration.data == 90
    assert form.kind.data == "two"
    assert form.several.data == ["one", "three"]


def test_a_draft_saved_on_another_page_meanwhile_is_shown_beside_ours(page: Page) -> None:
    reader = page.as_("trainee")
    assert keep(reader, {"words": "First"}).get_json()["version"] == 1
    clash = keep(reader, {"words": "Second"}, base=0, op="second")
    assert clash.status_code == 409
    assert clash.get_json()["theirs"] == {"words": "First"}


def test_a_draft_is_nobody_else_s(page: Page, session: Session) -> None:
    keep(page.as_("trainee"), {"words": "Mine"})
    assert keep(page.as_("classmate"), {"words": "Other"}).get_json()["version"] == 1


def test_the_form_tells_the_script_its_key_and_its_version(page: Page) -> None:
    reader = page.as_("trainee")
    reader.get("/hours/new")
    form = reader.soup.find("form", attrs={"data-draft": True})
    assert isinstance(form, Tag)
    assert form["data-draft-version"] == "0"
