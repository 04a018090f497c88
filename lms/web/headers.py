"""Security headers of every answer; a nonce made only when a page asks for one."""

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.web.state import state

POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self' {neutral}; base-uri 'none'; "
    "frame-ancestors 'none'"
)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}


def csp_nonce() -> str:
    """Return this answer's nonce; made lazily, so that an early refusal finds one too."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    nonce: str = g.nonce
    return nonce


def install(app: Flask) -> None:
    """Put the headers on every answer and believe as many proxies as were configured."""
    app.after_request(_add_headers)
    settings = app.extensions["lms"].settings
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )


def _policy() -> str:
    # Browsers hold the redirect after a form to form-action: without the neutral page's origin
    # the way out would stay shut where scripts do not run.
    neutral = urlsplit(state().settings.leave_url)
    return POLICY.format(nonce=csp_nonce(), neutral=f"{neutral.scheme}://{neutral.netloc}")


def _add_headers(response: Response) -> Response:
    headers = response.headers
    there = {name.lower() for name, _value in headers}  # each look into them walks through all

    def add(name: str, value: str) -> None:
        if name.lower() not in there:
            headers.add(name, value)

    for name, value in FIXED.items():
        add(name, value)
    if "content-security-policy" not in there:
        add("Content-Security-Policy", _policy())
    if state().settings.secure:
        add("Strict-Transport-Security", "max-age=31536000")
    if not request.path.startswith("/assets/"):
        add("Cache-Control", "no-store")
    return response
