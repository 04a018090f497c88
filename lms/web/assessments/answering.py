"""Answering: one question a page, saved as it is chosen, handed in once."""

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from lms.db import transaction, utcnow
from lms.models import Attempt
from lms.rules.assessments.attempts import AnswerRefusal, AttemptState, refusal_to_answer
from lms.rules.assessments.definition import Item
from lms.rules.assessments.scoring import ResponseFault
from lms.rules.policy import Permission
from lms.services.assessments import (
    MAX_COUNTER,
    Answers,
    answers_of,
    find_item,
    get_attempt,
    get_attempt_ref,
    paper_of,
    save_answer,
    start_clock,
    submit_attempt,
)
from lms.services.errors import RefusedError
from lms.services.visibility import OwnedRef
from lms.web.access import acting, requires, the_actor
from lms.web.assessments.blueprint import bp
from lms.web.assessments.forms import AnswerForm, empty_form, form_for, response_sent
from lms.web.assessments.shown import Stand, stand_of
from lms.web.forms import Bare
from lms.web.state import current_session
from lms.web.words import sentence

MOST_BYTES = 4000


def overview(attempt: Attempt) -> str:
    """Return the page of an attempt under way: every question, and which are answered."""
    stand = _stand(attempt)
    if stand.reason is AnswerRefusal.PAUSED:
        return str(render_template("assessments/paused.html", stand=stand, form=Bare()))
    return str(render_template("assessments/overview.html", stand=stand))


def _stand(attempt: Attempt, answers: Answers | None = None) -> Stand:
    session = current_session()
    kept = answers or answers_of(session, attempt)
    return stand_of(attempt, paper_of(session, attempt.form_hash), kept.values, utcnow())


def _refusal(attempt: Attempt) -> AnswerRefusal | None:
    return refusal_to_answer(
        state=AttemptState(attempt.state),
        closes_at=attempt.closes_at,
        remaining_seconds=attempt.remaining_seconds,
        now=utcnow(),
    )


def _to(attempt: Attempt) -> Any:
    return redirect(url_for(".attempt", attempt_id=attempt.public_id))


@bp.get("/attempts/<attempt_id>/items/<item>")
@requires(Permission.ATTEMPT_ANSWER, attempt=get_attempt)
def question(item: str, attempt: Attempt) -> Any:
    """Show one question; while the clock stands still, or afterwards, none."""
    if _refusal(attempt):
        return _to(attempt)
    answers = answers_of(current_session(), attempt)
    asked = find_item(paper_of(current_session(), attempt.form_hash), item)
    form = empty_form(asked, answers.values.get(item), answers.counters.get(item, 0))
    return _question_page(_stand(attempt, answers), asked, form)


def _question_page(stand: Stand, item: Item, form: AnswerForm) -> str:
    return str(
        render_template(
            "assessments/question.html", stand=stand, item=item, form=form, here=stand.at(item.id)
        )
    )


@bp.post("/attempts/<attempt_id>/items/<item>")
@requires(Permission.ATTEMPT_ANSWER, attempt=get_attempt)
def answer(item: str, attempt: Attempt) -> Any:
    """Save an answer and go where the button says."""
    asked = find_item(paper_of(current_session(), attempt.form_hash), item)
    form = form_for(asked)
    value = response_sent(asked, form)
    leaves_out = request.form.get("go") == "leave-out"
    if value is None and not leaves_out:
        return _onward(attempt, item)
    attempt_id = attempt.id
    try:
        with acting() as session:
            save_answer(
                session,
                attempt_id,
                item,
                None if leaves_out else value,
                counter=form.count,
                deliberate=True,
                now=utcnow(),
            )
    except RefusedError as refused:
        return _not_taken(attempt, asked, form, refused)
    return _onward(attempt, item)


def _not_taken(attempt: Attempt, item: Item, form: AnswerForm, refused: RefusedError) -> Any:
    if isinstance(refused.reason, ResponseFault):
        form.refuse(form.answer, sentence(refused.reason))
        return _question_page(_stand(attempt), item, form)
    flash(sentence(refused.reason), "error")
    return _to(attempt)


def _onward(attempt: Attempt, item: str) -> Any:
    """Go to the next question, the one before, or the overview; after the last one, to the end."""
    items = [entry.id for entry in paper_of(current_session(), attempt.form_hash).items]
    step = {"back": -1, "all": len(items)}.get(request.form.get("go", ""), 1)
    place = items.index(item) + step
    if request.form.get("go") == "all" or place < 0:
        return _to(attempt)
    if place >= len(items):
        return redirect(url_for(".hand_in", attempt_id=attempt.public_id))
    return redirect(url_for(".question", attempt_id=attempt.public_id, item=items[place]))


@bp.put("/attempts/<attempt_id>/answers/<item>")
@requires(Permission.ATTEMPT_ANSWER, attempt=get_attempt_ref)
def autosave(item: str, attempt: OwnedRef) -> Any:
    """Save an answer as it is chosen; whose attempt it is never changes, so it is judged once."""
    request.max_content_length = MOST_BYTES
    sent = _sent()
    if sent is None:
        return jsonify(reason="not-understood"), 400
    try:
        with transaction(current_session()) as session:
            saved = save_answer(
                session,
                attempt.id,
                item,
                sent.get("value"),
                counter=sent["counter"],
                deliberate=False,
                now=utcnow(),
            )
    except RefusedError as refused:
        code = 400 if isinstance(refused.reason, ResponseFault) else 409
        return jsonify(reason=refused.reason, words=sentence(refused.reason)), code
    return jsonify(saved=saved.is_kept, counter=saved.counter, saved_at=utcnow().isoformat())


def _sent() -> dict[str, Any] | None:
    """Return the JSON sent, or None where it is no `{"value", "counter"}`."""
    try:
        sent = request.get_json(silent=True)
    except RecursionError:
        return None
    if not isinstance(sent, dict):
        return None
    counter = sent.get("counter")
    return sent if type(counter) is int and 0 <= counter <= MAX_COUNTER else None


@bp.get("/attempts/<attempt_id>/hand-in")
@requires(Permission.ATTEMPT_ANSWER, attempt=get_attempt)
def hand_in(attempt: Attempt) -> Any:
    """Ask once, with what is still open."""
    if _refusal(attempt) in {AnswerRefusal.CLOSED, AnswerRefusal.PAUSED}:
        return _to(attempt)
    return render_template("assessments/hand_in.html", stand=_stand(attempt), form=Bare())


@bp.post("/attempts/<attempt_id>/hand-in")
@requires(Permission.ATTEMPT_ANSWER, attempt=get_attempt)
def submit(attempt: Attempt) -> Any:
    """Hand an attempt in; a second time leads to the same page."""
    with acting() as session:
        submit_attempt(session, attempt, the_actor().person_id, now=utcnow())
    return _to(attempt)


@bp.post("/attempts/<attempt_id>/go-on")
@requires(Permission.ATTEMPT_ANSWER, attempt=get_attempt)
def go_on(attempt: Attempt) -> Any:
    """Let the clock go on after a pause."""
    with acting() as session:
        start_clock(session, the_actor().person_id, utcnow())
    flash(_("Welcome back. The clock goes on from where it stood."), "note")
    return _to(attempt)
