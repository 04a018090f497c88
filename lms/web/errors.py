"""What an answer looks like when something is not there, not allowed, or a bug."""

import logging
from pathlib import Path
from typing import Any

from flask import Flask, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as Reply

from lms.content.bundled import bundled
from lms.services.errors import MissingError

log = logging.getLogger("lms.web")
PAGES = {400, 403, 404, 405, 409, 413, 429}


def install(app: Flask) -> None:
    """Map every error to a page that cannot itself fail."""
    last_resort = (Path(bundled("templates")) / "errors" / "500.html").read_text("utf-8")

    def page(code: int) -> tuple[str, int]:
        name = code if code in PAGES else 400
        try:
            return render_template(f"errors/{name}.html"), code
        except Exception:  # an error page never fails; the bug itself is logged
            log.exception("the page for %s could not be shown", code)
            return last_resort, code

    def missing(error: MissingError) -> tuple[str, int]:
        return page(404)

    def http(error: HTTPException) -> tuple[str, int] | HTTPException | Reply:
        code = error.code or 500
        if code < 400:
            return error
        if code >= 500:
            return last_resort, code
        reply = make_response(page(code))
        if isinstance(error, MethodNotAllowed):
            reply.allow.update(error.valid_methods or ())
        return reply

    def bug(error: Exception) -> tuple[str, int]:
        log.exception("unexpected on %s", request.endpoint)
        return last_resort, 500

    app.register_error_handler(MissingError, missing)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(CSRFError, _stale_form)
    if not app.testing and not app.debug:
        app.register_error_handler(Exception, bug)


def _stale_form(error: CSRFError) -> Any:
    from lms.web.kept import show_stale_form

    return show_stale_form()
