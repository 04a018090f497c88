"""Signing in and out, invitations and new passwords."""

import unicodedata
from datetime import timedelta
from typing import Any

from flask import (
    Blueprint,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response as Reply
from wtforms import BooleanField, EmailField, PasswordField
from wtforms.validators import Length

from lms.content.bundled import bundled
from lms.db import transaction, utcnow
from lms.models import Person
from lms.rules.signin import RESET_MINUTES, SigninRefusal
from lms.services.errors import RefusedError
from lms.services.mail import queue_mail
from lms.services.people import claim_invitation, get_invitation
from lms.services.signin import (
    WINDOW_SECONDS,
    change_password,
    end_signin,
    find_entrance,
    get_link,
    hash_password,
    is_password,
    issue_link,
    new_token,
    refuse_weak_password,
    seconds_to_wait,
    start_signin,
    use_address_link,
)
from lms.web.access import forget_sign_in, public, sign_in, signed_in
from lms.web.forms import Form, given, line, needed
from lms.web.frame import csrf
from lms.web.state import current_session, state
from lms.web.words import sentence
from lms.words import letter

bp = Blueprint("signin", __name__)
DEVICE_COOKIE = "alongside_device"
FREE_TRIES = 8
LONGEST_TOKEN = 100  # ours have 43 characters; a cookie has little room
FREE_TRIES_A_PLACE = 60


class SigninForm(Form):
    """Address and password."""

    address = EmailField(_l("E-mail address"), validators=[needed(), Length(max=320)])
    password = PasswordField(_l("Password"), validators=[needed(), Length(max=1024)])
    shared = BooleanField(_l("Other people use this device"))


class ForgottenForm(Form):
    """Where to send a new link."""

    address = EmailField(_l("E-mail address"), validators=[needed(), Length(max=320)])


class PasswordForm(Form):
    """A new password."""

    password = PasswordField(_l("New password"), validators=[needed(), Length(max=1024)])


class ClaimForm(PasswordForm):
    """The name to be called by, and a password."""

    chosen_name = line(_l("What should we call you?"))


def same_site(place: str | None) -> str:
    """Return a place of our own to go to, today where it is not one.

    Edge: browsers read further slashes, backslashes and control characters at the beginning as
    the way to another site.
    """
    asked = place or ""
    odd = any(c == "\\" or unicodedata.category(c) == "Cc" for c in asked)
    ours = asked.startswith("/") and not asked.startswith("//") and not odd
    return asked if ours else "/today"


def device_words() -> str:
    """Return a coarse name of the device: enough to know it again, no more."""
    agent = (request.user_agent.string or "").lower()
    kinds = (
        ("iphone", "iPhone"),
        ("ipad", "iPad"),
        ("android", "Android"),
        ("windows", "Windows"),
        ("mac os", "Mac"),
        ("linux", "Linux"),
    )
    return next((words for mark, words in kinds if mark in agent), "")


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="device")


def _known_device() -> str | None:
    try:
        found = _signer().loads(request.cookies.get(DEVICE_COOKIE, ""))
    except BadSignature:
        return None
    return str(found)


def _must_wait(address: str) -> int:
    """Return the seconds to wait; devices that signed in before have a bucket of their own."""
    device = _known_device()
    with transaction(current_session()) as db:
        if device:
            return seconds_to_wait(db, "device", device, free=FREE_TRIES, window=WINDOW_SECONDS)
        place = str(request.remote_addr)
        by_place = seconds_to_wait(
            db, "place", place, free=FREE_TRIES_A_PLACE, window=WINDOW_SECONDS
        )
        return by_place or seconds_to_wait(
            db, "address", address.casefold(), free=FREE_TRIES, window=WINDOW_SECONDS
        )


@bp.get("/")
@public
def front() -> Any:
    """Show what this place is, or go to today."""
    if signed_in():
        return redirect(url_for("today.show"))
    return render_template("signin/front.html")


