"""lms serve and lms worker."""

import multiprocessing
from collections.abc import Callable
from threading import Event
from typing import Any

import click

from lms.cli.context import COULD_NOT_LOOK, a_session, settings_or_stop, stop
from lms.config import Settings

THREADS = 4


def server_options(host: str, port: int, workers: int) -> dict[str, Any]:
    """Return what gunicorn is told.

    Edge: threads, because browsers open connections ahead of use, and one such would otherwise
    hold a whole worker.
    """
    return {
        "bind": f"{host}:{port}",
        "workers": workers,
        "worker_class": "gthread",
        "threads": THREADS,
        "accesslog": None,
        "loglevel": "warning",
        "preload_app": True,  # read once for all workers; no connection is open yet
        "control_socket_disable": True,
    }


def run_gunicorn(make_app: Callable[[], Any], options: dict[str, Any]) -> None:
    """Serve an application with gunicorn until stopped."""
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in options.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Any:
            return make_app()

    Server().run()


def run_server(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve with gunicorn until stopped; without a worker of its own, jobs run in here."""
    from lms import create_app
    from lms.jobs import sweep_inside

    options = server_options(host, port, workers)
    options["post_worker_init"] = lambda _worker: sweep_inside(settings, Event())
    run_gunicorn(lambda: create_app(settings), options)


def refuse_other_database(settings: Settings) -> None:
    """End where settings and database do not belong together: a demo never becomes real."""
    from lms.services.installation import WrongDatabaseError, refuse_wrong_database

    try:
        with a_session(settings) as session:
            refuse_wrong_database(session, is_demo=settings.demo)
    except WrongDatabaseError as wrong:
        stop(COULD_NOT_LOOK, str(wrong))


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=0, help="Processes; as many as there are cores when 0.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the application.

    Example: lms serve --port 8080 --workers 4
    """
    from lms.migrations.state import current, head

    settings = settings_or_stop()
    if current(settings.database_url) != head():
        stop(COULD_NOT_LOOK, "The database is not up to date. Run: lms db upgrade")
    refuse_other_database(settings)
    run_server(settings, host, port, workers or multiprocessing.cpu_count())


@click.command()
def worker() -> None:
    """Run the background worker: mail and whatever else waits (with LMS_JOBS=worker).

    One a core issues a cohort's certificates fastest on PostgreSQL.

    Example: LMS_JOBS=worker lms worker
    """
    from lms.jobs import run_worker

    settings = settings_or_stop()
    refuse_other_database(settings)
    run_worker(settings)
