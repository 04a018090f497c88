"""What needs no server: queries and CPU time of pages, verdicts of many, a certificate's PDF."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bench.ground import Seeded, a_session, counted, cpu_ms
from bench.pages import LESSON, Clients
from lms import create_app
from lms.config import Settings
from lms.content.bundled import bundled
from lms.content.library import load_library
from lms.content.rendering import rendered_module_json
from lms.db import utcnow
from lms.documents.certificate import (
    CertificateFacts,
    CertificateWords,
    Detail,
    Signatory,
    certificate_pdf,
)
from lms.models import Cohort, Enrolment
from lms.services.people import today_in
from lms.services.record import whole_cohort
from lms.services.verdicts import judge_places

MOST_QUERIES = 15


@dataclass(frozen=True, slots=True)
class Inside:
    """One measure in this process. Units: CPU and wall time in milliseconds, medians."""

    name: str
    cpu_ms: float
    wall_ms: float
    aim_ms: int | None = None
    queries: int | None = None
    aim_queries: int | None = None


@dataclass(frozen=True, slots=True)
class PageCost:
    """What a page costs without a server: its queries and its CPU time."""

    name: str
    status: int
    queries: int
    cpu_ms: float


def measure_inside(settings: Settings, seeded: Seeded) -> list[Inside]:
    """Return every measure that needs no server."""
    with a_session(settings) as session:
        found = list(_verdicts(session, seeded))
    cpu, wall = cpu_ms(lambda: certificate_pdf(FACTS))
    found.append(Inside("certificate, tagged PDF", cpu, wall, aim_ms=25))
    cpu, wall = cpu_ms(read_and_rendered, repeats=3)
    return [*found, Inside("twelve modules, read and rendered", cpu, wall, aim_ms=3000)]


def read_and_rendered() -> int:
    """Read, check and render the project's own content, as publishing does; return its modules."""
    library = load_library(bundled("modules").parent)
    return sum(bool(rendered_module_json(one, library.references)) for one in library.modules)


def _verdicts(session: Session, seeded: Seeded) -> Iterator[Inside]:
    cohort = session.scalars(select(Cohort).where(Cohort.public_id == seeded.cohort)).one()
    today = today_in(cohort.zone, utcnow())
    for name, scope, aim in (
        ("verdicts of a cohort", whole_cohort(cohort.id), None),
        (f"verdicts of {seeded.people}", everybody(), 2000),
    ):
        judge = judging(session, scope, today)
        cpu, wall = cpu_ms(judge, repeats=3)
        with counted(session.get_bind().engine) as sent:
            people = judge()
        yield Inside(f"{name} ({people})", cpu, wall, aim, len(sent), MOST_QUERIES)


def everybody() -> Select[int]:
    """Return the scope of every place there is."""
    return select(Enrolment.id).where(Enrolment.state != "withdrawn")


def judging(session: Session, scope: Select[int], today: date) -> Callable[[], int]:
    """Return an act that judges everybody of a scope afresh and says how many they are."""
    return lambda: sum(1 for _ in judge_places(session, scope, on=today))


def page_costs(settings: Settings, seeded: Seeded) -> list[PageCost]:
    """Return what each page costs when Flask's own client asks for it."""
    app = create_app(settings)
    clients = Clients(settings, seeded, 0)
    seat = seeded.seats[0]
    asked = [
        ("lesson", LESSON, seat.token),
        ("today", "/today", seat.token),
        ("modules", "/modules", seat.token),
        ("question", f"/attempts/{seat.attempt}/items/{seat.item}", seat.token),
        ("hours", "/hours", seat.token),
        ("what is still missing", "/progress", seat.token),
        ("sign-in form", "/sign-in", ""),
        ("people", "/people", seeded.coordinator),
        ("cohort", f"/cohorts/{seeded.cohort}", seeded.coordinator),
        *((f"check {code[:4]}…", f"/check/{code}", "") for code in seeded.codes[:1]),
    ]
    try:
        return [_cost(app, clients, *one) for one in asked]
    finally:
        app.extensions["lms"].database.engine.dispose()


def _cost(app: Flask, clients: Clients, name: str, path: str, token: str) -> PageCost:
    browser: FlaskClient = app.test_client()
    if token:
        browser.set_cookie("alongside", clients.session_cookie(token))
    browser.get(path)
    with counted(app.extensions["lms"].database.engine) as sent:
        status = browser.get(path).status_code
    cpu, _ = cpu_ms(lambda: browser.get(path), repeats=15)
    return PageCost(name, status, len(sent), cpu)


FACTS = CertificateFacts(
    language="en",
    title="Certificate",
    organisation="Riverside Peers",
    name="Wanjiru Castillo",
    programme="Peer support specialist",
    level="",
    covers="Boundaries, safety planning, trauma-responsive practice and finding the way.",
    details=(
        Detail("Issued", "1 November 2026"),
        Detail("Valid until", "1 November 2028"),
        Detail("Number", "2026-0042"),
    ),
    signatories=(Signatory("Ines Haddad", "Coordinator"),),
    limits="This does not qualify for counselling, therapy, legal advice or risk assessment.",
    code="3A7KQ9XW2MTBR4HCVN6PEFGD8JY",
    check_address="https://learn.example.org/check",
    issued_on=date(2026, 11, 1),
    words=CertificateWords(
        heading="Certificate",
        certifies_that="This certifies that",
        has_met="has met every requirement of",
        check_at="Check it at",
        code="Code",
        qr_description="A square that a phone can read: it leads to the check page",
        link_description="The check page of this certificate",
    ),
)
