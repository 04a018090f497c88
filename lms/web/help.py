"""Help: whom to turn to, and a page to pause on."""

from urllib.parse import unquote, urlsplit

from flask import Blueprint, current_app, render_template, request
from sqlalchemy.orm import Session

from lms.db import utcnow
from lms.rules.cohorts import AssignmentKind
from lms.rules.policy import Permission
from lms.services.assessments import stop_clock
from lms.services.cohorts import people_beside
from lms.services.practice import find_place
from lms.web.access import acting, requires, the_actor
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
    """Return the page of our own that one came from, today where there is none to go back to."""
    place = same_site(asked)
    path = urlsplit(place).path
    adapter = current_app.create_url_adapter(request)
    if path == "/pause" or adapter is None or not adapter.test(unquote(path), method="GET"):
        return "/today"
    return place


def _page() -> str:
    return str(render_template("help/pause.html", back=place_to_go_on(request.form.get("from"))))


@bp.get("/pause")
@requires(Permission.HELP_SEE)
def rest() -> str:
    """Show the calm page again."""
    return _page()


@bp.post("/pause")
@requires(Permission.HELP_SEE)
def pause() -> str:
    """Stop a clock that runs and show a calm page. That somebody paused is written nowhere."""
    with acting() as session:
        stop_clock(session, the_actor().person_id, utcnow())
    return _page()
