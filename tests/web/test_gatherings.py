"""Gatherings as their people use them."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from lms.models import (
    Attendance,
    Draft,
    Enrolment,
    Gathering,
    MakeUp,
    Seat,
    TrustAcknowledgement,
    TrustAgreement,
)
from lms.rules.gatherings import Audience, GatheringKind, control_name
from lms.services.gatherings import cancel_gathering, place_words, plan_of
from lms.services.practice import get_place
from tests.cast import NOW, TODAY, grant, make_enrolment, make_person
from tests.meeting import (
    TEXTS,
    TOMORROW,
    acknowledge,
    close,
    make_gathering,
    make_trust,
    seat_of,
)
from tests.sitting import sign_all

PLACE = "Green house, second floor"
THERE, AWAY = (0, 0), (None, None)


@pytest.fixture(autouse=True)
def frozen(monkeypatch):
    """Let the pages stand at the instant of the cast."""
    for name in ("planning", "reading", "seats", "sheet", "trust"):
        monkeypatch.setattr(f"lms.web.gatherings.{name}.utcnow", lambda: NOW)
    for name in ("learning", "showing"):
        monkeypatch.setattr(f"lms.web.today.{name}.utcnow", lambda: NOW)


@pytest.fixture
def signed(session, cast):
    """Open practice for everybody."""
    sign_all(session)
    session.commit()


@pytest.fixture
def ahead(session, cast, signed):
    """Return a women's gathering tomorrow, for the trainee alone."""
    made = make_gathering(session, cast, on=TOMORROW)
    session.commit()
    return made


@pytest.fixture
def joint(session, cast, signed):
    """Return a joint gathering tomorrow, for the whole cohort."""
    made = make_gathering(session, cast, [], audience=Audience.JOINT, on=TOMORROW)
    session.commit()
    return made


@pytest.fixture
def over(session, cast, signed):
    """Return a gathering of yesterday for the whole cohort; both are expected."""
    places = [get_place(session, person.id) for person in (cast.trainee, cast.classmate)]
    made = make_gathering(session, cast, places)
    session.commit()
    return made


def url(gathering, more=""):
    return f"/gatherings/{gathering.public_id}{more}"


def plan_url(cast):
    return f"/cohorts/{cast.cohort.public_id}/gatherings/new"


def plan_data(cast, **changes):
    data = {
        "title": "Evening of listening",
        "kind": "teaching",
        "audience": "women",
        "people": [cast.enrolment.public_id],
        "happened_on": "2026-11-09",
        "begins": "18:00",
        "ends": "20:00",
        "mode": "video",
        "place": "https://meet.example.org/x",
        "leader": cast.trainer.public_id,
        "subject": "module:boundaries",
        "part_0_title": "Listening",
        "part_0_minutes": "60",
        "part_1_title": "Safety first",
        "part_1_minutes": "30",
        "part_1_unmissable": "y",
        "tolerance": "10",
    }
    return {name: value for name, value in (data | changes).items() if value is not None}


def planned(session):
    session.expire_all()
    return session.scalars(select(Gathering)).all()


def send_plan(page, cast, who="trainer", **changes):
    client = page.as_(who)
    client.get(plan_url(cast))
    data = client.form_data() | plan_data(cast, **changes)
    for name, value in changes.items():
        if value is None:
            data.pop(name, None)
    reply = client.client.post(plan_url(cast), data=data)
    client._look(reply)
    return client, reply


# planning


@pytest.mark.parametrize("who", ["trainer", "second_trainer", "coordinator"])
def test_staff_of_the_cohort_plan_a_gathering(page, session, cast, who):
    _, reply = send_plan(page, cast, who)
    assert reply.status_code == 302
    [made] = planned(session)
    plan = plan_of(session, made)
    assert (plan.title, plan.audience, plan.tolerance_minutes) == (
        "Evening of listening",
        Audience.WOMEN,
        10,
    )
    assert [(p.title, p.minutes, p.is_unmissable) for p in plan.parts] == [
        ("Listening", 60, False),
        ("Safety first", 30, True),
    ]
    assert plan.subject.module == "boundaries"
    assert made.happens_on == date(2026, 11, 9)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("trainee", 403),
        ("classmate", 403),
        ("supervisor", 403),
        ("outsider", 404),
        ("visitor", 302),
    ],
)
def test_nobody_else_plans(page, cast, who, status):
    assert page.as_(who).get(plan_url(cast)).status_code == status


