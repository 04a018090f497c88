"""A certificate that one coordinator proposes and a second one approves or sends back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session, aliased, joinedload

from lms.models import Certificate, Cohort, Enrolment, IssueProposal, Organisation, Person
from lms.rules.certificates import (
    ProposalState,
    asks_second,
    refusal_to_approve,
    refusal_to_decline,
)
from lms.rules.programmes import DocumentKind
from lms.rules.roles import Actor
from lms.services.audit import record_act
from lms.services.certificates.basis import lock_place, terms_for
from lms.services.certificates.holding import find_by_enrolment
from lms.services.certificates.issuing import issue_certificate, refuse_to_propose
from lms.services.errors import MissingError, RefusedError
from lms.services.publishing import definition_of
from lms.services.sealed import read_text, seal_text

SHOWN_FOR = timedelta(days=30)
"""How long a proposal that was sent back stands on the first person's list."""


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One proposal in a list. `reason` is why it was sent back, empty while it waits."""

    public_id: str
    place: str
    name: str
    cohort: str
    first: str
    proposed_at: datetime
    decided_by: str
    reason: str


def is_second_asked(session: Session, place: Enrolment, kind: DocumentKind | None = None) -> bool:
    """Say whether a second person approves this document: a programme's own certificate alone.

    Raises: MissingError where the programme gives no such document.
    """
    query = (
        select(Organisation.approval)
        .join(Cohort, Cohort.organisation_id == Organisation.id)
        .where(Cohort.id == place.cohort_id)
    )
    terms = terms_for(definition_of(session, place.programme_version), kind)
    return terms.is_whole and asks_second(session.scalars(query).one())


def get_proposal(session: Session, public_id: str) -> IssueProposal:
    """Return a proposal by the id in its address, with its place. Raises: MissingError."""
    query = (
        select(IssueProposal)
        .where(IssueProposal.public_id == public_id)
        .options(
            joinedload(IssueProposal.enrolment).joinedload(Enrolment.cohort),
            joinedload(IssueProposal.enrolment).joinedload(Enrolment.person),
        )
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise MissingError
    return found


def find_open_proposal(session: Session, enrolment_id: int) -> IssueProposal | None:
    """Return the proposal of a place that waits, or None."""
    return session.scalars(_open(IssueProposal.enrolment_id == enrolment_id)).one_or_none()


def open_proposals(session: Session, enrolment_ids: Collection[int]) -> dict[int, IssueProposal]:
    """Return the proposals that wait at some places, read afresh, by the place's id."""
    query = _open(IssueProposal.enrolment_id.in_(enrolment_ids))
    found = session.scalars(query.execution_options(populate_existing=True))
    return {proposal.enrolment_id: proposal for proposal in found}


def _open(*where: ColumnElement[bool]) -> Select[IssueProposal]:
    return select(IssueProposal).where(IssueProposal.state == ProposalState.OPEN.value, *where)


def propose_certificate(
    session: Session, enrolment: Enrolment, *, by: int, name_read: str, now: datetime
) -> IssueProposal:
    """Propose the certificate of a place to a second person, or return what waits already.

    Edge: it is judged by the very rules of issuing, today; approving judges once more.
    Raises: RefusedError(IssueRefusal), UnprintableError.
    """
    place = lock_place(session, enrolment.id)
    found = find_open_proposal(session, place.id)
    if found is not None:
        return found
    issued = find_by_enrolment(session, place.id) is not None
    refuse_to_propose(session, place, by=by, name_read=name_read, issued=issued, now=now)
    return add_proposal(session, place, by=by, now=now)


def add_proposal(session: Session, place: Enrolment, *, by: int, now: datetime) -> IssueProposal:
    """Write down a proposal; whether it may be is asked before, and the place is held."""
    proposal = IssueProposal(
        organisation_id=place.cohort.organisation_id,
        enrolment_id=place.id,
        proposed_by=by,
        proposed_at=now,
    )
    session.add(proposal)
    session.flush()
    _note(session, "certificate-proposed", proposal, place, by, now)
    return proposal


def approve_proposal(
    session: Session,
    proposal: IssueProposal,
    *,
    by: int,
    name_read: str,
    now: datetime,
    lines_read: Collection[str] | None = None,
) -> Certificate:
    """Issue what another proposed, on a verdict computed afresh, and return the certificate.

    Edge: two at once queue at the place's row; who comes second finds it settled. The same person
          twice is given the certificate that is there.
    Raises: RefusedError(ApprovalRefusal or IssueRefusal), UnprintableError.
    """
    place = _locked(session, proposal)
    if proposal.state == ProposalState.APPROVED and proposal.decided_by == by:
        return session.get_one(Certificate, proposal.certificate_id)
    refusal = refusal_to_approve(
        state=_state_of(session, proposal),
        proposer_id=proposal.proposed_by,
        holder_id=place.person_id,
        by=by,
    )
    if refusal:
        raise RefusedError(refusal)
    certificate = issue_certificate(
        session,
        place,
        by=proposal.proposed_by,
        name_read=name_read,
        op_id=form_of(proposal),
        now=now,
        lines_read=lines_read,
        second_id=by,
    )
    close_proposal(session, proposal, certificate, place, by=by, now=now)
    return certificate


def close_proposal(
    session: Session,
    proposal: IssueProposal,
    certificate: Certificate,
    place: Enrolment,
    *,
    by: int,
    now: datetime,
) -> None:
    """Write down that a proposal was approved, with the certificate that was issued on it."""
    proposal.certificate_id = certificate.id
    _settle(session, proposal, ProposalState.APPROVED, by, now)
    _note(session, "certificate-approved", proposal, place, by, now)


