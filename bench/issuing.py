"""A cohort's certificates through the real run: its page, its rows, its jobs, a worker a core."""

import argparse
import multiprocessing
import os
import time
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Barrier
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.ground import a_session, bench_settings
from bench.inside import FACTS
from bench.seed import Scale, Seeding, seed
from lms.config import Settings
from lms.db import Database, make_engine, new_public_id, transaction, utcnow
from lms.documents.certificate import certificate_pdf
from lms.jobs import keep_what_is_read, work_once
from lms.models import Certificate, Cohort
from lms.rules.certificates import Progress
from lms.rules.roles import Role
from lms.services.certificates import Chosen, list_candidates, run_view, start_run
from lms.services.ground import ground_for
from lms.services.people import roles_in

AIM_SECONDS = 30


class ReadySeeding(Seeding):
    """A seed in which everybody has done it all, and nobody holds a certificate."""

    certificates = 0

    def _progress(self, cohort: int) -> float:
        return 1.0


@dataclass(frozen=True, slots=True)
class Issued:
    """What a run came to. Units: seconds; `issuing` is all after the press, `cpu` the workers'."""

    people: int
    workers: int
    looking: float
    sending: float
    issuing: float
    cpu: float


def options(parser: argparse.ArgumentParser) -> None:
    """Add what may be told."""
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes")


def main(folder: Path, url: str, given: argparse.Namespace) -> None:
    """Seed, issue to everybody, and print."""
    found = issue_to_all(folder, url, people=given.people, workers=given.workers)
    database = "PostgreSQL" if url else "SQLite"
    print(
        f"{found.people} certificates, {database}, {found.workers} workers: the page "
        f"{found.looking:.1f} s, sending {found.sending:.1f} s, issued after {found.issuing:.1f} s "
        f"({1000 * found.issuing / found.people:.0f} ms each; aim {AIM_SECONDS} s for 1000), "
        f"{1000 * found.cpu / found.people:.1f} ms of the workers' CPU each."
    )


def issue_to_all(folder: Path, url: str, *, people: int, workers: int) -> Issued:
    """Issue to a new cohort through a run and return how long it took.

    Raises: SystemExit where the database is not empty, or somebody was left out.
    """
    settings = bench_settings(folder, url)
    seed(settings, Scale(cohorts=1, people=people), folder, ReadySeeding)
    context = multiprocessing.get_context("spawn")
    gate, spent = context.Barrier(workers + 1), context.Value("d", 0.0)
    at_work = [context.Process(target=_work, args=(settings, gate, spent)) for _ in range(workers)]
    for process in at_work:
        process.start()
    gate.wait()
    with a_session(settings) as session:
        began = time.perf_counter()
        cohort, chosen, by = _looked_at(session)
        looked = time.perf_counter()
        with transaction(session):
            run = start_run(session, cohort, chosen, by=by, op_id=new_public_id(), now=utcnow())
        sent = time.perf_counter()
        gate.wait()
        for process in at_work:
            process.join()
        done = time.perf_counter()
        _refuse_gaps(session, run_view(session, run).progress, people)
    return Issued(people, workers, looked - began, sent - looked, done - looked, spent.value)


def _work(settings: Settings, gate: Barrier, spent: "Synchronized[float]") -> None:
    """Wait until all have begun, warm as a worker that has run for a while, then for the run."""
    database = Database(make_engine(settings.database_url))
    ground = ground_for(settings)
    keep_what_is_read()
    work_once(settings, database, ground)
    certificate_pdf(FACTS)
    gate.wait()
    gate.wait()
    began = time.process_time()
    work_once(settings, database, ground)
    with spent.get_lock():
        spent.value += time.process_time() - began


def _looked_at(session: Session) -> tuple[Cohort, list[Chosen], int]:
    """Return the one cohort, everybody its page offers, and who sends them."""
    cohort = session.scalars(select(Cohort)).one()
    roles = roles_in(session, cohort.organisation_id, utcnow())
    by = next(person for person, held in roles.items() if Role.COORDINATOR in held)
    people = list_candidates(session, cohort, by=by, now=utcnow())
    return cohort, [Chosen(p.place.public_id, p.act, p.mark) for p in people if p.act], by


def _refuse_gaps(session: Session, progress: Progress, people: int) -> None:
    session.rollback()
    numbers = session.execute(
        select(func.count(Certificate.id), func.max(Certificate.number))
    ).one()
    if (progress.done, *numbers) != (people, people, people):
        raise SystemExit(f"Of {people}, {progress.done} were issued; numbers {tuple(numbers)}.")
