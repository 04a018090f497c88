"""What the frame's scripts do, in a browser: the way out, kept words, the cover, one sending."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from lms import create_app
from lms.db import utcnow
from lms.models import Signin
from lms.services.drafts import find_draft
from lms.services.signin import token_hash
from tests.cast import make_cast, sign_in_token
from tests.conftest import made_database, settings_for

PHONE = {"width": 360, "height": 740}
KEY = "patterns"


@contextmanager
def served(application: Any) -> Iterator[str]:
    """Serve an application on a port of its own and yield its address."""
    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def neutral() -> Iterator[str]:
    """Return the address of somebody else's page."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with served(Response("<title>neutral</title>", mimetype="text/html")) as address:
        yield f"{address}/"


@pytest.fixture(scope="module")
def real_app(
    tmp_path_factory: pytest.TempPathFactory, neutral: str, filled_database: str
) -> Iterator[Flask]:
    """Return an application that really commits, one for this file, with the patterns open."""
    with made_database("frame", tmp_path_factory.mktemp("db"), filled_database) as url:
        settings = settings_for(url, tmp_path_factory.mktemp("var"))
        app = create_app(replace(settings, debug=True, leave_url=neutral))
        app.testing = True
        yield app
        app.extensions["lms"].database.engine.dispose()


@pytest.fixture(scope="module")
def address(real_app: Flask) -> Iterator[str]:
    """Return where the application is served."""
    with served(real_app) as found:
        yield found


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Return a phone's browser."""
    found = browser.new_context(viewport=PHONE)
    yield found
    found.close()


def sign_in(context: BrowserContext, app: Flask, session: Session, address: str) -> Signin:
    """Sign the trainee in on this browser and return the sign-in."""
    cast = make_cast(session)
    token = sign_in_token(session, cast.people["trainee"], utcnow())
    session.commit()
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    cookie = signer.dumps({"_user_id": token, "_fresh": True})
    context.add_cookies([{"name": "alongside", "value": cookie, "url": address}])
    return session.scalars(select(Signin).where(Signin.token_hash == token_hash(token))).one()


def test_escape_pressed_three_times_leaves_and_signs_out(
    context: BrowserContext, real_app: Flask, real_session: Session, address: str, neutral: str
) -> None:
    sign_in(context, real_app, real_session, address)
    page = context.new_page()
    page.goto(f"{address}/today")
    for _ in range(3):
        page.keyboard.press("Escape")
    page.wait_for_url(neutral)
    again = context.new_page()
    again.goto(f"{address}/today")
    expect(again).to_have_url(f"{address}/sign-in?next=/today")


def test_the_way_back_does_not_lead_into_the_page_that_was_left(
    context: BrowserContext, address: str, neutral: str
) -> None:
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.locator("[data-leave]").click()
    page.wait_for_url(neutral)
    page.go_back()
    assert page.url == "about:blank"


def test_the_way_out_opens_without_scripts(
    browser: Browser, real_app: Flask, real_session: Session, address: str, neutral: str
) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    sign_in(context, real_app, real_session, address)
    page = context.new_page()
    page.goto(f"{address}/today")
    page.get_by_text("Leave this site", exact=True).click()
    page.wait_for_url(neutral)
    context.close()


def test_the_menu_opens_above_the_way_out_without_scripts(
    browser: Browser, real_app: Flask, real_session: Session, address: str
) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    sign_in(context, real_app, real_session, address)
    page = context.new_page()
    page.goto(f"{address}/today")
    expect(page.locator("#menu")).to_be_hidden()
    page.get_by_text("Menu", exact=True).click()
    expect(page.get_by_role("link", name="Today", exact=True)).to_be_visible()
    menu, out = page.locator("#menu").bounding_box(), page.locator(".bar-leave").bounding_box()
    assert menu is not None
    assert out is not None
    assert menu["y"] + menu["height"] <= out["y"]
    context.close()


@pytest.fixture
def writing(
    context: BrowserContext, real_app: Flask, real_session: Session, address: str
) -> tuple[Page, int]:
    """Return the form of the patterns, open for a signed-in person, and who it is."""
    who = sign_in(context, real_app, real_session, address).person_id
    page = context.new_page()
    page.goto(f"{address}/patterns")
    return page, who


