"""Writing modules in the browser: names of files, what stops publishing, words that changed."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

MODULE_FILE = "module.md"
CARD_FILE = "card.md"
LESSON_LIMIT_BYTES = 200_000
FILES_LIMIT = 120
NOTE_LENGTH = 500
NAME_LIMIT = 90


class AuthorRefusal(StrEnum):
    """Why something cannot be kept, taken in or published yet."""

    NAME_ODD = "author-name-odd"
    NAME_TAKEN = "author-name-taken"
    MODULE_FILE_STAYS = "author-module-file-stays"
    TOO_LARGE = "author-too-large"
    NO_NOTE = "author-no-note"
    HAS_PROBLEMS = "author-has-problems"
    NOTHING_NEW = "author-nothing-new"
    MOVED_ON = "author-moved-on"
    PUBLISHED_MEANWHILE = "author-published-meanwhile"
    DRAFTS_THERE = "author-drafts-there"
    ORIGINAL_UNREADABLE = "author-original-unreadable"


class FileKind(StrEnum):
    """What a file of a module is."""

    MODULE = "module"
    LESSON = "lesson"
    EQUAL = "equal"
    TRANSLATION = "translation"
    CARD = "card"
    PICTURE = "picture"


_SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_KEBAB = re.compile(_SLUG)
_NAMES = (
    (FileKind.MODULE, re.compile(r"module\.md")),
    (FileKind.CARD, re.compile(r"card\.md")),
    (FileKind.LESSON, re.compile(rf"[0-9]{{2}}-(?P<slug>{_SLUG})\.md")),
    (FileKind.EQUAL, re.compile(rf"[0-9]{{2}}-(?P<slug>{_SLUG})\.equal\.md")),
    (
        FileKind.TRANSLATION,
        re.compile(rf"(?:[0-9]{{2}}-(?P<slug>{_SLUG})(?:\.equal)?|module|card)\.[a-z]{{2,3}}\.md"),
    ),
    (FileKind.PICTURE, re.compile(rf"img/(?P<slug>{_SLUG})\.(?:svg|png|jpg)")),
)


def kind_of(name: str) -> FileKind | None:
    """Return what a file is by its name, None for what no module holds.

    Edge: the only folder is `img/`; a name is all that it says, so nothing can lead elsewhere.
    """
    if len(name) > NAME_LIMIT:
        return None
    return next((kind for kind, form in _NAMES if form.fullmatch(name)), None)


def slug_of(name: str) -> str:
    """Return what a file's name says beside its number and kind; "" for the module's own."""
    found = next((match for _kind, form in _NAMES if (match := form.fullmatch(name))), None)
    return (found.groupdict().get("slug") or "") if found else ""


def language_of(name: str) -> str | None:
    """Return the language of a translation's file, None for every other file."""
    return name.split(".")[-2] if kind_of(name) is FileKind.TRANSLATION else None


def original_of(name: str) -> str:
    """Return the name of the file that a translation stands beside; any other name as it is."""
    language = language_of(name)
    return name.removesuffix(f".{language}.md") + ".md" if language else name


def translation_name(name: str, language: str) -> str:
    """Return the name that a text's translation into a language must have."""
    return f"{name.removesuffix('.md')}.{language}.md"


def names_beside(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the files that cannot stand without this one: its translations, its equal route.

    Edge: only a lesson has an equal route, and that one's translations are among them as well.
    """
    if kind_of(name) in (None, FileKind.PICTURE, FileKind.TRANSLATION):
        return ()
    stem = name.removesuffix("md")
    kinds = {FileKind.TRANSLATION, FileKind.EQUAL}
    found = (other for other in names if other.startswith(stem) and other != name)
    return tuple(sorted(other for other in found if kind_of(other) in kinds))


def stem_that_fits(name: str) -> str:
    """Return a picture's name made fit for addresses: "My Bench photo" is `my-bench-photo`.

    Edge: a name without any letter or digit of a to z, 0 to 9 becomes `picture`.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:60].rstrip("-") or "picture"


def is_module_name(name: str) -> bool:
    """Say whether a module may be called so in addresses."""
    return len(name) <= 60 and _KEBAB.fullmatch(name) is not None


def reading_order(name: str) -> tuple[int, str]:
    """Return what to sort files by: the module's own, lessons with their routes, card, pictures."""
    first = {FileKind.MODULE: 0, FileKind.CARD: 2, FileKind.PICTURE: 3}
    kind = kind_of(original_of(name))
    plain = name.removesuffix(".md").replace(".equal", "~")
    return (first.get(kind, 1) if kind else 4, plain)


