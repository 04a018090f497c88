"""Issuing a certificate: what it would rest on, and the act."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired

from lms.db import utcnow
from lms.models import Certificate, Enrolment, IssueProposal
from lms.rules.certificates import IssueRefusal
from lms.rules.policy import Permission
from lms.rules.programmes import DocumentKind
from lms.services.certificates import (
    Preview,
    UnprintableError,
    find_by_enrolment,
    find_open_proposal,
    is_second_asked,
    issue_certificate,
    list_documents,
    preview_issue,
    propose_certificate,
)
from lms.services.errors import MissingError, RefusedError
from lms.services.practice import get_enrolment
from lms.web.access import acting, requires, the_actor
from lms.web.certificates import bp
from lms.web.certificates.words import KINDS, claim_rows, refusal_words
from lms.web.forms import Form, given
from lms.web.state import current_session
from lms.web.words import sentence


class IssueForm(Form):
    """The act of issuing, with the name and the chosen lines that were read on the page."""

    name = HiddenField()
    lines = HiddenField()


class AskedForm(IssueForm):
    """The same where the person gave no name: somebody must have asked."""

    asked = BooleanField(
        _l("I asked, and this is the name that the person wants on the certificate."),
        [InputRequired(_l("Ask the person first, then tick this."))],
    )


def _form_for(preview: Preview) -> IssueForm:
    form = IssueForm() if preview.name_is_theirs else AskedForm()
    form.name.data = preview.name
    form.lines.data = " ".join(preview.chosen)
    return form


def _previewed(
    enrolment: Enrolment,
    kind: DocumentKind | None,
    form: IssueForm | None = None,
    words: str = "",
) -> str:
    by, now = the_actor().person_id, utcnow()
    preview = preview_issue(current_session(), enrolment, by=by, now=now, kind=kind)
    return str(
        render_template(
            "certificates/preview.html",
            preview=preview,
            place=preview.basis.place,
            rows=claim_rows(preview.claims),
            kind_words=KINDS[preview.basis.terms.kind],
            form=form or _form_for(preview),
            words=words or _words_of(preview),
            waits=_waiting_for(enrolment, preview),
        )
    )


def _waiting_for(enrolment: Enrolment, preview: Preview) -> IssueProposal | None:
    terms = preview.basis.terms
    document = "" if terms.is_whole else terms.kind.value
    return find_open_proposal(current_session(), enrolment.id, document)


def _words_of(preview: Preview) -> str:
    if preview.refusal is None or preview.refusal is IssueRefusal.PACK_OVERDUE:
        return ""  # the page says of an overdue list what to do, whatever else is missing
    return refusal_words(preview.refusal, preview.unprintable)


def kind_named(name: str) -> DocumentKind:
    """Return the kind of document that an address names. Raises: MissingError."""
    try:
        return DocumentKind(name)
    except ValueError as unknown:
        raise MissingError from unknown


@bp.get("/enrolments/<enrolment_id>/documents")
@requires(Permission.CERTIFICATE_ISSUE, enrolment=get_enrolment)
def documents(enrolment: Enrolment) -> str:
    """Show everything that may be given to somebody in writing, and what was."""
    given_now = list_documents(current_session(), enrolment)
    return str(
        render_template(
            "certificates/documents.html", place=enrolment, documents=given_now, kinds=KINDS
        )
    )


@bp.get("/enrolments/<enrolment_id>/certificate")
@requires(Permission.CERTIFICATE_ISSUE, enrolment=get_enrolment)
def preview(enrolment: Enrolment) -> Any:
    """Show what would be issued and on what it rests, or the certificate that is there."""
    return _preview_or_there(enrolment, None)


@bp.get("/enrolments/<enrolment_id>/documents/<kind>")
@requires(Permission.CERTIFICATE_ISSUE, enrolment=get_enrolment)
def preview_kind(enrolment: Enrolment, kind: str) -> Any:
    """Show the same for one kind of document."""
    return _preview_or_there(enrolment, kind_named(kind))


def _preview_or_there(enrolment: Enrolment, kind: DocumentKind | None) -> Any:
    found = find_by_enrolment(current_session(), enrolment.id, kind)
    if found is not None:
        return redirect(url_for(".show", certificate_id=found.public_id))
    return _previewed(enrolment, kind)


@bp.post("/enrolments/<enrolment_id>/certificate")
@requires(Permission.CERTIFICATE_ISSUE, enrolment=get_enrolment)
def issue(enrolment: Enrolment) -> Any:
    """Issue the certificate, once."""
    return _issue(enrolment, None)


@bp.post("/enrolments/<enrolment_id>/documents/<kind>")
@requires(Permission.CERTIFICATE_ISSUE, enrolment=get_enrolment)
def issue_kind(enrolment: Enrolment, kind: str) -> Any:
    """Issue one kind of document, once."""
    return _issue(enrolment, kind_named(kind))


def _issue(enrolment: Enrolment, kind: DocumentKind | None) -> Any:
    form = IssueForm() if enrolment.person.certificate_name else AskedForm()
    if not form.validate_on_submit():
        return _previewed(enrolment, kind, form)
    try:
        if is_second_asked(current_session(), enrolment):
            return _proposed(enrolment, kind, form)
        certificate = _issued(enrolment, kind, form)
    except UnprintableError as refused:
        return _previewed(enrolment, kind, words=refusal_words(refused.reason, refused.characters))
    except RefusedError as refused:
        is_said = refused.reason is IssueRefusal.PACK_OVERDUE
        return _previewed(enrolment, kind, words="" if is_said else sentence(refused.reason))
    is_new = certificate.op_id == form.once
    flash(_("Issued.") if is_new else sentence(IssueRefusal.ALREADY_ISSUED), "good")
    return redirect(url_for(".show", certificate_id=certificate.public_id))


def _proposed(enrolment: Enrolment, kind: DocumentKind | None, form: IssueForm) -> Any:
    """Send it to a second coordinator, who approves it or sends it back."""
    by, name = the_actor().person_id, given(form.name)
    with acting() as session:
        found = propose_certificate(
            session, enrolment, by=by, name_read=name, now=utcnow(), kind=kind
        )
        public_id = found.public_id
    flash(_("Sent. It now waits for a second coordinator."), "good")
    return redirect(url_for(".proposal", proposal_id=public_id))


def _issued(enrolment: Enrolment, kind: DocumentKind | None, form: IssueForm) -> Certificate:
    with acting() as session:
        return issue_certificate(
            session,
            enrolment,
            by=the_actor().person_id,
            name_read=given(form.name),
            op_id=form.once,
            now=utcnow(),
            kind=kind,
            lines_read=given(form.lines).split(),
        )
