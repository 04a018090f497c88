"""The gate before a place: nobody is let in while lessons of safety, risk and law are unsigned."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from lms.content.versions import ContentKind
from lms.models import Cohort, ContentVersion
from lms.rules.cohorts import OpenRefusal, WaitingLesson, waiting_lessons
from lms.rules.curriculum import Module
from lms.services.errors import RefusedError
from lms.services.installation import is_demo_here
from lms.services.publishing import definition_of, list_current_versions


class UnsignedError(RefusedError):
    """Lessons wait for a qualified reviewer, so nobody is let in; `lessons` are those."""

    def __init__(self, lessons: tuple[WaitingLesson, ...]) -> None:
        super().__init__(OpenRefusal.UNREVIEWED)
        self.lessons = lessons


def modules_now(session: Session) -> Mapping[str, Module]:
    """Return the newest version of every module by its slug."""
    versions = list_current_versions(session, ContentKind.MODULE)
    return {version.slug: definition_of(session, version) for version in versions}


def list_waiting(session: Session, cohort: Cohort) -> tuple[WaitingLesson, ...]:
    """Return the lessons that a cohort waits for before anybody new is let in; mostly none.

    Edge: the cohort's own version of the programme counts, and the lessons as people read them now.
    """
    version = session.get_one(ContentVersion, cohort.programme_version_id)
    programme = definition_of(session, version)
    return waiting_lessons(programme, modules_now(session), is_demo=is_demo_here(session))


def refuse_unsigned(session: Session, cohort: Cohort) -> None:
    """Raise UnsignedError where a cohort waits for lessons to be signed; every way in asks this."""
    waiting = list_waiting(session, cohort)
    if waiting:
        raise UnsignedError(waiting)
