"""What a person writes for themselves: keeping it, reading it again, taking it away."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Reply
from wtforms import HiddenField
from wtforms.validators import Length

from lms.db import utcnow
from lms.rules.policy import Permission
from lms.services.curriculum import open_lesson
from lms.services.errors import ClashError, MissingError
from lms.services.reflections import (
    Box,
    forget_reflection,
    keep_words,
    list_own_reflections,
    prompt_of,
)
from lms.web.access import acting, requires, the_actor
from lms.web.curriculum import back_to, version_number
from lms.web.forms import Bare, Form, prose
from lms.web.state import current_session

bp = Blueprint("reflections", __name__)


class ReflectionForm(Form):
    """Words for oneself, and the version that the page was made from."""

    words = prose("")
    version = HiddenField(validators=[Length(max=9)])

    @property
    def base_version(self) -> int:
        """Return the version the page was made from, 0 for an empty box."""
        written = self.version.data or ""
        return int(written) if written.isdecimal() else 0


@bp.get("/reflections")
@requires(Permission.ACCOUNT_OWN)
def index() -> str:
    """Show everything one wrote for oneself."""
    rows = list_own_reflections(current_session(), the_actor().person_id)
    return str(render_template("reflections/index.html", rows=rows))


@bp.post("/modules/<module>/<lesson>/reflections/<block>")
@requires(Permission.LEARN)
def keep(module: str, lesson: str, block: str) -> Any:
    """Keep what was written; where another device kept other words meanwhile, show both."""
    form, actor = ReflectionForm(), the_actor()
    box = Box(module, lesson, block)
    number = version_number(request.args.get("v"))
    page = open_lesson(current_session(), module, lesson, number=number, reader_id=None)
    prompt = prompt_of(page.lesson, block)
    form.words.label.text = prompt
    if not actor.is_trainee:
        raise MissingError
    if not form.validate():
        return _again(form, box, prompt), 400
    base, words = form.base_version, form.words.data or ""
    try:
        with acting() as session:
            keep_words(session, actor.person_id, box, words, base_version=base, now=utcnow())
    except ClashError as clash:
        form.version.data = str(clash.version)
        return _again(form, box, prompt, clash), 409
    return back_to(page, f"box-{block}")


def _again(form: ReflectionForm, box: Box, prompt: str, clash: ClashError | None = None) -> str:
    return str(
        render_template("reflections/again.html", form=form, box=box, prompt=prompt, clash=clash)
    )


@bp.post("/reflections/<reflection_id>/forget")
@requires(Permission.ACCOUNT_OWN)
def forget(reflection_id: str) -> Reply:
    """Take a reflection away for good."""
    if not Bare().validate():
        raise MissingError
    with acting() as session:
        forget_reflection(session, the_actor().person_id, reflection_id)
    flash(_("It is gone, and nobody has read it."), "note")
    return redirect(url_for(".index"))
