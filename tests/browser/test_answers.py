"""What the script of a question does, in a browser: saved as chosen, kept without a line."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from lms.db import transaction, utcnow
from lms.models import Attempt, Response, Signin
from lms.services.assessments import save_answer, submit_attempt
from tests.cast import make_cast, sign_in_token
from tests.sitting import begin, sign_all

SAVED = "[data-saved]"


@pytest.fixture
def address(real_app: Flask) -> Iterator[str]:
    """Return where the application is served."""
    server = make_server("127.0.0.1", 0, real_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def attempt(real_session: Session) -> Attempt:
    """Return an attempt under way, really committed."""
    cast = make_cast(real_session)
    sign_all(real_session)
    found = begin(real_session, cast.enrolment, now=utcnow())
    real_session.info["token"] = sign_in_token(real_session, cast.trainee, utcnow())
    real_session.info["trainee"] = cast.trainee.id
    real_session.commit()
    return found


@pytest.fixture
def page(
    browser: Browser, real_app: Flask, real_session: Session, attempt: Attempt, address: str
) -> Iterator[Page]:
    """Return a phone's browser of the trainee."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, base_url=address)
    signer = real_app.session_interface.get_signing_serializer(real_app)  # type: ignore[attr-defined]
    cookie = signer.dumps({"_user_id": real_session.info["token"], "_fresh": True})
    context.add_cookies([{"name": "alongside", "value": cookie, "url": address}])
    yield context.new_page()
    context.close()


def kept(session: Session, item: str) -> Any:
    """Return the answer kept for a question, None where there is none."""
    session.rollback()
    text = session.scalars(select(Response.value).where(Response.item == item)).one_or_none()
    return json.loads(text) if text else None


def is_signed_out(session: Session) -> bool:
    """Say whether no sign-in is open any more."""
    session.rollback()
    return session.scalars(select(Signin).where(Signin.ended_at.is_(None))).first() is None


def until(page: Page, is_so: Callable[[], bool]) -> None:
    """Wait until something is so; assert that it came to be."""
    for _tenth in range(100):
        if is_so():
            return
        page.wait_for_timeout(100)
    raise AssertionError("It did not come to be within ten seconds.")


def open_question(page: Page, attempt: Attempt, item: str) -> None:
    """Open a question."""
    page.goto(f"/attempts/{attempt.public_id}/items/{item}")


def choose(page: Page, value: str) -> None:
    """Choose an answer."""
    page.locator(f"input[value={value}]").check()


def test_a_choice_is_saved_as_it_is_made(
    page: Page, real_session: Session, attempt: Attempt
) -> None:
    open_question(page, attempt, "bnd-01")
    choose(page, "c")
    expect(page.locator(SAVED)).to_contain_text("Saved")
    assert kept(real_session, "bnd-01") == "c"
    choose(page, "a")
    with page.expect_navigation():
        page.get_by_role("button", name="Save and go on", exact=True).click()
    assert kept(real_session, "bnd-01") == "a"


def test_leaving_at_once_keeps_the_choice_and_ends_the_sign_in(
    page: Page, real_session: Session, attempt: Attempt, address: str
) -> None:
    page.context.route(
        lambda url: not url.startswith(address),
        lambda route: route.fulfill(body="<title>neutral</title>", content_type="text/html"),
    )
    open_question(page, attempt, "bnd-01")
    choose(page, "c")
    for _time in range(3):
        page.keyboard.press("Escape")
    page.wait_for_url(lambda url: not url.startswith(address))
    until(page, lambda: kept(real_session, "bnd-01") == "c")
    until(page, lambda: is_signed_out(real_session))


def test_ticks_are_saved_and_all_may_be_taken_away(
    page: Page, real_session: Session, attempt: Attempt
) -> None:
    open_question(page, attempt, "bnd-05")
    choose(page, "b")
    choose(page, "f")
    until(page, lambda: set(kept(real_session, "bnd-05") or ()) == {"b", "f"})
    for value in ("b", "f"):
        page.locator(f"input[value={value}]").uncheck()
    until(page, lambda: kept(real_session, "bnd-05") == [])
    expect(page.locator(SAVED)).to_contain_text("Saved")


def test_without_a_line_the_page_says_so_and_saves_when_it_is_back(
    page: Page, real_session: Session, attempt: Attempt
) -> None:
    open_question(page, attempt, "bnd-06")
    page.context.set_offline(True)
    choose(page, "true")
    expect(page.locator(SAVED)).to_contain_text("Not saved")
    assert kept(real_session, "bnd-06") is None
    page.context.set_offline(False)
    expect(page.locator(SAVED)).to_contain_text("Saved", timeout=15_000)
    assert kept(real_session, "bnd-06") is True


def test_a_choice_made_later_on_an_older_page_is_the_newest(
    page: Page, real_session: Session, attempt: Attempt
) -> None:
    open_question(page, attempt, "bnd-01")
    with transaction(real_session) as session:
        save_answer(session, attempt.id, "bnd-01", "b", counter=40, deliberate=False, now=utcnow())
    choose(page, "c")
    expect(page.locator(SAVED)).to_contain_text("Saved")
    assert kept(real_session, "bnd-01") == "c"


def test_after_handing_in_elsewhere_the_page_says_that_nothing_is_kept(
    page: Page, real_session: Session, attempt: Attempt
) -> None:
    open_question(page, attempt, "bnd-01")
    with transaction(real_session) as session:
        submit_attempt(session, attempt, session.info["trainee"], now=utcnow())
    choose(page, "c")
    expect(page.locator(SAVED)).to_contain_text("You have handed this in")
    assert kept(real_session, "bnd-01") is None
