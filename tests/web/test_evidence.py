"""Papers: handed in by a trainee, looked at by a coordinator, read by nobody else."""

import io

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from lms.content.papers import clean_paper
from lms.models import Document, Upload
from lms.rules.evidence import TO_LOOK_AT, Review
from tests.filing import PDF, give, picture, put_on_file

SECRET = "12 Willow Lane"


def form_of(cast, kind="reference"):
    """Return the address of the form for a kind of paper."""
    return f"/enrolments/{cast.enrolment.public_id}/papers/new?kind={kind}"


def send(client, cast, kind="reference", data=None, name="letter.pdf", **fields):
    """Open the form and send it, with a file where there is one."""
    client.get(form_of(cast, kind))
    sent = {**client.form_data(), "happened_on": "2026-10-01", **fields}
    if data is not None:
        sent["file"] = FileStorage(io.BytesIO(data), name)
    boundary, body = encode_multipart(sent)
    kind_of_body = f'multipart/form-data; boundary="{boundary}"'
    reply = client.client.post(form_of(cast, kind), data=body, content_type=kind_of_body)
    return client._look(reply)


def test_a_trainee_hands_in_and_the_office_puts_it_on_file(page, session, cast):
    trainee = page.as_("trainee")
    trainee.get("/progress")
    assert form_of(cast) in {link["href"] for link in trainee.soup.select("main a[href]")}
    reply = send(trainee, cast, data=PDF, relationship="colleague", known_since="2024-01-01")
    assert reply.status_code == 302
    address = reply.location
    trainee.get(address)
    assert "the office looks at it" in trainee.words
    assert "Colleague" in trainee.words
    office = page.as_("coordinator")
    office.get("/today")
    assert "1 document to look at" in office.words
    office.get("/evidence")
    assert "Reference" in office.words
    office.get(address)
    done = office.submit(
        f"{address}/accept", **{**office.form_data(f"{address}/accept"), "outcome": "accepted"}
    )
    assert done.status_code == 302
    trainee.get("/progress")
    assert "Hand in: A reference" not in trainee.words
    trainee.get("/papers")
    assert "On file" in trainee.words


def test_a_saved_file_is_an_attachment_in_a_sandbox(page, session, cast):
    document = give(session, cast.enrolment, file=clean_paper(PDF))
    session.commit()
    reply = page.as_("coordinator").client.get(f"/papers/{document.paper}/file")
    assert reply.data == PDF
    assert reply.headers["Content-Disposition"] == 'attachment; filename="document-2026-11-02.pdf"'
    assert "sandbox" in reply.headers["Content-Security-Policy"]
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Cache-Control"] == "no-store"


def test_of_a_check_there_is_no_place_for_the_report(page, session, cast):
    trainee = page.as_("trainee")
    trainee.get(form_of(cast, "background-check"))
    assert "The paper itself stays out" in trainee.words
    assert trainee.soup.find("input", type="file") is None
    reply = send(trainee, cast, "background-check", data=PDF)
    assert reply.status_code == 200
    assert "Leave the file out" in trainee.words
    assert session.scalars(select(Document)).all() == []
    assert session.scalars(select(Upload)).all() == []


