"""Handing in a document, its page, its file, and what a coordinator decides about it."""

import json
from typing import Any, NamedTuple

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FileField, SelectMultipleField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from lms.db import utcnow
from lms.models import Document, Enrolment, Upload
from lms.rules.evidence import (
    DocumentRefusal,
    Paper,
    Relationship,
    Review,
    is_from_another,
    keeps_no_file,
)
from lms.rules.policy import Permission
from lms.services.errors import MissingError, RefusedError
from lms.services.evidence import (
    accept_document,
    allow_document,
    asked_of,
    get_document,
    give_document,
    is_to_allow,
    outcomes_of,
    place_of,
    read_file,
    return_document,
    show_document,
    signers_for,
    withdraw_document,
    words_behind,
)
from lms.services.practice import get_enrolment
from lms.web.access import acting, may, requires, the_actor
from lms.web.evidence.blueprint import bp
from lms.web.evidence.files import ACCEPTED, ask_again, sent_file
from lms.web.evidence.words import (
    RECOMMENDS_WORDS,
    RELATION_WORDS,
    SHAPES,
    STATE_WORDS,
    outcome_words,
)
from lms.web.fields import ChoiceField, DayField
from lms.web.forms import Bare, Form, choices_from, given, prose
from lms.web.state import current_session
from lms.web.words import sentence

SANDBOX = "default-src 'none'; sandbox"
ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
AT_FIELD = {
    DocumentRefusal.EXPIRES_FIRST: "expires_on",
    DocumentRefusal.NO_FILE_KEPT: "file",
    DocumentRefusal.OUTCOME_UNKNOWN: "outcome",
    DocumentRefusal.KNOWN_LATER: "known_since",
}


