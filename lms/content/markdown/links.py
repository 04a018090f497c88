"""What the renderer is told from outside, and which addresses text may hold."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lms.content.errors import TO_ADD, ProblemCode
from lms.rules.definitions import SourceRef

_WEB = re.compile(r"https?://[^\s\x00-\x20\\<>\"']+")
_LESSON = re.compile(
    r"(?:\.\./(?P<module>[a-z0-9-]+)/)?(?:[0-9]{2}-)?(?P<lesson>[a-z0-9][a-z0-9-]*)\.md"
)
_WORD = re.compile(r"word:(?P<id>[A-Za-z0-9-]{1,80})")
_PICTURE = re.compile(r"img/(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*\.(?:svg|png|jpg))")
_CITATION = re.compile(r"(?P<ref>[A-Za-z0-9][A-Za-z0-9-]*)(?:\s*:\s*(?P<where>.*))?", re.DOTALL)


def _nowhere(*_names: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Links:
    """How to name a source and where lessons and pictures are; None from any of them is a problem.

    Shape: `cite(reference id)` gives the short words of a citation; `lesson(module, lesson)` an
           address, where an empty module is this one and an empty lesson the module's own page;
           `picture(file name)` an address; `word(id of a term)` too, and is None where no words
           are explained.
    """

    cite: Callable[[str], str | None] = _nowhere
    lesson: Callable[[str, str], str | None] = _nowhere
    picture: Callable[[str], str | None] = _nowhere
    word: Callable[[str], str | None] | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """One line of a table of contents. `level` is 2 to 6."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem in Markdown; `sought` is text to look for in the source, to find its line."""

    code: ProblemCode
    message: str
    sought: str


@dataclass(slots=True)
class Notes:
    """What is learnt of a page while its texts are rendered one after the other."""

    links: Links
    headings: list[Heading] = field(default_factory=list)
    cited: list[SourceRef] = field(default_factory=list)
    linked: list[str] = field(default_factory=list)
    pictured: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    may_head: bool = True

    def find(self, code: ProblemCode, message: str, sought: str) -> None:
        """Note a problem."""
        self.findings.append(Finding(code, message, sought))


def web_address(written: str) -> str | None:
    """Return an http or https address as it is, or None."""
    address = html.unescape(written).strip()
    return address if _WEB.fullmatch(address) else None


def link_target(written: str, notes: Notes) -> str | None:
    """Return the address a link leads to, or None, with the reason noted."""
    address = web_address(written)
    if address is not None:
        return address
    if written.startswith("word:"):
        return _word_target(written, notes)
    lesson = _LESSON.fullmatch(written)
    if lesson is None:
        message = f"'{written[:80]}' is no web address and no lesson. Use https://… or 'lesson.md'."
        notes.find(ProblemCode.LINK_NOT_ALLOWED, message, written)
        return None
    slug = "" if lesson["lesson"] == "module" else lesson["lesson"]
    target = notes.links.lesson(lesson["module"] or "", slug)
    if target is None:
        message = f"There is no lesson '{written}'. Mend the link, or take it out."
        notes.find(ProblemCode.DEAD_LINK, message, written)
    return target


def _word_target(written: str, notes: Notes) -> str | None:
    """Return where a term is explained; each one that is linked is kept in reading order."""
    word = _WORD.fullmatch(written)
    if notes.links.word is None:
        message = "A word of the glossary cannot be linked here, only in a lesson. Write it out."
        notes.find(ProblemCode.LINK_NOT_ALLOWED, message, written)
        return None
    target = notes.links.word(word["id"]) if word else None
    if word is None or target is None:
        message = f"'{written[5:85]}' is not in glossary.yaml. {TO_ADD}"
        notes.find(ProblemCode.UNKNOWN_WORD, message, written)
        return None
    notes.linked.append(word["id"])
    return target


def picture_target(written: str, notes: Notes) -> str | None:
    """Return the address of a picture, or None, with the reason noted."""
    picture = _PICTURE.fullmatch(written)
    if picture is None:
        message = f"'{written[:80]}' is no picture of this module. Use 'img/name.svg' or '.png'."
        notes.find(ProblemCode.LINK_NOT_ALLOWED, message, written)
        return None
    target = notes.links.picture(picture["name"])
    if target is None:
        message = f"The picture '{written}' is missing. Add the file, or mend the name."
        notes.find(ProblemCode.MISSING_PICTURE, message, written)
    else:
        notes.pictured.append(picture["name"])
    return target


def citation(written: str, notes: Notes) -> tuple[SourceRef, str] | None:
    """Return a citation such as `gilbert-2025: Findings` with its short words, or None."""
    found = _CITATION.fullmatch(written.strip())
    if found is None:
        message = f"'[@{written[:80]}]' is no citation yet. Write '[@id: where]'."
        notes.find(ProblemCode.UNKNOWN_REFERENCE, message, written)
        return None
    where = " ".join((found["where"] or "").split())
    words = notes.links.cite(found["ref"])
    if words is None:
        message = f"The source '{found['ref']}' is not in references.yaml. {TO_ADD}"
        notes.find(ProblemCode.UNKNOWN_REFERENCE, message, f"@{found['ref']}")
        return None
    source = SourceRef(found["ref"], where)
    notes.cited.append(source)
    return source, words
