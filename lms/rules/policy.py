"""The whole policy on one screen: who may do what; what is not listed is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from lms.rules.roles import Actor, Role
from lms.rules.visibility import RecordClass, Relation, may_know_of, may_read


class Permission(StrEnum):
    """An act, named by its noun and verb."""

    ACCOUNT_OWN = "account-own"
    TODAY_SEE = "today-see"
    DRAFT_KEEP = "draft-keep"
    HELP_SEE = "help-see"
    SIGNIN_END = "signin-end"
    # people and cohorts
    PEOPLE_LIST = "people-list"
    PERSON_INVITE = "person-invite"
    PERSON_SEE = "person-see"
    ROLE_CHANGE = "role-change"
    COHORT_LIST = "cohort-list"
    COHORT_MAKE = "cohort-make"
    COHORT_SEE = "cohort-see"
    COHORT_CHANGE = "cohort-change"
    ENROLMENT_ASSIGN = "enrolment-assign"
    ENROLMENT_STEP = "enrolment-step"
    ENROLMENT_MOVE = "enrolment-move"
    PROGRAMME_READ = "programme-read"
    PROGRAMME_CHANGE = "programme-change"
    ORGANISATION_CHANGE = "organisation-change"
    AUDIT_SEE = "audit-see"
    # training
    LEARN = "learn"
    MODULE_WRITE = "module-write"
    REFLECTION_SHARE = "reflection-share"
    DISCLOSURE_LIST = "disclosure-list"
    DISCLOSURE_READ = "disclosure-read"
    AGREEMENT_SIGN = "agreement-sign"
    AGREEMENT_READ = "agreement-read"
    ATTESTATION_MAKE = "attestation-make"
    ATTEMPT_START = "attempt-start"
    ATTEMPT_ANSWER = "attempt-answer"
    ATTEMPT_READ = "attempt-read"
    FLAG_SETTLE = "flag-settle"
    # role-plays
    SCENARIO_READ = "scenario-read"
    SIMULATOR_READ = "simulator-read"
    PERFORMANCE_BOOK = "performance-book"
    PERFORMANCE_MARK = "performance-mark"
    PERFORMANCE_RELEASE = "performance-release"
    PERFORMANCE_READ = "performance-read"
    HARM_RESOLVE = "harm-resolve"
    MARKING_LIST = "marking-list"
    REFERRAL_LIST = "referral-list"
    # hours
    HOURS_LOG = "hours-log"
    HOURS_CHANGE = "hours-change"
    HOURS_READ = "hours-read"
    HOURS_CONFIRM = "hours-confirm"
    HOURS_QUEUE = "hours-queue"
    # gatherings
    GATHERING_LIST = "gathering-list"
    GATHERING_PLAN = "gathering-plan"
    GATHERING_READ = "gathering-read"
    GATHERING_ANSWER = "gathering-answer"
    GATHERING_RUN = "gathering-run"
    ATTENDANCE_RECORD = "attendance-record"
    ATTENDANCE_READ = "attendance-read"
    TRUST_OWN = "trust-own"
    TRUST_WRITE = "trust-write"
    # evidence
    EVIDENCE_LIST = "evidence-list"
    EVIDENCE_QUEUE = "evidence-queue"
    DOCUMENT_GIVE = "document-give"
    DOCUMENT_READ = "document-read"
    DOCUMENT_REVIEW = "document-review"
    DOCUMENT_WITHDRAW = "document-withdraw"
    REFERENCE_ASK = "reference-ask"
    REFERENCE_READ = "reference-read"
    QUALIFICATION_READ = "qualification-read"
    QUALIFICATION_KEEP = "qualification-keep"
    QUALIFICATION_REVIEW = "qualification-review"
    ATTEST = "attest"
    ATTESTATION_END = "attestation-end"
    WAIVER_ASK = "waiver-ask"
    WAIVER_READ = "waiver-read"
    # certifying
    VERDICT_READ = "verdict-read"
    VERDICT_PAST = "verdict-past"
    COHORT_VERDICTS = "cohort-verdicts"
    READINESS_DECIDE = "readiness-decide"
    WAIVER_MAKE = "waiver-make"
    CERTIFICATE_ISSUE = "certificate-issue"
    ISSUE_RUN = "issue-run"
    PROPOSAL_LIST = "proposal-list"
    PROPOSAL_SETTLE = "proposal-settle"
    CERTIFICATE_READ = "certificate-read"
    CERTIFICATE_HIDE = "certificate-hide"
    CERTIFICATE_CHOOSE = "certificate-choose"
    CERTIFICATE_REVOKE = "certificate-revoke"
    CERTIFICATE_GIVE_BACK = "certificate-give-back"
    CERTIFICATE_WISH = "certificate-wish"
    CERTIFICATE_LOOK_UP = "certificate-look-up"
    CERTIFICATE_ERASE = "certificate-erase"
    CERTIFICATE_RENEW = "certificate-renew"
    CERTIFICATE_REPLACE = "certificate-replace"
    # appeals
    APPEAL_LIST = "appeal-list"
    APPEAL_ASK = "appeal-ask"
    APPEAL_READ = "appeal-read"
    APPEAL_ASSIGN = "appeal-assign"
    APPEAL_ANSWER = "appeal-answer"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is acted on. `organisation_id` is its home; the person is whose record it is.

    `relations` are the asker's to that person; `named` are the people this very object names for
    the act (its marker, its supervisor). None of them count where the asker is the person.
    `members` are those whom a gathering is for.
    """

    organisation_id: int | None = None
    person_id: int | None = None
    relations: frozenset[Relation] = frozenset()
    named: frozenset[int] = frozenset()
    members: frozenset[int] = frozenset()


