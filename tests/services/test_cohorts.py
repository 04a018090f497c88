"""Cohorts, places and assignments in the database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import func, select

from lms.db import transaction
from lms.models import Assignment, Cohort, Enrolment, Installation, Organisation
from lms.rules.cohorts import (
    AdmitRefusal,
    AssignmentKind,
    AssignRefusal,
    EnrolmentState,
    OpenRefusal,
    StepRefusal,
)
from lms.rules.roles import Role
from lms.services.cohorts import (
    NewCohort,
    admit_people,
    assign_people,
    list_cohorts,
    list_holders,
    list_places,
    list_programmes,
    list_without_place,
    make_cohort,
    move_place,
    people_beside,
)
from lms.services.errors import RefusedError
from lms.services.practice import get_enrolment
from tests.cast import NOW, grant, make_cast, make_person

DEMO = "peer-support-demo"
KIND = AssignmentKind


@pytest.fixture
def demo(session, cast):
    """Mark the database as the demo, where the invented programme opens."""
    session.add(Installation(id=1, is_demo=True, created_at=NOW))
    session.flush()


def new(name="Winter group", programme=DEMO):
    """Return a cohort to make."""
    return NewCohort(name, programme, date(2027, 1, 11))


def refusal_of(act, *args, **more):
    """Return the reason that an act is refused for."""
    with pytest.raises(RefusedError) as refused:
        act(*args, **more)
    return refused.value.reason


def test_a_cohort_keeps_the_version_and_zone_of_its_programme(session, cast, demo):
    cohort = make_cohort(session, cast.organisation, new(), by=cast.coordinator.id, now=NOW)
    choice = next(
        c for c in list_programmes(session, cast.organisation.id) if c.version.slug == DEMO
    )
    assert cohort.programme_version_id == choice.version.id
    assert cohort.zone == choice.programme.zone
    assert [row.name for row in list_cohorts(session, cast.organisation.id)] == [
        "Winter group",
        "Autumn group",
    ]


def test_invented_figures_open_nothing_outside_the_demo(session, cast):
    asked = {"by": cast.coordinator.id, "now": NOW}
    reason = refusal_of(make_cohort, session, cast.organisation, new(), **asked)
    assert reason is OpenRefusal.FIGURES_INVENTED


def test_examples_open_nowhere_and_stand_after_our_own(session, cast, demo):
    listed = list_programmes(session, cast.organisation.id)
    examples = [choice.programme.example for choice in listed]
    assert any(examples)
    assert examples == sorted(examples)
    slug = listed[-1].version.slug
    asked = {"by": cast.coordinator.id, "now": NOW}
    reason = refusal_of(make_cohort, session, cast.organisation, new(programme=slug), **asked)
    assert reason is OpenRefusal.EXAMPLE


def test_a_programme_with_figures_to_be_set_opens_nowhere_and_names_them(session, cast, demo):
    waiting = [
        c
        for c in list_programmes(session, cast.organisation.id)
        if c.refusal is OpenRefusal.FIGURES_TO_BE_SET
    ]
    assert waiting
    assert all(choice.about for choice in waiting)
    reason = refusal_of(
        make_cohort,
        session,
        cast.organisation,
        new(programme=waiting[0].version.slug),
        by=cast.coordinator.id,
        now=NOW,
    )
    assert reason is OpenRefusal.FIGURES_TO_BE_SET


def test_no_programme_and_a_name_twice_are_refused(session, cast, demo):
    asked = {"by": cast.coordinator.id, "now": NOW}
    home = cast.organisation
    assert (
        refusal_of(make_cohort, session, home, new(programme="none"), **asked)
        is OpenRefusal.PROGRAMME_UNKNOWN
    )
    assert (
        refusal_of(make_cohort, session, home, new("Autumn group"), **asked)
        is OpenRefusal.NAME_TAKEN
    )
    make_cohort(session, cast.elsewhere, new("Autumn group"), **asked)


def test_people_without_a_place_are_admitted_all_or_none(session, cast):
    people = [make_person(session, name, cast.organisation) for name in ("ana", "bo")]
    ids = [person.public_id for person in people]
    free = list_without_place(session, cast.cohort, but=cast.coordinator.id, now=NOW)
    assert {person.public_id for person in free} >= set(ids)
    assert [person.roles for person in free[:2]] == [(), ()]
    assert cast.trainee.public_id not in {person.public_id for person in free}
    assert cast.coordinator.public_id not in {person.public_id for person in free}
    asked = {"by": cast.coordinator.id, "now": NOW}
    mixed = [*ids, cast.trainee.public_id]
    assert refusal_of(admit_people, session, cast.cohort, mixed, **asked) is AdmitRefusal.HAS_PLACE
    assert admit_people(session, cast.cohort, ids, **asked) == 2
    rows = {row.name: row.state for row in list_places(session, cast.cohort.id)}
    assert rows["Ana"] == rows["Bo"] == "admitted"


def test_nobody_admits_themselves_or_somebody_from_elsewhere(session, cast):
    asked = {"by": cast.coordinator.id, "now": NOW}
    for who, reason in (
        ([cast.coordinator.public_id], AdmitRefusal.OWN_PLACE),
        ([cast.outsider.public_id], AdmitRefusal.NOT_HERE),
        (["nobody"], AdmitRefusal.NOT_HERE),
        ([], AdmitRefusal.NOBODY),
    ):
        assert refusal_of(admit_people, session, cast.cohort, who, **asked) is reason


def ids_beside(session, place):
    """Return the public ids of those beside a place, by kind."""
    return {kind: choice.public_id for kind, choice in people_beside(session, place.id).items()}


def test_a_change_ends_the_old_assignment_and_begins_a_new_one(session, cast):
    third = make_person(session, "third", cast.organisation)
    grant(session, third, "trainer")
    session.flush()
    seen = ids_beside(session, cast.enrolment)
    changed = assign_people(
        session,
        cast.enrolment,
        {**seen, KIND.TRAINER: third.public_id, KIND.SUPERVISOR: ""},
        seen=seen,
        by=cast.coordinator.id,
        now=NOW,
    )
    assert changed == 2
    now = ids_beside(session, cast.enrolment)
    assert now == {
        KIND.TRAINER: third.public_id,
        KIND.SECOND_TRAINER: cast.second_trainer.public_id,
    }
    ended = session.scalars(select(Assignment).where(Assignment.until_on.is_not(None))).all()
    assert {(row.person_id, row.until_on) for row in ended} == {
        (cast.trainer.id, NOW.date()),
        (cast.supervisor.id, NOW.date()),
    }


@pytest.mark.parametrize(
    ("kind", "who", "reason"),
    [
        (KIND.TRAINER, "trainee", AssignRefusal.OWN_PLACE),
        (KIND.TRAINER, "supervisor", AssignRefusal.NOT_HOLDER),
        (KIND.TRAINER, "second_trainer", AssignRefusal.SAME_TRAINER),
        (KIND.SECOND_TRAINER, "trainer", AssignRefusal.SAME_TRAINER),
        (KIND.SUPERVISOR, "trainer", AssignRefusal.NOT_HOLDER),
        (KIND.SUPERVISOR, "outsider", AssignRefusal.NOT_HOLDER),
    ],
)
def test_who_may_not_be_beside_a_trainee(session, cast, kind, who, reason):
    grant(session, cast.trainee, "trainer")
    session.flush()
    seen = ids_beside(session, cast.enrolment)
    wanted = {**seen, kind: cast.people[who].public_id}
    asked = {"seen": seen, "by": cast.coordinator.id, "now": NOW}
    assert refusal_of(assign_people, session, cast.enrolment, wanted, **asked) is reason
    assert ids_beside(session, cast.enrolment) == seen


def test_the_two_trainers_may_change_places_at_once(session, cast):
    seen = ids_beside(session, cast.enrolment)
    wanted = {
        KIND.TRAINER: seen[KIND.SECOND_TRAINER],
        KIND.SECOND_TRAINER: seen[KIND.TRAINER],
    }
    assign_people(session, cast.enrolment, wanted, seen=seen, by=cast.coordinator.id, now=NOW)
    assert ids_beside(session, cast.enrolment)[KIND.TRAINER] == cast.second_trainer.public_id


def test_what_somebody_else_changed_is_not_written_over(session, cast):
    grant(session, cast.classmate, "trainer")
    session.flush()
    seen = ids_beside(session, cast.enrolment)
    asked = {"seen": seen, "by": cast.coordinator.id, "now": NOW}
    assign_people(session, cast.enrolment, {**seen, KIND.TRAINER: ""}, **asked)
    wanted = {**seen, KIND.TRAINER: cast.classmate.public_id}
    reason = refusal_of(assign_people, session, cast.enrolment, wanted, **asked)
    assert reason is AssignRefusal.CHANGED_MEANWHILE
    assert assign_people(session, cast.enrolment, {**seen, KIND.SUPERVISOR: ""}, **asked) == 1
    assert KIND.TRAINER not in ids_beside(session, cast.enrolment)


def test_a_withdrawn_place_has_nobody_beside_it_and_can_be_taken_back_in(session, cast):
    by = {"by": cast.coordinator.id, "now": NOW}
    move_place(session, cast.enrolment, EnrolmentState.WITHDRAWN, **by)
    assert people_beside(session, cast.enrolment.id) == {}
    reason = refusal_of(assign_people, session, cast.enrolment, {}, seen={}, **by)
    assert reason is AssignRefusal.PLACE_CLOSED
    move_place(session, cast.enrolment, EnrolmentState.ADMITTED, **by)
    assert cast.enrolment.state == "admitted"


def test_a_place_moves_by_the_table_and_a_step_back_is_not_undone_by_others(session, cast):
    by = {"by": cast.coordinator.id, "now": NOW}
    place = cast.enrolment
    assert (
        refusal_of(move_place, session, place, EnrolmentState.APPLIED, **by)
        is StepRefusal.NOT_FROM_HERE
    )
    move_place(session, place, EnrolmentState.PAUSED, **by)
    assert (
        refusal_of(move_place, session, place, EnrolmentState.ACTIVE, **by)
        is StepRefusal.NOT_FROM_HERE
    )


def test_nobody_holds_two_open_places(session, cast):
    by = {"by": cast.coordinator.id, "now": NOW}
    move_place(session, cast.enrolment, EnrolmentState.WITHDRAWN, **by)
    other = insert_cohort_named(session, cast, "Second group")
    admit_people(session, other, [cast.trainee.public_id], **by)
    reason = refusal_of(move_place, session, cast.enrolment, EnrolmentState.ADMITTED, **by)
    assert reason is AdmitRefusal.HAS_PLACE


def insert_cohort_named(session, cast, name):
    """Put another cohort of the same programme into the database."""
    cohort = Cohort(
        organisation_id=cast.organisation.id,
        programme_version_id=cast.cohort.programme_version_id,
        name=name,
        zone=cast.cohort.zone,
        starts_on=date(2026, 9, 1),
        created_at=NOW,
    )
    session.add(cohort)
    session.flush()
    return cohort


def test_holders_of_a_role_are_offered_but_not_the_trainee(session, cast):
    grant(session, cast.trainee, "trainer")
    session.flush()
    found = list_holders(session, cast.organisation.id, Role.TRAINER, but=cast.trainee.id, now=NOW)
    assert [choice.name for choice in found] == ["Second Trainer", "Trainer"]


def together(app, *acts):
    """Run acts at the same instant, each in a transaction of its own; return what came of each."""
    state, barrier = app.extensions["lms"], Barrier(len(acts))

    def run(act):
        with state.database.session() as session:
            session.info["ground"] = state.ground
            barrier.wait()
            try:
                with transaction(session):
                    return str(act(session))
            except RefusedError as refused:
                return str(refused.reason)

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


@pytest.mark.races
def test_two_who_assign_at_once_leave_one_trainer(real_app, real_session):
    with transaction(real_session):
        cast = make_cast(real_session)
        third = make_person(real_session, "third", cast.organisation)
        grant(real_session, third, "trainer")
        real_session.flush()
        seen = ids_beside(real_session, cast.enrolment)
        place_id, by = cast.enrolment.public_id, cast.coordinator.id
        wishes = [{**seen, KIND.TRAINER: third.public_id}, {**seen, KIND.TRAINER: ""}]

    def act(wanted):
        def run(session):
            place = get_enrolment(session, place_id)
            return assign_people(session, place, wanted, seen=seen, by=by, now=NOW)

        return run

    assert together(real_app, *map(act, wishes)) == ["1", "assign-changed-meanwhile"]
    real_session.expire_all()
    query = select(func.count()).where(Assignment.kind == "trainer", Assignment.until_on.is_(None))
    assert real_session.scalar(query) in {0, 1}


@pytest.mark.races
def test_somebody_admitted_to_two_cohorts_at_once_gets_one_place(real_app, real_session):
    with transaction(real_session):
        cast = make_cast(real_session)
        ana = make_person(real_session, "ana", cast.organisation)
        other = insert_cohort_named(real_session, cast, "Second group")
        cohorts, by = (cast.cohort.id, other.id), cast.coordinator.id
        person, key = ana.id, ana.public_id

    def act(cohort_id):
        def run(session):
            return admit_people(session, session.get_one(Cohort, cohort_id), [key], by=by, now=NOW)

        return run

    assert together(real_app, *map(act, cohorts)) == ["1", "admit-has-place"]
    real_session.expire_all()
    assert real_session.scalar(select(func.count()).where(Enrolment.person_id == person)) == 1


@pytest.mark.races
def test_two_cohorts_of_one_name_at_once_become_one(real_app, real_session):
    with transaction(real_session):
        home = make_cast(real_session).organisation.id
        real_session.add(Installation(id=1, is_demo=True, created_at=NOW))

    def act(session):
        organisation = session.get_one(Organisation, home)
        make_cohort(session, organisation, new(), by=None, now=NOW)
        return "made"

    assert together(real_app, act, act) == ["made", "open-name-taken"]
