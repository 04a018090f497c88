"""What supervisors and trainers bring: kept per person, and weighed as it stood on the day."""

from datetime import date

import pytest
from sqlalchemy import select, update

from lms.models import AuditEntry, Enrolment, Person, Qualification
from lms.rules.evidence import (
    QualificationClaim,
    QualificationKind,
    QualificationState,
)
from lms.services.evidence import keep_qualification, move_qualification
from lms.services.record import load_records, one_place, record_of
from tests.cast import NOW, TODAY
from tests.certifying import confirm


def address(cast, kind="", who="supervisor"):
    """Return the address of what somebody brings, or of the form that adds to it."""
    own = f"/people/{cast.people[who].public_id}/qualifications"
    return f"{own}/new?kind={kind}" if kind else own


def add(client, cast, kind="credential", who="supervisor", **fields):
    """Add one thing through its form."""
    url = address(cast, kind, who)
    client.get(url)
    sent = {**client.form_data(), "since": "2020-01-01", **fields}
    return client._look(client.client.post(url, data=sent))


def held(session, cast):
    """Return what the verdict reads of the supervisor."""
    _, record = record_of(session, cast.enrolment.id)
    person = record.people.get(cast.supervisor.public_id)
    return person.qualifications if person else ()


def test_a_coordinator_puts_on_record_and_verdicts_read_it(page, session, cast):
    office = page.as_("coordinator")
    office.get(f"/people/{cast.supervisor.public_id}")
    assert address(cast) in {link["href"] for link in office.soup.select("main a[href]")}
    before = session.get_one(Enrolment, cast.enrolment.id).facts_version
    assert add(office, cast, name="", other="CPS", number="A-1 山").status_code == 302
    add(office, cast, "training", name="train-the-trainer", since="2021-01-01")
    add(office, cast, "practice", hours="1500", since="2025-12-31")
    office.get(address(cast))
    for words in ("CPS", "Train the trainer", "1500 hours practised", "On record"):
        assert words in office.words
    found = held(session, cast)
    assert [one.credential or one.training or one.hours_practised for one in found] == [
        "cps",
        "train-the-trainer",
        1500,
    ]
    session.expire_all()
    assert session.get_one(Enrolment, cast.enrolment.id).facts_version == before + 3
    row = session.scalars(select(Qualification).where(Qualification.kind == "credential")).one()
    assert b"A-1" not in row.number
    office.get(f"/qualifications/{row.entry}")
    assert "A-1 山" in office.words
    assert "qualification-on-record" in set(session.scalars(select(AuditEntry.act)))


def test_what_one_hands_in_counts_once_a_coordinator_has_looked(page, session, cast):
    supervisor = page.as_("supervisor")
    supervisor.get("/account")
    supervisor.get("/qualifications", follow_redirects=True)
    assert add(supervisor, cast, other="CPS").status_code == 302
    assert held(session, cast) == ()
    office = page.as_("coordinator")
    office.get("/today")
    assert "1 qualification to look at" in office.words
    entry = session.scalars(select(Qualification)).one().entry
    office.get("/evidence")
    assert "A qualification" in office.words
    assert supervisor.post(f"/qualifications/{entry}/accept").status_code == 403
    assert office.post(f"/qualifications/{entry}/accept").status_code == 302
    assert [one.credential for one in held(session, cast)] == ["cps"]


def test_it_is_given_back_with_a_note_or_taken_back(page, session, cast):
    supervisor, office = page.as_("supervisor"), page.as_("coordinator")
    add(supervisor, cast, other="CPS")
    first = session.scalars(select(Qualification)).one().entry
    assert office.post(f"/qualifications/{first}/return", {"note": ""}).status_code == 200
    office.post(f"/qualifications/{first}/return", {"note": "Which board?"})
    supervisor.get(f"/qualifications/{first}")
    assert "Which board?" in supervisor.words
    add(supervisor, cast, other="CPS")
    second = session.scalars(
        select(Qualification.entry).where(Qualification.state == "handed-in")
    ).all()[-1]
    assert supervisor.post(f"/qualifications/{second}/take-back").status_code == 302
    assert held(session, cast) == ()


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("credential", {"name": "", "other": " ? "}, "Choose one, or write which."),
        ("credential", {"other": "CPS", "since": "2999-01-01"}, "still to come"),
        ("credential", {"other": "CPS", "until": "2019-12-31"}, "ends before it begins"),
        ("practice", {"hours": "0"}, "whole hours"),
        ("practice", {"hours": "many"}, "whole number"),
        ("practice", {"hours": "9" * 30}, "hole"),
        ("training", {"name": "nothing-like-it"}, "Choose one from the list."),
    ],
)
def test_what_cannot_be_is_said_at_its_field(page, session, cast, kind, fields, words):
    office = page.as_("coordinator")
    assert add(office, cast, kind, **fields).status_code == 200
    assert words in office.words
    assert session.scalars(select(Qualification)).all() == []


def test_a_trainee_without_a_role_has_no_such_record(page, session, cast):
    office = page.as_("coordinator")
    assert add(office, cast, who="trainee", other="CPS").status_code == 200
    assert "whoever trains or supervises" in office.words


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("supervisor", 200),
        ("coordinator", 200),
        ("trainer", 404),
        ("trainee", 404),
        ("classmate", 404),
        ("outsider", 404),
        ("visitor", 302),
    ],
)
def test_who_reads_what_a_supervisor_brings(page, session, cast, who, status):
    office = page.as_("coordinator")
    add(office, cast, other="CPS")
    entry = session.scalars(select(Qualification)).one().entry
    client = page.as_(who)
    assert client.get(address(cast)).status_code == status
    assert client.get(f"/qualifications/{entry}").status_code == status


def test_what_was_known_then_and_of_whom(session, cast):
    person = session.get_one(Person, cast.supervisor.id)
    claim = QualificationClaim(QualificationKind.CREDENTIAL, "CPS", date(2020, 1, 1))
    by = cast.coordinator.id
    entry = keep_qualification(session, person, claim, by=by, op_id="x", now=NOW)
    session.execute(update(Qualification).values(recorded_at=NOW))
    later = NOW.replace(hour=20)
    taken = QualificationState.WITHDRAWN
    move_qualification(session, entry, taken, "Another person's.", by=by, now=later)
    known = [NOW.replace(hour=1), NOW, later]
    counts = []
    for instant in known:
        _, record = next(load_records(session, one_place(cast.enrolment.id), known_at=instant))
        counts.append(len(record.people))
    assert counts == [0, 1, 0]


def test_hours_under_a_supervisor_are_loaded_with_who_it_was(session, cast):
    confirm(session, cast.enrolment, cast.supervisor, 60)
    _, record = record_of(session, cast.enrolment.id)
    assert record.hours[0].supervisor == cast.supervisor.public_id
    assert record.people == {}
    assert record.hours[0].on == TODAY
