"""Verdicts: a record from the database against the programme version it is pinned to."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import Select
from sqlalchemy.orm import Session

from lms.models import ContentVersion, Enrolment
from lms.rules.programmes import Programme
from lms.rules.record import Record
from lms.rules.verdict import CompiledProgramme, Verdict, compile_programme, verdict
from lms.services.publishing import definition_of, versions_by_id
from lms.services.record import Place, load_records, one_place

_compiled: dict[str, CompiledProgramme] = {}
_judged: dict[tuple[int, int, int, date], tuple[Place, Record, Verdict]] = {}
KEPT = 5000


def programme_of(session: Session, version: ContentVersion) -> Programme:
    """Return the definition of a programme version."""
    found: Programme = definition_of(session, version)
    return found


def compiled_for(session: Session, version: ContentVersion) -> CompiledProgramme:
    """Return a programme version ready to judge; made once a process, as versions never change."""
    if version.hash not in _compiled:
        _compiled[version.hash] = compile_programme(programme_of(session, version))
    return _compiled[version.hash]


def judge_places(
    session: Session, scope: Select[int], *, on: date, known_at: datetime | None = None
) -> Iterator[tuple[Place, Record, Verdict]]:
    """Yield every place of a scope with its record and verdict, in a fixed number of queries."""
    versions: dict[int, ContentVersion] = {}
    for place, record in load_records(session, scope, known_at=known_at):
        key = place.programme_version_id
        if key not in versions:
            versions.update(versions_by_id(session, [key]))
        yield place, record, verdict(compiled_for(session, versions[key]), record, on)


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
