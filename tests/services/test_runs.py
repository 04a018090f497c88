"""Issuing to many: the preview, the run, stopped and gone on with, killed half-way, raced."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from threading import Barrier, Event

import pytest
from pypdf import PdfReader
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import IntegrityError

from lms.db import transaction, utcnow
from lms.jobs import handlers_for, sweep_inside, together, work_once
from lms.models import (
    AuditEntry,
    Certificate,
    CertificateCounter,
    Enrolment,
    IssueProposal,
    IssueRow,
    IssueRun,
    Job,
    Person,
    RoleGrant,
)
from lms.rules.certificates import ApprovalRefusal, IssueRefusal, RowAct, RowState, RunRefusal
from lms.services.audit import link_entries, verify_chains
from lms.services.certificates import (
    Chosen,
    continue_run,
    draw_rows,
    list_candidates,
    list_runs,
    printing,
    run_view,
    settle_row,
    settle_rows,
    settling,
    start_run,
    stop_run,
)
from lms.services.errors import RefusedError
from lms.services.jobs import LEASE, run_due
from tests.cast import NOW, grant, make_cast, make_cohort, programme_version
from tests.certifying import give_place, issue, meet_all, second_coordinator

NAMES = ("ada", "bo", "cy", "dee")


def make_ready(session, cast, names=NAMES):
    """Give the trainee and others a record that meets everything, and a name of their own."""
    meet_all(session, cast)
    return make_others_ready(session, cast, names)


def make_others_ready(session, cast, names):
    """Give the others alone such a record."""
    first = cast.enrolment
    for name in names:
        cast.enrolment = give_place(session, cast, name)
        meet_all(session, cast)
    cast.enrolment = first
    session.execute(update(Person).values(certificate_name=Person.chosen_name))
    session.commit()
    return cast


@pytest.fixture
def ready(session, cast):
    return make_ready(session, cast, NAMES[:2])


@contextmanager
def counted(session):
    """Count the statements that are sent."""
    sent = []

    def note(connection, cursor, statement, *rest):
        sent.append(statement)

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    yield sent
    event.remove(connection, "before_cursor_execute", note)


def chosen(session, cast, now=NOW):
    people = list_candidates(session, cast.cohort, by=cast.coordinator.id, now=now)
    return [Chosen(one.place.public_id, one.act, one.mark) for one in people if one.act]


def start(session, cast, op_id="once", **what_matters):
    given = {"by": cast.coordinator.id, "op_id": op_id, "now": NOW, **what_matters}
    people = given.pop("people", None)
    people = chosen(session, cast) if people is None else people
    with transaction(session):
        return start_run(session, cast.cohort, people, **given)


def work(app, session, now=NOW, many=True):
    """Run what is due as a worker does: many rows at a time, or each by itself."""
    handlers = handlers_for(app.extensions["lms"].settings)
    return run_due(session, handlers, now, together=together() if many else {})


def states(session, run):
    return {line.name: line.state for line in run_view(session, run).lines}


# The preview


def test_everybody_is_listed_with_what_stands_for_or_against_them(session, ready):
    found = list_candidates(session, ready.cohort, by=ready.coordinator.id, now=NOW)
    said = {one.place.person.chosen_name: (one.act, one.refusal) for one in found}
    ok = (RowAct.ISSUE, None)
    unmet = (None, IssueRefusal.VERDICT_NOT_MET)
    assert said == {"Ada": ok, "Bo": ok, "Classmate": unmet, "Trainee": ok}
    assert found[0].decided.by == "Coordinator"
    assert [judge.name for judge in found[0].standing.basis.markers] == ["Trainer"]
    assert [judge.name for judge in found[0].standing.basis.confirmers] == ["Supervisor"]


def test_a_preview_takes_as_many_queries_for_many_as_for_few(session, cast):
    make_ready(session, cast, ())

    def look():
        session.expire_all()
        with counted(session) as sent:
            list_candidates(session, cast.cohort, by=cast.coordinator.id, now=NOW)
        return len(sent)

    look()
    few = look()
    make_others_ready(session, cast, NAMES)
    assert look() == few


def test_ones_own_is_refused_in_the_list(session, ready):
    grant(session, ready.trainee, "coordinator")
    found = list_candidates(session, ready.cohort, by=ready.trainee.id, now=NOW)
    own = next(one for one in found if one.place.person_id == ready.trainee.id)
    assert (own.act, own.refusal) == (None, IssueRefusal.OWN_CERTIFICATE)


# The run


def test_a_run_issues_to_everybody_who_was_sent(app, session, ready):
    run = start(session, ready)
    assert set(states(session, run).values()) == {RowState.WAITING}
    assert work(app, session) == 3
    view = run_view(session, run)
    assert (view.progress.done, view.progress.is_finished) == (3, True)
    assert all(line.certificate for line in view.lines)
    assert sorted(session.scalars(select(Certificate.number))) == [1, 2, 3]
    assert set(session.scalars(select(Certificate.issued_by))) == {ready.coordinator.id}
    acts = list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))
    assert acts.count("issue-run-started") == 1
    assert acts.count("certificate-issued") == 3
    assert verify_chains(session).first_broken is None


def test_the_same_form_twice_is_one_run(app, session, ready):
    people = chosen(session, ready)
    first = start(session, ready, people=people)
    assert start(session, ready, people=people).id == first.id
    assert session.scalar(select(func.count(IssueRow.id))) == 3
    assert session.scalar(select(func.count(Job.id))) == 3


def test_who_is_not_of_the_cohort_is_left_out(session, ready):
    other = make_cohort(session, ready.elsewhere, programme_version(session))
    people = chosen(session, ready)
    with pytest.raises(RefusedError) as caught, transaction(session):
        start_run(session, other, people, by=ready.outsider.id, op_id="x", now=NOW)
    assert caught.value.reason is RunRefusal.NOBODY_CHOSEN
    assert session.scalar(select(func.count(IssueRun.id))) == 0


@pytest.mark.parametrize("many", [True, False])
def test_each_is_judged_afresh_and_a_no_stands_in_the_row(app, session, ready, many):
    """What changed since the page was read: a place, a name, an issue elsewhere."""
    run = start(session, ready)
    places = {p.person_id: p for p in session.scalars(select(Enrolment))}
    people = {p.chosen_name: p for p in session.scalars(select(Person))}
    places[people["Ada"].id].state = "paused"
    people["Bo"].certificate_name = "Bo Another"
    session.flush()
    issue(session, ready)
    session.commit()
    assert work(app, session, many=many) == 3
    said = {line.name: line.refusal for line in run_view(session, run).lines}
    assert said == {
        "Ada": IssueRefusal.PLACE_NOT_OPEN,
        "Bo": IssueRefusal.NAME_CHANGED,
        "Trainee": IssueRefusal.ALREADY_ISSUED,
    }
    assert list(session.scalars(select(Certificate.number))) == [1]


@pytest.mark.parametrize("many", [True, False])
def test_what_cannot_be_drawn_takes_no_number(app, session, ready, many):
    """A name too long for the page is found out when it is drawn."""
    ada = session.scalars(select(Person).where(Person.chosen_name == "Ada")).one()
    ada.certificate_name = "W" * 300
    session.commit()
    run = start(session, ready)
    work(app, session, many=many)
    numbers = sorted(session.scalars(select(Certificate.number)))
    assert numbers == list(range(1, len(numbers) + 1))
    assert session.scalar(select(CertificateCounter.last)) == len(numbers)
    said = {line.name: line.refusal for line in run_view(session, run).lines}
    assert said["Ada"] in (None, IssueRefusal.WORDS_DO_NOT_FIT)


def test_nothing_is_issued_in_the_name_of_who_left(app, session, ready):
    run = start(session, ready)
    session.execute(
        update(RoleGrant)
        .where(RoleGrant.person_id == ready.coordinator.id)
        .values(until_on=NOW.date())
    )
    session.commit()
    work(app, session)
    assert {line.refusal for line in run_view(session, run).lines} == {RunRefusal.STARTER_LEFT}
    assert session.scalar(select(func.count(Certificate.id))) == 0


def test_a_stopped_run_waits_and_goes_on(app, session, ready):
    run = start(session, ready)
    with transaction(session):
        stop_run(session, run, by=ready.coordinator.id, now=NOW)
    work(app, session)
    assert set(states(session, run).values()) == {RowState.WAITING}
    with transaction(session):
        continue_run(session, run, by=ready.coordinator.id, now=NOW)
    assert work(app, session) == 3
    assert set(states(session, run).values()) == {RowState.ISSUED}
    assert list_runs(session, ready.cohort.id)[0].progress.done == 3


def test_a_run_goes_on_after_its_jobs_were_given_up(app, session, ready):
    run = start(session, ready)
    session.execute(update(Job).values(state="given-up"))
    session.commit()
    assert work(app, session) == 0
    with transaction(session):
        continue_run(session, run, by=ready.coordinator.id, now=NOW)
    assert work(app, session) == 3


def test_a_row_done_twice_is_done_once(session, ready):
    start(session, ready)
    row = session.scalars(select(IssueRow.id)).first()
    for _time in range(2):
        with transaction(session):
            settle_row(session, row, now=NOW)
    assert session.scalar(select(func.count(Certificate.id))) == 1


# Drawn ahead, settled together


@pytest.fixture
def drawings(monkeypatch):
    """Return the numbers that are drawn, in their order."""
    drawn = []
    real = printing.certificate_pdf

    def draw(facts, **given):
        drawn.append(next(one.value for one in facts.details if one.label == "Number"))
        return real(facts, **given)

    monkeypatch.setattr(printing, "certificate_pdf", draw)
    return drawn


def waiting_rows(session):
    query = select(IssueRow.id).where(IssueRow.state == "waiting").order_by(IssueRow.id)
    return list(session.scalars(query))


def settle(session, rows, ahead):
    with transaction(session):
        settle_rows(session, rows, now=NOW, drawings=ahead)


def printed_numbers(session):
    """Return the number each certificate has, with those its file and its facts say."""
    found = session.execute(select(Certificate.number, Certificate.pdf, Certificate.facts))
    for number, pdf, facts in found:
        text = PdfReader(BytesIO(pdf)).pages[0].extract_text()
        assert f"{number:04d}" in text
        assert json.loads(facts)["claims"]["number"] == f"{number:04d}"
        yield number


def test_drawing_ahead_changes_nothing_and_is_used_as_it_is(session, ready, drawings):
    start(session, ready)
    rows = waiting_rows(session)
    before = session.scalar(select(func.count(AuditEntry.id)))
    ahead = draw_rows(session, rows, now=NOW)
    assert drawings == ["0001", "0002", "0003"]
    session.rollback()
    assert session.scalar(select(func.count(CertificateCounter.last))) == 0
    assert session.scalar(select(func.count(AuditEntry.id))) == before
    settle(session, rows, ahead)
    assert len(drawings) == 3
    assert set(session.scalars(select(Certificate.pdf))) == {one.pdf for one in ahead.values()}
    assert sorted(printed_numbers(session)) == [1, 2, 3]


def test_a_number_that_somebody_took_first_is_drawn_again(session, ready, drawings):
    """An issue elsewhere between drawing and numbering: no file says a number it has not."""
    others = [one for one in chosen(session, ready) if one.place != ready.enrolment.public_id]
    start(session, ready, people=others)
    rows = waiting_rows(session)
    ahead = draw_rows(session, rows, now=NOW)
    issue(session, ready)
    session.commit()
    settle(session, rows, ahead)
    assert drawings == ["0001", "0002", "0001", "0002", "0003"]
    assert sorted(printed_numbers(session)) == [1, 2, 3]


def test_what_changed_since_it_was_drawn_is_refused_or_drawn_again(session, ready, drawings):
    run = start(session, ready)
    rows = waiting_rows(session)
    ahead = draw_rows(session, rows, now=NOW)
    ada = session.scalars(select(Person).where(Person.chosen_name == "Ada")).one()
    ada.certificate_name = "Ada Another"
    session.commit()
    settle(session, rows, ahead)
    assert {line.refusal for line in run_view(session, run).lines} == {
        IssueRefusal.NAME_CHANGED,
        None,
    }
    assert sorted(printed_numbers(session)) == [1, 2]


def test_a_second_worker_draws_with_the_numbers_after_the_first(session, ready, drawings):
    """Both draw before either writes, and neither draws anything twice."""
    start(session, ready)
    rows = waiting_rows(session)
    first = draw_rows(session, rows[:2], now=NOW)
    second = draw_rows(session, rows[2:], now=NOW, before=2)
    settle(session, rows[:2], first)
    settle(session, rows[2:], second)
    assert drawings == ["0001", "0002", "0003"]
    assert sorted(printed_numbers(session)) == [1, 2, 3]


def test_many_are_settled_with_as_many_reads_as_few(session, cast):
    make_ready(session, cast, NAMES)
    start(session, cast)
    rows = waiting_rows(session)

    def reads(rows):
        ahead = draw_rows(session, rows, now=NOW)
        session.expire_all()
        with counted(session) as sent:
            settle_rows(session, rows, now=NOW, drawings=ahead)
            link_entries(session)
        return sum(statement.startswith("SELECT") for statement in sent)

    few = reads(rows[:2])
    assert reads(rows[2:]) == few


@pytest.mark.parametrize("many", [True, False])
def test_a_second_person_approves_a_whole_cohort(app, session, ready, many):
    """The first run proposes, the second one issues, and both names are sealed."""
    second_coordinator(session, ready)
    ready.organisation.approval = "second"
    session.commit()
    start(session, ready)
    assert work(app, session, many=many) == 3
    assert set(session.scalars(select(IssueRow.state))) == {"proposed"}
    people = list_candidates(session, ready.cohort, by=ready.second_coordinator.id, now=NOW)
    sent = [Chosen(one.place.public_id, one.act, one.mark) for one in people if one.act]
    run = start(session, ready, "two", people=sent, by=ready.second_coordinator.id)
    assert work(app, session, many=many) == 3
    assert set(states(session, run).values()) == {RowState.ISSUED}
    facts = [json.loads(text) for text in session.scalars(select(Certificate.facts))]
    assert {one["issuer"]["name"] for one in facts} == {"Coordinator"}
    assert {one["second"][0]["name"] for one in facts} == {"Second Coordinator"}
    acts = list(session.scalars(select(AuditEntry.act)))
    assert acts.count("certificate-proposed") == acts.count("certificate-approved") == 3
    assert set(session.scalars(select(IssueProposal.state))) == {"approved"}
    assert verify_chains(session).first_broken is None


def test_nobody_approves_their_own_proposals_in_a_run(app, session, ready):
    second_coordinator(session, ready)
    ready.organisation.approval = "second"
    session.commit()
    people = chosen(session, ready)
    start(session, ready, people=people)
    work(app, session)
    again = [one._replace(act=RowAct.APPROVE) for one in people]
    run = start(session, ready, "again", people=again)
    assert work(app, session) == 3
    said = {line.refusal for line in run_view(session, run).lines}
    assert said == {ApprovalRefusal.OWN_PROPOSAL}
    assert session.scalar(select(func.count(Certificate.id))) == 0


def test_what_the_database_refuses_together_is_settled_one_by_one(app, session, ready, monkeypatch):
    """A clash that no rule foresaw takes nobody else's certificate with it."""
    run = start(session, ready)
    first = waiting_rows(session)[0]
    real = settling._write

    def clashing(row, became, now):
        if row.id == first and isinstance(became, Certificate):
            raise IntegrityError("insert", {}, ValueError())
        real(row, became, now)

    monkeypatch.setattr(settling, "_write", clashing)
    assert work(app, session) == 3
    found = [(line.state, line.refusal) for line in run_view(session, run).lines]
    assert sorted(found).count((RowState.ISSUED, None)) == 2
    assert found.count((RowState.REFUSED, IssueRefusal.ALREADY_ISSUED)) == 1
    assert sorted(printed_numbers(session)) == [1, 2]


