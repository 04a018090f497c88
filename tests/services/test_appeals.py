"""Another look in the database: asked once, decided by another, applied as a new fact."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from lms.db import transaction
from lms.models import (
    Appeal,
    AuditDetail,
    AuditEntry,
    CertificateEvent,
    Confirmation,
    Enrolment,
    HoursEntry,
    Performance,
    Person,
    ReadinessDecision,
    RoleGrant,
    Waiver,
)
from lms.rules.appeals import AppealRefusal, AppealState, way_back
from lms.rules.certificates import CertificateEventKind, CertificateState
from lms.rules.evidence import WaiverClaim
from lms.rules.roles import Actor, Role
from lms.services.appeals import (
    Answer,
    ask_again,
    assign_decider,
    list_fitting,
    list_for_office,
    list_own_appeals,
    list_to_answer,
    read_part,
    standing_of,
    withdraw_appeal,
)
from lms.services.certificates import check_code, detail_of
from lms.services.errors import RefusedError
from lms.services.evidence import ask_waiver
from lms.services.hours import change_entry, claim_of
from lms.services.hours import detail_of as detail_of_hours
from lms.services.practice import get_enrolment
from lms.services.readiness import waive_requirement
from lms.services.record import record_of
from lms.services.today import list_waiting_for
from lms.services.verdicts import verdict_for
from tests.appealing import (
    REASONS,
    SOURCES,
    WORDS,
    against,
    ask,
    asked_of,
    assign_to,
    declined,
    give_answer,
    not_met,
    not_yet,
    once,
    returned,
    taken_back,
)
from tests.cast import NOW, grant, make_cast, make_person
from tests.certifying import issue, meet_all, second_coordinator
from tests.playing import body_of, scenario_of, sign_all_once

S, R = AppealState, AppealRefusal
UPHELD = Answer(S.UPHELD, REASONS)
SENT_BACK = Answer(S.SENT_BACK, REASONS)
READY = Answer(S.CHANGED, REASONS, record="Shown since.", sources=SOURCES)


@pytest.fixture
def second(session, cast) -> Person:
    return second_coordinator(session, cast)


def refusal(act, *given, **named):
    with pytest.raises(RefusedError) as caught:
        act(*given, **named)
    return caught.value.reason


# Asking


def test_the_words_are_sealed_and_nobody_reads_them_in_the_trail(session, cast):
    appeal = ask(session, not_yet(session, cast))
    session.flush()
    assert WORDS.encode() not in appeal.words
    assert read_part(session, appeal, "words") == WORDS
    with transaction(session):
        ask(session, not_met(session, cast))
    trail = session.scalars(select(AuditEntry).where(AuditEntry.act == "appeal-asked")).all()
    details = session.scalars(select(AuditDetail.details)).all()
    assert trail
    assert not any("Zzyzx" in text for text in details)


def test_each_act_is_looked_at_once(session, cast):
    decision = not_yet(session, cast)
    ask(session, decision)
    assert refusal(ask, session, decision) is R.ALREADY_OPEN
    later = not_yet(session, cast)
    assert refusal(ask, session, decision) is R.ALREADY_OPEN
    assert ask(session, later).subject_id == later.id


def test_the_same_form_sent_twice_asks_once(session, cast):
    decision = not_yet(session, cast)
    given = {"words": WORDS, "op_id": "twice", "now": NOW}
    first, again = ask_again(session, decision, **given), ask_again(session, decision, **given)
    assert first is again


def test_a_request_taken_back_may_be_asked_again_and_stays_on_record(session, cast):
    decision = not_yet(session, cast)
    first = ask(session, decision)
    withdraw_appeal(session, first, now=NOW)
    withdraw_appeal(session, first, now=NOW)
    ask(session, decision)
    states = [row.state for row in list_own_appeals(session, cast.trainee.id, now=NOW)]
    assert states == [S.ASKED, S.WITHDRAWN]


def test_the_programme_sets_how_long_one_may_ask_and_when_the_answer_is_due(session, cast):
    decision = not_yet(session, cast)
    found = standing_of(session, decision, now=NOW)
    assert found.last_day == decision.happened_on + timedelta(days=30)
    assert found.due == decision.happened_on + timedelta(days=14)
    on_the_last_day = NOW + timedelta(days=30)
    assert standing_of(session, decision, now=on_the_last_day).refusal is None
    too_late = NOW + timedelta(days=31)
    assert refusal(ask, session, decision, now=too_late) is R.TOO_LATE


def test_nothing_to_ask_where_nothing_went_against_somebody(session, cast):
    meet_all(session, cast)
    ready = session.scalars(select(ReadinessDecision)).one()
    met = session.scalars(select(Performance)).first()
    confirmed = session.scalars(select(HoursEntry)).first()
    certificate = issue(session, cast)
    for row in (ready, met, confirmed):
        assert refusal(ask, session, row) is R.NOTHING_TO_ASK
    assert standing_of(session, certificate, now=NOW) is None


def test_an_entry_returned_a_second_time_is_a_new_act(session, cast, second):
    sign_all_once(session, cast.enrolment)
    entry = returned(session, cast)
    appeal = assign_to(session, cast, ask(session, entry), second)
    give_answer(session, appeal, second, UPHELD)
    assert refusal(ask, session, entry) is R.ALREADY_ANSWERED
    entry.returned_at = NOW + timedelta(days=2)
    session.flush()
    assert ask(session, entry, now=NOW + timedelta(days=2)).state == S.ASKED


# Naming who decides


def test_who_fits_is_listed_and_nobody_who_took_part(session, cast):
    decision = ask(session, not_yet(session, cast))
    assert list_fitting(session, decision, now=NOW) == []
    second = second_coordinator(session, cast)
    assert list_fitting(session, decision, now=NOW) == [second]
    result = ask(session, not_met(session, cast))
    names = {person.chosen_name for person in list_fitting(session, result, now=NOW)}
    assert names == {"Coordinator", "Second Coordinator", "Second Trainer"}
    hours = ask(session, returned(session, cast))
    names = {person.chosen_name for person in list_fitting(session, hours, now=NOW)}
    assert names == {"Coordinator", "Second Coordinator"}


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("trainee", R.DECIDER_ASKED),
        ("coordinator", R.DECIDER_TOOK_PART),
        ("trainer", R.DECIDER_WITHOUT_ROLE),
        ("outsider", R.DECIDER_WITHOUT_ROLE),
    ],
)
def test_nobody_unfit_is_named_whoever_asks_for_it(session, cast, who, expected):
    appeal = ask(session, not_yet(session, cast))
    assert refusal(assign_to, session, cast, appeal, cast.people[who]) is expected
    assert appeal.decider_id is None


def test_somebody_else_may_be_named_until_it_is_answered(session, cast, second):
    third = make_person(session, "third", cast.organisation)
    grant(session, third, "coordinator")
    session.flush()
    appeal = assign_to(session, cast, ask(session, not_yet(session, cast)), second)
    assign_to(session, cast, appeal, third)
    assert refusal(give_answer, session, appeal, second, UPHELD) is R.NOT_FROM_HERE
    give_answer(session, appeal, third, UPHELD)
    assert refusal(assign_to, session, cast, appeal, second) is R.NOT_FROM_HERE


def test_whoever_lost_the_role_meanwhile_does_not_decide(session, cast, second):
    appeal = asked_of(session, cast)
    held = select(RoleGrant).where(RoleGrant.person_id == second.id)
    session.scalars(held).one().until_on = NOW.date()
    session.flush()
    assert refusal(give_answer, session, appeal, second, UPHELD) is R.DECIDER_WITHOUT_ROLE


# Answers


def test_a_changed_decision_is_a_new_decision_and_the_old_one_stays(session, cast, second):
    before = not_yet(session, cast)
    appeal = assign_to(session, cast, ask(session, before), second)
    give_answer(session, appeal, second, READY)
    newer = session.get(ReadinessDecision, appeal.applied_id)
    assert (newer.outcome, newer.decided_by) == ("ready", second.id)
    assert (before.outcome, before.replaced_at is not None) == ("not-yet", True)
    _, record = record_of(session, cast.enrolment.id)
    assert [fact.outcome for fact in record.decisions] == ["ready"]
    _, then = record_of(session, cast.enrolment.id, known_at=NOW)
    assert [fact.outcome for fact in then.decisions] == ["not-yet"]
    assert (appeal.state, read_part(session, appeal, "reasons")) == (S.CHANGED, REASONS)


def test_a_decision_replaced_meanwhile_is_answered_but_not_changed_here(session, cast, second):
    appeal = asked_of(session, cast)
    not_yet(session, cast)
    assert refusal(give_answer, session, appeal, second, READY) is R.MOVED_ON
    give_answer(session, appeal, second, UPHELD)
    assert appeal.state == S.UPHELD


def test_a_changed_result_is_a_new_marking_in_the_old_ones_place(session, cast):
    before = not_met(session, cast)
    appeal = assign_to(session, cast, ask(session, before), cast.second_trainer)
    same = body_of(scenario_of(session), 0)
    answer = Answer(S.CHANGED, REASONS, marks=same)
    assert refusal(give_answer, session, appeal, cast.second_trainer, answer) is R.SAME_MARKS
    answer = Answer(S.CHANGED, REASONS, marks=body_of(scenario_of(session), 2))
    give_answer(session, appeal, cast.second_trainer, answer)
    newer = session.get(Performance, appeal.applied_id)
    assert (newer.result, newer.marker_id) == ("met", cast.second_trainer.id)
    assert newer.happened_on == before.happened_on
    assert (before.result, before.replaced_at is not None) == ("not-yet", True)
    _, record = record_of(session, cast.enrolment.id)
    assert [fact.id for fact in record.rubrics] == [newer.public_id]
    _, then = record_of(session, cast.enrolment.id, known_at=NOW)
    assert [fact.id for fact in then.rubrics] == [before.public_id]


@pytest.mark.parametrize("act", [returned, taken_back])
def test_hours_are_confirmed_in_a_new_entry_that_names_the_old(session, cast, second, act):
    entry = act(session, cast)
    appeal = assign_to(session, cast, ask(session, entry), second)
    assert refusal(give_answer, session, appeal, second, hours_answer(99)) == "hours-changed"
    give_answer(session, appeal, second, hours_answer(entry.version))
    newer = session.get(HoursEntry, appeal.applied_id)
    signed = session.scalars(select(Confirmation).where(Confirmation.entry_id == newer.id)).one()
    assert (newer.state, newer.corrects_id, newer.minutes) == ("confirmed", entry.id, 60)
    assert (signed.confirmed_by, newer.supervisor_id) == (second.id, cast.supervisor.id)
    assert entry.state == "withdrawn"
    assert detail_of_hours(session, newer).summary == "Rest after hard days."
    _, record = record_of(session, cast.enrolment.id)
    assert [fact.minutes for fact in record.hours] == [60]


def hours_answer(version: int) -> Answer:
    return Answer(S.CHANGED, REASONS, version=version)


def test_an_entry_changed_while_it_is_looked_at_is_not_confirmed_unseen(session, cast, second):
    sign_all_once(session, cast.enrolment)
    entry = returned(session, cast)
    appeal, seen = assign_to(session, cast, ask(session, entry), second), entry.version
    place = session.get(Enrolment, cast.enrolment.id)
    assert place is not None
    change_entry(
        session, entry, claim_of(entry), summary="Other.", version=seen, send=False, now=NOW
    )
    assert refusal(give_answer, session, appeal, second, hours_answer(seen)) == "hours-changed"
    give_answer(session, appeal, second, hours_answer(entry.version))
    assert appeal.state == S.CHANGED


def certified(session, cast):
    meet_all(session, cast)
    return issue(session, cast)


def test_a_suspension_is_lifted_by_an_event_and_the_check_says_so(session, cast, second):
    certificate = certified(session, cast)
    against(session, cast, certificate, CertificateEventKind.SUSPENDED)
    appeal = assign_to(session, cast, ask(session, certificate), second)
    give_answer(session, appeal, second, Answer(S.CHANGED, REASONS, record="It is clear now."))
    later = NOW + timedelta(days=1)
    kinds = session.scalars(select(CertificateEvent.kind).order_by(CertificateEvent.id)).all()
    assert kinds == ["suspended", "reinstated"]
    assert check_code(session, certificate.code, now=later).state is CertificateState.VALID


def test_a_revoked_certificate_comes_back_only_as_its_lifecycle_allows(session, cast, second):
    certificate = certified(session, cast)
    against(session, cast, certificate, CertificateEventKind.REVOKED)
    appeal = assign_to(session, cast, ask(session, certificate), second)
    answer = Answer(S.CHANGED, REASONS, record="It was a mistake.")
    if way_back(CertificateState.REVOKED) is None:
        assert refusal(give_answer, session, appeal, second, answer) is R.NO_WAY_BACK
        assert detail_of(session, certificate, now=NOW).state is CertificateState.REVOKED
    else:
        give_answer(session, appeal, second, answer)
        later = NOW + timedelta(days=1)
        assert detail_of(session, certificate, now=later).state is CertificateState.VALID


def waived(session, cast):
    found = verdict_for(session, cast.enrolment, on=NOW.date() + timedelta(days=1))
    return next(row.state.value for row in found.rows if row.id == "supervision")


def test_a_declined_waiver_is_set_aside_by_somebody_else_as_a_new_fact(session, cast, second):
    request = declined(session, cast)
    appeal = ask(session, request)
    assert second in list_fitting(session, appeal, now=NOW)
    assert refusal(assign_to, session, cast, appeal, cast.coordinator) is R.DECIDER_TOOK_PART
    assign_to(session, cast, appeal, second)
    bare = Answer(S.CHANGED, REASONS)
    assert refusal(give_answer, session, appeal, second, bare) is R.RECORD_MISSING
    give_answer(session, appeal, second, Answer(S.CHANGED, REASONS, record="Shown by a letter."))
    waiver = session.get(Waiver, appeal.applied_id)
    assert (waiver.requirement, waiver.waived_by) == ("supervision", second.id)
    assert (request.state, request.decided_by) == ("declined", cast.coordinator.id)
    assert waived(session, cast) == "waived"


def test_a_declined_waiver_that_stays_declined_sets_nothing_aside(session, cast, second):
    appeal = assign_to(session, cast, ask(session, declined(session, cast)), second)
    give_answer(session, appeal, second, UPHELD)
    assert session.scalars(select(Waiver)).all() == []
    assert waived(session, cast) == "not-yet"


def test_a_waiver_asked_for_anew_or_set_aside_since_has_moved_on(session, cast, second):
    first = declined(session, cast)
    later = declined(session, cast)
    assert refusal(ask, session, first) is R.MOVED_ON
    appeal = assign_to(session, cast, ask(session, later), second)
    place = get_enrolment(session, cast.enrolment.public_id)
    by = cast.coordinator.id
    waive_requirement(session, place, "supervision", reason="Talked over.", by=by, now=NOW)
    change = Answer(S.CHANGED, REASONS, record="Shown.")
    assert refusal(give_answer, session, appeal, second, change) is R.MOVED_ON


@pytest.mark.parametrize("granted", [False, True])
def test_a_waiver_that_nobody_decided_or_that_was_granted_is_not_appealed(session, cast, granted):
    place = get_enrolment(session, cast.enrolment.public_id)
    claim = WaiverClaim("supervision", "Ten years of it.", due_on=NOW.date())
    request = ask_waiver(session, place, claim, by=cast.trainee.id, op_id=once(), now=NOW)
    if granted:
        request.state, request.decided_at = "granted", NOW
        request.decided_by = cast.coordinator.id
    assert refusal(ask, session, request) is R.NOTHING_TO_ASK


def test_another_looks_once_more_where_the_first_has_no_time(session, cast, second):
    appeal = asked_of(session, cast)
    give_answer(session, appeal, second, SENT_BACK)
    third = grant_coordinator(session, cast)
    assign_to(session, cast, appeal, third)
    assert (appeal.state, appeal.decider_id) == (S.SENT_BACK, second.id)
    assert refusal(assign_to, session, cast, appeal, cast.coordinator) is R.DECIDER_TOOK_PART
    assert refusal(give_answer, session, appeal, cast.coordinator, UPHELD) is R.NOT_FROM_HERE
    again = Answer(S.CHANGED, "I saw it differently.", record="Shown.", sources=SOURCES)
    give_answer(session, appeal, third, again)
    assert session.get(ReadinessDecision, appeal.applied_id).decided_by == third.id
    assert read_part(session, appeal, "reasons") == REASONS
    assert refusal(assign_to, session, cast, appeal, second) is R.NOT_FROM_HERE


def test_who_was_named_instead_must_still_hold_a_role_when_they_answer(session, cast, second):
    appeal = asked_of(session, cast)
    give_answer(session, appeal, second, SENT_BACK)
    third = grant_coordinator(session, cast)
    assign_to(session, cast, appeal, third)
    third.closed_at = NOW
    session.flush()
    assert refusal(give_answer, session, appeal, third, UPHELD) is R.DECIDER_WITHOUT_ROLE
    office = actor_for(second, Role.COORDINATOR)
    assert kinds_of(session, office)["to-assign"] == 1


def test_whose_account_is_closed_leaves_the_office_to_name_somebody(session, cast, second):
    appeal = asked_of(session, cast)
    office = actor_for(cast.coordinator, Role.COORDINATOR)
    assert "to-assign" not in kinds_of(session, office)
    second.closed_at = NOW
    session.flush()
    assert kinds_of(session, office)["to-assign"] == 1
    assign_to(session, cast, appeal, grant_coordinator(session, cast))
    assert "to-assign" not in kinds_of(session, office)


def test_two_who_name_somebody_see_each_other(session, cast, second):
    appeal = asked_of(session, cast)
    give_answer(session, appeal, second, SENT_BACK)
    third = grant_coordinator(session, cast)
    assign_to(session, cast, appeal, third)
    given = {"seen": None, "by": cast.coordinator.id, "now": NOW}
    reason = refusal(assign_decider, session, appeal, second, **given)
    assert reason is R.CHANGED_MEANWHILE


def grant_coordinator(session, cast):
    person = make_person(session, "third_coordinator", cast.organisation)
    grant(session, person, "coordinator")
    session.flush()
    return person


def test_sent_back_whoever_decided_looks_once_more_with_reasons(session, cast, second):
    appeal = asked_of(session, cast)
    give_answer(session, appeal, second, SENT_BACK)
    assert refusal(give_answer, session, appeal, second, UPHELD) is R.NOT_FROM_HERE
    assert refusal(give_answer, session, appeal, cast.coordinator, SENT_BACK) is R.NOT_FROM_HERE
    again = Answer(S.CHANGED, "I had missed it.", record="Shown.", sources=SOURCES)
    give_answer(session, appeal, cast.coordinator, again)
    newer = session.get(ReadinessDecision, appeal.applied_id)
    assert (newer.outcome, newer.decided_by) == ("ready", cast.coordinator.id)
    assert read_part(session, appeal, "reasons") == REASONS
    assert read_part(session, appeal, "again") == "I had missed it."


def test_nothing_goes_back_to_somebody_who_is_gone(session, cast, second):
    appeal = asked_of(session, cast)
    cast.coordinator.closed_at = NOW
    session.flush()
    assert refusal(give_answer, session, appeal, second, SENT_BACK) is R.TAKER_GONE


def test_the_same_answer_sent_twice_counts_once(session, cast, second):
    appeal = asked_of(session, cast)
    for _time in range(2):
        give_answer(session, appeal, second, READY, op_id="twice")
    assert len(session.scalars(select(ReadinessDecision)).all()) == 2


def test_after_the_answer_the_request_can_no_longer_be_taken_back(session, cast, second):
    appeal = asked_of(session, cast)
    give_answer(session, appeal, second, UPHELD)
    assert refusal(withdraw_appeal, session, appeal, now=NOW) is R.NOT_FROM_HERE


def test_the_database_holds_one_look_an_act_and_no_judge_of_their_own_act(session, cast, second):
    appeal = asked_of(session, cast)
    copied = {"acted_at": appeal.acted_at, "subject_id": appeal.subject_id}
    common = {
        "enrolment_id": appeal.enrolment_id,
        "kind": "decision",
        "taken_by": appeal.taken_by,
        "words": b"x",
        "asked_at": NOW,
        "asked_on": NOW.date(),
    }
    assert clashes(session, **common, **copied, state="asked")
    assert not clashes(session, **common, **copied, state="withdrawn")
    own = {"subject_id": 999, "acted_at": NOW, "state": "assigned"}
    assert clashes(session, **common, **own, decider_id=appeal.taken_by)
    assert not clashes(session, **common, **own, decider_id=second.id)


def clashes(session, **values):
    savepoint = session.begin_nested()
    try:
        session.execute(insert(Appeal).values(public_id=once(), op_id=once(), **values))
    except IntegrityError:
        savepoint.rollback()
        return True
    savepoint.commit()
    return False


# Lists and Today


def kinds_of(session, actor):
    return {one.kind: one.count for one in list_waiting_for(session, actor, now=NOW)}


def actor_for(person, *roles, trainee=False):
    return Actor(person.id, person.organisation_id, frozenset(roles), is_trainee=trainee)


def test_today_says_what_waits_for_whom(session, cast, second):
    office = actor_for(cast.coordinator, Role.COORDINATOR)
    named = actor_for(second, Role.COORDINATOR)
    trainee = actor_for(cast.trainee, trainee=True)
    elsewhere = actor_for(cast.outsider, Role.COORDINATOR)
    appeal = ask(session, not_yet(session, cast))
    assert kinds_of(session, office)["to-assign"] == 1
    assert kinds_of(session, trainee) == {"look-asked": 1}
    assert "to-assign" not in kinds_of(session, elsewhere)
    assign_to(session, cast, appeal, second)
    assert "to-assign" not in kinds_of(session, office)
    assert kinds_of(session, named)["to-answer"] == 1
    give_answer(session, appeal, second, SENT_BACK)
    assert kinds_of(session, office)["to-answer"] == 1
    give_answer(session, appeal, cast.coordinator, UPHELD)
    assert "to-answer" not in kinds_of(session, office)
    assert kinds_of(session, trainee) == {"look-answered": 1}


def test_the_office_lists_its_own_open_ones_and_never_those_about_oneself(session, cast, second):
    asked_of(session, cast)
    named = actor_for(second, Role.COORDINATOR)
    assert len(list_for_office(session, named, now=NOW)) == 1
    assert len(list_to_answer(session, second.id, now=NOW)) == 1
    elsewhere = actor_for(cast.outsider, Role.COORDINATOR)
    both = actor_for(cast.trainee, Role.COORDINATOR, trainee=True)
    trainer = actor_for(cast.trainer, Role.TRAINER)
    for actor in (elsewhere, both, trainer):
        assert list_for_office(session, actor, now=NOW) == []


def test_a_list_says_what_is_late(session, cast, second):
    asked_of(session, cast)
    late = NOW + timedelta(days=15)
    (row,) = list_own_appeals(session, cast.trainee.id, now=late)
    assert row.is_late
    (row,) = list_own_appeals(session, cast.trainee.id, now=NOW + timedelta(days=14))
    assert not row.is_late


# Races


@pytest.fixture
def raced(real_app, real_session):
    """Return the application and the ids that two threads act on."""
    with transaction(real_session):
        cast = make_cast(real_session)
        appeal = asked_of(real_session, cast)
    ids = {name: person.id for name, person in cast.people.items()}
    return real_app, appeal.id, ids


def both(app, *acts):
    """Run acts at once, each in a transaction of its own; return what came of each."""
    gate = Barrier(len(acts))
    state = app.extensions["lms"]

    def run(act):
        with state.database.session() as session:
            session.info["ground"] = state.ground
            gate.wait()
            try:
                with transaction(session):
                    act(session)
            except RefusedError as refused:
                return refused.reason
            return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.races
def test_two_answers_at_once_are_one(raced):
    app, appeal_id, ids = raced

    def act(session):
        appeal, by = session.get_one(Appeal, appeal_id), ids["second_coordinator"]
        give_answer(session, appeal, session.get_one(Person, by), READY, op_id=once())

    assert sorted(both(app, act, act), key=str) == [None, R.NOT_FROM_HERE]
    with app.extensions["lms"].database.session() as session:
        assert len(session.scalars(select(ReadinessDecision)).all()) == 2


@pytest.mark.races
def test_an_answer_and_a_taking_back_at_once_are_one_of_them(raced):
    app, appeal_id, ids = raced

    def answer(session):
        appeal, by = session.get_one(Appeal, appeal_id), ids["second_coordinator"]
        give_answer(session, appeal, session.get_one(Person, by), READY)

    def withdraw(session):
        withdraw_appeal(session, session.get_one(Appeal, appeal_id), now=NOW)

    came = both(app, answer, withdraw)
    with app.extensions["lms"].database.session() as session:
        state = session.get_one(Appeal, appeal_id).state
        decisions = len(session.scalars(select(ReadinessDecision)).all())
    assert sorted(came, key=str) == [None, R.NOT_FROM_HERE]
    assert (state, decisions) in {(S.CHANGED, 2), (S.WITHDRAWN, 1)}


@pytest.mark.races
def test_two_requests_at_once_are_one(real_app, real_session):
    with transaction(real_session):
        decision = not_yet(real_session, make_cast(real_session))
    key = decision.id

    def act(session):
        ask(session, session.get_one(ReadinessDecision, key))

    assert sorted(both(real_app, act, act), key=str) == [None, R.ALREADY_OPEN]


def test_details_in_the_trail_are_states_and_ids(session, cast):
    with transaction(session):
        appeal = asked_of(session, cast)
    with transaction(session):
        give_answer(session, appeal, cast.second_coordinator, UPHELD)
    query = select(AuditDetail.details).join(AuditEntry, AuditEntry.id == AuditDetail.entry_id)
    found = session.scalars(query.where(AuditEntry.act.startswith("appeal-"))).all()
    keys = {key for text in found for key in json.loads(text)}
    assert keys == {"kind", "to", "outcome"}
