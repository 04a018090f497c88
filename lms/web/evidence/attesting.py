"""Saying that something is so, for oneself or for somebody one is beside."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as Reply
from wtforms import RadioField

from lms.db import utcnow
from lms.models import Attestation, Enrolment
from lms.rules.evidence import AttestRefusal, capacity_for, types_of
from lms.rules.policy import Permission
from lms.rules.programmes.nodes import Attest
from lms.rules.programmes.walking import kind_words
from lms.services.errors import RefusedError
from lms.services.evidence import (
    attest,
    find_attest_node,
    get_attestation,
    take_attestation_back,
)
from lms.services.practice import get_enrolment
from lms.services.visibility import relations_to
from lms.web.access import acting, requires, the_actor
from lms.web.evidence.blueprint import bp
from lms.web.forms import Bare, choices_from, given
from lms.web.state import current_session
from lms.web.words import sentence


class AttestForm(Bare):
    """What is said: one of a few types at most."""

    kind = RadioField(_l("Which"), validate_choice=False)


def _back(place: Enrolment) -> str:
    own = place.person_id == the_actor().person_id
    return url_for("record.own") if own else url_for("record.one", enrolment_id=place.public_id)


def _node(place: Enrolment) -> Attest | None:
    return find_attest_node(current_session(), place, request.args.get("requirement", ""))


def _capacity(place: Enrolment, node: Attest | None) -> str:
    relations = relations_to(current_session(), the_actor(), place.person_id)
    return capacity_for(node, relations)


@bp.get("/enrolments/<enrolment_id>/attest")
@requires(Permission.ATTEST, enrolment=get_enrolment)
def attest_form(enrolment: Enrolment) -> Any:
    """Show the one sentence, and its button."""
    return _page(enrolment, AttestForm(formdata=None))


def _page(place: Enrolment, form: AttestForm) -> Any:
    node = _node(place)
    if node is None or not _capacity(place, node):
        reason = AttestRefusal.NOT_YOURS if node else AttestRefusal.NOT_ASKED
        flash(sentence(reason), "error")
        return redirect(_back(place))
    form.kind.choices = choices_from((one, kind_words(one)) for one in types_of(node))
    own = place.person_id == the_actor().person_id
    return render_template("evidence/attest.html", place=place, own=own, node=node, form=form)


@bp.post("/enrolments/<enrolment_id>/attest")
@requires(Permission.ATTEST, enrolment=get_enrolment)
def say_so(enrolment: Enrolment) -> Any:
    """Note that one says so."""
    form, node, back = AttestForm(), _node(enrolment), _back(enrolment)
    if node is None or not form.validate_on_submit():
        return _page(enrolment, form)
    capacity, place_id = _capacity(enrolment, node), enrolment.public_id
    try:
        with acting() as session:
            attest(
                session,
                get_enrolment(session, place_id),
                node.id,
                capacity=capacity,
                kind=given(form.kind),
                by=the_actor().person_id,
                now=utcnow(),
            )
    except RefusedError as refused:
        form.refuse(form.kind, sentence(refused.reason))
        return _page(enrolment, form)
    flash(_("Noted. That is all we need."), "good")
    return redirect(back)


@bp.post("/attestations/<attestation_id>/take-back")
@requires(Permission.ATTESTATION_END, attestation=get_attestation)
def unsay(attestation: Attestation) -> Reply:
    """Take back what was said; no reason is asked."""
    public_id = attestation.public_id
    with acting() as session:
        found = get_attestation(session, public_id)
        enrolment_id = found.enrolment_id
        take_attestation_back(session, found, by=the_actor().person_id, now=utcnow())
    flash(_("Taken back. It does not count any more."), "good")
    place = current_session().get_one(Enrolment, enrolment_id)
    return redirect(_back(place))
