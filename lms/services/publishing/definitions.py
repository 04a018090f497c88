"""Definitions read back: parsed once a process, as a version never changes."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.content.versions import ContentKind, definition_from
from lms.models import ContentVersion

_by_id: dict[tuple[str, int], Any] = {}
KEPT_IN_MEMORY = 500


def definition_of(session: Session, version: ContentVersion) -> Any:
    """Return a version's definition. A version never changes, so it is parsed once a process."""
    return definition_at(session, version.id, version.hash)


def definition_at(
    session: Session, version_id: int, content_hash: str, *, beside: Select[int] | None = None
) -> Any:
    """Return the definition of a version by its id and hash.

    Shape: `beside` selects the ids of all versions that will be asked for, this one among them:
           where one is not known yet, all are read in the same query.
    """
    key = (content_hash, version_id)
    if key not in _by_id:
        if len(_by_id) > KEPT_IN_MEMORY:
            _by_id.clear()
        _read_definitions(session, [version_id] if beside is None else beside)
    return _by_id[key]


def _read_definitions(session: Session, ids: list[int] | Select[int]) -> None:
    query = select(
        ContentVersion.hash, ContentVersion.id, ContentVersion.kind, ContentVersion.body
    ).where(ContentVersion.id.in_(ids))
    for found in session.execute(query):
        key = (found.hash, found.id)
        if key not in _by_id:
            _by_id[key] = definition_from(ContentKind(found.kind), found.body)