Predicate = Callable[[Actor, Subject], bool]


def _anyone(actor: Actor, subject: Subject) -> bool:
    return True


def _own(actor: Actor, subject: Subject) -> bool:
    return subject.person_id == actor.person_id


def _trainee(actor: Actor, subject: Subject) -> bool:
    return actor.is_trainee


def _holds(role: Role) -> Predicate:
    def predicate(actor: Actor, subject: Subject) -> bool:
        at_home = subject.organisation_id in (None, actor.organisation_id)
        return role in actor.roles and at_home

    return predicate


def _is(relation: Relation) -> Predicate:
    def predicate(actor: Actor, subject: Subject) -> bool:
        return subject.person_id != actor.person_id and relation in subject.relations

    return predicate


def _named(actor: Actor, subject: Subject) -> bool:
    return subject.person_id != actor.person_id and actor.person_id in subject.named


def _opened_to(actor: Actor, subject: Subject) -> bool:
    """Say whether the person opened this very thing to the asker, who is still beside them."""
    return _named(actor, subject) and may_read(
        RecordClass.DISCLOSURE, subject.relations, opened=True
    )


def _invited(actor: Actor, subject: Subject) -> bool:
    return actor.person_id in subject.members


def _runs(actor: Actor, subject: Subject) -> bool:
    """A gathering's leader, or a trainer in its cohort, for as long as they are a trainer."""
    return Role.TRAINER in actor.roles and _named(actor, subject)


def _signed(actor: Actor, subject: Subject) -> bool:
    """The supervisor of the person, for what they have signed themselves."""
    return _supervisor(actor, subject) and actor.person_id in subject.named


def _said_it(actor: Actor, subject: Subject) -> bool:
    """Whoever said this very thing, while they are still beside the person."""
    return _named(actor, subject) and (_supervisor(actor, subject) or _trainer(actor, subject))


_coordinator = _is(Relation.COORDINATOR)
_office = _holds(Role.COORDINATOR)
_trainer = _is(Relation.TRAINER)
_supervisor = _is(Relation.SUPERVISOR)
_host = _is(Relation.HOST_MANAGER)

