"""The text form of a programme: read, taken away, taken in and checked, copied from an example."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FileField, HiddenField, TextAreaField

from lms.content.errors import ContentProblem
from lms.content.files import is_kebab
from lms.db import utcnow
from lms.rules.policy import Permission
from lms.rules.programmes.changing import TEXT_LIMIT, ChangeRefusal
from lms.services.drafts import find_spent, spend
from lms.services.errors import RefusedError
from lms.services.programmes.drafts import TextError, open_desk, take_text, text_of
from lms.services.programmes.sending import Copy, begin_programme, copy_programme
from lms.services.programmes.shelf import Edition, edition_numbered, list_editions
from lms.web.access import acting, requires, the_actor
from lms.web.forms import Form, given, line
from lms.web.programmes import bp
from lms.web.programmes.listing import house
from lms.web.state import current_session
from lms.web.words import sentence

YAML = "application/yaml; charset=utf-8"


class TextForm(Form):
    """A programme's text: typed, or as a file."""

    text = TextAreaField(_l("The text"))
    file = FileField(_l("Or a file (.yaml)"))
    seen = HiddenField()

    def taken(self) -> str:
        """Return the text that was sent; a file counts before what stands in the box.

        Edge: a file that is no text in UTF-8 comes back with marks that the reader names.
        """
        sent = request.files.get("file")
        if sent is not None and sent.filename:
            data = sent.stream.read(TEXT_LIMIT * 4 + 1)
            self.text.data = data.decode("utf-8-sig", errors="replace")
        return str(self.text.data or "").replace("\r\n", "\n").replace("\r", "\n")


class CopyForm(Form):
    """A programme of one's own, made from another."""

    title = line(_l("Title of your programme"), length=200)
    slug = line(_l("Its id"), required=False, length=60)


@bp.get("/programmes/<programme>/versions/<int:number>/text")
@requires(Permission.PROGRAMME_READ)
def text(programme: str, number: int) -> str:
    """Show a version's text."""
    edition = _edition(programme, number)
    words = text_of(current_session(), edition.version)
    page = {"slug": programme, "edition": edition, "text": words}
    return str(render_template("programmes/text.html", **page))


def _edition(slug: str, number: int) -> Edition:
    return edition_numbered(list_editions(current_session(), house(), slug), number)


@bp.get("/programmes/<programme>/versions/<int:number>/file")
@requires(Permission.PROGRAMME_READ)
def file(programme: str, number: int) -> Response:
    """Send a version's text as a file."""
    edition = _edition(programme, number)
    reply = Response(text_of(current_session(), edition.version), content_type=YAML)
    name = programme if is_kebab(programme) else "programme"
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}.yaml"'
    return reply


@bp.get("/programmes/<programme>/draft/text")
@requires(Permission.PROGRAMME_CHANGE)
def draft_text(programme: str) -> str:
    """Show the draft's text to be changed."""
    desk = open_desk(current_session(), house(), programme)
    form = TextForm(formdata=None, data={"text": desk.text, "seen": desk.fingerprint})
    return _text_page(form, programme, desk.checked.problems)


def _text_page(form: TextForm, slug: str = "", problems: tuple[ContentProblem, ...] = ()) -> str:
    form.file.data = None
    page = {"form": form, "slug": slug, "problems": [(one, _quote(form, one)) for one in problems]}
    return str(render_template("programmes/take.html", **page))


def _quote(form: TextForm, problem: ContentProblem) -> str:
    """Return the line that a problem is about, as it was typed."""
    lines = str(form.text.data or "").replace("\r\n", "\n").split("\n")
    return lines[problem.line - 1].strip()[:120] if 0 < problem.line <= len(lines) else ""


@bp.post("/programmes/<programme>/draft/text")
@requires(Permission.PROGRAMME_CHANGE)
def take(programme: str) -> Any:
    """Take a text in as the draft, checked to the last line."""
    open_desk(current_session(), house(), programme)
    form = TextForm()
    if not form.validate():
        return _text_page(form, programme), 422
    words, seen, by = form.taken(), given(form.seen), the_actor().person_id
    try:
        with acting() as session:
            take_text(session, house(), programme, words, seen=seen, by=by, now=utcnow())
    except TextError as refused:
        form.refuse(form.text, _("Nothing was kept. The list says what is to be mended."))
        return _text_page(form, programme, refused.problems), 422
    except RefusedError as refused:
        form.refuse(form.text, sentence(refused.reason))
        is_clash = refused.reason is ChangeRefusal.CHANGED_MEANWHILE
        return _clash_page(form, programme) if is_clash else (_text_page(form, programme), 422)
    flash(_("Kept as a draft. It holds for nobody until it is published."), "good")
    return redirect(url_for(".draft", programme=programme))


def _clash_page(form: TextForm, slug: str) -> Any:
    desk = open_desk(current_session(), house(), slug)
    form.seen.data = desk.fingerprint
    page = {"form": form, "slug": slug, "problems": [], "theirs": desk.text, "by": desk.saved_by}
    return render_template("programmes/take.html", **page), 409


@bp.get("/programme-texts")
@requires(Permission.PROGRAMME_CHANGE)
def new() -> str:
    """Show where a programme of one's own is taken in."""
    return _text_page(TextForm(formdata=None))


@bp.post("/programme-texts")
@requires(Permission.PROGRAMME_CHANGE)
def begin() -> Any:
    """Begin a programme from a whole text."""
    form = TextForm()
    if not form.validate():
        return _text_page(form), 422
    words = form.taken()
    try:
        with acting() as session:
            by, now = the_actor().person_id, utcnow()
            slug = find_spent(session, form.once, by) or begin_programme(
                session, house(), words, by=by, now=now
            )
            spend(session, form.once, by, slug, now)
    except TextError as refused:
        form.refuse(form.text, _("Nothing was kept. The list says what is to be mended."))
        return _text_page(form, "", refused.problems), 422
    except RefusedError as refused:
        form.refuse(form.text, sentence(refused.reason))
        return _text_page(form), 422
    return redirect(url_for(".draft", programme=slug))


@bp.get("/programmes/<programme>/copy")
@requires(Permission.PROGRAMME_CHANGE)
def copy(programme: str) -> str:
    """Ask what a copy is called."""
    return _copy_page(programme, CopyForm(formdata=None))


def _copy_page(slug: str, form: CopyForm) -> str:
    editions = list_editions(current_session(), house(), slug)
    found = next(one for one in editions if one.is_current)
    return str(render_template("programmes/copy.html", slug=slug, edition=found, form=form))


@bp.post("/programmes/<programme>/copy")
@requires(Permission.PROGRAMME_CHANGE)
def make_copy(programme: str) -> Any:
    """Begin a programme of one's own from another."""
    form = CopyForm()
    if not form.validate():
        return _copy_page(programme, form), 422
    order = Copy(given(form.title), given(form.slug))
    try:
        with acting() as session:
            by, now = the_actor().person_id, utcnow()
            made = find_spent(session, form.once, by) or copy_programme(
                session, house(), programme, order, by=by, now=now
            )
            spend(session, form.once, by, made, now)
    except RefusedError as refused:
        form.refuse(form.slug, sentence(refused.reason))
        return _copy_page(programme, form), 422
    flash(_("Your copy is a draft. Check every figure with your board."), "good")
    return redirect(url_for(".draft", programme=made))
