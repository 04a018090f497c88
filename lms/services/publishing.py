"""Publishing: definitions become immutable versions in the database, and are read back."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, String, cast, func, select
from sqlalchemy.orm import Session, undefer

from lms.content.library import Library
from lms.content.pictures import Picture
from lms.content.rendering import RENDERER_VERSION, rendered_module_json
from lms.content.versions import ContentKind, canonical_json, content_hash, definition_from
from lms.content.writing import files_of
from lms.models import ContentPicture, ContentVersion
from lms.rules.curriculum import Module
from lms.rules.definitions import ReferenceList
from lms.rules.learning import VersionName, alike_after
from lms.services.audit import record_act
from lms.services.errors import MissingError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Publication:
    """One thing to publish: its kind, slug, title, definition, and how its cache is rendered.

    Shape: `source` are a module's files as they were written, by name; `note` is what its author
           says of the change, and `changes_learning` whether it alters what is learnt.
    """

    kind: ContentKind
    slug: str
    title: str
    definition: Any
    render: Callable[[], str] | None = None
    source: Mapping[str, str] | None = None
    note: str = ""
    changes_learning: bool = True


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did. Shape: `new` are versions made now, `unchanged` counts the rest."""

    new: tuple[ContentVersion, ...]
    unchanged: int


def publications(library: Library) -> Iterator[Publication]:
    """Yield everything of a library in the order that it must be published in."""
    kind = ContentKind
    yield Publication(kind.REFERENCES, "references", "References", library.references)
    yield Publication(kind.GLOSSARY, "glossary", "Words", library.glossary)
    yield Publication(kind.PHASES, "phases", "Phases", library.phases)
    yield Publication(kind.COVERAGE, "coverage", "Coverage", library.coverage)
    for module in library.modules:
        render = _renderer(module, library.references)
        yield publication_of(module, render, library.sources.get(module.slug))
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
    for pack in library.packs:
        yield Publication(kind.PACK, pack.id, pack.title, pack)


def publication_of(
    module: Module,
    rendered: str | Callable[[], str],
    source: Mapping[str, str] | None,
    *,
    note: str = "",
    changes_learning: bool = True,
) -> Publication:
    """Return what it takes to publish a module; `rendered` may wait until it is needed."""
    render = (lambda: rendered) if isinstance(rendered, str) else rendered
    title = module.head.title
    kind = ContentKind.MODULE
    return Publication(kind, module.slug, title, module, render, source, note, changes_learning)


def _renderer(module: Module, references: ReferenceList) -> Callable[[], str]:
    return lambda: rendered_module_json(module, references)


def publish_library(
    session: Session, library: Library, *, by: int | None, now: datetime
) -> Published:
    """Publish whatever differs from its current version; the same bytes make no new version."""
    session.info.pop(CONTENT, None)
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


def forget_published(session: Session) -> None:
    """Forget what this session's process keeps of what was published: it is about to change."""
    session.info.pop(CONTENT, None)


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


def find_picture(session: Session, module: str, stamp: str, name: str) -> ContentPicture | None:
    """Return a picture that a version of a module shows, by the start of its stamp."""
    query = select(ContentPicture).where(
        ContentPicture.module == module,
        ContentPicture.name == name,
        ContentPicture.stamp.startswith(stamp, autoescape=True),
    )
    return session.scalars(query.limit(1)).one_or_none()


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


def last_number(session: Session, kind: str, slug: str) -> int:
    """Return the highest number that a version of something has, whosever it is; 0 for none."""
    query = select(func.max(ContentVersion.number)).where(
        ContentVersion.kind == kind, ContentVersion.slug == slug
    )
    return session.scalars(query).one() or 0


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


NEWEST = (
    select(cast(ContentVersion.id, String) + ":" + ContentVersion.hash)
    .order_by(ContentVersion.id.desc())
    .limit(1)
)
"""What names the newest version there is; whoever signs in is told it with the same query."""
CONTENT = "content"
KEPT_IN_MEMORY = 500
_until_published: dict[tuple[str, str], Any] = {}


def until_published(session: Session, name: str, find: Callable[[], T]) -> T:
    """Return what `find` finds in the published content, kept until something is published.

    Edge: only plain values may be kept, and only for a session that knows what the newest version
          is; a session that has published forgets it.
    """
    newest = session.info.get(CONTENT)
    if newest is None:
        return find()
    key = (newest, name)
    if key not in _until_published:
        if len(_until_published) >= KEPT_IN_MEMORY:
            _until_published.clear()
        _until_published[key] = find()
    found: T = _until_published[key]
    return found


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


def titles_by_slug(session: Session) -> Mapping[str, str]:
    """Return the present titles of modules, assessments, scenarios and agreements by slug."""
    return until_published(session, "titles", lambda: _titles(session))


def _titles(session: Session) -> Mapping[str, str]:
    return {row.slug: row.title for row in session.execute(_TITLES)}


_TITLES = (
    select(ContentVersion.slug, ContentVersion.title)
    .where(ContentVersion.kind.in_(("module", "assessment", "scenario", "agreement")))
    .order_by(ContentVersion.number)
)
