"""Planning a gathering, changing it, taking it back; and the list of a cohort's gatherings."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Reply

from lms.db import utcnow
from lms.models import Cohort, Gathering, Person
from lms.rules.gatherings import (
    MOST_PARTS,
    Audience,
    GatheringKind,
    GatheringMode,
    GatheringPlan,
    GatheringState,
    Part,
    PlanRefusal,
    Span,
    Subject,
    parts_for,
    refusal_to_day,
    span_for,
)
from lms.rules.policy import Permission
from lms.services.drafts import drop_draft
from lms.services.errors import MissingError, RefusedError
from lms.services.gatherings import (
    Offer,
    cancel_gathering,
    change_gathering,
    get_gathering,
    list_cohort_gatherings,
    list_invited,
    list_to_make_up,
    offer_for,
    plan_gathering,
    plan_of,
    trust_state,
)
from lms.services.people import get_person, today_in
from lms.services.practice import get_cohort
from lms.services.sealed import is_readable
from lms.web.access import acting, may, requires, the_actor
from lms.web.drafts import fill_from_draft
from lms.web.forms import Bare, choices_from, given
from lms.web.gatherings import bp
from lms.web.gatherings.forms import EVENING, PartsPlanForm, PlanForm
from lms.web.gatherings.words import STATES, gathering_span
from lms.web.state import current_session
from lms.web.words import sentence

SHOWN_PARTS = 2
FIELD_OF: dict[StrEnum, str] = {
    PlanRefusal.TOO_FAR_AHEAD: "happened_on",
    PlanRefusal.BEFORE_COHORT: "happened_on",
    PlanRefusal.CLOCK_SKIPPED: "begins",
    PlanRefusal.NO_LENGTH: "ends",
    PlanRefusal.TOO_LONG: "ends",
    PlanRefusal.PARTS_TOO_LONG: "part_0_minutes",
    PlanRefusal.PART_UNFINISHED: "part_0_title",
    PlanRefusal.NOBODY_INVITED: "people",
    PlanRefusal.NOT_A_MEMBER: "people",
    PlanRefusal.NOT_A_LEADER: "leader",
    PlanRefusal.NO_SUCH_TOPIC: "subject",
}


@bp.get("/cohorts/<cohort_id>/gatherings")
@requires(Permission.GATHERING_PLAN, cohort=get_cohort)
def cohort(cohort: Cohort) -> str:
    """Show a cohort's gatherings, its trust agreement, and what is to be made up."""
    session, actor, now = current_session(), the_actor(), utcnow()
    rows = list_cohort_gatherings(session, actor, cohort, now=now)
    planned = [row for row in rows if row.gathering.state == GatheringState.PLANNED]
    return str(
        render_template(
            "gatherings/cohort.html",
            cohort=cohort,
            waiting=[row for row in planned if row.waits],
            coming=[row for row in planned if not row.waits],
            past=[row for row in reversed(rows) if row not in planned],
            to_make_up=list_to_make_up(session, actor, cohort),
            trust=trust_state(session, cohort),
            states=STATES,
            span=gathering_span,
        )
    )


def _subjects(offer: Offer) -> list[tuple[str, str]]:
    return [
        ("", _("Nothing in particular")),
        *((f"module:{slug}", _("Module: %(title)s", title=title)) for slug, title in offer.modules),
        *((f"topic:{topic}", _("Topic: %(title)s", title=topic)) for topic in offer.topics),
        *((f"domain:{key}", _("Field: %(title)s", title=title)) for key, title in offer.domains),
    ]


def _form(cohort: Cohort, **start: Any) -> PlanForm:
    offer = offer_for(current_session(), cohort, now=utcnow())
    form = PartsPlanForm(**start)
    form.people.choices = choices_from((one.public_id, one.name) for one in offer.members)
    form.leader.choices = choices_from(offer.leaders or [("", _("Nobody yet"))])
    form.subject.choices = choices_from(_subjects(offer))
    return form


def _start(cohort: Cohort) -> dict[str, Any]:
    """Return what a new plan begins with: like an earlier one where the address names one."""
    session, now = current_session(), utcnow()
    start: dict[str, Any] = {"happened_on": today_in(cohort.zone, now)}
    me = session.get_one(Person, the_actor().person_id)
    start |= {"begins": EVENING[0], "ends": EVENING[1], "leader": me.public_id}
    like = request.args.get("like", "")
    try:
        earlier = get_gathering(session, like) if like else None
    except MissingError:
        return start
    if earlier is None or earlier.cohort_id != cohort.id or not may("gathering-run", earlier):
        return start
    return start | _filled(earlier) | {"happened_on": start["happened_on"], "version": "0"}


