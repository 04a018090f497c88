"""What an appeal is about, as whoever answers it needs to read it, and where it stands."""

from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from lms.models import (
    Appeal,
    Certificate,
    Enrolment,
    HoursEntry,
    Performance,
    ReadinessDecision,
    WaiverRequest,
)
from lms.rules.roleplays import Marks
from lms.services.appeals import Act
from lms.services.certificates import detail_of as certificate_of
from lms.services.certificates import list_events
from lms.services.evidence import show_waiver_request
from lms.services.hours import detail_of, domains_for
from lms.services.readiness import list_decisions
from lms.services.roleplays import find_resolution, get_marking, load_case
from lms.web.certificates.words import HAPPENED, claim_rows, state_words
from lms.web.hours import KINDS, MEDIA
from lms.web.readiness import SOURCES
from lms.web.roleplays.marking import level_choices
from lms.web.roleplays.results import read_marking


def way_to(session: Session, act: Act, appeal: Appeal) -> str:
    """Return the asker's own page of what stands now: the new fact where an answer made one."""
    row = act.row
    if isinstance(row, ReadinessDecision):
        return url_for("record.own")
    if isinstance(row, Certificate):
        return url_for("certificates.show", certificate_id=row.public_id)
    if isinstance(row, WaiverRequest):
        asked = url_for("evidence.waiver", waiver_id=row.public_id)
        return url_for("record.own") if appeal.applied_id else asked
    now = appeal.applied_id or row.id
    if isinstance(row, Performance):
        played = session.get_one(Performance, now)
        return url_for("roleplays.performance", performance_id=played.public_id)
    return url_for("hours.show", entry_id=session.get_one(HoursEntry, now).public_id)


def record_of_act(session: Session, act: Act, now: Any) -> dict[str, Any]:
    """Return what a page shows of an act. Shape: `part` names the template's part."""
    row = act.row
    if isinstance(row, ReadinessDecision):
        return _decision(session, act.place, row)
    if isinstance(row, Performance):
        return _result(session, row)
    if isinstance(row, HoursEntry):
        return _hours(session, row)
    if isinstance(row, WaiverRequest):
        return {"part": "waiver", "shown": show_waiver_request(session, row, now=now)}
    view = certificate_of(session, row, now=now)
    return {
        "part": "certificate",
        "view": view,
        "state_words": state_words(view),
        "rows": claim_rows(view.claims),
        "events": list_events(session, row),
        "happened": HAPPENED,
    }


def _decision(session: Session, place: Enrolment, row: ReadinessDecision) -> dict[str, Any]:
    shown = next(one for one in list_decisions(session, place) if one.id == row.id)
    return {
        "part": "decision",
        "place": place,
        "decision": shown,
        "source_words": {source.value: words for source, words in SOURCES.items()},
    }


def _result(session: Session, row: Performance) -> dict[str, Any]:
    case = load_case(session, row)
    found, resolution = get_marking(session, case), find_resolution(session, case)
    return {
        "part": "result",
        "case": case,
        "marking": read_marking(case, found, resolution),
        "resolution": resolution,
    }


def _hours(session: Session, row: HoursEntry) -> dict[str, Any]:
    return {
        "part": "hours",
        "detail": detail_of(session, row),
        "kinds": KINDS,
        "media": MEDIA,
        "titles": dict(domains_for(session)),
    }


def marking_form(session: Session, row: Performance, marks: Marks | None) -> dict[str, Any]:
    """Return what the marking fields of an answer show: what was typed, else the marks given."""
    case = load_case(session, row)
    shown = marks or get_marking(session, case).marks
    watched = [i for i in case.rubric.harm_items if i.id in case.scenario.harm_watch]
    others = [i for i in case.rubric.harm_items if i.id not in case.scenario.harm_watch]
    mended = {mark.item for mark in shown.harm if mark.corrected} | set(shown.corrected_alone)
    return {
        "criteria": case.scenario.criteria,
        "levels": {c.id: level_choices(c, case.rubric) for c in case.scenario.criteria},
        "marks": shown,
        "harm_items": watched + others,
        "ticked": {mark.item for mark in shown.harm},
        "mended": mended,
    }
