"""What is still missing, decisions and waivers, as their people see them."""

from datetime import date

import pytest
from sqlalchemy import delete, select

from lms.models import (
    Assignment,
    AuditEntry,
    Confirmation,
    Invitation,
    ReadinessDecision,
    Waiver,
)
from lms.rules.programmes.evidence import Window
from lms.rules.programmes.nodes import Signature
from lms.rules.record import SignatureFact
from lms.web.record.outlook import outlook_of
from lms.web.verdict_words import rows_of
from tests import certifying
from tests.cast import NOW
from tests.certifying import confirm, fact, give_place
from tests.rules.verdict_making import judge


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


def grid_of(page, cast, turn=""):
    """Return the grid as the coordinator sees it."""
    office = page.as_("coordinator")
    asked = f"?turn={turn}" if turn else ""
    assert office.get(f"/cohorts/{cast.cohort.public_id}/progress{asked}").status_code == 200
    return office


def names_in(office):
    """Return the names in the first table of the page, in order."""
    table = office.soup.find("table")
    return [th.get_text(strip=True) for th in table.find_all("th", scope="row")] if table else []


def test_who_has_waited_longest_stands_first_and_turns_narrow_the_list(page, session, cast):
    """Days are counted from the last step; hours that wait are the supervisor's turn."""
    early = give_place(session, cast, "early")
    early.happened_on = date(2026, 3, 1)
    sent = confirm(session, cast.enrolment, cast.supervisor, 600)
    sent.state = "submitted"
    session.delete(session.scalars(select(Confirmation)).one())
    session.commit()
    office = grid_of(page, cast)
    assert names_in(office) == ["Early", "Classmate", "Trainee"]
    assert "since 1 March 2026" in office.words
    assert "The supervisor (1)" in office.words
    office = grid_of(page, cast, "supervisor")
    assert names_in(office) == ["Trainee"]
    assert len(names_in(grid_of(page, cast, "no-such-turn"))) == 3


def test_the_grid_has_the_numbers_and_words_of_the_persons_page(page, session, cast):
    """One state has one word, and one count, wherever it stands."""
    confirm(session, cast.enrolment, cast.supervisor, 60)
    session.commit()
    trainee = page.as_("trainee")
    trainee.get("/progress")
    shown = [
        tag.select_one(".status").get_text(strip=True)
        for tag in trainee.soup.select(".column > .requirements > details > summary")
    ]
    office = grid_of(page, cast)
    name = office.soup.select_one(f'.grid-table a[href$="{cast.enrolment.public_id}"]')
    row = name.find_parent("tr")
    assert [tag.get_text(strip=True) for tag in row.find_all("td")] == shown
    assert "Under way" in shown
    settled = sum(word in ("Met", "Waived") for word in shown)
    name = office.soup.find("table").select_one(f'a[href$="{cast.enrolment.public_id}"]')
    first = name.find_parent("tr").find_all("td")[-1]
    assert first.get_text(strip=True).startswith(f"{settled} of ")
    total = first.get_text(strip=True).split()[-1]
    trainee.get("/today")
    assert settled == 0 or f"{settled} of {total}" in trainee.words


def test_nobody_waits_for_who_stepped_back(page, session, cast):
    """A step back is said as that, never as waiting."""
    cast.enrolment.state = "paused"
    session.commit()
    office = grid_of(page, cast)
    assert "Stepped back" in office.words
    assert "Everybody (2)" in office.words
    assert "The trainee (1)" in office.words  # the classmate's turn; nobody waits for the other
    assert names_in(grid_of(page, cast, "trainee")) == ["Classmate"]


def test_the_grid_is_a_table_that_can_be_heard(page, cast):
    """Captions, heads and a head a row; cells name their column where rows are cards."""
    office = grid_of(page, cast)
    for table in office.soup.find_all("table"):
        assert table.find("caption").get_text(strip=True)
        heads = [th.get_text(strip=True) for th in table.find("thead").find_all("th", scope="col")]
        for row in table.find("tbody").find_all("tr"):
            assert row.find("th", scope="row")
            assert [td["data-label"] for td in row.find_all("td")] == heads[1:]


