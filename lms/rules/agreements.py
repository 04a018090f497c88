"""What an agreement is once read from Markdown, who owes a signature, what a version changed."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
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


class AgreementState(StrEnum):
    """Where an agreement stands for one person."""

    SIGNED = "signed"
    CHANGED = "changed"
    NEW = "new"


class SignRefusal(StrEnum):
    """Why a signature cannot be taken yet."""

    NO_NAME = "sign-no-name"
    QUESTIONS_FIRST = "sign-questions-first"
    TEXT_CHANGED = "sign-text-changed"
    NO_PLACE = "sign-no-place"


def agreement_state(current: int, signed: Collection[int]) -> AgreementState:
    """Return where an agreement stands; both are version numbers."""
    if current in signed:
        return AgreementState.SIGNED
    return AgreementState.CHANGED if signed else AgreementState.NEW


def in_signing_order(agreements: Iterable[Agreement]) -> list[Agreement]:
    """Return agreements in the order they are put to a person: the limits of secrecy come first."""
    return sorted(agreements, key=lambda found: (found.head.kind != "confidentiality", found.slug))


def is_name(written: str) -> bool:
    """Say whether this can be somebody's name: at least one letter of any script."""
    return any(unicodedata.category(sign).startswith("L") for sign in written)


def refusal_to_sign(
    *, name: str, shown: int, current: int, understood: bool, has_place: bool
) -> SignRefusal | None:
    """Return why a signature cannot be taken, or None if it can.

    Units: `shown` and `current` are version numbers: the text that was on the page, and the text
           that holds now.
    """
    if not has_place:
        return SignRefusal.NO_PLACE
    if shown != current:
        return SignRefusal.TEXT_CHANGED
    if not understood:
        return SignRefusal.QUESTIONS_FIRST
    return None if is_name(name) else SignRefusal.NO_NAME


def asks_again(agreement: Agreement, understood: Iterable[Agreement]) -> bool:
    """Say whether the questions come first; `understood` are versions already gone through.

    Edge: questions that are the very same as those of an earlier signature are not asked twice.
    """
    questions = agreement.head.questions
    return bool(questions) and all(earlier.head.questions != questions for earlier in understood)


class ChangeKind(StrEnum):
    """What became of a paragraph."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """One paragraph, heading or line of a list, as Markdown without its marker."""

    kind: ChangeKind
    words: str
    is_heading: bool = False


_MARKER = re.compile(r"(?:#{1,6}|[-*+]|1\.)[ \t]+")
_NUMBER = re.compile(r"[0-9]{1,9}[.)][ \t]+")


def paragraphs_of(text: str) -> list[str]:
    """Return a Markdown text as paragraphs, headings and lines of lists, blanks folded.

    Edge: every numbered line begins with 1, so that a new line in a list changes no other.
    """
    found: list[str] = []
    is_open = False
    for line in text.split("\n"):
        words = _numbered_alike(" ".join(line.split()))
        if not words:
            is_open = False
        elif is_open and not _MARKER.match(words) and not found[-1].startswith("#"):
            found[-1] += " " + words
        else:
            found.append(words)
            is_open = True
    return found


def _numbered_alike(line: str) -> str:
    number = _NUMBER.match(line)
    return "1. " + line[number.end() :] if number else line


def changes_between(old: str, new: str) -> tuple[Change, ...]:
    """Return what became of each paragraph, in reading order, the removed before the added.

    Edge: kept and added together are the new text, kept and removed the old one.
    """
    before, after = paragraphs_of(old), paragraphs_of(new)
    changes: list[Change] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            changes += [_change(ChangeKind.KEPT, words) for words in after[c:d]]
        else:
            changes += [_change(ChangeKind.REMOVED, words) for words in before[a:b]]
            changes += [_change(ChangeKind.ADDED, words) for words in after[c:d]]
    return tuple(changes)


def _change(kind: ChangeKind, paragraph: str) -> Change:
    words = _MARKER.sub("", paragraph, count=1)
    return Change(kind, words, is_heading=paragraph.startswith("#"))


def near_changes(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return the changes with what they stand under: of what was kept, only the last heading."""
    shown: list[Change] = []
    heading: Change | None = None
    for change in changes:
        if change.kind is not ChangeKind.KEPT:
            shown += [heading, change] if heading else [change]
            heading = None
        elif change.is_heading:
            heading = change
    return tuple(shown)
