"""Measures the floor and ours side by side, alternating, and prints a table."""

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.ground import Seeded
from bench.inside import Inside, PageCost, measure_inside, page_costs
from bench.load import Ask, Measured, load
from bench.pages import Clients, Page, ask_for, floor_ask, pages
from bench.seed import Scale, seeded_or_seed
from bench.serving import Server, serving
from lms.cli.serve import THREADS

MOST_ANSWERS = 6000
FLOORS = ("floor", "driver", "login")
HELP = "through SQLAlchemy, the driver alone, or with Flask-Login as it comes"
WARMING = 8
MEETINGS = 6
MEETING_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table: a page at a number of clients, with the floor's rounds and ours."""

    page: Page
    clients: int
    size: int
    floor: tuple[Measured, ...]
    ours: tuple[Measured, ...]

    @property
    def ratio(self) -> float:
        """Return the median over the rounds of our throughput to the floor's."""
        pairs = zip(self.ours, self.floor, strict=True)
        return median(ours.per_second / floor.per_second for ours, floor in pairs)

    @property
    def cpu_ratio(self) -> float | None:
        """Return the floor's CPU time an answer to ours: the same ratio, less moved by others."""
        pairs = [(a.cpu_ms, b.cpu_ms) for a, b in zip(self.floor, self.ours, strict=True)]
        known = [floor / ours for floor, ours in pairs if floor and ours]
        return median(known) if known else None


def options(parser: argparse.ArgumentParser) -> None:
    """Add what a run may be told."""
    parser.add_argument("--only", default="", help="pages, with commas: lesson,today,answer-save")
    parser.add_argument("--clients", default="1,8,32", help="how many at once, with commas")
    parser.add_argument("--rounds", type=int, default=3, help="floor and ours in turn, so often")
    parser.add_argument("--seconds", type=float, default=2.0, help="a measure; five at most")
    parser.add_argument("--cohorts", type=int, default=20, help="where the folder has no database")
    parser.add_argument("--people", type=int, default=50, help="in each cohort")
    parser.add_argument("--worker-class", default="", help="gthread (as shipped) or sync")
    parser.add_argument("--floor", choices=FLOORS, default="floor", help=HELP)
    parser.add_argument("--no-http", action="store_true", help="only what needs no server")


def main(folder: Path, url: str, given: argparse.Namespace) -> None:
    """Measure and print."""
    settings, seeded = seeded_or_seed(folder, url, Scale(given.cohorts, given.people))
    _say_where(settings.database_url, seeded.people)
    if not given.no_http:
        changed = _server_options(given.worker_class)
        with (
            serving(given.floor, settings, **changed) as floor,
            serving("ours", settings, **changed) as ours,
        ):
            bench = SideBySide(floor, ours, Clients(settings, seeded, ours.port), given)
            _say_table([line for page in _chosen(seeded, given) for line in bench.lines(page)])
    _say_costs(page_costs(settings, seeded))
    _say_inside(measure_inside(settings, seeded))


def _server_options(worker_class: str) -> dict[str, object]:
    if not worker_class:
        return {}
    return {"worker_class": worker_class, "threads": 1 if worker_class == "sync" else THREADS}


def _chosen(seeded: Seeded, given: argparse.Namespace) -> list[Page]:
    names = set(filter(None, given.only.split(",")))
    return [page for page in pages(seeded) if not names or page.name in names]


