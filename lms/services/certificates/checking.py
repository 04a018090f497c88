"""The public check: by code or by a file's hash, in one query, with nothing but what is public."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lms.models import Certificate, Cohort, Enrolment
from lms.models import CertificateEvent as EventRow
from lms.rules.certificates import (
    CertificateEvent,
    CertificateEventKind,
    CertificateState,
    Claim,
    claims_shown,
    state_on,
    state_since,
)
from lms.services.certificates.facts import claims_in, is_sealed
from lms.services.people import today_in

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Checked:
    """What anybody who holds the code or the file may know.

    Shape: `since` is the day it was suspended, revoked or superseded; `claims` those not hidden,
    days as ISO dates, empty where the facts no longer fit their seal (`is_sealed` false).
    """

    code: str
    state: CertificateState
    since: date | None
    claims: dict[Claim, str]
    is_sealed: bool


def check_code(session: Session, code: str, *, now: datetime) -> Checked | None:
    """Return what the check page says of a well-formed code, or None where it is not one of ours.

    Edge: the same one query is made whether the code is known or not.
    """
    return _checked(session, Certificate.code == code, now)


def check_file(session: Session, sha256_hex: str, *, now: datetime) -> Checked | None:
    """Return what is known of a file by its hash, or None where these are not bytes we issued."""
    return _checked(session, Certificate.pdf_sha256 == sha256_hex, now)


def _checked(session: Session, where: ColumnElement[bool], now: datetime) -> Checked | None:
    query = (
        select(
            Certificate.code,
            Certificate.facts,
            Certificate.salt,
            Certificate.seal,
            Certificate.hidden,
            Certificate.valid_until,
            Cohort.zone,
            EventRow.kind,
            EventRow.happened_on,
            EventRow.recorded_at,
        )
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .outerjoin(EventRow, EventRow.certificate_id == Certificate.id)
        .where(where)
    )
    rows: Sequence[Any] = session.execute(query).all()
    return _read(rows, now) if rows else None


def _read(rows: Sequence[Any], now: datetime) -> Checked:
    first = rows[0]
    today = today_in(first.zone, now)
    events = [
        CertificateEvent(CertificateEventKind(row.kind), row.happened_on, row.recorded_at)
        for row in rows
        if row.kind is not None
    ]
    whole = is_sealed(first.facts, first.salt, first.seal)
    return Checked(
        code=first.code,
        state=state_on(events, first.valid_until, today),
        since=state_since(events, first.valid_until, today),
        claims=claims_shown(claims_in(first.facts), json.loads(first.hidden)) if whole else {},
        is_sealed=whole,
    )


def instant_words(now: datetime) -> str:
    """Return an instant as JSON carries it: UTC to the second."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def verify_bytes(session: Session, sha256_hex: str, *, now: datetime) -> dict[str, Any]:
    """Return the contract's answer about a file, given its SHA-256 in hex.

    Shape: `genuine` is null where we issued these bytes but the facts kept with them no longer fit
    their seal: then only a person can say.
    """
    found = check_file(session, sha256_hex, now=now)
    return {
        "genuine": (True if found.is_sealed else None) if found else False,
        "state": found.state.value if found else UNKNOWN,
        "as_of": instant_words(now),
        "claims": {claim.value: value for claim, value in found.claims.items()} if found else {},
        "checks": [
            {"name": "bytes", "result": "ok" if found else "no"},
            {"name": "seal", "result": _seal_result(found)},
        ],
    }


def _seal_result(found: Checked | None) -> str:
    if found is None:
        return "absent"
    return "ok" if found.is_sealed else "no"
