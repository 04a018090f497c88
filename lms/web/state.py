"""What the application holds: its settings, its database, and one session a request."""

import threading
import time
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, current_app, g
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import Session

from lms.config import Settings
from lms.db import Database, make_engine
from lms.services.ground import Ground, ground_for

MEGABYTE = 1024 * 1024


@dataclass(slots=True)
class State:
    """One per application."""

    settings: Settings
    database: Database
    ground: Ground


class Remembering(URLSafeTimedSerializer):
    """Signed texts whose signature is looked at once: the same text is as good the second time.

    Edge: its age is looked at each time, and what it carries is read anew, for it may be changed.
    """

    def __init__(self, like: URLSafeTimedSerializer) -> None:
        super().__init__(
            like.secret_keys,
            salt=like.salt,
            serializer=like.serializer,
            signer_kwargs=like.signer_kwargs,
        )
        self._seen: dict[str, tuple[bytes, float]] = {}

    def loads(  # type: ignore[override]
        self, s: str | bytes, max_age: int | None = None, **how: Any
    ) -> Any:
        """Return what a signed text carries. Raises: BadSignature."""
        text = s.decode() if isinstance(s, bytes) else s
        seen = self._seen.get(text)
        if seen is not None and max_age is not None and 0 <= time.time() - seen[1] <= max_age:
            return self.load_payload(seen[0])
        payload, signed_at = super().loads(text, max_age, return_timestamp=True, **how)
        if len(self._seen) >= MOST_SEEN:
            self._seen.clear()
        self._seen[text] = (text.rsplit(".", 2)[0].encode(), signed_at.timestamp())
        return payload


MOST_SEEN = 5000


class SignedCookies(SecureCookieSessionInterface):
    """Flask's own signed cookies; what signs them is made once, not twice a request."""

    def __init__(self) -> None:
        self._signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs the cookie."""
        if self._signer is None:
            made = super().get_signing_serializer(app)
            self._signer = Remembering(made) if made is not None else None
        return self._signer


def install(app: Flask, settings: Settings) -> None:
    """Configure Flask from the settings and open the database."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks) or None,
        SESSION_COOKIE_NAME="alongside",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=12 * MEGABYTE,
        MAX_FORM_MEMORY_SIZE=2 * MEGABYTE,
        MAX_FORM_PARTS=2000,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        TRAP_HTTP_EXCEPTIONS=False,
        DEBUG=settings.debug,
    )
    app.session_interface = SignedCookies()
    engine = make_engine(settings.database_url)
    app.extensions["lms"] = State(
        settings=settings,
        database=Database(engine),
        ground=ground_for(settings),
    )
    app.teardown_request(close_session)


def state() -> State:
    """Return the application's state."""
    return cast(State, current_app.extensions["lms"])


def new_session() -> Session:
    """Return a session that knows the ground and how to nudge the post."""
    here = state()
    session = here.database.session()
    session.info["ground"] = here.ground
    session.info["nudge"] = _nudge
    return session


def current_session() -> Session:
    """Return the request's one session."""
    if "session" not in g:
        g.session = new_session()
    return cast(Session, g.session)


def close_session(problem: BaseException | None = None) -> None:
    """Give the request's session back."""
    session = g.pop("session", None)
    if session is not None:
        session.close()


def _nudge() -> None:
    """Have queued jobs run beside the request, so that its time tells nothing of an address."""
    from lms.jobs import nudge_worker, work_once  # its engine is read with the first letter

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    here = state()
    if here.settings.jobs == "worker":
        nudge_worker(here.settings)
    elif app.testing:
        work_once(here.settings, here.database, here.ground)
    else:
        given = (here.settings, here.database, here.ground)
        threading.Thread(target=work_once, args=given, daemon=True).start()
