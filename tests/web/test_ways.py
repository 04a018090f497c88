"""The note first, the other route, the wishes: chosen without a reason, seen by nobody else."""

import json
import re
from dataclasses import replace

import pytest
import time_machine
from sqlalchemy import select

from lms.db import utcnow
from lms.models import (
    Assignment,
    AuditDetail,
    AuditEntry,
    CheckAnswer,
    Enrolment,
    LessonReading,
    OwnWay,
    Reflection,
)
from lms.rules.definitions import ContentNote
from tests.cast import assign
from tests.reading import (
    CHOICE,
    CLOSE_WORDS,
    MODULE,
    OTHER_WORDS,
    WAYS_NOTE,
    leave_out,
    module_named,
    publish_again,
    publish_two_ways,
)

MENTION = ContentNote(("loss",), "mention", "It mentions a loss.")
WISHES = "/account/topics"


def buttons(client):
    """Return what one can press in the note: links and forms, by their words."""
    found = {a.text.strip(): a["href"] for a in client.soup.select("main article a.button")}
    forms = client.soup.select("main article form")
    return found | {f.button.text.strip(): f["action"] for f in forms}


def take(client, url, way):
    """Change over, as its button does, and follow."""
    reply = client.post(f"{url}/way", {"way": way})
    assert reply.status_code == 302
    path = reply.location.split("#")[0]
    client.get(path)
    return path


def wish(client, *topics, since="light"):
    client.get(WISHES)
    return client.submit(WISHES, topics=list(topics), since=since, act="save")


# The note


@pytest.mark.parametrize(
    ("intensity", "first"), [("mention", False), ("light", True), ("close", True)]
)
def test_by_default_light_and_close_come_before_the_text(page, session, intensity, first):
    url = publish_two_ways(session, note=replace(WAYS_NOTE, intensity=intensity))
    trainee = page.as_("trainee")
    trainee.get(url)
    assert WAYS_NOTE.words in trainee.words
    assert "It touches on: control, threats." in trainee.words
    assert (CLOSE_WORDS not in trainee.words) is first
    assert ("Before you read" in trainee.words) is first
    assert "Take the other route" in buttons(trainee)


def test_the_note_leads_on_back_or_to_the_other_route(page, session):
    url = publish_two_ways(session)
    trainee = page.as_("trainee")
    trainee.get(url)
    found = buttons(trainee)
    assert list(found) == ["Read on", "Not now", "Take the other route"]
    assert found["Not now"] == f"/modules/{MODULE}"
    trainee.get(found["Not now"])
    assert session.scalars(select(OwnWay)).all() == []
    trainee.get(found["Read on"].split("#")[0])
    assert CLOSE_WORDS in trainee.words
    assert "Before you read" not in trainee.words


def test_the_other_route_is_read_at_the_same_address_under_the_same_title(page, session):
    url = publish_two_ways(session)
    trainee = page.as_("trainee")
    trainee.get(f"{url}?on=1")
    title = trainee.soup.title.text
    path = take(trainee, url, "other")
    assert path == f"{url}?on=1"
    assert OTHER_WORDS in trainee.words
    assert CLOSE_WORDS not in trainee.words
    assert trainee.soup.h1.text == "A gentler title"
    assert trainee.soup.title.text == title
    trainee.get(url)
    assert OTHER_WORDS in trainee.words
    assert take(trainee, url, "written") == url
    assert "Before you read" in trainee.words


def test_a_note_of_the_other_route_comes_first_for_who_wished_that(page, session):
    url = publish_two_ways(session, other_note=MENTION)
    trainee = page.as_("trainee")
    assert wish(trainee, "control", "loss", since="mention").status_code == 302
    assert take(trainee, url, "other") == url
    assert "Before you read" in trainee.words
    assert MENTION.words in trainee.words
    assert OTHER_WORDS not in trainee.words
    trainee.get(f"{url}?on=1")
    assert OTHER_WORDS in trainee.words


def test_answers_and_words_stay_with_either_way(page, session):
    url = publish_two_ways(session)
    trainee = page.as_("trainee")
    trainee.get(f"{url}?on=1")
    trainee.post(f"{url}/answers?v=2", {"check": CHOICE.id, "answer": "a"})
    take(trainee, url, "other")
    assert "Perhaps." not in trainee.words
    reply = trainee.post(f"{url}/answers?v=2", {"check": CHOICE.id, "answer": "b"})
    assert reply.location == f"{url}?on=1#check-{CHOICE.id}"
    trainee.post(f"{url}/reflections/own-line?v=2", {"words": "Mine.", "version": "0"})
    trainee.get(url)
    assert "Yes, any hand." in trainee.words
    assert "In gentle words" in trainee.words
    assert trainee.soup.find("textarea").text.strip() == "Mine."
    take(trainee, url, "written")
    trainee.get(f"{url}?on=1")
    assert "Perhaps." in trainee.words
    assert "Yes, any hand." not in trainee.words
    assert [row.chosen for row in session.scalars(select(CheckAnswer))] == ["a"]
    trainee.get("/reflections")
    assert "Which line is yours?" in trainee.words