def test_a_trainer_of_nobody_here_plans_nothing(page, session, cast):
    cast.people["lone"] = make_person(session, "lone", cast.organisation)
    grant(session, cast.people["lone"], "trainer")
    session.commit()
    assert page.as_("lone").get(plan_url(cast)).status_code == 403


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": "  "}, "Write something here"),
        ({"kind": None}, "Choose one."),
        ({"kind": "party"}, "Choose one."),
        ({"people": None}, "Choose whom to invite"),
        ({"happened_on": "2026-02-30"}, "Write a date that there is"),
        ({"happened_on": "2026-08-01"}, "since the cohort began"),
        ({"happened_on": "2028-01-01"}, "within the next twelve months"),
        ({"happened_on": "9999-12-31"}, "within the next twelve months"),
        ({"begins": "25:99"}, "Write a time of the day"),
        ({"begins": "20:00"}, "begins and ends at the same time"),
        ({"begins": "21:00"}, "longer than twelve hours"),
        ({"happened_on": "2027-03-14", "begins": "02:30"}, "The clocks go forward"),
        ({"leader": "nobody"}, "Choose one from the list"),
        ({"subject": "module:none"}, "Choose one from the list"),
        ({"part_1_minutes": "90"}, "longer than the whole"),
        ({"part_1_title": ""}, "Give each part a name"),
        ({"part_0_minutes": "many"}, "Write a whole number"),
        ({"part_0_minutes": "0"}, "from 1 to 720"),
        ({"tolerance": "121"}, "from 0 to 120"),
    ],
)
def test_what_does_not_fit_is_said_at_the_field_and_nothing_is_lost(
    page, session, cast, changes, words
):
    client, reply = send_plan(page, cast, **changes)
    assert reply.status_code == 200
    assert words in client.words
    assert planned(session) == []
    assert client.soup.find("input", attrs={"name": "place"})["value"] == plan_data(cast)["place"]


def test_without_a_contact_on_duty_nothing_is_planned(page, session, cast):
    cast.organisation.duty_name = ""
    session.commit()
    client, reply = send_plan(page, cast)
    assert reply.status_code == 200
    assert "entered whom you can turn to" in client.words
    assert planned(session) == []


def test_only_names_that_were_offered_are_invited(page, session, cast):
    ids = [cast.enrolment.public_id, "x" * 16, str(cast.enrolment.id), cast.trainee.public_id]
    send_plan(page, cast, people=ids)
    assert [seat.enrolment_id for seat in session.scalars(select(Seat))] == [cast.enrolment.id]


def test_another_like_it_begins_with_what_the_first_had(page, session, cast, ahead):
    trainer = page.as_("trainer")
    trainer.get(plan_url(cast) + f"?like={ahead.public_id}")
    form = trainer.soup.find("form", attrs={"method": "post", "action": plan_url(cast)})
    assert form.find("input", attrs={"name": "place"})["value"] == PLACE
    ticked = [one["value"] for one in form.select("input[name=people][checked]")]
    assert ticked == [cast.enrolment.public_id]
    assert form.find("input", attrs={"name": "part_1_minutes"})["value"] == "30"
    for other in ("none", "x" * 400, "\0"):
        assert trainer.get(plan_url(cast), query_string={"like": other}).status_code == 200


def test_a_plan_is_changed_and_two_who_change_it_see_both(page, session, cast, ahead):
    first, second = page.as_("trainer"), page.as_("coordinator")
    for client in (first, second):
        client.get(url(ahead, "/change"))
    assert first.submit(url(ahead, "/change"), title="Moved", ends="21:00").status_code == 302
    reply = second.submit(url(ahead, "/change"), place="Blue house")
    assert reply.status_code == 200
    assert "Somebody else changed this" in second.words
    assert "Moved" in second.words
    session.expire_all()
    assert place_words(session, session.get_one(Gathering, ahead.id)) == PLACE
    assert second.submit(url(ahead, "/change")).status_code == 302
    session.expire_all()
    assert place_words(session, session.get_one(Gathering, ahead.id)) == "Blue house"


def test_a_cancelled_gathering_says_so_and_does_not_change(page, session, cast, ahead):
    trainer = page.as_("trainer")
    trainer.get(url(ahead))
    assert trainer.post(url(ahead, "/cancel")).status_code == 302
    trainee = page.as_("trainee")
    trainee.get(url(ahead))
    assert "Cancelled" in trainee.words
    assert PLACE not in trainee.words
    assert trainer.get(url(ahead, "/change")).status_code == 302
    assert trainer.get(url(ahead, "/attendance")).status_code == 302


# reading and answering


def test_whoever_is_invited_reads_all_that_is_needed(page, cast, ahead):
    trainee = page.as_("trainee")
    assert trainee.get(url(ahead)).status_code == 200
    for words in (
        PLACE,
        "It touches on control.",
        "We listen in pairs.",
        "3 November 2026, 18:00 to 20:00",
        "America/New York",
        "Trainer",
        "Women only",
        "Rosa, +1 555 0100",
        "Safety first, 30 min cannot be missed",
    ):
        assert words in trainee.words, words


