"""Differences between versions, and what they would change for people, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from lms.rules.programmes.differences import RuleChange
from lms.rules.programmes.effects import RowEffect
from lms.rules.verdict import Amount, Bounds, Row, State
from lms.services.programmes.effects import Effects, PersonEffect
from lms.web.filters import date_words
from lms.web.programmes.labels import LINES, figure_label, figure_words
from lms.web.programmes.words import Titles, say_words
from lms.web.verdict_words import amount_words


@dataclass(frozen=True, slots=True)
class Pair:
    """Something that was and is: what it is called, before, after."""

    label: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """One rule's change as `programmes/_differences.html` wants it."""

    what: str
    label: str
    is_renewal: bool
    pairs: tuple[Pair, ...]
    gone: tuple[Markup, ...]
    new: tuple[Markup, ...]


def change_words(change: RuleChange, titles: Titles) -> ChangeWords:
    """Return what became of a rule, in words."""
    figures = [
        Pair(figure_label(one.figure), figure_words(one.before), figure_words(one.after))
        for one in change.figures
    ]
    lines = [
        Pair(str(LINES[one.field]), _line(one.before), _line(one.after)) for one in change.words
    ]
    label = change.label if change.id else str(_("The programme as a whole"))
    return ChangeWords(
        what=change.what.value,
        label=label,
        is_renewal=change.is_renewal,
        pairs=(*figures, *lines),
        gone=tuple(say_words(one, titles) for one in change.gone),
        new=tuple(say_words(one, titles) for one in change.new),
    )


def _line(value: Any) -> Any:
    if isinstance(value, date):
        return date_words(value)
    return value or _("nothing")


@dataclass(frozen=True, slots=True)
class RowWords:
    """One requirement that would change: state and need before and after, "" where not asked."""

    label: str
    before: str
    after: str
    need_before: str
    need_after: str


@dataclass(frozen=True, slots=True)
class PersonWords:
    """One person for whom something would change."""

    name: str
    url: str
    number: int
    before: str
    after: str
    rows: tuple[RowWords, ...]


PEOPLE_ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class EffectPage:
    """One page of those for whom something would change; `number` counts from 1.

    Shape: `first` is how many stand on the pages before, and one; the addresses keep `to`, the
           version that was asked for.
    """

    people: tuple[PersonWords, ...]
    number: int
    pages: int
    first: int
    earlier: str
    later: str


def effect_page(effects: Effects | None) -> EffectPage:
    """Return the page of people that the address asks for, the nearest where there is none such."""
    changed = effects.changed if effects else ()
    pages = max(1, -(-len(changed) // PEOPLE_ON_A_PAGE))
    asked = request.args.get("people", "")
    typed = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 1
    number = min(max(1, typed), pages)
    before = (number - 1) * PEOPLE_ON_A_PAGE
    return EffectPage(
        tuple(effect_words(changed[before : before + PEOPLE_ON_A_PAGE])),
        number,
        pages,
        before + 1,
        _people_url(number - 1),
        _people_url(number + 1),
    )


def _people_url(number: int) -> str:
    kept = {"to": request.args["to"]} if "to" in request.args else {}
    here = {**kept, **(request.view_args or {}), "people": number, "_anchor": "people"}
    return url_for(str(request.endpoint), **here)


def effect_words(changed: Sequence[PersonEffect]) -> list[PersonWords]:
    """Return for each of these people what would change."""
    return [
        PersonWords(
            name=one.place.name,
            url=f"/enrolments/{one.place.enrolment}",
            number=one.number,
            before=one.effect.before.value,
            after=one.effect.after.value,
            rows=tuple(row_words(row) for row in one.effect.rows),
        )
        for one in changed
    ]


def row_words(row: RowEffect) -> RowWords:
    """Return what would become of one requirement."""
    before, after = row.before, row.after
    return RowWords(row.label, _state(before), _state(after), need_words(before), need_words(after))


def _state(row: Row | None) -> str:
    return row.state.value if row else ""


def need_words(row: Row | None) -> str:
    """Return how much a requirement asks, where that is a number."""
    if row is None or row.state is State.NOT_APPLICABLE:
        return ""
    need = row.tally.need
    if isinstance(need, Bounds):
        need = need.min if need.min is not None else need.max
    if need is None or row.tally.unit.value in ("none", "level"):
        return ""
    return amount_words(Amount(need, row.tally.unit))
