"""A supervisor's desk: the entries that wait, and the sums of those they supervise."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.models import Assignment, Enrolment, HoursEntry, Person
from lms.rules.hours import HoursState, totals_of
from lms.services.hours.reading import SUPERVISION, seal_of
from lms.services.sealed import read_text


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One entry that waits for a supervisor. `summary` is opened for them."""

    entry: HoursEntry
    trainee: str
    summary: str
    domains: Mapping[str, int]


def list_waiting(session: Session, supervisor_id: int) -> list[QueueRow]:
    """Return what waits for a supervisor's confirmation, oldest first."""
    query = (
        select(HoursEntry, Person)
        .join(Enrolment, Enrolment.id == HoursEntry.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            HoursEntry.supervisor_id == supervisor_id,
            HoursEntry.state == HoursState.SUBMITTED.value,
            Person.id != supervisor_id,
        )
        .order_by(HoursEntry.submitted_at, HoursEntry.id)
    )
    return [
        QueueRow(
            entry,
            person.chosen_name,
            read_text(session, person.id, entry.summary, seal_of(entry, "summary")),
            json.loads(entry.domains),
        )
        for entry, person in session.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class SuperviseeRow:
    """One supervisee's totals, in minutes."""

    name: str
    person: str
    confirmed: int
    waiting: int


def list_supervisees(session: Session, supervisor_id: int) -> list[SuperviseeRow]:
    """Return the totals of those whom a supervisor is assigned to; two queries."""
    people = session.execute(
        select(Enrolment.id, Person.chosen_name, Person.public_id)
        .join(Assignment, Assignment.enrolment_id == Enrolment.id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Assignment.person_id == supervisor_id,
            Assignment.kind == "supervisor",
            Assignment.until_on.is_(None),
            Enrolment.state != "withdrawn",
        )
        .order_by(Person.chosen_name)
    ).all()
    sums: dict[int, list[tuple[str, str, int]]] = {row.id: [] for row in people}
    entries = select(
        HoursEntry.enrolment_id, HoursEntry.state, HoursEntry.kind, HoursEntry.minutes
    ).where(HoursEntry.enrolment_id.in_(sums), HoursEntry.ledger == SUPERVISION)
    for row in session.execute(entries):
        sums[row.enrolment_id].append((row.state, row.kind, row.minutes))
    return [
        SuperviseeRow(row.chosen_name, row.public_id, total.confirmed, total.waiting)
        for row in people
        for total in [totals_of(sums[row.id])]
    ]