def test_a_link_is_a_link_and_words_are_words(page, session, cast, signed):
    made = make_gathering(session, cast, on=TOMORROW, place="https://meet.example.org/x?a=b")
    evil = make_gathering(session, cast, on=TOMORROW, place="javascript:alert(1)")
    session.commit()
    trainee = page.as_("trainee")
    trainee.get(url(made))
    link = trainee.soup.find("a", string=re.compile("Open the link"))
    assert link is None or link["href"] == "https://meet.example.org/x?a=b"
    assert trainee.soup.select('main a[href="https://meet.example.org/x?a=b"]')
    trainee.get(url(evil))
    assert not trainee.soup.select('main a[href^="javascript"]')


@pytest.mark.parametrize("who", ["classmate", "supervisor", "outsider"])
def test_to_whoever_is_not_invited_it_is_not_there(page, cast, ahead, who):
    client = page.as_(who)
    for more in ("", "/attendance", "/attendance/review", "/change"):
        assert client.get(url(ahead, more)).status_code == 404
    for more in ("/answer", "/cancel", "/attendance", "/change"):
        assert client.post(url(ahead, more), {"coming": "yes"}).status_code == 404


def test_whoever_is_invited_runs_nothing(page, cast, ahead):
    trainee = page.as_("trainee")
    for more in ("/attendance", "/attendance/review", "/change"):
        assert trainee.get(url(ahead, more)).status_code == 403
    for more in ("/cancel", "/attendance", "/attendance/review", "/change"):
        assert trainee.post(url(ahead, more)).status_code == 403


@pytest.mark.parametrize("path", ["", "/attendance", "/attendance/review"])
def test_titles_tell_nothing(page, cast, ahead, path):
    trainer = page.as_("trainer")
    trainer.get(url(ahead, path))
    assert "listening" not in trainer.soup.title.text.casefold()


def answer(client, gathering, coming):
    client.get(url(gathering))
    return client.post(url(gathering, "/answer"), {"coming": coming})


def test_cannot_come_needs_no_reason_and_may_be_taken_back(page, session, cast, ahead):
    trainee = page.as_("trainee")
    trainee.get(url(ahead))
    assert "You need give no reason" in trainee.words
    assert not trainee.soup.select("main textarea")
    assert answer(trainee, ahead, "no").status_code == 302
    trainee.get(url(ahead))
    assert "I can come after all" in trainee.words
    answer(trainee, ahead, "yes")
    session.expire_all()
    assert seat_of(session, ahead, cast.enrolment).expected


def test_an_answer_that_is_none_changes_nothing(page, session, cast, ahead):
    trainee = page.as_("trainee")
    for coming in ("", "maybe", "no\0w"):
        answer(trainee, ahead, coming)
    session.expire_all()
    assert seat_of(session, ahead, cast.enrolment).expected


STAFF_PAGES = ("", "/attendance", "/attendance/review", "/change")


def staff_sees(page, who, gathering):
    client = page.as_(who)
    client.get(url(gathering))
    pages = [re.sub(r"\s+", " ", client.words)]
    for more in STAFF_PAGES[1:]:
        client.get(url(gathering, more))
        pages.append(client.words)
    return pages


@pytest.mark.parametrize("who", ["trainer", "coordinator"])
def test_staff_cannot_tell_a_refusal_from_silence(page, session, cast, joint, who):
    before = staff_sees(page, who, joint)
    answer(page.as_("trainee"), joint, "no")
    assert staff_sees(page, who, joint) == before
    assert before[0].count("Not expected") == 2
    answer(page.as_("trainee"), joint, "yes")
    assert staff_sees(page, who, joint) != before
    answer(page.as_("trainee"), joint, "no")
    assert staff_sees(page, who, joint) == before


def test_whoever_is_invited_sees_nobody_elses_answer(page, session, cast, joint):
    answer(page.as_("classmate"), joint, "yes")
    trainee = page.as_("trainee")
    for path in ("/gatherings", url(joint), "/today"):
        trainee.get(path)
        assert "Classmate" not in trainee.words


def test_story_sharing_shows_no_place_before_the_trust_agreement(page, session, cast, signed):
    made = make_gathering(session, cast, kind=GatheringKind.STORY_SHARING, on=TOMORROW)
    session.commit()
    trainee = page.as_("trainee")
    reply = trainee.get(url(made))
    assert PLACE.encode() not in reply.data
    assert "written its trust agreement" in trainee.words
    make_trust(session, cast)
    session.commit()
    reply = trainee.get(url(made))
    assert PLACE.encode() not in reply.data
    [gate] = trainee.soup.select('main a[href="/trust-agreement"]')
    trainee.get(gate["href"])
    assert trainee.submit("/trust-agreement").status_code == 302
    trainee.get(url(made))
    assert PLACE in trainee.words
    make_trust(session, cast, begun_from=1, conflict="We wait a day.")
    session.commit()
    assert PLACE.encode() not in trainee.get(url(made)).data
    trainee.get("/today")
    assert "after the trust agreement" in trainee.words


