"""Pages of evidence that people hand in, and what a coordinator looks at."""

from lms.web.evidence import (
    asked,
    attesting,
    documents,
    listing,
    qualifications,
    references,
    waivers,
)
from lms.web.evidence.blueprint import bp

__all__ = [
    "asked",
    "attesting",
    "bp",
    "documents",
    "listing",
    "qualifications",
    "references",
    "waivers",
]
