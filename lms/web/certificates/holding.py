"""A holder's certificates, the list of those issued, and what the check page shows."""

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Reply

from lms.db import utcnow
from lms.models import Certificate
from lms.rules.certificates import (
    ENDS_BY_DATE,
    CertificateEventKind,
    CertificateState,
    Wish,
    choices_in,
)
from lms.rules.policy import Permission
from lms.services.certificates import (
    CertificateView,
    ask_wish,
    choose_hidden,
    count_issued,
    detail_of,
    get_certificate,
    kept_of,
    lapses_of,
    list_choosable,
    list_events,
    list_issued,
    list_office_matters,
    list_open_kinds,
    list_own,
    open_conditions,
    open_wishes,
    pdf_of,
    take_back_wish,
)
from lms.services.errors import MissingError, RefusedError
from lms.web.access import acting, may, requires, the_actor
from lms.web.certificates import bp
from lms.web.certificates.forms import ReasonForm, ShownForm, reason_forms
from lms.web.certificates.words import (
    HAPPENED,
    KINDS,
    SWITCHES,
    WISHES,
    YOURS,
    claim_rows,
    event_words,
    kept_words,
    standing_words,
    state_words,
)
from lms.web.forms import Bare, choices_from
from lms.web.languages import titles_now
from lms.web.looks import own_look
from lms.web.state import current_session
from lms.web.verdict_words import RequirementRow, rows_of
from lms.web.words import sentence

PAGE_SIZE = 50
FILE_NAME = "document.pdf"


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
            choosable=list_choosable(session, actor.person_id),
            kinds=KINDS,
            issued=issued,
            office=office,
            matters=list_office_matters(session, actor, now=now) if office else [],
            number=number,
            pages=pages,
            state_words=state_words,
        )
    )


@bp.get("/certificates/waiting")
@requires(Permission.COHORT_VERDICTS)
def waiting() -> str:
    """Show what waits for the office: wishes, lapsed conditions, suspensions to look at."""
    matters = list_office_matters(current_session(), the_actor(), now=utcnow())
    return str(render_template("certificates/waiting.html", matters=matters, wishes=WISHES))


@bp.get("/certificates/<certificate_id>")
@requires(Permission.CERTIFICATE_READ, certificate=get_certificate)
def show(certificate: Certificate) -> str:
    """Show one certificate to its holder or a coordinator."""
    return shown(certificate)


def shown(certificate: Certificate, sent: ReasonForm | None = None, act: str = "") -> str:
    """Return the page of a certificate, with a form that was refused as it was sent."""
    session, now = current_session(), utcnow()
    view = detail_of(session, certificate, now=now)
    offered = choices_in(view.claims)
    switches = ShownForm(
        formdata=None, shown=[c.value for c in offered if c.value not in view.hidden]
    )
    switches.shown.choices = choices_from((choice.value, SWITCHES[choice]) for choice in offered)
    kinds = list_open_kinds(session, view.certificate, by=the_actor().person_id, now=now)
    return str(
        render_template(
            "certificates/show.html",
            view=view,
            certificate=view.certificate,
            words=state_words(view),
            kind_words=KINDS[view.certificate.kind],
            yours=YOURS[view.certificate.kind],
            standing=standing_words(view),
            rows=claim_rows(view.claims),
            events=list_events(session, view.certificate),
            happened=HAPPENED,
            event_words=event_words,
            switches=switches,
            look=own_look(certificate),
            lapsed=_lapsed_rows(view),
            wishes=open_wishes(session, view.certificate.id),
            wish_words=WISHES,
            kept_still=kept_words(kept_of(session, certificate, now=now)),
            may_give_back=CertificateEventKind.WITHDRAWN in kinds,
            reasons=reason_forms(view.certificate, sent, act),
        )
    )


def _lapsed_rows(view: CertificateView) -> list[RequirementRow]:
    """Return the conditions of holding a certificate in force that do not hold, in words."""
    if view.state not in ENDS_BY_DATE or view.newer:
        return []
    session, now = current_session(), utcnow()
    found = lapses_of(session, view.certificate, now=now)
    if found is None:
        return []
    open_ids = {row.id for row in open_conditions(found)}
    rows = rows_of(found, None, own=False, titles=titles_now(session))
    return [row for row in rows if row.id in open_ids]


@bp.get(f"/certificates/<certificate_id>/{FILE_NAME}")
@requires(Permission.CERTIFICATE_READ, certificate=get_certificate)
def download(certificate: Certificate) -> Reply:
    """Hand over the very file that was made at issue, under a name that says nothing."""
    session = current_session()
    content = pdf_of(session, certificate)
    view = detail_of(session, certificate, now=utcnow())
    if not content or view.state is CertificateState.SUPERSEDED:
        raise MissingError
    reply = make_response(content)
    reply.mimetype = "application/pdf"
    reply.headers["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return reply


@bp.post("/certificates/<certificate_id>/shown")
@requires(Permission.CERTIFICATE_HIDE, certificate=get_certificate)
def choose(certificate: Certificate) -> Reply:
    """Keep which claims the check page shows."""
    form = ShownForm()
    if form.validate_on_submit():
        offered = choices_in(detail_of(current_session(), certificate, now=utcnow()).claims)
        hidden = {choice.value for choice in offered} - set(form.shown.data or ())
        with acting() as session:
            choose_hidden(session, certificate, hidden, by=the_actor().person_id, now=utcnow())
        flash(_("Kept. The check page shows what you chose."), "good")
    return redirect(url_for(".show", certificate_id=certificate.public_id))


@bp.post("/certificates/<certificate_id>/wishes")
@requires(Permission.CERTIFICATE_WISH, certificate=get_certificate)
def wish(certificate: Certificate) -> Reply:
    """Ask for something about a certificate, or take it back."""
    asked = request.form.get("wish", "")
    if Bare().validate_on_submit() and asked in set(Wish):
        try:
            words = _wished(certificate, Wish(asked))
        except RefusedError as refused:
            flash(sentence(refused.reason), "error")
        else:
            flash(words, "good")
    return redirect(url_for(".show", certificate_id=certificate.public_id))


def _wished(certificate: Certificate, asked: Wish) -> Any:
    by, now = the_actor().person_id, utcnow()
    with acting() as session:
        if request.form.get("act") == "take-back":
            take_back_wish(session, certificate, asked, by=by, now=now)
            return _("Taken back.")
        ask_wish(session, certificate, asked, by=by, now=now)
    return _("Asked. The office reads it on its page of today.")
