"""What the core is measured against: subjects of six kinds, and what is left out on purpose."""

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from lms.rules.definitions import STRICT, SourceRef

CoveredKind = Literal["competency", "topic", "attribute", "standard", "role", "phase"]
COVERED_KINDS: tuple[CoveredKind, ...] = get_args(CoveredKind)


@dataclass(frozen=True, slots=True)
class Covers:
    """What a lesson teaches besides its competencies, by the ids of `modules/coverage.yaml`."""

    __pydantic_config__: ClassVar = STRICT
    topics: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    standards: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that a curriculum may cover."""

    __pydantic_config__: ClassVar = STRICT
    id: str
    title: str
    source: SourceRef


@dataclass(frozen=True, slots=True)
class Omission:
    """A subject that the core leaves out, and why."""

    __pydantic_config__: ClassVar = STRICT
    kind: CoveredKind
    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """The whole of `modules/coverage.yaml`."""

    __pydantic_config__: ClassVar = STRICT
    topics: tuple[Subject, ...] = ()
    attributes: tuple[Subject, ...] = ()
    standards: tuple[Subject, ...] = ()
    roles: tuple[Subject, ...] = ()
    phases: tuple[Subject, ...] = ()
    omitted: tuple[Omission, ...] = ()
