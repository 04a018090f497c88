"""Whether the application lives and can reach its database."""

from flask import Blueprint
from sqlalchemy import text

from lms.web.access import public
from lms.web.state import current_session

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def alive() -> tuple[str, int]:
    """Answer as long as the process lives."""
    return "ok", 200


@bp.get("/readyz")
@public
def ready() -> tuple[str, int]:
    """Answer when the database does."""
    current_session().execute(text("select 1"))
    return "ok", 200
