"""What waits for the office about certificates: wishes, lapsed conditions, suspensions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session, aliased

from lms.models import (
    Certificate,
    CertificateEvent,
    CertificateLapse,
    CertificateWish,
    ContentVersion,
    Enrolment,
    Person,
)
from lms.rules.programmes import Programme
from lms.rules.roles import Actor
from lms.rules.visibility import RecordClass
from lms.services.publishing import definition_at
from lms.services.visibility import scope_for


class MatterKind(StrEnum):
    """Something was asked, a condition lapsed, or the day to look at a suspension has come."""

    ASKED = "asked"
    LAPSED = "lapsed"
    LOOK_AGAIN = "look-again"


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that waits. `what` is the wish, or the condition by its label; it may be empty."""

    kind: MatterKind
    certificate: str
    name: str
    since: datetime
    what: str


def _of_the_office(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        Certificate.enrolment_id.in_(scope_for(actor, RecordClass.CERTIFICATE_MATTER)),
        Enrolment.person_id != actor.person_id,
    )


def wishes_for(actor: Actor, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Return the query for the wishes that a coordinator may do something about."""
    return (
        select(*columns)
        .select_from(CertificateWish)
        .join(Certificate, Certificate.id == CertificateWish.certificate_id)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(CertificateWish.ended_at.is_(None), *_of_the_office(actor))
    )


def lapses_for(actor: Actor, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Return the query for the lapsed conditions that a coordinator may do something about."""
    return (
        select(*columns)
        .select_from(CertificateLapse)
        .join(Certificate, Certificate.id == CertificateLapse.certificate_id)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(ContentVersion, ContentVersion.id == Enrolment.programme_version_id)
        .where(CertificateLapse.ended_at.is_(None), *_of_the_office(actor))
    )


def suspensions_for(actor: Actor, *columns: Any, now: datetime) -> Select[*tuple[Any, ...]]:
    """Return the query for suspensions with conditions whose day to look at them has come."""
    later = aliased(CertificateEvent)
    is_last = ~exists().where(
        later.certificate_id == CertificateEvent.certificate_id,
        later.position > CertificateEvent.position,
    )
    return (
        select(*columns)
        .select_from(CertificateEvent)
        .join(Certificate, Certificate.id == CertificateEvent.certificate_id)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            CertificateEvent.kind == "suspended",
            CertificateEvent.until_on <= now.date(),
            ~CertificateEvent.lifts,
            is_last,
            *_of_the_office(actor),
        )
    )


def list_office_matters(session: Session, actor: Actor, *, now: datetime) -> list[Matter]:
    """Return what waits for a coordinator, the oldest first."""
    found = [*_asked(session, actor), *_lapsed(session, actor), *_again(session, actor, now)]
    return sorted(found, key=lambda matter: matter.since)


def _asked(session: Session, actor: Actor) -> Iterable[Matter]:
    columns = (
        Certificate.public_id,
        Person.chosen_name,
        CertificateWish.asked_at,
        CertificateWish.wish,
    )
    for row in session.execute(wishes_for(actor, *columns)):
        yield Matter(MatterKind.ASKED, *row)


def _lapsed(session: Session, actor: Actor) -> Iterable[Matter]:
    columns = (
        Certificate.public_id,
        Person.chosen_name,
        CertificateLapse.noted_at,
        CertificateLapse.requirement,
        ContentVersion.id,
        ContentVersion.hash,
    )
    for public_id, name, since, requirement, *version in session.execute(
        lapses_for(actor, *columns)
    ).all():
        label = _label(definition_at(session, *version), requirement)
        yield Matter(MatterKind.LAPSED, public_id, name, since, label)


def _label(programme: Programme, requirement: str) -> str:
    labels = {node.id: node.label for node in programme.while_held}
    return labels.get(requirement, "")


def _again(session: Session, actor: Actor, now: datetime) -> Iterable[Matter]:
    columns = (Certificate.public_id, Person.chosen_name, CertificateEvent.recorded_at)
    for public_id, name, since in session.execute(suspensions_for(actor, *columns, now=now)):
        yield Matter(MatterKind.LOOK_AGAIN, public_id, name, since, "")
