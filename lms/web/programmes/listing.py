"""The list of programmes, one version read aloud, its versions, and what differs between two."""

from typing import Any

from flask import redirect, render_template, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as Reply

from lms.rules.cohorts import OpenRefusal
from lms.rules.policy import Permission
from lms.rules.programmes.changing import REASON_LENGTH
from lms.rules.programmes.differences import changes_between
from lms.rules.programmes.telling import Reading, read_aloud
from lms.services.cohorts import list_programmes
from lms.services.errors import MissingError
from lms.services.programmes.drafts import Begun, list_begun, open_desk
from lms.services.programmes.shelf import (
    Edition,
    ShelfRow,
    current_edition,
    edition_numbered,
    list_editions,
    list_figures_set,
    list_shelf,
    titles_of_house,
)
from lms.web.access import may, requires, signed_in, the_actor
from lms.web.forms import Bare, prose
from lms.web.programmes import bp
from lms.web.programmes.changed import change_words
from lms.web.programmes.words import group_words, rule_words
from lms.web.state import current_session
from lms.web.words import sentence


class WithdrawForm(Bare):
    """Why a version is withdrawn."""

    reason = prose(_l("Why"), required=True, length=REASON_LENGTH)


def house() -> int:
    """Return the asker's organisation."""
    return the_actor().organisation_id


def titles_here() -> dict[str, str]:
    """Return the titles of what programmes name: modules and the like, rubrics, programmes."""
    return titles_of_house(current_session(), house())


def zone() -> str:
    """Return the zone of the asker's organisation."""
    found = signed_in()
    return found.house.zone if found else "UTC"


@bp.get("/programmes")
@requires(Permission.PROGRAMME_READ)
def index() -> str:
    """List the organisation's programmes, and examples apart."""
    session = current_session()
    rows = list_shelf(session, house())
    choices = {one.version.slug: one for one in list_programmes(session, house())}
    own = [row for row in rows if not row.current.programme.example]
    return str(
        render_template(
            "programmes/index.html",
            own=own,
            examples=[row for row in rows if row.current.programme.example],
            states={row.slug: _state(choices[row.slug].refusal) for row in own},
            begun=_begun(rows),
            zone=zone(),
        )
    )


def _begun(rows: list[ShelfRow]) -> list[Begun]:
    known = {row.slug for row in rows}
    return [one for one in list_begun(current_session(), house()) if one.slug not in known]


def _state(refusal: OpenRefusal | None) -> tuple[str, str]:
    """Return how a programme stands: a shape and a sentence."""
    if refusal is None:
        return "met", ""
    shape = "withdrawn" if refusal is OpenRefusal.WITHDRAWN else "not-yet"
    return shape, sentence(refusal)


@bp.get("/programmes/<programme>")
@requires(Permission.PROGRAMME_READ)
def show(programme: str) -> Reply:
    """Lead to the version that counts, or to a draft that was never published."""
    session = current_session()
    try:
        found = current_edition(list_editions(session, house(), programme))
    except MissingError:
        open_desk(session, house(), programme)
        return redirect(url_for(".draft", programme=programme))
    number = found.version.number
    return redirect(url_for(".version", programme=programme, number=number))


def reading_words(reading: Reading) -> dict[str, Any]:
    """Return what `programmes/_reading.html` wants."""
    titles = titles_here()
    return {
        "head": group_words(reading.head, titles),
        "rules": [rule_words(told, titles) for told in reading.requirements],
        "renewal": [rule_words(told, titles) for told in reading.renewal],
    }


@bp.get("/programmes/<programme>/versions/<int:number>")
@requires(Permission.PROGRAMME_READ)
def version(programme: str, number: int) -> str:
    """Read a version aloud."""
    return version_page(programme, number, WithdrawForm(formdata=None))


def version_page(programme: str, number: int, form: WithdrawForm) -> str:
    """Return the page of a version, with what was typed into the form on it."""
    session = current_session()
    editions = list_editions(session, house(), programme)
    edition = edition_numbered(editions, number)
    return str(
        render_template(
            "programmes/version.html",
            slug=programme,
            edition=edition,
            newer=_newer(editions),
            set_figures=list_figures_set(session, edition.version),
            form=form,
            many=len(editions),
            can_change=may(Permission.PROGRAMME_CHANGE),
            zone=zone(),
            **reading_words(read_aloud(edition.programme)),
        )
    )


def _newer(editions: list[Edition]) -> Edition | None:
    """Return a version of everybody's that came after the organisation's own, if there is one."""
    current = current_edition(editions)
    first = editions[0]
    is_newer = current.is_own and not first.is_own
    return first if is_newer else None


@bp.get("/programmes/<programme>/versions")
@requires(Permission.PROGRAMME_READ)
def versions(programme: str) -> str:
    """List the versions of a programme."""
    editions = list_editions(current_session(), house(), programme)
    page = {"slug": programme, "editions": editions, "zone": zone()}
    return str(render_template("programmes/versions.html", **page))


@bp.get("/programmes/<programme>/versions/<int:number>/since/<int:version>")
@requires(Permission.PROGRAMME_READ)
def differences(programme: str, number: int, version: int) -> str:
    """Show what differs between two versions, rule by rule."""
    editions = list_editions(current_session(), house(), programme)
    after, before = edition_numbered(editions, number), edition_numbered(editions, version)
    titles = titles_here()
    found = changes_between(before.programme, after.programme)
    changes = [change_words(one, titles) for one in found]
    page = {"slug": programme, "before": before, "after": after, "changes": changes}
    return str(render_template("programmes/differences.html", zone=zone(), **page))
