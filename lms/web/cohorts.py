"""Cohorts: the list, opening one, its people, and each person's place."""

from datetime import date
from typing import Any, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as Reply
from wtforms import RadioField, SelectMultipleField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from lms.db import utcnow
from lms.models import Cohort, Enrolment
from lms.rules.cohorts import ROLE_FOR, AssignmentKind, EnrolmentState, OpenRefusal, office_moves
from lms.rules.policy import Permission
from lms.services.cohorts import (
    NewCohort,
    ProgrammeChoice,
    admit_people,
    assign_people,
    count_invited,
    count_kept_out,
    get_cohort,
    list_cohorts,
    list_holders,
    list_kept_out,
    list_places,
    list_programmes,
    list_without_place,
    make_cohort,
    move_place,
    people_beside,
)
from lms.services.drafts import find_spent, spend
from lms.services.errors import RefusedError
from lms.services.gates import list_waiting
from lms.services.practice import get_enrolment
from lms.web.access import acting, requires, the_actor
from lms.web.fields import ChoiceField, DayField
from lms.web.forms import Form, given, line
from lms.web.organisation import own_organisation
from lms.web.state import current_session
from lms.web.words import (
    KIND_WORDS,
    ROLE_WORDS,
    STATE_WORDS,
    refusal_words,
    sentence,
    waiting_words,
)

bp = Blueprint("cohorts", __name__)
NOBODY = ""
# what stands where a programme's own key, not a requirement, waits for its figure
FIGURE_WORDS = {
    "validity": _l("How long the certificate lasts"),
    "months": _l("How long the certificate lasts"),
    "renewal": _l("Renewal"),
    "opens": _l("When renewal opens"),
    "grace": _l("The time of grace after the end"),
    "reinstate": _l("The time for reinstatement"),
    "complete_within": _l("How long the training may take"),
    "covers": _l("What the certificate covers"),
    "does_not_qualify": _l("What it does not qualify for"),
}


class CohortForm(Form):
    """A new cohort; its time zone comes from the programme."""

    name = line(_l("Name of the cohort"), length=200)
    programme = RadioField(
        _l("Programme"),
        validators=[InputRequired(_l("Choose one of the programmes."))],
        validate_choice=False,
    )
    starts_on = DayField(_l("First day"), validators=[InputRequired(_l("Choose the first day."))])


