"""What a trainer or supervisor brings: kept at their page, by a coordinator or by themselves."""

from typing import Any, NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as Reply
from wtforms.validators import InputRequired, Optional

from lms.db import utcnow
from lms.models import Person, Qualification
from lms.rules.evidence import (
    QualificationClaim,
    QualificationKind,
    QualificationRefusal,
    QualificationState,
)
from lms.rules.policy import Permission
from lms.services.errors import RefusedError
from lms.services.evidence import (
    get_qualification,
    is_staff,
    keep_qualification,
    list_qualifications,
    move_qualification,
    named_qualifications,
    public_id_of,
)
from lms.services.people import get_person
from lms.web.access import acting, may, requires, the_actor
from lms.web.evidence.blueprint import bp
from lms.web.evidence.words import (
    QUALIFICATION_SHAPES,
    QUALIFICATION_WORDS,
    qualification_words,
)
from lms.web.fields import ChoiceField, DayField, WholeField
from lms.web.forms import Bare, Form, choices_from, given, line, prose
from lms.web.state import current_session
from lms.web.words import sentence

HEADINGS: dict[str, Any] = {
    QualificationKind.CREDENTIAL: _l("A credential"),
    QualificationKind.TRAINING: _l("A training"),
    QualificationKind.PRACTICE: _l("Hours practised"),
}
AT_FIELD = {
    QualificationRefusal.NAME_MISSING: "other",
    QualificationRefusal.ENDS_FIRST: "until",
    QualificationRefusal.HOURS_MISSING: "hours",
}


class QualificationForm(Form):
    """One thing that qualifies somebody; what does not belong to its kind is left out."""

    name = ChoiceField(_l("Which"))
    other = line(_l("Another one"), required=False, length=200)
    number = line(_l("Its number"), required=False, length=100)
    hours = WholeField(_l("Whole hours, all together"), [Optional()])
    since = DayField(_l("Since"), [InputRequired(_l("Choose the day."))])
    until = DayField(_l("Until"), [Optional()])


class BackForm(Bare):
    """Why an entry is given back."""

    note = prose(_l("Your note to the person"), required=True, length=2000)


class AwayForm(Bare):
    """Why an entry is taken away."""

    reason = prose(_l("Why it is taken away"), required=True, length=2000)


class PageForms(NamedTuple):
    """The forms of an entry's page."""

    back: BackForm
    away: AwayForm


def _form(kind: QualificationKind) -> QualificationForm:
    form = QualificationForm()
    if kind is QualificationKind.PRACTICE:
        del form.name, form.other, form.number, form.until
        form.since.label.text = _("Counted until")
        return form
    named = named_qualifications(current_session())
    codes = named.credentials if kind is QualificationKind.CREDENTIAL else named.trainings
    pairs = [(code, qualification_words(code)) for code in codes]
    form.name.choices = choices_from([*pairs, ("", _("Another one"))])
    del form.hours
    if kind is QualificationKind.TRAINING:
        del form.number
        form.since.label.text = _("Completed on")
    return form


def _asked_kind() -> QualificationKind | None:
    kind = request.args.get("kind", "")
    return QualificationKind(kind) if kind in set(QualificationKind) else None


@bp.get("/qualifications")
@requires(Permission.ACCOUNT_OWN)
def own_qualifications() -> Reply:
    """Lead to what one brings oneself."""
    public_id = public_id_of(current_session(), the_actor().person_id)
    return redirect(url_for(".qualifications", person_id=public_id))


@bp.get("/people/<person_id>/qualifications")
@requires(Permission.QUALIFICATION_READ, person=get_person)
def qualifications(person: Person) -> str:
    """Show what somebody brings, with the ways to add to it."""
    session = current_session()
    return str(
        render_template(
            "evidence/qualifications.html",
            shown=person,
            own=person.id == the_actor().person_id,
            keeps=may(Permission.QUALIFICATION_KEEP, person) and is_staff(session, person),
            rows=list_qualifications(session, person),
            headings=HEADINGS,
            name_words=qualification_words,
            words=QUALIFICATION_WORDS,
            shapes=QUALIFICATION_SHAPES,
        )
    )


@bp.get("/people/<person_id>/qualifications/new")
@requires(Permission.QUALIFICATION_KEEP, person=get_person)
def new_qualification(person: Person) -> Any:
    """Show the form for one kind."""
    kind = _asked_kind()
    if kind is None:
        return redirect(url_for(".qualifications", person_id=person.public_id))
    return _form_page(person, kind, _form(kind))


