"""One query for each kind of fact: of every place of a scope, as known now or at an instant."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, or_, select
from sqlalchemy.orm import Session, aliased

from lms.models import (
    Attestation,
    Certificate,
    CertificateEvent,
    Completion,
    Confirmation,
    ContentVersion,
    HarmResolution,
    HarmTick,
    HoursEntry,
    Marking,
    Performance,
    Person,
    ReadinessDecision,
    Score,
    Signature,
    Waiver,
)
from lms.models.facts import FactMixin
from lms.services.publishing import definition_at
from lms.services.record.places import AnySelect

RELEASED = "released"

IN_THE_LEDGER = ("submitted", "confirmed")


def _known(query: AnySelect, kind: type[FactMixin], known_at: datetime | None) -> AnySelect:
    """Narrow a query to the facts known at an instant; None is now."""
    if known_at is None:
        return query.where(kind.replaced_at.is_(None))
    return query.where(
        kind.recorded_at <= known_at,
        or_(kind.replaced_at.is_(None), kind.replaced_at > known_at),
    )


def completions_query(scope: Select[int], known_at: datetime | None) -> AnySelect:
    """Return the query of modules completed."""
    query = select(
        Completion.enrolment_id,
        Completion.public_id,
        Completion.module,
        Completion.happened_on,
        Completion.version_number,
    ).where(Completion.enrolment_id.in_(scope))
    return _known(query, Completion, known_at)


def hours_query(scope: Select[int], known_at: datetime | None) -> AnySelect:
    """Return the query of hours sent or confirmed, with who supervises and who signed when."""
    supervisor = aliased(Person)
    query = (
        select(
            HoursEntry.enrolment_id,
            HoursEntry.public_id,
            HoursEntry.ledger,
            HoursEntry.minutes,
            HoursEntry.happened_on,
            HoursEntry.kind,
            HoursEntry.group_size,
            HoursEntry.domains,
            HoursEntry.medium,
            _state_of_hours(known_at),
            HoursEntry.recorded_at,
            supervisor.public_id,
            Confirmation.confirmed_at,
            Confirmation.assurance,
        )
        .join(supervisor, supervisor.id == HoursEntry.supervisor_id)
        .outerjoin(Confirmation, Confirmation.entry_id == HoursEntry.id)
        .where(HoursEntry.enrolment_id.in_(scope), _state_of_hours(known_at).in_(IN_THE_LEDGER))
    )
    return _known(query, HoursEntry, known_at)


def _state_of_hours(known_at: datetime | None) -> ColumnElement[str]:
    """Return an entry's state as it was known at an instant: what came later is not seen."""
    if known_at is None:
        return HoursEntry.state.expression
    signed = Confirmation.confirmed_at <= known_at
    kept = or_(Confirmation.withdrawn_at.is_(None), Confirmation.withdrawn_at > known_at)
    sent = and_(HoursEntry.submitted_at <= known_at, HoursEntry.state != "withdrawn")
    return case(
        (and_(signed, kept), "confirmed"),
        (signed, "withdrawn"),
        (or_(sent, Confirmation.confirmed_at > known_at), "submitted"),
        else_="draft",
    )


def scores_query(scope: Select[int], known_at: datetime | None) -> AnySelect:
    """Return the query of scores, the whole and each part."""
    query = select(
        Score.enrolment_id,
        Score.public_id,
        Score.assessment,
        Score.score_percent,
        Score.happened_on,
        Score.part,
    ).where(Score.enrolment_id.in_(scope))
    return _known(query, Score, known_at)


def performances_query(scope: Select[int], known_at: datetime | None) -> AnySelect:
    """Return the query of role-plays released, a row for each marking."""
    marker, rubric, scenario = aliased(Person), aliased(ContentVersion), aliased(ContentVersion)
    query = (
        select(
            Performance.enrolment_id,
            Performance.id,
            Performance.public_id,
            rubric.slug,
            Performance.scenario,
            Performance.scenario_version_id,
            Performance.happened_on,
            Marking.levels,
            marker.public_id,
            scenario.hash,
        )
        .join(Marking, Marking.performance_id == Performance.id)
        .join(marker, marker.id == Marking.marker_id)
        .join(rubric, rubric.id == Performance.rubric_version_id)
        .join(scenario, scenario.id == Performance.scenario_version_id)
        .where(
            Performance.enrolment_id.in_(scope),
            Performance.state == RELEASED,
        )
    )
    if known_at is not None:
        query = query.where(Performance.released_at <= known_at)
    return _known(query, Performance, known_at)


