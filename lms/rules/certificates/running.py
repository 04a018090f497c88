"""Issuing to many in one run: its states, what it does for each person, how far it is."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from lms.rules.certificates.approval import ApprovalRefusal


class RunState(StrEnum):
    """Whether a run goes on. That it is done is no state: nothing of it waits any more."""

    OPEN = "open"
    STOPPED = "stopped"


class RowState(StrEnum):
    """What became of one person of a run."""

    WAITING = "waiting"
    ISSUED = "issued"
    PROPOSED = "proposed"
    REFUSED = "refused"


class RowAct(StrEnum):
    """What a run is to do for one person, as the page said that was sent."""

    ISSUE = "issue"
    PROPOSE = "propose"
    APPROVE = "approve"


class RunRefusal(StrEnum):
    """Why a run is not begun, or does nothing for somebody."""

    NOBODY_CHOSEN = "run-nobody-chosen"
    STARTER_LEFT = "run-starter-left"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. Units: people. `done` counts those issued or sent to the second person."""

    total: int
    done: int
    refused: int
    waiting: int

    @property
    def settled(self) -> int:
        """Return for how many the answer is there, whatever it is."""
        return self.done + self.refused

    @property
    def is_finished(self) -> bool:
        """Say whether nobody waits any more."""
        return self.waiting == 0


def progress_of(states: Iterable[RowState]) -> Progress:
    """Return how far a run is from what became of each of its people."""
    found = list(states)
    refused, waiting = found.count(RowState.REFUSED), found.count(RowState.WAITING)
    return Progress(len(found), len(found) - refused - waiting, refused, waiting)


def act_for(*, second_asked: bool, proposer_id: int | None, by: int) -> RowAct | ApprovalRefusal:
    """Return what pressing "issue" means for somebody, or why it means nothing now.

    Shape: `proposer_id` is who proposed the certificate, None where no proposal is open.
    Edge:  where one coordinator issues, a proposal left from before does not stand in the way.
    """
    if not second_asked:
        return RowAct.ISSUE
    if proposer_id is None:
        return RowAct.PROPOSE
    return ApprovalRefusal.WAITS_ALREADY if proposer_id == by else RowAct.APPROVE


def name_mark(place: str, name: str) -> str:
    """Return a mark of the name that was read for a place, so that the name itself is not kept.

    Shape: 32 hexadecimal digits; another place or another name gives another mark.
    """
    return hashlib.sha256(f"{place}\n{name}".encode()).hexdigest()[:32]
