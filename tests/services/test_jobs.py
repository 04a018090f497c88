"""Jobs: the table is the truth, with or without a nudge."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.db import transaction
from lms.models import Job, Mail
from lms.services.jobs import (
    BREATH_SECONDS,
    LEASE,
    Together,
    count_under_way,
    queue_job,
    queue_jobs,
    run_due,
)
from lms.services.mail import queue_mail, send_one
from tests.cast import NOW


def test_a_job_is_queued_once_by_its_key(session):
    """The same key makes one row."""
    assert queue_job(session, "tidy", "tidy:1", now=NOW) is True
    assert queue_job(session, "tidy", "tidy:1", now=NOW) is False
    assert len(session.scalars(select(Job)).all()) == 1


def test_many_are_queued_at_once_and_nudge_once(session):
    """A run's people: one statement, and one nudge after the commit."""
    nudged = []
    session.info["nudge"] = lambda: nudged.append(1)
    with transaction(session):
        queue_jobs(session, "count", {f"count:{n}": {"n": n} for n in range(5)}, now=NOW)
    session.info.pop("nudge")
    assert nudged == [1]
    done = []
    assert run_due(session, {"count": lambda s, p, now: done.append(p["n"])}, NOW) == 5
    assert done == [0, 1, 2, 3, 4]


def test_a_letter_passes_whatever_waits_before_it(session):
    """Somebody may stand at the door while a whole cohort is issued."""
    with transaction(session):
        queue_job(session, "slow", "slow:1", now=NOW)
        queue_job(session, "send-mail", "mail:1", now=NOW)
    seen = []
    handlers = {k: lambda s, p, now, k=k: seen.append(k) for k in ("slow", "send-mail")}
    assert run_due(session, handlers, NOW) == 2
    assert seen == ["send-mail", "slow"]


def test_between_two_jobs_others_may_write(session, monkeypatch):
    """SQLite gives no turns: a long run would keep every save of a page waiting."""
    left = []
    monkeypatch.setattr("lms.services.jobs.sleep", left.append)
    with transaction(session):
        queue_jobs(session, "count", {f"count:{n}": {"n": n} for n in range(3)}, now=NOW)
    assert run_due(session, {"count": lambda s, p, now: None}, NOW) == 3
    takes_turns = session.get_bind().dialect.name != "sqlite"
    assert left == ([] if takes_turns else [BREATH_SECONDS] * 3)


def test_jobs_of_a_kind_are_done_many_at_a_time(session):
    """Prepared first, then written together; others keep their place in the line."""
    with transaction(session):
        queue_jobs(session, "count", {f"count:{n}": {"n": n} for n in range(5)}, now=NOW)
        queue_job(session, "other", "other:1", now=NOW)
    seen = []

    def prepare(session, payloads, now):
        return [one["n"] for one in payloads]

    together = {"count": Together(3, prepare, lambda s, p, prepared, now: seen.append(prepared))}
    handlers = {"other": lambda s, p, now: seen.append("other")}
    assert run_due(session, handlers, NOW, together=together) == 6
    assert seen == [[0, 1, 2], [3, 4], "other"]
    assert run_due(session, handlers, NOW, together=together) == 0


def test_what_is_under_way_is_counted_and_what_a_dead_worker_held_is_not(session):
    with transaction(session):
        queue_jobs(session, "count", {f"count:{n}": {"n": n} for n in range(5)}, now=NOW)
    seen = []

    def prepare(session, payloads, now):
        later = now + timedelta(seconds=31)
        seen.append([count_under_way(session, "count", now=at) for at in (now, later)])

    together = {"count": Together(3, prepare, lambda s, p, prepared, now: None)}
    run_due(session, {}, NOW, together=together)
    assert seen == [[3, 0], [2, 0]]


@pytest.mark.parametrize("failing", ["prepare", "run"])
def test_what_fails_together_is_done_one_by_one(session, failing):
    """One bad job among many waits; the others do not."""
    with transaction(session):
        queue_jobs(session, "count", {f"count:{n}": {"n": n} for n in range(3)}, now=NOW)
    done = []

    def fail(where):
        def act(*given):
            if where == failing:
                raise OSError(where)

        return act

    def alone(session, payload, now):
        if payload["n"] == 1:
            raise OSError("bad")
        done.append(payload["n"])

    together = {"count": Together(20, fail("prepare"), fail("run"))}
    assert run_due(session, {"count": alone}, NOW, together=together) == 2
    assert done == [0, 2]
    assert list(session.scalars(select(Job.state).order_by(Job.id))) == ["done", "queued", "done"]


def test_everything_due_is_done_without_any_nudge(session):
    """The sweep alone finishes all jobs."""
    done = []
    with transaction(session):
        for n in range(5):
            queue_job(session, "count", f"count:{n}", now=NOW, n=n)
    handlers = {"count": lambda s, payload, now: done.append(payload["n"])}
    assert run_due(session, handlers, NOW) == 5
    assert sorted(done) == [0, 1, 2, 3, 4]
    assert run_due(session, handlers, NOW) == 0


def test_a_job_that_cannot_run_waits_and_lets_others_pass(session):
    """One bad job does not stop the line; it comes again later."""
    with transaction(session):
        queue_job(session, "bad", "bad:1", now=NOW)
        queue_job(session, "good", "good:1", now=NOW)
    seen = []

    def bad(session, payload, now):
        raise OSError("no post office")

    handlers = {"bad": bad, "good": lambda s, p, now: seen.append(1)}
    assert run_due(session, handlers, NOW) == 1
    assert seen == [1]
    assert run_due(session, handlers, NOW) == 0
    later = session.scalars(select(Job).where(Job.kind == "bad")).one()
    assert later.due_at > NOW
    assert later.state == "queued"


def test_a_lease_that_ran_out_is_taken_over(session):
    """A worker that died loses only time."""
    with transaction(session):
        queue_job(session, "good", "good:1", now=NOW)
        job = session.scalars(select(Job)).one()
        job.lease_until = NOW + LEASE
    handlers = {"good": lambda s, p, now: None}
    assert run_due(session, handlers, NOW) == 0
    assert run_due(session, handlers, NOW + LEASE + timedelta(seconds=1)) == 1


def test_mail_is_emptied_once_sent_and_never_sent_twice(session):
    """Links in a letter are keys: they do not stay in the database."""
    sent = []
    mail = queue_mail(session, to="a@example.org", subject="Hello", body="link", now=NOW)
    send_one(session, mail.id, lambda m: sent.append(m.body), NOW)
    send_one(session, mail.id, lambda m: sent.append(m.body), NOW)
    assert sent == ["link"]
    assert (mail.state, mail.body) == ("sent", "")


def test_a_letter_that_cannot_leave_stays_queued(session):
    """The job raises, the letter stays."""
    mail = queue_mail(session, to="a@example.org", subject="Hello", body="link", now=NOW)

    def closed(message):
        raise OSError("closed")

    with pytest.raises(OSError, match="closed"):
        send_one(session, mail.id, closed, NOW)
    assert session.get_one(Mail, mail.id).state == "queued"
