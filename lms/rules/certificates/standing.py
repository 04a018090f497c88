"""Where a certificate stands in its term, and what of it is anybody's business."""

from lms.rules.certificates.lifecycle import CertificateState
from lms.rules.programmes import Standing

AFTER_THE_END = frozenset({Standing.GRACE, Standing.LATE, Standing.INACTIVE})


def standing_shown(
    standing: Standing | None, state: CertificateState | None, *, is_followed: bool
) -> Standing | None:
    """Return what the check page says of where a certificate stands, None where it is no matter.

    Edge: that a valid one is provisional; that an expired one may still be renewed, unless it was.
          That a renewal is open or was let go is between the holder and the organisation.
    """
    if state is CertificateState.VALID and standing is Standing.PROVISIONAL:
        return standing
    if state is CertificateState.EXPIRED and standing in AFTER_THE_END and not is_followed:
        return standing
    return None
