"""A trainee with a record of everything, and a client whose every request is undone again."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any

from flask_wtf import FlaskForm
from sqlalchemy import Connection, event, select, text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lms.db import Base, utcnow
from lms.models import HoursEntry, Invitation, ReadinessDecision, Reflection, Signature, Signin
from lms.services.assessments import paper_of, submit_attempt
from lms.services.reflections import Box, keep_words
from lms.services.roleplays import release_performance
from lms.services.sealed import seal_text
from lms.services.signin import token_hash
from tests.cast import NOW, TODAY, Cast, sign_in_token
from tests.certifying import issue, meet_all
from tests.page import HOUSEKEEPING, Page
from tests.playing import make_performance, mark
from tests.reading import CHECK, LESSON, MODULE
from tests.sitting import begin, sign_all

METHODS = ("GET", "POST", "PUT")
CODE = "0" * 27
WRITE = re.compile(r"\s*(?:insert\s+into|update|delete\s+from)\s+\"?(\w+)", re.I)


@dataclass
class World:
    """The cast with a record in every state, and what each parameter of an address may name."""

    cast: Cast
    named: dict[str, list[str]]


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
        self.rows: list[dict[str, int]] = []

    def ask(self, method: str, url: str, **more: Any) -> TestResponse:
        """Return the answer; `writes` names the tables that it wrote to, stored or not."""
        with undone(self.session, self.writes):
            return self._send(method, url, more)

    def ask_counting(self, times: int, method: str, url: str, **more: Any) -> TestResponse:
        """Send the same several times and return the last answer.

        Shape: `rows` holds how many rows each table has, before and after each time.
        """
        with undone(self.session, self.writes) as connection:
            self.rows = [counts(connection)]
            for _time in range(times):
                reply = self._send(method, url, more)
                self.rows.append(counts(connection) if self.writes else self.rows[-1])
            return reply

    def _send(self, method: str, url: str, more: dict[str, Any]) -> TestResponse:
        headers = {"Cookie": self.cookie, "X-CSRFToken": self.token}
        return self.client.open(url, method=method, headers=headers, **more)


def counts(connection: Connection) -> dict[str, int]:
    """Return how many rows each table has that is more than housekeeping."""
    tables = [t.name for t in Base.metadata.sorted_tables if t.name not in HOUSEKEEPING]
    union = " union all ".join(f"select '{t}', count(*) from {t}" for t in tables)  # noqa: S608
    return {row[0]: row[1] for row in connection.execute(text(union))}


def enter(app: Any, session: Any, cast: Cast, who: str) -> tuple[str, str]:
    """Return the cookie and form token of a member, or of a visitor."""
    client = Page(app, session, cast).as_(who)
    token = client.token()
    cookie = client.client.get_cookie("alongside")
    assert cookie is not None
    session.commit()
    return f"alongside={cookie.value}", token


@contextmanager
def undone(session: Any, writes: set[str]) -> Iterator[Connection]:
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
        yield connection
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
