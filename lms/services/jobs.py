"""Jobs: rows written with the act that wants them, run after it, each held by a lease."""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from time import sleep

from sqlalchemy import Select, insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.db import after_commit, transaction, utcnow
from lms.models import Job

log = logging.getLogger("lms.jobs")
LEASE = timedelta(minutes=5)
MAX_TRIES = 12
BREATH_SECONDS = 0.02
FIRST = "send-mail"
"""Letters go before whatever else waits: somebody may stand at the door."""

Handler = Callable[[Session, dict[str, int | str], datetime], None]


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
    session: Session, kind: str, wanted: Mapping[str, dict[str, int | str]], *, now: datetime
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


def _lease_next(session: Session, now: datetime) -> Job | None:
    with transaction(session):
        query = (
            _due(now).order_by(Job.kind != FIRST, Job.id).limit(1).with_for_update(skip_locked=True)
        )
        job = session.scalars(query).one_or_none()
        if job is not None:
            job.lease_until, job.tries = now + LEASE, job.tries + 1
    return job


def run_due(session: Session, handlers: Mapping[str, Handler], now: datetime | None = None) -> int:
    """Run every job that is due and return how many were done.

    Shape: `now` is the clock's, read anew for each job, unless it is given.
    Edge: a handler that raises leaves its job queued, later each time; nothing of its contents is
    logged. A worker that dies loses only its lease.
    """
    done = 0
    while (job := _lease_next(session, now or utcnow())) is not None:
        done += _run(session, job.id, handlers, now or utcnow())
        _let_others_write(session)
    return done


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
