"""Documents: handed in or put on file, listed, and shown with their words."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lms.content.papers import CleanPaper
from lms.db import lock_row
from lms.models import Cohort, ContentVersion, Document, Enrolment, Person, RoleGrant, Upload
from lms.rules.cohorts import EnrolmentState
from lms.rules.evidence import (
    TO_LOOK_AT,
    DocumentRefusal,
    DocumentState,
    Paper,
    Review,
    outcomes_for,
    refusal_to_accept,
    refusal_to_give,
)
from lms.rules.programmes import Programme
from lms.rules.programmes.walking import AskedPaper, kind_words, papers_asked
from lms.services.audit import record_act
from lms.services.errors import MissingError, RefusedError
from lms.services.evidence.signers import (
    ids_for,
    known_names,
    names_of,
    set_signers,
    staff_named,
)
from lms.services.evidence.uploads import keep_file
from lms.services.facts import add_fact
from lms.services.people import today_in
from lms.services.publishing import definition_of
from lms.services.sealed import read_text

COORDINATOR = "coordinator"


class DocumentShown(NamedTuple):
    """A document as its page shows it, words opened."""

    document: Document
    label: str
    signers: list[str]
    note: str
    upload: Upload | None
    recorded_by: str
    allowed_by: str


def get_document(session: Session, paper: str) -> Document:
    """Return the current row of a document by the id in its address. Raises: MissingError."""
    query = select(Document).where(Document.paper == paper, Document.replaced_at.is_(None))
    found = session.scalars(query).one_or_none()
    if found is None:
        raise MissingError
    return found


def place_of(session: Session, document: Document) -> Enrolment:
    """Return the place that a document belongs to."""
    query = (
        select(Enrolment)
        .where(Enrolment.id == document.enrolment_id)
        .options(joinedload(Enrolment.cohort), joinedload(Enrolment.person))
    )
    return session.scalars(query).one()


def programme_of_place(session: Session, place: Enrolment) -> Programme:
    """Return the programme that a place is pinned to."""
    version = session.get_one(ContentVersion, place.programme_version_id)
    found: Programme = definition_of(session, version)
    return found


def asked_of(session: Session, place: Enrolment) -> dict[str, AskedPaper]:
    """Return the kinds of documents that a place's programme asks for."""
    return papers_asked(programme_of_place(session, place))


def outcomes_of(asked: AskedPaper | None, kind: str) -> tuple[str, ...]:
    """Return the outcomes that a coordinator chooses from for a kind."""
    return outcomes_for(kind, asked.outcomes if asked else ())


def signers_for(session: Session, place: Enrolment) -> list[tuple[str, str]]:
    """Return who of the house may have signed, as (public id, name): whoever holds a role there."""
    home = home_of(session, place)
    query = (
        select(Person.public_id, Person.chosen_name)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            Person.organisation_id == home,
            Person.closed_at.is_(None),
            Person.id != place.person_id,
            RoleGrant.role.in_(("trainer", "supervisor", COORDINATOR)),
        )
        .distinct()
        .order_by(Person.chosen_name)
    )
    return [(public_id, name) for public_id, name in session.execute(query)]


def home_of(session: Session, place: Enrolment) -> int:
    """Return the id of the organisation whose place it is."""
    query = select(Cohort.organisation_id).where(Cohort.id == place.cohort_id)
    return session.scalars(query).one()


def zone_at(session: Session, place: Enrolment) -> str:
    """Return the zone that a place's days are in."""
    return session.scalars(select(Cohort.zone).where(Cohort.id == place.cohort_id)).one()


