"""Settling the rows of a run: judged afresh together, issued under one lock, each no in its row."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from lms.models import Certificate, Enrolment, IssueProposal, IssueRow, IssueRun
from lms.rules.certificates import (
    ApprovalRefusal,
    IssueRefusal,
    ProposalState,
    RowAct,
    RowState,
    RunRefusal,
    RunState,
    name_mark,
    refusal_to_approve,
    refusal_to_issue,
    refusal_to_propose,
)
from lms.rules.roles import Role
from lms.services.certificates.basis import (
    Basis,
    bases_of,
    bases_to_draw,
    case_of,
    judge_named,
    lock_places,
    read_places,
)
from lms.services.certificates.holding import newest_by_place
from lms.services.certificates.issuing import close_places, refuse
from lms.services.certificates.making import Drawing, Drawings, Order, draw_ahead, make_certificates
from lms.services.certificates.proposed import open_proposals
from lms.services.certificates.proposing import add_proposal, close_proposal, form_of
from lms.services.certificates.stating import signing_name
from lms.services.errors import RefusedError
from lms.services.visibility import roles_of

Answer = Order | Basis | IssueProposal | RefusedError
"""What is to become of a row: a document to be made, a basis to be proposed on, what was proposed
before, or a no."""


@dataclass(frozen=True, slots=True)
class _Round:
    """Rows of one run with what is to become of each; `waiting` are proposals, by place."""

    run: IssueRun
    rows: Sequence[IssueRow]
    answers: Mapping[int, Answer]
    waiting: Mapping[int, IssueProposal]

    def to_make(self) -> list[tuple[IssueRow, Order]]:
        """Return the rows that are to be issued, with what is to be made for each."""
        answered = ((row, self.answers[row.id]) for row in self.rows)
        return [(row, answer) for row, answer in answered if isinstance(answer, Order)]


def settle_row(session: Session, row_id: int, *, now: datetime) -> None:
    """Do what a row asks for, once, and write down what became of it.

    Edge: where the database holds another's certificate in its stead, that is the row's no.
    """
    try:
        with session.begin_nested():
            settle_rows(session, [row_id], now=now)
    except IntegrityError:
        (row,) = _locked_rows(session, [row_id])
        _write(row, RefusedError(IssueRefusal.ALREADY_ISSUED), now)
        session.flush()


def settle_rows(
    session: Session,
    row_ids: Collection[int],
    *,
    now: datetime,
    drawings: Drawings | None = None,
) -> None:
    """Do what rows ask for, each once, in a fixed number of reads, and write down what became.

    Shape:  `drawings` were drawn ahead by `draw_rows`.
    Edge:   a row that is settled, or whose run is stopped, is left as it is. Two workers queue at
            the rows. A no takes no number and stands in the row; the others go on.
    Raises: IntegrityError where the database holds a certificate in the stead of one of them.
    """
    for run, rows in _by_run(_locked_rows(session, row_ids)):
        places = lock_places(session, [row.enrolment_id for row in rows])
        _settle(session, _judged(session, run, rows, places, now), drawings or {}, now)


def draw_rows(
    session: Session, row_ids: Collection[int], *, now: datetime, before: int = 0
) -> dict[int, Drawing]:
    """Draw what rows will most likely be issued, by the id of the place, and change nothing.

    Shape: `before` is how many others are likely to take their numbers first.
    Edge: whoever draws holds nothing and judges nobody; `settle_rows` does, and draws again what
          turns out to say anything else.
    """
    drawings: dict[int, Drawing] = {}
    for run, rows in _by_run(session.scalars(_query(row_ids)).all()):
        places = read_places(session, [row.enrolment_id for row in rows])
        orders = _expected(session, run, rows, places, now)
        drawings |= draw_ahead(session, orders, now=now, before=before)
        before += len(orders)
    return drawings


def _expected(
    session: Session,
    run: IssueRun,
    rows: Sequence[IssueRow],
    places: Mapping[int, Enrolment],
    now: datetime,
) -> list[Order]:
    """Return what will be made if no verdict stands against it: the page offered nobody else."""
    bases, waiting = bases_to_draw(session, places, now=now), open_proposals(session, places)
    issued = newest_by_place(session, places)
    orders = []
    for row in rows:
        key = row.enrolment_id
        if key in issued or not _is_name_read(row, places[key]):
            continue
        if row.act == RowAct.ISSUE:
            orders.append(Order(bases[key], run.started_by, ""))
        elif row.act == RowAct.APPROVE and key in waiting:
            orders.append(Order(bases[key], waiting[key].proposed_by, ""))
    return orders


def _is_name_read(row: IssueRow, place: Enrolment) -> bool:
    """Say whether the name is still the one that was read on the page."""
    return name_mark(place.public_id, signing_name(place.person)) == row.name_mark


def _query(row_ids: Collection[int]) -> Select[IssueRow]:
    return (
        select(IssueRow)
        .where(IssueRow.id.in_(row_ids))
        .options(joinedload(IssueRow.run))
        .order_by(IssueRow.id)
    )


def _locked_rows(session: Session, row_ids: Collection[int]) -> Sequence[IssueRow]:
    query = _query(row_ids).with_for_update(of=IssueRow)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def _by_run(rows: Sequence[IssueRow]) -> Iterator[tuple[IssueRun, list[IssueRow]]]:
    """Yield the rows that are to be settled now, run by run."""
    todo = [row for row in rows if _is_open(row)]
    for _run_id, group in groupby(sorted(todo, key=_run_of), key=_run_of):
        own = list(group)
        yield own[0].run, own


def _run_of(row: IssueRow) -> int:
    return row.run_id


def _is_open(row: IssueRow) -> bool:
    return row.state == RowState.WAITING and row.run.state == RunState.OPEN


def _judged(
    session: Session,
    run: IssueRun,
    rows: Sequence[IssueRow],
    places: Mapping[int, Enrolment],
    now: datetime,
) -> _Round:
    """Return what is to become of each row of a run, judged today."""
    waiting = open_proposals(session, places)
    if Role.COORDINATOR not in roles_of(session, run.started_by, now.date()):
        left = RefusedError(RunRefusal.STARTER_LEFT)
        return _Round(run, rows, {row.id: left for row in rows}, waiting)
    bases, issued = bases_of(session, places, now=now), newest_by_place(session, places)
    answers: dict[int, Answer] = {}
    for row in rows:
        key = row.enrolment_id
        try:
            answer = _answer(session, row, bases[key], key in issued, waiting.get(key))
        except RefusedError as refused:
            answer = refused
        answers[row.id] = answer
    return _Round(run, rows, answers, waiting)


def _answer(
    session: Session,
    row: IssueRow,
    basis: Basis,
    is_issued: bool,
    waiting: IssueProposal | None,
) -> Answer:
    """Return what is to become of one row. Raises: RefusedError, UnprintableError."""
    place, by = basis.place, row.run.started_by
    if not _is_name_read(row, place):
        raise RefusedError(IssueRefusal.NAME_CHANGED)
    if row.act == RowAct.PROPOSE:
        return waiting or _to_propose(session, basis, by, is_issued)
    if row.act == RowAct.APPROVE:
        return _to_approve(session, basis, by, is_issued, waiting)
    if is_issued:
        raise RefusedError(IssueRefusal.ALREADY_ISSUED)
    return _to_issue(session, basis, by, f"run-{row.run.public_id}-{row.id}")


def _to_propose(session: Session, basis: Basis, by: int, is_issued: bool) -> Basis:
    refusal = refusal_to_propose(case_of(basis, by=by, issued=is_issued))
    refuse(session, basis, refusal, signing_name(basis.place.person))
    return basis


def _to_approve(
    session: Session, basis: Basis, by: int, is_issued: bool, waiting: IssueProposal | None
) -> Order:
    if waiting is None:
        raise RefusedError(ApprovalRefusal.NOTHING_WAITS)
    refusal = refusal_to_approve(
        state=ProposalState.APPROVED if is_issued else ProposalState.OPEN,
        proposer_id=waiting.proposed_by,
        holder_id=basis.place.person_id,
        by=by,
    )
    if refusal:
        raise RefusedError(refusal)
    seen = replace(basis, second=judge_named(session, by))
    return _to_issue(session, seen, waiting.proposed_by, form_of(waiting))


def _to_issue(session: Session, basis: Basis, by: int, op_id: str) -> Order:
    refusal = refusal_to_issue(case_of(basis, by=by, issued=False))
    refuse(session, basis, refusal, signing_name(basis.place.person))
    return Order(basis, by, op_id)


def _settle(session: Session, found: _Round, drawings: Drawings, now: datetime) -> None:
    """Issue and propose what a round came to, and write into each row what became of it."""
    made = _made(session, found, drawings, now)
    for row in found.rows:
        answer = found.answers[row.id]
        if isinstance(answer, Order):
            _write(row, made[row.id], now)
        elif isinstance(answer, Basis):
            proposal = add_proposal(session, answer.place, by=found.run.started_by, now=now)
            _write(row, proposal, now)
        else:
            _write(row, answer, now)
    session.flush()


def _made(
    session: Session, found: _Round, drawings: Drawings, now: datetime
) -> dict[int, Certificate | RefusedError]:
    """Issue all that is to be issued, and return what became of each, by the row's id."""
    rows = [row for row, _order in found.to_make()]
    orders = [order for _row, order in found.to_make()]
    made = make_certificates(session, orders, now=now, drawings=drawings)
    issued = [
        (row, order.basis, one)
        for row, order, one in zip(rows, orders, made, strict=True)
        if isinstance(one, Certificate)
    ]
    close_places(session, [(basis, one) for _row, basis, one in issued], now)
    for row, basis, one in issued:
        if row.act == RowAct.APPROVE:
            proposal = found.waiting[row.enrolment_id]
            close_proposal(session, proposal, one, basis.place, by=found.run.started_by, now=now)
    return {row.id: one for row, one in zip(rows, made, strict=True)}


def _write(
    row: IssueRow, became: Certificate | IssueProposal | RefusedError, now: datetime
) -> None:
    if isinstance(became, RefusedError):
        row.state, row.refusal = RowState.REFUSED.value, became.reason.value
    elif isinstance(became, Certificate):
        row.state, row.certificate_id = RowState.ISSUED.value, became.id
    else:
        row.state = RowState.PROPOSED.value
    row.settled_at = now
