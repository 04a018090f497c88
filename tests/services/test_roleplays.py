"""Role-plays end to end in the database: booked, marked, released, settled, listed, raced."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from lms.db import transaction
from lms.models import (
    AuditEntry,
    Enrolment,
    HarmResolution,
    HarmTick,
    Marking,
    Performance,
)
from lms.rules.cohorts import PracticeHold
from lms.rules.roleplays import (
    BookRefusal,
    CancelRefusal,
    HarmOutcome,
    MarkRefusal,
    ReleaseRefusal,
    ResolveRefusal,
    Result,
    ScenarioState,
)
from lms.rules.roles import Actor, Role
from lms.services.audit import link_entries
from lms.services.drafts import find_draft
from lms.services.errors import ClashError, MissingError, RefusedError
from lms.services.practice import get_place
from lms.services.roleplays import (
    Answer,
    Booking,
    book_performance,
    cancel_performance,
    draft_key,
    find_marks,
    find_resolution,
    get_marking,
    get_performance,
    has_open_harm,
    list_bookable,
    list_markers,
    list_referrals,
    list_to_mark,
    list_to_release,
    list_trainee_scenarios,
    load_case,
    release_performance,
    resolve_harm,
    save_marks,
    submit_marking,
)
from tests.cast import NOW, TODAY, assign, make_cast
from tests.playing import SCENARIO, body_of, make_performance, mark, scenario_of, sign_all

LATER = NOW + timedelta(days=3)
RESOLVED = Answer(HarmOutcome.RESOLVED, "We talked it over.", "Read the lesson on gifts again.")
REPEAT = Answer(HarmOutcome.REPEAT, "It was close.", "We play it again in December.")


def actor_of(person, *roles):
    return Actor(person.id, person.organisation_id, frozenset(roles))


def reason_of(act, *values, **more):
    with pytest.raises(RefusedError) as refused:
        act(*values, **more)
    return refused.value.reason


def released(session, cast, level=2, **changes):
    performance = mark(session, make_performance(session, cast), level, **changes)
    release_performance(session, cast.trainer.id, performance, now=NOW)
    return performance


# booking


def test_a_booking_waits_for_the_agreements(session, cast):
    booking = Booking(SCENARIO, "in-person", TODAY, cast.trainer.id)
    reason = reason_of(
        book_performance, session, cast.trainer.id, cast.enrolment, booking, op_id="a", now=NOW
    )
    assert reason is PracticeHold.UNSIGNED


def test_a_booking_keeps_the_versions_it_was_made_with(session, cast):
    performance = make_performance(session, cast)
    case = load_case(session, performance)
    assert (case.scenario.id, case.rubric.id) == (SCENARIO, "twelve")
    assert (performance.state, performance.minutes, performance.result) == (
        "booked",
        case.scenario.minutes,
        None,
    )


def test_the_same_form_sent_again_returns_the_first_booking(session, cast):
    first = make_performance(session, cast, op_id="once")
    assert make_performance(session, cast, op_id="once") is first
    assert session.scalar(select(func.count(Performance.id))) == 1


def test_a_scenario_is_open_once_a_trainee(session, cast):
    make_performance(session, cast, op_id="one")
    assert reason_of(make_performance, session, cast, op_id="two") is BookRefusal.ALREADY_OPEN


def test_a_cancelled_booking_leaves_room_for_another(session, cast):
    performance = make_performance(session, cast, op_id="one")
    cancel_performance(session, cast.trainer.id, performance, now=NOW)
    assert make_performance(session, cast, op_id="two").state == "booked"
    assert performance.state == "cancelled"


def test_a_marked_performance_cannot_be_taken_back(session, cast):
    performance = mark(session, make_performance(session, cast))
    reason = reason_of(cancel_performance, session, cast.trainer.id, performance, now=NOW)
    assert reason is CancelRefusal.MARKED


@pytest.mark.parametrize("who", ["trainee", "classmate", "supervisor", "coordinator", "outsider"])
def test_only_the_assigned_trainers_may_be_named_as_marker(session, cast, who):
    reason = reason_of(make_performance, session, cast, marker=cast.people[who])
    assert reason is BookRefusal.NOT_A_MARKER


def test_the_trainee_is_no_marker_even_if_somebody_assigns_them(session, cast):
    place = get_place(session, cast.classmate.id)
    assign(session, place, cast.classmate, "trainer")
    session.flush()
    assert list_markers(session, place) == []


def test_an_unknown_scenario_is_refused(session, cast):
    reason = reason_of(make_performance, session, cast, scenario="nowhere")
    assert reason is BookRefusal.NO_SUCH_SCENARIO


# drafts


def test_a_draft_is_kept_sealed_and_found_again(session, cast):
    performance = make_performance(session, cast)
    body = {"level-k1": "2", "moment-k1": "She waited."}
    assert save_marks(session, cast.trainer.id, performance, body, base_version=0, now=NOW) == 1
    marks, version = find_marks(session, cast.trainer.id, load_case(session, performance))
    assert (dict(marks.levels), dict(marks.moments), version) == (
        {"k1": 2},
        {"k1": "She waited."},
        1,
    )
    assert session.scalar(select(func.count(Marking.id))) == 0


def test_a_second_device_sees_both_and_writes_over_nothing(session, cast):
    performance = make_performance(session, cast)
    first, second = {"level-k1": "2"}, {"level-k1": "0"}
    save_marks(session, cast.trainer.id, performance, first, base_version=0, now=NOW)
    with pytest.raises(ClashError) as clash:
        save_marks(session, cast.trainer.id, performance, second, base_version=0, now=NOW)
    assert (clash.value.theirs, clash.value.yours, clash.value.version) == (first, second, 1)
    assert find_draft(session, cast.trainer.id, draft_key(performance)).body == first


def test_the_same_marks_from_two_devices_are_no_clash(session, cast):
    performance = make_performance(session, cast)
    for body in ({"level-k1": "2"}, {"level-k1": "2", "moment-k1": " "}):
        save_marks(session, cast.trainer.id, performance, body, base_version=0, now=NOW)
    assert find_draft(session, cast.trainer.id, draft_key(performance)).version == 2


# submitting


def test_a_marking_is_taken_whole_and_its_words_are_sealed(session, cast):
    performance = mark(session, make_performance(session, cast), moment_k1="She waited.")
    read = get_marking(session, load_case(session, performance)).marks
    assert set(read.levels.values()) == {2}
    assert (read.went_well, read.moments) == ("You stayed calm.", {"k1": "She waited."})
    row = session.scalars(select(Marking)).one()
    assert b"calm" not in row.went_well
    assert find_draft(session, cast.trainer.id, draft_key(performance)) is None


def test_every_criterion_must_be_set(session, cast):
    performance = make_performance(session, cast)
    body = body_of(scenario_of(session))
    del body["level-k3"]
    version = save_marks(session, cast.trainer.id, performance, body, base_version=0, now=NOW)
    reason = reason_of(
        submit_marking, session, cast.trainer.id, performance, version=version, now=NOW
    )
    assert reason is MarkRefusal.INCOMPLETE
    assert performance.state == "booked"


def test_a_role_play_is_not_marked_before_its_day(session, cast):
    performance = make_performance(session, cast, on=TODAY + timedelta(days=1))
    assert reason_of(mark, session, performance) is MarkRefusal.NOT_PLAYED_YET


def test_a_draft_that_changed_since_it_was_looked_over_is_not_sent_unseen(session, cast):
    performance = make_performance(session, cast)
    trainer = cast.trainer.id
    seen = save_marks(
        session, trainer, performance, body_of(scenario_of(session)), base_version=0, now=NOW
    )
    changed = body_of(scenario_of(session), 0)
    save_marks(session, trainer, performance, changed, base_version=seen, now=NOW)
    reason = reason_of(submit_marking, session, trainer, performance, version=seen, now=NOW)
    assert reason is MarkRefusal.CHANGED


def test_a_submitted_marking_is_neither_sent_again_nor_changed(session, cast):
    performance = mark(session, make_performance(session, cast))
    again = reason_of(submit_marking, session, cast.trainer.id, performance, version=1, now=NOW)
    assert again is MarkRefusal.SUBMITTED
    changed = reason_of(
        save_marks, session, cast.trainer.id, performance, {}, base_version=1, now=NOW
    )
    assert changed is MarkRefusal.SUBMITTED


def test_a_submission_changes_neither_record_nor_list_nor_the_trainees_trail(session, cast):
    performance = make_performance(session, cast, on=TODAY - timedelta(days=1))
    session.expire_all()
    place = get_place(session, cast.trainee.id)
    before = (place.facts_version, list_trainee_scenarios(session, place, now=NOW))
    mark(session, performance, harm="H4")
    link_entries(session)
    session.expire_all()
    place = get_place(session, cast.trainee.id)
    assert (place.facts_version, list_trainee_scenarios(session, place, now=NOW)) == before
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "marking-submitted")).one()
    assert (entry.about_id, entry.chain) == (None, cast.organisation.id)


# release


def test_release_makes_the_result_a_fact_on_the_cohorts_day(session, cast):
    performance = mark(session, make_performance(session, cast))
    before = session.get_one(Enrolment, cast.enrolment.id).facts_version
    night = NOW.replace(day=3, hour=2)  # still 2 November in New York
    assert release_performance(session, cast.trainer.id, performance, now=night) is Result.MET
    assert (performance.state, performance.result, performance.released_on) == (
        "released",
        "met",
        TODAY,
    )
    assert session.get_one(Enrolment, cast.enrolment.id, populate_existing=True).facts_version > (
        before
    )


def test_low_levels_are_not_yet(session, cast):
    assert released(session, cast, level=1).result == "not-yet"


def test_a_harm_item_refers_and_a_mended_one_too(session, cast):
    assert released(session, cast, harm="H4").result == "referred"
    other = make_performance(session, cast, scenario="tonight")
    mark(session, other, harm="H4", corrected="H4")
    assert release_performance(session, cast.trainer.id, other, now=NOW) is Result.REFERRED
    assert session.scalar(select(func.count(HarmTick.id))) == 2


def test_nothing_is_released_unmarked_or_twice(session, cast):
    performance = make_performance(session, cast)
    first = reason_of(release_performance, session, cast.trainer.id, performance, now=NOW)
    mark(session, performance)
    release_performance(session, cast.trainer.id, performance, now=NOW)
    second = reason_of(release_performance, session, cast.trainer.id, performance, now=LATER)
    assert (first, second) == (ReleaseRefusal.NOT_MARKED, ReleaseRefusal.RELEASED)
    assert performance.released_at == NOW


# harm items


def test_a_referral_is_settled_by_a_coordinator_who_did_not_mark(session, cast):
    performance = released(session, cast, harm="H4")
    assert has_open_harm(session, performance)
    own = reason_of(resolve_harm, session, cast.trainer.id, performance, RESOLVED, now=LATER)
    assert own is ResolveRefusal.OWN_MARKING
    resolve_harm(session, cast.coordinator.id, performance, RESOLVED, now=LATER)
    assert not has_open_harm(session, performance)
    found = find_resolution(session, load_case(session, performance))
    assert (found.answer, found.by) == (RESOLVED, "Coordinator")
    assert performance.result == "referred"
    assert b"talked" not in session.scalars(select(HarmResolution)).one().reason


def test_a_settled_referral_is_not_settled_again(session, cast):
    performance = released(session, cast, harm="H4")
    resolve_harm(session, cast.coordinator.id, performance, RESOLVED, now=LATER)
    reason = reason_of(resolve_harm, session, cast.coordinator.id, performance, REPEAT, now=LATER)
    assert reason is ResolveRefusal.SETTLED


def test_nothing_is_settled_that_was_not_referred(session, cast):
    performance = released(session, cast)
    reason = reason_of(resolve_harm, session, cast.coordinator.id, performance, RESOLVED, now=LATER)
    assert reason is ResolveRefusal.NOTHING_OPEN


def test_a_repeat_that_is_met_still_waits_for_a_persons_word(session, cast):
    performance = released(session, cast, harm="H4")
    resolve_harm(session, cast.coordinator.id, performance, REPEAT, now=LATER)
    again = mark(session, make_performance(session, cast, op_id="again"))
    release_performance(session, cast.trainer.id, again, now=LATER)
    assert has_open_harm(session, performance)
    assert state_of(session, cast) is ScenarioState.PLAN
    office = actor_of(cast.coordinator, Role.COORDINATOR)
    assert [row.harm.met_again for row in list_referrals(session, office, now=LATER)] == [True]
    resolve_harm(session, cast.coordinator.id, performance, RESOLVED, now=LATER)
    assert state_of(session, cast) is ScenarioState.MET


def test_a_repeat_may_be_settled_in_words_and_the_first_answer_is_kept(session, cast):
    performance = released(session, cast, harm="H4")
    resolve_harm(session, cast.coordinator.id, performance, REPEAT, now=LATER)
    resolve_harm(session, cast.coordinator.id, performance, RESOLVED, now=LATER)
    rows = session.scalars(select(HarmResolution).order_by(HarmResolution.id)).all()
    assert [(row.outcome, row.replaced_at) for row in rows] == [
        ("repeat", LATER),
        ("resolved", None),
    ]


# lists


def state_of(session, cast, scenario=SCENARIO):
    place = get_place(session, cast.trainee.id)
    rows = list_trainee_scenarios(session, place, now=LATER)
    return next(row.state for row in rows if row.scenario.id == scenario)


def test_a_trainee_follows_one_scenario_through_its_states(session, cast):
    seen = [state_of(session, cast)]
    performance = make_performance(session, cast, on=LATER.date())
    seen.append(state_of(session, cast))
    cancel_performance(session, cast.trainer.id, performance, now=NOW)
    performance = make_performance(session, cast, op_id="b")
    seen.append(state_of(session, cast))
    mark(session, performance, harm="H4")
    release_performance(session, cast.trainer.id, performance, now=NOW)
    seen.append(state_of(session, cast))
    resolve_harm(session, cast.coordinator.id, performance, RESOLVED, now=LATER)
    seen.append(state_of(session, cast))
    state = ScenarioState
    assert seen == [state.NOT_YET, state.BOOKED, state.BEING_MARKED, state.PLAN, state.MET]


def test_a_marker_sees_own_bookings_oldest_first_and_nobody_elses(session, cast):
    new = make_performance(session, cast, scenario="tonight")
    old = make_performance(session, cast, on=TODAY - timedelta(days=4))
    other = make_performance(session, cast, scenario="ten-minutes", marker=cast.second_trainer)
    save_marks(session, cast.trainer.id, old, {"level-k1": "1"}, base_version=0, now=NOW)
    rows = list_to_mark(session, actor_of(cast.trainer, Role.TRAINER), now=NOW)
    assert [(row.public_id, row.has_draft) for row in rows] == [
        (old.public_id, True),
        (new.public_id, False),
    ]
    second = list_to_mark(session, actor_of(cast.second_trainer, Role.TRAINER), now=NOW)
    assert [row.public_id for row in second] == [other.public_id]


def test_what_is_marked_waits_for_its_marker_and_the_office(session, cast):
    performance = mark(session, make_performance(session, cast))
    waits = {
        who: [row.public_id for row in list_to_release(session, actor_of(person, role), now=NOW)]
        for who, person, role in (
            ("trainer", cast.trainer, Role.TRAINER),
            ("second", cast.second_trainer, Role.TRAINER),
            ("coordinator", cast.coordinator, Role.COORDINATOR),
            ("outsider", cast.outsider, Role.COORDINATOR),
        )
    }
    mine = [performance.public_id]
    assert waits == {"trainer": mine, "second": [], "coordinator": mine, "outsider": []}


def test_referrals_are_listed_for_their_own_office_until_they_are_settled(session, cast):
    performance = released(session, cast, harm="H4")
    office = actor_of(cast.coordinator, Role.COORDINATOR)
    assert [row.public_id for row in list_referrals(session, office, now=NOW)] == [
        performance.public_id
    ]
    elsewhere = actor_of(cast.outsider, Role.COORDINATOR)
    assert list_referrals(session, elsewhere, now=NOW) == []
    resolve_harm(session, cast.coordinator.id, performance, REPEAT, now=LATER)
    assert [row.harm.outcome for row in list_referrals(session, office, now=NOW)] == [
        HarmOutcome.REPEAT
    ]
    resolve_harm(session, cast.coordinator.id, performance, RESOLVED, now=LATER)
    assert list_referrals(session, office, now=NOW) == []


def test_trainers_book_for_their_own_trainees_and_the_office_for_all(session, cast):
    trainer = list_bookable(session, actor_of(cast.trainer, Role.TRAINER))
    office = list_bookable(session, actor_of(cast.coordinator, Role.COORDINATOR))
    assert [row.trainee for row in trainer] == ["Trainee"]
    assert [row.trainee for row in office] == ["Classmate", "Trainee"]
    assert list_bookable(session, actor_of(cast.trainee)) == []


def test_every_act_is_in_the_trail_without_a_word_that_was_written(session, cast):
    performance = released(session, cast, harm="H4")
    resolve_harm(session, cast.coordinator.id, performance, RESOLVED, now=LATER)
    other = make_performance(session, cast, scenario="tonight")
    cancel_performance(session, cast.trainer.id, other, now=NOW)
    link_entries(session)
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    acts = [entry.act for entry in entries if entry.subject.startswith("performance:")]
    assert acts == [
        "performance-booked",
        "marking-submitted",
        "performance-released",
        "harm-resolved",
        "performance-booked",
        "performance-cancelled",
    ]


def test_an_unknown_performance_is_missing(session, cast):
    with pytest.raises(MissingError):
        get_performance(session, "nowhere")


# races


def both(app, act, times=2):
    """Run an act on sessions of their own at the same time and return what each came to."""
    gate = Barrier(times)
    state = app.extensions["lms"]

    def one(number):
        with state.database.session() as session:
            session.info["ground"] = state.ground
            gate.wait()
            try:
                with transaction(session) as writing:
                    return act(writing, number)
            except RefusedError as refused:
                return refused.reason

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


@pytest.fixture
def played(real_session):
    cast = make_cast(real_session)
    sign_all(real_session, cast.enrolment)
    real_session.commit()
    performance = make_performance(real_session, cast)
    real_session.commit()
    return cast, performance.public_id


@pytest.mark.races
def test_two_clicks_book_once(real_app, real_session):
    cast = make_cast(real_session)
    sign_all(real_session, cast.enrolment)
    real_session.commit()

    def act(session, number):
        place = session.get_one(Enrolment, cast.enrolment.id)
        booking = Booking(SCENARIO, "in-person", TODAY, cast.trainer.id)
        return book_performance(
            session, cast.trainer.id, place, booking, op_id="click", now=NOW
        ).public_id

    assert len(set(both(real_app, act))) == 1


@pytest.mark.races
def test_two_people_book_the_same_scenario_once(real_app, real_session):
    cast = make_cast(real_session)
    sign_all(real_session, cast.enrolment)
    real_session.commit()

    def act(session, number):
        place = session.get_one(Enrolment, cast.enrolment.id)
        booking = Booking(SCENARIO, "in-person", TODAY, cast.trainer.id)
        op_id = f"person-{number}"
        book_performance(session, cast.trainer.id, place, booking, op_id=op_id, now=NOW)

    assert sorted(both(real_app, act), key=str) == [None, BookRefusal.ALREADY_OPEN]


@pytest.mark.races
def test_two_submissions_make_one_marking(real_app, real_session, played):
    cast, public_id = played
    performance = get_performance(real_session, public_id)
    body = body_of(scenario_of(real_session))
    save_marks(real_session, cast.trainer.id, performance, body, base_version=0, now=NOW)
    real_session.commit()

    def act(session, number):
        row = get_performance(session, public_id)
        submit_marking(session, cast.trainer.id, row, version=1, now=NOW)

    assert sorted(both(real_app, act), key=str) == [None, MarkRefusal.SUBMITTED]
    assert real_session.scalar(select(func.count(Marking.id))) == 1


@pytest.mark.races
def test_two_releases_release_once(real_app, real_session, played):
    cast, public_id = played
    mark(real_session, get_performance(real_session, public_id))
    real_session.commit()

    def act(session, number):
        row = get_performance(session, public_id)
        return release_performance(session, cast.trainer.id, row, now=NOW)

    assert set(both(real_app, act)) == {Result.MET, ReleaseRefusal.RELEASED}


@pytest.mark.races
def test_a_draft_that_moves_during_submission_is_never_sent_unseen(real_app, real_session, played):
    cast, public_id = played
    performance = get_performance(real_session, public_id)
    scenario = scenario_of(real_session)
    save_marks(
        real_session, cast.trainer.id, performance, body_of(scenario), base_version=0, now=NOW
    )
    real_session.commit()

    def act(session, number):
        row = get_performance(session, public_id)
        if number:
            low = body_of(scenario, 0)
            return save_marks(session, cast.trainer.id, row, low, base_version=1, now=NOW)
        return submit_marking(session, cast.trainer.id, row, version=1, now=NOW).id

    first, second = both(real_app, act)
    rows = real_session.scalars(select(Marking.levels)).all()
    if first is MarkRefusal.CHANGED:
        assert (second, rows) == (2, [])
    else:
        assert second is MarkRefusal.SUBMITTED
        assert '"k1": 2' in rows[0]


@pytest.mark.races
def test_a_draft_that_moves_during_release_changes_no_result(real_app, real_session, played):
    cast, public_id = played
    mark(real_session, get_performance(real_session, public_id))
    real_session.commit()

    def act(session, number):
        row = get_performance(session, public_id)
        if number:
            return save_marks(session, cast.trainer.id, row, {}, base_version=1, now=NOW)
        return release_performance(session, cast.trainer.id, row, now=NOW)

    assert both(real_app, act) == [Result.MET, MarkRefusal.SUBMITTED]


@pytest.mark.races
def test_two_answers_to_a_referral_leave_one(real_app, real_session, played):
    cast, public_id = played
    performance = mark(real_session, get_performance(real_session, public_id), harm="H4")
    release_performance(real_session, cast.trainer.id, performance, now=NOW)
    real_session.commit()

    def act(session, number):
        row = get_performance(session, public_id)
        resolve_harm(session, cast.coordinator.id, row, RESOLVED, now=LATER)

    assert sorted(both(real_app, act), key=str) == [None, ResolveRefusal.SETTLED]
