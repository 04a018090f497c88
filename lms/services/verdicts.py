"""Verdicts: a record from the database against the programme version it is pinned to."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.models import Certificate, ContentVersion, Enrolment
from lms.rules.programmes import Programme, RenewalDays
from lms.rules.record import Record
from lms.rules.verdict import (
    CompiledProgramme,
    Lapse,
    Verdict,
    compile_programme,
    lapsed_between,
    renewal_verdict,
    verdict,
)
from lms.services.cohorts import last_pause
from lms.services.people import today_in
from lms.services.publishing import definition_at, definition_of
from lms.services.record import Place, load_records, one_place, record_of, versions_pinned

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
    pinned = versions_pinned(scope)
    for place, record in load_records(session, scope, known_at=known_at):
        yield place, record, verdict(compiled_for(session, place, pinned), record, on)


def compiled_for(session: Session, place: Place, pinned: Select[int]) -> CompiledProgramme:
    """Return a place's programme ready to judge; made once a process, as versions never change.

    Shape: `pinned` selects the versions of all places that will be asked for.
    """
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


def judge_while_held(
    session: Session, scope: Select[int], *, now: datetime
) -> Iterator[tuple[Place, Verdict]]:
    """Yield, of every place of a scope, what its programme asks of whoever holds its certificate.

    Edge: each is judged on its own cohort's day; places whose programme asks nothing are left out,
    and nothing is loaded where none does.
    """
    pinned = select(Enrolment.programme_version_id).where(Enrolment.id.in_(scope))
    versions = select(ContentVersion.id, ContentVersion.hash).where(ContentVersion.id.in_(pinned))
    asking = [
        key
        for key, content_hash in session.execute(versions).all()
        if definition_at(session, key, content_hash, beside=pinned).while_held
    ]
    if not asking:
        return
    of_these = select(Enrolment.id).where(
        Enrolment.id.in_(scope), Enrolment.programme_version_id.in_(asking)
    )
    for place, record in load_records(session, of_these):
        held = compiled_for(session, place, pinned).while_held
        if held is not None:
            yield place, verdict(held, record, today_in(place.zone, now))


class Renewing(NamedTuple):
    """Where renewing a certificate stands: its place, record and verdict, and the days of it."""

    place: Place
    record: Record
    verdict: Verdict
    days: RenewalDays


def renewal_verdict_for(session: Session, certificate: Certificate, on: date) -> Renewing | None:
    """Return where renewing a certificate stands on a day, computed afresh.

    Shape: judged by the programme version that the place is pinned to today. None where that
           renews nothing.
    Edge:  evidence counts from the beginning of the certificate's own term (`days.since`) unless a
           requirement says otherwise; a later certificate of the place is not looked at.
    """
    place, record = record_of(session, certificate.enrolment_id)
    held = next(one for one in record.certificates if one.id == certificate.public_id)
    compiled = compiled_for(session, place, versions_pinned(one_place(place.enrolment_id)))
    served = _counted_for(session, certificate)
    found = renewal_verdict(compiled, record, held, on, served=served)
    return None if found is None else Renewing(place, record, *found)


def _counted_for(session: Session, certificate: Certificate) -> frozenset[str]:
    """Return the ids of what was counted for a certificate, from the facts it sealed.

    Edge: none once those facts were taken out.
    """
    query = select(Certificate.facts).where(Certificate.id == certificate.id)
    facts = json.loads(session.scalars(query).one() or "{}")
    rows = facts.get("verdict", {}).get("requirements", ())
    return frozenset(one["id"] for row in rows for one in row["counted"])


def past_place(
    session: Session, enrolment: Enrolment, *, on: date, with_todays_facts: bool = False
) -> tuple[Place, Record, Verdict]:
    """Return one place as it stood on a day: with the facts known by the end of that day.

    Shape: with `with_todays_facts` the same day is judged from what is known now.
    """
    known_at = None if with_todays_facts else end_of_day(on, enrolment.cohort.zone)
    return judged_place(session, enrolment, on=on, known_at=known_at)


def end_of_day(on: date, zone: str) -> datetime:
    """Return the last instant of a calendar day in a zone."""
    next_day = datetime.combine(on + timedelta(days=1), time.min, ZoneInfo(zone))
    return next_day.astimezone(UTC) - timedelta(microseconds=1)


class Return(NamedTuple):
    """A return after a step back: from when to when, and what lapsed meanwhile and still is."""

    away_from: date
    back_on: date
    lapsed: tuple[Lapse, ...]


def return_of(session: Session, enrolment: Enrolment, *, on: date) -> Return | None:
    """Return what a person finds after the last step back; None where there was none, or it lasts.

    Edge: compared are the verdict of the day they stepped back, as it was known then, and that of
          `on`. What has been met again is not listed any more.
    """
    pause = last_pause(session, enrolment)
    if pause is None or pause.ended_at is None:
        return None
    zone = enrolment.cohort.zone
    left, back = today_in(zone, pause.began_at), today_in(zone, pause.ended_at)
    before = judged_place(session, enrolment, on=left, known_at=pause.began_at)[2]
    after = shown_place(session, enrolment, on=on)[2]
    return Return(left, back, lapsed_between(before, after))
