"""The only caller of the policy: every view is marked public or names what it requires."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, abort, flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Reply

from lms.db import transaction, utcnow
from lms.rules.policy import Judgement, Permission, judge
from lms.rules.policy import may as policy_may
from lms.rules.roles import Actor
from lms.services.errors import MissingError, RefusedError
from lms.services.signin import TOUCH_EVERY, SignedIn, find_signed_in, touch_signin
from lms.services.visibility import forget_relations, roles_of, subject_for
from lms.web.state import current_session, state

View = TypeVar("View", bound=Callable[..., Any])
Loader = Callable[[Session, str], Any]

login_manager = LoginManager()
login_manager.session_protection = None  # addresses change on phones; the sign-in table decides


class User:
    """What Flask-Login knows of a signed-in person: the token is the id."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, token: str, signed_in: SignedIn) -> None:
        self._token = token
        self.signed_in = signed_in

    def get_id(self) -> str:
        """Return the token that the cookie carries."""
        return self._token


def install(app: Flask) -> None:
    """Attach Flask-Login and the guard that refuses a view without a mark."""
    login_manager.init_app(app)


@login_manager.user_loader
def _load_user(token: str) -> User | None:
    settings = state().settings
    found = find_signed_in(
        current_session(),
        token,
        now=utcnow(),
        idle_minutes=settings.signin_idle_minutes,
        shared_idle_minutes=settings.shared_idle_minutes,
    )
    return User(token, found) if found else None


def signed_in() -> SignedIn | None:
    """Return who is signed in, or None; looked up once an answer, for a page asks a dozen times."""
    if (asker := g.get("asker")) is None:
        user = current_user._get_current_object()
        asker = g.asker = (user.signed_in if user.is_authenticated else None,)
    return cast(SignedIn | None, asker[0])


def the_actor() -> Actor:
    """Return the asker of a view that requires one."""
    found = signed_in()
    if found is None:
        raise MissingError
    return g.get("actor_again") or found.actor


def sign_in(token: str) -> None:
    """Put a fresh sign-in's token into a fresh cookie."""
    session.clear()
    g.pop("asker", None)
    found = _load_user(token)
    login_user(found)


def forget_sign_in() -> None:
    """Empty the cookie."""
    g.pop("asker", None)
    logout_user()
    session.clear()


def may(permission: str | Permission, *things: Any) -> bool:
    """Say to a template whether the asker may do this; remembered for the request."""
    found = signed_in()
    if found is None:
        return False
    memo: dict[tuple[Any, ...], bool] = g.setdefault("may", {})
    key = (str(permission), *(id(thing) for thing in things))
    if key not in memo:
        subject = subject_for(current_session(), found.actor, things)
        memo[key] = policy_may(found.actor, Permission(permission), subject)
    return memo[key]


def public(view: View) -> View:
    """Mark a view that anybody may see, signed in or not."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def requires(permission: Permission, **loaders: Loader) -> Callable[[View], View]:
    """Mark a view with what it requires; `x=get_x` loads what the address names as `x_id`.

    Edge: absent and not-to-be-known are both 404; a refused act is 403; nobody signed in is led
    to the sign-in page, and what a POST carried is kept.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(**values: Any) -> Any:
            if signed_in() is None:
                return _to_sign_in()
            if any("\0" in str(value) for value in values.values()):
                raise MissingError  # no id holds it, and PostgreSQL takes no text that does
            _touch()
            named = {name: values.pop(f"{name}_id") for name in loaders}

            def load_all() -> dict[str, Any]:
                return {name: loaders[name](current_session(), named[name]) for name in loaders}

            things = load_all()
            g.judged, g.load_again = (permission, tuple(things.values())), load_all
            _judge(permission, tuple(things.values()))
            return view(**values, **things)

        guarded.access = permission  # type: ignore[attr-defined]
        return cast(View, guarded)

    return mark


def _judge(permission: Permission, things: tuple[Any, ...]) -> None:
    actor = the_actor()
    judgement = judge(actor, permission, subject_for(current_session(), actor, things))
    if judgement is Judgement.UNKNOWN:
        raise MissingError
    if judgement is Judgement.REFUSED:
        abort(403)


@contextmanager
def acting() -> Iterator[Session]:
    """Write in one transaction; what the guard loaded is read and judged again under its lock.

    Edge: after a no, what the guard loaded is read once more, so that the page can be shown again.
    """
    try:
        with transaction(current_session()) as session:
            _judge_again(session)
            yield session
    except RefusedError:
        _load_again()
        raise


def _load_again() -> None:
    if "load_again" in g:
        g.load_again()


def _judge_again(session: Session) -> None:
    found = signed_in()
    if "judged" not in g or found is None:
        return
    forget_relations(session)
    g.pop("may", None)
    roles = roles_of(session, found.actor.person_id, utcnow().date())
    g.actor_again = replace(found.actor, roles=roles)
    _load_again()
    _judge(*g.judged)


def _touch() -> None:
    """Note the use of this sign-in, at most once in five minutes: housekeeping, not a record.

    Edge: it comes before anything else is loaded, because a transaction forgets what was read.
    """
    found = signed_in()
    if found and utcnow() - found.last_used_at > TOUCH_EVERY:
        with transaction(current_session()) as session:
            touch_signin(session, found.id, now=utcnow(), every=TOUCH_EVERY)


def _to_sign_in() -> Reply:
    from lms.web.kept import keep_what_was_typed

    kept = keep_what_was_typed() if request.method == "POST" else None
    if kept:
        flash(_("You were signed out. What you wrote is kept for you."), "note")
    place = kept or (request.full_path.rstrip("?") if request.method == "GET" else "/today")
    return redirect(url_for("signin.show", next=place))


def refuse_unmarked(app: Flask) -> None:
    """Refuse to start with a view that carries no access mark."""
    for endpoint, view in app.view_functions.items():
        if not hasattr(view, "access"):
            raise RuntimeError(f"The view {endpoint} says neither public nor what it requires.")
