"""Pages of gatherings: for trainees, for planning, attendance on a phone, the trust agreement."""

from flask import Blueprint

bp = Blueprint("gatherings", __name__)

# the views attach themselves to the blueprint above
from lms.web.gatherings import planning, reading, seats, sheet, trust  # noqa: E402, F401
