"""Cohorts as a coordinator uses them."""

import pytest
from sqlalchemy import func, select

from lms.models import Assignment, Cohort, Enrolment, Installation
from tests.cast import NOW, grant, make_cohort, make_enrolment, make_person, programme_version


@pytest.fixture
def demo(session, cast):
    """Mark the database as the demo, where the invented programme opens."""
    session.add(Installation(id=1, is_demo=True, created_at=NOW))
    session.commit()


@pytest.fixture
def foreign(session, cast):
    """Return a place in another organisation."""
    cohort = make_cohort(session, cast.elsewhere, programme_version(session))
    place = make_enrolment(session, make_person(session, "far", cast.elsewhere), cohort)
    session.commit()
    return place


def test_the_pages_of_cohorts_are_the_coordinators(page, cast):
    urls = ["/cohorts", "/cohorts/new"]
    own = [f"/cohorts/{cast.cohort.public_id}", f"/cohorts/{cast.cohort.public_id}/admit"]
    for who, status, inside in (
        ("coordinator", 200, 200),
        ("trainee", 403, 403),
        ("trainer", 403, 403),
        ("outsider", 200, 404),
        ("visitor", 302, 302),
    ):
        client = page.as_(who)
        assert {client.get(url).status_code for url in urls} == {status}
        assert {client.get(url).status_code for url in own} == {inside}


def test_what_keeps_a_programme_shut_is_said_with_its_names(page):
    office = page.as_("coordinator")
    office.get("/cohorts/new")
    assert "Some figures of this programme are still to be set." in office.words
    assert "It opens in the demo only." in office.words
    assert "Peer recovery, IC&RC (example)" in office.words
    assert "check with your board" in office.words
    office.post(
        "/cohorts/new",
        {"name": "A", "programme": "peer-support-demo", "starts_on": "2027-01-11"},
    )
    assert "It opens in the demo only." in office.words


def test_a_cohort_is_opened_once_however_often_it_is_sent(page, session, cast, demo):
    office = page.as_("coordinator")
    office.get("/cohorts/new")
    sent = {"name": "Winter 🌊", "programme": "peer-support-demo", "starts_on": "2027-01-11"}
    data = {**office.form_data(), **sent}
    places = {office.post("/cohorts/new", data).headers["Location"] for _ in "ab"}
    assert len(places) == 1
    office.get(places.pop())
    assert "Nobody is in this cohort yet" in office.words
    assert session.scalar(select(func.count()).select_from(Cohort)) == 2


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "Write something here"),
        ({"name": "x" * 201}, "at most 200 characters"),
        ({"name": "Autumn group"}, "Another cohort here has this name"),
        ({"programme": ""}, "Choose one of the programmes"),
        ({"programme": "nothing"}, "Choose one of the programmes"),
        ({"starts_on": ""}, "Choose the first day"),
        ({"starts_on": "31 November"}, "Write a date that there is"),
        ({"starts_on": "2026-02-30"}, "Write a date that there is"),
    ],
)
def test_what_cannot_open_stays_with_a_sentence(page, session, demo, changed, words):
    office = page.as_("coordinator")
    office.get("/cohorts/new")
    sent = {"name": "Kept", "programme": "peer-support-demo", "starts_on": "2027-01-11"}
    reply = office.submit("/cohorts/new", **{**sent, **changed})
    assert reply.status_code == 200
    assert words in office.words
    assert session.scalar(select(func.count()).select_from(Cohort)) == 1
    if "name" not in changed:
        assert office.form_data()["name"] == "Kept"


def test_people_are_admitted_once(page, session, cast):
    ana = make_person(session, "ana", cast.organisation)
    session.commit()
    office = page.as_("coordinator")
    url = f"/cohorts/{cast.cohort.public_id}/admit"
    office.get(url)
    assert "Coordinator" not in office.words
    office.submit(url)
    assert "Choose at least one person." in office.words
    office.get(url)
    data = {**office.form_data(), "people": [ana.public_id]}
    for _ in "ab":
        assert office.post(url, data).status_code == 302
    assert session.scalar(select(func.count()).where(Enrolment.person_id == ana.id)) == 1
    office.get(f"/cohorts/{cast.cohort.public_id}")
    assert "Ana Admitted" in office.words


@pytest.mark.parametrize("who", ["coordinator", "outsider", "trainee"])
def test_who_is_not_on_offer_is_not_admitted(page, session, cast, who):
    office = page.as_("coordinator")
    url = f"/cohorts/{cast.cohort.public_id}/admit"
    office.get(url)
    before = session.scalar(select(func.count()).select_from(Enrolment))
    reply = office.submit(url, people=[cast.people[who].public_id])
    assert reply.status_code == 200
    assert session.scalar(select(func.count()).select_from(Enrolment)) == before


