"""Gatherings as their readers meet them: one's own and those one runs, a page each, the answer."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Reply

from lms.db import utcnow
from lms.models import Gathering, Seat
from lms.rules.gatherings import GatheringKind, GatheringState, Standing
from lms.rules.policy import Permission
from lms.services.errors import RefusedError
from lms.services.gatherings import (
    SeatRow,
    answer_invitation,
    conditions_of,
    expected_first,
    find_seat,
    get_gathering,
    hold_on_seat,
    list_cohorts_to_plan,
    list_led,
    list_own,
    list_roster,
    own_trust,
    place_words,
    seat_row,
    trust_state,
)
from lms.services.practice import find_place, name_of
from lms.web.access import acting, may, requires, the_actor
from lms.web.forms import Bare
from lms.web.gatherings import bp
from lms.web.gatherings.words import (
    AUDIENCE_WORDS,
    KINDS,
    MODES,
    STANDINGS,
    STATES,
    WAYS,
    gathering_span,
    link_of,
    marks_words,
    part_words,
)
from lms.web.languages import titles_now
from lms.web.state import current_session
from lms.web.words import sentence

HOLD_URLS = {
    "practice-unsigned": "/agreements",
    "practice-paused": "/account",
    "trust-not-acknowledged": "/trust-agreement",
}


@bp.get("/gatherings")
@requires(Permission.GATHERING_LIST)
def index() -> str:
    """List one's own gatherings, and those that one leads or may plan."""
    session, actor, now = current_session(), the_actor(), utcnow()
    place = find_place(session, actor.person_id) if actor.is_trainee else None
    own = list_own(session, place.id) if place else []
    planned = [row for row in own if row.gathering.state != GatheringState.CLOSED]
    return str(
        render_template(
            "gatherings/index.html",
            place=place,
            coming=[row for row in planned if row.gathering.ends_at > now],
            past=[row for row in reversed(own) if _is_told(row)],
            trust=own_trust(session, place) if place else None,
            cohorts=list_cohorts_to_plan(session, actor),
            led=list_led(session, actor, now=now),
            standings=STANDINGS,
            states=STATES,
            span=gathering_span,
            missing=missing_words,
        )
    )


def _is_told(row: SeatRow) -> bool:
    """Say whether a closed gathering is one's own matter: what was not asked is not told of."""
    return row.standing not in {None, Standing.NOT_ASKED}


def missing_words(row: SeatRow) -> str:
    """Return which unmissable parts are still to be made up, in words."""
    parts = conditions_of(row.gathering).parts
    return ", ".join(part_words(parts[n]) for n in row.left if parts[n].is_unmissable)


@bp.get("/gatherings/<gathering_id>")
@requires(Permission.GATHERING_READ, gathering=get_gathering)
def show(gathering: Gathering) -> str:
    """Show one gathering: to whoever is invited what is theirs, to whoever runs it the list."""
    session = current_session()
    runs = may(Permission.GATHERING_RUN, gathering)
    seat = find_seat(session, gathering.id, the_actor().person_id)
    hold = hold_on_seat(session, seat) if seat and not runs else None
    return str(
        render_template(
            "gatherings/show.html",
            gathering=gathering,
            runs=runs,
            hold=hold,
            hold_words=sentence(hold) if hold else "",
            hold_url=HOLD_URLS.get(str(hold), "/help"),
            **_told(gathering, is_shut=hold is not None),
            **_own(seat),
            **(_staff(gathering) if runs else {"roster": []}),
            form=Bare(),
        )
    )


def _told(gathering: Gathering, *, is_shut: bool) -> dict[str, Any]:
    """Return what is told of a gathering; shut, neither place nor link leaves the server."""
    session = current_session()
    place = "" if is_shut else place_words(session, gathering)
    titles = titles_now(session) if gathering.module else {}
    return {
        "where": place,
        "link": link_of(place),
        "leader": name_of(session, gathering.leader_id),
        "span": gathering_span(gathering, gathering.cohort.zone),
        "parts": [(part_words(part), part) for part in conditions_of(gathering).parts],
        "module_title": titles.get(gathering.module, ""),
        "is_begun": utcnow() >= gathering.begins_at,
        "is_over": utcnow() >= gathering.ends_at,
        "audiences": AUDIENCE_WORDS,
        "kinds": KINDS,
        "modes": MODES,
        "states": STATES,
        "standings": STANDINGS,
    }


def _own(seat: Seat | None) -> dict[str, Any]:
    """Return what stands on record of the asker's own seat."""
    if seat is None:
        return {"own": None, "own_marks": [], "ways": WAYS, "own_missing": ""}
    row = seat_row(current_session(), seat)
    conditions = conditions_of(row.gathering)
    return {
        "own": row,
        "own_marks": marks_words(conditions, row.marks) if row.marks else [],
        "ways": WAYS,
        "own_missing": missing_words(row),
    }


def _staff(gathering: Gathering) -> dict[str, Any]:
    """Return the list of who is invited, those who are expected first."""
    session = current_session()
    shut: set[str] = set()
    if gathering.kind == GatheringKind.STORY_SHARING and gathering.state != GatheringState.CLOSED:
        state = trust_state(session, gathering.cohort)
        shut = set(state.waiting_places)
    rows = expected_first(list_roster(session, gathering))
    return {"roster": [(row, row.place in shut) for row in rows]}


@bp.post("/gatherings/<gathering_id>/answer")
@requires(Permission.GATHERING_ANSWER, gathering=get_gathering)
def answer(gathering: Gathering) -> Reply:
    """Keep whether one is expected; no reason is asked for."""
    public_id, coming = gathering.public_id, request.form.get("coming") == "yes"
    if Bare().validate_on_submit() and request.form.get("coming") in {"yes", "no"}:
        try:
            with acting() as session:
                answer_invitation(
                    session, gathering, the_actor().person_id, coming=coming, now=utcnow()
                )
            flash(_("You are expected.") if coming else _("You are not expected."), "good")
        except RefusedError as refused:
            flash(sentence(refused.reason), "error")
    return redirect(url_for(".show", gathering_id=public_id))