@pytest.mark.parametrize(
    ("fields", "data", "words"),
    [
        ({"happened_on": "2999-01-01"}, None, "still to come"),
        ({"happened_on": ""}, None, "Choose the day."),
        ({"happened_on": "2026-02-30"}, None, "a date that there is"),
        ({"expires_on": "2026-09-30"}, None, "before its own day"),
        ({"relationship": "colleague", "known_since": "2026-10-02"}, None, "after the paper's"),
        ({"relationship": "boss of all"}, None, "Choose one from the list."),
        ({}, b"MZ a programme", "whatever its name says"),
        ({}, PDF[:-8], "cut off"),
        ({}, b"", "This file is empty"),
        ({}, b"%PDF-" + b"x" * (10 * 1024 * 1024), "larger than 10 MB"),
        ({"happened_on": "2999-01-01"}, PDF, "Choose the file again"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field_and_nothing_is_kept(
    page, session, cast, fields, data, words
):
    trainee = page.as_("trainee")
    reply = send(trainee, cast, data=data, **{"relationship": "friend", **fields})
    assert reply.status_code == 200
    assert words in trainee.words
    assert session.scalars(select(Document)).all() == []
    assert session.scalars(select(Upload)).all() == []
    kept = trainee.soup.find("input", attrs={"name": "happened_on"})["value"]
    assert kept == fields.get("happened_on", "2026-10-01")


def test_fifty_megabytes_are_said_to_be_too_much(page, session, cast):
    trainee = page.as_("trainee")
    reply = send(trainee, cast, data=b"%PDF-" + b"x" * 50_000_000)
    assert reply.status_code == 413
    assert "too big" in trainee.soup.h1.text
    assert session.scalars(select(Upload)).all() == []


def test_a_photo_loses_where_it_was_taken(page, session, cast):
    trainee = page.as_("trainee")
    photo = picture(said=SECRET)
    address = send(trainee, cast, data=photo, name="x.pdf", relationship="friend").location
    reply = trainee.client.get(f"{address}/file")
    assert reply.content_type == "image/jpeg"
    assert SECRET.encode() in photo
    assert SECRET.encode() not in reply.data


def test_a_double_click_hands_in_once(page, session, cast):
    trainee = page.as_("trainee")
    trainee.get(form_of(cast))
    data = {**trainee.form_data(), "happened_on": "2026-10-01", "relationship": "friend"}
    first = trainee.client.post(form_of(cast), data=data)
    second = trainee.client.post(form_of(cast), data=data)
    assert first.location == second.location
    assert len(session.scalars(select(Document)).all()) == 1


def test_a_paper_comes_back_with_a_note_and_can_be_handed_in_again(page, session, cast):
    document = give(session, cast.enrolment)
    session.commit()
    address = f"/papers/{document.paper}"
    office = page.as_("coordinator")
    office.get(address)
    assert office.post(f"{address}/return", {"note": " "}).status_code == 200
    assert "Write something here" in office.words
    office.get(address)
    assert office.post(f"{address}/return", {"note": "Page two is missing."}).status_code == 302
    trainee = page.as_("trainee")
    trainee.get(address)
    assert "Page two is missing." in trainee.words
    trainee.get(form_of(cast))
    assert trainee.soup.find("input", attrs={"name": "happened_on"})


def test_what_a_check_shows_is_decided_by_a_person_with_a_reason(page, session, cast):
    by = cast.coordinator.id
    document = put_on_file(session, cast.enrolment, by, "background-check", outcome=TO_LOOK_AT)
    session.commit()
    address = f"/papers/{document.paper}"
    office = page.as_("coordinator")
    office.get(address)
    assert "A person decides whether it counts" in office.words
    assert office.post(f"{address}/allow", {"why": "Long ago."}).status_code == 302
    trainee = page.as_("trainee")
    trainee.get(address)
    assert "It counts, by a decision" in trainee.words
    assert "Long ago." in trainee.words


def test_what_was_put_on_file_by_mistake_is_taken_away_with_a_reason(page, session, cast):
    document = put_on_file(session, cast.enrolment, cast.coordinator.id)
    session.commit()
    address = f"/papers/{document.paper}"
    office = page.as_("coordinator")
    office.get(address)
    assert office.post(f"{address}/take-back", {"reason": "Wrong person."}).status_code == 302
    office.get(f"/enrolments/{cast.enrolment.public_id}/papers")
    assert "Nothing yet." in office.words
    assert page.as_("trainee").post(f"{address}/take-back").status_code == 302
    assert session.scalars(select(Document.state).order_by(Document.id)).all() == [
        "on-file",
        "withdrawn",
    ]


WHO = [("trainee", 200), ("coordinator", 200), ("trainer", 404), ("second_trainer", 404)]
WHO += [("classmate", 404), ("outsider", 404), ("visitor", 302)]


@pytest.mark.parametrize(("who", "status"), [*WHO, ("supervisor", 403)])
@pytest.mark.parametrize("part", ["", "/file"])
def test_who_reads_a_paper(page, session, cast, who, status, part):
    document = give(session, cast.enrolment, file=clean_paper(PDF))
    session.commit()
    assert page.as_(who).client.get(f"/papers/{document.paper}{part}").status_code == status


def test_a_supervisor_reads_what_they_signed_and_nothing_else(page, session, cast):
    by, signed = cast.coordinator.id, Review("accepted", signers=(cast.supervisor.public_id,))
    own = put_on_file(session, cast.enrolment, by, review=signed)
    other = put_on_file(session, cast.enrolment, by, "background-check", outcome="clear")
    session.commit()
    supervisor = page.as_("supervisor")
    assert supervisor.get(f"/papers/{own.paper}").status_code == 200
    assert supervisor.get(f"/papers/{other.paper}").status_code == 403
    supervisor.get(f"/enrolments/{cast.enrolment.public_id}/papers")
    assert "A reference" in supervisor.words
    assert "ackground" not in supervisor.words
    assert supervisor.client.get(form_of(cast)).status_code == 403


def test_names_of_signers_come_back_as_they_were_written(page, session, cast):
    office = page.as_("coordinator")
    name = "Nguyễn Thị Ánh; محمد; O’Neill"
    reply = send(office, cast, relationship="teacher", outcome="accepted", names=name)
    office.get(reply.location)
    assert name in office.words


def test_a_kind_that_nobody_asks_for_has_no_form(page, session, cast):
    trainee = page.as_("trainee")
    assert trainee.get(form_of(cast, "diary")).status_code == 302
    assert trainee.post(form_of(cast, "diary"), {"happened_on": "2026-10-01"}).status_code == 302
    assert session.scalars(select(Document)).all() == []
