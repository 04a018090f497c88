"""Autosave: a form's words, sealed on the server, never in the browser's storage."""

import re
from typing import Any

from flask import Blueprint, abort, jsonify, request
from werkzeug.datastructures import MultiDict

from lms.db import utcnow
from lms.rules.policy import Permission
from lms.services.drafts import MAX_BYTES, KeptDraft, find_draft, save_draft
from lms.services.errors import ClashError
from lms.web.access import acting, requires, the_actor
from lms.web.state import current_session

bp = Blueprint("drafts", __name__)
JOINT = "\x1f"
HIDDEN = {"HiddenField", "CSRFTokenField"}
KEY = re.compile(r"[a-z0-9][a-z0-9:/_-]{0,150}")


def draft_for(key: str) -> KeptDraft | None:
    """Return the asker's draft under a key, for a view to fill its form with."""
    return find_draft(current_session(), the_actor().person_id, key)


def fill_from_draft(form: Any, key: str) -> KeptDraft | None:
    """Put a draft's words into the fields of a form that was not sent yet.

    Shape: several values of one name arrive joined by the unit separator; a field made of several
           boxes finds them under its own name, a hyphen and theirs.
    """
    kept = draft_for(key) if request.method == "GET" else None
    if kept is None:
        return None
    pairs = [(name, value) for name, joined in kept.body.items() for value in joined.split(JOINT)]
    typed = MultiDict(pairs)
    for field in form:
        if field.type not in HIDDEN and any(_belongs(name, field.name) for name in typed):
            field.process(typed)
    return kept


def _belongs(name: str, field_name: str) -> bool:
    return name == field_name or name.startswith(f"{field_name}-")


@bp.put("/drafts/<path:key>")
@requires(Permission.DRAFT_KEEP)
def save(key: str) -> Any:
    """Keep what was typed under a key; a clash answers both texts."""
    sent = _sent()
    if not KEY.fullmatch(key) or not isinstance(sent, dict) or _too_much():
        abort(400)
    words = sent.get("body")
    if not isinstance(words, dict):
        abort(400)
    body = {whole(name): whole(text) for name, text in words.items()}
    base = sent.get("base_version")
    try:
        with acting() as session:
            version = save_draft(
                session,
                the_actor().person_id,
                key,
                body,
                base_version=base if isinstance(base, int) else None,
                op_id=whole(sent.get("op_id", ""))[:40],
                now=utcnow(),
            )
    except ClashError as clash:
        return jsonify(theirs=clash.theirs, yours=clash.yours, version=clash.version), 409
    return jsonify(version=version, saved_at=utcnow().isoformat())


def _sent() -> Any:
    try:
        return request.get_json(silent=True)
    except RecursionError:  # nested thousands deep: nobody's form looks like that
        return None


def whole(value: Any) -> str:
    """Return text that a page and a database can hold: JSON may bring half characters and NUL."""
    return str(value).encode("utf-8", "replace").decode().replace("\0", "")


def _too_much() -> bool:
    return (request.content_length or 0) > MAX_BYTES
