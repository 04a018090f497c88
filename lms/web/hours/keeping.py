"""Logging an entry, changing it, correcting it, sending it, taking it back."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Reply

from lms.db import utcnow
from lms.models import HoursEntry
from lms.rules.policy import Permission
from lms.services.drafts import drop_draft
from lms.services.errors import RefusedError
from lms.services.hours import (
    change_entry,
    get_entry,
    last_used,
    list_entries,
    log_entry,
    submit_entry,
    take_back_entry,
)
from lms.services.people import today_in
from lms.services.practice import get_place
from lms.web.access import acting, requires, the_actor
from lms.web.drafts import fill_from_draft
from lms.web.forms import given
from lms.web.hours.blueprint import bp
from lms.web.hours.forms import (
    HoursForm,
    claim_in,
    filled_form,
    form_for,
    is_to_be_sent,
    number_in,
    refuse_in,
)
from lms.web.state import current_session
from lms.web.words import sentence

DRAFT = "hours-new"


@bp.get("/hours/new")
@requires(Permission.TODAY_SEE)
def new() -> str:
    """Show the form for a new entry, filled with what was used last."""
    session = current_session()
    place = get_place(session, the_actor().person_id)
    today = today_in(place.cohort.zone, utcnow())
    form = form_for(place, data=last_used(list_entries(session, place.id), today))
    kept = fill_from_draft(form, DRAFT)
    return _shown(form, version=kept.version if kept else 0)


def _shown(form: HoursForm, *, version: int = 0, entry: HoursEntry | None = None) -> str:
    page = render_template(
        "hours/form.html", form=form, version=version, entry=entry, draft="" if entry else DRAFT
    )
    return str(page)


@bp.post("/hours/new")
@requires(Permission.TODAY_SEE)
def log() -> Any:
    """Keep a new entry, and send it."""
    return _log(None)


def _log(corrects: HoursEntry | None) -> Any:
    place = get_place(current_session(), the_actor().person_id)
    form = form_for(place)
    if not form.validate_on_submit():
        return _shown(form, entry=corrects)
    claim = claim_in(form)
    try:
        with acting() as session:
            entry = log_entry(
                session,
                get_place(session, the_actor().person_id),
                claim,
                summary=given(form.summary),
                op_id=form.once,
                send=is_to_be_sent(),
                now=utcnow(),
                corrects=corrects,
            )
            drop_draft(session, the_actor().person_id, DRAFT)
    except RefusedError as refused:
        refuse_in(form, refused)
        return _shown(form, entry=corrects)
    flash(_("Sent to your supervisor.") if is_to_be_sent() else _("Kept as a draft."), "good")
    return redirect(url_for(".show", entry_id=entry.public_id))


@bp.get("/hours/<entry_id>/change")
@requires(Permission.HOURS_CHANGE, entry=get_entry)
def change_form(entry: HoursEntry) -> str:
    """Show the form for a draft or a returned entry."""
    return _shown(filled_form(entry), entry=entry)


@bp.post("/hours/<entry_id>/change")
@requires(Permission.HOURS_CHANGE, entry=get_entry)
def change(entry: HoursEntry) -> Any:
    """Keep the changes, and send them."""
    form = form_for(get_place(current_session(), the_actor().person_id))
    if not form.validate_on_submit():
        return _shown(form, entry=entry)
    claim = claim_in(form)
    try:
        with acting() as session:
            change_entry(
                session,
                entry,
                claim,
                summary=given(form.summary),
                version=number_in(form.version.data),
                send=is_to_be_sent(),
                now=utcnow(),
            )
    except RefusedError as refused:
        refuse_in(form, refused)
        return _shown(form, entry=entry)
    flash(_("Sent to your supervisor.") if is_to_be_sent() else _("Kept as a draft."), "good")
    return redirect(url_for(".show", entry_id=entry.public_id))


@bp.get("/hours/<entry_id>/correct")
@requires(Permission.HOURS_CHANGE, entry=get_entry)
def correct_form(entry: HoursEntry) -> str:
    """Show the form for a correction: a new entry that names this one."""
    return str(
        render_template(
            "hours/form.html",
            form=filled_form(entry),
            version=0,
            entry=entry,
            draft="",
            correct=True,
        )
    )


@bp.post("/hours/<entry_id>/correct")
@requires(Permission.HOURS_CHANGE, entry=get_entry)
def correct(entry: HoursEntry) -> Any:
    """Log a correction as a new entry."""
    return _log(entry)


def _step(entry: HoursEntry, act: Any, words: str) -> Reply:
    try:
        with acting() as session:
            act(session)
    except RefusedError as refused:
        flash(sentence(refused.reason), "error")
    else:
        flash(words, "good")
    return redirect(url_for(".show", entry_id=entry.public_id))


@bp.post("/hours/<entry_id>/submit")
@requires(Permission.HOURS_CHANGE, entry=get_entry)
def submit(entry: HoursEntry) -> Reply:
    """Send a draft to the supervisor."""

    def act(session: Any) -> None:
        submit_entry(session, entry, now=utcnow())

    return _step(entry, act, _("Sent to your supervisor."))


@bp.post("/hours/<entry_id>/take-back")
@requires(Permission.HOURS_CHANGE, entry=get_entry)
def take_back(entry: HoursEntry) -> Reply:
    """Take a sent entry back, or withdraw a draft."""

    def act(session: Any) -> None:
        take_back_entry(session, entry, now=utcnow(), seen=request.form.get("seen"))

    return _step(entry, act, _("Taken back."))
