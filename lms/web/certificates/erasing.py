"""Erasing a certificate at its holder's wish, and switching its look-up off or on."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Reply

from lms.db import utcnow
from lms.models import Certificate
from lms.rules.certificates import EraseRefusal
from lms.rules.policy import Permission
from lms.services.certificates import (
    detail_of,
    erase_certificate,
    get_certificate,
    kept_of,
    switch_lookup,
)
from lms.services.errors import RefusedError
from lms.web.access import acting, requires, the_actor
from lms.web.certificates import bp
from lms.web.certificates.forms import EraseForm
from lms.web.certificates.words import kept_words
from lms.web.forms import Bare
from lms.web.state import current_session
from lms.web.words import sentence


@bp.get("/certificates/<certificate_id>/erase")
@requires(Permission.CERTIFICATE_ERASE, certificate=get_certificate)
def erase_form(certificate: Certificate) -> Any:
    """Say what is lost and what stays, before anything is erased."""
    return _asked(certificate, EraseForm())


def _asked(certificate: Certificate, form: EraseForm) -> Any:
    view = detail_of(current_session(), certificate, now=utcnow())
    if view.certificate.erased_at is not None:
        flash(sentence(EraseRefusal.ERASED_ALREADY), "note")
        return redirect(url_for(".show", certificate_id=certificate.public_id))
    kept = kept_words(kept_of(current_session(), certificate, now=utcnow()))
    return render_template("certificates/erase_form.html", view=view, form=form, kept_still=kept)


@bp.post("/certificates/<certificate_id>/erase")
@requires(Permission.CERTIFICATE_ERASE, certificate=get_certificate)
def erase(certificate: Certificate) -> Any:
    """Erase a certificate for good."""
    form = EraseForm()
    if not form.validate_on_submit():
        return _asked(certificate, form)
    try:
        with acting() as session:
            erase_certificate(
                session,
                certificate,
                by=the_actor().person_id,
                asked=bool(form.asked.data),
                op_id=form.once,
                now=utcnow(),
            )
    except RefusedError as refused:
        flash(sentence(refused.reason), "error")
        if refused.reason is EraseRefusal.KEPT_STILL:
            return redirect(url_for(".erase_form", certificate_id=certificate.public_id))
    else:
        flash(
            _("Erased. Only that there was a certificate, and whether it holds, is kept."), "good"
        )
    return redirect(url_for(".show", certificate_id=certificate.public_id))


@bp.post("/certificates/<certificate_id>/look-up")
@requires(Permission.CERTIFICATE_LOOK_UP, certificate=get_certificate)
def look_up(certificate: Certificate) -> Reply:
    """Turn the look-up of a person's certificates off, or on again."""
    off = request.form.get("act") == "off"
    if Bare().validate_on_submit():
        try:
            with acting() as session:
                switch_lookup(session, certificate, off=off, by=the_actor().person_id, now=utcnow())
        except RefusedError as refused:
            flash(sentence(refused.reason), "error")
        else:
            flash(_("Look-up is off.") if off else _("Look-up is on."), "good")
    return redirect(url_for(".show", certificate_id=certificate.public_id))
