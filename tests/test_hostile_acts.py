"""Ids, addresses, cookies and words that somebody made up: nothing is taken at its word."""

import logging
from typing import Any

import pytest
from sqlalchemy import select, update

from lms import create_app
from lms.db import utcnow
from lms.models import Draft, HoursEntry, Performance, Person, ReadinessDecision, RoleGrant, Signin
from tests.cast import make_cohort, programme_version, sign_in_token
from tests.conftest import settings_for
from tests.sitting import sign_all
from tests.walking import Asker, World, counts, make_world, places

EVIL = "Zzyzx <img src=x onerror=alert(1)> [go](javascript:alert(2)) <script>alert(3)</script>"


@pytest.fixture
def world(session, cast) -> World:
    """Return the trainee with a record of everything."""
    return make_world(session, cast)


def rows(session: Any) -> dict[str, int]:
    """Return how many rows each table has, as stored."""
    session.commit()
    return counts(session.get_bind())


# Ids of others in a body


@pytest.mark.parametrize("who", ["trainee", "classmate", "outsider", "coordinator", "trainer"])
def test_hours_name_only_a_supervisor_of_ones_own(page, session, cast, who):
    sign_all(session)
    trainee = page.as_("trainee")
    trainee.get("/hours/new")
    named = {"happened_on": "2026-11-01", "duration-hours": "1", "kind": "individual"}
    named |= {"medium": "video", "supervisor": str(cast.people[who].id)}
    assert trainee.submit("/hours/new", **named).status_code == 200
    assert session.scalars(select(HoursEntry)).all() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("marker", "trainee"),
        ("marker", "classmate"),
        ("marker", "outsider"),
        ("marker", "coordinator"),
        ("scenario", "no-such"),
        ("medium", "by-pigeon"),
        ("happened_on", "2026-13-45"),
    ],
)
def test_a_role_play_is_booked_only_with_what_the_page_offered(page, session, cast, field, value):
    sign_all(session)
    person = cast.people.get(value)
    trainer = page.as_("trainer")
    trainer.get(f"/marking/book/{cast.enrolment.public_id}")
    sent = {field: person.public_id if person else value}
    reply = trainer.submit(f"/marking/book/{cast.enrolment.public_id}", **sent)
    assert reply.status_code == 200
    assert session.scalars(select(Performance)).all() == []


@pytest.mark.parametrize("kind", ["trainer", "second_trainer", "supervisor"])
@pytest.mark.parametrize("who", ["trainee", "classmate", "outsider"])
def test_only_people_with_the_role_are_put_beside_a_trainee(page, session, cast, kind, who):
    office = page.as_("coordinator")
    office.get(f"/enrolments/{cast.enrolment.public_id}/place")
    before = rows(session)
    action = f"/enrolments/{cast.enrolment.public_id}/place"
    data = office.form_data(action) | {kind: cast.people[who].public_id}
    assert office.post(action, data).status_code == 200
    assert rows(session) == before


@pytest.mark.parametrize("role", ["administrator", "owner", "", "trainee", "x" * 400])
def test_a_coordinator_gives_no_role_beyond_their_reach(page, session, cast, role):
    office = page.as_("coordinator")
    page_of_person = f"/people/{cast.classmate.public_id}"
    office.get(page_of_person)
    office.post(f"{page_of_person}/roles", {"role": role})
    query = select(RoleGrant).where(RoleGrant.person_id == cast.classmate.id)
    assert session.scalars(query).all() == []


def test_a_cohort_of_elsewhere_takes_nobody_in_and_gives_nobody_away(page, session, cast):
    theirs = make_cohort(session, cast.elsewhere, programme_version(session))
    session.commit()
    before = rows(session)
    office = page.as_("coordinator")
    office.get("/people/invite")
    reply = office.submit(
        "/people/invite", address="new@example.org", role="trainee", cohort=theirs.public_id
    )
    assert reply.status_code == 200
    admit = f"/cohorts/{cast.cohort.public_id}/admit"
    office.post(admit, {"people": [cast.outsider.public_id, str(cast.outsider.id)]})
    assert rows(session) == before


@pytest.mark.parametrize("version", ["", "-1", "0", "99", "9" * 400, "1.0", "one", "١"])
def test_only_the_version_that_was_read_is_confirmed(app, session, world, version):
    asker = Asker(app, session, world.cast, "supervisor")
    entry = world.named["entry_id"][1]
    url = f"/hours/{entry}/confirm"
    asker.ask_counting(1, "POST", url, data={"version": version})
    confirmed = asker.rows[1]["confirmation"] - asker.rows[0]["confirmation"]
    assert confirmed == (1 if version == "١" else 0)  # digits of any script are digits


# Requests that no page of ours sends


