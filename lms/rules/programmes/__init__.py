"""Programme definitions: what a certificate demands, as frozen data that a coordinator can read."""

from lms.rules.programmes.nodes import Node
from lms.rules.programmes.programme import (
    CertificateWords,
    Programme,
    Renewal,
    Stage,
    Standing,
    Validity,
    standing_on,
    valid_until,
)
from lms.rules.programmes.quantities import TO_BE_SET

__all__ = [
    "TO_BE_SET",
    "CertificateWords",
    "Node",
    "Programme",
    "Renewal",
    "Stage",
    "Standing",
    "Validity",
    "standing_on",
    "valid_until",
]
