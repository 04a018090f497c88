"""Every address, every method, every member of the cast: nobody reaches what is another's."""

import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from sqlalchemy import update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lms.models import Appeal, Assignment, Gathering, HoursEntry, Performance
from lms.rules.policy import READS, Permission, Subject, may
from lms.rules.roles import Actor, Role
from tests.cast import grant
from tests.page import HOUSEKEEPING
from tests.walking import Asker, Place, World, field_names, make_world, places

MEMBERS = ("classmate", "outsider", "trainer", "second_trainer", "supervisor", "coordinator")

# What an address names, by parameter. `HOME` belongs to the organisation rather than to a person:
# its own members may know that it is there, so they are told no (403) instead of nothing (404).
HOME = {"cohort_id", "invitation_id", "run_id"}
# Lessons, scenarios and assessments are nobody's record: whoever teaches anywhere reads them.
CONTENT = {"module", "lesson", "block", "item", "field", "scenario_id", "assessment_id"}
CONTENT |= {"exercise", "assessment", "agreement", "picture", "file"}
CONTENT |= {"programme", "rule"}  # an organisation's own are tried in tests/web/test_programmes.py
# Part of an address that names nothing by itself.
PLAIN = {"key", "stamp", "token", "code", "version", "path", "number", "role"}
# These open to everybody by intent, each for its reason.
OPEN = {
    "/check/<code>": "whoever holds the code may ask whether the certificate holds",
    "/check/<code>.json": "the same for machines",
}


@pytest.fixture
def world(session, cast) -> World:
    """Return the trainee with a record of everything."""
    return make_world(session, cast)


GARBAGE = "\N{PILE OF POO}\0\u202e-9999999999999999999999"


def bodies() -> Iterator[dict[str, str]]:
    """Return an empty body, and one with garbage in every field."""
    yield {}
    yield dict.fromkeys(sorted(field_names()), GARBAGE)


def requests_of(place: Place) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return every method that is taken, with what it carries."""
    for method in place.rules:
        if method == "GET":
            yield method, {}
        elif method == "PUT":
            yield method, {"json": {}}
            yield method, {"json": [1, {"value": {"x": []}, "body": 3, "counter": -1}]}
        else:
            for body in bodies():
                yield method, {"data": body}


def names_a_record(rule: Rule) -> bool:
    """Say whether an address names something of the trainee or of the home organisation."""
    if rule.rule in OPEN:
        return False
    return bool(set(rule.arguments) - CONTENT - PLAIN - set(rule.defaults or ()))


Check = Callable[[Rule, str, TestResponse, set[str]], list[str]]


def walk(app: Any, session: Any, world: World, who: str, check: Check) -> list[str]:
    """Try everything as one member and return what is wrong."""
    asker = Asker(app, session, world.cast, who)
    wrong = []
    for place in places(app, world):
        for method, carried in requests_of(place):
            try:
                reply = asker.ask(method, place.url, **carried)
            except Exception as bug:  # a bug of any kind is what is looked for
                wrong.append(f"{method} {place.url} as {who}: {bug!r}"[:300])
                continue
            found = check(place.rules[method], method, reply, asker.writes)
            if reply.status_code >= 500 and place.path != "/readyz":
                found.append("is a bug")
            wrong += [
                f"{method} {place.url} as {who}: {reply.status_code} {words}" for words in found
            ]
    return wrong


def of_a_visitor(rule: Rule, method: str, reply: TestResponse, writes: set[str]) -> list[str]:
    """A visitor sees what is public and is led to the sign-in page by the rest."""
    if rule.endpoint in PUBLIC:
        return []
    led = reply.status_code == 302 and reply.location.startswith("/sign-in")
    wrong = [] if led else ["instead of the way to the sign-in page"]
    return wrong + ([f"wrote to {sorted(writes)}"] if writes - HOUSEKEEPING else [])


PUBLIC: set[str] = set()


def of_a_stranger(rule: Rule, method: str, reply: TestResponse, writes: set[str]) -> list[str]:
    """What is the trainee's is not there for an outsider, and nothing is written."""
    if not names_a_record(rule):
        return of_anybody(rule, method, reply, writes)
    wrong = [] if reply.status_code == 404 else ["instead of 404"]
    return wrong + ([f"wrote to {sorted(writes)}"] if writes - HOUSEKEEPING else [])


def of_a_classmate(rule: Rule, method: str, reply: TestResponse, writes: set[str]) -> list[str]:
    """The same for a classmate, who may know of the organisation's cohorts: 403 is enough there."""
    of_the_house = set(rule.arguments) & HOME and reply.status_code == 403
    return [] if of_the_house else of_a_stranger(rule, method, reply, writes)


def of_anybody(rule: Rule, method: str, reply: TestResponse, writes: set[str]) -> list[str]:
    """No bug; and looking writes nothing."""
    if method == "GET" and writes - HOUSEKEEPING:
        return [f"wrote to {sorted(writes)}"]
    return []


CHECKS: dict[str, Check] = {
    "visitor": of_a_visitor,
    "classmate": of_a_classmate,
    "outsider": of_a_stranger,
}


@pytest.mark.parametrize("who", ["visitor", *MEMBERS, "trainee"])
def test_every_address_answers_every_member_as_it_should(app, session, world, who):
    """Every rule, method and body: never a bug, and what is another's stays another's."""
    views = app.view_functions.items()
    PUBLIC.update(name for name, view in views if view.access == "public")
    wrong = walk(app, session, world, who, CHECKS.get(who, of_anybody))
    assert wrong == [], "\n".join(wrong)


