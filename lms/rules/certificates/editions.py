"""A new edition of a certificate: for a new name, or where the document was wrong."""

from enum import StrEnum

from lms.rules.certificates.lifecycle import CertificateState


class Replacement(StrEnum):
    """Why a document is made anew. After a new name the old one is shown nowhere."""

    NAME = "name"
    CORRECTION = "correction"


class NewEditionRefusal(StrEnum):
    """Why a document may not be made anew."""

    OWN_CERTIFICATE = "edition-own-certificate"
    ERASED = "edition-erased"
    FOLLOWED = "edition-followed"
    NOT_FROM_THIS_STATE = "edition-not-from-this-state"
    SAME_NAME = "edition-same-name"
    REASON_MISSING = "edition-reason-missing"


REPLACED_FROM = frozenset(
    {CertificateState.VALID, CertificateState.SUSPENDED, CertificateState.EXPIRED}
)
"""Where a certificate stands that may be given again with another name."""


def refusal_to_replace(
    why: Replacement,
    *,
    state: CertificateState,
    is_followed: bool,
    is_erased: bool,
    is_holder: bool,
    same_name: bool,
    reason: str,
) -> NewEditionRefusal | None:
    """Return why a document may not be made anew by this person, or None if it may.

    Edge: nobody says why their name is another now; a correction needs a reason. Once a later term
          was issued, that one is made anew.
    """
    if is_holder:
        return NewEditionRefusal.OWN_CERTIFICATE
    if is_erased:
        return NewEditionRefusal.ERASED
    if is_followed:
        return NewEditionRefusal.FOLLOWED
    if state not in REPLACED_FROM:
        return NewEditionRefusal.NOT_FROM_THIS_STATE
    if why is Replacement.NAME:
        return NewEditionRefusal.SAME_NAME if same_name else None
    return None if reason.strip() else NewEditionRefusal.REASON_MISSING
