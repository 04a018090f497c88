"""What a trainee is offered: each assessment, what they did of it, whether it may start."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.content.versions import ContentKind
from lms.models import Attempt, Cohort, ContentVersion, Enrolment
from lms.rules.assessments.attempts import (
    AttemptState,
    StartRefusal,
    limits_of,
    next_start_on,
    refusal_to_start,
    score_rules,
)
from lms.rules.assessments.definition import Assessment
from lms.rules.programmes.nodes import Score as ScoreRule
from lms.services.people import today_in
from lms.services.publishing import current_version, definition_of, list_current_versions


@dataclass(frozen=True, slots=True)
class Offered:
    """An assessment as a trainee meets it: what it is, what they have done, whether it may start.

    Shape: `closed` are attempts handed in, newest first; `opens_on` the day a wait ends.
    """

    assessment: Assessment
    open: Attempt | None
    closed: tuple[Attempt, ...]
    refusal: StartRefusal | None
    opens_on: date | None


def get_assessment(session: Session, slug: str) -> ContentVersion:
    """Return the assessment as now published. Raises: MissingError."""
    return current_version(session, ContentKind.ASSESSMENT, slug)


def list_offered(session: Session, place: Enrolment | None, *, today: date) -> list[Offered]:
    """Return every assessment with what a place's holder has done of it."""
    versions = list_current_versions(session, ContentKind.ASSESSMENT)
    return [offer_of(session, version, place, today=today) for version in versions]


def offer_of(
    session: Session, version: ContentVersion, place: Enrolment | None, *, today: date
) -> Offered:
    """Return one assessment with what a place's holder has done of it."""
    assessment: Assessment = definition_of(session, version)
    if place is None:
        return Offered(assessment, None, (), None, None)
    attempts = _attempts_at(session, place.id, version.slug)
    limits = limits_of([rule.attempts for rule in rules_for(session, place, version.slug)])
    closed = tuple(a for a in attempts if a.state == AttemptState.CLOSED)
    last = _last_day(session, place, closed)
    return Offered(
        assessment=assessment,
        open=next((a for a in attempts if a.state == AttemptState.OPEN), None),
        closed=closed,
        refusal=refusal_to_start(limits, used=len(attempts), last_closed_on=last, today=today),
        opens_on=next_start_on(limits, last),
    )


def rules_for(session: Session, place: Enrolment, assessment: str) -> list[ScoreRule]:
    """Return what a place's programme demands of an assessment."""
    version = session.get_one(ContentVersion, place.programme_version_id)
    return list(score_rules(definition_of(session, version).requirements, assessment))


def _attempts_at(session: Session, enrolment_id: int, assessment: str) -> list[Attempt]:
    query = select(Attempt).where(
        Attempt.enrolment_id == enrolment_id, Attempt.assessment == assessment
    )
    return list(session.scalars(query.order_by(Attempt.number.desc())))


def _last_day(session: Session, place: Enrolment, closed: Iterable[Attempt]) -> date | None:
    newest = next((a.closed_at for a in closed if a.closed_at), None)
    if newest is None:
        return None
    zone = session.scalars(select(Cohort.zone).where(Cohort.id == place.cohort_id)).one()
    return today_in(zone, newest)
