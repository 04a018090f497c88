"""The scenarios: a trainee's list, what is known beforehand, and the simulator's own sheet."""

from typing import Any

from flask import render_template

from lms.content.markdown import Page
from lms.content.rendering import RenderedPhase, render_phase
from lms.db import utcnow
from lms.models import ContentVersion
from lms.rules.curriculum import PhaseList
from lms.rules.policy import Permission
from lms.rules.roleplays import Rubric, Scenario, anchors_at, names_phase
from lms.services.practice import find_place
from lms.services.publishing import current_version, definition_of, find_current_version
from lms.services.roleplays import (
    find_open_case,
    get_scenario,
    list_scenarios,
    list_trainee_scenarios,
)
from lms.web.access import requires, the_actor
from lms.web.roleplays import bp
from lms.web.roleplays.words import STATES, ground_rules, media_words, topics_of
from lms.web.state import current_session


@bp.get("/role-plays")
@requires(Permission.SCENARIO_READ)
def index() -> str:
    """List the scenarios of one's programme, or all of them for those who only teach."""
    session = current_session()
    place = find_place(session, the_actor().person_id)
    rows = list_trainee_scenarios(session, place, now=utcnow()) if place else []
    return render_template(
        "roleplays/index.html",
        place=place,
        rows=rows,
        scenarios=[] if place else list_scenarios(session),
        states=STATES,
        media_words=media_words,
    )


@bp.get("/role-plays/<scenario_id>")
@requires(Permission.SCENARIO_READ, scenario=get_scenario)
def scenario(scenario: ContentVersion) -> str:
    """Show what a trainee may know before playing: never the simulator's part."""
    shown, rubric = _as_booked(scenario)
    return render_template(
        "roleplays/scenario.html",
        scenario=shown,
        version=scenario,
        rubric=rubric,
        topics=topics_of(shown),
        media=media_words(shown.media),
        rules=ground_rules(),
        criteria=[(entry, _levels(entry, rubric)) for entry in shown.criteria],
        phases=_phases_of(shown),
    )


def _phases_of(scenario: Scenario) -> list[RenderedPhase]:
    """Return the phases that a scenario is set in, with who does what, as they stand now."""
    session = current_session()
    version = find_current_version(session, "phases", "phases")
    known: PhaseList = definition_of(session, version) if version else PhaseList()
    found = [phase for phase in known.phases if names_phase(scenario, phase.title)]
    return [render_phase(phase, Page.of()) for phase in found]


def _as_booked(version: ContentVersion) -> tuple[Scenario, Rubric]:
    """Return the version that the asker's booking will be marked by, else the current one."""
    session = current_session()
    place = find_place(session, the_actor().person_id)
    case = find_open_case(session, place, version.slug) if place else None
    if case:
        return case.scenario, case.rubric
    found: Scenario = definition_of(session, version)
    return found, definition_of(session, current_version(session, "rubric", found.rubric))


def _levels(criterion: Any, rubric: Rubric) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the levels of a criterion, best first: title, and what it looks like by competency."""
    return [
        (level.title, [(c.title, a.words) for c, a in anchors_at(criterion, rubric, level.level)])
        for level in sorted(rubric.levels, key=lambda level: -level.level)
    ]


@bp.get("/role-plays/<scenario_id>/simulator")
@requires(Permission.SIMULATOR_READ, scenario=get_scenario)
def simulator(scenario: ContentVersion) -> str:
    """Show the sheet of whoever plays the other part, to be printed."""
    shown: Scenario = definition_of(current_session(), scenario)
    return render_template(
        "roleplays/simulator.html",
        scenario=shown,
        version=scenario,
        part=Page.of().prose(shown.simulator),
    )
