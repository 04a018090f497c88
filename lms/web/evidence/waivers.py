"""Asking that a requirement be set aside, and deciding about it with a reason."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as Reply
from wtforms import RadioField
from wtforms.validators import InputRequired

from lms.db import utcnow
from lms.models import Enrolment, WaiverRequest
from lms.rules.evidence import WaiverClaim, WaiverRefusal
from lms.rules.policy import Permission
from lms.services.appeals import standing_of
from lms.services.drafts import drop_draft
from lms.services.errors import RefusedError
from lms.services.evidence import (
    ask_waiver,
    decide_waiver,
    deciders_for,
    get_waiver_request,
    papers_to_show,
    place_of_request,
    requirement_of,
    show_waiver_request,
    waivable_now,
    waiver_draft,
    withdraw_waiver_request,
)
from lms.services.people import today_in
from lms.services.practice import get_enrolment
from lms.web.access import acting, may, requires, the_actor
from lms.web.drafts import fill_from_draft
from lms.web.evidence.blueprint import bp
from lms.web.evidence.words import WAIVER_SHAPES, WAIVER_WORDS
from lms.web.fields import ChoiceField, DayField
from lms.web.forms import Form, choices_from, given, prose
from lms.web.state import current_session
from lms.web.words import sentence

USUAL_DAYS = 14
AT_FIELD = {
    WaiverRefusal.DUE_BEHIND: "due_on",
    WaiverRefusal.DECIDER_UNKNOWN: "decider",
    WaiverRefusal.DOCUMENT_UNKNOWN: "document",
}


class ClaimForm(Form):
    """What is asked, what shows it, who decides, and by when."""

    claim = prose(_l("On what ground"), required=True, length=4000)
    document = ChoiceField(_l("A paper that shows it"))
    evidence = prose(_l("What shows it, in words"), length=4000)
    decider = ChoiceField(_l("Who decides"))
    due_on = DayField(_l("To be decided by"), [InputRequired(_l("Choose the day."))])


class DecideForm(Form):
    """Granted or not, with the reason."""

    outcome = RadioField(
        _l("Your decision"),
        [InputRequired(_l("Choose one."))],
        choices=choices_from(
            [("granted", _l("Set it aside")), ("declined", _l("Do not set it aside"))]
        ),
    )
    reason = prose(_l("Your reason"), required=True, length=4000)


def _claim_form(place: Enrolment) -> ClaimForm:
    session = current_session()
    today = today_in(place.cohort.zone, utcnow())
    form = ClaimForm(due_on=today + timedelta(days=USUAL_DAYS))
    form.document.choices = choices_from([("", _("None")), *papers_to_show(session, place)])
    deciders = deciders_for(session, place, now=utcnow())
    form.decider.choices = choices_from([("", _("Whoever of the office")), *deciders])
    return form


def _asked_for(place: Enrolment) -> str:
    requirement = request.args.get("requirement", "")
    today = today_in(place.cohort.zone, utcnow())
    return requirement if requirement in waivable_now(current_session(), place, on=today) else ""


@bp.get("/enrolments/<enrolment_id>/waivers/new")
@requires(Permission.WAIVER_ASK, enrolment=get_enrolment)
def new_waiver(enrolment: Enrolment) -> Any:
    """Show the form that asks to have a requirement set aside."""
    requirement = _asked_for(enrolment)
    form = _claim_form(enrolment)
    kept = fill_from_draft(form, waiver_draft(enrolment, requirement))
    return _claim_page(enrolment, requirement, form, kept.version if kept else 0)


def _claim_page(place: Enrolment, requirement: str, form: ClaimForm, version: int = 0) -> Any:
    own = place.person_id == the_actor().person_id
    if not requirement:
        flash(sentence(WaiverRefusal.NOT_WAIVABLE), "error")
        return redirect(_back(place, own=own))
    node = requirement_of(current_session(), place, requirement)
    return render_template(
        "evidence/ask_waiver.html",
        place=place,
        own=own,
        requirement=requirement,
        label=node.label if node else requirement,
        form=form,
        draft=waiver_draft(place, requirement),
        version=version,
    )


def _back(place: Enrolment, *, own: bool) -> str:
    return url_for("record.own") if own else url_for("record.one", enrolment_id=place.public_id)


@bp.post("/enrolments/<enrolment_id>/waivers/new")
@requires(Permission.WAIVER_ASK, enrolment=get_enrolment)
def ask(enrolment: Enrolment) -> Any:
    """Ask to have a requirement set aside."""
    requirement, form = _asked_for(enrolment), _claim_form(enrolment)
    if not requirement or not form.validate_on_submit():
        return _claim_page(enrolment, requirement, form)
    claim = WaiverClaim(
        requirement,
        given(form.claim),
        form.due_on.data,
        evidence=given(form.evidence),
        document=given(form.document),
        decider=given(form.decider),
    )
    by, key = the_actor().person_id, waiver_draft(enrolment, requirement)
    try:
        with acting() as session:
            place = get_enrolment(session, enrolment.public_id)
            asked = ask_waiver(session, place, claim, by=by, op_id=form.once, now=utcnow())
            drop_draft(session, by, key)
    except RefusedError as refused:
        at = AT_FIELD.get(refused.reason, "claim")  # type: ignore[call-overload]
        form.refuse(form[at], sentence(refused.reason))
        return _claim_page(enrolment, requirement, form)
    flash(_("Asked. You read here what is decided, and why."), "good")
    return redirect(url_for(".waiver", waiver_id=asked.public_id))


@bp.get("/waivers/<waiver_id>")
@requires(Permission.WAIVER_READ, waiver=get_waiver_request)
def waiver(waiver: WaiverRequest) -> str:
    """Show what was asked, and what was decided."""
    return _waiver_page(waiver, DecideForm(formdata=None))


def _waiver_page(asked: WaiverRequest, form: DecideForm) -> str:
    session = current_session()
    place = place_of_request(session, asked)
    own = place.person_id == the_actor().person_id
    return str(
        render_template(
            "evidence/waiver.html",
            shown=show_waiver_request(session, asked, now=utcnow()),
            place=place,
            own=own,
            look=standing_of(session, asked, now=utcnow()) if own else None,
            decides=may(Permission.WAIVER_MAKE, asked),
            form=form,
            words=WAIVER_WORDS,
            shapes=WAIVER_SHAPES,
        )
    )


@bp.post("/waivers/<waiver_id>/decide")
@requires(Permission.WAIVER_MAKE, waiver=get_waiver_request)
def decide(waiver: WaiverRequest) -> Any:
    """Set it aside or not, with a reason."""
    form, public_id = DecideForm(), waiver.public_id
    if not form.validate_on_submit():
        return _waiver_page(waiver, form)
    try:
        with acting() as session:
            decide_waiver(
                session,
                get_waiver_request(session, public_id),
                granted=form.outcome.data == "granted",
                reason=given(form.reason),
                by=the_actor().person_id,
                now=utcnow(),
            )
    except RefusedError as refused:
        form.refuse(form.reason, sentence(refused.reason))
        return _waiver_page(get_waiver_request(current_session(), public_id), form)
    flash(_("Your decision is recorded."), "good")
    return redirect(url_for(".waiver", waiver_id=public_id))


@bp.post("/waivers/<waiver_id>/withdraw")
@requires(Permission.WAIVER_ASK, waiver=get_waiver_request)
def withdraw_waiver(waiver: WaiverRequest) -> Reply:
    """Take a request back."""
    public_id = waiver.public_id
    try:
        with acting() as session:
            asked = get_waiver_request(session, public_id)
            withdraw_waiver_request(session, asked, by=the_actor().person_id, now=utcnow())
    except RefusedError as refused:
        flash(sentence(refused.reason), "error")
    else:
        flash(_("Taken back."), "good")
    return redirect(url_for(".waiver", waiver_id=public_id))
