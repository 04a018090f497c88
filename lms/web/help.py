"""Help: whom to turn to, a page to pause on, and a few short ways to settle."""

from urllib.parse import unquote, urlsplit

from flask import Blueprint, current_app, render_template, request
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from lms.db import utcnow
from lms.models import Enrolment
from lms.rules.cohorts import AssignmentKind
from lms.rules.policy import Permission
from lms.services.assessments import stop_clock
from lms.services.cohorts import people_beside
from lms.services.errors import MissingError
from lms.services.practice import find_place
from lms.web.access import acting, requires, the_actor
from lms.web.organisation import own_organisation
from lms.web.signin import same_site
from lms.web.state import current_session
from lms.web.words import KIND_WORDS

bp = Blueprint("help", __name__)
CALM = {
    "breathing": _l("Breathing"),
    "around": _l("Looking around"),
    "feet": _l("Feet on the floor"),
}
PACES = (3, 4, 5)
"""For how many seconds one may breathe in; breathing out takes two more."""


def _beside(session: Session, place: Enrolment | None) -> list[tuple[str, str]]:
    """Return the asker's own trainers and supervisor: (what they are, their name)."""
    beside = people_beside(session, place.id) if place else {}
    return [(str(KIND_WORDS[kind]), beside[kind].name) for kind in AssignmentKind if kind in beside]


@bp.get("/help")
@requires(Permission.HELP_SEE)
def show() -> str:
    """Show whom to turn to, and what one can do."""
    session = current_session()
    place = find_place(session, the_actor().person_id)
    shown = {
        "place": place,
        "beside": _beside(session, place),
        "assistance": own_organisation(session).assistance,
    }
    return str(render_template("help/show.html", **shown))


def place_to_go_on(asked: str | None) -> str:
    """Return the page of our own that one came from, today where there is none to go back to."""
    place = same_site(asked)
    path = urlsplit(place).path
    adapter = current_app.create_url_adapter(request)
    if path == "/pause" or adapter is None or not adapter.test(unquote(path), method="GET"):
        return "/today"
    return place


def _page() -> str:
    back = place_to_go_on(request.form.get("from"))
    return str(render_template("help/pause.html", back=back, titles=CALM))


@bp.get("/calm", defaults={"exercise": ""})
@bp.get("/calm/<exercise>")
@requires(Permission.HELP_SEE)
def calm(exercise: str) -> str:
    """Show short ways to settle, or one of them. Nothing moves by itself, and nothing is noted."""
    if exercise and exercise not in CALM:
        raise MissingError
    asked = request.args.get("seconds", type=int)
    seconds = asked if asked in PACES else 4
    words = {"name": exercise, "titles": CALM, "seconds": seconds, "paces": PACES}
    return str(render_template("help/calm.html", **words))


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
