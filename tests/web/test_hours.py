"""The hours ledger as its people use it."""

import pytest
from sqlalchemy import select

from lms.models import AuditEntry, Confirmation, ContentVersion, HoursEntry, Signature
from tests.cast import NOW, TODAY
from tests.certifying import confirm


@pytest.fixture
def signed(session, cast):
    """Sign both agreements for the trainee, so that practice is open."""
    for version in session.scalars(
        select(ContentVersion).where(ContentVersion.kind == "agreement")
    ):
        session.add(
            Signature(
                enrolment_id=cast.enrolment.id,
                happened_on=TODAY,
                recorded_at=NOW,
                person_id=cast.trainee.id,
                agreement=version.slug,
                version_id=version.id,
                version_number=version.number,
                text_hash="0" * 64,
                name_typed="Trainee",
            )
        )
    session.commit()


def entry_data(cast, **changed):
    """Return what a good form sends."""
    return {
        "happened_on": "2026-11-01",
        "duration-hours": "1",
        "duration-minutes": "30",
        "kind": "individual",
        "medium": "video",
        "supervisor": str(cast.supervisor.id),
        "summary": "We talked about boundaries.",
        **changed,
    }


def logged(session):
    """Return the one entry there is."""
    session.expire_all()
    return session.scalars(select(HoursEntry)).one()


def test_hours_wait_until_the_agreements_are_signed(page, cast):
    """Practice is held, the page says so, and a form sent all the same saves nothing."""
    trainee = page.as_("trainee")
    trainee.get("/hours")
    assert "signed the agreements" in trainee.words
    trainee.get("/hours/new")
    trainee.submit("/hours/new", **entry_data(cast))
    assert "signed the agreements" in trainee.words


def test_an_entry_is_logged_confirmed_and_then_stays(page, session, cast, signed):
    """The whole way of one entry."""
    trainee = page.as_("trainee")
    trainee.get("/hours/new")
    assert trainee.submit("/hours/new", **entry_data(cast)).status_code == 302
    entry = logged(session)
    assert (entry.state, entry.minutes) == ("submitted", 90)
    supervisor = page.as_("supervisor")
    supervisor.get("/confirmations")
    assert "We talked about boundaries." in supervisor.words
    data = {"version": str(entry.version)}
    assert supervisor.post(f"/hours/{entry.public_id}/confirm", data).status_code == 302
    assert logged(session).state == "confirmed"
    trainee.get(f"/hours/{entry.public_id}/change")
    trainee.submit(f"/hours/{entry.public_id}/change", **entry_data(cast))
    assert logged(session).minutes == 90
    acts = set(session.scalars(select(AuditEntry.act)))
    assert {"hours-submitted", "hours-confirmed"} <= acts


def test_the_same_form_sent_twice_makes_one_entry(page, session, cast, signed):
    """A replay leads to the entry that is there."""
    trainee = page.as_("trainee")
    trainee.get("/hours/new")
    data = {**trainee.form_data(), **entry_data(cast)}
    first = trainee.client.post("/hours/new", data=data)
    second = trainee.client.post("/hours/new", data=data)
    assert first.location == second.location
    assert logged(session).state == "submitted"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"happened_on": "2030-01-01"}, "still to come"),
        ({"happened_on": "2020-01-01"}, "before you joined"),
        ({"happened_on": "never"}, "Write a date that there is"),
        ({"duration-hours": "", "duration-minutes": ""}, "how long"),
        ({"duration-hours": "99"}, "at most 24 hours"),
        ({"kind": "group", "group_size": ""}, "how many were in the group"),
        ({"split_0-minutes": "20"}, "do not add up"),
        ({"kind": "group", "group_size": "many"}, "Write a whole number"),
        ({"kind": "over tea"}, "Choose one from the list"),
        ({"supervisor": "1"}, "Choose one from the list"),
        ({"supervisor": "her"}, "Choose one from the list"),
        ({"summary": "x" * 2001}, "at most 2000"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    page, session, cast, signed, changed, words
):
    """Nothing is saved, and the words are still there."""
    trainee = page.as_("trainee")
    trainee.get("/hours/new")
    reply = trainee.submit("/hours/new", **entry_data(cast, **changed))
    assert reply.status_code == 200
    assert words.lower() in trainee.words.lower()
    assert session.scalars(select(HoursEntry)).all() == []


def test_a_returned_entry_carries_its_note_and_is_sent_again(page, session, cast, signed):
    """The trainee reads why, mends it, and sends it."""
    trainee = page.as_("trainee")
    trainee.get("/hours/new")
    trainee.submit("/hours/new", **entry_data(cast))
    address = f"/hours/{logged(session).public_id}"
    supervisor = page.as_("supervisor")
    supervisor.get(address)
    supervisor.submit(f"{address}/return", note="Please add the split.")
    trainee.get(address)
    assert "Please add the split." in trainee.words
    trainee.get(f"{address}/change")
    trainee.submit(f"{address}/change", **{"act": "send", "duration-minutes": "45"})
    assert (logged(session).state, logged(session).minutes) == ("submitted", 105)


