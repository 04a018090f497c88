"""Requirements that nobody could ever meet, each with an example of who would try in vain."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, TypeVar

from lms.rules.programmes import nodes
from lms.rules.programmes.evidence import Hours, HoursPart, Subset, Window
from lms.rules.programmes.quantities import (
    add_length,
    length_from,
    minutes_from,
    number_from,
    percent_from,
)
from lms.rules.record import Problem
from lms.rules.verdict.terms import Unit
from lms.rules.verdict.words import Amount, english_amount

Path = tuple[str | int, ...]
Figure = TypeVar("Figure")

SINGLE = ("kinds", "modes", "media", "providers", "populations")
"""Keys of which an entry has one value at most."""
LISTS = (*SINGLE, "domains", "topics", "flags")
COUNTED_BY = {"kind": "kinds", "provider": "providers", "population": "populations"}
STARTS = [date(year, month, 1) for year in range(2023, 2027) for month in range(1, 13)]
"""Enough beginnings to compare stretches of months with stretches of days."""


def contradictions_in(node: nodes.Node, path: Path) -> Iterator[Problem]:
    """Yield why a requirement could never be met, whatever a person does; its children aside."""
    for place, hours in _hours_of(node, path):
        yield from _never_accepted(hours, (*place, "accept"))
        yield from _shut_window(hours.within, (*place, "within"))
    within = getattr(node, "within", None)
    if isinstance(within, Window):
        yield from _shut_window(within, (*path, "within"))
    check = _CHECKS.get(type(node))
    if check is not None:
        yield from check(node, path)


def _hours_of(node: Any, path: Path) -> Iterator[tuple[Path, Hours]]:
    for key in ("hours", "to", "of_hours", "over"):
        hours = getattr(node, key, None)
        if isinstance(hours, Hours):
            yield (*path, key), hours
    for number, hours in enumerate(getattr(node, "also", ())):
        yield (*path, "also", number), hours


def _never_accepted(hours: Hours, path: Path) -> Iterator[Problem]:
    """Yield each list of `accept` that refuses every entry that is meant."""
    accept = hours.accept
    for key, barred in (
        ("kinds", accept.without_kinds),
        ("topics", accept.without_topics),
        ("flags", accept.without_flags),
    ):
        meant = getattr(hours.of, key)
        if meant and set(meant) <= set(barred):
            yield _never((*path, f"without_{key}"), _in_vain(meant[0]))
    allowed = {"modes": accept.modes, "media": accept.media}
    allowed["providers"] = tuple(provider.id for provider in accept.providers)
    for key, wanted in allowed.items():
        meant = getattr(hours.of, key)
        if meant and wanted and not set(meant) & set(wanted):
            yield _never((*path, key), _in_vain(meant[0]))


def _in_vain(name: str) -> str:
    return f"It means only hours such as “{name}” and accepts none such: all would be refused."


def _shut_window(within: Window, path: Path) -> Iterator[Problem]:
    since, until = _read(date.fromisoformat, within.since), _read(date.fromisoformat, within.until)
    if since is not None and until is not None and until < since:
        yield _never((*path, "until"), f"It ends on {until}, before it begins on {since}.")


def _in_a_sum(node: nodes.Sum, path: Path) -> Iterator[Problem]:
    least, most = _read(minutes_from, node.min), _read(minutes_from, node.max)
    hard = [part for part in node.parts if part.severity == "required"]
    own = {part.id: _read(minutes_from, part.min) or 0 for part in hard}
    need = (least or 0) + sum(own[part.id] for part in hard if not part.inside)
    asked = max([need, *own.values()])
    if most is not None and (least is None or least <= most) and asked > most:
        words = f"The parts alone ask for {_time(asked)}: who has that is above the maximum."
        yield _never((*path, "max"), words)
    if path[-1] != "into" and not node.also:  # other hours may stand in for what is lacking
        yield from _in_parts(node, path, need, own)


def _in_parts(node: nodes.Sum, path: Path, need: int, own: dict[str, int]) -> Iterator[Problem]:
    least = _read(minutes_from, node.min)
    caps = {part.id: _cap(part, least) for part in node.parts if part.severity == "required"}
    for number, part in enumerate(node.parts):
        where = (*path, "parts", number, "min")
        if own.get(part.id, 0) and _is_apart(part.of, node.hours.of):
            yield _never(where, "No entry that is meant above belongs to this part.")
        for other in node.parts:
            cap = caps.get(other.id)
            if other is part or cap is None or own.get(part.id, 0) <= cap:
                continue
            if _is_inside(part.of, other.of):
                has = f"who has {_time(own[part.id])} has {_time(cap)} counted"
                words = f"All of it is under the cap of “{other.label}”: {has}."
                yield _never(where, words)
    most = _most_counted(node, caps)
    if most is not None and most < need:
        words = f"All of it is under caps: who has any number of hours has {_time(most)} counted."
        yield _never((*path, "min"), words)


def _most_counted(node: nodes.Sum, caps: dict[str, int | None]) -> int | None:
    """Return the most that caps can let through where every entry is under one, else None."""
    found: list[int] = []
    for part in node.parts:
        cap = caps.get(part.id)
        if cap is not None and _is_inside(node.hours.of, part.of):
            found.append(cap)
    for key in SINGLE:
        meant = set(getattr(node.hours.of, key))
        alike = [
            (set(getattr(part.of, key)), cap)
            for part in node.parts
            if (cap := caps.get(part.id)) is not None and _sets_only(part.of, key)
        ]
        if meant and meant <= set().union(*(names for names, _ in alike)):
            found.append(sum(cap for names, cap in alike if names & meant))
    return min(found, default=None)


def _cap(part: HoursPart, least: int | None) -> int | None:
    if not part.cap.strip().endswith("%"):
        return _read(minutes_from, part.cap)
    share = _read(percent_from, part.cap)
    return None if share is None or least is None else int(share * least / 100)


def _is_inside(inner: Subset, outer: Subset) -> bool:
    """Return whether whatever the inner subset means, the outer one means too."""
    for key in LISTS:
        own, wanted = set(getattr(inner, key)), set(getattr(outer, key))
        if wanted and not (own and own <= wanted):
            return False
    return outer.paid is None or outer.paid is inner.paid


def _is_apart(one: Subset, other: Subset) -> bool:
    """Return whether nothing can belong to both."""
    for key in (*SINGLE, "domains"):
        here, there = set(getattr(one, key)), set(getattr(other, key))
        if here and there and not here & there:
            return True
    return None not in (one.paid, other.paid) and one.paid is not other.paid


def _sets_only(subset: Subset, key: str) -> bool:
    others = [name for name in LISTS if name != key and getattr(subset, name)]
    return bool(getattr(subset, key)) and not others and subset.paid is None


def _in_a_count(node: nodes.Count, path: Path) -> Iterator[Problem]:
    need = _read(number_from, node.min)
    meant = set(getattr(node.hours.of, COUNTED_BY.get(node.distinct, ""), ()))
    if need is None or not meant:
        return
    there = len(meant & set(node.among) if node.among else meant)
    if there < need and (not node.among or need <= len(node.among)):
        words = (
            f"Who has every one that is meant has {there} different ones, and {need} are asked for."
        )
        yield _never((*path, "min"), words)


def _in_a_span(node: nodes.Span, path: Path) -> Iterator[Problem]:
    least, most = _read(length_from, node.min), _read(length_from, node.max)
    if least is None or most is None:
        return
    if all(add_length(day, least) > add_length(day, most) for day in STARTS):
        yield _never((*path, "min"), "The minimum is above the maximum.")


def _in_at_least(node: nodes.AtLeast, path: Path) -> Iterator[Problem]:
    need = _read(number_from, node.count)
    required = sum(child.severity == "required" for child in node.of)
    if need is not None and required < need <= len(node.of):
        words = f"Only {required} of these are required; recommended ones are not counted."
        yield _never((*path, "count"), words)


def _in_a_rubric(node: nodes.RubricStandard, path: Path) -> Iterator[Problem]:
    need, there = _read(number_from, node.performances), len(set(node.scenarios))
    if need is not None and node.different and 0 < there < need:
        words = f"Who shows every scenario named has {there}, and {need} different ones are needed."
        yield _never((*path, "performances"), words)


_CHECKS: dict[type, Callable[[Any, Path], Iterator[Problem]]] = {
    nodes.Sum: _in_a_sum,
    nodes.Count: _in_a_count,
    nodes.Span: _in_a_span,
    nodes.AtLeast: _in_at_least,
    nodes.RubricStandard: _in_a_rubric,
}


def _read(read: Callable[[Any], Figure], value: Any) -> Figure | None:
    """Return a figure; None where it is left out, to be set, or wrong (which is said elsewhere)."""
    try:
        return None if value == "" else read(value)
    except ValueError:
        return None


def _time(minutes: int) -> str:
    return english_amount(Amount(minutes, Unit.MINUTES))


def _never(path: Path, words: str) -> Problem:
    return Problem(path, "contradiction", f"Nobody could ever meet this. {words}")
