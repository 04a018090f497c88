"""The page of whoever answers: the request, the record it is about, the answer with reasons."""

from enum import StrEnum
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from lms.db import utcnow
from lms.models import Appeal, HoursEntry, Performance
from lms.rules.appeals import AppealKind, AppealRefusal, AppealState
from lms.rules.certificates import EventRefusal
from lms.rules.policy import Permission
from lms.rules.readiness import DecisionRefusal, DecisionSource
from lms.rules.roleplays import Marks, marks_from, problems_in
from lms.services.appeals import (
    Act,
    Answer,
    act_of,
    answer_appeal,
    asker_of,
    get_appeal,
    may_take_again,
    read_part,
    row_of,
    whose_turn,
)
from lms.services.drafts import drop_draft
from lms.services.errors import RefusedError
from lms.services.roleplays import load_case
from lms.web.access import acting, requires, the_actor
from lms.web.appeals import bp
from lms.web.appeals.forms import AnswerForm, answer_form
from lms.web.appeals.records import marking_form, record_of_act
from lms.web.appeals.words import KINDS, STATES
from lms.web.drafts import draft_for, fill_from_draft
from lms.web.forms import given
from lms.web.roleplays.marking import typed_marks
from lms.web.state import current_session
from lms.web.words import sentence


def _key(appeal: Appeal) -> str:
    return f"appeal-answer:{appeal.public_id}"


def _form(appeal: Appeal, act: Act) -> AnswerForm:
    form = answer_form(AppealKind(appeal.kind), AppealState(appeal.state))
    if request.method == "GET" and isinstance(act.row, HoursEntry):
        form.version.data = str(act.row.version)
    return form


def answer_page(appeal: Appeal) -> Any:
    """Return the page to whoever answers, or has answered."""
    act = act_of(current_session(), appeal)
    form = _form(appeal, act)
    kept = fill_from_draft(form, _key(appeal))
    marks = None
    if isinstance(act.row, Performance) and (draft := draft_for(_key(appeal))):
        case = load_case(current_session(), act.row)
        typed = marks_from(draft.body, case.scenario, case.rubric)
        marks = typed if typed.levels else None
    return _page(appeal, act, form, marks=marks, version=kept.version if kept else 0)


def _page(
    appeal: Appeal,
    act: Act,
    form: AnswerForm,
    *,
    marks: Marks | None = None,
    version: int = 0,
    problems: dict[str, str] | None = None,
) -> Any:
    session, me = current_session(), the_actor().person_id
    row = row_of(session, appeal, now=utcnow())
    is_turn, is_decider = whose_turn(appeal) == me, appeal.decider_id == me
    marking = marking_form(session, act.row, marks) if isinstance(act.row, Performance) else None
    return render_template(
        "appeals/answer.html",
        row=row,
        kind=KINDS[row.kind],
        state=STATES[row.state],
        is_turn=is_turn,
        is_decider=is_decider,
        words=read_part(session, appeal, "words") if is_decider else "",
        reasons=read_part(session, appeal, "reasons"),
        again=read_part(session, appeal, "again"),
        record=record_of_act(session, act, utcnow()) if is_turn else None,
        stands=act.stands,
        taker_fits=may_take_again(session, appeal, now=utcnow()),
        marking=marking if is_turn else None,
        form=form,
        key=_key(appeal),
        version=version,
        problems=problems or {},
        asker=asker_of(session, appeal).chosen_name,
    )


@bp.post("/appeals/<appeal_id>/answer")
@requires(Permission.APPEAL_ANSWER, appeal=get_appeal)
def answer(appeal: Appeal) -> Any:
    """Answer with reasons."""
    public_id, act = appeal.public_id, act_of(current_session(), appeal)
    form = _form(appeal, act)
    marks, problems = _marks_of(act, form)
    if not form.validate_on_submit() or problems:
        return _page(appeal, act, form, marks=marks, problems=problems)
    try:
        with acting() as session:
            me, key = the_actor().person_id, _key(appeal)
            given_answer = _given(act, form)
            answer_appeal(session, appeal, given_answer, by=me, op_id=form.once, now=utcnow())
            drop_draft(session, me, key)
    except RefusedError as refused:
        if refused.reason is AppealRefusal.NOT_FROM_HERE:
            flash(sentence(refused.reason), "error")
            return redirect(url_for(".show", appeal_id=public_id))
        _refuse(form, refused)
        return _page(appeal, act_of(current_session(), appeal), form, marks=marks)
    flash(_("Your answer is recorded. The person who asked reads it."), "good")
    return redirect(url_for(".index"))


def _marks_of(act: Act, form: AnswerForm) -> tuple[Marks | None, dict[str, str]]:
    """Return the marks as typed, and what is wrong with them where they are to count."""
    if not isinstance(act.row, Performance):
        return None, {}
    case = load_case(current_session(), act.row)
    marks = marks_from(typed_marks(case), case.scenario, case.rubric)
    if form.outcome.data != AppealState.CHANGED:
        return marks, {}
    found = problems_in(marks, case.scenario)
    return marks, {name: sentence(problem) for name, problem in found.items()}


def _given(act: Act, form: AnswerForm) -> Answer:
    typed: dict[str, str] = {}
    if isinstance(act.row, Performance):
        typed = typed_marks(load_case(current_session(), act.row))
    version = form.version.data or ""
    sources = form["sources"].data or () if "sources" in form else ()
    return Answer(
        outcome=AppealState(form.outcome.data),
        reasons=given(form.reasons),
        record=given(form["record"]) if "record" in form else "",
        sources=frozenset(DecisionSource(name) for name in sources),
        marks=typed,
        version=int(version) if version.isdecimal() and len(version) < 9 else 0,
    )


AT_FIELD: dict[StrEnum, str] = {
    AppealRefusal.RECORD_MISSING: "record",
    AppealRefusal.REASONS_MISSING: "reasons",
    DecisionRefusal.TOO_FEW_SOURCES: "sources",
    DecisionRefusal.REASONS_MISSING: "record",
    EventRefusal.REASON_MISSING: "record",
}


def _refuse(form: AnswerForm, refused: RefusedError) -> None:
    name = AT_FIELD.get(refused.reason, "outcome")
    form.refuse(form[name], sentence(refused.reason))