def _filled(gathering: Gathering) -> dict[str, Any]:
    session = current_session()
    plan, zone = plan_of(session, gathering), gathering.cohort.zone
    subject = plan.subject
    named = {"module": subject.module, "topic": subject.topic, "domain": subject.domain}
    start: dict[str, Any] = {
        "title": plan.title,
        "kind": plan.kind.value,
        "audience": plan.audience.value,
        "people": list_invited(session, gathering),
        "happened_on": plan.span.on,
        "begins": _clock(plan.span.begins_at, zone),
        "ends": _clock(plan.span.ends_at, zone),
        "mode": plan.mode.value,
        "place": plan.place if is_readable(plan.place) else "",
        "leader": session.get_one(Person, plan.leader_id).public_id,
        "subject": next((f"{kind}:{name}" for kind, name in named.items() if name), ""),
        "words": plan.words,
        "content_note": plan.content_note,
        "tolerance": plan.tolerance_minutes,
        "version": str(gathering.version),
    }
    for number, part in enumerate(plan.parts if plan.parts[0].title else ()):
        start[f"part_{number}_title"] = part.title
        start[f"part_{number}_minutes"] = part.minutes
        start[f"part_{number}_unmissable"] = part.is_unmissable
    return start


def _clock(instant: datetime, zone: str) -> time:
    return instant.astimezone(ZoneInfo(zone)).time()


def _plan(form: PlanForm, cohort: Cohort) -> GatheringPlan:
    """Return what the form says. Raises: RefusedError(PlanRefusal), MissingError."""
    span = _span(form, cohort)
    kind, _colon, name = given(form.subject).partition(":")
    parts = parts_for(_parts(form), span.minutes)
    if isinstance(parts, PlanRefusal):
        raise RefusedError(parts)
    try:
        leader_id = get_person(current_session(), given(form.leader)).id
    except MissingError:
        raise RefusedError(PlanRefusal.NOT_A_LEADER) from None
    return GatheringPlan(
        title=given(form.title),
        kind=GatheringKind(form.kind.data),
        audience=Audience(form.audience.data),
        mode=GatheringMode(form.mode.data),
        place=given(form.place),
        span=span,
        parts=parts,
        leader_id=leader_id,
        tolerance_minutes=form.tolerance.data or 0,
        subject=Subject(**{kind: name}) if kind else Subject(),
        words=given(form.words),
        content_note=given(form.content_note),
    )


def _span(form: PlanForm, cohort: Cohort) -> Span:
    day = cast(date, form.happened_on.data)  # a form without one does not come here
    refusal = refusal_to_day(day, today=today_in(cohort.zone, utcnow()), since=cohort.starts_on)
    if refusal:
        raise RefusedError(refusal)
    begins, ends = cast(time, form.begins.data), cast(time, form.ends.data)
    span = span_for(day, begins, ends, cohort.zone)
    if isinstance(span, PlanRefusal):
        raise RefusedError(span)
    return span


def _parts(form: PlanForm) -> list[Part]:
    """Return the parts that were filled in, be it only half."""
    found = []
    for number in range(MOST_PARTS):
        title = given(form[f"part_{number}_title"])
        minutes = form[f"part_{number}_minutes"].data or 0
        if title or minutes or form[f"part_{number}_unmissable"].data:
            found.append(Part(title, minutes, bool(form[f"part_{number}_unmissable"].data)))
    return found


def _page(form: PlanForm, cohort: Cohort, gathering: Gathering | None, **more: Any) -> str:
    url = url_for(".new", cohort_id=cohort.public_id)
    if gathering is not None:
        url = url_for(".change", gathering_id=gathering.public_id)
    return str(
        render_template(
            "gatherings/plan.html",
            form=form,
            cohort=cohort,
            gathering=gathering,
            url=url,
            parts=[
                [form[f"part_{n}_{what}"] for what in ("title", "minutes", "unmissable")]
                for n in range(MOST_PARTS)
            ],
            more_parts=any(one.data or one.errors for one in _later_fields(form)),
            **{"draft": "", "draft_version": 0, "others": []} | more,
        )
    )


def _later_fields(form: PlanForm) -> list[Any]:
    """Return the fields of the parts that are folded until they are wanted."""
    later = range(SHOWN_PARTS, MOST_PARTS)
    return [form[f"part_{n}_{what}"] for n in later for what in ("title", "minutes", "unmissable")]


