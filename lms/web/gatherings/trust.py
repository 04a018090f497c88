"""The trust agreement: read and acknowledged by members, written and kept with the group."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as Reply

from lms.content.markdown import Page
from lms.db import utcnow
from lms.models import Cohort
from lms.rules.gatherings import TrustSection, TrustTexts, changed_sections
from lms.rules.policy import Permission
from lms.services.drafts import drop_draft
from lms.services.errors import ClashError, RefusedError
from lms.services.gatherings import (
    TrustVersion,
    acknowledge_trust,
    current_trust,
    get_version,
    keep_trust,
    own_trust,
    trust_state,
    write_trust,
)
from lms.services.practice import get_cohort, get_place
from lms.web.access import acting, requires, the_actor
from lms.web.drafts import fill_from_draft
from lms.web.forms import Bare, given
from lms.web.gatherings import bp
from lms.web.gatherings.forms import AcknowledgeForm, TrustForm, number_in
from lms.web.gatherings.words import SECTIONS
from lms.web.state import current_session
from lms.web.words import sentence


def _read(version: TrustVersion) -> dict[str, Any]:
    """Return a version as a page shows it: each text under its heading, and what it changed."""
    return {
        "row": version.row,
        "by": version.written_by,
        "sections": [
            (section, SECTIONS[section][0], Page.of().block(version.texts[section]))
            for section in TrustSection
        ],
        "changes": _changes(version.before, version.texts) if version.before else [],
    }


def _changes(before: TrustTexts, now: TrustTexts) -> list[tuple[Any, list[dict[str, Any]]]]:
    """Return what a version changed, by section, as `agreements/_changes.html` shows it."""
    return [
        (SECTIONS[section][0], [_change(change) for change in changes])
        for section, changes in changed_sections(before, now).items()
    ]


def _change(change: Any) -> dict[str, Any]:
    words: Markup = Page.of().line(change.words)
    return {"kind": change.kind, "words": words, "is_heading": False}


@bp.get("/trust-agreement")
@requires(Permission.TRUST_OWN)
def trust() -> str:
    """Show a member the trust agreement of their cohort, and their word on it."""
    session = current_session()
    place = get_place(session, the_actor().person_id)
    own = own_trust(session, place)
    form = AcknowledgeForm(formdata=None)
    if own.version:
        form.shown.data = str(own.version.row.number)
        form.shown_hash.data = own.version.row.text_hash
    return str(
        render_template(
            "gatherings/trust.html",
            place=place,
            own=own,
            version=_read(own.version) if own.version else None,
            form=form,
        )
    )


@bp.post("/trust-agreement")
@requires(Permission.TRUST_OWN)
def acknowledge() -> Reply:
    """Take a member's word on the version that was shown."""
    form = AcknowledgeForm()
    if form.validate_on_submit():
        try:
            with acting() as session:
                acknowledge_trust(
                    session,
                    get_place(session, the_actor().person_id),
                    shown=number_in(form.shown.data),
                    shown_hash=given(form.shown_hash),
                    now=utcnow(),
                )
            flash(_("Thank you. It is noted with today's date."), "good")
            return redirect(url_for(".index"))
        except RefusedError as refused:
            flash(sentence(refused.reason), "error")
    return redirect(url_for(".trust"))


@bp.get("/trust-agreement/<int(max=9999):number>")
@requires(Permission.TRUST_OWN)
def trust_version(number: int) -> str:
    """Show a member one version of the trust agreement."""
    session = current_session()
    place = get_place(session, the_actor().person_id)
    version = _read(get_version(session, place.cohort_id, number))
    return str(render_template("gatherings/trust_version.html", version=version, cohort=None))


@bp.get("/cohorts/<cohort_id>/trust-agreement")
@requires(Permission.TRUST_WRITE, cohort=get_cohort)
def cohort_trust(cohort: Cohort) -> str:
    """Show those who write it the trust agreement, who joined since, and who has not read it."""
    state = trust_state(current_session(), cohort)
    return str(
        render_template(
            "gatherings/cohort_trust.html",
            cohort=cohort,
            state=state,
            version=_read(state.current) if state.current else None,
            form=Bare(),
        )
    )


