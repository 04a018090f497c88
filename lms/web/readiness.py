"""Recording a readiness decision, or setting a requirement aside."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from lms.db import utcnow
from lms.models import Enrolment
from lms.rules.policy import Permission
from lms.rules.readiness import DecisionOutcome, DecisionRefusal, DecisionSource
from lms.services.drafts import drop_draft
from lms.services.errors import RefusedError
from lms.services.practice import get_enrolment
from lms.services.readiness import (
    decide_readiness,
    list_decisions,
    waivable_requirements,
    waive_requirement,
)
from lms.web.access import acting, requires, the_actor
from lms.web.drafts import fill_from_draft
from lms.web.forms import Form, choices_of, given, prose
from lms.web.record import page_of
from lms.web.state import current_session
from lms.web.words import sentence

bp = Blueprint("readiness", __name__)

OUTCOMES = {DecisionOutcome.READY: _l("Ready"), DecisionOutcome.NOT_YET: _l("Not yet")}
SOURCES = {
    DecisionSource.LESSONS: _l("Lessons and what was done in them"),
    DecisionSource.ASSESSMENT: _l("The readiness assessment, by domain"),
    DecisionSource.ROLE_PLAYS: _l("Role-plays and their feedback"),
    DecisionSource.SUPERVISION: _l("Supervision"),
    DecisionSource.OWN_VIEW: _l("The person's own view"),
    DecisionSource.CONVERSATION: _l("A conversation with the person"),
    DecisionSource.OBSERVATION: _l("Observation in practice"),
}


class DecisionForm(Form):
    """A decision with the sources it rests on and its reasons."""

    outcome = RadioField(
        _l("Your decision"),
        [InputRequired(_l("Choose one."))],
        choices=choices_of(DecisionOutcome, OUTCOMES),
    )
    sources = SelectMultipleField(
        _l("What it rests on"),
        choices=choices_of(DecisionSource, SOURCES),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    reasons = prose(_l("Your reasons"), required=True, length=4000)


class WaiverForm(Form):
    """Why a requirement is set aside."""

    reason = prose(_l("Your reason"), required=True, length=4000)


def _draft(enrolment: Enrolment) -> str:
    return f"decision:{enrolment.public_id}"


def _shown(enrolment: Enrolment, form: DecisionForm, version: int = 0) -> str:
    page = render_template(
        "readiness/decide.html",
        form=form,
        draft=_draft(enrolment),
        version=version,
        decisions=list_decisions(current_session(), enrolment),
        source_words={source.value: words for source, words in SOURCES.items()},
        **page_of(enrolment, own=False),
    )
    return str(page)


@bp.get("/enrolments/<enrolment_id>/readiness")
@requires(Permission.READINESS_DECIDE, enrolment=get_enrolment)
def show(enrolment: Enrolment) -> str:
    """Show the sources side by side and the form; no sum over them."""
    form = DecisionForm()
    kept = fill_from_draft(form, _draft(enrolment))
    return _shown(enrolment, form, kept.version if kept else 0)


@bp.post("/enrolments/<enrolment_id>/readiness")
@requires(Permission.READINESS_DECIDE, enrolment=get_enrolment)
def decide(enrolment: Enrolment) -> Any:
    """Record the decision."""
    form = DecisionForm()
    if not form.validate_on_submit():
        return _shown(enrolment, form)
    try:
        with acting() as session:
            decide_readiness(
                session,
                enrolment,
                outcome=DecisionOutcome(form.outcome.data),
                sources=frozenset(DecisionSource(name) for name in form.sources.data or ()),
                reasons=given(form.reasons),
                by=the_actor().person_id,
                op_id=form.once,
                now=utcnow(),
            )
            drop_draft(session, the_actor().person_id, _draft(enrolment))
    except RefusedError as refused:
        at = form.sources if refused.reason is DecisionRefusal.TOO_FEW_SOURCES else form.reasons
        form.refuse(at, sentence(refused.reason))
        return _shown(enrolment, form)
    flash(_("Your decision is recorded."), "good")
    return redirect(url_for("record.one", enrolment_id=enrolment.public_id))


@bp.get("/enrolments/<enrolment_id>/waive")
@requires(Permission.WAIVER_MAKE, enrolment=get_enrolment)
def waive_form(enrolment: Enrolment) -> Any:
    """Ask for the reason of a waiver."""
    return _waiver_page(enrolment, WaiverForm(), request.args.get("requirement", ""))


def _waiver_page(enrolment: Enrolment, form: WaiverForm, requirement: str) -> Any:
    labels = waivable_requirements(current_session(), enrolment)
    if requirement not in labels:
        flash(sentence(DecisionRefusal.NOT_WAIVABLE), "error")
        return redirect(url_for("record.one", enrolment_id=enrolment.public_id))
    return render_template(
        "readiness/waive.html",
        form=form,
        place=enrolment,
        requirement=requirement,
        label=labels[requirement],
    )


@bp.post("/enrolments/<enrolment_id>/waive")
@requires(Permission.WAIVER_MAKE, enrolment=get_enrolment)
def waive(enrolment: Enrolment) -> Any:
    """Set a requirement aside."""
    form, requirement = WaiverForm(), request.args.get("requirement", "")
    if not form.validate_on_submit():
        return _waiver_page(enrolment, form, requirement)
    try:
        with acting() as session:
            waive_requirement(
                session,
                enrolment,
                requirement,
                reason=given(form.reason),
                by=the_actor().person_id,
                now=utcnow(),
            )
    except RefusedError as refused:
        form.refuse(form.reason, sentence(refused.reason))
        return _waiver_page(enrolment, form, requirement)
    flash(_("The requirement is set aside, with your reason."), "good")
    return redirect(url_for("record.one", enrolment_id=enrolment.public_id))