def test_staff_see_who_has_not_acknowledged(page, session, cast, signed):
    made = make_gathering(session, cast, kind=GatheringKind.STORY_SHARING, on=TOMORROW)
    agreement = make_trust(session, cast)
    session.commit()
    trainer = page.as_("trainer")
    trainer.get(url(made))
    assert "has not acknowledged the trust agreement" in trainer.words
    acknowledge(session, cast.enrolment, agreement)
    session.commit()
    trainer.get(url(made))
    assert "has not acknowledged" not in trainer.words


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda cast: setattr(cast.organisation, "duty_reach", ""), "whom you can turn to"),
        (lambda cast: setattr(cast.enrolment, "state", "paused"), "You stepped back"),
    ],
)
def test_what_holds_practice_shuts_gatherings(page, session, cast, ahead, make, words):
    session.merge(cast.enrolment)
    make(cast)
    session.commit()
    trainee = page.as_("trainee")
    reply = trainee.get(url(ahead))
    assert PLACE.encode() not in reply.data
    assert words in trainee.words


def test_before_the_agreements_are_signed_it_is_shut(page, session, cast):
    made = make_gathering(session, cast, on=TOMORROW)
    session.commit()
    trainee = page.as_("trainee")
    assert PLACE.encode() not in trainee.get(url(made)).data
    assert "signed the agreements" in trainee.words


def test_a_name_somebody_gave_stays_words(page, session, cast, signed):
    evil = "<img src=x onerror=alert(1)>"
    made = make_gathering(session, cast, on=TOMORROW, title=evil, words=evil, content_note=evil)
    session.commit()
    for who in ("trainee", "trainer"):
        assert b"<img src=x" not in page.as_(who).get(url(made)).data


# attendance


def sheet_data(session, gathering, marks, **more):
    """Return what the sheet sends; marks are answers by the id of the place."""
    seats = {
        row.enrolment_id: row.public_id
        for row in session.scalars(select(Seat).where(Seat.gathering_id == gathering.id))
    }
    body = dict(more)
    for place, answers in marks.items():
        for number, (at, late) in enumerate(answers):
            body[control_name("at", seats[place], number)] = at
            body[control_name("late", seats[place], number)] = late
    return body


def places(session, cast):
    return [get_place(session, person.id).id for person in (cast.trainee, cast.classmate)]


def test_attendance_is_taken_looked_over_and_put_on_record(page, session, cast, over):
    own, other = places(session, cast)
    marks = {own: [("here", "5"), ("here", "20")], other: [("here", ""), ("away", "")]}
    trainer = page.as_("trainer")
    trainer.get(url(over, "/attendance"))
    reply = trainer.submit(
        url(over, "/attendance"), **sheet_data(session, over, marks, do="review")
    )
    assert reply.location.endswith("/attendance/review")
    assert session.scalars(select(Attendance)).all() == []
    trainer.get(url(over, "/attendance/review"))
    assert "Was here, 5 min late, counts in full" in trainer.words
    assert "Was here, 20 min late, counts for 10 min" in trainer.words
    assert trainer.submit(url(over, "/attendance/review")).status_code == 302
    trainer.get(url(over))
    assert "Attendance is on record" in trainer.words
    assert "1 h 10 min" in trainer.words
    trainee = page.as_("trainee")
    trainee.get(url(over))
    assert "To make up: Safety first" in trainee.words
    assert "Counts for 1 h 10 min" in trainee.words
    trainee.get("/gatherings")
    assert "to make up: Safety first" in trainee.words
    assert "Classmate" not in trainee.words


def test_one_button_marks_everybody_who_is_not_marked(page, session, cast, over):
    _own, other = places(session, cast)
    trainer = page.as_("trainer")
    trainer.get(url(over, "/attendance"))
    data = sheet_data(session, over, {other: [("away", ""), ("", "")]}, do="all")
    assert trainer.submit(url(over, "/attendance"), **data).status_code == 302
    trainer.get(url(over, "/attendance"))
    ticked = [one["value"] for one in trainer.soup.select("main input[type=radio][checked]")]
    assert sorted(ticked) == ["away", "here", "here", "here"]


