"""Who signed a document: people of the house by their own id, others by an id of this record."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.db import new_public_id
from lms.models import Document, Enrolment, Person
from lms.rules.evidence import same_name
from lms.services.sealed import is_readable, read_text, seal_text

MOST_NAMES = 10
REFEREE = "r-"
"""How the ids of those begin who were asked for a reference by letter."""
LONGEST_NAME = 300


def names_about(document: Document) -> str:
    """Return what the sealed names of a row are bound to."""
    return f"document-names:{document.public_id}"


def names_of(session: Session, person_id: int, document: Document) -> dict[str, str]:
    """Return the names of signers outside the house by their id; nothing where they do not open."""
    text = read_text(session, person_id, document.names, names_about(document))
    if not text or not is_readable(text):
        return {}
    found: dict[str, str] = json.loads(text)
    return found


def known_names(session: Session, place: Enrolment) -> dict[str, str]:
    """Return every name outside the house that stands on a place's documents, by its id."""
    query = select(Document).where(Document.enrolment_id == place.id, Document.names.is_not(None))
    found: dict[str, str] = {}
    for document in session.scalars(query):
        found |= names_of(session, place.person_id, document)
    return found


def ids_for(names: str, known: Mapping[str, str]) -> dict[str, str]:
    """Return an id for each name, one a line: the one it has on this record, else a new one.

    Edge: a name written twice is one signer; more than ten lines are cut off.
    """
    found: dict[str, str] = {}
    lines = [" ".join(line.split())[:LONGEST_NAME] for line in names.splitlines()]
    for name in [line for line in lines if line][:MOST_NAMES]:
        before = {**known, **found}
        own = next((key for key, other in before.items() if same_name(other, name)), None)
        found[own or f"n-{new_public_id()[:12]}"] = name
    return found


def set_signers(
    session: Session,
    place: Enrolment,
    document: Document,
    *,
    staff: tuple[str, ...],
    names: Mapping[str, str],
    now: datetime,
) -> None:
    """Write who signed a document onto its row."""
    document.signers = json.dumps([*staff, *names])
    document.names = None
    if names:
        text = json.dumps(dict(names), ensure_ascii=False)
        about = names_about(document)
        document.names = seal_text(session, place.person_id, text, about, now)


def staff_named(session: Session, organisation_id: int, ids: tuple[str, ...]) -> dict[str, str]:
    """Return the chosen names of people of the house by public id."""
    if not ids:
        return {}
    query = select(Person.public_id, Person.chosen_name).where(
        Person.public_id.in_(ids), Person.organisation_id == organisation_id
    )
    found: dict[str, str] = {}
    for public_id, name in session.execute(query):
        found[public_id] = name
    return found
