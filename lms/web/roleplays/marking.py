"""Marking on a phone: levels and words, kept as they come, looked over once, then sent."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from lms.db import utcnow
from lms.models import Performance
from lms.rules.policy import Permission
from lms.rules.roleplays import (
    Criterion,
    MarkRefusal,
    Marks,
    PerformanceState,
    Rubric,
    anchors_at,
    marks_from,
    problems_in,
    too_long_in,
)
from lms.rules.roleplays.marking import SEPARATOR
from lms.services.errors import ClashError, RefusedError
from lms.services.roleplays import (
    Case,
    draft_key,
    find_marks,
    get_performance,
    load_case,
    save_marks,
    submit_marking,
)
from lms.web.access import acting, requires, the_actor
from lms.web.roleplays import bp
from lms.web.roleplays.forms import MarkForm
from lms.web.state import current_session
from lms.web.words import sentence

WHOLE = {"harm", "corrected", "went_well", "next_step"}


@bp.route("/marking/<performance_id>", methods=["GET", "POST"])
@requires(Permission.PERFORMANCE_MARK, performance=get_performance)
def mark(performance: Performance) -> Any:
    """Mark a role-play; nothing is sent from here but to the page that shows all of it."""
    if performance.state != PerformanceState.BOOKED:
        return redirect(url_for(".performance", performance_id=performance.public_id))
    form = MarkForm()
    if form.validate_on_submit():
        return _save(performance, form)
    case = load_case(current_session(), performance)
    marks, version = find_marks(current_session(), the_actor().person_id, case)
    return _page(form, case, marks, version)


def _save(performance: Performance, form: MarkForm) -> Any:
    public_id, version = performance.public_id, form.base_version
    case = load_case(current_session(), performance)
    body = typed_marks(case)
    marks = marks_from(body, case.scenario, case.rubric)
    long = too_long_in(marks)
    if long:
        return _page(form, case, marks, version, problems=long)
    actor_id = the_actor().person_id
    try:
        with acting() as session:
            save_marks(session, actor_id, performance, body, base_version=version, now=utcnow())
    except ClashError as clash:
        case = load_case(current_session(), performance)
        theirs = marks_from(clash.theirs, case.scenario, case.rubric)
        return _page(form, case, marks, clash.version, theirs=theirs), 409
    except RefusedError as refused:
        flash(sentence(refused.reason), "error")
        return redirect(url_for(".performance", performance_id=public_id))
    if request.form.get("do") == "review":
        return redirect(url_for(".review", performance_id=public_id))
    flash(_("Saved. You can go on whenever you like."), "good")
    return redirect(url_for(".mark", performance_id=public_id))


def typed_marks(case: Case) -> dict[str, str]:
    """Return the form as autosave keeps it, whichever way line breaks came."""
    ids = [criterion.id for criterion in case.scenario.criteria]
    names = {f"{part}-{key}" for key in ids for part in ("level", "moment")} | WHOLE
    return {
        name: SEPARATOR.join(values).replace("\r\n", "\n")
        for name, values in request.form.lists()
        if name in names
    }


def _page(
    form: MarkForm,
    case: Case,
    marks: Marks,
    version: int,
    *,
    theirs: Marks | None = None,
    problems: Mapping[str, Any] | None = None,
) -> str:
    form.draft_version.data = str(version)
    ticked = {mark.item for mark in marks.harm}
    mended = {mark.item for mark in marks.harm if mark.corrected} | set(marks.corrected_alone)
    return render_template(
        "roleplays/mark.html",
        form=form,
        case=case,
        marks=marks,
        ticked=ticked,
        mended=mended,
        watched=[i for i in case.rubric.harm_items if i.id in case.scenario.harm_watch],
        others=[i for i in case.rubric.harm_items if i.id not in case.scenario.harm_watch],
        levels={c.id: level_choices(c, case.rubric) for c in case.scenario.criteria},
        key=draft_key(case.performance),
        version=version,
        problems={name: sentence(problem) for name, problem in (problems or {}).items()},
        differences=_differences(case, marks, theirs) if theirs else [],
    )


def level_choices(criterion: Criterion, rubric: Rubric) -> list[dict[str, Any]]:
    """Return the level buttons of a criterion, with the anchors of all its competencies."""
    return [
        {"level": level.level, "title": level.title, "words": _anchor_words(criterion, rubric, n)}
        for n, level in ((level.level, level) for level in rubric.levels)
    ]


def _anchor_words(criterion: Criterion, rubric: Rubric, level: int) -> Markup:
    anchors = anchors_at(criterion, rubric, level)
    if len(anchors) == 1:
        return Markup("{}").format(anchors[0][1].words)
    part = Markup("<span class='level-anchor'><b>{}.</b> {}</span>")
    return Markup(" ").join(part.format(c.title, anchor.words) for c, anchor in anchors)


def _differences(case: Case, mine: Marks, theirs: Marks) -> list[tuple[str, str, str]]:
    """Return what two devices have set apart: about what, here, and there."""
    here, there = _spoken(case, mine), _spoken(case, theirs)
    return [(what, here[what], there[what]) for what in here if here[what] != there[what]]


def _spoken(case: Case, marks: Marks) -> dict[str, str]:
    titles = {level.level: level.title for level in case.rubric.levels}
    words = {
        criterion.words: "\n".join(
            (
                titles.get(marks.levels.get(criterion.id, -1), _("no level yet")),
                marks.moments.get(criterion.id, ""),
            )
        ).strip()
        for criterion in case.scenario.criteria
    }
    items = {item.id: item.words for item in case.rubric.harm_items}
    harm = [
        items[m.item] + (" " + _("(corrected at once)") if m.corrected else "") for m in marks.harm
    ]
    words[_("Harm items")] = "\n".join(harm) or _("none")
    words[_("What went well")] = marks.went_well or _("nothing yet")
    words[_("Next step")] = marks.next_step or _("nothing yet")
    return words


@bp.route("/marking/<performance_id>/review", methods=["GET", "POST"])
@requires(Permission.PERFORMANCE_MARK, performance=get_performance)
def review(performance: Performance) -> Any:
    """Show everything on one screen; from here it is sent, and then it stays."""
    public_id = performance.public_id
    form = MarkForm()
    if form.validate_on_submit():
        return _send(performance, form)
    if performance.state != PerformanceState.BOOKED:
        return redirect(url_for(".performance", performance_id=public_id))
    case = load_case(current_session(), performance)
    marks, version = find_marks(current_session(), the_actor().person_id, case)
    form.draft_version.data = str(version)
    problems = problems_in(marks, case.scenario)
    return render_template(
        "roleplays/review.html",
        form=form,
        case=case,
        marks=marks,
        titles={level.level: level.title for level in case.rubric.levels},
        items={item.id: item.words for item in case.rubric.harm_items},
        problems={name: sentence(problem) for name, problem in problems.items()},
        is_ahead=performance.happened_on > case.today(utcnow()),
    )


def _send(performance: Performance, form: MarkForm) -> Any:
    public_id = performance.public_id
    try:
        with acting() as session:
            submit_marking(
                session,
                the_actor().person_id,
                performance,
                version=form.base_version,
                now=utcnow(),
            )
    except RefusedError as refused:
        if refused.reason is not MarkRefusal.SUBMITTED:
            flash(sentence(refused.reason), "error")
            return redirect(url_for(".review", performance_id=public_id))
    flash(_("Your marking is sent. Nobody else reads it until it is released."), "good")
    return redirect(url_for(".performance", performance_id=public_id))
