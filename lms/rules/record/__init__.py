"""The verdict's input: the facts about one person, and their reading from JSON."""

from lms.rules.record.facts import (
    AttestationFact,
    CertificateFact,
    CompletionFact,
    DecisionFact,
    DocumentFact,
    FactValue,
    HoursFact,
    PerformanceFact,
    PersonFact,
    PlanFact,
    Record,
    ScoreFact,
    SignatureFact,
    WaiverFact,
)
from lms.rules.record.reading import Problem, RecordError, record_from_json, record_schema

__all__ = [
    "AttestationFact",
    "CertificateFact",
    "CompletionFact",
    "DecisionFact",
    "DocumentFact",
    "FactValue",
    "HoursFact",
    "PerformanceFact",
    "PersonFact",
    "PlanFact",
    "Problem",
    "Record",
    "RecordError",
    "ScoreFact",
    "SignatureFact",
    "WaiverFact",
    "record_from_json",
    "record_schema",
]
