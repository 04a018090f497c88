"""A run: what was sent for a cohort, a row and a job for each person, stopped and gone on with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Row, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from lms.db import lock_row
from lms.models import Certificate, Cohort, Enrolment, IssueRow, IssueRun, Person
from lms.rules.certificates import (
    ApprovalRefusal,
    IssueRefusal,
    Progress,
    RowAct,
    RowState,
    RunRefusal,
    RunState,
    progress_of,
)
from lms.services.audit import record_act
from lms.services.certificates.stating import signing_name
from lms.services.errors import MissingError, RefusedError
from lms.services.jobs import queue_jobs

JOB = "issue-one"
REASONS: dict[str, IssueRefusal | ApprovalRefusal | RunRefusal] = {
    reason.value: reason for kind in (IssueRefusal, ApprovalRefusal, RunRefusal) for reason in kind
}
"""Every reason for which a row may have been refused, by its stored value."""


class Chosen(NamedTuple):
    """One person as the page showed them: the place's public id, the act, the name's mark."""

    place: str
    act: RowAct
    mark: str


@dataclass(frozen=True, slots=True)
class RunLine:
    """What became of one person. `certificate` and `proposal` are public ids, or empty."""

    place: str
    name: str
    printed: str
    act: RowAct
    state: RowState
    refusal: IssueRefusal | ApprovalRefusal | RunRefusal | None
    certificate: str


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as its page shows it. `started_by` is a name."""

    run: IssueRun
    started_by: str
    lines: list[RunLine]
    progress: Progress


class RunSummary(NamedTuple):
    """A run in a list of a cohort's."""

    public_id: str
    started_at: datetime
    started_by: str
    state: RunState
    progress: Progress


def start_run(
    session: Session,
    cohort: Cohort,
    chosen: Sequence[Chosen],
    *,
    by: int,
    op_id: str,
    now: datetime,
) -> IssueRun:
    """Write down what was sent, with a row and a job for each person, and return the run.

    Edge: the same form sent twice is one run. Who is not of the cohort is left out.
    Raises: RefusedError(RunRefusal.NOBODY_CHOSEN).
    """
    found = _find_sent(session, by, op_id)
    if found is not None:
        return found
    places = _places(session, cohort, chosen)
    if not places:
        raise RefusedError(RunRefusal.NOBODY_CHOSEN)
    run = IssueRun(
        organisation_id=cohort.organisation_id,
        cohort_id=cohort.id,
        started_by=by,
        started_at=now,
        state=RunState.OPEN.value,
        round=1,
        moved_at=now,
        op_id=op_id,
    )
    try:
        with session.begin_nested():
            session.add(run)
    except IntegrityError:  # the other half of a double click
        return _sent(session, by, op_id)
    rows = [
        {"run_id": run.id, "enrolment_id": places[one.place], "act": one.act.value}
        | {"name_mark": one.mark, "state": RowState.WAITING.value, "refusal": ""}
        for one in {one.place: one for one in chosen if one.place in places}.values()
    ]
    session.execute(insert(IssueRow), rows)
    _queue(session, run, now)
    _note(session, "issue-run-started", run, by, now, people=len(rows))
    return run


def _find_sent(session: Session, by: int, op_id: str) -> IssueRun | None:
    query = select(IssueRun).where(IssueRun.started_by == by, IssueRun.op_id == op_id)
    return session.scalars(query).one_or_none()


def _sent(session: Session, by: int, op_id: str) -> IssueRun:
    query = select(IssueRun).where(IssueRun.started_by == by, IssueRun.op_id == op_id)
    return session.scalars(query).one()


def _places(session: Session, cohort: Cohort, chosen: Sequence[Chosen]) -> Mapping[str, int]:
    query = select(Enrolment.public_id, Enrolment.id).where(Enrolment.cohort_id == cohort.id)
    wanted = {one.place for one in chosen}
    return {name: key for name, key in session.execute(query) if name in wanted}


