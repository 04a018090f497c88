"""When somebody stepped back from a place, and when they came back, from the audit trail."""

import json
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.models import AuditDetail, AuditEntry, Enrolment
from lms.rules.cohorts import EnrolmentState


class Pause(NamedTuple):
    """A step back, from an instant to an instant; None is still."""

    began_at: datetime
    ended_at: datetime | None


def last_pause(session: Session, place: Enrolment) -> Pause | None:
    """Return the last step back from a place, or None. That it was, nothing of why, is kept."""
    query = (
        select(AuditEntry.at, AuditDetail.details)
        .join(AuditDetail, AuditDetail.entry_id == AuditEntry.id)
        .where(
            AuditEntry.about_id == place.person_id,
            AuditEntry.act == "place-moved",
            AuditEntry.subject == f"enrolment:{place.public_id}",
        )
        .order_by(AuditEntry.id)
    )
    found: Pause | None = None
    for at, details in session.execute(query):
        if json.loads(details)["after"] == EnrolmentState.PAUSED:
            found = Pause(at, None)
        elif found is not None and found.ended_at is None:
            found = Pause(found.began_at, at)
    return found
