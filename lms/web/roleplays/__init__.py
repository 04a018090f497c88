"""Pages of role-plays: scenarios and results for trainees, the queue and marking for trainers."""

from flask import Blueprint

bp = Blueprint("roleplays", __name__)

# the views attach themselves to the blueprint above
from lms.web.roleplays import booking, marking, results, scenarios  # noqa: E402, F401
