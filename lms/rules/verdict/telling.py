"""A verdict in plain English: every requirement, its numbers, its evidence, whose turn."""

from collections.abc import Iterator

from lms.rules.verdict.result import Bounds, NotCounted, Row, Verdict
from lms.rules.verdict.summary import english_summary, summary_of
from lms.rules.verdict.terms import CanStill, Number, State, Unit, WaitingOn
from lms.rules.verdict.words import (
    REASONS,
    WHO,
    Amount,
    Phrase,
    english,
    english_amount,
    english_value,
    phrase,
)

STATES: dict[State, Phrase] = {
    State.MET: phrase("met"),
    State.NOT_YET: phrase("not yet"),
    State.NEEDS_A_PERSON: phrase("needs a person"),
    State.WAIVED: phrase("waived"),
    State.NOT_APPLICABLE: phrase("does not apply"),
}
OUTLOOKS = {
    CanStill.YES: "It can still be met",
    CanStill.NEEDS_A_PERSON: "Whether it can still be met, a person decides",
    CanStill.NO: "It cannot be met any more",
}


def describe(verdict: Verdict) -> str:
    """Return a verdict in plain English, as whole as its JSON."""
    whole = verdict.rows[0]
    day = english_value(verdict.on)
    head = f"{whole.label} ({verdict.programme}, version {verdict.version}) on {day}"
    lines = [f"{head}: {STATES[verdict.state].one}.", english_summary(summary_of(verdict)), ""]
    depth: dict[str | None, int] = {None: -1}
    for row in verdict.rows:
        depth[row.id] = depth[row.parent] + 1
        if row.parent is not None:
            lines.extend("  " * (depth[row.id] - 1) + line for line in _lines(row))
    lines.extend(f"Note: {english(caution.words)}." for caution in verdict.warnings)
    if not verdict.state.is_settled:
        lines.append(f"{OUTLOOKS[verdict.can_still.state]}{_by(verdict.can_still.by, ', by ')}.")
    return "\n".join(lines)


def _lines(row: Row) -> Iterator[str]:
    yield _line(row)
    unit = row.tally.unit
    if row.tally.counted:
        counted = (f"{one.id}{_amount(one.amount, unit)}" for one in row.tally.counted)
        yield f"  counted: {', '.join(counted)}"
    for one in row.tally.not_counted:
        yield f"  not counted: {one.id}{_amount(one.amount, unit)}. {_reason(one, unit)}."


def _line(row: Row) -> str:
    parts = [f"{row.label}: {STATES[row.state].one}"]
    numbers = _numbers(row)
    if numbers:
        parts.append(f" ({numbers})")
    if row.next_step is not None and not row.state.is_settled:
        parts.append(f". {english(row.next_step)}")
    if row.waiting_on is not WaitingOn.NOBODY:
        parts.append(f". Whose turn: {WHO[row.waiting_on].one}")
    if not row.state.is_settled:
        parts.append(_by(row.by, ". By "))
    return "".join(parts)


def _by(day: object, before: str) -> str:
    return "" if day is None else f"{before}{english_value(day)}"


def _amount(value: Number, unit: Unit) -> str:
    """Return how much a piece of evidence is, in brackets; nothing where it only counts as one."""
    if unit in (Unit.NONE, Unit.LEVEL, Unit.COUNT):
        return ""
    return f" ({english_amount(Amount(value, unit))})"


def _reason(one: NotCounted, unit: Unit) -> str:
    limit = "" if one.limit is None else english_amount(Amount(one.limit, unit))
    return REASONS[one.detail or one.reason].one % {"limit": limit}


def _numbers(row: Row) -> str:
    tally = row.tally
    if tally.have is None or tally.unit is Unit.NONE:
        return ""
    have = english_amount(Amount(tally.have, tally.unit))
    if isinstance(tally.need, Bounds):
        ends = (("at least", tally.need.min), ("at most", tally.need.max))
        said = [
            f"{word} {english_amount(Amount(end, tally.unit))}"
            for word, end in ends
            if end is not None and (end or word == "at most")
        ]
        return ", ".join([have, *said])
    if tally.need is None:
        return have
    return f"{have} of {english_amount(Amount(tally.need, tally.unit))}"
