"""Signing in and out, resets, invitations, what was typed: as people and strangers meet them."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from lms.db import utcnow
from lms.models import Address, Invitation, Mail, OneTimeLink, Person, Signin
from lms.services.people import Offer, let_in
from lms.services.signin import hash_password, issue_link
from tests.cast import PASSWORD


@pytest.fixture
def with_password(session, cast):
    """Give the trainee a password and return the address."""
    cast.trainee.password_hash = hash_password(PASSWORD)
    session.commit()
    return session.scalars(
        select(Address.written).where(Address.person_id == cast.trainee.id)
    ).one()


def enter(client, address, password=PASSWORD, **more):
    """Fill in the sign-in form."""
    client.get("/sign-in")
    return client.submit("/sign-in", address=address, password=password, **more)


def test_a_person_signs_in_and_out(page, session, with_password):
    """In, today, out, and the token opens nothing afterwards."""
    visitor = page.as_("visitor")
    assert enter(visitor, with_password).location == "/today"
    assert visitor.get("/today").status_code == 200
    visitor.post("/sign-out")
    assert visitor.get("/today").status_code == 302
    assert session.scalars(select(Signin.ended_at)).one() is not None


def test_a_copied_cookie_ends_with_the_sign_in(page, with_password):
    """Signing out ends the sign-in itself, not only this browser's memory of it."""
    visitor = page.as_("visitor")
    enter(visitor, with_password)
    stolen = visitor.client.get_cookie("alongside").value
    visitor.post("/sign-out")
    thief = page.as_("visitor")
    thief.client.set_cookie("alongside", stolen)
    assert thief.get("/today").status_code == 302


@pytest.mark.parametrize("address", ["nobody@example.org", "trainee"])
def test_a_wrong_password_and_an_unknown_address_answer_alike(page, cast, with_password, address):
    """Nobody learns whether an address is known."""
    known, unknown = page.as_("visitor"), page.as_("visitor")
    first = enter(known, with_password, "not the password at all")
    second = enter(unknown, address, "not the password at all")
    assert first.status_code == second.status_code == 200
    assert known.words == unknown.words
    assert "do not fit together" in known.words


def test_many_tries_are_slowed_and_nothing_is_locked(page, with_password):
    """After a few tries a short wait is asked for, with words; it passes by itself."""
    visitor = page.as_("visitor")
    for _ in range(9):
        enter(visitor, with_password, "not the password at all")
    reply = enter(visitor, with_password)
    assert reply.status_code == 429
    assert int(reply.headers["Retry-After"]) <= 60
    assert "Nothing is locked" in visitor.words


def test_a_known_device_is_not_slowed_by_strangers(page, with_password):
    """Whoever hammers an address elsewhere does not lock its owner out."""
    owner = page.as_("visitor")
    enter(owner, with_password)
    owner.post("/sign-out")
    stranger = page.as_("visitor")
    for _ in range(12):
        enter(stranger, with_password, "not the password at all")
    assert enter(owner, with_password).location == "/today"


def test_a_shared_device_is_forgotten_soon(page, session, with_password):
    """Ten quiet minutes end it, and no device is remembered."""
    visitor = page.as_("visitor")
    enter(visitor, with_password, shared="y")
    assert visitor.client.get_cookie("alongside_device") is None
    session.execute(update(Signin).values(last_used_at=utcnow() - timedelta(minutes=11)))
    session.commit()
    assert visitor.get("/today").status_code == 302


@pytest.mark.parametrize(
    "place",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""],
)
def test_the_way_back_stays_on_this_site(page, with_password, place):
    """A crafted address leads nowhere else."""
    visitor = page.as_("visitor")
    visitor.get("/sign-in")
    data = {**visitor.form_data(), "address": with_password, "password": PASSWORD}
    reply = visitor.client.post("/sign-in", query_string={"next": place}, data=data)
    assert reply.location == "/today"


@pytest.mark.parametrize(
    "url",
    [
        "/today",
        "/modules/boundaries/what-a-boundary-is-for",
        "/hours",
        "/progress",
        "/people/{trainee}",
        "/cohorts/{cohort}",
    ],
)
def test_noting_that_a_sign_in_is_in_use_leaves_the_page_as_it_is(page, session, cast, url):
    client = page.as_("coordinator" if "{" in url else "trainee")
    address = url.format(trainee=cast.trainee.public_id, cohort=cast.cohort.public_id)
    assert client.get(address).status_code == 200
    earlier = utcnow() - timedelta(minutes=6)
    session.execute(update(Signin).values(last_used_at=earlier))
    session.commit()
    assert client.get(address).status_code == 200
    session.expire_all()
    assert session.scalars(select(Signin.last_used_at)).one() > earlier