# Killed, raced, swept: real commits


@pytest.fixture
def raced(real_session):
    cast = make_cast(real_session)
    second_coordinator(real_session, cast)
    return make_ready(real_session, cast)


def assert_once_each(session, people):
    """Everybody has one certificate, the numbers have no gap, and the trail holds."""
    session.rollback()
    assert sorted(session.scalars(select(Certificate.number))) == list(range(1, people + 1))
    assert session.scalar(select(func.count(Certificate.enrolment_id.distinct()))) == people
    query = select(func.count(AuditEntry.id)).where(AuditEntry.act == "certificate-issued")
    assert session.scalar(query) == people
    assert set(session.scalars(select(IssueRow.state))) == {"issued"}
    assert verify_chains(session).first_broken is None


DYING = """
import os, signal, sys
from pathlib import Path
import lms.jobs
import lms.services.certificates.settling as settling
from lms.db import Database, make_engine
from lms.jobs import work_once
from lms.services.ground import ground_for
from tests.conftest import settings_for

settings = settings_for(sys.argv[1], Path(sys.argv[2]))
lms.jobs.ISSUED_TOGETHER = 2
left = [1]
real = settling.close_places

def close(*given):
    real(*given)
    left[0] -= 1
    if left[0] < 0:  # everything is written, nothing is committed
        os.kill(os.getpid(), signal.SIGKILL)

settling.close_places = close
work_once(settings, Database(make_engine(settings.database_url)), ground_for(settings))
"""


