"""Certificates in the database: issued once, numbered without gaps, sealed, events, the check."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

from lms.db import transaction
from lms.models import (
    AuditEntry,
    Certificate,
    CertificateCounter,
    CertificateEvent,
    Confirmation,
    Enrolment,
    HoursEntry,
    Person,
)
from lms.rules.certificates import (
    CertificateEventKind,
    CertificateState,
    Claim,
    EventRefusal,
    IssueRefusal,
    seal,
)
from lms.rules.roles import Actor, Role
from lms.services.audit import link_entries, verify_chains
from lms.services.certificates import (
    EventNote,
    UnprintableError,
    check_code,
    check_file,
    choose_hidden,
    count_issued,
    detail_of,
    issue_certificate,
    list_events,
    list_issued,
    list_open_kinds,
    list_own,
    pdf_of,
    preview_issue,
    record_event,
    verify_bytes,
)
from lms.services.errors import RefusedError
from lms.services.hours import withdraw_confirmation
from lms.services.record import record_of
from tests.cast import NOW, TODAY, grant, make_cast
from tests.certifying import give_place, issue, meet_all, second_coordinator

KIND = CertificateEventKind
LATER = NOW + timedelta(days=40)
BECAUSE = EventNote(reason="Because.")


@pytest.fixture
def ready(session, cast):
    meet_all(session, cast)
    return cast


@pytest.fixture
def issued(session, ready):
    return issue(session, ready)


def refusal(act, *given, **named):
    with pytest.raises(RefusedError) as caught:
        act(*given, **named)
    return caught.value.reason


def record(session, cast, certificate, kind, **what_matters):
    given = {"by": cast.coordinator.id, "now": NOW, **what_matters}
    words = EventNote(reason=given.pop("reason", "Because."))
    given = {"note": words, **given}
    given.setdefault("op_id", f"{kind}-{given['now']:%Y%m%d%H%M}-{given['by']}")
    record_event(session, certificate, kind, **given)


# Issuing


def test_a_preview_says_who_and_on_what_it_rests_and_changes_nothing(session, ready):
    found = preview_issue(session, ready.enrolment, by=ready.coordinator.id, now=NOW)
    assert (found.name, found.name_is_theirs) == ("Trainee", False)
    assert [judge.name for judge in found.basis.markers] == ["Trainer"]
    assert [judge.name for judge in found.basis.confirmers] == ["Supervisor"]
    assert (found.refusal, found.unprintable) == (None, ())
    assert found.claims["valid_until"] == "2028-11-02"
    assert "number" not in found.claims
    assert session.scalar(select(func.count(Certificate.id))) == 0


def test_issuing_seals_the_facts_and_completes_the_place(session, ready):
    before = session.get_one(Enrolment, ready.enrolment.id).facts_version
    found = issue(session, ready)
    assert (found.number, found.name, found.issued_on) == (1, "Trainee", TODAY)
    assert found.valid_until == date(2028, 11, 2)
    assert found.seal == seal(found.facts, bytes.fromhex(found.salt))
    assert found.pdf_sha256 == hashlib.sha256(found.pdf).hexdigest()
    assert found.pdf.startswith(b"%PDF")
    place = session.get_one(Enrolment, ready.enrolment.id, populate_existing=True)
    assert place.state == "completed"
    assert place.facts_version > before
    assert record_of(session, place.id)[1].certificates[0].state == "valid"


def test_the_sealed_facts_say_why_and_on_whose_word(issued, session, ready):
    facts = json.loads(issued.facts)
    rows = {row["id"]: row for row in facts["verdict"]["requirements"]}
    assert rows["supervision"]["have"] == 600
    assert len(rows["supervision"]["counted"]) == 2
    assert rows["readiness-assessment"]["state"] == "waived"
    assert facts["programme"]["hash"] == ready.enrolment.programme_version.hash
    assert [one["agreement"] for one in facts["agreements"]] == [
        "code-of-ethics",
        "confidentiality",
    ]
    assert facts["issuer"]["name"] == "Coordinator"
    assert facts["markers"][0]["name"] == "Trainer"
    assert facts["confirmers"][0]["name"] == "Supervisor"
    assert "." not in json.dumps(rows["supervision"]["counted"])


def test_the_act_is_in_the_audit_without_a_word_of_the_person(issued, session):
    link_entries(session)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "certificate-issued")).one()
    assert entry.subject == f"certificate:{issued.public_id}"
    assert verify_chains(session).first_broken is None


def test_a_certificate_name_is_printed_before_the_chosen_name(session, ready):
    session.get_one(Person, ready.trainee.id).certificate_name = "Amina Łukasz-Nguyễn"
    session.flush()
    assert preview_issue(session, ready.enrolment, by=ready.coordinator.id, now=NOW).name_is_theirs
    assert issue(session, ready).name == "Amina Łukasz-Nguyễn"


def test_a_name_changed_after_it_was_read_is_not_printed_unseen(session, ready):
    assert refusal(issue, session, ready, name_read="Somebody") is IssueRefusal.NAME_CHANGED
    assert session.scalar(select(func.count(Certificate.id))) == 0


def test_a_name_that_cannot_be_printed_is_refused_with_its_characters(session, ready):
    session.get_one(Person, ready.trainee.id).certificate_name = "Amina \U0001f600 Noor"
    session.flush()
    preview = preview_issue(session, ready.enrolment, by=ready.coordinator.id, now=NOW)
    assert preview.refusal is IssueRefusal.NAME_NOT_PRINTABLE
    with pytest.raises(UnprintableError) as caught:
        issue(session, ready)
    assert caught.value.characters == ("\U0001f600",)
    assert session.scalar(select(func.count(CertificateCounter.last))) == 0


@pytest.mark.parametrize("letter", ["W", "\u0645", "\u05e9"])
def test_a_name_of_300_characters_is_printed_or_refused_in_words(session, ready, letter):
    """It fits, or a reason says why: never an error. Arabic needs an extra that may be missing."""
    session.get_one(Person, ready.trainee.id).certificate_name = letter * 300
    session.flush()
    came = []
    try:
        came = [issue(session, ready).name]
    except RefusedError as refused:
        came = [refused.reason]
    refusals = (IssueRefusal.WORDS_DO_NOT_FIT, IssueRefusal.NAME_NOT_PRINTABLE)
    assert came[0] in (letter * 300, *refusals)
    kept = session.scalar(select(func.count(Certificate.id)))
    assert kept == (0 if came[0] in refusals else 1)


def test_nothing_is_issued_on_a_verdict_that_is_not_met(session, cast):
    meet_all(session, cast, minutes=599)
    assert refusal(issue, session, cast) is IssueRefusal.VERDICT_NOT_MET


def test_the_verdict_is_computed_afresh(session, ready):
    """A confirmation taken back a moment ago counts at once."""
    entry = session.scalars(select(HoursEntry).order_by(HoursEntry.id)).first()
    withdraw_confirmation(session, entry, by=ready.supervisor.id, reason="A slip.", now=NOW)
    assert refusal(issue, session, ready) is IssueRefusal.VERDICT_NOT_MET


def test_nobody_issues_their_own(session, ready):
    assert refusal(issue, session, ready, by=ready.trainee.id) is IssueRefusal.OWN_CERTIFICATE


def test_the_only_marker_does_not_issue(session, cast):
    grant(session, cast.trainer, "coordinator")
    meet_all(session, cast)
    assert refusal(issue, session, cast, by=cast.trainer.id) is IssueRefusal.ONLY_MARKER


def test_the_only_confirmer_does_not_issue(session, cast):
    meet_all(session, cast)
    assert refusal(issue, session, cast, by=cast.supervisor.id) is IssueRefusal.ONLY_CONFIRMER


def test_who_only_confirmed_hours_that_do_not_count_is_no_confirmer(session, ready):
    rows = session.scalars(select(HoursEntry).order_by(HoursEntry.id)).all()
    session.execute(
        update(Confirmation)
        .where(Confirmation.entry_id == rows[0].id)
        .values(confirmed_by=ready.coordinator.id)
    )
    found = preview_issue(session, ready.enrolment, by=ready.coordinator.id, now=NOW)
    assert {judge.name for judge in found.basis.confirmers} == {"Coordinator", "Supervisor"}
    withdraw_confirmation(session, rows[1], by=ready.supervisor.id, reason="A slip.", now=NOW)
    found = preview_issue(session, ready.enrolment, by=ready.coordinator.id, now=NOW)
    assert {judge.name for judge in found.basis.confirmers} == {"Coordinator"}


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("applied", IssueRefusal.PLACE_NOT_OPEN),
        ("paused", IssueRefusal.PLACE_NOT_OPEN),
        ("withdrawn", IssueRefusal.PLACE_NOT_OPEN),
        ("admitted", None),
        ("active", None),
        ("completed", None),
    ],
)
def test_only_an_open_place_is_certified(session, ready, state, reason):
    session.get_one(Enrolment, ready.enrolment.id).state = state
    session.flush()
    if reason is None:
        assert issue(session, ready).number == 1
    else:
        assert refusal(issue, session, ready) is reason


def test_a_second_act_finds_the_first_certificate(session, ready, issued):
    assert issue(session, ready).id == issued.id
    assert session.scalar(select(CertificateCounter.last)) == 1


def test_the_form_of_another_place_issues_nothing(session, ready, issued):
    other = give_place(session, ready, "other")
    ready.enrolment = other
    meet_all(session, ready)
    reason = refusal(issue, session, ready, op_id=issued.op_id)
    assert reason is IssueRefusal.ALREADY_ISSUED


def test_issue_day_is_the_cohorts_day(session, ready):
    """At two in the morning in UTC it is still the day before in New York."""
    night = NOW.replace(day=3, hour=2)
    assert issue(session, ready, now=night).issued_on == date(2026, 11, 2)


def test_the_database_itself_holds_one_certificate_a_place_and_term(session, issued):
    columns = {c.name: getattr(issued, c.name) for c in Certificate.__table__.columns}
    columns |= {"id": None, "public_id": "twin", "code": "X", "number": 2, "op_id": "twin"}
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(Certificate(**columns))


# Events


def test_a_certificate_is_suspended_reinstated_and_revoked(session, ready, issued):
    for kind, state in (
        (KIND.SUSPENDED, CertificateState.SUSPENDED),
        (KIND.REINSTATED, CertificateState.VALID),
        (KIND.REVOKED, CertificateState.REVOKED),
    ):
        record(session, ready, issued, kind)
        assert detail_of(session, issued, now=NOW).state is state
    assert record_of(session, ready.enrolment.id)[1].certificates[0].state == "revoked"
    link_entries(session)
    acts = set(session.scalars(select(AuditEntry.act)))
    assert {"certificate-suspended", "certificate-reinstated", "certificate-revoked"} <= acts


def test_reasons_are_sealed_and_opened_in_order(session, ready, issued):
    record(session, ready, issued, KIND.SUSPENDED, reason="A complaint is being looked at.")
    record(session, ready, issued, KIND.REINSTATED, reason="It was settled.")
    stored = session.scalars(select(CertificateEvent.reason)).all()
    assert all(b"complaint" not in reason and b"settled" not in reason for reason in stored)
    assert [(event.by, event.reason) for event in list_events(session, issued)] == [
        ("Coordinator", "A complaint is being looked at."),
        ("Coordinator", "It was settled."),
    ]


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_an_event_needs_a_reason(session, ready, issued, reason):
    found = refusal(record, session, ready, issued, KIND.REVOKED, reason=reason)
    assert found is EventRefusal.REASON_MISSING
    assert session.scalar(select(func.count(CertificateEvent.id))) == 0


def test_nobody_records_beside_their_own(session, ready, issued):
    found = refusal(record, session, ready, issued, KIND.REVOKED, by=ready.trainee.id)
    assert found is EventRefusal.OWN_CERTIFICATE
    assert list_open_kinds(session, issued, by=ready.trainee.id, now=NOW) == [KIND.WITHDRAWN]


def test_what_is_open_follows_the_state(session, ready, issued):
    def open_kinds(now=NOW):
        return list_open_kinds(session, issued, by=ready.coordinator.id, now=now)

    assert open_kinds() == [KIND.SUSPENDED, KIND.REVOKED]
    assert open_kinds(NOW + timedelta(days=800)) == [KIND.REVOKED]
    record(session, ready, issued, KIND.SUSPENDED)
    assert open_kinds() == [KIND.REINSTATED, KIND.REVOKED]
    record(session, ready, issued, KIND.REVOKED)
    assert open_kinds() == []


def test_nothing_follows_a_revocation(session, ready, issued):
    record(session, ready, issued, KIND.REVOKED)
    for kind in set(KIND) - {KIND.RESTORED, KIND.WITHDRAWN}:
        found = refusal(record, session, ready, issued, kind, now=LATER)
        assert found is EventRefusal.NOT_FROM_THIS_STATE


def test_the_same_form_twice_records_one_event(session, ready, issued):
    record(session, ready, issued, KIND.SUSPENDED, op_id="click")
    record(session, ready, issued, KIND.SUSPENDED, op_id="click")
    assert len(list_events(session, issued)) == 1


def test_the_database_itself_holds_one_event_at_each_place_in_the_order(session, ready, issued):
    record(session, ready, issued, KIND.REVOKED)
    twin = CertificateEvent(
        certificate_id=issued.id,
        position=1,
        kind="superseded",
        happened_on=TODAY,
        recorded_at=NOW,
        recorded_by=ready.coordinator.id,
        reason=b"",
    )
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(twin)


# The holder and the office


def test_a_holder_hides_claims_and_the_state_stays(session, ready, issued):
    choose_hidden(session, issued, ["name", "covers", "state"], by=ready.trainee.id, now=NOW)
    found = check_code(session, issued.code, now=NOW)
    assert found.state is CertificateState.VALID
    assert {Claim.NAME, Claim.COVERS, Claim.DOES_NOT_QUALIFY}.isdisjoint(found.claims)
    assert found.claims[Claim.PROGRAMME] == "Support specialist (demonstration)"
    choose_hidden(session, issued, [], by=ready.trainee.id, now=NOW)
    assert Claim.NAME in check_code(session, issued.code, now=NOW).claims
    link_entries(session)
    query = select(func.count(AuditEntry.id)).where(AuditEntry.act == "certificate-claims-chosen")
    assert session.scalar(query) == 2


def test_hiding_changes_neither_the_facts_nor_the_file(session, ready, issued):
    choose_hidden(session, issued, ["name"], by=ready.trainee.id, now=NOW)
    session.expire_all()
    assert pdf_of(session, issued) == issued.pdf
    assert issued.seal == seal(issued.facts, bytes.fromhex(issued.salt))


def test_lists_hold_ones_own_and_the_organisations(session, ready, issued):
    assert [view.certificate.id for view in list_own(session, ready.trainee.id, now=NOW)] == [
        issued.id
    ]
    assert list_own(session, ready.classmate.id, now=NOW) == []
    office = Actor(ready.coordinator.id, ready.organisation.id, frozenset({Role.COORDINATOR}))
    away = Actor(ready.outsider.id, ready.elsewhere.id, frozenset({Role.COORDINATOR}))
    trainer = Actor(ready.trainer.id, ready.organisation.id, frozenset({Role.TRAINER}))
    listed = list_issued(session, office, page=1, size=10, now=NOW)
    assert [view.certificate.id for view in listed] == [issued.id]
    assert [count_issued(session, actor) for actor in (office, away, trainer)] == [1, 0, 0]
    assert list_issued(session, away, page=1, size=10, now=NOW) == []


# The check


def test_a_check_makes_one_query_known_or_not(session, issued, queries):
    for code in (issued.code, "0" * 27):
        with queries() as seen:
            check_code(session, code, now=NOW)
        assert len(seen) == 1


@pytest.fixture
def queries(session):
    """Count the statements that are sent."""
    from contextlib import contextmanager

    from sqlalchemy import event

    @contextmanager
    def counting():
        seen = []

        def note(connection, cursor, statement, *rest):
            seen.append(statement)

        connection = session.connection()
        event.listen(connection, "before_cursor_execute", note)
        yield seen
        event.remove(connection, "before_cursor_execute", note)

    return counting


def test_the_state_of_a_past_term_is_expired(session, issued):
    last_day = NOW.replace(year=2028)
    assert check_code(session, issued.code, now=last_day).state is CertificateState.VALID
    after = last_day + timedelta(days=1)
    found = check_code(session, issued.code, now=after)
    assert (found.state, found.since) == (CertificateState.EXPIRED, None)


def test_a_revocation_shows_its_day_and_no_reason(session, ready, issued):
    record(session, ready, issued, KIND.REVOKED, reason="Very private words", now=LATER)
    found = check_code(session, issued.code, now=LATER)
    assert (found.state, found.since) == (CertificateState.REVOKED, date(2026, 12, 12))
    assert "private" not in repr(found)


def test_a_file_is_known_by_its_bytes_alone(session, issued):
    assert check_file(session, issued.pdf_sha256, now=NOW).code == issued.code
    changed = bytearray(issued.pdf)
    changed[len(changed) // 2] ^= 1
    assert check_file(session, hashlib.sha256(changed).hexdigest(), now=NOW) is None


def test_verifying_bytes_gives_the_contracts_answer(session, ready, issued):
    choose_hidden(session, issued, ["name"], by=ready.trainee.id, now=NOW)
    found = verify_bytes(session, issued.pdf_sha256, now=NOW)
    assert (found["genuine"], found["state"], found["as_of"]) == (
        True,
        "valid",
        "2026-11-02T09:00:00Z",
    )
    assert found["claims"]["number"] == "0001"
    assert "name" not in found["claims"]
    assert found["checks"] == [
        {"name": "bytes", "result": "ok"},
        {"name": "seal", "result": "ok"},
    ]
    assert verify_bytes(session, "0" * 64, now=NOW) == {
        "genuine": False,
        "state": "unknown",
        "as_of": "2026-11-02T09:00:00Z",
        "claims": {},
        "checks": [{"name": "bytes", "result": "no"}, {"name": "seal", "result": "absent"}],
    }


def test_facts_changed_behind_our_back_show_nothing(session, issued):
    session.execute(text("update certificate set facts = replace(facts, 'Trainee', 'Impostor')"))
    session.expire_all()
    found = check_code(session, issued.code, now=NOW)
    assert (found.is_sealed, found.claims) == (False, {})
    told = verify_bytes(session, issued.pdf_sha256, now=NOW)
    assert (told["genuine"], told["claims"]) == (None, {})
    assert told["checks"][1] == {"name": "seal", "result": "no"}


# Races


def both(app, *acts):
    """Run acts at the same time, each on a session of its own; return what each came to."""
    gate = Barrier(len(acts))
    state = app.extensions["lms"]

    def one(act):
        with state.database.session() as session:
            session.info["ground"] = state.ground
            gate.wait()
            try:
                with transaction(session) as writing:
                    return act(writing)
            except RefusedError as refused:
                return refused.reason

    with ThreadPoolExecutor(len(acts)) as pool:
        return [done.result() for done in [pool.submit(one, act) for act in acts]]


@pytest.fixture
def raced(real_session):
    cast = make_cast(real_session)
    second_coordinator(real_session, cast)
    meet_all(real_session, cast)
    real_session.commit()
    return cast


def issuing(cast, place_id, by, op_id, name="Trainee"):
    def act(session):
        place = session.get_one(Enrolment, place_id)
        found = issue_certificate(session, place, by=by, name_read=name, op_id=op_id, now=NOW)
        return found.public_id

    return act


@pytest.mark.races
@pytest.mark.parametrize("same", [True, False])
def test_two_acts_at_once_issue_one_certificate(real_app, real_session, raced, same):
    """A double click, or two coordinators: both land on the one certificate."""
    other = raced.coordinator if same else raced.second_coordinator
    first, second = both(
        real_app,
        issuing(raced, raced.enrolment.id, raced.coordinator.id, "one"),
        issuing(raced, raced.enrolment.id, other.id, "one" if same else "two"),
    )
    assert first == second
    assert real_session.scalar(select(func.count(Certificate.id))) == 1
    assert real_session.scalar(select(CertificateCounter.last)) == 1
    query = select(func.count(AuditEntry.id)).where(AuditEntry.act == "certificate-issued")
    assert real_session.scalar(query) == 1


@pytest.mark.races
def test_numbers_have_no_gap_though_some_acts_are_refused(real_app, real_session, raced):
    names = ["trainee", "ada", "bo", "cy"]
    places = [raced.enrolment]
    for name in names[1:]:
        raced.enrolment = give_place(real_session, raced, name)
        meet_all(real_session, raced)
        places.append(raced.enrolment)
    real_session.commit()
    acts = [
        issuing(raced, place.id, raced.coordinator.id, name, name.title())
        for name, place in zip(names, places, strict=True)
    ]
    wrong = issuing(raced, places[1].id, raced.coordinator.id, "wrong", "Another name")
    both(real_app, wrong, *acts)
    real_session.rollback()
    numbers = sorted(real_session.scalars(select(Certificate.number)))
    assert numbers == [1, 2, 3, 4]


@pytest.mark.races
def test_a_number_that_was_rolled_back_is_given_again(real_session, raced):
    issue(real_session, raced)
    real_session.rollback()
    assert real_session.scalar(select(func.count(Certificate.id))) == 0
    assert issue(real_session, raced).number == 1


@pytest.mark.races
def test_hours_taken_back_while_issuing_are_seen_or_come_after(real_app, real_session, raced):
    """Never a certificate on hours that were gone before it."""
    entry_id = real_session.scalars(select(HoursEntry.id).order_by(HoursEntry.id)).first()

    def withdraw(session):
        entry = session.get_one(HoursEntry, entry_id)
        withdraw_confirmation(session, entry, by=raced.supervisor.id, reason="A slip.", now=NOW)

    both(real_app, withdraw, issuing(raced, raced.enrolment.id, raced.coordinator.id, "one"))
    real_session.rollback()
    acts = list(
        real_session.scalars(
            select(AuditEntry.act)
            .where(AuditEntry.act.in_(("certificate-issued", "hours-confirmation-withdrawn")))
            .order_by(AuditEntry.seq)
        )
    )
    assert acts in (
        ["hours-confirmation-withdrawn"],
        ["certificate-issued", "hours-confirmation-withdrawn"],
    )
    assert real_session.scalar(select(func.count(Certificate.id))) == len(acts) - 1


def recording(certificate_id, kind, by, op_id):
    def act(session):
        certificate = session.get_one(Certificate, certificate_id)
        record_event(session, certificate, kind, by=by, note=BECAUSE, op_id=op_id, now=NOW)

    return act


@pytest.mark.races
def test_two_revocations_at_once_leave_one(real_app, real_session, raced):
    certificate = issue(real_session, raced)
    real_session.commit()
    came = both(
        real_app,
        recording(certificate.id, KIND.REVOKED, raced.coordinator.id, "one"),
        recording(certificate.id, KIND.REVOKED, raced.second_coordinator.id, "two"),
    )
    assert sorted(came, key=str) == [None, EventRefusal.NOT_FROM_THIS_STATE]
    assert real_session.scalar(select(func.count(CertificateEvent.id))) == 1


@pytest.mark.races
def test_a_double_click_revokes_once(real_app, real_session, raced):
    certificate = issue(real_session, raced)
    real_session.commit()
    act = recording(certificate.id, KIND.REVOKED, raced.coordinator.id, "click")
    assert both(real_app, act, act) == [None, None]
    assert real_session.scalar(select(func.count(CertificateEvent.id))) == 1


@pytest.mark.races
def test_suspending_while_another_revokes_keeps_an_allowed_order(real_app, real_session, raced):
    certificate = issue(real_session, raced)
    real_session.commit()
    both(
        real_app,
        recording(certificate.id, KIND.SUSPENDED, raced.coordinator.id, "one"),
        recording(certificate.id, KIND.REVOKED, raced.second_coordinator.id, "two"),
    )
    real_session.rollback()
    kinds = list(real_session.scalars(select(CertificateEvent.kind).order_by(CertificateEvent.id)))
    assert kinds in (["revoked"], ["suspended", "revoked"])
    assert check_code(real_session, certificate.code, now=NOW).state is CertificateState.REVOKED