def _form_page(person: Person, kind: QualificationKind, form: QualificationForm) -> str:
    return str(
        render_template(
            "evidence/qualification_form.html",
            shown=person,
            own=person.id == the_actor().person_id,
            kind=kind.value,
            heading=HEADINGS[kind],
            form=form,
        )
    )


@bp.post("/people/<person_id>/qualifications/new")
@requires(Permission.QUALIFICATION_KEEP, person=get_person)
def keep(person: Person) -> Any:
    """Keep an entry."""
    kind = _asked_kind()
    if kind is None:
        return redirect(url_for(".qualifications", person_id=person.public_id))
    form = _form(kind)
    if not form.validate_on_submit():
        return _form_page(person, kind, form)
    by, public_id = the_actor().person_id, person.public_id
    try:
        with acting() as session:
            found = get_person(session, public_id)
            claim = _claim(kind, form)
            keep_qualification(session, found, claim, by=by, op_id=form.once, now=utcnow())
    except RefusedError as refused:
        name = AT_FIELD.get(QualificationRefusal(refused.reason), "since")
        form.refuse(form[name if name in form else "since"], sentence(refused.reason))
        return _form_page(person, kind, form)
    own = person.id == by
    flash(_("Handed in. The office looks at it.") if own else _("It is on record."), "good")
    return redirect(url_for(".qualifications", person_id=public_id))


def _claim(kind: QualificationKind, form: QualificationForm) -> QualificationClaim:
    def text(name: str) -> str:
        return given(form[name]) if name in form else ""

    return QualificationClaim(
        kind,
        text("name") or text("other"),
        form.since.data,
        form.until.data if "until" in form else None,
        form.hours.data if "hours" in form else None,
        text("number"),
    )


@bp.get("/qualifications/<qualification_id>")
@requires(Permission.QUALIFICATION_READ, qualification=get_qualification)
def qualification(qualification: Qualification) -> str:
    """Show one entry with what can be done about it."""
    return _entry_page(qualification)


def _entry_page(entry: Qualification, **sent: Any) -> str:
    session = current_session()
    person = session.get_one(Person, entry.person_id)
    rows = list_qualifications(session, person)
    forms = PageForms(BackForm(formdata=None), AwayForm(formdata=None))
    return str(
        render_template(
            "evidence/qualification.html",
            person_shown=person,
            entry=entry,
            row=next((row for row in rows if row.entry.id == entry.id), None),
            own=person.id == the_actor().person_id,
            reviews=may(Permission.QUALIFICATION_REVIEW, entry),
            heading=HEADINGS[entry.kind],
            name_words=qualification_words,
            words=QUALIFICATION_WORDS,
            shapes=QUALIFICATION_SHAPES,
            **forms._replace(**sent)._asdict(),
        )
    )


def _move(entry: Qualification, to: QualificationState, note: str, words: str) -> Any:
    by, name = the_actor().person_id, entry.entry
    try:
        with acting() as session:
            move_qualification(
                session, get_qualification(session, name), to, note, by=by, now=utcnow()
            )
    except RefusedError as refused:
        flash(sentence(refused.reason), "error")
    else:
        flash(words, "good")
    return redirect(url_for(".qualification", qualification_id=name))


@bp.post("/qualifications/<qualification_id>/accept")
@requires(Permission.QUALIFICATION_REVIEW, qualification=get_qualification)
def put_on_record(qualification: Qualification) -> Any:
    """Put on record what was handed in."""
    to, words = QualificationState.ON_RECORD, _("It is on record.")
    return _move(qualification, to, "", words)


@bp.post("/qualifications/<qualification_id>/return")
@requires(Permission.QUALIFICATION_REVIEW, qualification=get_qualification)
def return_qualification(qualification: Qualification) -> Any:
    """Give back with a note what was handed in."""
    form = BackForm()
    if not form.validate_on_submit():
        return _entry_page(qualification, back=form)
    to, words = QualificationState.RETURNED, _("Returned with your note.")
    return _move(qualification, to, given(form.note), words)


@bp.post("/qualifications/<qualification_id>/take-back")
@requires(Permission.QUALIFICATION_KEEP, qualification=get_qualification)
def take_qualification_back(qualification: Qualification) -> Any:
    """Take back one's own while nobody has looked, or take away with a reason."""
    to, reason = QualificationState.WITHDRAWN, ""
    if may(Permission.QUALIFICATION_REVIEW, qualification):
        form = AwayForm()
        if not form.validate_on_submit():
            return _entry_page(qualification, away=form)
        reason = given(form.reason)
    return _move(qualification, to, reason, _("It is taken away."))
