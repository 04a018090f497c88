"""Every table, a file an area: columns and constraints, no decisions."""

from lms.models.assessments import Attempt, AttemptFlag, Form, FormItem, Response, Score
from lms.models.audit import AuditDetail, AuditEntry, AuditHead
from lms.models.certificates import Certificate, CertificateCounter, CertificateEvent
from lms.models.cohorts import Assignment, Cohort, Enrolment
from lms.models.curriculum import CheckAnswer, Completion, ContentVersion, LessonReading
from lms.models.drafts import Draft, SpentAct
from lms.models.evidence import Attestation, Signature, Waiver
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
from lms.models.readiness import ReadinessDecision
from lms.models.reflections import Reflection
from lms.models.roleplays import HarmResolution, HarmTick, Marking, Performance
from lms.models.signin import OneTimeLink, RateBucket, Signin

__all__ = [
    "Address",
    "Assignment",
    "Attempt",
    "AttemptFlag",
    "Attestation",
    "AuditDetail",
    "AuditEntry",
    "AuditHead",
    "Certificate",
    "CertificateCounter",
    "CertificateEvent",
    "CheckAnswer",
    "Cohort",
    "Completion",
    "Confirmation",
    "ContentVersion",
    "Draft",
    "Enrolment",
    "Form",
    "FormItem",
    "HarmResolution",
    "HarmTick",
    "HoursEntry",
    "Installation",
    "Invitation",
    "Job",
    "LessonReading",
    "Mail",
    "Marking",
    "OneTimeLink",
    "Organisation",
    "Performance",
    "Person",
    "PersonKey",
    "RateBucket",
    "ReadinessDecision",
    "Reflection",
    "Response",
    "RoleGrant",
    "Score",
    "Signature",
    "Signin",
    "SpentAct",
    "Waiver",
]