@bp.get("/cohorts/<cohort_id>/trust-agreement/<int(max=9999):number>")
@requires(Permission.TRUST_WRITE, cohort=get_cohort)
def cohort_trust_version(cohort: Cohort, number: int) -> str:
    """Show those who write it one version."""
    version = _read(get_version(current_session(), cohort.id, number))
    return str(render_template("gatherings/trust_version.html", version=version, cohort=cohort))


def _draft_key(cohort: Cohort) -> str:
    return f"trust:{cohort.public_id}"


@bp.get("/cohorts/<cohort_id>/trust-agreement/write")
@requires(Permission.TRUST_WRITE, cohort=get_cohort)
def write_form(cohort: Cohort) -> str:
    """Show the four texts to be written, with what was typed before."""
    current = current_trust(current_session(), cohort.id)
    number = current.row.number if current else 0
    start = {section.value: text for section, text in (current.texts if current else {}).items()}
    form = TrustForm(formdata=None, data={**start, "begun_from": str(number)})
    kept = fill_from_draft(form, _draft_key(cohort))
    differing: list[tuple[Any, str, str]] = []
    if kept and kept.body.get("begun_from", str(number)) != str(number):
        differing = _apart({name: given(form[name]) for name in start}, start)
    return _write_page(form, cohort, differing, version=kept.version if kept else 0)


def _apart(yours: dict[str, str], theirs: dict[str, str]) -> list[tuple[Any, str, str]]:
    """Return the texts that two writers have apart: which, here, and what holds now."""
    return [
        (SECTIONS[section][0], yours.get(section.value, ""), theirs.get(section.value, ""))
        for section in TrustSection
        if yours.get(section.value, "") != theirs.get(section.value, "")
    ]


def _write_page(
    form: TrustForm, cohort: Cohort, differing: list[tuple[Any, str, str]], version: int = 0
) -> str:
    return str(
        render_template(
            "gatherings/trust_write.html",
            form=form,
            cohort=cohort,
            differing=differing,
            fields=[(form[section.value], SECTIONS[section][1]) for section in TrustSection],
            draft=_draft_key(cohort),
            draft_version=version,
        )
    )


@bp.post("/cohorts/<cohort_id>/trust-agreement/write")
@requires(Permission.TRUST_WRITE, cohort=get_cohort)
def write(cohort: Cohort) -> Any:
    """Write a new version."""
    form, public_id, by = TrustForm(), cohort.public_id, the_actor().person_id
    if not form.validate_on_submit():
        return _write_page(form, cohort, [])
    texts = {section: given(form[section.value]) for section in TrustSection}
    try:
        with acting() as session:
            begun_from = number_in(form.begun_from.data)
            write_trust(session, by, cohort, texts, begun_from=begun_from, now=utcnow())
            drop_draft(session, by, f"trust:{public_id}")
    except ClashError as clash:
        form.begun_from.data = str(clash.version)
        cohort = get_cohort(current_session(), public_id)
        return _write_page(form, cohort, _apart(clash.yours, clash.theirs)), 409
    except RefusedError as refused:
        form.refuse(form.participation, sentence(refused.reason))
        return _write_page(form, get_cohort(current_session(), public_id), [])
    flash(_("Written. Each member can read it now and say so."), "good")
    return redirect(url_for(".cohort_trust", cohort_id=public_id))


@bp.post("/cohorts/<cohort_id>/trust-agreement/keep")
@requires(Permission.TRUST_WRITE, cohort=get_cohort)
def keep_as_it_is(cohort: Cohort) -> Reply:
    """Note that the group has looked at it again, and keeps it."""
    public_id = cohort.public_id
    if Bare().validate_on_submit():
        try:
            with acting() as session:
                keep_trust(session, the_actor().person_id, cohort, now=utcnow())
            flash(_("Noted with today's date: it stays as it is."), "good")
        except RefusedError as refused:
            flash(sentence(refused.reason), "error")
    return redirect(url_for(".cohort_trust", cohort_id=public_id))
