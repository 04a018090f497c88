"""What stands on Today: the next thing, lines of lists, measures."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from lms.services.curriculum import Waiting as Reading
from lms.web.languages import lesson_called, module_called


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


def changed_words() -> str:
    """Return the sentence beside a lesson that was read and is asked for again."""
    return str(_("You have read it. It teaches something new now, so your programme asks again."))


def changed_lines(reading: Reading) -> Iterator[Line]:
    """Yield the lessons that were read and are asked for again, as lines that lead to them."""
    for module, lesson in reading.changed:
        url = f"/modules/{module.slug}/{lesson.slug}"
        yield Line(lesson_called(lesson, module), url, module_called(module))
