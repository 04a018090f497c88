"""What differs between two versions of a programme: rule by rule, figures and words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from lms.rules.programmes.figures import (
    Figure,
    Path,
    Rule,
    figures_of,
    figures_of_head,
    rules_of,
)
from lms.rules.programmes.programme import Programme
from lms.rules.programmes.telling import Told, tell
from lms.rules.programmes.telling.codes import Amount, Group, Say
from lms.rules.programmes.telling.head import tell_head


class What(StrEnum):
    """What became of a rule."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class FigureChange(NamedTuple):
    """A figure before and after; one of the two is None where it was not there."""

    before: Figure | None
    after: Figure | None

    @property
    def figure(self) -> Figure:
        """Return the figure, as it is now where it is still there."""
        found = self.after or self.before
        if found is None:
            raise ValueError("A change is of something.")
        return found


class WordChange(NamedTuple):
    """A line of words before and after: which field it is, and what it says."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What became of one rule; `id` is "" for the whole programme.

    Shape: `gone` and `new` are sentences that are not said any more, and that are said now, beyond
           those that differ in a figure alone; a sentence of a part names it as `part`.
    """

    what: What
    id: str
    label: str
    is_renewal: bool
    figures: tuple[FigureChange, ...] = ()
    words: tuple[WordChange, ...] = ()
    gone: tuple[Say, ...] = ()
    new: tuple[Say, ...] = ()


WORDS = ("label", "noun", "help", "source", "checked_on", "effective_from")
HEAD_WORDS = ("title", "version", "source", "checked_on", "effective_from")


def changes_between(before: Programme, after: Programme) -> tuple[RuleChange, ...]:
    """Return what differs, the whole first, then rules in the order of the newer version.

    Edge: rules are told apart by their ids; one under another id is another rule.
    """
    return tuple(_changes(before, after))


def _changes(before: Programme, after: Programme) -> Iterator[RuleChange]:
    head = _head_change(before, after)
    if head is not None:
        yield head
    old = {(rule.is_renewal, rule.id): rule for rule in rules_of(before)}
    new = {(rule.is_renewal, rule.id): rule for rule in rules_of(after)}
    above_old, above_new = _above(before), _above(after)
    for key, rule in new.items():
        if key not in old:
            yield RuleChange(What.ADDED, rule.id, rule.node.label, rule.is_renewal)
            continue
        under = WordChange("under", above_old.get(key, ""), above_new.get(key, ""))
        change = _rule_change(old[key], rule, under)
        if change is not None:
            yield change
    for key, rule in old.items():
        if key not in new:
            yield RuleChange(What.REMOVED, rule.id, rule.node.label, rule.is_renewal)


def _above(programme: Programme) -> Mapping[tuple[bool, str], str]:
    """Return the label of the requirement that each one stands in."""
    labels: dict[Path, str] = {rule.path: rule.node.label for rule in rules_of(programme)}
    found: dict[tuple[bool, str], str] = {}
    for rule in rules_of(programme):
        around = (rule.path[:cut] for cut in range(len(rule.path) - 1, 0, -1))
        found[rule.is_renewal, rule.id] = next((labels[p] for p in around if p in labels), "")
    return found


def _head_change(before: Programme, after: Programme) -> RuleChange | None:
    figures = _figure_changes(figures_of_head(before), figures_of_head(after))
    words = _word_changes(before, after, HEAD_WORDS)
    gone, new = _said(_flat(tell_head(before)), _flat(tell_head(after)))
    if not (figures or words or gone or new):
        return None
    return RuleChange(What.CHANGED, "", after.title, False, figures, words, gone, new)


def _rule_change(before: Rule, after: Rule, under: WordChange) -> RuleChange | None:
    figures = _figure_changes(figures_of(before), figures_of(after))
    words = _word_changes(before.node, after.node, WORDS)
    if under.before != under.after:
        words = (*words, under)
    gone, new = _said(_spoken(tell(before.node)), _spoken(tell(after.node)))
    if not (figures or words or gone or new):
        return None
    label, is_renewal = after.node.label, after.is_renewal
    return RuleChange(What.CHANGED, after.id, label, is_renewal, figures, words, gone, new)


def _figure_changes(
    before: tuple[Figure, ...], after: tuple[Figure, ...]
) -> tuple[FigureChange, ...]:
    old = {figure.key: figure for figure in before}
    new = {figure.key: figure for figure in after}
    pairs = (FigureChange(old.get(key), new.get(key)) for key in dict.fromkeys([*old, *new]))
    return tuple(pair for pair in pairs if _value(pair.before) != _value(pair.after))


def _value(figure: Figure | None) -> Any:
    return None if figure is None or figure.value == "" else figure.value


def _word_changes(before: Any, after: Any, names: tuple[str, ...]) -> tuple[WordChange, ...]:
    found = (WordChange(name, getattr(before, name), getattr(after, name)) for name in names)
    return tuple(change for change in found if change.before != change.after)


def _flat(groups: tuple[Group, ...]) -> list[Say]:
    return [one for group in groups for one in group.says]


def _spoken(told: Told) -> list[Say]:
    """Return what a rule says itself, with its parts; requirements inside speak for themselves."""
    found = _flat(told.groups)
    for part in told.children:
        if part.kind == "part":
            label = ("part", part.label)
            found += [Say(one.code, (*one.values, label)) for one in _flat(part.groups)]
    return found


def _said(before: list[Say], after: list[Say]) -> tuple[tuple[Say, ...], tuple[Say, ...]]:
    old, new = {_plain(one) for one in before}, {_plain(one) for one in after}
    gone = tuple(one for one in before if _plain(one) not in new)
    return gone, tuple(one for one in after if _plain(one) not in old)


def _plain(one: Say) -> tuple[Any, ...]:
    """Return a sentence without its figures: those are told of by themselves."""
    values = ((n, v.sort if isinstance(v, Amount) else v) for n, v in one.values)
    return (one.code, tuple(values))
