"""The words for what a local pack holds."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l

from lms.content.rendering import RenderedLesson
from lms.db import utcnow
from lms.rules.curriculum import PackTopic
from lms.services.curriculum import LocalPack, asks_for_local, find_local_pack
from lms.services.people import today_in
from lms.web.access import signed_in
from lms.web.curriculum import bp
from lms.web.state import current_session

TOPICS: dict[PackTopic, Any] = {
    "emergency": _l("Emergency"),
    "helplines": _l("Helplines"),
    "protection-orders": _l("Orders of protection"),
    "child-protection": _l("Protecting children"),
    "confidentiality-law": _l("Law on confidentiality"),
    "data-protection": _l("Data protection"),
    "immigration": _l("The right to stay"),
    "housing": _l("Housing"),
    "money": _l("Money"),
    "health": _l("Health"),
    "mental-health": _l("Mental health"),
    "substance-use": _l("Alcohol and drugs"),
    "legal-advice": _l("Legal advice"),
    "police": _l("Police"),
    "groups": _l("Groups"),
    "complaints": _l("Complaints"),
}


@bp.app_template_filter()
def pack_topic_words(topic: PackTopic) -> str:
    """Return a topic of a local pack in words."""
    return str(TOPICS[topic])


def local_for(lessons: Iterable[RenderedLesson]) -> LocalPack | None:
    """Return the pack of the asker's organisation where a lesson has a place for it."""
    found = signed_in()
    if found is None or not any(asks_for_local(lesson) for lesson in lessons):
        return None
    on = today_in(found.house.zone, utcnow())
    return find_local_pack(current_session(), found.actor.organisation_id, on=on)
