"""Reading a record from JSON, strictly: every problem is named, nothing is guessed."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType, NoneType, UnionType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from lms.rules.record.facts import (
    AttestationFact,
    CertificateFact,
    CompletionFact,
    DecisionFact,
    DocumentFact,
    FactValue,
    HoursFact,
    PerformanceFact,
    PersonFact,
    PlanFact,
    QualificationFact,
    Record,
    ScoreFact,
    SignatureFact,
    StateFact,
    WaiverFact,
)

LEDGERS = ("training", "practice", "supervision", "continuing-education")
HOURS_STATES = ("draft", "submitted", "returned", "confirmed", "withdrawn")
_NUMBER = re.compile(r"\d{1,12}(\.\d{1,18}|/[1-9]\d{0,11})?")


class Problem(NamedTuple):
    """One thing to mend: where (keys and list positions from the top), a code, and words."""

    path: tuple[str | int, ...]
    code: str
    message: str


class RecordError(ValueError):
    """The given data is not a record; `problems` names everything at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


def record_from_json(data: object) -> Record:
    """Return the record that parsed JSON describes.

    Shape:  the contract of `lms verdict`; every list may be left out.
    Raises: RecordError with every problem: unknown and missing keys, wrong types, doubled ids.
    """
    problems: list[Problem] = []
    record = _read_tuple(Record, data, (), problems)
    if problems or not isinstance(record, Record):
        raise RecordError(tuple(problems))
    return record


_WRITTEN = {"from_on": "from"}
"""Keys of the contract that Python keeps for itself."""


def _read_tuple(
    shape: Any, data: object, path: tuple[str | int, ...], problems: list[Problem]
) -> Any:
    if not isinstance(data, dict):
        problems.append(Problem(path, "type", "Expected an object with named values."))
        return None
    before = len(problems)
    keys = {_WRITTEN.get(name, name): name for name in shape._fields}
    for key in data:
        if key not in keys:
            problems.append(
                Problem((*path, str(key)), "unknown-key", f"“{key}” is not known here.")
            )
    values = {}
    is_readable = True
    for key, name in keys.items():
        so_far = len(problems)
        if key in data:
            kind = _HINTS[shape][name]
            values[name] = _read(kind, data[key], (*path, key), problems)
        elif name not in shape._field_defaults:
            problems.append(Problem((*path, key), "missing", f"“{key}” is missing."))
        is_readable = is_readable and len(problems) == so_far
        if key in data and len(problems) == so_far:
            problems.extend(_odd_value(shape, key, values[name], path))
    if is_readable:
        for key, words in _CHECKS.get(shape, _no_check)(shape(**values)):
            problems.append(Problem((*path, key), "value", words))
    return shape(**values) if len(problems) == before else None


def _odd_value(shape: Any, key: str, value: Any, path: tuple[str | int, ...]) -> Iterator[Problem]:
    """Yield what is wrong with a value by itself, whatever stands beside it."""
    refusal = _ALONE.get((shape, key))
    words = refusal(value) if refusal is not None else ""
    if words:
        yield Problem((*path, key), "value", words)


def _read(kind: Any, data: object, path: tuple[str | int, ...], problems: list[Problem]) -> Any:
    if kind in _HINTS:
        return _read_tuple(kind, data, path, problems)
    origin, arms = get_origin(kind), get_args(kind)
    if origin is UnionType and NoneType in arms:
        return None if data is None else _read(arms[0], data, path, problems)
    if origin is tuple:
        return tuple(_read_list(arms[0], data, path, problems))
    if origin is Mapping:
        return MappingProxyType(dict(_read_mapping(arms[1], data, path, problems)))
    try:
        return _READERS[kind](data)
    except ValueError as wrong:
        problems.append(Problem(path, "type", str(wrong)))
        return None


def _read_list(
    kind: Any, data: object, path: tuple[str | int, ...], problems: list[Problem]
) -> Iterator[Any]:
    if not isinstance(data, list):
        problems.append(Problem(path, "type", "Expected a list."))
        return
    seen: set[object] = set()
    for place, item in enumerate(data):
        own = item.get("id") if isinstance(item, dict) else None
        if isinstance(own, str) and own in seen:
            words = f"The id “{own}” stands in this list twice."
            problems.append(Problem((*path, place, "id"), "doubled", words))
        elif isinstance(own, str):
            seen.add(own)
        yield _read(kind, item, (*path, place), problems)


def _read_mapping(
    kind: Any, data: object, path: tuple[str | int, ...], problems: list[Problem]
) -> Iterator[tuple[str, Any]]:
    if not isinstance(data, dict):
        problems.append(Problem(path, "type", "Expected an object with named values."))
        return
    for key, item in data.items():
        yield str(key), _read(kind, item, (*path, str(key)), problems)


def _text(data: object) -> str:
    if not isinstance(data, str):
        raise ValueError("Expected text.")
    return data


def _whole(data: object) -> int:
    if not isinstance(data, int) or isinstance(data, bool) or data < 0:
        raise ValueError("Expected a whole number of at least 0.")
    return data


def _yes_or_no(data: object) -> bool:
    if not isinstance(data, bool):
        raise ValueError("Expected true or false.")
    return data


def _day(data: object) -> date:
    try:
        day = date.fromisoformat(_text(data))
    except ValueError:
        day = None
    if day is None or day.isoformat() != data:
        raise ValueError("Expected a day such as 2026-02-28.")
    return day


