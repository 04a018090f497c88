"""What waits for an author: drafts, translations of earlier texts, lessons nobody has signed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.content.translations import is_outdated
from lms.models import DraftFile
from lms.rules.curriculum import Module
from lms.rules.learning import qualified_reviews
from lms.services.authoring.desk import KIND
from lms.services.publishing import definition_of, list_current_versions, until_published


@dataclass(frozen=True, slots=True)
class Lacks:
    """What a published module lacks.

    Shape: `outdated` counts translations of earlier texts; `unsigned` the lessons on safety, risk
           or law that nobody qualified has signed.
    """

    outdated: int = 0
    unsigned: int = 0


@dataclass(frozen=True, slots=True)
class AuthorMatters:
    """What waits under "Write modules": modules with drafts, and what published ones lack."""

    drafts: int
    since: datetime | None
    outdated: int
    unsigned: int


def lacks_of(module: Module) -> Lacks:
    """Return what a module lacks as it stands."""
    outdated = sum(_are_outdated(module))
    is_signed = bool(qualified_reviews(module.head.reviews))
    sensitive = [lesson for lesson in module.lessons if lesson.head.sensitive != "no"]
    return Lacks(outdated, 0 if is_signed else len(sensitive))


def _are_outdated(module: Module) -> Iterator[bool]:
    lessons = {lesson.slug: lesson for lesson in module.lessons}
    routes = {route.slug: route for route in module.equal_routes}
    yield from (is_outdated(one, lessons[one.slug]) for one in module.translations)
    yield from (is_outdated(one, routes[one.slug]) for one in module.route_translations)
    yield from (is_outdated(one, module) for one in module.page_translations)
    if module.card:
        yield from (is_outdated(one, module.card) for one in module.card_translations)


def list_lacks(session: Session) -> dict[str, Lacks]:
    """Return what each published module lacks, by slug; kept until something is published."""
    return until_published(session, "lacks", lambda: _lacks(session))


def _lacks(session: Session) -> dict[str, Lacks]:
    versions = list_current_versions(session, KIND)
    return {version.slug: lacks_of(definition_of(session, version)) for version in versions}


def find_author_matters(session: Session) -> AuthorMatters:
    """Return what waits for whoever writes modules; authors share the desk."""
    query = select(func.count(DraftFile.module.distinct()), func.min(DraftFile.saved_at))
    drafts, since = session.execute(query).one()
    lacks = list_lacks(session).values()
    outdated, unsigned = sum(one.outdated for one in lacks), sum(one.unsigned for one in lacks)
    return AuthorMatters(drafts, since, outdated, unsigned)
