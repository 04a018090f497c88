"""A module as trainees will see it: the very pages they get, made from what is on the desk."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as Reply

from lms.content.desk import Looked, preview_lesson
from lms.content.pictures import FOLDER as PICTURES
from lms.content.rendering import RenderedLesson, RenderedTranslation, render_module
from lms.db import utcnow
from lms.models import ContentVersion
from lms.rules.authoring import (
    CARD_FILE,
    MODULE_FILE,
    FileKind,
    kind_of,
    language_of,
    original_of,
    slug_of,
    translation_name,
)
from lms.rules.curriculum import SOURCE_LANGUAGE, Lesson, Module
from lms.rules.definitions import ReferenceList
from lms.rules.learning import LessonState, ModuleState, in_language, other_way
from lms.rules.policy import Permission
from lms.services.authoring import Desk, look, open_desk
from lms.services.curriculum import LessonPage, ModulePage
from lms.services.curriculum.shown import ShownModule
from lms.services.curriculum.texts import VersionRef
from lms.services.curriculum.ways import NOTHING
from lms.services.errors import MissingError
from lms.web.access import requires
from lms.web.authoring import bp
from lms.web.authoring.words import text_kind
from lms.web.curriculum.lessons import AnswerForm, lesson_words, module_words
from lms.web.curriculum.paper import card_words, foot_words
from lms.web.state import current_session

OTHER = "other"


def live_preview(desk: Desk, looked: Looked, file: str) -> str:
    """Return the page of a file as it is being typed, "" where it cannot be shown yet."""
    try:
        return _shown(desk, looked, file)
    except MissingError:
        return ""


@bp.get("/authoring/<module>/preview")
@requires(Permission.MODULE_WRITE)
def preview_module(module: str) -> Any:
    """Show the module's own page as it will be."""
    return _answer(module, _in_asked(MODULE_FILE))


@bp.get("/authoring/<module>/preview/<lesson>")
@requires(Permission.MODULE_WRITE)
def preview_lesson_page(module: str, lesson: str) -> Any:
    """Show a lesson as it will be, or its equal route, or the card."""
    if lesson == "card":
        return _answer(module, _in_asked(CARD_FILE))
    wanted = FileKind.EQUAL if request.args.get("way") == OTHER else FileKind.LESSON
    return _answer(module, _in_asked(_file_of(module, lesson, wanted)))


def _in_asked(name: str) -> str:
    """Return the file that is asked for: a text, or its translation into the language named."""
    return translation_name(name, request.args["in"]) if "in" in request.args else name


def _file_of(module: str, lesson: str, wanted: FileKind) -> str:
    files = open_desk(current_session(), module).files
    found = (name for name in files if kind_of(name) is wanted and slug_of(name) == lesson)
    name = next(found, None)
    if name is None:
        raise MissingError
    return name


def _answer(module: str, file: str) -> Any:
    session = current_session()
    desk = open_desk(session, module)
    if file not in desk.files:
        raise MissingError
    looked = look(session, desk)
    try:
        return _shown(desk, looked, file)
    except MissingError:
        return render_template(
            "authoring/not_shown.html", desk=desk, file=file, to_mend=len(looked.problems)
        )


@bp.get("/authoring/<module>/files/<file>/preview")
@requires(Permission.MODULE_WRITE)
def preview_file(module: str, file: str) -> Reply:
    """Lead to where a file is shown as it will be."""
    return redirect(_address(module, file))


def _address(module: str, file: str) -> str:
    text_kind(file)
    kind = kind_of(original_of(file))
    where: dict[str, Any] = {"module": module, "in": language_of(file)}
    if kind is FileKind.MODULE:
        return url_for("authoring.preview_module", **where)
    where["lesson"] = "card" if kind is FileKind.CARD else slug_of(file)
    where["way"] = OTHER if kind is FileKind.EQUAL else None
    return url_for("authoring.preview_lesson_page", **where)


@bp.post("/authoring/<module>/preview/<lesson>")
@requires(Permission.MODULE_WRITE)
def try_answer(module: str, lesson: str) -> Reply:
    """Show what an answer leads to; nothing is kept."""
    form = AnswerForm()
    if not form.validate():
        raise MissingError
    tried = [] if form.again.data or form.is_empty else form.tried
    way = OTHER if request.args.get("way") == OTHER else None
    where: dict[str, Any] = {"module": module, "lesson": lesson, "tried": tried, "way": way}
    where["in"] = request.args.get("in")
    return redirect(url_for(".preview_lesson_page", _anchor=form.anchor, on=1, **where))


def _shown(desk: Desk, looked: Looked, file: str) -> str:
    """Return a page of a module on the desk. Raises: MissingError where it cannot be read yet."""
    module = looked.module
    if module is None:
        raise MissingError
    text_kind(file)
    kind = kind_of(original_of(file))
    here = _Here(desk, file, len(looked.problems))
    if kind is FileKind.MODULE:
        return _module_page(looked, module, here)
    if kind is FileKind.CARD:
        return _card_page(looked, module, here)
    page = _lesson_page(looked, module, file, here)
    return str(
        render_template("authoring/preview_lesson.html", **lesson_words(page, None), **here.words())
    )


