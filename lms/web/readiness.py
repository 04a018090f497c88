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
from lms.rules.evidence import WaiverClaim, WaiverRefusal, WaiverState
from lms.rules.policy import Permission
from lms.rules.programmes.nodes import DecisionBy
from lms.rules.readiness import DecisionOutcome, DecisionRefusal, DecisionSource
from lms.services.drafts import drop_draft
from lms.services.errors import RefusedError
from lms.services.evidence import (
    ask_waiver,
    decide_waiver,
    papers_to_show,
    requirement_of,
    waivable_now,
)
from lms.services.people import today_in
from lms.services.practice import get_enrolment
from lms.services.readiness import decide_readiness, decision_for, list_decisions
from lms.web.access import acting, requires, the_actor
from lms.web.drafts import fill_from_draft
from lms.web.fields import ChoiceField
from lms.web.forms import Form, choices_from, choices_of, given, prose
from lms.web.record.reading import page_of
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
    """On what ground a requirement is set aside, what shows it, and why."""

    claim = prose(_l("On what ground"), required=True, length=4000)
    document = ChoiceField(_l("A paper that shows it"))
    evidence = prose(_l("What shows it, in words"), length=4000)
    reason = prose(_l("Your reason"), required=True, length=4000)


def _matter(enrolment: Enrolment) -> DecisionBy | None:
    """Return which of the programme's decisions the address asks for, the first where none."""
    return decision_for(current_session(), enrolment, request.args.get("what", ""))


def _draft(enrolment: Enrolment) -> str:
    matter = _matter(enrolment) if "what" in request.args else None
    key = f"decision:{enrolment.public_id}"
    return f"{key}:{matter.what}" if matter else key


def _shown(enrolment: Enrolment, form: DecisionForm, version: int = 0) -> str:
    page = render_template(
        "readiness/decide.html",
        form=form,
        draft=_draft(enrolment),
        matter=_matter(enrolment),
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
    form, draft, matter = DecisionForm(), _draft(enrolment), _matter(enrolment)
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
                matter=matter.what if matter else "",
            )
            drop_draft(session, the_actor().person_id, draft)
    except RefusedError as refused:
        at = form.sources if refused.reason is DecisionRefusal.TOO_FEW_SOURCES else form.reasons
        form.refuse(at, sentence(refused.reason))
        return _shown(enrolment, form)
    flash(_("Your decision is recorded."), "good")
    return redirect(url_for("record.one", enrolment_id=enrolment.public_id))


@bp.get("/enrolments/<enrolment_id>/waive")
@requires(Permission.WAIVER_MAKE, enrolment=get_enrolment)
def waive_form(enrolment: Enrolment) -> Any:
    """Ask for the ground and the reason of a waiver."""
    return _waiver_page(enrolment, _waiver_form(enrolment), _asked_for(enrolment))


def _asked_for(place: Enrolment) -> str:
    requirement = request.args.get("requirement", "")
    today = today_in(place.cohort.zone, utcnow())
    return requirement if requirement in waivable_now(current_session(), place, on=today) else ""


def _waiver_form(place: Enrolment) -> WaiverForm:
    form = WaiverForm()
    papers = papers_to_show(current_session(), place)
    form.document.choices = choices_from([("", _("None")), *papers])
    return form


def _waiver_page(enrolment: Enrolment, form: WaiverForm, requirement: str) -> Any:
    if not requirement:
        flash(sentence(WaiverRefusal.NOT_WAIVABLE), "error")
        return redirect(url_for("record.one", enrolment_id=enrolment.public_id))
    node = requirement_of(current_session(), enrolment, requirement)
    return render_template(
        "readiness/waive.html",
        form=form,
        place=enrolment,
        requirement=requirement,
        label=node.label if node else requirement,
    )


@bp.post("/enrolments/<enrolment_id>/waive")
@requires(Permission.WAIVER_MAKE, enrolment=get_enrolment)
def waive(enrolment: Enrolment) -> Any:
    """Set a requirement aside: asked for and decided in one act."""
    form, requirement = _waiver_form(enrolment), _asked_for(enrolment)
    if not form.validate_on_submit() or not requirement:
        return _waiver_page(enrolment, form, requirement)
    by, now, place_id = the_actor().person_id, utcnow(), enrolment.public_id
    claim = WaiverClaim(
        requirement,
        given(form.claim),
        today_in(enrolment.cohort.zone, now),
        evidence=given(form.evidence),
        document=given(form.document),
    )
    try:
        with acting() as session:
            place = get_enrolment(session, place_id)
            asked = ask_waiver(session, place, claim, by=by, op_id=form.once, now=now)
            if asked.state == WaiverState.ASKED:
                words = given(form.reason)
                decide_waiver(session, asked, granted=True, reason=words, by=by, now=now)
    except RefusedError as refused:
        form.refuse(form.claim, sentence(refused.reason))
        return _waiver_page(enrolment, form, requirement)
    flash(_("The requirement is set aside, with your reason."), "good")
    return redirect(url_for("record.one", enrolment_id=place_id))
