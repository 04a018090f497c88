"""What lies on the authors' desk: a module's published files with everybody's drafts over them."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.content.pictures import FOLDER as PICTURES
from lms.content.pictures import as_drawn
from lms.models import ContentPicture, ContentVersion, DraftFile, Person
from lms.rules.authoring import FileKind, changed_names, kind_of, reading_order
from lms.rules.curriculum import Module
from lms.services.errors import MissingError
from lms.services.publishing import (
    definition_of,
    find_current_version,
    list_current_versions,
    source_of,
)

KIND = "module"
Files = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file on the desk. `version` counts the saves of its draft, 0 where there is none."""

    name: str
    kind: FileKind
    version: int = 0
    is_new: bool = False
    is_removed: bool = False
    is_behind: bool = False
    saved_by: str = ""
    saved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """A module as its authors have it.

    Shape: `published` are the files of the current version, `files` the same with the drafts;
           `fingerprint` is all that would be published, and over which version.
    """

    slug: str
    current: ContentVersion | None
    published: Files
    files: Files
    sheets: tuple[Sheet, ...]

    @property
    def base_hash(self) -> str:
        """Return the hash of the current version, "" before the first."""
        return self.current.hash if self.current else ""

    @property
    def number(self) -> int:
        """Return the number of the current version, 0 before the first."""
        return self.current.number if self.current else 0

    @property
    def changed(self) -> tuple[str, ...]:
        """Return the names of the files that differ from the current version."""
        return changed_names(self.published, self.files)

    @property
    def drafts(self) -> tuple[Sheet, ...]:
        """Return the files that somebody has a draft of."""
        return tuple(sheet for sheet in self.sheets if sheet.version)

    @property
    def is_behind(self) -> bool:
        """Say whether the module was published since one of the drafts was begun."""
        return any(sheet.is_behind for sheet in self.drafts)

    @property
    def fingerprint(self) -> str:
        """Return what tells this state of the module from every other."""
        return fingerprint_of(self.base_hash, self.files)

    def text_of(self, name: str) -> str:
        """Return a text as it is on the desk. Raises: MissingError."""
        kind = kind_of(name)
        if name not in self.files or kind in (None, FileKind.PICTURE):
            raise MissingError
        return self.files[name].decode()

    def sheet(self, name: str) -> Sheet:
        """Return a file by its name. Raises: MissingError."""
        found = next((sheet for sheet in self.sheets if sheet.name == name), None)
        if found is None:
            raise MissingError
        return found


def fingerprint_of(base_hash: str, files: Mapping[str, bytes]) -> str:
    """Return what tells these files over this version from all others."""
    digest = hashlib.sha256(base_hash.encode())
    for name in sorted(files):
        digest.update(f"\0{name}\0{len(files[name])}\0".encode() + files[name])
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A module in the authors' list."""

    slug: str
    title: str
    number: int
    published_at: datetime | None
    changes: int
    saved_by: str
    saved_at: datetime | None


def list_desks(session: Session) -> list[DeskRow]:
    """Return every module, published or begun, by title."""
    versions = {version.slug: version for version in list_current_versions(session, KIND)}
    drafts: dict[str, list[tuple[DraftFile, str]]] = {}
    query = select(DraftFile, Person.chosen_name).join(Person, Person.id == DraftFile.person_id)
    for row in session.execute(query.order_by(DraftFile.saved_at)):
        drafts.setdefault(row.DraftFile.module, []).append((row.DraftFile, row.chosen_name))
    rows = [_row(slug, versions.get(slug), drafts.get(slug, [])) for slug in {*versions, *drafts}]
    return sorted(rows, key=lambda row: (row.title.casefold(), row.slug))


def _row(slug: str, version: ContentVersion | None, drafts: list[tuple[DraftFile, str]]) -> DeskRow:
    last = drafts[-1] if drafts else None
    return DeskRow(
        slug=slug,
        title=version.title if version else slug,
        number=version.number if version else 0,
        published_at=version.published_at if version else None,
        changes=len(drafts),
        saved_by=last[1] if last else "",
        saved_at=last[0].saved_at if last else None,
    )


def open_desk(session: Session, slug: str, *, to_write: bool = False) -> Desk:
    """Return a module as its authors have it; `to_write` holds its drafts. Raises: MissingError."""
    current = find_current_version(session, KIND, slug)
    rows = _drafts(session, slug, to_write=to_write)
    if current is None and not rows:
        raise MissingError
    published = files_at(session, current) if current else {}
    files = dict(published)
    for row, _name in rows:
        files.pop(row.path, None)
        if row.text is not None:
            files[row.path] = row.text.encode()
        elif row.data is not None:
            files[row.path] = row.data
    base = current.hash if current else ""
    sheets = _sheets(published, rows, base)
    return Desk(slug, current, published, files, tuple(sheets))


def _drafts(session: Session, slug: str, *, to_write: bool) -> list[tuple[DraftFile, str]]:
    query = select(DraftFile, Person.chosen_name).join(Person, Person.id == DraftFile.person_id)
    query = query.where(DraftFile.module == slug).order_by(DraftFile.path)
    if to_write:
        query = query.with_for_update(of=DraftFile).execution_options(populate_existing=True)
    return [(row.DraftFile, row.chosen_name) for row in session.execute(query)]


def _sheets(published: Files, rows: list[tuple[DraftFile, str]], base: str) -> Iterator[Sheet]:
    drafts = {row.path: (row, name) for row, name in rows}
    for name in sorted({*published, *drafts}, key=reading_order):
        kind = kind_of(name)
        if kind is None:
            continue
        if name not in drafts:
            yield Sheet(name, kind)
            continue
        row, saved_by = drafts[name]
        yield Sheet(
            name=name,
            kind=kind,
            version=row.version,
            is_new=name not in published,
            is_removed=row.text is None and row.data is None,
            is_behind=row.base_hash != base,
            saved_by=saved_by,
            saved_at=row.saved_at,
        )


def files_at(session: Session, version: ContentVersion) -> Files:
    """Return all files of a module's version: texts, and the pictures that they show."""
    files = {name: text.encode() for name, text in source_of(session, version).items()}
    module: Module = definition_of(session, version)
    stamps = {picture.stamp: picture.name for picture in module.pictures}
    query = select(ContentPicture).where(
        ContentPicture.module == version.slug, ContentPicture.stamp.in_(stamps)
    )
    for row in session.scalars(query):
        if stamps.get(row.stamp) == row.name:
            is_drawing = row.name.endswith(".svg")
            files[f"{PICTURES}/{row.name}"] = as_drawn(row.data) if is_drawing else row.data
    return files


def version_of(session: Session, slug: str, number: int) -> ContentVersion:
    """Return a module's version by its number. Raises: MissingError."""
    query = select(ContentVersion).where(
        ContentVersion.kind == KIND, ContentVersion.slug == slug, ContentVersion.number == number
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise MissingError
    return found


def version_hashed(session: Session, slug: str, content_hash: str) -> ContentVersion | None:
    """Return the newest version of a module with this hash, None where there is none."""
    query = select(ContentVersion).where(
        ContentVersion.kind == KIND,
        ContentVersion.slug == slug,
        ContentVersion.hash == content_hash,
    )
    return session.scalars(query.order_by(ContentVersion.number.desc()).limit(1)).one_or_none()
