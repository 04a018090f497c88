"""The public check: by code or by a file's hash, in one query, with nothing but what is public."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Executable, Select, bindparam, exists, select
from sqlalchemy.orm import Session, aliased

from lms.models import Certificate, Cohort, ContentVersion, Enrolment, Person
from lms.models import CertificateEvent as EventRow
from lms.rules.certificates import (
    CertificateState,
    Claim,
    claims_shown,
    standing_shown,
    state_on,
    state_since,
)
from lms.rules.programmes import DocumentKind, Programme, Standing, standing_of
from lms.services.certificates.chain import plain_events
from lms.services.certificates.erasing import kept_mark
from lms.services.certificates.facts import claims_in, is_sealed
from lms.services.people import today_in
from lms.services.publishing import definition_at

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Checked:
    """What anybody who holds the code or the file may know, as of the day `on`.

    Shape: `state` is None where it was not issued yet on that day; `since` is the day it was
    suspended, revoked, replaced or given back; `claims` those not hidden, days as ISO dates, empty
    where the facts no longer fit their seal (`is_sealed` false) or were taken out. `standing` is
    said only where it matters; `is_followed` where a later term was issued. `today` and `first`
    bound the days that may be asked for.
    """

    code: str
    kind: DocumentKind
    state: CertificateState | None
    since: date | None
    claims: dict[Claim, str]
    is_sealed: bool
    on: date
    today: date
    first: date
    has_facts: bool = True
    is_erased: bool = False
    standing: Standing | None = None
    is_followed: bool = False


def check_code(
    session: Session, code: str, *, now: datetime, on: date | None = None
) -> Checked | None:
    """Return what the check page says of a well-formed code, or None where it is not one of ours.

    Shape: `on` asks for another day, up to today; None is today.
    Edge:  the same one query is made whether the code is known or not. Where look-up is turned off
           the answer is the same as for a code that never was.
    """
    return _checked(session, _BY_CODE, {"asked": code}, now, on)


def check_file(
    session: Session, sha256_hex: str, *, now: datetime, on: date | None = None
) -> Checked | None:
    """Return what is known of a file by its hash, or None where these are not bytes we issued."""
    asked = {"asked": sha256_hex, "kept": kept_mark(session, sha256_hex)}
    return _checked(session, _BY_FILE, asked, now, on)


def _basis() -> Select[*tuple[Any, ...]]:
    later = aliased(Certificate)
    followed = exists().where(
        later.enrolment_id == Certificate.enrolment_id,
        later.kind == Certificate.kind,
        later.term > Certificate.term,
    )
    return (
        select(
            Certificate.code,
            Certificate.kind.label("document"),
            Certificate.facts,
            Certificate.salt,
            Certificate.seal,
            Certificate.hidden,
            Certificate.issued_on,
            Certificate.valid_until,
            Certificate.erased_at,
            Certificate.is_whole,
            Certificate.programme_version_id,
            ContentVersion.hash,
            Cohort.zone,
            followed.label("followed"),
            EventRow.kind,
            EventRow.happened_on,
            EventRow.recorded_at,
            EventRow.until_on,
            EventRow.lifts,
        )
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(ContentVersion, ContentVersion.id == Certificate.programme_version_id)
        .outerjoin(EventRow, EventRow.certificate_id == Certificate.id)
        .where(Person.lookup_off.is_(False))
    )


_BY_CODE = _basis().where(Certificate.code == bindparam("asked"))
_BY_FILE = _basis().where(Certificate.pdf_sha256.in_((bindparam("asked"), bindparam("kept"))))


def _checked(
    session: Session, query: Executable, asked: dict[str, str], now: datetime, on: date | None
) -> Checked | None:
    rows: Sequence[Any] = session.connection().execute(query, asked).all()
    if not rows:
        return None
    first = rows[0]
    programme = definition_at(session, first.programme_version_id, first.hash)
    return _read(rows, programme, today_in(first.zone, now), on)


def _read(rows: Sequence[Any], programme: Programme, today: date, asked: date | None) -> Checked:
    first, on = rows[0], asked or today
    events = plain_events(row for row in rows if row.kind is not None)
    state = state_on(events, first.valid_until, on) if on >= first.issued_on else None
    is_now = state_on(events, first.valid_until, today)
    standing = standing_of(programme, first.valid_until, on) if first.is_whole else None
    is_here = bool(first.facts)
    whole = not is_here or is_sealed(first.facts, first.salt, first.seal)
    return Checked(
        code=first.code,
        kind=DocumentKind(first.document),
        state=state,
        since=state_since(events, first.valid_until, on) if state else None,
        claims=_claims(first, is_now) if whole and is_here else {},
        is_sealed=whole,
        on=on,
        today=today,
        first=first.issued_on,
        has_facts=is_here,
        is_erased=first.erased_at is not None,
        standing=standing_shown(standing, state, is_followed=first.followed),
        is_followed=first.followed,
    )


def _claims(row: Any, state: CertificateState) -> dict[Claim, str]:
    """Return the claims not hidden; one that was replaced shows no name, whichever day is asked."""
    shown = claims_shown(claims_in(row.facts), json.loads(row.hidden))
    if state is CertificateState.SUPERSEDED:
        shown.pop(Claim.NAME, None)
    return shown


def instant_words(now: datetime) -> str:
    """Return an instant as JSON carries it: UTC to the second."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def verify_bytes(
    session: Session, sha256_hex: str, *, now: datetime, on: date | None = None
) -> dict[str, Any]:
    """Return the contract's answer about a file, given its SHA-256 in hex.

    Shape: `genuine` is null where we issued these bytes but the facts kept with them no longer fit
    their seal: then only a person can say. `on`, where a day was asked for, says which.
    """
    found = check_file(session, sha256_hex, now=now, on=on)
    state = found.state if found else None
    return {
        "genuine": (True if found.is_sealed else None) if found else False,
        "state": state.value if state else UNKNOWN,
        "as_of": instant_words(now),
        **({"on": on.isoformat()} if on else {}),
        "claims": {claim.value: value for claim, value in found.claims.items()} if found else {},
        "checks": [
            {"name": "bytes", "result": "ok" if found else "no"},
            {"name": "seal", "result": _seal_result(found)},
        ],
    }


def _seal_result(found: Checked | None) -> str:
    if found is None or not found.has_facts:
        return "absent"
    return "ok" if found.is_sealed else "no"
