"""Versions found: the current one of anything, by id, and the files and renderings they keep."""

import json
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from lms.content.writing import files_of
from lms.models import ContentPicture, ContentVersion
from lms.rules.learning import VersionName
from lms.services.errors import MissingError
from lms.services.publishing.definitions import definition_of


def find_current_version(session: Session, kind: str, slug: str) -> ContentVersion | None:
    """Return the newest version that is everybody's, or None where there is none."""
    query = (
        select(ContentVersion)
        .where(
            ContentVersion.kind == kind,
            ContentVersion.slug == slug,
            ContentVersion.organisation_id.is_(None),
        )
        .order_by(ContentVersion.number.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def current_version(session: Session, kind: str, slug: str) -> ContentVersion:
    """Return the newest version of something. Raises: MissingError."""
    found = find_current_version(session, kind, slug)
    if found is None:
        raise MissingError
    return found


def list_current_versions(session: Session, kind: str) -> list[ContentVersion]:
    """Return the newest version of everything of a kind that is everybody's, by title."""
    newest = (
        select(func.max(ContentVersion.id))
        .where(ContentVersion.kind == kind, ContentVersion.organisation_id.is_(None))
        .group_by(ContentVersion.slug)
    )
    query = select(ContentVersion).where(ContentVersion.id.in_(newest))
    return list(session.scalars(query.order_by(ContentVersion.title)))


def versions_by_id(session: Session, ids: Iterable[int]) -> dict[int, ContentVersion]:
    """Return versions by their ids."""
    query = select(ContentVersion).where(ContentVersion.id.in_(set(ids)))
    return {row.id: row for row in session.scalars(query)}


def last_number(session: Session, kind: str, slug: str) -> int:
    """Return the highest number that a version of something has, whosever it is; 0 for none."""
    query = select(func.max(ContentVersion.number)).where(
        ContentVersion.kind == kind, ContentVersion.slug == slug
    )
    return session.scalars(query).one() or 0


def alike_refs(written: str) -> dict[str, list[VersionName]]:
    """Return which versions hold texts that teach the same, by lesson: ids and hashes."""
    found = json.loads(written) if written else {}
    return {slug: [(int(one[0]), str(one[1])) for one in refs] for slug, refs in found.items()}


def source_of(session: Session, version: ContentVersion) -> dict[str, str]:
    """Return a module version's files by name: as they were written, else as they could have been.

    Edge: versions from before files were kept are written out from what they say.
    """
    query = select(ContentVersion.source).where(ContentVersion.id == version.id)
    source = session.scalars(query).one()
    if source is None:
        return files_of(definition_of(session, version))
    return {str(name): str(text) for name, text in json.loads(source).items()}


def source_text_of(session: Session, version: ContentVersion) -> str | None:
    """Return the one file that a version was published from, None where it was not kept."""
    query = select(ContentVersion.source).where(ContentVersion.id == version.id)
    source = session.scalars(query).one()
    return None if source is None else str(next(iter(json.loads(source).values())))


def rendered_of(session: Session, version: ContentVersion) -> str:
    """Return a version's cached rendering as JSON text."""
    query = select(ContentVersion).where(ContentVersion.id == version.id)
    row = session.scalars(query.options(undefer(ContentVersion.rendered))).one()
    if row.rendered is None:
        raise MissingError
    return row.rendered


def find_picture(session: Session, module: str, stamp: str, name: str) -> ContentPicture | None:
    """Return a picture that a version of a module shows, by the start of its stamp."""
    query = select(ContentPicture).where(
        ContentPicture.module == module,
        ContentPicture.name == name,
        ContentPicture.stamp.startswith(stamp, autoescape=True),
    )
    return session.scalars(query.limit(1)).one_or_none()
