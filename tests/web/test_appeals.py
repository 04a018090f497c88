"""The pages of another look: asked, named, answered, and read by nobody else."""

import re

import pytest
from sqlalchemy import select

from lms.models import Appeal, HoursEntry, Performance, ReadinessDecision
from lms.rules.appeals import AppealState
from lms.rules.certificates import CertificateEventKind
from lms.services.appeals import Answer, read_part
from tests.appealing import (
    REASONS,
    WORDS,
    against,
    ask,
    asked_of,
    assign_to,
    declined,
    give_answer,
    not_met,
    not_yet,
    returned,
    taken_back,
)
from tests.cast import grant, make_person
from tests.certifying import issue, meet_all, second_coordinator

STAFF = ("trainer", "second_trainer", "supervisor", "coordinator", "classmate", "outsider")
LINK = "Ask for another look"
GARBAGE = "\0\u202e<script>alert(1)</script>" + "9" * 50


@pytest.fixture
def asked(session, cast) -> Appeal:
    """Return a request about a decision; the second coordinator decides."""
    appeal = asked_of(session, cast)
    session.commit()
    return appeal


def link_on(client, url: str) -> str:
    assert client.get(url).status_code == 200
    link = client.soup.find("main").find("a", string=re.compile(LINK))
    return str(link["href"]) if link else ""


def certificate_of(session, cast):
    meet_all(session, cast)
    return against(session, cast, issue(session, cast), CertificateEventKind.SUSPENDED)


ACTS = {
    "/progress": lambda session, cast: not_yet(session, cast),
    "/performances/{0}": not_met,
    "/hours/{0}": returned,
    "/certificates/{0}": certificate_of,
}


@pytest.mark.parametrize("page_of", [*ACTS])
def test_beside_each_such_act_one_asks_and_reads_how_it_goes(page, session, cast, page_of):
    row = ACTS[page_of](session, cast)
    session.commit()
    trainee, where = page.as_("trainee"), page_of.format(row.public_id)
    url = link_on(trainee, where)
    assert trainee.get(url).status_code == 200
    for words in ("costs nothing", "You can ask until", "took no part", "What may come out"):
        assert words in trainee.words
    assert trainee.submit(url, words="").status_code == 200
    assert "Write something here" in trainee.words
    reply = trainee.submit(url, words=WORDS)
    assert reply.status_code == 302
    appeal = session.scalars(select(Appeal)).one()
    assert reply.location.endswith(appeal.public_id)
    trainee.get(reply.location)
    assert WORDS in trainee.words
    assert link_on(trainee, where) == ""
    assert "See where it stands" in trainee.words
    trainee.get(url)
    assert "You have asked already" in trainee.words
    assert not trainee.soup.find("main").find("textarea")


def test_hours_whose_confirmation_was_taken_back_can_be_looked_at(page, session, cast):
    entry = taken_back(session, cast)
    session.commit()
    trainee = page.as_("trainee")
    assert link_on(trainee, f"/hours/{entry.public_id}")
    assert "Twice?" in trainee.words


@pytest.mark.parametrize("who", STAFF)
@pytest.mark.parametrize("url", ["/decisions/{0}/another-look", "/hours/{1}/another-look"])
def test_nobody_asks_for_somebody_else(page, session, cast, who, url):
    rows = (not_yet(session, cast).public_id, returned(session, cast).public_id)
    session.commit()
    client = page.as_(who)
    expected = 403 if who == "coordinator" else 404
    assert client.get(url.format(*rows)).status_code == expected
    sent = client.post(url.format(*rows), {"words": WORDS})
    assert sent.status_code == expected
    assert session.scalars(select(Appeal)).all() == []


READERS = {"trainee": 200, "second_coordinator": 200, "coordinator": 403}
READERS |= {who: 404 for who in STAFF if who != "coordinator"}


@pytest.mark.parametrize("who", READERS)
def test_the_words_are_read_by_the_asker_and_the_named_decider_alone(page, asked, who):
    client = page.as_(who)
    assert client.get(f"/appeals/{asked.public_id}").status_code == READERS[who]
    assert (WORDS in client.words) is (READERS[who] == 200)


