"""Jobs: rows written with the act that wants them, run after it, each held by a lease."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import sleep
from typing import Any

from sqlalchemy import Select, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.db import after_commit, transaction, utcnow
from lms.models import Job

log = logging.getLogger("lms.jobs")
LEASE = timedelta(minutes=5)
UNDER_WAY = timedelta(seconds=30)
MAX_TRIES = 12
BREATH_SECONDS = 0.02
FIRST = "send-mail"
"""Letters go before whatever else waits: somebody may stand at the door."""

Payload = dict[str, int | str]
Handler = Callable[[Session, Payload, datetime], None]


@dataclass(frozen=True, slots=True)
class Together:
    """How jobs of one kind are done at most so many at a time.

    `prepare` reads and holds nothing; `run` is given what it returned, and writes in one
    transaction.
    """

    most: int
    prepare: Callable[[Session, list[Payload], datetime], Any]
    run: Callable[[Session, list[Payload], Any, datetime], None]


def queue_job(
    session: Session, kind: str, key: str, *, now: datetime, **payload: int | str
) -> bool:
    """Queue a job with the act; False where a job of this key is there already."""
    job = Job(kind=kind, key=key, payload=json.dumps(payload, sort_keys=True), due_at=now)
    try:
        with session.begin_nested():
            session.add(job)
    except IntegrityError:
        return False
    _nudge_after(session)
    return True


def queue_jobs(
    session: Session, kind: str, wanted: Mapping[str, Payload], *, now: datetime
) -> None:
    """Queue many jobs of new keys with the act, in one statement. Shape: key to payload.

    Raises: IntegrityError where a job of one of the keys is there already.
    """
    rows = [
        {"kind": kind, "key": key, "payload": json.dumps(payload, sort_keys=True), "due_at": now}
        for key, payload in wanted.items()
    ]
    if rows:
        session.execute(insert(Job), rows)
        _nudge_after(session)


def _nudge_after(session: Session) -> None:
    nudge = session.info.get("nudge")
    if nudge and not session.info.get("nudged"):
        session.info["nudged"] = True
        after_commit(session, lambda: _nudge(session, nudge))


def _nudge(session: Session, nudge: Callable[[], None]) -> None:
    session.info["nudged"] = False
    nudge()


def _due(now: datetime) -> Select[Job]:
    free = or_(Job.lease_until.is_(None), Job.lease_until < now)
    return select(Job).where(Job.state == "queued", Job.due_at <= now, free)


def _lease_next(session: Session, together: Mapping[str, Together], now: datetime) -> list[Job]:
    """Take up the next job that is due, with those of its kind that are done together with it."""
    with transaction(session):
        first = _due(now).order_by(Job.kind != FIRST, Job.id).limit(1)
        jobs = list(session.scalars(first.with_for_update(skip_locked=True)))
        if jobs and jobs[0].kind in together:
            more = _due(now).where(Job.kind == jobs[0].kind, Job.id > jobs[0].id)
            most = together[jobs[0].kind].most - 1
            more = more.order_by(Job.id).limit(most).with_for_update(skip_locked=True)
            jobs += session.scalars(more)
        for job in jobs:
            job.lease_until, job.tries = now + LEASE, job.tries + 1
    return jobs


def count_under_way(session: Session, kind: str, *, now: datetime) -> int:
    """Return how many jobs of a kind were taken up in the last half minute and are not done.

    Edge: what a worker that died had taken up is soon left out, and so is what waits after a fault.
    """
    lately = now + LEASE - UNDER_WAY
    query = select(func.count(Job.id)).where(
        Job.kind == kind, Job.state == "queued", Job.lease_until > lately
    )
    return session.scalar(query) or 0


def run_due(
    session: Session,
    handlers: Mapping[str, Handler],
    now: datetime | None = None,
    *,
    together: Mapping[str, Together] | None = None,
) -> int:
    """Run every job that is due and return how many were done.

    Shape: `now` is the clock's, read anew for each job, unless it is given. A kind of job named in
           `together` is done many at a time; each by itself where that fails.
    Edge: a handler that raises leaves its job queued, later each time; nothing of its contents is
    logged. A worker that dies loses only its leases.
    """
    done, together = 0, together or {}
    while jobs := _lease_next(session, together, now or utcnow()):
        if not _run_together(session, jobs, together, now or utcnow()):
            for job_id in [job.id for job in jobs]:
                done += _run(session, job_id, handlers, now or utcnow())
        else:
            done += len(jobs)
        _let_others_write(session)
    return done


def _run_together(
    session: Session, jobs: Sequence[Job], together: Mapping[str, Together], now: datetime
) -> bool:
    """Do jobs of one kind in one transaction, and say whether they are done."""
    way, keys = together.get(jobs[0].kind), [job.id for job in jobs]
    if way is None:
        return False
    payloads = [json.loads(job.payload) for job in jobs]
    try:
        prepared = way.prepare(session, payloads, now)
        with transaction(session):
            way.run(session, payloads, prepared, now)
            finished = {"state": "done", "done_at": now, "lease_until": None}
            session.execute(update(Job).where(Job.id.in_(keys)).values(finished))
    except Exception as problem:  # whatever it was, each of them is tried by itself
        log.warning("%s jobs are done one by one: %s", len(keys), type(problem).__name__)
        return False
    return True


def _let_others_write(session: Session) -> None:
    """Leave the database to others for a moment.

    Edge: SQLite takes one writer and gives no turns: who waits sleeps and looks again, and would
          find it taken each time while a whole cohort is issued.
    """
    if session.get_bind().dialect.name == "sqlite":
        sleep(BREATH_SECONDS)


def _run(session: Session, job_id: int, handlers: Mapping[str, Handler], now: datetime) -> int:
    try:
        with transaction(session):
            job = session.get_one(Job, job_id)
            handlers[job.kind](session, json.loads(job.payload), now)
            job.state, job.done_at, job.lease_until = "done", now, None
    except Exception as problem:  # whatever it was, the job waits and the next one runs
        log.warning("job %s waits: %s", job_id, type(problem).__name__)
        _put_back(session, job_id, now)
        return 0
    return 1


def _put_back(session: Session, job_id: int, now: datetime) -> None:
    with transaction(session):
        job = session.get_one(Job, job_id)
        job.lease_until = None
        job.due_at = now + timedelta(minutes=2 ** min(job.tries, 8))
        if job.tries >= MAX_TRIES:
            job.state = "given-up"
