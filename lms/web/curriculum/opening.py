"""Opening a lesson: in the version that its reader has open on this device, and the way back.

A small cookie says which version that is, for the last eight lessons. It names nobody and none of
them: of each it holds a number, a day and a signature over these, the reader and the lesson, so
that it counts for this reader and this lesson and no others.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from hmac import compare_digest, digest
from typing import Any, NamedTuple

from flask import current_app, redirect, request, url_for
from werkzeug.wrappers import Response as Reply

from lms.db import utcnow
from lms.rules.curriculum import SOURCE_LANGUAGE
from lms.rules.learning import DAYS_OPEN, LESSONS_OPEN, is_still_open
from lms.services.curriculum import LessonPage, open_lesson
from lms.services.errors import MissingError
from lms.web.access import signed_in, the_actor
from lms.web.frame import spoken
from lms.web.state import current_session, state

COOKIE = "alongside_open"
PATH = "/modules"
LONGEST = 1000
_ONE = re.compile(r"(?<![^-])([0-9]{1,9})\.([0-9]{1,7})\.([0-9a-f]{64})(?![^-])")


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


class _Open(NamedTuple):
    """One lesson that was opened on this device: in which version, and on which day."""

    number: int
    day: int
    mark: str

    @property
    def told(self) -> str:
        """Return what is signed."""
        return f"{self.number}.{self.day}"

    def is_of(self, module: str, lesson: str) -> bool:
        """Say whether this is the asker's, and of this lesson."""
        return compare_digest(self.mark, _mark(module, lesson, self.told))


def _all_open() -> list[_Open]:
    """Return what the device keeps and the days allow, the last one opened first."""
    today = utcnow().date()
    written = _ONE.findall(request.cookies.get(COOKIE, "")[:LONGEST])
    found = [_Open(int(number), int(day), mark) for number, day, mark in written]
    return [one for one in found if is_still_open(_day(one.day), today)][:LESSONS_OPEN]


def _day(ordinal: int) -> date:
    return date.fromordinal(min(ordinal or 1, date.max.toordinal()))


def held_version(module: str, lesson: str) -> int | None:
    """Return the version of a lesson that the asker has open on this device, None without one."""
    return next((one.number for one in _all_open() if one.is_of(module, lesson)), None)


def hold_version(reply: Reply, page: LessonPage) -> Reply:
    """Keep the version that is shown until the lesson is left, or for 14 days.

    Edge: of more than eight lessons the ones opened first are forgotten; on a device that others
          use as well all are, with the browser's window.
    """
    module, lesson, number = page.module.slug, page.written.slug, page.version.number
    if held_version(module, lesson) == number:
        return reply
    new = _Open(number, utcnow().date().toordinal(), "")
    new = new._replace(mark=_mark(module, lesson, new.told))
    others = [one for one in _all_open() if not one.is_of(module, lesson)]
    return _keep(reply, [new, *others][:LESSONS_OPEN])


def let_go(reply: Reply, module: str, lessons: Iterable[str]) -> Reply:
    """Forget which versions were open: these lessons are left, and their newest is met next."""
    found, slugs = _all_open(), tuple(lessons)
    left = [one for one in found if not any(one.is_of(module, slug) for slug in slugs)]
    if left:
        return reply if left == found else _keep(reply, left)
    if COOKIE in request.cookies:
        reply.delete_cookie(COOKIE, path=PATH)
    return reply


def _keep(reply: Reply, lessons: list[_Open]) -> Reply:
    found = signed_in()
    reply.set_cookie(
        COOKIE,
        "-".join(f"{one.told}.{one.mark}" for one in lessons),
        max_age=None if found and found.shared_device else timedelta(days=DAYS_OPEN + 1),
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=state().settings.secure,
    )
    return reply


def _mark(module: str, lesson: str, told: str) -> str:
    """Return the signature over what stands in the cookie, the reader and the lesson."""
    signed = f"open-lesson/{the_actor().person_id}/{module}/{lesson}/{told}"
    return digest(str(current_app.config["SECRET_KEY"]).encode(), signed.encode(), "sha256").hex()


def back_to(page: LessonPage, anchor: str, **more: Any) -> Reply:
    """Lead back to the block, in the version that was read."""
    module, lesson, number = page.module.slug, page.lesson.slug, page.version.number
    is_plain = number == (held_version(module, lesson) or page.current)
    where = {"module": module, "lesson": lesson, "v": None if is_plain else number, **more}
    if page.in_original:
        where["in"] = SOURCE_LANGUAGE
    if page.on is not None:
        where["on"] = request.args.get("on", 1, type=int)
    if page.is_other and not the_actor().is_trainee:
        where["way"] = "other"
    return redirect(url_for("curriculum.lesson", _anchor=anchor, **where))


def has_met_notes(page: LessonPage) -> bool:
    """Say whether the address tells that the notes of this page, as they are now, were read."""
    met = request.args.get("on")
    return met is not None and page.on in {None, 1, request.args.get("on", type=int)}
