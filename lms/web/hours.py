"""Logging supervision, confirming it, returning it with a note."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as Reply
from wtforms import HiddenField
from wtforms.validators import InputRequired, Optional

from lms.db import utcnow
from lms.models import Enrolment, HoursEntry
from lms.rules.hours import HoursClaim, HoursKind, HoursMedium, HoursRefusal, HoursState
from lms.rules.policy import Permission
from lms.services.drafts import drop_draft
from lms.services.errors import RefusedError
from lms.services.hours import (
    change_entry,
    confirm_entry,
    detail_of,
    domains_for,
    get_entry,
    last_used,
    list_entries,
    list_supervisees,
    list_waiting,
    log_entry,
    return_entry,
    submit_entry,
    supervisors_for,
    take_back_entry,
    totals_for,
    withdraw_confirmation,
)
from lms.services.people import today_in
from lms.services.practice import get_place, practice_hold
from lms.services.sealed import is_readable
from lms.services.verdicts import shown_place
from lms.web.access import acting, requires, the_actor
from lms.web.drafts import fill_from_draft
from lms.web.fields import ChoiceField, DayField, MinutesField, RadioChoiceField, WholeField
from lms.web.forms import Bare, Form, choices_from, choices_of, given, prose, whole_number
from lms.web.looks import own_look
from lms.web.record.counting import Counting, counting_of
from lms.web.state import current_session
from lms.web.words import sentence

bp = Blueprint("hours", __name__)
DRAFT = "hours-new"

KINDS = {
    HoursKind.INDIVIDUAL: _l("One to one"),
    HoursKind.GROUP: _l("In a group"),
    HoursKind.TRIADIC: _l("Three together"),
    HoursKind.CO_REFLECTION: _l("Co-reflection with a peer"),
    HoursKind.OBSERVATION: _l("My practice was observed"),
}
MEDIA = {
    HoursMedium.IN_PERSON: _l("In the same room"),
    HoursMedium.VIDEO: _l("By video"),
    HoursMedium.PHONE: _l("By phone"),
}
AT_FIELD = {
    HoursRefusal.NO_MINUTES: "duration",
    HoursRefusal.TOO_MANY_MINUTES: "duration",
    HoursRefusal.IN_THE_FUTURE: "happened_on",
    HoursRefusal.BEFORE_ADMISSION: "happened_on",
    HoursRefusal.SPLIT_DIFFERS: "duration",
    HoursRefusal.GROUP_SIZE_MISSING: "group_size",
    HoursRefusal.NO_SUPERVISOR: "supervisor",
}


class HoursForm(Form):
    """One entry of supervision."""

    happened_on = DayField(_l("Date"), [InputRequired(_l("Choose the day."))])
    duration = MinutesField(_l("How long"), [InputRequired(_l("Say how long it was."))])
    kind = RadioChoiceField(
        _l("How"), [InputRequired(_l("Choose one."))], choices=choices_of(HoursKind, KINDS)
    )
    group_size = WholeField(
        _l("How many were in the group, you included"), [Optional(), whole_number(2, 500)]
    )
    medium = RadioChoiceField(
        _l("Where"), [InputRequired(_l("Choose one."))], choices=choices_of(HoursMedium, MEDIA)
    )
    supervisor = ChoiceField(_l("With whom"), coerce=int)
    summary = prose(_l("What it was about"), length=2000)
    version = HiddenField(default="1")


class NoteForm(Bare):
    """Why an entry is given back."""

    note = prose(_l("Your note to the person"), required=True, length=2000)
    version = HiddenField()


class ReasonForm(Bare):
    """Why a confirmation is taken back."""

    note = prose(_l("Why you take it back"), required=True, length=2000)


def _form_class(domains: list[tuple[str, str]]) -> type[HoursForm]:
    """Return the form with a minutes field a domain."""
    parts = {f"split_{i}": MinutesField(title) for i, (_, title) in enumerate(domains)}
    return type("SplitHoursForm", (HoursForm,), parts)


def _form(place: Enrolment, **start: Any) -> HoursForm:
    session = current_session()
    domains = domains_for(session)
    form = _form_class(domains)(**start)
    named = supervisors_for(session, place)
    form.supervisor.choices = choices_from(named or [(0, _("Nobody yet"))])
    form.splits = [form[f"split_{i}"] for i in range(len(domains))]
    return form


def _claim(form: HoursForm) -> HoursClaim:
    ids = [domain for domain, _ in domains_for(current_session())]
    minutes = [field.data or 0 for field in form.splits]
    return HoursClaim(
        on=form.happened_on.data or date.min,
        minutes=form.duration.data or 0,
        kind=HoursKind(form.kind.data),
        medium=HoursMedium(form.medium.data),
        supervisor_id=form.supervisor.data or None,
        domains={name: n for name, n in zip(ids, minutes, strict=True) if n},
        group_size=form.group_size.data,
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else 0


def _sends() -> bool:
    return request.form.get("act") != "keep"


def _refuse(form: HoursForm, refused: RefusedError) -> None:
    name = AT_FIELD.get(refused.reason, "duration")  # type: ignore[call-overload]
    form.refuse(form[name], sentence(refused.reason))


@bp.get("/hours")
@requires(Permission.TODAY_SEE)
def index() -> str:
    """Show a trainee's entries and what they come to."""
    session = current_session()
    place = get_place(session, the_actor().person_id)
    entries = list_entries(session, place.id)
    return str(
        render_template(
            "hours/index.html",
            entries=entries,
            counting=_counting(place, entries),
            totals=totals_for(entries),
            kinds=KINDS,
            hold=practice_hold(session, place),
            sentence=sentence,
        )
    )


