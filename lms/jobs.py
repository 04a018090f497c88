"""What the background worker runs, each one service call; the only import of Huey.

The job table is the truth. Huey only wakes the worker: with its nudge switched off, the sweep of
every minute runs all that is due.
"""

import gc
import logging
import os
from datetime import datetime
from pathlib import Path
from threading import Event, Thread

from huey import SqliteHuey, crontab
from huey.consumer import Consumer
from huey.serializer import SignedSerializer
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from lms.config import Settings
from lms.db import Database, make_engine, transaction, utcnow
from lms.services.certificates import JOB as ISSUE_ONE
from lms.services.certificates import (
    Drawings,
    draw_rows,
    send_reminder,
    settle_row,
    settle_rows,
    watch,
)
from lms.services.drafts import drop_old_drafts
from lms.services.evidence import drop_orphans
from lms.services.ground import Ground, ground_for
from lms.services.jobs import Handler, Payload, Together, count_under_way, queue_job, run_due
from lms.services.mail import send_one, sender_for
from lms.services.reflections import drop_ended_copies

DAILY = ("tidy", "watch-certificates")
ISSUED_TOGETHER = 20
"""People of a run in one transaction: more would keep those who save a page waiting for longer."""

log = logging.getLogger("lms.jobs")


def handlers_for(settings: Settings) -> dict[str, Handler]:
    """Return what runs each kind of job."""
    sender = sender_for(settings)

    def send_mail(session: Session, payload: Payload, now: datetime) -> None:
        send_one(session, int(payload["mail"]), sender, now)

    def tidy(session: Session, payload: Payload, now: datetime) -> None:
        drop_old_drafts(session, now)
        drop_ended_copies(session, now)
        drop_orphans(session, now)

    def watch_certificates(session: Session, payload: Payload, now: datetime) -> None:
        watch(session, now)

    def remind(session: Session, payload: Payload, now: datetime) -> None:
        send_reminder(session, int(payload["certificate"]), now)

    def issue_one(session: Session, payload: Payload, now: datetime) -> None:
        settle_row(session, int(payload["row"]), now=now)

    return {
        "send-mail": send_mail,
        "tidy": tidy,
        "watch-certificates": watch_certificates,
        "certificate-reminder": remind,
        ISSUE_ONE: issue_one,
    }


def together() -> dict[str, Together]:
    """Return the kinds of jobs that are done many at a time, and how."""

    def rows_of(payloads: list[Payload]) -> list[int]:
        return [int(payload["row"]) for payload in payloads]

    def draw(session: Session, payloads: list[Payload], now: datetime) -> Drawings:
        others = count_under_way(session, ISSUE_ONE, now=now) - len(payloads)
        return draw_rows(session, rows_of(payloads), now=now, before=max(0, others))

    def issue(session: Session, payloads: list[Payload], drawings: Drawings, now: datetime) -> None:
        settle_rows(session, rows_of(payloads), now=now, drawings=drawings)

    return {ISSUE_ONE: Together(ISSUED_TOGETHER, draw, issue)}


def work_once(settings: Settings, database: Database, ground: Ground) -> int:
    """Run everything that is due and return how many jobs were done."""
    with database.session() as session:
        session.info["ground"] = ground
        return run_due(session, handlers_for(settings), together=together())


def queue_daily(database: Database, ground: Ground, now: datetime) -> None:
    """Queue what is done once a day, by the day's key."""
    with database.session() as session:
        session.info["ground"] = ground
        with transaction(session):
            for kind in DAILY:
                queue_job(session, kind, f"{kind}:{now.date()}", now=now)


SWEEP_SECONDS = 60.0


def sweep_inside(settings: Settings, over: Event) -> Thread | None:
    """Run what is due in a thread of this process, at once and every minute until it is over.

    Edge: None where a worker of its own does it. What a process that ended had taken up is found
          again here: nothing waits for somebody's next act.
    """
    if settings.jobs != "inside":
        return None
    thread = Thread(target=_sweep_until, args=(settings, over), daemon=True)
    thread.start()
    return thread


def _sweep_until(settings: Settings, over: Event) -> None:
    database = Database(make_engine(settings.database_url))
    ground = ground_for(settings)
    while True:
        try:
            queue_daily(database, ground, utcnow())
            work_once(settings, database, ground)
        except SQLAlchemyError as problem:  # the database is away for a while; it is asked again
            log.warning("the sweep waits: %s", type(problem).__name__)
        if over.wait(SWEEP_SECONDS):
            break
    database.engine.dispose()


def _huey(settings: Settings) -> SqliteHuey:
    folder = Path(settings.data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    serializer = SignedSerializer(secret=settings.secret_key)
    return SqliteHuey("alongside", filename=str(folder / "nudges.db"), serializer=serializer)


def nudge_worker(settings: Settings) -> None:
    """Wake as many workers as there are cores; they find their work in the job table."""
    huey = _huey(settings)

    @huey.task(name="work")  # type: ignore[untyped-decorator]
    def work() -> None:
        """Run by the worker, never here."""

    for _ in range(os.cpu_count() or 1):
        work()


def keep_what_is_read() -> None:
    """Leave what this process has read by now out of the search for rubbish: it stays for good.

    Edge: issuing to a cohort makes so many small things that the search comes often, and would walk
          through all the code and content each time.
    """
    gc.collect()
    gc.freeze()


def run_worker(settings: Settings) -> None:
    """Run jobs until stopped: at a nudge, and every minute in any case."""
    huey = _huey(settings)
    database = Database(make_engine(settings.database_url))
    ground = ground_for(settings)
    keep_what_is_read()

    @huey.task(name="work")  # type: ignore[untyped-decorator]
    def work() -> None:
        work_once(settings, database, ground)

    @huey.periodic_task(crontab(minute="*"), name="sweep")  # type: ignore[untyped-decorator]
    def sweep() -> None:
        queue_daily(database, ground, utcnow())
        work_once(settings, database, ground)

    Consumer(huey, workers=1, worker_type="thread").run()
