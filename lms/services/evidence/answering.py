"""Answering for a reference: the page behind the link, the answer, and what was written."""

import json
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.db import lock_row
from lms.models import Document, Organisation, Reference
from lms.rules.evidence import (
    DocumentState,
    Recommends,
    ReferenceAnswer,
    refusal_to_take,
)
from lms.rules.programmes.walking import kind_words
from lms.rules.signin import LinkRefusal, refusal_of_link
from lms.services.errors import RefusedError
from lms.services.evidence.documents import home_of, note_document, zone_at
from lms.services.evidence.references import (
    about_part,
    note_reference,
    place_of_reference,
    referee_of,
)
from lms.services.evidence.signers import set_signers
from lms.services.facts import add_fact
from lms.services.people import today_in
from lms.services.sealed import is_readable, read_text, seal_text
from lms.services.signin import token_hash


def find_asked(session: Session, token: str, *, now: datetime) -> Reference:
    """Return the reference that a link asks for; looking never uses it up.

    Raises: RefusedError(LinkRefusal).
    """
    query = select(Reference).where(Reference.token_hash == token_hash(token))
    found = session.scalars(query).one_or_none()
    if found is None:
        raise RefusedError(LinkRefusal.UNKNOWN)
    refusal = refusal_of_link(
        expires_at=found.expires_at,
        used_at=found.given_at or found.declined_at,
        withdrawn_at=found.withdrawn_at,
        now=now,
    )
    if refusal:
        raise RefusedError(refusal)
    return found


class Question(NamedTuple):
    """What somebody outside is shown: who asks, for whom, for what; nothing of the record."""

    reference: Reference
    person: str
    organisation: str
    referee: str
    kind: str


def question_of(session: Session, reference: Reference) -> Question:
    """Return what the page behind a link shows."""
    place = place_of_reference(session, reference)
    home = session.get_one(Organisation, home_of(session, place))
    referee = referee_of(session, place.person_id, reference)
    name = place.person.chosen_name
    return Question(reference, name, home.name, referee.name, kind_words(reference.kind))


def give_reference(
    session: Session, token: str, answer: ReferenceAnswer, *, now: datetime
) -> Reference:
    """Take an answer: it becomes a document that a coordinator looks at. The link is used up.

    Raises: RefusedError(LinkRefusal), RefusedError(ReferenceRefusal).
    """
    reference = find_asked(session, token, now=now)
    place = place_of_reference(session, reference)
    lock_row(session, place)
    lock_row(session, reference)
    reference = find_asked(session, token, now=now)
    today = today_in(zone_at(session, place), now)
    refusal = refusal_to_take(answer, today)
    if refusal:
        raise RefusedError(refusal)
    document = Document(
        enrolment_id=place.id,
        happened_on=today,
        recorded_at=now,
        kind=reference.kind,
        relationship=answer.relationship.value,
        known_since=answer.known_since,
        state=DocumentState.HANDED_IN.value,
    )
    add_fact(session, document)
    names = {reference.signer: answer.name}
    set_signers(session, place, document, staff=(), names=names, now=now)
    reference.given_at, reference.paper = now, document.paper
    text = json.dumps(
        {"recommends": answer.recommends.value, "words": answer.words}, ensure_ascii=False
    )
    about = about_part(reference, "answer")
    reference.answer = seal_text(session, place.person_id, text, about, now)
    note_reference(session, "reference-given", place, reference, by=None, now=now)
    note_document(session, "document-handed-in", place, document, by=None, now=now)
    session.flush()
    return reference


def decline_reference(session: Session, token: str, *, now: datetime) -> None:
    """Note that somebody outside would rather not; no reason is asked. Raises: RefusedError."""
    reference = find_asked(session, token, now=now)
    place = place_of_reference(session, reference)
    lock_row(session, reference)
    reference = find_asked(session, token, now=now)
    reference.declined_at = now
    session.flush()
    note_reference(session, "reference-declined", place, reference, by=None, now=now)


class Words(NamedTuple):
    """What somebody outside wrote."""

    recommends: Recommends
    words: str


def words_behind(session: Session, document: Document) -> Words | None:
    """Return what was written in a reference that became a document, None where it is none."""
    query = select(Reference).where(
        Reference.paper == document.paper, Reference.enrolment_id == document.enrolment_id
    )
    reference = session.scalars(query).one_or_none()
    if reference is None:
        return None
    place = place_of_reference(session, reference)
    about = about_part(reference, "answer")
    text = read_text(session, place.person_id, reference.answer, about)
    if not is_readable(text):
        return Words(Recommends.NOT_SAID, text)
    body = json.loads(text)
    return Words(Recommends(body["recommends"]), body["words"])
