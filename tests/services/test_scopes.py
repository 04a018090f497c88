"""Lists hold what the policy lets their reader read, over generated houses full of people."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lms.models import Assignment, Enrolment
from lms.rules.roles import Actor
from lms.rules.visibility import RecordClass, Relation, Sight, sight_of
from lms.services.people import today_in
from lms.services.visibility import (
    ASSIGNED,
    BY_ROLE,
    forget_relations,
    relations_to,
    roles_of,
    scope_for,
)
from tests.cast import (
    NOW,
    assign,
    grant,
    make_cohort,
    make_organisation,
    make_person,
    programme_version,
    publish_all,
)

KNOWN_WITHOUT_THE_OBJECT = {Relation.SELF, *BY_ROLE.values(), *ASSIGNED.values()}
"""A marker or a classmate is one for an object at hand; no list grows by them."""
ROLES = ("trainer", "supervisor", "coordinator", "host-manager", "evaluator", "administrator")


def house(session, chance, name):
    """Fill a house: some hold roles, some have places, some of both, some assignments are over."""
    home = make_organisation(session, name)
    cohort = make_cohort(session, home, programme_version(session))
    people = [make_person(session, f"{name}-{number}", home) for number in range(7)]
    for person in people:
        for role in chance.sample(ROLES, chance.choice((0, 0, 1, 2))):
            grant(session, person, role)
    for person in chance.sample(people, 4):
        place = Enrolment(
            person_id=person.id,
            cohort_id=cohort.id,
            programme_version_id=cohort.programme_version_id,
            state=chance.choice(
                ("applied", "admitted", "active", "paused", "completed", "withdrawn")
            ),
            happened_on=date(2026, 9, 1),
            recorded_at=NOW,
        )
        session.add(place)
        session.flush()
        for kind in chance.sample(sorted(ASSIGNED), chance.choice((0, 1, 2, 3))):
            assign(session, place, chance.choice(people), kind)
    session.flush()
    for one in session.scalars(select(Assignment)):
        if chance.random() < 0.2:
            one.until_on = today_in(home.zone, NOW) - timedelta(days=1)
    session.flush()
    return people


@pytest.mark.parametrize("number", range(4))
def test_a_list_is_what_the_policy_lets_through(session, number):
    publish_all(session)
    chance = random.Random(number)
    people = house(session, chance, f"First {number}") + house(session, chance, f"Other {number}")
    places = list(session.scalars(select(Enrolment)))
    seen = 0
    for person in people:
        roles = roles_of(session, person.id, date(2026, 11, 2))
        actor = Actor(person.id, person.organisation_id, roles, is_trainee=True)
        forget_relations(session)
        known = {p.id: relations_to(session, actor, p.person_id) for p in places}
        for record_class in RecordClass:
            listed = set(session.scalars(scope_for(actor, record_class)))
            assert listed == {p.id for p in places if shows(record_class, known[p.id])}
            seen += len(listed)
    assert seen


def shows(record_class, relations):
    """Say whether the policy shows a record of this class, whole or in part, to a relation."""
    held = relations & KNOWN_WITHOUT_THE_OBJECT
    return any(sight_of(record_class, one) in (Sight.YES, Sight.PART) for one in held)