def _instant(data: object) -> datetime:
    try:
        instant = datetime.fromisoformat(_text(data))
    except ValueError:
        raise ValueError("Expected an instant such as 2026-02-28T09:30:00+00:00.") from None
    if instant.tzinfo is None:
        raise ValueError("Expected an instant with its offset, such as +00:00.")
    return instant


def _exact(data: object) -> Fraction:
    if isinstance(data, bool) or not isinstance(data, str | int | float | Decimal):
        raise ValueError("Expected a number such as 70, 81.5 or 245/3.")
    written = str(data)
    if isinstance(data, Decimal) and abs(data.adjusted()) < 30:
        written = format(data, "f")
    if _NUMBER.fullmatch(written) is None:
        raise ValueError("Expected a number such as 70, 81.5 or 245/3.")
    return Fraction(written)


def _plain(data: object) -> FactValue:
    if not isinstance(data, str | int | bool):
        raise ValueError("Expected text, a whole number, or true or false.")
    return data


_READERS: dict[Any, Callable[[object], Any]] = {
    str: _text,
    int: _whole,
    bool: _yes_or_no,
    date: _day,
    datetime: _instant,
    Fraction: _exact,
    FactValue: _plain,
}
_SHAPES = (
    *(CompletionFact, HoursFact, ScoreFact, PerformanceFact, DocumentFact, AttestationFact),
    *(SignatureFact, DecisionFact, WaiverFact, PlanFact, QualificationFact, PersonFact),
    *(StateFact, CertificateFact, Record),
)
_HINTS: dict[Any, dict[str, Any]] = {shape: get_type_hints(shape) for shape in _SHAPES}


def _check_hours(entry: HoursFact) -> Iterator[tuple[str, str]]:
    if sum(entry.domains.values()) > entry.minutes:
        yield "domains", "The domains' minutes come to more than the entry's."
    if entry.until is not None and entry.until < entry.on:
        yield "until", "It ends before it begins."


def _check_plan(plan: PlanFact) -> Iterator[tuple[str, str]]:
    if plan.until is not None and plan.until < plan.from_on:
        yield "until", "It ends before it begins."


def _check_qualification(held: QualificationFact) -> Iterator[tuple[str, str]]:
    if held.since is not None and held.until is not None and held.until < held.since:
        yield "until", "It ends before it begins."


def _check_certificate(held: CertificateFact) -> Iterator[tuple[str, str]]:
    if held.valid_until is not None and held.valid_until < held.issued_on:
        yield "valid_until", "It ends before it was issued."
    days = [one.on for one in held.states]
    if days != sorted(days):
        yield "states", "Name them in the order of their days."


def _one_of(words: tuple[str, ...]) -> Callable[[Any], str]:
    return lambda value: "" if value in words else f"Expected one of: {', '.join(words)}."


def _no_percentage(value: Fraction) -> str:
    return "" if 0 <= value <= 100 else "Expected 0 to 100."


def _no_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError):
        return "Expected a time zone such as Europe/Copenhagen."
    return ""


def _no_check(made: Any) -> Iterator[tuple[str, str]]:
    return iter(())


_CHECKS: dict[Any, Callable[[Any], Iterator[tuple[str, str]]]] = {
    HoursFact: _check_hours,
    PlanFact: _check_plan,
    QualificationFact: _check_qualification,
    CertificateFact: _check_certificate,
}
_ALONE: dict[tuple[Any, str], Callable[[Any], str]] = {
    (HoursFact, "ledger"): _one_of(LEDGERS),
    (HoursFact, "state"): _one_of(HOURS_STATES),
    (ScoreFact, "score_percent"): _no_percentage,
    (Record, "zone"): _no_zone,
}


_CLOSED: dict[Any, dict[str, dict[str, Any]]] = {
    HoursFact: {"ledger": {"enum": list(LEDGERS)}, "state": {"enum": list(HOURS_STATES)}},
    ScoreFact: {"score_percent": {"maximum": 100}},
}
"""What the schema says of single keys beside their type."""

_PLAIN_SCHEMAS: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer", "minimum": 0},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    Fraction: {
        "type": ["string", "number"],
        "description": "exact, such as 70, 81.5 or 245/3",
        "pattern": f"^{_NUMBER.pattern}$",
        "minimum": 0,
    },
    FactValue: {"type": ["string", "integer", "boolean"]},
}


def record_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of what `record_from_json` reads."""
    shapes = {shape.__name__: _object_schema(shape) for shape in _SHAPES if shape is not Record}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Record",
        **_object_schema(Record),
        "$defs": shapes,
    }


def _object_schema(shape: Any) -> dict[str, Any]:
    hints = _HINTS[shape].items()
    closed = _CLOSED.get(shape, {})
    needed = [_WRITTEN.get(n, n) for n, _ in hints if n not in shape._field_defaults]
    return {
        "type": "object",
        "additionalProperties": False,
        "required": needed,
        "properties": {
            _WRITTEN.get(name, name): {**_schema(kind), **closed.get(name, {})}
            for name, kind in hints
        },
    }


def _schema(kind: Any) -> dict[str, Any]:
    if kind in _HINTS:
        return {"$ref": f"#/$defs/{kind.__name__}"}
    origin, arms = get_origin(kind), get_args(kind)
    if origin is UnionType and NoneType in arms:
        return {"anyOf": [_schema(arms[0]), {"type": "null"}]}
    if origin is tuple:
        return {"type": "array", "items": _schema(arms[0])}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _schema(arms[1])}
    return _PLAIN_SCHEMAS[kind]