# permission: any of these predicates is enough
ACTS: dict[Permission, tuple[Predicate, ...]] = {
    Permission.ACCOUNT_OWN: (_anyone,),
    Permission.TODAY_SEE: (_anyone,),
    Permission.DRAFT_KEEP: (_anyone,),
    Permission.HELP_SEE: (_anyone,),
    Permission.SIGNIN_END: (_own,),
    Permission.PEOPLE_LIST: (_office,),
    Permission.PERSON_INVITE: (_office,),
    Permission.PERSON_SEE: (_coordinator, _trainer, _supervisor),
    Permission.ROLE_CHANGE: (_coordinator,),
    Permission.COHORT_LIST: (_office,),
    Permission.COHORT_MAKE: (_office,),
    Permission.COHORT_SEE: (_office,),
    Permission.COHORT_CHANGE: (_office,),
    Permission.ENROLMENT_ASSIGN: (_coordinator,),
    Permission.ENROLMENT_STEP: (_own,),
    Permission.ENROLMENT_MOVE: (_coordinator,),
    Permission.PROGRAMME_READ: (_office,),
    Permission.PROGRAMME_CHANGE: (_office,),
    Permission.ORGANISATION_CHANGE: (_office, _holds(Role.ADMINISTRATOR)),
    Permission.AUDIT_SEE: (_office, _holds(Role.ADMINISTRATOR)),
    Permission.LEARN: (_trainee, _holds(Role.TRAINER), _holds(Role.AUTHOR), _office),
    Permission.MODULE_WRITE: (_holds(Role.AUTHOR),),
    Permission.REFLECTION_SHARE: (_own,),
    Permission.DISCLOSURE_LIST: (_holds(Role.TRAINER), _holds(Role.SUPERVISOR)),
    Permission.DISCLOSURE_READ: (_opened_to,),  # who may not read it learns of no such thing
    Permission.AGREEMENT_SIGN: (_own,),
    Permission.AGREEMENT_READ: (_own, _trainer, _supervisor, _coordinator, _host),
    Permission.ATTESTATION_MAKE: (_own,),
    Permission.ATTEMPT_START: (_own,),
    Permission.ATTEMPT_ANSWER: (_own,),
    Permission.ATTEMPT_READ: (_own, _trainer, _coordinator),
    Permission.FLAG_SETTLE: (_trainer, _coordinator),
    Permission.SCENARIO_READ: (_trainee, _holds(Role.TRAINER), _office),
    Permission.SIMULATOR_READ: (_holds(Role.TRAINER), _office),
    Permission.PERFORMANCE_BOOK: (_trainer, _coordinator),
    Permission.PERFORMANCE_MARK: (_named,),
    Permission.PERFORMANCE_RELEASE: (_named, _coordinator),
    Permission.PERFORMANCE_READ: (_own, _trainer, _named, _coordinator),
    Permission.HARM_RESOLVE: (_coordinator,),
    Permission.MARKING_LIST: (_holds(Role.TRAINER),),
    Permission.REFERRAL_LIST: (_office,),
    Permission.HOURS_LOG: (_own,),
    Permission.HOURS_CHANGE: (_own,),
    Permission.HOURS_READ: (_own, _supervisor, _trainer, _coordinator, _named),
    Permission.HOURS_CONFIRM: (_named,),
    Permission.HOURS_QUEUE: (_holds(Role.SUPERVISOR),),
    Permission.GATHERING_LIST: (_trainee, _holds(Role.TRAINER), _office),
    Permission.GATHERING_PLAN: (_runs, _office),
    Permission.GATHERING_READ: (_invited, _runs, _office),
    Permission.GATHERING_ANSWER: (_invited,),
    Permission.GATHERING_RUN: (_runs, _office),
    Permission.ATTENDANCE_RECORD: (_trainer, _runs, _coordinator),
    Permission.ATTENDANCE_READ: (_own, _trainer, _supervisor, _coordinator, _host),
    Permission.TRUST_OWN: (_trainee,),
    Permission.TRUST_WRITE: (_runs, _office),
    Permission.EVIDENCE_LIST: (_own, _coordinator, _supervisor),
    Permission.EVIDENCE_QUEUE: (_office,),
    Permission.DOCUMENT_GIVE: (_own, _coordinator),
    Permission.DOCUMENT_READ: (_own, _coordinator, _signed),
    Permission.DOCUMENT_REVIEW: (_coordinator,),
    Permission.DOCUMENT_WITHDRAW: (_own, _coordinator),
    Permission.REFERENCE_ASK: (_own, _coordinator),
    Permission.REFERENCE_READ: (_own, _coordinator),
    Permission.QUALIFICATION_READ: (_own, _coordinator),
    Permission.QUALIFICATION_KEEP: (_own, _coordinator),
    Permission.QUALIFICATION_REVIEW: (_coordinator,),
    Permission.ATTEST: (_own, _supervisor, _trainer, _coordinator),
    Permission.ATTESTATION_END: (_own, _said_it, _coordinator),
    Permission.WAIVER_ASK: (_own, _coordinator),
    Permission.WAIVER_READ: (_own, _coordinator),
    Permission.VERDICT_READ: (_own, _trainer, _supervisor, _coordinator),
    Permission.VERDICT_PAST: (_own, _coordinator),
    Permission.COHORT_VERDICTS: (_office,),
    Permission.READINESS_DECIDE: (_coordinator,),
    Permission.WAIVER_MAKE: (_coordinator,),
    Permission.CERTIFICATE_ISSUE: (_coordinator,),
    Permission.ISSUE_RUN: (_office,),
    Permission.PROPOSAL_LIST: (_office,),
    Permission.PROPOSAL_SETTLE: (_coordinator,),
    Permission.CERTIFICATE_READ: (_own, _coordinator),
    Permission.CERTIFICATE_HIDE: (_own,),
    Permission.CERTIFICATE_CHOOSE: (_own,),
    Permission.CERTIFICATE_REVOKE: (_coordinator,),
    Permission.CERTIFICATE_GIVE_BACK: (_own,),
    Permission.CERTIFICATE_WISH: (_own,),
    Permission.CERTIFICATE_LOOK_UP: (_coordinator,),
    Permission.CERTIFICATE_ERASE: (_coordinator,),
    Permission.CERTIFICATE_RENEW: (_coordinator,),
    Permission.CERTIFICATE_REPLACE: (_coordinator,),
    Permission.APPEAL_LIST: (_anyone,),
    Permission.APPEAL_ASK: (_own,),
    Permission.APPEAL_READ: (_own, _named),
    Permission.APPEAL_ASSIGN: (_coordinator,),
    Permission.APPEAL_ANSWER: (_named,),
}

