"""Publishing: definitions become immutable versions in the database, and are read back."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, undefer

from lms.content.library import Library
from lms.content.rendering import RENDERER_VERSION, rendered_module_json
from lms.content.versions import ContentKind, canonical_json, content_hash, definition_from
from lms.models import ContentVersion
from lms.services.audit import record_act
from lms.services.errors import MissingError


@dataclass(frozen=True, slots=True)
class Publication:
    """One thing to publish: its kind, slug, title, definition, and how its cache is rendered."""

    kind: ContentKind
    slug: str
    title: str
    definition: Any
    render: Callable[[], str] | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did. Shape: `new` are versions made now, `unchanged` counts the rest."""

    new: tuple[ContentVersion, ...]
    unchanged: int


def publications(library: Library) -> Iterator[Publication]:
    """Yield everything of a library in the order that it must be published in."""
    kind = ContentKind
    yield Publication(kind.REFERENCES, "references", "References", library.references)
    for module in library.modules:
        render = _renderer(module, library)
        yield Publication(kind.MODULE, module.slug, module.head.title, module, render)
    for assessment in library.assessments:
        for item in assessment.items:
            slug = f"{assessment.id}/{item.id}"
            yield Publication(kind.ITEM, slug, item.id, item)
        yield Publication(kind.ASSESSMENT, assessment.id, assessment.title, assessment)
    for rubric in library.rubrics:
        yield Publication(kind.RUBRIC, rubric.id, rubric.title, rubric)
    for scenario in library.scenarios:
        yield Publication(kind.SCENARIO, scenario.id, scenario.title, scenario)
    for agreement in library.agreements:
        yield Publication(kind.AGREEMENT, agreement.slug, agreement.head.title, agreement)
    for programme in library.programmes:
        yield Publication(kind.PROGRAMME, programme.id, programme.title, programme)


def _renderer(module: Any, library: Library) -> Callable[[], str]:
    return lambda: rendered_module_json(module, library.references)


def publish_library(
    session: Session, library: Library, *, by: int | None, now: datetime
) -> Published:
    """Publish whatever differs from its current version; the same bytes make no new version."""
    current = _current_hashes(session)
    new: list[ContentVersion] = []
    unchanged = 0
    for publication in publications(library):
        version = _publish(session, publication, current, by, now)
        if version is None:
            unchanged += 1
        else:
            new.append(version)
    session.flush()
    if new:
        record_act(session, "content-published", now=now, actor_id=by, versions=len(new))
    return Published(tuple(new), unchanged)


def _current_hashes(session: Session) -> dict[tuple[str, str], tuple[int, str]]:
    newest = (
        select(
            ContentVersion.kind,
            ContentVersion.slug,
            func.max(ContentVersion.number).label("number"),
        )
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
    )
    session.add(version)
    return version


def find_current_version(session: Session, kind: str, slug: str) -> ContentVersion | None:
    """Return the newest version of something, or None where it was never published."""
    query = (
        select(ContentVersion)
        .where(ContentVersion.kind == kind, ContentVersion.slug == slug)
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
    """Return the newest version of everything of a kind, by title."""
    newest = (select(func.max(ContentVersion.id)).where(ContentVersion.kind == kind)).group_by(
        ContentVersion.slug
    )
    query = select(ContentVersion).where(ContentVersion.id.in_(newest))
    return list(session.scalars(query.order_by(ContentVersion.title)))


_by_id: dict[tuple[str, int], Any] = {}
KEPT_IN_MEMORY = 1000


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


def rendered_of(session: Session, version: ContentVersion) -> str:
    """Return a version's cached rendering as JSON text."""
    query = select(ContentVersion).where(ContentVersion.id == version.id)
    row = session.scalars(query.options(undefer(ContentVersion.rendered))).one()
    if row.rendered is None:
        raise MissingError
    return row.rendered


def versions_by_id(session: Session, ids: Iterable[int]) -> dict[int, ContentVersion]:
    """Return versions by their ids."""
    query = select(ContentVersion).where(ContentVersion.id.in_(set(ids)))
    return {row.id: row for row in session.scalars(query)}


def titles_by_slug(session: Session) -> dict[str, str]:
    """Return the present titles of modules, assessments, scenarios and agreements by slug."""
    return {row.slug: row.title for row in session.execute(_TITLES)}


_TITLES = (
    select(ContentVersion.slug, ContentVersion.title)
    .where(ContentVersion.kind.in_(("module", "assessment", "scenario", "agreement")))
    .order_by(ContentVersion.number)
)
