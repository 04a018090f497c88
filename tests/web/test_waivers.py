"""Setting a requirement aside: asked for with a ground, decided by another with a reason."""

import pytest
from sqlalchemy import select

from lms.db import utcnow
from lms.models import AuditEntry, Waiver, WaiverRequest
from lms.rules.evidence import WaiverClaim
from lms.services.errors import RefusedError
from lms.services.evidence import ask_waiver, decide_waiver
from lms.services.verdicts import verdict_for
from tests.cast import NOW, TODAY
from tests.filing import put_on_file


def state_of(session, cast, requirement="supervision"):
    """Return how a requirement stands."""
    found = verdict_for(session, cast.enrolment, on=utcnow().date())
    return next(row.state.value for row in found.rows if row.id == requirement)


def address(cast, requirement="supervision"):
    """Return the address of the form that asks."""
    return f"/enrolments/{cast.enrolment.public_id}/waivers/new?requirement={requirement}"


def ask(client, cast, **fields):
    """Send the request as it stands, with a ground."""
    client.get(address(cast))
    data = {**client.form_data(), "claim": "Ten years as a supervisor.", **fields}
    return client._look(client.client.post(address(cast), data=data))


def decide(client, url, outcome="granted", reason="Seen and talked through."):
    """Decide about a request on its page."""
    client.get(url)
    data = {**client.form_data(f"{url}/decide"), "outcome": outcome, "reason": reason}
    return client._look(client.client.post(f"{url}/decide", data=data))


def test_a_trainee_asks_and_a_coordinator_grants_with_a_reason(page, session, cast):
    paper = put_on_file(session, cast.enrolment, cast.coordinator.id)
    session.commit()
    trainee = page.as_("trainee")
    trainee.get("/progress")
    assert address(cast) in {link["href"] for link in trainee.soup.select("main a[href]")}
    reply = ask(trainee, cast, document=paper.paper, decider=cast.coordinator.public_id)
    url = reply.location
    assert state_of(session, cast) == "not-yet"
    office = page.as_("coordinator")
    office.get("/today")
    assert "1 request to set something aside" in office.words
    office.get("/evidence")
    assert "To be set aside: Supervision" in office.words
    assert decide(office, url).status_code == 302
    assert state_of(session, cast) == "waived"
    trainee.get(url)
    for words in (
        "Ten years as a supervisor.",
        "Seen and talked through.",
        "Reference",
        "Set aside",
    ):
        assert words in trainee.words
    acts = list(session.scalars(select(AuditEntry.act)))
    assert {"waiver-asked", "waiver-granted", "requirement-waived"} <= set(acts)


def test_declined_keeps_the_requirement_and_the_door_open(page, session, cast):
    trainee, office = page.as_("trainee"), page.as_("coordinator")
    url = ask(trainee, cast).location
    decide(office, url, "declined", "Let us plan the hours together.")
    assert state_of(session, cast) == "not-yet"
    assert session.scalars(select(Waiver)).all() == []
    trainee.get(url)
    assert "Let us plan the hours together." in trainee.words
    assert ask(trainee, cast).status_code == 302


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"claim": " "}, "Write something here"),
        ({"due_on": "2020-01-01"}, "Choose today or a day to come."),
        ({"due_on": "soon"}, "a date that there is"),
        ({"decider": "nobody-like-that"}, "Choose one from the list."),
        ({"document": "nothing-like-it"}, "Choose one from the list."),
    ],
)
def test_what_lacks_is_said_at_its_field_and_the_words_are_kept(page, session, cast, fields, words):
    trainee = page.as_("trainee")
    assert ask(trainee, cast, evidence="A letter of my own.", **fields).status_code == 200
    assert words in trainee.words
    assert "A letter of my own." in trainee.soup.find("textarea", attrs={"name": "evidence"}).text
    assert session.scalars(select(WaiverRequest)).all() == []


def test_one_request_is_open_at_a_time_and_can_be_taken_back(page, session, cast):
    trainee = page.as_("trainee")
    url = ask(trainee, cast).location
    assert ask(trainee, cast).status_code == 200
    assert "asked for already" in trainee.words
    assert trainee.post(f"{url}/withdraw").status_code == 302
    assert ask(trainee, cast).status_code == 302
    late = page.as_("coordinator").post(f"{url}/decide", {"outcome": "granted", "reason": "Yes."})
    assert late.status_code == 200
    assert session.scalars(select(Waiver)).all() == []


def test_the_same_request_sent_twice_is_one(page, session, cast):
    trainee = page.as_("trainee")
    trainee.get(address(cast))
    data = {**trainee.form_data(), "claim": "Learnt elsewhere."}
    first = trainee.client.post(address(cast), data=data)
    assert trainee.client.post(address(cast), data=data).location == first.location
    assert len(session.scalars(select(WaiverRequest)).all()) == 1


@pytest.mark.parametrize("requirement", ["confidentiality", "readiness", "nothing-like-it", ""])
def test_what_the_programme_lets_nobody_set_aside_is_not_asked_for(page, cast, requirement):
    trainee = page.as_("trainee")
    assert trainee.get(address(cast, requirement)).status_code == 302
    assert trainee.post(address(cast, requirement), {"claim": "x"}).status_code == 302


def test_a_coordinator_sets_aside_at_once_with_ground_and_reason(page, session, cast):
    office = page.as_("coordinator")
    url = f"/enrolments/{cast.enrolment.public_id}/waive?requirement=safety-module"
    office.get(url)
    data = {**office.form_data(), "claim": "Teaches it herself.", "reason": "We talked it over."}
    assert office.client.post(url, data=data).status_code == 302
    assert office.client.post(url, data=data).status_code == 302
    assert state_of(session, cast, "safety-module") == "waived"
    assert len(session.scalars(select(Waiver)).all()) == 1
    trainee = page.as_("trainee")
    trainee.get("/papers")
    assert "Contact safety" in trainee.words
    assert office.post(url, {"claim": "x", "reason": " "}).status_code == 200


def test_nobody_decides_about_their_own_request(session, cast):
    claim = WaiverClaim("supervision", "Learnt elsewhere.", TODAY)
    asked = ask_waiver(session, cast.enrolment, claim, by=cast.trainee.id, op_id="x", now=NOW)
    own = {"granted": True, "reason": "Why not.", "by": cast.trainee.id, "now": NOW}
    with pytest.raises(RefusedError):
        decide_waiver(session, asked, **own)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("trainee", 200),
        ("coordinator", 200),
        ("trainer", 404),
        ("supervisor", 403),
        ("classmate", 404),
        ("outsider", 404),
        ("visitor", 302),
    ],
)
def test_who_reads_a_request(page, cast, session, who, status):
    claim = WaiverClaim("supervision", "Learnt elsewhere.", TODAY)
    asked = ask_waiver(session, cast.enrolment, claim, by=cast.trainee.id, op_id="x", now=NOW)
    session.commit()
    assert page.as_(who).get(f"/waivers/{asked.public_id}").status_code == status
