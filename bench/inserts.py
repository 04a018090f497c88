"""Rows by the hundred thousand: set-based inserts, and random names made quickly."""

import os
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

from lms.db import ALPHABET

Row = dict[str, Any]
CACHE_KB = 512 * 1024
_LETTERS = bytes(ord(ALPHABET[number % len(ALPHABET)]) for number in range(256))


def quick_public_id() -> str:
    """Return a random name for an address, a little less even than the application's own."""
    return os.urandom(16).translate(_LETTERS).decode("ascii")


def put(session: Session, model: type[Any], rows: Sequence[Row]) -> None:
    """Insert rows, by the thousand where the database takes them so."""
    if rows:
        session.connection().execute(insert(_table_of(model)), rows)


def put_for_ids(session: Session, model: type[Any], rows: Sequence[Row]) -> list[int]:
    """Insert rows and return their ids in the same order.

    Edge: SQLite would tell the id of one row at a time; there the seed, alone in the database,
          counts on from the last one itself.
    """
    if not rows:
        return []
    table = _table_of(model)
    if session.get_bind().dialect.name != "sqlite":
        query = insert(table).returning(table.c.id, sort_by_parameter_order=True)
        return list(session.connection().execute(query, rows).scalars())
    last = session.scalar(select(func.max(table.c.id))) or 0
    ids = list(range(last + 1, last + 1 + len(rows)))
    put(session, model, [{"id": own, **row} for own, row in zip(ids, rows, strict=True)])
    return ids


def widen_cache(session: Session) -> None:
    """Let SQLite hold what is written in memory: random names touch every page of an index."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size=-{CACHE_KB}")


def gather_statistics(session: Session) -> None:
    """Tell the database how its tables look, as its own housekeeping would in time."""
    session.connection().exec_driver_sql("ANALYZE")


def _table_of(model: type[Any]) -> Table:
    table: Table = model.__table__
    return table
