"""A real server, a real Chromium, and axe on every page that is met."""

import logging
import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from lms import create_app
from lms.config import settings_from
from lms.db import transaction, utcnow
from lms.migrations.run import upgrade
from lms.services.demo import seed_demo
from lms.services.installation import mark_installation
from lms.services.publishing import publish_library
from tests.cast import library

CHROMIUM = os.environ.get("LMS_TEST_CHROMIUM") or shutil.which("chromium") or ""
AXE = Path(os.environ.get("LMS_TEST_AXE", "node_modules/axe-core/axe.min.js"))
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
COLOURS = ("color-contrast", "link-in-text-block")


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Mark everything here as a browser test; say how to have a browser where there is none."""
    missing = []
    if not CHROMIUM:
        missing.append("no browser (install chromium)")
    if not AXE.is_file():
        missing.append("no axe-core (npm install axe-core, or set LMS_TEST_AXE)")
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker("browser")
            if missing:
                item.add_marker(pytest.mark.skip(reason=" and ".join(missing)))


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """A served demo: its address and its people's passwords by name."""

    url: str
    people: dict[str, dict[str, str]]
    app: Any
    refused: list[str] = field(default_factory=list)


def app_in(folder: Path, port: int = 0) -> Flask:
    """Return an application on the demo's database in a folder."""
    return create_app(
        settings_from(
            {
                "LMS_SECRET_KEY": "browser-" + "s" * 40,
                "LMS_AUDIT_KEY": "browser-" + "a" * 40,
                "LMS_SEALING_KEYS": "22" * 32,
                "LMS_DATABASE_URL": f"sqlite:///{folder}/site.db",
                "LMS_DATA_DIR": str(folder),
                "LMS_BASE_URL": f"http://127.0.0.1:{port}",
                "LMS_LEAVE_URL": f"http://127.0.0.1:{port}/healthz",
                "LMS_DEMO": "on",
            }
        )
    )


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, str]]]:
    """Return the folder of a demo, made once to be copied, and its people by name."""
    folder = tmp_path_factory.mktemp("demo")
    upgrade(f"sqlite:///{folder}/site.db")
    state = app_in(folder).extensions["lms"]
    with state.database.session() as session:
        session.info["ground"] = state.ground
        with transaction(session):
            mark_installation(session, is_demo=True, now=utcnow())
            publish_library(session, library(), by=None, now=utcnow())
        with transaction(session):
            people = seed_demo(session, now=utcnow())
    state.database.engine.dispose()
    return folder, {one["name"].lower(): one for one in people}


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, demo: tuple[Path, dict[str, dict[str, str]]]
) -> Iterator[Site]:
    """Serve a demo of its own for this module."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(demo[0], folder, dirs_exist_ok=True)
    port = free_port()
    app = app_in(folder, port)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{port}", demo[1], app)
    server.shutdown()
    thread.join()
    app.extensions["lms"].database.engine.dispose()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start Chromium once."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


class Visitor:
    """One person with a browser of their own, on one kind of screen."""

    def __init__(self, context: Any, site: Site, axe: str) -> None:
        self.context = context
        self.site = site
        self.axe = axe
        self.page = context.new_page()
        self.foreign: list[str] = []
        self.page.on("request", self._note)
        self.page.on("pageerror", lambda error: self.foreign.append(f"script: {error}"))

        self.page.on("console", self._hear)

    def _hear(self, message: Any) -> None:
        if "Content Security Policy" in message.text:
            self.foreign.append(message.text)

    def _note(self, request: Any) -> None:
        if not request.url.startswith((self.site.url, "data:", "blob:")):
            self.foreign.append(request.url)

    def go(self, path: str) -> None:
        """Open a page, look it over with axe, and see that it does not scroll sideways."""
        self.page.goto(self.site.url + path)
        self.look()

    def look(self, rules: tuple[str, ...] = ()) -> None:
        """Look over the page that is open, by axe's rules of WCAG A and AA or by those named."""
        width = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert width <= 0, f"{self.page.url} scrolls sideways by {width} px"
        assert self.foreign == [], self.foreign
        if self.axe:
            if not self.page.evaluate("typeof axe !== 'undefined'"):
                self.page.evaluate(self.axe)
            only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
            found = self.page.evaluate(
                "async only => (await axe.run({runOnly: only, resultTypes: ['violations']}))"
                ".violations.map("
                "v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 3).join(' | '))",
                only,
            )
            assert found == [], f"{self.page.url}: {found}"

    def look_every_way(self) -> None:
        """Look over the open page on a phone and a desk, light and dark.

        Only what a scheme can change is asked again in the second scheme: colours.
        """
        for width, schemes in ((360, ("light", "dark")), (1280, ("dark", "light"))):
            self.page.set_viewport_size({"width": width, "height": 800})
            for scheme, rules in zip(schemes, ((), COLOURS), strict=True):
                self.page.emulate_media(color_scheme=scheme)
                self.look(rules)

    def sign_in(self, name: str) -> "Visitor":
        """Sign in as one of the demo's people."""
        person = self.site.people[name]
        self.page.goto(self.site.url + "/sign-in")
        self.page.fill("input[name=address]", person["address"])
        self.page.fill("input[name=password]", person["password"])
        self.page.click("main form button")
        self.page.wait_for_url("**/today")
        return self

    def press(self, name: str) -> None:
        """Press the button or follow the link of this name, and wait for the page it leads to."""
        target = self.page.get_by_role("button", name=name, exact=True)
        if target.count() == 0:
            target = self.page.get_by_role("link", name=name, exact=True)
        self.follow(target)

    def follow(self, target: Any) -> None:
        """Click the first of what a locator finds, and wait for the page it leads to."""
        with self.page.expect_navigation():
            target.first.click()

    @property
    def words(self) -> str:
        """Return the words of the main part."""
        return str(self.page.inner_text("main"))


MakeVisitor = Callable[..., Visitor]


@pytest.fixture
def visitor(browser: Any, site: Site) -> Iterator[MakeVisitor]:
    """Return a maker of visitors: width, scheme, whether scripts run, whether ours arrive."""
    opened = []
    source = AXE.read_text("utf-8") if AXE.is_file() else ""

    def make(
        width: int = 360, *, dark: bool = False, script: bool = True, arrives: bool = True
    ) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        if not arrives:  # axe needs scripts to be allowed: the page's own never arrive
            context.route("**/*.js", lambda route: route.abort())
        opened.append(context)
        return Visitor(context, site, source if script else "")

    yield make
    for context in opened:
        context.close()
