"""What coordinators record beside a certificate, and what its holder gives back."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from lms.db import utcnow
from lms.models import Certificate
from lms.rules.certificates import CertificateEventKind
from lms.rules.policy import Permission
from lms.services.certificates import EventNote, get_certificate, list_open_kinds, record_event
from lms.services.errors import RefusedError
from lms.web.access import acting, requires, the_actor
from lms.web.certificates import bp
from lms.web.certificates.forms import FORMS, GiveBackForm
from lms.web.certificates.holding import shown
from lms.web.state import current_session
from lms.web.words import sentence


def _record(
    certificate: Certificate, kind: CertificateEventKind, note: EventNote, op_id: str
) -> None:
    with acting() as session:
        record_event(
            session,
            certificate,
            kind,
            by=the_actor().person_id,
            note=note,
            op_id=op_id,
            now=utcnow(),
        )


def _recorded(certificate: Certificate, kind: CertificateEventKind, words: str) -> Any:
    form = FORMS[kind]()
    if not form.validate_on_submit():
        return shown(certificate, form, kind.value)
    try:
        _record(certificate, kind, form.note(), form.once)
    except RefusedError as refused:
        field = form.field_of(refused.reason)
        if field is not None:
            form.refuse(field, sentence(refused.reason))
            return shown(certificate, form, kind.value)
        flash(sentence(refused.reason), "error")
    else:
        flash(words, "good")
    return redirect(url_for(".show", certificate_id=certificate.public_id))


@bp.post("/certificates/<certificate_id>/suspend")
@requires(Permission.CERTIFICATE_REVOKE, certificate=get_certificate)
def suspend(certificate: Certificate) -> Any:
    """Suspend a certificate, with a reason."""
    return _recorded(certificate, CertificateEventKind.SUSPENDED, _("Suspended."))


@bp.post("/certificates/<certificate_id>/reinstate")
@requires(Permission.CERTIFICATE_REVOKE, certificate=get_certificate)
def reinstate(certificate: Certificate) -> Any:
    """Lift a suspension, with a reason."""
    return _recorded(certificate, CertificateEventKind.REINSTATED, _("Valid again."))


@bp.post("/certificates/<certificate_id>/revoke")
@requires(Permission.CERTIFICATE_REVOKE, certificate=get_certificate)
def revoke(certificate: Certificate) -> Any:
    """Revoke a certificate, with a reason."""
    return _recorded(certificate, CertificateEventKind.REVOKED, _("Revoked."))


@bp.get("/certificates/<certificate_id>/give-back")
@requires(Permission.CERTIFICATE_GIVE_BACK, certificate=get_certificate)
def give_back_form(certificate: Certificate) -> Any:
    """Say plainly what follows from giving a certificate back."""
    return _giving_back(certificate, GiveBackForm())


def _giving_back(certificate: Certificate, form: GiveBackForm) -> Any:
    session = current_session()
    kinds = list_open_kinds(session, certificate, by=the_actor().person_id, now=utcnow())
    if CertificateEventKind.WITHDRAWN not in kinds:
        return redirect(url_for(".show", certificate_id=certificate.public_id))
    return render_template("certificates/give_back_form.html", certificate=certificate, form=form)


@bp.post("/certificates/<certificate_id>/give-back")
@requires(Permission.CERTIFICATE_GIVE_BACK, certificate=get_certificate)
def give_back(certificate: Certificate) -> Any:
    """Give a certificate back, without a reason."""
    form = GiveBackForm()
    if not form.validate_on_submit():
        return _giving_back(certificate, form)
    try:
        _record(certificate, CertificateEventKind.WITHDRAWN, EventNote(), form.once)
    except RefusedError as refused:
        flash(sentence(refused.reason), "error")
    else:
        flash(_("You gave it back. Whoever checks it reads so from now on."), "good")
    return redirect(url_for(".show", certificate_id=certificate.public_id))
