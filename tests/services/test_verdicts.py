"""Verdicts from the database: renewal, and what was known on a day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from lms.models import Completion, Confirmation, ReadinessDecision
from lms.rules.certificates import CertificateEventKind
from lms.services.account import come_back, step_back
from lms.services.audit import link_entries
from lms.services.certificates import EventNote, record_event
from lms.services.facts import replace_fact
from lms.services.practice import get_enrolment
from lms.services.record import furthest_apart, record_of
from lms.services.verdicts import end_of_day, past_place, renewal_verdict_for, return_of
from tests.cast import NOW, TODAY
from tests.certifying import complete, confirm, decide, issue, meet_all, second_coordinator


def test_a_renewal_looks_at_the_certificates_own_term(session, cast):
    meet_all(session, cast)
    certificate = issue(session, cast)
    found = renewal_verdict_for(session, certificate, TODAY)
    assert found.days.since == certificate.issued_on
    assert found.days.last_day == certificate.valid_until
    assert found.verdict.state == "not-yet"
    assert found.verdict.row("supervision-since").tally.need == 360
    assert found.verdict.row("supervision-since").tally.have == 0
    confirm(session, cast.enrolment, cast.supervisor, 90)
    after = renewal_verdict_for(session, certificate, date(2027, 2, 1)).verdict
    assert after.row("supervision-since").tally.have == 90


def instant(day: int, hour: int = 12) -> datetime:
    """Return a moment of November 2026."""
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def test_a_past_day_is_judged_with_what_was_known_then(session, cast):
    """A completion written down later is seen with today's knowledge only."""
    place = get_enrolment(session, cast.enrolment.public_id)
    complete(session, place, "boundaries")  # of 2 November, written down then
    found = session.scalars(select(Completion)).one()
    found.recorded_at = instant(10)
    session.flush()
    day = date(2026, 11, 5)

    def counted(verdict):
        return {one.id for row in verdict.rows for one in row.tally.counted}

    then = past_place(session, place, on=day)[2]
    now = past_place(session, place, on=day, with_todays_facts=True)[2]
    assert found.public_id not in counted(then)
    assert found.public_id in counted(now)
    assert found.public_id in counted(past_place(session, place, on=date(2026, 11, 10))[2])
    assert found.public_id not in counted(
        past_place(session, place, on=date(2026, 11, 1), with_todays_facts=True)[2]
    )


@pytest.mark.parametrize(
    ("known", "state"), [(1, None), (3, "submitted"), (5, "confirmed"), (7, None)]
)
def test_hours_stand_as_they_were_known(session, cast, known, state):
    """Sent on the 3rd, confirmed on the 5th, taken back on the 7th."""
    entry = confirm(session, cast.enrolment, cast.supervisor, 60)
    entry.recorded_at, entry.submitted_at = instant(2), instant(3, 1)
    signed = session.scalars(select(Confirmation)).one()
    signed.confirmed_at, signed.withdrawn_at = instant(5, 1), instant(7, 1)
    entry.state = "withdrawn"
    session.flush()
    hours = record_of(session, cast.enrolment.id, known_at=instant(known))[1].hours
    assert [one.state for one in hours] == ([state] if state else [])
    assert record_of(session, cast.enrolment.id)[1].hours == ()


def test_a_certificate_and_its_end_are_known_from_when_they_were_written(session, cast):
    meet_all(session, cast)
    certificate = issue(session, cast)
    second = second_coordinator(session, cast)
    kind = CertificateEventKind.REVOKED
    given = {"by": second.id, "reason": "R", "op_id": "op-1", "now": NOW + timedelta(days=3)}
    record_event(session, certificate, kind, **given)

    def states(known_at):
        record = record_of(session, cast.enrolment.id, known_at=known_at)[1]
        return [one.state for one in record.certificates]

    assert states(NOW - timedelta(days=1)) == []
    assert states(NOW + timedelta(days=1)) == ["valid"]
    assert states(None) == states(NOW + timedelta(days=4)) == ["revoked"]


def test_a_suspension_is_over_by_its_date_wherever_the_record_is_read(session, cast):
    meet_all(session, cast)
    certificate = issue(session, cast)
    record_event(
        session,
        certificate,
        CertificateEventKind.SUSPENDED,
        by=cast.coordinator.id,
        note=EventNote(reason="A question is open.", until_on=TODAY + timedelta(days=10)),
        op_id="op-s",
        now=NOW,
    )
    (held,) = record_of(session, cast.enrolment.id)[1].certificates
    ends = TODAY + timedelta(days=10)
    assert [held.state_on(on) for on in (TODAY - timedelta(days=1), TODAY, ends)] == [
        "valid",
        "suspended",
        "suspended",
    ]
    assert held.state_on(ends + timedelta(days=1)) == "valid"


def test_the_end_of_a_day_is_its_last_moment_in_the_zone():
    assert end_of_day(date(2026, 11, 5), "America/New_York") == datetime(
        2026, 11, 6, 4, 59, 59, 999999, tzinfo=UTC
    )


def test_who_comes_back_is_told_only_what_lapsed(session, cast):
    place = get_enrolment(session, cast.enrolment.public_id)
    assert return_of(session, place, on=TODAY) is None
    decide(session, cast)
    step_back(session, place, now=NOW)
    link_entries(session)
    assert return_of(session, place, on=TODAY) is None
    ready = session.scalars(select(ReadinessDecision)).one()
    replace_fact(session, ready, now=NOW + timedelta(days=2))
    come_back(session, place, now=NOW + timedelta(days=30))
    link_entries(session)
    place = get_enrolment(session, place.public_id)
    found = return_of(session, place, on=TODAY + timedelta(days=30))
    assert (found.away_from, found.back_on) == (TODAY, TODAY + timedelta(days=30))
    assert [lapse.row.kind for lapse in found.lapsed] == ["decision"]
    decide(session, cast)
    assert return_of(session, place, on=TODAY + timedelta(days=30)).lapsed == ()


def test_markers_apart_are_measured_where_they_differ_most():
    assert furthest_apart([{"C1": 2, "C2": 1}, {"C1": 0, "C2": 2}, {"C3": 2}]) == 2
    assert furthest_apart([{"C1": 2}]) == furthest_apart([]) == 0
