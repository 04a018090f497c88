"""Pages of certificates: issuing, a holder's own, and what happens to them after issue."""

from flask import Blueprint

bp = Blueprint("certificates", __name__)

# the views attach themselves to the blueprint above
from lms.web.certificates import (  # noqa: E402
    choosing,  # noqa: F401
    erasing,  # noqa: F401
    events,  # noqa: F401
    holding,  # noqa: F401
    issuing,  # noqa: F401
    proposals,  # noqa: F401
    renewing,  # noqa: F401
    running,  # noqa: F401
)