@pytest.mark.parametrize(
    ("note", "words"), [("  ", "Write something here"), ("x" * 2001, "at most 2000")]
)
def test_a_note_that_cannot_be_sent_returns_nothing_and_stays(
    page, session, cast, signed, note, words
):
    """Why it was not taken stands at the note, which is open, and the entry stays where it is."""
    trainee = page.as_("trainee")
    trainee.get("/hours/new")
    trainee.submit("/hours/new", **entry_data(cast))
    address = f"/hours/{logged(session).public_id}"
    supervisor = page.as_("supervisor")
    supervisor.get(address)
    supervisor.submit(f"{address}/return", note=note)
    assert words in supervisor.words
    box = supervisor.soup.find("textarea", attrs={"name": "note"})
    assert box.text.strip() == note.strip()
    assert box.find_parent("details").has_attr("open")
    assert logged(session).state == "submitted"


def test_a_note_on_what_was_changed_meanwhile_is_not_sent_and_not_lost(page, session, cast, signed):
    """Taken back and sent again with another length: the note was on the earlier one."""
    trainee, supervisor = page.as_("trainee"), page.as_("supervisor")
    trainee.get("/hours/new")
    trainee.submit("/hours/new", **entry_data(cast))
    address = f"/hours/{logged(session).public_id}"
    supervisor.get(address)
    trainee.get(address)
    trainee.submit(f"{address}/take-back")
    supervisor.submit(f"{address}/return", note="Too long, I think.")
    assert "has moved on" in supervisor.words
    assert "Too long, I think." in supervisor.words
    assert logged(session).state == "draft"
    trainee.get(f"{address}/change")
    trainee.submit(f"{address}/change", **{"act": "send", "duration-minutes": "45"})
    reply = supervisor.post(f"{address}/return", {"note": "Too long, I think.", "version": "1"})
    assert "changed meanwhile" in reply.get_data(as_text=True)
    assert logged(session).state == "submitted"


def test_an_entry_changed_meanwhile_is_not_signed_unseen(page, session, cast, signed):
    """The version that was read is the version that is signed."""
    trainee = page.as_("trainee")
    trainee.get("/hours/new")
    trainee.submit("/hours/new", **entry_data(cast))
    entry = logged(session)
    page.as_("supervisor").post(f"/hours/{entry.public_id}/confirm", {"version": "99"})
    assert session.scalars(select(Confirmation)).all() == []


def test_a_confirmation_is_taken_back_with_a_reason(page, session, cast, signed):
    """The entry stops counting and a correction may follow."""
    trainee = page.as_("trainee")
    trainee.get("/hours/new")
    trainee.submit("/hours/new", **entry_data(cast))
    entry = logged(session)
    supervisor = page.as_("supervisor")
    supervisor.post(f"/hours/{entry.public_id}/confirm", {"version": str(entry.version)})
    supervisor.get(f"/hours/{entry.public_id}")
    supervisor.submit(f"/hours/{entry.public_id}/withdraw-confirmation", note=" ")
    assert "Your note was not sent" in supervisor.words
    assert logged(session).state == "confirmed"
    supervisor.post(f"/hours/{entry.public_id}/withdraw-confirmation", {"note": "Wrong day."})
    assert logged(session).state == "withdrawn"
    trainee.get(f"/hours/{entry.public_id}/correct")
    reply = trainee.submit(f"/hours/{entry.public_id}/correct", **entry_data(cast))
    assert reply.status_code == 302
    assert len(session.scalars(select(HoursEntry)).all()) == 2


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("trainee", 200),
        ("supervisor", 200),
        ("trainer", 200),
        ("coordinator", 200),
        ("classmate", 404),
        ("outsider", 404),
        ("visitor", 302),
    ],
)
def test_who_may_read_an_entry(page, session, cast, signed, who, status):
    """The visibility table, for one entry."""
    trainee = page.as_("trainee")
    trainee.get("/hours/new")
    trainee.submit("/hours/new", **entry_data(cast))
    assert page.as_(who).get(f"/hours/{logged(session).public_id}").status_code == status


@pytest.mark.parametrize(
    ("who", "status"),
    [("trainee", 403), ("trainer", 403), ("coordinator", 403), ("classmate", 404)],
)
def test_only_the_supervisor_named_confirms(page, session, cast, signed, who, status):
    """Nobody confirms for themselves, and nobody else's supervisor does."""
    trainee = page.as_("trainee")
    trainee.get("/hours/new")
    trainee.submit("/hours/new", **entry_data(cast))
    entry = logged(session)
    reply = page.as_(who).post(f"/hours/{entry.public_id}/confirm", {"version": "1"})
    assert reply.status_code == status
    assert logged(session).state == "submitted"


def test_what_counts_of_the_confirmed_hours_is_said_and_why_the_rest_does_not(page, session, cast):
    """At most four hours in a group count."""
    group = confirm(session, cast.enrolment, cast.supervisor, 300)
    group.kind, group.group_size = "group", 5
    confirm(session, cast.enrolment, cast.supervisor, 60)
    session.commit()
    trainee = page.as_("trainee")
    trainee.get("/hours")
    assert "5 h of 6 h counts." in trainee.words
    assert "1 h: At most 4 h of this kind counts." in trainee.words


def test_without_confirmed_hours_nothing_is_said_of_counting(page):
    """There is nothing to count yet."""
    trainee = page.as_("trainee")
    trainee.get("/hours")
    assert "What counts towards the programme" not in trainee.words
