"""Cells of the table of who may read what, looked up on the very pages."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import delete, select

from lms.models import Assignment, Attempt, AttemptFlag, Enrolment, Marking, RoleGrant
from lms.services.assessments import paper_of, submit_attempt
from lms.services.publishing import definition_of
from lms.services.roleplays import get_scenario
from tests.cast import NOW, grant, make_person
from tests.certifying import complete
from tests.playing import make_performance, mark
from tests.sitting import begin, best, flagged, save, sign_all
from tests.web.test_reflections import KEEP

WRITTEN = "Zzyzx calm voice"


@pytest.fixture
def taken(session, cast) -> Attempt:
    """Return an attempt that was handed in, with a flagged answer in it."""
    sign_all(session)
    attempt = begin(session, cast.enrolment)
    paper = paper_of(session, attempt.form_hash)
    for item in paper.items:
        save(session, attempt, item.id, best(item))
    item, option = flagged(paper)
    save(session, attempt, item, option, counter=2)
    submit_attempt(session, attempt, cast.trainee.id, now=NOW)
    session.commit()
    return attempt


def flag_words(session: Any, attempt: Attempt) -> str:
    """Return the words of the option that asks for a conversation."""
    flag = session.scalars(select(AttemptFlag).where(AttemptFlag.attempt_id == attempt.id)).one()
    paper = paper_of(session, attempt.form_hash)
    item = next(item for item in paper.items if item.id == flag.item)
    return str(next(option.text for option in item.options if option.id == flag.option))


def somebody(session: Any, cast: Any, role: str) -> str:
    """Give the organisation somebody with a role and no relation to anybody."""
    cast.people[role] = make_person(session, role, cast.organisation)
    grant(session, cast.people[role], role)
    session.commit()
    return role


# Attempts


def test_answers_are_read_by_the_trainee_and_the_trainer_alone(page, session, cast, taken):
    field = field_of(page, taken)
    url = f"/attempts/{taken.public_id}/feedback/{field}"
    expected = {"trainee": 200, "trainer": 200, "second_trainer": 200, "coordinator": 404}
    expected |= {"supervisor": 404, "classmate": 404, "outsider": 404}
    assert {who: page.as_(who).get(url).status_code for who in expected} == expected


def field_of(page: Any, attempt: Attempt) -> str:
    """Return a field of the result page that its owner may open."""
    owner = page.as_("trainee")
    owner.get(f"/attempts/{attempt.public_id}")
    found = owner.soup.select_one(f'main a[href*="/attempts/{attempt.public_id}/feedback/"]')
    return str(found["href"]).rsplit("/", 1)[1]


def test_a_coordinator_sees_scores_and_flags_but_no_other_answers(page, session, cast, taken):
    office = page.as_("coordinator")
    assert office.get(f"/attempts/{taken.public_id}").status_code == 200
    assert "points" in office.words
    assert not office.soup.select('main a[href*="/feedback/"]')


@pytest.mark.parametrize("url", ["/today", "/assessments", "/progress", "/attempts/{0}"])
def test_a_trainee_never_reads_that_an_answer_was_flagged(page, session, cast, taken, url):
    assert session.scalars(select(AttemptFlag)).all()
    trainee = page.as_("trainee")
    trainee.get(url.format(taken.public_id))
    for words in ("flag", "conversation to have", "talked about it"):
        assert words not in trainee.words.casefold()
    assert not trainee.soup.select('main form[action$="/talks"]')
    assert flag_words(session, taken)[:40] not in trainee.words


@pytest.mark.parametrize("url", ["/attempts/{attempt}", "/places/{place}/attempts"])
@pytest.mark.parametrize("who", ["supervisor", "classmate", "outsider"])
def test_a_score_is_nothing_to_a_supervisor_or_a_classmate(page, cast, taken, url, who):
    url = url.format(attempt=taken.public_id, place=cast.enrolment.public_id)
    assert page.as_(who).get(url).status_code == 404


def test_a_supervisors_page_of_a_trainee_has_states_and_no_scores(page, session, cast, taken):
    """Nor what a role-play came to; the hours are theirs to read."""
    url = f"/enrolments/{cast.enrolment.public_id}"
    seen = {}
    for who in ("trainer", "supervisor"):
        client = page.as_(who)
        assert client.get(url).status_code == 200
        seen[who] = client.words
    percent = percents_in(seen["trainer"])
    assert percent
    assert percents_in(seen["supervisor"]) == []


def percents_in(words: str) -> list[str]:
    """Return every number of percent in a text."""
    return re.findall(r"\d[\d.,]*\s?%", words)


# Role-plays


@pytest.fixture
def marked(session, cast) -> Any:
    """Return a role-play that was marked and not released."""
    found = make_performance(session, cast, op_id="marked")
    mark(session, found, went_well=WRITTEN)
    session.commit()
    return found


BEFORE_RELEASE = (
    *("/today", "/progress", "/role-plays", "/role-plays/until-friday", "/hours", "/certificates"),
    "/performances/{performance}",
)


def page_source(client: Any, url: str) -> str:
    """Return a page's words with its title, and what its headers say of a version of it."""
    reply = client.get(url)
    assert "ETag" not in reply.headers
    assert "Last-Modified" not in reply.headers
    assert reply.headers["Cache-Control"] == "no-store"
    return f"{client.soup.title.text} {client.words}" if reply.status_code == 200 else ""


