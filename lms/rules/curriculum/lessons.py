"""What a module and its lessons are once read from Markdown: frozen, strict, without pages."""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Literal

from lms.rules.curriculum.coverage import Covers
from lms.rules.curriculum.packs import PackTopic
from lms.rules.curriculum.words import Phase, Term
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
    content_note: ContentNote | None = None


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
    content_note: ContentNote | None = None


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
    content_note: ContentNote | None = None


@dataclass(frozen=True, slots=True)
class PhaseShown:
    """A phase of help-seeking, shown inside a lesson as `modules/phases.yaml` words it."""

    __pydantic_config__: ClassVar = STRICT
    id: str


@dataclass(frozen=True, slots=True)
class LocalEntries:
    """A place for what the organisation's own pack says on a topic; `words` introduce it."""

    __pydantic_config__: ClassVar = STRICT
    topic: PackTopic
    words: str


SOURCE_LANGUAGE = "en"
"""What lessons, cards and lists are written in."""

LESSON_LANGUAGES = ("es",)
"""What lessons may be translated into: the languages that pages speak, the source's left out."""

Block = Check | Situation | Reflection | Exercise | PhaseShown | LocalEntries


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
    covers: Covers = field(default_factory=Covers)


@dataclass(frozen=True, slots=True)
class EqualHead:
    """The front matter of an equal route; everything else is as in the lesson beside it."""

    __pydantic_config__: ClassVar = STRICT
    title: str
    minutes: int
    sources: tuple[SourceRef, ...] = ()
    content_note: ContentNote | None = None


@dataclass(frozen=True, slots=True)
class Principles:
    """What a learner will see done in a module, for each of the six trauma-informed principles."""

    __pydantic_config__: ClassVar = STRICT
    safety: str
    trust: str
    peer_support: str
    collaboration: str
    choice: str
    culture: str


@dataclass(frozen=True, slots=True)
class PackNeed:
    """A topic of the local pack that a module needs, and for what."""

    __pydantic_config__: ClassVar = STRICT
    topic: PackTopic
    words: str


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
    co_writers: tuple[str, ...] = ()
    principles: Principles | None = None
    jurisdiction: tuple[PackNeed, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A run of prose, as Markdown.

    Edge: `line` is where it starts in its file: a help for authors, no part of what it says.
    """

    __pydantic_config__: ClassVar = STRICT
    markdown: str
    line: int = field(default=0, compare=False)


Part = Text | Block


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson as written: its head, then prose and blocks in reading order."""

    __pydantic_config__: ClassVar = STRICT
    slug: str
    head: LessonHead
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class EqualRoute:
    """Another way to the objective of the lesson `slug`, without its hard material."""

    __pydantic_config__: ClassVar = STRICT
    slug: str
    head: EqualHead
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class TranslationHead:
    """The front matter of a translated lesson, equal route or card; all else is as beside it.

    Shape: `of` is the fingerprint of the source text that was translated; `note` are the words of
           the content note, where the lesson has one.
    """

    __pydantic_config__: ClassVar = STRICT
    title: str
    translator: str
    translated_on: date
    of: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Translation:
    """The lesson `slug`, or its equal route, in another language.

    Edge: it has the same blocks; ids and options are the same.
    """

    __pydantic_config__: ClassVar = STRICT
    slug: str
    language: str
    head: TranslationHead
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class CardHead:
    """The front matter of `card.md`."""

    __pydantic_config__: ClassVar = STRICT
    title: str


@dataclass(frozen=True, slots=True)
class Card:
    """What to remember of a module, on one card. `words` are Markdown: short lists."""

    __pydantic_config__: ClassVar = STRICT
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class CardTranslation:
    """The card in another language."""

    __pydantic_config__: ClassVar = STRICT
    language: str
    head: TranslationHead
    words: str


@dataclass(frozen=True, slots=True)
class PageHead:
    """The front matter of a module's own page in another language.

    Shape: objectives in their order; `principles` where the module has them.
    """

    __pydantic_config__: ClassVar = STRICT
    title: str
    summary: str
    objectives: tuple[str, ...]
    translator: str
    translated_on: date
    of: str = ""
    principles: Principles | None = None


@dataclass(frozen=True, slots=True)
class PageTranslation:
    """A module's own page in another language: its head and its introduction."""

    __pydantic_config__: ClassVar = STRICT
    language: str
    head: PageHead
    introduction: str


@dataclass(frozen=True, slots=True)
class PictureRef:
    """A picture that a module's texts show. `stamp` is the SHA-256 of what is served."""

    __pydantic_config__: ClassVar = STRICT
    name: str
    stamp: str


@dataclass(frozen=True, slots=True)
class Module:
    """A module as written: its head, its introduction (Markdown) and its lessons in order.

    Shape: `terms`, `phases` and `pictures` are those that the texts use, as they were when the
           module was published, so that a version says for ever what it said. The four lists of
           translations are of its lessons, equal routes, card and own page.
    """

    __pydantic_config__: ClassVar = STRICT
    slug: str
    head: ModuleHead
    introduction: str
    lessons: tuple[Lesson, ...]
    equal_routes: tuple[EqualRoute, ...] = ()
    card: Card | None = None
    terms: tuple[Term, ...] = ()
    phases: tuple[Phase, ...] = ()
    pictures: tuple[PictureRef, ...] = ()
    translations: tuple[Translation, ...] = ()
    route_translations: tuple[Translation, ...] = ()
    card_translations: tuple[CardTranslation, ...] = ()
    page_translations: tuple[PageTranslation, ...] = ()


def needs_equal_route(head: LessonHead) -> bool:
    """Say whether a lesson must offer another way: its content note is light or close."""
    return head.content_note is not None and head.content_note.intensity != "mention"
