"""Judging one act: granted, refused, or unknown to those who may not know of it."""

from enum import StrEnum

from lms.rules.policy.acts import ACTS
from lms.rules.policy.permissions import Permission
from lms.rules.policy.predicates import Subject
from lms.rules.roles import Actor
from lms.rules.visibility import RecordClass, may_know_of

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
