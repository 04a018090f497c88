"""Moving one person, or a cohort, to another version of their programme: seen first, then done."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import HiddenField

from lms.db import utcnow
from lms.models import Cohort, Enrolment
from lms.rules.policy import Permission
from lms.rules.programmes.changing import REASON_LENGTH
from lms.rules.programmes.effects import effect_between
from lms.rules.verdict import compile_programme, verdict
from lms.services.cohorts import get_cohort
from lms.services.drafts import find_spent, spend
from lms.services.errors import MissingError, RefusedError
from lms.services.people import today_in
from lms.services.practice import get_enrolment
from lms.services.programmes.effects import effects_on
from lms.services.programmes.moving import (
    Order,
    Target,
    list_moves,
    list_targets,
    movable_scope,
    move_cohort,
    move_person,
)
from lms.services.verdicts import judged_place
from lms.web.access import acting, requires, the_actor
from lms.web.forms import Form, given, prose
from lms.web.programmes import bp
from lms.web.programmes.changed import effect_page, row_words
from lms.web.programmes.listing import house, zone
from lms.web.state import current_session
from lms.web.verdict_words import summary_words
from lms.web.words import sentence


class MoveForm(Form):
    """Where to and why; `seen` is the version that the page showed."""

    reason = prose(_l("Why"), required=True, length=REASON_LENGTH)
    to = HiddenField()
    seen = HiddenField()


def _targets(slug: str, now_on: int) -> tuple[list[Target], Target | None]:
    """Return the versions to choose from, and the one that was chosen or counts.

    Raises: MissingError for a number that no version has.
    """
    found = list_targets(current_session(), house(), slug)
    others = [one for one in found if one.edition.version.id != now_on]
    asked = request.form.get("to") or request.args.get("to") or ""
    if asked:
        if not asked.isdecimal() or len(asked) > 9:
            raise MissingError
        wanted = int(asked)
        chosen = next((t for t in found if t.edition.version.number == wanted), None)
        if chosen is None:
            raise MissingError
        return others, chosen
    usable = [one for one in others if one.refusal is None]
    current = next((one for one in usable if one.edition.is_current), None)
    return others, current or (usable[0] if usable else None)


def _order(form: MoveForm) -> Order:
    to, seen = given(form.to), given(form.seen)
    if not (to.isdecimal() and seen.isdecimal() and len(to) < 10 and len(seen) < 10):
        raise MissingError
    return Order(int(to), given(form.reason), int(seen))


# One person


@bp.get("/enrolments/<enrolment_id>/programme")
@requires(Permission.ENROLMENT_MOVE, enrolment=get_enrolment)
def ask_move(enrolment: Enrolment) -> str:
    """Show a person's verdict under their version and under another, side by side."""
    return _move_page(enrolment, MoveForm(formdata=None))


def _move_page(place: Enrolment, form: MoveForm) -> str:
    session = current_session()
    place = get_enrolment(session, place.public_id)
    others, target = _targets(place.programme_version.slug, place.programme_version_id)
    on = today_in(place.cohort.zone, utcnow())
    _place, record, before = judged_place(session, place, on=on)
    page: dict[str, Any] = {"after": None, "rows": []}
    if target is not None:
        after = verdict(compile_programme(target.edition.programme), record, on)
        effect = effect_between(before, after)
        page = {"after": after, "rows": [row_words(row) for row in effect.rows]}
        page["after_words"] = summary_words(after)
        form.to.data = str(target.edition.version.number)
    form.seen.data = str(place.programme_version_id)
    words = sentence(target.refusal) if target and target.refusal else ""
    return str(
        render_template(
            "programmes/move.html",
            place=place,
            form=form,
            others=others,
            target=target,
            refusal=words,
            before=before,
            before_words=summary_words(before),
            moves=list_moves(session, place),
            zone=zone(),
            **page,
        )
    )


@bp.post("/enrolments/<enrolment_id>/programme")
@requires(Permission.ENROLMENT_MOVE, enrolment=get_enrolment)
def move(enrolment: Enrolment) -> Any:
    """Move a person to another version of their programme."""
    public_id, form = enrolment.public_id, MoveForm()
    if not form.validate():
        return _move_page(enrolment, form), 422
    order, by, now = _order(form), the_actor().person_id, utcnow()
    try:
        with acting() as session:
            if find_spent(session, form.once, by) is None:
                move_person(session, enrolment, order, by=by, now=now)
                spend(session, form.once, by, public_id, now)
    except RefusedError as refused:
        form.refuse(form.reason, sentence(refused.reason))
        return _move_page(get_enrolment(current_session(), public_id), form), 409
    flash(_("Moved. The verdict is now the one of version %(n)s.", n=order.number), "good")
    return redirect(url_for("record.one", enrolment_id=public_id))


# A cohort


@bp.get("/cohorts/<cohort_id>/programme")
@requires(Permission.COHORT_VERDICTS, cohort=get_cohort)
def ask_move_cohort(cohort: Cohort) -> str:
    """Show for whom in a cohort another version would change what."""
    return _cohort_page(cohort, MoveForm(formdata=None))


def _cohort_page(cohort: Cohort, form: MoveForm) -> str:
    session = current_session()
    cohort = get_cohort(session, cohort.public_id)
    others, target = _targets(cohort.programme_version.slug, cohort.programme_version_id)
    effects = None
    if target is not None:
        scope = movable_scope(the_actor(), cohort.id, target.edition.version.id)
        effects = effects_on(session, scope, target.edition.programme, now=utcnow())
        form.to.data = str(target.edition.version.number)
    form.seen.data = str(cohort.programme_version_id)
    words = sentence(target.refusal) if target and target.refusal else ""
    return str(
        render_template(
            "programmes/move_cohort.html",
            cohort=cohort,
            form=form,
            others=others,
            target=target,
            refusal=words,
            effects=effects,
            people=effect_page(effects),
        )
    )


@bp.post("/cohorts/<cohort_id>/programme")
@requires(Permission.COHORT_CHANGE, cohort=get_cohort)
def move_all(cohort: Cohort) -> Any:
    """Move a cohort to another version of its programme."""
    public_id, form = cohort.public_id, MoveForm()
    if not form.validate():
        return _cohort_page(cohort, form), 422
    order, by, now = _order(form), the_actor().person_id, utcnow()
    try:
        with acting() as session:
            done = find_spent(session, form.once, by)
            many = int(done) if done else move_cohort(session, cohort, order, by=by, now=now)
            spend(session, form.once, by, str(many), now)
    except RefusedError as refused:
        form.refuse(form.reason, sentence(refused.reason))
        return _cohort_page(get_cohort(current_session(), public_id), form), 409
    flash(ngettext("%(num)d person was moved.", "%(num)d people were moved.", many), "good")
    return redirect(url_for("cohorts.show", cohort_id=public_id))
