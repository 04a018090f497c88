"""Modules and lessons as pages need them: every text sanitised HTML, ready to be kept as JSON."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from markupsafe import Markup
from pydantic import Field, PlainSerializer, PlainValidator, TypeAdapter

from lms.content.citing import short_words
from lms.content.markdown import Finding, Heading, Links, Page, plain_text
from lms.rules.curriculum import (
    Check,
    Choice,
    Exercise,
    Lesson,
    Module,
    Reflection,
    Situation,
    Step,
    Text,
)
from lms.rules.definitions import Reference, ReferenceList, SourceRef

RENDERER_VERSION = 1
"""Goes up whenever the same words come out differently; what was cached before is made again."""

Html = Annotated[Markup, PlainValidator(Markup), PlainSerializer(str)]
"""Sanitised HTML. It is trusted when read back: only `to_json` writes it."""


@dataclass(frozen=True, slots=True)
class RenderedSource:
    """One source of a lesson. A citation's link leads to `#source-<id>`; `where` may be empty."""

    id: str
    short: str
    cite: str
    where: str
    strength: str
    address: str
    note: str


@dataclass(frozen=True, slots=True)
class RenderedText:
    """A run of prose: block HTML. All other texts fit inside a paragraph, unless they say so."""

    html: Html
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class RenderedOption:
    """One option of a check."""

    id: str
    text: Html
    feedback: Html
    right: bool


@dataclass(frozen=True, slots=True)
class RenderedCheck:
    """A check."""

    id: str
    question: Html
    several: bool
    options: tuple[RenderedOption, ...]
    source: RenderedSource | None
    kind: Literal["check"] = "check"


@dataclass(frozen=True, slots=True)
class RenderedChoice:
    """One choice of a situation's step."""

    id: str
    text: Html
    outcome: Html
    fit: Literal["fits", "partly", "unsafe"]
    then: str


@dataclass(frozen=True, slots=True)
class RenderedStep:
    """One step of a situation."""

    id: str
    words: Html
    question: Html
    choices: tuple[RenderedChoice, ...]


@dataclass(frozen=True, slots=True)
class RenderedSituation:
    """A situation."""

    id: str
    title: Html
    steps: tuple[RenderedStep, ...]
    closing: Html
    source: RenderedSource | None
    kind: Literal["situation"] = "situation"


@dataclass(frozen=True, slots=True)
class RenderedReflection:
    """A reflection."""

    id: str
    prompt: Html
    hint: Html
    kind: Literal["reflection"] = "reflection"


@dataclass(frozen=True, slots=True)
class RenderedExercise:
    """An exercise. `words` are block HTML."""

    id: str
    title: Html
    minutes: int
    words: Html
    kind: Literal["exercise"] = "exercise"


RenderedPart = (
    RenderedText | RenderedCheck | RenderedSituation | RenderedReflection | RenderedExercise
)


@dataclass(frozen=True, slots=True)
class RenderedLesson:
    """A lesson: parts in reading order, headings for a table of contents, sources, words in all."""

    slug: str
    title: str
    parts: tuple[Annotated[RenderedPart, Field(discriminator="kind")], ...]
    headings: tuple[Heading, ...]
    sources: tuple[RenderedSource, ...]
    words: int


@dataclass(frozen=True, slots=True)
class RenderedModule:
    """A module: its introduction (block HTML), its reading list, its lessons."""

    slug: str
    title: str
    introduction: Html
    reading: tuple[RenderedSource, ...]
    lessons: tuple[RenderedLesson, ...]
    renderer: int = RENDERER_VERSION


def lesson_address(module: str, lesson: str) -> str:
    """Return the address of a lesson, or of the module itself where `lesson` is empty."""
    return f"/modules/{module}/{lesson}" if lesson else f"/modules/{module}"


def picture_address(module: str, name: str) -> str:
    """Return the address of a picture of a module."""
    return f"/modules/{module}/img/{name}"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a module's texts refer to, and where that is; None from an address means: not there."""

    references: dict[str, Reference]
    lesson: Callable[[str, str], str | None] = lesson_address
    picture: Callable[[str, str], str | None] = picture_address

    @classmethod
    def of(cls, references: ReferenceList) -> "Surroundings":
        """Return surroundings in which every lesson and picture is where it should be."""
        return cls({reference.id: reference for reference in references.references})

    def page(self, module: str) -> Page:
        """Return an empty page of a module."""
        return Page.of(
            Links(
                cite=self._cite,
                lesson=lambda other, lesson: self.lesson(other or module, lesson),
                picture=lambda name: self.picture(module, name),
            )
        )

    def source(self, source: SourceRef) -> RenderedSource:
        """Return a source as it is listed; an unknown one under its bare id."""
        known = self.references.get(source.ref)
        if known is None:
            return RenderedSource(source.ref, source.ref, source.ref, source.where, "", "", "")
        return RenderedSource(
            source.ref,
            short_words(known),
            known.cite,
            source.where,
            known.strength,
            known.address,
            known.note,
        )

    def _cite(self, identifier: str) -> str | None:
        known = self.references.get(identifier)
        return short_words(known) if known else None


