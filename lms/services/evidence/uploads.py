"""The store of files handed in: each sealed with the key of the person whose record it is."""

import logging
import os
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.content.papers import CleanPaper
from lms.db import after_commit
from lms.models import Upload
from lms.sealing import SealBrokenError
from lms.services.errors import MissingError
from lms.services.ground import ground_of
from lms.services.sealed import open_bytes, seal_bytes

FOLDER = "uploads"
KEEP_ORPHANS = timedelta(days=1)
log = logging.getLogger("lms.uploads")


def _place(session: Session, name: str) -> Path:
    return ground_of(session).data_dir / FOLDER / name[:2] / name


def _about(upload: Upload) -> str:
    return f"upload:{upload.public_id}"


def keep_file(session: Session, person_id: int, paper: CleanPaper, *, now: datetime) -> Upload:
    """Keep a clean file, sealed, and return what stands for it in the database.

    Edge: where the act is undone the sealed file stays without a row and is swept within days.
    """
    upload = Upload(
        person_id=person_id,
        media_type=paper.media_type,
        size_bytes=len(paper.data),
        stored_at=now,
    )
    session.add(upload)
    session.flush()
    sealed = seal_bytes(session, person_id, paper.data, _about(upload), now)
    _write(_place(session, upload.public_id), sealed)
    return upload


def _write(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = target.with_suffix(".half")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    half.replace(target)


def read_file(session: Session, upload: Upload) -> bytes:
    """Return the bytes that were kept.

    Raises: MissingError where they were taken away, or cannot be opened: what kind of file it was
            is logged, never whose.
    """
    if upload.removed_at is not None:
        raise MissingError
    try:
        sealed = _place(session, upload.public_id).read_bytes()
        return open_bytes(session, upload.person_id, sealed, _about(upload))
    except (OSError, SealBrokenError, LookupError) as broken:
        log.warning("a file that was handed in cannot be opened: %s", upload.media_type)
        raise MissingError from broken


def remove_file(session: Session, upload_id: int | None, *, now: datetime) -> None:
    """Take a file away for good, once the act that does so has been committed."""
    upload = session.get(Upload, upload_id) if upload_id else None
    if upload is None or upload.removed_at is not None:
        return
    upload.removed_at = now
    target = _place(session, upload.public_id)
    after_commit(session, lambda: target.unlink(missing_ok=True))


def drop_orphans(session: Session, now: datetime) -> None:
    """Sweep sealed files that belong to no row, or to one whose file was taken away."""
    folder = ground_of(session).data_dir / FOLDER
    known = set(session.scalars(select(Upload.public_id).where(Upload.removed_at.is_(None))))
    before = (now - KEEP_ORPHANS).timestamp()
    for path in folder.glob("??/*"):
        if path.name not in known and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
