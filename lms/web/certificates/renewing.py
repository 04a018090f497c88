"""Renewing a certificate, and making a document anew with the present name."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Reply

from lms.db import utcnow
from lms.models import Certificate, IssueProposal
from lms.rules.certificates import NewEditionRefusal, Replacement
from lms.rules.policy import Permission
from lms.services.certificates import (
    RenewalView,
    UnprintableError,
    detail_of,
    document_of,
    find_open_proposal,
    get_certificate,
    preview_edition,
    preview_renewal,
    propose_edition,
    propose_renewal,
    renew_certificate,
    replace_certificate,
)
from lms.services.errors import RefusedError
from lms.web.access import acting, may, requires, the_actor
from lms.web.certificates import bp
from lms.web.certificates.forms import NewDocumentForm
from lms.web.certificates.issuing import AskedForm, IssueForm
from lms.web.certificates.words import refusal_words, standing_words
from lms.web.forms import given
from lms.web.languages import titles_now
from lms.web.state import current_session
from lms.web.verdict_words import rows_of, summary_words
from lms.web.words import sentence


@bp.get("/certificates/<certificate_id>/renewal")
@requires(Permission.CERTIFICATE_READ, certificate=get_certificate)
def renewal(certificate: Certificate) -> str:
    """Show what renewing asks for, how far it is, and the button where somebody may press it."""
    return _renewal(certificate)


def _renewal(certificate: Certificate, form: IssueForm | None = None, words: str = "") -> str:
    session, now = current_session(), utcnow()
    view = detail_of(session, certificate, now=now)
    found = preview_renewal(session, certificate, by=the_actor().person_id, now=now)
    own = may(Permission.CERTIFICATE_HIDE, certificate)
    renewing = found.renewing
    rows = []
    if renewing is not None:
        titles = titles_now(session)
        rows = rows_of(renewing.verdict, renewing.record, own=own, titles=titles)
    return str(
        render_template(
            "certificates/renewal.html",
            view=view,
            found=found,
            own=own,
            rows=rows,
            place=view.enrolment,
            to_sign={rule: slug for slug, rule in found.to_sign.items()},
            summary=summary_words(renewing.verdict) if renewing else "",
            standing=standing_words(view),
            form=form or _form_for(found),
            words=words or _words_of(found),
            waits=waiting_about(certificate),
        )
    )


def waiting_about(certificate: Certificate) -> IssueProposal | None:
    """Return the proposal about a certificate that waits for a second coordinator, or None."""
    document = document_of(certificate)
    found = find_open_proposal(current_session(), certificate.enrolment_id, document)
    return found if found is not None and found.about_id == certificate.id else None


def _form_for(found: RenewalView) -> IssueForm:
    form = IssueForm() if found.name_is_theirs else AskedForm()
    form.name.data = found.name
    return form


def _words_of(found: RenewalView) -> str:
    if found.refusal is not None:
        return sentence(found.refusal)
    return ""


@bp.post("/certificates/<certificate_id>/renewal")
@requires(Permission.CERTIFICATE_RENEW, certificate=get_certificate)
def renew(certificate: Certificate) -> Any:
    """Issue the next term, once."""
    session, now = current_session(), utcnow()
    found = preview_renewal(session, certificate, by=the_actor().person_id, now=now)
    form = IssueForm() if found.name_is_theirs else AskedForm()
    if not form.validate_on_submit():
        return _renewal(certificate, form)
    try:
        if found.second_asked:
            return _renewal_proposed(certificate, form)
        with acting() as writing:
            new = renew_certificate(
                writing,
                certificate,
                by=the_actor().person_id,
                name_read=given(form.name),
                op_id=form.once,
                now=utcnow(),
            )
    except UnprintableError as refused:
        return _renewal(certificate, words=refusal_words(refused.reason, refused.characters))
    except RefusedError as refused:
        return _renewal(certificate, words=sentence(refused.reason))
    flash(_("Renewed."), "good")
    return redirect(url_for(".show", certificate_id=new.public_id))


def _renewal_proposed(certificate: Certificate, form: IssueForm) -> Reply:
    by, name = the_actor().person_id, given(form.name)
    with acting() as session:
        sent = propose_renewal(session, certificate, by=by, name_read=name, now=utcnow())
        public_id = sent.public_id
    return to_proposal(public_id)


def to_proposal(public_id: str) -> Reply:
    """Say that a second coordinator looks now, and lead to what they look at."""
    flash(_("Sent. It now waits for a second coordinator."), "good")
    return redirect(url_for(".proposal", proposal_id=public_id))


@bp.get("/certificates/<certificate_id>/new-document")
@requires(Permission.CERTIFICATE_REPLACE, certificate=get_certificate)
def new_document_form(certificate: Certificate) -> str:
    """Show the name of now beside the one printed, before the document is made anew."""
    return _anew(certificate, NewDocumentForm())


def _anew(certificate: Certificate, form: NewDocumentForm, words: str = "") -> str:
    session, now = current_session(), utcnow()
    found = preview_edition(session, certificate, by=the_actor().person_id, now=now)
    form.name.data = found.name
    if found.refusal:
        words = words or sentence(found.refusal)
    return str(
        render_template(
            "certificates/new_document_form.html",
            view=detail_of(session, certificate, now=now),
            found=found,
            form=form,
            words=words,
            waits=waiting_about(certificate),
        )
    )


@bp.post("/certificates/<certificate_id>/new-document")
@requires(Permission.CERTIFICATE_REPLACE, certificate=get_certificate)
def new_document(certificate: Certificate) -> Any:
    """Make the document anew; the old one says that it was replaced."""
    form = NewDocumentForm()
    if not form.validate_on_submit():
        return _anew(certificate, form)
    try:
        return _made_anew(certificate, form)
    except UnprintableError as refused:
        return _anew(certificate, form, refusal_words(refused.reason, refused.characters))
    except RefusedError as refused:
        if refused.reason is NewEditionRefusal.REASON_MISSING:
            form.refuse(form.reason, sentence(refused.reason))
            return _anew(certificate, form)
        return _anew(certificate, form, sentence(refused.reason))


def _made_anew(certificate: Certificate, form: NewDocumentForm) -> Reply:
    by, session = the_actor().person_id, current_session()
    if preview_edition(session, certificate, by=by, now=utcnow()).second_asked:
        return _anew_proposed(certificate, form)
    with acting() as session:
        new = replace_certificate(
            session,
            certificate,
            Replacement(form.why.data),
            by=the_actor().person_id,
            reason=given(form.reason),
            name_read=given(form.name),
            op_id=form.once,
            now=utcnow(),
        )
    flash(_("Made anew. The old document shows nothing any more."), "good")
    return redirect(url_for(".show", certificate_id=new.public_id))


def _anew_proposed(certificate: Certificate, form: NewDocumentForm) -> Reply:
    with acting() as session:
        sent = propose_edition(
            session,
            certificate,
            Replacement(form.why.data),
            by=the_actor().person_id,
            reason=given(form.reason),
            name_read=given(form.name),
            now=utcnow(),
        )
        public_id = sent.public_id
    return to_proposal(public_id)
