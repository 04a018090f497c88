"""Who of a cohort can be issued a certificate now, who not, and why."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.models import (
    Certificate,
    Cohort,
    Enrolment,
    IssueProposal,
    Person,
    ReadinessDecision,
)
from lms.rules.certificates import (
    ApprovalRefusal,
    IssueRefusal,
    ProposalState,
    RowAct,
    act_for,
    name_mark,
)
from lms.rules.people import folded
from lms.services.certificates.basis import list_bases
from lms.services.certificates.issuing import Standing, standing_of
from lms.services.certificates.proposed import FIRST_OWN
from lms.services.record import whole_cohort


class Decided(NamedTuple):
    """Who found somebody ready, and when."""

    by: str
    on: date


class Waits(NamedTuple):
    """Who proposed a certificate that waits for a second person."""

    proposal: str
    person_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person of a cohort before issuing.

    Shape: `act` is what sending them would do, None where `refusal` says why nothing; `mark` stands
    for the name that was read; `certificate` is the public id of the one that is there, or "".
    """

    standing: Standing
    act: RowAct | None
    refusal: IssueRefusal | ApprovalRefusal | None
    mark: str
    decided: Decided | None
    waits: Waits | None
    certificate: str

    @property
    def place(self) -> Enrolment:
        """Return the place."""
        return self.standing.basis.place


def list_candidates(session: Session, cohort: Cohort, *, by: int, now: datetime) -> list[Candidate]:
    """Return everybody of a cohort but who left, by name, in a fixed number of queries."""
    scope = whole_cohort(cohort.id)
    issued = _issued(session, scope)
    decided, waiting = _decided(session, scope), _waiting(session, scope)
    found = []
    for basis in list_bases(session, cohort, now=now):
        key = basis.place.id
        standing = standing_of(session, basis, by=by, issued=key in issued)
        waits = waiting.get(key)
        act, refusal = _act(standing, waits, by)
        found.append(
            Candidate(
                standing=standing,
                act=act,
                refusal=refusal,
                mark=name_mark(basis.place.public_id, standing.name),
                decided=decided.get(key),
                waits=waits,
                certificate=issued.get(key, ""),
            )
        )
    return sorted(found, key=lambda one: (folded(one.place.person.chosen_name), one.place.id))


def _act(
    standing: Standing, waits: Waits | None, by: int
) -> tuple[RowAct | None, IssueRefusal | ApprovalRefusal | None]:
    if standing.refusal:
        return None, standing.refusal
    proposer = waits.person_id if waits else None
    act = act_for(second_asked=standing.second_asked, proposer_id=proposer, by=by)
    return (None, act) if isinstance(act, ApprovalRefusal) else (act, None)


def _issued(session: Session, scope: Select[int]) -> dict[int, str]:
    query = select(Certificate.enrolment_id, Certificate.public_id).where(
        Certificate.enrolment_id.in_(scope), Certificate.is_whole
    )
    return {row[0]: row[1] for row in session.execute(query.order_by(Certificate.id))}


def _decided(session: Session, scope: Select[int]) -> dict[int, Decided]:
    query = (
        select(ReadinessDecision.enrolment_id, Person.chosen_name, ReadinessDecision.happened_on)
        .join(Person, Person.id == ReadinessDecision.decided_by)
        .where(
            ReadinessDecision.enrolment_id.in_(scope),
            ReadinessDecision.outcome == "ready",
            ReadinessDecision.replaced_at.is_(None),
        )
        .order_by(ReadinessDecision.id)
    )
    return {place: Decided(name, on) for place, name, on in session.execute(query)}


def _waiting(session: Session, scope: Select[int]) -> dict[int, Waits]:
    query = (
        select(IssueProposal.enrolment_id, IssueProposal.public_id, Person.id, Person.chosen_name)
        .join(Person, Person.id == IssueProposal.proposed_by)
        .where(
            IssueProposal.enrolment_id.in_(scope),
            IssueProposal.state == ProposalState.OPEN.value,
            *FIRST_OWN,
        )
    )
    return {row[0]: Waits(*row[1:]) for row in session.execute(query)}
