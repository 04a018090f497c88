"""The letterhead: how an organisation's certificates and letters are printed."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as Reply
from wtforms import FileField

from lms.content.images import SENT_LIMIT_BYTES, PictureError, PictureRefusal
from lms.db import utcnow
from lms.documents.certificate import Paper
from lms.rules.policy import Permission
from lms.services.certificates import (
    LetterheadWords,
    change_letterhead,
    find_mark,
    put_mark,
    remove_mark,
    words_of_letterhead,
)
from lms.services.errors import ClashError, MissingError
from lms.web.access import acting, requires, the_actor
from lms.web.curriculum.pictures import SANDBOX
from lms.web.fields import ChoiceField
from lms.web.forms import Bare, Form, choices_from, given, line, prose
from lms.web.organisation import SEEN, own_organisation
from lms.web.state import current_session
from lms.web.words import sentence
from lms.words import LANGUAGES

bp = Blueprint("letterhead", __name__)
PAPERS = [(Paper.A4.value, "A4"), (Paper.LETTER.value, _l("Letter (as in the United States)"))]


class LetterheadForm(Form):
    """Everything that documents carry beside their own words; all of it may be left empty."""

    address = prose(_l("Address of the organisation"), length=500)
    approval = line(_l("Approval or provider number"), required=False)
    first_name = line(_l("Who signs"), required=False, length=200)
    first_role = line(_l("Their title"), required=False, length=200)
    second_name = line(_l("Who signs as well"), required=False, length=200)
    second_role = line(_l("Title of the second"), required=False, length=200)
    paper = ChoiceField(_l("Paper"), choices=choices_from(PAPERS))
    language = ChoiceField(_l("Language of our words on documents"))

    def words(self) -> LetterheadWords:
        """Return what was typed."""
        return LetterheadWords(**{key: given(self[key]) for key in FIELDS})


class MarkForm(Bare):
    """A picture and what it shows."""

    mark = FileField(_l("Mark of the organisation"))
    mark_words = line(_l("What the mark shows, for people who cannot see it"))


FIELDS = tuple(LetterheadWords.__dataclass_fields__)


def _organisation_id() -> int:
    return the_actor().organisation_id


def _form() -> LetterheadForm:
    words = words_of_letterhead(current_session(), _organisation_id())
    form = LetterheadForm(data=asdict(words))
    form.language.choices = [("", str(_("The programme's own"))), *LANGUAGES.items()]
    return form


def _page(
    form: LetterheadForm | None = None,
    mark_form: MarkForm | None = None,
    *,
    seen: dict[str, str] | None = None,
    theirs: dict[str, str] | None = None,
) -> str:
    session = current_session()
    form = form or _form()
    present = asdict(words_of_letterhead(session, _organisation_id()))
    mark = find_mark(session, _organisation_id())
    shown = present if seen is None else seen
    return str(
        render_template(
            "letterhead/show.html",
            form=form,
            mark_form=mark_form or MarkForm(formdata=None, mark_words=mark.words if mark else ""),
            bare=Bare(formdata=None),
            mark=mark,
            seen={SEEN + key: value for key, value in shown.items()},
            theirs=[(form[key].label.text, value) for key, value in (theirs or {}).items()],
        )
    )


@bp.get("/organisation/letterhead")
@requires(Permission.ORGANISATION_CHANGE)
def show() -> str:
    """Show how documents are printed."""
    return _page()


@bp.post("/organisation/letterhead")
@requires(Permission.ORGANISATION_CHANGE)
def change() -> Any:
    """Write it; where somebody else wrote meanwhile, show both."""
    form = _form()
    seen = {key: request.form[SEEN + key] for key in FIELDS if SEEN + key in request.form}
    seen = {key: value.replace("\r\n", "\n") for key, value in seen.items()}
    if not form.validate_on_submit():
        return _page(form, seen=seen)
    words, by = form.words(), the_actor().person_id
    try:
        with acting() as session:
            organisation = own_organisation(session)
            change_letterhead(session, organisation, words, seen=seen, by=by, now=utcnow())
    except ClashError as clash:
        differing = {k: v for k, v in clash.theirs.items() if v != clash.yours[k]}
        return _page(form, seen=clash.theirs, theirs=differing), 409
    flash(_("Saved. Documents issued from now on are printed like this."), "good")
    return redirect(url_for(".show"))


@bp.get("/organisation/letterhead/mark")
@requires(Permission.ORGANISATION_CHANGE)
def show_mark() -> Response:
    """Send the mark as it is printed."""
    mark = find_mark(current_session(), _organisation_id())
    if mark is None:
        raise MissingError
    reply = Response(mark.data, content_type="image/jpeg")
    reply.headers["Content-Security-Policy"] = SANDBOX
    return reply


@bp.post("/organisation/letterhead/mark")
@requires(Permission.ORGANISATION_CHANGE)
def change_mark() -> Any:
    """Take a mark in: looked at, made anew, kept."""
    form = MarkForm()
    if not form.validate_on_submit():
        return _page(mark_form=form)
    sent = request.files.get("mark")
    data = sent.stream.read(SENT_LIMIT_BYTES + 1) if sent else b""
    words, by = given(form.mark_words), the_actor().person_id
    try:
        with acting() as session:
            put_mark(session, own_organisation(session), data, words, by=by, now=utcnow())
    except PictureError as refused:
        form.refuse(form.mark, _mark_words(refused.reason))
        return _page(mark_form=form)
    flash(_("Kept. Documents issued from now on carry it."), "good")
    return redirect(url_for(".show"))


def _mark_words(reason: PictureRefusal) -> str:
    if reason is PictureRefusal.NO_PICTURE:
        return str(_("This is no picture that can be printed. Send PNG or JPEG."))
    return sentence(reason)


@bp.post("/organisation/letterhead/mark/remove")
@requires(Permission.ORGANISATION_CHANGE)
def drop_mark() -> Reply:
    """Take the mark away."""
    with acting() as session:
        by = the_actor().person_id
        remove_mark(session, own_organisation(session), by=by, now=utcnow())
    flash(_("Taken away."), "good")
    return redirect(url_for(".show"))
