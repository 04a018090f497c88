"""Whether the application lives and can reach its database."""

from flask import Blueprint, Response
from sqlalchemy import text

from lms.web.access import public
from lms.web.state import current_session

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def alive() -> Response:
    """Answer as long as the process lives."""
    return Response("ok", mimetype="text/plain")


@bp.get("/readyz")
@public
def ready() -> Response:
    """Answer when the database does."""
    current_session().execute(text("select 1"))
    return Response("ok", mimetype="text/plain")
