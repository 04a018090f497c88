"""The list of assessments, what one is and is for, and the button that begins it."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, url_for

from lms.db import utcnow
from lms.models import ContentVersion, Enrolment
from lms.rules.cohorts import PracticeHold
from lms.rules.policy import Permission
from lms.services.assessments import get_assessment, list_offered, offer_of, start_attempt
from lms.services.errors import RefusedError
from lms.services.people import today_in
from lms.services.practice import find_place, get_enrolment, practice_hold, zone_of
from lms.web.access import acting, requires, the_actor
from lms.web.assessments.blueprint import bp
from lms.web.forms import Bare
from lms.web.state import current_session
from lms.web.words import sentence


def _own_place() -> Enrolment | None:
    return find_place(current_session(), the_actor().person_id)


def _today_at(place: Enrolment | None) -> date:
    return today_in(zone_of(place), utcnow()) if place else utcnow().date()


def _hold_words(place: Enrolment | None) -> str:
    hold: PracticeHold | None = practice_hold(current_session(), place)
    return sentence(hold) if hold else ""


@bp.get("/assessments")
@requires(Permission.LEARN)
def index() -> str:
    """List the assessments with where one stands in each."""
    place = _own_place()
    offers = list_offered(current_session(), place, today=_today_at(place))
    return str(render_template("assessments/index.html", offers=offers, place=place))


@bp.get("/assessments/<assessment_id>")
@requires(Permission.LEARN, assessment=get_assessment)
def show(assessment: ContentVersion) -> str:
    """Say what an assessment is, what it touches and what it is for."""
    place = _own_place()
    offered = offer_of(current_session(), assessment, place, today=_today_at(place))
    return str(
        render_template(
            "assessments/show.html",
            offered=offered,
            place=place,
            hold=_hold_words(place),
            reason=sentence(offered.refusal) if offered.refusal else "",
            form=Bare(),
        )
    )


@bp.post("/places/<place_id>/attempts/<assessment>")
@requires(Permission.ATTEMPT_START, place=get_enrolment)
def start(assessment: str, place: Enrolment) -> Any:
    """Begin an attempt, or go on with the one that is open."""
    form = Bare()
    try:
        with acting() as session:
            attempt = start_attempt(session, place, assessment, op_id=form.once, now=utcnow())
            there = url_for(".attempt", attempt_id=attempt.public_id)
    except RefusedError as refused:
        flash(sentence(refused.reason), "error")
        there = url_for(".show", assessment_id=assessment)
    return redirect(there)
