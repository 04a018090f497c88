"""A trainee with a record of everything, and a client whose every request is undone again."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any

from flask_wtf import FlaskForm
from sqlalchemy import Connection, delete, event, select, text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lms.content.papers import clean_paper
from lms.db import Base, utcnow
from lms.models import (
    Appeal,
    Attestation,
    ContentPicture,
    Document,
    HoursEntry,
    Invitation,
    IssueProposal,
    IssueRun,
    Person,
    Qualification,
    ReadinessDecision,
    Reference,
    Reflection,
    RoleGrant,
    Sharing,
    Signature,
    Signin,
    WaiverRequest,
)
from lms.rules.appeals import AppealState
from lms.rules.certificates import RowAct
from lms.rules.evidence import (
    TO_LOOK_AT,
    QualificationClaim,
    QualificationKind,
    ReferenceWish,
    Relationship,
    WaiverClaim,
)
from lms.rules.gatherings import GatheringKind
from lms.rules.reflections import SharePurpose
from lms.services.appeals import Answer
from lms.services.assessments import paper_of, submit_attempt
from lms.services.certificates import Chosen, start_run
from lms.services.evidence import ask_reference, ask_waiver, keep_qualification
from lms.services.reflections import Box, NewSharing, keep_words, share_words
from lms.services.roleplays import release_performance
from lms.services.sealed import seal_text
from lms.services.signin import token_hash
from tests.appealing import ask, assign_to, give_answer, not_yet, returned
from tests.cast import NOW, TODAY, Cast, grant, sign_in_token
from tests.certifying import issue, meet_all
from tests.filing import PDF, give, put_on_file
from tests.meeting import TOMORROW, acknowledge, close, make_gathering, make_trust, seat_of
from tests.page import HOUSEKEEPING, Page
from tests.playing import make_performance, mark
from tests.reading import CHECK, LESSON, MODULE
from tests.sitting import begin, sign_all

METHODS = ("GET", "POST", "PUT")
CODE = "0" * 27
PICTURE: dict[str, Any] = {
    "module": MODULE,
    "name": "a-line.svg",
    "stamp": "0" * 64,
    "media_type": "image/svg+xml",
    "data": b"<svg/>",
}
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
    coming, over, closed_one = gatherings(session, cast)
    certificate = issue(session, cast)
    seal_reasons(session, cast)
    decision, looks = appeals(session, cast)
    keep_words(session, cast.trainee.id, Box(MODULE, LESSON, "a-box"), "x", base_version=0, now=NOW)
    reflection = session.scalars(select(Reflection)).one()
    invitation = make_invitation(session, cast)
    papers = documents(session, cast)
    asked = waiver_request(session, cast)
    outside = reference_asked(session, cast)
    entries_of_staff = qualifications(session, cast)
    session.add(ContentPicture(**PICTURE))
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
        "run_id": [make_run(session, cast).public_id],
        "proposal_id": [make_proposal(session, cast).public_id],
        "decision_id": [decision.public_id],
        "appeal_id": [one.public_id for one in looks],
        "signature_id": [signature_of(session, cast)],
        "reflection_id": [reflection.public_id],
        "sharing_id": [shared_with_trainer(session, cast, reflection).public_id],
        "invitation_id": [invitation.public_id],
        "gathering_id": [one.public_id for one in (coming, over, closed_one)],
        "seat_id": [
            seat_of(session, one, cast.enrolment).public_id for one in (coming, closed_one)
        ],
        "signin_id": [signin_named(session, signin_of_trainee)],
        "attestation_id": [attestation_of(session, cast)],
        "reference_id": [outside.public_id],
        "qualification_id": [one.entry for one in entries_of_staff],
        "waiver_id": [asked.public_id],
        "document_id": [paper.paper for paper in papers],
        "module": [MODULE],
        "lesson": [LESSON],
        "block": [CHECK],
        "picture": [PICTURE["name"]],
        "file": ["01-what-a-boundary-is-for.md"],
        "stamp": [PICTURE["stamp"][:16]],
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
        "exercise": ["breathing"],
        "kind": ["letter", "credential"],
        "number": ["2", "1"],
        "role": ["trainer"],
        "programme": ["dv-peer-support", "example-georgia-cps"],
        "rule": ["supervision"],
    }
    session.commit()
    return World(cast, named)


def documents(session: Any, cast: Cast) -> list[Document]:
    """Return a paper handed in with a file, one that is to be talked about, and one on file."""
    by, place = cast.coordinator.id, cast.enrolment
    handed_in = give(session, place, file=clean_paper(PDF))
    asks = put_on_file(session, place, by, "background-check", outcome=TO_LOOK_AT)
    return [handed_in, asks, put_on_file(session, place, by)]


def reference_asked(session: Any, cast: Cast) -> Reference:
    """Return a reference that was asked of somebody outside."""
    wish = ReferenceWish("reference", "Ines", "ines@example.org", Relationship.COLLEAGUE)
    by = cast.trainee.id
    return ask_reference(session, cast.enrolment, wish, by=by, op_id="asked", now=utcnow())


def qualifications(session: Any, cast: Cast) -> list[Qualification]:
    """Return what the trainee brings: one thing handed in, one on record."""
    grant(session, cast.trainee, "supervisor")
    session.flush()
    kind = QualificationKind.CREDENTIAL
    found = []
    for by in (cast.trainee, cast.coordinator):
        claim = QualificationClaim(kind, "CPS", TODAY)
        person = session.get_one(Person, cast.trainee.id)
        found.append(
            keep_qualification(session, person, claim, by=by.id, op_id=f"q-{by.id}", now=NOW)
        )
    session.execute(delete(RoleGrant).where(RoleGrant.person_id == cast.trainee.id))
    return found


def waiver_request(session: Any, cast: Cast) -> WaiverRequest:
    """Return a request of the trainee's that waits to be decided."""
    claim = WaiverClaim("supervision", "Learnt elsewhere.", TODAY)
    return ask_waiver(session, cast.enrolment, claim, by=cast.trainee.id, op_id="waiver", now=NOW)


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


