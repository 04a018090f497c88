"""Earlier versions of a module: what changed, and going back."""

from typing import Any

from flask import render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Reply

from lms.db import utcnow
from lms.rules.policy import Permission
from lms.services.authoring import (
    changes_between,
    changes_since,
    list_editions,
    open_desk,
    take_back,
)
from lms.services.errors import MissingError, RefusedError
from lms.web.access import acting, requires, the_actor
from lms.web.authoring import bp
from lms.web.authoring.desks import back_to_desk, zone
from lms.web.curriculum.opening import version_number
from lms.web.state import current_session
from lms.web.words import sentence


@bp.get("/authoring/<module>/versions")
@requires(Permission.MODULE_WRITE)
def versions(module: str) -> str:
    """List the versions of a module."""
    desk = open_desk(current_session(), module)
    editions = list_editions(current_session(), module)
    words = {"desk": desk, "editions": editions, "zone": zone()}
    return str(render_template("authoring/versions.html", **words))


@bp.get("/authoring/<module>/changes")
@requires(Permission.MODULE_WRITE)
def changes(module: str) -> str:
    """Show what the drafts change."""
    desk = open_desk(current_session(), module)
    found = changes_between(desk.published, desk.files)
    words = {"desk": desk, "changes": found, "edition": None, "zone": zone()}
    return str(render_template("authoring/changes.html", **words))


@bp.get("/authoring/<module>/versions/<number>")
@requires(Permission.MODULE_WRITE)
def version(module: str, number: str) -> str:
    """Show what changed from an earlier version to the current one."""
    wanted = _number(number)
    session = current_session()
    edition = next((e for e in list_editions(session, module) if e.number == wanted), None)
    if edition is None:
        raise MissingError
    words: dict[str, Any] = {"desk": open_desk(session, module), "zone": zone()}
    found = changes_since(session, module, wanted)
    return str(render_template("authoring/changes.html", changes=found, edition=edition, **words))


@bp.post("/authoring/<module>/versions/<number>/restore")
@requires(Permission.MODULE_WRITE)
def restore(module: str, number: str) -> Reply:
    """Put an earlier version on the desk, to be published as a new one."""
    wanted = _number(number)
    try:
        with acting() as session:
            count = take_back(session, the_actor().person_id, module, wanted, now=utcnow())
    except RefusedError as refused:
        return back_to_desk(module, sentence(refused.reason), "error")
    if not count:
        return back_to_desk(module, _("This version says the same as the one now."))
    words = _("Version %(number)s lies on the desk again. Check it, then publish.", number=wanted)
    return back_to_desk(module, words)


def _number(written: str) -> int:
    found = version_number(written)
    if found is None:
        raise MissingError
    return found
