"""A cohort at a glance: who waits for whom, at what, since when; and who was found ready."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as Reply

from lms.db import utcnow
from lms.models import Cohort
from lms.rules.cohorts import EnrolmentState
from lms.rules.people import folded
from lms.rules.policy import Permission
from lms.rules.record import Record
from lms.rules.verdict import Hold, Verdict, WaitingOn, holds_of, shown_state, summary_of
from lms.services.people import today_in
from lms.services.practice import get_cohort
from lms.services.record import Place, whole_cohort
from lms.services.today import list_found_ready
from lms.services.verdicts import judge_places
from lms.web.access import requires, the_actor
from lms.web.filters import date_words
from lms.web.languages import titles_now, told_in
from lms.web.record import bp
from lms.web.state import current_session
from lms.web.verdict_words import step_words, who_words

TURNS = tuple(who for who in WaitingOn if who is not WaitingOn.NOBODY)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of a cohort: at what they wait, whose turn it is, and since when.

    `days` is None where nobody is waited for.
    """

    name: str
    url: str
    where: Any
    step: str
    turn: str
    days: int | None
    waited: str
    met: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TurnChoice:
    """One way to narrow the list: the words, how many there are, and whether it is chosen."""

    words: str
    url: str
    count: int
    is_chosen: bool


@bp.get("/cohorts/<cohort_id>/progress")
@requires(Permission.COHORT_VERDICTS, cohort=get_cohort)
def grid(cohort: Cohort) -> str:
    """Show a cohort: people down, whose turn it is, longest waiting first."""
    session = current_session()
    on = today_in(cohort.zone, utcnow())
    found = [_look(*one, on) for one in judge_places(session, whole_cohort(cohort.id), on=on)]
    turn = _turn_asked()
    titles = titles_now(session)
    people = [row for one in found if (row := one.row(turn, titles)) is not None]
    people.sort(key=_longest_first)
    columns = [told_in(row.label) for row in found[0].verdict.top] if found else []
    return str(
        render_template(
            "record/grid.html",
            cohort=cohort,
            people=people,
            columns=columns,
            choices=_choices(cohort, found, turn),
            on=on,
        )
    )


def _turn_asked() -> WaitingOn | None:
    """Return whose turn the list is narrowed to; what is no such thing narrows nothing."""
    asked = request.args.get("turn", "")
    return next((who for who in TURNS if who.value == asked), None)


def _longest_first(row: PersonRow) -> tuple[bool, int, str]:
    return row.days is None, -(row.days or 0), folded(row.name)


@dataclass(frozen=True, slots=True)
class _Looked:
    """One place with its verdict and what holds it up."""

    place: Place
    verdict: Verdict
    holds: tuple[Hold, ...]
    rest: str
    on: date

    def turns(self) -> set[WaitingOn]:
        return {hold.turn for hold in self.holds}

    def row(self, turn: WaitingOn | None, titles: Mapping[str, str]) -> PersonRow | None:
        """Return the person's row, or None where it is not the turn of whom is asked for."""
        holds = [hold for hold in self.holds if turn in (None, hold.turn)]
        if turn is not None and not holds:
            return None
        first = holds[0] if holds else None
        summary = summary_of(self.verdict)
        return PersonRow(
            name=self.place.name,
            url=f"/enrolments/{self.place.enrolment}",
            where=told_in(first.row.label) if first else self.rest,
            step=step_words(first.row.next_step, titles) if first else "",
            turn=who_words(first.turn) if first else "",
            days=first.days(self.on) if first else None,
            waited=_waited(first, self.on) if first else "",
            met=_("%(num)s of %(total)s", num=summary.settled, total=summary.total),
            cells=tuple((shown_state(row), "") for row in self.verdict.top),
        )


def _look(place: Place, record: Record, verdict: Verdict, on: date) -> _Looked:
    rest = _rest(place, record, verdict)
    if rest:
        return _Looked(place, verdict, (), rest, on)
    if verdict.state.is_settled:
        whole = verdict.rows[0]._replace(label=_("All is met: the certificate"))
        issue = Hold(whole, WaitingOn.COORDINATOR, whole.met_on)
        return _Looked(place, verdict, (issue,), "", on)
    return _Looked(place, verdict, holds_of(verdict, record), "", on)


def _rest(place: Place, record: Record, verdict: Verdict) -> str:
    """Return why nobody is waited for here, or nothing."""
    if place.state == EnrolmentState.PAUSED:
        return str(_("Stepped back"))
    if place.state == EnrolmentState.APPLIED:
        return str(_("Not admitted yet"))
    held = any(one.programme == verdict.programme for one in record.certificates)
    return str(_("Has the certificate")) if held else ""


def _waited(hold: Hold, on: date) -> str:
    if hold.since is None:
        return ""
    days = hold.days(on)
    if days == 0:
        return str(_("since today"))
    since = date_words(hold.since)
    return str(
        ngettext("%(num)s day, since %(day)s", "%(num)s days, since %(day)s", days, day=since)
    )


def _choices(cohort: Cohort, found: list[_Looked], turn: WaitingOn | None) -> list[TurnChoice]:
    everybody = url_for(".grid", cohort_id=cohort.public_id)
    choices = [TurnChoice(_("Everybody"), everybody, len(found), turn is None)]
    for who in TURNS:
        count = sum(who in one.turns() for one in found)
        if count or who is turn:
            url = url_for(".grid", cohort_id=cohort.public_id, turn=who.value)
            choices.append(TurnChoice(who_words(who), url, count, who is turn))
    return choices


@bp.get("/found-ready")
@requires(Permission.COHORT_LIST)
def found_ready() -> str | Reply:
    """Lead to the person who was found ready and has no certificate yet, or list them."""
    people = list_found_ready(current_session(), the_actor())
    if len(people) == 1:
        return redirect(url_for(".one", enrolment_id=people[0].enrolment))
    page: dict[str, Any] = {"people": people}
    return str(render_template("record/ready.html", **page))