def test_a_half_filled_sheet_is_kept_and_named(page, session, cast, over):
    own, _ = places(session, cast)
    trainer = page.as_("trainer")
    trainer.get(url(over, "/attendance"))
    marks = {own: [("here", "soon"), ("here", "45")]}
    trainer.submit(url(over, "/attendance"), **sheet_data(session, over, marks, do="review"))
    trainer.get(url(over, "/attendance/review"))
    for words in ("Write whole minutes", "This part was over by then", "Choose “was here” or"):
        assert words in trainer.words
    assert not trainer.soup.select('main form[method="post"]')
    reply = trainer.post(url(over, "/attendance/review"), {"draft_version": "1"})
    assert reply.status_code == 302
    assert session.scalars(select(Attendance)).all() == []
    trainer.get(url(over, "/attendance"))
    assert "soon" in [one["value"] for one in trainer.soup.select("main input[type=text]")]


def test_a_sheet_is_sealed_while_it_is_a_draft(page, session, cast, over):
    own, _ = places(session, cast)
    trainer = page.as_("trainer")
    trainer.get(url(over, "/attendance"))
    trainer.submit(
        url(over, "/attendance"), **sheet_data(session, over, {own: [("here", ""), ("here", "")]})
    )
    sealed = session.scalars(select(Draft.sealed).where(Draft.key.like("attendance:%"))).one()
    assert b"here" not in sealed


def test_two_devices_see_what_the_other_has_set(page, session, cast, over):
    own, other = places(session, cast)
    phone, desk = page.as_("trainer"), page.as_("trainer")
    for client in (phone, desk):
        client.get(url(over, "/attendance"))
    there = {own: [("here", ""), ("here", "")], other: [("here", ""), ("here", "")]}
    phone.submit(url(over, "/attendance"), **sheet_data(session, over, there))
    away = there | {own: [("away", ""), ("here", "")]}
    reply = desk.submit(url(over, "/attendance"), **sheet_data(session, over, away))
    assert reply.status_code == 409
    assert "On the other page" in desk.words
    assert "Listening: Was not here" in desk.words
    assert "Listening: Was here" in desk.words
    assert "Classmate" not in desk.words.split("Expected")[0]
    assert desk.submit(url(over, "/attendance")).status_code == 302


def test_the_second_to_close_is_shown_where_they_differ(page, session, cast, over):
    own, other = places(session, cast)
    first, second = page.as_("trainer"), page.as_("second_trainer")
    there = {own: [("here", ""), ("here", "")], other: [("here", ""), ("here", "")]}
    for client, marks in ((first, there), (second, there | {own: [("away", ""), ("away", "")]})):
        client.get(url(over, "/attendance"))
        client.submit(url(over, "/attendance"), **sheet_data(session, over, marks, do="review"))
        client.get(url(over, "/attendance/review"))
    assert first.submit(url(over, "/attendance/review")).status_code == 302
    reply = second.submit(url(over, "/attendance/review"))
    assert reply.location.endswith("/attendance")
    assert second.get(url(over, "/attendance")).status_code == 200
    assert "Attendance is on record already" in second.words
    assert "Trainee You had begun Listening: Was not here" in second.words
    assert len(session.scalars(select(Attendance)).all()) == 2


def test_before_it_is_over_nothing_goes_on_record(page, session, cast, signed):
    made = make_gathering(session, cast, on=TODAY)
    session.commit()
    trainer = page.as_("trainer")
    trainer.get(url(made, "/attendance"))
    marks = {cast.enrolment.id: [("here", ""), ("here", "")]}
    trainer.submit(url(made, "/attendance"), **sheet_data(session, made, marks))
    trainer.get(url(made, "/attendance/review"))
    assert "Not open yet" in trainer.words
    trainer.post(url(made, "/attendance/review"), {"draft_version": "1"})
    assert session.scalars(select(Attendance)).all() == []


def test_a_trainer_who_trains_here_is_not_on_their_own_sheet(page, session, cast, signed):
    own = make_enrolment(session, cast.trainer, cast.cohort)
    made = make_gathering(session, cast, [cast.enrolment, own])
    session.commit()
    trainer = page.as_("trainer")
    trainer.get(url(made, "/attendance"))
    legends = [one.text.strip() for one in trainer.soup.select("fieldset.person > legend")]
    assert legends == ["Trainee"]
    assert "Somebody else records you" in trainer.words
    close(session, made, {cast.enrolment.id: THERE}, by=cast.trainer)
    session.commit()
    seat = seat_of(session, made, own).public_id
    assert trainer.get(f"/gatherings/seats/{seat}").status_code == 403
    assert page.as_("second_trainer").get(f"/gatherings/seats/{seat}").status_code == 200


# one person's attendance


