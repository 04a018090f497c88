"""lms verdict: where a person stands in a programme, from two files."""

from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import click

from lms.cli.context import COULD_NOT_LOOK, NO, answer, say
from lms.content.errors import ContentError, ProblemCode, Problems
from lms.content.programmes import check_programme, read_programme
from lms.content.records import read_record
from lms.rules.programmes import Programme
from lms.rules.record import Record
from lms.rules.verdict import Known, State, describe
from lms.rules.verdict import verdict as verdict_of

FILE = click.Path(path_type=Path)


class Day(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """A calendar day as 2026-02-28, and in no other form."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day of a text."""
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            day = None
        if day is None or day.isoformat() != str(value):
            self.fail("Write a day such as 2026-02-28.", param, ctx)
        return day


@click.command()
@click.argument("programme", type=FILE)
@click.argument("record", type=FILE)
@click.option("--on", required=True, type=Day(), metavar="DATE", help="The day to judge.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@click.option("--require", type=click.Choice(["met"]), help="End with 1 unless it is met.")
def verdict(programme: Path, record: Path, on: date, as_json: bool, require: str | None) -> None:
    """Say what is met, what is missing and whose turn it is, from a programme and a record.

    PROGRAMME is a file of `programmes/`, RECORD what one person has done, as JSON (its form:
    `lms schema record`). Neither a database nor settings are needed.

    Example: lms verdict programmes/dv-peer-support.yaml record.json --on 2026-11-21 --json
    """
    found = verdict_of(*_read_or_stop(programme, record, as_json), on)
    if as_json:
        answer(found.to_json())
    else:
        click.echo(describe(found))
    if require == "met" and found.state is not State.MET:
        raise SystemExit(NO)


def _read_or_stop(programme: Path, record: Path, as_json: bool) -> tuple[Programme, Record]:
    """Return what the two files hold, or name everything that is wrong with both and end."""
    unseen = Problems()
    for path in (programme, record):
        _look(path, unseen.on(str(path)))
    if unseen.found:
        _stop(unseen, COULD_NOT_LOOK, as_json)
    problems = Problems()
    written = read_programme(programme, problems.on(str(programme)))
    if written is not None:
        check_programme(written, Known())
    facts = read_record(record, problems.on(str(record)))
    if problems.found or written is None or facts is None:
        _stop(problems, NO, as_json)
    return written.value, facts


def _look(path: Path, problems: Problems) -> None:
    """Note a file that cannot be opened."""
    try:
        path.open("rb").close()
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or str(problem)
        problems.add(ProblemCode.UNREADABLE, f"This file cannot be opened: {why}.")


def _stop(problems: Problems, code: int, as_json: bool) -> NoReturn:
    error = ContentError(problems.found)
    if as_json:
        answer(error.as_json())
    for problem in error.problems:
        say(str(problem))
    raise SystemExit(code)
