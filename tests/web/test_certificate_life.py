"""Pages of what happens after issue: the holder's way, the office's, and a stranger's."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from lms.db import utcnow
from lms.models import Certificate, CertificateEvent, CertificateWish, Person
from lms.rules.certificates import code_from_bytes
from lms.services.certificates import switch_lookup
from tests.certifying import issue, meet_all, meet_renewal, second_coordinator
from tests.services.test_certificate_life import set_in_programme
from tests.services.test_proposals import ask_for_two

UNKNOWN = code_from_bytes(bytes(17))


@pytest.fixture
def issued(session, cast):
    meet_all(session, cast)
    found = issue(session, cast, now=utcnow())
    session.commit()
    return found


def at(certificate, further=""):
    return f"/certificates/{certificate.public_id}{further}"


def count(session, kind):
    session.expire_all()
    return session.scalar(select(func.count(kind.id)))


def sent(client, certificate, path, **data):
    client.get(at(certificate))
    return client.post(at(certificate, path), data)


def heading(client):
    return " ".join(client.soup.find("h1").get_text(" ").split())


# Suspending and revoking, with their days


def test_a_suspension_says_until_when_and_what_it_takes(page, session, issued):
    office, own = page.as_("coordinator"), page.as_("trainee")
    until = (utcnow() + timedelta(days=30)).date().isoformat()
    data = {"reason": "Why", "until_on": until, "conditions": "Two talks"}
    assert sent(office, issued, "/suspend", **data).status_code == 302
    own.get(at(issued))
    for words in ("Why", "Two talks", "To be looked at on"):
        assert words in own.words


@pytest.mark.parametrize(
    ("act", "data", "field", "words"),
    [
        ("suspend", {"until_on": "2020-01-01"}, "suspended-until-on", "still to come"),
        ("suspend", {"until_on": "soon"}, "suspended-until-on", "a date that there is"),
        (
            "revoke",
            {"notice_on": "2026-02-02", "answer_by": "2026-02-01"},
            "revoked-answer-by",
            "one after the other",
        ),
        ("revoke", {"decided_on": "9000-01-01"}, "revoked-decided-on", "still to come"),
    ],
)
def test_a_day_that_does_not_fit_is_said_at_its_field(
    page, session, issued, act, data, field, words
):
    office = page.as_("coordinator")
    reply = sent(office, issued, f"/{act}", reason="Why", **data)
    assert reply.status_code == 200
    assert words in office.soup.find(id=f"{field}-error").text
    assert office.soup.find(id=field)["value"] == next(iter(data.values())) or len(data) > 1
    assert office.soup.find(id=field.split("-")[0] + "-reason").text.strip() == "Why"
    assert count(session, CertificateEvent) == 0


# Giving back


def test_a_holder_reads_what_follows_and_gives_it_back(page, session, issued):
    own, anybody = page.as_("trainee"), page.as_("visitor")
    own.get(at(issued))
    assert "Give this certificate back" in own.words
    own.get(at(issued, "/give-back"))
    assert "cannot be made valid again" in own.words
    own.submit(at(issued, "/give-back"))
    assert "Tick this if you are sure" in own.words
    assert count(session, CertificateEvent) == 0
    assert own.submit(at(issued, "/give-back"), sure="y").status_code == 302
    anybody.get(f"/check/{issued.code}")
    assert heading(anybody).startswith("Given back on")
    assert own.get(at(issued, "/give-back")).status_code == 302


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("visitor", 302),
        ("coordinator", 403),
        ("trainer", 403),
        ("classmate", 404),
        ("outsider", 404),
    ],
)
@pytest.mark.parametrize("act", ["/give-back", "/wishes"])
def test_nobody_but_the_holder_does_what_is_the_holders(page, session, issued, who, status, act):
    reply = page.as_(who).post(at(issued, act), {"sure": "y", "wish": "erasure", "act": "ask"})
    assert reply.status_code == status
    assert count(session, CertificateEvent) == count(session, CertificateWish) == 0


# Wishes, look-up, erasure


def test_a_wish_stands_before_the_office_until_it_is_done(page, session, issued):
    own, office = page.as_("trainee"), page.as_("coordinator")
    for _ in range(2):
        assert sent(own, issued, "/wishes", wish="look-up", act="ask").status_code == 302
    assert count(session, CertificateWish) == 1
    office.get("/today")
    assert "1 wish about a certificate" in office.words
    office.get("/certificates/waiting")
    assert "Trainee" in office.words
    sent(office, issued, "/look-up", act="off")
    own.get(at(issued))
    assert "Look-up is off" in own.words
    office.get("/certificates/waiting")
    assert "Nothing waits" in office.words


@pytest.mark.parametrize("wish", ["", "nonsense", "look-up\0"])
def test_a_wish_that_is_none_changes_nothing(page, session, issued, wish):
    assert sent(page.as_("trainee"), issued, "/wishes", wish=wish).status_code == 302
    assert count(session, CertificateWish) <= 1


def answers(client, code, pdf):
    """Return everything that a stranger can learn by a code and a file."""
    page = client.client.get(f"/check/{code}")
    on = client.client.get(f"/check/{code}?on=2026-01-01")
    told = client.client.get(f"/check/{code}.json")
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    body, kind = head + pdf + b"\r\n--x--\r\n", "multipart/form-data; boundary=x"
    file = client.client.post("/check/file", data=body, content_type=kind)
    words = page.get_data(as_text=True).replace(" ".join(groups(code)), "CODE")
    for group in groups(code):
        words = words.replace(f"<span>{group}</span>", "")
    kept = {name: value for name, value in told.json.items() if name != "as_of"}
    return (
        [page.status_code, on.status_code, told.status_code, file.status_code],
        kept,
        "not as we issued it" in file.get_data(as_text=True),
        "No certificate has this code" in words,
        sorted(page.headers.keys()),
    )


def groups(code):
    return [code[start : start + 3] for start in range(0, 27, 3)]


def test_with_look_up_off_nothing_tells_it_from_a_code_that_never_was(page, session, cast, issued):
    switch_lookup(session, issued, off=True, by=cast.coordinator.id, now=utcnow())
    pdf = session.scalar(select(Certificate.pdf))
    session.commit()
    anybody = page.as_("visitor")
    assert answers(anybody, issued.code, pdf) == answers(anybody, UNKNOWN, b"%PDF something else")


@pytest.mark.parametrize(
    ("who", "status"),
    [("visitor", 302), ("trainee", 403), ("trainer", 403), ("classmate", 404), ("outsider", 404)],
)
@pytest.mark.parametrize("act", ["/look-up", "/erase", "/renewal", "/new-document"])
def test_nobody_but_a_coordinator_does_what_is_the_offices(page, session, issued, who, status, act):
    data = {"act": "off", "asked": "y", "name": "Trainee", "why": "name"}
    assert page.as_(who).post(at(issued, act), data).status_code == status
    session.expire_all()
    assert not session.scalar(select(Person.lookup_off).where(Person.chosen_name == "Trainee"))
    assert count(session, Certificate) == 1


def test_the_page_says_until_when_the_papers_are_kept_and_by_which_rule(page, session, issued):
    set_in_programme(session, keeping={"supervision": "7 years"})
    session.commit()
    office = page.as_("coordinator")
    office.get(at(issued, "/erase"))
    assert "The programme keeps papers on supervision until" in office.words
    assert not office.soup.find("main").find("input", attrs={"name": "asked"})
    reply = office.post(at(issued, "/erase"), {"asked": "y"})
    assert reply.location == at(issued, "/erase")
    assert session.scalar(select(Certificate.name)) == "Trainee"
    own = page.as_("trainee")
    own.get(at(issued))
    assert "The programme keeps papers on supervision until" in own.words


def test_erasing_takes_two_steps_and_the_check_says_that_it_was(page, session, issued):
    office, anybody = page.as_("coordinator"), page.as_("visitor")
    office.get(at(issued, "/erase"))
    assert "What is lost" in office.words
    office.submit(at(issued, "/erase"))
    assert "Make sure first" in office.words
    assert session.scalar(select(Certificate.name)) == "Trainee"
    assert office.submit(at(issued, "/erase"), asked="y").status_code == 302
    anybody.get(f"/check/{issued.code}")
    assert heading(anybody) == "Valid"
    assert "The rest was erased" in anybody.words
    assert "Trainee" not in anybody.words
    assert "Riverside" not in anybody.words
    told = anybody.get(f"/check/{issued.code}.json").json
    assert (told["state"], told["claims"], told["erased"]) == ("valid", {}, True)
    office.get(at(issued))
    assert "Download" not in office.words
    assert office.get(at(issued, "/document.pdf")).status_code == 404
    assert office.get(at(issued, "/erase")).status_code == 302
    own = page.as_("trainee")
    own.get("/certificates")
    assert own.get(at(issued)).status_code == 200


# A new document


def test_a_new_name_is_asked_for_and_printed(page, session, cast, issued):
    own, office, anybody = page.as_("trainee"), page.as_("coordinator"), page.as_("visitor")
    session.get_one(Person, cast.trainee.id).certificate_name = "Amina Noor"
    session.commit()
    own.get(at(issued))
    assert "Amina Noor" in own.words
    own.post(at(issued, "/wishes"), {"wish": "new-name", "act": "ask"})
    office.get(at(issued, "/new-document"))
    assert "Amina Noor" in office.words
    office.submit(at(issued, "/new-document"), why="correction")
    assert "Write what was wrong" in office.words
    reply = office.submit(at(issued, "/new-document"), why="name")
    assert reply.status_code == 302
    own.get(reply.location)
    assert "Amina Noor" in own.words
    for client in (own, office):
        client.get(at(issued))
        assert "There is a newer one" in client.words
        facts = client.soup.find("dl")
        assert facts is None or "Trainee" not in facts.text
        assert client.get(at(issued, "/document.pdf")).status_code == 404
    anybody.get(f"/check/{issued.code}")
    assert heading(anybody) == "Replaced by a newer one"
    assert "Trainee" not in anybody.words


def test_a_choice_that_is_none_is_said_at_its_field(page, session, issued):
    office = page.as_("coordinator")
    office.get(at(issued, "/new-document"))
    office.post(at(issued, "/new-document"), {"name": "Trainee", "why": "because"})
    assert office.reply.status_code == 200
    assert "Choose one from the list" in office.words


# Renewing


def test_a_renewal_is_read_by_the_holder_and_done_by_the_office(page, session, cast, issued):
    soon = utcnow() + timedelta(days=700)
    with time_machine.travel(soon, tick=False):
        own, office = page.as_("trainee"), page.as_("coordinator")
        own.get("/today")
        assert "Your certificate ends in" in own.words
        own.get(at(issued))
        assert "It can be renewed now" in own.words
        own.get(at(issued, "/renewal"))
        assert "Supervision since the certificate" in own.words
        assert own.soup.find("button", string="Renew it") is None
        meet_renewal(session, cast, now=soon)
        session.commit()
        office.get(at(issued, "/renewal"))
        reply = office.submit(at(issued, "/renewal"), asked="y")
        assert reply.status_code == 302
        office.get(reply.location)
        assert "Valid" in office.words
        own.get(at(issued))
        assert "It was renewed" in own.words
        office.post(at(issued, "/renewal"), {"name": "Trainee", "asked": "y"})
        assert "It was renewed already" in office.words
    assert count(session, Certificate) == 2


def test_not_yet_is_said_and_nothing_is_renewed(page, session, issued):
    office = page.as_("coordinator")
    office.get(at(issued, "/renewal"))
    assert "The time to renew is still to come" in office.words
    office.post(at(issued, "/renewal"), {"name": "Trainee", "asked": "y"})
    assert "The time to renew is still to come" in office.words
    assert count(session, Certificate) == 1


# The check, by day and by forged address


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("2026-01-01", "Not issued yet"),
        ("9999-12-31", "This day is still to come"),
        ("2026-02-30", "a date that there is"),
        ("x" * 10_000, "a date that there is"),
    ],
)
def test_another_day_is_asked_for_in_words(page, issued, on, said):
    anybody = page.as_("visitor")
    assert anybody.get(f"/check/{issued.code}", query_string={"on": on}).status_code == 200
    assert said in anybody.soup.get_text(" ")
    told = anybody.client.get(f"/check/{issued.code}.json", query_string={"on": on})
    assert told.status_code == (200 if on == "2026-01-01" else 400)


def test_an_address_of_another_site_is_taken_for_its_code_and_said_so(page, issued):
    anybody = page.as_("visitor")
    anybody.get("/check")
    forged = f"https://a1ongside.example/check/{issued.code}"
    reply = anybody.submit("/check", code=forged)
    assert reply.location == f"/check/{issued.code}?elsewhere=1"
    anybody.get(reply.location)
    assert "leads to another site" in anybody.words
    assert "Valid" in anybody.words


def test_a_code_of_another_installation_is_simply_not_ours(page, cast):
    anybody = page.as_("visitor")
    assert anybody.get(f"/check/{UNKNOWN}?on=2026-01-01").status_code == 404
    assert anybody.get(f"/check/{'A' * 10_000}").status_code in {400, 404}


# Where the house asks for two


@pytest.fixture
def two(session, cast, issued):
    second_coordinator(session, cast)
    ask_for_two(session, cast)
    session.commit()
    return cast


def approved(page, found):
    """Let the second coordinator find what waits on Today, read it and approve it."""
    second = page.as_("second_coordinator")
    second.get("/today")
    assert "waits for you as the second coordinator" in second.words
    second.get("/proposals")
    assert second.soup.find("main").find("a", href=found)
    second.get(found)
    return second, second.post(f"{found}/approve", second.form_data(f"{found}/approve"))


def test_a_document_made_anew_is_sent_to_a_second_coordinator(page, session, two, issued):
    office, url = page.as_("coordinator"), at(issued, "/new-document")
    office.get(url)
    assert "A second coordinator approves it" in office.words
    assert office.submit(url, why="correction", reason=" ").status_code == 200
    reply = office.submit(url, why="correction", reason="A letter was wrong.")
    assert reply.location.startswith("/proposals/")
    assert count(session, Certificate) == 1
    office.get(reply.location)
    assert "It waits for a second coordinator" in office.words
    assert "A letter was wrong." in office.words
    office.get(url)
    assert "See what was proposed" in office.words
    assert not office.soup.find("main").find("textarea")
    second, done = approved(page, reply.location)
    assert done.status_code == 302
    assert count(session, Certificate) == 2
    assert second.get(reply.location).location == done.location


def test_a_renewal_is_sent_to_a_second_coordinator_and_sent_back(page, session, two, issued):
    soon = (utcnow() + timedelta(days=700)).replace(hour=12)
    meet_renewal(session, two, now=soon)
    session.commit()
    with time_machine.travel(soon, tick=False):
        office, url = page.as_("coordinator"), at(issued, "/renewal")
        office.get(url)
        found = office.submit(url, asked="y").location
        assert found.startswith("/proposals/")
        second = page.as_("second_coordinator")
        second.get(found)
        assert "Renewal for Trainee" in second.words
        form = second.form_data(f"{found}/send-back") | {"reason": "Look at May."}
        assert second.post(f"{found}/send-back", form).status_code == 302
        office.get("/proposals")
        assert "Look at May." in office.words
        assert office.soup.find("main").find("a", href=url)
        office.get(url)
        again = office.submit(url, asked="y").location
        assert again != found
        _second, done = approved(page, again)
        assert done.location.startswith("/certificates/")
    assert count(session, Certificate) == 2


def test_a_letter_is_sent_to_a_second_coordinator(page, session, two, issued):
    office = page.as_("coordinator")
    url = f"/enrolments/{two.enrolment.public_id}/documents/letter"
    office.get(url)
    reply = office.submit(url, asked="y")
    assert reply.location.startswith("/proposals/")
    office.get(url)
    assert "See what was proposed" in office.words
    _second, done = approved(page, reply.location)
    assert done.status_code == 302
    assert set(session.scalars(select(Certificate.kind))) == {issued.kind, "letter"}
