"""A definition as the database keeps it: canonical JSON, its hash, and the way back."""

import hashlib
import json
import unicodedata
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from lms.content.definitions import TAGS, read_definition
from lms.content.errors import ProblemCode, Problems
from lms.content.yaml import Document, Json
from lms.rules.agreements import Agreement
from lms.rules.assessments.definition import Assessment, Item
from lms.rules.curriculum import Coverage, Glossary, Lesson, Module, Pack, PhaseList
from lms.rules.definitions import ReferenceList
from lms.rules.programmes import Programme
from lms.rules.roleplays import Rubric, Scenario


class ContentKind(StrEnum):
    """What is published as versions. A module holds its lessons, an assessment its items."""

    MODULE = "module"
    LESSON = "lesson"
    ASSESSMENT = "assessment"
    ITEM = "item"
    RUBRIC = "rubric"
    SCENARIO = "scenario"
    AGREEMENT = "agreement"
    PROGRAMME = "programme"
    REFERENCES = "references"
    PACK = "pack"
    GLOSSARY = "glossary"
    PHASES = "phases"
    COVERAGE = "coverage"


SHAPES: dict[ContentKind, Any] = {
    ContentKind.MODULE: Module,
    ContentKind.LESSON: Lesson,
    ContentKind.ASSESSMENT: Assessment,
    ContentKind.ITEM: Item,
    ContentKind.RUBRIC: Rubric,
    ContentKind.SCENARIO: Scenario,
    ContentKind.AGREEMENT: Agreement,
    ContentKind.PROGRAMME: Programme,
    ContentKind.REFERENCES: ReferenceList,
    ContentKind.PACK: Pack,
    ContentKind.GLOSSARY: Glossary,
    ContentKind.PHASES: PhaseList,
    ContentKind.COVERAGE: Coverage,
}
"""The definition type of each kind."""


def body_of(definition: Any) -> Json:
    """Return a definition as plain values.

    Edge: what equals its default is left out, so a field that a later release adds changes no
          hash; what does not count in a comparison (a line number) is left out as well. The key
          that tells the members of a union apart always stays.
    """
    if is_dataclass(definition):
        kept = [field for field in fields(definition) if _is_said(definition, field)]
        return {field.name: body_of(getattr(definition, field.name)) for field in kept}
    if isinstance(definition, tuple | list):
        return [body_of(entry) for entry in definition]
    if isinstance(definition, dict):
        return {_plain_text(key): body_of(entry) for key, entry in definition.items()}
    if isinstance(definition, str):
        return _plain_text(definition)
    if isinstance(definition, date):
        return definition.isoformat()
    if definition is None or isinstance(definition, bool | int):
        return definition
    raise TypeError(f"A {type(definition).__name__} has no canonical form.")


def canonical_json(definition: Any) -> str:
    """Return the one text of a definition: sorted keys, NFC, no spaces, no floats."""
    return json.dumps(
        body_of(definition), sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )


def content_hash(text: str) -> str:
    """Return the SHA-256 of a canonical text, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def definition_from(kind: ContentKind, text: str) -> Any:
    """Return the definition of a stored canonical text, as strictly as from a file.

    Raises: `ContentError` naming the kind where the text is not such a definition.
    """
    problems = Problems(f"stored {kind.value}")
    value: Json = None
    try:
        value = json.loads(text, parse_float=_refuse_number, parse_constant=_refuse_number)
    except ValueError as broken:
        problems.add(ProblemCode.UNREADABLE, f"The stored text is not readable JSON: {broken}.")
        problems.settle()
    definition = read_definition(SHAPES[kind], Document(value, {(): 1}), problems)
    problems.settle()
    return definition


def _is_said(definition: Any, field: Field[Any]) -> bool:
    if not field.compare or field.name in TAGS:
        return field.compare
    value = getattr(definition, field.name)
    default = field.default
    if default is MISSING and field.default_factory is not MISSING:
        default = field.default_factory()
    return type(value) is not type(default) or bool(value != default)


def _plain_text(text: str) -> str:
    return unicodedata.normalize("NFC", str(text))


def _refuse_number(number: str) -> None:
    raise ValueError(f"{number} is not a whole number")