# A past day


def test_a_past_day_is_shown_and_labelled(page, cast):
    """With what was known then unless today's knowledge is asked for."""
    trainee = page.as_("trainee")
    assert trainee.get("/progress/past").status_code == 200
    assert "Requirement" not in trainee.words
    assert trainee.get("/progress/past?on=2026-10-01").status_code == 200
    assert "1 October 2026, looked at with what was known then" in trainee.words
    trainee.get("/progress/past?on=2026-10-01&known=today")
    assert "1 October 2026, looked at with what is known today" in trainee.words
    office = page.as_("coordinator")
    office.get(f"/enrolments/{cast.enrolment.public_id}/past?on=2026-10-01")
    assert "This is how it stood, not how it stands." in office.words
    assert "Set this requirement aside" not in office.words


@pytest.mark.parametrize(
    ("on", "words"),
    [
        ("", "Choose the day."),
        ("yesterday", "Write a date that there is"),
        ("2026-02-30", "Write a date that there is"),
        ("2026-08-31", "The place began on 1 September 2026."),
        ("0001-01-01", "The place began on"),
        ("9999-12-31", "This day is still to come."),
    ],
)
def test_a_day_that_cannot_be_is_told_at_the_field(page, on, words):
    """What was typed stays, and no verdict is shown."""
    trainee = page.as_("trainee")
    assert trainee.get(f"/progress/past?on={on}").status_code == 200
    assert words in trainee.soup.select_one(".field-wrong .error").get_text()
    assert trainee.soup.find("input", attrs={"name": "on"})["value"] == on
    assert not trainee.soup.select(".requirements")


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("trainee", 200),
        ("coordinator", 200),
        ("trainer", 403),
        ("supervisor", 403),
        ("classmate", 404),
        ("outsider", 404),
        ("visitor", 302),
    ],
)
def test_who_may_look_back(page, cast, who, status):
    """The person and the coordinator; others see how it stands now."""
    address = f"/enrolments/{cast.enrolment.public_id}/past?on=2026-10-01"
    assert page.as_(who).get(address).status_code == status


# Can they still make it, coming back, and before


def test_whether_it_can_still_be_met_is_said_to_all_three(page, cast):
    """The trainee, the supervisor and the coordinator read the same answer."""
    for who, address in (
        ("trainee", "/progress"),
        ("supervisor", f"/enrolments/{cast.enrolment.public_id}"),
        ("coordinator", f"/enrolments/{cast.enrolment.public_id}"),
    ):
        reader = page.as_(who)
        reader.get(address)
        assert "Can it still be met?" in reader.words
        assert "Yes" in reader.words


def test_coming_back_shows_only_what_lapsed(page, session, cast):
    """Step back, come back: one page says what lapsed, or that nothing did."""
    trainee = page.as_("trainee")
    assert trainee.get("/progress/back").status_code == 302
    trainee.get("/account")
    trainee.post("/step-back")
    assert trainee.get("/progress/back").status_code == 302
    reply = trainee.post("/come-back")
    assert reply.location == "/progress/back"
    assert trainee.get("/progress/back").status_code == 200
    assert "Nothing lapsed while you were away" in trainee.words


def test_who_has_applied_reads_what_is_asked(page, session, cast):
    """Before admission the page says what the programme asks, and counts nothing."""
    cast.enrolment.state = "applied"
    session.commit()
    trainee = page.as_("trainee")
    trainee.get("/progress")
    assert "What the programme asks" in trainee.words
    assert "Can it still be met?" not in trainee.words


# Found ready


