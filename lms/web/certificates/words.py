"""Claims, states and events of certificates in words."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.documents.faults import described, packages_with
from lms.rules.certificates import (
    DAYS,
    ENDS_BY_DATE,
    CertificateEventKind,
    CertificateState,
    Claim,
    Kept,
    ProposedAct,
    Wish,
)
from lms.rules.programmes import DocumentKind, RenewalDays, Standing
from lms.services.certificates import CertificateView, EventView
from lms.web.filters import date_words
from lms.web.words import sentence

CLAIMS = {
    Claim.KIND: _l("Kind of document"),
    Claim.NAME: _l("Name"),
    Claim.PROGRAMME: _l("Programme"),
    Claim.TITLE: _l("Title on the document"),
    Claim.ENDORSEMENT: _l("Endorsement"),
    Claim.LINES: _l("Also on the document"),
    Claim.ORGANISATION: _l("Organisation"),
    Claim.ADDRESS: _l("Address"),
    Claim.APPROVAL: _l("Approval"),
    Claim.COVERS: _l("What it covers"),
    Claim.DOES_NOT_QUALIFY: _l("What it does not qualify for"),
    Claim.MODULES: _l("Modules"),
    Claim.HOURS: _l("Time taken part"),
    Claim.ASSESSMENT: _l("Assessment"),
    Claim.TOOK_PART_FROM: _l("From"),
    Claim.TOOK_PART_UNTIL: _l("Until"),
    Claim.TRAINER: _l("Trainer"),
    Claim.SIGNED_BY: _l("Signed by"),
    Claim.VERSION: _l("Version of the programme"),
    Claim.ISSUED_ON: _l("Issued"),
    Claim.VALID_UNTIL: _l("Valid until"),
    Claim.NUMBER: _l("Number"),
}
SWITCHES = CLAIMS | {
    Claim.PROGRAMME: _l("Programme and its version"),
    Claim.ORGANISATION: _l("Organisation and its address"),
    Claim.COVERS: _l("What it covers, and what it does not qualify for"),
    Claim.HOURS: _l("Modules, time and days taken part"),
    Claim.SIGNED_BY: _l("Who trained and who signed"),
}
KINDS = {
    DocumentKind.TRAINING.value: _l("Training certificate"),
    DocumentKind.CREDENTIAL.value: _l("Certificate"),
    DocumentKind.LETTER.value: _l("Letter of participation"),
}
YOURS = {
    DocumentKind.TRAINING.value: _l("Your training certificate"),
    DocumentKind.CREDENTIAL.value: _l("Your certificate"),
    DocumentKind.LETTER.value: _l("Your letter of participation"),
}
HAPPENED = {
    CertificateEventKind.SUSPENDED: _l("Suspended"),
    CertificateEventKind.REINSTATED: _l("Valid again"),
    CertificateEventKind.REVOKED: _l("Revoked"),
    CertificateEventKind.SUPERSEDED: _l("Replaced by a newer one"),
    CertificateEventKind.WITHDRAWN: _l("Given back by the person"),
    CertificateEventKind.RESTORED: _l("Valid again, as if it had never been revoked"),
}
WISHES = {
    Wish.NEW_NAME: _l("A new document with the present name"),
    Wish.LOOK_UP: _l("Look-up turned off, or on again"),
    Wish.ERASURE: _l("Everything erased"),
}

KEPT = {
    "training": _l("papers on training"),
    "practice": _l("papers on practice"),
    "supervision": _l("papers on supervision"),
    "continuing_education": _l("papers on further learning"),
    "documents": _l("papers that were handed in"),
}

PROPOSED = {
    ProposedAct.RENEW: _l("Renewal"),
    ProposedAct.REPLACE: _l("A document made anew"),
}


def proposed_words(act: str, document: str) -> Any:
    """Return what was proposed. Shape: `document` is a kind, empty for the programme's own."""
    return PROPOSED.get(ProposedAct(act)) or KINDS.get(document, _l("Certificate"))


def kept_words(kept: Kept | None) -> str:
    """Return until when the papers behind a certificate are kept, and by which rule; or nothing."""
    if kept is None:
        return ""
    what = KEPT[kept.what]
    if kept.until is None:
        return str(
            _(
                "The programme keeps %(what)s for a time after the certificate ends, and it has "
                "not ended.",
                what=what,
            )
        )
    day = date_words(kept.until)
    return str(_("The programme keeps %(what)s until %(day)s.", what=what, day=day))


