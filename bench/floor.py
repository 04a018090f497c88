"""The floor: the least a signed-in page can cost on the same server and the same database.

A bare Flask view reads a cookie, finds the sign-in by the hash of its token with one query, runs
one more query, and sends as many bytes as it is asked for: no template, no form, no signed cookie.
`floor` asks through SQLAlchemy, as every page here does; `driver` goes below it, to the driver;
`login` is the same page as Flask and Flask-Login have it out of the box: their signed cookie, their
user loader, a person loaded by the ORM.
"""

import hashlib
import threading
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, abort, g, request
from flask_login import LoginManager, UserMixin, current_user, login_required
from sqlalchemy import select, text

from lms.config import Settings
from lms.db import Database, make_engine
from lms.models import Person, Signin

COOKIE = "floor"
SIGNED_IN = "select person_id, last_used_at from signin where token_hash = {} and ended_at is null"
PLACE = "select state, facts_version from enrolment where person_id = {}"
MOST_BYTES = 1_000_000
Look = Callable[[str], bool]
Close = Callable[[], None]


def floor_app(settings: Settings) -> Flask:
    """Return the bare application, asking through SQLAlchemy."""
    return _app(*_through_sqlalchemy(settings))


def driver_app(settings: Settings) -> Flask:
    """Return the bare application, asking the driver itself."""
    return _app(*_through_driver(settings))


def login_app(settings: Settings) -> Flask:
    """Return the bare application with Flask-Login's way of signing in."""
    database = Database(make_engine(settings.database_url))
    app = Flask("floor")
    app.config.update(SECRET_KEY=settings.secret_key, SESSION_COOKIE_NAME="alongside")
    app.extensions["close"] = database.engine.dispose
    manager = LoginManager(app)

    class Known(UserMixin):
        def __init__(self, token: str, person: Person) -> None:
            self.id, self.person = token, person

    @app.teardown_request
    def close_session(_problem: BaseException | None) -> None:
        if "session" in g:
            g.session.close()

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(token: str) -> Known | None:
        g.session = database.session()
        held = Signin.token_hash == hashlib.sha256(token.encode()).hexdigest()
        query = select(Person).join(Signin, Signin.person_id == Person.id)
        person = g.session.scalars(query.where(held, Signin.ended_at.is_(None))).one_or_none()
        return Known(token, person) if person else None

    @app.get("/floor/<int:size>")
    @login_required  # type: ignore[untyped-decorator]
    def page(size: int) -> Response:
        place = text(PLACE.format(":person"))
        g.session.execute(place, {"person": current_user.person.id}).first()
        return Response(b"x" * min(size, MOST_BYTES), content_type="text/html; charset=utf-8")

    return app


def _app(look: Look, close: Close) -> Flask:
    app = Flask("floor")
    app.extensions["close"] = close

    @app.get("/floor/<int:size>")
    def page(size: int) -> Response:
        digest = hashlib.sha256(request.cookies.get(COOKIE, "").encode()).hexdigest()
        if not look(digest):
            abort(401)
        return Response(b"x" * min(size, MOST_BYTES), content_type="text/html; charset=utf-8")

    return app


def _through_sqlalchemy(settings: Settings) -> tuple[Look, Close]:
    database = Database(make_engine(settings.database_url))
    signed_in, place = text(SIGNED_IN.format(":token")), text(PLACE.format(":person"))

    def look(digest: str) -> bool:
        with database.session() as session:
            found = session.execute(signed_in, {"token": digest}).one_or_none()
            if found is None:
                return False
            session.execute(place, {"person": found.person_id}).first()
            return True

    return look, database.engine.dispose


def _through_driver(settings: Settings) -> tuple[Look, Close]:
    engine = make_engine(settings.database_url)
    mark = "?" if settings.is_sqlite else "%s"
    signed_in, place = SIGNED_IN.format(mark), PLACE.format(mark)
    here = threading.local()
    opened: list[Any] = []

    def connection() -> Any:
        if not hasattr(here, "connection"):
            held = engine.raw_connection()
            here.connection = held.driver_connection
            held.detach()
            opened.append(here.connection)
            if not settings.is_sqlite:
                here.connection.autocommit = True
        return here.connection

    def look(digest: str) -> bool:
        found = connection().execute(signed_in, (digest,)).fetchone()
        if found is None:
            return False
        connection().execute(place, (found[0],)).fetchone()
        return True

    def close() -> None:
        for one in opened:
            one.close()

    return look, close
