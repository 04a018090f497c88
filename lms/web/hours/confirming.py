"""A supervisor's pages: what waits, signing it, returning it with a note."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Reply

from lms.db import utcnow
from lms.models import HoursEntry
from lms.rules.policy import Permission
from lms.services.errors import RefusedError
from lms.services.hours import (
    confirm_entry,
    domains_for,
    get_entry,
    list_supervisees,
    list_waiting,
    return_entry,
    withdraw_confirmation,
)
from lms.web.access import acting, requires, the_actor
from lms.web.forms import given
from lms.web.hours.blueprint import bp
from lms.web.hours.forms import KINDS, MEDIA, NoteForm, ReasonForm, number_in
from lms.web.hours.reading import entry_page
from lms.web.state import current_session
from lms.web.words import sentence


@bp.get("/confirmations")
@requires(Permission.HOURS_QUEUE)
def queue() -> str:
    """Show what waits for a supervisor, and their supervisees' totals."""
    session, me = current_session(), the_actor().person_id
    return str(
        render_template(
            "hours/queue.html",
            waiting=list_waiting(session, me),
            supervisees=list_supervisees(session, me),
            kinds=KINDS,
            media=MEDIA,
            titles=dict(domains_for(session)),
        )
    )


@bp.post("/hours/<entry_id>/confirm")
@requires(Permission.HOURS_CONFIRM, entry=get_entry)
def confirm(entry: HoursEntry) -> Reply:
    """Sign an entry."""
    version = request.form.get("version", default=0, type=int)
    try:
        with acting() as session:
            confirm_entry(session, entry, by=the_actor().person_id, version=version, now=utcnow())
    except RefusedError as refused:
        flash(sentence(refused.reason), "error")
        return redirect(url_for(".show", entry_id=entry.public_id))
    flash(_("Confirmed."), "good")
    return redirect(url_for(".queue"))


@bp.post("/hours/<entry_id>/return")
@requires(Permission.HOURS_CONFIRM, entry=get_entry)
def give_back(entry: HoursEntry) -> Any:
    """Return an entry with a note."""
    form, by = NoteForm(), the_actor().person_id

    def act(session: Any) -> None:
        read = number_in(form.version.data)
        return_entry(session, entry, by=by, note=given(form.note), version=read, now=utcnow())

    if _taken(form, act, _("Returned with your note.")):
        return redirect(url_for(".show", entry_id=entry.public_id))
    return entry_page(entry, note=form)


def _taken(form: NoteForm | ReasonForm, act: Callable[[Any], None], words: str) -> bool:
    """Say whether an act with a note was done; if not, why stands at the note."""
    if not form.validate_on_submit():
        return False
    try:
        with acting() as session:
            act(session)
    except RefusedError as refused:
        form.refuse(form.note, sentence(refused.reason))
        return False
    flash(words, "good")
    return True


@bp.post("/hours/<entry_id>/withdraw-confirmation")
@requires(Permission.HOURS_CONFIRM, entry=get_entry)
def withdraw(entry: HoursEntry) -> Any:
    """Take a confirmation back with a reason."""
    form, by = ReasonForm(), the_actor().person_id

    def act(session: Any) -> None:
        withdraw_confirmation(session, entry, by=by, reason=given(form.note), now=utcnow())

    if _taken(form, act, _("Your confirmation is taken back.")):
        return redirect(url_for(".show", entry_id=entry.public_id))
    return entry_page(entry, reason=form)
