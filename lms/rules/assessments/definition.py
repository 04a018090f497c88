"""What an assessment is once read from YAML."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from lms.rules.definitions import STRICT, ContentNote, SourceRef

Credit = str | int
"""A share of an item's points as written: `1`, `"1/3"`, `"-1/3"`, `"0.25"`. Never a float."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a single or multiple item. `flag` opens a conversation, never a penalty."""

    __pydantic_config__: ClassVar = STRICT
    id: str
    credit: Credit
    text: str = ""
    feedback: str = ""
    flag: bool = False


@dataclass(frozen=True, slots=True)
class SingleItem:
    """One option is best and earns all. `reason` says why where it is not exactly one.

    Shape: `taught_in` names, for every kind of item, the lessons that teach it: `module/lesson`.
    """

    __pydantic_config__: ClassVar = STRICT
    id: str
    type: Literal["single"]
    options: tuple[Option, ...]
    domain: str = ""
    points: Credit = 1
    stem: str = ""
    source: SourceRef | None = None
    taught_in: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MultipleItem:
    """Credit is the sum over ticked options, then `floor` and `cap`."""

    __pydantic_config__: ClassVar = STRICT
    id: str
    type: Literal["multiple"]
    options: tuple[Option, ...]
    floor: Credit = 0
    cap: Credit = 1
    domain: str = ""
    points: Credit = 1
    stem: str = ""
    source: SourceRef | None = None
    taught_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrueFalseItem:
    __pydantic_config__: ClassVar = STRICT
    id: str
    type: Literal["true-false"]
    key: bool
    domain: str = ""
    points: Credit = 1
    stem: str = ""
    feedback_true: str = ""
    feedback_false: str = ""
    source: SourceRef | None = None
    taught_in: tuple[str, ...] = ()


Item = SingleItem | MultipleItem | TrueFalseItem


@dataclass(frozen=True, slots=True)
class Domain:
    """One competency domain that a score is given for."""

    __pydantic_config__: ClassVar = STRICT
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """`assessments/<id>.yaml`. Marks to reach live in the programme, not here."""

    __pydantic_config__: ClassVar = STRICT
    id: str
    items: tuple[Item, ...]
    title: str = ""
    introduction: str = ""
    minutes: int | None = None
    domains: tuple[Domain, ...] = ()
    content_note: ContentNote | None = None
    sources: tuple[SourceRef, ...] = ()
