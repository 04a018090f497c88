"""Pages of another look: asking for one, naming who decides, answering, and the lists."""

from flask import Blueprint

bp = Blueprint("appeals", __name__)

# the views attach themselves to the blueprint above
from lms.web.appeals import answering, asking, assigning, reading  # noqa: E402, F401
