"""Facts about a person's training: added here alone, so that a cached verdict knows of them."""

from collections.abc import Collection
from datetime import datetime
from typing import TypeVar

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.models import Enrolment
from lms.models.facts import FactMixin

Fact = TypeVar("Fact", bound=FactMixin)


def add_fact(session: Session, fact: Fact) -> Fact:
    """Add a fact and mark its enrolment's record as changed. Flushes, so a clash shows here."""
    session.add(fact)
    session.flush()
    touch_record(session, fact.enrolment_id)
    return fact


def replace_fact(session: Session, fact: FactMixin, *, now: datetime) -> None:
    """Mark a fact as replaced by a newer one; the row stays, for verdicts about the past."""
    fact.replaced_at = now
    touch_record(session, fact.enrolment_id)


def touch_record(session: Session, enrolment_id: int) -> None:
    """Count a change of an enrolment's record."""
    touch_records(session, [enrolment_id])


def touch_records(session: Session, enrolment_ids: Collection[int]) -> None:
    """Count a change of the records of some enrolments."""
    if enrolment_ids:
        session.execute(
            update(Enrolment)
            .where(Enrolment.id.in_(enrolment_ids))
            .values(facts_version=Enrolment.facts_version + 1)
        )
