"""When a role-play may be booked, cancelled and released."""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum

LATEST_DAYS = 365


class PerformanceState(StrEnum):
    """Where one enactment stands. `marked`: its marking is in and cannot change any more."""

    BOOKED = "booked"
    MARKED = "marked"
    RELEASED = "released"
    CANCELLED = "cancelled"


S = PerformanceState
OPEN_STATES = frozenset({S.BOOKED, S.MARKED})
MOVES: dict[PerformanceState, frozenset[PerformanceState]] = {
    S.BOOKED: frozenset({S.MARKED, S.CANCELLED}),
    S.MARKED: frozenset({S.RELEASED}),
    S.RELEASED: frozenset(),
    S.CANCELLED: frozenset(),
}


class BookRefusal(StrEnum):
    """Why a role-play cannot be booked like this."""

    ALREADY_OPEN = "performance-already-open"
    TOO_FAR_AHEAD = "performance-too-far-ahead"
    BEFORE_PLACE = "performance-before-place"
    NOT_A_MARKER = "performance-not-a-marker"
    NO_SUCH_SCENARIO = "performance-no-such-scenario"
    OTHER_MEDIUM = "performance-other-medium"


class CancelRefusal(StrEnum):
    """Why a booking cannot be taken back."""

    MARKED = "cancel-marked"
    CANCELLED = "cancel-cancelled"


class ReleaseRefusal(StrEnum):
    """Why a result cannot be released."""

    NOT_MARKED = "release-not-marked"
    RELEASED = "release-released"
    CANCELLED = "release-cancelled"


def refusal_to_book(
    *,
    marker_id: int,
    trainee_id: int,
    markers: Collection[int],
    medium: str,
    media: Collection[str],
    on: date,
    place_since: date,
    today: date,
) -> BookRefusal | None:
    """Return why this role-play cannot be booked, or None.

    Units: dates are calendar days in the cohort's zone; a day already past may be entered.
    Edge:  nobody marks themselves, whatever they are assigned to.
    """
    if marker_id == trainee_id or marker_id not in markers:
        return BookRefusal.NOT_A_MARKER
    if medium not in media:
        return BookRefusal.OTHER_MEDIUM
    if on < place_since:
        return BookRefusal.BEFORE_PLACE
    if on > today + timedelta(days=LATEST_DAYS):
        return BookRefusal.TOO_FAR_AHEAD
    return None


def refusal_to_cancel(state: PerformanceState) -> CancelRefusal | None:
    """Return why a booking cannot be taken back, or None."""
    if PerformanceState.CANCELLED in MOVES[state]:
        return None
    is_cancelled = state is PerformanceState.CANCELLED
    return CancelRefusal.CANCELLED if is_cancelled else CancelRefusal.MARKED


def refusal_to_release(state: PerformanceState) -> ReleaseRefusal | None:
    """Return why a result cannot be released, or None."""
    return {
        S.BOOKED: ReleaseRefusal.NOT_MARKED,
        S.MARKED: None,
        S.RELEASED: ReleaseRefusal.RELEASED,
        S.CANCELLED: ReleaseRefusal.CANCELLED,
    }[state]
