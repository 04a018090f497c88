"""Builders for attempts: agreements signed, an attempt begun, answers that are good or flagged."""

from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.content.versions import canonical_json, content_hash
from lms.models import Attempt, ContentVersion, Enrolment, Signature
from lms.rules.assessments.definition import Assessment, Item, MultipleItem, TrueFalseItem
from lms.rules.programmes.nodes import Score
from lms.services.assessments import Saved, save_answer, start_attempt
from lms.services.publishing import definition_of, list_current_versions
from tests.cast import NOW, TODAY


def sign_all(session: Session) -> None:
    """Have everybody with a place sign every agreement, so that practice is open."""
    for place in session.scalars(select(Enrolment)).all():
        for version in list_current_versions(session, "agreement"):
            session.add(
                Signature(
                    enrolment_id=place.id,
                    happened_on=TODAY,
                    recorded_at=NOW,
                    person_id=place.person_id,
                    agreement=version.slug,
                    version_id=version.id,
                    version_number=version.number,
                    text_hash=version.hash,
                    name_typed="Trainee",
                )
            )
    session.flush()


def begin(
    session: Session, place: Enrolment, *, op_id: str = "op-1", now: datetime = NOW, **more: Any
) -> Attempt:
    """Begin the readiness assessment."""
    return start_attempt(session, place, "readiness", op_id=op_id, now=now, **more)


def save(
    session: Session,
    attempt: Attempt,
    item: str,
    value: Any,
    counter: int = 1,
    *,
    now: datetime = NOW,
    deliberate: bool = False,
) -> Saved:
    """Save an answer."""
    return save_answer(
        session, attempt.id, item, value, counter=counter, deliberate=deliberate, now=now
    )


def best(item: Item) -> Any:
    """Return the response that earns every point of an item."""
    if isinstance(item, TrueFalseItem):
        return item.key
    good = [option.id for option in item.options if Fraction(option.credit) > 0]
    full = [option.id for option in item.options if Fraction(option.credit) == 1]
    return good if isinstance(item, MultipleItem) else full[0]


def flagged(paper: Assessment) -> tuple[str, str]:
    """Return the first item with a flagged option, and that option."""
    return next((i.id, o.id) for i in paper.items for o in getattr(i, "options", ()) if o.flag)


def publish_again(session: Session, version: ContentVersion, definition: Any) -> ContentVersion:
    """Publish another version of something."""
    body = canonical_json(definition)
    newer = ContentVersion(
        hash=content_hash(body),
        kind=version.kind,
        slug=version.slug,
        number=version.number + 1,
        title=definition.title,
        parent_hash=version.hash,
        body=body,
        published_at=NOW,
    )
    session.add(newer)
    session.flush()
    return newer


def with_score_rule(session: Session, place: Enrolment, **changes: Any) -> None:
    """Move a place to a programme whose demand on the assessment is changed."""
    version = session.get_one(ContentVersion, place.programme_version_id)
    programme = definition_of(session, version)
    changed = tuple(
        replace(node, **changes) if isinstance(node, Score) else node
        for node in programme.requirements
    )
    newer = publish_again(session, version, replace(programme, requirements=changed))
    place.programme_version_id = newer.id
    session.flush()
