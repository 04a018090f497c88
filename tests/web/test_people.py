"""The coordinator's office as its people use it: people, invitations, lists, roles."""

import re

import pytest
from sqlalchemy import func, select

from lms.models import Invitation, Mail, RoleGrant
from tests.cast import make_cohort, programme_version


def invitations(session):
    """Return every invitation there is."""
    session.expire_all()
    return session.scalars(select(Invitation).order_by(Invitation.id)).all()


def invite(page, address="new@example.org", **more):
    """Invite somebody as the coordinator; return the client and its answer."""
    office = page.as_("coordinator")
    office.get("/people/invite")
    return office, office.submit("/people/invite", address=address, **more)


@pytest.mark.parametrize(
    "url", ["/people", "/people/invite", "/people/list", "/people/invitations"]
)
@pytest.mark.parametrize(
    ("who", "status"),
    [("coordinator", 200), ("trainee", 403), ("trainer", 403), ("visitor", 302)],
)
def test_the_office_is_the_coordinators(page, url, who, status):
    assert page.as_(who).get(url).status_code == status


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("coordinator", 200),
        ("trainer", 200),
        ("second_trainer", 200),
        ("supervisor", 200),
        ("classmate", 404),
        ("outsider", 404),
        ("trainee", 403),
        ("visitor", 302),
    ],
)
def test_who_sees_a_person(page, cast, who, status):
    assert page.as_(who).get(f"/people/{cast.trainee.public_id}").status_code == status


def test_a_trainer_sees_the_address_but_not_the_name_for_the_certificate(page, cast, session):
    cast.trainee.certificate_name = "Printed Name"
    session.commit()
    trainer, office = page.as_("trainer"), page.as_("coordinator")
    for client in (trainer, office):
        client.get(f"/people/{cast.trainee.public_id}")
        assert "trainee-" in client.words
    assert "Printed Name" in office.words
    assert "Printed Name" not in trainer.words
    assert "Give this role" not in trainer.words
    for words, seen in (("What is still missing", True), ("Readiness decision", False)):
        assert (words in trainer.words) is seen
        assert words in office.words


def test_the_list_shows_role_cohort_and_state_and_finds_a_part(page):
    office = page.as_("coordinator")
    office.get("/people")
    assert "Autumn group Under way" in office.words
    assert "Second Trainer Trainer" in office.words
    office.get("/people?q=ClassM")
    assert "1 person" in office.words
    assert "Second Trainer" not in office.words
    office.get("/people?q=%3Cb%3E&page=x")
    assert "Nobody has this name here" in office.words


def test_an_invitation_goes_out_and_waits_in_the_list(page, session, cast):
    office, reply = invite(page, chosen_name="N" * 300, cohort=cast.cohort.public_id)
    assert reply.status_code == 302
    office.get("/people/invitations")
    assert "new@example.org" in office.words
    assert "Autumn group" in office.words
    assert invitations(session)[0].cohort_id == cast.cohort.id


def test_a_form_sent_twice_invites_once(page, session):
    office, _ = invite(page)
    office.get("/people/invite")
    data = {**office.form_data(), "address": "twice@example.org"}
    for _ in "ab":
        assert office.post("/people/invite", data).status_code == 302
    assert [row.written for row in invitations(session)] == ["new@example.org", "twice@example.org"]
    assert (
        office.post("/people/invite", {**data, "address": "third@example.org"}).status_code == 302
    )
    assert len(invitations(session)) == 3


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"address": ""}, "Write something here"),
        ({"address": "not one"}, "does not look like an e-mail address"),
        ({"address": "x" * 400}, "320"),
        ({"address": "coordinator"}, "already has an account here"),
        ({"chosen_name": "x" * 301}, "at most 300 characters"),
        ({"role": "administrator"}, "Choose one from the list"),
        ({"role": ""}, "Choose one from the list"),
        ({"cohort": "nowhere"}, "Choose one from the list"),
    ],
)
def test_what_cannot_be_sent_stays_with_a_sentence(page, session, cast, changed, words):
    if changed.get("address") == "coordinator":
        changed = {"address": f"coordinator-{cast.organisation.id}@example.org"}
    office, reply = invite(page, **{"chosen_name": "Kept name", **changed})
    assert reply.status_code == 200
    assert words in office.words
    assert invitations(session) == []
    if "chosen_name" not in changed:
        assert office.form_data()["chosen_name"] == "Kept name"


def test_a_cohort_of_another_organisation_is_not_on_offer(page, session, cast):
    foreign = make_cohort(session, cast.elsewhere, programme_version(session))
    session.commit()
    office, reply = invite(page, cohort=foreign.public_id)
    assert (reply.status_code, invitations(session)) == (200, [])
    assert "Choose one from the list" in office.words