DEEP = "[" * 50_000 + "]" * 50_000


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        '"text"',
        "{",
        DEEP,
        '{"body": ' + DEEP + "}",
        '{"body": [1, 2]}',
        '{"body": "words"}',
        '{"body": {"words": null}, "base_version": true}',
        '{"body": {"words": 1e999}, "base_version": 1e999}',
        '{"value": {"a": {}}, "counter": 1}',
        '{"value": 12345678901234567890, "counter": 99999999999999999999}',
        '{"value": "x", "counter": NaN}',
        "\xff\xfe\x00",
    ],
)
@pytest.mark.parametrize("place", ["/drafts/decision:x", "/attempts/{0}/answers/{1}"])
def test_what_a_script_might_send_is_answered(app, session, world, place, body):
    asker = Asker(app, session, world.cast, "trainee")
    url = place.format(world.named["attempt_id"][0], world.named["item"][0])
    reply = asker.ask("PUT", url, data=body.encode("latin-1"), content_type="application/json")
    assert reply.status_code in {200, 400, 409, 413}
    assert asker.ask("GET", "/today").status_code == 200


def test_half_characters_in_a_draft_leave_the_form_readable(page, cast, session):
    sign_all(session)
    trainee = page.as_("trainee")
    trainee.get("/hours/new")
    sent = '{"body": {"summary": "half \\ud83d and \\u0000 whole"}, "op_id": "\\u0000\\ud800"}'
    reply = trainee.client.put(
        "/drafts/hours-new",
        data=sent,
        content_type="application/json",
        headers={"X-CSRFToken": trainee.token()},
    )
    assert reply.status_code == 200
    assert trainee.get("/hours/new").status_code == 200
    assert "half" in trainee.soup.find("textarea").text


@pytest.mark.parametrize("url", ["/people/list", "/hours/new", "/drafts/people-list", "/sign-in"])
def test_fifty_megabytes_are_too_much_and_said_so(app, session, world, url):
    asker = Asker(app, session, world.cast, "coordinator")
    method = "PUT" if url.startswith("/drafts") else "POST"
    reply = asker.ask_counting(1, method, url, data=b"people=" + b"x" * 50_000_000)
    assert reply.status_code in {400, 413}
    assert asker.rows[0] == asker.rows[1]


