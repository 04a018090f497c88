"""Acts that can be looked at again, and a request for another look at one."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from lms.models import (
    Appeal,
    Certificate,
    HoursEntry,
    Performance,
    Person,
    ReadinessDecision,
    WaiverRequest,
)
from lms.rules.certificates import CertificateEventKind
from lms.rules.evidence import WaiverClaim
from lms.rules.readiness import DecisionOutcome, DecisionSource
from lms.services.appeals import Answer, answer_appeal, ask_again, assign_decider, named_in
from lms.services.certificates import record_event
from lms.services.evidence import ask_waiver, decide_waiver
from lms.services.hours import confirm_entry, return_entry, withdraw_confirmation
from lms.services.practice import get_enrolment
from lms.services.readiness import decide_readiness
from lms.services.roleplays import release_performance
from lms.services.sealed import seal_text
from tests.cast import NOW, TODAY, Cast
from tests.certifying import second_coordinator
from tests.playing import make_performance, mark

WORDS = "Zzyzx nobody asked me about the second week."
REASONS = "Qwxyz I read both weeks."
SOURCES = frozenset({DecisionSource.CONVERSATION, DecisionSource.ROLE_PLAYS})


def once() -> str:
    """Return an id that makes an act once."""
    return secrets.token_hex(8)


def not_yet(session: Session, cast: Cast) -> ReadinessDecision:
    """Let the coordinator decide: not yet."""
    return decide_readiness(
        session,
        get_enrolment(session, cast.enrolment.public_id),
        outcome=DecisionOutcome.NOT_YET,
        sources=SOURCES,
        reasons="One more role-play.",
        by=cast.coordinator.id,
        op_id=once(),
        now=NOW,
    )


def not_met(session: Session, cast: Cast) -> Performance:
    """Let the trainer mark a role-play below the standard, and release it."""
    found = mark(session, make_performance(session, cast, op_id=once()), 0)
    release_performance(session, found.marker_id, found, now=NOW)
    return found


def sent(session: Session, cast: Cast, minutes: int = 60) -> HoursEntry:
    """Send an entry of hours to the supervisor."""
    entry = HoursEntry(
        enrolment_id=cast.enrolment.id,
        happened_on=TODAY,
        recorded_at=NOW,
        ledger="supervision",
        kind="individual",
        minutes=minutes,
        medium="video",
        supervisor_id=cast.supervisor.id,
        state="submitted",
        submitted_at=NOW,
        op_id=once(),
    )
    session.add(entry)
    session.flush()
    about = f"hours:{entry.public_id}:summary"
    entry.summary = seal_text(session, cast.trainee.id, "Rest after hard days.", about, NOW)
    session.flush()
    return entry


def returned(session: Session, cast: Cast, minutes: int = 60) -> HoursEntry:
    """Let the supervisor return an entry."""
    entry = sent(session, cast, minutes)
    return_entry(session, entry, by=cast.supervisor.id, note="Too long?", version=1, now=NOW)
    return entry


def taken_back(session: Session, cast: Cast, minutes: int = 60) -> HoursEntry:
    """Let the supervisor confirm an entry and take that back."""
    entry = sent(session, cast, minutes)
    confirm_entry(session, entry, by=cast.supervisor.id, version=1, now=NOW)
    withdraw_confirmation(session, entry, by=cast.supervisor.id, reason="Twice?", now=NOW)
    return entry


def declined(session: Session, cast: Cast, *, requirement: str = "supervision") -> WaiverRequest:
    """Let the trainee ask that a requirement be set aside, and the coordinator decline it."""
    claim = WaiverClaim(requirement, "Ten years of it.", due_on=TODAY)
    place = get_enrolment(session, cast.enrolment.public_id)
    asked = ask_waiver(session, place, claim, by=cast.trainee.id, op_id=once(), now=NOW)
    by, reason = cast.coordinator.id, "Let us plan the hours."
    return decide_waiver(session, asked, granted=False, reason=reason, by=by, now=NOW)


def against(
    session: Session, cast: Cast, certificate: Certificate, kind: CertificateEventKind
) -> Certificate:
    """Let the coordinator suspend or revoke a certificate."""
    record_event(
        session,
        certificate,
        kind,
        by=cast.coordinator.id,
        reason="A question is open.",
        op_id=once(),
        now=NOW,
    )
    return certificate


def ask(session: Session, row: Any, *, now: datetime = NOW, words: str = WORDS) -> Appeal:
    """Ask for another look, as whose record it is."""
    return ask_again(session, row, words=words, op_id=once(), now=now)


def assign_to(session: Session, cast: Cast, appeal: Appeal, person: Person) -> Appeal:
    """Name who decides, as the coordinator."""
    seen = named_in(appeal)
    assign_decider(session, appeal, person, seen=seen, by=cast.coordinator.id, now=NOW)
    return appeal


def give_answer(
    session: Session, appeal: Appeal, by: Person, answer: Answer, *, op_id: str = ""
) -> None:
    """Answer an appeal a day later."""
    later = NOW + timedelta(days=1)
    answer_appeal(session, appeal, answer, by=by.id, op_id=op_id or once(), now=later)


def asked_of(session: Session, cast: Cast) -> Appeal:
    """Return a request about a decision that the second coordinator is named for."""
    if "second_coordinator" not in cast.people:
        second_coordinator(session, cast)
    appeal = ask(session, not_yet(session, cast))
    return assign_to(session, cast, appeal, cast.second_coordinator)
