"""One's own account: names, password, addresses, sign-ins, stepping back and coming back."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Reply
from wtforms import BooleanField, EmailField, PasswordField
from wtforms.validators import Length

from lms.db import transaction, utcnow
from lms.models import Enrolment, Person, Signin
from lms.rules.account import OwnPasswordRefusal
from lms.rules.policy import Permission
from lms.services.account import (
    Details,
    add_address,
    change_details,
    come_back,
    find_waiting_address,
    list_addresses,
    list_working_signins,
    mark_shared,
    remove_address,
    set_own_password,
    step_back,
)
from lms.services.errors import MissingError, RefusedError
from lms.services.practice import find_place, get_place
from lms.services.signin import (
    WINDOW_SECONDS,
    end_other_signins,
    end_signin,
    get_signin,
    hash_password,
    is_password,
    seconds_to_wait,
)
from lms.web.access import acting, requires, signed_in, the_actor
from lms.web.fields import ChoiceField
from lms.web.forms import Form, given, line, needed
from lms.web.signin import DEVICE_COOKIE
from lms.web.state import current_session, state
from lms.web.words import STATE_WORDS, sentence
from lms.words import LANGUAGES

bp = Blueprint("account", __name__)
FREE_TRIES = 8


class DetailsForm(Form):
    """Names, language, mail."""

    chosen_name = line(_l("What should we call you?"))
    certificate_name = line(_l("Name for your certificate"), required=False)
    language = ChoiceField(_l("Language"))
    mail_wanted = BooleanField(_l("Send me a letter when something waits for me"))


class NewPasswordForm(Form):
    """The password now, and a new one."""

    old_password = PasswordField(_l("Your password now"), validators=[needed(), Length(max=1024)])
    password = PasswordField(_l("New password"), validators=[needed(), Length(max=1024)])


class AddressForm(Form):
    """A second address."""

    address = EmailField(_l("Second e-mail address"), validators=[needed(), Length(max=320)])
    old_password = PasswordField(_l("Your password"), validators=[needed(), Length(max=1024)])


def own_place(session: Session, word: str) -> Enrolment:
    """Return the asker's own place; for views whose address names none."""
    return get_place(session, the_actor().person_id)


def _me(session: Session) -> Person:
    return session.get_one(Person, the_actor().person_id)


def _my_signin() -> Signin:
    found = signed_in()
    if found is None:
        raise MissingError
    return current_session().get_one(Signin, found.id)


@bp.get("/account")
@requires(Permission.ACCOUNT_OWN)
def show() -> str:
    """Show what there is to see and change."""
    place = find_place(current_session(), the_actor().person_id)
    page = render_template("account/show.html", place=place, state_words=STATE_WORDS)
    return str(page)


def _details_form() -> DetailsForm:
    me = _me(current_session())
    form = DetailsForm(
        data={
            "chosen_name": me.chosen_name,
            "certificate_name": me.certificate_name,
            "language": me.language,
            "mail_wanted": me.mail_wanted,
        }
    )
    form.language.choices = list(LANGUAGES.items())
    return form


@bp.get("/account/details")
@requires(Permission.ACCOUNT_OWN)
def details() -> str:
    """Show names, language and mail."""
    return str(render_template("account/details.html", form=_details_form()))


@bp.post("/account/details")
@requires(Permission.ACCOUNT_OWN)
def change() -> Any:
    """Write names, language and mail."""
    form = _details_form()
    if not form.validate_on_submit():
        return render_template("account/details.html", form=form)
    said = Details(
        given(form.chosen_name),
        given(form.certificate_name),
        given(form.language),
        bool(form.mail_wanted.data),
    )
    with acting() as session:
        change_details(session, _me(session), said, now=utcnow())
    flash(_("Saved."), "good")
    return redirect(url_for(".show"))


def _refusal_of_password(typed: str) -> OwnPasswordRefusal | None:
    """Return why the password typed does not open this, slowly where it is tried often."""
    me = _me(current_session())
    person_id, stored = me.id, me.password_hash
    with transaction(current_session()) as session:
        who = str(person_id)
        if seconds_to_wait(session, "own", who, free=FREE_TRIES, window=WINDOW_SECONDS):
            return OwnPasswordRefusal.SLOWED
    return None if is_password(stored, typed) else OwnPasswordRefusal.NOT_YOURS


@bp.get("/account/password")
@requires(Permission.ACCOUNT_OWN)
def password() -> str:
    """Show the form of a new password."""
    return str(render_template("account/password.html", form=NewPasswordForm()))


