"""Publishing a module from the desk, and settling a clash with a version published meanwhile."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as Reply
from wtforms import HiddenField, RadioField
from wtforms.validators import InputRequired

from lms.db import utcnow
from lms.rules.authoring import NOTE_LENGTH, AuthorRefusal
from lms.rules.policy import Permission
from lms.services.authoring import (
    Order,
    changes_between,
    find_clash,
    look,
    open_desk,
    prepare,
    publish_module,
    settle_clash,
)
from lms.services.errors import MissingError, RefusedError
from lms.web.access import acting, requires, the_actor
from lms.web.authoring import bp
from lms.web.authoring.desks import back_to_desk, zone
from lms.web.authoring.words import told
from lms.web.forms import Bare, Form, choices_from, given, prose
from lms.web.state import current_session
from lms.web.words import sentence

YES, NO = "yes", "no"


class PublishForm(Form):
    """What changed, and whether it changes what is learnt."""

    note = prose(_l("What has changed"), required=True, length=NOTE_LENGTH)
    learnt = RadioField(
        _l("Does this change what is learnt?"),
        [InputRequired(_l("Choose one."))],
        choices=choices_from(
            [
                (YES, _l("Yes. Who has read a changed lesson is asked to read it again.")),
                (NO, _l("No, only how it is said. What was read counts on.")),
            ]
        ),
    )
    seen = HiddenField()


class SettleForm(Bare):
    """The version that is carried on from."""

    number = HiddenField()


@bp.get("/authoring/<module>/publish")
@requires(Permission.MODULE_WRITE)
def ask_publish(module: str) -> Any:
    """Show what would be published, and ask what to say of it."""
    if open_desk(current_session(), module).is_behind:
        return redirect(url_for(".clash", module=module))
    return _publish_page(module, _form_for(module))


def _form_for(module: str) -> PublishForm:
    """Return the form; of a first version nobody has read anything, so nothing is asked of it."""
    form = PublishForm()
    if open_desk(current_session(), module).current is None:
        del form.learnt
    return form


def _publish_page(slug: str, form: PublishForm) -> str:
    desk = open_desk(current_session(), slug)
    looked = look(current_session(), desk)
    form.seen.data = desk.fingerprint
    return str(
        render_template(
            "authoring/publish.html",
            desk=desk,
            form=form,
            changes=changes_between(desk.published, desk.files),
            problems=told(looked.problems, desk.files),
            warnings=told(looked.warnings, desk.files),
            is_whole=looked.is_whole,
            zone=zone(),
        )
    )


@bp.post("/authoring/<module>/publish")
@requires(Permission.MODULE_WRITE)
def publish(module: str) -> Any:
    """Publish the module, or say why not yet."""
    form = _form_for(module)
    if not form.validate():
        return _publish_page(module, form), 422
    is_learnt = "learnt" not in form or form.learnt.data == YES
    order = Order(given(form.note), is_learnt, given(form.seen))
    prepared = prepare(current_session(), module)
    try:
        with acting() as session:
            person_id = the_actor().person_id
            done = publish_module(session, person_id, module, prepared, order, now=utcnow())
            number = done.number
    except RefusedError as refused:
        if refused.reason is AuthorRefusal.PUBLISHED_MEANWHILE:
            flash(sentence(refused.reason), "error")
            return redirect(url_for(".clash", module=module))
        form.refuse(form.note, sentence(refused.reason))
        return _publish_page(module, form), 409
    return back_to_desk(module, _("Version %(number)s is published.", number=number))


@bp.get("/authoring/<module>/clash")
@requires(Permission.MODULE_WRITE)
def clash(module: str) -> Any:
    """Show a version that was published meanwhile beside the drafts."""
    found = find_clash(current_session(), module)
    if found is None:
        return redirect(url_for(".show", module=module))
    form = SettleForm(formdata=None, data={"number": str(found.current.number)})
    words = {"desk": open_desk(current_session(), module), "clash": found, "form": form}
    return render_template("authoring/clash.html", zone=zone(), **words)


@bp.post("/authoring/<module>/clash")
@requires(Permission.MODULE_WRITE)
def settle(module: str) -> Reply:
    """Carry on from the current version with what was chosen of each file."""
    form = SettleForm()
    number = given(form.number)
    if not form.validate() or not number.isdecimal() or len(number) > 9:
        raise MissingError
    theirs = {
        name.removeprefix("file-")
        for name, value in request.form.items()
        if name.startswith("file-") and value == "theirs"
    }
    try:
        with acting() as session:
            settle_clash(session, module, theirs, number=int(number), now=utcnow())
    except RefusedError as refused:
        return back_to_desk(module, sentence(refused.reason), "error")
    words = _("Your changes now stand on version %(number)s.", number=number)
    return back_to_desk(module, words)