def test_a_module_is_complete_by_the_other_route_alone(page, session):
    url = publish_two_ways(session)
    trainee = page.as_("trainee")
    take(trainee, url, "other")
    form = trainee.form_data(f"{url}/read")
    reply = trainee.post(f"{url}/read", form | {"go": "on"})
    assert reply.location == f"/modules/{MODULE}"
    trainee.get(reply.location)
    assert "You have read this whole module" in trainee.soup.get_text()
    assert "Done on" in trainee.words


def test_an_answer_that_is_none_is_asked_for_on_the_other_route_too(page, session):
    url = publish_two_ways(session)
    trainee = page.as_("trainee")
    take(trainee, url, "other")
    reply = trainee.post(f"{url}/answers?v=2", {"check": CHOICE.id})
    trainee.get(reply.location.split("#")[0])
    assert trainee.soup.select_one(f"#check-{CHOICE.id} .error")


@pytest.mark.parametrize("way", ["", "both", "x" * 500, "\u202e"])
def test_no_third_way_is_taken(page, session, way):
    url = publish_two_ways(session)
    trainee = page.as_("trainee")
    assert trainee.post(f"{url}/way", {"way": way}).status_code == 404
    assert session.scalars(select(OwnWay)).all() == []


def test_a_lesson_without_another_route_offers_none(page, session):
    module = module_named()
    first = module.lessons[0]
    noted = replace(first, head=replace(first.head, content_note=WAYS_NOTE))
    publish_again(session, replace(module, lessons=(noted, *module.lessons[1:])))
    url = f"/modules/{MODULE}/{first.slug}"
    trainee = page.as_("trainee")
    trainee.get(url)
    assert list(buttons(trainee)) == ["Read on", "Not now"]
    assert "count the same" not in trainee.words
    assert trainee.post(f"{url}/way", {"way": "other"}).status_code == 404


# Staff


@pytest.mark.parametrize("who", ["trainer", "coordinator"])
def test_staff_read_both_ways_and_nothing_is_kept(page, session, who):
    url = publish_two_ways(session)
    staff = page.as_(who)
    staff.get(url)
    found = buttons(staff)
    assert staff.post(f"{url}/way", {"way": "other"}).status_code == 404
    staff.get(found["Take the other route"])
    assert OTHER_WORDS in staff.words
    reply = staff.post(f"{url}/answers?v=2&way=other", {"check": CHOICE.id, "answer": "b"})
    staff.get(reply.location.split("#")[0])
    assert "Yes, any hand." in staff.words
    assert OTHER_WORDS in staff.words
    assert staff.get(WISHES).status_code == 404
    assert session.scalars(select(OwnWay)).all() == []


# Wishes


def test_what_is_wished_decides_and_can_go_back_to_the_usual(page, session):
    url = publish_two_ways(session)
    trainee = page.as_("trainee")
    trainee.get(WISHES)
    assert len(trainee.form_data()["topics"]) == 11
    assert trainee.form_data()["since"] == ["light"]
    assert "As it was at the beginning" not in trainee.words
    wish(trainee, "loss", "children")
    trainee.get(WISHES)
    assert sorted(trainee.form_data()["topics"]) == ["children", "loss"]
    trainee.get(url)
    assert CLOSE_WORDS in trainee.words
    assert WAYS_NOTE.words in trainee.words
    trainee.get(WISHES)
    trainee.submit(WISHES, act="usual")
    assert session.scalars(select(OwnWay)).all() == []
    trainee.get(url)
    assert CLOSE_WORDS not in trainee.words


def test_with_no_topic_every_note_is_a_line_in_the_text(page, session):
    url = publish_two_ways(session, note=replace(WAYS_NOTE, intensity="close"))
    trainee = page.as_("trainee")
    trainee.get(WISHES)
    trainee.submit(WISHES, topics=[], since="mention", act="save")
    trainee.get(url)
    assert CLOSE_WORDS in trainee.words
    assert WAYS_NOTE.words in trainee.words


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"since": ""}, "Choose one"),
        ({"since": "always"}, "Choose one from the list"),
        ({"since": "light", "topics": ["spiders"]}, ""),
    ],
)
def test_what_was_not_offered_is_not_kept(page, session, data, words):
    trainee = page.as_("trainee")
    trainee.get(WISHES)
    trainee.submit(WISHES, **data)
    assert words in trainee.words
    assert session.scalars(select(OwnWay)).all() == []


