"""Gatherings for the tests: planned, a sheet filled in, closed; a trust agreement written."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.models import Enrolment, Gathering, Person, Seat, TrustAgreement
from lms.rules.gatherings import (
    Audience,
    GatheringKind,
    GatheringMode,
    GatheringPlan,
    Marks,
    Part,
    Span,
    TrustSection,
    control_name,
    parts_for,
    span_for,
)
from lms.services.drafts import save_draft
from lms.services.gatherings import (
    acknowledge_trust,
    close_attendance,
    plan_gathering,
    sheet_key,
    write_trust,
)
from tests.cast import NOW, TODAY, Cast

TEXTS = {
    TrustSection.PARTICIPATION: "We come, or we say that we cannot. Nobody has to say why.",
    TrustSection.RESPONSIBILITY: "What fails, we mend together.",
    TrustSection.CONFLICT: "We say it to each other, not about each other.",
    TrustSection.CONFIDENTIALITY: "What is told here stays here.",
}
PARTS = (Part("Listening", 60), Part("Safety first", 30, is_unmissable=True))


def plan(cast: Cast, **changes: Any) -> GatheringPlan:
    """Return a women's teaching gathering of two hours, yesterday evening, in two parts."""
    day = changes.pop("on", TODAY - timedelta(days=1))
    begins = changes.pop("begins", time(18, 0))
    ends = changes.pop("ends", time(20, 0))
    span = span_for(day, begins, ends, cast.cohort.zone)
    assert isinstance(span, Span)
    parts = parts_for(changes.pop("parts", PARTS), span.minutes)
    assert isinstance(parts, tuple)
    given: dict[str, Any] = {
        "title": "Evening of listening",
        "kind": GatheringKind.TEACHING,
        "audience": Audience.WOMEN,
        "mode": GatheringMode.IN_PERSON,
        "place": "Green house, second floor",
        "span": span,
        "parts": parts,
        "leader_id": cast.trainer.id,
        "tolerance_minutes": 10,
        "words": "We listen in pairs.",
        "content_note": "It touches on control.",
    }
    return GatheringPlan(**(given | changes))


def make_gathering(
    session: Session,
    cast: Cast,
    invited: Iterable[Enrolment] | None = None,
    *,
    by: Person | None = None,
    op_id: str = "",
    now: datetime = NOW,
    **changes: Any,
) -> Gathering:
    """Plan a gathering; without `invited` it is for the cast's trainee alone."""
    places = [cast.enrolment] if invited is None else list(invited)
    made = plan_gathering(
        session,
        (by or cast.trainer).id,
        cast.cohort,
        plan(cast, **changes),
        [place.public_id for place in places],
        op_id=op_id or f"gathering-{len(session.scalars(select(Gathering.id)).all())}",
        now=now,
    )
    session.flush()
    return made


def seat_of(session: Session, gathering: Gathering, place: Enrolment) -> Seat:
    """Return a place's seat."""
    query = select(Seat).where(Seat.gathering_id == gathering.id, Seat.enrolment_id == place.id)
    return session.scalars(query).one()


def sheet_body(session: Session, gathering: Gathering, **marks: Marks) -> dict[str, str]:
    """Return what a sheet sends: marks by a seat's public id, each part's minutes late or None."""
    body = {}
    for seat, found in marks.items():
        for number, late in enumerate(found):
            body[control_name("at", seat, number)] = "away" if late is None else "here"
            if late:
                body[control_name("late", seat, number)] = str(late)
    return body


def fill_sheet(
    session: Session,
    gathering: Gathering,
    by: Person,
    marks: dict[int, Marks],
    *,
    now: datetime = NOW,
) -> int:
    """Keep a sheet as somebody's draft and return its version; marks by the id of the place."""
    seats = {
        row.enrolment_id: row.public_id
        for row in session.scalars(select(Seat).where(Seat.gathering_id == gathering.id))
    }
    body = sheet_body(session, gathering, **{seats[place]: found for place, found in marks.items()})
    key = sheet_key(gathering)
    return save_draft(session, by.id, key, body, base_version=None, op_id="", now=now)


def close(
    session: Session,
    gathering: Gathering,
    marks: dict[int, Marks],
    *,
    by: Person,
    now: datetime = NOW,
) -> Gathering:
    """Put attendance on record; marks by the id of the place."""
    version = fill_sheet(session, gathering, by, marks, now=now)
    close_attendance(session, by.id, gathering, version=version, now=now)
    session.flush()
    return gathering


def make_trust(
    session: Session, cast: Cast, *, now: datetime = NOW, begun_from: int = 0, **changes: str
) -> TrustAgreement:
    """Write a version of the cohort's trust agreement."""
    texts = TEXTS | {TrustSection(name): text for name, text in changes.items()}
    return write_trust(session, cast.trainer.id, cast.cohort, texts, begun_from=begun_from, now=now)


def acknowledge(session: Session, place: Enrolment, agreement: TrustAgreement) -> None:
    """Acknowledge a version as the person whose place it is."""
    place = session.get_one(Enrolment, place.id)
    session.refresh(place, ["cohort"])
    acknowledge_trust(
        session, place, shown=agreement.number, shown_hash=agreement.text_hash, now=NOW
    )


TOMORROW = date(2026, 11, 3)
