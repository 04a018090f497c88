"""The policy: who may do what. What is not listed is refused."""

from lms.rules.policy.acts import ACTS
from lms.rules.policy.judging import KNOWN_TO, NOWHERE, READS, Judgement, judge, may
from lms.rules.policy.permissions import Permission
from lms.rules.policy.predicates import Predicate, Subject

__all__ = [
    "ACTS",
    "KNOWN_TO",
    "NOWHERE",
    "READS",
    "Judgement",
    "Permission",
    "Predicate",
    "Subject",
    "judge",
    "may",
]
