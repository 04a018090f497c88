"""Sharing a text with one person beside oneself, and taking it back."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as Reply
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length

from lms.db import utcnow
from lms.models import Reflection, Sharing
from lms.rules.policy import Permission
from lms.rules.reflections import SHARE_DAYS, USUAL_DAYS, SharePurpose, ShareRefusal
from lms.services.errors import MissingError, RefusedError
from lms.services.people import today_in
from lms.services.reflections import (
    NewSharing,
    Reader,
    end_sharing,
    get_reflection,
    get_sharing,
    list_readers,
    read_words,
    share_words,
)
from lms.web.access import acting, requires, signed_in
from lms.web.fields import RadioChoiceField
from lms.web.filters import date_words
from lms.web.forms import Bare, Form, choices_from, choices_of
from lms.web.languages import titles_now
from lms.web.reflections.blueprint import PURPOSES, bp
from lms.web.state import current_session
from lms.web.words import KIND_WORDS, sentence


class ShareForm(Form):
    """Who may read it, why, and for how long."""

    reader = RadioChoiceField(_l("Who may read it"), [InputRequired(_l("Choose one."))])
    purpose = RadioChoiceField(
        _l("Why you share it"),
        [InputRequired(_l("Choose one."))],
        choices=choices_of(SharePurpose, PURPOSES),
    )
    days = RadioChoiceField(
        _l("For how long"), [InputRequired(_l("Choose one."))], default=str(USUAL_DAYS)
    )
    version = HiddenField(validators=[Length(max=9)])

    @property
    def wanted(self) -> NewSharing:
        """Return what was chosen."""
        seen = str(self.version.data or "")
        return NewSharing(
            reader=str(self.reader.data),
            purpose=SharePurpose(self.purpose.data),
            days=int(self.days.data),
            seen=int(seen) if seen.isdecimal() else 0,
        )


def _reader_words(reader: Reader) -> str:
    kinds = ", ".join(str(KIND_WORDS[kind]) for kind in reader.kinds)
    return f"{reader.name} ({kinds})"


def _days_words(days: int, zone: str) -> str:
    last = today_in(zone, utcnow()) + timedelta(days=days)
    weeks = ngettext("%(num)s week", "%(num)s weeks", days // 7)
    return str(_("%(weeks)s, until %(day)s", weeks=weeks, day=date_words(last)))


def _form(reflection: Reflection) -> tuple[ShareForm, list[Reader]]:
    found = signed_in()
    if found is None:
        raise MissingError
    readers = list_readers(current_session(), reflection.person_id)
    form = ShareForm(data={"version": str(reflection.version)})
    form.reader.choices = choices_from(
        (reader.public_id, _reader_words(reader)) for reader in readers
    )
    zone = found.house.zone
    form.days.choices = choices_from((str(days), _days_words(days, zone)) for days in SHARE_DAYS)
    return form, readers


def _page(reflection: Reflection, form: ShareForm, readers: list[Reader]) -> str:
    session = current_session()
    titles = titles_now(session)
    return str(
        render_template(
            "reflections/share.html",
            form=form,
            readers=readers,
            words=read_words(session, reflection),
            module=titles.get(reflection.module, reflection.module),
        )
    )


@bp.get("/reflections/<reflection_id>/share")
@requires(Permission.REFLECTION_SHARE, reflection=get_reflection)
def share_form(reflection: Reflection) -> str:
    """Show what would be read, by whom, why and for how long."""
    return _page(reflection, *_form(reflection))


@bp.post("/reflections/<reflection_id>/share")
@requires(Permission.REFLECTION_SHARE, reflection=get_reflection)
def share(reflection: Reflection) -> Any:
    """Share the words that were shown."""
    form, readers = _form(reflection)
    if not form.validate_on_submit():
        return _page(reflection, form, readers)
    try:
        with acting() as session:
            share_words(session, reflection, form.wanted, op_id=form.once, now=utcnow())
    except RefusedError as refused:
        form.version.data = str(reflection.version)
        form.refuse(form.reader, sentence(refused.reason))
        if refused.reason is ShareRefusal.NOT_BESIDE:
            form.reader.data = None
        return _page(reflection, form, readers)
    flash(_("Shared. You can take it back here at any time."), "good")
    return redirect(url_for(".index", _anchor=f"text-{reflection.public_id}"))


@bp.post("/sharings/<sharing_id>/end")
@requires(Permission.REFLECTION_SHARE, sharing=get_sharing)
def end(sharing: Sharing) -> Reply:
    """Take back what was shared, at once."""
    if not Bare().validate():
        raise MissingError
    with acting() as session:
        end_sharing(session, sharing, now=utcnow())
    flash(_("Taken back. Nobody can open it any more, and nobody asks why."), "good")
    return redirect(url_for(".index"))
