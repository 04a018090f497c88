"""A verdict in one sentence: how many are met, and what is still to go."""

from collections.abc import Iterator
from typing import NamedTuple

from lms.rules.verdict.result import Bounds, Row, Verdict
from lms.rules.verdict.terms import State, Unit, WaitingOn
from lms.rules.verdict.words import Amount, Phrase, english_amount, phrase, plural

OPENED = frozenset({"all", "sequence"})
"""Kinds that are only a bracket around others, each of which has to be met."""


class ToGo(NamedTuple):
    """One requirement that is not settled; `missing` is how much, where that can be said."""

    id: str
    noun: str
    state: State
    missing: Amount | None
    waiting_on: WaitingOn


class Summary(NamedTuple):
    """So many of so many settled, and the rest in the programme's order."""

    settled: int
    total: int
    to_go: tuple[ToGo, ...]


def summary_of(verdict: Verdict) -> Summary:
    """Return the summary of a verdict: the requirements that a page lists, each counted once.

    Edge: only what is required counts, and what does not apply is left out; what stands inside a
          bracket is counted with it.
    """
    counted = [row for row in verdict.top if _is_asked(row)]
    open_rows = [row for row in counted if not row.state.is_settled]
    to_go = tuple(
        ToGo(row.id, row.noun, row.state, missing_in(row), row.waiting_on) for row in open_rows
    )
    return Summary(len(counted) - len(open_rows), len(counted), to_go)


def leaves_of(verdict: Verdict) -> tuple[Row, ...]:
    """Return the requirements somebody works at, brackets opened, in the programme's order.

    Edge: only what is required and applies. A choice stays whole, as one of it will do.
    """
    below: dict[str | None, list[Row]] = {}
    for row in verdict.rows:
        below.setdefault(row.parent, []).append(row)
    return tuple(_leaves(verdict.rows[0], below))


def _leaves(row: Row, below: dict[str | None, list[Row]]) -> Iterator[Row]:
    for child in below.get(row.id, []):
        if not _is_asked(child):
            continue
        if _is_opened(child, below):
            yield from _leaves(child, below)
        else:
            yield child


def _is_asked(row: Row) -> bool:
    return row.severity == "required" and row.state is not State.NOT_APPLICABLE


def _is_opened(row: Row, below: dict[str | None, list[Row]]) -> bool:
    if row.state is State.WAIVED:
        return False
    branches = below.get(row.id, [])
    chosen = any(branch.state is not State.NOT_APPLICABLE for branch in branches)
    return row.kind in OPENED or (row.kind == "when" and chosen)


def shown_state(row: Row) -> str:
    """Return the word of a row's state: `under-way` where something of what is asked is there."""
    begun = row.tally.have or row.tally.counted
    return "under-way" if row.state is State.NOT_YET and begun else row.state.value


def missing_in(row: Row) -> Amount | None:
    """Return how much a row lacks, where it is a number worth saying; else None."""
    need = row.tally.need.min if isinstance(row.tally.need, Bounds) else row.tally.need
    have = row.tally.have
    if need is None or have is None or have >= need or row.tally.unit is not Unit.MINUTES:
        return None
    return Amount(need - have, row.tally.unit)


SOME_MET = plural("%(met)s of %(total)s is met.", "%(met)s of %(total)s are met.")
ALL_MET = phrase("All is met.")
NONE_MET = phrase("Nothing is met yet.")
LEFT = plural("One to go: %(names)s.", "%(left)s to go: %(names)s.")
MISSING = phrase("%(amount)s of %(what)s")

_WORDS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)


def english_summary(summary: Summary) -> str:
    """Return a summary in English: "Seven of nine are met. Two to go: …"."""
    if not summary.to_go:
        return ALL_MET.one
    met = NONE_MET.one if summary.settled == 0 else _some_met(summary)
    names = [_english_to_go(one) for one in summary.to_go]
    words = {"left": _number(len(names)), "names": _listed(names)}
    left = _form(LEFT, len(names)) % words
    return f"{met} {left[:1].upper()}{left[1:]}"


def _some_met(summary: Summary) -> str:
    words = {"met": _number(summary.settled), "total": _number(summary.total)}
    text = _form(SOME_MET, summary.settled) % words
    return text[:1].upper() + text[1:]


def _english_to_go(one: ToGo) -> str:
    if one.missing is None:
        return one.noun
    return MISSING.one % {"amount": english_amount(one.missing), "what": one.noun}


def _listed(names: list[str]) -> str:
    """Return names as a list; a comma stands before the last, as they may hold “and”."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])}, and {names[-1]}"


def _number(number: int) -> str:
    return _WORDS[number] if number < len(_WORDS) else str(number)


def _form(words: Phrase, count: int) -> str:
    return words.one if count == 1 else words.many
