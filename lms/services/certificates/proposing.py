"""A document that one coordinator proposes and a second one approves or sends back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.db import new_public_id
from lms.models import Certificate, Cohort, Enrolment, IssueProposal, Organisation
from lms.rules.certificates import (
    ApprovalRefusal,
    ProposalState,
    ProposedAct,
    Replacement,
    asks_second,
    refusal_to_approve,
    refusal_to_decline,
)
from lms.rules.programmes import DocumentKind
from lms.services.audit import record_act
from lms.services.certificates.basis import lock_place, terms_for
from lms.services.certificates.editions import refuse_edition, replace_certificate
from lms.services.certificates.holding import find_by_enrolment
from lms.services.certificates.issuing import issue_certificate, refuse_to_propose
from lms.services.certificates.proposed import (
    OWN,
    find_made,
    find_open_proposal,
    get_proposal,
    sealed_under,
    words_of,
)
from lms.services.certificates.renewing import refuse_renewal, renew_certificate
from lms.services.errors import RefusedError
from lms.services.publishing import definition_of
from lms.services.sealed import seal_text


@dataclass(frozen=True, slots=True)
class Proposed:
    """What one coordinator proposes.

    Shape: `document` is a kind, empty for the programme's own certificate; `about` is the one to be
           renewed or made anew, `why` and `words` for what reason it is made anew.
    """

    act: ProposedAct = ProposedAct.ISSUE
    document: str = OWN
    about: Certificate | None = None
    why: str = ""
    words: str = ""


FIRST_CERTIFICATE = Proposed()


def is_second_asked(session: Session, place: Enrolment) -> bool:
    """Say whether a second person approves what is issued at a place, of whatever kind."""
    query = (
        select(Organisation.approval)
        .join(Cohort, Cohort.organisation_id == Organisation.id)
        .where(Cohort.id == place.cohort_id)
    )
    return asks_second(session.scalars(query).one())


def document_of(certificate: Certificate) -> str:
    """Return under which document a certificate is proposed."""
    return OWN if certificate.is_whole else certificate.kind


def propose_certificate(
    session: Session,
    enrolment: Enrolment,
    *,
    by: int,
    name_read: str,
    now: datetime,
    kind: DocumentKind | None = None,
) -> IssueProposal:
    """Propose a first document of a place to a second person, or return what waits already.

    Shape:  without `kind` it is the programme's own certificate.
    Edge:   it is judged by the very rules of issuing, today; approving judges once more.
    Raises: MissingError, RefusedError(IssueRefusal), UnprintableError.
    """
    place = lock_place(session, enrolment.id)
    terms = terms_for(definition_of(session, place.programme_version), kind)
    what = Proposed(document=OWN if terms.is_whole else terms.kind.value)
    found = _waiting(session, place, what)
    if found is not None:
        return found
    issued = find_by_enrolment(session, place.id, kind) is not None
    refuse_to_propose(session, place, by=by, name_read=name_read, issued=issued, now=now, kind=kind)
    return add_proposal(session, place, what, by=by, now=now)


def propose_renewal(
    session: Session, certificate: Certificate, *, by: int, name_read: str, now: datetime
) -> IssueProposal:
    """Propose the next term of a certificate, or return what waits already.

    Raises: RefusedError(IssueRefusal | RenewRefusal | ApprovalRefusal), UnprintableError.
    """
    place = lock_place(session, certificate.enrolment_id)
    what = Proposed(ProposedAct.RENEW, document_of(certificate), certificate)
    found = _waiting(session, place, what)
    if found is not None:
        return found
    refuse_renewal(session, certificate, place, by=by, name_read=name_read, now=now)
    return add_proposal(session, place, what, by=by, now=now)


def propose_edition(
    session: Session,
    certificate: Certificate,
    why: Replacement,
    *,
    by: int,
    reason: str,
    name_read: str,
    now: datetime,
) -> IssueProposal:
    """Propose that a document is made anew, or return what waits already.

    Raises: RefusedError(IssueRefusal | NewEditionRefusal | ApprovalRefusal), UnprintableError.
    """
    place = lock_place(session, certificate.enrolment_id)
    document = document_of(certificate)
    what = Proposed(ProposedAct.REPLACE, document, certificate, why.value, reason)
    found = _waiting(session, place, what)
    if found is not None:
        return found
    refuse_edition(
        session, certificate, place, why, by=by, reason=reason, name_read=name_read, now=now
    )
    return add_proposal(session, place, what, by=by, now=now)


def _waiting(session: Session, place: Enrolment, what: Proposed) -> IssueProposal | None:
    """Return the very same that waits already, or None. Raises: RefusedError(ANOTHER_WAITS)."""
    found = find_open_proposal(session, place.id, what.document)
    if found is None or find_made(session, found) is not None:
        _end_overtaken(session, found)
        return None
    about = what.about.id if what.about else None
    if (found.act, found.about_id, found.why) != (what.act, about, what.why):
        raise RefusedError(ApprovalRefusal.ANOTHER_WAITS)
    return found


def _end_overtaken(session: Session, found: IssueProposal | None) -> None:
    """Close what came another way, so that something new can be proposed."""
    if found is not None:
        found.state, found.decided_at = ProposalState.DECLINED.value, found.proposed_at
        session.flush()


def add_proposal(
    session: Session,
    place: Enrolment,
    what: Proposed = FIRST_CERTIFICATE,
    *,
    by: int,
    now: datetime,
) -> IssueProposal:
    """Write down a proposal; whether it may be is asked before, and the place is held."""
    proposal = IssueProposal(
        public_id=new_public_id(),
        organisation_id=place.cohort.organisation_id,
        enrolment_id=place.id,
        act=what.act.value,
        document=what.document,
        about_id=what.about.id if what.about else None,
        why=what.why,
        proposed_by=by,
        proposed_at=now,
    )
    if what.words.strip():
        about = sealed_under(proposal, "words")
        proposal.words = seal_text(session, place.person_id, what.words, about, now)
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
    """Do what another proposed, judged afresh, and return the certificate that came of it.

    Edge: two at once queue at the place's row; who comes second finds it settled. The same person
          twice is given the certificate that is there.
    Raises: RefusedError(ApprovalRefusal or a refusal of the act), UnprintableError.
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
    certificate = _made(session, proposal, place, by, name_read, lines_read, now)
    close_proposal(session, proposal, certificate, place, by=by, now=now)
    return certificate


