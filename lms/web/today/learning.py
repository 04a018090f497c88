"""A trainee's Today: the one next thing, what comes, what waits for others, so far."""

from typing import Any

from flask_babel import gettext as _

from lms.db import utcnow
from lms.models import Enrolment
from lms.rules.cohorts import PracticeHold
from lms.rules.verdict import State, Verdict
from lms.services.certificates import OwnNotice
from lms.services.curriculum import NextLesson, find_waiting
from lms.services.curriculum import Waiting as Reading
from lms.services.gatherings import ComingRow, own_matters
from lms.services.people import today_in
from lms.services.practice import practice_hold
from lms.services.verdicts import shown_place
from lms.web.certificates.notices import first_words
from lms.web.curriculum import topic_words
from lms.web.filters import datetime_words, minutes_words
from lms.web.languages import filled, lesson_called, module_called, titles_now
from lms.web.state import current_session
from lms.web.today.lines import Line, Next, changed_lines, changed_words
from lms.web.today.verdicts import own_rows, told_of
from lms.web.verdict_words import RequirementRow


def parts_for_trainee(place: Enrolment, notices: list[OwnNotice]) -> dict[str, Any]:
    """Return what a trainee's page shows, by the names the template knows."""
    session = current_session()
    on = today_in(place.cohort.zone, utcnow())
    _, _, verdict = shown_place(session, place, on=on)
    told = told_of(place.id, verdict, titles_now(session))
    matters = own_matters(session, place, now=utcnow())
    reads = any(row.kind == "completions" for row in own_rows(told.leaves))
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


def _coming(row: ComingRow, place: Enrolment) -> Line:
    """Return the next gathering as a line: what is open to one's own choice waits for nothing."""
    words = ""
    if row.is_shut:
        words = _("after the trust agreement")
    elif not row.expected:
        words = _("open to you, if you want to") if row.is_joint else _("you are not expected")
    meta = datetime_words(row.begins_at, place.cohort.zone)
    return Line(row.title, f"/gatherings/{row.public_id}", f"{meta} · {words}" if words else meta)


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


def _next_of(leaves: list[RequirementRow], reading: Reading) -> Next:
    for row in own_rows(leaves):
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
