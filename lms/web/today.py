"""Today: the one next thing, what waits for me, what waits for others, so far."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from lms.db import utcnow
from lms.models import Enrolment
from lms.rules.cohorts import PracticeHold
from lms.rules.policy import Permission
from lms.rules.roles import Actor, Role
from lms.rules.verdict import State, Verdict, WaitingOn
from lms.services.authoring import find_author_matters
from lms.services.certificates import OwnNotice, own_notices
from lms.services.curriculum import NextLesson, find_waiting
from lms.services.curriculum import Waiting as Reading
from lms.services.gatherings import ComingRow, own_matters
from lms.services.people import today_in
from lms.services.practice import find_place, practice_hold
from lms.services.today import Waiting, list_waiting_for
from lms.services.verdicts import shown_place
from lms.web.access import requires, the_actor
from lms.web.certificates.notices import OFFICE, first_words, notice_lines, office_words
from lms.web.curriculum import topic_words
from lms.web.filters import datetime_words, minutes_words
from lms.web.frame import spoken
from lms.web.languages import filled, lesson_called, module_called, titles_now
from lms.web.state import current_session
from lms.web.verdict_words import RequirementRow, rows_of, summary_words

bp = Blueprint("today", __name__)

BRACKETS = {"all", "any", "at-least", "sequence", "when"}


@dataclass(frozen=True, slots=True)
class Next:
    """The one next thing: what, why, where its button leads and what it says."""

    heading: Any
    why: Any
    url: str
    label: str
    minutes: str = ""
    touches: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: what, where it leads, and since when."""

    label: Any
    url: str
    meta: Any = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """How far one requirement is: its name, the words, and the bar's two numbers."""

    label: Any
    words: str
    have: int
    need: int


@bp.get("/today")
@requires(Permission.TODAY_SEE)
def show() -> str:
    """Show today."""
    session, actor = current_session(), the_actor()
    place = find_place(session, actor.person_id) if actor.is_trainee else None
    waiting = [*list_waiting_for(session, actor, now=utcnow()), *_of_authors(session, actor)]
    notices = own_notices(session, actor.person_id, now=utcnow()) if actor.is_trainee else []
    own = [Line(one.label, one.url, one.meta) for held in notices for one in notice_lines(held)]
    own = own[1:] if place is not None else own  # with a place the first one stands at the top
    mine = (_line(one) for one in waiting if one.kind in WORDS)
    page: dict[str, Any] = {"mine": (*own, *mine)}
    if place is not None:
        page.update(_trainee(place, notices))
        page["others"] = (*_asked(waiting), *page["others"])
    else:
        page.update(first=_first_of_staff(waiting), others=(), so_far=(), summary="")
        page.update(coming=(), trust_waits=False, changed=())
    page["writes"] = Role.AUTHOR in actor.roles
    return str(render_template("today/show.html", **page))


def _of_authors(session: Session, actor: Actor) -> list[Waiting]:
    """Return what waits for an author, none for others."""
    if Role.AUTHOR not in actor.roles:
        return []
    matters = find_author_matters(session)
    found = (
        Waiting("drafts", matters.drafts, matters.since),
        Waiting("outdated", matters.outdated, None),
        Waiting("unsigned", matters.unsigned, None),
    )
    return [one for one in found if one.count]


def _trainee(place: Enrolment, notices: list[OwnNotice]) -> dict[str, Any]:
    session = current_session()
    on = today_in(place.cohort.zone, utcnow())
    _, _, verdict = shown_place(session, place, on=on)
    told = _told_of(place.id, verdict, titles_now(session))
    matters = own_matters(session, place, now=utcnow())
    reads = any(row.kind == "completions" for row in _mine(told.leaves))
    reading = find_waiting(session, place) if reads else Reading(None, ())
    first = _first_of_trainee(place, told.leaves, verdict, reading)
    if notices:
        first = Next(*first_words(notices[0]))
    return {
        "first": first,
        "changed": tuple(line for line in changed_lines(reading) if line.url != first.url),
        "coming": tuple(_coming(row, place) for row in matters.coming),
        "trust_waits": matters.trust_waits,
        "others": told.others,
        "so_far": told.so_far,
        "summary": told.summary,
    }


