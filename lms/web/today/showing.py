"""The one page of Today, for trainees and for staff."""

from typing import Any

from flask import render_template

from lms.db import utcnow
from lms.rules.policy import Permission
from lms.rules.roles import Role
from lms.services.certificates import own_notices
from lms.services.practice import find_place, is_kept_out
from lms.services.today import list_waiting_for
from lms.web.access import requires, the_actor
from lms.web.certificates.notices import notice_lines
from lms.web.state import current_session
from lms.web.today.blueprint import bp
from lms.web.today.learning import parts_for_trainee
from lms.web.today.lines import Line
from lms.web.today.waiting import (
    WORDS,
    asked_lines,
    first_of_kept_out,
    first_of_staff,
    line_of,
    of_authors,
)


@bp.get("/today")
@requires(Permission.TODAY_SEE)
def show() -> str:
    """Show today."""
    session, actor = current_session(), the_actor()
    place = find_place(session, actor.person_id) if actor.is_trainee else None
    waiting = [*list_waiting_for(session, actor, now=utcnow()), *of_authors(session, actor)]
    notices = own_notices(session, actor.person_id, now=utcnow()) if actor.is_trainee else []
    own = [Line(one.label, one.url, one.meta) for held in notices for one in notice_lines(held)]
    own = own[1:] if place is not None else own  # with a place the first one stands at the top
    mine = (line_of(one) for one in waiting if one.kind in WORDS)
    page: dict[str, Any] = {"mine": (*own, *mine)}
    if place is not None:
        page.update(parts_for_trainee(place, notices))
        page["others"] = (*asked_lines(waiting), *page["others"])
    else:
        first = first_of_staff(waiting)
        if first is None and is_kept_out(session, actor.person_id):
            first = first_of_kept_out()
        page.update(first=first, others=(), so_far=(), summary="")
        page.update(coming=(), trust_waits=False, changed=())
    page["writes"] = Role.AUTHOR in actor.roles
    return str(render_template("today/show.html", **page))
