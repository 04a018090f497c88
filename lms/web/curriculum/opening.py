"""Opening a lesson: in the version that its reader has open on this device, and the way back.

A small cookie says which version that is. It names nobody and no lesson: it holds a number, a day
and a signature over them, the reader and the lesson, so that it counts for these and no others.
"""

from datetime import date, timedelta
from hmac import compare_digest, digest
from typing import Any

from flask import current_app, redirect, request, url_for
from werkzeug.wrappers import Response as Reply

from lms.db import utcnow
from lms.rules.curriculum import SOURCE_LANGUAGE
from lms.rules.learning import DAYS_OPEN, is_still_open
from lms.rules.notes import stands_first
from lms.services.curriculum import LessonPage, open_lesson
from lms.services.errors import MissingError
from lms.web.access import signed_in, the_actor
from lms.web.frame import spoken
from lms.web.state import current_session, state

COOKIE = "alongside_open"
PATH = "/modules"


def version_number(written: str | None) -> int | None:
    """Return the version that an address or a form names, None for the newest."""
    if not written:
        return None
    if not written.isdecimal() or len(written) > 9:
        raise MissingError
    return int(written)


def open_for_asker(module: str, lesson: str) -> LessonPage:
    """Return the lesson that an address names, on the way that a trainee took.

    Edge:   the version that the address names counts, else the one that is open on this device,
            else the newest; for staff the way stands in the address: nothing is kept of them.
    Raises: MissingError; LeftOutError where the trainee's programme omits it.
    """
    number = version_number(request.args.get("v"))
    held = held_version(module, lesson) if number is None else None
    if held is not None:
        try:
            return _open(module, lesson, held)
        except MissingError:  # a version that this database does not have: the newest is there
            pass
    return _open(module, lesson, number)


def _open(module: str, lesson: str, number: int | None) -> LessonPage:
    actor = the_actor()
    return open_lesson(
        current_session(),
        module,
        lesson,
        number=number,
        reader_id=actor.person_id if actor.is_trainee else None,
        is_other=request.args.get("way") == "other",
        language=spoken(),
        in_original=request.args.get("in") == SOURCE_LANGUAGE,
    )


def held_version(module: str, lesson: str) -> int | None:
    """Return the version of a lesson that the asker has open on this device, None without one."""
    told, __, mark = request.cookies.get(COOKIE, "").rpartition(".")
    number, __, day = told.partition(".")
    if not (number.isdecimal() and day.isdecimal() and len(told) < 20):
        return None
    if not compare_digest(mark.encode(), _mark(module, lesson, told).encode()):
        return None
    today = utcnow().date()
    opened_on = date.fromordinal(min(int(day) or 1, date.max.toordinal()))
    return int(number) if is_still_open(opened_on, today) else None


def hold_version(reply: Reply, page: LessonPage) -> Reply:
    """Keep the version that is shown until the lesson is left, or for 14 days.

    Edge: on a device that others use as well it is forgotten with the browser's window.
    """
    module, lesson, number = page.module.slug, page.written.slug, page.version.number
    if held_version(module, lesson) == number:
        return reply
    told = f"{number}.{utcnow().date().toordinal()}"
    found = signed_in()
    reply.set_cookie(
        COOKIE,
        f"{told}.{_mark(module, lesson, told)}",
        max_age=None if found and found.shared_device else timedelta(days=DAYS_OPEN + 1),
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=state().settings.secure,
    )
    return reply


def let_go(reply: Reply) -> Reply:
    """Forget which version was open: the lesson is left, and its newest one is met next."""
    if COOKIE in request.cookies:
        reply.delete_cookie(COOKIE, path=PATH)
    return reply


def _mark(module: str, lesson: str, told: str) -> str:
    """Return the signature over what the cookie says, the reader and the lesson."""
    signed = f"open-lesson/{the_actor().person_id}/{module}/{lesson}/{told}"
    return digest(str(current_app.config["SECRET_KEY"]).encode(), signed.encode(), "sha256").hex()


def back_to(page: LessonPage, anchor: str, **more: Any) -> Reply:
    """Lead back to the block, in the version that was read."""
    module, lesson, number = page.module.slug, page.lesson.slug, page.version.number
    is_plain = number == (held_version(module, lesson) or page.current)
    where = {"module": module, "lesson": lesson, "v": None if is_plain else number, **more}
    if page.in_original:
        where["in"] = SOURCE_LANGUAGE
    if page.waits or stands_first(page.written.head.content_note, page.wishes):
        where["on"] = 1
    if page.is_other and not the_actor().is_trainee:
        where["way"] = "other"
    return redirect(url_for("curriculum.lesson", _anchor=anchor, **where))
