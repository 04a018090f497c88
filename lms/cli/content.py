"""lms content: check and publish what is written in files."""

from dataclasses import asdict
from pathlib import Path

import click

from lms.cli.context import COULD_NOT_LOOK, NO, a_session, answer, say, settings_or_stop
from lms.content.bundled import bundled
from lms.content.errors import ContentError
from lms.content.figures import (
    HIGHEST_GRADE,
    HIGHEST_MEDIAN,
    ReadingFigures,
    median_grade,
    reading_figures,
)
from lms.content.library import Library, load_library
from lms.db import transaction, utcnow
from lms.rules.coverage import Reach, Taught, reach_of
from lms.services.publishing import publish_library

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


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
    kinds = ("modules", "assessments", "rubrics", "scenarios", "agreements", "programmes", "packs")
    return {kind: len(getattr(library, kind)) for kind in kinds}


@content.command()
@click.argument("folder", required=False, type=FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def check(folder: Path | None, as_json: bool) -> None:
    """Look every file over and name each problem with its file and line.

    Example: lms content check
    """
    library = load_or_stop(folder, as_json)
    for warning in library.warnings:
        say(f"to look at: {warning}")
    if as_json:
        answer({"versions": counts_of(library)})
        return
    for text in reading_figures(library):
        say(f"{name_of(text)}: {text.words} words, grade {text.grade}")
    say(", ".join(f"{n} {kind}" for kind, n in counts_of(library).items()) + ": all in order.")


@content.command()
@click.argument("folder", required=False, type=FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def readability(folder: Path | None, as_json: bool) -> None:
    """Say how hard each lesson is to read, in years of school; end with 1 where one is too hard.

    Example: lms content readability
    """
    library = load_or_stop(folder, as_json)
    texts = list(reading_figures(library))
    middle = median_grade(texts)
    if as_json:
        rows = [asdict(text) for text in texts]
        limits = {"grade": HIGHEST_GRADE, "median": HIGHEST_MEDIAN}
        answer({"texts": rows, "median": middle, "limits": limits})
    else:
        for text in texts:
            hard = f", harder than {HIGHEST_GRADE}" if text.is_hard else ""
            say(f"{name_of(text)}: grade {text.grade}, {text.words} words{hard}")
        say(f"median {middle}, at most {HIGHEST_MEDIAN}")
    if middle > HIGHEST_MEDIAN or any(text.is_hard for text in texts):
        raise SystemExit(NO)


@content.command()
@click.argument("folder", required=False, type=FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def coverage(folder: Path | None, as_json: bool) -> None:
    """Say what the core teaches and what it leaves out; end with 1 where a gap has no reason.

    Example: lms content coverage
    """
    library = load_or_stop(folder, as_json)
    parts = (library.modules, library.assessments, library.rubrics, library.scenarios)
    found = reach_of(Taught(*parts), library.coverage)
    gaps = [reach for reach in found if reach.is_gap]
    if as_json:
        answer(
            {
                "subjects": [{**asdict(reach), "gap": reach.is_gap} for reach in found],
                "gaps": [{"kind": reach.kind, "id": reach.id} for reach in gaps],
            }
        )
    else:
        for reach in found:
            say(row_of(reach))
        say(f"{len(found)} subjects, {len(gaps)} gaps.")
    if gaps:
        raise SystemExit(NO)


def name_of(text: ReadingFigures) -> str:
    """Return what a text is called in a list."""
    return f"{text.module}/{text.lesson}" + (" (equal route)" if text.route == "equal" else "")


def row_of(reach: Reach) -> str:
    """Return what is said of one subject, on one line."""
    head = f"{reach.kind} {reach.id} ({reach.title})"
    if reach.is_gap:
        return f"{head}: GAP. Teach it in the core, or say why not under 'omitted'."
    if not reach.core_modules:
        return f"{head}: left out. {reach.omitted}"
    counts = (
        f"{len(reach.core_modules)} core modules, {len(reach.lessons)} lessons, "
        f"{reach.checks} checks, {len(reach.items)} items, {len(reach.scenarios)} scenarios"
    )
    lacks = f"; without any {' or '.join(reach.lacks)}" if reach.lacks else ""
    idle = "; 'omitted' says otherwise: take it out there" if reach.is_idle else ""
    return f"{head}: {counts}{lacks}{idle}"


@content.command()
@click.argument("folder", required=False, type=FOLDER)
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
