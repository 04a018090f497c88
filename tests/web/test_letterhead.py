"""The letterhead page: mark, address, signatories, paper and language of what is printed."""

import io

import pytest
from PIL import Image
from sqlalchemy import select

from lms.models import AuditEntry, Letterhead
from lms.services.audit import link_entries
from tests.documents.making import make_mark

URL = "/organisation/letterhead"
MARK = f"{URL}/mark"


def acts(session):
    link_entries(session)
    return session.scalars(select(AuditEntry.act)).all()


def kept(session, cast):
    session.expire_all()
    return session.get(Letterhead, cast.organisation.id)


@pytest.mark.parametrize(
    ("who", "status"),
    [("coordinator", 200), ("trainee", 403), ("trainer", 403), ("visitor", 302)],
)
def test_a_coordinator_writes_it(page, session, cast, who, status):
    client = page.as_(who)
    assert client.get(URL).status_code == status
    if status != 200:
        for url in (URL, MARK, f"{MARK}/remove"):
            assert client.post(url, {"address": "x"}).status_code == status
        assert kept(session, cast) is None


def test_what_is_written_is_kept_and_noted(page, session, cast):
    office = page.as_("coordinator")
    office.get(URL)
    data = office.form_data(URL) | {
        "address": "1 Quay\nBay 2",
        "first_name": "Noor",
        "paper": "letter",
    }
    assert office.post(URL, data).status_code == 302
    found = kept(session, cast)
    assert (found.address, found.first_name, found.paper) == ("1 Quay\nBay 2", "Noor", "letter")
    office.get(URL)
    assert office.form_data(URL)["paper"] == "letter"
    assert office.post(URL, office.form_data(URL)).status_code == 302
    assert acts(session).count("letterhead-changed") == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"address": "x" * 501}, "at most 500 characters"),
        ({"paper": "a5"}, "Choose one from the list"),
        ({"language": "tlh"}, "Choose one from the list"),
    ],
)
def test_what_cannot_be_kept_stays_with_a_sentence(page, session, cast, changed, words):
    office = page.as_("coordinator")
    office.get(URL)
    sent = office.form_data(URL) | {"first_name": "kept words", **changed}
    assert office.post(URL, sent).status_code == 200
    assert words in office.words
    assert office.form_data(URL)["first_name"] == "kept words"
    assert kept(session, cast) is None


def test_two_coordinators_at_once_lose_nothing(page, session, cast):
    office = page.as_("coordinator")
    office.get(URL)
    mine = office.form_data(URL) | {"first_name": "Mine"}
    office.post(URL, office.form_data(URL) | {"first_name": "Theirs"})
    assert office.post(URL, mine).status_code == 409
    assert "Theirs" in office.words
    assert office.form_data(URL)["first_name"] == "Mine"
    assert kept(session, cast).first_name == "Theirs"


def photo(mode="RGB", kind="PNG", size=(2000, 500)):
    file = io.BytesIO()
    Image.new(mode, size, "navy").save(file, kind)
    return file.getvalue()


def send(office, data, words="A lighthouse"):
    office.get(URL)
    form = office.form_data(MARK) | {"mark": (io.BytesIO(data), "x.png"), "mark_words": words}
    return office.post(MARK, form)


@pytest.mark.parametrize("data", [make_mark(), photo(), photo("L", "JPEG"), photo("P")])
def test_a_mark_is_made_anew_and_shown(page, session, cast, data):
    office = page.as_("coordinator")
    assert send(office, data).status_code == 302
    found = kept(session, cast)
    with Image.open(io.BytesIO(found.mark)) as image:
        assert (image.format, image.mode) == ("JPEG", "RGB")
        assert image.width <= 640
        assert image.height <= 320
    office.get(URL)
    shown = office.soup.find("main").find("img")
    assert (shown["src"], shown["alt"]) == (MARK, "A lighthouse")
    reply = office.get(MARK)
    assert (reply.mimetype, reply.data) == ("image/jpeg", found.mark)
    assert "sandbox" in reply.headers["Content-Security-Policy"]


def test_what_is_transparent_is_white_on_paper(page, session, cast):
    send(page.as_("coordinator"), make_mark())
    with Image.open(io.BytesIO(kept(session, cast).mark)) as image:
        assert min(image.getpixel((0, 0))) > 245


@pytest.mark.parametrize(
    ("data", "words", "said"),
    [
        (b"", "A mark", "Choose a picture first"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "A mark", "Send PNG or JPEG"),
        (b"GIF89a" + bytes(40), "A mark", "Send PNG or JPEG"),
        (photo()[:300], "A mark", "cannot be opened"),
        (photo(size=(6000, 5000)), "A mark", "too many pixels"),
        (photo(), " ", "Write something here"),
    ],
)
def test_what_is_no_mark_is_said(page, session, cast, data, words, said):
    office = page.as_("coordinator")
    assert send(office, data, words).status_code == 200
    assert said in office.words
    assert kept(session, cast) is None
    assert office.get(MARK).status_code == 404


def test_a_mark_is_taken_away_and_the_rest_stays(page, session, cast):
    office = page.as_("coordinator")
    office.get(URL)
    office.post(URL, office.form_data(URL) | {"address": "1 Quay"})
    send(office, photo())
    office.get(URL)
    assert office.post(f"{MARK}/remove", {}).status_code == 302
    found = kept(session, cast)
    assert (found.mark, found.mark_words, found.address) == (None, "", "1 Quay")
    assert acts(session).count("letterhead-changed") == 3
