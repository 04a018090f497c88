"""What a trainee wishes to be told of first, and which way they take through a lesson."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as Reply
from wtforms import HiddenField, SelectMultipleField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from lms.db import utcnow
from lms.rules.definitions import CONTENT_TOPICS
from lms.rules.notes import INTENSITIES, Intensity, Wishes, stands_first, wishes_from
from lms.rules.policy import Permission
from lms.services.curriculum import LessonPage, find_ways, set_wishes, take_way
from lms.services.errors import MissingError
from lms.web.access import acting, requires, the_actor
from lms.web.curriculum import bp
from lms.web.curriculum.lessons import TOPICS
from lms.web.curriculum.opening import open_for_asker
from lms.web.fields import RadioChoiceField
from lms.web.forms import Bare, Form, choices_from
from lms.web.state import current_session

OTHER, WRITTEN = "other", "written"
SINCE: dict[Intensity, Any] = {
    "mention": _l("From a mention on: I am told of everything"),
    "light": _l("From light on: it is told of, and nothing is pictured"),
    "close": _l("Only when it comes close"),
}


class WishesForm(Form):
    """Which topics, and from which intensity on."""

    topics = SelectMultipleField(
        _l("Tell me first about"),
        choices=choices_from((topic, TOPICS[topic]) for topic in CONTENT_TOPICS),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    since = RadioChoiceField(
        _l("From how much on"),
        [InputRequired(_l("Choose one."))],
        choices=choices_from((intensity, SINCE[intensity]) for intensity in INTENSITIES),
    )

    @property
    def wished(self) -> Wishes:
        """Return what was chosen."""
        return wishes_from(self.topics.data or (), str(self.since.data))


class WayForm(Bare):
    """Which of the two ways."""

    way = HiddenField()


def _trainee_id() -> int:
    actor = the_actor()
    if not actor.is_trainee:
        raise MissingError
    return actor.person_id


def _page(form: WishesForm, *, is_set: bool) -> str:
    return str(render_template("curriculum/wishes.html", form=form, is_set=is_set))


@bp.get("/account/topics")
@requires(Permission.ACCOUNT_OWN)
def wishes() -> str:
    """Show what one wishes to be told of first."""
    ways = find_ways(current_session(), _trainee_id())
    wished = ways.wished
    form = WishesForm(data={"topics": sorted(wished.topics), "since": wished.since})
    return _page(form, is_set=ways.wishes is not None)


@bp.post("/account/topics")
@requires(Permission.ACCOUNT_OWN)
def set_topics() -> Any:
    """Set it, or go back to what is usual."""
    form, person_id = WishesForm(), _trainee_id()
    back = request.form.get("act") == "usual"
    if not back and not form.validate_on_submit():
        return _page(form, is_set=True)
    wanted = None if back else form.wished
    with acting() as session:
        set_wishes(session, person_id, wanted, now=utcnow())
    flash(_("Saved."), "good")
    return redirect(url_for(".wishes"))


@bp.post("/modules/<module>/<lesson>/way")
@requires(Permission.LEARN)
def way(module: str, lesson: str) -> Reply:
    """Take the other route, or the lesson as it is written, without a reason; one address."""
    form, person_id = WayForm(), _trainee_id()
    page = open_for_asker(module, lesson)
    if not form.validate() or not page.has_other or form.way.data not in {OTHER, WRITTEN}:
        raise MissingError
    is_other = form.way.data == OTHER
    with acting() as session:
        take_way(session, person_id, f"{module}/{lesson}", is_other=is_other, now=utcnow())
    on = page.on if is_other and _is_told(page) else None
    return redirect(url_for(".lesson", module=module, lesson=lesson, on=on, _anchor="lesson-text"))


def _is_told(page: LessonPage) -> bool:
    """Say whether the note was read already, and the other route has none to be read first.

    Then the address is the one that "Read on" leads to: a history does not tell the ways apart.
    """
    written, other = page.notes_told
    return stands_first(written, page.wishes) and not stands_first(other, page.wishes)