@pytest.mark.parametrize("role", ["administrator", "host-manager", "evaluator", "author"])
def test_no_other_role_knows_of_it(page, session, cast, asked, role):
    cast.people[role] = make_person(session, role, cast.organisation)
    grant(session, cast.people[role], role)
    session.commit()
    client = page.as_(role)
    for url in ("", "/assign"):
        assert client.get(f"/appeals/{asked.public_id}{url}").status_code == 404
    client.get("/appeals")
    assert "decision" not in client.words.replace("disagrees with a decision", "")


@pytest.mark.parametrize("who", ["trainer", "supervisor", "coordinator", "second_coordinator"])
def test_no_page_of_the_record_shows_the_words_or_that_they_were_asked(page, cast, asked, who):
    client = page.as_(who)
    for url in ("/today", "/enrolments/{0}", "/people/{1}"):
        client.get(url.format(cast.enrolment.public_id, cast.trainee.public_id))
        assert WORDS not in client.words


def test_the_office_names_somebody_without_reading_the_words(page, session, cast):
    appeal = ask(session, not_yet(session, cast))
    second_coordinator(session, cast)
    session.commit()
    office = page.as_("coordinator")
    office.get("/today")
    assert "waits for somebody to be named" in office.words
    url = f"/appeals/{appeal.public_id}/assign"
    office.get("/appeals")
    assert office.soup.find("main").find("a", href=url)
    office.get(url)
    assert WORDS not in office.words
    assert "This was your own decision" in office.words
    assert office.submit(url).status_code == 200
    assert office.submit(url, decider="nobody").status_code == 200
    session.refresh(appeal)
    assert appeal.decider_id is None
    assert office.submit(url, decider=cast.second_coordinator.public_id).status_code == 302
    session.refresh(appeal)
    assert appeal.decider_id == cast.second_coordinator.id
    trainee = page.as_("trainee")
    trainee.get(f"/appeals/{appeal.public_id}")
    assert "Second Coordinator reads your words" in trainee.words


def test_where_nobody_fits_the_office_reads_how_to_find_somebody(page, session, cast):
    appeal = ask(session, not_yet(session, cast))
    session.commit()
    office = page.as_("coordinator")
    office.get(f"/appeals/{appeal.public_id}/assign")
    assert "Nobody here can decide this" in office.words
    assert office.soup.find("main").find("a", href="/people/invite")


def test_the_decider_answers_with_the_record_before_them_and_the_asker_reads_it(
    page, session, cast, asked
):
    decider, url = page.as_("second_coordinator"), f"/appeals/{asked.public_id}"
    decider.get("/today")
    assert "for you to answer" in decider.words
    decider.get(url)
    assert "One more role-play." in decider.words
    sent = {"outcome": "changed", "reasons": REASONS, "sources": ["conversation", "observation"]}
    assert decider.submit(f"{url}/answer", **sent).status_code == 200
    assert "reasons that go with the new record" in decider.words
    assert REASONS in decider.soup.find("textarea", attrs={"name": "reasons"}).text
    sent["sources"], sent["record"] = ["conversation"], "Shown since."
    decider.submit(f"{url}/answer", **sent)
    assert "two sources or more" in decider.words
    sent["sources"] = ["conversation", "observation"]
    assert decider.submit(f"{url}/answer", **sent).status_code == 302
    trainee = page.as_("trainee")
    trainee.get("/today")
    assert "has an answer" in trainee.words
    trainee.get(url)
    assert REASONS in trainee.words
    trainee.get("/progress")
    assert "Second Coordinator decided: ready." in trainee.words
    trainer = page.as_("trainer")
    trainer.get(f"/enrolments/{cast.enrolment.public_id}")
    assert "Shown since." in trainer.words
    assert REASONS not in trainer.words