class AdmitForm(Form):
    """People to admit."""

    people = SelectMultipleField(
        _l("People without a place"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )


class AssignForm(Form):
    """Who is beside a trainee; the hidden ones say what the page showed."""

    trainer = ChoiceField(KIND_WORDS[AssignmentKind.TRAINER])
    second_trainer = ChoiceField(KIND_WORDS[AssignmentKind.SECOND_TRAINER])
    supervisor = ChoiceField(KIND_WORDS[AssignmentKind.SUPERVISOR])


FIELD_OF = {
    AssignmentKind.TRAINER: "trainer",
    AssignmentKind.SECOND_TRAINER: "second_trainer",
    AssignmentKind.SUPERVISOR: "supervisor",
}
SEEN = "seen_"


@bp.get("/cohorts")
@requires(Permission.COHORT_LIST)
def index() -> str:
    """Show the organisation's cohorts."""
    session, home = current_session(), the_actor().organisation_id
    rows, kept_out = list_cohorts(session, home), count_kept_out(session, home)
    return str(render_template("cohorts/index.html", rows=rows, kept_out=kept_out))


def _cohort_form() -> tuple[CohortForm, list[tuple[ProgrammeChoice, list[Any]]]]:
    """Return the form, and the programmes that cannot open yet with what that is about.

    Edge: a programme that was chosen and has closed meanwhile stays chosen in the form.
    """
    choices = list_programmes(current_session(), the_actor().organisation_id)
    form = CohortForm()
    form.programme.choices = [
        (c.version.slug, f"{c.version.title} ({c.programme.zone.replace('_', ' ')})")
        for c in choices
        if c.refusal is None or c.version.slug == form.programme.data
    ]
    closed = [(c, [FIGURE_WORDS.get(words, words) for words in c.about]) for c in choices]
    return form, [(choice, about) for choice, about in closed if choice.refusal]


def _new_page(form: CohortForm, closed: list[tuple[ProgrammeChoice, list[Any]]]) -> str:
    own = [one for one in closed if one[0].refusal is not OpenRefusal.EXAMPLE]
    reasons = [(c.version, _closed_words(c), about) for c, about in own]
    examples = [c.version for c, _about in closed if c.refusal is OpenRefusal.EXAMPLE]
    words = sentence(OpenRefusal.EXAMPLE)
    page = {"closed": reasons, "examples": examples, "example_words": words}
    return str(render_template("cohorts/new.html", form=form, **page))


def _closed_words(choice: ProgrammeChoice) -> str:
    if choice.refusal is OpenRefusal.UNREVIEWED:
        return waiting_words(choice.waiting)
    return sentence(choice.refusal) if choice.refusal else ""


@bp.get("/cohorts/new")
@requires(Permission.COHORT_MAKE)
def new() -> str:
    """Show the form of a new cohort."""
    return _new_page(*_cohort_form())


@bp.post("/cohorts/new")
@requires(Permission.COHORT_MAKE)
def make() -> Any:
    """Open a cohort."""
    form, closed = _cohort_form()
    if not form.validate_on_submit():
        return _new_page(form, closed)
    try:
        public_id = _make(form)
    except RefusedError as refused:
        field = form.name if refused.reason is OpenRefusal.NAME_TAKEN else form.programme
        form.refuse(field, refusal_words(refused))
        return _new_page(*_with_errors(form))
    return redirect(url_for(".show", cohort_id=public_id))


def _with_errors(form: CohortForm) -> tuple[CohortForm, list[tuple[ProgrammeChoice, list[Any]]]]:
    return form, _cohort_form()[1]


def _make(form: CohortForm) -> str:
    by, now = the_actor().person_id, utcnow()
    first = cast(date, form.starts_on.data)
    new_cohort = NewCohort(given(form.name), given(form.programme), first)
    with acting() as session:
        done = find_spent(session, form.once, by)
        if done:
            return done
        cohort = make_cohort(session, own_organisation(session), new_cohort, by=by, now=now)
        spend(session, form.once, by, cohort.public_id, now)
        return cohort.public_id


@bp.get("/cohorts/<cohort_id>")
@requires(Permission.COHORT_SEE, cohort=get_cohort)
def show(cohort: Cohort) -> str:
    """Show a cohort's people, and who came by invitation and waits for a place."""
    session = current_session()
    kept_out = list_kept_out(session, cohort)
    lessons = list_waiting(session, cohort) if kept_out else ()
    return str(
        render_template(
            "cohorts/show.html",
            cohort=cohort,
            rows=list_places(session, cohort.id),
            invited=count_invited(session, cohort.id, utcnow()),
            kept_out=kept_out,
            waiting=waiting_words(lessons) if lessons else "",
            state_words=STATE_WORDS,
            kind_words=KIND_WORDS,
        )
    )


def _admit_form(cohort: Cohort) -> AdmitForm:
    by, now = the_actor().person_id, utcnow()
    free = list_without_place(current_session(), cohort, but=by, now=now)
    form = AdmitForm()
    form.people.choices = [
        (one.public_id, " · ".join([one.name, *(str(ROLE_WORDS[role]) for role in one.roles)]))
        for one in free
    ]
    return form


@bp.get("/cohorts/<cohort_id>/admit")
@requires(Permission.COHORT_CHANGE, cohort=get_cohort)
def choose(cohort: Cohort) -> str:
    """Show whom to admit; those who came by invitation are chosen where that is asked for."""
    form = _admit_form(cohort)
    if "invited" in request.args:
        form.people.data = [one.public_id for one in list_kept_out(current_session(), cohort)]
    return _admit_page(cohort, form)


def _admit_page(cohort: Cohort, form: AdmitForm) -> str:
    lessons = list_waiting(current_session(), cohort)
    waiting = waiting_words(lessons) if lessons else ""
    return str(render_template("cohorts/admit.html", cohort=cohort, form=form, waiting=waiting))


@bp.post("/cohorts/<cohort_id>/admit")
@requires(Permission.COHORT_CHANGE, cohort=get_cohort)
def admit(cohort: Cohort) -> Any:
    """Admit people."""
    form = _admit_form(cohort)
    chosen = form.people.data or []
    try:
        if form.validate_on_submit():
            with acting() as session:
                by, now = the_actor().person_id, utcnow()
                done = find_spent(session, form.once, by)
                many = int(done or 0) or admit_people(session, cohort, chosen, by=by, now=now)
                spend(session, form.once, by, str(many), now)
            flash(ngettext("%(num)d person is in.", "%(num)d people are in.", many), "good")
            return redirect(url_for(".show", cohort_id=cohort.public_id))
    except RefusedError as refused:
        form = _admit_form(cohort)
        form.refuse(form.people, refusal_words(refused))
    return _admit_page(cohort, form)


def _assign_form(place: Enrolment) -> tuple[AssignForm, dict[str, str]]:
    """Return the form, and who is there now by the name of the field."""
    session, now = current_session(), utcnow()
    beside = people_beside(session, place.id)
    present = {FIELD_OF[kind]: choice.public_id for kind, choice in beside.items()}
    form = AssignForm(data=present)
    for kind, name in FIELD_OF.items():
        home = the_actor().organisation_id
        holders = list_holders(session, home, ROLE_FOR[kind], but=place.person_id, now=now)
        known = {holder.public_id: holder.name for holder in holders}
        if kind in beside:
            known.setdefault(beside[kind].public_id, beside[kind].name)
        form[name].choices = [(NOBODY, _("Nobody yet")), *known.items()]
    return form, present


def _place_page(place: Enrolment, form: AssignForm, present: dict[str, str]) -> str:
    place = get_enrolment(current_session(), place.public_id)
    seen = {SEEN + name: present.get(name, NOBODY) for name in FIELD_OF.values()}
    state = EnrolmentState(place.state)
    return str(
        render_template(
            "cohorts/place.html",
            place=place,
            state=state,
            form=form,
            seen=seen,
            moves=office_moves(state),
            state_words=STATE_WORDS,
        )
    )


@bp.get("/enrolments/<enrolment_id>/place")
@requires(Permission.ENROLMENT_ASSIGN, enrolment=get_enrolment)
def place(enrolment: Enrolment) -> str:
    """Show a person's place: who is beside them, and where it stands."""
    return _place_page(enrolment, *_assign_form(enrolment))


@bp.post("/enrolments/<enrolment_id>/place")
@requires(Permission.ENROLMENT_ASSIGN, enrolment=get_enrolment)
def assign(enrolment: Enrolment) -> Any:
    """Set who is beside a trainee."""
    public_id = enrolment.public_id
    form, present = _assign_form(enrolment)
    if not form.validate_on_submit():
        return _place_page(enrolment, form, present)
    wanted = {kind: given(form[name]) for kind, name in FIELD_OF.items()}
    seen = {kind: request.form.get(SEEN + name, NOBODY) for kind, name in FIELD_OF.items()}
    by = the_actor().person_id
    try:
        with acting() as session:
            assign_people(session, enrolment, wanted, seen=seen, by=by, now=utcnow())
    except RefusedError as refused:
        form, present = _assign_form(get_enrolment(current_session(), public_id))
        form.refuse(form.trainer, sentence(refused.reason))
        return _place_page(enrolment, form, present)
    flash(_("Saved."), "good")
    return redirect(url_for(".place", enrolment_id=public_id))


@bp.post("/enrolments/<enrolment_id>/state")
@requires(Permission.ENROLMENT_ASSIGN, enrolment=get_enrolment)
def move(enrolment: Enrolment) -> Reply:
    """Move a place to another state."""
    public_id, to = enrolment.public_id, request.form.get("to", "")
    by = the_actor().person_id
    try:
        with acting() as session:
            if to in set(EnrolmentState) and to != enrolment.state:
                move_place(session, enrolment, EnrolmentState(to), by=by, now=utcnow())
    except RefusedError as refused:
        flash(refusal_words(refused), "error")
    return redirect(url_for(".place", enrolment_id=public_id))
