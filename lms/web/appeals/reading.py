"""The lists of requests, and one request as its asker or its decider reads it."""

from typing import Any

from flask import render_template

from lms.db import utcnow
from lms.models import Appeal
from lms.rules.appeals import OPEN
from lms.rules.policy import Permission
from lms.services.appeals import (
    act_of,
    get_appeal,
    list_answered_by,
    list_for_office,
    list_own_appeals,
    list_to_answer,
    read_part,
    row_of,
    whose_turn,
)
from lms.web.access import may, requires, the_actor
from lms.web.appeals import bp
from lms.web.appeals.answering import answer_page
from lms.web.appeals.records import way_to
from lms.web.appeals.words import KINDS, STATES
from lms.web.forms import Bare
from lms.web.state import current_session


@bp.get("/appeals")
@requires(Permission.APPEAL_LIST)
def index() -> str:
    """List one's own requests, what waits for one's answer, and what the office has to assign."""
    session, actor, now = current_session(), the_actor(), utcnow()
    return str(
        render_template(
            "appeals/index.html",
            own=list_own_appeals(session, actor.person_id, now=now),
            to_answer=list_to_answer(session, actor.person_id, now=now),
            answered=list_answered_by(session, actor.person_id, now=now),
            office=list_for_office(session, actor, now=now),
            is_office=may(Permission.COHORT_VERDICTS),
            is_trainee=actor.is_trainee,
            kinds=KINDS,
            states=STATES,
        )
    )


@bp.get("/appeals/<appeal_id>")
@requires(Permission.APPEAL_READ, appeal=get_appeal)
def show(appeal: Appeal) -> Any:
    """Show a request to its asker, or to whoever answers it."""
    if may(Permission.APPEAL_ANSWER, appeal):
        return answer_page(appeal)
    session = current_session()
    row = row_of(session, appeal, now=utcnow())
    return render_template(
        "appeals/show.html",
        row=row,
        kind=KINDS[row.kind],
        state=STATES[row.state],
        appeal=appeal,
        is_open=row.state in OPEN,
        waits_for_taker=whose_turn(appeal) == appeal.taken_by,
        words=read_part(session, appeal, "words"),
        reasons=read_part(session, appeal, "reasons"),
        again=read_part(session, appeal, "again"),
        way=way_to(session, act_of(session, appeal), appeal),
        form=Bare(),
    )
