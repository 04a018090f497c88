"""Where what a requirement misses can be made: its row on a verdict's page leads there."""

from collections.abc import Iterator
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from lms.db import utcnow
from lms.models import Enrolment
from lms.rules.evidence import capacity_for, is_from_another, refusal_of_terms, types_of
from lms.rules.policy import Permission
from lms.rules.programmes import Programme
from lms.rules.programmes.nodes import Attest, DecisionBy, Document, Requirement
from lms.rules.programmes.walking import nodes_of, papers_asked
from lms.rules.readiness import DecisionOutcome
from lms.services.people import today_in
from lms.services.visibility import relations_to
from lms.web.access import may, the_actor
from lms.web.state import current_session

COORDINATOR = "coordinator"
READY = DecisionOutcome.READY.value
Way = tuple[str, str]
"""The words of a link and its address."""


def makes_for(place: Enrolment, programme: Programme, *, own: bool) -> dict[str, list[Way]]:
    """Return, by requirement, where the asker can make what it misses."""
    labels = {kind: asked.label for kind, asked in papers_asked(programme).items()}
    found: dict[str, list[Way]] = {}
    waivable = _waivable(place, programme, own=own)
    for node in nodes_of(programme, renewal=True):
        ways = [*_ways(place, node, labels, own=own), *waivable.get(node.id, ())]
        if ways:
            found[node.id] = ways
    return found


def _ways(place: Enrolment, node: Requirement, labels: Any, *, own: bool) -> Iterator[Way]:
    if isinstance(node, DecisionBy) and COORDINATOR in node.by and READY in node.outcomes:
        if may(Permission.READINESS_DECIDE, place):
            url = url_for("readiness.show", enrolment_id=place.public_id, what=node.what)
            yield str(_("Decide, with reasons")), url
        return
    if isinstance(node, Attest) and may(Permission.ATTEST, place):
        capacity = capacity_for(node, relations_to(current_session(), the_actor(), place.person_id))
        if capacity and (types_of(node) or not own):
            url = url_for("evidence.attest_form", enrolment_id=place.public_id, requirement=node.id)
            yield str(_("Say that it is so")), url
        return
    if isinstance(node, Document) and may(Permission.DOCUMENT_GIVE, place):
        for kind in node.kinds:
            values = {"what": labels[kind]}
            words = (
                _("Hand in: %(what)s", **values) if own else _("Put on file: %(what)s", **values)
            )
            url = url_for("evidence.new_document", enrolment_id=place.public_id, kind=kind)
            yield str(words), url
            if is_from_another(kind):
                url = url_for("evidence.new_reference", enrolment_id=place.public_id, kind=kind)
                yield str(_("Ask somebody by letter: %(what)s", **values)), url


def _waivable(place: Enrolment, programme: Programme, *, own: bool) -> dict[str, list[Way]]:
    """Return where what a coordinator may set aside is asked for, or set aside at once."""
    if not may(Permission.WAIVER_ASK, place):
        return {}
    today = today_in(place.cohort.zone, utcnow())
    found: dict[str, list[Way]] = {}
    for node in nodes_of(programme):
        if refusal_of_terms(node.waivable, today):
            continue
        values: dict[str, Any] = {"enrolment_id": place.public_id, "requirement": node.id}
        words = _("Ask to have this set aside") if own else _("Ask another to set this aside")
        found[node.id] = [(str(words), url_for("evidence.new_waiver", **values))]
        if may(Permission.WAIVER_MAKE, place):
            now = _("Set this requirement aside, with a reason")
            found[node.id].append((str(now), url_for("readiness.waive_form", **values)))
    return found
