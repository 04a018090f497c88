"""Today: the one next thing, what waits for me, what waits for others, so far."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.db import utcnow
from lms.models import Enrolment
from lms.rules.cohorts import PracticeHold
from lms.rules.policy import Permission
from lms.rules.verdict import State, Verdict, WaitingOn
from lms.services.curriculum import find_next_lesson
from lms.services.people import today_in
from lms.services.practice import find_place, practice_hold
from lms.services.publishing import titles_by_slug
from lms.services.today import Waiting, list_waiting_for
from lms.services.verdicts import shown_place
from lms.web.access import requires, the_actor
from lms.web.curriculum import topic_words
from lms.web.filters import minutes_words
from lms.web.state import current_session
from lms.web.verdict_words import RequirementRow, rows_of, summary_words

bp = Blueprint("today", __name__)

BRACKETS = {"all", "any", "at-least", "sequence", "when"}


@dataclass(frozen=True, slots=True)
class Next:
    """The one next thing: what, why, where its button leads and what it says."""

    heading: str
    why: str
    url: str
    label: str
    minutes: str = ""
    touches: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: what, where it leads, and since when."""

    label: str
    url: str
    meta: str = ""


@bp.get("/today")
@requires(Permission.TODAY_SEE)
def show() -> str:
    """Show today."""
    session, actor = current_session(), the_actor()
    place = find_place(session, actor.person_id) if actor.is_trainee else None
    waiting = list_waiting_for(session, actor, now=utcnow())
    page: dict[str, Any] = {"mine": [_line(one) for one in waiting if one.kind in WORDS]}
    if place is not None:
        page.update(_trainee(place))
    else:
        page.update(first=_first_of_staff(waiting), others=[], so_far=[], summary="")
    return str(render_template("today/show.html", **page))


def _trainee(place: Enrolment) -> dict[str, Any]:
    session = current_session()
    on = today_in(place.cohort.zone, utcnow())
    _, _, verdict = shown_place(session, place, on=on)
    rows = rows_of(verdict, None, own=True, titles=titles_by_slug(session))
    leaves = [row for row in _flat(rows) if row.kind not in BRACKETS]
    return {
        "first": _first_of_trainee(place, leaves, verdict),
        "others": [_other(row) for row in _waiting_for_others(leaves)],
        "so_far": [row for row in leaves if row.need][:4],
        "summary": summary_words(verdict),
    }


def _flat(rows: list[RequirementRow]) -> list[RequirementRow]:
    return [found for row in rows for found in (row, *_flat(row.rows))]


def _is_open(row: RequirementRow) -> bool:
    return row.state not in {State.MET.value, State.WAIVED.value, State.NOT_APPLICABLE.value}


def _waiting_for_others(leaves: list[RequirementRow]) -> list[RequirementRow]:
    """Return what others must do next; a decision only once all else is done."""
    staff = {WaitingOn.TRAINER, WaitingOn.SUPERVISOR, WaitingOn.COORDINATOR}
    open_rows = [row for row in leaves if _is_open(row)]
    work_left = any(row.kind != "decision" for row in open_rows)
    return [
        row
        for row in open_rows
        if row.waiting_on in staff and not (row.kind == "decision" and work_left)
    ]


def _other(row: RequirementRow) -> Line:
    return Line(row.label, "/progress", row.turn)


def _first_of_trainee(place: Enrolment, leaves: list[RequirementRow], verdict: Verdict) -> Next:
    hold = practice_hold(current_session(), place)
    if hold is PracticeHold.PAUSED:
        return Next(
            _("You have stepped back"),
            _("Everything is kept. Come back with one button, whenever you like."),
            "/account",
            _("Come back"),
        )
    if hold is PracticeHold.UNSIGNED:
        return Next(
            _("Read and sign the agreements"),
            _("They protect you and the people you will walk beside. Three plain questions first."),
            "/agreements",
            _("Read them"),
        )
    if verdict.state is State.MET:
        return Next(
            _("You have met everything"),
            _("The office can now issue your certificate. You need do nothing more."),
            "/progress",
            _("See it all"),
        )
    return _next_of(place, leaves)


def _next_lesson(place: Enrolment) -> Next | None:
    found = find_next_lesson(current_session(), place)
    if found is None:
        return None
    head = found.lesson.head
    note = head.content_note
    topics = ", ".join(topic_words(topic) for topic in note.topics) if note else ""
    return Next(
        head.title,
        _(
            "Lesson %(number)s of %(of)s in %(module)s.",
            number=found.number,
            of=found.of,
            module=found.module_title,
        ),
        f"/modules/{found.module}/{found.lesson.slug}",
        _("Go on reading") if found.is_begun else _("Begin"),
        _("about %(minutes)s", minutes=minutes_words(head.minutes)),
        _("touches on %(topics)s", topics=topics) if topics else "",
    )


def _next_of(place: Enrolment, leaves: list[RequirementRow]) -> Next:
    mine = [row for row in leaves if _is_open(row) and row.waiting_on == WaitingOn.TRAINEE]
    for row in mine:
        lesson = _next_lesson(place) if row.kind == "completions" else None
        if lesson is not None:
            return lesson
        if row.next_url:
            return Next(row.label, row.next_step, row.next_url, _("Go there"))
    return Next(
        _("It is somebody else's turn"),
        _("You have done your part for now. Below you see who is next."),
        "/progress",
        _("What is still missing"),
    )


WORDS = {
    "to-mark": "/marking",
    "to-release": "/marking",
    "to-confirm": "/confirmations",
    "referred": "/role-plays/referrals",
    "to-issue": "/cohorts",
    "unassigned": "/cohorts",
    "invited": "/people/invitations",
}


def _label(one: Waiting) -> str:
    words = {
        "to-mark": ngettext("%(num)s role-play to mark", "%(num)s role-plays to mark", one.count),
        "to-release": ngettext(
            "%(num)s result to release", "%(num)s results to release", one.count
        ),
        "to-confirm": ngettext(
            "%(num)s entry of hours to confirm", "%(num)s entries of hours to confirm", one.count
        ),
        "referred": ngettext(
            "%(num)s role-play to talk through", "%(num)s role-plays to talk through", one.count
        ),
        "to-issue": ngettext(
            "%(num)s person found ready, without a certificate yet",
            "%(num)s people found ready, without a certificate yet",
            one.count,
        ),
        "unassigned": ngettext(
            "%(num)s person without a trainer or supervisor",
            "%(num)s people without a trainer or supervisor",
            one.count,
        ),
        "invited": ngettext(
            "%(num)s invitation not taken up yet",
            "%(num)s invitations not taken up yet",
            one.count,
        ),
    }
    return str(words[one.kind])


def _line(one: Waiting) -> Line:
    return Line(_label(one), WORDS[one.kind])


def _first_of_staff(waiting: list[Waiting]) -> Next | None:
    """Return the oldest thing that somebody waits for; invitations only remind."""
    pressing = [one for one in waiting if one.kind != "invited"]
    if not pressing:
        return None
    order = list(WORDS)
    one = min(pressing, key=lambda found: order.index(found.kind))
    return Next(_label(one), _("The oldest one comes first."), WORDS[one.kind], _("Go there"))
