"""What a marker has set, what is still missing, and the result that it comes to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from lms.rules.roleplays.booking import MOVES, PerformanceState
from lms.rules.roleplays.definition import Anchor, Competency, Criterion, Rubric, Scenario

SEPARATOR = "\x1f"
MAX_FEEDBACK = 4000
MAX_MOMENT = 1000


class Result(StrEnum):
    """What a performance comes to. `referred`: a harm item waits for a named person."""

    MET = "met"
    NOT_YET = "not-yet"
    REFERRED = "referred"


class MarkProblem(StrEnum):
    """What keeps a marking from being sent, at the field it is about."""

    NO_LEVEL = "mark-no-level"
    CORRECTED_ALONE = "mark-corrected-alone"
    NO_WENT_WELL = "mark-no-went-well"
    NO_NEXT_STEP = "mark-no-next-step"
    TOO_LONG = "mark-too-long"


class MarkRefusal(StrEnum):
    """Why a marking cannot be sent as a whole."""

    NOT_PLAYED_YET = "marking-not-played-yet"
    SUBMITTED = "marking-submitted"
    CANCELLED = "marking-cancelled"
    INCOMPLETE = "marking-incomplete"
    CHANGED = "marking-changed"


@dataclass(frozen=True, slots=True)
class HarmMark:
    """A harm item that was seen; `corrected` where the trainee put it right at once, unaided."""

    item: str
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Marks:
    """What one marker has set so far.

    Shape: `levels` and `moments` by criterion id; `corrected_alone` are harm items ticked as
           corrected without being ticked themselves.
    """

    levels: Mapping[str, int]
    moments: Mapping[str, str]
    harm: tuple[HarmMark, ...] = ()
    corrected_alone: tuple[str, ...] = ()
    went_well: str = ""
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Points:
    """The sum behind a result. `short`: essential criteria below their floor."""

    points: int
    of: int
    percent: Fraction
    short: tuple[str, ...]


def marks_from(body: Mapping[str, str], scenario: Scenario, rubric: Rubric) -> Marks:
    """Return what a form or its draft holds.

    Shape: `level-<id>` and `moment-<id>` by criterion; `harm` and `corrected` hold the ids of
           harm items, several joined by the unit separator, as autosave joins them.
    Edge:  a level, criterion or harm item that the rubric does not have is not taken.
    """
    allowed = {str(level.level): level.level for level in rubric.levels}
    ids = [criterion.id for criterion in scenario.criteria]
    levels = {i: allowed[body[f"level-{i}"]] for i in ids if body.get(f"level-{i}") in allowed}
    moments = {i: body[f"moment-{i}"].strip() for i in ids if body.get(f"moment-{i}", "").strip()}
    seen, corrected = _several(body, "harm"), _several(body, "corrected")
    items = [item.id for item in rubric.harm_items]
    return Marks(
        levels,
        moments,
        tuple(HarmMark(item, item in corrected) for item in items if item in seen),
        tuple(item for item in items if item in corrected and item not in seen),
        body.get("went_well", "").strip(),
        body.get("next_step", "").strip(),
    )


def _several(body: Mapping[str, str], name: str) -> frozenset[str]:
    return frozenset(body.get(name, "").split(SEPARATOR))


def too_long_in(marks: Marks) -> dict[str, MarkProblem]:
    """Return the texts that are longer than is kept, by field name."""
    texts = {f"moment-{i}": (text, MAX_MOMENT) for i, text in marks.moments.items()}
    texts["went_well"] = (marks.went_well, MAX_FEEDBACK)
    texts["next_step"] = (marks.next_step, MAX_FEEDBACK)
    return {name: MarkProblem.TOO_LONG for name, (text, most) in texts.items() if len(text) > most}


def problems_in(marks: Marks, scenario: Scenario) -> dict[str, MarkProblem]:
    """Return what keeps a marking from being sent, by field name, in the order of the page."""
    long = too_long_in(marks)
    found: dict[str, MarkProblem] = {}
    for criterion in scenario.criteria:
        if criterion.id not in marks.levels:
            found[f"level-{criterion.id}"] = MarkProblem.NO_LEVEL
        if f"moment-{criterion.id}" in long:
            found[f"moment-{criterion.id}"] = MarkProblem.TOO_LONG
    if marks.corrected_alone:
        found["harm"] = MarkProblem.CORRECTED_ALONE
    if not marks.went_well:
        found["went_well"] = MarkProblem.NO_WENT_WELL
    if not marks.next_step:
        found["next_step"] = MarkProblem.NO_NEXT_STEP
    return found | long


def refusal_to_submit(
    state: PerformanceState, *, on: date, today: date, complete: bool
) -> MarkRefusal | None:
    """Return why a marking cannot be sent, or None.

    Units: `on` is the day of the role-play, `today` the cohort's.
    """
    if state is PerformanceState.CANCELLED:
        return MarkRefusal.CANCELLED
    if PerformanceState.MARKED not in MOVES[state]:
        return MarkRefusal.SUBMITTED
    if on > today:
        return MarkRefusal.NOT_PLAYED_YET
    return None if complete else MarkRefusal.INCOMPLETE


def points_of(scenario: Scenario, rubric: Rubric, levels: Mapping[str, int]) -> Points:
    """Return the points of a marking: every criterion counts the same, essential or not.

    Units:  `percent` is exact, 0 to 100.
    Edge:   a criterion without a level counts as the lowest.
    """
    lowest = min(level.level for level in rubric.levels)
    top = max(level.level for level in rubric.levels)
    given = {criterion.id: levels.get(criterion.id, lowest) for criterion in scenario.criteria}
    points, of = sum(given.values()), top * len(scenario.criteria)
    floor = rubric.standard.essential_level
    short = tuple(c.id for c in scenario.criteria if c.essential and given[c.id] < floor)
    return Points(points, of, Fraction(100 * points, of) if of else Fraction(0), short)


def is_at_standard(points: Points, rubric: Rubric) -> bool:
    """Say whether the levels alone reach the standard: share of points and essential floor."""
    return points.percent >= rubric.standard.percent and not points.short


def open_harm(harm: Iterable[HarmMark]) -> tuple[str, ...]:
    """Return the harm items that refer a performance to a named person: every one that was ticked.

    Edge:   what the trainee put right at once is referred too; that it was put right is what the
            named person reads first, and may settle it on.
    Source: the programme's standard for harm items: a tick keeps the requirement unmet until a
            named person resolves it, whatever the total.
    """
    return tuple(mark.item for mark in harm)


def result_for(
    scenario: Scenario, rubric: Rubric, levels: Mapping[str, int], harm: Iterable[HarmMark]
) -> Result:
    """Return what a marking comes to: harm items first, then the rubric's own standard.

    Edge:   the bound itself is enough; a harm item refers whatever the total.
    Source: certification-rules, rubric at standard; the rubric's `standard.source`.
    """
    if open_harm(harm):
        return Result.REFERRED
    met = is_at_standard(points_of(scenario, rubric, levels), rubric)
    return Result.MET if met else Result.NOT_YET


def competency_levels(scenario: Scenario, levels: Mapping[str, int]) -> dict[str, int]:
    """Return a level for each competency: the lowest among the criteria tagged with it.

    Edge: the lowest, so that one clear criterion hides no weak one; a competency of which some
          criterion has no level is left out, as it was not judged in full.
    """
    tagged: dict[str, list[int | None]] = {}
    for criterion in scenario.criteria:
        for competency in criterion.competencies:
            tagged.setdefault(competency, []).append(levels.get(criterion.id))
    whole = {key: [n for n in found if n is not None] for key, found in tagged.items()}
    return {key: min(found) for key, found in whole.items() if len(found) == len(tagged[key])}


def anchors_at(
    criterion: Criterion, rubric: Rubric, level: int
) -> tuple[tuple[Competency, Anchor], ...]:
    """Return the anchors of a level, one for each competency that a criterion is tagged with."""
    known = {competency.id: competency for competency in rubric.competencies}
    return tuple(
        (known[tag], anchor)
        for tag in criterion.competencies
        if tag in known
        for anchor in known[tag].anchors
        if anchor.level == level
    )
