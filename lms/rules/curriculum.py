"""What a module and its lessons are once read from Markdown: frozen, strict, without pages."""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from lms.rules.definitions import STRICT, ContentNote, Review, SourceRef


@dataclass(frozen=True, slots=True)
class CheckOption:
    """One choice of an in-lesson check; `feedback` answers this very choice, kindly."""

    __pydantic_config__: ClassVar = STRICT
    id: str
    text: str
    feedback: str
    right: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """A question inside a lesson. It is never scored; it is there to think with.

    Edge: exactly one option is right, except where `several` is true (then one or more).
    """

    __pydantic_config__: ClassVar = STRICT
    id: str
    question: str
    options: tuple[CheckOption, ...]
    several: bool = False
    source: SourceRef | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to act in a worked situation, and what follows from it, told without blame."""

    __pydantic_config__: ClassVar = STRICT
    id: str
    text: str
    outcome: str
    fit: Literal["fits", "partly", "unsafe"]
    then: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One moment of a situation. A choice's `then` names the step that follows; empty ends it."""

    __pydantic_config__: ClassVar = STRICT
    id: str
    words: str
    question: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Situation:
    """A worked situation with decisions; `closing` is what to take along, whatever was chosen."""

    __pydantic_config__: ClassVar = STRICT
    id: str
    title: str
    steps: tuple[Step, ...]
    closing: str
    source: SourceRef | None = None


@dataclass(frozen=True, slots=True)
class Reflection:
    """A private box to write in: read by nobody but its writer."""

    __pydantic_config__: ClassVar = STRICT
    id: str
    prompt: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Exercise:
    """Something to do with another person."""

    __pydantic_config__: ClassVar = STRICT
    id: str
    title: str
    minutes: int
    words: str


Block = Check | Situation | Reflection | Exercise


@dataclass(frozen=True, slots=True)
class LessonHead:
    """The front matter of a lesson. `minutes` is reading and doing time, whole minutes."""

    __pydantic_config__: ClassVar = STRICT
    title: str
    minutes: int
    objective: str
    competencies: tuple[str, ...]
    sensitive: Literal["no", "safety", "risk", "law"] = "no"
    content_note: ContentNote | None = None
    sources: tuple[SourceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class ModuleHead:
    """The front matter of `module.md`."""

    __pydantic_config__: ClassVar = STRICT
    title: str
    summary: str
    objectives: tuple[str, ...]
    domain: str
    authors: tuple[str, ...]
    core: bool = True
    reviews: tuple[Review, ...] = ()
    reading: tuple[SourceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A run of prose, as Markdown.

    Edge: `line` is where it starts in its file: a help for authors, no part of what it says.
    """

    __pydantic_config__: ClassVar = STRICT
    markdown: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson as written: its head, then prose and blocks in reading order."""

    __pydantic_config__: ClassVar = STRICT
    slug: str
    head: LessonHead
    parts: tuple[Text | Block, ...]


@dataclass(frozen=True, slots=True)
class Module:
    """A module as written: its head, its introduction (Markdown) and its lessons in order."""

    __pydantic_config__: ClassVar = STRICT
    slug: str
    head: ModuleHead
    introduction: str
    lessons: tuple[Lesson, ...]
