"""Supervision hours: logged by a trainee, confirmed or returned by the supervisor named in them."""

from lms.services.hours.confirming import (
    confirm_again,
    confirm_entry,
    return_entry,
    withdraw_confirmation,
)
from lms.services.hours.keeping import change_entry, log_entry
from lms.services.hours.moving import submit_entry, take_back_entry
from lms.services.hours.queue import QueueRow, SuperviseeRow, list_supervisees, list_waiting
from lms.services.hours.reading import (
    SUPERVISION,
    HoursDetail,
    claim_of,
    detail_of,
    domains_for,
    get_entry,
    last_used,
    list_entries,
    supervisors_for,
    totals_for,
)

__all__ = [
    "SUPERVISION",
    "HoursDetail",
    "QueueRow",
    "SuperviseeRow",
    "change_entry",
    "claim_of",
    "confirm_again",
    "confirm_entry",
    "detail_of",
    "domains_for",
    "get_entry",
    "last_used",
    "list_entries",
    "list_supervisees",
    "list_waiting",
    "log_entry",
    "return_entry",
    "submit_entry",
    "supervisors_for",
    "take_back_entry",
    "totals_for",
    "withdraw_confirmation",
]
