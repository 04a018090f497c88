"""Pictures come from the published version, for those who may read, and can run nothing."""

import pytest
from sqlalchemy import func, select

from lms.models import ContentPicture
from tests.reading import MODULE, lessons_of, publish_picture

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><title>A</title></svg>'


@pytest.fixture
def address(session, cast):
    return publish_picture(session, "a-line.svg", DRAWING)


def test_a_picture_is_kept_for_ever_and_runs_nothing(page, address):
    trainee = page.as_("trainee")
    reply = trainee.get(address)
    assert reply.status_code == 200
    assert reply.data == DRAWING
    assert reply.content_type == "image/svg+xml"
    assert reply.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert reply.headers.getlist("Content-Security-Policy") == [
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    ]
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


def test_the_lesson_shows_it_with_its_words(page, address):
    trainee = page.as_("trainee")
    trainee.get(f"/modules/{MODULE}/{lessons_of()[0]}?on=1")
    shown = trainee.soup.select_one(".prose img")
    assert (shown["src"], shown["alt"], shown["loading"]) == (address, "A line", "lazy")


@pytest.mark.parametrize(
    ("who", "status"),
    [("trainee", 200), ("trainer", 200), ("coordinator", 200), ("supervisor", 403),
     ("visitor", 302)],
)  # fmt: skip
def test_whoever_may_read_the_lesson_may_see_it(page, address, who, status):
    assert page.as_(who).get(address).status_code == status


@pytest.mark.parametrize(
    "change",
    [
        ("a-line.svg", "other.svg"),
        ("a-line.svg", "a-line.svg%00"),
        ("a-line.svg", "../../../etc/passwd"),
        (MODULE, "safety-planning"),
    ],
)
def test_nothing_else_is_found(page, address, change):
    assert page.as_("trainee").get(address.replace(*change)).status_code == 404


@pytest.mark.parametrize("stamp", ["%", "_" * 16, "0" * 16, "%25" * 16, "a"])
def test_a_stamp_is_taken_as_it_is(page, address, stamp):
    parts = address.split("/")
    parts[4] = stamp
    assert page.as_("trainee").get("/".join(parts)).status_code == 404


def test_a_changed_picture_has_another_address_and_the_old_one_stays(page, session, address):
    newer = publish_picture(session, "a-line.svg", DRAWING.replace(b">A<", b">B<"))
    assert newer != address
    trainee = page.as_("trainee")
    assert trainee.get(address).status_code == trainee.get(newer).status_code == 200
    assert publish_picture(session, "a-line.svg", DRAWING) == address
    kept = select(func.count()).select_from(ContentPicture)
    assert session.scalar(kept.where(ContentPicture.name == "a-line.svg")) == 2