def _queue(session: Session, run: IssueRun, now: datetime) -> None:
    """Queue a job for everybody of a run who waits; a round has keys of its own."""
    query = select(IssueRow.id).where(
        IssueRow.run_id == run.id, IssueRow.state == RowState.WAITING.value
    )
    rows = session.scalars(query.order_by(IssueRow.id))
    queue_jobs(session, JOB, {f"issue:{row}:{run.round}": {"row": row} for row in rows}, now=now)


def get_run(session: Session, public_id: str) -> IssueRun:
    """Return a run by the id in its address, with its cohort. Raises: MissingError."""
    query = select(IssueRun).where(IssueRun.public_id == public_id)
    found = session.scalars(query.options(joinedload(IssueRun.cohort))).one_or_none()
    if found is None:
        raise MissingError
    return found


def stop_run(session: Session, run: IssueRun, *, by: int, now: datetime) -> None:
    """Stop a run: whoever is under way is finished, the others wait until it goes on."""
    lock_row(session, run)
    if run.state == RunState.OPEN:
        run.state, run.moved_at = RunState.STOPPED.value, now
        session.flush()
        _note(session, "issue-run-stopped", run, by, now)


def continue_run(session: Session, run: IssueRun, *, by: int, now: datetime) -> None:
    """Let a run go on, with new jobs for everybody who waits; it acts for who began it."""
    lock_row(session, run)
    run.state, run.moved_at = RunState.OPEN.value, now
    run.round += 1
    session.flush()
    _queue(session, run, now)
    _note(session, "issue-run-continued", run, by, now)


def _note(
    session: Session, act: str, run: IssueRun, by: int, now: datetime, **details: int
) -> None:
    record_act(
        session,
        act,
        now=now,
        chain=run.organisation_id,
        actor_id=by,
        subject=f"issue-run:{run.public_id}",
        **details,
    )


# Looking


def run_view(session: Session, run: IssueRun) -> RunView:
    """Return a run with what became of everybody, by name, in two queries."""
    newest = (
        select(func.max(Certificate.id))
        .where(Certificate.enrolment_id == IssueRow.enrolment_id, Certificate.is_whole)
        .correlate(IssueRow)
        .scalar_subquery()
    )
    query = (
        select(IssueRow, Enrolment.public_id, Person, Certificate.public_id)
        .join(Enrolment, Enrolment.id == IssueRow.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Certificate, Certificate.id == newest)
        .where(IssueRow.run_id == run.id)
        .order_by(Person.chosen_name, IssueRow.id)
    )
    lines = [_line(found) for found in session.execute(query)]
    name = select(Person.chosen_name).where(Person.id == run.started_by)
    progress = progress_of(line.state for line in lines)
    return RunView(run, session.scalars(name).one(), lines, progress)


def _line(found: Row[IssueRow, str, Person, str | None]) -> RunLine:
    row, place, person, certificate = found
    return RunLine(
        place=place,
        name=person.chosen_name,
        printed=signing_name(person),
        act=RowAct(row.act),
        state=RowState(row.state),
        refusal=REASONS.get(row.refusal),
        certificate=certificate or "",
    )


def list_runs(session: Session, cohort_id: int) -> list[RunSummary]:
    """Return a cohort's runs, the newest first."""
    counts: dict[int, list[RowState]] = {}
    tally = (
        select(IssueRow.run_id, IssueRow.state, func.count())
        .join(IssueRun, IssueRun.id == IssueRow.run_id)
        .where(IssueRun.cohort_id == cohort_id)
        .group_by(IssueRow.run_id, IssueRow.state)
    )
    for run_id, state, many in session.execute(tally):
        counts.setdefault(run_id, []).extend([RowState(state)] * many)
    query = (
        select(IssueRun, Person.chosen_name)
        .join(Person, Person.id == IssueRun.started_by)
        .where(IssueRun.cohort_id == cohort_id)
        .order_by(IssueRun.id.desc())
    )
    return [
        RunSummary(
            run.public_id, run.started_at, name, RunState(run.state), progress_of(counts[run.id])
        )
        for run, name in session.execute(query)
    ]