@pytest.fixture
def seat(session, cast, over):
    """Return the seat of the trainee, who missed the part that cannot be missed."""
    own, other = places(session, cast)
    close(session, over, {own: (0, None), other: THERE}, by=cast.trainer)
    session.commit()
    return seat_of(session, over, cast.enrolment)


def seat_url(seat, more=""):
    return f"/gatherings/seats/{seat.public_id}{more}"


def test_a_correction_has_a_reason_and_the_history_stays(page, session, cast, seat):
    trainer = page.as_("second_trainer")
    trainer.get(seat_url(seat))
    data = trainer.form_data(seat_url(seat)) | {control_name("at", seat.public_id, 1): "here"}
    reply = trainer.post(seat_url(seat), data)
    assert reply.status_code == 200
    assert "why it is corrected" in trainer.words
    data["reason"] = "She came in by the other door."
    assert trainer.post(seat_url(seat), data).status_code == 302
    trainer.get(seat_url(seat))
    assert "other door" in trainer.words
    assert "Replaced by a newer one" in trainer.words
    assert trainer.post(seat_url(seat), data).status_code == 200
    assert len(session.scalars(select(Attendance)).all()) == 3


def test_a_make_up_is_recorded_and_taken_back(page, session, cast, seat):
    trainer = page.as_("trainer")
    trainer.get(seat_url(seat, "/make-up"))
    data = trainer.form_data()
    assert data["parts"] == ["1"]
    data |= {"way": "conversation", "duration-minutes": "45", "duration-hours": ""}
    assert trainer.post(seat_url(seat, "/make-up"), data).status_code == 200
    assert "more time than was missed" in trainer.words
    data |= {"duration-minutes": "30"}
    assert trainer.post(seat_url(seat, "/make-up"), data).status_code == 200
    assert "Say where it took place" in trainer.words
    data |= {"medium": "video"}
    assert trainer.post(seat_url(seat, "/make-up"), data).status_code == 302
    trainee = page.as_("trainee")
    trainee.get(f"/gatherings/{session.get_one(Gathering, seat.gathering_id).public_id}")
    assert "Made up on 2 November 2026: In a conversation, 30 min." in trainee.words
    assert "Met" in trainee.words
    trainer.get(seat_url(seat))
    made = session.scalars(select(MakeUp.public_id)).one()
    assert trainer.post(seat_url(seat, "/take-back"), {"make_up": made}).status_code == 302
    assert trainer.post(seat_url(seat, "/take-back"), {"make_up": "x" * 99}).status_code == 302
    trainer.get(seat_url(seat))
    assert "Record a make-up" in trainer.words


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("trainee", 403),
        ("classmate", 404),
        ("supervisor", 403),
        ("outsider", 404),
        ("coordinator", 200),
        ("trainer", 200),
    ],
)
def test_who_opens_the_page_of_one_seat(page, cast, seat, who, status):
    assert page.as_(who).get(seat_url(seat)).status_code == status


@pytest.mark.parametrize(
    ("who", "status", "title"),
    [
        ("trainee", 200, True),
        ("trainer", 200, True),
        ("coordinator", 200, True),
        ("supervisor", 200, False),
        ("host", 200, False),
        ("classmate", 404, False),
        ("outsider", 404, False),
        ("evaluator", 404, False),
        ("administrator", 404, False),
    ],
)
def test_who_reads_attendance_and_what_it_was_about(page, session, cast, seat, who, status, title):
    for name, role in (
        ("host", "host-manager"),
        ("evaluator", "evaluator"),
        ("administrator", "administrator"),
    ):
        cast.people[name] = make_person(session, name, cast.organisation)
        grant(session, cast.people[name], role)
    session.commit()
    client = page.as_(who)
    reply = client.get(f"/enrolments/{cast.enrolment.public_id}/attendance")
    assert reply.status_code == status
    assert ("Evening of listening" in client.words) == title
    if status == 200:
        assert "1 November 2026" in client.words


def test_attendance_flows_into_what_is_still_missing(page, session, cast, seat):
    trainee = page.as_("trainee")
    trainee.get("/progress")
    assert "A part that cannot be missed is still to be made up." in trainee.words
    assert "A gathering: teaching" in trainee.words


def test_what_was_not_asked_is_not_told_of(page, session, cast, joint):
    past = {"begins_at": NOW - timedelta(hours=3), "ends_at": NOW - timedelta(hours=1)}
    session.execute(update(Gathering).values(**past))
    session.commit()
    session.expire_all()
    other = get_place(session, cast.classmate.id)
    close(session, session.get_one(Gathering, joint.id), {other.id: THERE}, by=cast.trainer)
    session.commit()
    trainee = page.as_("trainee")
    trainee.get("/gatherings")
    assert "Evening of listening" not in trainee.words
    trainee.get(f"/enrolments/{cast.enrolment.public_id}/attendance")
    assert "Nothing on record yet" in trainee.words


