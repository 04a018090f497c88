"""Asking somebody outside for a reference, and what has become of it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as Reply
from wtforms import EmailField
from wtforms.validators import InputRequired, Length, Optional

from lms.db import utcnow
from lms.models import Enrolment, Reference
from lms.rules.evidence import (
    REFERENCE_DAYS,
    ReferenceRefusal,
    ReferenceWish,
    Relationship,
    is_from_another,
)
from lms.rules.policy import Permission
from lms.services.errors import RefusedError
from lms.services.evidence import (
    ask_reference,
    asked_of,
    get_reference,
    place_of_reference,
    send_reference_again,
    show_reference,
    withdraw_reference,
)
from lms.services.practice import get_enrolment
from lms.web.access import acting, requires, the_actor
from lms.web.evidence.blueprint import bp
from lms.web.evidence.words import REFERENCE_SHAPES, REFERENCE_WORDS, RELATION_WORDS
from lms.web.fields import ChoiceField, DayField
from lms.web.forms import Form, choices_from, given, line, needed
from lms.web.state import current_session
from lms.web.words import sentence

AT_FIELD = {
    ReferenceRefusal.NAME_MISSING: "name",
    ReferenceRefusal.KNOWN_LATER: "known_since",
}


class WishForm(Form):
    """Whom to ask."""

    name = line(_l("Their name"))
    address = EmailField(_l("Their e-mail address"), validators=[needed(), Length(max=320)])
    relationship = ChoiceField(
        _l("What they are to the person"), [InputRequired(_l("Choose one."))]
    )
    known_since = DayField(_l("They have known each other since"), [Optional()])


def _wish_form() -> WishForm:
    form = WishForm()
    tied = [("", _("Choose one")), *((one.value, RELATION_WORDS[one]) for one in Relationship)]
    form.relationship.choices = choices_from(tied)
    return form


def _asked_kind(place: Enrolment) -> str:
    kind = request.args.get("kind", "")
    fits = kind in asked_of(current_session(), place) and is_from_another(kind)
    return kind if fits else ""


@bp.get("/enrolments/<enrolment_id>/references/new")
@requires(Permission.REFERENCE_ASK, enrolment=get_enrolment)
def new_reference(enrolment: Enrolment) -> Any:
    """Ask whom to ask."""
    return _wish_page(enrolment, _asked_kind(enrolment), _wish_form())


def _wish_page(place: Enrolment, kind: str, form: WishForm) -> Any:
    own = place.person_id == the_actor().person_id
    if not kind:
        flash(sentence(ReferenceRefusal.NOT_ASKED), "error")
        return redirect(url_for(".index", enrolment_id=place.public_id))
    return render_template(
        "evidence/ask_reference.html",
        place=place,
        own=own,
        kind=kind,
        label=asked_of(current_session(), place)[kind].label,
        days=REFERENCE_DAYS,
        form=form,
    )


@bp.post("/enrolments/<enrolment_id>/references/new")
@requires(Permission.REFERENCE_ASK, enrolment=get_enrolment)
def ask_outside(enrolment: Enrolment) -> Any:
    """Send the letter."""
    kind, form = _asked_kind(enrolment), _wish_form()
    if not kind or not form.validate_on_submit():
        return _wish_page(enrolment, kind, form)
    wish = ReferenceWish(
        kind,
        given(form.name),
        given(form.address),
        Relationship(form.relationship.data),
        form.known_since.data,
    )
    by, place_id = the_actor().person_id, enrolment.public_id
    try:
        with acting() as session:
            place = get_enrolment(session, place_id)
            asked = ask_reference(session, place, wish, by=by, op_id=form.once, now=utcnow())
    except RefusedError as refused:
        at = AT_FIELD.get(ReferenceRefusal(refused.reason), "address")
        form.refuse(form[at], sentence(refused.reason))
        return _wish_page(enrolment, kind, form)
    flash(_("The letter is on its way."), "good")
    return redirect(url_for(".reference", reference_id=asked.public_id))


@bp.get("/references/<reference_id>")
@requires(Permission.REFERENCE_READ, reference=get_reference)
def reference(reference: Reference) -> str:
    """Show of whom it was asked, and where it stands."""
    session = current_session()
    place = place_of_reference(session, reference)
    return str(
        render_template(
            "evidence/reference.html",
            shown=show_reference(session, reference, now=utcnow()),
            place=place,
            own=place.person_id == the_actor().person_id,
            words=REFERENCE_WORDS,
            shapes=REFERENCE_SHAPES,
            relations=RELATION_WORDS,
        )
    )


@bp.post("/references/<reference_id>/letter")
@requires(Permission.REFERENCE_ASK, reference=get_reference)
def write_again(reference: Reference) -> Reply:
    """Send a letter with a new link; the old link ends."""
    by, public_id, seen = the_actor().person_id, reference.public_id, request.form.get("seen", "")
    try:
        with acting() as session:
            found = get_reference(session, public_id)
            done = send_reference_again(session, found, by=by, now=utcnow(), seen=seen)
    except RefusedError as refused:
        flash(sentence(refused.reason), "error")
    else:
        if done:
            flash(_("A new letter is on its way. The link of the old one has ended."), "good")
    return redirect(url_for(".reference", reference_id=public_id))


@bp.post("/references/<reference_id>/withdraw")
@requires(Permission.REFERENCE_ASK, reference=get_reference)
def ask_no_more(reference: Reference) -> Reply:
    """Take back what was asked."""
    by, public_id = the_actor().person_id, reference.public_id
    try:
        with acting() as session:
            withdraw_reference(session, get_reference(session, public_id), by=by, now=utcnow())
    except RefusedError as refused:
        flash(sentence(refused.reason), "error")
    else:
        flash(_("Taken back. The link opens nothing any more."), "good")
    return redirect(url_for(".reference", reference_id=public_id))
