"""A client that checks every page it is given and lets a test fill in forms."""

from typing import Any

import html5lib
from bs4 import BeautifulSoup, Tag
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lms.db import Base, utcnow
from tests.cast import Cast, sign_in_token

HOUSEKEEPING = {"rate_bucket", "signin", "alembic_version"}
CONTROLS = ("input", "select", "textarea")


def check_html(reply: TestResponse) -> BeautifulSoup:
    """Return the parsed page after looking it over; asserts what every page must be."""
    source = reply.get_data(as_text=True)
    html5lib.HTMLParser(strict=True).parse(source)
    soup = BeautifulSoup(source, "html5lib")
    assert len(soup.find_all("h1")) == 1, "one h1 a page"
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids)), f"ids twice: {sorted(i for i in ids if ids.count(i) > 1)}"
    assert soup.title is not None
    assert soup.title.text.strip(), "a title"
    for control in soup.find_all(CONTROLS):
        if control.get("type") not in {"hidden", "submit"}:
            assert _label_of(soup, control), f"no label: {control}"
    for tag in soup.find_all(attrs={"aria-describedby": True}):
        for name in tag["aria-describedby"].split():
            assert name in ids, f"describedby names nothing: {name}"
    assert not soup.find_all(style=True), "no inline style"
    for script in soup.find_all("script"):
        assert script.get("src"), "no inline script"
        assert script.get("nonce"), "a nonce a script"
    return soup


def _label_of(soup: BeautifulSoup, control: Tag) -> bool:
    if control.get("aria-label") or control.get("aria-labelledby"):
        return True
    if control.find_parent("label"):
        return True
    return bool(control.get("id")) and soup.find("label", attrs={"for": control["id"]}) is not None


class Page:
    """Browses as one of the cast; a GET must change no record."""

    def __init__(self, app: Flask, session: Session, cast: Cast) -> None:
        self.app = app
        self.session = session
        self.cast = cast
        self.client = app.test_client()
        self.soup = BeautifulSoup("", "html5lib")
        self.reply: TestResponse | None = None

    def as_(self, who: str) -> "Page":
        """Return a client signed in as one of the cast, or a visitor."""
        other = Page(self.app, self.session, self.cast)
        if who != "visitor":
            token = sign_in_token(self.session, self.cast.people[who], utcnow())
            self.session.commit()
            with other.client.session_transaction() as cookie:
                cookie["_user_id"] = token
                cookie["_fresh"] = True
        return other

    def _counts(self) -> dict[str, int]:
        tables = [t for t in Base.metadata.sorted_tables if t.name not in HOUSEKEEPING]
        union = " union all ".join(
            f"select '{t.name}' as name, count(*) as rows_now from {t.name}"  # noqa: S608
            for t in tables
        )
        return {row[0]: row[1] for row in self.session.execute(text(union))}

    def get(self, url: str, **more: Any) -> TestResponse:
        """Get a page, check it, and that nothing changed."""
        before = self._counts()
        reply = self.client.get(url, **more)
        assert self._counts() == before, f"GET {url} changed records"
        return self._look(reply)

    def _look(self, reply: TestResponse) -> TestResponse:
        self.reply = reply
        if 300 <= reply.status_code < 400:
            self.soup = BeautifulSoup("", "html5lib")
        if reply.mimetype == "text/html" and not 300 <= reply.status_code < 400:
            self.soup = check_html(reply)
        return reply

    def post(self, url: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Post a form with a token of this client's own."""
        body = {"csrf_token": self.token(), **(data or {})}
        return self._look(self.client.post(url, data=body, **more))

    def token(self) -> str:
        """Return a form token that fits this client's cookie."""
        field = self.soup.find("input", attrs={"name": "csrf_token"})
        if field is None:
            reply = self.client.get("/sign-in", follow_redirects=True)
            field = BeautifulSoup(reply.data, "html5lib").find(
                "input", attrs={"name": "csrf_token"}
            )
        return str(field["value"]) if isinstance(field, Tag) else ""

    def form_data(self, action: str | None = None) -> dict[str, Any]:
        """Return what the form with `action`, else the last one, would send as it is."""
        forms = self.soup.find("main").find_all("form")  # type: ignore[union-attr]
        form = next((f for f in forms if action and f.get("action", "") == action), forms[-1])
        data: dict[str, Any] = {}
        for field in form.find_all(CONTROLS):
            _take(field, data)
        return data

    def submit(self, url: str, **values: Any) -> TestResponse:
        """Fill in the form of the page just seen and send it to `url`."""
        data = {**self.form_data(), **{k: v for k, v in values.items() if v is not None}}
        return self._look(self.client.post(url, data=data))

    @property
    def words(self) -> str:
        """Return the words of the page's main part, blanks folded."""
        main = self.soup.find("main")
        return " ".join(main.get_text(" ").split()) if main else ""


def _take(field: Tag, data: dict[str, Any]) -> None:
    name = field.get("name")
    if not name:
        return
    kind = field.get("type")
    if kind in {"checkbox", "radio"}:
        if field.has_attr("checked"):
            data.setdefault(name, []).append(field.get("value", "on"))
    elif field.name == "textarea":
        data[name] = field.text
    elif field.name == "select":
        chosen = field.find("option", selected=True) or field.find("option")
        data[name] = chosen.get("value", "") if isinstance(chosen, Tag) else ""
    elif kind != "submit":
        data[name] = field.get("value", "")
