"""Plain values into frozen definitions, strictly; every complaint at its line, in plain words."""

import difflib
import json
import re
import types
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Generic, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from lms.content.errors import ProblemCode, Problems
from lms.content.yaml import Document, Json, Place, place_text, read_yaml

T = TypeVar("T")

TAGS = ("type", "kind")
"""The keys that say which member of a union a value is."""


@cache
def adapter_for(shape: Any) -> TypeAdapter[Any]:
    """Return the one validator of a definition type."""
    return TypeAdapter(shape)


@dataclass(frozen=True, slots=True)
class Written(Generic[T]):
    """A definition together with the document it came from, so that checks can name lines."""

    value: T
    document: Document
    problems: Problems

    def add(self, code: ProblemCode, message: str, *place: str | int) -> None:
        """Note a problem at a place of the document."""
        line = self.document.line_of(place)
        self.problems.add(code, message, line=line, path=place_text(place))

    def warn(self, code: ProblemCode, message: str, *place: str | int) -> None:
        """Note something to look at, at a place of the document."""
        line = self.document.line_of(place)
        self.problems.warn(code, message, line=line, path=place_text(place))


def read_written(shape: type[T], text: str, problems: Problems, line: int = 1) -> Written[T] | None:
    """Return the definition that a YAML text holds; `line` is where the text starts in its file."""
    document = read_yaml(text, problems, line)
    definition: T | None = read_definition(shape, document, problems) if document else None
    if document is None or definition is None:
        return None
    return Written(definition, document, problems)


def read_definition(shape: Any, document: Document, problems: Problems) -> Any:
    """Return the definition that a document holds, or None; every reason is noted with its line."""
    try:
        definition = adapter_for(shape).validate_json(json.dumps(document.value))
    except ValidationError as error:
        _note_all(_complaints(shape, document.value, error), document, problems)
        return None
    blanks = list(_blanks(definition))
    _note_all(blanks, document, problems)
    return None if blanks else definition


@dataclass(frozen=True, slots=True)
class _Complaint:
    place: Place
    code: ProblemCode
    message: str


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where an error of the validator points, once the labels of unions are taken out."""

    place: Place
    shape: Any
    value: Json
    parent: Any = None


def _note_all(complaints: list[_Complaint], document: Document, problems: Problems) -> None:
    for complaint in dict.fromkeys(complaints):
        line = document.line_of(complaint.place)
        path = place_text(complaint.place)
        problems.add(complaint.code, complaint.message, line=line, path=path)


def _complaints(shape: Any, value: Json, error: ValidationError) -> list[_Complaint]:
    found: list[_Complaint] = []
    for detail in error.errors(include_url=False, include_context=False):
        spot = _follow(_Spot((), shape, value), detail["loc"])
        if isinstance(spot, _Complaint):
            found.append(spot)
        elif spot is not None:
            found.append(_complaint(spot, detail["type"], detail["msg"]))
    return _without_misspelt(found)


def _without_misspelt(found: list[_Complaint]) -> list[_Complaint]:
    """Leave out that a key is missing where it is there, and only written wrong."""
    meant = {
        (*one.place[:-1], match["key"])
        for one in found
        if one.code is ProblemCode.UNKNOWN_KEY and (match := _MEANT.search(one.message))
    }
    return [
        one for one in found if one.code is not ProblemCode.MISSING_KEY or one.place not in meant
    ]


_MEANT = re.compile(r" Did you mean '(?P<key>\w+)'\?$")


def _follow(spot: _Spot, loc: tuple[str | int, ...]) -> "_Spot | _Complaint | None":
    """Walk type and value along an error's path; None if it is of a branch that was not meant."""
    for step in loc:
        if len(_members(spot.shape)) > 1:
            chosen = _branch(spot, str(step))
            if not isinstance(chosen, _Spot):
                return chosen
            spot = chosen
        else:
            spot = _inside(spot, step)
    if len(_members(spot.shape)) == 1:
        spot = _Spot(spot.place, _members(spot.shape)[0], spot.value, spot.parent)
    return spot