class SideBySide:
    """Both servers and the clients; every round measures the floor and then ours."""

    def __init__(
        self, floor: Server, ours: Server, clients: Clients, given: argparse.Namespace
    ) -> None:
        self.floor, self.ours, self.clients, self.given = floor, ours, clients, given

    def lines(self, page: Page) -> Iterator[Line]:
        """Yield a row for each number of clients; none where the page is not there."""
        status, _ = page.visitor(self.clients, 0).get(page.needs)
        if status != 200:
            print(f"{page.name}: {page.needs} answers {status}, left out", file=sys.stderr)
            return
        size = self._size(page)
        for count in map(int, self.given.clients.split(",")):
            for number in range(count):
                page.visitor(self.clients, number)
            self._warm(page, size, count)
            floor, ours = [], []
            for _ in range(self.given.rounds):
                floor.append(self._load(self.floor, floor_ask(size, self.clients), count))
                ours.append(self._load(self.ours, ask_for(page, self.clients), count))
            _refuse_wrong_answers(page, ours)
            yield Line(page, count, size, tuple(floor), tuple(ours))

    def _warm(self, page: Page, size: int, count: int) -> None:
        """Let every client in several times: a connection stays with one of the two workers."""
        for _ in range(MEETINGS):
            self._load(self.floor, floor_ask(size, self.clients), count, MEETING_SECONDS)
            self._load(self.ours, ask_for(page, self.clients), count, MEETING_SECONDS)

    def _size(self, page: Page) -> int:
        """Return how many bytes an answer's body has; asks often enough to warm both servers."""
        ask = ask_for(page, self.clients)
        for number in range(WARMING):
            page.visitor(self.clients, number)
        self._load(self.floor, floor_ask(0, self.clients), WARMING)
        size = self._load(self.ours, ask, WARMING).body_bytes
        if not size:
            raise SystemExit(f"{page.name} gave no answer with a body while the server warmed up.")
        return size

    def _load(
        self, server: Server, ask: Ask, clients: int, seconds: float | None = None
    ) -> Measured:
        before = server.cpu_seconds()
        seconds = seconds or self.given.seconds
        found = load(server.port, ask, clients=clients, seconds=seconds, most=MOST_ANSWERS)
        after = server.cpu_seconds()
        if before is not None and after is not None:
            found.cpu_seconds = after - before
        return found


def _refuse_wrong_answers(page: Page, found: list[Measured]) -> None:
    seen = {status for measured in found for status in measured.statuses}
    if seen - {page.status}:
        raise SystemExit(f"{page.name} answered {sorted(seen)}, not {page.status}.")


def _say_where(url: str, people: int) -> None:
    database = "SQLite" if url.startswith("sqlite") else "PostgreSQL"
    print(
        f"{os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}, "
        f"{database}, {people} trainees. Load before: {os.getloadavg()[0]:.1f}."
    )


def _say_table(lines: list[Line]) -> None:
    print(f"\n{'page':<12}{'bytes':>7}{'clients':>8}", end="")
    print(f"{'floor/s':>9}{'ours/s':>8}{'ratio':>7}{'aim':>6}{'CPU ratio':>10}", end="")
    print(f"{'floor p50':>11}{'p95':>7}{'ours p50':>10}{'p95':>7}{'CPU ms':>8}")
    for line in lines:
        print(_row(line), flush=True)


def _row(line: Line) -> str:
    def typical(found: tuple[Measured, ...], of: Callable[[Measured], float]) -> float:
        return median(of(measured) for measured in found)

    page, floor, ours = line.page, line.floor, line.ours
    cpu = typical(ours, lambda one: one.cpu_ms or 0)
    return (
        f"{page.name:<12}{line.size:>7}{line.clients:>8}"
        f"{typical(floor, lambda one: one.per_second):>9.0f}"
        f"{typical(ours, lambda one: one.per_second):>8.0f}"
        f"{line.ratio:>7.2f}{f'{page.aim:.2f}' if page.aim else '':>6}"
        f"{line.cpu_ratio or 0:>10.2f}"
        f"{typical(floor, lambda one: one.percentile(50)):>11.1f}"
        f"{typical(floor, lambda one: one.percentile(95)):>7.1f}"
        f"{typical(ours, lambda one: one.percentile(50)):>10.1f}"
        f"{typical(ours, lambda one: one.percentile(95)):>7.1f}"
        f"{cpu:>8.2f}"
    )


def _say_costs(costs: list[PageCost]) -> None:
    print(f"\n{'page, no server':<28}{'status':>7}{'queries':>8}{'CPU ms':>8}")
    for cost in costs:
        print(f"{cost.name:<28}{cost.status:>7}{cost.queries:>8}{cost.cpu_ms:>8.2f}")


def _say_inside(found: list[Inside]) -> None:
    print(f"\n{'inside':<34}{'CPU ms':>8}{'wall ms':>9}{'aim':>7}{'queries':>9}{'aim':>6}")
    for one in found:
        print(
            f"{one.name:<34}{one.cpu_ms:>8.1f}{one.wall_ms:>9.1f}{one.aim_ms or '':>7}"
            f"{'' if one.queries is None else one.queries:>9}{one.aim_queries or '':>6}"
        )
