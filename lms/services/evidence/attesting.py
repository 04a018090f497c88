"""Attestations: said by somebody the programme names, and taken back."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.db import lock_row
from lms.models import Attestation, Enrolment, Person
from lms.rules.cohorts import EnrolmentState
from lms.rules.evidence import refusal_to_attest
from lms.rules.programmes.nodes import Attest
from lms.rules.programmes.walking import kind_words, nodes_of
from lms.services.audit import record_act
from lms.services.errors import MissingError, RefusedError
from lms.services.evidence.documents import home_of, programme_of_place, zone_at
from lms.services.facts import add_fact, replace_fact
from lms.services.people import today_in
from lms.services.practice import get_enrolment


def get_attestation(session: Session, public_id: str) -> Attestation:
    """Return an attestation that stands by the id in its address. Raises: MissingError."""
    query = select(Attestation).where(
        Attestation.public_id == public_id, Attestation.replaced_at.is_(None)
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise MissingError
    return found


def find_attest_node(session: Session, place: Enrolment, requirement: str) -> Attest | None:
    """Return the requirement of a place's programme that asks for an attestation, or None."""
    nodes = nodes_of(programme_of_place(session, place))
    return next((n for n in nodes if isinstance(n, Attest) and n.id == requirement), None)


def attest(
    session: Session,
    place: Enrolment,
    requirement: str,
    *,
    capacity: str,
    kind: str,
    by: int,
    now: datetime,
) -> Attestation:
    """Note that somebody says it is so.

    Edge:   said already by the same person, nothing changes.
    Raises: RefusedError(AttestRefusal).
    """
    lock_row(session, place)
    node = find_attest_node(session, place, requirement)
    open_now = place.state not in (EnrolmentState.WITHDRAWN, EnrolmentState.APPLIED)
    refusal = refusal_to_attest(node, capacity=capacity, kind=kind, is_open=open_now)
    if refusal or node is None:
        raise RefusedError(refusal) if refusal else MissingError
    query = select(Attestation).where(
        Attestation.enrolment_id == place.id,
        Attestation.what == node.what,
        Attestation.type == kind,
        Attestation.attested_by == by,
        Attestation.replaced_at.is_(None),
    )
    said = session.scalars(query).one_or_none()
    if said is not None:
        return said
    attestation = Attestation(
        enrolment_id=place.id,
        happened_on=today_in(zone_at(session, place), now),
        recorded_at=now,
        what=node.what,
        type=kind,
        capacity=capacity,
        attested_by=by,
    )
    add_fact(session, attestation)
    _note(session, "attestation-made", place, attestation, by=by, now=now)
    session.flush()
    return attestation


def _note(
    session: Session,
    act: str,
    place: Enrolment,
    attestation: Attestation,
    *,
    by: int,
    now: datetime,
) -> None:
    record_act(
        session,
        act,
        now=now,
        chain=home_of(session, place),
        actor_id=by,
        about_id=place.person_id,
        subject=f"attestation:{attestation.public_id}",
        what=attestation.what,
    )


def take_attestation_back(
    session: Session, attestation: Attestation, *, by: int, now: datetime
) -> None:
    """Take back what was said; the row stays, for verdicts about the past. No reason is asked."""
    query = select(Enrolment.public_id).where(Enrolment.id == attestation.enrolment_id)
    place = get_enrolment(session, session.scalars(query).one())
    lock_row(session, place)
    session.refresh(attestation)
    if attestation.replaced_at is not None:
        return
    replace_fact(session, attestation, now=now)
    _note(session, "attestation-taken-back", place, attestation, by=by, now=now)
    session.flush()


class AttestationRow(NamedTuple):
    """One thing that was said of a person, and by whom."""

    attestation: Attestation
    label: str
    kind: str
    by: str
    on: date


def list_attestations_of(
    session: Session, place: Enrolment, *, by: int | None = None
) -> list[AttestationRow]:
    """Return what stands as said of a person, newest first; with `by` only what that one said."""
    nodes = nodes_of(programme_of_place(session, place), renewal=True)
    labels = {node.what: node.label for node in nodes if isinstance(node, Attest)}
    query = (
        select(Attestation, Person.chosen_name)
        .join(Person, Person.id == Attestation.attested_by)
        .where(Attestation.enrolment_id == place.id, Attestation.replaced_at.is_(None))
        .order_by(Attestation.happened_on.desc(), Attestation.id.desc())
    )
    if by is not None:
        query = query.where(Attestation.attested_by == by)
    return [
        AttestationRow(
            one,
            labels.get(one.what, kind_words(one.what)),
            kind_words(one.type) if one.type else "",
            name,
            one.happened_on,
        )
        for one, name in session.execute(query)
    ]
