"""Issuing certificates, the holder's own, and what coordinators record beside them."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as Reply
from wtforms import BooleanField, HiddenField, SelectMultipleField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from lms.db import utcnow
from lms.documents.typefaces import described
from lms.models import Certificate, Enrolment
from lms.rules.certificates import (
    CHOICES,
    CertificateEventKind,
    CertificateState,
    Claim,
    EventRefusal,
    IssueRefusal,
)
from lms.rules.policy import Permission
from lms.services.certificates import (
    CertificateView,
    Preview,
    UnprintableError,
    choose_hidden,
    count_issued,
    detail_of,
    find_by_enrolment,
    get_certificate,
    issue_certificate,
    list_events,
    list_issued,
    list_open_kinds,
    list_own,
    pdf_of,
    preview_issue,
    record_event,
)
from lms.services.errors import RefusedError
from lms.services.practice import get_enrolment
from lms.web.access import acting, may, requires, the_actor
from lms.web.filters import date_words
from lms.web.forms import Bare, Form, choices_from, given, prose
from lms.web.state import current_session
from lms.web.words import sentence

bp = Blueprint("certificates", __name__)
PAGE_SIZE = 50
FILE_NAME = "document.pdf"

CLAIMS = {
    Claim.NAME: _l("Name"),
    Claim.PROGRAMME: _l("Programme"),
    Claim.ORGANISATION: _l("Organisation"),
    Claim.COVERS: _l("What it covers"),
    Claim.DOES_NOT_QUALIFY: _l("What it does not qualify for"),
    Claim.ISSUED_ON: _l("Issued"),
    Claim.VALID_UNTIL: _l("Valid until"),
    Claim.NUMBER: _l("Number"),
}
SWITCHES = CLAIMS | {Claim.COVERS: _l("What it covers, and what it does not qualify for")}
DAYS = (Claim.ISSUED_ON.value, Claim.VALID_UNTIL.value)
HAPPENED = {
    CertificateEventKind.SUSPENDED: _l("Suspended"),
    CertificateEventKind.REINSTATED: _l("Valid again"),
    CertificateEventKind.REVOKED: _l("Revoked"),
    CertificateEventKind.SUPERSEDED: _l("Replaced by a newer one"),
}


class IssueForm(Form):
    """The act of issuing, with the name that was read on the page."""

    name = HiddenField()


class AskedForm(IssueForm):
    """The same where the person gave no name: somebody must have asked."""

    asked = BooleanField(
        _l("I asked, and this is the name that the person wants on the certificate."),
        [InputRequired(_l("Ask the person first, then tick this."))],
    )


class ReasonForm(Bare):
    """Why a certificate is suspended, reinstated or revoked."""

    reason = prose(_l("Why"), required=True, length=2000)


class ShownForm(Form):
    """What the check page shows; what is not ticked is hidden."""

    shown = SelectMultipleField(
        _l("Whoever has the code may read"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        choices=choices_from((choice.value, SWITCHES[choice]) for choice in CHOICES),
    )


def claim_rows(claims: dict[Any, str | None]) -> list[tuple[Any, Any, bool]]:
    """Return (label, value, is_a_day) of claims, days read back from ISO dates."""
    return [
        (label, date.fromisoformat(value) if claim.value in DAYS else value, claim.value in DAYS)
        for claim, label in CLAIMS.items()
        if (value := claims.get(claim.value))
    ]


def _form_for(preview: Preview) -> IssueForm:
    form = IssueForm() if preview.name_is_theirs else AskedForm()
    form.name.data = preview.name
    return form


def _previewed(enrolment: Enrolment, form: IssueForm | None = None, words: str = "") -> str:
    preview = preview_issue(current_session(), enrolment, by=the_actor().person_id, now=utcnow())
    return str(
        render_template(
            "certificates/preview.html",
            preview=preview,
            place=preview.basis.place,
            form=form or _form_for(preview),
            words=words or _words_of(preview),
        )
    )


def _words_of(preview: Preview) -> str:
    if preview.refusal is None:
        return ""
    return _refusal_words(preview.refusal, preview.unprintable)


def _refusal_words(reason: Any, characters: tuple[str, ...] = ()) -> str:
    named = ", ".join(described(character) for character in characters)
    return f"{sentence(reason)} {named}".strip()


@bp.get("/enrolments/<enrolment_id>/certificate")
@requires(Permission.CERTIFICATE_ISSUE, enrolment=get_enrolment)
def preview(enrolment: Enrolment) -> Any:
    """Show what would be issued and on what it rests, or the certificate that is there."""
    found = find_by_enrolment(current_session(), enrolment.id)
    if found is not None:
        return redirect(url_for(".show", certificate_id=found.public_id))
    return _previewed(enrolment)


@bp.post("/enrolments/<enrolment_id>/certificate")
@requires(Permission.CERTIFICATE_ISSUE, enrolment=get_enrolment)
def issue(enrolment: Enrolment) -> Any:
    """Issue the certificate, once."""
    form = IssueForm() if enrolment.person.certificate_name else AskedForm()
    if not form.validate_on_submit():
        return _previewed(enrolment, form)
    try:
        certificate = _issued(enrolment, form)
    except UnprintableError as refused:
        return _previewed(enrolment, words=_refusal_words(refused.reason, refused.characters))
    except RefusedError as refused:
        return _previewed(enrolment, words=sentence(refused.reason))
    is_new = certificate.op_id == form.once
    flash(_("Issued.") if is_new else sentence(IssueRefusal.ALREADY_ISSUED), "good")
    return redirect(url_for(".show", certificate_id=certificate.public_id))


def _issued(enrolment: Enrolment, form: IssueForm) -> Certificate:
    with acting() as session:
        return issue_certificate(
            session,
            enrolment,
            by=the_actor().person_id,
            name_read=given(form.name),
            op_id=form.once,
            now=utcnow(),
        )


@bp.get("/certificates")
@requires(Permission.TODAY_SEE)
def index() -> str:
    """Show one's own certificates; to a coordinator also those issued by the organisation."""
    return _listed(1)


