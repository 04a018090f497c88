"""Certificates: issued once, checked by anybody with the code, their events beside them."""

from lms.services.certificates.checking import (
    Checked,
    check_code,
    check_file,
    instant_words,
    verify_bytes,
)
from lms.services.certificates.events import (
    EventView,
    list_events,
    list_open_kinds,
    record_event,
)
from lms.services.certificates.holding import (
    CertificateView,
    choose_hidden,
    count_issued,
    detail_of,
    find_by_enrolment,
    get_certificate,
    list_issued,
    list_own,
    pdf_of,
)
from lms.services.certificates.issuing import (
    Preview,
    UnprintableError,
    issue_certificate,
    preview_issue,
)

__all__ = [
    "CertificateView",
    "Checked",
    "EventView",
    "Preview",
    "UnprintableError",
    "check_code",
    "check_file",
    "choose_hidden",
    "count_issued",
    "detail_of",
    "find_by_enrolment",
    "get_certificate",
    "instant_words",
    "issue_certificate",
    "list_events",
    "list_issued",
    "list_open_kinds",
    "list_own",
    "pdf_of",
    "preview_issue",
    "record_event",
    "verify_bytes",
]