@pytest.mark.races
def test_a_worker_killed_half_way_loses_nothing_and_issues_nobody_twice(
    real_app, real_session, raced
):
    run = start(real_session, raced, people=chosen(real_session, raced, utcnow()), now=utcnow())
    settings = real_app.extensions["lms"].settings
    told = [sys.executable, "-c", DYING, settings.database_url, str(settings.data_dir)]
    root = Path(__file__).resolve().parents[2]
    ended = subprocess.run(told, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, check=False)
    assert ended.returncode == -signal.SIGKILL
    real_session.rollback()
    assert real_session.scalar(select(func.count(Certificate.id))) == 2
    assert run_view(real_session, run).progress.waiting == 3
    work(real_app, real_session, utcnow())  # the two that were taken up are still on lease
    assert run_view(real_session, run).progress.waiting == 2
    work(real_app, real_session, utcnow() + LEASE + timedelta(seconds=1))
    assert_once_each(real_session, 5)


@pytest.mark.races
def test_two_workers_share_a_run_and_issue_nobody_twice(real_app, real_session, raced):
    """Even where both take up the same rows."""
    run = start(real_session, raced, people=chosen(real_session, raced, utcnow()), now=utcnow())
    rows = list(real_session.scalars(select(IssueRow.id)))
    state = real_app.extensions["lms"]
    gate = Barrier(2)

    def worker(_number):
        with state.database.session() as session:
            session.info["ground"] = state.ground
            gate.wait()
            for row in rows:
                with transaction(session):
                    settle_row(session, row, now=utcnow())

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(worker, range(2)))
    real_session.rollback()
    assert run_view(real_session, run).progress.done == 5
    assert_once_each(real_session, 5)


