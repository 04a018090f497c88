"""Issuing to a cohort, and the second coordinator's pages."""

import pytest
from sqlalchemy import func, select, update

from lms.models import Certificate, IssueProposal, IssueRow, IssueRun, Organisation, Person
from lms.rules.certificates import TWO
from tests.cast import make_cohort, programme_version
from tests.certifying import meet_all, second_coordinator
from tests.services.test_runs import make_ready


@pytest.fixture
def ready(session, cast):
    second_coordinator(session, cast)
    return make_ready(session, cast, ("ada", "bo"))


@pytest.fixture
def two(session, ready):
    session.execute(update(Organisation).values(approval=TWO))
    session.commit()
    return ready


def url(cast):
    return f"/cohorts/{cast.cohort.public_id}/issuing"


def count(session, kind=Certificate):
    session.expire_all()
    return session.scalar(select(func.count(kind.id)))


def ticked(client):
    return client.form_data().get("people", [])


# The cohort's page and the run


@pytest.mark.parametrize(
    ("who", "status"),
    [("coordinator", 200), ("outsider", 404), ("trainer", 403), ("trainee", 403), ("visitor", 302)],
)
def test_the_office_alone_opens_a_cohort_and_its_runs(page, session, ready, who, status):
    client = page.as_(who)
    assert client.get(url(ready)).status_code == status
    assert client.post(url(ready), {"people": ["x"]}).status_code == status
    assert count(session, IssueRun) == 0


def test_the_page_says_who_and_why_and_the_run_what_came_of_it(page, session, ready):
    office = page.as_("coordinator")
    office.get(f"/cohorts/{ready.cohort.public_id}")
    assert office.soup.find("a", href=url(ready))
    office.get(url(ready))
    assert "Found ready by Coordinator on 2 November 2026" in office.words
    assert "Classmate Not every requirement is met yet." in office.words
    assert len(ticked(office)) == 3
    reply = office.submit(url(ready))
    assert reply.status_code == 302
    office.get(reply.location)
    assert "3 of 3 settled" in office.words
    assert len(office.soup.select('main a[href^="/certificates/"]')) == 3
    assert not office.soup.select("[data-refresh]")
    office.get(url(ready))
    assert "3 certificates are issued already" in office.words
    assert "3 of 3 settled" in office.words


def test_who_gave_no_name_is_ticked_by_hand_alone(page, session, ready):
    session.execute(update(Person).where(Person.chosen_name == "Ada").values(certificate_name=""))
    session.commit()
    office = page.as_("coordinator")
    office.get(url(ready))
    assert "Gave no name for the certificate" in office.words
    assert len(ticked(office)) == 2


def test_nobody_ticked_is_said_at_the_field(page, session, ready):
    office = page.as_("coordinator")
    office.get(url(ready))
    data = office.form_data() | {"people": []}
    assert office.post(url(ready), data).status_code == 200
    assert "Tick at least one person." in office.words
    assert count(session, IssueRun) == 0


def test_a_double_click_is_one_run(page, session, ready):
    office = page.as_("coordinator")
    office.get(url(ready))
    data = office.form_data()
    first, second = office.post(url(ready), data), office.post(url(ready), data)
    assert first.location == second.location
    assert (count(session, IssueRun), count(session)) == (1, 3)


@pytest.mark.parametrize("sent", ["", ":", "a:issue:", "::::", "\x00", "x" * 4000, "{0}:fly:0"])
def test_what_no_page_of_ours_sends_issues_nothing(page, session, ready, sent):
    office = page.as_("coordinator")
    office.get(url(ready))
    data = office.form_data() | {"people": [sent.format(ready.enrolment.public_id)]}
    assert office.post(url(ready), data).status_code == 200
    assert count(session) == 0


def test_a_place_of_another_cohort_is_not_issued_by_this_one(page, session, ready):
    other = make_cohort(session, ready.elsewhere, programme_version(session))
    session.commit()
    office = page.as_("coordinator")
    office.get(url(ready))
    data = office.form_data()
    outsider = page.as_("outsider")
    outsider.get(f"/cohorts/{other.public_id}/issuing")
    there = outsider.post(f"/cohorts/{other.public_id}/issuing", {"people": data["people"]})
    assert there.status_code == 200
    assert count(session, IssueRun) == 0


def test_a_run_is_stopped_and_goes_on(page, session, ready):
    office = page.as_("coordinator")
    office.get(url(ready))
    run = office.submit(url(ready)).location
    session.execute(update(IssueRow).values(state="waiting", refusal=""))
    session.commit()
    office.get(run)
    assert "0 of 3 settled" in office.words
    assert office.soup.select_one("[data-refresh]")["id"] == "progress"
    assert office.post(f"{run}/stop").status_code == 302
    office.get(run)
    assert "Those who wait are left as they are" in office.words
    assert office.submit(f"{run}/go-on").status_code == 302
    office.get(run)
    assert "3 of 3 settled" in office.words
    assert (len(office.soup.select('main a[href^="/certificates/"]')), count(session)) == (3, 3)


