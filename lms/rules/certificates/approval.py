"""The second person who approves each certificate, where an organisation asks for one."""

from enum import StrEnum

ONE, TWO = "", "second"
"""What an organisation sets: one coordinator issues, or a second one approves each certificate."""


class ProposalState(StrEnum):
    """Where a certificate stands that one person proposed and another is to approve."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"


class ProposedAct(StrEnum):
    """What is proposed: a first document, the next term of one, or one made anew."""

    ISSUE = "issue"
    RENEW = "renew"
    REPLACE = "replace"


class ApprovalRefusal(StrEnum):
    """Why somebody may not settle a proposal, or make one."""

    OWN_CERTIFICATE = "approval-own-certificate"
    OWN_PROPOSAL = "approval-own-proposal"
    SETTLED = "approval-settled"
    REASON_MISSING = "approval-reason-missing"
    WAITS_ALREADY = "approval-waits-already"
    ANOTHER_WAITS = "approval-another-waits"
    NOTHING_WAITS = "approval-nothing-waits"


def asks_second(approval: str) -> bool:
    """Say whether an organisation's setting asks for a second person."""
    return approval == TWO


def refusal_to_approve(
    *, state: ProposalState, proposer_id: int, holder_id: int, by: int
) -> ApprovalRefusal | None:
    """Return why this person may not approve a proposal, or None if they may."""
    if by == holder_id:
        return ApprovalRefusal.OWN_CERTIFICATE
    if by == proposer_id:
        return ApprovalRefusal.OWN_PROPOSAL
    return None if state is ProposalState.OPEN else ApprovalRefusal.SETTLED


def refusal_to_decline(
    *, state: ProposalState, holder_id: int, by: int, reason: str
) -> ApprovalRefusal | None:
    """Return why this person may not send a proposal back, or None if they may.

    Edge: who proposed it may take it back: that needs a reason too, for whoever looks later.
    """
    if by == holder_id:
        return ApprovalRefusal.OWN_CERTIFICATE
    if state is not ProposalState.OPEN:
        return ApprovalRefusal.SETTLED
    return None if reason.strip() else ApprovalRefusal.REASON_MISSING