@bp.get("/sign-in")
@public
def show() -> Any:
    """Show the sign-in form."""
    if signed_in():
        return redirect(same_site(request.args.get("next")))
    return render_template("signin/show.html", form=SigninForm(), wait=0)


@bp.post("/sign-in")
@public
def enter() -> Any:
    """Sign in, slowly for whoever tries often."""
    form = SigninForm()
    if not form.validate_on_submit():
        return render_template("signin/show.html", form=form, wait=0)
    wait = _must_wait(given(form.address))
    if wait:
        page = render_template("signin/show.html", form=form, wait=wait)
        return page, 429, {"Retry-After": str(wait)}
    entrance = find_entrance(current_session(), given(form.address))
    current_session().rollback()
    if not is_password(entrance.password_hash, given(form.password)):
        form.refuse(form.password, sentence(SigninRefusal.WRONG))
        return render_template("signin/show.html", form=form, wait=0)
    return _welcome(entrance.person_id or 0, bool(form.shared.data))


def _welcome(person_id: int, shared: bool) -> Reply:
    with transaction(current_session()) as db:
        token = start_signin(db, person_id, device=device_words(), shared=shared, now=utcnow())
    place = same_site(request.args.get("next"))
    sign_in(token)
    reply = make_response(redirect(place))
    if not shared:
        reply.set_cookie(
            DEVICE_COOKIE,
            str(_signer().dumps(_known_device() or new_token())),
            max_age=timedelta(days=400),
            httponly=True,
            samesite="Lax",
            secure=state().settings.secure,
        )
    return reply


def _end() -> None:
    found = signed_in()
    if found:
        with transaction(current_session()) as db:
            end_signin(db, found.id, now=utcnow())
    forget_sign_in()


@bp.post("/sign-out")
@csrf.exempt  # a stale page must not keep anybody signed in
@public
def leave_account() -> Reply:
    """Sign out of this device."""
    _end()
    flash(_("You are signed out."), "note")
    return redirect(url_for(".show"))


@bp.post("/leave")
@csrf.exempt  # leaving always works; the worst a forger does is to sign somebody out
@public
def leave() -> Reply:
    """Leave at once for a neutral page; the sign-in ends, drafts stay."""
    _end()
    return redirect(state().settings.leave_url, 303)


@bp.after_app_request
def end_with_the_last_words(reply: Any) -> Any:
    """End the sign-in with the request that carried a left page's last words."""
    if request.method == "PUT" and "X-Leaving" in request.headers:
        _end()
    return reply


@bp.get("/leave")
@public
def leave_by_link() -> Reply:
    """Lead to the neutral page from where no form can be; the sign-in is not touched."""
    return redirect(state().settings.leave_url, 303)


@bp.get("/password/forgotten")
@public
def forgotten() -> str:
    """Show the form that asks for a new password."""
    return str(render_template("signin/forgotten.html", form=ForgottenForm(), sent=False))


@bp.post("/password/forgotten")
@public
def send_link() -> Any:
    """Send a link, if the address is known; the answer is the same either way."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        return render_template("signin/forgotten.html", form=form, sent=False)
    with transaction(current_session()) as db:
        wait = seconds_to_wait(
            db, "reset", given(form.address).casefold(), free=3, window=WINDOW_SECONDS
        )
    if not wait:
        _queue_reset(given(form.address))
    return render_template("signin/forgotten.html", form=form, sent=True)


def _queue_reset(address: str) -> None:
    with transaction(current_session()) as db:
        entrance = find_entrance(db, address)
        if entrance.person_id is None:
            return
        person = db.get_one(Person, entrance.person_id)
        token = issue_link(db, person.id, "reset", now=utcnow())
        subject, body = letter(
            bundled("templates"),
            "reset",
            person.language,
            link=f"{state().settings.base_url}/password/new/{token}",
            minutes=str(RESET_MINUTES),
        )
        queue_mail(db, to=address.strip(), subject=subject, body=body, now=utcnow())


@bp.get("/password/new/<token>")
@public
def take_link(token: str) -> Reply:
    """Swap the link's token for a short cookie; looking at a link never uses it up."""
    session["link"] = token[:LONGEST_TOKEN]
    return redirect(url_for(".new_password"))