# the record class that an asker must be able to know of, so that a no may be a plain no
READS: dict[Permission, RecordClass] = {
    Permission.SIGNIN_END: RecordClass.SIGNINS,
    Permission.PERSON_SEE: RecordClass.PROGRESS,
    Permission.ROLE_CHANGE: RecordClass.PROGRESS,
    Permission.ENROLMENT_ASSIGN: RecordClass.PROGRESS,
    Permission.ENROLMENT_STEP: RecordClass.PROGRESS,
    Permission.ENROLMENT_MOVE: RecordClass.PROGRAMME_MOVE,
    Permission.AGREEMENT_SIGN: RecordClass.AGREEMENT,
    Permission.AGREEMENT_READ: RecordClass.AGREEMENT,
    Permission.ATTESTATION_MAKE: RecordClass.EVIDENCE,
    Permission.ATTEMPT_START: RecordClass.SCORE,
    Permission.ATTEMPT_ANSWER: RecordClass.ANSWERS,
    Permission.ATTEMPT_READ: RecordClass.ANSWERS,
    Permission.FLAG_SETTLE: RecordClass.FLAG,
    # of a classmate's performance only the other player knows, and no classmate acts on it
    Permission.PERFORMANCE_BOOK: RecordClass.STAFF_NOTE,
    Permission.PERFORMANCE_MARK: RecordClass.STAFF_NOTE,
    Permission.PERFORMANCE_RELEASE: RecordClass.STAFF_NOTE,
    Permission.PERFORMANCE_READ: RecordClass.STAFF_NOTE,
    Permission.HARM_RESOLVE: RecordClass.HARM,
    Permission.HOURS_LOG: RecordClass.HOURS_ENTRY,
    Permission.HOURS_CHANGE: RecordClass.HOURS_ENTRY,
    Permission.HOURS_READ: RecordClass.HOURS_ENTRY,
    Permission.HOURS_CONFIRM: RecordClass.HOURS_ENTRY,
    Permission.ATTENDANCE_RECORD: RecordClass.ATTENDANCE,
    Permission.ATTENDANCE_READ: RecordClass.ATTENDANCE,
    Permission.EVIDENCE_LIST: RecordClass.EVIDENCE,
    Permission.DOCUMENT_GIVE: RecordClass.EVIDENCE,
    Permission.DOCUMENT_READ: RecordClass.EVIDENCE,
    Permission.DOCUMENT_REVIEW: RecordClass.EVIDENCE,
    Permission.DOCUMENT_WITHDRAW: RecordClass.EVIDENCE,
    Permission.REFERENCE_ASK: RecordClass.EVIDENCE,
    Permission.REFERENCE_READ: RecordClass.EVIDENCE,
    Permission.QUALIFICATION_READ: RecordClass.QUALIFICATION,
    Permission.QUALIFICATION_KEEP: RecordClass.QUALIFICATION,
    Permission.QUALIFICATION_REVIEW: RecordClass.QUALIFICATION,
    Permission.ATTEST: RecordClass.EVIDENCE,
    Permission.ATTESTATION_END: RecordClass.EVIDENCE,
    Permission.WAIVER_ASK: RecordClass.EVIDENCE,
    Permission.WAIVER_READ: RecordClass.EVIDENCE,
    Permission.VERDICT_READ: RecordClass.VERDICT_STATE,
    Permission.VERDICT_PAST: RecordClass.VERDICT_STATE,
    Permission.READINESS_DECIDE: RecordClass.READINESS_DECISION,
    Permission.WAIVER_MAKE: RecordClass.EVIDENCE,
    Permission.CERTIFICATE_ISSUE: RecordClass.VERDICT_STATE,
    Permission.PROPOSAL_SETTLE: RecordClass.PROPOSAL,
    Permission.CERTIFICATE_READ: RecordClass.VERDICT_STATE,
    Permission.CERTIFICATE_HIDE: RecordClass.VERDICT_STATE,
    Permission.CERTIFICATE_CHOOSE: RecordClass.VERDICT_STATE,
    Permission.CERTIFICATE_REVOKE: RecordClass.VERDICT_STATE,
    Permission.CERTIFICATE_GIVE_BACK: RecordClass.VERDICT_STATE,
    Permission.CERTIFICATE_WISH: RecordClass.VERDICT_STATE,
    Permission.CERTIFICATE_LOOK_UP: RecordClass.VERDICT_STATE,
    Permission.CERTIFICATE_ERASE: RecordClass.VERDICT_STATE,
    Permission.CERTIFICATE_RENEW: RecordClass.VERDICT_STATE,
    Permission.CERTIFICATE_REPLACE: RecordClass.VERDICT_STATE,
    # a coordinator knows that there is one, and reads it only where it names them
    Permission.APPEAL_ASK: RecordClass.COMPLAINT,
    Permission.APPEAL_READ: RecordClass.COMPLAINT,
    Permission.APPEAL_ASSIGN: RecordClass.COMPLAINT,
    Permission.APPEAL_ANSWER: RecordClass.COMPLAINT,
}


