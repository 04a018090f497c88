"""The exact score of what was answered: by item, by domain and as a whole, and what to talk of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache, reduce

from lms.rules.assessments.definition import (
    Assessment,
    Credit,
    Item,
    MultipleItem,
    Option,
    SingleItem,
    TrueFalseItem,
)

NOTHING = Fraction(0)
PPM = 1_000_000


class ResponseFault(StrEnum):
    """Why a response cannot be taken."""

    UNKNOWN_ITEM = "response-unknown-item"
    UNKNOWN_OPTION = "response-unknown-option"
    TICKED_TWICE = "response-ticked-twice"
    WRONG_SHAPE = "response-wrong-shape"


class ResponseError(ValueError):
    """A response that cannot be taken; nothing is scored."""

    def __init__(self, item: str, fault: ResponseFault) -> None:
        super().__init__(f"{item}: {fault}")
        self.item = item
        self.fault = fault


class ItemState(StrEnum):
    """What became of an item."""

    SCORED = "scored"
    NOT_ANSWERED = "not-answered"


@dataclass(frozen=True, slots=True)
class Flag:
    """A flagged option that was chosen: a conversation to have, nothing taken away."""

    item: str
    option: str


@dataclass(frozen=True, slots=True)
class Points:
    """Points reached out of those there were, exact."""

    points: Fraction
    of: Fraction

    @property
    def score_percent(self) -> Fraction:
        """Return the share reached, 0-100 exact; 0 where there was nothing to reach."""
        return self.points * 100 / self.of if self.of else NOTHING

    @property
    def score_ppm(self) -> int:
        """Return the share in millionths, rounded half up, for sorting alone."""
        return (self.score_percent * PPM / 100 + Fraction(1, 2)).__floor__()

    def __add__(self, other: "Points") -> "Points":
        return Points(self.points + other.points, self.of + other.of)


@dataclass(frozen=True, slots=True)
class ItemScore:
    """One item's points, and whether it was answered at all."""

    result: Points
    state: ItemState


@dataclass(frozen=True, slots=True)
class AssessmentScore:
    """Shape: `domains` and `items` keep the order of the assessment; `flags` that of its options.

    Edge: an item without a domain counts in the whole alone.
    """

    whole: Points
    domains: Mapping[str, Points]
    items: Mapping[str, ItemScore]
    flags: tuple[Flag, ...]


@cache
def credit_from(credit: Credit) -> Fraction:
    """Return a credit as written (`1`, "1/3", "-0.25"), exact. Raises: ValueError."""
    return Fraction(credit)


def is_blank(value: object) -> bool:
    """Say whether a response leaves the item out: None, or an empty text, list or mapping."""
    return value is None or (isinstance(value, str | list | tuple | dict) and not value)


def score(assessment: Assessment, responses: Mapping[str, object]) -> AssessmentScore:
    """Return the exact score of an attempt.

    Shape:  `responses` maps item ids to a text, a list of texts or true/false, by the item's type.
    Edge:   what is absent or blank earns nothing and counts in `of`.
    Raises: ResponseError for an item that is not there or a value of the wrong shape.
    """
    known = {item.id for item in assessment.items}
    for name in responses:
        if name not in known:
            raise ResponseError(name, ResponseFault.UNKNOWN_ITEM)
    items = {item.id: score_item(item, responses.get(item.id)) for item in assessment.items}
    return AssessmentScore(
        whole=add_up(found.result for found in items.values()),
        domains=_by_domain(assessment, items),
        items=items,
        flags=tuple(flag for item in assessment.items for flag in _flags(item, responses)),
    )


def add_up(parts: Iterable[Points]) -> Points:
    """Return the sum of points; nothing of nothing where there are none."""
    return reduce(Points.__add__, parts, Points(NOTHING, NOTHING))


def score_item(item: Item, value: object) -> ItemScore:
    """Return one item's score. Raises: ResponseError."""
    of = credit_from(item.points)
    if is_blank(value):
        return ItemScore(Points(NOTHING, of), ItemState.NOT_ANSWERED)
    fault = refusal_of_response(item, value)
    if fault:
        raise ResponseError(item.id, fault)
    return ItemScore(Points(_credit(item, value) * of, of), ItemState.SCORED)


def refusal_of_response(item: Item, value: object) -> ResponseFault | None:
    """Return why a value cannot be a response to an item, or None; blank always can."""
    if is_blank(value):
        return None
    if isinstance(item, TrueFalseItem):
        return None if isinstance(value, bool) else ResponseFault.WRONG_SHAPE
    if isinstance(item, SingleItem):
        return _refusal_of_ticks(item, [value])
    return _refusal_of_ticks(item, value if isinstance(value, list | tuple) else [None])


def _refusal_of_ticks(
    item: SingleItem | MultipleItem, ticks: list[object] | tuple[object, ...]
) -> ResponseFault | None:
    if not all(isinstance(tick, str) for tick in ticks):
        return ResponseFault.WRONG_SHAPE
    if not {option.id for option in item.options}.issuperset(ticks):
        return ResponseFault.UNKNOWN_OPTION
    return ResponseFault.TICKED_TWICE if len(set(ticks)) < len(ticks) else None


def chosen_options(item: Item, value: object) -> tuple[Option, ...]:
    """Return the options that a response ticks, in the item's order; true or false has none."""
    if isinstance(item, TrueFalseItem) or is_blank(value):
        return ()
    ticks = value if isinstance(value, list | tuple) else (value,)
    return tuple(option for option in item.options if option.id in ticks)


def _credit(item: Item, value: object) -> Fraction:
    """Return the share of the item's points that a well-formed response earns."""
    if isinstance(item, TrueFalseItem):
        return Fraction(value is item.key)
    earned = sum((credit_from(o.credit) for o in chosen_options(item, value)), NOTHING)
    if isinstance(item, MultipleItem):
        return min(max(earned, credit_from(item.floor)), credit_from(item.cap))
    return earned


def _flags(item: Item, responses: Mapping[str, object]) -> list[Flag]:
    chosen = chosen_options(item, responses.get(item.id))
    return [Flag(item.id, option.id) for option in chosen if option.flag]


def _by_domain(assessment: Assessment, items: Mapping[str, ItemScore]) -> dict[str, Points]:
    names = [domain.id for domain in assessment.domains] + [i.domain for i in assessment.items]
    return {
        name: add_up(items[item.id].result for item in assessment.items if item.domain == name)
        for name in dict.fromkeys(names)
        if any(item.domain == name for item in assessment.items) and name
    }