def render_module(module: Module, references: ReferenceList) -> RenderedModule:
    """Return a module rendered for readers."""
    around = Surroundings.of(references)
    page = around.page(module.slug)
    introduction = page.prose(module.introduction)
    return RenderedModule(
        module.slug,
        module.head.title,
        introduction,
        _sources(around, (*module.head.reading, *page.cited)),
        tuple(render_lesson(lesson, module.slug, around)[0] for lesson in module.lessons),
    )


def render_lesson(
    lesson: Lesson, module: str, around: Surroundings
) -> tuple[RenderedLesson, tuple[Finding, ...]]:
    """Return a lesson rendered for readers, and what is wrong with its Markdown."""
    page = around.page(module)
    parts = tuple(_part(part, page, around) for part in lesson.parts)
    sources = _sources(around, (*lesson.head.sources, *page.cited))
    words = sum(len(text.split()) for text in texts_of(parts))
    rendered = RenderedLesson(lesson.slug, lesson.head.title, parts, page.headings, sources, words)
    return rendered, page.findings


def rendered_module_json(module: Module, references: ReferenceList) -> str:
    """Return a module rendered for readers as JSON text, to be kept with its version."""
    return to_json(render_module(module, references))


def to_json(rendered: RenderedModule) -> str:
    """Return a rendered module as JSON text."""
    return _adapter().dump_json(rendered).decode("utf-8")


def from_json(text: str) -> RenderedModule:
    """Return the rendered module of a text made by `to_json` of this renderer's version.

    Raises: `ValueError` where it is not one; then it is rendered again.
    """
    rendered: RenderedModule = _adapter().validate_json(text)
    if rendered.renderer != RENDERER_VERSION:
        raise ValueError(f"This was rendered by version {rendered.renderer}.")
    return rendered


def texts_of(parts: Iterable[RenderedPart]) -> list[str]:
    """Return every text of a lesson's parts as plain words, in reading order."""
    found: list[str] = []
    for part in parts:
        _gather(part, found)
    return found


def _gather(value: Any, found: list[str]) -> None:
    if isinstance(value, Markup):
        found.append(plain_text(value))
    elif isinstance(value, tuple):
        for entry in value:
            _gather(entry, found)
    elif isinstance(value, _WITH_TEXTS):
        for name in value.__slots__:
            _gather(getattr(value, name), found)


_WITH_TEXTS = (
    RenderedText,
    RenderedCheck,
    RenderedOption,
    RenderedSituation,
    RenderedStep,
    RenderedChoice,
    RenderedReflection,
    RenderedExercise,
)


@cache
def _adapter() -> TypeAdapter[RenderedModule]:
    return TypeAdapter(RenderedModule)


def _sources(around: Surroundings, named: Iterable[SourceRef]) -> tuple[RenderedSource, ...]:
    """Return each source once, with every place in it that was named."""
    places: dict[str, dict[str, None]] = {}
    for source in named:
        places.setdefault(source.ref, {}).update(dict.fromkeys(filter(None, [source.where])))
    return tuple(around.source(SourceRef(ref, "; ".join(where))) for ref, where in places.items())


def _part(part: Any, page: Page, around: Surroundings) -> RenderedPart:
    if isinstance(part, Text):
        return RenderedText(page.prose(part.markdown))
    if isinstance(part, Check):
        return _check(part, page, around)
    if isinstance(part, Situation):
        return _situation(part, page, around)
    if isinstance(part, Reflection):
        return RenderedReflection(part.id, page.line(part.prompt), page.line(part.hint))
    return _exercise(part, page)


def _exercise(part: Exercise, page: Page) -> RenderedExercise:
    title, words = page.line(part.title), page.block(part.words)
    return RenderedExercise(part.id, title, part.minutes, words)


def _check(check: Check, page: Page, around: Surroundings) -> RenderedCheck:
    question = page.line(check.question)
    options = tuple(
        RenderedOption(option.id, page.line(option.text), page.line(option.feedback), option.right)
        for option in check.options
    )
    source = around.source(check.source) if check.source else None
    return RenderedCheck(check.id, question, check.several, options, source)


def _situation(situation: Situation, page: Page, around: Surroundings) -> RenderedSituation:
    title = page.line(situation.title)
    steps = tuple(_step(step, page) for step in situation.steps)
    source = around.source(situation.source) if situation.source else None
    return RenderedSituation(situation.id, title, steps, page.line(situation.closing), source)


def _step(step: Step, page: Page) -> RenderedStep:
    words, question = page.line(step.words), page.line(step.question)
    choices = tuple(_choice(choice, page) for choice in step.choices)
    return RenderedStep(step.id, words, question, choices)


def _choice(choice: Choice, page: Page) -> RenderedChoice:
    text, outcome = page.line(choice.text), page.line(choice.outcome)
    return RenderedChoice(choice.id, text, outcome, choice.fit, choice.then)