@bp.get("/password/new")
@public
def new_password() -> Any:
    """Show the form for a new password."""
    try:
        get_link(current_session(), session.get("link", ""), "reset", now=utcnow())
    except RefusedError as refused:
        return render_template("signin/link.html", words=sentence(refused.reason)), 410
    return render_template("signin/new_password.html", form=PasswordForm())


@bp.post("/password/new")
@public
def set_password() -> Any:
    """Set a new password; every sign-in of the account ends."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return render_template("signin/new_password.html", form=form)
    hashed = hash_password(given(form.password))
    try:
        with transaction(current_session()) as db:
            link = get_link(db, session.get("link", ""), "reset", now=utcnow())
            person = db.get_one(Person, link.person_id)
            refuse_weak_password(db, person, given(form.password))
            link.used_at = utcnow()
            change_password(db, person, hashed, keep=None, now=utcnow())
    except RefusedError as refused:
        form.refuse(form.password, sentence(refused.reason))
        return render_template("signin/new_password.html", form=form)
    session.pop("link", None)
    flash(_("Your new password is set. Sign in with it."), "note")
    return redirect(url_for(".show"))


@bp.get("/invitations/<token>")
@public
def take_invitation(token: str) -> Reply:
    """Swap an invitation's token for a short cookie."""
    session["invitation"] = token[:LONGEST_TOKEN]
    return redirect(url_for(".invitation"))


@bp.get("/invitation")
@public
def invitation() -> Any:
    """Show an invitation."""
    try:
        found = get_invitation(current_session(), session.get("invitation", ""), now=utcnow())
    except RefusedError as refused:
        return render_template("signin/link.html", words=sentence(refused.reason)), 410
    form = ClaimForm(chosen_name=found.chosen_name)
    return render_template("signin/invitation.html", form=form, address=found.written)


@bp.post("/invitation")
@public
def claim() -> Any:
    """Make the account and sign in."""
    form = ClaimForm()
    token = session.get("invitation", "")
    if not form.validate_on_submit():
        return render_template("signin/invitation.html", form=form, address="")
    hashed = hash_password(given(form.password))
    try:
        with transaction(current_session()) as db:
            refuse_weak_password(db, None, given(form.password))
            person = claim_invitation(
                db, token, chosen_name=given(form.chosen_name), hashed=hashed, now=utcnow()
            )
    except RefusedError as refused:
        form.refuse(form.password, sentence(refused.reason))
        return render_template("signin/invitation.html", form=form, address="")
    session.pop("invitation", None)
    return _welcome(person.id, shared=False)


@bp.get("/address/<token>")
@public
def take_address(token: str) -> Reply:
    """Swap the token of an address to confirm for a short cookie."""
    session["address"] = token[:LONGEST_TOKEN]
    return redirect(url_for(".confirm_address"))


@bp.get("/address")
@public
def confirm_address() -> Any:
    """Ask once more before an address is confirmed."""
    try:
        get_link(current_session(), session.get("address", ""), "confirm-address", now=utcnow())
    except RefusedError as refused:
        return render_template("signin/link.html", words=sentence(refused.reason)), 410
    return render_template("signin/address.html", form=Form())


@bp.post("/address")
@public
def keep_address() -> Any:
    """Confirm a second address."""
    try:
        with transaction(current_session()) as db:
            use_address_link(db, session.get("address", ""), now=utcnow())
    except RefusedError as refused:
        return render_template("signin/link.html", words=sentence(refused.reason)), 410
    flash(_("The address is confirmed."), "note")
    return redirect(url_for(".show"))
