"""What published content says, kept in memory until something is published."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from lms.models import ContentVersion

T = TypeVar("T")

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


def forget_published(session: Session) -> None:
    """Forget what this session's process keeps of what was published: it is about to change."""
    session.info.pop(CONTENT, None)


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
