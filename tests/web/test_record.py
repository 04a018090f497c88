"""What is still missing, decisions and waivers, as their people see them."""

import pytest
from sqlalchemy import select

from lms.models import AuditEntry, ReadinessDecision, Waiver


def decide(client, cast, **changed):
    """Send the decision form."""
    address = f"/enrolments/{cast.enrolment.public_id}/readiness"
    client.get(address)
    data = {
        "outcome": "ready",
        "sources": ["role-plays", "conversation"],
        "reasons": "Steady in three role-plays.",
        **changed,
    }
    return client.submit(address, **data)


def test_a_trainee_reads_what_is_missing_in_numbers(page):
    """The page says what comes next and whose turn it is."""
    trainee = page.as_("trainee")
    assert trainee.get("/progress").status_code == 200
    assert "to go" in trainee.words
    assert "It is your turn." in trainee.words


def test_nobody_without_a_place_meets_a_dead_end(page):
    """A coordinator has no verdict of their own."""
    coordinator = page.as_("coordinator")
    assert coordinator.get("/progress").status_code == 200
    assert "no place in a cohort yet" in coordinator.words


def test_a_decision_is_recorded_with_reasons_and_read_by_the_trainee(page, session, cast):
    """Outcome, reasons and decider reach the trainee; a later decision replaces it."""
    coordinator = page.as_("coordinator")
    assert decide(coordinator, cast).status_code == 302
    trainee = page.as_("trainee")
    trainee.get("/progress")
    assert "Steady in three role-plays." in trainee.words
    decide(coordinator, cast, outcome="not-yet", reasons="A new worry came up.")
    trainee.get("/progress")
    assert "A new worry came up." in trainee.words
    assert "Steady in three" not in trainee.words
    assert len(session.scalars(select(ReadinessDecision)).all()) == 2
    assert "readiness-decided" in set(session.scalars(select(AuditEntry.act)))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"reasons": " "}, "Write something here"),
        ({"sources": ["assessment"]}, "two sources or more"),
        ({"sources": []}, "two sources or more"),
        ({"outcome": "certainly"}, "choice"),
    ],
)
def test_a_decision_needs_reasons_and_sources(page, session, cast, changed, words):
    """What is missing is said at the field, and nothing is saved."""
    coordinator = page.as_("coordinator")
    assert decide(coordinator, cast, **changed).status_code == 200
    assert words.lower() in coordinator.words.lower()
    assert session.scalars(select(ReadinessDecision)).all() == []


def test_the_same_decision_sent_twice_is_one(page, session, cast):
    """A double click decides once."""
    coordinator = page.as_("coordinator")
    address = f"/enrolments/{cast.enrolment.public_id}/readiness"
    coordinator.get(address)
    data = {
        **coordinator.form_data(),
        "outcome": "ready",
        "sources": ["role-plays", "conversation"],
        "reasons": "Yes.",
    }
    coordinator.client.post(address, data=data)
    coordinator.client.post(address, data=data)
    assert len(session.scalars(select(ReadinessDecision)).all()) == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("trainee", 403),
        ("trainer", 403),
        ("supervisor", 403),
        ("coordinator", 200),
        ("classmate", 404),
        ("outsider", 404),
        ("visitor", 302),
    ],
)
def test_only_a_coordinator_decides(page, cast, who, status):
    """Deciding is the coordinator's act."""
    address = f"/enrolments/{cast.enrolment.public_id}/readiness"
    assert page.as_(who).get(address).status_code == status


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("trainee", 200),
        ("trainer", 200),
        ("second_trainer", 200),
        ("supervisor", 200),
        ("coordinator", 200),
        ("classmate", 404),
        ("outsider", 404),
        ("visitor", 302),
    ],
)
def test_who_may_read_a_verdict(page, cast, who, status):
    """The visibility table, for the verdict's page."""
    assert page.as_(who).get(f"/enrolments/{cast.enrolment.public_id}").status_code == status


def test_a_supervisor_sees_states_but_not_scores(page, cast):
    """States stay, numbers that are not theirs to see are gone."""
    supervisor = page.as_("supervisor")
    supervisor.get(f"/enrolments/{cast.enrolment.public_id}")
    assert "%" not in supervisor.words


def test_what_nobody_may_waive_is_not_waived(page, session, cast):
    """A requirement without a waiver rule stays."""
    coordinator = page.as_("coordinator")
    address = f"/enrolments/{cast.enrolment.public_id}/waive?requirement=nothing-like-it"
    reply = coordinator.post(address, {"reason": "Because."})
    assert reply.status_code in {302, 200}
    assert session.scalars(select(Waiver)).all() == []


def test_a_cohort_is_a_grid_of_state_words(page, cast):
    """People down, requirements across."""
    coordinator = page.as_("coordinator")
    assert coordinator.get(f"/cohorts/{cast.cohort.public_id}/progress").status_code == 200
    assert "Trainee" in coordinator.words
    assert page.as_("outsider").get(f"/cohorts/{cast.cohort.public_id}/progress").status_code == 404
    assert page.as_("trainee").get(f"/cohorts/{cast.cohort.public_id}/progress").status_code != 200
