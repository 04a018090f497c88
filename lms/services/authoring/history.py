"""Earlier versions of a module: who published what, what changed, and going back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.models import ContentVersion, Person
from lms.rules.authoring import FileKind, Row, changed_names, differences, kind_of
from lms.services.authoring.desk import KIND, Files, files_at, open_desk, version_of
from lms.services.authoring.keeping import put_files


@dataclass(frozen=True, slots=True)
class Edition:
    """A version in words: its number, when, by whom ("" from files), and what was said of it."""

    number: int
    published_at: datetime
    by: str
    note: str
    changes_learning: bool
    is_current: bool


def list_editions(session: Session, slug: str) -> list[Edition]:
    """Return the versions of a module, the newest first."""
    query = (
        select(ContentVersion, Person.chosen_name)
        .outerjoin(Person, Person.id == ContentVersion.published_by)
        .where(ContentVersion.kind == KIND, ContentVersion.slug == slug)
        .order_by(ContentVersion.number.desc())
    )
    rows = session.execute(query).all()
    return [
        _words(row.ContentVersion, row.chosen_name or "", is_current=position == 0)
        for position, row in enumerate(rows)
    ]


def edition_of(session: Session, version: ContentVersion, current: ContentVersion) -> Edition:
    """Return a version in words; `current` is the newest."""
    by = session.get(Person, version.published_by) if version.published_by else None
    name = by.chosen_name if by else ""
    return _words(version, name, is_current=version.number == current.number)


def _words(version: ContentVersion, by: str, *, is_current: bool) -> Edition:
    return Edition(
        version.number,
        version.published_at,
        by,
        version.note,
        version.changes_learning,
        is_current,
    )


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file that differs between two states of a module. `is_picture` ones have no rows."""

    name: str
    is_new: bool
    is_gone: bool
    is_picture: bool
    rows: tuple[Row, ...]


def changes_between(old: Files, new: Files) -> tuple[ChangedFile, ...]:
    """Return every file that differs, in reading order, and what became of its lines."""
    return tuple(_changed(name, old, new) for name in changed_names(old, new))


def _changed(name: str, old: Files, new: Files) -> ChangedFile:
    is_picture = kind_of(name) is FileKind.PICTURE
    rows = () if is_picture else differences(text_shown(old, name), text_shown(new, name))
    return ChangedFile(name, name not in old, name not in new, is_picture, rows)


def changes_since(session: Session, slug: str, number: int) -> tuple[ChangedFile, ...]:
    """Return what changed from an earlier version to the current one. Raises: MissingError."""
    desk = open_desk(session, slug)
    return changes_between(files_at(session, version_of(session, slug, number)), desk.published)


def take_back(session: Session, person_id: int, slug: str, number: int, *, now: datetime) -> int:
    """Put an earlier version on the desk, to be published as a new one; return how many changes.

    Raises: MissingError, RefusedError(DRAFTS_THERE).
    """
    files = files_at(session, version_of(session, slug, number))
    return len(put_files(session, person_id, slug, files, now=now))


def text_shown(files: Files, name: str) -> str:
    """Return what is shown of a file; of a picture how heavy it is, "" for one that is absent."""
    if kind_of(name) is FileKind.PICTURE:
        return f"({len(files[name]):,} bytes)" if name in files else ""
    return files[name].decode() if name in files else ""