def next_number(names: list[str]) -> int:
    """Return the number of a lesson that comes after all others."""
    numbers = [int(name[:2]) for name in names if kind_of(name) is FileKind.LESSON]
    return min(max(numbers, default=0) + 1, 99)


def refusal_to_publish(
    *, note: str, problems: int, is_new: bool, is_seen: bool, is_behind: bool
) -> AuthorRefusal | None:
    """Return why a module cannot be published, or None if it can.

    Shape: `is_seen` says that what is there now is what the author looked at; `is_behind` that
           somebody published the module since these drafts were begun.
    """
    if is_behind:
        return AuthorRefusal.PUBLISHED_MEANWHILE
    if not is_seen:
        return AuthorRefusal.MOVED_ON
    if problems:
        return AuthorRefusal.HAS_PROBLEMS
    if not is_new:
        return AuthorRefusal.NOTHING_NEW
    return None if note.strip() else AuthorRefusal.NO_NOTE


class PieceKind(StrEnum):
    """What became of some words."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


class RowKind(StrEnum):
    """What became of some lines."""

    KEPT = "kept"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a line, and what became of them."""

    kind: PieceKind
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """Some lines that share a fate. `line` is the first one's number, in the newer text if it is
    there; `count` is how many lines were left out of sight.
    """

    kind: RowKind
    line: int
    pieces: tuple[Piece, ...] = ()
    count: int = 0


AROUND = 2
WORDS_LIMIT = 3000
_WORD = re.compile(r"\s+|[^\s]+")


def differences(old: str, new: str) -> tuple[Row, ...]:
    """Return what became of each line between two texts, with two kept lines around each change.

    Edge: a stretch of more than 3,000 words is shown whole, old then new, not word by word.
    """
    before, after = old.split("\n"), new.split("\n")
    rows: list[Row] = []
    matcher = SequenceMatcher(None, before, after)
    codes = matcher.get_opcodes()
    for position, (tag, a, b, c, d) in enumerate(codes):
        if tag == "equal":
            rows += _kept(after[c:d], c, is_first=position == 0, is_last=position == len(codes) - 1)
        elif tag == "replace":
            rows.append(Row(RowKind.CHANGED, c + 1, _words(before[a:b], after[c:d])))
        elif tag == "insert":
            rows.append(Row(RowKind.ADDED, c + 1, (_piece(PieceKind.ADDED, after[c:d]),)))
        else:
            rows.append(Row(RowKind.REMOVED, a + 1, (_piece(PieceKind.REMOVED, before[a:b]),)))
    return tuple(rows) if any(row.kind not in _STILL for row in rows) else ()


_STILL = (RowKind.KEPT, RowKind.SKIPPED)


def _kept(lines: list[str], start: int, *, is_first: bool, is_last: bool) -> list[Row]:
    head = 0 if is_first else AROUND
    tail = 0 if is_last else AROUND
    if len(lines) <= head + tail + 1:
        return [Row(RowKind.KEPT, start + 1, (_piece(PieceKind.KEPT, lines),))]
    rows = []
    if head:
        rows.append(Row(RowKind.KEPT, start + 1, (_piece(PieceKind.KEPT, lines[:head]),)))
    rows.append(Row(RowKind.SKIPPED, start + head + 1, count=len(lines) - head - tail))
    if tail:
        first = start + len(lines) - tail + 1
        rows.append(Row(RowKind.KEPT, first, (_piece(PieceKind.KEPT, lines[-tail:]),)))
    return rows


def _piece(kind: PieceKind, lines: list[str]) -> Piece:
    return Piece(kind, "\n".join(lines))


def _words(before: list[str], after: list[str]) -> tuple[Piece, ...]:
    old, new = _WORD.findall("\n".join(before)), _WORD.findall("\n".join(after))
    if len(old) + len(new) > WORDS_LIMIT:
        return (_piece(PieceKind.REMOVED, before), _piece(PieceKind.ADDED, after))
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(PieceKind.KEPT, "".join(new[c:d])))
            continue
        if b > a:
            pieces.append(Piece(PieceKind.REMOVED, "".join(old[a:b])))
        if d > c:
            pieces.append(Piece(PieceKind.ADDED, "".join(new[c:d])))
    return tuple(pieces)


def changed_names(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return the names of files that differ between two states of a module, in reading order."""
    names = {name for name in {*old, *new} if old.get(name) != new.get(name)}
    return tuple(sorted(names, key=reading_order))
