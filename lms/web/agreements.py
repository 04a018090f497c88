"""Pages of agreements: the questions before, reading and signing, what was signed, attestation."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as Reply
from wtforms import HiddenField, RadioField
from wtforms.validators import Length

from lms.db import utcnow
from lms.models import Enrolment, Signature
from lms.rules.agreements import AgreementState, SignRefusal, UnderstandingQuestion
from lms.rules.policy import Permission
from lms.services.agreements import (
    Passage,
    Sheet,
    find_owed_agreement,
    get_signature,
    list_agreements,
    list_attestations,
    list_signed,
    make_attestation,
    open_passage,
    open_sheet,
    open_signed,
    seal_passage,
    sign_agreement,
)
from lms.services.errors import RefusedError
from lms.services.practice import find_place, get_enrolment
from lms.web.access import acting, requires, the_actor
from lms.web.forms import Bare, Form, line, needed
from lms.web.languages import told_in
from lms.web.state import current_session
from lms.web.words import add_sentences, sentence

bp = Blueprint("agreements", __name__)
add_sentences(
    {
        SignRefusal.NO_NAME: _l("Write your name here, in any script."),
        SignRefusal.QUESTIONS_FIRST: _l("First come three short questions."),
        SignRefusal.TEXT_CHANGED: _l(
            "There is a newer text since you opened this page. Here it is, with what changed."
        ),
        SignRefusal.NO_PLACE: _l("This opens when you have a place in a cohort."),
    }
)


class QuestionForm(Form):
    """One answer; `so_far` carries how far one is, sealed."""

    so_far = HiddenField(validators=[Length(max=400)])
    answer = RadioField(_l("Your answer"), validate_choice=False)


class SignForm(Form):
    """A typed name under the version that was shown."""

    so_far = HiddenField(validators=[Length(max=400)])
    version = HiddenField(validators=[Length(max=9)])
    name = line(_l("Your name"))

    @property
    def shown(self) -> int:
        """Return the version that was on the page, 0 where the form does not say."""
        written = self.version.data or ""
        return int(written) if written.isdecimal() else 0


class AttestForm(Bare):
    """What is said, and nothing more."""

    what = HiddenField(validators=[needed(), Length(max=60)])


@bp.get("/agreements")
@requires(Permission.ACCOUNT_OWN)
def index() -> str:
    """List the agreements of one's place, and everything one has signed."""
    session, person_id = current_session(), the_actor().person_id
    place = find_place(session, person_id)
    rows = list_agreements(session, place) if place else []
    owed = next((row for row in rows if row.state is not AgreementState.SIGNED), None)
    signed = list_signed(session, person_id)
    return str(
        render_template("agreements/index.html", place=place, rows=rows, owed=owed, signed=signed)
    )


@bp.get("/agreements/<place_id>/<agreement>")
@requires(Permission.AGREEMENT_SIGN, place=get_enrolment)
def sheet(agreement: str, place: Enrolment) -> Any:
    """Show an agreement to read and sign; its questions first, where it has any."""
    shown = open_sheet(current_session(), place, agreement)
    if shown.signature:
        return redirect(url_for(".signed", signature_id=shown.signature.public_id))
    note = request.args.get("so-far", "")
    if open_passage(current_session(), place, shown, note).passed < len(shown.questions):
        return redirect(url_for(".questions", place_id=place.public_id, agreement=agreement))
    form = SignForm(formdata=None, so_far=note, version=shown.version.number)
    return _sheet_page(place, shown, form)


def _sheet_page(place: Enrolment, shown: Sheet, form: SignForm) -> str:
    return str(render_template("agreements/sheet.html", place=place, sheet=shown, form=form))


@bp.post("/agreements/<place_id>/<agreement>")
@requires(Permission.AGREEMENT_SIGN, place=get_enrolment)
def sign(agreement: str, place: Enrolment) -> Any:
    """Sign it; what stands in the way is said at the field or on the way there."""
    form, shown = SignForm(), open_sheet(current_session(), place, agreement)
    note = form.so_far.data or ""
    passage = open_passage(current_session(), place, shown, note)
    understood = passage.passed >= len(shown.questions)
    if not form.validate():
        return _sheet_page(place, shown, form)
    try:
        with acting() as session:
            sign_agreement(
                session,
                place,
                agreement,
                shown=form.shown,
                name=form.name.data or "",
                understood=understood,
                now=utcnow(),
            )
    except RefusedError as refused:
        return _not_signed(place, agreement, refused.reason, form)
    return _go_on(place)


def _not_signed(place: Enrolment, agreement: str, reason: Any, form: SignForm) -> Any:
    if reason is SignRefusal.NO_NAME:
        form.refuse(form.name, sentence(reason))
        return _sheet_page(place, open_sheet(current_session(), place, agreement), form)
    flash(sentence(reason), "note")
    if reason is SignRefusal.NO_PLACE:
        return redirect(url_for(".index"))
    return _to("sheet", place, agreement, form.so_far.data)