def test_a_result_is_marked_again_by_a_trainer_who_is_beside_nobody(page, session, cast):
    performance = not_met(session, cast)
    cast.people["guest"] = guest = make_person(session, "guest", cast.organisation)
    grant(session, guest, "trainer")
    session.flush()
    appeal = assign_to(session, cast, ask(session, performance), guest)
    session.commit()
    client, url = page.as_("guest"), f"/appeals/{appeal.public_id}"
    assert client.get(f"/performances/{performance.public_id}").status_code == 404
    assert client.get(url).status_code == 200
    same = client.form_data(f"{url}/answer")
    sent = {"outcome": "changed", "reasons": REASONS}
    client.post(f"{url}/answer", {**same, **sent})
    assert "the same as before" in client.words
    levels = {name: "2" for name in same if name.startswith("level-")}
    client.post(f"{url}/answer", {**same, **sent, **levels, "went_well": ""})
    assert "Write what went well" in client.words
    reply = client.post(f"{url}/answer", {**same, **sent, **levels})
    assert reply.status_code == 302
    newer = session.scalars(select(Performance).where(Performance.replaced_at.is_(None))).one()
    trainee = page.as_("trainee")
    trainee.get("/role-plays")
    assert trainee.soup.find("main").find("a", href=f"/performances/{newer.public_id}")
    trainee.get(f"/performances/{performance.public_id}")
    assert "A newer marking has taken this one's place" in trainee.words
    assert client.get(url).status_code == 200
    assert "Point by point" not in client.words


def test_hours_are_confirmed_by_a_supervisor_from_outside(page, session, cast):
    entry = returned(session, cast)
    cast.people["guest"] = guest = make_person(session, "guest", cast.organisation)
    grant(session, guest, "supervisor")
    session.flush()
    appeal = assign_to(session, cast, ask(session, entry), guest)
    session.commit()
    client, url = page.as_("guest"), f"/appeals/{appeal.public_id}"
    client.get(url)
    assert "Rest after hard days." in client.words
    assert "Too long?" in client.words
    reply = client.submit(f"{url}/answer", outcome="changed", reasons=REASONS)
    assert reply.status_code == 302
    newer = session.scalars(select(HoursEntry).where(HoursEntry.corrects_id == entry.id)).one()
    trainee = page.as_("trainee")
    trainee.get(f"/hours/{newer.public_id}")
    assert "by Guest" in trainee.words


def test_sent_back_whoever_decided_reads_the_reasons_and_never_the_words(
    page, session, cast, asked
):
    answer = Answer(AppealState.SENT_BACK, REASONS)
    give_answer(session, asked, cast.second_coordinator, answer)
    session.commit()
    taker, url = page.as_("coordinator"), f"/appeals/{asked.public_id}"
    taker.get("/today")
    assert "for you to answer" in taker.words
    taker.get(url)
    assert REASONS in taker.words
    assert WORDS not in taker.words
    reply = taker.submit(f"{url}/answer", outcome="upheld", reasons="I looked again.")
    assert reply.status_code == 302
    trainee = page.as_("trainee")
    trainee.get(url)
    assert "I looked again." in trainee.words
    taker.get(url)
    assert WORDS not in taker.words


def test_the_office_names_somebody_else_for_what_was_sent_back(page, session, cast, asked):
    answer = Answer(AppealState.SENT_BACK, REASONS)
    give_answer(session, asked, cast.second_coordinator, answer)
    guest = make_person(session, "guest", cast.organisation)
    grant(session, guest, "coordinator")
    cast.people["guest"] = guest
    session.commit()
    office, url = page.as_("second_coordinator"), f"/appeals/{asked.public_id}"
    office.get(f"{url}/assign")
    assert "It was sent back to Coordinator." in office.words
    assert WORDS not in office.words
    reply = office.submit(f"{url}/assign", decider=guest.public_id)
    assert reply.status_code == 302
    assert page.as_("coordinator").get(url).status_code == 403
    taker = page.as_("guest")
    taker.get("/today")
    assert "for you to answer" in taker.words
    taker.get(url)
    assert REASONS in taker.words
    assert WORDS not in taker.words
    reply = taker.submit(f"{url}/answer", outcome="upheld", reasons="I looked in their place.")
    assert reply.status_code == 302
    trainee = page.as_("trainee")
    trainee.get(url)
    assert "Guest looked once more" in trainee.words
    assert REASONS in trainee.words


