"""Which lines that imply lived experience a holder wants printed; without a choice, none."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lms.db import lock_row
from lms.models import Cohort, ContentVersion, Enrolment, PrintedChoice
from lms.rules.programmes import (
    DocumentKind,
    DocumentTerms,
    LivedLine,
    Programme,
    choices_of,
    documents_of,
    find_document,
)
from lms.services.audit import record_act
from lms.services.errors import MissingError
from lms.services.publishing import definition_of


def lines_chosen(
    session: Session, enrolment_id: int, terms: DocumentTerms
) -> tuple[LivedLine, ...]:
    """Return the lines of a document that its holder has chosen, of those it has now."""
    kept = choices_by_place(session, [enrolment_id]).get((enrolment_id, terms.kind.value), ())
    return lines_kept(terms, kept)


Choices = Mapping[tuple[int, str], Collection[str]]
"""The lines that were chosen, by place and kind of document."""


def choices_by_place(session: Session, enrolment_ids: Collection[int]) -> Choices:
    """Return what the holders of places have chosen, for every kind of document."""
    query = select(PrintedChoice).where(PrintedChoice.enrolment_id.in_(enrolment_ids))
    return {(row.enrolment_id, row.kind): json.loads(row.lines) for row in session.scalars(query)}


def lines_kept(terms: DocumentTerms, chosen: Collection[str]) -> tuple[LivedLine, ...]:
    """Return the lines of a document that were chosen, of those it has now."""
    return tuple(line for line in choices_of(terms) if line.value in chosen)


@dataclass(frozen=True, slots=True)
class Choosable:
    """A document with lines that its holder may choose."""

    place: Enrolment
    terms: DocumentTerms


def list_choosable(session: Session, person_id: int) -> list[Choosable]:
    """Return every document of a person's places that has something to choose."""
    query = (
        select(Enrolment)
        .where(Enrolment.person_id == person_id)
        .options(joinedload(Enrolment.programme_version))
        .order_by(Enrolment.id.desc())
    )
    return [
        Choosable(place, terms)
        for place in session.scalars(query)
        for terms in documents_of(definition_of(session, place.programme_version))
        if choices_of(terms)
    ]


def terms_to_choose(session: Session, enrolment: Enrolment, kind: DocumentKind) -> DocumentTerms:
    """Return a document of a place with lines to choose. Raises: MissingError."""
    version = session.get_one(ContentVersion, enrolment.programme_version_id)
    programme: Programme = definition_of(session, version)
    terms = find_document(programme, kind)
    if terms is None or not choices_of(terms):
        raise MissingError
    return terms


def choose_lines(
    session: Session,
    enrolment: Enrolment,
    kind: DocumentKind,
    lines: Collection[str],
    *,
    by: int,
    now: datetime,
) -> None:
    """Keep which lines are to be printed from the next document on; what is no choice is ignored.

    Raises: MissingError where the document has nothing to choose.
    """
    terms = terms_to_choose(session, enrolment, kind)
    lock_row(session, enrolment)
    kept = [line.value for line in choices_of(terms) if line.value in lines]
    found = session.get(PrintedChoice, (enrolment.id, kind.value))
    if kept == (json.loads(found.lines) if found is not None else []):
        return
    if found is None:
        found = PrintedChoice(enrolment_id=enrolment.id, kind=kind.value)
        session.add(found)
    found.lines, found.chosen_at = json.dumps(kept), now
    session.flush()
    cohort = session.get_one(Cohort, enrolment.cohort_id)
    record_act(
        session,
        "certificate-lines-chosen",
        now=now,
        chain=cohort.organisation_id,
        actor_id=by,
        about_id=by,
        subject=f"enrolment:{enrolment.public_id}",
        kind=kind.value,
    )
