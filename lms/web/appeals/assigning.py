"""Naming who decides: the office sees what kind of act it is, never the words."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Reply

from lms.db import utcnow
from lms.models import Appeal
from lms.rules.appeals import NAMEABLE
from lms.rules.policy import Permission
from lms.services.appeals import assign_decider, get_appeal, list_fitting, named_in, row_of
from lms.services.errors import RefusedError
from lms.web.access import acting, requires, the_actor
from lms.web.appeals import bp
from lms.web.appeals.forms import AssignForm
from lms.web.appeals.words import KINDS, STATES, WHO_FITS
from lms.web.forms import choices_from
from lms.web.state import current_session
from lms.web.words import sentence


def _form(appeal: Appeal) -> AssignForm:
    people = list_fitting(current_session(), appeal, now=utcnow())
    now = named_in(appeal) or 0
    named = {person.id: person.public_id for person in people}.get(now)
    form = AssignForm(data={"decider": named, "seen": str(now or "")})
    form.decider.choices = choices_from((one.public_id, one.chosen_name) for one in people)
    return form


@bp.get("/appeals/<appeal_id>/assign")
@requires(Permission.APPEAL_ASSIGN, appeal=get_appeal)
def assign_form(appeal: Appeal) -> str:
    """Show that somebody asked, about what kind of act, and who may decide."""
    return _page(appeal, _form(appeal))


def _page(appeal: Appeal, form: AssignForm) -> str:
    row = row_of(current_session(), appeal, now=utcnow())
    return str(
        render_template(
            "appeals/assign.html",
            row=row,
            kind=KINDS[row.kind],
            who=WHO_FITS[row.kind],
            states=STATES,
            form=form,
            nameable=row.state in NAMEABLE,
            is_mine=appeal.taken_by == the_actor().person_id,
        )
    )


@bp.post("/appeals/<appeal_id>/assign")
@requires(Permission.APPEAL_ASSIGN, appeal=get_appeal)
def assign(appeal: Appeal) -> Any:
    """Name who decides."""
    form = _form(appeal)
    if not form.validate_on_submit():
        return _page(appeal, form)
    seen = form.seen.data or ""
    try:
        with acting() as session:
            people = {one.public_id: one for one in list_fitting(session, appeal, now=utcnow())}
            assign_decider(
                session,
                appeal,
                people[form.decider.data],
                seen=int(seen) if seen.isdecimal() and len(seen) < 10 else None,
                by=the_actor().person_id,
                now=utcnow(),
            )
    except RefusedError as refused:
        flash(sentence(refused.reason), "error")
    else:
        flash(_("Named. They read the request, and nobody else does."), "good")
    return _to_list()


def _to_list() -> Reply:
    return redirect(url_for(".index"))
