"""What a module looks like once rendered: every text sanitised HTML, ready to be kept as JSON."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from markupsafe import Markup
from pydantic import Field, PlainSerializer, PlainValidator

from lms.content.markdown import Heading
from lms.rules.curriculum import Pack, PackKind, PackTopic, Principles
from lms.rules.definitions import ContentNote

RENDERER_VERSION = 2
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
    content_note: ContentNote | None = None
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
    content_note: ContentNote | None = None
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
    content_note: ContentNote | None = None
    kind: Literal["exercise"] = "exercise"


@dataclass(frozen=True, slots=True)
class RenderedPhase:
    """A phase of help-seeking: what peers do and must not do are lists."""

    id: str
    title: Html
    words: Html
    peers: tuple[Html, ...]
    peers_not: tuple[Html, ...]
    supervisors: Html
    staff: Html
    hand_over: Html
    source: RenderedSource | None
    kind: Literal["phase"] = "phase"


@dataclass(frozen=True, slots=True)
class RenderedLocal:
    """A place for the local pack's entries on a topic."""

    topic: PackTopic
    words: Html
    kind: Literal["local"] = "local"


RenderedPart = (
    RenderedText
    | RenderedCheck
    | RenderedSituation
    | RenderedReflection
    | RenderedExercise
    | RenderedPhase
    | RenderedLocal
)


@dataclass(frozen=True, slots=True)
class RenderedTerm:
    """A word that a lesson explains. A link in the text leads to `#word-<id>`."""

    id: str
    term: Html
    words: Html
    source: RenderedSource | None


@dataclass(frozen=True, slots=True)
class RenderedLesson:
    """A lesson, or an equal route: parts in reading order, headings for a table of contents,
    sources, how many words in all, the terms it explains, the names of its pictures.
    """

    slug: str
    title: str
    parts: tuple[Annotated[RenderedPart, Field(discriminator="kind")], ...]
    headings: tuple[Heading, ...]
    sources: tuple[RenderedSource, ...]
    words: int
    terms: tuple[RenderedTerm, ...] = ()
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RenderedTranslation:
    """A lesson in another language. `is_outdated` says that its source has changed since."""

    language: str
    translator: str
    translated_on: date
    is_outdated: bool
    lesson: RenderedLesson


@dataclass(frozen=True, slots=True)
class RenderedCard:
    """What to remember of a module. `words` are block HTML."""

    title: str
    words: Html


@dataclass(frozen=True, slots=True)
class RenderedCardTold:
    """A card in another language. `is_outdated` says that its source has changed since."""

    language: str
    translator: str
    translated_on: date
    is_outdated: bool
    card: RenderedCard


@dataclass(frozen=True, slots=True)
class RenderedPageTold:
    """A module's own page in another language, with the same. `introduction` is block HTML."""

    language: str
    translator: str
    translated_on: date
    is_outdated: bool
    title: str
    summary: str
    objectives: tuple[str, ...]
    principles: Principles | None
    introduction: Html


@dataclass(frozen=True, slots=True)
class RenderedModule:
    """A module: its introduction (block HTML), its reading list, its lessons and their equals."""

    slug: str
    title: str
    introduction: Html
    reading: tuple[RenderedSource, ...]
    lessons: tuple[RenderedLesson, ...]
    equal_routes: tuple[RenderedLesson, ...] = ()
    card: RenderedCard | None = None
    translations: tuple[RenderedTranslation, ...] = ()
    route_translations: tuple[RenderedTranslation, ...] = ()
    card_translations: tuple[RenderedCardTold, ...] = ()
    page_translations: tuple[RenderedPageTold, ...] = ()
    renderer: int = RENDERER_VERSION


@dataclass(frozen=True, slots=True)
class RenderedEntry:
    """One entry of a local pack. What is not said is empty."""

    id: str
    kind: PackKind
    topic: PackTopic
    title: Html
    words: Html
    how_in: Html
    wait: Html
    cost: Html
    suits: Html
    contact: Html
    checked_on: date
    checked_by: str
    source: RenderedSource | None


@dataclass(frozen=True, slots=True)
class RenderedPack:
    """What holds in one place: the pack as written, and its entries as they are shown."""

    pack: Pack
    entries: tuple[RenderedEntry, ...]

    def on_topic(self, topic: str) -> tuple[RenderedEntry, ...]:
        """Return the entries on a topic, as they stand in the pack."""
        return tuple(entry for entry in self.entries if entry.topic == topic)
