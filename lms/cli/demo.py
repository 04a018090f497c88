"""lms demo: a whole installation with invented people, under one folder."""

import json
import os
import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from lms.cli.context import NO, a_session, answer, say, stop
from lms.cli.serve import run_server
from lms.config import Settings, settings_from
from lms.content.bundled import bundled
from lms.db import transaction, utcnow
from lms.services.installation import WrongDatabaseError, mark_installation


def _private(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _keys(folder: Path) -> dict[str, str]:
    """Return this demo's own random keys, made at its first run."""
    path = folder / "keys.json"
    if not path.exists():
        keys = {
            "LMS_SECRET_KEY": secrets.token_urlsafe(48),
            "LMS_AUDIT_KEY": secrets.token_urlsafe(48),
            "LMS_SEALING_KEYS": secrets.token_hex(32),
        }
        _private(path, json.dumps(keys))
    found: dict[str, str] = json.loads(path.read_text("utf-8"))
    return found


def demo_settings(folder: Path, port: int) -> Settings:
    """Return the settings of the demo in `folder`; nothing is read from the environment."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return settings_from(
        {
            **_keys(folder),
            "LMS_DATABASE_URL": f"sqlite:///{(folder / 'alongside.db').resolve()}",
            "LMS_DATA_DIR": str(folder.resolve()),
            "LMS_BASE_URL": f"http://127.0.0.1:{port}",
            "LMS_DEMO": "on",
        }
    )


def _stamp() -> str:
    """Return what the bundled content looks like, so that an unchanged one is not read again."""
    root = bundled("modules").parent
    parts = []
    for name in ("modules", "assessments", "programmes"):
        for path in sorted((root / name).rglob("*")):
            if path.is_file():
                about = path.stat()
                parts.append(f"{path.relative_to(root)}:{about.st_size}:{about.st_mtime_ns}")
    return "\n".join(parts)


def prepare(folder: Path, port: int) -> tuple[Settings, list[dict[str, str]]]:
    """Make the demo, or bring it up to date, and return its settings and its sign-ins."""
    from lms.migrations.state import current, head

    settings = demo_settings(folder, port)
    people_file, stamp_file = folder / "people.json", folder / "content.stamp"
    stamp = _stamp()
    steps: list[Callable[[], None]] = []
    if current(settings.database_url) != head():
        steps.append(lambda: _upgrade(settings))
    if not stamp_file.exists() or stamp_file.read_text("utf-8") != stamp:
        steps.append(lambda: _publish(settings, stamp_file, stamp))
    if not people_file.exists():
        steps.append(lambda: _private(people_file, json.dumps(_people(settings))))
    if steps:
        with click.progressbar(steps, label="Making the demo", file=sys.stderr) as shown:
            for step in shown:
                step()
    return settings, json.loads(people_file.read_text("utf-8"))


def _upgrade(settings: Settings) -> None:
    from lms.migrations.run import upgrade

    upgrade(settings.database_url)


def _publish(settings: Settings, stamp_file: Path, stamp: str) -> None:
    from lms.content.library import load_library
    from lms.services.publishing import publish_library

    library = load_library(bundled("modules").parent)
    try:
        with a_session(settings) as session, transaction(session):
            mark_installation(session, is_demo=True, now=utcnow())
            publish_library(session, library, by=None, now=utcnow())
    except WrongDatabaseError as wrong:
        stop(NO, str(wrong))
    stamp_file.write_text(stamp, "utf-8")


def _people(settings: Settings) -> list[dict[str, str]]:
    from lms.services.demo import seed_demo

    with a_session(settings) as session, transaction(session):
        return seed_demo(session, now=utcnow())


@click.command()
@click.option(
    "--data",
    default="var/demo",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where everything of the demo is kept.",
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--no-serve", is_flag=True, help="Only make it.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def demo(data: Path, port: int, no_serve: bool, as_json: bool) -> None:
    """Make a demo with invented people and serve it.

    Example: lms demo --port 8001
    """
    began = time.monotonic()
    settings, people = prepare(data, port)
    _tell(settings, people, as_json)
    if not no_serve:
        say(f"Ready after {time.monotonic() - began:.1f} s. Stop with Ctrl+C.")
        run_server(settings, "127.0.0.1", port, 2)


def _tell(settings: Settings, people: list[dict[str, Any]], as_json: bool) -> None:
    shown = [{k: p[k] for k in ("role", "address", "password")} for p in people]
    if as_json:
        answer({"url": settings.base_url, "people": shown})
        return
    say(f"\nAlongside, demo: {settings.base_url}\n")
    for person in shown:
        say(f"  {person['role']:<22} {person['address']:<34} {person['password']}")
    say("")