def test_a_link_by_hand_is_shown_once_made_and_to_its_maker_alone(page, session):
    office, _ = invite(page)
    public_id = invitations(session)[0].public_id
    url = f"/people/invitations/{public_id}/link"
    office.get(url)
    assert "/invitations/" not in office.form_data().get("link", "")
    assert "right after making it" in office.words
    assert office.post(url).headers["Location"] == url
    office.get(url)
    link = re.search(r"http://localhost/invitations/(\S+)", office.words)
    assert link
    visitor = page.as_("visitor")
    visitor.get(f"/invitations/{link[1]}", follow_redirects=True)
    assert "Welcome" in visitor.words
    assert session.scalar(select(func.count()).select_from(Mail)) == 1


def test_a_new_letter_and_withdrawing(page, session):
    office, _ = invite(page)
    public_id = invitations(session)[0].public_id
    assert office.post(f"/people/invitations/{public_id}/letter").status_code == 302
    assert session.scalar(select(func.count()).select_from(Mail)) == 2
    assert office.post(f"/people/invitations/{public_id}/withdraw").status_code == 302
    assert invitations(session)[0].withdrawn_at is not None
    for act in ("letter", "link", "withdraw"):
        assert office.post(f"/people/invitations/{public_id}/{act}").status_code == 404


@pytest.mark.parametrize("act", ["letter", "link", "withdraw"])
@pytest.mark.parametrize(("who", "status"), [("outsider", 404), ("trainer", 403), ("visitor", 302)])
def test_somebody_elses_invitation_is_left_alone(page, session, act, who, status):
    invite(page)
    public_id = invitations(session)[0].public_id
    before = invitations(session)[0].token_hash
    reply = page.as_(who).post(f"/people/invitations/{public_id}/{act}")
    assert reply.status_code == status
    assert (invitations(session)[0].token_hash, invitations(session)[0].withdrawn_at) == (
        before,
        None,
    )


LIST = "name;email\r\nAna;ana@example.org\r\nBo;no address\r\nAna B;ANA@example.org\r\n"


def test_a_list_shows_its_problems_first_and_changes_nothing(page, session):
    office = page.as_("coordinator")
    office.get("/people/list")
    office.submit("/people/list", people=LIST)
    assert "2 lines need a look" in office.words
    assert "See line 2." in office.words
    assert "1 person can be invited" in office.words
    assert office.form_data()["people"].split() == LIST.split()
    assert invitations(session) == []


def test_the_good_rows_are_invited_and_the_rest_stays_in_the_box(page, session, cast):
    office = page.as_("coordinator")
    office.get("/people/list")
    sent = {"people": LIST, "cohort": cast.cohort.public_id, "act": "invite"}
    data = {**office.form_data(), **sent}
    assert office.post("/people/list", data).status_code == 302
    office.get("/people/list")
    assert office.form_data()["people"].splitlines() == [
        "name;email",
        "Bo;no address",
        "Ana B;ANA@example.org",
    ]
    assert office.post("/people/list", data).status_code == 302
    assert [row.written for row in invitations(session)] == ["ana@example.org"]
    assert invitations(session)[0].cohort_id == cast.cohort.id


@pytest.mark.parametrize("text", ["", "   ", "\x00", "x", '"', "🌊;🌊", "أمينة"])
def test_a_list_that_invites_nobody_says_so(page, session, text):
    office = page.as_("coordinator")
    office.get("/people/list")
    reply = office.submit("/people/list", people=text, act="look")
    assert reply.status_code == 200
    assert "Nobody to invite yet" in office.words or "Write something here" in office.words
    assert invitations(session) == []


def test_two_thousand_people_are_invited_in_one_go(page, session, cast):
    office = page.as_("coordinator")
    office.get("/people/list")
    people = "\n".join(f"Person {n},person{n}@example.org" for n in range(2001))
    office.submit("/people/list", people=people)
    assert "2000 people can be invited" in office.words.replace(",", "")


def test_a_role_is_given_and_ended_by_another(page, session, cast):
    office = page.as_("coordinator")
    url = f"/people/{cast.classmate.public_id}"
    office.get(url)
    assert office.submit(f"{url}/roles", role="trainer").status_code == 302
    query = select(RoleGrant).where(RoleGrant.person_id == cast.classmate.id)
    assert session.scalars(query).one().role == "trainer"
    office.get(url)
    assert "End this role" in office.words
    assert office.post(f"{url}/roles/trainer/end").status_code == 302
    session.expire_all()
    assert session.scalars(query).one().until_on is not None
    assert office.post(f"{url}/roles/king/end").status_code == 302


@pytest.mark.parametrize(
    ("who", "whose", "status"),
    [
        ("coordinator", "coordinator", 403),
        ("trainer", "trainee", 403),
        ("trainee", "trainee", 403),
        ("classmate", "trainee", 404),
        ("outsider", "trainee", 404),
    ],
)
def test_nobody_else_changes_roles(page, session, cast, who, whose, status):
    client = page.as_(who)
    url = f"/people/{cast.people[whose].public_id}/roles"
    before = session.scalar(select(func.count()).select_from(RoleGrant))
    for target, data in ((url, {"role": "trainer"}), (f"{url}/coordinator/end", {})):
        assert client.post(target, data).status_code == status
    assert session.scalar(select(func.count()).select_from(RoleGrant)) == before
