"""Inviting: one person, a pasted list, and the invitations that wait."""

import hashlib
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as Reply
from wtforms import EmailField
from wtforms.validators import Length

from lms.db import utcnow
from lms.models import Cohort, Invitation
from lms.rules.people import TRAINEE, RowProblem, roles_to_give
from lms.rules.policy import Permission
from lms.services.cohorts import find_cohort, list_cohorts
from lms.services.drafts import drop_draft, save_draft, spend
from lms.services.errors import RefusedError
from lms.services.gates import UnsignedError
from lms.services.people import (
    Offer,
    get_open_invitation,
    invitation_link,
    invite_list,
    invite_person,
    judge_list,
    list_invitations,
    renew_invitation,
    withdraw_invitation,
)
from lms.web.access import acting, requires, the_actor
from lms.web.drafts import fill_from_draft
from lms.web.fields import ChoiceField
from lms.web.forms import Form, given, line, needed, prose
from lms.web.organisation import own_organisation
from lms.web.people.blueprint import bp, page_number
from lms.web.state import current_session
from lms.web.words import ROLE_WORDS, refusal_words, sentence

DRAFT = "people-list"
PAGE = 100
BY_HAND = "by_hand"


class InviteForm(Form):
    """One person to invite."""

    address = EmailField(_l("E-mail address"), validators=[needed(), Length(max=320)])
    chosen_name = line(_l("Name to call them by"), required=False)
    role = ChoiceField(_l("Role"))
    cohort = ChoiceField(_l("Cohort"))


class ListForm(Form):
    """A pasted list of people, all trainees."""

    people = prose(_l("The list"), required=True, length=1_500_000)
    cohort = ChoiceField(_l("Cohort"))


def _cohort_choices() -> list[tuple[str, Any]]:
    rows = list_cohorts(current_session(), the_actor().organisation_id)
    return [("", _("No cohort yet")), *((row.public_id, row.name) for row in rows)]


def _chosen_cohort(db: Any, public_id: str) -> Cohort | None:
    return find_cohort(db, the_actor().organisation_id, public_id) if public_id else None


def _once(form: Form, *said: str) -> str:
    """Return what makes this act once: a form sent again after a change is another act."""
    return hashlib.sha256("\n".join((form.once, *said)).encode()).hexdigest()[:40]


def _invite_form() -> InviteForm:
    form = InviteForm()
    form.cohort.choices = _cohort_choices()
    roles = (TRAINEE, *roles_to_give(the_actor().roles))
    form.role.choices = [(role, ROLE_WORDS[role]) for role in roles]
    asked = request.args.get("cohort", "")
    if request.method == "GET" and asked in dict(form.cohort.choices):
        form.cohort.data = asked
    return form


@bp.get("/people/invite")
@requires(Permission.PERSON_INVITE)
def new() -> str:
    """Show the form that invites one person."""
    return str(render_template("people/invite.html", form=_invite_form()))


@bp.post("/people/invite")
@requires(Permission.PERSON_INVITE)
def invite() -> Any:
    """Invite one person by letter."""
    form = _invite_form()
    if not form.validate_on_submit():
        return render_template("people/invite.html", form=form)
    by, now = the_actor().person_id, utcnow()
    try:
        with acting() as db:
            role = given(form.role)
            cohort = _chosen_cohort(db, given(form.cohort)) if role == TRAINEE else None
            offer = Offer(given(form.address), given(form.chosen_name), role, cohort)
            if spend(db, _once(form, offer.address), by, "", now):
                invite_person(db, own_organisation(db), offer, by=by, now=now)
    except RefusedError as refused:
        field = form.cohort if isinstance(refused, UnsignedError) else form.address
        form.refuse(field, refusal_words(refused))
        return render_template("people/invite.html", form=form)
    flash(_("The invitation is on its way."), "good")
    return redirect(url_for(".invitations"))


def _list_form() -> ListForm:
    form = ListForm()
    form.cohort.choices = _cohort_choices()
    asked = request.args.get("cohort", "")
    if request.method == "GET" and asked in dict(form.cohort.choices):
        form.cohort.data = asked
    return form


def _list_page(form: ListForm, *, judged: bool) -> Any:
    rows = []
    if judged:
        home = the_actor().organisation_id
        rows = judge_list(current_session(), home, given(form.people), utcnow())
    bad = [row for row in rows if row.problems]
    return render_template(
        "people/list.html",
        form=form,
        judged=judged,
        bad=[(row, [sentence(problem) for problem in row.problems]) for row in bad],
        good=[row for row in rows if not row.problems],
        draft_key=DRAFT,
        twice=RowProblem.TWICE_IN_LIST,
    )


