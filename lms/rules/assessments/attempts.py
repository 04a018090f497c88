"""What an attempt may do: start, take an answer, stop its clock; and the form it draws."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from lms.rules.assessments.definition import Assessment, Item, TrueFalseItem
from lms.rules.programmes.evidence import AttemptsPolicy, PartMark
from lms.rules.programmes.nodes import All, AnyOf, AtLeast, Node, Score, Sequence, When
from lms.rules.programmes.quantities import (
    Length,
    add_length,
    is_to_be_set,
    length_from,
    number_from,
    percent_from,
)

GRACE = timedelta(seconds=30)
"""How late an answer may arrive that was sent in time."""
FORMS = 128
"""How many forms an assessment is drawn in, so that a form is shared and neighbours' differ."""
WHOLE = "whole"


class AttemptState(StrEnum):
    """Whether an attempt still takes answers."""

    OPEN = "open"
    CLOSED = "closed"


class StartRefusal(StrEnum):
    """Why another attempt cannot start."""

    NO_ATTEMPTS_LEFT = "attempt-none-left"
    TOO_SOON = "attempt-too-soon"


class AnswerRefusal(StrEnum):
    """Why an attempt takes no answer now."""

    CLOSED = "attempt-closed"
    PAUSED = "attempt-paused"
    TIME_IS_UP = "attempt-time-is-up"


@dataclass(frozen=True, slots=True)
class AttemptLimits:
    """How often an assessment may be taken, and how long to wait between two; None is no limit."""

    attempts: int | None = None
    wait: Length | None = None


NO_LIMITS = AttemptLimits()


def refusal_to_start(
    limits: AttemptLimits, *, used: int, last_closed_on: date | None, today: date
) -> StartRefusal | None:
    """Return why a trainee may not start another attempt, or None if they may.

    Edge:   the wait counts from the day the last attempt was handed in; its last day is enough.
    Source: certification-rules, rule kind C2.
    """
    if limits.attempts is not None and used >= limits.attempts:
        return StartRefusal.NO_ATTEMPTS_LEFT
    opens_on = next_start_on(limits, last_closed_on)
    return StartRefusal.TOO_SOON if opens_on and today < opens_on else None


def next_start_on(limits: AttemptLimits, last_closed_on: date | None) -> date | None:
    """Return the first day another attempt may start, or None where nothing has to be awaited."""
    if limits.wait is None or last_closed_on is None:
        return None
    return add_length(last_closed_on, limits.wait)


def refusal_to_answer(
    *,
    state: AttemptState,
    closes_at: datetime | None,
    remaining_seconds: int | None,
    now: datetime,
) -> AnswerRefusal | None:
    """Return why an attempt takes no answer at this instant, or None if it does.

    Edge: an answer may be late by `GRACE`; while the clock is stopped nothing is taken.
    """
    if state is AttemptState.CLOSED:
        return AnswerRefusal.CLOSED
    if remaining_seconds is not None:
        return AnswerRefusal.PAUSED
    if closes_at is not None and now > closes_at + GRACE:
        return AnswerRefusal.TIME_IS_UP
    return None


def seconds_left(closes_at: datetime | None, now: datetime) -> int | None:
    """Return whole seconds until an attempt closes, rounded up; None without a clock, never < 0."""
    if closes_at is None:
        return None
    left = closes_at - now
    return max(0, -(-left // timedelta(seconds=1)))


def stopped_clock(closes_at: datetime | None, now: datetime) -> int | None:
    """Return the seconds to keep while a clock stands still; None where there is none to stop.

    Edge: a clock that has run out is not stopped, so that a pause gives no time back.
    """
    return seconds_left(closes_at, now) or None


def draw_form(assessment: Assessment, seed: int) -> Assessment:
    """Return the assessment as one seed lays it out: items by domain, their options shuffled.

    Edge: true and false keep their order; the same seed always draws the same form.
    """
    order = {domain.id: place for place, domain in enumerate(assessment.domains)}
    items = sorted(assessment.items, key=lambda item: order.get(item.domain, len(order)))
    return replace(assessment, items=tuple(_shuffled(item, seed) for item in items))


def _shuffled(item: Item, seed: int) -> Item:
    if isinstance(item, TrueFalseItem):
        return item
    options = list(item.options)
    random.Random(f"{seed}:{item.id}").shuffle(options)  # noqa: S311, an order is no secret
    return replace(item, options=tuple(options))


def option_order(item: Item) -> list[str]:
    """Return the ids of an item's options as they stand."""
    return [] if isinstance(item, TrueFalseItem) else [option.id for option in item.options]


def in_order(item: Item, order: list[str]) -> Item:
    """Return an item with its options in a given order."""
    if isinstance(item, TrueFalseItem):
        return item
    by_id = {option.id: option for option in item.options}
    return replace(item, options=tuple(by_id[name] for name in order))


def score_rules(requirements: tuple[Node, ...], assessment: str) -> Iterator[Score]:
    """Yield what a programme demands of an assessment, wherever it stands in the tree."""
    for node in requirements:
        if isinstance(node, Score) and node.assessment == assessment:
            yield node
        elif isinstance(node, When):
            branches = (node.then, node.otherwise)
            yield from score_rules(tuple(n for n in branches if n is not None), assessment)
        elif isinstance(node, All | AnyOf | AtLeast | Sequence):
            yield from score_rules(node.of, assessment)


def limits_of(policies: list[AttemptsPolicy]) -> AttemptLimits:
    """Return the tightest limits of several policies; what is still to be set limits nothing."""
    counts = [number_from(p.limit) for p in policies if not is_to_be_set(p.limit)]
    waits = [length_from(p.wait) for p in policies if p.wait and not is_to_be_set(p.wait)]
    return AttemptLimits(
        attempts=min((count for count in counts if count), default=None),
        wait=max(waits, key=lambda wait: wait.months * 31 + wait.days, default=None),
    )


def marks_of(rules: list[Score]) -> dict[str, Fraction]:
    """Return the mark each part must reach, in percent, the highest where several rules set one.

    Edge: a mark that is still to be set, or zero, is none.
    """
    parts: list[PartMark] = [part for rule in rules for part in rule.parts]
    marks: dict[str, Fraction] = {}
    for part in parts:
        mark = Fraction(0) if is_to_be_set(part.min) else percent_from(part.min)
        if mark > marks.get(part.part, 0):
            marks[part.part] = mark
    return marks
