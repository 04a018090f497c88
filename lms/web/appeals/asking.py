"""Asking for another look at one's own decision, result, hours or certificate."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Reply

from lms.db import utcnow
from lms.models import (
    Appeal,
    Certificate,
    HoursEntry,
    Performance,
    ReadinessDecision,
    WaiverRequest,
)
from lms.rules.policy import Permission
from lms.services.appeals import (
    Standing,
    ask_again,
    get_appeal,
    get_decision,
    standing_of,
    withdraw_appeal,
)
from lms.services.certificates import get_certificate
from lms.services.drafts import drop_draft
from lms.services.errors import MissingError, RefusedError
from lms.services.evidence import get_waiver_request
from lms.services.hours import get_entry
from lms.services.roleplays import get_performance
from lms.web.access import acting, requires, the_actor
from lms.web.appeals import bp
from lms.web.appeals.forms import AskForm
from lms.web.appeals.words import KINDS, STATES, WHAT_CHANGES, WHO_FITS
from lms.web.drafts import fill_from_draft
from lms.web.forms import Bare, given
from lms.web.state import current_session
from lms.web.words import sentence

Row = ReadinessDecision | Performance | HoursEntry | Certificate | WaiverRequest


@bp.route("/decisions/<decision_id>/another-look", methods=["GET", "POST"])
@requires(Permission.APPEAL_ASK, decision=get_decision)
def of_decision(decision: ReadinessDecision) -> Any:
    """Ask for another look at a readiness decision."""
    return _ask(decision, url_for("record.own"))


@bp.route("/performances/<performance_id>/another-look", methods=["GET", "POST"])
@requires(Permission.APPEAL_ASK, performance=get_performance)
def of_result(performance: Performance) -> Any:
    """Ask for another look at the result of a role-play."""
    place = url_for("roleplays.performance", performance_id=performance.public_id)
    return _ask(performance, place)


@bp.route("/hours/<entry_id>/another-look", methods=["GET", "POST"])
@requires(Permission.APPEAL_ASK, entry=get_entry)
def of_hours(entry: HoursEntry) -> Any:
    """Ask for another look at hours that were not confirmed."""
    return _ask(entry, url_for("hours.show", entry_id=entry.public_id))


@bp.route("/certificates/<certificate_id>/another-look", methods=["GET", "POST"])
@requires(Permission.APPEAL_ASK, certificate=get_certificate)
def of_certificate(certificate: Certificate) -> Any:
    """Ask for another look at why a certificate was suspended or revoked."""
    place = url_for("certificates.show", certificate_id=certificate.public_id)
    return _ask(certificate, place)


@bp.route("/waivers/<waiver_id>/another-look", methods=["GET", "POST"])
@requires(Permission.APPEAL_ASK, waiver=get_waiver_request)
def of_waiver(waiver: WaiverRequest) -> Any:
    """Ask for another look at why a requirement was not set aside."""
    return _ask(waiver, url_for("evidence.waiver", waiver_id=waiver.public_id))


def _ask(row: Row, back: str) -> Any:
    standing = standing_of(current_session(), row, now=utcnow())
    if standing is None:
        raise MissingError
    form, key = AskForm(), f"appeal:{standing.act.kind}:{row.public_id}"
    if not form.validate_on_submit():
        return _page(standing, form, key, back)
    try:
        with acting() as session:
            appeal = ask_again(session, row, words=given(form.words), op_id=form.once, now=utcnow())
            drop_draft(session, the_actor().person_id, key)
    except RefusedError as refused:
        form.refuse(form.words, sentence(refused.reason))
        now_standing = standing_of(current_session(), row, now=utcnow())
        return _page(now_standing or standing, form, key, back)
    flash(_("You have asked for another look. You read the answer here."), "good")
    return redirect(url_for(".show", appeal_id=appeal.public_id))


def _page(standing: Standing, form: AskForm, key: str, back: str) -> str:
    kept = fill_from_draft(form, key)
    kind = standing.act.kind
    return str(
        render_template(
            "appeals/ask.html",
            standing=standing,
            refusal=sentence(standing.refusal) if standing.refusal else "",
            kind=KINDS[kind],
            who=WHO_FITS[kind],
            changes=WHAT_CHANGES[kind],
            states=STATES,
            form=form,
            key=key,
            version=kept.version if kept else 0,
            back=back,
        )
    )


@bp.post("/appeals/<appeal_id>/withdraw")
@requires(Permission.APPEAL_ASK, appeal=get_appeal)
def withdraw(appeal: Appeal) -> Reply:
    """Take one's request back."""
    public_id = appeal.public_id
    if Bare().validate_on_submit():
        try:
            with acting() as session:
                withdraw_appeal(session, appeal, now=utcnow())
            flash(_("Taken back. Nobody asks why."), "good")
        except RefusedError as refused:
            flash(sentence(refused.reason), "error")
    return redirect(url_for(".show", appeal_id=public_id))
