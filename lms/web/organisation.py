"""The organisation: its name, zone and language, and whom people turn to."""

from dataclasses import asdict
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from lms.db import utcnow
from lms.models import Organisation
from lms.rules.certificates import ONE, TWO
from lms.rules.policy import Permission
from lms.services.curriculum import list_packs
from lms.services.errors import ClashError
from lms.services.people import OrganisationWords, change_organisation, words_of_organisation
from lms.web.access import acting, requires, the_actor
from lms.web.fields import ChoiceField
from lms.web.forms import Form, choices_from, given, line, prose
from lms.web.state import current_session
from lms.words import LANGUAGES

bp = Blueprint("organisation", __name__)
SEEN = "seen_"
NOT_PLACES = (
    "Etc/",
    "SystemV/",
    "US/",
    "posix/",
    "right/",
    "Brazil/",
    "Canada/",
    "Chile/",
    "Mexico/",
)


@cache
def zone_choices() -> list[tuple[str, str]]:
    """Return the time zones that are named after a place, and UTC."""
    named = [zone for zone in available_timezones() if "/" in zone]
    places = sorted(zone for zone in named if not zone.startswith(NOT_PLACES))
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in places)]


class OrganisationForm(Form):
    """Everything that is said of an organisation; the contact may be left for later."""

    duty_name = line(_l("Who"), required=False, length=200)
    duty_reach = line(_l("How to reach them"), required=False, length=300)
    duty_hours = line(_l("When"), required=False, length=300)
    duty_emergency = prose(_l("What to do when nobody answers, or in danger"), length=600)
    assistance = prose(_l("To talk in confidence with somebody outside"), length=1000)
    name = line(_l("Name of the organisation"))
    zone = ChoiceField(_l("Time zone"))
    language = ChoiceField(_l("Language of letters and new accounts"))
    pack = ChoiceField(_l("Local law, services and numbers"))
    approval = ChoiceField(
        _l("Who issues certificates"),
        choices=choices_from(
            [
                (ONE, _l("One coordinator issues")),
                (TWO, _l("A second coordinator approves each one")),
            ]
        ),
    )

    def words(self) -> OrganisationWords:
        """Return what was typed."""
        return OrganisationWords(**{key: given(self[key]) for key in FIELDS})


FIELDS = tuple(OrganisationWords.__dataclass_fields__)


def own_organisation(session: Session) -> Organisation:
    """Return the asker's organisation."""
    return session.get_one(Organisation, the_actor().organisation_id)


def _form(organisation: Organisation) -> OrganisationForm:
    form = OrganisationForm(data=asdict(words_of_organisation(organisation)))
    kept = [] if organisation.zone in dict(zone_choices()) else [(organisation.zone,) * 2]
    form.zone.choices = [*kept, *zone_choices()]
    form.language.choices = list(LANGUAGES.items())
    form.pack.choices = _packs(organisation.pack)
    return form


def _packs(chosen: str) -> list[tuple[str, str]]:
    """Return the packs to choose from; one that is gone stays a choice where it was chosen."""
    packs = list_packs(current_session())
    kept = [] if not chosen or chosen in dict(packs) else [(chosen, chosen)]
    return [("", str(_("None chosen yet"))), *kept, *packs]


def _page(form: OrganisationForm, seen: dict[str, str], theirs: dict[str, str]) -> Any:
    labels = {key: form[key].label.text for key in FIELDS}
    return render_template(
        "organisation/show.html",
        form=form,
        seen={SEEN + key: value for key, value in seen.items()},
        theirs=[(labels[key], _chosen_words(form[key], theirs[key])) for key in theirs],
        has_contact=bool(form.duty_name.data and form.duty_reach.data),
    )


def _chosen_words(field: Any, value: str) -> str:
    """Return what was written, or the words of what was chosen."""
    if not isinstance(field, ChoiceField):
        return value
    words = {str(choice[0]): str(choice[1]) for choice in field.iter_choices()}
    return words.get(value, value)


@bp.get("/organisation")
@requires(Permission.ORGANISATION_CHANGE)
def show() -> Any:
    """Show what is said of the organisation."""
    organisation = own_organisation(current_session())
    return _page(_form(organisation), asdict(words_of_organisation(organisation)), {})


@bp.post("/organisation")
@requires(Permission.ORGANISATION_CHANGE)
def change() -> Any:
    """Write it; where somebody else wrote meanwhile, show both."""
    form = _form(own_organisation(current_session()))
    seen = {key: request.form[SEEN + key] for key in FIELDS if SEEN + key in request.form}
    seen = {key: value.replace("\r\n", "\n") for key, value in seen.items()}
    if not form.validate_on_submit():
        return _page(form, seen, {})
    words, by = form.words(), the_actor().person_id
    try:
        with acting() as session:
            organisation = own_organisation(session)
            change_organisation(session, organisation, words, seen=seen, by=by, now=utcnow())
    except ClashError as clash:
        differing = {k: v for k, v in clash.theirs.items() if v != clash.yours[k]}
        return _page(form, clash.theirs, differing), 409
    flash(_("Saved."), "good")
    return redirect(url_for(".show"))