def _differences(form: PlanForm, gathering: Gathering) -> list[tuple[str, str, str]]:
    """Return where a plan that somebody else changed differs: of what, here, and there.

    Edge: from here on the form is made from their version, so that saving it is a choice.
    """
    theirs = _form(gathering.cohort, formdata=None, data=_filled(gathering))
    form.version.data = str(gathering.version)
    return [
        (str(field.label.text), _spoken(field), _spoken(theirs[field.name]))
        for field in form
        if field.name not in {"version", "op_id", "csrf_token"}
        and _spoken(field) != _spoken(theirs[field.name])
    ]


def _spoken(field: Any) -> str:
    """Return what a field holds, in words."""
    if hasattr(field, "iter_choices"):
        chosen = field.data if isinstance(field.data, list) else [field.data]
        return ", ".join(str(c[1]) for c in field.iter_choices() if c[0] in chosen)
    if isinstance(field.data, bool):
        return str(_("yes") if field.data else _("no"))
    return "" if field.data is None else str(field.data)


def _refuse(form: PlanForm, refused: RefusedError) -> None:
    field = FIELD_OF.get(refused.reason, "title")
    form.refuse(form[field], sentence(refused.reason))


def _draft_key(cohort: Cohort) -> str:
    return f"gathering-new:{cohort.public_id}"


@bp.get("/cohorts/<cohort_id>/gatherings/new")
@requires(Permission.GATHERING_PLAN, cohort=get_cohort)
def new(cohort: Cohort) -> str:
    """Show the form of a new gathering, with what was typed before."""
    form = _form(cohort, data=_start(cohort))
    key = _draft_key(cohort)
    kept = None if request.args.get("like") else fill_from_draft(form, key)
    return _page(form, cohort, None, draft=key, draft_version=kept.version if kept else 0)


@bp.post("/cohorts/<cohort_id>/gatherings/new")
@requires(Permission.GATHERING_PLAN, cohort=get_cohort)
def plan(cohort: Cohort) -> Any:
    """Plan a gathering."""
    form = _form(cohort)
    if not form.validate_on_submit():
        return _page(form, cohort, None)
    by, now = the_actor().person_id, utcnow()
    public_id = cohort.public_id
    try:
        wanted = _plan(form, cohort)
        with acting() as session:
            made = plan_gathering(
                session, by, cohort, wanted, form.people.chosen, op_id=form.once, now=now
            )
            drop_draft(session, by, f"gathering-new:{public_id}")
    except RefusedError as refused:
        _refuse(form, refused)
        return _page(form, get_cohort(current_session(), public_id), None)
    flash(_("Planned."), "good")
    return redirect(url_for(".show", gathering_id=made.public_id))


@bp.get("/gatherings/<gathering_id>/change")
@requires(Permission.GATHERING_RUN, gathering=get_gathering)
def change_form(gathering: Gathering) -> Any:
    """Show the form of a planned gathering."""
    if gathering.state != GatheringState.PLANNED:
        return redirect(url_for(".show", gathering_id=gathering.public_id))
    return _page(_form(gathering.cohort, data=_filled(gathering)), gathering.cohort, gathering)


@bp.post("/gatherings/<gathering_id>/change")
@requires(Permission.GATHERING_RUN, gathering=get_gathering)
def change(gathering: Gathering) -> Any:
    """Change a planned gathering."""
    form, public_id = _form(gathering.cohort), gathering.public_id
    if not form.validate_on_submit():
        return _page(form, gathering.cohort, gathering)
    try:
        wanted = _plan(form, gathering.cohort)
        with acting() as session:
            change_gathering(
                session,
                the_actor().person_id,
                gathering,
                wanted,
                form.people.chosen,
                version=form.seen,
                now=utcnow(),
            )
    except RefusedError as refused:
        _refuse(form, refused)
        gathering = get_gathering(current_session(), public_id)
        is_clash = refused.reason is PlanRefusal.CHANGED
        others = _differences(form, gathering) if is_clash else []
        return _page(form, gathering.cohort, gathering, others=others)
    flash(_("Saved."), "good")
    return redirect(url_for(".show", gathering_id=public_id))


@bp.post("/gatherings/<gathering_id>/cancel")
@requires(Permission.GATHERING_RUN, gathering=get_gathering)
def cancel(gathering: Gathering) -> Reply:
    """Take a gathering back."""
    public_id = gathering.public_id
    if Bare().validate_on_submit():
        try:
            with acting() as session:
                cancel_gathering(session, the_actor().person_id, gathering, now=utcnow())
            flash(_("The gathering is cancelled."), "good")
        except RefusedError as refused:
            flash(sentence(refused.reason), "error")
    return redirect(url_for(".show", gathering_id=public_id))
