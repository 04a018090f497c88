"""lms certificate: verify a file."""

import hashlib
from pathlib import Path

import click

from lms.cli.context import COULD_NOT_LOOK, NO, a_session, answer, say, settings_or_stop, stop
from lms.db import utcnow

LIMIT = 20 * 1024 * 1024


@click.group()
def certificate() -> None:
    """Certificates."""


@certificate.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def verify(file: Path, as_json: bool) -> None:
    """Say whether a certificate's file is ours, unchanged, and what its state is now.

    Example: lms certificate verify certificate.pdf
    """
    from lms.services.certificates import verify_bytes

    try:
        size = file.stat().st_size
        if size > LIMIT:
            stop(NO, f"The file has {size} bytes; a certificate has at most {LIMIT}.")
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as problem:
        stop(COULD_NOT_LOOK, f"The file could not be read: {problem.strerror}.")
    with a_session(settings_or_stop()) as session:
        found = verify_bytes(session, digest, now=utcnow())
    if as_json:
        answer(found)
    else:
        say("Genuine." if found["genuine"] else "Not one of ours, or changed.")
        say(f"State: {found['state']}")
    if not found["genuine"]:
        raise SystemExit(NO)
