"""The authors' list of modules, starting one, and what lies on the desk for one module."""

from collections.abc import Iterator
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as Reply
from wtforms import FileField

from lms.db import utcnow
from lms.rules.authoring import CARD_FILE, FileKind, translation_name
from lms.rules.curriculum import LESSON_LANGUAGES
from lms.rules.policy import Permission
from lms.services.authoring import (
    Desk,
    list_desks,
    list_lacks,
    look,
    open_desk,
    start_module,
)
from lms.services.errors import RefusedError
from lms.web.access import acting, requires, signed_in, the_actor
from lms.web.authoring import bp
from lms.web.authoring.words import told
from lms.web.forms import Bare, Form, given, line
from lms.web.state import current_session
from lms.web.words import sentence
from lms.words import LANGUAGES


class StartForm(Form):
    """A new module: what it is called, and its name in addresses."""

    title = line(_l("Title"), length=200)
    slug = line(_l("Name in addresses"), length=60)


class LessonForm(Form):
    """A new lesson."""

    title = line(_l("Title"), length=200)
    slug = line(_l("Name in addresses"), length=60)


class PictureForm(Form):
    """A picture, and the name under which texts show it."""

    picture = FileField(_l("Picture"))
    called = line(_l("Name in addresses"), required=False, length=60)


class PackageForm(Form):
    """A module's folder in one file."""

    package = FileField(_l("Package (.zip)"))


def zone() -> str:
    """Return the zone of the asker's organisation."""
    found = signed_in()
    return found.house.zone if found else "UTC"


@bp.get("/authoring")
@requires(Permission.MODULE_WRITE)
def index() -> str:
    """List the modules with where each stands."""
    return list_page(StartForm(), PackageForm())


def list_page(form: StartForm, package: PackageForm, **more: Any) -> str:
    """Return the list, with what was typed into one of its forms."""
    session = current_session()
    rows = list_desks(session)
    open_rows = [row for row in rows if row.changes]
    problems = {
        row.slug: len(look(session, open_desk(session, row.slug)).problems) for row in open_rows
    }
    words = {
        "rows": rows,
        "problems": problems,
        "lacks": list_lacks(session),
        "form": form,
        "package": package,
        "zone": zone(),
    }
    return str(render_template("authoring/index.html", **words, **more))


@bp.post("/authoring")
@requires(Permission.MODULE_WRITE)
def start() -> Any:
    """Begin a module."""
    form = StartForm()
    if not form.validate():
        return list_page(form, PackageForm(formdata=None)), 422
    slug = given(form.slug)
    try:
        with acting() as session:
            start_module(session, the_actor().person_id, slug, given(form.title), now=utcnow())
    except RefusedError as refused:
        form.refuse(form.slug, sentence(refused.reason))
        return list_page(form, PackageForm(formdata=None)), 422
    return redirect(url_for(".show", module=slug))


@bp.get("/authoring/<module>")
@requires(Permission.MODULE_WRITE)
def show(module: str) -> str:
    """Show a module's files, what is not published yet, and what is to be mended."""
    return desk_page(module)


def desk_page(slug: str, **forms: Any) -> str:
    """Return the page of a module on the desk, with what was typed into one of its forms."""
    session = current_session()
    desk = open_desk(session, slug)
    looked = look(session, desk)
    words: dict[str, Any] = {
        "lesson_form": LessonForm(formdata=None),
        "picture_form": PictureForm(formdata=None),
        "package_form": PackageForm(formdata=None),
        **forms,
    }
    return str(
        render_template(
            "authoring/show.html",
            desk=desk,
            title=_title(desk, looked.module),
            problems=told(looked.problems, desk.files),
            warnings=told(looked.warnings, desk.files),
            is_whole=looked.is_whole,
            without_route=_without_route(desk),
            untranslated=list(_untranslated(desk)),
            has_card=CARD_FILE in desk.files,
            bare=Bare(),
            zone=zone(),
            **words,
        )
    )


def _title(desk: Desk, module: Any) -> str:
    if module is not None:
        return str(module.head.title)
    return desk.current.title if desk.current else desk.slug


def _without_route(desk: Desk) -> list[str]:
    """Return the lessons that have no equal route beside them."""
    lessons = [sheet.name for sheet in desk.sheets if sheet.kind is FileKind.LESSON]
    here = [name for name in lessons if name in desk.files]
    return [name for name in here if name.replace(".md", ".equal.md") not in desk.files]


def _untranslated(desk: Desk) -> Iterator[tuple[str, str, str]]:
    """Yield each text that is not translated yet: its name, a language, and that one in words."""
    texts = (sheet for sheet in desk.sheets if sheet.name in desk.files)
    for sheet in texts:
        if sheet.kind in (FileKind.PICTURE, FileKind.TRANSLATION):
            continue
        for language in LESSON_LANGUAGES:
            if translation_name(sheet.name, language) not in desk.files:
                yield sheet.name, language, LANGUAGES[language]


def back_to_desk(slug: str, words: str = "", kind: str = "good") -> Reply:
    """Lead back to a module's desk, with a sentence."""
    if words:
        flash(words, kind)
    return redirect(url_for("authoring.show", module=slug))


def kept_words() -> str:
    """Return the sentence after something was kept as a draft."""
    return str(_("Kept as a draft. Trainees see it once it is published."))
