"""What every page is given: the person, the organisation, the way to help and the menu."""

from collections.abc import MutableMapping
from dataclasses import dataclass
from functools import cache, lru_cache
from hmac import compare_digest
from typing import Any
from urllib.parse import quote

from babel import Locale
from flask import Flask, g, request, session
from flask.templating import Environment
from flask_babel import Babel, Domain, get_locale
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFProtect, generate_csrf
from jinja2 import StrictUndefined
from markupsafe import Markup

from lms.models import Organisation
from lms.rules.policy import Permission, Subject
from lms.rules.policy import may as policy_may
from lms.rules.roles import Actor, Role
from lms.services.signin import House
from lms.web import filters
from lms.web.access import may, signed_in
from lms.web.forms import Asked
from lms.web.headers import csp_nonce
from lms.web.state import state
from lms.web.words import hold_url
from lms.words import LANGUAGES

MIRRORED = "en_XB"
"""English on pages that run from right to left: a language to try layouts with."""

RIGHT_TO_LEFT = {"ar", "fa", "he", "ur", MIRRORED}


class FormGuard(CSRFProtect):
    """Flask-WTF's guard of every form; what saves by itself proves its token once.

    Edge: only where JSON is sent, which has no form, is the header sure to be what was proved.
    """

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse what carries no token of this sign-in. Raises: CSRFError."""
        sent = request.headers.get(PROVED_IN, "") if request.is_json else ""
        raw = str(session.get("csrf_token", "")) if sent else ""
        if raw and compare_digest(_proved.get(sent, "").encode(), raw.encode()):
            g.csrf_valid = True
            return
        super().protect(apply_exemptions)
        if raw and "csrf_valid" in g:
            if len(_proved) >= MOST_SIGNED:
                _proved.clear()
            _proved[sent] = raw


PROVED_IN = "X-CSRFToken"
_proved: dict[str, str] = {}
csrf = FormGuard()
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


Place = tuple[str, str]
"""A place's label and its address."""


def duty_of(organisation: Organisation | House) -> Duty | None:
    """Return the organisation's contact on duty, or None where none is set."""
    if not organisation.duty_name or not organisation.duty_reach:
        return None
    return Duty(
        organisation.duty_name,
        organisation.duty_reach,
        organisation.duty_hours,
        organisation.duty_emergency,
    )


@lru_cache(maxsize=200)
def _places(_language: str, roles: frozenset[Role], *, is_trainee: bool) -> tuple[Place, ...]:
    """Return the places of a menu: they follow from the language and from what somebody is."""
    actor = Actor(person_id=0, organisation_id=0, roles=roles, is_trainee=is_trainee)

    def may(permission: Permission) -> bool:
        return policy_may(actor, permission, Subject())

    places = [(True, _("Today"), "/today")]
    if is_trainee:
        places += [
            (True, _("Modules"), "/modules"),
            (True, _("Readiness"), "/assessments"),
            (True, _("Role-plays"), "/role-plays"),
            (True, _("Gatherings"), "/gatherings"),
            (True, _("Hours"), "/hours"),
            (True, _("What is still missing"), "/progress"),
            (True, _("Certificates"), "/certificates"),
        ]
    places += [
        (Role.TRAINER in roles, _("Marking"), "/marking"),
        (may(Permission.REFERRAL_LIST), _("Role-plays"), "/role-plays"),
        (may(Permission.GATHERING_LIST), _("Gatherings"), "/gatherings"),
        (Role.SUPERVISOR in roles, _("Hours to confirm"), "/confirmations"),
        (may(Permission.DISCLOSURE_LIST), _("Shared with you"), "/shared"),
        (may(Permission.COHORT_LIST), _("Cohorts"), "/cohorts"),
        (may(Permission.PROGRAMME_READ), _("Programmes"), "/programmes"),
        (may(Permission.PEOPLE_LIST), _("People"), "/people"),
        (may(Permission.COHORT_VERDICTS), _("Certificates"), "/certificates"),
        (bool({Role.TRAINER, Role.AUTHOR} & roles), _("Modules"), "/modules"),
        (may(Permission.MODULE_WRITE), _("Write modules"), "/authoring"),
        (may(Permission.ORGANISATION_CHANGE), _("Organisation"), "/organisation"),
        (True, _("Your account"), "/account"),
        (True, _("Help"), "/help"),
    ]
    first: dict[str, str] = {}
    for shown, label, url in places:
        if shown:
            first.setdefault(url, label)
    return tuple((label, url) for url, label in first.items())


def _menu() -> tuple[MenuItem, ...]:
    found = signed_in()
    if found is None:
        return ()
    actor, path = found.actor, request.path
    places = _places(spoken(), actor.roles, is_trainee=actor.is_trainee)
    return tuple(
        MenuItem(label, url, path == url or path.startswith(url + "/")) for label, url in places
    )


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


def spoken() -> str:
    """Return the code of this answer's language, found once an answer."""
    language: str | None = g.get("spoken")
    if language is None:
        found = signed_in()
        is_mirrored = found is not None and found.person.language == MIRRORED
        language = g.spoken = MIRRORED if is_mirrored else str(get_locale() or "en")
    return language


def chosen_locale() -> Locale:
    """Return the language of this answer: the person's, else the browser's, else English."""
    found = signed_in()
    if found and found.person.language in {*LANGUAGES, MIRRORED}:
        return _locale("en" if found.person.language == MIRRORED else found.person.language)
    return _locale(request.accept_languages.best_match(list(LANGUAGES)) or "en")


def _here() -> str:
    """Return this page's own address, written so that a page can hold it and lead back to it."""
    query = request.query_string.decode("ascii", "ignore")
    return quote(request.path) + (f"?{query}" if query else "")


def _globals() -> dict[str, Any]:
    found = signed_in()
    language = spoken()
    return {
        "page_address": _here(),
        "person": found.person if found else None,
        "organisation": found.house if found else None,
        "duty": duty_of(found.house) if found else None,
        "navigation": _menu(),
        "may": may,
        "csp_nonce": csp_nonce,
        "csrf_token": form_token,
        "language": language.replace("_", "-"),
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "leave_url": state().settings.leave_url,
        "shared_device": bool(found and found.shared_device),
    }


def form_token() -> str:
    """Return this sign-in's form token, signed once: it has no time limit, so it stays good."""
    raw = session.get("csrf_token")
    if raw is None or "csrf_token" in g:
        return str(generate_csrf())
    if raw not in _signed:
        if len(_signed) >= MOST_SIGNED:
            _signed.clear()
        _signed[raw] = str(generate_csrf())
    g.csrf_token = _signed[raw]  # where Flask-WTF looks for it, for this answer's forms too
    return _signed[raw]


_signed: dict[str, str] = {}
MOST_SIGNED = 5000


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
    app.jinja_env.filters["hold_url"] = hold_url
    app.context_processor(_globals)
