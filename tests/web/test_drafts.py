"""Words kept while they are typed come back into the form, whatever kind of field they stood in."""

from typing import Any

from bs4 import Tag
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse
from wtforms import Form, RadioField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from lms.services.drafts import find_draft
from lms.web import drafts
from lms.web.fields import MinutesField
from tests.cast import Cast
from tests.page import Page

CHOICES = [SelectChoice("one", "One"), SelectChoice("two", "Two"), SelectChoice("three", "Three")]


class Sheet(Form):
    """A field of every shape."""

    words = TextAreaField("Words")
    duration = MinutesField("How long")
    kind = RadioField("Kind", choices=CHOICES)
    several = SelectMultipleField("Several", choices=CHOICES)


def keep(
    page: Page, body: dict[str, Any], base: int = 0, op: str = "first", *, leaving: bool = False
) -> TestResponse:
    """Save a draft as the script does."""
    page.get("/hours/new")
    return page.client.put(
        "/drafts/sheet",
        json={"body": body, "base_version": base, "op_id": op},
        headers={"X-CSRFToken": page.token(), **({"X-Leaving": "1"} if leaving else {})},
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


def test_the_last_words_of_a_page_that_is_left_are_kept_and_end_the_sign_in(
    page: Page, session: Session, cast: Cast
) -> None:
    reader = page.as_("trainee")
    assert keep(reader, {"words": "Half a"}).status_code == 200
    assert reader.get("/today").status_code == 200
    left = keep(reader, {"words": "Half a sentence"}, base=1, op="last", leaving=True)
    assert left.status_code == 200
    found = find_draft(session, cast.trainee.id, "sheet")
    assert found is not None
    assert found.body == {"words": "Half a sentence"}
    assert reader.get("/today").status_code == 302


def test_leaving_ends_the_sign_in_where_the_words_cannot_be_kept(page: Page) -> None:
    reader = page.as_("trainee")
    keep(reader, {"words": "Theirs"})
    refused = keep(reader, {"words": "Mine"}, base=7, op="other", leaving=True)
    assert refused.status_code == 409
    assert reader.get("/today").status_code == 302


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
