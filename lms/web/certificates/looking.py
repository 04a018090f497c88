"""What a second coordinator reads before approving: a first document, a renewal, one made anew."""

from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from lms.db import utcnow
from lms.models import Certificate, IssueProposal
from lms.rules.certificates import ProposedAct, Replacement
from lms.rules.programmes import DocumentKind
from lms.services.certificates import (
    Preview,
    ProposalRow,
    preview_edition,
    preview_issue,
    preview_renewal,
    words_of,
)
from lms.web.certificates.words import refusal_words

WHY = {
    Replacement.NAME: _l("The person has another name now."),
    Replacement.CORRECTION: _l("Something on it was wrong."),
}


@dataclass(frozen=True, slots=True)
class Looked:
    """What is looked over: `held` says why it may not be done now, `preview` is of a first one.

    Shape: `about` is the one to be renewed or made anew, `again` where it can be proposed again.
    """

    name: str
    held: str
    again: str
    chosen: tuple[str, ...] = ()
    preview: Preview | None = None
    about: str = ""
    until: date | None = None
    why: str = ""
    words: str = ""


def look_over(session: Session, proposal: IssueProposal, me: int) -> Looked:
    """Return what was proposed, judged today."""
    if proposal.about_id is None:
        return _first(session, proposal, me)
    about = session.get_one(Certificate, proposal.about_id)
    if proposal.act == ProposedAct.RENEW:
        return _renewal(session, proposal, about)
    return _edition(session, proposal, about)


def _first(session: Session, proposal: IssueProposal, me: int) -> Looked:
    is_own = proposal.proposed_by == me
    preview = preview_issue(
        session,
        proposal.enrolment,
        by=proposal.proposed_by,
        second_id=None if is_own else me,
        now=utcnow(),
        kind=DocumentKind(proposal.document) if proposal.document else None,
    )
    held = refusal_words(preview.refusal, preview.unprintable) if preview.refusal else ""
    again = _again(proposal.act, proposal.document, proposal.enrolment.public_id, "")
    return Looked(preview.name, held, again, tuple(preview.chosen), preview)


def _renewal(session: Session, proposal: IssueProposal, about: Certificate) -> Looked:
    found = preview_renewal(session, about, by=proposal.proposed_by, now=utcnow())
    held = refusal_words(found.refusal) if found.refusal else ""
    again = _again(proposal.act, proposal.document, "", about.public_id)
    return Looked(found.name, held, again, about=about.public_id, until=found.until)


def _edition(session: Session, proposal: IssueProposal, about: Certificate) -> Looked:
    found = preview_edition(session, about, by=proposal.proposed_by, now=utcnow())
    held = refusal_words(found.refusal) if found.refusal else ""
    again = _again(proposal.act, proposal.document, "", about.public_id)
    why = str(WHY[Replacement(proposal.why)])
    words = words_of(session, proposal)
    return Looked(found.name, held, again, about=about.public_id, why=why, words=words)


def again_url(row: ProposalRow) -> str:
    """Return where something that was sent back can be proposed again."""
    return _again(row.act, row.document, row.place, row.about)


def _again(act: str, document: str, place: str, about: str) -> str:
    if act == ProposedAct.RENEW:
        return url_for("certificates.renewal", certificate_id=about)
    if act == ProposedAct.REPLACE:
        return url_for("certificates.new_document_form", certificate_id=about)
    if document:
        return url_for("certificates.preview_kind", enrolment_id=place, kind=document)
    return url_for("certificates.preview", enrolment_id=place)