def decline_proposal(
    session: Session, proposal: IssueProposal, *, by: int, reason: str, now: datetime
) -> None:
    """Send a proposal back with a reason, sealed with the holder's key; or take back one's own.

    Edge: the same person twice sends it back once.
    Raises: RefusedError(ApprovalRefusal).
    """
    place = _locked(session, proposal)
    if proposal.state == ProposalState.DECLINED and proposal.decided_by == by:
        return
    refusal = refusal_to_decline(
        state=_state_of(session, proposal), holder_id=place.person_id, by=by, reason=reason
    )
    if refusal:
        raise RefusedError(refusal)
    proposal.reason = seal_text(session, place.person_id, reason, _about(proposal), now)
    _settle(session, proposal, ProposalState.DECLINED, by, now)
    _note(session, "certificate-sent-back", proposal, place, by, now)


def _locked(session: Session, proposal: IssueProposal) -> Enrolment:
    """Hold the place, then read the proposal as it is by now."""
    place = lock_place(session, proposal.enrolment_id)
    session.refresh(proposal, ["state", "decided_by", "certificate_id"])
    return place


def _state_of(session: Session, proposal: IssueProposal) -> ProposalState:
    """Return where a proposal stands; one whose certificate came another way is settled."""
    state = ProposalState(proposal.state)
    if state is ProposalState.OPEN and find_by_enrolment(session, proposal.enrolment_id):
        return ProposalState.APPROVED
    return state


def _settle(
    session: Session, proposal: IssueProposal, state: ProposalState, by: int, now: datetime
) -> None:
    proposal.state, proposal.decided_by, proposal.decided_at = state.value, by, now
    session.flush()


def form_of(proposal: IssueProposal) -> str:
    """Return the name under which a proposal is issued once."""
    return f"proposal-{proposal.public_id}"


def _about(proposal: IssueProposal) -> str:
    return f"proposal:{proposal.public_id}"


def _note(
    session: Session,
    act: str,
    proposal: IssueProposal,
    place: Enrolment,
    by: int,
    now: datetime,
) -> None:
    record_act(
        session,
        act,
        now=now,
        chain=proposal.organisation_id,
        actor_id=by,
        about_id=place.person_id,
        subject=_about(proposal),
        enrolment=place.public_id,
    )


# Lists


def waiting_scope(actor: Actor) -> Select[int]:
    """Return the ids of the proposals that wait for somebody else than their first person."""
    return _open(
        IssueProposal.organisation_id == actor.organisation_id,
        IssueProposal.proposed_by != actor.person_id,
        *_of_others(actor),
    ).with_only_columns(IssueProposal.id)


def sent_back_scope(actor: Actor, *, now: datetime) -> Select[int]:
    """Return the ids of one's own proposals that were sent back lately and not proposed again."""
    newer = aliased(IssueProposal)
    return select(IssueProposal.id).where(
        IssueProposal.state == ProposalState.DECLINED.value,
        IssueProposal.proposed_by == actor.person_id,
        IssueProposal.decided_by != actor.person_id,
        IssueProposal.decided_at > now - SHOWN_FOR,
        ~exists().where(
            newer.enrolment_id == IssueProposal.enrolment_id, newer.id > IssueProposal.id
        ),
        *_of_others(actor),
    )


def own_scope(actor: Actor) -> Select[int]:
    """Return the ids of one's own proposals that wait for a second person."""
    own = _open(IssueProposal.proposed_by == actor.person_id, *_of_others(actor))
    return own.with_only_columns(IssueProposal.id)


def _of_others(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Narrow to places that are not one's own and hold no certificate yet."""
    own = select(Enrolment.id).where(Enrolment.person_id == actor.person_id)
    return (
        IssueProposal.enrolment_id.not_in(own),
        ~exists().where(
            Certificate.enrolment_id == IssueProposal.enrolment_id, Certificate.is_whole
        ),
    )


def list_proposals(session: Session, scope: Select[int]) -> list[ProposalRow]:
    """Return the proposals of a scope, the oldest first, with what was written about them."""
    holder, first, second = aliased(Person), aliased(Person), aliased(Person)
    query = (
        select(IssueProposal, Enrolment.public_id, holder, Cohort.name, first, second)
        .join(Enrolment, Enrolment.id == IssueProposal.enrolment_id)
        .join(holder, holder.id == Enrolment.person_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(first, first.id == IssueProposal.proposed_by)
        .outerjoin(second, second.id == IssueProposal.decided_by)
        .where(IssueProposal.id.in_(scope))
        .order_by(IssueProposal.proposed_at, IssueProposal.id)
    )
    return [
        ProposalRow(
            public_id=proposal.public_id,
            place=place,
            name=person.chosen_name,
            cohort=cohort,
            first=proposer.chosen_name,
            proposed_at=proposal.proposed_at,
            decided_by=decider.chosen_name if decider else "",
            reason=read_text(session, person.id, proposal.reason, _about(proposal)),
        )
        for proposal, place, person, cohort, proposer, decider in session.execute(query)
    ]


def reason_of(session: Session, proposal: IssueProposal) -> str:
    """Return why a proposal was sent back, opened; empty where it was not."""
    return read_text(session, proposal.enrolment.person_id, proposal.reason, _about(proposal))