def _asked(waiting: list[Waiting]) -> list[Line]:
    """Return what one asked to be looked at again, and what nobody has answered yet."""
    return [
        Line(
            ngettext(
                "Your request for another look",
                "Your %(num)s requests for another look",
                one.count,
            ),
            "/appeals",
        )
        for one in waiting
        if one.kind == "look-asked"
    ]


@dataclass(frozen=True, slots=True)
class Told:
    """What Today says of a verdict, and of which verdict under which titles it was said."""

    verdict: Verdict
    titles: Mapping[str, Any]
    leaves: list[RequirementRow]
    others: tuple[Line, ...]
    so_far: tuple[Measure, ...]
    summary: Any


_told: dict[tuple[int, str], Told] = {}
KEPT_IN_MEMORY = 1000


def _told_of(place: int, verdict: Verdict, titles: Mapping[str, Any]) -> Told:
    """Return a verdict's requirements in words, put together once for each verdict."""
    key = (place, spoken())
    told = _told.get(key)
    if told is None or told.verdict is not verdict or told.titles != titles:
        if len(_told) >= KEPT_IN_MEMORY:
            _told.clear()
        rows = _flat(rows_of(verdict, None, own=True, titles=titles))
        leaves = [row for row in rows if row.kind not in BRACKETS]
        others = tuple(_other(row) for row in _waiting_for_others(leaves))
        so_far = tuple(Measure(r.label, r.words, r.have, r.need) for r in leaves if r.need)[:4]
        told = Told(verdict, titles, leaves, others, so_far, summary_words(verdict))
        _told[key] = told
    return told


def changed_words() -> str:
    """Return the sentence beside a lesson that was read and is asked for again."""
    return str(_("You have read it. It teaches something new now, so your programme asks again."))


def changed_lines(reading: Reading) -> Iterator[Line]:
    """Yield the lessons that were read and are asked for again, as lines that lead to them."""
    for module, lesson in reading.changed:
        url = f"/modules/{module.slug}/{lesson.slug}"
        yield Line(lesson_called(lesson, module), url, module_called(module))


def _coming(row: ComingRow, place: Enrolment) -> Line:
    """Return the next gathering as a line: what is open to one's own choice waits for nothing."""
    words = ""
    if row.is_shut:
        words = _("after the trust agreement")
    elif not row.expected:
        words = _("open to you, if you want to") if row.is_joint else _("you are not expected")
    meta = datetime_words(row.begins_at, place.cohort.zone)
    return Line(row.title, f"/gatherings/{row.public_id}", f"{meta} · {words}" if words else meta)


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


def _first_of_trainee(
    place: Enrolment, leaves: list[RequirementRow], verdict: Verdict, reading: Reading
) -> Next:
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
    return _next_of(leaves, reading)


def _next_lesson(found: NextLesson | None) -> Next | None:
    if found is None:
        return None
    head = found.lesson.head
    note = head.content_note
    topics = ", ".join(topic_words(topic) for topic in note.topics) if note else ""
    return Next(
        lesson_called(found.lesson, found.whole),
        filled(
            _("Lesson %(number)s of %(of)s in %(module)s.") + " %(again)s",
            number=found.number,
            of=found.of,
            module=module_called(found.whole),
            again=changed_words() if found.has_changed else "",
        ),
        f"/modules/{found.module}/{found.lesson.slug}",
        _("Go on reading") if found.is_begun else _("Begin"),
        _("about %(minutes)s", minutes=minutes_words(head.minutes)),
        _("touches on %(topics)s", topics=topics) if topics else "",
    )


def _mine(leaves: list[RequirementRow]) -> list[RequirementRow]:
    return [row for row in leaves if _is_open(row) and row.waiting_on == WaitingOn.TRAINEE]


