"""What is still missing for oneself and for one trainee, and what lapsed while one was away."""

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as Reply

from lms.db import utcnow
from lms.models import Enrolment
from lms.rules.cohorts import EnrolmentState
from lms.rules.policy import Permission
from lms.rules.programmes import Programme
from lms.rules.programmes.telling import read_aloud
from lms.rules.programmes.walking import nodes_of
from lms.rules.record import Record
from lms.rules.verdict import Lapse, Verdict
from lms.rules.visibility import RecordClass, may_read
from lms.services.curriculum import find_waiting
from lms.services.people import today_in
from lms.services.practice import (
    find_awaited_cohort,
    find_place,
    get_enrolment,
    practice_hold,
)
from lms.services.programmes.moving import list_moves
from lms.services.readiness import list_decisions
from lms.services.verdicts import programme_of, return_of, shown_place
from lms.services.visibility import relations_to
from lms.web.access import requires, the_actor
from lms.web.evidence.making import makes_for
from lms.web.languages import titles_now, told_in
from lms.web.looks import look_at_decision
from lms.web.programmes.listing import titles_here
from lms.web.programmes.words import rule_words
from lms.web.record import bp
from lms.web.record.outlook import outlook_of
from lms.web.state import current_session
from lms.web.today import changed_lines
from lms.web.verdict_words import reason_words, rows_of, step_words, summary_words
from lms.web.words import sentence


def page_of(place: Enrolment, *, own: bool) -> dict[str, Any]:
    """Return what a page about one place's verdict needs."""
    session = current_session()
    on = today_in(place.cohort.zone, utcnow())
    _, record, verdict = shown_place(session, place, on=on)
    return page_with(place, record, verdict, own=own)


def page_with(
    place: Enrolment, record: Record, verdict: Verdict, *, own: bool, past: bool = False
) -> dict[str, Any]:
    """Return what a page about a verdict needs; what the asker may not read is left out."""
    session = current_session()
    programme = programme_of(session, place.programme_version)
    titles = titles_now(session)
    rows = rows_of(verdict, record, own=own, titles=titles, helps=helps_of(programme))
    if not own:
        _hide_unreadable(rows, relations_to(session, the_actor(), place.person_id))
    return {
        "place": place,
        "programme": programme,
        "verdict": verdict,
        "summary": summary_words(verdict),
        "rows": rows,
        "outlook": outlook_of(verdict, rows, own=own, past=past),
        "on": verdict.on,
    }


def helps_of(programme: Programme) -> dict[str, str]:
    """Return the programme's own words on its requirements, by id."""
    return {node.id: node.help for node in nodes_of(programme) if node.help}


@bp.get("/progress")
@requires(Permission.TODAY_SEE)
def own() -> str:
    """Show a trainee what is still missing."""
    session = current_session()
    place = find_place(session, the_actor().person_id)
    if place is None:
        return _before_admission()
    hold = practice_hold(session, place)
    decisions = list_decisions(session, place)
    return str(
        render_template(
            "record/own.html",
            hold=hold,
            hold_words=sentence(hold) if hold else "",
            decisions=decisions,
            looks={one.id: look_at_decision(one.public_id) for one in decisions if one.is_current},
            back=_lapsed(place),
            changed=tuple(changed_lines(find_waiting(session, place))),
            moves=list_moves(session, place),
            zone=place.cohort.zone,
            makes=_makes(place, own=True),
            **page_of(place, own=True),
        )
    )


def _makes(place: Enrolment, *, own: bool) -> dict[str, list[tuple[str, str]]]:
    """Return where what is missing can be made; before somebody has their place, nowhere."""
    if place.state == EnrolmentState.APPLIED:
        return {}
    programme = programme_of(current_session(), place.programme_version)
    return makes_for(place, programme, own=own)


def _before_admission() -> str:
    """Read aloud what the programme asks that somebody without a place was invited into, if any."""
    session = current_session()
    cohort = find_awaited_cohort(session, the_actor().person_id)
    if cohort is None:
        return str(render_template("record/nothing.html", asked=(), programme=None))
    programme, titles = programme_of(session, cohort.programme_version), titles_here()
    asked = [rule_words(told, titles) for told in read_aloud(programme).requirements]
    return str(render_template("record/nothing.html", asked=asked, programme=programme))


def _lapsed(place: Enrolment) -> list[dict[str, Any]]:
    """Return what lapsed during the last step back and is not met again, in words."""
    session = current_session()
    found = return_of(session, place, on=today_in(place.cohort.zone, utcnow()))
    titles = titles_now(session)
    return [_lapse_words(one, titles) for one in found.lapsed] if found else []


def _lapse_words(one: Lapse, titles: Mapping[str, Any]) -> dict[str, Any]:
    unit = one.row.tally.unit
    reasons = dict.fromkeys(reason_words(why, unit) for why in one.reasons)
    return {
        "label": told_in(one.row.label),
        "reasons": list(reasons),
        "step": step_words(one.row.next_step, titles),
    }


@bp.get("/progress/back")
@requires(Permission.TODAY_SEE)
def back() -> str | Reply:
    """Show somebody who came back only what lapsed meanwhile, each with the reason."""
    session = current_session()
    place = find_place(session, the_actor().person_id)
    on = None if place is None else today_in(place.cohort.zone, utcnow())
    found = return_of(session, place, on=on) if place is not None and on is not None else None
    if found is None:
        return redirect(url_for(".own"))
    titles = titles_now(session)
    lapsed = [_lapse_words(one, titles) for one in found.lapsed]
    return str(render_template("record/back.html", found=found, lapsed=lapsed))


@bp.get("/enrolments/<enrolment_id>")
@requires(Permission.VERDICT_READ, enrolment=get_enrolment)
def one(enrolment: Enrolment) -> str:
    """Show one trainee's verdict, with the detail that the asker may see."""
    session = current_session()
    relations = relations_to(session, the_actor(), enrolment.person_id)
    decides = may_read(RecordClass.READINESS_DECISION, relations)
    return str(
        render_template(
            "record/one.html",
            makes=_makes(enrolment, own=False),
            decisions=list_decisions(session, enrolment) if decides else [],
            **page_of(enrolment, own=False),
        )
    )


CLASS_OF = {
    "completions": RecordClass.PROGRESS,
    "score": RecordClass.SCORE,
    "rubric": RecordClass.RESULT,
    "sum": RecordClass.HOURS_TOTALS,
    "signature": RecordClass.AGREEMENT,
    "attest": RecordClass.EVIDENCE,
    "document": RecordClass.EVIDENCE,
    "decision": RecordClass.READINESS_DECISION,
}


def _hide_unreadable(rows: list[Any], relations: frozenset[Any]) -> None:
    """Leave the state and take away numbers and evidence that the asker may not read."""
    for row in rows:
        record_class = CLASS_OF.get(row.kind)
        if record_class and not may_read(record_class, relations, released=True):
            row.words, row.need, row.counted, row.not_counted = "", 0, [], []
            row.next_step = ""
        _hide_unreadable(row.rows, relations)
