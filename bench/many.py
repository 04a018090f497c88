"""Verdicts of ten thousand people: the time, the queries, and the memory they take at most."""

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bench.ground import Seeded, a_session, counted, find_seeded
from bench.inside import everybody, judging
from bench.seed import PROGRAMME, ZONE, Scale, seeded_or_seed
from lms.db import utcnow
from lms.models import Enrolment
from lms.services.people import today_in
from lms.services.publishing import current_version, definition_of

MANY = Scale(cohorts=20, people=500)
SHARES = (1000, 5000)
AIM_SECONDS = 20
AIM_QUERIES = 30
STATUS = Path("/proc/self/status")
CLEAR = Path("/proc/self/clear_refs")


@dataclass(frozen=True, slots=True)
class ManyVerdicts:
    """What judging so many took. Units: seconds; `grown_mb` by how many people are judged.

    Edge: `grown_mb` is how far the process stood at its highest above where it stood before it had
          judged anybody at all; empty where the system does not tell.
    """

    people: int
    facts: int
    seconds: float
    cpu_seconds: float
    queries: int
    grown_mb: dict[int, float]


def measure_many(folder: Path, url: str = "", scale: Scale = MANY) -> ManyVerdicts:
    """Judge everybody of a database of its own, seeded first where there is none yet.

    Edge: the seed runs in a process of its own, as it leaves memory behind that would hide growth.
    """
    folder = folder / "many"
    if find_seeded(folder) is None:
        apart = multiprocessing.get_context("spawn").Process(
            target=seeded_or_seed, args=(folder, url, scale)
        )
        apart.start()
        apart.join()
    settings, seeded = seeded_or_seed(folder, url, scale)
    with a_session(settings) as session:
        _read_what_is_published(session)
        grown = dict(_grown(session, seeded.people))
        return _timed(session, seeded, grown)


def _timed(session: Session, seeded: Seeded, grown: dict[int, float]) -> ManyVerdicts:
    judge = judging(session, everybody(), today_in(ZONE, utcnow()))
    with counted(session.get_bind().engine) as sent:
        began, cpu = time.perf_counter(), time.process_time()
        people = judge()
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu
    return ManyVerdicts(people, seeded.facts, seconds, cpu_seconds, len(sent), grown)


def _read_what_is_published(session: Session) -> None:
    """Read what every process keeps, so that it does not count as memory of the verdicts."""
    definition_of(session, current_version(session, "programme", PROGRAMME))
    judging(session, _first(10), today_in(ZONE, utcnow()))()


def _first(number: int) -> Select[int]:
    return select(Enrolment.id).where(Enrolment.id <= number)


def _grown(session: Session, people: int) -> Iterator[tuple[int, float]]:
    """Yield by how many MB the process has grown at its highest, for more and more people."""
    before = _status("VmRSS")
    for number in sorted({share for share in SHARES if share < people} | {people}):
        _forget_highest()
        judging(session, _first(number), today_in(ZONE, utcnow()))()
        highest = _status("VmHWM")
        if before is not None and highest is not None:
            yield number, max(0.0, (highest - before) / 1024)


def _forget_highest() -> None:
    """Set the system's high-water mark of this process back to what it holds now."""
    with suppress(OSError):
        CLEAR.write_text("5", "ascii")


def _status(name: str) -> int | None:
    """Return one figure of the process in kB, where the system tells."""
    try:
        lines = STATUS.read_text("ascii").splitlines()
    except OSError:
        return None
    found = (line.split()[1] for line in lines if line.startswith(f"{name}:"))
    return next((int(kilobytes) for kilobytes in found), None)


def main(folder: Path, url: str, scale: Scale) -> None:
    """Measure and say it in one line."""
    found = measure_many(folder, url, scale)
    grown = ", ".join(f"{mb:.0f} MB for {people}" for people, mb in found.grown_mb.items())
    grown = grown or "what this system does not tell"
    print(
        f"verdicts of {found.people}, {found.facts / found.people:.0f} facts each: "
        f"{found.seconds:.1f} s (aim {AIM_SECONDS}), {found.cpu_seconds:.1f} s of CPU, "
        f"{found.queries} queries (aim {AIM_QUERIES}), "
        f"memory grown by {grown}"
    )
