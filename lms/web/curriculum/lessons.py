"""Pages of modules and lessons: the list, a module, a lesson, answering on the way, finishing."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as Reply
from wtforms import HiddenField, SelectMultipleField
from wtforms.validators import Length

from lms.content.rendering import RenderedSituation, RenderedSource
from lms.db import utcnow
from lms.models import Enrolment
from lms.rules.curriculum import SOURCE_LANGUAGE, ModuleHead, Situation
from lms.rules.definitions import ContentTopic
from lms.rules.learning import AnswerRefusal, LessonState, qualified_reviews
from lms.rules.policy import Permission
from lms.services.curriculum import (
    Answer,
    Finished,
    LessonPage,
    ModulePage,
    ShownMoments,
    begin_again,
    find_texts,
    finish_lesson,
    has_reflections,
    keep_answer,
    list_modules,
    open_module,
    refuse_answer,
    shown_moments,
)
from lms.services.errors import LeftOutError, MissingError, RefusedError
from lms.services.practice import find_place
from lms.services.reflections import OwnWords, drafts_of, list_open_sharings, list_words
from lms.web.access import acting, requires, signed_in, the_actor
from lms.web.boxes import Boxes, Readers
from lms.web.curriculum import bp
from lms.web.curriculum.local import local_for
from lms.web.curriculum.opening import (
    back_to,
    has_met_notes,
    hold_version,
    let_go,
    open_for_asker,
    version_number,
)
from lms.web.filters import date_words
from lms.web.forms import Bare, Form, line
from lms.web.frame import spoken
from lms.web.languages import filled, told_in
from lms.web.state import current_session
from lms.web.words import add_sentences, sentence

add_sentences(
    {
        AnswerRefusal.NOTHING_CHOSEN: _l("Choose an answer first. Any of them will do."),
        AnswerRefusal.NOT_OFFERED: _l("This answer is not there any more. Choose another one."),
        AnswerRefusal.ONE_ONLY: _l("Choose one answer, the one that is nearest."),
    }
)
TOPICS: dict[ContentTopic, Any] = {
    "violence": _l("violence"),
    "control": _l("control"),
    "threats": _l("threats"),
    "children": _l("children"),
    "self-harm": _l("self-harm"),
    "substance-use": _l("alcohol and drugs"),
    "sexual-harm": _l("sexual harm"),
    "loss": _l("loss"),
    "stalking": _l("stalking"),
    "poverty": _l("poverty"),
    "discrimination": _l("discrimination"),
}
STRENGTHS = {
    "own-data": _l("a study with its own data"),
    "review": _l("a review of studies"),
    "report": _l("a report from practice"),
    "opinion": _l("an opinion"),
    "standard": _l("a standard"),
    "regulation": _l("law or regulation"),
}


class AnswerForm(Bare):
    """What was pressed in a check or a situation; a choice is written `step:choice`."""

    check = HiddenField(validators=[Length(max=120)])
    answer = SelectMultipleField(validate_choice=False)
    situation = HiddenField(validators=[Length(max=120)])
    choice = HiddenField(validators=[Length(max=250)])
    taken = SelectMultipleField(validate_choice=False)
    again = HiddenField(validators=[Length(max=120)])

    @property
    def given(self) -> Answer:
        """Return the block that was answered, and what was chosen there."""
        if self.check.data:
            return Answer(self.check.data, tuple(dict.fromkeys(self.answer.data or ())))
        return self._step(self.choice.data or ":")

    def _step(self, written: str) -> Answer:
        step, __, choice = written.partition(":")
        return Answer(f"{self.situation.data}/{step}", (choice,) if choice else ())

    @property
    def tried(self) -> list[str]:
        """Return everything that was chosen so far, for a reader of whom nothing is kept."""
        before = [self._step(written) for written in self.taken.data or () if not self.check.data]
        return [f"{a.block}:{','.join(a.chosen)}" for a in (*before, self.given)]

    @property
    def is_empty(self) -> bool:
        """Say whether a situation was sent without a choice."""
        return not self.check.data and not self.choice.data

    @property
    def anchor(self) -> str:
        """Return where on the page the block stands."""
        return f"check-{self.check.data}" if self.check.data else f"situation-{self.situation.data}"


class ReadForm(Bare):
    """The version of the lesson that was on the page, and whether to go on."""

    version = HiddenField(validators=[Length(max=9)])


class SearchForm(Form):
    """Words to look for in titles and headings."""

    words = line(_l("Find a word in titles and headings"), length=100)


@bp.app_template_filter()
def topic_words(topic: ContentTopic) -> str:
    """Return what a content note may touch on, in words."""
    return str(TOPICS[topic])


def source_words(source: RenderedSource | None) -> Any:
    """Return the source line under an answer, "" where there is none."""
    if source is None:
        return ""
    cite = ": ".join(filter(None, (source.short, source.where)))
    return filled(_("Source: %(cite)s"), cite=told_in(cite))


def _checked_by(head: ModuleHead) -> list[tuple[str, str]]:
    """Return the qualified reviewers of a module, and the day of each review in words."""
    return [
        (review.reviewer, date_words(date.fromisoformat(review.on)))
        for review in qualified_reviews(head.reviews)
    ]


@bp.get("/modules")
@requires(Permission.LEARN)
def index() -> str:
    """List the modules."""
    return _list_page(SearchForm(formdata=None))


@bp.post("/modules")
@requires(Permission.LEARN)
def search() -> str:
    """Look for words in titles and headings. They are sent, so that no address keeps them."""
    form = SearchForm()
    words = form.words.data or "" if form.validate() else ""
    found = find_texts(current_session(), words, spoken())
    return _list_page(form, found=found)


def _list_page(form: "SearchForm", **more: Any) -> str:
    session = current_session()
    place = find_place(session, the_actor().person_id)
    rows = list_modules(session, place, spoken())
    core = [row for row in rows if row.is_core]
    return str(
        render_template(
            "curriculum/index.html",
            place=place,
            rows=rows,
            core=len(core),
            core_minutes=sum(row.minutes for row in core),
            form=form,
            **more,
        )
    )


@bp.get("/modules/<module>")
@requires(Permission.LEARN)
def show(module: str) -> Reply:
    """Show a module: what it is for, its lessons, and who has checked it."""
    session = current_session()
    place = find_place(session, the_actor().person_id)
    page = open_module(session, module, place)
    text = render_template("curriculum/show.html", **module_words(page, place))
    return let_go(make_response(text), module, (one.slug for one in page.module.lessons))


def module_words(
    page: ModulePage, place: Enrolment | None = None, language: str = ""
) -> dict[str, Any]:
    """Return what the page of a module is given, told in a language, else in the asker's."""
    return {
        "page": page,
        "place": place,
        "strengths": STRENGTHS,
        "reviews": _checked_by(page.module.head),
        **own_page_words(page, language),
    }