def claim_rows(claims: dict[Any, str | None]) -> list[tuple[Any, Any, bool]]:
    """Return (label, value, is_a_day) of claims, days read back from ISO dates."""
    return [
        (label, _said(claim, value), claim in DAYS)
        for claim, label in CLAIMS.items()
        if (value := claims.get(claim.value))
    ]


def _said(claim: Claim, value: str) -> Any:
    if claim is Claim.KIND:
        return KINDS.get(value, value)
    return date.fromisoformat(value) if claim in DAYS else value


def state_words(view: CertificateView) -> str:
    """Return a state in words with its day where it has one."""
    if view.since is None:
        return ""
    return words_since(view.state, view.since)


def words_since(state: CertificateState, since: date) -> str:
    """Return a state that an event brought, with the event's day."""
    day = date_words(since)
    if state == CertificateState.REVOKED:
        return str(_("Revoked on %(day)s", day=day))
    if state == CertificateState.WITHDRAWN:
        return str(_("Given back on %(day)s", day=day))
    return str(_("Suspended since %(day)s", day=day)) if state == CertificateState.SUSPENDED else ""


def refusal_words(reason: Any, characters: tuple[str, ...] = ()) -> str:
    """Return why nothing is issued; of characters that no font has also what to install."""
    if not characters:
        return sentence(reason)
    named = ", ".join(described(character) for character in characters)
    packages = " ".join(packages_with(characters))
    further = _(
        "On Debian: install %(packages)s, and name the font's file in LMS_EXTRA_FONTS.",
        packages=packages,
    )
    return f"{sentence(reason)} {named}. {further if packages else ''}".strip()


def standing_words(view: CertificateView) -> str:
    """Return where a certificate stands in its term, for its holder and the office."""
    has_term = view.certificate.is_whole and view.certificate.valid_until is not None
    is_over = view.state not in ENDS_BY_DATE | {CertificateState.EXPIRED}
    if is_over or view.is_followed or not has_term:
        return ""
    days = view.days
    words = {
        Standing.PROVISIONAL: _l("A first certificate, for a time: the full one comes later."),
        Standing.CURRENT: _l("In the middle of its term."),
        Standing.RENEWAL_OPEN: _l("It can be renewed now."),
        Standing.GRACE: _l("Its last day is over. It can still be renewed without loss."),
        Standing.LATE: _l("It is late. It can still be renewed."),
        Standing.INACTIVE: _l("It is inactive. It can be brought back."),
        Standing.LAPSED: _l("It has lapsed. It takes a new one."),
    }
    said = str(words[view.standing])
    until = until_on(view.standing, days)
    return f"{said} {_('Until %(day)s.', day=date_words(until))}" if until else said


def until_on(standing: Standing, days: RenewalDays | None) -> date | None:
    """Return until when a standing lasts, None where that says nothing."""
    if days is None:
        return None
    return {
        Standing.GRACE: days.grace_until,
        Standing.LATE: days.late_until,
        Standing.INACTIVE: days.reinstate_until,
    }.get(standing)


PUBLIC_STANDINGS = {
    Standing.PROVISIONAL: _l("It is a first certificate, for a time."),
    Standing.GRACE: _l("Its time for renewing is still running."),
    Standing.LATE: _l("It can still be renewed, though it is late."),
    Standing.INACTIVE: _l("It is inactive: it can be brought back."),
}


def event_words(event: EventView) -> list[str]:
    """Return what is said of an event beside its reason, a sentence for each thing."""
    said = []
    if event.until_on and event.lifts:
        said.append(_("Through %(day)s; then it holds again.", day=date_words(event.until_on)))
    elif event.until_on:
        said.append(_("To be looked at on %(day)s.", day=date_words(event.until_on)))
    days = event.process
    for day, words in (
        (days.notice_on, _l("Told on %(day)s.")),
        (days.answer_by, _l("Answer until %(day)s.")),
        (days.decided_on, _l("Decided on %(day)s.")),
    ):
        if day is not None:
            said.append(str(words) % {"day": date_words(day)})
    return [str(words) for words in said]
