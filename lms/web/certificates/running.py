"""Issuing to a cohort: who can be issued now and who not, the run, how far it is."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as Reply
from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from lms.db import utcnow
from lms.models import Cohort, IssueRun
from lms.rules.certificates import IssueRefusal, RowAct, RowState, RunState
from lms.rules.policy import Permission
from lms.services.certificates import (
    Candidate,
    Chosen,
    RunLine,
    continue_run,
    get_run,
    list_candidates,
    list_runs,
    run_view,
    start_run,
    stop_run,
    unprintable_in,
)
from lms.services.cohorts import get_cohort
from lms.services.drafts import spend
from lms.services.errors import RefusedError
from lms.web.access import acting, requires, the_actor
from lms.web.certificates import bp
from lms.web.certificates.words import refusal_words
from lms.web.forms import Bare, Form
from lms.web.state import current_session
from lms.web.words import sentence

MARK_LENGTH = 32
ACTS = {
    RowAct.ISSUE: _l("Can be issued now"),
    RowAct.PROPOSE: _l("Can be sent to a second coordinator now"),
    RowAct.APPROVE: _l("Proposed by another coordinator: you are the second"),
}


class RunForm(Form):
    """Whom to issue to; each value says what the page showed of a person."""

    people = SelectMultipleField(
        _l("People"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )


def _value(one: Candidate) -> str:
    return f"{one.place.public_id}:{one.act}:{one.mark}"


def _chosen(values: Iterable[str]) -> Iterator[Chosen]:
    """Yield what was sent; what no page of ours would send is left out."""
    for value in values:
        place, _sep, rest = value.partition(":")
        act, _sep, mark = rest.partition(":")
        if act in set(RowAct):
            yield Chosen(place, RowAct(act), mark[:MARK_LENGTH])


def _cohort_page(cohort: Cohort, form: RunForm) -> str:
    session = current_session()
    people = list_candidates(session, cohort, by=the_actor().person_id, now=utcnow())
    ready = {act: [one for one in people if one.act is act] for act in ACTS}
    ticked = {_value(one) for one in people if one.standing.name_is_theirs}
    held = [one for one in people if not one.act and not one.certificate]
    return str(
        render_template(
            "certificates/cohort.html",
            cohort=cohort,
            form=form,
            ready={ACTS[act]: found for act, found in ready.items() if found},
            ticked=ticked if form.people.data is None else set(form.people.data),
            held=[(one, _held_words(one)) for one in held],
            issued=[one for one in people if one.certificate],
            runs=list_runs(session, cohort.id),
            value_of=_value,
            pack=next((one.standing.basis.overdue_pack for one in people), None),
            demo=any(one.standing.basis.programme.demo for one in people),
        )
    )


def _held_words(one: Candidate) -> str:
    return refusal_words(one.refusal, one.standing.unprintable) if one.refusal else ""


@bp.get("/cohorts/<cohort_id>/issuing")
@requires(Permission.ISSUE_RUN, cohort=get_cohort)
def cohort(cohort: Cohort) -> str:
    """Show who of a cohort can be issued a certificate now, who not, and why."""
    return _cohort_page(cohort, RunForm(formdata=None))


@bp.post("/cohorts/<cohort_id>/issuing")
@requires(Permission.ISSUE_RUN, cohort=get_cohort)
def start(cohort: Cohort) -> Any:
    """Begin a run for those who are ticked; sent twice, it is one."""
    form = RunForm()
    chosen = list(_chosen(form.people.data or ()))
    try:
        if form.validate_on_submit():
            by, now = the_actor().person_id, utcnow()
            with acting() as session:
                run = start_run(session, cohort, chosen, by=by, op_id=form.once, now=now)
                public_id = run.public_id
            return redirect(url_for(".run", run_id=public_id))
    except RefusedError as refused:
        form.refuse(form.people, sentence(refused.reason))
    return _cohort_page(cohort, form)


@bp.get("/issue-runs/<run_id>")
@requires(Permission.ISSUE_RUN, run=get_run)
def run(run: IssueRun) -> str:
    """Show what became of everybody of a run."""
    view = run_view(current_session(), run)
    lines = {state: [one for one in view.lines if one.state is state] for state in RowState}
    return str(
        render_template(
            "certificates/run.html",
            view=view,
            run=view.run,
            lines=lines,
            words_of=_line_words,
            is_stopped=view.run.state == RunState.STOPPED,
            act_form=Bare(formdata=None),
        )
    )


def _line_words(line: RunLine) -> str:
    if line.refusal is None:
        return ""
    characters: tuple[str, ...] = ()
    if line.refusal is IssueRefusal.NAME_NOT_PRINTABLE:
        characters = unprintable_in(current_session(), line.printed)
    return refusal_words(line.refusal, characters)


@bp.post("/issue-runs/<run_id>/stop")
@requires(Permission.ISSUE_RUN, run=get_run)
def stop(run: IssueRun) -> Reply:
    """Stop a run."""
    public_id = run.public_id
    with acting() as session:
        stop_run(session, run, by=the_actor().person_id, now=utcnow())
    flash(_("Stopped. Whoever was under way is finished, the others wait."), "note")
    return redirect(url_for(".run", run_id=public_id))


@bp.post("/issue-runs/<run_id>/go-on")
@requires(Permission.ISSUE_RUN, run=get_run)
def go_on(run: IssueRun) -> Reply:
    """Let a run go on with those who wait."""
    public_id, form, by, now = run.public_id, Bare(), the_actor().person_id, utcnow()
    with acting() as session:
        if spend(session, form.once, by, public_id, now):
            continue_run(session, run, by=by, now=now)
    return redirect(url_for(".run", run_id=public_id))