@bp.get("/people/list")
@requires(Permission.PERSON_INVITE)
def paste() -> Any:
    """Show the box for a list, with what was left in it."""
    form = _list_form()
    fill_from_draft(form, DRAFT)
    return _list_page(form, judged=False)


@bp.post("/people/list")
@requires(Permission.PERSON_INVITE)
def take_list() -> Any:
    """Look a list over; with the button for it, invite the rows that are in order."""
    form = _list_form()
    if not form.validate_on_submit():
        return _list_page(form, judged=False)
    if request.form.get("act") != "invite":
        return _list_page(form, judged=True)
    try:
        invited = _invite_rows(form)
    except RefusedError as refused:
        form.refuse(form.cohort, refusal_words(refused))
        return _list_page(form, judged=True)
    if invited is None:
        flash(_("This list was sent already."), "note")
    else:
        words = ngettext("%(num)d person is invited.", "%(num)d people are invited.", invited)
        flash(words, "good")
    return redirect(url_for(".paste"))


def _invite_rows(form: ListForm) -> int | None:
    """Invite, and keep what could not be invited in the box; None where it was done before."""
    by, now, text = the_actor().person_id, utcnow(), given(form.people)
    with acting() as db:
        if not spend(db, _once(form, text, given(form.cohort)), by, "", now):
            return None
        cohort = _chosen_cohort(db, given(form.cohort))
        done = invite_list(db, own_organisation(db), text, cohort=cohort, by=by, now=now)
        if done.left:
            body = {"people": done.left, "cohort": given(form.cohort)}
            save_draft(db, by, DRAFT, body, base_version=None, op_id="", now=now)
        else:
            drop_draft(db, by, DRAFT)
    return done.invited


@bp.get("/people/invitations")
@requires(Permission.PERSON_INVITE)
def invitations() -> str:
    """Show the invitations that nobody has taken up yet."""
    rows = list_invitations(current_session(), the_actor().organisation_id, utcnow())
    pages = max(1, -(-len(rows) // PAGE))
    page = min(max(page_number(), 1), pages)
    return str(
        render_template(
            "people/invitations.html",
            rows=rows[(page - 1) * PAGE : page * PAGE],
            total=len(rows),
            page=page,
            pages=pages,
            role_words=ROLE_WORDS,
            zone=own_organisation(current_session()).zone,
        )
    )


def _renew(invitation: Invitation, *, by_letter: bool) -> str | None:
    by = the_actor().person_id
    seen = request.form.get("seen", "") if by_letter else ""
    try:
        with acting() as db:
            return renew_invitation(
                db, invitation, by_letter=by_letter, by=by, now=utcnow(), seen=seen
            )
    except RefusedError as refused:
        flash(sentence(refused.reason), "error")
        return None


@bp.post("/people/invitations/<invitation_id>/letter")
@requires(Permission.PERSON_INVITE, invitation=get_open_invitation)
def send_again(invitation: Invitation) -> Reply:
    """Send a letter with a new link; the old link ends."""
    if _renew(invitation, by_letter=True) is not None:
        flash(_("A new letter is on its way. The link of the old one has ended."), "good")
    return redirect(url_for(".invitations"))


@bp.post("/people/invitations/<invitation_id>/link")
@requires(Permission.PERSON_INVITE, invitation=get_open_invitation)
def make_link(invitation: Invitation) -> Reply:
    """Make a new link to give by hand; it is shown to whoever made it, and kept nowhere."""
    public_id = invitation.public_id
    token = _renew(invitation, by_letter=False)
    if token is None:
        return redirect(url_for(".invitations"))
    session[BY_HAND] = [public_id, token]
    return redirect(url_for(".link", invitation_id=public_id))


@bp.get("/people/invitations/<invitation_id>/link")
@requires(Permission.PERSON_INVITE, invitation=get_open_invitation)
def link(invitation: Invitation) -> str:
    """Show the link that was just made."""
    made_for, token = session.get(BY_HAND) or ("", "")
    fits = made_for == invitation.public_id
    url = invitation_link(current_session(), token) if fits else ""
    return str(render_template("people/link.html", invitation=invitation, url=url))


@bp.post("/people/invitations/<invitation_id>/withdraw")
@requires(Permission.PERSON_INVITE, invitation=get_open_invitation)
def withdraw(invitation: Invitation) -> Reply:
    """Take an invitation back."""
    try:
        with acting() as db:
            withdraw_invitation(db, invitation, by=the_actor().person_id, now=utcnow())
    except RefusedError as refused:
        flash(sentence(refused.reason), "error")
    else:
        flash(_("The invitation is withdrawn. Its link opens nothing any more."), "good")
    return redirect(url_for(".invitations"))
