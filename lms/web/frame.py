"""What every page is given: the person, the organisation, the way to help and the menu."""

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Flask, g, request
from flask.templating import Environment
from flask_babel import Babel, Domain, get_locale
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from markupsafe import Markup

from lms.models import Organisation
from lms.rules.policy import Permission
from lms.rules.roles import Role
from lms.web import filters
from lms.web.access import may, signed_in
from lms.web.forms import Asked
from lms.web.headers import csp_nonce
from lms.web.state import current_session, state
from lms.words import LANGUAGES

RIGHT_TO_LEFT = {"ar", "fa", "he", "ur", "en_XB"}
csrf = CSRFProtect()
babel = Babel()


class Templates(Environment):
    """Flask's environment without a layer of globals a template: every import looks through them.

    Edge: no template is given globals of its own; one that were would still get its own layer.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template: those of all, where it has none of its own."""
        return super().make_globals(d) if d else self.globals


class KeptDomain(Domain):
    """The catalogue of an answer, looked up once: a page asks it for some fifty texts."""

    def get_translations(self) -> Any:
        """Return the catalogue in the answer's language."""
        if "catalogue" not in g:
            g.catalogue = super().get_translations()
        return g.catalogue


catalogues = KeptDomain()


def said(text: str, **values: Any) -> Markup:
    """Return a text of a template in the answer's language, its values escaped and filled in."""
    # a template's own words and their translation are markup, what is filled in is not
    return Markup(catalogues.get_translations().ugettext(text)) % values  # noqa: S704


def _speak_from_kept(app: Flask) -> None:
    """Have gettext, in code and in templates, ask the kept catalogue; `_` takes no detour."""
    babel.domain_instance = catalogues
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: catalogues.get_translations().ugettext(text),
        lambda one, many, count: catalogues.get_translations().ungettext(one, many, count),
        newstyle=True,
    )
    app.jinja_env.globals["_"] = said


@dataclass(frozen=True, slots=True)
class Duty:
    """Whom to turn to: who, how, when, and what to do in an emergency."""

    name: str
    reach: str
    hours: str
    emergency: str


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One place of the menu."""

    label: str
    url: str
    current: bool


def duty_of(organisation: Organisation) -> Duty | None:
    """Return the organisation's contact on duty, or None where none is set."""
    if not organisation.duty_name or not organisation.duty_reach:
        return None
    return Duty(
        organisation.duty_name,
        organisation.duty_reach,
        organisation.duty_hours,
        organisation.duty_emergency,
    )


def _menu() -> list[MenuItem]:
    found = signed_in()
    if found is None:
        return []
    roles = found.actor.roles
    places = [(True, _("Today"), "/today")]
    if found.actor.is_trainee:
        places += [
            (True, _("Modules"), "/modules"),
            (True, _("Readiness"), "/assessments"),
            (True, _("Role-plays"), "/role-plays"),
            (True, _("Hours"), "/hours"),
            (True, _("What is still missing"), "/progress"),
            (True, _("Certificates"), "/certificates"),
        ]
    places += [
        (Role.TRAINER in roles, _("Marking"), "/marking"),
        (may(Permission.REFERRAL_LIST), _("Role-plays"), "/role-plays"),
        (Role.SUPERVISOR in roles, _("Hours to confirm"), "/confirmations"),
        (may(Permission.COHORT_LIST), _("Cohorts"), "/cohorts"),
        (may(Permission.PEOPLE_LIST), _("People"), "/people"),
        (may(Permission.COHORT_VERDICTS), _("Certificates"), "/certificates"),
        (bool({Role.TRAINER, Role.AUTHOR} & roles), _("Modules"), "/modules"),
        (may(Permission.ORGANISATION_CHANGE), _("Organisation"), "/organisation"),
        (True, _("Your account"), "/account"),
        (True, _("Help"), "/help"),
    ]
    seen: set[str] = set()
    shown = []
    for visible, label, url in places:
        if visible and url not in seen:
            seen.add(url)
            here = request.path == url or request.path.startswith(url + "/")
            shown.append(MenuItem(label, url, here))
    return shown


def chosen_locale() -> str:
    """Return the language of this answer: the person's, else the browser's, else English."""
    found = signed_in()
    if found and found.person.language in {*LANGUAGES, "en_XB"}:
        return found.person.language
    return request.accept_languages.best_match(list(LANGUAGES)) or "en"


def _here() -> str:
    """Return this page's own address, written so that a page can hold it and lead back to it."""
    query = request.query_string.decode("ascii", "ignore")
    return quote(request.path) + (f"?{query}" if query else "")


def _globals() -> dict[str, Any]:
    found = signed_in()
    session = current_session()
    organisation = session.get(Organisation, found.person.organisation_id) if found else None
    language = str(get_locale() or "en")
    return {
        "here": _here(),
        "person": found.person if found else None,
        "organisation": organisation,
        "duty": duty_of(organisation) if organisation else None,
        "navigation": _menu(),
        "may": may,
        "csp_nonce": csp_nonce,
        "language": language.replace("_", "-"),
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "leave_url": state().settings.leave_url,
        "shared_device": bool(found and found.signin.shared_device),
    }


def install(app: Flask) -> None:
    """Give templates their globals, strictness, translations and filters."""
    app.request_class = Asked
    app.jinja_environment = Templates
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    csrf.init_app(app)
    babel.init_app(app, locale_selector=chosen_locale)
    _speak_from_kept(app)
    filters.install(app)
    app.context_processor(_globals)
