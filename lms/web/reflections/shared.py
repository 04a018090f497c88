"""What others shared with the asker: opened by a button, each reading noted for its writer."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Reply

from lms.db import utcnow
from lms.models import Sharing
from lms.rules.policy import Permission
from lms.services.errors import MissingError, RefusedError
from lms.services.reflections import answer_shared, get_sharing, list_shared_with, open_shared
from lms.web.access import acting, requires, the_actor
from lms.web.forms import Bare
from lms.web.languages import titles_now
from lms.web.reflections.blueprint import ASKED, bp
from lms.web.state import current_session
from lms.web.words import sentence


@bp.get("/shared")
@requires(Permission.DISCLOSURE_LIST)
def shared() -> str:
    """List what one may open: by whom, why and until when, and nothing of what it says."""
    rows = list_shared_with(current_session(), the_actor().person_id, now=utcnow())
    return str(
        render_template("reflections/shared.html", rows=rows, asked=ASKED, op_id=Bare().once)
    )


@bp.post("/shared/<sharing_id>/open")
@requires(Permission.DISCLOSURE_READ, sharing=get_sharing)
def open_one(sharing: Sharing) -> Any:
    """Note the reading and show the text: in this answer alone, at no address of its own."""
    form, me = Bare(), the_actor().person_id
    if not form.validate():
        raise MissingError
    try:
        with acting() as session:
            text = open_shared(session, me, sharing, op_id=form.once, now=utcnow())
    except RefusedError as refused:
        flash(sentence(refused.reason), "note")
        return redirect(url_for(".shared"))
    module = titles_now(current_session()).get(text.module, text.module)
    return render_template("reflections/read.html", text=text, module=module, asked=ASKED)


@bp.post("/shared/<sharing_id>/answer")
@requires(Permission.DISCLOSURE_READ, sharing=get_sharing)
def answer(sharing: Sharing) -> Reply:
    """Tell the writer, in fixed words, whom to talk with. Nobody else learns of it."""
    if not Bare().validate():
        raise MissingError
    try:
        with acting() as session:
            answer_shared(session, the_actor().person_id, sharing, now=utcnow())
        flash(_("They can now read whom to talk with. Nobody else was told."), "good")
    except RefusedError as refused:
        flash(sentence(refused.reason), "note")
    return redirect(url_for(".shared"))
