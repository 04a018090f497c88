"""What stands against changing a programme, withdrawing a version, or moving a person to one."""

from collections.abc import Collection
from enum import StrEnum

from lms.rules.cohorts import EnrolmentState, OpenRefusal

REASON_LENGTH = 2000
NOTE_LENGTH = 500
TEXT_LIMIT = 200_000
"""The most characters of a programme's text that is taken in the browser."""


class ChangeRefusal(StrEnum):
    """Why a programme is not changed, published or withdrawn."""

    HAS_PROBLEMS = "programme-has-problems"
    NO_NOTE = "programme-no-note"
    NO_REASON = "programme-no-reason"
    NOTHING_NEW = "programme-nothing-new"
    CHANGED_MEANWHILE = "programme-changed-meanwhile"
    PUBLISHED_MEANWHILE = "programme-published-meanwhile"
    NOT_CURRENT = "programme-not-current"
    WITHDRAWN_ALREADY = "programme-withdrawn-already"
    EXAMPLE = "programme-example"
    NAME_ODD = "programme-name-odd"
    NAME_TAKEN = "programme-name-taken"
    DRAFT_THERE = "programme-draft-there"
    TOO_LONG = "programme-too-long"


class MoveRefusal(StrEnum):
    """Why somebody is not moved to another version of their programme."""

    NO_REASON = "move-no-reason"
    THERE_ALREADY = "move-there-already"
    PLACE_CLOSED = "move-place-closed"
    OWN_PLACE = "move-own-place"
    VERSION_WITHDRAWN = "move-version-withdrawn"
    VERSION_NOT_OPEN = "move-version-not-open"
    CHANGED_MEANWHILE = "move-changed-meanwhile"
    NOBODY = "move-nobody"


MOVABLE = frozenset(
    {
        EnrolmentState.APPLIED,
        EnrolmentState.ADMITTED,
        EnrolmentState.ACTIVE,
        EnrolmentState.PAUSED,
    }
)
"""A place that was given up, or that is complete, keeps the version it has."""


def refusal_to_publish(
    *, note: str, problems: int, is_new: bool, is_seen: bool, is_behind: bool
) -> ChangeRefusal | None:
    """Return why a draft is not published, or None.

    Shape: `is_new` says that it differs from the version it was begun from; `is_seen` that what
           would be published is what the asker looked at; `is_behind` that another version was
           published since it was begun.
    """
    if is_behind:
        return ChangeRefusal.PUBLISHED_MEANWHILE
    if not is_seen:
        return ChangeRefusal.CHANGED_MEANWHILE
    if problems:
        return ChangeRefusal.HAS_PROBLEMS
    if not is_new:
        return ChangeRefusal.NOTHING_NEW
    return None if note.strip() else ChangeRefusal.NO_NOTE


def refusal_to_withdraw(
    *, reason: str, is_withdrawn: bool, is_example: bool
) -> ChangeRefusal | None:
    """Return why a version is not withdrawn, or None."""
    if is_example:
        return ChangeRefusal.EXAMPLE
    if is_withdrawn:
        return ChangeRefusal.WITHDRAWN_ALREADY
    return None if reason.strip() else ChangeRefusal.NO_REASON


def refusal_to_target(opening: OpenRefusal | None, *, is_withdrawn: bool) -> MoveRefusal | None:
    """Return why nobody is moved to a version, or None.

    Shape: `opening` is why no cohort opens under it. That lessons wait for their review keeps
           nobody new out of training they are in already.
    """
    if is_withdrawn:
        return MoveRefusal.VERSION_WITHDRAWN
    if opening not in (None, OpenRefusal.UNREVIEWED):
        return MoveRefusal.VERSION_NOT_OPEN
    return None


def refusal_to_move(
    *, actor_id: int, person_id: int, state: EnrolmentState, is_there: bool
) -> MoveRefusal | None:
    """Return why a person is not moved, or None."""
    if actor_id == person_id:
        return MoveRefusal.OWN_PLACE
    if state not in MOVABLE:
        return MoveRefusal.PLACE_CLOSED
    return MoveRefusal.THERE_ALREADY if is_there else None


def free_id(wanted: str, taken: Collection[str]) -> str:
    """Return an id that nobody has: the one wanted, or that with a number behind it."""
    if wanted not in taken:
        return wanted
    number = next(n for n in range(2, len(taken) + 3) if f"{wanted}-{n}" not in taken)
    return f"{wanted}-{number}"