def _to(step: str, place: Enrolment, agreement: str, note: str | None, anchor: str = "") -> Reply:
    """Lead to a step of one agreement, with the note of how far somebody is."""
    more: dict[str, Any] = {"so-far": note or None, "_anchor": anchor or None}
    address = url_for(f".{step}", place_id=place.public_id, agreement=agreement, **more)
    return redirect(address)


def _go_on(place: Enrolment) -> Reply:
    """Lead to the next agreement to sign, or back to the list where none is left."""
    owed = find_owed_agreement(current_session(), place)
    if owed is None:
        flash(_("Everything is signed. You find the texts here whenever you like."), "good")
        return redirect(url_for(".index"))
    flash(_("Signed. One more to read: %(title)s.", title=owed.title), "good")
    return redirect(url_for(".sheet", place_id=place.public_id, agreement=owed.slug))


@bp.get("/agreements/<place_id>/<agreement>/questions")
@requires(Permission.AGREEMENT_SIGN, place=get_enrolment)
def questions(agreement: str, place: Enrolment) -> Any:
    """Show the next question, or what an answer to it leads to."""
    shown = open_sheet(current_session(), place, agreement)
    note = request.args.get("so-far", "")
    passage = open_passage(current_session(), place, shown, note)
    if shown.signature or passage.passed >= len(shown.questions):
        return _to("sheet", place, agreement, note)
    return _question_page(place, shown, passage, QuestionForm(formdata=None, so_far=note))


def _question_page(place: Enrolment, shown: Sheet, passage: Passage, form: QuestionForm) -> str:
    question: UnderstandingQuestion = shown.questions[passage.passed]
    language = shown.agreement.head.language
    form.answer.label.text = told_in(question.question, language)
    form.answer.choices = [
        (option.id, told_in(option.text, language)) for option in question.options
    ]
    form.answer.data = passage.chosen or None
    given = next((option for option in question.options if option.id == passage.chosen), None)
    return str(
        render_template(
            "agreements/questions.html",
            place=place,
            sheet=shown,
            question=question,
            number=passage.passed + 1,
            given=given,
            form=form,
        )
    )


@bp.post("/agreements/<place_id>/<agreement>/questions")
@requires(Permission.AGREEMENT_SIGN, place=get_enrolment)
def answer(agreement: str, place: Enrolment) -> Any:
    """Take an answer, or go on after one; nothing is scored and nothing is stored."""
    form, shown = QuestionForm(), open_sheet(current_session(), place, agreement)
    passage = open_passage(current_session(), place, shown, form.so_far.data or "")
    if passage.passed >= len(shown.questions):
        return _to("questions", place, agreement, form.so_far.data)
    offered = {option.id for option in shown.questions[passage.passed].options}
    if passage.chosen in offered and "on" in request.form:
        return _question(place, shown, Passage(passage.passed + 1))
    if form.answer.data not in offered:
        form.refuse(form.answer, _("Choose one of the three answers."))
        return _question_page(place, shown, Passage(passage.passed), form)
    return _question(place, shown, Passage(passage.passed, form.answer.data), "answer")


def _question(place: Enrolment, shown: Sheet, passage: Passage, anchor: str = "") -> Reply:
    note = seal_passage(current_session(), place, shown, passage)
    return _to("questions", place, shown.agreement.slug, note, anchor)


@bp.get("/agreements/signed/<signature_id>")
@requires(Permission.AGREEMENT_READ, signature=get_signature)
def signed(signature: Signature) -> str:
    """Show exactly the text that was signed."""
    found = open_signed(current_session(), signature)
    own = signature.person_id == the_actor().person_id
    return str(render_template("agreements/signed.html", found=found, own=own))


@bp.get("/attestation")
@requires(Permission.ACCOUNT_OWN)
def attestation() -> str:
    """Show what one may say of oneself for the programme: one sentence each."""
    session = current_session()
    place = find_place(session, the_actor().person_id)
    asked = list_attestations(session, place)
    return str(
        render_template(
            "agreements/attestation.html", place=place, asked=asked, form=AttestForm(formdata=None)
        )
    )


@bp.post("/attestation/<place_id>")
@requires(Permission.ATTESTATION_MAKE, place=get_enrolment)
def attest(place: Enrolment) -> Reply:
    """Note that one says so."""
    form = AttestForm()
    if form.validate():
        with acting() as session:
            make_attestation(session, place, form.what.data or "", now=utcnow())
        flash(_("Noted. That is all we need."), "good")
    return redirect(url_for(".attestation"))