def test_the_card_leads_to_the_person_or_to_the_list(page, session, cast):
    """One person: their page. Several: a list of them."""
    office = page.as_("coordinator")
    office.get("/found-ready")
    assert "Nobody waits for a certificate" in office.words
    certifying.decide(session, cast)
    session.commit()
    reply = office.get("/found-ready")
    assert reply.location == f"/enrolments/{cast.enrolment.public_id}"
    office.get("/today")
    assert office.soup.select('main a[href="/found-ready"]')
    other = give_place(session, cast, "other")
    session.add(
        ReadinessDecision(
            **fact(other),
            what="readiness",
            outcome="ready",
            reasons=b"sealed",
            capacity="coordinator",
            decided_by=cast.coordinator.id,
            op_id="op-2",
        )
    )
    session.commit()
    assert office.get("/found-ready").status_code == 200
    assert [a["href"] for a in office.soup.select("main .list a")] == [
        f"/enrolments/{cast.enrolment.public_id}",
        f"/enrolments/{other.public_id}",
    ]
    stranger = page.as_("outsider")
    stranger.get("/found-ready")
    assert "Nobody waits for a certificate" in stranger.words
    assert page.as_("trainee").get("/found-ready").status_code == 403


def test_who_was_invited_reads_what_is_asked_before_a_place_is_there(page, session, cast):
    """Whoever waits for a place is told what the programme of their cohort asks."""
    session.add(
        Invitation(
            organisation_id=cast.organisation.id,
            cohort_id=cast.cohort.id,
            written="new@example.org",
            normalised="new@example.org",
            role="trainee",
            token_hash="0" * 64,
            created_at=NOW,
            expires_at=NOW,
            claimed_at=NOW,
            claimed_by=cast.trainee.id,
        )
    )
    session.execute(delete(Assignment).where(Assignment.enrolment_id == cast.enrolment.id))
    session.delete(cast.enrolment)
    session.commit()
    newcomer = page.as_("trainee")
    newcomer.get("/progress")
    assert "You have no place in the group yet" in newcomer.words
    assert "Ten hours that your supervisor has confirmed." in newcomer.words
    assert newcomer.soup.find("h1").get_text(strip=True) == "What the programme asks"


CODE = Signature(
    id="code",
    label="Code",
    agreement="code",
    within=Window(since="enrolled", length="3 months"),
)


@pytest.mark.parametrize(
    ("on", "limit", "own", "said"),
    [
        ("2026-02-01", "", True, "Yes, there is time. The last day is 10 April 2026."),
        ("2026-02-01", "2 months", False, "The last day is 10 March 2026."),
        ("2026-03-20", "2 months", True, "A person decides this with you."),
        ("2026-03-20", "2 months", False, "The last day was 10 March 2026."),
        ("2026-05-01", "", True, "Nothing you did is lost."),
        ("2026-05-01", "", False, "The coordinator can say which ways are open."),
    ],
)
def test_the_outlook_is_said_in_words(app, on, limit, own, said):
    """Until when, what would have to happen, and what to do once it is too late."""
    found = judge(
        CODE,
        on=date.fromisoformat(on),
        programme={"complete_within": limit},
        enrolled_on=date(2026, 1, 10),
    )
    with app.test_request_context():
        rows = rows_of(found, None, own=own, titles={})
        shown = outlook_of(found, rows, own=own)
        assert said in shown.words
        assert [one.label for one in shown.needed] == ["Code"]
        rows[0].next_step = ""  # what the reader may not see stands nowhere
        assert outlook_of(found, rows, own=own).needed[0].step == ""


def test_without_a_last_day_that_is_said_and_of_what_is_met_nothing(app):
    """No day is made up."""
    plain = Signature(id="code", label="Code", agreement="code")
    with app.test_request_context():
        found = judge(plain)
        shown = outlook_of(found, rows_of(found, None, own=True, titles={}), own=True)
        assert (shown.words, shown.needed) == ("Yes. There is no last day.", ())
        signed = judge(plain, signatures=(SignatureFact("g", "code", "1", date(2026, 1, 11)),))
        assert outlook_of(signed, [], own=True) is None
