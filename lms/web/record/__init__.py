"""What is still missing: for oneself, for one trainee, for a cohort, today and on a past day."""

from flask import Blueprint

bp = Blueprint("record", __name__)

# the views attach themselves to the blueprint above
from lms.web.record import cohort, past, reading  # noqa: E402, F401
