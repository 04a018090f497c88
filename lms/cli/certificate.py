"""lms certificate: verify a file."""

import hashlib
from datetime import datetime
from pathlib import Path

import click

from lms.cli.context import COULD_NOT_LOOK, NO, a_session, answer, say, settings_or_stop, stop
from lms.db import utcnow

LIMIT = 20 * 1024 * 1024
CHUNK = 64 * 1024


@click.group()
def certificate() -> None:
    """Certificates."""


@certificate.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="A day up to today; else today.")
def verify(file: Path, as_json: bool, on: datetime | None) -> None:
    """Say whether a certificate's file is ours, unchanged, and what its state is, now or on a day.

    Example: lms certificate verify certificate.pdf --on 2027-05-03
    """
    from lms.services.certificates import verify_bytes

    if on is not None and on.date() > utcnow().date():
        raise click.BadParameter("This day is still to come.", param_hint="--on")
    try:
        size = file.stat().st_size
        if size > LIMIT:
            stop(NO, f"The file has {size} bytes; a certificate has at most {LIMIT}.")
        digest = _digest_of(file)
    except OSError as problem:
        stop(COULD_NOT_LOOK, f"The file could not be read: {problem.strerror}.")
    with a_session(settings_or_stop()) as session:
        found = verify_bytes(session, digest, now=utcnow(), on=on.date() if on else None)
    if as_json:
        answer(found)
    else:
        say("Genuine." if found["genuine"] else "Not one of ours, or changed.")
        say(f"State: {found['state']}")
    if not found["genuine"]:
        raise SystemExit(NO)


def _digest_of(file: Path) -> str:
    """Return the SHA-256 of a file, read piece by piece and no further than a certificate goes."""
    digest, left = hashlib.sha256(), LIMIT
    with file.open("rb") as opened:
        while left > 0 and (piece := opened.read(min(CHUNK, left))):
            digest.update(piece)
            left -= len(piece)
    return digest.hexdigest()
