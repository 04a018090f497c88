"""The editor of one text: keeping drafts, checking as one types, and clashes in sight."""

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as Reply
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from lms.db import utcnow
from lms.rules.authoring import LESSON_LIMIT_BYTES, differences, language_of
from lms.rules.curriculum import SOURCE_LANGUAGE
from lms.rules.policy import Permission
from lms.services.authoring import Desk, Typed, look, open_desk, save_text
from lms.services.drafts import KeptDraft, drop_draft
from lms.services.errors import ClashError, MissingError, RefusedError
from lms.web.access import acting, requires, the_actor
from lms.web.authoring import bp
from lms.web.authoring.desks import kept_words, zone
from lms.web.authoring.words import text_kind, told
from lms.web.drafts import draft_for
from lms.web.filters import datetime_words
from lms.web.forms import Form
from lms.web.languages import direction_of
from lms.web.state import current_session
from lms.web.words import sentence


def plain_ends(text: str | None) -> str | None:
    """Return a text with the line ends of files: a browser sends a box's with others."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if text else text


class TextForm(Form):
    """A text of a module, and what it was begun from."""

    text = TextAreaField(
        _l("The text"),
        filters=[plain_ends],
        validators=[Length(max=LESSON_LIMIT_BYTES, message=_l("Use at most %(max)d characters."))],
    )
    version = HiddenField(default="0")
    base = HiddenField(default="")

    def typed(self) -> Typed:
        """Return what was sent. Raises: MissingError for what no page of ours sends."""
        version, base = str(self.version.data or "0"), str(self.base.data or "")
        if not version.isdecimal() or len(version) > 9 or len(base) > 64:
            raise MissingError
        return Typed(str(self.text.data or ""), int(version), base)


def own_key(module: str, file: str) -> str:
    """Return the key under which somebody's words are kept that are not even a draft yet."""
    return f"author:{module}/{file.replace('.', '-')}"


@bp.get("/authoring/<module>/files/<file>")
@requires(Permission.MODULE_WRITE)
def edit(module: str, file: str) -> str:
    """Show a text to be written on, with what is to be mended."""
    text_kind(file)
    desk = open_desk(current_session(), module)
    sheet = desk.sheet(file)
    text = desk.text_of(file) if file in desk.files else ""
    kept = draft_for(own_key(module, file))
    data = {"text": text, "version": str(sheet.version), "base": desk.base_hash}
    if kept is not None and plain_ends(kept.body.get("text", text)) != text:
        return _page(desk, file, TextForm(formdata=None, data={**data, **_own(kept)}), kept)
    return _page(desk, file, TextForm(formdata=None, data=data), None)


def _own(kept: KeptDraft) -> dict[str, str]:
    """Return unsent words with what they were begun from, so that a clash is still seen."""
    return {name: kept.body[name] for name in ("text", "version", "base") if name in kept.body}


def _page(
    desk: Desk,
    file: str,
    form: TextForm,
    kept: KeptDraft | None,
    theirs: str | None = None,
) -> str:
    instead = {file: str(form.text.data or "").encode()}
    looked = look(current_session(), desk, instead)
    files = {**desk.files, **instead}
    language = language_of(file) or SOURCE_LANGUAGE
    return str(
        render_template(
            "authoring/edit.html",
            desk=desk,
            sheet=desk.sheet(file),
            form=form,
            problems=told(looked.problems, files),
            warnings=told(looked.warnings, files),
            is_whole=looked.is_whole,
            key=own_key(desk.slug, file),
            kept_at=datetime_words(kept.saved_at, zone()) if kept else "",
            kept_version=kept.version if kept else 0,
            theirs=theirs,
            rows=differences(theirs, str(form.text.data or "")) if theirs is not None else (),
            zone=zone(),
            marks={"lang": language, "dir": direction_of(language)},
        )
    )


@bp.post("/authoring/<module>/files/<file>")
@requires(Permission.MODULE_WRITE)
def save(module: str, file: str) -> Any:
    """Keep a text as a draft, and go where the button says."""
    text_kind(file)
    form, person_id = TextForm(), the_actor().person_id
    key = own_key(module, file)
    if request.form.get("go") == "forget":
        with acting() as session:
            drop_draft(session, person_id, key)
        return redirect(url_for(".edit", module=module, file=file))
    if not form.validate():
        return _page(open_desk(current_session(), module), file, form, None), 422
    try:
        with acting() as session:
            save_text(session, person_id, module, file, form.typed(), now=utcnow())
            drop_draft(session, person_id, key)
    except ClashError as clash:
        form.version.data = str(clash.version)
        desk = open_desk(current_session(), module)
        return _page(desk, file, form, None, clash.theirs["text"]), 409
    except RefusedError as refused:
        form.refuse(form.text, sentence(refused.reason))
        return _page(open_desk(current_session(), module), file, form, None), 422
    return _onwards(module, file)


def _onwards(module: str, file: str) -> Reply:
    go = request.form.get("go", "")
    if go == "preview":
        return redirect(url_for(".preview_file", module=module, file=file))
    if go == "publish":
        return redirect(url_for(".ask_publish", module=module))
    if go == "check":
        where = url_for(".edit", module=module, file=file, _anchor="editor-problems")
        return redirect(where)
    flash(kept_words(), "good")
    return redirect(url_for(".edit", module=module, file=file))


@bp.post("/authoring/<module>/look/<file>")
@requires(Permission.MODULE_WRITE)
def look_at(module: str, file: str) -> Any:
    """Say what is to be mended in a text as it is typed, and how it looks; keep nothing."""
    from lms.web.authoring.preview import live_preview

    text_kind(file)
    form = TextForm()
    if not form.validate():
        return jsonify(problems=[], warnings=[], page=""), 422
    desk = open_desk(current_session(), module)
    desk.sheet(file)
    instead = {file: str(form.text.data or "").encode()}
    looked = look(current_session(), desk, instead)
    files = {**desk.files, **instead}
    words = render_template(
        "authoring/problems.html",
        problems=told(looked.problems, files),
        warnings=told(looked.warnings, files),
        is_whole=looked.is_whole,
        module=module,
        file=file,
    )
    said = _("Looked at: nothing to mend.") if not looked.problems else ""
    return jsonify(problems=words, said=said, page=live_preview(desk, looked, file))
