"""Publishing a module from the desk, settling a clash with another version, and going back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.content.desk import Looked
from lms.content.rendering import rendered_module_json
from lms.content.writing import files_of
from lms.models import ContentVersion, DraftFile
from lms.rules.authoring import (
    AuthorRefusal,
    FileKind,
    Row,
    differences,
    kind_of,
    reading_order,
    refusal_to_publish,
    slug_of,
)
from lms.rules.definitions import ReferenceList
from lms.services.authoring.desk import (
    Desk,
    Files,
    files_at,
    open_desk,
    version_hashed,
)
from lms.services.authoring.history import Edition, edition_of, text_shown
from lms.services.authoring.keeping import drop_drafts
from lms.services.authoring.looking import look
from lms.services.errors import RefusedError
from lms.services.publishing import definition_of, publication_of, publish_one


@dataclass(frozen=True, slots=True)
class Order:
    """What an author says when publishing. `seen` is the fingerprint of what they looked at."""

    note: str
    changes_learning: bool
    seen: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A module checked and rendered before anything is locked."""

    fingerprint: str
    looked: Looked
    rendered: str


def prepare(session: Session, slug: str) -> Prepared:
    """Return what publishing needs, made outside the transaction. Raises: MissingError."""
    desk = open_desk(session, slug)
    looked = look(session, desk)
    rendered = ""
    if looked.module is not None and not looked.problems:
        references = looked.shelf.references or ReferenceList()
        rendered = rendered_module_json(looked.module, references)
    return Prepared(desk.fingerprint, looked, rendered)


def publish_module(
    session: Session,
    person_id: int,
    slug: str,
    prepared: Prepared,
    order: Order,
    *,
    now: datetime,
) -> ContentVersion:
    """Publish what is on the desk as the module's next version; the drafts are gone with it.

    Raises: RefusedError(AuthorRefusal), MissingError.
    """
    desk = open_desk(session, slug, to_write=True)
    refusal = refusal_to_publish(
        note=order.note,
        problems=len(prepared.looked.problems),
        is_new=bool(desk.changed),
        is_seen=desk.fingerprint == prepared.fingerprint == order.seen,
        is_behind=desk.is_behind,
    )
    if refusal:
        raise RefusedError(refusal)
    version = _publish(session, person_id, desk, prepared, order, now)
    if version is None:  # other bytes, and yet the same module: a comment, an empty line
        raise RefusedError(AuthorRefusal.NOTHING_NEW)
    drop_drafts(session, slug)
    return version


def _publish(
    session: Session,
    person_id: int,
    desk: Desk,
    prepared: Prepared,
    order: Order,
    now: datetime,
) -> ContentVersion | None:
    looked = prepared.looked
    if looked.module is None:
        raise RefusedError(AuthorRefusal.HAS_PROBLEMS)
    publication = publication_of(
        looked.module,
        prepared.rendered,
        _texts(desk.files),
        note=order.note.strip(),
        changes_learning=order.changes_learning,
    )
    try:
        return publish_one(session, publication, looked.pictures, by=person_id, now=now)
    except IntegrityError as clash:
        raise RefusedError(AuthorRefusal.PUBLISHED_MEANWHILE) from clash


def _texts(files: Files) -> dict[str, str]:
    names = sorted(files, key=reading_order)
    return {name: files[name].decode() for name in names if kind_of(name) is not FileKind.PICTURE}


# When the module was published since the drafts were begun


@dataclass(frozen=True, slots=True)
class TwoTexts:
    """A file that both have: as it is published now, and as the draft says; what differs."""

    name: str
    theirs: str
    yours: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Clash:
    """Drafts begun from an older version than the current one.

    Shape: `begun_from` is None where there was no version yet; `files` are those that both changed;
           `untouched` are drafts of files that the newer version left as they were.
    """

    begun_from: Edition | None
    current: Edition
    files: tuple[TwoTexts, ...]
    untouched: tuple[str, ...]


def find_clash(session: Session, slug: str) -> Clash | None:
    """Return what the drafts of a module clash with, or None."""
    desk = open_desk(session, slug)
    if desk.current is None or not desk.is_behind:
        return None
    bases = _bases(session, slug)
    behind = [sheet.name for sheet in desk.drafts if sheet.is_behind]
    older = [version_hashed(session, slug, bases[name]) for name in behind]
    known = [version for version in older if version is not None]
    first = min(known, key=lambda version: version.number, default=None)
    before = {v.hash: _said(session, v) for v in known}
    now_said = _said(session, desk.current)
    both: list[str] = []
    untouched: list[str] = []
    for name in behind:
        is_same = before.get(bases[name], {}).get(_key(name)) == now_said.get(_key(name))
        (untouched if is_same else both).append(name)
    return Clash(
        edition_of(session, first, desk.current) if first else None,
        edition_of(session, desk.current, desk.current),
        tuple(_two(desk, name) for name in both),
        tuple(untouched),
    )


def _key(name: str) -> tuple[FileKind | None, str]:
    """Return what stays the same of a file where only its number changes."""
    kind = kind_of(name)
    if kind is FileKind.TRANSLATION:
        return kind, name.partition("-")[2] or name
    return kind, name if kind is FileKind.PICTURE else slug_of(name)


def _said(session: Session, version: ContentVersion) -> dict[tuple[FileKind | None, str], bytes]:
    """Return a version's files as they are written out from what it says, and its pictures.

    Edge: so set out alike, two files differ only where they say something else.
    """
    texts = files_of(definition_of(session, version))
    kept = files_at(session, version)
    pictures = {name: data for name, data in kept.items() if kind_of(name) is FileKind.PICTURE}
    found = {name: text.encode() for name, text in texts.items()} | pictures
    return {_key(name): data for name, data in found.items()}


def _bases(session: Session, slug: str) -> dict[str, str]:
    query = select(DraftFile.path, DraftFile.base_hash).where(DraftFile.module == slug)
    return {row.path: row.base_hash for row in session.execute(query)}


def _two(desk: Desk, name: str) -> TwoTexts:
    theirs, yours = text_shown(desk.published, name), text_shown(desk.files, name)
    return TwoTexts(name, theirs, yours, differences(theirs, yours))


def settle_clash(
    session: Session, slug: str, theirs: Collection[str], *, number: int, now: datetime
) -> None:
    """Carry on from the current version: of the files in `theirs` the published text is taken.

    Raises: MissingError, RefusedError(MOVED_ON) where `number` is not the current version's.
    """
    desk = open_desk(session, slug, to_write=True)
    if desk.number != number:
        raise RefusedError(AuthorRefusal.MOVED_ON)
    for sheet in desk.drafts:
        if sheet.name in theirs or desk.published.get(sheet.name) == desk.files.get(sheet.name):
            drop_drafts(session, slug, sheet.name)
    session.execute(
        update(DraftFile).where(DraftFile.module == slug).values(base_hash=desk.base_hash)
    )
    session.flush()