def _inside(spot: _Spot, step: str | int) -> _Spot:
    members = _members(spot.shape)
    shape: Any = members[0] if members else spot.shape
    place = (*spot.place, step)
    inner: Json = None
    if isinstance(spot.value, dict):
        inner = spot.value.get(step)
    elif isinstance(spot.value, list) and isinstance(step, int) and step < len(spot.value):
        inner = spot.value[step]
    if is_dataclass(shape):
        return _Spot(place, _hints(shape).get(str(step), Any), inner, shape)
    arguments = [part for part in get_args(shape) if part is not Ellipsis]
    return _Spot(place, arguments[-1] if arguments else Any, inner, shape)


def _branch(spot: _Spot, label: str) -> "_Spot | _Complaint | None":
    """Return the member of a union that an error is about, if the value was meant to be it."""
    members = _members(spot.shape)
    fitting = [member for member in members if _could_be(member, spot.value)]
    if not fitting:
        return _Complaint(spot.place, ProblemCode.WRONG_TYPE, _wants(spot, members))
    tagged = _tagged(fitting)
    if tagged and isinstance(spot.value, dict):
        tag, choices = tagged
        meant = spot.value.get(tag)
        if not isinstance(meant, str) or meant not in choices:
            return _wrong_tag(spot, tag, list(choices))
        fitting = [choices[meant]]
        label = choices[meant].__name__ if label == meant else label
    named = [member for member in fitting if getattr(member, "__name__", "") == label]
    if named:
        return _Spot(spot.place, named[0], spot.value, spot.parent)
    return None


def _wrong_tag(spot: _Spot, tag: str, choices: list[str]) -> _Complaint:
    place = (*spot.place, tag)
    if tag not in spot.value:
        message = f"'{tag}' is missing. It says what this is: {_either(choices)}."
        return _Complaint(place, ProblemCode.MISSING_KEY, message)
    message = f"'{tag}' must be {_either(choices)}.{_meant(str(spot.value[tag]), choices)}"
    return _Complaint(place, ProblemCode.NOT_A_CHOICE, message)


def _tagged(members: list[Any]) -> tuple[str, dict[str, Any]] | None:
    """Return the tag of a union of dataclasses and the member each of its values stands for."""
    if not all(is_dataclass(member) for member in members):
        return None
    for tag in TAGS:
        hints = [_hints(member).get(tag) for member in members]
        if all(get_origin(hint) is Literal for hint in hints):
            pairs = zip(members, hints, strict=True)
            return tag, {word: member for member, hint in pairs for word in get_args(hint)}
    return None


def _hints(shape: Any) -> dict[str, Any]:
    hints = get_type_hints(shape)
    return {field.name: hints[field.name] for field in fields(shape)}


@cache
def _members(shape: Any) -> tuple[Any, ...]:
    """Return the members of a union without None, or nothing if it is no union."""
    if get_origin(shape) not in (Union, types.UnionType):
        return ()
    return tuple(member for member in get_args(shape) if member is not type(None))


def _could_be(shape: Any, value: Json) -> bool:
    """Return whether a value has the outer form of a type."""
    if is_dataclass(shape) or get_origin(shape) is dict:
        return isinstance(value, dict)
    if get_origin(shape) in (tuple, list):
        return isinstance(value, list)
    if get_origin(shape) is Literal:
        return value in get_args(shape)
    if isinstance(shape, type) and issubclass(shape, Enum):
        return isinstance(value, str)
    return isinstance(shape, type) and type(value) is shape


