"""What is asked for of a place and what is there; what waits for a coordinator."""

from typing import Any

from flask import render_template

from lms.db import utcnow
from lms.models import Enrolment
from lms.rules.evidence import is_from_another
from lms.rules.policy import Permission
from lms.rules.visibility import RecordClass, may_read
from lms.services.evidence import (
    asked_of,
    list_attestations_of,
    list_documents,
    list_references,
    list_to_look_at,
    list_waivers,
    public_id_of,
)
from lms.services.practice import find_place, get_enrolment
from lms.services.visibility import relations_to
from lms.web.access import requires, the_actor
from lms.web.evidence.blueprint import bp
from lms.web.evidence.words import (
    REFERENCE_SHAPES,
    REFERENCE_WORDS,
    SHAPES,
    STATE_WORDS,
    WAIVER_SHAPES,
    WAIVER_WORDS,
    outcome_words,
)
from lms.web.state import current_session


@bp.get("/papers")
@requires(Permission.TODAY_SEE)
def own() -> str:
    """Show a trainee what papers are asked for, and what they have handed in."""
    place = find_place(current_session(), the_actor().person_id)
    if place is None:
        return str(render_template("record/nothing.html", asked=(), programme=None))
    return _page(place, own=True, sees_all=True)


@bp.get("/enrolments/<enrolment_id>/papers")
@requires(Permission.EVIDENCE_LIST, enrolment=get_enrolment)
def index(enrolment: Enrolment) -> str:
    """Show the papers of a place: all of them, or those that the asker signed."""
    relations = relations_to(current_session(), the_actor(), enrolment.person_id)
    own = enrolment.person_id == the_actor().person_id
    return _page(enrolment, own=own, sees_all=may_read(RecordClass.EVIDENCE, relations))


def _page(place: Enrolment, *, own: bool, sees_all: bool) -> str:
    session = current_session()
    actor_id = the_actor().person_id
    signer = "" if sees_all else public_id_of(session, actor_id)
    asked = asked_of(session, place)
    found = list_documents(session, place, signer=signer)
    rows: list[dict[str, Any]] = [
        {
            "label": asked[one.kind].label if one.kind in asked else one.kind,
            "paper": one.paper,
            "on": one.happened_on,
            "expires_on": one.expires_on,
            "shape": SHAPES[one.state],
            "words": STATE_WORDS[one.state],
            "outcome": outcome_words(one.outcome) if one.outcome else "",
        }
        for one in found
    ]
    return str(
        render_template(
            "evidence/index.html",
            place=place,
            own=own,
            sees_all=sees_all,
            asked=[(one, is_from_another(one.kind)) for one in asked.values()],
            rows=rows,
            references=list_references(session, place, now=utcnow()) if sees_all else [],
            reference_words=REFERENCE_WORDS,
            reference_shapes=REFERENCE_SHAPES,
            said=list_attestations_of(session, place, by=None if sees_all else actor_id),
            waivers=list_waivers(session, place) if sees_all else [],
            waiver_words=WAIVER_WORDS,
            waiver_shapes=WAIVER_SHAPES,
        )
    )


@bp.get("/evidence")
@requires(Permission.EVIDENCE_QUEUE)
def queue() -> str:
    """Show a coordinator what waits to be looked at, the oldest first."""
    rows = list_to_look_at(current_session(), the_actor())
    return str(render_template("evidence/queue.html", rows=rows))
