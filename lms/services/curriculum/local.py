"""What holds where a reader is: the local pack that their organisation has chosen."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.content.rendering import RenderedLesson, RenderedLocal, RenderedPack, render_pack
from lms.content.versions import ContentKind
from lms.models import ContentVersion, Organisation
from lms.rules.curriculum import Pack
from lms.rules.definitions import ReferenceList
from lms.services.publishing import definition_of, find_current_version, list_current_versions

KEPT_IN_MEMORY = 100

_rendered: dict[tuple[str, str], RenderedPack] = {}


@dataclass(frozen=True, slots=True)
class LocalPack:
    """A pack as it is shown on a day. `stamp` tells it from every other way it could look."""

    shown: RenderedPack
    is_overdue: bool
    stamp: tuple[str, bool]


def asks_for_local(lesson: RenderedLesson) -> bool:
    """Say whether a lesson has a place for local entries."""
    return any(isinstance(part, RenderedLocal) for part in lesson.parts)


def find_local_pack(session: Session, organisation_id: int, *, on: date) -> LocalPack | None:
    """Return the newest version of the pack that an organisation has chosen, or None."""
    version = _chosen_version(session, organisation_id)
    if version is None:
        return None
    shown = _shown(session, version)
    is_overdue = shown.pack.is_overdue(on)
    return LocalPack(shown, is_overdue, (version.hash, is_overdue))


def find_pack(session: Session, organisation_id: int) -> Pack | None:
    """Return what the pack that an organisation has chosen says, unrendered, or None."""
    version = _chosen_version(session, organisation_id)
    return definition_of(session, version) if version else None


def _chosen_version(session: Session, organisation_id: int) -> ContentVersion | None:
    chosen = select(Organisation.pack).where(Organisation.id == organisation_id)
    slug = session.scalars(chosen).one()
    return find_current_version(session, ContentKind.PACK, slug) if slug else None


def list_packs(session: Session) -> list[tuple[str, str]]:
    """Return id and title of every pack there is, by title."""
    versions = list_current_versions(session, ContentKind.PACK)
    return [(version.slug, version.title) for version in versions]


def _shown(session: Session, version: ContentVersion) -> RenderedPack:
    """Return a pack rendered with the references of now; it is made once a process."""
    found = find_current_version(session, ContentKind.REFERENCES, "references")
    key = (version.hash, found.hash if found else "")
    if key not in _rendered:
        if len(_rendered) >= KEPT_IN_MEMORY:
            _rendered.clear()
        references = definition_of(session, found) if found else ReferenceList()
        _rendered[key] = render_pack(definition_of(session, version), references)
    return _rendered[key]
