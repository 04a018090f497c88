"""What came of an attempt: for its owner, and for the staff who may read it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from lms.db import utcnow
from lms.models import Attempt, Enrolment
from lms.rules.assessments.attempts import WHOLE, AttemptState
from lms.rules.assessments.scoring import Flag
from lms.rules.policy import Permission
from lms.services.assessments import (
    get_attempt,
    list_attempts,
    list_flags,
    outcome_of,
    owner_of,
    paper_of,
    settle_flag,
    sight_of_attempt,
    source_words,
)
from lms.services.errors import MissingError
from lms.services.practice import get_enrolment, name_of, zone_of
from lms.web.access import acting, requires, the_actor
from lms.web.assessments.answering import overview
from lms.web.assessments.blueprint import bp
from lms.web.assessments.shown import Talk, bars_of, fields_of, part_words, talk_of, told_of
from lms.web.forms import Bare
from lms.web.state import current_session


@bp.get("/attempts/<attempt_id>")
@requires(Permission.ATTEMPT_READ, attempt=get_attempt)
def attempt(attempt: Attempt) -> Any:
    """Show an attempt: under way to its owner, and what came of it to those who may read it."""
    session = current_session()
    sight = sight_of_attempt(session, the_actor(), attempt)
    if attempt.state == AttemptState.OPEN and sight.is_own:
        return overview(attempt)
    owner = owner_of(session, attempt)
    paper = paper_of(session, attempt.form_hash)
    if attempt.state == AttemptState.OPEN:
        return render_template("assessments/waiting.html", owner=owner, paper=paper)
    outcome = outcome_of(session, attempt)
    return render_template(
        "assessments/result.html",
        attempt=attempt,
        owner=owner,
        sight=sight,
        paper=paper,
        bars=bars_of(outcome),
        fields=fields_of(paper, outcome.answers),
        talks=_talks(attempt) if sight.flags else [],
        form=Bare(),
    )


def _talks(attempt: Attempt) -> list[Talk]:
    session = current_session()
    paper = paper_of(session, attempt.form_hash)
    return [
        talk_of(paper, Flag(flag.item, flag.option), flag.talked_at is not None)
        for flag in list_flags(session, attempt)
    ]


@bp.get("/attempts/<attempt_id>/feedback/<field>")
@requires(Permission.ATTEMPT_READ, attempt=get_attempt)
def feedback(field: str, attempt: Attempt) -> Any:
    """Show the questions of one field with the answers given and what they bring about."""
    session = current_session()
    sight = sight_of_attempt(session, the_actor(), attempt)
    if attempt.state == AttemptState.OPEN or not sight.answers:
        raise MissingError
    outcome = outcome_of(session, attempt)
    told = told_of(outcome, field, source_words(session, outcome.paper))
    fields = fields_of(outcome.paper, outcome.answers)
    here = next((found for found in fields if found.id == field), None)
    if here is None:
        raise MissingError
    return render_template(
        "assessments/feedback.html",
        attempt=attempt,
        owner=owner_of(session, attempt),
        sight=sight,
        paper=outcome.paper,
        told=told,
        here=here,
        after=next((f for f in fields if f.questions[0].number > here.questions[-1].number), None),
    )


@bp.post("/attempts/<attempt_id>/talks")
@requires(Permission.FLAG_SETTLE, attempt=get_attempt)
def talked(attempt: Attempt) -> Any:
    """Note that a flagged answer was talked about."""
    with acting() as session:
        settle_flag(
            session,
            attempt,
            request.form.get("item", "")[:100],
            request.form.get("option", "")[:100],
            actor_id=the_actor().person_id,
            now=utcnow(),
        )
    flash(_("Noted: you talked about it."), "good")
    return redirect(url_for(".attempt", attempt_id=attempt.public_id))


@bp.get("/places/<place_id>/attempts")
@requires(Permission.ATTEMPT_READ, place=get_enrolment)
def attempts(place: Enrolment) -> str:
    """List a trainee's attempts with their scores, for staff and for the trainee."""
    session = current_session()
    rows = list_attempts(session, place.id)
    shown = [
        (
            row,
            paper_of(session, row.attempt.form_hash),
            sight_of_attempt(session, the_actor(), row.attempt),
        )
        for row in rows
    ]
    return str(
        render_template(
            "assessments/attempts.html",
            shown=shown,
            name=name_of(session, place.person_id),
            zone=zone_of(place),
            whole=WHOLE,
            part_words=part_words,
        )
    )
