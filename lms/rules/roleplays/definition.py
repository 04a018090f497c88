"""What a scenario and a rubric are, as their files say it."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from lms.rules.definitions import STRICT, ContentNote, Review, SourceRef


@dataclass(frozen=True, slots=True)
class Anchor:
    """What one level of a competency looks like, in words a marker can recognise."""

    __pydantic_config__: ClassVar = STRICT
    level: int
    words: str


@dataclass(frozen=True, slots=True)
class Competency:
    """One of the rubric's competencies, with an anchor for every level of the scale."""

    __pydantic_config__: ClassVar = STRICT
    id: str
    title: str
    words: str
    anchors: tuple[Anchor, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """One step of the rubric's scale."""

    __pydantic_config__: ClassVar = STRICT
    level: int
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class HarmItem:
    """An act that keeps a result unmet whatever the total, until a named person resolves it.

    `plain` is what the trainee reads if it was ticked.
    """

    __pydantic_config__: ClassVar = STRICT
    id: str
    words: str
    plain: str


@dataclass(frozen=True, slots=True)
class Standard:
    """When a performance is met: share of points, floor of essential criteria, no harm item."""

    __pydantic_config__: ClassVar = STRICT
    percent: int
    essential_level: int
    source: str


@dataclass(frozen=True, slots=True)
class Rubric:
    """`assessments/rubrics/<id>.yaml`."""

    __pydantic_config__: ClassVar = STRICT
    id: str
    title: str
    introduction: str
    levels: tuple[Level, ...]
    competencies: tuple[Competency, ...]
    harm_items: tuple[HarmItem, ...]
    standard: Standard
    sources: tuple[SourceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a marker looks for in this scenario; tagged to competencies of the rubric."""

    __pydantic_config__: ClassVar = STRICT
    id: str
    words: str
    competencies: tuple[str, ...]
    essential: bool = False


@dataclass(frozen=True, slots=True)
class OnlyIf:
    """What the simulator gives only when it was asked well."""

    __pydantic_config__: ClassVar = STRICT
    asked: str
    gives: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """`assessments/scenarios/<id>.yaml`. `simulator` is for the player, never the trainee."""

    __pydantic_config__: ClassVar = STRICT
    id: str
    title: str
    rubric: str
    minutes: int
    media: tuple[Literal["in-person", "video", "voice", "text"], ...]
    phase: str
    modules: tuple[str, ...]
    content_note: ContentNote
    setting: str
    you_know: str
    dilemma: str
    opening: str
    simulator: str
    only_if: tuple[OnlyIf, ...]
    criteria: tuple[Criterion, ...]
    harm_watch: tuple[str, ...]
    debrief: tuple[str, ...]
    sources: tuple[SourceRef, ...] = ()
    reviews: tuple[Review, ...] = ()


def names_phase(scenario: Scenario, title: str) -> bool:
    """Say whether a scenario is set in a phase of looking for help, by the phase's title."""
    return title.casefold() in scenario.phase.casefold()