def _kept(session: Session, who: int) -> str:
    session.rollback()
    draft = find_draft(session, who, KEY)
    session.rollback()
    return draft.body["summary"] if draft else ""


def _signed_in(session: Session, who: int) -> bool:
    session.rollback()
    query = select(Signin).where(Signin.person_id == who, Signin.ended_at.is_(None))
    found = session.scalars(query).first()
    session.rollback()
    return found is not None


def _until(happened: Callable[[], bool], seconds: float = 20) -> None:
    last = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < last, "it did not happen in time"
        time.sleep(0.05)


def test_what_is_typed_is_kept_on_the_server_alone(
    writing: tuple[Page, int], real_session: Session
) -> None:
    page, who = writing
    note = page.locator(f"form[data-draft={KEY}] [data-saved]")
    page.fill("#summary", "We spoke about límites.")
    expect(note).to_have_attribute("data-state", "saved", timeout=8000)
    assert _kept(real_session, who) == "We spoke about límites."
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_without_a_line_the_page_says_so_and_saves_once_it_is_back(
    writing: tuple[Page, int], context: BrowserContext, real_session: Session
) -> None:
    page, who = writing
    note = page.locator(f"form[data-draft={KEY}] [data-saved]")
    context.set_offline(True)
    page.fill("#summary", "Typed in the cellar.")
    expect(note).to_have_text(
        "Not saved: no connection. Your words are kept on this page.", timeout=8000
    )
    context.set_offline(False)
    expect(note).to_have_attribute("data-state", "saved", timeout=8000)
    assert _kept(real_session, who) == "Typed in the cellar."


def test_two_pages_that_write_the_same_draft_lose_neither_text(
    writing: tuple[Page, int], context: BrowserContext, address: str
) -> None:
    first, _ = writing
    second = context.new_page()
    second.goto(f"{address}/patterns")
    first.fill("#summary", "From the first page.")
    note = f"form[data-draft={KEY}] [data-saved]"
    expect(first.locator(note)).to_have_attribute("data-state", "saved", timeout=8000)
    second.fill("#summary", "From the second page.")
    expect(second.locator(note)).to_have_attribute("data-state", "clash", timeout=8000)
    expect(second.locator(f"{note} + .version")).to_contain_text("From the first page.")
    expect(second.locator("#summary")).to_have_value("From the second page.")


def test_leaving_keeps_words_that_were_not_saved_yet(
    writing: tuple[Page, int], real_session: Session, neutral: str
) -> None:
    page, who = writing
    page.fill("#summary", "Half a sent")
    page.get_by_text("Leave this site", exact=True).click()
    page.wait_for_url(neutral)
    _until(lambda: _kept(real_session, who) == "Half a sent")
    _until(lambda: not _signed_in(real_session, who))


def test_a_form_is_sent_once_however_often_the_button_is_pressed(
    context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.evaluate(
        "() => { const b = document.querySelector('main form button');"
        " b.click(); b.click(); b.click(); }"
    )
    page.wait_for_load_state("networkidle")
    assert sent.count("POST") == 1


def test_the_list_of_what_to_look_at_takes_the_focus(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(f"{address}/patterns")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.get_by_role("link", name="Say how long it took.").click()
    expect(page.locator("#unsent-duration-hours")).to_be_focused()


def test_a_shared_device_covers_the_page_after_a_rest_and_keeps_what_was_typed(
    context: BrowserContext, real_app: Flask, real_session: Session, address: str, neutral: str
) -> None:
    signin = sign_in(context, real_app, real_session, address)
    signin.shared_device = True
    real_session.commit()
    page = context.new_page()
    page.clock.install()
    page.goto(f"{address}/patterns")
    page.fill("#summary", "Still here.")
    page.clock.run_for(62_000)
    expect(page.locator(".cover")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_hidden()
    page.get_by_role("button", name="Show it again").click()
    expect(page.locator("#summary")).to_have_value("Still here.")
    page.clock.run_for(302_000)
    page.wait_for_url(neutral)


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_scrolls_sideways(browser: Browser, address: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 740})
    page = context.new_page()
    page.goto(f"{address}/patterns")
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth - {root}.clientWidth") == 0
    context.close()


def test_no_script_breaks_the_policy(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{address}/patterns", wait_until="networkidle")
    assert said == []
