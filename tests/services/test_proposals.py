"""A second person approves each certificate: proposed, approved, sent back; both names sealed."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lms.db import transaction
from lms.models import (
    AuditEntry,
    Certificate,
    Enrolment,
    HoursEntry,
    IssueProposal,
    IssueRow,
    Organisation,
    Person,
)
from lms.rules.certificates import (
    TWO,
    ApprovalRefusal,
    IssueRefusal,
    NewEditionRefusal,
    ProposedAct,
    Replacement,
    RowAct,
)
from lms.rules.programmes import DocumentKind
from lms.rules.roles import Actor, Role
from lms.services.audit import link_entries, verify_chains
from lms.services.certificates import (
    approve_proposal,
    decline_proposal,
    erase_certificate,
    get_proposal,
    issue_certificate,
    list_candidates,
    list_events,
    list_proposals,
    own_scope,
    propose_certificate,
    propose_edition,
    propose_renewal,
    reason_of,
    replace_certificate,
    sent_back_scope,
    waiting_scope,
)
from lms.services.errors import RefusedError
from lms.services.hours import withdraw_confirmation
from lms.services.today import list_waiting_for
from tests.cast import NOW, grant, make_cast
from tests.certifying import issue, meet_all, meet_renewal, renew, second_coordinator
from tests.services.test_runs import chosen, make_ready, start, work


def ask_for_two(session, cast):
    session.get_one(Organisation, cast.organisation.id).approval = TWO
    session.flush()


@pytest.fixture
def ready(session, cast):
    second_coordinator(session, cast)
    meet_all(session, cast)
    ask_for_two(session, cast)
    session.commit()
    return cast


def propose(session, cast, by=None):
    by = by or cast.coordinator.id
    return propose_certificate(session, cast.enrolment, by=by, name_read="Trainee", now=NOW)


def approve(session, proposal, by):
    return approve_proposal(session, proposal, by=by, name_read="Trainee", now=NOW)


def refusal(act, *given, **named):
    with pytest.raises(RefusedError) as caught:
        act(*given, **named)
    return caught.value.reason


def actor(person):
    return Actor(person.id, person.organisation_id, frozenset({Role.COORDINATOR}))


def issued(session):
    return session.scalar(select(func.count(Certificate.id)))


def test_one_alone_issues_nothing_where_two_are_asked(session, ready):
    assert refusal(issue, session, ready) is IssueRefusal.SECOND_MISSING
    assert issued(session) == 0


def test_the_second_approves_and_both_names_are_sealed(session, ready):
    proposal = propose(session, ready)
    assert issued(session) == 0
    found = approve(session, proposal, ready.second_coordinator.id)
    facts = json.loads(found.facts)
    assert facts["issuer"]["name"] == "Coordinator"
    assert [who["name"] for who in facts["second"]] == ["Second Coordinator"]
    assert (found.issued_by, proposal.certificate_id) == (ready.coordinator.id, found.id)
    assert approve(session, proposal, ready.second_coordinator.id).id == found.id
    link_entries(session)
    who = dict(
        session.execute(
            select(AuditEntry.act, AuditEntry.actor_id).where(
                AuditEntry.act.in_(("certificate-approved", "certificate-issued"))
            )
        ).all()
    )
    assert who == {
        "certificate-approved": ready.second_coordinator.id,
        "certificate-issued": ready.coordinator.id,
    }
    assert verify_chains(session).first_broken is None


def test_where_one_is_enough_no_second_is_sealed(session, ready):
    ready.organisation.approval = ""
    session.flush()
    assert json.loads(issue(session, ready).facts)["second"] == []


@pytest.mark.parametrize("who", ["coordinator", "trainee"])
def test_neither_the_first_nor_the_holder_approves(session, ready, who):
    grant(session, ready.trainee, "coordinator")
    proposal = propose(session, ready)
    reason = refusal(approve, session, proposal, ready.people[who].id)
    expected = {
        "coordinator": ApprovalRefusal.OWN_PROPOSAL,
        "trainee": ApprovalRefusal.OWN_CERTIFICATE,
    }
    assert reason is expected[who]
    assert issued(session) == 0


def test_the_only_marker_is_no_second(session, cast):
    grant(session, cast.trainer, "coordinator")
    meet_all(session, cast)
    ask_for_two(session, cast)
    found = refusal(approve, session, propose(session, cast), cast.trainer.id)
    assert found is IssueRefusal.ONLY_MARKER


def test_a_proposal_is_judged_like_issuing(session, cast):
    ask_for_two(session, cast)
    assert refusal(propose, session, cast) is IssueRefusal.VERDICT_NOT_MET


def test_the_verdict_is_computed_afresh_at_approval(session, ready):
    proposal = propose(session, ready)
    entry = session.scalars(select(HoursEntry)).first()
    withdraw_confirmation(session, entry, by=ready.supervisor.id, reason="A slip.", now=NOW)
    found = refusal(approve, session, proposal, ready.second_coordinator.id)
    assert found is IssueRefusal.VERDICT_NOT_MET
    assert issued(session) == 0


def test_a_name_changed_since_it_was_proposed_is_read_anew(session, ready):
    proposal = propose(session, ready)
    session.get_one(Person, ready.trainee.id).certificate_name = "Amina"
    session.flush()
    found = refusal(approve, session, proposal, ready.second_coordinator.id)
    assert found is IssueRefusal.NAME_CHANGED


def test_what_is_sent_back_says_why_and_may_be_proposed_again(session, ready):
    proposal = propose(session, ready)
    second = ready.second_coordinator.id
    assert refusal(decline_proposal, session, proposal, by=second, reason=" ", now=NOW) is (
        ApprovalRefusal.REASON_MISSING
    )
    decline_proposal(session, proposal, by=second, reason="Look at March.", now=NOW)
    decline_proposal(session, proposal, by=second, reason="Look at March.", now=NOW)
    assert b"March" not in (proposal.reason or b"")
    proposal = get_proposal(session, proposal.public_id)
    assert reason_of(session, proposal) == "Look at March."
    first = actor(ready.coordinator)
    (back,) = list_proposals(session, sent_back_scope(first, now=NOW))
    assert (back.reason, back.decided_by) == ("Look at March.", "Second Coordinator")
    assert {one.kind for one in list_waiting_for(session, first, now=NOW)} >= {"sent-back"}
    again = propose(session, ready)
    assert again.id != proposal.id
    assert list_proposals(session, sent_back_scope(first, now=NOW)) == []


def test_what_waits_stands_with_the_others_and_never_with_the_holder(session, ready):
    grant(session, ready.trainee, "coordinator")
    propose(session, ready)
    first, second = actor(ready.coordinator), actor(ready.second_coordinator)
    outsider, holder = actor(ready.outsider), actor(ready.trainee)
    seen = {
        who: len(list_proposals(session, waiting_scope(who)))
        for who in (first, second, outsider, holder)
    }
    assert seen == {first: 0, second: 1, outsider: 0, holder: 0}
    assert len(list_proposals(session, own_scope(first))) == 1
    kinds = {one.kind for one in list_waiting_for(session, second, now=NOW)}
    assert "to-approve" in kinds


def test_a_proposal_left_from_before_ends_with_the_certificate(session, ready):
    proposal = propose(session, ready)
    ready.organisation.approval = ""
    session.flush()
    issue(session, ready)
    assert list_proposals(session, waiting_scope(actor(ready.second_coordinator))) == []
    found = refusal(approve, session, proposal, ready.second_coordinator.id)
    assert found is ApprovalRefusal.SETTLED


def test_the_database_itself_holds_one_open_proposal_and_two_people(session, ready):
    proposal = propose(session, ready)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(
            IssueProposal(
                organisation_id=proposal.organisation_id,
                enrolment_id=proposal.enrolment_id,
                proposed_by=ready.second_coordinator.id,
                proposed_at=NOW,
            )
        )
    session.refresh(proposal)
    with pytest.raises(IntegrityError), session.begin_nested():
        proposal.state, proposal.decided_by = "approved", proposal.proposed_by


def test_a_run_proposes_and_another_run_approves(app, session, cast):
    second_coordinator(session, cast)
    make_ready(session, cast, ("ada",))
    ask_for_two(session, cast)
    session.commit()
    start(session, cast)
    work(app, session)
    assert set(session.scalars(select(IssueRow.state))) == {"proposed"}
    assert issued(session) == 0
    second = cast.second_coordinator.id
    people = list_candidates(session, cast.cohort, by=second, now=NOW)
    assert [one.act for one in people if one.act] == [RowAct.APPROVE] * 2
    first = list_candidates(session, cast.cohort, by=cast.coordinator.id, now=NOW)
    assert {one.refusal for one in first if one.waits} == {ApprovalRefusal.WAITS_ALREADY}
    cast.people["coordinator"] = cast.second_coordinator
    start(session, cast, "approving", people=chosen(session, cast))
    work(app, session)
    assert issued(session) == 2
    assert set(session.scalars(select(IssueProposal.decided_by))) == {second}


# Renewals, documents made anew, further documents

LATER = NOW.replace(year=2028, month=9)


def certified(session, cast):
    """Return a certificate from before the house asked for two."""
    second_coordinator(session, cast)
    meet_all(session, cast)
    found = issue(session, cast)
    ask_for_two(session, cast)
    return found


def renewing(session, cast, certificate, by=None):
    by = by or cast.coordinator.id
    return propose_renewal(session, certificate, by=by, name_read="Trainee", now=LATER)


def second_of(certificate):
    return [who["name"] for who in json.loads(certificate.facts)["second"]]


def test_a_renewal_waits_for_a_second_person(session, cast):
    held = certified(session, cast)
    meet_renewal(session, cast, now=LATER)
    alone = refusal(renew, session, cast, held, now=LATER)
    assert alone is IssueRefusal.SECOND_MISSING
    proposal = renewing(session, cast, held)
    assert renewing(session, cast, held).id == proposal.id
    assert issued(session) == 1
    own = refusal(approve_at, session, proposal, cast.coordinator.id)
    assert own is ApprovalRefusal.OWN_PROPOSAL
    new = approve_at(session, proposal, cast.second_coordinator.id)
    assert (new.term, new.issued_by, second_of(new)) == (
        2,
        cast.coordinator.id,
        ["Second Coordinator"],
    )
    assert approve_at(session, proposal, cast.second_coordinator.id).id == new.id
    assert issued(session) == 2


def approve_at(session, proposal, by, now=LATER):
    return approve_proposal(session, proposal, by=by, name_read="Trainee", now=now)


def test_what_is_not_met_is_neither_proposed_nor_approved(session, cast):
    held = certified(session, cast)
    assert refusal(renewing, session, cast, held) is IssueRefusal.VERDICT_NOT_MET
    meet_renewal(session, cast, now=LATER)
    proposal = renewing(session, cast, held)
    entry = session.scalars(select(HoursEntry).order_by(HoursEntry.id.desc())).first()
    withdraw_confirmation(session, entry, by=cast.supervisor.id, reason="A slip.", now=LATER)
    second = cast.second_coordinator.id
    found = refusal(approve_at, session, proposal, second)
    assert found is IssueRefusal.VERDICT_NOT_MET
    assert issued(session) == 1


def anew(session, cast, certificate, why=Replacement.CORRECTION, reason="A letter was wrong."):
    return propose_edition(
        session,
        certificate,
        why,
        by=cast.coordinator.id,
        reason=reason,
        name_read="Trainee",
        now=NOW,
    )


def test_a_document_made_anew_waits_for_a_second_person(session, cast):
    held = certified(session, cast)
    given = {"by": cast.coordinator.id, "reason": "A letter was wrong.", "name_read": "Trainee"}
    alone = {**given, "op_id": "alone", "now": NOW}
    why = Replacement.CORRECTION
    found = refusal(replace_certificate, session, held, why, **alone)
    assert found is IssueRefusal.SECOND_MISSING
    proposal = anew(session, cast, held)
    assert b"letter" not in proposal.words
    new = approve_at(session, proposal, cast.second_coordinator.id, now=NOW)
    assert (new.edition, new.replaces_id, second_of(new)) == (2, held.id, ["Second Coordinator"])
    (event,) = list_events(session, held)
    assert event.reason == "A letter was wrong."


def test_one_thing_at_a_time_waits_about_a_document(session, cast):
    held = certified(session, cast)
    meet_renewal(session, cast, now=LATER)
    anew(session, cast, held)
    assert refusal(renewing, session, cast, held) is ApprovalRefusal.ANOTHER_WAITS


def test_a_reason_is_still_asked_for(session, cast):
    held = certified(session, cast)
    assert refusal(anew, session, cast, held, reason=" ") is NewEditionRefusal.REASON_MISSING
    same = refusal(anew, session, cast, held, why=Replacement.NAME)
    assert same is NewEditionRefusal.SAME_NAME


def test_what_came_another_way_ends_what_waited(session, cast):
    held = certified(session, cast)
    meet_renewal(session, cast, now=LATER)
    proposal = renewing(session, cast, held)
    second = actor(cast.second_coordinator)
    (row,) = list_proposals(session, waiting_scope(second))
    assert (row.act, row.about) == (ProposedAct.RENEW, held.public_id)
    session.get_one(Organisation, cast.organisation.id).approval = ""
    session.flush()
    renew(session, cast, held, now=LATER)
    assert list_proposals(session, waiting_scope(second)) == []
    found = refusal(approve_at, session, proposal, cast.second_coordinator.id)
    assert found is ApprovalRefusal.SETTLED


def test_further_documents_wait_for_a_second_person_each_by_itself(session, ready):
    kinds = (DocumentKind.TRAINING, DocumentKind.LETTER)
    for kind in kinds:
        found = refusal(issue, session, ready, kind=kind)
        assert found is IssueRefusal.SECOND_MISSING
    proposals = [
        propose_certificate(
            session,
            ready.enrolment,
            by=ready.coordinator.id,
            name_read="Trainee",
            now=NOW,
            kind=kind,
        )
        for kind in kinds
    ]
    own = propose(session, ready)
    assert len({own.id, *(one.id for one in proposals)}) == 3
    people = list_candidates(session, ready.cohort, by=ready.second_coordinator.id, now=NOW)
    assert [one.waits.proposal for one in people if one.waits] == [own.public_id]
    for kind, proposal in zip(kinds, proposals, strict=True):
        made = approve(session, proposal, ready.second_coordinator.id)
        assert (made.kind, second_of(made)) == (kind, ["Second Coordinator"])
    second = actor(ready.second_coordinator)
    waiting = list_proposals(session, waiting_scope(second))
    assert [one.public_id for one in waiting] == [own.public_id]


def test_erasing_takes_the_words_of_what_was_proposed(session, cast):
    held = certified(session, cast)
    proposal = anew(session, cast, held)
    by = cast.coordinator.id
    erase_certificate(session, held, by=by, asked=True, op_id="erase", now=NOW)
    session.refresh(proposal)
    assert proposal.words is None


# Races


@pytest.fixture
def raced(real_session):
    cast = make_cast(real_session)
    second_coordinator(real_session, cast)
    third = real_session.get_one(Person, cast.supervisor.id)
    grant(real_session, third, "coordinator")
    meet_all(real_session, cast, confirmer=cast.trainer)
    ask_for_two(real_session, cast)
    real_session.commit()
    return cast


def at_once(app, *acts):
    """Run acts at the same time, each on a session of its own; return what each came to."""
    gate, state = Barrier(len(acts)), app.extensions["lms"]

    def one(act):
        with state.database.session() as session:
            session.info["ground"] = state.ground
            gate.wait()
            try:
                with transaction(session):
                    return act(session)
            except RefusedError as refused:
                return refused.reason

    with ThreadPoolExecutor(len(acts)) as pool:
        return [done.result() for done in [pool.submit(one, act) for act in acts]]


def approving(public_id, by):
    def act(session):
        return approve(session, get_proposal(session, public_id), by).public_id

    return act


def sending_back(public_id, by):
    def act(session):
        found = get_proposal(session, public_id)
        decline_proposal(session, found, by=by, reason="Look again.", now=NOW)
        return "sent back"

    return act


@pytest.mark.races
def test_two_who_approve_at_once_issue_one(real_app, real_session, raced):
    with transaction(real_session):
        public_id = propose(real_session, raced).public_id
    came = at_once(
        real_app,
        approving(public_id, raced.second_coordinator.id),
        approving(public_id, raced.supervisor.id),
    )
    assert ApprovalRefusal.SETTLED in came
    real_session.rollback()
    assert issued(real_session) == 1


@pytest.mark.races
def test_approving_and_sending_back_at_once_leave_one_of_them(real_app, real_session, raced):
    with transaction(real_session):
        public_id = propose(real_session, raced).public_id
    came = at_once(
        real_app,
        approving(public_id, raced.second_coordinator.id),
        sending_back(public_id, raced.supervisor.id),
    )
    assert came.count(ApprovalRefusal.SETTLED) == 1
    real_session.rollback()
    (state,) = real_session.scalars(select(IssueProposal.state))
    assert issued(real_session) == (1 if state == "approved" else 0)


@pytest.mark.races
def test_two_who_propose_at_once_make_one_proposal(real_app, real_session, raced):
    def proposing(by):
        def act(session):
            place = session.get_one(Enrolment, raced.enrolment.id)
            return propose_certificate(
                session, place, by=by, name_read="Trainee", now=NOW
            ).public_id

        return act

    came = at_once(
        real_app, proposing(raced.coordinator.id), proposing(raced.second_coordinator.id)
    )
    assert came[0] == came[1]
    real_session.rollback()
    assert real_session.scalar(select(func.count(IssueProposal.id))) == 1


@pytest.mark.races
def test_nobody_is_first_and_second_though_two_tabs_are_quick(real_app, real_session, raced):
    def alone(session):
        place = session.get_one(Enrolment, raced.enrolment.id)
        by = raced.coordinator.id
        return issue_certificate(
            session, place, by=by, name_read="Trainee", op_id="x", now=NOW, second_id=by
        )

    with transaction(real_session):
        public_id = propose(real_session, raced).public_id
    came = at_once(real_app, approving(public_id, raced.coordinator.id), alone)
    assert came == [ApprovalRefusal.OWN_PROPOSAL, IssueRefusal.SECOND_IS_FIRST]
    real_session.rollback()
    assert issued(real_session) == 0
