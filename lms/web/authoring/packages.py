"""A module's folder in one file: out, and in as drafts."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from lms.content.packing import (
    PACKAGE_LIMIT_BYTES,
    PackageError,
    Unpacked,
    packed,
    unpacked,
)
from lms.db import utcnow
from lms.rules.policy import Permission
from lms.services.authoring import list_desks, open_desk, put_files
from lms.services.errors import RefusedError
from lms.web.access import acting, requires, the_actor
from lms.web.authoring import bp
from lms.web.authoring.desks import (
    PackageForm,
    StartForm,
    back_to_desk,
    desk_page,
    list_page,
)
from lms.web.forms import Form
from lms.web.state import current_session
from lms.web.words import sentence


@bp.get("/authoring/<module>/package")
@requires(Permission.MODULE_WRITE)
def package(module: str) -> Response:
    """Send a module's folder as it is on the desk."""
    desk = open_desk(current_session(), module)
    reply = Response(packed(module, desk.files), content_type="application/zip")
    reply.headers["Content-Disposition"] = f'attachment; filename="{desk.slug}.zip"'
    return reply


@bp.post("/authoring/<module>/package")
@requires(Permission.MODULE_WRITE)
def take_in(module: str) -> Any:
    """Take a module's folder in as drafts of this module."""
    open_desk(current_session(), module)
    form = PackageForm()
    found = _unpacked(form)
    if found is None or _is_anothers(form, module, found):
        return desk_page(module, package_form=form), 422
    changed = _put(form, module, found)
    if changed is None:
        return desk_page(module, package_form=form), 422
    return back_to_desk(module, _taken(changed))


def _is_anothers(form: PackageForm, module: str, found: Unpacked) -> bool:
    """Say at the field that a package is another module's, if its folder bears that one's name."""
    others = {row.slug for row in list_desks(current_session())} - {module}
    if found.slug not in others:
        return False
    words = _(
        "This package holds the module '%(name)s'. Open that module's desk, or rename the "
        "folder in it.",
        name=found.slug,
    )
    form.refuse(form.package, words)
    return True


@bp.post("/module-packages")
@requires(Permission.MODULE_WRITE)
def take_in_new() -> Any:
    """Take a module's folder in under the name that it has."""
    form = PackageForm()
    found = _unpacked(form)
    changed = _put(form, found.slug, found) if found else None
    if found is None or changed is None:
        return list_page(StartForm(formdata=None), form), 422
    return back_to_desk(found.slug, _taken(changed))


def _taken(changed: tuple[str, ...]) -> str:
    if not changed:
        return str(_("This package says what is published already. Nothing has changed."))
    return str(_("The package is on the desk, as drafts. Check it, then publish."))


def _unpacked(form: PackageForm) -> Unpacked | None:
    """Return what a package holds; the reason for a no stands at its field."""
    sent = request.files.get("package")
    if not form.validate():
        return None
    try:
        return unpacked(sent.stream.read(PACKAGE_LIMIT_BYTES + 1) if sent else b"")
    except PackageError as refused:
        words = sentence(refused.reason)
        named = f"{refused.name}: {words}" if refused.name else words
        form.refuse(form.package, named)
        return None


def _put(form: Form, slug: str, found: Unpacked) -> tuple[str, ...] | None:
    """Return what a package changes on the desk, None where the reason for a no is at its field."""
    try:
        with acting() as session:
            return put_files(session, the_actor().person_id, slug, found.files, now=utcnow())
    except RefusedError as refused:
        form.refuse(form["package"], sentence(refused.reason))
        return None