# who may do this knows that the thing is there; to everybody else, of the same house too, it is not
KNOWN_TO: dict[Permission, Permission] = {
    Permission.GATHERING_READ: Permission.GATHERING_READ,
    Permission.GATHERING_ANSWER: Permission.GATHERING_READ,
    Permission.GATHERING_RUN: Permission.GATHERING_READ,
}


class Judgement(StrEnum):
    """What the policy says: do it, no, or there is no such thing for you."""

    GRANTED = "granted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


NOWHERE = Subject()


def may(actor: Actor, permission: Permission, subject: Subject = NOWHERE) -> bool:
    """Say whether `actor` may do this to `subject`."""
    return any(allows(actor, subject) for allows in ACTS.get(permission, ()))


def judge(actor: Actor, permission: Permission, subject: Subject = NOWHERE) -> Judgement:
    """Return granted, refused, or unknown where the asker may not know that the thing exists."""
    if may(actor, permission, subject):
        return Judgement.GRANTED
    if _may_know(actor, permission, subject):
        return Judgement.REFUSED
    return Judgement.UNKNOWN


def _may_know(actor: Actor, permission: Permission, subject: Subject) -> bool:
    if permission in KNOWN_TO:
        return may(actor, KNOWN_TO[permission], subject)
    if subject.person_id is None:
        return subject.organisation_id in (None, actor.organisation_id)
    if subject.person_id == actor.person_id:
        return True
    record_class = READS.get(permission)
    return record_class is not None and may_know_of(record_class, subject.relations)
