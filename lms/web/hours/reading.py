"""A trainee's entries and what they come to; the page of one entry."""

from collections.abc import Sequence

from flask import render_template

from lms.db import utcnow
from lms.models import Enrolment, HoursEntry
from lms.rules.hours import HoursState
from lms.rules.policy import Permission
from lms.services.hours import detail_of, domains_for, get_entry, list_entries, totals_for
from lms.services.people import today_in
from lms.services.practice import get_place, practice_hold
from lms.services.verdicts import shown_place
from lms.web.access import requires, the_actor
from lms.web.hours.blueprint import bp
from lms.web.hours.forms import KINDS, MEDIA, NoteForm, ReasonForm
from lms.web.looks import own_look
from lms.web.record.counting import Counting, counting_of
from lms.web.state import current_session
from lms.web.words import sentence


@bp.get("/hours")
@requires(Permission.TODAY_SEE)
def index() -> str:
    """Show a trainee's entries and what they come to."""
    session = current_session()
    place = get_place(session, the_actor().person_id)
    entries = list_entries(session, place.id)
    return str(
        render_template(
            "hours/index.html",
            entries=entries,
            counting=_counting(place, entries),
            totals=totals_for(entries),
            kinds=KINDS,
            hold=practice_hold(session, place),
            sentence=sentence,
        )
    )


def _counting(place: Enrolment, entries: Sequence[HoursEntry]) -> tuple[Counting, ...]:
    """Return what the programme counts of the hours that are confirmed."""
    session = current_session()
    confirmed = {one.public_id for one in entries if one.state == HoursState.CONFIRMED}
    if not confirmed:
        return ()
    verdict = shown_place(session, place, on=today_in(place.cohort.zone, utcnow()))[2]
    return counting_of(verdict, confirmed)


@bp.get("/hours/<entry_id>")
@requires(Permission.HOURS_READ, entry=get_entry)
def show(entry: HoursEntry) -> str:
    """Show one entry with where it stands."""
    return entry_page(entry)


def entry_page(
    entry: HoursEntry, *, note: NoteForm | None = None, reason: ReasonForm | None = None
) -> str:
    """Return the page of an entry, with the form that was not taken as it was filled in."""
    detail = detail_of(current_session(), entry)
    titles = dict(domains_for(current_session()))
    return str(
        render_template(
            "hours/show.html",
            detail=detail,
            kinds=KINDS,
            media=MEDIA,
            titles=titles,
            look=own_look(entry),
            note=note or NoteForm(formdata=None, version=entry.version),
            reason=reason or ReasonForm(formdata=None),
        )
    )