# lists and Today


def test_the_list_of_a_cohort_names_what_is_to_be_done(page, session, cast, seat):
    make_gathering(session, cast, [cast.enrolment])
    session.commit()
    trainer = page.as_("trainer")
    trainer.get(f"/cohorts/{cast.cohort.public_id}/gatherings")
    for words in ("No trust agreement yet", "Over, attendance to be taken", "To be made up"):
        assert words in trainer.words
    assert trainer.soup.select(f'main a[href="{seat_url(seat)}"]')


def test_today_shows_a_trainee_what_comes_and_the_trust_agreement(page, session, cast, ahead):
    make_trust(session, cast)
    session.commit()
    trainee = page.as_("trainee")
    trainee.get("/today")
    assert "Next gatherings" in trainee.words
    assert "Evening of listening 3 November 2026, 18:00" in trainee.words
    assert "Read your group's trust agreement" in trainee.words
    classmate = page.as_("classmate")
    classmate.get("/today")
    assert "Evening of listening" not in classmate.words


def test_today_tells_a_trainer_of_sheets_and_of_somebody_who_joined(page, session, cast, over):
    make_trust(session, cast, now=NOW - timedelta(days=5))
    place = make_enrolment(session, make_person(session, "ana", cast.organisation), cast.cohort)
    place.recorded_at = NOW - timedelta(days=1)
    session.commit()
    trainer = page.as_("trainer")
    trainer.get("/today")
    assert "1 gathering whose attendance is to be taken" in trainer.words
    assert "1 trust agreement to look at again: somebody has joined" in trainer.words
    second = page.as_("second_trainer")
    second.get("/today")
    assert "attendance is to be taken" not in second.words
    assert "1 trust agreement to look at again" in second.words
    supervisor = page.as_("supervisor")
    supervisor.get("/today")
    assert "trust agreement" not in supervisor.words


def test_cancelled_ones_leave_today(page, session, cast, ahead):
    cancel_gathering(session, cast.trainer.id, ahead, now=NOW)
    session.commit()
    trainee = page.as_("trainee")
    trainee.get("/today")
    assert "Next gatherings" not in trainee.words


@pytest.mark.parametrize("who", ["trainee", "trainer", "coordinator"])
def test_gatherings_stand_in_the_menu(page, cast, who):
    client = page.as_(who)
    client.get("/gatherings")
    assert client.soup.select('a[href="/gatherings"][aria-current]')


# the trust agreement


def trust_url(cast, more=""):
    return f"/cohorts/{cast.cohort.public_id}/trust-agreement{more}"


def write(page, cast, who="trainer", **changes):
    client = page.as_(who)
    client.get(trust_url(cast, "/write"))
    texts = {section.value: text for section, text in TEXTS.items()} | changes
    return client, client.submit(trust_url(cast, "/write"), **texts)


def test_it_is_written_read_and_acknowledged(page, session, cast):
    _, reply = write(page, cast)
    assert reply.status_code == 302
    trainee = page.as_("trainee")
    trainee.get("/trust-agreement")
    for text in TEXTS.values():
        assert text in trainee.words
    assert trainee.submit("/trust-agreement").status_code == 302
    row = session.scalars(select(TrustAcknowledgement)).one()
    agreement = session.scalars(select(TrustAgreement)).one()
    assert row.text_hash == agreement.text_hash
    trainee.get("/trust-agreement")
    assert "You acknowledged it on" in trainee.words
    trainer = page.as_("trainer")
    trainer.get(trust_url(cast))
    assert "Not acknowledged in this version yet: Classmate." in trainer.words


def test_a_new_version_shows_what_changed_and_asks_again(page, session, cast):
    acknowledge(session, cast.enrolment, make_trust(session, cast))
    make_trust(session, cast, begun_from=1, conflict="We wait a day.")
    session.commit()
    trainee = page.as_("trainee")
    trainee.get("/trust-agreement")
    assert "You acknowledged version 1." in trainee.words
    assert "Taken out We say it to each other" in trainee.words
    assert "Added We wait a day." in trainee.words
    trainee.get("/trust-agreement/1")
    assert TEXTS["conflict"] in trainee.words
    assert trainee.get("/trust-agreement/3").status_code == 404


def test_an_acknowledgement_of_an_older_text_is_asked_for_again(page, session, cast):
    make_trust(session, cast)
    session.commit()
    trainee = page.as_("trainee")
    trainee.get("/trust-agreement")
    make_trust(session, cast, begun_from=1, conflict="We wait a day.")
    session.commit()
    assert trainee.submit("/trust-agreement").location.endswith("/trust-agreement")
    assert session.scalars(select(TrustAcknowledgement)).all() == []


