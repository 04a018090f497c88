"""Every address, every method, every member of the cast: nobody reaches what is another's."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from flask_wtf import FlaskForm
from sqlalchemy import event, select, update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lms.db import utcnow
from lms.models import (
    Assignment,
    HoursEntry,
    Invitation,
    Performance,
    ReadinessDecision,
    Reflection,
    Signature,
    Signin,
)
from lms.rules.policy import READS, Permission, Subject, may
from lms.rules.roles import Actor, Role
from lms.services.assessments import paper_of, submit_attempt
from lms.services.reflections import Box, keep_words
from lms.services.roleplays import release_performance
from lms.services.sealed import seal_text
from lms.services.signin import token_hash
from tests.cast import NOW, TODAY, Cast, grant, sign_in_token
from tests.certifying import issue, meet_all
from tests.page import HOUSEKEEPING, Page
from tests.playing import make_performance, mark
from tests.reading import CHECK, LESSON, MODULE
from tests.sitting import begin, sign_all

MEMBERS = ("classmate", "outsider", "trainer", "second_trainer", "supervisor", "coordinator")
METHODS = ("GET", "POST", "PUT")
CODE = "0" * 27
WRITE = re.compile(r"\s*(?:insert\s+into|update|delete\s+from)\s+\"?(\w+)", re.I)

# What an address names, by parameter. `HOME` belongs to the organisation rather than to a person:
# its own members may know that it is there, so they are told no (403) instead of nothing (404).
HOME = {"cohort_id", "invitation_id"}
# Lessons, scenarios and assessments are nobody's record: whoever teaches anywhere reads them.
CONTENT = {"module", "lesson", "block", "item", "field", "scenario_id", "assessment_id"}
CONTENT |= {"assessment", "agreement"}
# Part of an address that names nothing by itself.
PLAIN = {"key", "token", "code", "version", "path", "number", "role"}
# These open to everybody by intent, each for its reason.
OPEN = {
    "/check/<code>": "whoever holds the code may ask whether the certificate holds",
    "/check/<code>.json": "the same for machines",
}


@dataclass
class World:
    """The cast with a record in every state, and what each parameter of an address may name."""

    cast: Cast
    named: dict[str, list[str]]


@pytest.fixture
def world(session, cast) -> World:
    """Return the trainee with a record of everything."""
    return make_world(session, cast)


def make_world(session: Any, cast: Cast) -> World:
    """Build a record of everything for the trainee, and list it by parameter."""
    sign_all(session)
    closed = begin(session, cast.enrolment)
    submit_attempt(session, closed, cast.trainee.id, now=NOW)
    opened = begin(session, cast.enrolment, op_id="op-2", now=NOW + timedelta(hours=1))
    entries = [make_entry(session, cast, state) for state in ("draft", "submitted", "returned")]
    meet_all(session, cast)
    booked, marked, released = performances(session, cast)
    certificate = issue(session, cast)
    seal_reasons(session, cast)
    keep_words(session, cast.trainee.id, Box(MODULE, LESSON, "a-box"), "x", base_version=0, now=NOW)
    reflection = session.scalars(select(Reflection)).one()
    invitation = make_invitation(session, cast)
    signin_of_trainee = sign_in_token(session, cast.trainee, utcnow())
    session.flush()
    named = {
        "place_id": [cast.enrolment.public_id],
        "enrolment_id": [cast.enrolment.public_id],
        "person_id": [cast.trainee.public_id],
        "cohort_id": [cast.cohort.public_id],
        "attempt_id": [opened.public_id, closed.public_id],
        "entry_id": [entry.public_id for entry in entries],
        "performance_id": [booked.public_id, marked.public_id, released.public_id],
        "certificate_id": [certificate.public_id],
        "signature_id": [signature_of(session, cast)],
        "reflection_id": [reflection.public_id],
        "invitation_id": [invitation.public_id],
        "signin_id": [signin_named(session, signin_of_trainee)],
        "module": [MODULE],
        "lesson": [LESSON],
        "block": [CHECK],
        "item": [item_of(session, opened)],
        "field": ["boundaries"],
        "assessment_id": ["readiness"],
        "assessment": ["readiness"],
        "scenario_id": ["until-friday"],
        "agreement": ["confidentiality"],
        "key": [f"decision:{cast.enrolment.public_id}"],
        "token": ["t" * 43],
        "code": [CODE],
        "version": ["1"],
        "path": ["css/base.css"],
        "number": ["2"],
        "role": ["trainer"],
    }
    session.commit()
    return World(cast, named)


def seal_reasons(session: Any, cast: Cast) -> None:
    """Seal the reasons that the builders leave as they are, so that they can be read."""
    for row in session.scalars(select(ReadinessDecision)):
        about = f"decision:{row.public_id}"
        row.reasons = seal_text(session, cast.trainee.id, "For a reason.", about, NOW)
    session.flush()


def make_entry(session: Any, cast: Cast, state: str) -> HoursEntry:
    """Log supervision in a state."""
    entry = HoursEntry(
        enrolment_id=cast.enrolment.id,
        happened_on=TODAY,
        recorded_at=NOW,
        ledger="supervision",
        kind="individual",
        minutes=30,
        medium="video",
        supervisor_id=cast.supervisor.id,
        state=state,
        op_id=f"entry-{state}",
    )
    session.add(entry)
    session.flush()
    return entry


def performances(session: Any, cast: Cast) -> tuple[Any, Any, Any]:
    """Return a role-play that is booked, one that is marked and one that is released."""
    booked = make_performance(session, cast, scenario="tonight", op_id="booked")
    marked = make_performance(session, cast, op_id="marked-then-released")
    released = mark(session, marked)
    release_performance(session, released.marker_id, released, now=NOW)
    marked = make_performance(session, cast, op_id="marked")
    return booked, mark(session, marked), released


def make_invitation(session: Any, cast: Cast) -> Invitation:
    """Return an invitation of the home organisation."""
    found = Invitation(
        organisation_id=cast.organisation.id,
        written="asked@example.org",
        normalised="asked@example.org",
        role="trainee",
        token_hash=token_hash("asked"),
        created_at=utcnow(),
        expires_at=utcnow() + timedelta(days=3),
    )
    session.add(found)
    return found


def signature_of(session: Any, cast: Cast) -> str:
    """Return the address part of a signature of the trainee's."""
    query = select(Signature.public_id).where(Signature.person_id == cast.trainee.id)
    return str(session.scalars(query.limit(1)).one())


