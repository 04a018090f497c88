"""Slow towards a hammering: tries are counted in buckets that empty by themselves."""

import hashlib
import time

from sqlalchemy import text
from sqlalchemy.orm import Session

from lms.rules.signin import wait_seconds

WINDOW_SECONDS = 900


_BUCKET = text(
    """insert into rate_bucket (k, n, exp) values (:k, 1, :exp)
    on conflict (k) do update set
      n = case when rate_bucket.exp < :now then 1 else rate_bucket.n + 1 end,
      exp = case when rate_bucket.exp < :now then :exp else rate_bucket.exp end
    returning n, exp"""
)


def count_try(session: Session, what: str, who: str, *, free: int, window: int) -> int:
    """Count one try and return how many seconds to wait before the next, 0 for go on.

    Units: `window` seconds. The key is hashed, so that no address stands in the table.
    """
    now = int(time.time())
    key = what + ":" + hashlib.sha256(who.encode()).hexdigest()[:40]
    row = session.execute(_BUCKET, {"k": key, "now": now, "exp": now + window}).one()
    return wait_seconds(row.n, free)


def _wait_key(what: str, who: str) -> str:
    return "wait:" + what + ":" + hashlib.sha256(who.encode()).hexdigest()[:40]


def seconds_left(session: Session, what: str, who: str) -> int:
    """Return how long somebody must still wait; 0 means now. Only reads, and counts no try."""
    now = int(time.time())
    query = text("select exp from rate_bucket where k = :k and exp > :now")
    until = session.execute(query, {"k": _wait_key(what, who), "now": now}).scalar_one_or_none()
    return 0 if until is None else int(until) - now


def seconds_to_wait(session: Session, what: str, who: str, *, free: int, window: int) -> int:
    """Count a try and return how long to wait before it is looked at; 0 means now.

    Units: `window` seconds. Edge: a try made while waiting is not counted, so that hammering
    makes nobody else's wait longer than a minute.
    """
    left = seconds_left(session, what, who)
    if left:
        return left
    wait = count_try(session, what, who, free=free, window=window)
    if wait:
        now, key = int(time.time()), _wait_key(what, who)
        values = {"k": key, "now": now, "exp": now + wait}
        session.execute(_BUCKET, values)
        session.execute(
            text("update rate_bucket set exp = :exp where k = :k"),
            {"k": key, "exp": now + wait},
        )
    return 0
