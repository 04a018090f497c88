"""Jobs: rows written with the act that wants them, run after it, each held by a lease."""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.db import after_commit, transaction
from lms.models import Job

log = logging.getLogger("lms.jobs")
LEASE = timedelta(minutes=5)
MAX_TRIES = 12

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
    nudge = session.info.get("nudge")
    if nudge and not session.info.get("nudged"):
        session.info["nudged"] = True
        after_commit(session, lambda: _nudge(session, nudge))
    return True


def _nudge(session: Session, nudge: Callable[[], None]) -> None:
    session.info["nudged"] = False
    nudge()


def _due(now: datetime) -> Select[Job]:
    free = or_(Job.lease_until.is_(None), Job.lease_until < now)
    return select(Job).where(Job.state == "queued", Job.due_at <= now, free)


def _lease_next(session: Session, now: datetime) -> Job | None:
    with transaction(session):
        query = _due(now).order_by(Job.id).limit(1).with_for_update(skip_locked=True)
        job = session.scalars(query).one_or_none()
        if job is not None:
            job.lease_until, job.tries = now + LEASE, job.tries + 1
    return job


def run_due(session: Session, handlers: Mapping[str, Handler], now: datetime) -> int:
    """Run every job that is due and return how many were done.

    Edge: a handler that raises leaves its job queued, later each time; nothing of its contents is
    logged. A worker that dies loses only its lease.
    """
    done = 0
    while (job := _lease_next(session, now)) is not None:
        done += _run(session, job.id, handlers, now)
    return done


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