def test_a_declined_waiver_is_asked_about_from_its_own_page(page, session, cast):
    request = declined(session, cast)
    second_coordinator(session, cast)
    session.commit()
    trainee, url = page.as_("trainee"), f"/waivers/{request.public_id}/another-look"
    trainee.get(f"/waivers/{request.public_id}")
    assert trainee.soup.find("main").find("a", href=url)
    trainee.get(url)
    assert trainee.submit(url, words="  ").status_code == 200
    assert trainee.submit(url, words=WORDS).status_code == 302
    appeal = session.scalars(select(Appeal)).one()
    assign_to(session, cast, appeal, cast.second_coordinator)
    session.commit()
    trainee.get(f"/waivers/{request.public_id}")
    assert not trainee.soup.find("main").find("a", href=url)
    decider, look = page.as_("second_coordinator"), f"/appeals/{appeal.public_id}"
    decider.get(look)
    for words in (WORDS, "Ten years of it.", "Let us plan the hours."):
        assert words in decider.words
    sent = {"outcome": "changed", "reasons": REASONS}
    assert decider.submit(f"{look}/answer", **sent).status_code == 200
    assert REASONS in decider.soup.find("textarea", attrs={"name": "reasons"}).text
    assert decider.submit(f"{look}/answer", **sent, record="Shown.").status_code == 302
    trainee.get(look)
    assert REASONS in trainee.words
    trainee.get("/papers")
    assert "Set aside" in trainee.words


def test_a_request_is_taken_back_and_then_stays_answered_by_nobody(page, session, cast, asked):
    trainee, url = page.as_("trainee"), f"/appeals/{asked.public_id}"
    trainee.get(url)
    assert trainee.submit(f"{url}/withdraw").status_code == 302
    decider = page.as_("second_coordinator")
    decider.get(url)
    assert not decider.soup.find("main").find("textarea")
    reply = decider.post(f"{url}/answer", {"outcome": "upheld", "reasons": REASONS})
    assert reply.status_code in {200, 302}
    session.refresh(asked)
    assert (asked.state, asked.reasons) == ("withdrawn", None)


@pytest.mark.parametrize("act", ["withdraw", "assign", "answer"])
@pytest.mark.parametrize("who", ["trainer", "classmate", "outsider"])
def test_strangers_do_nothing_to_it(page, session, asked, act, who):
    before = asked.state
    url = f"/appeals/{asked.public_id}/{act}"
    assert page.as_(who).post(url, {"outcome": "upheld", "reasons": "x"}).status_code == 404
    session.refresh(asked)
    assert asked.state == before


@pytest.mark.parametrize("field", ["outcome", "reasons", "sources", "record", "version", "op_id"])
def test_garbage_in_an_answer_saves_nothing_and_keeps_the_words(page, session, cast, asked, field):
    decider, url = page.as_("second_coordinator"), f"/appeals/{asked.public_id}/answer"
    decider.get(f"/appeals/{asked.public_id}")
    sent = {"outcome": "changed", "reasons": REASONS, "record": "x", "sources": ["conversation"]}
    sent[field] = [GARBAGE] if field == "sources" else GARBAGE
    assert decider.submit(url, **sent).status_code == 200
    session.refresh(asked)
    assert asked.state == "assigned"
    assert len(session.scalars(select(ReadinessDecision)).all()) == 1


def test_words_that_cannot_be_opened_take_no_page_down(page, session, cast, asked):
    asked.words = b"damaged"
    session.commit()
    for who in ("trainee", "second_coordinator"):
        client = page.as_(who)
        assert client.get(f"/appeals/{asked.public_id}").status_code == 200
        assert "cannot be opened just now" in client.words
    assert read_part(session, asked, "reasons") == ""
