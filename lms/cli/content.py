"""lms content: check and publish what is written in files."""

from pathlib import Path

import click

from lms.cli.context import COULD_NOT_LOOK, NO, a_session, answer, say, settings_or_stop
from lms.content.bundled import bundled
from lms.content.errors import ContentError
from lms.content.figures import reading_figures
from lms.content.library import Library, load_library
from lms.db import transaction, utcnow
from lms.services.publishing import publish_library


@click.group()
def content() -> None:
    """Curriculum, assessments, scenarios, agreements, programmes."""


def load_or_stop(folder: Path | None, as_json: bool) -> Library:
    """Return the library of a folder, or name every problem and end with 1."""
    root = folder or bundled("modules").parent
    if not (root / "modules").is_dir():
        say(f"There is no folder `modules` in {root}.")
        raise SystemExit(COULD_NOT_LOOK)
    try:
        return load_library(root)
    except ContentError as error:
        if as_json:
            answer(error.as_json())
        for problem in error.problems:
            say(str(problem))
        raise SystemExit(NO) from error


def counts_of(library: Library) -> dict[str, int]:
    """Return how many of each kind a library holds."""
    kinds = ("modules", "assessments", "rubrics", "scenarios", "agreements", "programmes")
    return {kind: len(getattr(library, kind)) for kind in kinds}


@content.command()
@click.argument(
    "folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def check(folder: Path | None, as_json: bool) -> None:
    """Look every file over and name each problem with its file and line.

    Example: lms content check
    """
    library = load_or_stop(folder, as_json)
    if as_json:
        answer({"versions": counts_of(library)})
        return
    for lesson in reading_figures(library):
        say(f"{lesson.module}/{lesson.lesson}: {lesson.words} words, grade {lesson.grade}")
    say(", ".join(f"{n} {kind}" for kind, n in counts_of(library).items()) + ": all in order.")


@content.command()
@click.argument(
    "folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def publish(folder: Path | None, as_json: bool) -> None:
    """Publish what has changed; the same bytes make no new version.

    Example: lms content publish
    """
    settings = settings_or_stop()
    library = load_or_stop(folder or settings.content_dir, as_json)
    with a_session(settings) as session, transaction(session):
        done = publish_library(session, library, by=None, now=utcnow())
    if as_json:
        rows = [
            {"kind": v.kind, "id": v.slug, "version": v.number, "hash": v.hash} for v in done.new
        ]
        answer({"published": rows, "unchanged": done.unchanged})
    else:
        say(f"{len(done.new)} published, {done.unchanged} unchanged.")
