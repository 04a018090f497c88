"""The lists of role-plays: a trainee's scenarios, a marker's queue, what waits for an office."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.orm import Session, aliased

from lms.models import (
    Cohort,
    ContentVersion,
    Draft,
    Enrolment,
    HarmResolution,
    Marking,
    Performance,
    Person,
)
from lms.rules.roleplays import (
    HarmOutcome,
    PerformanceState,
    Played,
    Result,
    Rubric,
    Scenario,
    ScenarioState,
    scenario_state,
    scenarios_of,
    standing_for,
)
from lms.rules.roleplays.marking import is_at_standard, points_of
from lms.rules.roles import Actor, Role
from lms.rules.visibility import RecordClass
from lms.services.people import today_in
from lms.services.practice import zone_of
from lms.services.publishing import definition_of, list_current_versions, versions_by_id
from lms.services.roleplays.release import OpenHarm, open_harm_in
from lms.services.visibility import scope_for


@dataclass(frozen=True, slots=True)
class PlayedRow:
    """One performance in its trainee's list."""

    public_id: str
    played: Played


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """A scenario and where the trainee stands with it; `played` newest first."""

    scenario: Scenario
    state: ScenarioState
    played: tuple[PlayedRow, ...] = ()


@dataclass(frozen=True, slots=True)
class PerformanceRow:
    """One performance in a list of staff. `harm` is where its referral stands, if it has one."""

    public_id: str
    trainee: str
    scenario: str
    marker: str
    happened_on: date
    is_ahead: bool
    has_draft: bool = False
    harm: OpenHarm | None = None


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A trainee for whom the asker may book a role-play."""

    public_id: str
    trainee: str
    cohort: str


def list_scenarios(session: Session) -> list[Scenario]:
    """Return every scenario in its current version, by title."""
    versions = list_current_versions(session, "scenario")
    return [definition_of(session, version) for version in versions]


def list_trainee_scenarios(
    session: Session, place: Enrolment, *, now: datetime
) -> list[ScenarioRow]:
    """Return the scenarios of a trainee's programme, in order of title, with their states.

    Edge: one that was booked and is no longer asked for stays in the list.
    """
    programme = definition_of(session, place.programme_version)
    rows = _played_by_scenario(session, place)
    every = list_scenarios(session)
    asked = {scenario.id for scenario in scenarios_of(programme, every)}
    today = today_in(zone_of(place), now)
    return [
        ScenarioRow(scenario, scenario_state((row.played for row in found), today), tuple(found))
        for scenario in every
        if scenario.id in asked or scenario.id in rows
        for found in [rows.get(scenario.id, [])]
    ]


def _played_by_scenario(session: Session, place: Enrolment) -> dict[str, list[PlayedRow]]:
    query = (
        select(Performance, HarmResolution.outcome, Marking.levels)
        .outerjoin(
            HarmResolution,
            (HarmResolution.performance_id == Performance.id)
            & HarmResolution.replaced_at.is_(None),
        )
        .outerjoin(
            Marking,
            (Marking.performance_id == Performance.id)
            & (Marking.marker_id == Performance.marker_id)
            & (Performance.state == PerformanceState.RELEASED.value),
        )
        .where(Performance.enrolment_id == place.id, Performance.replaced_at.is_(None))
        .where(Performance.state != PerformanceState.CANCELLED.value)
        .order_by(Performance.happened_on.desc(), Performance.id.desc())
    )
    found = session.execute(query).all()
    versions = _versions_of(session, [row.Performance for row in found])
    waiting = open_harm_in(session, select(Enrolment.id).where(Enrolment.id == place.id))
    rows: dict[str, list[PlayedRow]] = {}
    for row in found:
        played = _played(session, row, versions, row.Performance.id in waiting)
        entry = PlayedRow(row.Performance.public_id, played)
        rows.setdefault(row.Performance.scenario, []).append(entry)
    return rows


def _versions_of(session: Session, rows: Iterable[Performance]) -> dict[int, ContentVersion]:
    ids = {i for row in rows for i in (row.scenario_version_id, row.rubric_version_id)}
    return versions_by_id(session, ids) if ids else {}


def _played(
    session: Session,
    row: Row[Performance, str, str],
    versions: dict[int, ContentVersion],
    waits: bool,
) -> Played:
    performance = row.Performance
    state = PerformanceState(performance.state)
    if state is not PerformanceState.RELEASED:
        return Played(performance.happened_on, PerformanceState.BOOKED)
    scenario: Scenario = definition_of(session, versions[performance.scenario_version_id])
    rubric: Rubric = definition_of(session, versions[performance.rubric_version_id])
    points = points_of(scenario, rubric, json.loads(row.levels or "{}"))
    outcome = HarmOutcome(row.outcome) if row.outcome else None
    standing = standing_for(
        Result(performance.result), outcome, at_standard=is_at_standard(points, rubric)
    )
    return Played(performance.happened_on, state, standing, waits)


def _staff_rows(*ways: object) -> Select[Performance, str, str, str, str]:
    marker = aliased(Person)
    return (
        select(
            Performance,
            Person.chosen_name.label("trainee"),
            ContentVersion.title.label("scenario"),
            Cohort.zone.label("zone"),
            marker.chosen_name.label("marker"),
        )
        .join(Enrolment, Enrolment.id == Performance.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(marker, marker.id == Performance.marker_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(ContentVersion, ContentVersion.id == Performance.scenario_version_id)
        .where(*ways, Performance.replaced_at.is_(None))  # type: ignore[arg-type]  # clauses
        .order_by(Performance.happened_on, Performance.id)
    )


def _staff_row(
    row: Row[Performance, str, str, str, str],
    now: datetime,
    *,
    has_draft: bool = False,
    harm: OpenHarm | None = None,
) -> PerformanceRow:
    return PerformanceRow(
        public_id=row.Performance.public_id,
        trainee=row.trainee,
        scenario=row.scenario,
        marker=row.marker,
        happened_on=row.Performance.happened_on,
        is_ahead=row.Performance.happened_on > today_in(row.zone, now),
        has_draft=has_draft,
        harm=harm,
    )


def list_to_mark(session: Session, actor: Actor, *, now: datetime) -> list[PerformanceRow]:
    """Return what the asker is named to mark, oldest first."""
    query = _staff_rows(
        Performance.marker_id == actor.person_id,
        Enrolment.person_id != actor.person_id,
        Performance.state == PerformanceState.BOOKED.value,
    )
    mine = select(Draft.key).where(Draft.person_id == actor.person_id)
    drafts = set(session.scalars(mine.where(Draft.key.like("marking:%"))))
    return [
        _staff_row(row, now, has_draft=f"marking:{row.Performance.public_id}" in drafts)
        for row in session.execute(query)
    ]


def list_to_release(session: Session, actor: Actor, *, now: datetime) -> list[PerformanceRow]:
    """Return what is marked and waits for release by the asker: own markings, or the office's."""
    ways = [Performance.marker_id == actor.person_id]
    if Role.COORDINATOR in actor.roles:
        ways.append(Person.organisation_id == actor.organisation_id)
    query = _staff_rows(
        Performance.state == PerformanceState.MARKED.value,
        Enrolment.person_id != actor.person_id,
        or_(*ways),
    )
    return [_staff_row(row, now) for row in session.execute(query)]


def list_referrals(session: Session, actor: Actor, *, now: datetime) -> list[PerformanceRow]:
    """Return the harm items that are not settled in the asker's sight, oldest first."""
    scope = scope_for(actor, RecordClass.HARM)
    waiting = open_harm_in(session, scope)
    query = _staff_rows(
        Performance.result == Result.REFERRED.value,
        Enrolment.person_id != actor.person_id,
        Performance.enrolment_id.in_(scope),
    )
    return [
        _staff_row(row, now, harm=waiting[row.Performance.id])
        for row in session.execute(query)
        if row.Performance.id in waiting
    ]


def list_bookable(session: Session, actor: Actor) -> list[PlaceRow]:
    """Return the trainees for whom the asker may book a role-play, by name."""
    scope = scope_for(actor, RecordClass.PERFORMANCE)
    query = (
        select(Enrolment.public_id, Person.chosen_name, Cohort.name)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(
            Enrolment.id.in_(scope),
            Enrolment.person_id != actor.person_id,
            Enrolment.state.in_(("admitted", "active")),
        )
        .order_by(Person.chosen_name, Enrolment.id)
    )
    return [PlaceRow(*row) for row in session.execute(query)]
