"""Checks that several kinds of files share: ids, sources, notes, reviews, minutes."""

from collections.abc import Collection, Iterable
from datetime import date
from pathlib import Path
from typing import Any

from lms.content.definitions import Written, walk
from lms.content.errors import TO_ADD, ProblemCode, Problems
from lms.content.files import is_kebab
from lms.content.yaml import Place
from lms.rules.definitions import ContentNote, Review, SourceRef


def check_ids(written: Written[Any], entries: Iterable[Any], *place: str | int) -> None:
    """Note each id of a list that is there twice or is not made for addresses."""
    seen: dict[str, int] = {}
    for position, entry in enumerate(entries):
        spot: Place = (*place, position, "id")
        if not is_kebab(entry.id.lower()):
            message = f"The id '{entry.id}' may hold letters a to z, digits and hyphens only."
            written.add(ProblemCode.BAD_ID, message, *spot)
        if entry.id in seen:
            first = written.document.line_of((*place, seen[entry.id], "id"))
            message = f"The id '{entry.id}' is on line {first} already. Give each its own id."
            written.add(ProblemCode.DUPLICATE_ID, message, *spot)
        seen.setdefault(entry.id, position)


def check_file_name(written: Written[Any], identifier: str, path: Path) -> None:
    """Note an id that is not kebab-case or differs from the name of its file."""
    if not is_kebab(identifier):
        message = f"The id '{identifier}' must be in kebab-case, such as 'first-contact'."
        written.add(ProblemCode.BAD_ID, message, "id")
    elif identifier != path.stem:
        message = f"The id is '{identifier}' and the file is '{path.name}'. Make them the same."
        written.add(ProblemCode.BAD_ID, message, "id")


def check_name(name: str, problems: Problems) -> None:
    """Note the name of a folder or file that cannot be part of an address."""
    if not is_kebab(name):
        message = f"The name '{name}' must be in kebab-case, such as 'first-contact'."
        problems.add(ProblemCode.BAD_ID, message)


def check_shared(written: Written[Any], references: Collection[str] | None) -> None:
    """Note sources that are not in the list, empty notes, dates that are none, minutes below one.

    Edge: `references` is None where the list itself could not be read; then sources are not judged.
    """
    for place, value in walk(written.value):
        if isinstance(value, SourceRef) and references is not None and value.ref not in references:
            written.add(ProblemCode.UNKNOWN_REFERENCE, no_reference(value.ref), *place, "ref")
        elif isinstance(value, ContentNote):
            _check_note(written, value, place)
        elif isinstance(value, Review) and not _is_date(value.on):
            message = f"'{value.on}' is not a date. Write it as \"2026-11-21\"."
            written.add(ProblemCode.OUT_OF_RANGE, message, *place, "on")
        elif place and place[-1] == "minutes" and isinstance(value, int) and value < 1:
            message = "'minutes' must be 1 or more."
            written.add(ProblemCode.OUT_OF_RANGE, message, *place)


def no_reference(identifier: str) -> str:
    """Return the sentence for a source that the list of references does not hold."""
    return f"The source '{identifier}' is not in references.yaml. {TO_ADD}"


def _check_note(written: Written[Any], note: ContentNote, place: Place) -> None:
    if not note.topics:
        message = "'topics' is empty. Name what is touched, or leave the content note out."
        written.add(ProblemCode.EMPTY, message, *place, "topics")
    if len(set(note.topics)) < len(note.topics):
        message = "A topic is named twice. Keep one."
        written.add(ProblemCode.DUPLICATE_ID, message, *place, "topics")


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
