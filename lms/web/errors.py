"""What an answer looks like when something is not there, not allowed, or a bug."""

import logging
import traceback
from pathlib import Path
from typing import Any

from flask import Flask, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as Reply

from lms.content.bundled import bundled
from lms.sealing import SealBrokenError
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
        except Exception as error:  # an error page never fails; the bug itself is logged
            log.error("the page for %s could not be shown: %s", code, where(error))
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
        log.error("unexpected on %s: %s", request.endpoint, where(error))
        return last_resort, 500

    app.register_error_handler(MissingError, missing)
    app.register_error_handler(HTTPException, http)

    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(SealBrokenError, _unsealed)
    if not app.testing and not app.debug:
        app.register_error_handler(Exception, bug)


def where(error: BaseException) -> str:
    """Return what kind of bug it is and the lines that led to it.

    Edge: no message of an exception is taken over: what somebody typed may stand in it.
    """
    lines = [f"{type(error).__module__}.{type(error).__qualname__}"]
    lines += traceback.format_tb(error.__traceback__)
    if error.__cause__ is not None:
        lines.append("brought about by " + where(error.__cause__))
    return "\n".join(lines)


def _unsealed(error: SealBrokenError) -> Any:
    from lms.web.kept import show_unsealed_form

    log.error("what seals a person's texts cannot be opened, on %s", request.endpoint)
    if request.form:
        return show_unsealed_form()
    return render_template("errors/503.html"), 503


def _stale_form(error: CSRFError) -> Any:
    from lms.web.kept import show_stale_form

    return show_stale_form()