# The second coordinator


def propose(page, cast):
    """Let the first coordinator send the trainee's certificate; return the proposal's address."""
    first = page.as_("coordinator")
    address = f"/enrolments/{cast.enrolment.public_id}/certificate"
    first.get(address)
    assert "A second coordinator approves it" in first.words
    reply = first.submit(address)
    assert reply.status_code == 302
    return reply.location, first


def test_one_proposes_and_another_approves(page, session, two):
    found, first = propose(page, two)
    first.get(found)
    assert "It waits for a second coordinator" in first.words
    assert not first.soup.select('main form[action$="/approve"]')
    assert first.post(f"{found}/approve", {"name": "Trainee"}).status_code == 200
    assert "Another coordinator approves it." in first.words
    assert count(session) == 0
    second = page.as_("second_coordinator")
    second.get("/today")
    assert "1 document waits for you as the second coordinator" in second.words
    second.get("/proposals")
    assert second.soup.find("a", href=found)
    second.get(found)
    reply = second.post(f"{found}/approve", second.form_data(f"{found}/approve"))
    assert reply.status_code == 302
    assert reply.location.startswith("/certificates/")
    assert count(session) == 1
    assert second.get(found).location == reply.location
    assert second.post(f"{found}/approve", {"name": "Trainee"}).location == reply.location


def test_another_sends_it_back_with_a_reason(page, session, two):
    found, first = propose(page, two)
    second = page.as_("second_coordinator")
    second.get(found)
    form = second.form_data(f"{found}/send-back")
    assert second.post(f"{found}/send-back", form).status_code == 200
    assert "Write something here" in second.words
    reply = second.post(f"{found}/send-back", form | {"reason": "Look at <b>March</b>."})
    assert reply.status_code == 302
    first.get("/today")
    assert "1 document was sent back to you" in first.words
    first.get("/proposals")
    assert "Sent back by Second Coordinator: Look at <b>March</b>." in first.words
    first.get(found)
    assert "Look at <b>March</b>." in first.words
    assert count(session) == 0


@pytest.mark.parametrize(
    ("who", "status"),
    [("outsider", 404), ("trainer", 404), ("classmate", 404), ("trainee", 403), ("visitor", 302)],
)
def test_a_proposal_is_the_offices_alone(page, session, two, who, status):
    found, _first = propose(page, two)
    client = page.as_(who)
    assert client.get(found).status_code == status
    for act in ("approve", "send-back"):
        sent = {"name": "Trainee", "reason": "Because."}
        assert client.post(f"{found}/{act}", sent).status_code == status
    session.expire_all()
    assert session.scalar(select(IssueProposal.state)) == "open"


@pytest.mark.parametrize(
    ("who", "status"), [("trainer", 403), ("trainee", 403), ("outsider", 200), ("visitor", 302)]
)
def test_the_list_of_proposals_holds_ones_own_house_alone(page, two, who, status):
    propose(page, two)
    client = page.as_(who)
    assert client.get("/proposals").status_code == status
    assert "Trainee" not in client.words or status != 200


def test_a_cohort_is_proposed_by_one_and_approved_by_another(page, session, two):
    first = page.as_("coordinator")
    first.get(url(two))
    assert "Can be sent to a second coordinator now" in first.words
    first.get(first.submit(url(two)).location)
    assert first.words.count("Waits for approval") == 3
    first.get(url(two))
    assert "It waits for a second coordinator." in first.words
    second = page.as_("second_coordinator")
    second.get(url(two))
    assert "Proposed by another coordinator: you are the second" in second.words
    second.get(second.submit(url(two)).location)
    assert len(second.soup.select('main a[href^="/certificates/"]')) == 3
    assert count(session) == 3


def test_the_setting_is_the_organisations(page, session, cast):
    office = page.as_("coordinator")
    office.get("/organisation")
    assert office.submit("/organisation", approval=TWO).status_code == 302
    session.expire_all()
    assert session.get(Organisation, cast.organisation.id).approval == TWO
    office.get("/organisation")
    assert office.submit("/organisation", approval="three").status_code == 200
    assert "Choose one from the list" in office.words
    office.get("/organisation")
    reply = office.submit("/organisation", approval="", seen_approval="")
    assert reply.status_code == 409
    assert "A second coordinator approves each one" in office.words


def test_what_is_not_met_is_not_proposed(page, session, cast):
    """A verdict that is not met cannot be proposed from the page."""
    session.execute(update(Organisation).values(approval=TWO))
    meet_all(session, cast, minutes=60)
    session.commit()
    first = page.as_("coordinator")
    address = f"/enrolments/{cast.enrolment.public_id}/certificate"
    first.get(address)
    assert "Not every requirement is met yet." in first.words
    first.post(address, {"name": "Trainee", "asked": "y"})
    assert count(session, IssueProposal) == 0
