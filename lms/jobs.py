"""What the background worker runs, each one service call; the only import of Huey.

The job table is the truth. Huey only wakes the worker: with its nudge switched off, the sweep of
every minute runs all that is due.
"""

from datetime import datetime
from pathlib import Path

from huey import SqliteHuey, crontab
from huey.consumer import Consumer
from huey.serializer import SignedSerializer
from sqlalchemy.orm import Session

from lms.config import Settings
from lms.db import Database, make_engine, transaction, utcnow
from lms.services.drafts import drop_old_drafts
from lms.services.ground import Ground, ground_for
from lms.services.jobs import Handler, queue_job, run_due
from lms.services.mail import send_one, sender_for


def handlers_for(settings: Settings) -> dict[str, Handler]:
    """Return what runs each kind of job."""
    sender = sender_for(settings)

    def send_mail(session: Session, payload: dict[str, int | str], now: datetime) -> None:
        send_one(session, int(payload["mail"]), sender, now)

    def tidy(session: Session, payload: dict[str, int | str], now: datetime) -> None:
        drop_old_drafts(session, now)

    return {"send-mail": send_mail, "tidy": tidy}


def work_once(settings: Settings, database: Database, ground: Ground) -> int:
    """Run everything that is due and return how many jobs were done."""
    with database.session() as session:
        session.info["ground"] = ground
        return run_due(session, handlers_for(settings), utcnow())


def queue_daily(database: Database, ground: Ground, now: datetime) -> None:
    """Queue what is done once a day, by the day's key."""
    with database.session() as session:
        session.info["ground"] = ground
        with transaction(session):
            queue_job(session, "tidy", f"tidy:{now.date()}", now=now)


def _huey(settings: Settings) -> SqliteHuey:
    folder = Path(settings.data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    serializer = SignedSerializer(secret=settings.secret_key)
    return SqliteHuey("alongside", filename=str(folder / "nudges.db"), serializer=serializer)


def nudge_worker(settings: Settings) -> None:
    """Wake the worker; it finds its work in the job table."""
    huey = _huey(settings)

    @huey.task(name="work")  # type: ignore[untyped-decorator]
    def work() -> None:
        """Run by the worker, never here."""

    work()


def run_worker(settings: Settings) -> None:
    """Run jobs until stopped: at a nudge, and every minute in any case."""
    huey = _huey(settings)
    database = Database(make_engine(settings.database_url))
    ground = ground_for(settings)

    @huey.task(name="work")  # type: ignore[untyped-decorator]
    def work() -> None:
        work_once(settings, database, ground)

    @huey.periodic_task(crontab(minute="*"), name="sweep")  # type: ignore[untyped-decorator]
    def sweep() -> None:
        queue_daily(database, ground, utcnow())
        work_once(settings, database, ground)

    Consumer(huey, workers=1, worker_type="thread").run()