class PaperForm(Form):
    """A document of one kind; what does not belong to the kind is left out of the form."""

    happened_on = DayField(_l("The day that stands on it"), [InputRequired(_l("Choose the day."))])
    expires_on = DayField(_l("Its last good day, if it has one"), [Optional()])
    relationship = ChoiceField(
        _l("What the writer is to the person"), [InputRequired(_l("Choose one."))]
    )
    known_since = DayField(_l("The writer has known them since"), [Optional()])
    file = FileField(_l("A scan or a photo"), [Optional()])
    outcome = ChoiceField(_l("What it comes to"))
    signers = SelectMultipleField(
        _l("Signed by, here"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )
    names = prose(_l("Signed by others"), length=3000)


class ReviewForm(Form):
    """What a coordinator says of a document that was handed in."""

    outcome = ChoiceField(_l("What it comes to"))
    signers = SelectMultipleField(
        _l("Signed by, here"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )
    names = prose(_l("Signed by others"), length=3000)


class BackForm(Bare):
    """Why a document is given back."""

    note = prose(_l("Your note to the person"), required=True, length=2000)


class AllowForm(Bare):
    """Why a document counts all the same."""

    why = prose(_l("Why it counts"), required=True, length=2000)


class AwayForm(Bare):
    """Why a document is taken away."""

    reason = prose(_l("Why it is taken away"), required=True, length=2000)


NOTES = {"back": "note", "let": "why", "away": "reason"}
"""The field of each form that carries the note."""


class PageForms(NamedTuple):
    """The forms of a document's page; the one that was not taken comes back as it was sent."""

    review: ReviewForm
    back: BackForm
    let: AllowForm
    away: AwayForm


def _paper_form(place: Enrolment, kind: str, *, own: bool) -> PaperForm:
    form = PaperForm()
    tied = [("", _("Choose one")), *((one.value, RELATION_WORDS[one]) for one in Relationship)]
    form.relationship.choices = choices_from(tied)
    if own:
        del form.outcome, form.signers, form.names
    else:
        _offer_review(form, place, kind)
    if not is_from_another(kind):
        del form.relationship, form.known_since
    if keeps_no_file(kind):
        del form.file
    return form


def _offer_review(form: Any, place: Enrolment, kind: str) -> None:
    session = current_session()
    outcomes = outcomes_of(asked_of(session, place).get(kind), kind)
    form.outcome.choices = choices_from((one, outcome_words(one)) for one in outcomes)
    form.signers.choices = choices_from(signers_for(session, place))


def _review_of(form: Any) -> Review:
    chosen = tuple(str(one) for one in form.signers.data or ())
    return Review(given(form.outcome), chosen, given(form.names))


def _asked_kind(place: Enrolment) -> str:
    kind = request.args.get("kind", "")
    return kind if kind in asked_of(current_session(), place) else ""


@bp.get("/enrolments/<enrolment_id>/papers/new")
@requires(Permission.DOCUMENT_GIVE, enrolment=get_enrolment)
def new_document(enrolment: Enrolment) -> Any:
    """Show the form for one kind of document, or the list of what is asked for."""
    kind = _asked_kind(enrolment)
    if not kind:
        return redirect(url_for(".index", enrolment_id=enrolment.public_id))
    return _give_page(enrolment, kind, _paper_form(enrolment, kind, own=_is_own(enrolment)))


def _is_own(place: Enrolment) -> bool:
    return place.person_id == the_actor().person_id


def _give_page(place: Enrolment, kind: str, form: PaperForm) -> str:
    return str(
        render_template(
            "evidence/give.html",
            place=place,
            kind=kind,
            label=asked_of(current_session(), place)[kind].label,
            own=_is_own(place),
            no_file=keeps_no_file(kind),
            from_another=is_from_another(kind),
            accept=ACCEPTED,
            form=form,
        )
    )


@bp.post("/enrolments/<enrolment_id>/papers/new")
@requires(Permission.DOCUMENT_GIVE, enrolment=get_enrolment)
def give(enrolment: Enrolment) -> Any:
    """Hand a document in, or put it on file."""
    kind, own = _asked_kind(enrolment), _is_own(enrolment)
    if not kind:
        flash(sentence(DocumentRefusal.NOT_ASKED), "error")
        return redirect(url_for(".index", enrolment_id=enrolment.public_id))
    form = _paper_form(enrolment, kind, own=own)
    is_sound = form.validate_on_submit()
    file = sent_file(form, form.file) if "file" in form else None
    if "file" not in form and request.files.get("file"):
        form.happened_on.errors = [sentence(DocumentRefusal.NO_FILE_KEPT)]
    if not is_sound or form.errors:
        return _given_back(enrolment, kind, form)
    try:
        with acting() as session:
            document = give_document(
                session,
                enrolment,
                _paper(kind, form),
                file=file,
                by=the_actor().person_id,
                op_id=form.once,
                now=utcnow(),
                review=None if own else _review_of(form),
            )
    except RefusedError as refused:
        name = AT_FIELD.get(DocumentRefusal(refused.reason), "happened_on")
        form.refuse(form[name if name in form else "happened_on"], sentence(refused.reason))
        return _given_back(enrolment, kind, form)
    flash(_("Handed in. The office looks at it.") if own else _("It is on file."), "good")
    return redirect(url_for(".document", document_id=document.paper))


def _given_back(place: Enrolment, kind: str, form: PaperForm) -> str:
    if "file" in form:
        ask_again(form, form.file)
    return _give_page(place, kind, form)


def _paper(kind: str, form: PaperForm) -> Paper:
    tied = "relationship" in form
    return Paper(
        kind,
        form.happened_on.data,
        form.expires_on.data,
        relationship=given(form.relationship) if tied else "",
        known_since=form.known_since.data if tied else None,
    )


@bp.get("/papers/<document_id>")
@requires(Permission.DOCUMENT_READ, document=get_document)
def document(document: Document) -> str:
    """Show a document with where it stands."""
    return _document_page(document)


def _forms(document: Document) -> PageForms:
    ids = json.loads(document.signers)
    review = ReviewForm(formdata=None, outcome=document.outcome, signers=ids)
    _offer_review(review, place_of(current_session(), document), document.kind)
    nothing: dict[str, Any] = {"formdata": None}
    return PageForms(review, BackForm(**nothing), AllowForm(**nothing), AwayForm(**nothing))


def _document_page(document: Document, **sent: Any) -> str:
    """Return the page of a document; `sent` is the form that was not taken, by its name."""
    session = current_session()
    place = place_of(session, document)
    return str(
        render_template(
            "evidence/document.html",
            shown=show_document(session, document),
            place=place,
            own=_is_own(place),
            reviews=may(Permission.DOCUMENT_REVIEW, document),
            asks=is_to_allow(document),
            outcome=outcome_words(document.outcome) if document.outcome else "",
            relation=RELATION_WORDS.get(document.relationship, ""),
            state_words=STATE_WORDS,
            shapes=SHAPES,
            written=words_behind(session, document),
            recommends=RECOMMENDS_WORDS,
            **_forms(document)._replace(**sent)._asdict(),
        )
    )


@bp.get("/papers/<document_id>/file")
@requires(Permission.DOCUMENT_READ, document=get_document)
def document_file(document: Document) -> Response:
    """Send the file to be saved, never to be shown inside a page."""
    session = current_session()
    upload = session.get(Upload, document.upload_id) if document.upload_id else None
    if upload is None:
        raise MissingError
    reply = Response(read_file(session, upload), content_type=upload.media_type)
    name = f"document-{document.happened_on}.{ENDINGS[upload.media_type]}"
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    reply.headers["Content-Security-Policy"] = SANDBOX
    return reply


@bp.post("/papers/<document_id>/accept")
@requires(Permission.DOCUMENT_REVIEW, document=get_document)
def accept(document: Document) -> Any:
    """Put a document on file with its outcome."""
    form = ReviewForm()
    _offer_review(form, place_of(current_session(), document), document.kind)
    if not form.validate_on_submit():
        return _document_page(document, review=form)
    try:
        with acting() as session:
            accept_document(
                session,
                get_document(session, document.paper),
                _review_of(form),
                by=the_actor().person_id,
                op_id=form.once,
                now=utcnow(),
            )
    except RefusedError as refused:
        flash(sentence(refused.reason), "error")
    else:
        flash(_("It is on file."), "good")
    return redirect(url_for(".document", document_id=document.paper))


def _noted(document: Document, which: str, form: Any, act: Any, words: str) -> Any:
    """Do an act that carries a note; what it lacks stands at the note."""
    paper, field = document.paper, form[NOTES[which]]
    if not form.validate_on_submit():
        return _document_page(document, **{which: form})
    try:
        with acting() as session:
            by, now = the_actor().person_id, utcnow()
            act(session, get_document(session, paper), given(field), by=by, now=now)
    except RefusedError as refused:
        flash(sentence(refused.reason), "error")
    else:
        flash(words, "good")
    return redirect(url_for(".document", document_id=paper))


@bp.post("/papers/<document_id>/return")
@requires(Permission.DOCUMENT_REVIEW, document=get_document)
def give_back(document: Document) -> Any:
    """Give a document back with a note."""
    words = _("Returned with your note.")
    return _noted(document, "back", BackForm(), return_document, words)


@bp.post("/papers/<document_id>/allow")
@requires(Permission.DOCUMENT_REVIEW, document=get_document)
def allow(document: Document) -> Any:
    """Let a document count all the same, with a reason."""
    words = _("It counts, with your reason.")
    return _noted(document, "let", AllowForm(), allow_document, words)


@bp.post("/papers/<document_id>/take-back")
@requires(Permission.DOCUMENT_WITHDRAW, document=get_document)
def take_back(document: Document) -> Any:
    """Take back what was handed in, or what was put on file by mistake."""
    if may(Permission.DOCUMENT_REVIEW, document):
        words = _("It is taken away.")
        return _noted(document, "away", AwayForm(), withdraw_document, words)
    paper = document.paper
    try:
        with acting() as session:
            found = get_document(session, paper)
            withdraw_document(session, found, "", by=the_actor().person_id, now=utcnow())
    except RefusedError as refused:
        flash(sentence(refused.reason), "error")
        return redirect(url_for(".document", document_id=paper))
    flash(_("Taken back. The file is gone too."), "good")
    return redirect(url_for(".own"))
