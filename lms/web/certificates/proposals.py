"""Certificates that wait for a second coordinator: approved, or sent back with a reason."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from lms.db import utcnow
from lms.models import IssueProposal
from lms.rules.certificates import ApprovalRefusal, ProposalState
from lms.rules.policy import Permission
from lms.services.certificates import (
    UnprintableError,
    approve_proposal,
    decline_proposal,
    find_made,
    get_proposal,
    list_proposals,
    own_scope,
    reason_of,
    sent_back_scope,
    waiting_scope,
)
from lms.services.errors import RefusedError
from lms.services.practice import name_of
from lms.web.access import acting, requires, the_actor
from lms.web.certificates import bp
from lms.web.certificates.looking import again_url, look_over
from lms.web.certificates.words import claim_rows, proposed_words, refusal_words
from lms.web.forms import Bare, Form, given, prose
from lms.web.state import current_session
from lms.web.words import sentence


class ApproveForm(Form):
    """The act of approving, with the name that was read on the page."""

    name = HiddenField()
    lines = HiddenField()


class SendBackForm(Bare):
    """Why a certificate is not approved."""

    reason = prose(_l("Why"), required=True, length=2000)


@bp.get("/proposals")
@requires(Permission.PROPOSAL_LIST)
def proposals() -> str:
    """Show what waits for me, what of mine waits for a second person, what was sent back to me."""
    session, actor = current_session(), the_actor()
    return str(
        render_template(
            "certificates/proposals.html",
            waiting=list_proposals(session, waiting_scope(actor)),
            own=list_proposals(session, own_scope(actor)),
            sent_back=list_proposals(session, sent_back_scope(actor, now=utcnow())),
            words=proposed_words,
            again=again_url,
        )
    )


@bp.get("/proposals/<proposal_id>")
@requires(Permission.PROPOSAL_SETTLE, proposal=get_proposal)
def proposal(proposal: IssueProposal) -> Any:
    """Show what was proposed and on what it would rest today; or what came of it."""
    found = find_made(current_session(), proposal)
    if found is not None:
        return redirect(url_for(".show", certificate_id=found.public_id))
    return _page(proposal)


def _page(proposal: IssueProposal, send_back: SendBackForm | None = None, words: str = "") -> str:
    session, me = current_session(), the_actor().person_id
    looked = look_over(session, proposal, me)
    form = ApproveForm(formdata=None)
    form.name.data, form.lines.data = looked.name, " ".join(looked.chosen)
    return str(
        render_template(
            "certificates/proposal.html",
            proposal=proposal,
            looked=looked,
            preview=looked.preview,
            place=proposal.enrolment,
            what=proposed_words(proposal.act, proposal.document),
            rows=claim_rows(looked.preview.claims) if looked.preview else [],
            is_own=proposal.proposed_by == me,
            is_open=proposal.state == ProposalState.OPEN,
            first=name_of(session, proposal.proposed_by),
            reason=reason_of(session, proposal),
            form=form,
            send_back=send_back or SendBackForm(formdata=None),
            words=words or looked.held,
        )
    )


@bp.post("/proposals/<proposal_id>/approve")
@requires(Permission.PROPOSAL_SETTLE, proposal=get_proposal)
def approve(proposal: IssueProposal) -> Any:
    """Approve, and so do, what another proposed."""
    form, public_id = ApproveForm(), proposal.public_id
    by, now = the_actor().person_id, utcnow()
    try:
        with acting() as session:
            name = given(form.name)
            lines = given(form.lines).split()
            certificate = approve_proposal(
                session, proposal, by=by, name_read=name, now=now, lines_read=lines
            )
            issued = certificate.public_id
    except RefusedError as refused:
        return _refused(public_id, refused)
    flash(_("Approved and issued."), "good")
    return redirect(url_for(".show", certificate_id=issued))


def _refused(public_id: str, refused: RefusedError) -> Any:
    """Show the proposal again with why not; one that is settled by now shows what came of it."""
    if refused.reason is ApprovalRefusal.SETTLED:
        flash(sentence(refused.reason), "note")
        return redirect(url_for(".proposal", proposal_id=public_id))
    characters = refused.characters if isinstance(refused, UnprintableError) else ()
    again = get_proposal(current_session(), public_id)
    return _page(again, words=refusal_words(refused.reason, characters))


@bp.post("/proposals/<proposal_id>/send-back")
@requires(Permission.PROPOSAL_SETTLE, proposal=get_proposal)
def send_back(proposal: IssueProposal) -> Any:
    """Send a proposal back with a reason, or take back one's own."""
    form, public_id = SendBackForm(), proposal.public_id
    if not form.validate_on_submit():
        return _page(proposal, form)
    by, now = the_actor().person_id, utcnow()
    try:
        with acting() as session:
            decline_proposal(session, proposal, by=by, reason=given(form.reason), now=now)
    except RefusedError as refused:
        if refused.reason is not ApprovalRefusal.REASON_MISSING:
            return _refused(public_id, refused)
        form.refuse(form.reason, sentence(refused.reason))
        return _page(get_proposal(current_session(), public_id), form)
    flash(_("Sent back."), "good")
    return redirect(url_for(".proposals"))
