"""The page behind the link of a letter: a few words from somebody without an account."""

from typing import Any

from flask import redirect, render_template, session, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as Reply
from wtforms import RadioField
from wtforms.validators import InputRequired

from lms.db import transaction, utcnow
from lms.rules.evidence import Recommends, ReferenceAnswer, ReferenceRefusal, Relationship
from lms.services.errors import RefusedError
from lms.services.evidence import decline_reference, find_asked, give_reference, question_of
from lms.web.access import public
from lms.web.evidence.blueprint import bp
from lms.web.evidence.words import ASKED_OVER, RECOMMENDS_WORDS, RELATION_WORDS
from lms.web.fields import ChoiceField, DayField
from lms.web.forms import Form, choices_from, choices_of, given, line, prose
from lms.web.state import current_session
from lms.web.words import sentence

LONGEST_TOKEN = 100  # ours have 43 characters; a cookie has little room
COOKIE = "asked"
AT_FIELD = {
    ReferenceRefusal.NAME_MISSING: "name",
    ReferenceRefusal.KNOWN_LATER: "known_since",
}


class WordsForm(Form):
    """What somebody outside says of the person."""

    name = line(_l("Your name"))
    relationship = ChoiceField(
        _l("What you are to them"),
        [InputRequired(_l("Choose one."))],
        choices=choices_from((one.value, RELATION_WORDS[one]) for one in Relationship),
    )
    known_since = DayField(_l("You have known them since"), [InputRequired(_l("Choose the day."))])
    recommends = RadioField(
        _l("Would you recommend them for peer support?"),
        [InputRequired(_l("Choose one."))],
        choices=choices_of(Recommends, RECOMMENDS_WORDS),
    )
    words = prose(_l("Your words"), required=True, length=6000)


def _token() -> str:
    return str(session.get(COOKIE, ""))


def _over(refused: RefusedError) -> tuple[str, int]:
    words = ASKED_OVER.get(refused.reason) or sentence(refused.reason)
    return render_template("evidence/asked_over.html", words=words), 410


@bp.get("/asked/<token>")
@public
def take_asked(token: str) -> Reply:
    """Swap the link's token for a short cookie; looking at a link never uses it up."""
    session[COOKIE] = token[:LONGEST_TOKEN]
    return redirect(url_for(".asked"))


@bp.get("/asked")
@public
def asked() -> Any:
    """Show who asks, and the form."""
    try:
        found = find_asked(current_session(), _token(), now=utcnow())
    except RefusedError as refused:
        return _over(refused)
    question = question_of(current_session(), found)
    form = WordsForm(
        formdata=None,
        name=question.referee,
        relationship=found.relationship,
        known_since=found.known_since,
    )
    return _words_page(form, question)


def _words_page(form: WordsForm, question: Any) -> str:
    return str(render_template("evidence/asked.html", form=form, question=question))


@bp.post("/asked")
@public
def answer() -> Any:
    """Take the words; the link is used up."""
    form = WordsForm()
    try:
        found = find_asked(current_session(), _token(), now=utcnow())
        if not form.validate_on_submit():
            return _words_page(form, question_of(current_session(), found))
        with transaction(current_session()) as db:
            give_reference(db, _token(), _answer(form), now=utcnow())
    except RefusedError as refused:
        if not isinstance(refused.reason, ReferenceRefusal):
            return _over(refused)
        form.refuse(form[AT_FIELD.get(refused.reason, "words")], sentence(refused.reason))
        again = find_asked(current_session(), _token(), now=utcnow())
        return _words_page(form, question_of(current_session(), again))
    session.pop(COOKIE, None)
    return redirect(url_for(".thanks"))


def _answer(form: WordsForm) -> ReferenceAnswer:
    return ReferenceAnswer(
        given(form.name),
        Relationship(form.relationship.data),
        form.known_since.data,
        Recommends(form.recommends.data),
        given(form.words),
    )


@bp.post("/asked/answer/decline")
@public
def rather_not() -> Any:
    """Note that they would rather not; nobody asks why."""
    try:
        with transaction(current_session()) as db:
            decline_reference(db, _token(), now=utcnow())
    except RefusedError as refused:
        return _over(refused)
    session.pop(COOKIE, None)
    return redirect(url_for(".thanks"))


@bp.get("/asked/done")
@public
def thanks() -> str:
    """Say that this is all."""
    return str(render_template("evidence/asked_done.html"))
