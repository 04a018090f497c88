"""Today: the one next thing, what waits for me, what waits for others."""

from flask import Blueprint, render_template

from lms.rules.policy import Permission
from lms.web.access import requires

bp = Blueprint("today", __name__)


@bp.get("/today")
@requires(Permission.TODAY_SEE)
def show() -> str:
    """Show today."""
    return str(render_template("today/show.html"))
