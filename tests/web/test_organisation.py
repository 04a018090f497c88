"""What is said of an organisation, and whom people turn to."""

import pytest

from lms.models import Organisation


@pytest.mark.parametrize(
    ("who", "status"),
    [("coordinator", 200), ("trainee", 403), ("trainer", 403), ("visitor", 302)],
)
def test_a_coordinator_writes_it(page, cast, session, who, status):
    client = page.as_(who)
    assert client.get("/organisation").status_code == status
    if status != 200:
        assert client.post("/organisation", {"name": "Ours"}).status_code == status
        session.refresh(cast.organisation)
        assert cast.organisation.name == "Riverside Peers"


def test_the_contact_is_written_and_stands_at_the_foot_of_every_page(page, session, cast):
    office = page.as_("coordinator")
    office.get("/organisation")
    reply = office.submit(
        "/organisation", duty_name="Noor 🌊", duty_reach="desk@example.org", zone="Europe/Madrid"
    )
    assert reply.status_code == 302
    session.expire_all()
    found = session.get(Organisation, cast.organisation.id)
    assert (found.duty_name, found.zone) == ("Noor 🌊", "Europe/Madrid")
    assert found.duty_hours == "every day, 8 to 20"
    trainee = page.as_("trainee")
    trainee.get("/account")
    assert "Noor 🌊" in trainee.soup.find("footer").text


def test_without_a_contact_a_gentle_warning_stands_there(page, session, cast):
    office = page.as_("coordinator")
    office.get("/organisation")
    assert "Nobody to turn to is named yet" not in office.words
    assert office.submit("/organisation", duty_name="").status_code == 302
    office.get("/organisation")
    assert "Nobody to turn to is named yet" in office.words


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": " "}, "Write something here"),
        ({"name": "x" * 301}, "at most 300 characters"),
        ({"duty_name": "x" * 201}, "at most 200 characters"),
        ({"duty_emergency": "x" * 601}, "at most 600 characters"),
        ({"zone": "Mars/Olympus"}, "Choose one from the list"),
        ({"language": "tlh"}, "Choose one from the list"),
    ],
)
def test_what_cannot_be_kept_stays_with_a_sentence(page, session, cast, changed, words):
    office = page.as_("coordinator")
    office.get("/organisation")
    sent = {"duty_hours": "kept words", **changed}
    assert office.submit("/organisation", **sent).status_code == 200
    assert words in office.words
    assert office.form_data()["duty_hours"] == "kept words"
    session.expire_all()
    assert session.get(Organisation, cast.organisation.id).duty_hours != "kept words"


def test_two_who_write_at_once_see_both_and_lose_neither(page, session, cast):
    office = page.as_("coordinator")
    office.get("/organisation")
    old = office.form_data()
    office.post("/organisation", {**old, "duty_reach": "the first"})
    reply = office.post("/organisation", {**old, "duty_reach": "the second"})
    assert reply.status_code == 409
    assert "the first" in office.words
    assert office.form_data()["duty_reach"] == "the second"
    assert office.submit("/organisation").status_code == 302
    session.expire_all()
    assert session.get(Organisation, cast.organisation.id).duty_reach == "the second"


def test_words_of_several_lines_are_no_clash(page, session, cast):
    cast.organisation.duty_emergency = "one\ntwo"
    session.commit()
    office = page.as_("coordinator")
    office.get("/organisation")
    data = office.form_data()
    for name in ("duty_emergency", "seen_duty_emergency"):
        data[name] = data[name].replace("\n", "\r\n")
    assert office.post("/organisation", {**data, "duty_name": "Noor"}).status_code == 302