@pytest.mark.races
def test_a_double_click_at_once_is_one_run(real_app, real_session, raced):
    people = chosen(real_session, raced)
    state = real_app.extensions["lms"]
    gate = Barrier(2)

    def press(_number):
        with state.database.session() as session:
            session.info["ground"] = state.ground
            cohort = session.merge(raced.cohort)
            gate.wait()
            with transaction(session):
                return start_run(
                    session, cohort, people, by=raced.coordinator.id, op_id="one", now=NOW
                ).public_id

    with ThreadPoolExecutor(2) as pool:
        found = set(pool.map(press, range(2)))
    assert len(found) == 1
    real_session.rollback()
    assert real_session.scalar(select(func.count(IssueRow.id))) == 5


@pytest.mark.races
def test_two_runs_for_the_same_people_issue_each_once(real_app, real_session, raced):
    for number, by in enumerate((raced.coordinator, raced.second_coordinator)):
        people = chosen(real_session, raced, utcnow())
        start(real_session, raced, str(number), people=people, by=by.id, now=utcnow())
    state = real_app.extensions["lms"]
    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(work_once, state.settings, state.database, state.ground) for _ in "12"]
        assert sum(one.result() for one in done) == 10
    real_session.rollback()
    assert sorted(real_session.scalars(select(Certificate.number))) == [1, 2, 3, 4, 5]
    said = list(real_session.scalars(select(IssueRow.refusal)))
    assert said.count("already-issued") == 5


@pytest.mark.races
def test_without_a_worker_a_process_sweeps_what_was_left(real_app, real_session, raced):
    """A web process that ended half-way: the next one finds the run by itself."""
    start(real_session, raced, people=chosen(real_session, raced, utcnow()), now=utcnow())
    over = Event()
    thread = sweep_inside(real_app.extensions["lms"].settings, over)
    over.set()
    thread.join(60)
    assert_once_each(real_session, 5)
