"""The values of sentences, and how sentences are gathered under headings."""

import re
from collections.abc import Iterator, Mapping

from lms.rules.programmes.evidence import Hours
from lms.rules.programmes.figures import Sort
from lms.rules.programmes.quantities import is_to_be_set
from lms.rules.programmes.telling.codes import Amount, Area, Group, Heading, Moment, Names, Say

Says = Iterator[Say]
_MOVE = re.compile(r"\s+([+-])\s+")


def a_time(text: str) -> Amount:
    """Return a time of work as written."""
    return Amount(Sort.TIME, text)


def a_stretch(text: str) -> Amount:
    """Return a stretch of the calendar as written."""
    return Amount(Sort.STRETCH, text)


def a_number(value: int | str) -> Amount:
    """Return a whole number as written."""
    return Amount(Sort.NUMBER, value)


def a_percent(value: int | str) -> Amount:
    """Return a percentage as written."""
    return Amount(Sort.PERCENT, value)


def ledger_of(hours: Hours) -> Names:
    """Return which hours are meant."""
    return Names(Area.LEDGER, (hours.ledger,))


def plain(*names: str, joined: str = "and") -> Names:
    """Return names that have no titles."""
    return Names(Area.PLAIN, tuple(names), joined)


def either(names: tuple[str, ...]) -> Names:
    """Return names of which any will do."""
    return Names(Area.PLAIN, names, "or")


def content(*names: str, joined: str = "and") -> Names:
    """Return names of content, whose titles a page knows."""
    return Names(Area.CONTENT, tuple(names), joined)


def roles(names: tuple[str, ...]) -> Names:
    """Return roles of which any will do."""
    return Names(Area.ROLE, names, "or")


def moment_from(anchor: str) -> Moment:
    """Return a day as a rule names it: what it is, of what, and how far it is moved."""
    base, *moves = _MOVE.split(anchor.strip())
    kind, _, about = base.strip().partition(":")
    if not about and kind not in ("today", "enrolled"):
        kind, about = "date", kind
    return Moment(kind, about.strip(), tuple(zip(moves[::2], moves[1::2], strict=False)))


def is_unset(groups: tuple[Group, ...]) -> bool:
    """Say whether a figure in these sentences is still to be set."""
    values = (value for group in groups for one in group.says for _name, value in one.values)
    return any(is_to_be_set(v.text if isinstance(v, Amount) else v) for v in values)


def grouped(found: Mapping[Heading, Says]) -> tuple[Group, ...]:
    """Return sentences by heading, without headings that nothing stands under."""
    groups = (Group(heading, tuple(says)) for heading, says in found.items())
    return tuple(group for group in groups if group.says)