def beside(session, place):
    """Return who is beside a place now, by kind."""
    session.expire_all()
    query = select(Assignment.kind, Assignment.person_id).where(
        Assignment.enrolment_id == place.id, Assignment.until_on.is_(None)
    )
    return dict(session.execute(query).all())


def test_who_is_beside_a_trainee_is_changed_and_the_list_says_so(page, session, cast):
    office = page.as_("coordinator")
    url = f"/enrolments/{cast.enrolment.public_id}"
    office.get(f"{url}/place")
    data = office.form_data(f"{url}/place")
    assert data["trainer"] == cast.trainer.public_id
    reply = office.post(f"{url}/place", {**data, "supervisor": ""})
    assert reply.status_code == 302
    assert set(beside(session, cast.enrolment)) == {"trainer", "second-trainer"}
    office.get(f"/cohorts/{cast.cohort.public_id}")
    assert "Trainee Under way Trainer Second Trainer –" in office.words


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"trainer": "second_trainer"}, "two different people"),
        ({"trainer": "outsider"}, "Choose one from the list"),
        ({"supervisor": "trainer"}, "Choose one from the list"),
        ({"trainer": "trainee"}, "Choose one from the list"),
    ],
)
def test_who_may_not_be_there_is_refused_with_a_sentence(page, session, cast, changed, words):
    office = page.as_("coordinator")
    url = f"/enrolments/{cast.enrolment.public_id}"
    office.get(f"{url}/place")
    before = beside(session, cast.enrolment)
    wanted = {name: cast.people[who].public_id for name, who in changed.items()}
    reply = office.post(f"{url}/place", {**office.form_data(f"{url}/place"), **wanted})
    assert reply.status_code == 200
    assert words in office.words
    assert beside(session, cast.enrolment) == before


def test_a_page_from_before_somebody_elses_change_writes_nothing_over_it(page, session, cast):
    third = make_person(session, "third", cast.organisation)
    grant(session, third, "trainer")
    session.commit()
    office = page.as_("coordinator")
    url = f"/enrolments/{cast.enrolment.public_id}"
    office.get(f"{url}/place")
    old = office.form_data(f"{url}/place")
    office.post(f"{url}/place", {**old, "trainer": ""})
    reply = office.post(f"{url}/place", {**old, "trainer": third.public_id})
    assert reply.status_code == 200
    assert "Someone else changed this just now." in office.words
    assert "trainer" not in beside(session, cast.enrolment)


def test_a_place_is_withdrawn_and_taken_back_in(page, session, cast):
    office = page.as_("coordinator")
    url = f"/enrolments/{cast.enrolment.public_id}"
    office.get(f"{url}/place")
    assert "Withdraw this place" in office.words
    for to, state in (
        ("withdrawn", "withdrawn"),
        ("completed", "withdrawn"),
        ("king", "withdrawn"),
        ("withdrawn", "withdrawn"),
        ("admitted", "admitted"),
        ("active", "active"),
        ("paused", "paused"),
        ("active", "paused"),
    ):
        assert office.post(f"{url}/state", {"to": to}).status_code == 302
        session.expire_all()
        assert session.get(Enrolment, cast.enrolment.id).state == state
    office.get(f"{url}/place")
    assert "Coming back is theirs alone" in office.words


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("trainee", 403),
        ("trainer", 403),
        ("classmate", 404),
        ("outsider", 404),
        ("visitor", 302),
    ],
)
def test_a_place_is_the_coordinators_to_change(page, session, cast, who, status):
    client = page.as_(who)
    url = f"/enrolments/{cast.enrolment.public_id}"
    before = beside(session, cast.enrolment)
    assert client.get(f"{url}/place").status_code == status
    assert client.post(f"{url}/place", {"trainer": ""}).status_code == status
    assert client.post(f"{url}/state", {"to": "withdrawn"}).status_code == status
    assert beside(session, cast.enrolment) == before


def test_a_coordinator_in_training_does_not_change_their_own_place(page, session, cast):
    own = make_enrolment(session, cast.coordinator, cast.cohort)
    session.commit()
    office = page.as_("coordinator")
    for reply in (
        office.get(f"/enrolments/{own.public_id}/place"),
        office.post(f"/enrolments/{own.public_id}/place", {"trainer": cast.trainer.public_id}),
        office.post(f"/enrolments/{own.public_id}/state", {"to": "completed"}),
    ):
        assert reply.status_code == 403
    office.get(f"/cohorts/{cast.cohort.public_id}")
    assert "Yours" in office.words


def test_a_place_elsewhere_is_not_there(page, cast, foreign):
    office = page.as_("coordinator")
    assert office.get(f"/enrolments/{foreign.public_id}/place").status_code == 404
    assert (
        office.post(f"/enrolments/{foreign.public_id}/state", {"to": "paused"}).status_code == 404
    )