def _next_of(leaves: list[RequirementRow], reading: Reading) -> Next:
    for row in _mine(leaves):
        lesson = _next_lesson(reading.next) if row.kind == "completions" else None
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
    "no-contact": "/organisation",
    "to-mark": "/marking",
    "to-release": "/marking",
    "to-close": "/gatherings",
    "to-revisit": "/gatherings",
    "to-confirm": "/confirmations",
    "shared": "/shared",
    "referred": "/role-plays/referrals",
    "to-look-at": "/evidence",
    "to-decide": "/evidence",
    "to-put-on-record": "/evidence",
    **dict.fromkeys(OFFICE, "/certificates/waiting"),
    "to-approve": "/proposals",
    "sent-back": "/proposals",
    "to-answer": "/appeals",
    "to-assign": "/appeals",
    "look-answered": "/appeals",
    "to-issue": "/found-ready",
    "unassigned": "/cohorts",
    "kept-out": "/cohorts",
    "drafts": "/authoring",
    "outdated": "/authoring",
    "unsigned": "/authoring",
    "invited": "/people/invitations",
}


WRITING = {
    "drafts": _l("Trainees do not see them yet. Check them, then publish."),
    "outdated": _l("The originals have changed since. Readers are told so until it is put right."),
    "unsigned": _l(
        "They are on safety, risk or law. Ask somebody qualified to read them, then enter the "
        "review on the module's own page."
    ),
}


def _label(one: Waiting) -> str:
    if one.kind in OFFICE:
        return office_words(one.kind, one.count)
    words = {
        "no-contact": _("Practice is shut: nobody to turn to is named yet"),
        "to-mark": ngettext("%(num)s role-play to mark", "%(num)s role-plays to mark", one.count),
        "to-release": ngettext(
            "%(num)s result to release", "%(num)s results to release", one.count
        ),
        "to-close": ngettext(
            "%(num)s gathering whose attendance is to be taken",
            "%(num)s gatherings whose attendance is to be taken",
            one.count,
        ),
        "to-revisit": ngettext(
            "%(num)s trust agreement to look at again: somebody has joined",
            "%(num)s trust agreements to look at again: somebody has joined",
            one.count,
        ),
        "to-confirm": ngettext(
            "%(num)s entry of hours to confirm", "%(num)s entries of hours to confirm", one.count
        ),
        "shared": ngettext(
            "%(num)s text was shared with you", "%(num)s texts were shared with you", one.count
        ),
        "referred": ngettext(
            "%(num)s role-play to talk through", "%(num)s role-plays to talk through", one.count
        ),
        "to-look-at": ngettext(
            "%(num)s document to look at", "%(num)s documents to look at", one.count
        ),
        "to-put-on-record": ngettext(
            "%(num)s qualification to look at", "%(num)s qualifications to look at", one.count
        ),
        "to-decide": ngettext(
            "%(num)s request to set something aside",
            "%(num)s requests to set something aside",
            one.count,
        ),
        "to-approve": ngettext(
            "%(num)s certificate waits for you as the second coordinator",
            "%(num)s certificates wait for you as the second coordinator",
            one.count,
        ),
        "sent-back": ngettext(
            "%(num)s certificate was sent back to you",
            "%(num)s certificates were sent back to you",
            one.count,
        ),
        "to-answer": ngettext(
            "%(num)s request for another look, for you to answer",
            "%(num)s requests for another look, for you to answer",
            one.count,
        ),
        "to-assign": ngettext(
            "%(num)s request for another look waits for somebody to be named",
            "%(num)s requests for another look wait for somebody to be named",
            one.count,
        ),
        "look-answered": ngettext(
            "Your request for another look has an answer",
            "%(num)s of your requests for another look have an answer",
            one.count,
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
        "kept-out": ngettext(
            "%(num)s person who was invited waits for a place",
            "%(num)s people who were invited wait for a place",
            one.count,
        ),
        "drafts": ngettext(
            "%(num)s module has changes that are not published",
            "%(num)s modules have changes that are not published",
            one.count,
        ),
        "outdated": ngettext(
            "%(num)s translation is of an earlier text",
            "%(num)s translations are of earlier texts",
            one.count,
        ),
        "unsigned": ngettext(
            "%(num)s lesson waits for a qualified reviewer",
            "%(num)s lessons wait for a qualified reviewer",
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
    if one.kind == "no-contact":
        why = _("It opens once a contact on duty is set: a name, and how to reach them.")
    elif one.kind in WRITING:
        why = str(WRITING[one.kind])
    else:
        why = _("The oldest one comes first.")
    return Next(_label(one), why, WORDS[one.kind], _("Go there"))
