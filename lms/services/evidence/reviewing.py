"""Looking at documents: put on file, given back, let count with a reason, taken away."""

import json
from datetime import datetime

from sqlalchemy.orm import Session

from lms.db import lock_row
from lms.models import Document, Enrolment
from lms.rules.evidence import (
    DocumentRefusal,
    DocumentState,
    Review,
    refusal_to_accept,
    refusal_to_allow,
    refusal_to_return,
    refusal_to_withdraw,
)
from lms.services.errors import RefusedError
from lms.services.evidence.documents import (
    asked_of,
    find_by_op,
    note_document,
    outcomes_of,
    place_of,
    sign_document,
    zone_at,
)
from lms.services.evidence.signers import REFEREE, names_of, set_signers
from lms.services.evidence.uploads import remove_file
from lms.services.facts import add_fact, replace_fact
from lms.services.people import today_in
from lms.services.sealed import seal_text

COPIED = (
    *("enrolment_id", "happened_on", "paper", "kind", "expires_on", "state", "outcome", "signers"),
    *("relationship", "known_since", "upload_id", "allowed_by", "allowed_on"),
)


def _renewed(
    session: Session, old: Document, *, by: int, now: datetime, op_id: str = ""
) -> Document:
    """Put a new row in the place of a document's current one; the old one stays for the past."""
    replace_fact(session, old, now=now)
    session.flush()
    kept = {name: getattr(old, name) for name in COPIED}
    new = Document(**kept, recorded_at=now, recorded_by=by, op_id=op_id or None)
    return add_fact(session, new)


def accept_document(
    session: Session, document: Document, review: Review, *, by: int, op_id: str, now: datetime
) -> Document:
    """Put a document on file with its outcome, or correct the outcome of one that is.

    Edge:   the same form sent twice is one act.
    Raises: RefusedError(DocumentRefusal).
    """
    place = place_of(session, document)
    _lock(session, place, document)
    if find_by_op(session, place.id, op_id) is not None:
        return document
    asked = asked_of(session, place).get(document.kind)
    refusal = refusal_to_accept(
        DocumentState(document.state),
        review,
        outcomes=outcomes_of(asked, document.kind),
        is_own=by == place.person_id,
    )
    if refusal:
        raise RefusedError(refusal)
    before = names_of(session, place.person_id, document)
    new = _renewed(session, document, by=by, now=now, op_id=op_id)
    new.state, new.outcome = DocumentState.ON_FILE.value, review.outcome
    new.allowed_by = new.allowed_on = None
    sign_document(session, place, new, review, now=now)
    _keep_referees(session, place, before, new, now)
    note_document(session, "document-accepted", place, new, by=by, now=now)
    session.flush()
    return new


def _keep_referees(
    session: Session, place: Enrolment, before: dict[str, str], new: Document, now: datetime
) -> None:
    """Keep who gave a reference among the signers, whatever else is named."""
    asked = {key: name for key, name in before.items() if key.startswith(REFEREE)}
    if asked:
        names = {**names_of(session, place.person_id, new), **asked}
        staff = tuple(one for one in json.loads(new.signers) if one not in names)
        set_signers(session, place, new, staff=staff, names=names, now=now)


def _lock(session: Session, place: Enrolment, document: Document) -> None:
    """Let one act at a time change a place's documents. Raises: RefusedError where it moved on."""
    lock_row(session, place)
    session.refresh(document)
    if document.replaced_at is not None:
        raise RefusedError(DocumentRefusal.NOT_FROM_HERE)


def return_document(
    session: Session, document: Document, note: str, *, by: int, now: datetime
) -> Document:
    """Give a document back with a note; its file is taken away. Raises: RefusedError."""
    place = place_of(session, document)
    _lock(session, place, document)
    own = by == place.person_id
    refusal = refusal_to_return(DocumentState(document.state), note, is_own=own)
    if refusal:
        raise RefusedError(refusal)
    return _closed(session, place, document, DocumentState.RETURNED, note, by=by, now=now)


def withdraw_document(
    session: Session, document: Document, reason: str, *, by: int, now: datetime
) -> Document:
    """Take a document away with its file; the row stays, for what was known before.

    Raises: RefusedError(DocumentRefusal).
    """
    place = place_of(session, document)
    _lock(session, place, document)
    own = by == place.person_id
    refusal = refusal_to_withdraw(DocumentState(document.state), reason, is_own=own)
    if refusal:
        raise RefusedError(refusal)
    return _closed(session, place, document, DocumentState.WITHDRAWN, reason, by=by, now=now)


def _closed(
    session: Session,
    place: Enrolment,
    document: Document,
    state: DocumentState,
    words: str,
    *,
    by: int,
    now: datetime,
) -> Document:
    remove_file(session, document.upload_id, now=now)
    new = _renewed(session, document, by=by, now=now)
    new.state = state.value
    _write_note(session, place, new, words, now)
    _keep_names(session, place, document, new, now)
    note_document(session, f"document-{state.value}", place, new, by=by, now=now)
    session.flush()
    return new


def _write_note(
    session: Session, place: Enrolment, document: Document, words: str, now: datetime
) -> None:
    about = f"document:{document.public_id}"
    words = words.strip()
    document.note = seal_text(session, place.person_id, words, about, now) if words else None


def _keep_names(
    session: Session, place: Enrolment, old: Document, new: Document, now: datetime
) -> None:
    names = names_of(session, place.person_id, old)
    staff = tuple(one for one in json.loads(old.signers) if one not in names)
    set_signers(session, place, new, staff=staff, names=names, now=now)


def allow_document(
    session: Session, document: Document, reason: str, *, by: int, now: datetime
) -> Document:
    """Let a document count although its outcome is to be looked at, with a reason.

    Raises: RefusedError(DocumentRefusal).
    """
    place = place_of(session, document)
    _lock(session, place, document)
    own = by == place.person_id
    refusal = refusal_to_allow(
        DocumentState(document.state),
        document.outcome,
        reason,
        is_own=own,
        is_allowed=document.allowed_on is not None,
    )
    if refusal:
        raise RefusedError(refusal)
    new = _renewed(session, document, by=by, now=now)
    new.allowed_by, new.allowed_on = by, today_in(zone_at(session, place), now)
    _write_note(session, place, new, reason, now)
    _keep_names(session, place, document, new, now)
    note_document(session, "document-allowed", place, new, by=by, now=now)
    session.flush()
    return new
