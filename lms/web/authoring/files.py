"""Files of a module: adding, renaming, taking out, dropping drafts, pictures."""

from pathlib import PurePath
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as Reply

from lms.content.images import SENT_LIMIT_BYTES, PictureError, clean_picture
from lms.content.pictures import FOLDER as PICTURES
from lms.db import utcnow
from lms.rules.authoring import CARD_FILE, next_number, stem_that_fits
from lms.rules.policy import Permission
from lms.services.authoring import (
    add_text,
    begin_translation,
    drop_drafts,
    look,
    open_desk,
    put_picture,
    remove_file,
    rename_file,
)
from lms.services.drafts import drop_draft
from lms.services.errors import MissingError, RefusedError
from lms.web.access import acting, requires, the_actor
from lms.web.authoring import bp
from lms.web.authoring.desks import LessonForm, PictureForm, back_to_desk, desk_page, kept_words
from lms.web.authoring.editing import own_key
from lms.web.curriculum.pictures import SANDBOX
from lms.web.forms import Bare, given, line
from lms.web.state import current_session
from lms.web.words import sentence

TYPES = {"svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg"}


class RenameForm(Bare):
    """Another number or name for a lesson's file."""

    name = line(_l("Name of the file"), length=90)


@bp.post("/authoring/<module>/lessons")
@requires(Permission.MODULE_WRITE)
def add_lesson(module: str) -> Any:
    """Begin a lesson after all others."""
    form = LessonForm()
    if not form.validate():
        return desk_page(module, lesson_form=form), 422
    number = next_number(list(open_desk(current_session(), module).files))
    name = f"{number:02}-{given(form.slug)}.md"
    try:
        with acting() as session:
            person_id = the_actor().person_id
            add_text(session, person_id, module, name, given(form.title), now=utcnow())
    except RefusedError as refused:
        form.refuse(form.slug, sentence(refused.reason))
        return desk_page(module, lesson_form=form), 422
    return back_to_desk(module, kept_words())


@bp.post("/authoring/<module>/route")
@requires(Permission.MODULE_WRITE)
def add_route(module: str) -> Reply:
    """Begin the equal route of a lesson, or the card."""
    beside = request.form.get("beside", "")
    name = beside.replace(".md", ".equal.md") if beside else CARD_FILE
    title = "To remember" if name == CARD_FILE else "Another way"
    return _do(module, lambda s: add_text(s, me(), module, name, title, now=utcnow()))


@bp.post("/authoring/<module>/files/<file>/translation")
@requires(Permission.MODULE_WRITE)
def add_translation(module: str, file: str) -> Reply:
    """Begin a translation of a text: its words to be written over, its head as it must be."""
    language = request.form.get("language", "")
    looked = look(current_session(), open_desk(current_session(), module))
    try:
        with acting() as session:
            name = begin_translation(
                session, me(), module, file, looked, language=language, now=utcnow()
            )
    except RefusedError as refused:
        return back_to_desk(module, sentence(refused.reason), "error")
    flash(_("Begun. Write each sentence in the other language; keep the blocks as they are."))
    return redirect(url_for(".edit", module=module, file=name))


@bp.post("/authoring/<module>/files/<file>/rename")
@requires(Permission.MODULE_WRITE)
def rename(module: str, file: str) -> Reply:
    """Give a lesson another number or name."""
    form = RenameForm()
    if not form.validate():
        raise MissingError
    to = given(form.name)
    return _do(module, lambda s: rename_file(s, me(), module, file, to, now=utcnow()))


@bp.post("/authoring/<module>/files/<file>/remove")
@requires(Permission.MODULE_WRITE)
def remove(module: str, file: str) -> Reply:
    """Take a text out of the module, once that is published."""
    return _do(module, lambda s: remove_file(s, me(), module, file, now=utcnow()))


@bp.post("/authoring/<module>/pictures/<picture>/remove")
@requires(Permission.MODULE_WRITE)
def remove_picture(module: str, picture: str) -> Reply:
    """Take a picture out of the module, once that is published."""
    name = f"{PICTURES}/{picture}"
    return _do(module, lambda s: remove_file(s, me(), module, name, now=utcnow()))


@bp.post("/authoring/<module>/drop")
@requires(Permission.MODULE_WRITE)
def drop(module: str) -> Reply:
    """Throw away the draft of one file, or of all."""
    name = request.form.get("name", "")

    def act(session: Any) -> None:
        drop_drafts(session, module, name)
        if name:
            drop_draft(session, me(), own_key(module, name))

    there = open_desk(current_session(), module)
    reply = _do(module, act, _("Dropped. The published text stands."))
    if there.current is None and not name:
        return _to_list()
    return reply


def _to_list() -> Reply:
    return redirect(url_for("authoring.index"))


def me() -> int:
    """Return who asks."""
    return the_actor().person_id


def _do(slug: str, act: Any, words: str = "") -> Reply:
    try:
        with acting() as session:
            act(session)
    except RefusedError as refused:
        return back_to_desk(slug, sentence(refused.reason), "error")
    return back_to_desk(slug, words or kept_words())


@bp.post("/authoring/<module>/pictures")
@requires(Permission.MODULE_WRITE)
def add_picture(module: str) -> Any:
    """Take a picture in: looked at, made anew, kept as a draft."""
    form = PictureForm()
    if not form.validate():
        return desk_page(module, picture_form=form), 422
    sent = request.files.get("picture")
    try:
        found = clean_picture(sent.stream.read(SENT_LIMIT_BYTES + 1) if sent else b"")
        own = PurePath(sent.filename or "" if sent else "").stem
        name = f"{PICTURES}/{given(form.called).lower() or stem_that_fits(own)}{found.suffix}"
        with acting() as session:
            put_picture(session, me(), module, name, found.data, now=utcnow())
    except PictureError as refused:
        words = " ".join(filter(None, (sentence(refused.reason), refused.detail)))
        form.refuse(form.picture, words)
        return desk_page(module, picture_form=form), 422
    except RefusedError as refused:
        form.refuse(form.called, sentence(refused.reason))
        return desk_page(module, picture_form=form), 422
    shown = f"![…]({name})"
    return back_to_desk(module, _("Kept. Show it in a text with %(words)s", words=shown))


@bp.get("/authoring/<module>/pictures/<picture>")
@requires(Permission.MODULE_WRITE)
def draft_picture(module: str, picture: str) -> Response:
    """Send a picture as it is on the desk."""
    data = open_desk(current_session(), module).files.get(f"{PICTURES}/{picture}")
    if data is None:
        raise MissingError
    reply = Response(data, content_type=TYPES[picture.rpartition(".")[2]])
    reply.headers["Content-Security-Policy"] = SANDBOX
    return reply
