"""What the answer was on a past day: with what was known then, or with what is known today."""

from datetime import date
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired

from lms.db import utcnow
from lms.models import Enrolment
from lms.rules.policy import Permission
from lms.rules.verdict import PastRefusal, refusal_of_day
from lms.services.people import today_in
from lms.services.practice import get_enrolment, get_place
from lms.services.verdicts import past_place
from lms.web.access import requires, the_actor
from lms.web.fields import DayField, RadioChoiceField
from lms.web.filters import date_words
from lms.web.forms import choices_from
from lms.web.record import bp
from lms.web.record.reading import page_with
from lms.web.state import current_session

THEN, TODAY = "then", "today"


class DayForm(PlainForm):
    """A day, and with which facts it is looked at."""

    on = DayField(_l("The day"), [InputRequired(_l("Choose the day."))])
    known = RadioChoiceField(
        _l("Looked at"),
        choices=choices_from(
            [(THEN, _l("with what was known then")), (TODAY, _l("with what is known today"))]
        ),
        default=THEN,
    )


@bp.get("/progress/past")
@requires(Permission.TODAY_SEE)
def own_past() -> str:
    """Show a trainee how things stood on a day."""
    return _shown(get_place(current_session(), the_actor().person_id), own=True)


@bp.get("/enrolments/<enrolment_id>/past")
@requires(Permission.VERDICT_PAST, enrolment=get_enrolment)
def past(enrolment: Enrolment) -> str:
    """Show a coordinator how things stood for one trainee on a day."""
    return _shown(enrolment, own=False)


def _shown(place: Enrolment, *, own: bool) -> str:
    today = today_in(place.cohort.zone, utcnow())
    form = DayForm(request.args if "on" in request.args else None)
    page: dict[str, Any] = {"place": place, "verdict": None}
    if "on" in request.args and form.validate() and not _refused(form, place, today):
        on = form.on.data or today
        _place, record, verdict = past_place(
            current_session(), place, on=on, with_todays_facts=form.known.data == TODAY
        )
        page = page_with(place, record, verdict, own=own, past=True)
    return str(
        render_template("record/past.html", form=form, own=own, today=today, THEN=THEN, **page)
    )


def _refused(form: DayForm, place: Enrolment, today: date) -> bool:
    """Say at the field why there is no answer for a day."""
    on = form.on.data or today
    refusal = refusal_of_day(on, admitted_on=place.happened_on, today=today)
    if refusal is PastRefusal.IN_THE_FUTURE:
        words = _("This day is still to come. Choose today or a day before.")
    elif refusal is PastRefusal.BEFORE_ADMISSION:
        began = date_words(place.happened_on)
        words = _("The place began on %(day)s. Choose that day or a later one.", day=began)
    else:
        return False
    form.on.errors = [*form.on.errors, words]
    return True
