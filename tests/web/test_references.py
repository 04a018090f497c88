"""References: asked of somebody outside by a letter that names nobody, answered once."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from lms.db import utcnow
from lms.models import Address, AuditEntry, Document, Mail, Reference
from lms.services.record import record_of
from tests.filing import put_on_file

ASK = "/enrolments/{0}/references/new?kind=reference"
WORDS = "She listens, and never hurries anybody. 山田 говорит: да."


def ask(client, cast, **fields):
    """Ask somebody outside for a reference."""
    url = ASK.format(cast.enrolment.public_id)
    client.get(url)
    sent = {"name": "Inês Ñandú", "address": "ines@example.org", "relationship": "colleague"}
    return client._look(client.client.post(url, data={**client.form_data(), **sent, **fields}))


def token_of(session):
    """Return the token in the newest letter."""
    body = session.scalars(select(Mail.body).order_by(Mail.id.desc())).first()
    return re.search(r"/asked/(\S+)", body)[1]


@pytest.fixture
def quiet(monkeypatch):
    """Leave letters in the queue, so that a test can read them."""
    import lms.web.state as web_state

    monkeypatch.setattr(web_state, "_nudge", lambda: None)


def open_link(page, token):
    """Follow the link as somebody without an account."""
    visitor = page.as_("visitor")
    assert visitor.client.get(f"/asked/{token}").status_code == 302
    visitor.get("/asked")
    return visitor


def answer(visitor, **fields):
    """Fill in the short form and send it."""
    given = {"known_since": "2020-05-01", "recommends": "yes", "words": WORDS, **fields}
    return visitor._look(
        visitor.client.post("/asked", data={**visitor.form_data("/asked"), **given})
    )


def test_words_come_from_outside_and_count_once_somebody_has_looked(page, session, cast, quiet):
    trainee = page.as_("trainee")
    url = ask(trainee, cast).location
    letter = session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    for secret in ("Trainee", "Riverside", "peer", "support", "train"):
        assert secret.casefold() not in f"{letter.subject} {letter.body}".casefold().replace(
            "/asked", ""
        )
    visitor = open_link(page, token_of(session))
    assert "Trainee" in visitor.words
    assert "Riverside Peers" in visitor.words
    assert visitor.soup.title.text.strip() == "Alongside"
    assert answer(visitor, relationship="teacher").location.endswith("/asked/done")
    assert visitor.get("/asked/done").status_code == 200
    trainee.get(url)
    assert "Given" in trainee.words
    document = session.scalars(select(Document)).one()
    address = f"/papers/{document.paper}"
    office = page.as_("coordinator")
    office.get(address)
    for words in (WORDS, "Inês Ñandú", "Teacher or trainer", "recommend them"):
        assert words in office.words
    form = {**office.form_data(f"{address}/accept"), "outcome": "accepted"}
    assert office.client.post(f"{address}/accept", data=form).status_code == 302
    _, record = record_of(session, cast.enrolment.id)
    fact = record.documents[0]
    assert (fact.outcome, fact.relationship, len(fact.signers)) == ("accepted", "teacher", 1)
    trainee.get(address)
    assert WORDS in trainee.words
    acts = set(session.scalars(select(AuditEntry.act)))
    assert {"reference-asked", "reference-given", "document-accepted"} <= acts


def test_what_is_stored_tells_nobody_who_was_asked_or_what_they_wrote(page, session, cast, quiet):
    ask(page.as_("trainee"), cast)
    answer(open_link(page, token_of(session)))
    row = session.scalars(select(Reference)).one()
    for sealed in (row.who, row.answer):
        assert b"example.org" not in sealed
        assert b"listens" not in sealed
    assert token_of(session) not in row.token_hash


def test_a_link_is_looked_at_often_and_used_once(page, session, cast, quiet):
    ask(page.as_("trainee"), cast)
    token = token_of(session)
    for _time in range(3):
        visitor = open_link(page, token)
    answer(visitor)
    late = page.as_("visitor")
    late.client.get(f"/asked/{token}")
    assert late.get("/asked").status_code == 410
    assert "arrived already" in late.words
    assert len(session.scalars(select(Document)).all()) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"expires_at": utcnow() - timedelta(seconds=1)}, "too old"),
        ({"withdrawn_at": utcnow()}, "Nobody asks for this any more"),
        ({"token_hash": "0" * 64}, "not one of ours"),
    ],
)
def test_a_link_that_opens_nothing_says_why(page, session, cast, quiet, change, words):
    ask(page.as_("trainee"), cast)
    session.execute(update(Reference).values(**change))
    session.commit()
    visitor = page.as_("visitor")
    visitor.client.get(f"/asked/{token_of(session)}")
    assert visitor.get("/asked").status_code == 410
    assert words in visitor.words
    assert visitor.post("/asked", {"words": "x"}).status_code == 410
    assert visitor.post("/asked/answer/decline").status_code == 410
    assert session.scalars(select(Document)).all() == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"words": " "}, "Write something here"),
        ({"known_since": "2999-01-01"}, "from 1900 until today"),
        ({"known_since": "once"}, "a date that there is"),
        ({"recommends": ""}, "Choose one."),
        ({"relationship": "boss"}, "Choose one from the list."),
        ({"name": "\u200b"}, "Write something here"),
    ],
)
def test_an_answer_that_lacks_something_keeps_what_was_typed(
    page, session, cast, quiet, fields, words
):
    ask(page.as_("trainee"), cast)
    visitor = open_link(page, token_of(session))
    assert answer(visitor, **fields).status_code == 200
    assert words in visitor.words
    typed = visitor.soup.find("textarea", attrs={"name": "words"}).text.strip()
    assert typed == fields.get("words", WORDS).strip()
    assert session.scalars(select(Document)).all() == []


def test_whoever_would_rather_not_is_not_asked_why(page, session, cast, quiet):
    trainee = page.as_("trainee")
    url = ask(trainee, cast).location
    visitor = open_link(page, token_of(session))
    assert visitor.post("/asked/answer/decline").status_code == 302
    trainee.get(url)
    assert "They would rather not" in trainee.words
    assert "says nothing about anybody" in trainee.words


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"address": "ines"}, "does not look like an e-mail address"),
        ({"address": "x@example.org\nBcc: y@example.org"}, "does not look like an e-mail address"),
        ({"name": " "}, "Write something here"),
        ({"known_since": "2999-01-01"}, "from 1900 until today"),
        ({"relationship": ""}, "Choose one"),
    ],
)
def test_whom_to_ask_is_looked_over_before_a_letter_leaves(
    page, session, cast, quiet, fields, words
):
    trainee = page.as_("trainee")
    assert ask(trainee, cast, **fields).status_code == 200
    assert words in trainee.words
    assert session.scalars(select(Mail)).all() == []


def test_nobody_writes_a_reference_for_themselves(page, session, cast, quiet):
    own = session.scalars(select(Address).where(Address.person_id == cast.trainee.id)).one()
    trainee = page.as_("trainee")
    assert ask(trainee, cast, address=own.written.upper()).status_code == 200
    assert "own address" in trainee.words


def test_a_new_letter_ends_the_old_link_and_a_double_click_sends_one(page, session, cast, quiet):
    trainee = page.as_("trainee")
    url = ask(trainee, cast).location
    old = token_of(session)
    trainee.get(url)
    data = trainee.form_data(f"{url}/letter")
    session.execute(update(Reference).values(expires_at=utcnow() + timedelta(days=1)))
    session.commit()
    assert trainee.client.post(f"{url}/letter", data=data).status_code == 302
    assert len(session.scalars(select(Mail)).all()) == 1
    trainee.get(url)
    data = trainee.form_data(f"{url}/letter")
    for _time in range(2):
        assert trainee.client.post(f"{url}/letter", data=data).status_code == 302
    assert len(session.scalars(select(Mail)).all()) == 2
    visitor = page.as_("visitor")
    visitor.client.get(f"/asked/{old}")
    assert visitor.get("/asked").status_code == 410
    assert open_link(page, token_of(session)).reply.status_code == 200


def test_the_same_address_is_one_signer(page, session, cast, quiet):
    trainee = page.as_("trainee")
    for written in ("ines@example.org", "INES@example.org", "other@example.org"):
        ask(trainee, cast, address=written)
        answer(open_link(page, token_of(session)))
    signers = session.scalars(select(Document.signers).order_by(Document.id)).all()
    assert signers[0] == signers[1] != signers[2]


def test_family_does_not_count_where_the_programme_says_so(page, session, cast, quiet):
    office = page.as_("coordinator")
    ask(office, cast, relationship="family")
    answer(open_link(page, token_of(session)), relationship="family")
    document = session.scalars(select(Document)).one()
    address = f"/papers/{document.paper}"
    office.get(address)
    form = {**office.form_data(f"{address}/accept"), "outcome": "accepted"}
    office.client.post(f"{address}/accept", data=form)
    office.get(f"/enrolments/{cast.enrolment.public_id}")
    assert "too close for this to count" in office.words


def test_only_what_others_write_is_asked_of_others(page, session, cast, quiet):
    trainee = page.as_("trainee")
    url = ASK.format(cast.enrolment.public_id).replace("=reference", "=background-check")
    assert trainee.get(url).status_code == 302


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("trainee", 200),
        ("coordinator", 200),
        ("trainer", 404),
        ("supervisor", 403),
        ("classmate", 404),
        ("outsider", 404),
        ("visitor", 302),
    ],
)
def test_who_reads_of_whom_a_reference_was_asked(page, session, cast, quiet, who, status):
    url = ask(page.as_("trainee"), cast).location
    assert page.as_(who).get(url).status_code == status


def test_a_withdrawn_wish_is_not_answered(page, session, cast, quiet):
    trainee = page.as_("trainee")
    url = ask(trainee, cast).location
    visitor = open_link(page, token_of(session))
    trainee.get(url)
    assert trainee.post(f"{url}/withdraw").status_code == 302
    assert answer(visitor).status_code == 410
    assert put_on_file(session, cast.enrolment, cast.coordinator.id).state == "on-file"
