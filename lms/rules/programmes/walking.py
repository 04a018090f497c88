"""Walking through a programme: every requirement, at whatever depth, and what its papers are."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from lms.rules.programmes.evidence import Acceptance, EligibleSupervisor, Hours
from lms.rules.programmes.nodes import Document, Requirement
from lms.rules.programmes.programme import Programme


def nodes_of(programme: Programme, *, renewal: bool = False) -> Iterator[Requirement]:
    """Yield every requirement of a programme, at whatever depth; with `renewal` those of it too."""
    waiting: list[Any] = list(programme.requirements)
    if renewal and programme.renewal is not None:
        waiting += programme.renewal.requirements
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, Requirement):
            yield node
        if is_dataclass(node):
            for part in fields(node):
                value = getattr(node, part.name)
                waiting.extend(value if isinstance(value, tuple) else [value])


@dataclass(frozen=True, slots=True)
class AskedPaper:
    """A kind of document that a programme asks for.

    Shape: `outcomes` are those that a requirement names for it, empty where none does;
           `requirement` is the first that asks for it.
    """

    kind: str
    label: str
    outcomes: tuple[str, ...]
    requirement: str


def papers_asked(programme: Programme) -> dict[str, AskedPaper]:
    """Return the kinds of documents a programme asks for, in its order, renewal and waivers too."""
    found: dict[str, AskedPaper] = {}
    for node in nodes_of(programme, renewal=True):
        if isinstance(node, Document):
            for kind in node.kinds:
                label = node.label if len(node.kinds) == 1 else f"{node.label}: {kind_words(kind)}"
                before = found.get(kind, AskedPaper(kind, label, (), node.id))
                outcomes = tuple(dict.fromkeys((*before.outcomes, *node.outcomes)))
                found[kind] = AskedPaper(kind, before.label, outcomes, before.requirement)
        for kind in node.waivable.evidence if node.waivable else ():
            label = f"{kind_words(kind)}: {node.label}"
            found.setdefault(kind, AskedPaper(kind, label, (), node.id))
    return found


def qualifications_named(programme: Programme) -> tuple[frozenset[str], frozenset[str]]:
    """Return the credentials and the trainings that a programme asks of supervisors and signers."""
    credentials: set[str] = set()
    trainings: set[str] = set()
    waiting: list[Any] = list(nodes_of(programme, renewal=True))
    while waiting:
        node = waiting.pop()
        if isinstance(node, EligibleSupervisor):
            credentials |= set(node.credentials)
            trainings |= set(node.trained)
        elif isinstance(node, Document):
            credentials |= set(node.signer_credentials)
        elif isinstance(node, tuple):
            waiting.extend(node)
        elif isinstance(node, Hours | Acceptance) or (
            isinstance(node, Requirement) and not isinstance(node, Document)
        ):
            waiting.extend(getattr(node, part.name) for part in fields(node))
    return frozenset(credentials), frozenset(trainings)


def kind_words(kind: str) -> str:
    """Return a code of a programme as words: `high-school-diploma` is "High school diploma"."""
    words = kind.replace("-", " ").strip()
    return words[:1].upper() + words[1:]