def signin_named(session: Any, token: str) -> str:
    """Return the address part of a sign-in by its token."""
    query = select(Signin.public_id).where(Signin.token_hash == token_hash(token))
    return str(session.scalars(query).one())


def item_of(session: Any, attempt: Any) -> str:
    """Return the first question of an attempt."""
    return str(paper_of(session, attempt.form_hash).items[0].id)


# The requests


class Asker:
    """Sends requests as one member; every one of them finds the database as it was built."""

    def __init__(self, app: Any, session: Any, cast: Cast, who: str) -> None:
        self.session = session
        self.client = app.test_client(use_cookies=False)
        self.cookie, self.token = enter(app, session, cast, who)
        self.writes: set[str] = set()

    def ask(self, method: str, url: str, **more: Any) -> TestResponse:
        """Return the answer; `writes` names the tables that it wrote to."""
        headers = {"Cookie": self.cookie, "X-CSRFToken": self.token}
        with undone(self.session, self.writes):
            return self.client.open(url, method=method, headers=headers, **more)


def enter(app: Any, session: Any, cast: Cast, who: str) -> tuple[str, str]:
    """Return the cookie and form token of a member, or of a visitor."""
    client = Page(app, session, cast).as_(who)
    token = client.token()
    cookie = client.client.get_cookie("alongside")
    assert cookie is not None
    session.commit()
    return f"alongside={cookie.value}", token


@contextmanager
def undone(session: Any, writes: set[str]) -> Iterator[None]:
    """Undo what happens inside, and name in `writes` the tables that it wrote to."""
    session.rollback()
    connection = session.get_bind()
    writes.clear()

    def note(conn: Any, cursor: Any, statement: str, *more: Any) -> None:
        found = WRITE.match(statement)
        if found:
            writes.add(found[1].lower())

    event.listen(connection, "before_cursor_execute", note)
    savepoint = connection.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()
        event.remove(connection, "before_cursor_execute", note)


@dataclass
class Place:
    """An address with the methods that are taken there, each with its rule."""

    path: str
    url: str
    rules: dict[str, Rule]


def places(app: Any, world: World) -> list[Place]:
    """Return every address of the application, with everything that it may name."""
    by_path: dict[str, dict[str, Rule]] = {}
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) & set(METHODS):
            by_path.setdefault(rule.rule, {})[method] = rule
    return [
        Place(path, url, rules)
        for path, rules in by_path.items()
        for url in urls_of(next(iter(rules.values())), world)
    ]


def urls_of(rule: Rule, world: World) -> Iterator[str]:
    """Return a rule's addresses; a parameter that nothing is known to name is an error."""
    fixed = dict(rule.defaults or {})
    names = sorted(set(rule.arguments) - set(fixed))
    missing = set(names) - set(world.named)
    assert not missing, f"{rule.rule}: nothing is known to name {missing}; give a provider"
    for values in product(*(world.named[name] for name in names)):
        built = rule.build(dict(zip(names, values, strict=True)) | fixed)
        assert built is not None, rule.rule
        yield built[1]


def field_names() -> set[str]:
    """Return the name of every field of every form there is."""
    names: set[str] = {"answer", "harm", "corrected", "went_well", "next_step", "item", "option"}
    names |= {"do", "go", "act", "on", "reason"}
    waiting: list[Any] = list(FlaskForm.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        names |= {name for name in dir(kind) if hasattr(getattr(kind, name), "field_class")}
    return names - {"csrf_token"}


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
    session.commit()
    return world


FOR_ONESELF = (
    "/attempts/{attempt_id}/talks",
    "/certificates/{certificate_id}/suspend",
    "/certificates/{certificate_id}/reinstate",
    "/certificates/{certificate_id}/revoke",
    "/enrolments/{enrolment_id}/certificate",
    "/enrolments/{enrolment_id}/place",
    "/enrolments/{enrolment_id}/readiness",
    "/enrolments/{enrolment_id}/state",
    "/enrolments/{enrolment_id}/waive?requirement=hand-off-module",
    "/hours/{entry_id}/confirm",
    "/hours/{entry_id}/return",
    "/hours/{entry_id}/withdraw-confirmation",
    "/marking/{performance_id}",
    "/marking/{performance_id}/review",
    "/marking/book/{enrolment_id}",
    "/performances/{performance_id}/cancel",
    "/performances/{performance_id}/release",
    "/performances/{performance_id}/resolve",
    "/people/{person_id}/roles",
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
