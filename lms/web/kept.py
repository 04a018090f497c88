"""What was typed is never lost: forms sent after an expired sign-in or with a stale token."""

import json
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _

from lms.db import transaction, utcnow
from lms.rules.policy import Permission
from lms.services.drafts import MAX_BYTES, drop_draft, find_draft, save_draft
from lms.services.errors import MissingError
from lms.services.signin import find_owner_of_token
from lms.web.access import requires, signed_in, the_actor
from lms.web.signin import same_site
from lms.web.state import current_session

bp = Blueprint("kept", __name__)
NEVER_KEPT = {"csrf_token", "password", "password_again", "old_password", "file", "op_id"}
KEY = "kept-form"
SENT_AGAIN = "kept_form"
NEVER_KEPT |= {SENT_AGAIN}


def _typed() -> dict[str, str]:
    sent = request.form.lists()
    body = {name: "\x1f".join(values) for name, values in sent if name not in NEVER_KEPT}
    return body | {"__path": request.full_path.rstrip("?")}


def keep_what_was_typed() -> str | None:
    """Seal a form that arrived without a valid sign-in to the account whose cookie it came with.

    Edge: another account that signs in here gets nothing; what is more than fits is not kept in
          part. Returns the page that gives it back, None where nothing is kept.
    """
    token = session.get("_user_id")
    owner = find_owner_of_token(current_session(), token) if token else None
    if owner is None or not request.form:
        return None
    body = _typed()
    if len(json.dumps(body)) > MAX_BYTES:
        flash(
            _(
                "You were signed out, and what you sent is more than fits here. "
                "Go back in your browser, copy it, then sign in."
            ),
            "error",
        )
        return None
    with transaction(current_session()) as db:
        save_draft(db, owner, KEY, body, base_version=None, op_id="", now=utcnow())
    return url_for("kept.show")


@bp.after_app_request
def drop_what_was_sent_again(response: Response) -> Response:
    """Forget a kept form once it was sent again and taken; one kept since then stays."""
    if request.method != "POST" or response.status_code >= 400:
        return response
    version = request.form.get(SENT_AGAIN, "")
    if version.isdecimal() and signed_in() is not None:
        person_id = the_actor().person_id
        with transaction(current_session()) as db:
            drop_draft(db, person_id, KEY, version=int(version[:9]))
    return response


def show_stale_form() -> Any:
    """Answer a form whose token no longer fits: show what was typed, one button sends it."""
    if signed_in() is None:
        place = keep_what_was_typed()
        return redirect(url_for("signin.show", next=place or "/today"))
    return render_template("kept/show.html", **_page(_typed())), 400


def show_unsealed_form() -> Any:
    """Answer a form whose words could not be sealed: show them, so that they can be copied."""
    return render_template("kept/show.html", is_unsealed=True, **_page(_typed())), 503


def _page(body: dict[str, str], version: int = 0) -> dict[str, Any]:
    fields = [
        (name, value)
        for name, joined in body.items()
        if not name.startswith("__")
        for value in joined.split("\x1f")
    ]
    return {"path": same_site(body.get("__path")), "fields": fields, "kept_version": version}


@bp.get("/kept")
@requires(Permission.DRAFT_KEEP)
def show() -> str:
    """Show a form that could not be taken when it was sent."""
    kept = find_draft(current_session(), the_actor().person_id, KEY)
    if kept is None:
        raise MissingError
    return str(render_template("kept/show.html", **_page(kept.body, kept.version)))


def words_for_kept() -> str:
    """Return the sentence shown when a form is given back."""
    return str(_("Your words are kept. Look them over and send them again."))