@pytest.mark.parametrize("url", BEFORE_RELEASE)
def test_good_and_poor_marks_look_alike_until_release(page, session, cast, url):
    """The trainee's pages are the same to the letter, whatever was marked."""
    found = make_performance(session, cast, op_id="marked")
    mark(session, found, 2, went_well=WRITTEN)
    session.commit()
    url = url.format(performance=found.public_id)
    good = page_source(page.as_("trainee"), url)
    session.execute(delete(Marking))
    found.state = "booked"
    session.commit()
    mark(session, found, 0, went_well=WRITTEN)
    session.commit()
    assert page_source(page.as_("trainee"), url) == good
    assert WRITTEN not in good


@pytest.mark.parametrize(
    ("who", "status", "reads"),
    [
        ("trainee", 200, False),
        ("trainer", 200, True),  # who marked it
        ("second_trainer", 200, False),
        ("coordinator", 200, False),
        ("supervisor", 404, False),
        ("classmate", 404, False),
        ("outsider", 404, False),
    ],
)
def test_who_reads_a_marking_before_release(page, marked, who, status, reads):
    client = page.as_(who)
    assert client.get(f"/performances/{marked.public_id}").status_code == status
    assert (WRITTEN in client.words) is reads


@pytest.mark.parametrize("who", ["second_trainer", "coordinator", "supervisor"])
def test_no_list_tells_how_a_role_play_was_marked_before_release(page, cast, marked, who):
    client = page.as_(who)
    for url in ("/today", "/marking", "/role-plays/referrals", f"/enrolments/{place(cast)}"):
        client.get(url)
        assert WRITTEN not in client.words


def place(cast: Any) -> str:
    """Return the address part of the trainee's place."""
    return str(cast.enrolment.public_id)


def test_the_simulators_part_is_not_for_trainees(page, session, cast):
    sign_all(session)
    shown: Any = definition_of(session, get_scenario(session, "until-friday"))
    secret = " ".join(shown.simulator.split())[:60]
    for who in ("trainee", "classmate"):
        client = page.as_(who)
        client.get("/role-plays/until-friday")
        assert secret not in client.words
        assert client.get("/role-plays/until-friday/simulator").status_code == 403


# Reflections, drafts, roles without a relation


TRAINING = (
    *("/enrolments/{place}", "/enrolments/{place}/place", "/enrolments/{place}/readiness"),
    *("/enrolments/{place}/certificate", "/places/{place}/attempts", "/people/{person}"),
    *("/attempts/{attempt}", "/performances/{performance}", "/cohorts/{cohort}/progress"),
)


@pytest.mark.parametrize("role", ["administrator", "host-manager", "evaluator", "author"])
@pytest.mark.parametrize("url", TRAINING)
def test_a_role_without_a_relation_opens_nothing_of_training(
    page, session, cast, taken, marked, role, url
):
    who = somebody(session, cast, role)
    url = url.format(
        place=place(cast),
        person=cast.trainee.public_id,
        attempt=taken.public_id,
        performance=marked.public_id,
        cohort=cast.cohort.public_id,
    )
    assert page.as_(who).get(url).status_code in {403, 404}


@pytest.mark.parametrize("role", ["administrator", "host-manager", "evaluator", "author"])
def test_no_page_of_their_own_names_a_trainee_to_them(page, session, cast, taken, marked, role):
    cast.trainee.chosen_name = "Zzyzx Trainee"
    who = somebody(session, cast, role)
    client = page.as_(who)
    for url in ("/today", "/help", "/modules", "/marking", "/confirmations", "/people", "/cohorts"):
        client.get(url)
        assert "Zzyzx" not in client.words


@pytest.mark.parametrize("who", ["trainer", "second_trainer", "supervisor"])
def test_whoever_is_beside_nobody_any_more_reads_nothing(page, session, cast, taken, who):
    """The role stays; the assignment has ended."""
    before = page.as_(who).get(f"/enrolments/{place(cast)}").status_code
    session.execute(delete(Assignment).where(Assignment.person_id == cast.people[who].id))
    session.commit()
    after = page.as_(who).get(f"/enrolments/{place(cast)}").status_code
    assert (before, after) == (200, 404)


def test_whoever_holds_a_role_no_more_opens_nothing_by_it(page, session, cast, taken):
    session.execute(delete(RoleGrant).where(RoleGrant.person_id == cast.coordinator.id))
    session.commit()
    office = page.as_("coordinator")
    for url in ("/people", "/cohorts", "/role-plays/referrals"):
        assert office.get(url).status_code == 403
    assert office.get(f"/enrolments/{place(cast)}").status_code == 404


@pytest.mark.parametrize("who", ["trainer", "coordinator", "supervisor"])
def test_the_words_kept_for_oneself_are_on_nobody_elses_page(page, session, cast, who):
    page.as_("trainee").post(KEEP, {"words": WRITTEN, "version": "0"})
    client = page.as_(who)
    lesson = KEEP.split("/reflections/")[0]
    for url in (lesson, "/reflections", "/today", f"/enrolments/{place(cast)}"):
        reply = client.get(url)
        assert WRITTEN not in BeautifulSoup(reply.data, "html.parser").get_text()


def test_a_grid_of_a_cohort_has_states_alone(page, session, cast, taken):
    """What stands in it is whether, not how well."""
    complete(session, session.get_one(Enrolment, cast.enrolment.id), "boundaries")
    session.commit()
    office = page.as_("coordinator")
    assert office.get(f"/cohorts/{cast.cohort.public_id}/progress").status_code == 200
    assert percents_in(office.words) == []
