"""What waits for a coordinator: evidence that somebody must look at, the oldest first."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.models import Document, Enrolment, Person, Qualification, WaiverRequest
from lms.rules.programmes.walking import kind_words
from lms.rules.roles import Actor


class ToLookAt(NamedTuple):
    """One thing that waits: whose, where its page is, since when.

    Shape: `kind` is document, waiver or qualification.
    """

    kind: str
    what: str
    person: str
    url: str
    since: datetime


def list_to_look_at(session: Session, actor: Actor) -> list[ToLookAt]:
    """Return what waits for a coordinator in their organisation, never anything of their own."""
    rows = [*_documents(session, actor), *_waivers(session, actor)]
    rows += _qualifications(session, actor)
    return sorted(rows, key=lambda row: row.since)


def _documents(session: Session, actor: Actor) -> list[ToLookAt]:
    query = (
        select(Document.kind, Person.chosen_name, Document.paper, Document.recorded_at)
        .join(Enrolment, Enrolment.id == Document.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Person.organisation_id == actor.organisation_id,
            Person.id != actor.person_id,
            Enrolment.state != "withdrawn",
            Document.state == "handed-in",
            Document.replaced_at.is_(None),
        )
    )
    return [
        ToLookAt("document", kind_words(kind), name, f"/papers/{paper}", since)
        for kind, name, paper, since in session.execute(query)
    ]


def _waivers(session: Session, actor: Actor) -> list[ToLookAt]:
    query = (
        select(
            WaiverRequest.requirement,
            Person.chosen_name,
            WaiverRequest.public_id,
            WaiverRequest.asked_at,
        )
        .join(Enrolment, Enrolment.id == WaiverRequest.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Person.organisation_id == actor.organisation_id,
            Person.id != actor.person_id,
            Enrolment.state != "withdrawn",
            WaiverRequest.state == "asked",
        )
    )
    return [
        ToLookAt("waiver", kind_words(requirement), name, f"/waivers/{public_id}", since)
        for requirement, name, public_id, since in session.execute(query)
    ]


def _qualifications(session: Session, actor: Actor) -> list[ToLookAt]:
    query = (
        select(Person.chosen_name, Qualification.entry, Qualification.recorded_at)
        .join(Person, Person.id == Qualification.person_id)
        .where(
            Person.organisation_id == actor.organisation_id,
            Person.id != actor.person_id,
            Qualification.state == "handed-in",
            Qualification.replaced_at.is_(None),
        )
    )
    return [
        ToLookAt("qualification", "", name, f"/qualifications/{entry}", since)
        for name, entry, since in session.execute(query)
    ]


def public_id_of(session: Session, person_id: int) -> str:
    """Return the id that a person has in addresses and among signers."""
    return session.scalars(select(Person.public_id).where(Person.id == person_id)).one()
