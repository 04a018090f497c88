"""Where asking for another look stands, for one's own pages; to anybody else, nothing."""

from lms.db import utcnow
from lms.models import Certificate, HoursEntry, Performance, ReadinessDecision
from lms.rules.policy import Permission
from lms.services.appeals import Standing, get_decision, standing_of
from lms.web.access import may
from lms.web.state import current_session


def own_look(
    row: ReadinessDecision | Performance | HoursEntry | Certificate,
) -> Standing | None:
    """Return what the asker of this page may ask about a row of their own record."""
    if not may(Permission.APPEAL_ASK, row):
        return None
    return standing_of(current_session(), row, now=utcnow())


def look_at_decision(public_id: str) -> Standing | None:
    """Return the same for a readiness decision by its public id."""
    return own_look(get_decision(current_session(), public_id))