def test_wishes_are_on_nobody_elses_page_and_not_in_the_trail(page, session, cast):
    trainee = page.as_("trainee")
    wish(trainee, "loss")
    assert b"loss" not in session.scalars(select(OwnWay.sealed)).one()
    classmate = page.as_("classmate")
    classmate.get(WISHES)
    assert len(classmate.form_data()["topics"]) == 11
    acts = {entry.act for entry in session.scalars(select(AuditEntry))}
    assert not {act for act in acts if "topic" in act or "wish" in act or "way" in act}


# No trace


def same_place(session, cast):
    """Put the classmate beside the same people as the trainee, under names of the same shape."""
    query = select(Enrolment).where(Enrolment.person_id == cast.classmate.id)
    place = session.scalars(query).one()
    for who, kind in (
        ("trainer", "trainer"),
        ("second_trainer", "second-trainer"),
        ("supervisor", "supervisor"),
    ):
        assign(session, place, cast.people[who], kind)
    session.commit()
    return {"trainee": cast.enrolment, "classmate": place}


def walked(page, session, cast, who, url, way):
    """Have somebody read the lesson one way, answer, write and finish the module."""
    client = page.as_(who)
    client.get(url)
    if way == "other":
        take(client, url, "other")
    else:
        client.get(f"{url}?on=1")
    client.post(f"{url}/answers?v=2", {"check": CHOICE.id, "answer": "b"})
    client.post(f"{url}/reflections/own-line?v=2", {"words": "Mine.", "version": "0"})
    client.get(f"{url}?on=1")
    client.post(f"{url}/read", client.form_data(f"{url}/read"))
    client.get(f"/modules/{MODULE}")
    assert "Done on" in client.words


def seen_by(page, cast, place, who):
    """Return everything that staff can open about somebody, without what names the person."""
    client = page.as_(who)
    person = cast.people["trainee" if place is cast.enrolment else "classmate"]
    pages = {}
    for name, url in {
        "verdict": f"/enrolments/{place.public_id}",
        "attempts": f"/places/{place.public_id}/attempts",
        "person": f"/people/{person.public_id}",
        "readiness": f"/enrolments/{place.public_id}/readiness",
        "certificate": f"/enrolments/{place.public_id}/certificate",
    }.items():
        reply = client.get(url)
        body = reply.text
        for own in (place.public_id, person.public_id, person.chosen_name):
            body = body.replace(own, "SOMEBODY")
        body = body.replace("classmate-", "x-").replace("trainee-", "x-")
        body = re.sub(r'(nonce|value)="[\w.\-]{20,}"', "", body)
        pages[name] = (reply.status_code, dict(reply.headers).get("ETag"), body)
    return pages


@pytest.mark.parametrize("who", ["trainer", "second_trainer", "supervisor", "coordinator"])
def test_staff_see_the_same_of_either_way(page, session, cast, who):
    places = same_place(session, cast)
    url = publish_two_ways(session)
    walked(page, session, cast, "trainee", url, "other")
    walked(page, session, cast, "classmate", url, "written")
    with time_machine.travel(utcnow(), tick=False):  # midnight may not fall between the two
        seen = {name: seen_by(page, cast, place, who) for name, place in places.items()}
    assert any(status == 200 for status, __, __ in seen["trainee"].values())
    assert seen["trainee"] == seen["classmate"]
    for __, __, body in seen["trainee"].values():
        assert "gentle" not in body.casefold()


def test_a_grid_and_the_trail_tell_the_ways_apart_by_nothing(page, session, cast):
    places = same_place(session, cast)
    url = publish_two_ways(session)
    walked(page, session, cast, "trainee", url, "other")
    walked(page, session, cast, "classmate", url, "written")
    office = page.as_("coordinator")
    office.get(f"/cohorts/{cast.cohort.public_id}/progress")
    rows = [row for row in office.soup.select("tbody tr") if row.find("a")]
    cells = {row.a.text: [cell.get_text(" ", strip=True) for cell in row("td")] for row in rows}
    assert cells[cast.trainee.chosen_name] == cells[cast.classmate.chosen_name]
    acts = {}
    for name, place in places.items():
        query = (
            select(AuditEntry, AuditDetail)
            .join(AuditDetail)
            .where(AuditEntry.about_id == place.person_id)
            .order_by(AuditEntry.id)
        )
        acts[name] = [
            (entry.act, re.sub(r":\w+", "", entry.subject), json.loads(detail.details))
            for entry, detail in session.execute(query)
        ]
    assert acts["trainee"] == acts["classmate"]
    assert [act for act, __, __ in acts["trainee"]] == ["module-completed"]
    readings = session.execute(
        select(LessonReading.module, LessonReading.lesson, LessonReading.version_id)
    ).all()
    assert len(readings) == 2
    assert len(set(readings)) == 1
    blocks = session.execute(select(Reflection.module, Reflection.lesson, Reflection.block)).all()
    assert len(set(blocks)) == 1