def test_leaving_ends_the_sign_in_and_goes_to_the_neutral_page(page, app, with_password):
    """One button, with or without script."""
    visitor = page.as_("visitor")
    enter(visitor, with_password)
    reply = visitor.post("/leave")
    assert reply.location == app.extensions["lms"].settings.leave_url
    assert visitor.get("/today").status_code == 302


def test_nothing_signed_in_is_cached(page, cast):
    """No copy stays on a shared computer."""
    reply = page.as_("trainee").get("/today")
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in reply.headers["Content-Security-Policy"]
    assert "unsafe" not in reply.headers["Content-Security-Policy"]


def last_link(session, path):
    """Return the link in the newest letter on disk."""
    folder = session.info["ground"].data_dir / "mail"
    text = (
        max(folder.glob("*.eml"), key=lambda found: found.stat().st_mtime_ns)
        .read_text("utf-8")
        .replace("=\n", "")
    )
    return re.search(rf"({path}/[\w-]+)", text).group(1)


def test_a_reset_goes_to_the_own_address_and_works_once(page, session, cast, with_password):
    """Ask, follow the link twice without using it up, set, and the link is spent."""
    visitor = page.as_("visitor")
    visitor.get("/password/forgotten")
    visitor.submit("/password/forgotten", address=with_password)
    link = last_link(session, "/password/new")
    for _ in range(2):
        visitor.get(link)
        assert visitor.get("/password/new").status_code == 200
    reply = visitor.submit("/password/new", password="seven slow grey rivers")
    assert reply.location == "/sign-in"
    assert enter(page.as_("visitor"), with_password, "seven slow grey rivers").location == "/today"
    visitor.get(link)
    assert visitor.get("/password/new").status_code == 410
    assert session.scalars(select(Mail.body)).all() == [""]


def test_a_reset_answers_alike_for_an_unknown_address(page, session, with_password):
    """The same page, and no letter."""
    known, unknown = page.as_("visitor"), page.as_("visitor")
    known.get("/password/forgotten")
    known.submit("/password/forgotten", address=with_password)
    unknown.get("/password/forgotten")
    unknown.submit("/password/forgotten", address="nobody@example.org")
    assert known.words == unknown.words
    assert len(session.scalars(select(OneTimeLink)).all()) == 1


def test_an_old_reset_link_is_too_late(page, session, cast, with_password):
    """The last instant is too late."""
    token = issue_link(session, cast.trainee.id, "reset", now=utcnow() - timedelta(minutes=60))
    session.commit()
    visitor = page.as_("visitor")
    visitor.get(f"/password/new/{token}")
    assert visitor.get("/password/new").status_code == 410
    assert "too old" in visitor.words


@pytest.fixture
def invited(session, cast):
    """Invite somebody to the cohort and return the link."""
    offer = Offer("new.person@example.org", "Öykü 🌱", "trainee", cast.cohort)
    _, token = let_in(
        session, cast.organisation, offer, invited_by=cast.coordinator.id, now=utcnow()
    )
    session.commit()
    return f"/invitations/{token}"


def claim(client, link, **values):
    """Open an invitation and fill in its form."""
    client.get(link)
    if client.get("/invitation").status_code != 200:
        return client.reply
    return client.submit("/invitation", **{"password": PASSWORD, **values})


def test_an_invitation_is_taken_up_once(page, session, invited):
    """The first opens an account with a place; the second is told that it was used."""
    assert claim(page.as_("visitor"), invited).location == "/today"
    person = session.scalars(select(Person).where(Person.chosen_name == "Öykü 🌱")).one()
    again = page.as_("visitor")
    assert claim(again, invited).status_code == 410
    assert "used already" in again.words
    assert person.chosen_name == "Öykü 🌱"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"password": "short"}, "at least 15 characters"),
        ({"password": "passwordpassword"}, "Many people use this one"),
        ({"password": "aaaaaaaaaaaaaaaaaaaa"}, "different characters"),
        ({"password": ""}, "Write something here"),
        ({"password": "x" * 3000}, ""),
        ({"chosen_name": " "}, "Write something here"),
        ({"chosen_name": "n" * 301}, "at most 300"),
    ],
)
def test_what_is_wrong_with_a_new_account_is_said(page, session, invited, values, words):
    """Nothing is saved, the invitation still works."""
    visitor = page.as_("visitor")
    assert claim(visitor, invited, **values).status_code == 200
    assert words in visitor.words
    assert session.scalars(select(Invitation.claimed_at)).one() is None


