"""Where a benchmark stands: its settings, its folder, what the seed left in it, and counters."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from lms.cli.demo import demo_settings
from lms.config import Settings
from lms.db import Database, make_engine
from lms.services.ground import ground_for

PASSWORD = "four quiet green hills"  # noqa: S105, nobody real signs in here
FOLDER = Path("var/bench")


@dataclass(frozen=True, slots=True)
class Seat:
    """A trainee whom a client plays: their sign-in's token, address and open attempt."""

    token: str
    address: str
    attempt: str
    item: str
    option: str


@dataclass(frozen=True, slots=True)
class Seeded:
    """What the seed made. `cohort` is the public id of one cohort, `codes` are certificates'."""

    url: str
    cohorts: int
    people: int
    facts: int
    cohort: str
    coordinator: str
    seats: tuple[Seat, ...]
    codes: tuple[str, ...]


def bench_settings(folder: Path, url: str = "", port: int = 0) -> Settings:
    """Return the settings of the benchmark's own installation; keys are made once a folder."""
    settings = demo_settings(folder, port)
    return replace(settings, database_url=url) if url else settings


def keep_seeded(folder: Path, seeded: Seeded) -> None:
    """Keep what the seed made, for the runs to come."""
    path = folder / "seeded.json"
    path.write_text(json.dumps(asdict(seeded), indent=1), "utf-8")
    path.chmod(0o600)


def find_seeded(folder: Path) -> Seeded | None:
    """Return what the seed made in a folder, or None where there is nothing yet."""
    path = folder / "seeded.json"
    if not path.exists():
        return None
    found = json.loads(path.read_text("utf-8"))
    seats = tuple(Seat(**seat) for seat in found.pop("seats"))
    return Seeded(seats=seats, codes=tuple(found.pop("codes")), **found)


@contextmanager
def a_session(settings: Settings) -> Iterator[Session]:
    """Yield a session on the benchmark's database."""
    database = Database(make_engine(settings.database_url))
    try:
        with database.session() as session:
            session.info["ground"] = ground_for(settings)
            yield session
    finally:
        database.engine.dispose()


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Yield the list that every statement sent meanwhile is added to."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def cpu_ms(act: Callable[[], object], *, repeats: int = 5) -> tuple[float, float]:
    """Return the median CPU time and the median wall time of an act, in milliseconds.

    Edge: it is done once before, so that caches are as warm as in a server that has run a while.
    """
    act()
    cpu, wall = [], []
    for _ in range(repeats):
        began, counter = time.process_time(), time.perf_counter()
        act()
        cpu.append(1000 * (time.process_time() - began))
        wall.append(1000 * (time.perf_counter() - counter))
    return median(cpu), median(wall)
