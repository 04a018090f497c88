"""Drafts of modules: authors share them, two on one file clash in sight, and nothing is lost."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.content.desk import Looked
from lms.content.packs import FOLDER as PACKS
from lms.content.translations import Source
from lms.content.writing import translation_begun
from lms.models import DraftFile
from lms.rules.authoring import (
    CARD_FILE,
    FILES_LIMIT,
    LESSON_LIMIT_BYTES,
    MODULE_FILE,
    AuthorRefusal,
    FileKind,
    changed_names,
    is_module_name,
    kind_of,
    names_beside,
    slug_of,
    translation_name,
)
from lms.rules.curriculum import LESSON_LANGUAGES, Module
from lms.services.authoring.desk import KIND, Desk, Files, list_desks, open_desk
from lms.services.authoring.skeletons import (
    TRANSLATOR,
    card_text,
    equal_text,
    lesson_text,
    module_text,
)
from lms.services.errors import ClashError, RefusedError
from lms.services.publishing import find_current_version


@dataclass(frozen=True, slots=True)
class Typed:
    """A text as it was sent. `version` is the draft that it was begun from (0: none), `base_hash`
    the module's version that was on the page.
    """

    text: str
    version: int
    base_hash: str


def save_text(
    session: Session, person_id: int, slug: str, name: str, typed: Typed, *, now: datetime
) -> int:
    """Keep a text as its authors' shared draft and return the draft's version, 0 for none.

    Edge:   a text that says what is published leaves no draft.
    Raises: RefusedError; ClashError with both texts where somebody else saved meanwhile.
    """
    text = typed.text.replace("\r\n", "\n").replace("\r", "\n")
    if kind_of(name) in (None, FileKind.PICTURE):
        raise RefusedError(AuthorRefusal.NAME_ODD)
    if len(text.encode()) > LESSON_LIMIT_BYTES:
        raise RefusedError(AuthorRefusal.TOO_LARGE)
    desk = open_desk(session, slug, to_write=True)
    sheet = desk.sheet(name)
    there = desk.files[name].decode() if name in desk.files else ""
    if typed.version != sheet.version and text != there:
        raise ClashError({"text": there}, {"text": text}, sheet.version)
    if text == there and not sheet.is_removed:
        return sheet.version
    if text.encode() == desk.published.get(name) and not sheet.is_behind:
        _forget(session, slug, [name])
        return 0
    base = typed.base_hash if not sheet.version else None
    try:
        row = _keep(session, desk, name, person_id, now, base_hash=base)
    except RefusedError as late:
        newer = open_desk(session, slug, to_write=True)
        theirs = {"text": newer.text_of(name) if name in newer.files else ""}
        raise ClashError(theirs, {"text": text}, newer.sheet(name).version) from late
    row.text, row.data = text, None
    _flush(session, there, text)
    return row.version


def _flush(session: Session, there: str, text: str) -> None:
    try:
        session.flush()
    except IntegrityError as clash:  # somebody began a draft of the same file in the same moment
        raise ClashError({"text": there}, {"text": text}, 0) from clash


def _keep(
    session: Session,
    desk: Desk,
    name: str,
    person_id: int,
    now: datetime,
    *,
    base_hash: str | None = None,
) -> DraftFile:
    query = select(DraftFile).where(DraftFile.module == desk.slug, DraftFile.path == name)
    row = session.scalars(query).one_or_none()
    if row is not None and name not in {sheet.name for sheet in desk.drafts}:
        raise RefusedError(AuthorRefusal.MOVED_ON)  # begun by somebody since the desk was read
    if row is None:
        base = desk.base_hash if base_hash is None else base_hash
        row = DraftFile(module=desk.slug, path=name, base_hash=base, version=0)
        session.add(row)
    row.person_id, row.saved_at, row.version = person_id, now, row.version + 1
    return row


def _forget(session: Session, slug: str, names: Collection[str]) -> None:
    session.execute(
        delete(DraftFile).where(DraftFile.module == slug, DraftFile.path.in_(set(names)))
    )
    session.flush()


def add_text(
    session: Session, person_id: int, slug: str, name: str, title: str, *, now: datetime
) -> None:
    """Begin a lesson, an equal route or the card, with the keys that it needs in it already.

    Raises: RefusedError.
    """
    desk = open_desk(session, slug, to_write=True)
    kind = kind_of(name)
    made = {FileKind.LESSON: lesson_text, FileKind.EQUAL: equal_text, FileKind.CARD: card_text}
    if kind not in made or len(desk.files) >= FILES_LIMIT:
        raise RefusedError(AuthorRefusal.NAME_ODD)
    if name in desk.files or (kind is FileKind.LESSON and _is_taken(desk.files, name)):
        raise RefusedError(AuthorRefusal.NAME_TAKEN)
    if kind is FileKind.EQUAL and name.replace(".equal.md", ".md") not in desk.files:
        raise RefusedError(AuthorRefusal.NAME_ODD)
    row = _keep(session, desk, name, person_id, now)
    row.text, row.data = made[kind](title), None
    session.flush()


def begin_translation(
    session: Session,
    person_id: int,
    slug: str,
    name: str,
    looked: Looked,
    *,
    language: str,
    now: datetime,
) -> str:
    """Begin a translation of a text with its words and the head that it needs; return its name.

    Shape:  `looked` is what was found on the desk as it is now.
    Raises: MissingError, RefusedError.
    """
    desk = open_desk(session, slug, to_write=True)
    text, new = desk.text_of(name), translation_name(name, language)
    source = _source_in(looked.module, name)
    if kind_of(new) is None or language not in LESSON_LANGUAGES or len(desk.files) >= FILES_LIMIT:
        raise RefusedError(AuthorRefusal.NAME_ODD)
    if new in desk.files:
        raise RefusedError(AuthorRefusal.NAME_TAKEN)
    if source is None:
        raise RefusedError(AuthorRefusal.ORIGINAL_UNREADABLE)
    row = _keep(session, desk, new, person_id, now)
    row.text, row.data = translation_begun(text, source, TRANSLATOR, now.date()), None
    try:
        session.flush()
    except IntegrityError as clash:  # somebody began it in the same moment
        raise RefusedError(AuthorRefusal.NAME_TAKEN) from clash
    return new


def _source_in(module: Module | None, name: str) -> Source | None:
    """Return what a text says, None where it cannot be read yet."""
    if module is None:
        return None
    kind, slug = kind_of(name), slug_of(name)
    if kind is FileKind.MODULE:
        return module
    if kind is FileKind.CARD:
        return module.card
    texts = module.equal_routes if kind is FileKind.EQUAL else module.lessons
    return next((text for text in texts if text.slug == slug), None)


def _is_taken(files: Files, name: str) -> bool:
    """Say whether a lesson with this slug, or this number, is there already."""
    lessons = [other for other in files if kind_of(other) is FileKind.LESSON]
    return any(slug_of(other) == slug_of(name) or other[:2] == name[:2] for other in lessons)


def start_module(session: Session, person_id: int, slug: str, title: str, *, now: datetime) -> None:
    """Begin a module with one lesson. Raises: RefusedError."""
    if not is_module_name(slug) or slug == PACKS:
        raise RefusedError(AuthorRefusal.NAME_ODD)
    if any(row.slug == slug for row in list_desks(session)):
        raise RefusedError(AuthorRefusal.NAME_TAKEN)
    first = {
        MODULE_FILE: module_text(title),
        "01-first-steps.md": lesson_text("First steps"),
        CARD_FILE: card_text(title),
    }
    for name, text in first.items():
        session.add(
            DraftFile(
                module=slug,
                path=name,
                text=text,
                base_hash="",
                version=1,
                person_id=person_id,
                saved_at=now,
            )
        )
    try:
        session.flush()
    except IntegrityError as clash:
        raise RefusedError(AuthorRefusal.NAME_TAKEN) from clash


def rename_file(
    session: Session, person_id: int, slug: str, name: str, to: str, *, now: datetime
) -> None:
    """Give a lesson, with what stands beside it, another number or name. Raises: RefusedError.

    Edge: its equal route and its translations go with it.
    """
    desk = open_desk(session, slug, to_write=True)
    if kind_of(name) is not FileKind.LESSON or kind_of(to) is not FileKind.LESSON:
        raise RefusedError(AuthorRefusal.NAME_ODD)
    desk.text_of(name)
    others = {other: data for other, data in desk.files.items() if other != name}
    if _is_taken(others, to):
        raise RefusedError(AuthorRefusal.NAME_TAKEN)
    stem = name.removesuffix("md")
    for old in (name, *names_beside(name, desk.files)):
        new = to.removesuffix("md") + old.removeprefix(stem)
        _put(session, desk, new, desk.files[old], person_id, now)
        _put(session, desk, old, None, person_id, now)
    session.flush()


def remove_file(session: Session, person_id: int, slug: str, name: str, *, now: datetime) -> None:
    """Take a file out of the module, once it is published. Raises: MissingError, RefusedError.

    Edge: its translations go with it, and a lesson's equal route.
    """
    if name == MODULE_FILE:
        raise RefusedError(AuthorRefusal.MODULE_FILE_STAYS)
    desk = open_desk(session, slug, to_write=True)
    desk.sheet(name)
    for gone in (name, *names_beside(name, desk.files)):
        _put(session, desk, gone, None, person_id, now)
    session.flush()


def drop_drafts(session: Session, slug: str, name: str = "") -> None:
    """Throw away the draft of one file, or of all. Raises: MissingError."""
    desk = open_desk(session, slug, to_write=True)
    names = [desk.sheet(name).name] if name else [sheet.name for sheet in desk.drafts]
    _forget(session, slug, names)


def put_picture(
    session: Session, person_id: int, slug: str, name: str, data: bytes, *, now: datetime
) -> None:
    """Keep a picture, looked at before, as a draft. Raises: RefusedError."""
    desk = open_desk(session, slug, to_write=True)
    if kind_of(name) is not FileKind.PICTURE or len(desk.files) >= FILES_LIMIT:
        raise RefusedError(AuthorRefusal.NAME_ODD)
    _put(session, desk, name, data, person_id, now)
    session.flush()


def put_files(
    session: Session, person_id: int, slug: str, files: Mapping[str, bytes], *, now: datetime
) -> tuple[str, ...]:
    """Make the desk hold just these files, as drafts; return the names of what differs.

    Edge:   a module that is not there yet is begun.
    Raises: RefusedError(DRAFTS_THERE) where somebody's changes would be written over.
    """
    if not is_module_name(slug):
        raise RefusedError(AuthorRefusal.NAME_ODD)
    is_there = find_current_version(session, KIND, slug) or _has_drafts(session, slug)
    desk = open_desk(session, slug, to_write=True) if is_there else _bare(slug)
    if desk.drafts:
        raise RefusedError(AuthorRefusal.DRAFTS_THERE)
    names = changed_names(desk.published, files)
    for name in names:
        _put(session, desk, name, files.get(name), person_id, now)
    try:
        session.flush()
    except IntegrityError as clash:
        raise RefusedError(AuthorRefusal.DRAFTS_THERE) from clash
    return names


def _bare(slug: str) -> Desk:
    return Desk(slug, None, {}, {}, ())


def _has_drafts(session: Session, slug: str) -> bool:
    query = select(DraftFile.id).where(DraftFile.module == slug).limit(1)
    return session.scalars(query).first() is not None


def _put(
    session: Session,
    desk: Desk,
    name: str,
    data: bytes | None,
    person_id: int,
    now: datetime,
) -> None:
    """Make a draft say this, None being that the file goes; what is published leaves no draft."""
    is_behind = any(sheet.name == name and sheet.is_behind for sheet in desk.drafts)
    if desk.published.get(name) == data and not is_behind:
        _forget(session, desk.slug, [name])
        return
    row = _keep(session, desk, name, person_id, now)
    is_picture = kind_of(name) is FileKind.PICTURE
    row.text = data.decode() if data is not None and not is_picture else None
    row.data = data if is_picture else None
