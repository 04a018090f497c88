"""Help: whom to turn to, and a page to pause on."""

from urllib.parse import urlsplit

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from lms.rules.cohorts import AssignmentKind
from lms.rules.policy import Permission
from lms.services.cohorts import people_beside
from lms.services.practice import find_place
from lms.web.access import requires, the_actor
from lms.web.signin import same_site
from lms.web.state import current_session
from lms.web.words import KIND_WORDS

bp = Blueprint("help", __name__)


def _beside(session: Session) -> list[tuple[str, str]]:
    """Return the asker's own trainers and supervisor: (what they are, their name)."""
    place = find_place(session, the_actor().person_id)
    beside = people_beside(session, place.id) if place else {}
    return [(str(KIND_WORDS[kind]), beside[kind].name) for kind in AssignmentKind if kind in beside]


@bp.get("/help")
@requires(Permission.HELP_SEE)
def show() -> str:
    """Show whom to turn to, and what one can do."""
    session = current_session()
    place = find_place(session, the_actor().person_id)
    return str(render_template("help/show.html", place=place, beside=_beside(session)))


def place_to_go_on(asked: str | None) -> str:
    """Return the page of our own that one came from, today where there is none."""
    place = same_site(asked)
    return "/today" if urlsplit(place).path in {"/pause", "/leave", "/sign-out"} else place


@bp.route("/pause", methods=["GET", "POST"])
@requires(Permission.HELP_SEE)
def pause() -> str:
    """Show a calm page. That somebody paused is written nowhere."""
    back = place_to_go_on(request.form.get("from"))
    return str(render_template("help/pause.html", back=back))
