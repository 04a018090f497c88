"""Verdicts: a record from the database against the programme version it is pinned to."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.models import ContentVersion, Enrolment
from lms.rules.programmes import Programme
from lms.rules.record import Record
from lms.rules.verdict import CompiledProgramme, Verdict, compile_programme, verdict
from lms.services.publishing import definition_at, definition_of
from lms.services.record import Place, load_records, one_place

_compiled: dict[str, CompiledProgramme] = {}
_judged: dict[tuple[int, int, int, date], tuple[Place, Record, Verdict]] = {}
KEPT = 5000


def programme_of(session: Session, version: ContentVersion) -> Programme:
    """Return the definition of a programme version."""
    found: Programme = definition_of(session, version)
    return found


def judge_places(
    session: Session, scope: Select[int], *, on: date, known_at: datetime | None = None
) -> Iterator[tuple[Place, Record, Verdict]]:
    """Yield every place of a scope with its record and verdict, in a fixed number of queries."""
    pinned = select(Enrolment.programme_version_id).where(Enrolment.id.in_(scope))
    for place, record in load_records(session, scope, known_at=known_at):
        yield place, record, verdict(_compiled_for(session, place, pinned), record, on)


def _compiled_for(session: Session, place: Place, pinned: Select[int]) -> CompiledProgramme:
    """Return a place's programme ready to judge; made once a process, as versions never change."""
    if place.programme_hash not in _compiled:
        programme = definition_at(
            session, place.programme_version_id, place.programme_hash, beside=pinned
        )
        _compiled[place.programme_hash] = compile_programme(programme)
    return _compiled[place.programme_hash]


def judged_place(
    session: Session, enrolment: Enrolment, *, on: date, known_at: datetime | None = None
) -> tuple[Place, Record, Verdict]:
    """Return one place with its record and verdict, computed afresh."""
    return next(judge_places(session, one_place(enrolment.id), on=on, known_at=known_at))


def shown_place(
    session: Session, enrolment: Enrolment, *, on: date
) -> tuple[Place, Record, Verdict]:
    """Return the same for a page: kept until the record changes. An act never uses this."""
    key = (enrolment.id, enrolment.facts_version, enrolment.programme_version_id, on)
    if key not in _judged:
        if len(_judged) > KEPT:
            _judged.clear()
        _judged[key] = judged_place(session, enrolment, on=on)
    return _judged[key]


def verdict_for(
    session: Session, enrolment: Enrolment, *, on: date, known_at: datetime | None = None
) -> Verdict:
    """Return the verdict of one place, computed afresh."""
    return judged_place(session, enrolment, on=on, known_at=known_at)[2]
