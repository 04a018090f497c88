"""A programme's sentences, figures and differences in the reader's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup, escape

from lms.rules.programmes.figures import Sort
from lms.rules.programmes.quantities import (
    is_to_be_set,
    minutes_from,
    percent_from,
)
from lms.rules.programmes.telling import Told
from lms.rules.programmes.telling.codes import (
    Amount,
    Area,
    Group,
    Heading,
    Levels,
    Moment,
    Names,
    Say,
)
from lms.rules.programmes.telling.sentences import TELLS
from lms.rules.verdict.words import WHO
from lms.web.filters import date_words, minutes_words, percent_words
from lms.web.verdict_words import KINDS as HOURS_KINDS

Titles = Mapping[str, str]

HEADINGS: dict[Heading, Any] = {
    Heading.ASKS: _l("What is asked"),
    Heading.COUNTS: _l("What counts, and what does not"),
    Heading.AGAINST: _l("What it is measured against"),
    Heading.ALSO: _l("Hours from elsewhere that count too"),
    Heading.WHEN: _l("When it must have happened"),
    Heading.DECIDES: _l("Who decides"),
    Heading.WEIGHT: _l("How much it weighs"),
    Heading.WHOLE: _l("The programme"),
    Heading.TERM: _l("How long the certificate lasts, and how it is renewed"),
    Heading.PRINTED: _l("What is printed"),
    Heading.GATES: _l("What is waited for"),
}
BEHIND = {Heading.DECIDES, Heading.WEIGHT}
LEDGERS: dict[str, Any] = {
    "training": _l("training hours"),
    "practice": _l("practice hours"),
    "supervision": _l("supervision hours"),
    "continuing-education": _l("hours of further learning"),
}
ROLES: dict[str, Any] = {"self": _l("the trainee"), "peer": _l("a peer")}
PLAIN: dict[str, Any] = {
    "whole": _l("the whole"),
    "live": _l("live"),
    "self-study": _l("alone, without others"),
    "in-person": _l("in person"),
    "video": _l("video"),
    "phone": _l("voice alone"),
    "code": _l("by a code on the trainee's device"),
    "paper": _l("on paper"),
    "link": _l("by a link"),
    "account": _l("with an account of one's own"),
    "any": _l("anything to them at all"),
    "yes": _l("yes"),
    "ready": _l("ready"),
    "True": _l("so"),
    "False": _l("not so"),
    "kind": _l("kind"),
    "domain": _l("field"),
    "topic": _l("topic"),
    "provider": _l("provider"),
    "supervisor": _l("supervisor"),
    "population": _l("people they are with"),
    "valid": _l("valid"),
    "suspended": _l("suspended"),
    "expired": _l("past its date"),
    "clear": _l("clear"),
    "accepted": _l("accepted"),
    "enrolled_on": _l("the day of enrolment"),
    "stage": _l("the stage"),
    "today": _l("today"),
    **HOURS_KINDS,
}
MOMENTS: dict[str, Any] = {
    "today": _l("today"),
    "enrolled": _l("the day of enrolment"),
    "fact": _l("the recorded day “%(about)s”"),
    "certificate": _l("the day the certificate was issued (%(about)s)"),
    "certificate-end": _l("the last day of the certificate (%(about)s)"),
    "requirement": _l("the day “%(about)s” was met"),
}
UNITS: dict[str, Any] = {
    "day": lambda n: ngettext("%(num)s day", "%(num)s days", n),
    "week": lambda n: ngettext("%(num)s week", "%(num)s weeks", n),
    "month": lambda n: ngettext("%(num)s month", "%(num)s months", n),
    "year": lambda n: ngettext("%(num)s year", "%(num)s years", n),
}


@dataclass(frozen=True, slots=True)
class Part:
    """Sentences under a heading."""

    heading: str
    sentences: tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class RuleWords:
    """One requirement as `programmes/_rule.html` wants it.

    Shape: `told` is the rule's own structure, `parts` what is read first, `more` what stands behind
           it: who decides, and how much it weighs.
    """

    told: Told
    parts: tuple[Part, ...]
    more: tuple[Part, ...]
    children: tuple["RuleWords", ...]


def rule_words(told: Told, titles: Titles) -> RuleWords:
    """Return a requirement, and those inside it, in words."""
    children = tuple(rule_words(child, titles) for child in told.children)
    behind = [group for group in told.groups if group.heading in BEHIND]
    first = [group for group in told.groups if group.heading not in BEHIND]
    return RuleWords(told, group_words(first, titles), group_words(behind, titles), children)


def group_words(groups: Iterable[Group], titles: Titles) -> tuple[Part, ...]:
    """Return groups of sentences in words."""
    return tuple(
        Part(str(HEADINGS[group.heading]), tuple(say_words(one, titles) for one in group.says))
        for group in groups
    )


def say_words(one: Say, titles: Titles) -> Markup:
    """Return one sentence in words, its figures marked where they are still to be set."""
    values = {name: escape(value_words(value, titles)) for name, value in one.values}
    # a sentence is ours or its translation; every value in it is escaped above
    template = Markup(_(TELLS[one.code].one))  # noqa: S704
    words = template % values
    part = values.get("part")
    return Markup("{}: {}").format(part, words) if part else words


def value_words(value: Any, titles: Titles) -> Any:
    """Return one value of a sentence in words."""
    if isinstance(value, Amount):
        return amount_words(value.sort, value.text)
    if isinstance(value, Names):
        return _joined([name_words(value.area, one, titles) for one in value.ids], value.joined)
    if isinstance(value, Levels):
        pairs = [f"{titles.get(name, plain_words(name))} {level}" for name, level in value.pairs]
        return _joined(pairs, "and")
    if isinstance(value, Moment):
        return moment_words(value, titles)
    if isinstance(value, date):
        return date_words(value)
    if isinstance(value, bool):
        return PLAIN[str(value)]
    return _unset() if is_to_be_set(value) else value


def _unset() -> Markup:
    return Markup('<mark class="unset">{}</mark>').format(_("still to be set"))


def amount_words(sort: Sort, text: Any) -> Any:
    """Return a figure in words; what cannot be read stands as it was written."""
    if is_to_be_set(text):
        return _unset()
    try:
        return _readable(sort, str(text).strip())
    except ValueError:
        return text


def _readable(sort: Sort, text: str) -> str:
    if sort is Sort.TIME:
        return minutes_words(minutes_from(text))
    if sort is Sort.TIME_OR_SHARE:
        return _readable(Sort.PERCENT if text.endswith("%") else Sort.TIME, text)
    if sort is Sort.PERCENT:
        return percent_words(percent_from(text))
    if sort is Sort.STRETCH:
        return stretch_words(text)
    if sort is Sort.TIME_OR_STRETCH:
        is_stretch = any(unit in text for unit in UNITS)
        return _readable(Sort.STRETCH if is_stretch else Sort.TIME, text)
    return text


def stretch_words(text: str) -> str:
    """Return a stretch of the calendar in words; as written where it is none."""
    number, _gap, unit = text.strip().partition(" ")
    make = UNITS.get(unit.removesuffix("s"))
    return str(make(int(number))) if make and number.isdecimal() else text


def moment_words(moment: Moment, titles: Titles) -> str:
    """Return a day that a rule counts from, in words."""
    if moment.base == "date":
        words = date_words(date.fromisoformat(moment.about)) if moment.about else ""
    else:
        about = titles.get(moment.about, plain_words(moment.about))
        words = str(MOMENTS.get(moment.base, moment.about)) % {"about": about}
    for sign, stretch in moment.moves:
        values = {"day": words, "stretch": stretch_words(stretch)}
        later = sign == "+"
        words = (
            _("%(day)s and %(stretch)s", **values)
            if later
            else _("%(stretch)s before: %(day)s", **values)
        )
    return words


def name_words(area: Area, name: str, titles: Titles) -> str:
    """Return a name in words: a title, a role, a kind of hours, or the name itself."""
    if area is Area.LEDGER:
        return str(LEDGERS.get(name, name))
    if area is Area.ROLE:
        known = {who.value: _(words.one) for who, words in WHO.items()}
        return str(ROLES.get(name) or known.get(name) or plain_words(name))
    if area is Area.CONTENT:
        return titles.get(name, plain_words(name))
    return name if area is Area.LABEL else plain_words(name)


def plain_words(name: str) -> str:
    """Return an id as words: "hand-off" reads "hand off"."""
    known = PLAIN.get(name)
    return str(known) if known is not None else name.replace("-", " ").replace("_", " ")


def _joined(parts: list[str], how: str) -> str:
    if len(parts) < 2:
        return "".join(parts)
    values = {"first": ", ".join(parts[:-1]), "last": parts[-1]}
    return str(
        _("%(first)s or %(last)s", **values)
        if how == "or"
        else _("%(first)s and %(last)s", **values)
    )
