"""Everybody's account, help and the pause, as they are used."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import select

from lms.db import utcnow
from lms.models import Address, Mail, Person, Signin
from lms.services.signin import hash_password
from tests.cast import PASSWORD
from tests.sitting import begin, sign_all

NEW = "seven slow grey rivers"


@pytest.fixture
def known(session, cast):
    """Give the trainee a password that is known."""
    cast.trainee.password_hash = hash_password(PASSWORD)
    session.commit()


PAGES = [
    "/account",
    "/account/details",
    "/account/password",
    "/account/addresses",
    "/account/sign-ins",
    "/help",
    "/pause",
]


@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize(
    ("who", "status"),
    [("trainee", 200), ("supervisor", 200), ("coordinator", 200), ("visitor", 302)],
)
def test_everybody_has_an_account_and_help(page, url, who, status):
    assert page.as_(who).get(url).status_code == status


def test_names_of_any_script_are_kept_as_they_are(page, session, cast):
    mine = page.as_("trainee")
    mine.get("/account/details")
    reply = mine.submit(
        "/account/details",
        chosen_name="  أمينة   🌊 ",
        certificate_name="n" * 300,
        language="es",
        mail_wanted="y",
    )
    assert reply.status_code == 302
    session.expire_all()
    me = session.get(Person, cast.trainee.id)
    assert (me.chosen_name, me.language, me.mail_wanted) == ("أمينة 🌊", "es", True)
    mine.get("/account/details")
    assert mine.soup.html["lang"] == "es"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"chosen_name": "  "}, "Write something here"),
        ({"chosen_name": "x" * 301}, "at most 300 characters"),
        ({"certificate_name": "x" * 301}, "at most 300 characters"),
        ({"language": "tlh"}, "Choose one from the list"),
    ],
)
def test_what_cannot_be_kept_stays_with_a_sentence(page, session, cast, changed, words):
    mine = page.as_("trainee")
    mine.get("/account/details")
    assert mine.submit("/account/details", **changed).status_code == 200
    assert words in mine.words
    session.expire_all()
    assert session.get(Person, cast.trainee.id).chosen_name == "Trainee"


def test_a_new_password_is_set_and_other_devices_are_signed_out(page, session, cast, known):
    mine = page.as_("trainee")
    session.add(
        Signin(
            person_id=cast.trainee.id,
            token_hash="other",
            device="",
            started_on=cast.cohort.starts_on,
            last_used_at=cast.cohort.created_at,
        )
    )
    session.commit()
    mine.get("/account/password")
    reply = mine.submit("/account/password", old_password=PASSWORD, password=NEW)
    assert reply.status_code == 302
    assert mine.get("/account").status_code == 200
    session.expire_all()
    other = session.scalars(select(Signin).where(Signin.token_hash == "other")).one()
    assert other.ended_at is not None


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("not it at all, no", NEW, "This is not your password now"),
        ("", NEW, "Write something here"),
        (PASSWORD, "", "Write something here"),
        (PASSWORD, "short", "at least 15 characters"),
        (PASSWORD, "a" * 30, "more different characters"),
        (PASSWORD, "x" * 2000, "1024"),
    ],
)
def test_a_password_is_not_changed_without_the_old_one_or_to_a_weak_one(
    page, session, cast, known, old, new, words
):
    before = cast.trainee.password_hash
    mine = page.as_("trainee")
    mine.get("/account/password")
    assert mine.submit("/account/password", old_password=old, password=new).status_code == 200
    assert words in mine.words
    session.expire_all()
    assert session.get(Person, cast.trainee.id).password_hash == before


def test_guessing_the_password_is_slowed_and_nothing_is_locked(page, session, cast, known):
    mine = page.as_("trainee")
    mine.get("/account/password")
    for _ in range(10):
        mine.submit("/account/password", old_password="wrong wrong wrong", password=NEW)
    assert "There were many tries" in mine.words
    assert mine.get("/account").status_code == 200


def test_a_second_address_is_confirmed_from_its_letter(page, session, cast, known):
    mine = page.as_("trainee")
    mine.get("/account/addresses")
    sent = {"address": "safe@example.org", "old_password": PASSWORD}
    assert mine.submit("/account/addresses", **sent).status_code == 302
    mine.get("/account/addresses")
    assert "safe@example.org Waits" in mine.words
    mail = session.scalars(select(Mail)).one()
    folder = page.app.extensions["lms"].settings.data_dir / "mail"
    message = message_from_bytes((folder / f"{mail.id:06d}.eml").read_bytes(), policy=default)
    visitor = page.as_("visitor")
    token = re.search(r"/address/(\S+)", message.get_content())
    assert token
    visitor.get(f"/address/{token[1]}", follow_redirects=True)
    assert visitor.submit("/address").status_code == 302
    mine.get("/account/addresses")
    assert "safe@example.org A second way in." in mine.words
    assert mine.post("/account/addresses/remove", {"rank": "1"}).status_code == 302
    rows = session.scalars(select(Address).where(Address.person_id == cast.trainee.id)).all()
    assert [(row.rank, row.written) for row in rows] == [(1, "safe@example.org")]
    mine.post("/account/addresses/remove", {"rank": "1"})
    mine.get("/account/addresses")
    assert "it stays until another is confirmed" in mine.soup.text


@pytest.mark.parametrize(
    ("address", "password", "words"),
    [
        ("", PASSWORD, "Write something here"),
        ("nothing", PASSWORD, "does not look like an e-mail address"),
        ("safe@example.org", "not the password", "This is not your password now"),
    ],
)
def test_an_address_is_not_added_from_an_open_device_or_without_shape(
    page, session, cast, known, address, password, words
):
    mine = page.as_("trainee")
    mine.get("/account/addresses")
    mine.submit("/account/addresses", address=address, old_password=password)
    assert words in mine.words
    assert session.scalars(select(Mail)).all() == []


def test_sign_ins_are_listed_without_time_and_ended_one_by_one(page, session, cast):
    other = page.as_("trainee")
    public_id = session.scalars(
        select(Signin.public_id).where(Signin.person_id == cast.trainee.id)
    ).one()
    assert page.as_("classmate").post(f"/account/sign-ins/{public_id}/end").status_code == 404
    assert page.as_("coordinator").post(f"/account/sign-ins/{public_id}/end").status_code == 404
    other.get("/account/sign-ins")
    assert "This device" in other.words
    assert not re.search(r"\d\d:\d\d", other.words)
    assert other.post(f"/account/sign-ins/{public_id}/end").status_code == 302
    assert other.get("/account").status_code == 302


def test_this_device_is_marked_as_shared_and_back(page, session, cast):
    mine = page.as_("trainee")
    query = select(Signin.shared_device).where(Signin.person_id == cast.trainee.id)
    for words in ("yes", "no"):
        assert mine.post("/account/sign-ins/shared", {"shared": words}).status_code == 302
        session.expire_all()
        assert session.scalars(query).one() is (words == "yes")
    assert mine.post("/account/sign-ins/end-others").status_code == 302


def test_stepping_back_and_coming_back_take_one_button_each(page, session, cast):
    mine = page.as_("trainee")
    mine.get("/account")
    assert "You need not say why" in mine.words
    for url, state in (
        ("/step-back", "paused"),
        ("/step-back", "paused"),
        ("/come-back", "active"),
        ("/come-back", "active"),
    ):
        assert mine.post(url).status_code == 302
        session.refresh(cast.enrolment)
        assert cast.enrolment.state == state
        assert mine.get("/help").status_code == 200


@pytest.mark.parametrize(("who", "status"), [("coordinator", 404), ("visitor", 302)])
def test_who_has_no_place_takes_no_step(page, session, cast, who, status):
    for url in ("/step-back", "/come-back"):
        assert page.as_(who).post(url).status_code == status
    assert cast.enrolment.state == "active"


@pytest.mark.parametrize(
    ("came_from", "goes_on"),
    [
        ("/account?x=1", "/account?x=1"),
        ("https://elsewhere.example/", "/today"),
        ("//elsewhere.example", "/today"),
        ("/\\elsewhere.example", "/today"),
        ("javascript:alert(1)", "/today"),
        ("/pause", "/today"),
        ("", "/today"),
        ("/step-back", "/today"),
        ("/nowhere/%00", "/today"),
        ("/people/%C3%A9?q=%C3%A9", "/people/%C3%A9?q=%C3%A9"),
    ],
)
def test_the_pause_is_calm_and_leads_back_on_our_own_pages_alone(
    page, session, cast, came_from, goes_on
):
    mine = page.as_("trainee")
    before = mine._counts()
    assert mine.post("/pause", {"from": came_from}).status_code == 200
    assert "Nothing is counted." in mine.words
    assert "Rosa" in mine.words
    assert mine.soup.find("a", string=re.compile("Go on"))["href"] == goes_on
    assert mine._counts() == before


def test_help_names_the_people_beside_a_trainee_also_while_practice_is_held(page, session, cast):
    cast.organisation.duty_name = ""
    cast.enrolment.state = "paused"
    session.commit()
    mine = page.as_("trainee")
    mine.get("/help")
    assert "Supervisor Supervisor" in mine.words
    assert "No contact has been named here yet" in mine.words


def test_every_page_says_where_the_pause_leads_back_to(page):
    mine = page.as_("trainee")
    mine.get("/help?x=%C3%A9&y=1")
    form = mine.soup.find("form", action="/pause")
    assert form.find("input", attrs={"name": "from"})["value"] == "/help?x=%C3%A9&y=1"


def test_the_pause_stops_the_clock_of_an_attempt_and_keeps_only_its_seconds(page, session, cast):
    sign_all(session)
    attempt = begin(session, cast.enrolment, now=utcnow())
    attempt.closes_at = utcnow() + timedelta(minutes=30)
    session.commit()
    mine = page.as_("trainee")
    before = mine._counts()
    assert mine.post("/pause", {"from": "/help"}).status_code == 200
    session.refresh(attempt)
    assert attempt.closes_at is None
    assert 1700 < attempt.remaining_seconds <= 1800
    assert mine._counts() == before