@bp.post("/account/password")
@requires(Permission.ACCOUNT_OWN)
def set_password() -> Any:
    """Set a new password; every other sign-in ends."""
    form = NewPasswordForm()
    if not form.validate_on_submit():
        return render_template("account/password.html", form=form)
    refusal = _refusal_of_password(given(form.old_password))
    if refusal:
        form.refuse(form.old_password, sentence(refusal))
        return render_template("account/password.html", form=form)
    new, keep = given(form.password), _my_signin().id
    hashed = hash_password(new)
    try:
        with acting() as session:
            set_own_password(session, _me(session), new, hashed, keep=keep, now=utcnow())
    except RefusedError as refused:
        form.refuse(form.password, sentence(refused.reason))
        return render_template("account/password.html", form=form)
    flash(_("Your new password is set. Every other device is signed out."), "good")
    return redirect(url_for(".show"))


def _addresses_page(form: AddressForm) -> str:
    session, me = current_session(), the_actor().person_id
    return str(
        render_template(
            "account/addresses.html",
            form=form,
            addresses=list_addresses(session, me),
            waiting=find_waiting_address(session, me, utcnow()),
        )
    )


@bp.get("/account/addresses")
@requires(Permission.ACCOUNT_OWN)
def addresses() -> str:
    """Show one's addresses."""
    return _addresses_page(AddressForm())


@bp.post("/account/addresses")
@requires(Permission.ACCOUNT_OWN)
def add() -> Any:
    """Send a letter to a second address, to be confirmed from there."""
    form = AddressForm()
    if not form.validate_on_submit():
        return _addresses_page(form)
    refusal = _refusal_of_password(given(form.old_password))
    if refusal:
        form.refuse(form.old_password, sentence(refusal))
        return _addresses_page(form)
    try:
        with acting() as session:
            add_address(session, _me(session), given(form.address), now=utcnow())
    except RefusedError as refused:
        form.refuse(form.address, sentence(refused.reason))
        return _addresses_page(form)
    flash(_("A letter is on its way. Open its link to confirm the address."), "good")
    return redirect(url_for(".addresses"))


@bp.post("/account/addresses/remove")
@requires(Permission.ACCOUNT_OWN)
def remove() -> Reply:
    """Remove an address, or the one that waits."""
    rank = 1 if request.form.get("rank") == "1" else 2
    try:
        with acting() as session:
            remove_address(session, _me(session), rank, now=utcnow())
    except RefusedError as refused:
        flash(sentence(refused.reason), "error")
    else:
        flash(_("The address is removed."), "good")
    return redirect(url_for(".addresses"))


@bp.get("/account/sign-ins")
@requires(Permission.ACCOUNT_OWN)
def signins() -> str:
    """Show where one is signed in: the kind of device and the day, no more."""
    settings = state().settings
    rows = list_working_signins(
        current_session(),
        the_actor().person_id,
        idle_minutes=settings.signin_idle_minutes,
        shared_idle_minutes=settings.shared_idle_minutes,
        now=utcnow(),
    )
    return str(render_template("account/signins.html", rows=rows, this=_my_signin().id))


@bp.post("/account/sign-ins/<signin_id>/end")
@requires(Permission.SIGNIN_END, signin=get_signin)
def end(signin: Signin) -> Reply:
    """End one sign-in."""
    with acting() as session:
        end_signin(session, signin.id, now=utcnow())
    flash(_("That device is signed out."), "good")
    return redirect(url_for(".signins"))


@bp.post("/account/sign-ins/end-others")
@requires(Permission.ACCOUNT_OWN)
def end_others() -> Reply:
    """End every sign-in but this one."""
    keep = _my_signin().id
    with acting() as session:
        end_other_signins(session, the_actor().person_id, keep, utcnow())
    flash(_("Every other device is signed out."), "good")
    return redirect(url_for(".signins"))


@bp.post("/account/sign-ins/shared")
@requires(Permission.ACCOUNT_OWN)
def shared() -> Reply:
    """Say that other people use this device, or that they do not any more."""
    signin_id, is_shared = _my_signin().id, request.form.get("shared") == "yes"
    with acting() as session:
        mark_shared(session, session.get_one(Signin, signin_id), shared=is_shared)
    reply = redirect(url_for(".signins"))
    if is_shared:
        reply.delete_cookie(DEVICE_COOKIE)
    return reply


@bp.post("/step-back", defaults={"place_id": "own"})
@requires(Permission.ENROLMENT_STEP, place=own_place)
def pause_place(place: Enrolment) -> Reply:
    """Step back from training; no reason is asked."""
    try:
        with acting() as session:
            step_back(session, place, now=utcnow())
    except RefusedError as refused:
        flash(sentence(refused.reason), "error")
    else:
        flash(_("You have stepped back. Nothing is lost, and nobody will remind you."), "good")
    return redirect(url_for(".show"))


@bp.post("/come-back", defaults={"place_id": "own"})
@requires(Permission.ENROLMENT_STEP, place=own_place)
def resume_place(place: Enrolment) -> Reply:
    """Come back to training."""
    try:
        with acting() as session:
            come_back(session, place, now=utcnow())
    except RefusedError as refused:
        flash(sentence(refused.reason), "error")
        return redirect(url_for("today.show"))
    return redirect(url_for("record.back"))