def _complaint(spot: _Spot, kind: str, words: str) -> _Complaint:
    name = _name(spot.place)
    tagged = _tagged(list(_members(spot.shape))) if kind.startswith("union_tag") else None
    if tagged:
        return _wrong_tag(spot, tagged[0], list(tagged[1]))
    if kind == "missing":
        message = f"{name} is missing. Add it."
        return _Complaint(spot.place, ProblemCode.MISSING_KEY, message)
    if kind == "unexpected_keyword_argument":
        known = [field.name for field in fields(spot.parent)] if spot.parent else []
        message = f"Unknown key {name}.{_meant(str(spot.place[-1]), known) or _known(known)}"
        return _Complaint(spot.place, ProblemCode.UNKNOWN_KEY, message)
    if spot.value is None:
        message = f"{name} is empty. Write something, or leave the key out."
        return _Complaint(spot.place, ProblemCode.EMPTY, message)
    if kind in ("literal_error", "enum"):
        choices = _choices(spot.shape)
        meant = _meant(str(spot.value), choices)
        message = f"{name} must be {_either(choices)}.{meant}"
        return _Complaint(spot.place, ProblemCode.NOT_A_CHOICE, message)
    if kind.startswith("date"):
        message = f"{name} must be a date, such as 2026-11-21."
        return _Complaint(spot.place, ProblemCode.WRONG_TYPE, message)
    if kind.endswith("_type"):
        message = _wants(spot, _members(spot.shape) or (spot.shape,))
        return _Complaint(spot.place, ProblemCode.WRONG_TYPE, message)
    return _Complaint(spot.place, ProblemCode.OUT_OF_RANGE, f"{name}: {words}.")


def _wants(spot: _Spot, shapes: tuple[Any, ...]) -> str:
    groups = [shape for shape in shapes if is_dataclass(shape)]
    several = len(groups) > 1
    forms = (_form(dict if several and shape in groups else shape) for shape in shapes)
    wanted = " or ".join(dict.fromkeys(forms))
    remedy = ""
    if shapes == (str,) and isinstance(spot.value, bool | int):
        remedy = " Put it in quotes."
    elif isinstance(spot.value, str) and any(get_origin(s) in (tuple, list) for s in shapes):
        remedy = " Write [one, two], or a line with '- ' for each."
    return f"{_name(spot.place)} must be {wanted}, and here it is {_form_of(spot.value)}.{remedy}"


def _form(shape: Any) -> str:
    if is_dataclass(shape):
        return f"a group with the keys {', '.join(field.name for field in fields(shape))}"
    if get_origin(shape) is Literal:
        return _either(_choices(shape))
    if get_origin(shape) in (tuple, list):
        return "a list"
    named: dict[Any, str] = {str: "text", int: "a whole number", bool: "true or false"}
    return named.get(shape, "a group of keys")


def _form_of(value: Json) -> str:
    if isinstance(value, bool):
        return f"the word {str(value).lower()}"
    if isinstance(value, int):
        return f"the number {value}"
    if value is None:
        return "empty"
    named: dict[Any, str] = {str: f"the text '{str(value)[:40]}'", list: "a list", dict: "a group"}
    return named[type(value)]


def _choices(shape: Any) -> list[str]:
    if get_origin(shape) is Literal:
        return [str(choice) for choice in get_args(shape)]
    return [str(choice.value) for choice in shape]


def _name(place: Place) -> str:
    if not place:
        return "This document"
    if isinstance(place[-1], str):
        return f"'{place[-1]}'"
    around = next((step for step in reversed(place) if isinstance(step, str)), None)
    return f"Entry {place[-1] + 1} of '{around}'" if around else f"Entry {place[-1] + 1}"


def _either(choices: list[str]) -> str:
    if len(choices) < 2:
        return "".join(choices)
    return f"{', '.join(choices[:-1])} or {choices[-1]}"


def _meant(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f" Did you mean '{near[0]}'?" if near else ""


def _known(known: list[str]) -> str:
    return f" The keys here are: {', '.join(known)}." if known else ""


def walk(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Yield a definition and everything inside it, each with its place."""
    yield place, value
    if isinstance(value, tuple):
        for position, entry in enumerate(value):
            yield from walk(entry, (*place, position))
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from walk(entry, (*place, key))
    elif is_dataclass(value):
        for field in fields(value):
            yield from walk(getattr(value, field.name), (*place, field.name))


def _blanks(definition: Any) -> Iterator[_Complaint]:
    """Yield a complaint for each text that must be there and holds nothing but spaces."""
    for place, value in walk(definition):
        for field in fields(value) if is_dataclass(value) else ():
            inner = getattr(value, field.name)
            if isinstance(inner, str) and field.default is MISSING and not inner.strip():
                spot = (*place, field.name)
                message = f"{_name(spot)} is empty. Write something."
                yield _Complaint(spot, ProblemCode.EMPTY, message)
