"""What an agreement to be signed is once read from Markdown."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from lms.rules.curriculum import CheckOption
from lms.rules.definitions import STRICT, SourceRef


@dataclass(frozen=True, slots=True)
class UnderstandingQuestion:
    """A question answered before signing. `explanation` opens on a choice that is not right.

    Edge: exactly one option is right; no choice ever stops a person from signing later.
    """

    __pydantic_config__: ClassVar = STRICT
    id: str
    question: str
    options: tuple[CheckOption, ...]
    explanation: str


@dataclass(frozen=True, slots=True)
class AgreementHead:
    """The front matter of `programmes/agreements/<slug>.md`. `language` is a BCP 47 tag.

    Edge: a `confidentiality` agreement has exactly three questions, a `code-of-ethics` none.
    """

    __pydantic_config__: ClassVar = STRICT
    title: str
    kind: Literal["code-of-ethics", "confidentiality"]
    language: str
    sources: tuple[SourceRef, ...]
    questions: tuple[UnderstandingQuestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement as written: its head, then the text (Markdown) that a signature is put to."""

    __pydantic_config__: ClassVar = STRICT
    slug: str
    head: AgreementHead
    text: str
