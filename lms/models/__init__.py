"""Every table, a file an area: columns and constraints, no decisions."""

from lms.models.appeals import Appeal
from lms.models.assessments import Attempt, AttemptFlag, Form, FormItem, Response, Score
from lms.models.audit import AuditDetail, AuditEntry, AuditHead
from lms.models.certificates import (
    Certificate,
    CertificateCounter,
    CertificateEvent,
    CertificateLapse,
    CertificateWish,
    IssueProposal,
    IssueRow,
    IssueRun,
    Letterhead,
    PrintedChoice,
)
from lms.models.cohorts import Assignment, Cohort, Enrolment
from lms.models.curriculum import (
    CheckAnswer,
    Completion,
    ContentPicture,
    ContentVersion,
    DraftFile,
    LessonReading,
    OwnWay,
)
from lms.models.drafts import Draft, SpentAct
from lms.models.evidence import (
    Attestation,
    Document,
    Qualification,
    Reference,
    Signature,
    Upload,
    Waiver,
    WaiverRequest,
)
from lms.models.gatherings import (
    Attendance,
    Gathering,
    MakeUp,
    Seat,
    TrustAcknowledgement,
    TrustAgreement,
    TrustReview,
)
from lms.models.hours import Confirmation, HoursEntry
from lms.models.jobs import Job
from lms.models.mail import Mail
from lms.models.people import (
    Address,
    Installation,
    Invitation,
    Organisation,
    Person,
    PersonKey,
    RoleGrant,
)
from lms.models.programmes import (
    ProgrammeDraft,
    ProgrammeFigure,
    ProgrammeMove,
    ProgrammeWithdrawal,
)
from lms.models.readiness import ReadinessDecision
from lms.models.reflections import Reflection, SharedReading, Sharing
from lms.models.roleplays import HarmResolution, HarmTick, Marking, Performance
from lms.models.signin import OneTimeLink, RateBucket, Signin

__all__ = [
    "Address",
    "Appeal",
    "Assignment",
    "Attempt",
    "AttemptFlag",
    "Attendance",
    "Attestation",
    "AuditDetail",
    "AuditEntry",
    "AuditHead",
    "Certificate",
    "CertificateCounter",
    "CertificateEvent",
    "CertificateLapse",
    "CertificateWish",
    "CheckAnswer",
    "Cohort",
    "Completion",
    "Confirmation",
    "ContentPicture",
    "ContentVersion",
    "Document",
    "Draft",
    "DraftFile",
    "Enrolment",
    "Form",
    "FormItem",
    "Gathering",
    "HarmResolution",
    "HarmTick",
    "HoursEntry",
    "Installation",
    "Invitation",
    "IssueProposal",
    "IssueRow",
    "IssueRun",
    "Job",
    "LessonReading",
    "Letterhead",
    "Mail",
    "MakeUp",
    "Marking",
    "OneTimeLink",
    "Organisation",
    "OwnWay",
    "Performance",
    "Person",
    "PersonKey",
    "PrintedChoice",
    "ProgrammeDraft",
    "ProgrammeFigure",
    "ProgrammeMove",
    "ProgrammeWithdrawal",
    "Qualification",
    "RateBucket",
    "ReadinessDecision",
    "Reference",
    "Reflection",
    "Response",
    "RoleGrant",
    "Score",
    "Seat",
    "SharedReading",
    "Sharing",
    "Signature",
    "Signin",
    "SpentAct",
    "TrustAcknowledgement",
    "TrustAgreement",
    "TrustReview",
    "Upload",
    "Waiver",
    "WaiverRequest",
]
