"""The record of each person: facts of every area gathered in a fixed number of queries."""

from lms.services.record.facts import furthest_apart
from lms.services.record.loading import load_records, record_of
from lms.services.record.places import Place, one_place, versions_pinned, whole_cohort

__all__ = [
    "Place",
    "furthest_apart",
    "load_records",
    "one_place",
    "record_of",
    "versions_pinned",
    "whole_cohort",
]
