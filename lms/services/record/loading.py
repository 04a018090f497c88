"""Records read: every kind of fact in the order of places, handed out place by place."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Select
from sqlalchemy.orm import Session

from lms.rules.record import Record
from lms.services.evidence import document_rows, people_in
from lms.services.gatherings import gathering_facts
from lms.services.record.facts import record_from
from lms.services.record.places import AnySelect, Place, one_place, places_query
from lms.services.record.queries import (
    Scenarios,
    attestations_query,
    certificates_query,
    completions_query,
    decisions_query,
    harm_query,
    hours_query,
    performances_query,
    resolutions_query,
    scores_query,
    signatures_query,
    waivers_query,
)

ROWS_AT_ONCE = 1000
AnyUnion = CompoundSelect[*tuple[Any, ...]]


class _Stream:
    """One kind of fact, read in the order of enrolments and handed out group by group."""

    def __init__(self, connection: Connection, query: AnySelect | AnyUnion) -> None:
        ordered = query.order_by(query.selected_columns[0])
        rows: Iterator[tuple[Any, ...]]
        rows = iter(connection.execute(ordered.execution_options(yield_per=ROWS_AT_ONCE)))
        self._groups = groupby(rows, key=itemgetter(0))
        self._next = next(self._groups, None)
        self._held: list[tuple[Any, ...]] = list(self._next[1]) if self._next else []

    def of(self, enrolment_id: int) -> list[tuple[Any, ...]]:
        """Return the rows of an enrolment; enrolments are asked for in rising order."""
        while self._next is not None and self._next[0] < enrolment_id:
            self._step()
        if self._next is None or self._next[0] != enrolment_id:
            return []
        rows = self._held
        self._step()
        return rows

    def _step(self) -> None:
        self._next = next(self._groups, None)
        self._held = list(self._next[1]) if self._next else []


def load_records(
    session: Session, scope: Select[int], *, known_at: datetime | None = None
) -> Iterator[tuple[Place, Record]]:
    """Yield every place of a scope with its record, in a fixed number of queries.

    Shape: `scope` selects enrolment ids. `known_at` gives the facts as then known; None is now.
    """
    query = places_query(scope, known_at).execution_options(yield_per=ROWS_AT_ONCE)
    places = session.execute(query)
    read = session.connection()
    streams = {
        "completions": _Stream(read, completions_query(scope, known_at)),
        "hours": _Stream(read, hours_query(scope, known_at)),
        "gatherings": _Stream(read, gathering_facts(scope, known_at)),
        "scores": _Stream(read, scores_query(scope, known_at)),
        "performances": _Stream(read, performances_query(scope, known_at)),
        "harm": _Stream(read, harm_query(scope)),
        "documents": _Stream(read, document_rows(scope, known_at)),
        "attestations": _Stream(read, attestations_query(scope, known_at)),
        "signatures": _Stream(read, signatures_query(scope, known_at)),
        "decisions": _Stream(read, decisions_query(scope, known_at)),
        "resolutions": _Stream(read, resolutions_query(scope, known_at)),
        "waivers": _Stream(read, waivers_query(scope, known_at)),
        "certificates": _Stream(read, certificates_query(scope, known_at)),
    }
    scenarios = Scenarios(session, scope)
    people = people_in(session, scope, known_at)
    for row in places:
        place = Place(*row)
        rows = {name: stream.of(place.enrolment_id) for name, stream in streams.items()}
        yield place, record_from(place, rows, scenarios)._replace(people=people)


def record_of(
    session: Session, enrolment_id: int, *, known_at: datetime | None = None
) -> tuple[Place, Record]:
    """Return one place with its record."""
    return next(load_records(session, one_place(enrolment_id), known_at=known_at))
