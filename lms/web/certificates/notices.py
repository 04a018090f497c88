"""What Today says of one's own certificates: an end that comes near, a condition that lapsed."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from lms.rules.certificates import AFTER_THE_END, CertificateState
from lms.rules.programmes import Standing
from lms.services.certificates import OwnNotice
from lms.web.filters import date_words


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One thing to be told: what, where it leads, and more about it."""

    label: Any
    url: str
    meta: Any


def notice_lines(one: OwnNotice) -> list[NoticeLine]:
    """Return what is to be said of a certificate of one's own; nothing where nothing presses."""
    url = f"/certificates/{one.certificate}"
    lines = []
    if one.lapsed:
        meta = _("Nothing has changed so far. See what it is, and what to do.")
        words = _("Something your certificate asks for does not hold now")
        lines.append(NoticeLine(words, url, meta))
    if one.days_left is not None and one.last_day is not None:
        meta = _("Its last day is %(day)s.", day=date_words(one.last_day))
        is_open = one.standing is Standing.RENEWAL_OPEN
        lines.append(
            NoticeLine(_days_words(one.days_left), f"{url}/renewal" if is_open else url, meta)
        )
    elif one.state is CertificateState.EXPIRED and one.standing in AFTER_THE_END:
        meta = _("Look at what renewing asks for, and until when.")
        words = _("Your certificate can still be renewed")
        lines.append(NoticeLine(words, f"{url}/renewal", meta))
    return lines


def _days_words(left: int) -> str:
    if left == 0:
        return str(_("Your certificate ends today"))
    return str(
        ngettext(
            "Your certificate ends in %(num)s day", "Your certificate ends in %(num)s days", left
        )
    )


def first_words(one: OwnNotice) -> tuple[Any, Any, str, str]:
    """Return the one next thing for a holder: what, why, where its button leads, what it says."""
    lines = notice_lines(one)
    if lines:
        return lines[0].label, lines[0].meta, lines[0].url, str(_("See what to do"))
    why = _("You choose who sees what of it. You need do nothing more.")
    return _("You have a certificate"), why, f"/certificates/{one.certificate}", str(_("Open it"))


OFFICE = ("certificate-lapsed", "certificate-asked", "certificate-again")
"""What waits for the office, the most pressing first."""


def office_words(kind: str, count: int) -> str:
    """Return how many of a kind wait for the office."""
    if kind == "certificate-lapsed":
        words = ngettext(
            "%(num)s condition of a certificate does not hold any more",
            "%(num)s conditions of certificates do not hold any more",
            count,
        )
    elif kind == "certificate-asked":
        words = ngettext(
            "%(num)s wish about a certificate", "%(num)s wishes about certificates", count
        )
    else:
        words = ngettext(
            "%(num)s suspended certificate to look at again",
            "%(num)s suspended certificates to look at again",
            count,
        )
    return str(words)
