"""A programme's text checked against what is published here, by the code that checks files."""

from sqlalchemy.orm import Session

from lms.content.errors import ContentProblem, ProblemCode
from lms.content.programmes import Checked, checked_text
from lms.rules.programmes.changing import TEXT_LIMIT
from lms.rules.verdict import Known
from lms.services.programmes.shelf import programmes_by_slug
from lms.services.publishing import definition_of, list_current_versions


def known_here(session: Session, organisation_id: int) -> Known:
    """Return what programmes of an organisation may name: what is published now."""
    modules = _published(session, "module")
    assessments = _published(session, "assessment")
    rubrics = _published(session, "rubric")
    return Known(
        modules=frozenset(modules),
        assessments={
            slug: frozenset(domain.id for domain in one.domains)
            for slug, one in assessments.items()
        },
        rubrics={
            slug: frozenset(entry.id for entry in one.competencies) for slug, one in rubrics.items()
        },
        scenarios=frozenset(v.slug for v in list_current_versions(session, "scenario")),
        agreements=frozenset(v.slug for v in list_current_versions(session, "agreement")),
        programmes=frozenset(programmes_by_slug(session, organisation_id)),
        lessons={
            slug: frozenset(lesson.slug for lesson in one.lessons) for slug, one in modules.items()
        },
    )


def _published(session: Session, kind: str) -> dict:  # type: ignore[type-arg]
    versions = list_current_versions(session, kind)
    return {version.slug: definition_of(session, version) for version in versions}


def check_text(session: Session, organisation_id: int, text: str, *, slug: str = "") -> Checked:
    """Return a programme from its text with everything that is to be mended in it.

    Shape: `slug` is the id it must have, "" where it is a new one.
    """
    file = f"{slug or 'programme'}.yaml"
    if len(text) > TEXT_LIMIT:
        words = f"This text is too long: at most {TEXT_LIMIT:,} characters are taken here."
        problem = ContentProblem(file, 1, "", ProblemCode.TOO_LARGE, words)
        return Checked(None, (problem,))
    known = known_here(session, organisation_id)
    others = programmes_by_slug(session, organisation_id)
    own = known.programmes or frozenset()
    if slug:
        known = known._replace(programmes=own | {slug})
    return checked_text(text, file, known, others, slug=slug)
