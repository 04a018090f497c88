"""Words that lessons explain, and the phases of help-seeking with what each role does in them."""

from dataclasses import dataclass
from typing import ClassVar

from lms.rules.definitions import STRICT, SourceRef


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of `modules/glossary.yaml`: a word or phrase, and what it means here."""

    __pydantic_config__: ClassVar = STRICT
    id: str
    term: str
    words: str
    source: SourceRef | None = None


@dataclass(frozen=True, slots=True)
class Glossary:
    """The whole of `modules/glossary.yaml`."""

    __pydantic_config__: ClassVar = STRICT
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of help-seeking: what peers do and must not do, who else acts, when to hand over.

    Shape: `peers` and `peers_not` are lines of a list, the rest is a sentence or two.
    Edge: phases describe, they do not schedule; nobody is scored or moved along by them.
    """

    __pydantic_config__: ClassVar = STRICT
    id: str
    title: str
    words: str
    peers: tuple[str, ...]
    peers_not: tuple[str, ...]
    supervisors: str
    staff: str
    hand_over: str
    source: SourceRef | None = None


@dataclass(frozen=True, slots=True)
class PhaseList:
    """The whole of `modules/phases.yaml`."""

    __pydantic_config__: ClassVar = STRICT
    phases: tuple[Phase, ...] = ()
