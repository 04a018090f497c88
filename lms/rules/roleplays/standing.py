"""Which scenarios a programme asks for, and where a trainee stands with each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from lms.rules.programmes.nodes import RubricStandard
from lms.rules.programmes.programme import Programme
from lms.rules.roleplays.booking import PerformanceState
from lms.rules.roleplays.definition import Scenario
from lms.rules.roleplays.marking import Result


class ScenarioState(StrEnum):
    """What a trainee reads beside a scenario."""

    NOT_YET = "not-yet"
    BOOKED = "booked"
    BEING_MARKED = "being-marked"
    MET = "met"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Played:
    """One performance as its trainee may know it: before release, only that it is booked."""

    on: date
    state: PerformanceState
    standing: Result | None = None
    has_open_harm: bool = False


def scenario_state(played: Iterable[Played], today: date) -> ScenarioState:
    """Return where a trainee stands with one scenario.

    Edge: what is open comes first, then a harm item that is not settled, then the best that was
          released. Before release the calendar alone tells booked from being marked, so that
          nothing a marker does shows here.
    """
    rows = [row for row in played if row.state is not PerformanceState.CANCELLED]
    waiting = [row for row in rows if row.state is not PerformanceState.RELEASED]
    if waiting:
        ahead = any(row.on >= today for row in waiting)
        return ScenarioState.BOOKED if ahead else ScenarioState.BEING_MARKED
    if not rows:
        return ScenarioState.NOT_YET
    met = any(row.standing is Result.MET for row in rows)
    is_settled = not any(row.has_open_harm for row in rows)
    return ScenarioState.MET if met and is_settled else ScenarioState.PLAN


def scenarios_of(programme: Programme, scenarios: Iterable[Scenario]) -> tuple[Scenario, ...]:
    """Return the scenarios that a programme's rubric requirements may be met with.

    Edge: a requirement that names no scenario takes every one of its rubric.
    """
    asked = tuple(_rubric_nodes(programme.requirements))
    return tuple(s for s in scenarios if any(_fits(node, s) for node in asked))


def _fits(node: RubricStandard, scenario: Scenario) -> bool:
    return node.rubric == scenario.rubric and (not node.scenarios or scenario.id in node.scenarios)


def _rubric_nodes(part: Any) -> Iterator[RubricStandard]:
    """Yield every rubric requirement, however deep it stands among the others."""
    if isinstance(part, RubricStandard):
        yield part
    elif isinstance(part, tuple):
        for entry in part:
            yield from _rubric_nodes(entry)
    elif is_dataclass(part):
        for field in fields(part):
            yield from _rubric_nodes(getattr(part, field.name))