@pytest.mark.parametrize(
    ("who", "own", "staff"),
    [
        ("trainee", 200, 403),
        ("classmate", 200, 403),
        ("trainer", 403, 200),
        ("second_trainer", 403, 200),
        ("coordinator", 403, 200),
        ("supervisor", 403, 403),
        ("outsider", 403, 404),
    ],
)
def test_everybody_of_the_cohort_reads_it_and_nobody_outside(page, session, cast, who, own, staff):
    make_trust(session, cast)
    session.commit()
    client = page.as_(who)
    assert client.get("/trust-agreement").status_code == own
    assert client.get("/trust-agreement/1").status_code == own
    assert client.get(trust_url(cast)).status_code == staff
    assert client.get(trust_url(cast, "/1")).status_code == staff


def test_a_text_stays_a_text_whatever_is_in_it(page, session, cast):
    evil = (
        "<script>alert(1)</script> [go](javascript:alert(2)) ![x](https://evil.example/x.png)\n\n"
        + "> " * 60
        + "deep"
    )
    write(page, cast, participation=evil)
    for client, path in (
        (page.as_("trainee"), "/trust-agreement"),
        (page.as_("trainer"), trust_url(cast)),
    ):
        reply = client.get(path)
        assert b"<script>alert" not in reply.data
        assert b"evil.example/x.png" not in b"".join(re.findall(rb"<img[^>]*>", reply.data))
        assert not client.soup.select('main a[href^="javascript"]')


def test_two_who_write_at_once_see_both_texts(page, session, cast):
    first, second = page.as_("trainer"), page.as_("coordinator")
    texts = {section.value: text for section, text in TEXTS.items()}
    for client in (first, second):
        client.get(trust_url(cast, "/write"))
    first.submit(trust_url(cast, "/write"), **texts)
    reply = second.submit(trust_url(cast, "/write"), **texts | {"conflict": "We wait a day."})
    assert reply.status_code == 409
    assert "What holds now" in second.words
    assert TEXTS["conflict"] in second.words
    assert second.soup.find("textarea", attrs={"name": "conflict"}).text.strip() == "We wait a day."
    assert second.submit(trust_url(cast, "/write")).status_code == 302
    assert len(session.scalars(select(TrustAgreement)).all()) == 2


def test_a_draft_begun_on_an_older_version_shows_what_holds_now(page, session, cast):
    make_trust(session, cast)
    session.commit()
    trainer = page.as_("trainer")
    trainer.get(trust_url(cast, "/write"))
    body = {section.value: text for section, text in TEXTS.items()} | {"begun_from": "1"}
    reply = trainer.client.put(
        f"/drafts/trust:{cast.cohort.public_id}",
        json={"body": body | {"conflict": "Mine."}, "base_version": 0, "op_id": "a"},
        headers={"X-CSRFToken": trainer.token()},
    )
    assert reply.status_code == 200
    make_trust(session, cast, begun_from=1, conflict="Theirs.")
    session.commit()
    trainer.get(trust_url(cast, "/write"))
    assert trainer.soup.find("textarea", attrs={"name": "conflict"}).text.strip() == "Mine."
    assert "Theirs." in trainer.words


def test_it_is_kept_when_somebody_has_joined(page, session, cast):
    make_trust(session, cast, now=NOW - timedelta(days=5))
    place = make_enrolment(session, make_person(session, "ana", cast.organisation), cast.cohort)
    place.recorded_at = NOW - timedelta(days=1)
    session.commit()
    trainer = page.as_("trainer")
    trainer.get(trust_url(cast))
    assert "joined since the trust agreement was last looked at" in trainer.words
    assert "Ana" in trainer.words
    assert trainer.post(trust_url(cast, "/keep")).status_code == 302
    trainer.get(trust_url(cast))
    assert "joined since" not in trainer.words
    assert "Looked at again and kept on: 2 November 2026." in trainer.words


def test_half_a_text_is_kept_on_the_page(page, session, cast):
    client, reply = write(page, cast, conflict="")
    assert reply.status_code == 200
    assert client.soup.find("textarea", attrs={"name": "confidentiality"}).text.strip()
    assert session.scalars(select(TrustAgreement)).all() == []


def test_nobody_acknowledges_where_nothing_is_written(page, session, cast):
    trainee = page.as_("trainee")
    trainee.get("/trust-agreement")
    assert "Nothing is written yet" in trainee.words
    trainee.post("/trust-agreement", {"shown": "1", "shown_hash": "x"})
    assert session.scalars(select(TrustAcknowledgement)).all() == []
    assert session.get_one(Enrolment, cast.enrolment.id).facts_version == 0