ADDRESSES = [
    "x@example.org\nBcc: y@example.org",
    "x@example.org,y@example.org",
    "<x@example.org>",
    "@example.org",
    "x@",
    "x@y",
    "a" * 400 + "@example.org",
    "x@exa\0mple .org",
    "\u202ex@example.org\u202d\u2028",
    "x\u200b@example.org",
    "x" * 20_000,
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_is_no_address_goes_nowhere(page, session, cast, address):
    before = rows(session)
    office = page.as_("coordinator")
    office.get("/people/invite")
    assert office.submit("/people/invite", address=address, role="trainee").status_code == 200
    visitor = page.as_("visitor")
    for url in ("/sign-in", "/password/forgotten"):
        visitor.get(url)
        assert visitor.submit(url, address=address, password="x").status_code in {200, 429}
    assert rows(session) == before


AWAY = [
    "//evil.example",
    "///evil.example",
    "////evil.example/x",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "\t//evil.example",
    "//[",
    "/\r\nSet-Cookie: a=b",
    "evil.example",
    "@evil.example",
    "",
]


@pytest.mark.parametrize("place", AWAY)
def test_signing_in_leads_nowhere_else(page, place):
    reply = page.as_("trainee").client.get("/sign-in", query_string={"next": place})
    assert reply.status_code == 302
    assert reply.location == "/today"
    assert "a=b" not in str(reply.headers)


# Sign-ins


def test_a_cookie_of_another_installation_opens_nothing(page, cast, session, tmp_path):
    from dataclasses import replace

    settings = replace(
        settings_for(f"sqlite:///{tmp_path}/other.db", tmp_path), secret_key="another-" + "z" * 40
    )
    other = create_app(settings)
    client = other.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = sign_in_token(session, cast.trainee, utcnow())
    session.commit()
    theirs = client.get_cookie("alongside")
    for value in (theirs.value, "", "x", "." * 40, "e30.x.y", "\x7f" * 10):
        ours = page.as_("visitor").client
        ours.set_cookie("alongside", value)
        assert ours.get("/today").location.startswith("/sign-in")
    other.extensions["lms"].database.engine.dispose()


FORMS = [
    ("trainee", "/hours/new", {"summary": "Words of mine", "duration-hours": "1"}, HoursEntry),
    (
        "coordinator",
        "/enrolments/{enrolment_id}/readiness",
        {"outcome": "ready", "reasons": "Words of mine", "sources": "lessons"},
        ReadinessDecision,
    ),
    ("trainer", "/marking/{performance_id}", {"went_well": "Words of mine"}, None),
]


@pytest.mark.parametrize(("who", "url", "data", "table"), FORMS)
def test_a_sign_in_that_ends_while_one_writes_keeps_the_words(
    page, session, world, who, url, data, table
):
    url = url.format(**{name: ids[0] for name, ids in world.named.items()})
    client = page.as_(who)
    client.get(url)
    before = rows(session)
    session.execute(update(Signin).values(ended_at=utcnow()))
    session.commit()
    reply = client.submit(url, **data)
    assert reply.location == "/sign-in?next=/kept"
    after = rows(session)
    changed = {name for name, count in after.items() if count != before[name]}
    assert changed <= {"draft", "person_key"}
    sealed = session.scalars(select(Draft.sealed).where(Draft.key == "kept-form")).one()
    assert b"Words of mine" not in sealed
    again = page.as_(who)
    again.get("/kept")
    assert "Words of mine" in again.soup.find("main").decode()
    assert page.as_("classmate").get("/kept").status_code == 404


# Words


def poison(session: Any, world: World) -> None:
    """Give everybody and everything a name that would like to be a page."""
    session.execute(update(Person).values(chosen_name=EVIL, certificate_name=EVIL))
    world.cast.cohort.name = EVIL[:200]
    world.cast.organisation.duty_name = world.cast.organisation.duty_reach = EVIL
    session.commit()


@pytest.mark.parametrize("who", ["trainee", "trainer", "supervisor", "coordinator"])
def test_written_words_stay_words_and_reach_no_log(app, session, world, who, caplog):
    """On every page; and the log of it holds nothing that anybody typed, nor an address."""
    poison(session, world)
    caplog.set_level(logging.DEBUG)
    asker = Asker(app, session, world.cast, who)
    shown = 0
    for place in places(app, world):
        if "GET" in place.rules:
            page = asker.ask("GET", place.url, query_string={"q": EVIL, "requirement": EVIL})
            assert b"<img src=x" not in page.data, place.url
            assert b"<script>" not in page.data, place.url
            assert b'href="javascript' not in page.data, place.url
            shown += b"Zzyzx" in page.data
        if "POST" in place.rules:
            asker.ask("POST", place.url, data={"name": EVIL, "address": "zzyzx@example.org"})
    assert shown >= 5
    logged = caplog.text.casefold()
    assert "zzyzx" not in logged
    assert "example.org" not in logged
    assert asker.token.casefold() not in logged


def test_a_bug_is_logged_without_what_was_typed(app, session, cast, caplog, monkeypatch):
    """The lines that led to it are there; the message, which may hold words, is not."""

    typed = "zzyzx@example.org"

    def broken(*things: Any, **named: Any) -> None:
        raise ValueError(typed) from KeyError(typed)

    monkeypatch.setattr("lms.web.today.showing.render_template", broken)
    asker = Asker(app, session, cast, "trainee")
    assert asker.ask("GET", "/today").status_code == 500
    assert "unexpected on today.show" in caplog.text
    assert "ValueError" in caplog.text
    assert "KeyError" in caplog.text
    assert "zzyzx" not in caplog.text.casefold()


def test_an_error_of_the_database_does_not_say_what_was_to_be_stored(session, cast):
    from sqlalchemy.exc import IntegrityError

    session.add(Signin(person_id=cast.trainee.id, token_hash="Zzyzx", device=None))
    with pytest.raises(IntegrityError) as caught:
        session.flush()
    session.rollback()
    assert "[SQL" in str(caught.value)
    assert "[parameters: (" not in str(caught.value)


@pytest.mark.parametrize(
    "name", ["\u200b\u200f", "\u2066\u2069\ufeff", "\0\x01", "\u2028", "\u202e"]
)
def test_a_name_of_which_nothing_is_seen_is_none(page, session, cast, name):
    trainee = page.as_("trainee")
    trainee.get("/account/details")
    reply = trainee.submit("/account/details", chosen_name=name)
    assert reply.status_code == 200
    session.expire_all()
    assert session.get_one(Person, cast.trainee.id).chosen_name == "Trainee"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("محمد علي", "محمد علي"),
        ("آرام\u200cدل", "آرام\u200cدل"),
        ("\u202eevil", "evil"),
        ("👩🏽\u200d🚀", "👩🏽\u200d🚀"),
        ("n" * 300, "n" * 300),
        ("Ann\0 \x1b[31m  Lee", "Ann [31m Lee"),
    ],
)
def test_a_name_is_kept_as_it_is_written(page, session, cast, typed, kept):
    trainee = page.as_("trainee")
    trainee.get("/account/details")
    assert trainee.submit("/account/details", chosen_name=typed).status_code == 302
    session.expire_all()
    assert session.get_one(Person, cast.trainee.id).chosen_name == kept


def test_a_name_one_character_too_long_stays_on_the_page(page, session, cast):
    trainee = page.as_("trainee")
    trainee.get("/account/details")
    assert trainee.submit("/account/details", chosen_name="n" * 301).status_code == 200
    assert trainee.soup.find("input", attrs={"name": "chosen_name"})["value"] == "n" * 301
    assert "300" in trainee.words
