"""The database's ground: base class, column types, engine, sessions and the one transaction."""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    DateTime,
    Engine,
    MetaData,
    String,
    TypeDecorator,
    create_engine,
    event,
)
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

BUSY_TIMEOUT_MS = 15_000
ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def utcnow() -> datetime:
    """Return this instant, aware, in UTC."""
    return datetime.now(UTC)


def new_public_id() -> str:
    """Return a random name for an address: 16 characters, about 78 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(16))


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant. SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant must be aware.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(
        self, dialect: Dialect, coltype: Any
    ) -> Callable[[Any], datetime | None] | None:
        """Return what reads a stored instant: on SQLite in one step, as there are very many."""
        if dialect.name == "sqlite":
            return _instant_from
        return super().result_processor(dialect, coltype)


def _instant_from(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text + "+00:00")


class Exact(TypeDecorator[Fraction]):
    """An exact number as canonical text `n/d` in lowest terms; no arithmetic in SQL."""

    impl = String(80)
    cache_ok = True

    def process_bind_param(self, value: Fraction | None, dialect: Dialect) -> str | None:
        return None if value is None else f"{value.numerator}/{value.denominator}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> Fraction | None:
        return None if value is None else _exact_from(value)


@lru_cache(maxsize=2000)
def _exact_from(text: str) -> Fraction:
    return Fraction(text)


class Base(DeclarativeBase):
    """Every table."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Instant, Fraction: Exact}


class PublicIdMixin:
    """A random id for addresses, so that no count or order shows in them."""

    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)


def make_engine(url: str, *, for_migration: bool = False) -> Engine:
    """Return an engine.

    Edge: SQLite opens write transactions with BEGIN IMMEDIATE when the connection carries the
    execution option `write`, so that two writers queue instead of one failing at its first write.
    What is stored never stands in an error, and so in no log.
    """
    if not url.startswith("sqlite"):
        return create_engine(
            url, pool_pre_ping=True, pool_size=5, max_overflow=10, hide_parameters=True
        )
    engine = create_engine(url, connect_args={"check_same_thread": False}, hide_parameters=True)
    foreign_keys = "OFF" if for_migration else "ON"

    @event.listens_for(engine, "connect")
    def on_connect(raw: Any, record: Any) -> None:
        raw.isolation_level = None  # we send BEGIN ourselves
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=NORMAL",
            f"foreign_keys={foreign_keys}",
        ):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        write = for_migration or connection.get_execution_options().get("write")
        raw: Any = connection.connection.driver_connection
        raw.execute("BEGIN IMMEDIATE" if write else "BEGIN")  # no statement of anybody's: unlogged

    return engine


class Database:
    """One installation's engine and sessions."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._sessions = sessionmaker(engine, expire_on_commit=False)

    def session(self) -> Session:
        """Return a new session; the caller closes it."""
        return self._sessions()


OF_ONE_ACT = ("audit", "after_commit", "nudged", "sealers", "relations")
"""What a session remembers of an act, forgotten with it: above all keys that were never saved."""


_one_writer = threading.RLock()


@contextmanager
def _turn_to_write(session: Session) -> Iterator[None]:
    """Wait for this process's turn where the database takes one writer at a time.

    Edge: SQLite lets who waits sleep for a while and look again; threads of one process wake each
          other instead. Whoever waits too long goes on and hears from the database itself.
    """
    if session.get_bind().dialect.name != "sqlite":
        yield
        return
    mine = _one_writer.acquire(timeout=BUSY_TIMEOUT_MS / 1000)
    try:
        yield
    finally:
        if mine:
            _one_writer.release()


@contextmanager
def transaction(session: Session) -> Iterator[Session]:
    """Write on `session` in one transaction: `with transaction(session): …`."""
    with _turn_to_write(session), _transaction(session):
        yield session
    for after in session.info.pop("after_commit", ()):
        after()


@contextmanager
def _transaction(session: Session) -> Iterator[None]:
    """Begin to write on `session`; commit once at the end, roll back on any exception.

    Edge: what was read before is rolled back and expired, so that it is read again under the
    write lock. The audit entries gathered in `session.info` are linked just before the commit.
    """
    session.rollback()
    session.expire_all()
    session.connection(execution_options={"write": True})
    try:
        yield
        session.flush()
        for hook in session.info.get("before_commit", ()):
            hook(session)
        session.commit()
    except BaseException:
        session.rollback()
        for name in OF_ONE_ACT:
            session.info.pop(name, None)
        raise


def after_commit(session: Session, act: Callable[[], None]) -> None:
    """Have `act` run once the session's transaction has been committed."""
    session.info.setdefault("after_commit", []).append(act)


def lock_row(session: Session, row: Base) -> None:
    """Hold one row until the end of the transaction, re-read (a no-op lock on SQLite).

    Edge: what was loaded beside it is read again and not held.
    """
    session.refresh(row, with_for_update={"of": type(row)})
