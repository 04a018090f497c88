"""What holds in one place only stays out of lessons; and a figure in prose wants its source."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypedDict

import yaml

from lms.content.definitions import Written, walk
from lms.content.errors import ProblemCode, Problems
from lms.content.files import line_at
from lms.rules.curriculum import Check, Part, Text

_FILE = Path(__file__).with_name("local_law.yaml")
_REMEDY = "Lessons hold no local law. Put it into a pack, and ask for it with a `local` block."

_NOT_LOOKED_AT = re.compile(
    r"\[@[^\]]{0,400}\]"  # citations
    r"|\{\s{0,20}ref:[^}]{0,400}\}|^[ \t-]*(?:ref|where|on|checked_on|of):.*$"  # what a head names
    r"|https?://[^\s)>\]]+|\]\([^)\s]{0,400}\)"  # where links lead
    r"|\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b|\b[0-9]{4} ?[-–] ?[0-9]{4}\b",  # days and years
    re.MULTILINE,
)
_TELEPHONE = re.compile(r"(?<![\w.,])\+?\(?[0-9](?:[ ().–/-]{0,2}[0-9]){6,}(?![\w%])")
_CALLED = re.compile(
    r"\b(?:[Cc]all|[Dd]ial|[Rr]ing|[Pp]hone|[Tt]elephone|[Tt]ext)(?:\s+(?:the|number|on|us|at)){0,3}"
    r"\s+(?P<number>[0-9](?:[ -]?[0-9]){2,})(?![\w%:.]\w|\s+(?:people|persons|times|minutes))"
)
_CAPITAL = r"[A-Z][\w’'-]*"
_STATUTE = re.compile(
    rf"\b{_CAPITAL}(?:\s+(?:{_CAPITAL}|and|of|for|the|in|to|against|\([A-Z][^)]{{0,40}}\))){{0,8}}"
    r"\s+(?:Act|Ordinance|Statute|Directive|Decree)\b"
)
_SECTION = re.compile(r"(?:\b(?:[Ss]ection|[Aa]rticle)\s+|§+\s*)[0-9]+[A-Za-z]?\b")

_LIST_NUMBER = re.compile(
    r"^[ \t]*(?:(?:[-*+>][ \t]+)*[0-9]{1,3}[.)]|\|[ \t]*[0-9]{1,3})\s", re.MULTILINE
)
_PLAIN_NUMBER = re.compile(
    r"\b[0-9]{1,2}[:.][0-9]{2}\b"  # times of day
    r"|\b[0-9]+(?:\s*(?:to|-|–|or)\s*[0-9]+)?\s+(?:minutes?|o.clock|am|pm)\b"
    r"|\b(?:[Ll]essons?|[Ss]teps?|[Mm]odules?|[Pp]arts?|[Pp]hases?|[Aa]ged?)\s+[0-9]+(?:\s*(?:to|and|-|–)\s*[0-9]+)?\b"
)
_FIGURE = re.compile(
    r"\b[0-9][0-9.,]*\s?(?:%|per ?cent\b)?|\bper ?cent\b|\bone in (?:two|three|four|five|six|ten)\b"
)
_CITED = re.compile(r"\[@[^\]]{1,400}\]")
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")


class _Listed(TypedDict):
    numbers: list[str]
    names: list[str]


def check_local_law(text: str, problems: Problems) -> None:
    """Note telephone numbers, statutes and national bodies in the text of a whole file."""
    shown = _NOT_LOOKED_AT.sub(_blank, text)
    for offset, found in sorted(set(_local(shown))):
        problems.add(ProblemCode.LOCAL_LAW, _message(found), line=line_at(text, offset))


def check_local_law_in(written: Written[Any]) -> None:
    """Note the same in each text of a definition from YAML."""
    for place, value in walk(written.value):
        if isinstance(value, str) and "where" not in place[-1:]:
            for _, found in _local(_NOT_LOOKED_AT.sub(_blank, value)):
                written.add(ProblemCode.LOCAL_LAW, _message(found), *place)


def warn_of_figures(parts: Iterable[Part], text: str, problems: Problems) -> None:
    """Warn of each paragraph that gives a figure and no source."""
    for part in parts:
        if isinstance(part, Text):
            _warn_of_prose(part, problems)
        elif isinstance(part, Check) and part.source is None:
            for option in part.options:
                _warn_of_words(option.feedback, text, problems)


def _warn_of_prose(part: Text, problems: Problems) -> None:
    start = 0
    ends = [found.end() for found in _EMPTY_LINE.finditer(part.markdown)]
    for end in (*ends, len(part.markdown)):
        paragraph = part.markdown[start:end]
        figure = _figure_without_source(paragraph)
        if figure is not None:
            line = line_at(part.markdown, start + figure.start(), part.line)
            problems.warn(ProblemCode.NOT_CITED, _no_source(figure[0]), line=line)
        start = end


def _warn_of_words(words: str, text: str, problems: Problems) -> None:
    figure = _figure_without_source(words)
    if figure is not None:
        offset = max(0, text.find(words.split("\n")[0][:40]))
        problems.warn(ProblemCode.NOT_CITED, _no_source(figure[0]), line=line_at(text, offset))


def _figure_without_source(words: str) -> re.Match[str] | None:
    if _CITED.search(words):
        return None
    shown = _NOT_LOOKED_AT.sub(_blank, words)
    shown = _PLAIN_NUMBER.sub(_blank, _LIST_NUMBER.sub(_blank, shown))
    return _FIGURE.search(shown)


def _message(found: str) -> str:
    return f"'{' '.join(found.split())[:80]}' holds in one place only. {_REMEDY}"


def _no_source(figure: str) -> str:
    return f"'{figure.strip()}' has no source in its paragraph. Cite one, or say it without."


def _local(text: str) -> Iterator[tuple[int, str]]:
    for pattern in (_TELEPHONE, _CALLED, _STATUTE, _SECTION, _listed()):
        for found in pattern.finditer(text):
            yield found.start(), found[0]


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


@cache
def _listed() -> re.Pattern[str]:
    listed: _Listed = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    names = "|".join(re.escape(name) for name in listed["names"])
    numbers = "|".join(re.escape(number) for number in listed["numbers"])
    return re.compile(rf"(?<!\w)(?:{names})(?!\w)|(?<![\w.,-])(?:{numbers})(?![\w%,]|[.-]\d)")
