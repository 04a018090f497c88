"""Verdicts of ten thousand people: the time, the queries, and the memory they take at most."""

import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bench.ground import Seeded, a_session, counted
from bench.inside import everybody, judging
from bench.seed import PROGRAMME, ZONE, Scale, seeded_or_seed
from lms.db import utcnow
from lms.models import Enrolment
from lms.services.people import today_in
from lms.services.publishing import current_version, definition_of

MANY = Scale(cohorts=20, people=500)
FEW = 1000
AIM_SECONDS = 20
AIM_QUERIES = 30
STATUS = Path("/proc/self/status")
CLEAR = Path("/proc/self/clear_refs")


@dataclass(frozen=True, slots=True)
class ManyVerdicts:
    """What judging so many took. Units: seconds, and MB that the process grew by at its highest.

    Edge: the memory is None where the system does not tell; `few_mb` is for the first thousand.
    """

    people: int
    facts: int
    seconds: float
    cpu_seconds: float
    queries: int
    few_mb: float | None
    many_mb: float | None


def measure_many(folder: Path, url: str = "", scale: Scale = MANY) -> ManyVerdicts:
    """Judge everybody of a database of its own, seeded first where there is none yet."""
    settings, seeded = seeded_or_seed(folder / "many", url, scale)
    with a_session(settings) as session:
        _read_what_is_published(session)
        few = _highest(session, _first(FEW))
        many = _highest(session, everybody())
        return _timed(session, seeded, few, many)


def _timed(session: Session, seeded: Seeded, few: float | None, many: float | None) -> ManyVerdicts:
    judge = judging(session, everybody(), today_in(ZONE, utcnow()))
    with counted(session.get_bind().engine) as sent:
        began, cpu = time.perf_counter(), time.process_time()
        people = judge()
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu
    return ManyVerdicts(people, seeded.facts, seconds, cpu_seconds, len(sent), few, many)


def _read_what_is_published(session: Session) -> None:
    """Read what every process keeps, so that it does not count as memory of the verdicts."""
    definition_of(session, current_version(session, "programme", PROGRAMME))
    judging(session, _first(10), today_in(ZONE, utcnow()))()


def _first(number: int) -> Select[int]:
    return select(Enrolment.id).where(Enrolment.id <= number)


def _highest(session: Session, scope: Select[int]) -> float | None:
    """Return by how many MB the process grows at its highest while a scope is judged."""
    before = _reset_highest()
    judging(session, scope, today_in(ZONE, utcnow()))()
    after = _status("VmHWM")
    return None if before is None or after is None else max(0.0, (after - before) / 1024)


def _reset_highest() -> int | None:
    """Set the system's high-water mark of this process back to what it holds now; return that."""
    try:
        CLEAR.write_text("5", "ascii")
    except OSError:
        return None
    return _status("VmRSS")


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
    memory = "memory not told by this system"
    if found.many_mb is not None and found.few_mb is not None:
        memory = f"at most {found.many_mb:.0f} MB more ({found.few_mb:.0f} MB for {FEW})"
    print(
        f"verdicts of {found.people}, {found.facts / found.people:.0f} facts each: "
        f"{found.seconds:.1f} s (aim {AIM_SECONDS}), {found.cpu_seconds:.1f} s of CPU, "
        f"{found.queries} queries (aim {AIM_QUERIES}), {memory}"
    )