def _made(
    session: Session,
    proposal: IssueProposal,
    place: Enrolment,
    by: int,
    name_read: str,
    lines_read: Collection[str] | None,
    now: datetime,
) -> Certificate:
    first, op_id = proposal.proposed_by, form_of(proposal)
    if proposal.about_id is None:
        kind = DocumentKind(proposal.document) if proposal.document else None
        return issue_certificate(
            session,
            place,
            by=first,
            name_read=name_read,
            op_id=op_id,
            now=now,
            kind=kind,
            lines_read=lines_read,
            second_id=by,
        )
    about = session.get_one(Certificate, proposal.about_id)
    if proposal.act == ProposedAct.RENEW:
        return renew_certificate(
            session, about, by=first, name_read=name_read, op_id=op_id, now=now, second_id=by
        )
    return replace_certificate(
        session,
        about,
        Replacement(proposal.why),
        by=first,
        reason=words_of(session, get_proposal(session, proposal.public_id)),
        name_read=name_read,
        op_id=op_id,
        now=now,
        second_id=by,
    )


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
    proposal.reason = seal_text(session, place.person_id, reason, sealed_under(proposal), now)
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
    if state is ProposalState.OPEN and find_made(session, proposal) is not None:
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
        subject=sealed_under(proposal),
        enrolment=place.public_id,
        what=proposal.act,
        kind=proposal.document,
    )
