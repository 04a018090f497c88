"""A marker's queue, and booking a role-play for a trainee."""

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Reply

from lms.db import utcnow
from lms.models import Enrolment, Performance, Person
from lms.rules.policy import Permission
from lms.services.errors import RefusedError
from lms.services.people import today_in
from lms.services.practice import get_enrolment, practice_hold, zone_of
from lms.services.roleplays import (
    Booking,
    book_performance,
    cancel_performance,
    get_performance,
    list_bookable,
    list_markers,
    list_scenarios,
    list_to_mark,
    list_to_release,
)
from lms.web.access import acting, requires, the_actor
from lms.web.forms import Bare, choices_from
from lms.web.roleplays import bp
from lms.web.roleplays.forms import BookForm
from lms.web.state import current_session
from lms.web.words import sentence

FIELD_OF = {
    "performance-already-open": "scenario",
    "performance-no-such-scenario": "scenario",
    "performance-too-far-ahead": "happened_on",
    "performance-before-place": "happened_on",
    "performance-not-a-marker": "marker",
    "performance-other-medium": "medium",
}


@bp.get("/marking")
@requires(Permission.MARKING_LIST)
def queue() -> str:
    """List what the asker is to mark and to release, and whom they may book for."""
    session, actor, now = current_session(), the_actor(), utcnow()
    return render_template(
        "roleplays/queue.html",
        to_mark=list_to_mark(session, actor, now=now),
        to_release=list_to_release(session, actor, now=now),
        places=list_bookable(session, actor),
    )


@bp.route("/marking/book/<enrolment_id>", methods=["GET", "POST"])
@requires(Permission.PERFORMANCE_BOOK, enrolment=get_enrolment)
def book(enrolment: Enrolment) -> Any:
    """Book a role-play for a trainee."""
    session = current_session()
    markers = {person.public_id: person for person in list_markers(session, enrolment)}
    form = _form_for(enrolment, markers.values())
    hold = practice_hold(session, enrolment)
    name = enrolment.person.chosen_name
    if form.validate_on_submit():
        booked = _try_to_book(enrolment, form, markers[form.marker.data].id)
        if booked:
            flash(_("Booked for %(name)s.", name=name), "good")
            return redirect(url_for(".performance", performance_id=booked.public_id))
    return render_template(
        "roleplays/book.html",
        form=form,
        name=name,
        hold=sentence(hold) if hold else "",
        has_markers=bool(markers),
    )


def _form_for(enrolment: Enrolment, markers: Iterable[Person]) -> BookForm:
    form = BookForm()
    scenarios = list_scenarios(current_session())
    form.scenario.choices = choices_from((entry.id, entry.title) for entry in scenarios)
    form.marker.choices = choices_from((who.public_id, who.chosen_name) for who in markers)
    if not form.is_submitted():
        form.happened_on.data = today_in(zone_of(enrolment), utcnow())
    return form


def _try_to_book(enrolment: Enrolment, form: BookForm, marker_id: int) -> Performance | None:
    day = cast(date, form.happened_on.data)  # a form without one does not come here
    booking = Booking(form.scenario.data, form.medium.data, day, marker_id)
    try:
        with acting() as session:
            return book_performance(
                session, the_actor().person_id, enrolment, booking, op_id=form.once, now=utcnow()
            )
    except RefusedError as refused:
        field = FIELD_OF.get(str(refused.reason), "scenario")
        form.refuse(form[field], sentence(refused.reason))
        return None


@bp.post("/performances/<performance_id>/cancel")
@requires(Permission.PERFORMANCE_BOOK, performance=get_performance)
def cancel(performance: Performance) -> Reply:
    """Take a booking back."""
    form = Bare()
    public_id = performance.public_id
    if form.validate_on_submit():
        try:
            with acting() as session:
                cancel_performance(session, the_actor().person_id, performance, now=utcnow())
            flash(_("The booking is taken back."), "good")
        except RefusedError as refused:
            flash(sentence(refused.reason), "error")
    return redirect(url_for(".performance", performance_id=public_id))