def test_the_verdict_is_the_same_in_every_figure(page, session, cast):
    from lms.services.verdicts import shown_place
    from tests.cast import TODAY

    places = same_place(session, cast)
    url = publish_two_ways(session)
    walked(page, session, cast, "trainee", url, "other")
    walked(page, session, cast, "classmate", url, "written")
    told = {}
    for name, place in places.items():
        loaded = session.get_one(Enrolment, place.id)
        session.refresh(loaded, ["programme_version"])
        verdict = shown_place(session, loaded, on=TODAY)[2]
        text = json.dumps(verdict.to_json(), default=str, sort_keys=True)
        told[name] = re.sub(r"\b[a-z2-9]{16}\b", "x", text)
    assert told["trainee"] == told["classmate"]
    assert "gentle" not in told["trainee"]


def test_nobody_beside_a_trainee_is_led_by_their_choice(page, session, cast):
    url = publish_two_ways(session)
    take(page.as_("trainee"), url, "other")
    for who in ("trainer", "coordinator", "classmate"):
        client = page.as_(who)
        client.get(f"{url}?on=1")
        assert CLOSE_WORDS in client.words
    assert session.scalars(select(Assignment)).all()


# What a programme leaves out


def test_a_lesson_left_out_says_why_and_shows_nothing(page, session, cast):
    first, *rest = [lesson.slug for lesson in module_named().lessons]
    leave_out(session, cast.enrolment, first, reason="We talk about this when we meet.")
    trainee = page.as_("trainee")
    trainee.get(f"/modules/{MODULE}")
    assert "Your programme leaves this out, because: We talk about this" in trainee.words
    links = [a["href"] for a in trainee.soup.select("ol.list a")]
    assert links == [f"/modules/{MODULE}/{slug}" for slug in rest]
    url = f"/modules/{MODULE}/{first}"
    trainee.get(url)
    assert "We talk about this when we meet." in trainee.words
    assert "You do not need it" in trainee.words
    for address, data in (
        (f"{url}/read", {"version": "1"}),
        (f"{url}/answers", {"check": "x", "answer": "a"}),
        (f"{url}/reflections/x", {"words": "x", "version": "0"}),
        (f"{url}/way", {"way": "other"}),
    ):
        assert trainee.post(address, data).status_code == 404
    staff = page.as_("trainer")
    staff.get(url)
    assert "You read as staff" in staff.words
    classmate = page.as_("classmate")
    classmate.get(f"/modules/{MODULE}")
    assert "leaves this out" not in classmate.words


def test_on_paper_stands_what_is_the_readers_own(page, session, cast):
    """Their way, folded or not by their wishes, without what their programme leaves out."""
    url = publish_two_ways(session, lessons=3)
    left_out = module_named().lessons[1]
    leave_out(session, cast.enrolment, left_out.slug)
    publish_two_ways(session, lessons=3)
    paper = f"/modules/{MODULE}/print"
    trainee = page.as_("trainee")
    trainee.get(paper)
    first = trainee.soup.select(".paper-lesson")[0]
    assert CLOSE_WORDS in first.select_one(":scope > details.noted").text
    assert left_out.head.title not in trainee.words
    take(trainee, url, "other")
    trainee.get(paper)
    assert OTHER_WORDS in trainee.words
    assert CLOSE_WORDS not in trainee.words
    take(trainee, url, "written")
    wish(trainee, "poverty")
    trainee.get(paper)
    first = trainee.soup.select(".paper-lesson")[0]
    assert first.select_one(":scope > details.noted") is None
    assert CLOSE_WORDS in trainee.words
    staff = page.as_("trainer")
    staff.get(paper)
    assert CLOSE_WORDS in staff.words
    assert left_out.head.title in staff.words


def test_the_lesson_on_harm_to_a_child_is_left_out_with_a_reason(page):
    """The programmes that ship leave it out; the module stands without it."""
    trainee = page.as_("trainee")
    trainee.get("/modules/noticing-risk")
    assert "Noticing harm to a child Your programme leaves this out, because" in trainee.words
    assert not trainee.soup.select('ol.list a[href$="/noticing-harm-to-a-child"]')
    trainee.get("/modules/noticing-risk/noticing-harm-to-a-child")
    assert "a demonstration has no place" in trainee.words
    trainee.get("/modules/dynamics-of-violence")
    for lesson in ("men-who-have-used-violence", "women-rebuilding"):
        assert trainee.soup.select(f'ol.list a[href$="/{lesson}"]')