def give_document(
    session: Session,
    place: Enrolment,
    paper: Paper,
    *,
    file: CleanPaper | None,
    by: int,
    op_id: str,
    now: datetime,
    review: Review | None = None,
) -> Document:
    """Keep a document: handed in by the person, or with a review put on file by a coordinator.

    Edge:   the same form sent twice leads to the one document.
    Raises: RefusedError(DocumentRefusal).
    """
    lock_row(session, place)
    twin = find_by_op(session, place.id, op_id)
    if twin is not None:
        return twin
    asked = asked_of(session, place)
    refusal = refusal_to_give(
        paper,
        asked=asked,
        today=today_in(zone_at(session, place), now),
        has_file=file is not None,
        is_open=place.state != EnrolmentState.WITHDRAWN,
    )
    if review is not None and refusal is None:
        outcomes = outcomes_of(asked.get(paper.kind), paper.kind)
        own, state = by == place.person_id, DocumentState.HANDED_IN
        refusal = refusal_to_accept(state, review, outcomes=outcomes, is_own=own)
    if refusal or paper.on is None:
        raise RefusedError(refusal or DocumentRefusal.NO_DAY)
    document = _new(place, paper, paper.on, by=by, op_id=op_id, now=now)
    if file is not None:
        document.upload_id = keep_file(session, place.person_id, file, now=now).id
    if review is not None:
        document.state, document.outcome = DocumentState.ON_FILE.value, review.outcome
    add_fact(session, document)
    if review is not None:
        sign_document(session, place, document, review, now=now)
    act = "document-recorded" if review is not None else "document-handed-in"
    note_document(session, act, place, document, by=by, now=now)
    session.flush()
    return document


def _new(
    place: Enrolment, paper: Paper, on: date, *, by: int | None, op_id: str, now: datetime
) -> Document:
    return Document(
        enrolment_id=place.id,
        happened_on=on,
        recorded_at=now,
        kind=paper.kind,
        expires_on=paper.expires_on,
        relationship=paper.relationship,
        known_since=paper.known_since,
        state=DocumentState.HANDED_IN.value,
        recorded_by=by,
        op_id=op_id,
    )


def sign_document(
    session: Session, place: Enrolment, document: Document, review: Review, *, now: datetime
) -> None:
    """Note who signed: those of the house whom the page offered, and those named in words."""
    offered = {public_id for public_id, _ in signers_for(session, place)}
    staff = tuple(one for one in review.signers if one in offered)
    names = ids_for(review.names, known_names(session, place))
    set_signers(session, place, document, staff=staff, names=names, now=now)


def note_document(
    session: Session,
    act: str,
    place: Enrolment,
    document: Document,
    *,
    by: int | None,
    now: datetime,
) -> None:
    """Note an act on a document in the audit trail: its kind and state, never what it says."""
    record_act(
        session,
        act,
        now=now,
        chain=home_of(session, place),
        actor_id=by,
        about_id=place.person_id,
        subject=f"document:{document.paper}",
        kind=document.kind,
        outcome=document.outcome,
    )


def find_by_op(session: Session, enrolment_id: int, op_id: str) -> Document | None:
    """Return the row that a form made already, or None."""
    query = select(Document).where(Document.enrolment_id == enrolment_id, Document.op_id == op_id)
    return session.scalars(query).one_or_none()


def list_documents(session: Session, place: Enrolment, *, signer: str = "") -> list[Document]:
    """Return a place's documents as they stand, newest first; with `signer` only what they signed.

    Edge: what was taken away is left out.
    """
    query = (
        select(Document)
        .where(
            Document.enrolment_id == place.id,
            Document.replaced_at.is_(None),
            Document.state != DocumentState.WITHDRAWN.value,
        )
        .order_by(Document.happened_on.desc(), Document.id.desc())
    )
    found = list(session.scalars(query))
    return [one for one in found if not signer or signer in json.loads(one.signers)]


def show_document(session: Session, document: Document) -> DocumentShown:
    """Return a document with its words opened, for those who may read them."""
    place = place_of(session, document)
    asked = asked_of(session, place).get(document.kind)
    ids: Sequence[str] = json.loads(document.signers)
    names = names_of(session, place.person_id, document)
    names |= staff_named(session, home_of(session, place), tuple(ids))
    upload = session.get(Upload, document.upload_id) if document.upload_id else None
    return DocumentShown(
        document,
        asked.label if asked else kind_words(document.kind),
        [names[one] for one in ids if one in names],
        read_text(session, place.person_id, document.note, f"document:{document.public_id}"),
        upload if upload and upload.removed_at is None else None,
        _name(session, document.recorded_by),
        _name(session, document.allowed_by),
    )


def _name(session: Session, person_id: int | None) -> str:
    if person_id is None:
        return ""
    return session.scalars(select(Person.chosen_name).where(Person.id == person_id)).one()


def is_to_allow(document: Document) -> bool:
    """Say whether somebody must still decide whether a document counts."""
    looked_at = document.outcome == TO_LOOK_AT and document.allowed_on is None
    return document.state == DocumentState.ON_FILE.value and looked_at
