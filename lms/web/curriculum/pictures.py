"""Pictures of modules, as their versions were published."""

from flask import Response

from lms.rules.policy import Permission
from lms.services.errors import MissingError
from lms.services.publishing import find_picture
from lms.web.access import requires
from lms.web.curriculum import bp
from lms.web.state import current_session

FOREVER = "private, max-age=31536000, immutable"
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
STAMP_LENGTH = 16


@bp.get("/modules/<module>/img/<stamp>/<picture>")
@requires(Permission.LEARN)
def show_picture(module: str, stamp: str, picture: str) -> Response:
    """Send a picture; other bytes would have another address, so it may be kept for ever."""
    found = None
    if len(stamp) == STAMP_LENGTH:
        found = find_picture(current_session(), module, stamp, picture)
    if found is None:
        raise MissingError
    reply = Response(found.data, content_type=found.media_type)
    reply.headers["Cache-Control"] = FOREVER
    reply.headers["Content-Security-Policy"] = SANDBOX
    return reply
