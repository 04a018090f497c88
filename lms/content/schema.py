"""JSON Schemas of what is written in files, made from the definitions themselves."""

from collections.abc import Callable
from typing import Any

from lms.content.definitions import adapter_for
from lms.rules.assessments.definition import Assessment
from lms.rules.curriculum import Module
from lms.rules.programmes import Programme
from lms.rules.record import record_schema
from lms.rules.roleplays import Rubric, Scenario

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_for(name: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a kind of file.

    Raises: `ValueError` for a name that is not in `SCHEMAS`.
    """
    if name not in SCHEMAS:
        raise ValueError(f"There is no schema {name!r}; these are: {', '.join(SCHEMAS)}.")
    return SCHEMAS[name]()


def _of(shape: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {"$schema": DIALECT, **adapter_for(shape).json_schema()}


SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    "assessment": _of(Assessment),
    "module": _of(Module),
    "programme": _of(Programme),
    "record": record_schema,
    "rubric": _of(Rubric),
    "scenario": _of(Scenario),
}