def harm_query(scope: Select[int]) -> AnySelect:
    """Return the query of harm items ticked in role-plays released."""
    return (
        select(Performance.enrolment_id, Performance.id, HarmTick.item)
        .join(Marking, Marking.id == HarmTick.marking_id)
        .join(Performance, Performance.id == Marking.performance_id)
        .where(
            Performance.enrolment_id.in_(scope),
            Performance.state == RELEASED,
        )
    )


def attestations_query(scope: Select[int], known_at: datetime | None) -> AnySelect:
    """Return the query of attestations."""
    query = select(
        Attestation.enrolment_id,
        Attestation.public_id,
        Attestation.what,
        Attestation.capacity,
        Attestation.happened_on,
        Attestation.type,
    ).where(Attestation.enrolment_id.in_(scope))
    return _known(query, Attestation, known_at)


def signatures_query(scope: Select[int], known_at: datetime | None) -> AnySelect:
    """Return the query of agreements signed."""
    query = select(
        Signature.enrolment_id,
        Signature.public_id,
        Signature.agreement,
        Signature.version_number,
        Signature.happened_on,
    ).where(Signature.enrolment_id.in_(scope))
    return _known(query, Signature, known_at)


def decisions_query(scope: Select[int], known_at: datetime | None) -> AnySelect:
    """Return the query of decisions on readiness."""
    query = select(
        ReadinessDecision.enrolment_id,
        ReadinessDecision.public_id,
        ReadinessDecision.what,
        ReadinessDecision.outcome,
        ReadinessDecision.capacity,
        ReadinessDecision.happened_on,
    ).where(ReadinessDecision.enrolment_id.in_(scope))
    return _known(query, ReadinessDecision, known_at)


def resolutions_query(scope: Select[int], known_at: datetime | None) -> AnySelect:
    """Return the query of role-plays with harm that were talked through."""
    query = (
        select(
            HarmResolution.enrolment_id,
            HarmResolution.public_id,
            Performance.public_id,
            HarmResolution.happened_on,
        )
        .join(Performance, Performance.id == HarmResolution.performance_id)
        .where(HarmResolution.enrolment_id.in_(scope), HarmResolution.outcome == "resolved")
    )
    return _known(query, HarmResolution, known_at)


def waivers_query(scope: Select[int], known_at: datetime | None) -> AnySelect:
    """Return the query of waivers."""
    query = select(
        Waiver.enrolment_id,
        Waiver.public_id,
        Waiver.requirement,
        Waiver.capacity,
        Waiver.happened_on,
    ).where(Waiver.enrolment_id.in_(scope))
    return _known(query, Waiver, known_at)


def certificates_query(scope: Select[int], known_at: datetime | None) -> AnySelect:
    """Return the query of certificates, a row for each event of one."""
    there = CertificateEvent.certificate_id == Certificate.id
    if known_at is not None:
        there = and_(there, CertificateEvent.recorded_at <= known_at)
    query = (
        select(
            Certificate.enrolment_id,
            Certificate.public_id,
            Certificate.programme,
            Certificate.issued_on,
            Certificate.valid_until,
            CertificateEvent.kind,
            CertificateEvent.happened_on,
            CertificateEvent.recorded_at,
            CertificateEvent.until_on,
            CertificateEvent.lifts,
        )
        .outerjoin(CertificateEvent, there)
        .where(Certificate.enrolment_id.in_(scope), Certificate.is_whole)
    )
    return query if known_at is None else query.where(Certificate.issued_at <= known_at)


class Scenarios:
    """Scenario definitions by version: all that a scope played are read in one query."""

    def __init__(self, session: Session, scope: Select[int]) -> None:
        self._session = session
        self._played = select(Performance.scenario_version_id).where(
            Performance.enrolment_id.in_(scope), Performance.state == RELEASED
        )

    def of(self, version_id: int, content_hash: str) -> Any:
        """Return the scenario that a version defines."""
        return definition_at(self._session, version_id, content_hash, beside=self._played)
