"""What every definition written as a file shares: strictness, sources, sensitivity, reviews."""

from dataclasses import dataclass, field
from typing import ClassVar, Literal, get_args

STRICT = {"extra": "forbid", "strict": True}

ContentTopic = Literal[
    "violence",
    "control",
    "threats",
    "children",
    "self-harm",
    "substance-use",
    "sexual-harm",
    "loss",
    "stalking",
    "poverty",
    "discrimination",
]
CONTENT_TOPICS: tuple[ContentTopic, ...] = get_args(ContentTopic)
"""What a content note may name: a closed list, so that a reader can choose what to be told of."""


@dataclass(frozen=True, slots=True)
class SourceRef:
    """Where a statement rests: `ref` is an id of `modules/references.yaml`, `where` the section."""

    __pydantic_config__: ClassVar = STRICT
    ref: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of `modules/references.yaml`.

    Source: `strength` says what kind of knowledge it is, so that no claim looks firmer than it is.
    Edge:   `short` is how a citation names it, without the year; left empty, `cite` tells.
    """

    __pydantic_config__: ClassVar = STRICT
    id: str
    cite: str
    year: int
    strength: Literal["own-data", "review", "report", "opinion", "standard", "regulation"]
    address: str = ""
    note: str = ""
    short: str = ""


@dataclass(frozen=True, slots=True)
class ContentNote:
    """What a lesson, item or scenario touches, said before it is met; it describes nothing."""

    __pydantic_config__: ClassVar = STRICT
    topics: tuple[ContentTopic, ...]
    intensity: Literal["mention", "light", "close"]
    words: str


@dataclass(frozen=True, slots=True)
class Review:
    """Who read a text before publication. `reviewer` is a name or pseudonym, `on` an ISO date."""

    __pydantic_config__: ClassVar = STRICT
    reviewer: str
    capacity: Literal["qualified", "lived-experience"]
    on: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class ReferenceList:
    """The whole of `modules/references.yaml`."""

    __pydantic_config__: ClassVar = STRICT
    references: tuple[Reference, ...] = field(default=())
