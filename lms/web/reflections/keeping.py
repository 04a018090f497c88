"""What a person writes for themselves: keeping it, reading it again, taking it away."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Reply
from wtforms import HiddenField
from wtforms.validators import Length

from lms.db import utcnow
from lms.rules.policy import Permission
from lms.services.errors import ClashError, MissingError
from lms.services.reflections import (
    Box,
    forget_reflection,
    keep_words,
    list_own_reflections,
    list_sharings,
    prompt_of,
)
from lms.web.access import acting, requires, the_actor
from lms.web.curriculum import back_to, open_for_asker
from lms.web.forms import Bare, Form, prose
from lms.web.frame import spoken
from lms.web.languages import titles_now, told_in
from lms.web.reflections.blueprint import PURPOSES, bp
from lms.web.state import current_session


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
    session, me = current_session(), the_actor().person_id
    rows = list_own_reflections(session, me, spoken())
    sharings = list_sharings(session, me, now=utcnow())
    return str(
        render_template(
            "reflections/index.html",
            rows=rows,
            shared={
                row.id: [found for found in sharings if found.reflection_id == row.id]
                for row in rows
            },
            gone=[found for found in sharings if found.reflection_id is None],
            titles=titles_now(session) if sharings else {},
            purposes=PURPOSES,
        )
    )


@bp.post("/modules/<module>/<lesson>/reflections/<block>")
@requires(Permission.LEARN)
def keep(module: str, lesson: str, block: str) -> Any:
    """Keep what was written; where another device kept other words meanwhile, show both."""
    form, actor = ReflectionForm(), the_actor()
    box = Box(module, lesson, block)
    page = open_for_asker(module, lesson)
    prompt = prompt_of(page, block)
    form.words.label.text = told_in(prompt, page.language)
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
        forget_reflection(session, the_actor().person_id, reflection_id, now=utcnow())
    flash(_("It is gone. Nobody can open it any more."), "note")
    return redirect(url_for(".index"))
