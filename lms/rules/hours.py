"""Rules of the hours ledgers: what an entry may say, how it moves, what a confirmation signs."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MAX_MINUTES = 24 * 60


class HoursKind(StrEnum):
    """How supervision was given. Source: certification-rules, section 4 (Idaho, Texas, Maine)."""

    INDIVIDUAL = "individual"
    GROUP = "group"
    TRIADIC = "triadic"
    CO_REFLECTION = "co-reflection"
    OBSERVATION = "observation"


class HoursMedium(StrEnum):
    """Where it took place."""

    IN_PERSON = "in-person"
    VIDEO = "video"
    PHONE = "phone"


class HoursState(StrEnum):
    """Where an entry stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class HoursRefusal(StrEnum):
    """Why an entry cannot be kept or moved."""

    NO_MINUTES = "hours-no-minutes"
    TOO_MANY_MINUTES = "hours-too-many-minutes"
    IN_THE_FUTURE = "hours-in-the-future"
    BEFORE_ADMISSION = "hours-before-admission"
    SPLIT_DIFFERS = "hours-split-differs"
    GROUP_SIZE_MISSING = "hours-group-size-missing"
    NO_SUPERVISOR = "hours-no-supervisor"
    NOT_FROM_HERE = "hours-not-from-here"
    ALREADY_CORRECTED = "hours-already-corrected"
    NOTE_MISSING = "hours-note-missing"
    CHANGED = "hours-changed"
    UNREADABLE = "hours-unreadable"


S = HoursState
MOVES: dict[HoursState, frozenset[HoursState]] = {
    S.DRAFT: frozenset({S.SUBMITTED, S.WITHDRAWN}),
    S.SUBMITTED: frozenset({S.CONFIRMED, S.RETURNED, S.DRAFT}),
    S.RETURNED: frozenset({S.SUBMITTED, S.WITHDRAWN, S.DRAFT}),
    S.CONFIRMED: frozenset({S.WITHDRAWN}),
    S.WITHDRAWN: frozenset(),
}
CHANGEABLE = frozenset({S.DRAFT, S.RETURNED})


@dataclass(frozen=True, slots=True)
class HoursClaim:
    """What an entry says. Units: whole minutes; `domains` maps domain ids to minutes."""

    on: date
    minutes: int
    kind: HoursKind
    medium: HoursMedium
    supervisor_id: int | None
    domains: Mapping[str, int]
    group_size: int | None = None


def refusal_to_move(now: HoursState, to: HoursState) -> HoursRefusal | None:
    """Return why an entry cannot go from one state to another, or None."""
    return None if to in MOVES[now] else HoursRefusal.NOT_FROM_HERE


def refusal_to_keep(claim: HoursClaim, *, today: date, admitted_on: date) -> HoursRefusal | None:
    """Return what has to be mended before an entry can be sent, or None.

    Edge: today counts, tomorrow does not; the day of admission counts. An empty split is allowed:
    the whole entry then belongs to no domain.
    """
    if claim.minutes < 1:
        return HoursRefusal.NO_MINUTES
    if claim.minutes > MAX_MINUTES:
        return HoursRefusal.TOO_MANY_MINUTES
    if claim.on > today:
        return HoursRefusal.IN_THE_FUTURE
    if claim.on < admitted_on:
        return HoursRefusal.BEFORE_ADMISSION
    if claim.supervisor_id is None:
        return HoursRefusal.NO_SUPERVISOR
    return _refusal_of_shape(claim)


def _refusal_of_shape(claim: HoursClaim) -> HoursRefusal | None:
    if claim.kind is HoursKind.GROUP and not claim.group_size:
        return HoursRefusal.GROUP_SIZE_MISSING
    if claim.domains and sum(claim.domains.values()) != claim.minutes:
        return HoursRefusal.SPLIT_DIFFERS
    return None


def content_hash(claim: HoursClaim, *, entry: str, person: int, summary: str) -> str:
    """Return the SHA-256 of exactly what a confirmation signs.

    Shape: canonical JSON of the claim, the entry's public id, whose it is, and its summary.
    """
    text = json.dumps(
        {
            "entry": entry,
            "person": person,
            "on": claim.on.isoformat(),
            "minutes": claim.minutes,
            "kind": claim.kind,
            "medium": claim.medium,
            "group_size": claim.group_size,
            "supervisor": claim.supervisor_id,
            "domains": dict(sorted(claim.domains.items())),
            "summary": summary,
        },
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class HoursTotals:
    """Sums of a ledger in minutes: confirmed, waiting for a supervisor, and by kind (confirmed)."""

    confirmed: int
    waiting: int
    by_kind: Mapping[str, int]


def totals_of(entries: list[tuple[str, str, int]]) -> HoursTotals:
    """Return the totals of entries given as (state, kind, minutes)."""
    by_kind: dict[str, int] = {}
    for state, kind, minutes in entries:
        if state == S.CONFIRMED:
            by_kind[kind] = by_kind.get(kind, 0) + minutes
    waiting = sum(minutes for state, _, minutes in entries if state == S.SUBMITTED)
    return HoursTotals(sum(by_kind.values()), waiting, by_kind)
