"""Publishing itself: whatever differs from what is current becomes a new version."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.content.library import Library
from lms.content.pictures import Picture
from lms.content.rendering import RENDERER_VERSION
from lms.content.versions import ContentKind, canonical_json, content_hash
from lms.models import ContentPicture, ContentVersion
from lms.rules.learning import alike_after
from lms.services.audit import record_act
from lms.services.publishing.definitions import definition_of
from lms.services.publishing.kept import forget_published
from lms.services.publishing.publications import Publication, publications
from lms.services.publishing.versions import alike_refs, current_version, last_number


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did. Shape: `new` are versions made now, `unchanged` counts the rest."""

    new: tuple[ContentVersion, ...]
    unchanged: int


def publish_library(
    session: Session, library: Library, *, by: int | None, now: datetime
) -> Published:
    """Publish whatever differs from its current version; the same bytes make no new version."""
    forget_published(session)
    current = _current_hashes(session)
    new: list[ContentVersion] = []
    unchanged = 0
    for publication in publications(library):
        version = _publish(session, publication, current, by, now)
        if version is None:
            unchanged += 1
        else:
            new.append(version)
    _keep_pictures(session, library.pictures, new)
    session.flush()
    if new:
        record_act(session, "content-published", now=now, actor_id=by, versions=len(new))
    return Published(tuple(new), unchanged)


def publish_one(
    session: Session,
    publication: Publication,
    pictures: tuple[Picture, ...],
    *,
    by: int | None,
    now: datetime,
) -> ContentVersion | None:
    """Publish one module, None where it is what is there already.

    Raises: IntegrityError where somebody publishes the same module at the same time.
    """
    forget_published(session)
    current = _current_hashes(session)
    version = _publish(session, publication, current, by, now)
    if version is None:
        return None
    _keep_pictures(session, {publication.slug: pictures}, [version])
    session.flush()
    record_act(
        session,
        "content-published",
        now=now,
        actor_id=by,
        subject=f"module:{version.slug}",
        module=version.slug,
        version=version.number,
        changes_learning=publication.changes_learning,
    )
    return version


def _current_hashes(session: Session) -> dict[tuple[str, str], tuple[int, str]]:
    """Return what is everybody's now: its number and hash by kind and slug.

    Edge: an organisation's own versions of a programme take numbers too, so those are passed over.
    """
    newest = (
        select(
            ContentVersion.kind,
            ContentVersion.slug,
            func.max(ContentVersion.number).label("number"),
        )
        .where(ContentVersion.organisation_id.is_(None))
        .group_by(ContentVersion.kind, ContentVersion.slug)
        .subquery()
    )
    query = select(ContentVersion.kind, ContentVersion.slug, newest.c.number, ContentVersion.hash)
    query = query.join(
        newest,
        (newest.c.kind == ContentVersion.kind)
        & (newest.c.slug == ContentVersion.slug)
        & (newest.c.number == ContentVersion.number),
    )
    return {(row.kind, row.slug): (row.number, row.hash) for row in session.execute(query)}


def _publish(
    session: Session,
    publication: Publication,
    current: dict[tuple[str, str], tuple[int, str]],
    by: int | None,
    now: datetime,
) -> ContentVersion | None:
    body = canonical_json(publication.definition)
    hashed = content_hash(body)
    number, parent = current.get((publication.kind.value, publication.slug), (0, None))
    if parent == hashed:
        return None
    if publication.kind is ContentKind.PROGRAMME:
        number = last_number(session, publication.kind, publication.slug)
    version = ContentVersion(
        hash=hashed,
        kind=publication.kind.value,
        slug=publication.slug,
        number=number + 1,
        title=publication.title,
        parent_hash=parent,
        body=body,
        rendered=publication.render() if publication.render else None,
        renderer=RENDERER_VERSION if publication.render else 0,
        published_at=now,
        published_by=by,
        note=publication.note,
        changes_learning=publication.changes_learning,
        alike=_alike(session, publication) if parent else "",
        source=json.dumps(dict(publication.source)) if publication.source else None,
    )
    session.add(version)
    return version


def _alike(session: Session, publication: Publication) -> str:
    """Return, as JSON, the earlier texts of each lesson that teach what the new one teaches."""
    if publication.kind is not ContentKind.MODULE:
        return ""
    parent = current_version(session, publication.kind, publication.slug)
    found = alike_after(
        publication.definition,
        definition_of(session, parent),
        (parent.id, parent.hash),
        alike_refs(parent.alike),
        changes_learning=publication.changes_learning,
    )
    return json.dumps(found, sort_keys=True) if found else ""


def _keep_pictures(
    session: Session, pictures: Mapping[str, tuple[Picture, ...]], new: list[ContentVersion]
) -> None:
    """Keep the pictures of modules that were published; the same bytes are kept once."""
    slugs = [version.slug for version in new if version.kind == ContentKind.MODULE]
    named = select(ContentPicture.module, ContentPicture.name, ContentPicture.stamp)
    rows = session.execute(named.where(ContentPicture.module.in_(slugs)))
    kept = {(row.module, row.name, row.stamp) for row in rows}
    for slug in slugs:
        for picture in pictures.get(slug, ()):
            if (slug, picture.name, picture.stamp) not in kept:
                session.add(
                    ContentPicture(
                        module=slug,
                        name=picture.name,
                        stamp=picture.stamp,
                        media_type=picture.media_type,
                        data=picture.data,
                    )
                )