@pytest.mark.parametrize("name", ["محمد علي", "Nguyễn Thị Ánh", "🌱🌿", "n" * 300, "O'Neil <b>&"])
def test_names_are_peoples_own(page, session, invited, name):
    """Any script, any length up to 300, shown as it is."""
    visitor = page.as_("visitor")
    assert claim(visitor, invited, chosen_name=name).location == "/today"
    visitor.get("/today")
    assert name in visitor.soup.get_text()


def test_a_form_sent_after_the_sign_in_ended_is_kept_for_its_account(page, session, cast):
    """The words come back to their writer, and to nobody else."""
    trainee = page.as_("trainee")
    trainee.get("/hours/new")
    data = {**trainee.form_data(), "summary": "A long text about our talk, typed on a slow phone."}
    session.execute(update(Signin).values(last_used_at=utcnow() - timedelta(days=2)))
    session.commit()
    reply = trainee.client.post("/hours/new", data=data)
    assert reply.status_code == 302
    assert "next=/kept" in reply.location
    back = page.as_("trainee")
    back.get("/kept")
    assert "typed on a slow phone" in back.words
    assert page.as_("classmate").get("/kept").status_code == 404


def test_a_form_with_a_stale_token_is_shown_again_with_its_words(page, cast):
    """After a key was changed, one button sends it again."""
    trainee = page.as_("trainee")
    trainee.get("/hours/new")
    data = {**trainee.form_data(), "summary": "Words that took ten minutes to find, you know."}
    reply = trainee.post("/hours/new", {**data, "csrf_token": "stale"})
    assert reply.status_code == 400
    assert "took ten minutes" in trainee.words


def test_drafts_are_kept_and_found_again(page, cast):
    """Autosave over the wire, and a clash shows both."""
    trainee = page.as_("trainee")
    trainee.get("/hours/new")
    head = {"X-CSRFToken": trainee.token()}
    body = {"body": {"summary": "half a sentence"}, "base_version": 0, "op_id": "1"}
    first = trainee.client.put("/drafts/hours-new", json=body, headers=head)
    assert first.json["version"] == 1
    late = {"body": {"summary": "another device"}, "base_version": 0, "op_id": "2"}
    clash = trainee.client.put("/drafts/hours-new", json=late, headers=head)
    assert clash.status_code == 409
    assert clash.json["theirs"] == {"summary": "half a sentence"}
    trainee.get("/hours/new")
    assert "half a sentence" in str(trainee.soup)


@pytest.mark.parametrize(
    ("key", "body"),
    [("UPPER", {}), ("ok", ["a", "list"]), ("ok", None), ("../x", {}), ("ok", {"body": "x"})],
)
def test_a_draft_of_the_wrong_shape_is_refused(page, cast, key, body):
    """Never a 500."""
    trainee = page.as_("trainee")
    trainee.get("/hours/new")
    head = {"X-CSRFToken": trainee.token()}
    assert trainee.client.put(f"/drafts/{key}", json=body, headers=head).status_code in {400, 404}


def test_a_huge_form_is_answered_in_words(page, cast):
    """Fifty megabytes of paste meet a sentence, not a crash."""
    trainee = page.as_("trainee")
    trainee.get("/hours/new")
    reply = trainee.client.post("/hours/new", data={"summary": "x" * 50_000_000})
    assert reply.status_code == 413


@pytest.mark.parametrize("place", ["/invitations/", "/password/new/", "/address/"])
def test_a_very_long_link_makes_no_cookie_that_browsers_drop(page, place):
    """A link of any length leads to the same kind sentence as one that is not known."""
    visitor = page.as_("visitor")
    reply = visitor.get(place + "x" * 6000)
    assert reply.status_code == 302
    assert len(reply.headers["Set-Cookie"]) < 1000
    assert visitor.get(reply.location).status_code == 410
