"""What is still missing: for oneself, for one trainee, and for a cohort as a grid."""

from typing import Any

from flask import Blueprint, render_template

from lms.db import utcnow
from lms.models import Cohort, Enrolment
from lms.rules.policy import Permission
from lms.rules.verdict import Verdict
from lms.rules.visibility import RecordClass, may_read
from lms.services.people import today_in
from lms.services.practice import find_place, get_cohort, get_enrolment, practice_hold
from lms.services.publishing import titles_by_slug
from lms.services.readiness import list_decisions, waivable_requirements
from lms.services.record import whole_cohort
from lms.services.verdicts import judge_places, programme_of, shown_place
from lms.services.visibility import relations_to
from lms.web.access import requires, the_actor
from lms.web.state import current_session
from lms.web.verdict_words import rows_of, summary_words
from lms.web.words import sentence

bp = Blueprint("record", __name__)


def page_of(place: Enrolment, *, own: bool) -> dict[str, Any]:
    """Return what a page about one place's verdict needs."""
    session = current_session()
    on = today_in(place.cohort.zone, utcnow())
    _, record, verdict = shown_place(session, place, on=on)
    titles = titles_by_slug(session)
    return {
        "place": place,
        "programme": programme_of(session, place.programme_version),
        "verdict": verdict,
        "summary": summary_words(verdict),
        "rows": rows_of(verdict, record, own=own, titles=titles),
        "on": on,
    }


@bp.get("/progress")
@requires(Permission.TODAY_SEE)
def own() -> str:
    """Show a trainee what is still missing."""
    session = current_session()
    place = find_place(session, the_actor().person_id)
    if place is None:
        return str(render_template("record/nothing.html"))
    hold = practice_hold(session, place)
    return str(
        render_template(
            "record/own.html",
            hold=hold,
            hold_words=sentence(hold) if hold else "",
            decisions=list_decisions(session, place),
            **page_of(place, own=True),
        )
    )


@bp.get("/enrolments/<enrolment_id>")
@requires(Permission.VERDICT_READ, enrolment=get_enrolment)
def one(enrolment: Enrolment) -> str:
    """Show one trainee's verdict, with the detail that the asker may see."""
    session = current_session()
    relations = relations_to(session, the_actor(), enrolment.person_id)
    page = page_of(enrolment, own=False)
    _hide_unreadable(page["rows"], relations)
    decides = may_read(RecordClass.READINESS_DECISION, relations)
    return str(
        render_template(
            "record/one.html",
            waivable=waivable_requirements(session, enrolment),
            decisions=list_decisions(session, enrolment) if decides else [],
            **page,
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


@bp.get("/cohorts/<cohort_id>/progress")
@requires(Permission.COHORT_VERDICTS, cohort=get_cohort)
def grid(cohort: Cohort) -> str:
    """Show a cohort: people down, requirements across, longest waiting first."""
    session = current_session()
    on = today_in(cohort.zone, utcnow())
    judged = list(judge_places(session, whole_cohort(cohort.id), on=on))
    people: list[dict[str, Any]] = [
        {
            "name": place.name,
            "url": f"/enrolments/{place.enrolment}",
            "open": sum(not row.state.is_settled for row in _top(verdict)),
            "cells": [(row.state.value, "") for row in _top(verdict)],
        }
        for place, _record, verdict in judged
    ]
    people.sort(key=lambda person: (-person["open"], person["name"]))
    columns = [row.label for row in _top(judged[0][2])] if judged else []
    return str(
        render_template("record/grid.html", cohort=cohort, people=people, columns=columns, on=on)
    )


def _top(verdict: Verdict) -> list[Any]:
    """Return the rows right under the whole."""
    root = verdict.rows[0].id
    return [row for row in verdict.rows if row.parent == root]