def own_page_words(page: ModulePage, language: str = "") -> dict[str, Any]:
    """Return a module's own page in a language: its words, which it is, and the translation."""
    told = page.shown.page_in(language or spoken())
    in_original = told is not None and request.args.get("in") == SOURCE_LANGUAGE
    shown = told if told and not in_original else None
    return {
        "own": shown or page.module.head,
        "introduction": (shown or page.shown.rendered).introduction,
        "own_language": shown.language if shown else SOURCE_LANGUAGE,
        "translation": told,
        "in_original": in_original,
    }


@bp.get("/modules/<module>/<lesson>")
@requires(Permission.LEARN)
def lesson(module: str, lesson: str) -> Reply:
    """Show a lesson in the version that the address names, that is open here, or the newest."""
    actor = the_actor()
    reader_id = actor.person_id if actor.is_trainee else None
    try:
        page = open_for_asker(module, lesson)
    except LeftOutError as left:
        words = {"module": module, "title": left.title, "reason": left.reason}
        return make_response(render_template("curriculum/left_out.html", **words))
    text = render_template("curriculum/lesson.html", **lesson_words(page, reader_id))
    return hold_version(make_response(text), page)


def lesson_words(page: LessonPage, reader_id: int | None) -> dict[str, Any]:
    """Return what the page of a lesson is given; `reader_id` is the trainee's, None for others."""
    module, lesson = page.module.slug, page.written.slug
    own: Mapping[str, OwnWords] = {}
    if reader_id is not None and has_reflections(page.shown):
        own = list_words(current_session(), reader_id, module, lesson)
    chosen = {**page.answers, **(_tried() if reader_id is None else {})}
    boxes = Boxes(page, own, _readers(own, the_actor().person_id), actor_zone())
    return {
        "page": page,
        "chosen": chosen,
        "shown": (*page.states.values(), *sorted(chosen.items())),
        "moments": partial(_moments, page, chosen),
        "is_open": partial(_is_open, chosen),
        "local_pack": local_for([page.shown]),
        "boxes": boxes,
        "drafts": drafts_of(module, lesson),
        "asked": _asked(),
        "is_noted": reader_id is not None,
        "is_read": page.states[lesson] is LessonState.READ,
        "following": _following(page),
        "waits": page.waits and not has_met_notes(page),
        "source_words": source_words,
        "strengths": STRENGTHS,
        "checked_by": _checked_by,
    }