def _counting(place: Enrolment, entries: Sequence[HoursEntry]) -> tuple[Counting, ...]:
    """Return what the programme counts of the hours that are confirmed."""
    session = current_session()
    confirmed = {one.public_id for one in entries if one.state == HoursState.CONFIRMED}
    if not confirmed:
        return ()
    verdict = shown_place(session, place, on=today_in(place.cohort.zone, utcnow()))[2]
    return counting_of(verdict, confirmed)


@bp.get("/hours/new")
@requires(Permission.TODAY_SEE)
def new() -> str:
    """Show the form for a new entry, filled with what was used last."""
    session = current_session()
    place = get_place(session, the_actor().person_id)
    today = today_in(place.cohort.zone, utcnow())
    form = _form(place, data=last_used(list_entries(session, place.id), today))
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
    form = _form(place)
    if not form.validate_on_submit():
        return _shown(form, entry=corrects)
    claim = _claim(form)
    try:
        with acting() as session:
            entry = log_entry(
                session,
                get_place(session, the_actor().person_id),
                claim,
                summary=given(form.summary),
                op_id=form.once,
                send=_sends(),
                now=utcnow(),
                corrects=corrects,
            )
            drop_draft(session, the_actor().person_id, DRAFT)
    except RefusedError as refused:
        _refuse(form, refused)
        return _shown(form, entry=corrects)
    flash(_("Sent to your supervisor.") if _sends() else _("Kept as a draft."), "good")
    return redirect(url_for(".show", entry_id=entry.public_id))


@bp.get("/hours/<entry_id>")
@requires(Permission.HOURS_READ, entry=get_entry)
def show(entry: HoursEntry) -> str:
    """Show one entry with where it stands."""
    return _entry_page(entry)


def _entry_page(
    entry: HoursEntry, *, note: NoteForm | None = None, reason: ReasonForm | None = None
) -> str:
    """Return the page of an entry, with the form that was not taken as it was filled in."""
    detail = detail_of(current_session(), entry)
    titles = dict(domains_for(current_session()))
    return str(
        render_template(
            "hours/show.html",
            detail=detail,
            kinds=KINDS,
            media=MEDIA,
            titles=titles,
            look=own_look(entry),
            note=note or NoteForm(formdata=None, version=entry.version),
            reason=reason or ReasonForm(formdata=None),
        )
    )


@bp.get("/hours/<entry_id>/change")
@requires(Permission.HOURS_CHANGE, entry=get_entry)
def change_form(entry: HoursEntry) -> str:
    """Show the form for a draft or a returned entry."""
    return _shown(_filled(entry), entry=entry)


def _filled(entry: HoursEntry) -> HoursForm:
    session = current_session()
    detail = detail_of(session, entry)
    start: dict[str, Any] = {
        "happened_on": entry.happened_on,
        "duration": entry.minutes,
        "kind": entry.kind,
        "medium": entry.medium,
        "group_size": entry.group_size,
        "supervisor": entry.supervisor_id,
        "summary": detail.summary if is_readable(detail.summary) else "",
        "version": entry.version,
    }
    for i, (domain, _title) in enumerate(domains_for(session)):
        start[f"split_{i}"] = detail.claim.domains.get(domain)
    form = _form(get_place(session, the_actor().person_id), data=start)
    if not is_readable(detail.summary):
        form.summary.description = _(
            "What stood here cannot be opened just now. What you write takes its place."
        )
    return form


@bp.post("/hours/<entry_id>/change")
@requires(Permission.HOURS_CHANGE, entry=get_entry)
def change(entry: HoursEntry) -> Any:
    """Keep the changes, and send them."""
    form = _form(get_place(current_session(), the_actor().person_id))
    if not form.validate_on_submit():
        return _shown(form, entry=entry)
    claim = _claim(form)
    try:
        with acting() as session:
            change_entry(
                session,
                entry,
                claim,
                summary=given(form.summary),
                version=_number(form.version.data),
                send=_sends(),
                now=utcnow(),
            )
    except RefusedError as refused:
        _refuse(form, refused)
        return _shown(form, entry=entry)
    flash(_("Sent to your supervisor.") if _sends() else _("Kept as a draft."), "good")
    return redirect(url_for(".show", entry_id=entry.public_id))


@bp.get("/hours/<entry_id>/correct")
@requires(Permission.HOURS_CHANGE, entry=get_entry)
def correct_form(entry: HoursEntry) -> str:
    """Show the form for a correction: a new entry that names this one."""
    return str(
        render_template(
            "hours/form.html", form=_filled(entry), version=0, entry=entry, draft="", correct=True
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
        read = _number(form.version.data)
        return_entry(session, entry, by=by, note=given(form.note), version=read, now=utcnow())

    if _taken(form, act, _("Returned with your note.")):
        return redirect(url_for(".show", entry_id=entry.public_id))
    return _entry_page(entry, note=form)


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
    return _entry_page(entry, reason=form)
