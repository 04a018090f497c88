"""A performance as its reader may see it, its release, and settling a harm item."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Reply

from lms.db import utcnow
from lms.models import Performance
from lms.rules.policy import Permission
from lms.rules.roleplays import (
    Criterion,
    HarmOutcome,
    Marks,
    PerformanceState,
    Result,
    Rubric,
    anchors_at,
    points_of,
    refusal_to_resolve,
    standing_for,
)
from lms.rules.roleplays.marking import is_at_standard
from lms.rules.visibility import RecordClass, may_read
from lms.services.errors import RefusedError
from lms.services.roleplays import (
    Answer,
    Case,
    MarkingRead,
    Resolution,
    find_resolution,
    get_marking,
    get_performance,
    list_bookable,
    list_referrals,
    list_to_release,
    load_case,
    release_performance,
    resolve_harm,
)
from lms.services.visibility import relations_to
from lms.web.access import acting, requires, the_actor
from lms.web.forms import Bare
from lms.web.looks import own_look
from lms.web.roleplays import bp
from lms.web.roleplays.forms import ResolveForm
from lms.web.roleplays.words import MEDIA, RESULTS, STAFF_RESULTS
from lms.web.state import current_session
from lms.web.words import sentence


@bp.get("/performances/<performance_id>")
@requires(Permission.PERFORMANCE_READ, performance=get_performance)
def performance(performance: Performance) -> str:
    """Show a booking; once it is released, or to its own marker, what was marked as well."""
    case = load_case(current_session(), performance)
    shows = _shows_marking(case)
    found = get_marking(current_session(), case) if shows else None
    is_own = case.place.person_id == the_actor().person_id
    resolution = find_resolution(current_session(), case) if performance.result else None
    return render_template(
        "roleplays/performance.html",
        case=case,
        is_own=is_own,
        is_over=performance.happened_on < case.today(utcnow()),
        media=MEDIA,
        marking=read_marking(case, found, resolution) if found else None,
        resolution=resolution,
        look=own_look(performance),
        form=Bare(),
    )


def _shows_marking(case: Case) -> bool:
    """Say whether this reader may see the marks: released, or their own and sent."""
    row, actor = case.performance, the_actor()
    released = row.state == PerformanceState.RELEASED
    if row.state == PerformanceState.MARKED and row.marker_id == actor.person_id:
        return case.place.person_id != actor.person_id
    relations = relations_to(current_session(), actor, case.place.person_id)
    return released and may_read(RecordClass.RESULT, relations, released=True)


def read_marking(case: Case, found: MarkingRead, resolution: Resolution | None) -> dict[str, Any]:
    """Return a marking in words, as the page prints it."""
    marks = found.marks
    items = {item.id: item for item in case.rubric.harm_items}
    points = points_of(case.scenario, case.rubric, marks.levels)
    standing = _standing(case, resolution, is_at_standard(points, case.rubric))
    return {
        "marks": marks,
        "points": points,
        "rows": [_row(case.rubric, criterion, marks) for criterion in case.scenario.criteria],
        "harm": [(items[mark.item], mark.corrected) for mark in marks.harm],
        "standing": standing,
        "result": RESULTS[standing] if standing else "",
        "staff": STAFF_RESULTS[standing] if standing else None,
    }


def _standing(case: Case, resolution: Resolution | None, at_standard: bool) -> Result | None:
    if not case.performance.result:
        return None
    outcome = resolution.answer.outcome if resolution else None
    return standing_for(Result(case.performance.result), outcome, at_standard=at_standard)


def _row(rubric: Rubric, criterion: Criterion, marks: Marks) -> dict[str, Any]:
    """Return one criterion; `top` is what the best level looks like, empty where it was reached."""
    level = marks.levels[criterion.id]
    best = max(rubric.levels, key=lambda entry: entry.level)
    titles = {entry.level: entry.title for entry in rubric.levels}
    return {
        "criterion": criterion,
        "title": titles[level],
        "anchors": anchors_at(criterion, rubric, level),
        "top": anchors_at(criterion, rubric, best.level) if level < best.level else (),
        "moment": marks.moments.get(criterion.id, ""),
    }


@bp.post("/performances/<performance_id>/release")
@requires(Permission.PERFORMANCE_RELEASE, performance=get_performance)
def release(performance: Performance) -> Reply:
    """Release a result to its trainee."""
    public_id = performance.public_id
    if Bare().validate_on_submit():
        try:
            with acting() as session:
                release_performance(session, the_actor().person_id, performance, now=utcnow())
            flash(_("Released. The trainee can read it now."), "good")
        except RefusedError as refused:
            flash(sentence(refused.reason), "error")
    return redirect(url_for(".performance", performance_id=public_id))


@bp.route("/performances/<performance_id>/resolve", methods=["GET", "POST"])
@requires(Permission.HARM_RESOLVE, performance=get_performance)
def resolve(performance: Performance) -> Any:
    """Settle what a harm item has referred."""
    session, public_id = current_session(), performance.public_id
    case = load_case(session, performance)
    resolution = find_resolution(session, case)
    form = ResolveForm()
    if form.validate_on_submit():
        answer = Answer(HarmOutcome(form.outcome.data), form.reason.data, form.plan.data)
        try:
            with acting() as writing:
                resolve_harm(writing, the_actor().person_id, performance, answer, now=utcnow())
            flash(_("Written down. The trainee reads what comes next."), "good")
        except RefusedError as refused:
            flash(sentence(refused.reason), "error")
        return redirect(url_for(".performance", performance_id=public_id))
    reason = refusal_to_resolve(
        result=Result(performance.result) if performance.result else None,
        actor_id=the_actor().person_id,
        marker_id=performance.marker_id,
        standing=resolution.answer.outcome if resolution else None,
    )
    return render_template(
        "roleplays/resolve.html",
        form=form,
        case=case,
        resolution=resolution,
        marking=None if reason else read_marking(case, get_marking(session, case), resolution),
        refusal=sentence(reason) if reason else "",
    )


@bp.get("/role-plays/referrals")
@requires(Permission.REFERRAL_LIST)
def referrals() -> str:
    """List what waits for a coordinator: harm items, results to release, people to book for."""
    session, actor, now = current_session(), the_actor(), utcnow()
    return render_template(
        "roleplays/referrals.html",
        rows=list_referrals(session, actor, now=now),
        to_release=list_to_release(session, actor, now=now),
        places=list_bookable(session, actor),
    )