def shared_with_trainer(session: Any, cast: Cast, reflection: Reflection) -> Sharing:
    """Share a reflection with the trainer."""
    new = NewSharing(cast.trainer.public_id, SharePurpose.TALK, 28, reflection.version)
    share_words(session, reflection, new, op_id="shared", now=utcnow())
    found: Sharing = session.scalars(select(Sharing)).one()
    return found


def gatherings(session: Any, cast: Cast) -> tuple[Any, Any, Any]:
    """Return one to come, one that is over and one on record, for the trainee alone.

    There is a trust agreement in two versions; somebody joined since; the first is acknowledged.
    """
    first = make_trust(session, cast, now=NOW - timedelta(days=3))
    acknowledge(session, cast.enrolment, first)
    make_trust(session, cast, now=NOW - timedelta(days=2), begun_from=1, conflict="We wait a day.")
    coming = make_gathering(session, cast, kind=GatheringKind.STORY_SHARING, on=TOMORROW)
    over = make_gathering(session, cast)
    closed = make_gathering(session, cast)
    close(session, closed, {cast.enrolment.id: (0, None)}, by=cast.trainer)
    return coming, over, closed


def make_run(session: Any, cast: Cast) -> IssueRun:
    """Return a run that waits for the trainee."""
    people = [Chosen(cast.enrolment.public_id, RowAct.ISSUE, "0" * 32)]
    by = cast.coordinator.id
    return start_run(session, cast.cohort, people, by=by, op_id="a-run", now=utcnow())


def make_proposal(session: Any, cast: Cast) -> IssueProposal:
    """Return a proposal of the trainee's certificate, from before it was issued."""
    found = IssueProposal(
        organisation_id=cast.organisation.id,
        enrolment_id=cast.enrolment.id,
        proposed_by=cast.coordinator.id,
        proposed_at=NOW,
    )
    session.add(found)
    session.flush()
    return found


def appeals(session: Any, cast: Cast) -> tuple[ReadinessDecision, list[Appeal]]:
    """Return a decision to ask about, and appeals that wait, are being decided, and are answered.

    The supervisor is to decide about hours that somebody else returned, and has decided once.
    """
    rows = [returned(session, cast, minutes) for minutes in (31, 32, 33)]
    for row in rows:
        row.returned_by = row.supervisor_id = cast.trainer.id
    session.flush()
    waiting, deciding, answered = (ask(session, row) for row in rows)
    for appeal in (deciding, answered):
        assign_to(session, cast, appeal, cast.supervisor)
    give_answer(session, answered, cast.supervisor, Answer(AppealState.UPHELD, "It stays."))
    return not_yet(session, cast), [waiting, deciding, answered]


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


def attestation_of(session: Any, cast: Cast) -> str:
    """Return the address part of what the trainee said of themselves."""
    query = select(Attestation.public_id).where(Attestation.attested_by == cast.trainee.id)
    return str(session.scalars(query).one())


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
    names |= {"do", "go", "act", "on", "reason", "coming", "make_up"}
    waiting: list[Any] = list(FlaskForm.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        names |= {name for name in dir(kind) if hasattr(getattr(kind, name), "field_class")}
    return names - {"csrf_token"}