def actor_zone() -> str:
    """Return the zone of the asker's organisation."""
    found = signed_in()
    return found.house.zone if found else "UTC"


def _readers(own: Mapping[str, OwnWords], person_id: int) -> Readers:
    """Return who can read what is kept in the boxes of a lesson, and until when."""
    kept = [box.public_id for box in own.values() if box.public_id]
    return list_open_sharings(current_session(), person_id, kept, now=utcnow())


def _tried() -> dict[str, tuple[str, ...]]:
    """Return what the address says was chosen: for readers of whom nothing is kept."""
    pairs = (written.rpartition(":") for written in request.args.getlist("tried")[:50])
    return {block: tuple(ids.split(",")) for block, __, ids in pairs}


def _asked() -> tuple[str, str]:
    """Return the block that was sent without an answer, and the sentence to say there."""
    block, __, reason = request.args.get("ask", "").rpartition(":")
    known = {str(member): member for member in AnswerRefusal}
    return (block, sentence(known[reason])) if reason in known else ("", "")


def _moments(
    page: LessonPage, chosen: dict[str, tuple[str, ...]], shown: RenderedSituation
) -> ShownMoments:
    parts = (part for part in page.lesson.parts if isinstance(part, Situation))
    return shown_moments(next(part for part in parts if part.id == shown.id), shown, chosen)


def _is_open(chosen: Mapping[str, tuple[str, ...]], block: str) -> bool:
    """Say whether a block with a note of its own was answered, or asked to be, and stays open."""
    asked = _asked()[0]
    return any(one == block or one.startswith(f"{block}/") for one in (*chosen, asked))


def _following(page: LessonPage) -> str | None:
    """Return the lesson after this one in reading order, None after the last."""
    lessons = page.module.lessons
    return lessons[page.number].slug if page.number < len(lessons) else None


@bp.post("/modules/<module>/<lesson>/answers")
@requires(Permission.LEARN)
def answer(module: str, lesson: str) -> Reply:
    """Take an answer on the way; nothing is scored, and of staff nothing is kept."""
    form, person_id, is_trainee = AnswerForm(), the_actor().person_id, the_actor().is_trainee
    page = open_for_asker(module, lesson)
    if not form.validate():
        raise MissingError
    if form.again.data:
        return _begin_again(page, form.again.data, person_id if is_trainee else None)
    if form.is_empty and _has_situation(page, form.situation.data):
        more = {} if is_trainee else {"tried": form.tried[:-1]}
        reason = AnswerRefusal.NOTHING_CHOSEN
        return back_to(page, form.anchor, ask=f"{form.situation.data}/:{reason}", **more)
    try:
        refuse_answer(page, form.given)
    except RefusedError as refused:
        more = {} if is_trainee else {"tried": form.tried[:-1]}
        return back_to(page, form.anchor, ask=f"{form.given.block}:{refused.reason}", **more)
    if not is_trainee:
        return back_to(page, form.anchor, tried=form.tried)
    with acting() as session:
        keep_answer(session, person_id, page, form.given, now=utcnow())
    return back_to(page, form.anchor)


def _has_situation(page: LessonPage, situation: str | None) -> bool:
    return any(isinstance(one, Situation) and one.id == situation for one in page.lesson.parts)


def _begin_again(page: LessonPage, situation: str, person_id: int | None) -> Reply:
    if person_id is not None:
        with acting() as session:
            begin_again(session, person_id, page, situation, now=utcnow())
    return back_to(page, f"situation-{situation}")


@bp.post("/modules/<module>/<lesson>/read")
@requires(Permission.LEARN)
def read(module: str, lesson: str) -> Reply:
    """Note that this lesson was read in the version shown, and go on or stop here."""
    form, actor = ReadForm(), the_actor()
    number = version_number(form.version.data) if form.validate() else None
    if number is None or not actor.is_trainee:
        raise MissingError
    with acting() as session:
        finished = finish_lesson(
            session, actor.person_id, module, lesson, number=number, now=utcnow()
        )
    return let_go(_onwards(module, finished), module, (lesson,))


def _onwards(module: str, finished: Finished) -> Reply:
    if finished.is_complete:
        flash(_("You have read this whole module. That is kept in your record."), "good")
    elif finished.next_lesson and request.form.get("go") == "on":
        return redirect(url_for(".lesson", module=module, lesson=finished.next_lesson))
    else:
        flash(_("Kept as read. The next lesson waits here for you."), "good")
    return redirect(url_for(".show", module=module))
