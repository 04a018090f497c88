"""Publishing a programme's draft, and withdrawing a version."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from lms.db import utcnow
from lms.rules.policy import Permission
from lms.rules.programmes.changing import NOTE_LENGTH
from lms.services.drafts import find_spent, spend
from lms.services.errors import RefusedError
from lms.services.programmes.drafts import open_desk, take_version
from lms.services.programmes.sending import Order, publish_draft, withdraw_version
from lms.services.programmes.shelf import edition_numbered, list_editions
from lms.web.access import acting, requires, the_actor
from lms.web.forms import Form, given, prose
from lms.web.programmes import bp
from lms.web.programmes.changed import effect_page
from lms.web.programmes.desk import changes_of, effects_of, still_to_set, told
from lms.web.programmes.listing import WithdrawForm, house, version_page, zone
from lms.web.state import current_session
from lms.web.words import sentence


class PublishForm(Form):
    """What a new version changes, in a sentence; and the draft that was looked at."""

    note = prose(_l("What has changed, and why"), required=True, length=NOTE_LENGTH)
    seen = HiddenField()


@bp.get("/programmes/<programme>/draft/publish")
@requires(Permission.PROGRAMME_CHANGE)
def ask_publish(programme: str) -> str:
    """Show what would be published and whom it concerns, and ask what to say of it."""
    return _publish_page(programme, PublishForm())


def _publish_page(slug: str, form: PublishForm) -> str:
    desk = open_desk(current_session(), house(), slug)
    form.seen.data = desk.fingerprint
    effects, said = effects_of(desk), desk.checked.programme
    return str(
        render_template(
            "programmes/publish.html",
            desk=desk,
            slug=slug,
            form=form,
            said=said,
            problems=told(slug, said, desk.checked.problems),
            to_set=still_to_set(slug, said) if said else [],
            changes=changes_of(desk),
            effects=effects,
            people=effect_page(effects),
            zone=zone(),
        )
    )


@bp.post("/programmes/<programme>/draft/publish")
@requires(Permission.PROGRAMME_CHANGE)
def publish(programme: str) -> Any:
    """Publish the draft as the next version, or say why not yet."""
    form = PublishForm()
    by, now = the_actor().person_id, utcnow()
    if not form.validate():
        return _publish_page(programme, form), 422
    order = Order(given(form.note), given(form.seen))
    try:
        with acting() as session:
            number = find_spent(session, form.once, by)
            if number is None:
                done = publish_draft(session, house(), programme, order, by=by, now=now)
                number = str(done.number)
                spend(session, form.once, by, number, now)
    except RefusedError as refused:
        form.refuse(form.note, sentence(refused.reason))
        return _publish_page(programme, form), 409
    words = _("Version %(number)s is published. Who is enrolled stays on theirs.", number=number)
    flash(words, "good")
    return redirect(url_for(".version", programme=programme, number=int(number)))


@bp.post("/programmes/<programme>/versions/<int:number>/draft")
@requires(Permission.PROGRAMME_CHANGE)
def begin_from(programme: str, number: int) -> Any:
    """Begin a draft from a version that does not count now."""
    editions = list_editions(current_session(), house(), programme)
    version = edition_numbered(editions, number).version
    try:
        with acting() as session:
            take_version(session, house(), version, by=the_actor().person_id, now=utcnow())
    except RefusedError as refused:
        flash(sentence(refused.reason), "error")
    return redirect(url_for(".draft", programme=programme))


@bp.post("/programmes/<programme>/versions/<int:number>/withdraw")
@requires(Permission.PROGRAMME_CHANGE)
def withdraw(programme: str, number: int) -> Any:
    """Withdraw a version, with a reason."""
    form = WithdrawForm()
    if not form.validate():
        return version_page(programme, number, form), 422
    by, now = the_actor().person_id, utcnow()
    try:
        with acting() as session:
            why = given(form.reason)
            withdraw_version(session, house(), programme, number, why, by=by, now=now)
    except RefusedError as refused:
        form.refuse(form.reason, sentence(refused.reason))
        return version_page(programme, number, form), 409
    flash(_("Withdrawn. No new cohort opens under it, and who is enrolled goes on."), "good")
    return redirect(url_for(".version", programme=programme, number=number))
