"""The benchmark's seed makes what it says, and queries do not grow with people."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.facts import HOURS
from bench.floor import driver_app, floor_app, login_app
from bench.ground import Seeded, a_session, bench_settings, counted, find_seeded
from bench.inside import MOST_QUERIES, everybody, judging, page_costs
from bench.issuing import issue_to_all
from bench.load import Measured
from bench.many import AIM_QUERIES, measure_many
from bench.pages import Clients, pages
from bench.seed import Scale, seed
from lms.config import Settings
from lms.models import Enrolment, HoursEntry, Response
from lms.services.hours import detail_of
from lms.services.people import today_in
from lms.services.record import whole_cohort
from lms.services.verdicts import judge_places
from tests.cast import NOW

SCALE = Scale(cohorts=2, people=3)


@pytest.fixture(scope="module")
def bench_ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, Seeded]]:
    """Return a small seeded installation."""
    from tests.conftest import made_database

    folder = tmp_path_factory.mktemp("bench") / "many"
    with made_database("bench", folder) as url:
        settings = replace(bench_settings(folder), database_url=url)
        yield settings, seed(settings, SCALE, folder)


@pytest.fixture
def bench_session(bench_ground: tuple[Settings, Seeded]) -> Iterator[Session]:
    """Return a session on the seeded database."""
    with a_session(bench_ground[0]) as session:
        yield session


def _cohort_of(session: Session) -> int:
    return session.scalars(select(func.min(Enrolment.cohort_id))).one()


def test_the_seed_makes_the_people_and_facts_it_tells_of(bench_ground, bench_session):
    _, made = bench_ground
    assert (made.cohorts, made.people) == (2, 6)
    assert bench_session.scalar(select(func.count()).select_from(Enrolment)) == 6
    assert 40 <= made.facts / made.people <= 80
    per_person = bench_session.scalar(select(func.count()).select_from(HoursEntry)) / 6
    assert per_person == HOURS


def test_the_seed_can_be_found_again(bench_ground):
    settings, made = bench_ground
    assert find_seeded(settings.data_dir) == made
    assert find_seeded(settings.data_dir / "elsewhere") is None


def test_the_seed_refuses_a_database_with_people_in_it(bench_ground, tmp_path):
    settings, _ = bench_ground
    with pytest.raises(SystemExit, match="holds people already"):
        seed(settings, SCALE, tmp_path)


def test_confirmed_hours_open_and_fit_their_signature(bench_session):
    entry = bench_session.scalars(select(HoursEntry).where(HoursEntry.state == "confirmed")).first()
    found = detail_of(bench_session, entry)
    assert found.summary.startswith("We talked")
    assert found.confirmation.confirmed_by == entry.supervisor_id


def test_the_oldest_cohort_has_come_further_than_the_newest(bench_session):
    today = today_in("America/New_York", NOW)
    counted = [
        sum(len(row.tally.counted) for row in verdict.rows)
        for _, _, verdict in judge_places(bench_session, everybody(), on=today)
    ]
    assert sum(counted[:3]) > sum(counted[3:])


@pytest.mark.parametrize("fewer", [True, False])
def test_verdicts_take_at_most_fifteen_queries_whatever_the_size(bench_session, fewer):
    scope = whole_cohort(_cohort_of(bench_session)) if fewer else everybody()
    judge = judging(bench_session, scope, today_in("America/New_York", NOW))
    with counted(bench_session.get_bind().engine) as sent:
        people = judge()
    assert people == (3 if fewer else 6)
    assert len(sent) <= MOST_QUERIES


def test_many_are_judged_in_a_fixed_number_of_queries_and_the_memory_is_told(bench_ground):
    settings, _ = bench_ground
    found = measure_many(settings.data_dir.parent, settings.database_url, SCALE)
    assert found.people == 6
    assert found.queries <= AIM_QUERIES
    assert set(found.grown_mb) <= {6}


def test_every_measured_page_answers_a_seeded_trainee(bench_ground):
    costs = {cost.name: cost for cost in page_costs(*bench_ground)}
    absent = {name for name, cost in costs.items() if cost.status != 200}
    assert absent <= {"people", "cohort"}
    assert costs["today"].queries <= 10
    assert costs["lesson"].queries <= 6


def test_saving_an_answer_is_among_what_is_measured(bench_ground, bench_session):
    _, made = bench_ground
    assert {page.name for page in pages(made)} >= {"lesson", "today", "answer-save", "sign-in"}
    assert bench_session.scalar(select(func.count()).select_from(Response)) > 0


@pytest.mark.parametrize("make", [floor_app, driver_app, login_app])
def test_the_floor_sends_as_many_bytes_as_asked_to_who_is_signed_in(bench_ground, make):
    settings, made = bench_ground
    app = make(settings)
    browser = app.test_client()
    assert browser.get("/floor/100").status_code == 401
    token = made.seats[0].token
    browser.set_cookie("floor", token)
    browser.set_cookie("alongside", Clients(bench_ground[0], made, 0).session_cookie(token))
    assert len(browser.get("/floor/1234").data) == 1234
    app.extensions["close"]()


def test_a_measure_tells_its_throughput_and_percentiles():
    found = Measured(seconds=2.0, times=[0.001 * n for n in range(1, 101)], cpu_seconds=0.5)
    assert found.per_second == 50
    assert found.cpu_ms == 5
    assert 50 <= found.percentile(50) <= 51
    assert 95 <= found.percentile(95) <= 96


def test_a_run_issues_to_everybody_the_seed_made_ready(tmp_path):
    """The measure goes through the real run, with workers in processes of their own."""
    from tests.conftest import made_database

    with made_database("issuing", tmp_path) as url:
        found = issue_to_all(tmp_path, url, people=3, workers=2)
    assert (found.people, found.workers) == (3, 2)
