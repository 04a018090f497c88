"""The policy: unlisted is refused, nobody acts on their own record but where it is theirs."""

import pytest

from lms.rules.policy import ACTS, Judgement, Permission, Subject, judge, may
from lms.rules.roles import Actor, Role
from lms.rules.visibility import RecordClass, Relation, may_know_of, may_read, sights_of

ALL_ROLES = frozenset(Role)
ME, OTHER, HOME, AWAY = 1, 2, 10, 11
EVERYTHING = frozenset(Relation) - {Relation.SELF}
OWN_ONLY = {
    Permission.ENROLMENT_STEP,
    Permission.AGREEMENT_SIGN,
    Permission.ATTESTATION_MAKE,
    Permission.ATTEMPT_START,
    Permission.ATTEMPT_ANSWER,
    Permission.HOURS_LOG,
    Permission.HOURS_CHANGE,
    Permission.CERTIFICATE_HIDE,
}
SEPARATED = {
    Permission.PERFORMANCE_BOOK,
    Permission.PERFORMANCE_MARK,
    Permission.PERFORMANCE_RELEASE,
    Permission.HARM_RESOLVE,
    Permission.HOURS_CONFIRM,
    Permission.READINESS_DECIDE,
    Permission.WAIVER_MAKE,
    Permission.CERTIFICATE_ISSUE,
    Permission.CERTIFICATE_REVOKE,
    Permission.PROPOSAL_SETTLE,
    Permission.ENROLMENT_ASSIGN,
    Permission.FLAG_SETTLE,
    Permission.ATTENDANCE_RECORD,
}


def test_every_permission_is_listed():
    """A permission without a rule would silently refuse; each has one."""
    assert set(ACTS) == set(Permission)


@pytest.mark.parametrize("permission", sorted(SEPARATED))
def test_nobody_acts_on_their_own_record(permission):
    """Whatever roles somebody holds, and however they are named: not their own."""
    me = Actor(ME, HOME, ALL_ROLES, is_trainee=True)
    own = Subject(HOME, ME, EVERYTHING | {Relation.SELF}, frozenset({ME}))
    assert not may(me, permission, own)
    assert judge(me, permission, own) is Judgement.REFUSED


@pytest.mark.parametrize("permission", sorted(OWN_ONLY))
def test_nobody_acts_for_another(permission):
    """What is a person's own act is nobody else's, whatever their role."""
    me = Actor(ME, HOME, ALL_ROLES)
    theirs = Subject(HOME, OTHER, EVERYTHING, frozenset({ME}))
    assert not may(me, permission, theirs)


@pytest.mark.parametrize("permission", sorted(Permission))
def test_another_organisations_people_are_unknown(permission):
    """Without any relation, what names a person is answered as absent."""
    me = Actor(ME, HOME, ALL_ROLES)
    theirs = Subject(AWAY, OTHER, frozenset())
    open_to_all = {
        Permission.ACCOUNT_OWN,
        Permission.TODAY_SEE,
        Permission.DRAFT_KEEP,
        Permission.HELP_SEE,
        Permission.LEARN,
        Permission.SCENARIO_READ,
        Permission.SIMULATOR_READ,
        Permission.MARKING_LIST,
        Permission.HOURS_QUEUE,
        Permission.APPEAL_LIST,
    }
    if permission not in open_to_all:
        assert judge(me, permission, theirs) is Judgement.UNKNOWN


def test_a_role_ends_at_the_border_of_its_organisation():
    """A coordinator here is nobody there."""
    me = Actor(ME, HOME, frozenset({Role.COORDINATOR}))
    assert may(me, Permission.COHORT_SEE, Subject(HOME))
    assert judge(me, Permission.COHORT_SEE, Subject(AWAY)) is Judgement.UNKNOWN


def test_an_administrator_reads_no_training():
    """Running the installation opens no record."""
    admin = frozenset({Relation.ADMINISTRATOR})
    for record_class in (RecordClass.ANSWERS, RecordClass.RESULT, RecordClass.DISCLOSURE):
        assert not may_read(record_class, admin, released=True, opened=True)


def test_self_holds_no_other_relation():
    """Being one's own trainer opens nothing more."""
    both = frozenset({Relation.SELF, Relation.TRAINER, Relation.COORDINATOR})
    for record_class in RecordClass:
        assert sights_of(record_class, both) == sights_of(record_class, frozenset({Relation.SELF}))


def test_release_opens_what_waits_for_it():
    """Cells marked r are shut before and open after."""
    own = frozenset({Relation.SELF})
    assert not may_read(RecordClass.RESULT, own)
    assert may_read(RecordClass.RESULT, own, released=True)


def test_aggregates_do_not_tell_that_a_record_exists():
    """An evaluator may not know of one person's record."""
    assert not may_know_of(RecordClass.SCORE, frozenset({Relation.EVALUATOR}))