def _lesson_page(looked: Looked, module: Module, file: str, here: "_Here") -> LessonPage:
    """Return a lesson, or its equal route in its place, as a reader would meet it."""
    slugs = [lesson.slug for lesson in module.lessons]
    if slug_of(file) not in slugs:
        raise MissingError
    position = slugs.index(slug_of(file))
    lesson = module.lessons[position]
    routes = [other_way(lesson, r) for r in module.equal_routes if r.slug == lesson.slug]
    is_other = kind_of(original_of(file)) is FileKind.EQUAL
    if is_other and not routes:
        raise MissingError
    language = language_of(file)
    translation = _translation(looked, module, file, here.pictures) if language else None
    ways: tuple[Lesson, ...] = (lesson, *routes)
    if language:
        there = (module.translations, module.route_translations)
        told = zip(ways, there, strict=False)
        ways = tuple(in_language(way, found, language) for way, found in told)
    shown = ways[1 if is_other else 0]
    return LessonPage(
        version=here.ref(),
        current=here.number,
        module=module,
        lesson=shown,
        shown=translation.lesson if translation else _rendered(looked, module, file, here.pictures),
        translation=translation,
        number=position + 1,
        states=dict.fromkeys(slugs, LessonState.NOT_YET),
        answers={},
        ways=ways,
        is_other=is_other,
        wishes=NOTHING.wished,
    )


def _translation(
    looked: Looked, module: Module, file: str, pictures: Mapping[str, str]
) -> RenderedTranslation:
    """Return what a file translates, rendered. Raises: MissingError where it cannot be read yet."""
    rendered = render_module(module, looked.shelf.references or ReferenceList(), pictures)
    is_other = kind_of(original_of(file)) is FileKind.EQUAL
    there = rendered.route_translations if is_other else rendered.translations
    wanted = (slug_of(file), language_of(file))
    found = [one for one in there if (one.lesson.slug, one.language) == wanted]
    if not found:
        raise MissingError
    return found[0]


def _rendered(
    looked: Looked, module: Module, file: str, pictures: Mapping[str, str]
) -> RenderedLesson:
    texts = module.equal_routes if kind_of(file) is FileKind.EQUAL else module.lessons
    found = next(text for text in texts if text.slug == slug_of(file))
    return preview_lesson(looked, found, pictures)


def _module_page(looked: Looked, module: Module, here: "_Here") -> str:
    page = _page_of(looked, module, here)
    if here.language != SOURCE_LANGUAGE and page.shown.page_in(here.language) is None:
        raise MissingError
    words = {**module_words(page, language=here.language), **here.words()}
    return str(render_template("authoring/preview_module.html", **words))


def _card_page(looked: Looked, module: Module, here: "_Here") -> str:
    page = _page_of(looked, module, here)
    found = page.shown.rendered.card
    if here.language != SOURCE_LANGUAGE:
        told = page.shown.card_in(here.language)
        found = told.card if told else None
    if found is None:
        raise MissingError
    words = {**card_words(page, here.language), **foot_words(), **here.words()}
    return str(render_template("authoring/preview_card.html", **words))


def _page_of(looked: Looked, module: Module, here: "_Here") -> ModulePage:
    rendered = render_module(module, looked.shelf.references or ReferenceList(), here.pictures)
    shown = ShownModule.of(rendered)
    states = dict.fromkeys(shown.lessons, LessonState.NOT_YET)
    return ModulePage(
        version=here.version(module),
        module=module,
        shown=shown,
        states=states,
        state=ModuleState.NOT_YET,
        completed_on=None,
        next_lesson=next(iter(shown.lessons), None),
        left_out={},
    )


class _Here:
    """Where a preview stands: its pictures, its addresses, and nothing that is kept in memory."""

    def __init__(self, desk: Desk, file: str, to_mend: int) -> None:
        self._desk, self._file, self._to_mend = desk, file, to_mend
        self.language = language_of(file) or SOURCE_LANGUAGE
        names = [name.partition("/")[2] for name in desk.files if name.startswith(f"{PICTURES}/")]
        self.pictures = {
            name: url_for("authoring.draft_picture", module=desk.slug, picture=name)
            for name in names
        }

    @property
    def number(self) -> int:
        """Return the number that the module would be published under."""
        return self._desk.number + 1

    def ref(self) -> VersionRef:
        """Return the same version as lessons name it."""
        return VersionRef(0, self._desk.fingerprint, self._desk.slug, self.number)

    def version(self, module: Module) -> ContentVersion:
        """Return a version that is nowhere stored: the one that would be published."""
        return ContentVersion(
            id=0,
            hash=self._desk.fingerprint,
            slug=module.slug,
            kind="module",
            number=self.number,
            published_at=utcnow(),
            title=module.head.title,
        )

    def words(self) -> dict[str, Any]:
        """Return what the page is given beside what a reader's page has."""
        module = self._desk.slug
        return {
            "kept": _unkept,
            "url_for": self._url,
            "module_url": url_for("authoring.preview_module", module=module),
            "edit_url": url_for("authoring.edit", module=module, file=self._file),
            "desk_url": url_for("authoring.show", module=module),
            "to_mend": self._to_mend,
        }

    def _url(self, endpoint: str, **values: Any) -> str:
        """Return an address as the reader's page asks for it, inside the preview."""
        module, anchor = self._desk.slug, values.get("_anchor")
        if endpoint == ".index":
            return url_for("authoring.show", module=module)
        if endpoint == ".card":
            return url_for("authoring.preview_lesson_page", module=module, lesson="card")
        if endpoint not in (".answer", ".lesson"):
            return url_for("authoring.preview_module", module=module)
        way = OTHER if values.get("way") == OTHER else None
        where = {"module": module, "lesson": values.get("lesson", "card"), "way": way}
        where["in"] = language_of(self._file) if endpoint == ".answer" else None
        if endpoint == ".answer":
            return url_for("authoring.try_answer", **where)
        on = values.get("on")
        return url_for("authoring.preview_lesson_page", on=on, _anchor=anchor, **where)


def _unkept(*_shown: Hashable, caller: Callable[[Any], str], **own: Any) -> Markup:
    """Render a piece of a page as `kept` does, without keeping it: a draft is seen by few."""
    return Markup(str(caller(own)))  # noqa: S704, every part of it was escaped where it was rendered
