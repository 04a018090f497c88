"""The forms of hours: an entry with a minutes field a domain, and notes on one."""

from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import InputRequired, Optional

from lms.models import Enrolment, HoursEntry
from lms.rules.hours import HoursClaim, HoursKind, HoursMedium, HoursRefusal
from lms.services.errors import RefusedError
from lms.services.hours import detail_of, domains_for, supervisors_for
from lms.services.practice import get_place
from lms.services.sealed import is_readable
from lms.web.access import the_actor
from lms.web.fields import ChoiceField, DayField, MinutesField, RadioChoiceField, WholeField
from lms.web.forms import Bare, Form, choices_from, choices_of, prose, whole_number
from lms.web.languages import told_in
from lms.web.state import current_session
from lms.web.words import sentence

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
    parts = {f"split_{i}": MinutesField(told_in(title)) for i, (_, title) in enumerate(domains)}
    return type("SplitHoursForm", (HoursForm,), parts)


def form_for(place: Enrolment, **start: Any) -> HoursForm:
    """Return the form for an entry of this place, with whom and which domains it may name."""
    session = current_session()
    domains = domains_for(session)
    form = _form_class(domains)(**start)
    named = supervisors_for(session, place)
    form.supervisor.choices = choices_from(named or [(0, _("Nobody yet"))])
    form.splits = [form[f"split_{i}"] for i in range(len(domains))]
    return form


def claim_in(form: HoursForm) -> HoursClaim:
    """Return what a filled form says."""
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


def number_in(text: str | None) -> int:
    """Return the version that a hidden field carries, 0 where it carries none."""
    return int(text) if text and text.isdecimal() and len(text) < 9 else 0


def is_to_be_sent() -> bool:
    """Say whether the button that was pressed also sends the entry."""
    return request.form.get("act") != "keep"


def refuse_in(form: HoursForm, refused: RefusedError) -> None:
    """Put the sentence of a refusal at the field it is about."""
    name = AT_FIELD.get(refused.reason, "duration")  # type: ignore[call-overload]
    form.refuse(form[name], sentence(refused.reason))


def filled_form(entry: HoursEntry) -> HoursForm:
    """Return the form as a stored entry fills it."""
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
    form = form_for(get_place(session, the_actor().person_id), data=start)
    if not is_readable(detail.summary):
        form.summary.description = _(
            "What stood here cannot be opened just now. What you write takes its place."
        )
    return form
