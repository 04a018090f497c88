"""A jurisdiction pack: the law, services and numbers of one place, with who checked them and when.

Source: lessons hold no local law; whatever differs from place to place stands here.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal, get_args

from lms.rules.definitions import STRICT, SourceRef

PackTopic = Literal[
    "emergency",
    "helplines",
    "protection-orders",
    "child-protection",
    "confidentiality-law",
    "data-protection",
    "immigration",
    "housing",
    "money",
    "health",
    "mental-health",
    "substance-use",
    "legal-advice",
    "police",
    "groups",
    "complaints",
]
PACK_TOPICS: tuple[PackTopic, ...] = get_args(PackTopic)
"""What a pack is ordered by: a closed list, so that a lesson can ask for one."""

PackKind = Literal["service", "law", "number", "procedure"]


@dataclass(frozen=True, slots=True)
class Site:
    """A source that is no entry of the references: what it is called, and where it is."""

    __pydantic_config__: ClassVar = STRICT
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class PackEntry:
    """One service, law, number or procedure of a place.

    Shape: `how_in` is the way in, `suits` whom it serves well; a service says these, with its wait
           and its cost. `contact` is text.
    """

    __pydantic_config__: ClassVar = STRICT
    id: str
    kind: PackKind
    topic: PackTopic
    title: str
    words: str
    checked_on: date
    checked_by: str
    how_in: str = ""
    wait: str = ""
    cost: str = ""
    suits: str = ""
    contact: str = ""
    source: SourceRef | Site | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """What holds in one place.

    Edge: a `demo` pack is invented, and is labelled so wherever it is shown.
    """

    __pydantic_config__: ClassVar = STRICT
    id: str
    title: str
    place: str
    owner: str
    reviewed_on: date
    review_by: date
    entries: tuple[PackEntry, ...]
    demo: bool = False
    sources: tuple[SourceRef | Site, ...] = ()

    def is_overdue(self, on: date) -> bool:
        """Say whether the pack should have been looked over by now; its last day is in time."""
        return on > self.review_by
