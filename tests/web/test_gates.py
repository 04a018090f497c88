"""What the pages say of a programme's gates, beforehand and when an act is refused."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.db import utcnow
from lms.models import Certificate, Cohort, Enrolment, Invitation, Mail
from lms.services.cohorts import list_kept_out
from lms.services.gates import list_waiting
from lms.services.people import Offer, claim_invitation, let_in
from tests.cast import NOW, make_cohort, make_enrolment, make_person
from tests.certifying import meet_all
from tests.gating import REAL, publish_pack, publish_real, sign_modules

WAITS = "wait to be read by a qualified reviewer"


@pytest.fixture
def real(session, cast):
    """Return a cohort of a programme that is no demonstration; its lessons are unsigned."""
    cohort = make_cohort(session, cast.elsewhere, publish_real(session))
    cohort.organisation_id, cohort.name = cast.organisation.id, "Real group"
    session.commit()
    return cohort


def count(session, kind):
    """Return how many rows of a kind there are."""
    session.expire_all()
    return session.scalar(select(func.count()).select_from(kind))


def names_what_waits(session, cohort, words):
    """Say whether a page names the first lessons that wait, and how many more there are."""
    waiting = list_waiting(session, cohort)
    assert len(waiting) > 4
    named = "; ".join(f"{one.title} ({one.module})" for one in waiting[:3])
    return f"{WAITS}: {named}; and {len(waiting) - 3} more." in words


def test_the_form_of_a_cohort_names_the_lessons_that_wait_and_keeps_what_was_typed(
    page, session, real
):
    office = page.as_("coordinator")
    office.get("/cohorts/new")
    assert names_what_waits(session, real, office.words)
    before = count(session, Cohort)
    sent = {"name": "Kept", "programme": REAL, "starts_on": "2027-01-11"}
    office.post("/cohorts/new", {**sent})
    assert office.soup.select_one(".field-wrong legend") is not None
    assert names_what_waits(session, real, office.soup.select_one(".field-wrong").get_text(" "))
    kept = {key: office.form_data()[key] for key in sent}
    assert kept == {**sent, "programme": [REAL]}
    assert count(session, Cohort) == before


def test_signed_lessons_open_a_cohort(page, session, real):
    sign_modules(session)
    session.commit()
    office = page.as_("coordinator")
    office.get("/cohorts/new")
    assert WAITS not in office.words
    sent = {"name": "Open", "programme": REAL, "starts_on": "2027-01-11"}
    assert office.submit("/cohorts/new", **sent).status_code == 302


def test_the_page_for_admitting_says_it_before_and_at_the_form(page, session, cast, real):
    ana = make_person(session, "ana", cast.organisation)
    session.commit()
    office = page.as_("coordinator")
    url = f"/cohorts/{real.public_id}/admit"
    office.get(url)
    assert "Nobody can be admitted yet" in office.words
    assert names_what_waits(session, real, office.words)
    office.post(url, {**office.form_data(), "people": [ana.public_id]})
    assert names_what_waits(session, real, office.soup.select_one(".field-wrong").get_text(" "))
    ticked = office.soup.select("input[name=people][checked]")
    assert [box["value"] for box in ticked] == [ana.public_id]
    assert session.scalar(select(func.count()).where(Enrolment.person_id == ana.id)) == 0


def test_an_invitation_and_a_list_into_the_cohort_are_refused_at_the_cohort(page, session, real):
    office = page.as_("coordinator")
    office.get("/people/invite")
    sent = {"address": "new@example.org", "chosen_name": "New", "cohort": real.public_id}
    office.submit("/people/invite", **sent)
    assert names_what_waits(session, real, office.words)
    assert {key: office.form_data()[key] for key in sent} == sent
    office.get("/people/list")
    listed = {"people": "New,new@example.org", "cohort": real.public_id}
    office.submit("/people/list", **listed, act="invite")
    assert names_what_waits(session, real, office.words)
    assert {key: office.form_data()[key] for key in listed} == listed
    assert count(session, Invitation) == count(session, Mail) == 0


def test_a_withdrawn_place_is_not_taken_back_in_while_lessons_wait(page, session, cast, real):
    place = make_enrolment(session, make_person(session, "bo", cast.organisation), real)
    place.state = "withdrawn"
    session.commit()
    office = page.as_("coordinator")
    office.get(f"/enrolments/{place.public_id}/place")
    reply = office.post(
        f"/enrolments/{place.public_id}/state", {**office.form_data(), "to": "admitted"}
    )
    office.get(reply.location)
    assert WAITS in office.soup.get_text()
    assert session.get_one(Enrolment, place.id, populate_existing=True).state == "withdrawn"


# Who came while a gate was closed


@pytest.fixture
def kept_out(session, cast, real):
    """Return somebody who was invited before the gate closed, and came afterwards."""
    sign_modules(session)
    offer = Offer("new@example.org", "New", cohort=real)
    _, token = let_in(session, cast.organisation, offer, invited_by=None, now=NOW)
    sign_modules(session, reviews=())
    person = claim_invitation(session, token, chosen_name="Ninon", hashed="x", now=NOW)
    session.commit()
    return person


WAITING = "Invited, and waiting for a place"


def test_the_cohort_names_who_waits_what_for_and_what_to_do(page, session, real, kept_out):
    office = page.as_("coordinator")
    office.get(f"/cohorts/{real.public_id}")
    section = office.soup.find("section", attrs={"aria-labelledby": "kept-out"})
    assert section.select_one("li a")["href"] == f"/people/{kept_out.public_id}"
    assert "Ninon" in section.text
    assert WAITS in section.text
    assert "What to do" in section.text
    office.get("/today")
    assert "1 person who was invited waits for a place" in office.words


def test_the_list_of_cohorts_says_where_they_wait(page, session, cast, real, kept_out):
    office = page.as_("coordinator")
    office.get("/cohorts")
    (row,) = [one for one in office.soup.select("tbody tr") if "waits for a place" in one.text]
    assert row.a["href"] == f"/cohorts/{real.public_id}"
    assert "1 person waits for a place" in row.text
    place = make_enrolment(session, kept_out, cast.cohort)
    session.commit()
    office.get("/cohorts")
    assert "waits for a place" not in office.words
    session.delete(place)


def test_they_read_that_it_has_nothing_to_do_with_them(page, session, cast, real, kept_out):
    cast.people["ninon"] = kept_out
    newcomer = page.as_("ninon")
    newcomer.get("/today")
    assert "Your place in the group comes later" in newcomer.words
    assert "nothing to do with you" in newcomer.words
    assert "Nothing waits for you" not in newcomer.words
    assert newcomer.soup.select_one("main a.button")["href"] == "/progress"
    make_enrolment(session, kept_out, real)
    session.commit()
    newcomer.get("/today")
    assert "comes later" not in newcomer.words


def test_whoever_was_invited_without_a_cohort_waits_for_none(page, session, cast):
    page.as_("supervisor").get("/today")
    assert "comes later" not in page.words


def test_once_the_gate_is_open_they_are_admitted_from_there(page, session, real, kept_out):
    sign_modules(session)
    session.commit()
    office, here = page.as_("coordinator"), f"/cohorts/{real.public_id}"
    office.get(here)
    assert "Nothing holds them back now." in office.words
    (link,) = [a["href"] for a in office.soup.select("a") if "Give them their places" in a.text]
    office.get(link)
    ticked = [box["value"] for box in office.soup.select("input[name=people][checked]")]
    assert ticked == [kept_out.public_id]
    assert office.submit(f"{here}/admit").status_code == 302
    office.get(here)
    assert WAITING not in office.words
    office.get("/today")
    assert "waits for a place" not in office.words


def test_who_has_a_place_elsewhere_or_is_gone_waits_no_more(page, session, cast, real, kept_out):
    place = make_enrolment(session, kept_out, cast.cohort)
    session.commit()
    assert list_kept_out(session, real) == []
    session.delete(place)
    kept_out.closed_at = NOW
    session.commit()
    assert list_kept_out(session, real) == []


def test_another_organisations_office_sees_nobody_of_them(page, session, real, kept_out):
    other = page.as_("outsider")
    assert other.get(f"/cohorts/{real.public_id}").status_code == 404
    other.get("/today")
    assert "waits for a place" not in other.words


# Certificates and the local list


@pytest.fixture
def ready(session, cast):
    """Let the trainee meet everything of a programme that is no demonstration."""
    meet_all(session, cast)
    cast.cohort.programme_version_id = publish_real(session).id
    cast.enrolment.programme_version_id = cast.cohort.programme_version_id
    cast.organisation.pack = "demo"
    session.commit()
    session.expire_all()
    return cast


def test_the_issue_page_says_that_the_local_list_is_overdue_and_issues_nothing(
    page, session, ready
):
    office, url = page.as_("coordinator"), f"/enrolments/{ready.enrolment.public_id}/certificate"
    office.get(url)
    assert "The local list is overdue" not in office.words
    sent = {**office.form_data(), "asked": "y"}
    publish_pack(session, utcnow().date() - timedelta(days=2))
    session.commit()
    for reply in (office.get(url), office.post(url, sent)):
        assert reply.status_code == 200
        assert "The local list is overdue" in office.words
        assert "keeps it: ask for it to be looked over" in office.words
        assert office.soup.select_one('main a[href="/organisation"]') is not None
        assert "Issue" not in [button.get_text() for button in office.soup.select("main button")]
    assert count(session, Certificate) == 0


def test_the_overdue_list_is_said_while_requirements_are_missing_too(page, session, ready):
    publish_pack(session, utcnow().date() - timedelta(days=2))
    session.commit()
    place = session.scalar(select(Enrolment).where(Enrolment.person_id == ready.classmate.id))
    place.programme_version_id = ready.cohort.programme_version_id
    session.commit()
    office = page.as_("coordinator")
    office.get(f"/enrolments/{place.public_id}/certificate")
    assert "Not every requirement is met yet." in office.words
    assert "The local list is overdue" in office.words