@bp.get("/certificates/pages/<int:number>")
@requires(Permission.TODAY_SEE)
def page(number: int) -> str:
    """Show a further page of the list."""
    return _listed(number)


def _listed(number: int) -> str:
    session, actor, now = current_session(), the_actor(), utcnow()
    office = may(Permission.COHORT_VERDICTS)
    pages = max(1, -(-count_issued(session, actor) // PAGE_SIZE)) if office else 1
    number = min(max(1, number), pages)
    issued = list_issued(session, actor, page=number, size=PAGE_SIZE, now=now) if office else []
    return str(
        render_template(
            "certificates/index.html",
            own=list_own(session, actor.person_id, now=now),
            issued=issued,
            office=office,
            number=number,
            pages=pages,
            state_words=state_words,
        )
    )


def state_words(view: CertificateView) -> str:
    """Return a state in words with its day where it has one."""
    if view.since is None:
        return ""
    return words_since(view.state, view.since)


def words_since(state: CertificateState, since: date) -> str:
    """Return a state that an event brought, with the event's day."""
    day = date_words(since)
    if state == CertificateState.REVOKED:
        return str(_("Revoked on %(day)s", day=day))
    return str(_("Suspended since %(day)s", day=day)) if state == CertificateState.SUSPENDED else ""


@bp.get("/certificates/<certificate_id>")
@requires(Permission.CERTIFICATE_READ, certificate=get_certificate)
def show(certificate: Certificate) -> str:
    """Show one certificate to its holder or a coordinator."""
    return _shown(certificate)


def _shown(certificate: Certificate, reason: ReasonForm | None = None, act: str = "") -> str:
    session, now = current_session(), utcnow()
    view = detail_of(session, certificate, now=now)
    switches = ShownForm(
        formdata=None, shown=[c.value for c in CHOICES if c.value not in view.hidden]
    )
    return str(
        render_template(
            "certificates/show.html",
            view=view,
            certificate=view.certificate,
            words=state_words(view),
            rows=claim_rows(view.claims),
            events=list_events(session, view.certificate),
            happened=HAPPENED,
            switches=switches,
            reasons=_reason_forms(view.certificate, reason, act),
        )
    )


def _reason_forms(
    certificate: Certificate, sent: ReasonForm | None, act: str
) -> dict[str, ReasonForm]:
    """Return a form for each event that is open now, the one that was sent as it was sent."""
    kinds = list_open_kinds(current_session(), certificate, by=the_actor().person_id, now=utcnow())
    forms = {kind.value: ReasonForm(formdata=None) for kind in kinds}
    if sent is not None and act in forms:
        forms[act] = sent
    for kind, form in forms.items():
        form.reason.id = f"{kind}-reason"
    return forms


@bp.get(f"/certificates/<certificate_id>/{FILE_NAME}")
@requires(Permission.CERTIFICATE_READ, certificate=get_certificate)
def download(certificate: Certificate) -> Reply:
    """Hand over the very file that was made at issue, under a name that says nothing."""
    reply = make_response(pdf_of(current_session(), certificate))
    reply.mimetype = "application/pdf"
    reply.headers["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return reply


@bp.post("/certificates/<certificate_id>/shown")
@requires(Permission.CERTIFICATE_HIDE, certificate=get_certificate)
def choose(certificate: Certificate) -> Reply:
    """Keep which claims the check page shows."""
    form = ShownForm()
    if form.validate_on_submit():
        hidden = {choice.value for choice in CHOICES} - set(form.shown.data or ())
        with acting() as session:
            choose_hidden(session, certificate, hidden, by=the_actor().person_id, now=utcnow())
        flash(_("Kept. The check page shows what you chose."), "good")
    return redirect(url_for(".show", certificate_id=certificate.public_id))


def _record(certificate: Certificate, kind: CertificateEventKind, words: str) -> Any:
    form = ReasonForm()
    if not form.validate_on_submit():
        return _shown(certificate, form, kind.value)
    try:
        with acting() as session:
            record_event(
                session,
                certificate,
                kind,
                by=the_actor().person_id,
                reason=given(form.reason),
                op_id=form.once,
                now=utcnow(),
            )
    except RefusedError as refused:
        if refused.reason is EventRefusal.REASON_MISSING:
            form.refuse(form.reason, sentence(refused.reason))
            return _shown(certificate, form, kind.value)
        flash(sentence(refused.reason), "error")
    else:
        flash(words, "good")
    return redirect(url_for(".show", certificate_id=certificate.public_id))


@bp.post("/certificates/<certificate_id>/suspend")
@requires(Permission.CERTIFICATE_REVOKE, certificate=get_certificate)
def suspend(certificate: Certificate) -> Any:
    """Suspend a certificate, with a reason."""
    return _record(certificate, CertificateEventKind.SUSPENDED, _("Suspended."))


@bp.post("/certificates/<certificate_id>/reinstate")
@requires(Permission.CERTIFICATE_REVOKE, certificate=get_certificate)
def reinstate(certificate: Certificate) -> Any:
    """Lift a suspension, with a reason."""
    return _record(certificate, CertificateEventKind.REINSTATED, _("Valid again."))


@bp.post("/certificates/<certificate_id>/revoke")
@requires(Permission.CERTIFICATE_REVOKE, certificate=get_certificate)
def revoke(certificate: Certificate) -> Any:
    """Revoke a certificate, with a reason."""
    return _record(certificate, CertificateEventKind.REVOKED, _("Revoked."))