def test_a_method_that_an_address_does_not_take_is_said_so(app, session, world):
    """This is answered before anybody is asked who they are, so one member stands for all."""
    asker = Asker(app, session, world.cast, "trainee")
    wrong = []
    for place in places(app, world):
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            if method in place.rules:
                continue
            reply = asker.ask(method, place.url)
            told = "Allow" in reply.headers if reply.status_code == 405 else is_another(reply)
            if not told or asker.writes:
                wrong.append(f"{method} {place.url}: {reply.status_code}")
    assert wrong == [], "\n".join(wrong)


def is_another(reply: TestResponse) -> bool:
    """Say whether a wider address took the request, and found nothing by that name."""
    return reply.status_code == 404


def test_every_address_answers_a_question_for_its_head_and_its_methods(app, session, world):
    """HEAD is GET without the words; OPTIONS names the methods and shows no record."""
    asker = Asker(app, session, world.cast, "outsider")
    wrong = []
    for place in places(app, world):
        if "GET" in place.rules:
            seen, head = asker.ask("GET", place.url), asker.ask("HEAD", place.url)
            if (seen.status_code, b"") != (head.status_code, head.data):
                wrong.append(f"HEAD {place.url}: {head.status_code} for {seen.status_code}")
        options = asker.ask("OPTIONS", place.url)
        if options.status_code != 200 or options.data or asker.writes:
            wrong.append(f"OPTIONS {place.url}: {options.status_code}")
    assert wrong == [], "\n".join(wrong)


# One person with every role


ROLES = ("trainer", "supervisor", "coordinator", "host-manager", "administrator", "author")


@pytest.fixture
def everything(session, world) -> World:
    """Return the world where the trainee holds every role, and is named wherever one can be."""
    cast = world.cast
    for role in ROLES:
        grant(session, cast.trainee, role)
    session.execute(update(Assignment).values(person_id=cast.trainee.id))
    session.execute(update(Performance).values(marker_id=cast.trainee.id))
    session.execute(update(HoursEntry).values(supervisor_id=cast.trainee.id))
    session.execute(update(Gathering).values(leader_id=cast.trainee.id))
    named = update(Appeal).where(Appeal.decider_id.is_not(None))
    session.execute(named.values(decider_id=cast.trainee.id))
    session.commit()
    return world


FOR_ONESELF = (
    "/appeals/{appeal_id}/answer",
    "/appeals/{appeal_id}/assign",
    "/attempts/{attempt_id}/talks",
    "/certificates/{certificate_id}/suspend",
    "/certificates/{certificate_id}/reinstate",
    "/certificates/{certificate_id}/revoke",
    "/papers/{document_id}/accept",
    "/papers/{document_id}/allow",
    "/papers/{document_id}/return",
    "/certificates/{certificate_id}/renewal",
    "/certificates/{certificate_id}/new-document",
    "/certificates/{certificate_id}/erase",
    "/certificates/{certificate_id}/look-up",
    "/enrolments/{enrolment_id}/certificate",
    "/enrolments/{enrolment_id}/documents/{kind}",
    "/enrolments/{enrolment_id}/place",
    "/enrolments/{enrolment_id}/programme",
    "/enrolments/{enrolment_id}/readiness",
    "/enrolments/{enrolment_id}/state",
    "/enrolments/{enrolment_id}/waive?requirement=hand-off-module",
    "/gatherings/seats/{seat_id}",
    "/gatherings/seats/{seat_id}/make-up",
    "/gatherings/seats/{seat_id}/take-back",
    "/hours/{entry_id}/confirm",
    "/hours/{entry_id}/return",
    "/hours/{entry_id}/withdraw-confirmation",
    "/marking/{performance_id}",
    "/marking/{performance_id}/review",
    "/marking/book/{enrolment_id}",
    "/performances/{performance_id}/cancel",
    "/performances/{performance_id}/release",
    "/performances/{performance_id}/resolve",
    "/proposals/{proposal_id}/approve",
    "/proposals/{proposal_id}/send-back",
    "/people/{person_id}/roles",
    "/qualifications/{qualification_id}/accept",
    "/qualifications/{qualification_id}/return",
    "/waivers/{waiver_id}/decide",
    "/people/{person_id}/roles/{role}/end",
)


def test_nobody_acts_as_staff_on_their_own_record(app, session, everything):
    """Marking, confirming, deciding, waiving, issuing, assigning: not for oneself, role or not."""
    asker = Asker(app, session, everything.cast, "trainee")
    wrong = []
    for pattern in FOR_ONESELF:
        names = re.findall(r"{(\w+)}", pattern)
        for values in product(*(everything.named[name] for name in names)):
            url = pattern.format(**dict(zip(names, values, strict=True)))
            for body in bodies():
                reply = asker.ask("POST", url, data=body)
                if reply.status_code not in {403, 404} or asker.writes - HOUSEKEEPING:
                    wrong.append(f"{url}: {reply.status_code} {sorted(asker.writes)}")
    assert wrong == [], "\n".join(wrong)


def test_every_act_of_staff_on_somebodys_record_is_tried_for_oneself(app):
    """Whatever is a staff permission about a person stands in the list above."""
    tried = {re.sub(r"{\w+}", "x", url.partition("?")[0]) for url in FOR_ONESELF}
    acts = {
        re.sub(r"<\w+>", "x", rule.rule)
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and names_a_record(rule) and is_of_staff(app, rule)
    }
    assert acts <= tried, acts - tried


def is_of_staff(app: Any, rule: Rule) -> bool:
    """Say whether a view's act is about a person and never open to that person."""
    permission = app.view_functions[rule.endpoint].access
    about_oneself = Subject(1, 1)
    return (
        permission in Permission
        and permission in READS
        and not may(Actor(1, 1, frozenset(Role), is_trainee=True), permission, about_oneself)
    )
