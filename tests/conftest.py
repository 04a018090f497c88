"""One database a worker, filled once and rolled back per test; the cast; the page client."""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session, sessionmaker

import lms.services.signin as signin_service
import lms.services.verdicts as verdicts
from lms import create_app
from lms.config import Settings, settings_from
from lms.db import Database, make_engine, transaction
from lms.services.ground import ground_for
from tests.cast import Cast, make_cast, publish_all
from tests.page import Page

POSTGRES = os.environ.get("LMS_TEST_POSTGRES", "")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")

# a busy machine fails no property; where no skip is allowed, every run tries the same examples
hypothesis.settings.register_profile(
    "calm",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    derandomize=bool(os.environ.get("LMS_TEST_NO_SKIP")),
)
hypothesis.settings.load_profile("calm")


def settings_for(url: str, folder: Path) -> Settings:
    """Return the settings of a test application."""
    return settings_from(
        {
            "LMS_SECRET_KEY": "test-" + "s" * 40,
            "LMS_AUDIT_KEY": "test-" + "a" * 40,
            "LMS_SEALING_KEYS": "11" * 32,
            "LMS_DATABASE_URL": url,
            "LMS_DATA_DIR": str(folder),
            "LMS_BASE_URL": "http://localhost",
            "LMS_MAIL": "file",
        }
    )


@contextmanager
def made_database(name: str, folder: Path, like: str = "") -> Iterator[str]:
    """Give the address of a new database, empty or a copy of another; it is dropped afterwards."""
    if not POSTGRES:
        file = folder / f"{name}.db"
        if like:
            shutil.copyfile(like.removeprefix("sqlite:///"), file)
        yield f"sqlite:///{file}"
        return
    admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    database = f"lms_test_{name}_{secrets.token_hex(4)}"
    copied = f' template "{like.rsplit("/", 1)[1]}"' if like else ""
    with admin.connect() as connection:
        connection.execute(text(f'create database "{database}"{copied}'))
    try:
        yield POSTGRES.rsplit("/", 1)[0] + "/" + database
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'drop database "{database}" with (force)'))
        admin.dispose()


@pytest.fixture(scope="session", autouse=True)
def quick_hashing() -> None:
    """Hash with the least work: the suite signs in hundreds of times."""
    from argon2 import PasswordHasher

    signin_service._HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@pytest.fixture(scope="session")
def filled_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return a migrated database with the project's content in it, to copy and never to open."""
    from lms.migrations.run import upgrade

    folder = tmp_path_factory.mktemp("filled")
    with made_database(f"filled_{WORKER}", folder) as url:
        upgrade(url)
        database = Database(make_engine(url))
        with database.session() as session:
            session.info["ground"] = ground_for(settings_for(url, folder))
            with transaction(session):
                publish_all(session)
        database.engine.dispose()
        yield url


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory, filled_database: str) -> Iterator[str]:
    """Return this worker's database."""
    with made_database(WORKER, tmp_path_factory.mktemp("db"), filled_database) as url:
        yield url


@pytest.fixture(scope="session")
def built_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Return the application, made once a worker."""
    app = create_app(settings_for(database_url, tmp_path_factory.mktemp("var")))
    app.testing = True
    yield app  # no context around the tests: `g` would outlive a request
    app.extensions["lms"].database.engine.dispose()


@pytest.fixture
def session(built_app: Flask) -> Iterator[Session]:
    """Return a session whose every commit is undone after the test."""
    state = built_app.extensions["lms"]
    with state.database.engine.connect() as connection:
        outer = connection.begin()
        maker = sessionmaker(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )
        kept = state.database._sessions
        state.database._sessions = maker
        with maker() as session:
            session.info["ground"] = state.ground
            verdicts._judged.clear()  # numbers of rows come again in another test's database
            yield session
        state.database._sessions = kept
        outer.rollback()


@pytest.fixture
def app(built_app: Flask, session: Session) -> Flask:
    """Return the application on the test's own transaction."""
    return built_app


@pytest.fixture
def cast(session: Session) -> Cast:
    """Return the cast: one organisation with everybody in it, and an outsider."""
    found = make_cast(session)
    session.commit()
    return found


@pytest.fixture
def page(app: Flask, session: Session, cast: Cast) -> Page:
    """Return the client that checks every page it is given."""
    return Page(app, session, cast)


@pytest.fixture
def fresh_database(tmp_path: Path, filled_database: str) -> Iterator[str]:
    """Return a database of the test's own, with content, for real commits and threads."""
    with made_database(f"races_{WORKER}", tmp_path, filled_database) as url:
        yield url


@pytest.fixture
def real_app(fresh_database: str, tmp_path: Path) -> Iterator[Flask]:
    """Return an application that really commits."""
    app = create_app(settings_for(fresh_database, tmp_path))
    app.testing = True
    yield app
    app.extensions["lms"].database.engine.dispose()


@pytest.fixture
def real_session(real_app: Flask) -> Iterator[Session]:
    """Return a session that really commits."""
    state = real_app.extensions["lms"]
    with state.database.session() as session:
        session.info["ground"] = state.ground
        yield session


@pytest.fixture
def new_database() -> Callable[..., Database]:
    """Return a maker of databases by address."""
    return lambda url: Database(make_engine(url))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say in the last lines what was skipped, and how to have it."""
    reasons = {str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", [])}
    count = len(terminalreporter.stats.get("skipped", []))
    if count:
        terminalreporter.write_line(f"{count} skipped: " + "; ".join(sorted(reasons)))
    if not POSTGRES:
        terminalreporter.write_line(
            "Run on SQLite. For PostgreSQL: LMS_TEST_POSTGRES="
            "postgresql+psycopg://USER@HOST:5432/postgres make test"
        )


def pytest_sessionfinish(session: Any, exitstatus: int) -> None:
    """Where skips are not allowed, a skip is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped and os.environ.get("LMS_TEST_NO_SKIP") and exitstatus == 0:
        session.exitstatus = 1
