"""Issuing, the holder's certificates, and what coordinators record beside them."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from lms.db import utcnow
from lms.models import Certificate, CertificateEvent, Enrolment, Person
from tests.cast import grant, make_cast, sign_in_token
from tests.certifying import issue, meet_all, second_coordinator


@pytest.fixture
def ready(session, cast):
    meet_all(session, cast)
    session.commit()
    return cast


@pytest.fixture
def issued(session, ready):
    found = issue(session, ready, now=utcnow())
    session.commit()
    return found


def address(cast):
    return f"/enrolments/{cast.enrolment.public_id}/certificate"


def count(session, kind=Certificate):
    session.expire_all()
    return session.scalar(select(func.count(kind.id)))


# Issuing


def test_a_coordinator_reads_on_what_it_rests_and_issues(page, session, ready):
    office = page.as_("coordinator")
    assert office.get(address(ready)).status_code == 200
    for words in (
        "Trainee",
        "Supervision",
        "Waived",
        "Trainer",
        "Supervisor",
        "Ask about the name",
    ):
        assert words in office.words
    reply = office.submit(address(ready), asked="y")
    assert reply.status_code == 302
    office.get(reply.location)
    assert "Issued." in office.soup.get_text()
    assert "Valid" in office.words
    assert session.get_one(Enrolment, ready.enrolment.id, populate_existing=True).state == (
        "completed"
    )
    assert office.get(address(ready)).location == reply.location


def test_a_name_that_nobody_asked_about_is_not_printed(page, session, ready):
    office = page.as_("coordinator")
    office.get(address(ready))
    assert office.submit(address(ready)).status_code == 200
    assert "Ask the person first" in office.words
    assert count(session) == 0


def test_a_name_given_by_the_person_needs_no_tick(page, session, ready):
    session.get_one(Person, ready.trainee.id).certificate_name = "Amina <b>Łukasz</b>"
    session.commit()
    office = page.as_("coordinator")
    office.get(address(ready))
    assert "Amina <b>Łukasz</b>" in office.words
    assert office.submit(address(ready)).status_code == 302
    assert session.scalar(select(Certificate.name)) == "Amina <b>Łukasz</b>"


def test_a_name_changed_meanwhile_is_shown_again(page, session, ready):
    office = page.as_("coordinator")
    office.get(address(ready))
    data = {**office.form_data(), "asked": "y"}
    session.get_one(Person, ready.trainee.id).chosen_name = "Amina"
    session.commit()
    office.post(address(ready), data)
    assert "The name was changed meanwhile" in office.words
    assert office.form_data()["name"] == "Amina"
    assert count(session) == 0


def test_a_name_that_cannot_be_printed_names_its_characters(page, session, ready):
    session.get_one(Person, ready.trainee.id).certificate_name = "Amina \U0001f600"
    session.commit()
    office = page.as_("coordinator")
    office.get(address(ready))
    assert "U+1F600 GRINNING FACE" in office.words
    assert office.soup.find("button", string="Issue") is None
    office.post(address(ready), {"name": "Amina \U0001f600"})
    assert "U+1F600 GRINNING FACE" in office.words
    assert count(session) == 0


def test_not_yet_is_said_and_no_button_stands_there(page, session, cast):
    office = page.as_("coordinator")
    office.get(address(cast))
    assert "Not every requirement is met yet." in office.words
    assert "Issue" not in [button.text.strip() for button in office.soup.find_all("button")]
    office.post(address(cast), {"name": "Trainee", "asked": "y"})
    assert "Not every requirement is met yet." in office.words
    assert count(session) == 0


def test_the_same_form_twice_and_a_second_tab_land_on_one_certificate(page, session, ready):
    office = page.as_("coordinator")
    office.get(address(ready))
    one = {**office.form_data(), "asked": "y"}
    office.get(address(ready))
    other_tab = {**office.form_data(), "asked": "y"}
    places = {office.client.post(address(ready), data=d).location for d in (one, one, other_tab)}
    assert len(places) == 1
    assert count(session) == 1


def test_a_coordinator_in_training_does_not_issue_their_own(page, session, ready):
    grant(session, ready.trainee, "coordinator")
    session.commit()
    own = page.as_("trainee")
    assert own.get(address(ready)).status_code == 403
    assert own.post(address(ready), {"name": "Trainee"}).status_code == 403
    assert count(session) == 0


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("visitor", 302),
        ("classmate", 404),
        ("outsider", 404),
        ("trainee", 403),
        ("trainer", 403),
        ("supervisor", 403),
        ("coordinator", 200),
    ],
)
def test_only_a_coordinator_of_the_house_may_issue(page, session, ready, who, status):
    asker = page.as_(who)
    assert asker.get(address(ready)).status_code == status
    if status != 200:
        sent = asker.post(address(ready), {"name": "Trainee", "asked": "y"})
        assert sent.status_code == status
    assert count(session) == 0


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"name": ""},
        {"name": "x" * 100_000, "asked": "y"},
        {"name": "\u202eeniart", "asked": "y"},
        {"name": "Trainee", "asked": "y", "op_id": "x" * 5000, "enrolment_id": "1"},
    ],
)
def test_forged_forms_are_met_in_words(page, session, ready, data):
    office = page.as_("coordinator")
    office.get(address(ready))
    reply = office.post(address(ready), data)
    assert reply.status_code in {200, 302}
    assert count(session) == (1 if reply.status_code == 302 else 0)


# Reading


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("visitor", 302),
        ("trainee", 200),
        ("coordinator", 200),
        ("classmate", 404),
        ("outsider", 404),
        ("trainer", 403),
        ("supervisor", 403),
        ("second_trainer", 403),
    ],
)
def test_the_holder_and_the_coordinators_read_it(page, issued, who, status):
    asker = page.as_(who)
    for place in ("", "/document.pdf"):
        assert asker.get(f"/certificates/{issued.public_id}{place}").status_code == status


def test_the_document_is_the_very_bytes_under_a_neutral_name(page, issued):
    reply = page.as_("trainee").get(f"/certificates/{issued.public_id}/document.pdf")
    assert reply.mimetype == "application/pdf"
    assert hashlib.sha256(reply.data).hexdigest() == issued.pdf_sha256
    assert reply.headers["Content-Disposition"] == 'attachment; filename="document.pdf"'


def test_the_holder_finds_it_and_the_way_to_the_check_page(page, issued):
    own = page.as_("trainee")
    own.get("/certificates")
    assert "Support specialist" in own.words
    own.get(f"/certificates/{issued.public_id}")
    assert issued.code[:3] in own.words
    assert own.soup.find("a", href=f"/check/{issued.code}")
    assert own.soup.title.text.startswith("Certificate")
    assert "Trainee" not in own.soup.title.text


def test_whoever_has_none_reads_how_it_comes(page, cast):
    own = page.as_("trainee")
    own.get("/certificates")
    assert "No certificate yet" in own.words


def test_the_office_lists_what_was_issued(page, issued):
    office = page.as_("coordinator")
    office.get("/certificates")
    assert "Trainee" in office.words
    for number in ("0", "9", "9" * 30):
        assert office.get(f"/certificates/pages/{number}").status_code == 200
        assert "Trainee" in office.words
    away = page.as_("outsider")
    away.get("/certificates")
    assert "Nothing issued yet" in away.words


def test_unknown_certificates_are_missing(page, cast):
    assert page.as_("coordinator").get("/certificates/nowhere").status_code == 404


# What the holder shows


def test_a_holder_hides_the_name_and_shows_it_again(page, issued):
    own, anybody = page.as_("trainee"), page.as_("visitor")
    here = f"/certificates/{issued.public_id}"
    own.get(here)
    all_shown = own.form_data(f"{here}/shown")["shown"]
    reply = own.submit(f"{here}/shown", shown=[c for c in all_shown if c != "name"])
    assert reply.status_code == 302
    anybody.get(f"/check/{issued.code}")
    assert "Trainee" not in anybody.words
    assert "Valid" in anybody.words
    own.get(here)
    assert "name" not in own.form_data(f"{here}/shown")["shown"]
    own.submit(f"{here}/shown", shown=all_shown)
    anybody.get(f"/check/{issued.code}")
    assert "Trainee" in anybody.words


def test_the_state_cannot_be_hidden_and_unknown_choices_change_nothing(page, session, issued):
    own = page.as_("trainee")
    own.get(f"/certificates/{issued.public_id}")
    own.submit(f"/certificates/{issued.public_id}/shown", shown=["state", "name"])
    session.expire_all()
    assert session.scalar(select(Certificate.hidden)) == "[]"


def test_everything_may_be_hidden_but_the_state_and_the_kind(page, issued):
    own = page.as_("trainee")
    own.get(f"/certificates/{issued.public_id}")
    own.post(f"/certificates/{issued.public_id}/shown", {})
    anybody = page.as_("visitor")
    anybody.get(f"/check/{issued.code}")
    assert "Valid" in anybody.words
    for words in ("Trainee", "Peer support", "Riverside", "counselling", "0001", "2026-"):
        assert words not in anybody.words
    assert anybody.get(f"/check/{issued.code}.json").json["claims"] == {"kind": "credential"}


@pytest.mark.parametrize(
    ("who", "status"),
    [("visitor", 302), ("coordinator", 403), ("classmate", 404), ("outsider", 404)],
)
def test_nobody_else_hides_claims(page, session, issued, who, status):
    reply = page.as_(who).post(f"/certificates/{issued.public_id}/shown", {})
    assert reply.status_code == status
    session.expire_all()
    assert session.scalar(select(Certificate.hidden)) == "[]"


# Events


def record(client, certificate, act, **data):
    client.get(f"/certificates/{certificate.public_id}")
    return client.post(f"/certificates/{certificate.public_id}/{act}", data)


def test_a_coordinator_suspends_lifts_and_revokes(page, issued):
    office, anybody = page.as_("coordinator"), page.as_("visitor")
    for act, words in (
        ("suspend", "Suspended since"),
        ("reinstate", "Valid"),
        ("revoke", "Revoked on"),
    ):
        assert record(office, issued, act, reason=f"Why {act}").status_code == 302
        anybody.get(f"/check/{issued.code}")
        assert anybody.soup.find("h1").get_text(" ").strip().startswith(words)
        assert "Why" not in anybody.words
    own = page.as_("trainee")
    own.get(f"/certificates/{issued.public_id}")
    for act in ("suspend", "reinstate", "revoke"):
        assert f"Why {act}" in own.words


@pytest.mark.parametrize("reason", ["", " \n ", None])
def test_a_reason_is_compulsory(page, session, issued, reason):
    office = page.as_("coordinator")
    reply = record(office, issued, "revoke", **({} if reason is None else {"reason": reason}))
    assert reply.status_code == 200
    assert office.soup.find(id="revoked-reason-error")
    assert count(session, CertificateEvent) == 0


def test_a_reason_too_long_is_kept_in_the_field(page, session, issued):
    office = page.as_("coordinator")
    assert record(office, issued, "suspend", reason="ü" * 2001).status_code == 200
    assert office.soup.find(id="suspended-reason").text.strip() == "ü" * 2001
    assert "at most 2000" in office.words
    assert count(session, CertificateEvent) == 0


def test_a_step_that_is_not_open_is_said(page, session, issued):
    office = page.as_("coordinator")
    record(office, issued, "revoke", reason="Once")
    assert record(office, issued, "reinstate", reason="Again").status_code == 302
    office.get(f"/certificates/{issued.public_id}")
    assert "this step is not open" in office.soup.get_text()
    assert count(session, CertificateEvent) == 1


def test_a_replayed_form_records_one_event(page, session, issued):
    office = page.as_("coordinator")
    office.get(f"/certificates/{issued.public_id}")
    act = f"/certificates/{issued.public_id}/suspend"
    data = {**office.form_data(act), "reason": "Why"}
    assert data["op_id"]
    for _ in range(2):
        assert office.post(act, data).status_code == 302
    assert count(session, CertificateEvent) == 1


@pytest.mark.parametrize("act", ["suspend", "reinstate", "revoke"])
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("visitor", 302),
        ("trainee", 403),
        ("trainer", 403),
        ("supervisor", 403),
        ("classmate", 404),
        ("outsider", 404),
    ],
)
def test_nobody_but_a_coordinator_records_beside_it(page, session, issued, act, who, status):
    reply = page.as_(who).post(
        f"/certificates/{issued.public_id}/{act}", {"reason": "Because I can"}
    )
    assert reply.status_code == status
    assert count(session, CertificateEvent) == 0


@pytest.mark.races
def test_two_coordinators_pressing_issue_at_once_land_on_one(real_app, real_session):
    cast = make_cast(real_session)
    other = second_coordinator(real_session, cast)
    meet_all(real_session, cast)
    tokens = [sign_in_token(real_session, who, utcnow()) for who in (cast.coordinator, other)]
    real_session.commit()
    gate = Barrier(2)
    real_app.config["WTF_CSRF_ENABLED"] = False

    def press(number):
        client = real_app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = tokens[number], True
        gate.wait()
        data = {"name": "Trainee", "asked": "y", "op_id": f"person-{number}"}
        return client.post(address(cast), data=data)

    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(press, range(2)))
    assert [reply.status_code for reply in replies] == [302, 302]
    assert len({reply.location for reply in replies}) == 1
    assert real_session.scalar(select(func.count(Certificate.id))) == 1
