"""The pages of the three kinds: what may be given, issuing each, the holder's choice of lines."""

import pytest
from sqlalchemy import func, select

from lms.db import utcnow
from lms.models import Certificate
from lms.rules.programmes import DocumentKind
from tests.certifying import complete, confirm, issue, meet_all


@pytest.fixture
def begun(session, cast):
    complete(session, cast.enrolment, "boundaries")
    confirm(session, cast.enrolment, cast.supervisor, 90)
    session.commit()
    return cast


def documents(cast):
    return f"/enrolments/{cast.enrolment.public_id}/documents"


def lines(cast, kind="credential"):
    return f"{documents(cast)}/{kind}/lines"


def count(session):
    return session.scalar(select(func.count(Certificate.id)))


def test_the_office_sees_what_may_be_given_and_what_was(page, session, begun):
    issue(session, begun, kind=DocumentKind.LETTER, now=utcnow())
    session.commit()
    office = page.as_("coordinator")
    office.get(documents(begun))
    rows = office.soup.select("main ul.list li")
    assert [row.a.text for row in rows] == [
        "Certificate",
        "Training certificate",
        "Letter of participation",
    ]
    assert "Issued on" in rows[2].text
    assert "Not issued" in rows[0].text


def test_a_letter_is_read_and_then_issued_once(page, session, begun):
    office = page.as_("coordinator")
    url = f"{documents(begun)}/letter"
    office.get(url)
    for words in ("Letter of participation", "1 h 30 min of supervision", "Boundaries"):
        assert words in office.words
    assert "It says of no standard that it was met" in office.words
    data = {**office.form_data(), "asked": "y"}
    place = office.post(url, data).location
    assert office.post(url, data).location == place
    assert office.get(url).location == place
    assert count(session) == 1
    office.get(place)
    assert "Letter of participation of Trainee" in office.words


def test_a_training_that_is_not_complete_is_not_stated(page, session, begun):
    office = page.as_("coordinator")
    url = f"{documents(begun)}/training"
    office.get(url)
    assert "The training that this states is not complete yet." in office.words
    office.post(url, {"name": "Trainee", "asked": "y"})
    assert "The training that this states is not complete yet." in office.words
    assert count(session) == 0


@pytest.mark.parametrize("kind", ["diploma", "LETTER", "%F0%9F%8C%8A"])
def test_a_kind_that_is_none_is_not_there(page, begun, kind):
    office = page.as_("coordinator")
    url = f"{documents(begun)}/{kind}"
    assert office.get(url).status_code == 404
    assert office.post(url, {}).status_code == 404


def test_the_check_page_says_which_kind_it_is(page, session, begun):
    found = issue(session, begun, kind=DocumentKind.LETTER, now=utcnow())
    found.hidden = '["name","programme","hours","covers"]'
    session.commit()
    anybody = page.as_("visitor")
    anybody.get(f"/check/{found.code}")
    assert "Letter of participation" in anybody.words
    for hidden in ("Trainee", "of supervision", "qualifies for nothing"):
        assert hidden not in anybody.words


def test_switches_are_about_what_the_document_says(page, session, begun):
    found = issue(session, begun, kind=DocumentKind.LETTER, now=utcnow())
    session.commit()
    own = page.as_("trainee")
    own.get(f"/certificates/{found.public_id}")
    assert "Your letter of participation" in own.words
    boxes = {box["value"] for box in own.soup.select('input[name="shown"]')}
    assert "hours" in boxes
    assert not boxes & {"title", "endorsement", "lines", "valid_until"}


# What the holder chooses


def test_a_holder_chooses_line_by_line_and_it_is_printed(page, session, cast):
    meet_all(session, cast)
    session.commit()
    own = page.as_("trainee")
    own.get("/certificates")
    assert own.soup.find("a", href=lines(cast))
    own.get(lines(cast))
    assert own.soup.select("input[name=lines][checked]") == []
    assert "Support specialist (demonstration)" in own.words
    assert own.submit(lines(cast), lines=["title"]).status_code == 302
    own.get(lines(cast))
    assert [box["value"] for box in own.soup.select("input[name=lines][checked]")] == ["title"]
    office = page.as_("coordinator")
    url = f"/enrolments/{cast.enrolment.public_id}/certificate"
    office.get(url)
    assert "Peer support specialist (demonstration)" in office.words
    assert office.submit(url, asked="y").status_code == 302
    assert count(session) == 1


def test_a_choice_made_meanwhile_is_read_again(page, session, cast):
    meet_all(session, cast)
    session.commit()
    office, own = page.as_("coordinator"), page.as_("trainee")
    url = f"/enrolments/{cast.enrolment.public_id}/certificate"
    office.get(url)
    data = {**office.form_data(), "asked": "y"}
    own.get(lines(cast))
    own.submit(lines(cast), lines=["lines"])
    office.post(url, data)
    assert "changed meanwhile which lines are printed" in office.words
    assert office.form_data()["lines"] == "lines"
    assert count(session) == 0


@pytest.mark.parametrize(
    ("who", "status"),
    [("visitor", 302), ("classmate", 404), ("outsider", 404), ("coordinator", 403)],
)
def test_nobody_chooses_for_somebody_else(page, cast, who, status):
    asker = page.as_(who)
    assert asker.get(lines(cast)).status_code == status
    assert asker.post(lines(cast), {"lines": "title"}).status_code == status


def test_a_document_without_such_lines_has_no_such_page(page, cast):
    own = page.as_("trainee")
    assert own.get(lines(cast, "letter")).status_code == 404
    assert own.post(lines(cast, "letter"), {"lines": "title"}).status_code == 404
