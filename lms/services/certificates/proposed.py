"""What was proposed to a second coordinator: found, listed, and whether it came another way."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from lms.models import Certificate, Cohort, Enrolment, IssueProposal, Person
from lms.rules.certificates import ProposalState, ProposedAct
from lms.rules.programmes import DocumentKind
from lms.rules.roles import Actor
from lms.services.certificates.chain import chain_of
from lms.services.certificates.holding import find_by_enrolment
from lms.services.errors import MissingError
from lms.services.sealed import read_text

OWN = ""
"""The document that is a programme's own certificate."""
FIRST_OWN = (IssueProposal.document == OWN, IssueProposal.act == ProposedAct.ISSUE.value)
SHOWN_FOR = timedelta(days=30)
"""How long a proposal that was sent back stands on the first person's list."""


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One proposal in a list. `reason` is why it was sent back, empty while it waits.

    Shape: `document` is a kind, empty for the programme's own certificate; `about` is the id of the
           one to be renewed or made anew, empty for a first document.
    """

    public_id: str
    act: ProposedAct
    document: str
    about: str
    place: str
    name: str
    cohort: str
    first: str
    proposed_at: datetime
    decided_by: str
    reason: str


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


def find_open_proposal(
    session: Session, enrolment_id: int, document: str = OWN
) -> IssueProposal | None:
    """Return the proposal of a place and document that waits, whatever it proposes, or None."""
    at_place = (IssueProposal.enrolment_id == enrolment_id, IssueProposal.document == document)
    return session.scalars(_open(*at_place)).one_or_none()


def open_proposals(session: Session, enrolment_ids: Collection[int]) -> dict[int, IssueProposal]:
    """Return which own first certificates wait at some places, read afresh, by the place's id."""
    query = _open(IssueProposal.enrolment_id.in_(enrolment_ids), *FIRST_OWN)
    found = session.scalars(query.execution_options(populate_existing=True))
    return {proposal.enrolment_id: proposal for proposal in found}


def _open(*where: ColumnElement[bool]) -> Select[IssueProposal]:
    return select(IssueProposal).where(IssueProposal.state == ProposalState.OPEN.value, *where)


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
            newer.enrolment_id == IssueProposal.enrolment_id,
            newer.document == IssueProposal.document,
            newer.id > IssueProposal.id,
        ),
        *_of_others(actor),
    )


def own_scope(actor: Actor) -> Select[int]:
    """Return the ids of one's own proposals that wait for a second person."""
    own = _open(IssueProposal.proposed_by == actor.person_id, *_of_others(actor))
    return own.with_only_columns(IssueProposal.id)


def _of_others(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Narrow to places that are not one's own, and to what did not come another way."""
    own = select(Enrolment.id).where(Enrolment.person_id == actor.person_id)
    about, later = aliased(Certificate), aliased(Certificate)
    is_own = and_(IssueProposal.document == OWN, later.is_whole)
    first = exists().where(
        later.enrolment_id == IssueProposal.enrolment_id,
        IssueProposal.about_id.is_(None),
        or_(is_own, later.kind == IssueProposal.document),
    )
    next_one = exists().where(
        about.id == IssueProposal.about_id,
        later.enrolment_id == about.enrolment_id,
        later.kind == about.kind,
        or_(
            later.term > about.term,
            and_(later.term == about.term, later.edition > about.edition),
        ),
    )
    return IssueProposal.enrolment_id.not_in(own), ~first, ~next_one


def find_made(session: Session, proposal: IssueProposal) -> Certificate | None:
    """Return the document that what was proposed has led to, by whatever way, or None."""
    if proposal.about_id is None:
        kind = DocumentKind(proposal.document) if proposal.document else None
        return find_by_enrolment(session, proposal.enrolment_id, kind)
    about = session.get_one(Certificate, proposal.about_id)
    newest = chain_of(session, about)[-1]
    is_later = (newest.term, newest.edition) > (about.term, about.edition)
    return newest if is_later else None


def list_proposals(session: Session, scope: Select[int]) -> list[ProposalRow]:
    """Return the proposals of a scope, the oldest first, with what was written about them."""
    holder, first, second = aliased(Person), aliased(Person), aliased(Person)
    query = (
        select(
            IssueProposal,
            Enrolment.public_id,
            holder,
            Cohort.name,
            first,
            second,
            Certificate.public_id,
        )
        .join(Enrolment, Enrolment.id == IssueProposal.enrolment_id)
        .join(holder, holder.id == Enrolment.person_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(first, first.id == IssueProposal.proposed_by)
        .outerjoin(second, second.id == IssueProposal.decided_by)
        .outerjoin(Certificate, Certificate.id == IssueProposal.about_id)
        .where(IssueProposal.id.in_(scope))
        .order_by(IssueProposal.proposed_at, IssueProposal.id)
    )
    return [
        ProposalRow(
            public_id=proposal.public_id,
            act=ProposedAct(proposal.act),
            document=proposal.document,
            about=about or "",
            place=place,
            name=person.chosen_name,
            cohort=cohort,
            first=proposer.chosen_name,
            proposed_at=proposal.proposed_at,
            decided_by=decider.chosen_name if decider else "",
            reason=read_text(session, person.id, proposal.reason, sealed_under(proposal)),
        )
        for proposal, place, person, cohort, proposer, decider, about in session.execute(query)
    ]


def reason_of(session: Session, proposal: IssueProposal) -> str:
    """Return why a proposal was sent back, opened; empty where it was not."""
    return read_text(session, proposal.enrolment.person_id, proposal.reason, sealed_under(proposal))


def words_of(session: Session, proposal: IssueProposal) -> str:
    """Return the reason for making a document anew, opened; empty where there is none."""
    about = sealed_under(proposal, "words")
    return read_text(session, proposal.enrolment.person_id, proposal.words, about)


def sealed_under(proposal: IssueProposal, part: str = "") -> str:
    """Return what a sealed text of a proposal is bound to. Shape: no part is why it went back."""
    return f"proposal:{proposal.public_id}{f':{part}' if part else ''}"
