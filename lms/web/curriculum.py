"""Pages of modules and lessons: the list, a module, a lesson, answering on the way, finishing."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as Reply
from wtforms import HiddenField, SelectMultipleField
from wtforms.validators import Length

from lms.content.rendering import RenderedReflection, RenderedSituation, RenderedSource
from lms.db import utcnow
from lms.rules.curriculum import ModuleHead, Situation
from lms.rules.definitions import ContentTopic
from lms.rules.learning import AnswerRefusal, LessonState, qualified_reviews
from lms.rules.policy import Permission
from lms.services.curriculum import (
    Answer,
    Finished,
    LessonPage,
    ShownMoments,
    begin_again,
    finish_lesson,
    has_reflections,
    keep_answer,
    list_modules,
    open_lesson,
    open_module,
    refuse_answer,
    shown_moments,
)
from lms.services.errors import MissingError, RefusedError
from lms.services.practice import find_place
from lms.services.reflections import OwnWords, drafts_of, list_words
from lms.web.access import acting, requires, signed_in, the_actor
from lms.web.filters import date_words, datetime_words
from lms.web.forms import Bare
from lms.web.state import current_session
from lms.web.words import add_sentences, sentence

bp = Blueprint("curriculum", __name__)
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
EMPTY = OwnWords("")


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
    def anchor(self) -> str:
        """Return where on the page the block stands."""
        return f"check-{self.check.data}" if self.check.data else f"situation-{self.situation.data}"


class ReadForm(Bare):
    """The version of the lesson that was on the page, and whether to go on."""

    version = HiddenField(validators=[Length(max=9)])


@bp.app_template_filter()
def topic_words(topic: ContentTopic) -> str:
    """Return what a content note may touch on, in words."""
    return str(TOPICS[topic])


def source_words(source: RenderedSource | None) -> str:
    """Return the source line under an answer, "" where there is none."""
    if source is None:
        return ""
    cite = ": ".join(filter(None, (source.short, source.where)))
    return str(_("Source: %(cite)s", cite=cite))


def _checked_by(head: ModuleHead) -> list[tuple[str, str]]:
    """Return the qualified reviewers of a module, and the day of each review in words."""
    return [
        (review.reviewer, date_words(date.fromisoformat(review.on)))
        for review in qualified_reviews(head.reviews)
    ]


def version_number(written: str | None) -> int | None:
    """Return the version that an address or a form names, None for the newest."""
    if not written:
        return None
    if not written.isdecimal() or len(written) > 9:
        raise MissingError
    return int(written)


@bp.get("/modules")
@requires(Permission.LEARN)
def index() -> str:
    """List the modules."""
    session = current_session()
    place = find_place(session, the_actor().person_id)
    rows = list_modules(session, place)
    return str(render_template("curriculum/index.html", place=place, rows=rows))


@bp.get("/modules/<module>")
@requires(Permission.LEARN)
def show(module: str) -> str:
    """Show a module: what it is for, its lessons, and who has checked it."""
    session = current_session()
    place = find_place(session, the_actor().person_id)
    page = open_module(session, module, place)
    words = {"strengths": STRENGTHS, "reviews": _checked_by(page.module.head)}
    return str(render_template("curriculum/show.html", place=place, page=page, **words))


@bp.get("/modules/<module>/<lesson>")
@requires(Permission.LEARN)
def lesson(module: str, lesson: str) -> str:
    """Show a lesson in the version that the address names, else in the newest."""
    session, actor = current_session(), the_actor()
    reader_id = actor.person_id if actor.is_trainee else None
    number = version_number(request.args.get("v"))
    page = open_lesson(session, module, lesson, number=number, reader_id=reader_id)
    own: Mapping[str, OwnWords] = {}
    if reader_id is not None and has_reflections(page.shown):
        own = list_words(session, reader_id, module, lesson)
    chosen = {**page.answers, **(_tried() if reader_id is None else {})}
    return str(
        render_template(
            "curriculum/lesson.html",
            page=page,
            chosen=chosen,
            moments=_moments(page, chosen),
            own=_own_boxes(page, own),
            drafts=drafts_of(module, lesson),
            asked=_asked(),
            is_noted=reader_id is not None,
            is_read=page.states[lesson] is LessonState.READ,
            following=_following(page),
            waits=_waits(page),
            source_words=source_words,
            strengths=STRENGTHS,
            reviews=_checked_by(page.module.head),
        )
    )


def _own_boxes(page: LessonPage, own: Mapping[str, OwnWords]) -> dict[str, dict[str, Any]]:
    """Return what stands in each box of the lesson, as the component takes it."""
    found = signed_in()
    zone = found.person.organisation.zone if found else "UTC"
    boxes = {}
    for part in page.shown.parts:
        if isinstance(part, RenderedReflection):
            box = own.get(part.id, EMPTY)
            boxes[part.id] = {
                "words": box.words,
                "version": box.version,
                "draft_version": box.draft_version,
                "saved": datetime_words(box.saved_at, zone) if box.saved_at else "",
            }
    return boxes


def _tried() -> dict[str, tuple[str, ...]]:
    """Return what the address says was chosen: for readers of whom nothing is kept."""
    pairs = (written.rpartition(":") for written in request.args.getlist("tried")[:50])
    return {block: tuple(ids.split(",")) for block, __, ids in pairs}


def _asked() -> tuple[str, str]:
    """Return the block that was sent without an answer, and the sentence to say there."""
    block, __, reason = request.args.get("ask", "").rpartition(":")
    known = {str(member): member for member in AnswerRefusal}
    return (block, sentence(known[reason])) if reason in known else ("", "")


def _moments(page: LessonPage, chosen: dict[str, tuple[str, ...]]) -> dict[str, ShownMoments]:
    situations = {part.id: part for part in page.lesson.parts if isinstance(part, Situation)}
    return {
        part.id: shown_moments(situations[part.id], part, chosen)
        for part in page.shown.parts
        if isinstance(part, RenderedSituation)
    }


def _following(page: LessonPage) -> str | None:
    """Return the lesson after this one in reading order, None after the last."""
    lessons = page.module.lessons
    return lessons[page.number].slug if page.number < len(lessons) else None


def _waits(page: LessonPage) -> bool:
    """Say whether the content note stands alone, before the text is opened."""
    note = page.lesson.head.content_note
    return note is not None and note.intensity == "close" and "on" not in request.args


def back_to(page: LessonPage, anchor: str, **more: Any) -> Reply:
    """Lead back to the block, in the version that was read."""
    stale = page.version.number if page.version.number != page.current else None
    where = {"module": page.module.slug, "lesson": page.lesson.slug, "v": stale, **more}
    note = page.lesson.head.content_note
    if note is not None and note.intensity == "close":
        where["on"] = 1
    return redirect(url_for("curriculum.lesson", _anchor=anchor, **where))


@bp.post("/modules/<module>/<lesson>/answers")
@requires(Permission.LEARN)
def answer(module: str, lesson: str) -> Reply:
    """Take an answer on the way; nothing is scored, and of staff nothing is kept."""
    form, person_id, is_trainee = AnswerForm(), the_actor().person_id, the_actor().is_trainee
    number = version_number(request.args.get("v"))
    page = open_lesson(current_session(), module, lesson, number=number, reader_id=None)
    if not form.validate():
        raise MissingError
    if form.again.data:
        return _begin_again(page, form.again.data, person_id if is_trainee else None)
    try:
        refuse_answer(page.lesson, form.given)
    except RefusedError as refused:
        more = {} if is_trainee else {"tried": form.tried[:-1]}
        return back_to(page, form.anchor, ask=f"{form.given.block}:{refused.reason}", **more)
    if not is_trainee:
        return back_to(page, form.anchor, tried=form.tried)
    with acting() as session:
        keep_answer(session, person_id, page, form.given, now=utcnow())
    return back_to(page, form.anchor)


def _begin_again(page: LessonPage, situation: str, person_id: int | None) -> Reply:
    if person_id is not None:
        with acting() as session:
            begin_again(session, person_id, page, situation)
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
    return _onwards(module, finished)


def _onwards(module: str, finished: Finished) -> Reply:
    if finished.is_complete:
        flash(_("You have read this whole module. That is kept in your record."), "good")
    elif finished.next_lesson and request.form.get("go") == "on":
        return redirect(url_for(".lesson", module=module, lesson=finished.next_lesson))
    else:
        flash(_("Kept as read. The next lesson waits here for you."), "good")
    return redirect(url_for(".show", module=module))
