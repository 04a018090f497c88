"""The record of each person: facts of every area gathered in a fixed number of queries."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.models import (
    Attestation,
    Certificate,
    CertificateEvent,
    Cohort,
    Completion,
    Confirmation,
    ContentVersion,
    Enrolment,
    HarmResolution,
    HarmTick,
    HoursEntry,
    Marking,
    Performance,
    Person,
    ProgrammeMove,
    ReadinessDecision,
    Score,
    Signature,
    Waiver,
)
from lms.models.facts import FactMixin
from lms.rules.certificates import CertificateEvent as Event
from lms.rules.certificates import CertificateEventKind, state_on
from lms.rules.record import (
    AttestationFact,
    CertificateFact,
    CompletionFact,
    DecisionFact,
    HoursFact,
    PerformanceFact,
    Record,
    ScoreFact,
    SignatureFact,
    WaiverFact,
)
from lms.rules.roleplays import competency_levels
from lms.services.evidence import allowances_of, document_rows, documents_of, people_in
from lms.services.gatherings import gathering_facts, hours_of
from lms.services.publishing import definition_at

RELEASED = "released"
IN_THE_LEDGER = ("submitted", "confirmed")
AnySelect = Select[*tuple[Any, ...]]
AnyUnion = CompoundSelect[*tuple[Any, ...]]


class Place(NamedTuple):
    """Whose record it is, and under which programme version."""

    enrolment_id: int
    enrolment: str
    person_id: int
    person: str
    name: str
    state: str
    cohort_id: int
    zone: str
    programme_version_id: int
    facts_version: int
    admitted_on: date
    programme_hash: str


def _places(scope: Select[int], known_at: datetime | None) -> AnySelect:
    pinned = _pinned(known_at)
    return (
        select(
            Enrolment.id,
            Enrolment.public_id,
            Enrolment.person_id,
            Person.public_id,
            Person.chosen_name,
            Enrolment.state,
            Enrolment.cohort_id,
            Cohort.zone,
            pinned,
            Enrolment.facts_version,
            Enrolment.happened_on,
            ContentVersion.hash,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(ContentVersion, ContentVersion.id == pinned)
        .where(Enrolment.id.in_(scope))
        .order_by(Enrolment.id)
    )


def _pinned(known_at: datetime | None) -> ColumnElement[int]:
    """Return the version that a place was pinned to at an instant: before later moves, if any."""
    now = Enrolment.programme_version_id
    if known_at is None:
        return now.expression
    moved = (
        select(ProgrammeMove.from_version_id)
        .where(ProgrammeMove.enrolment_id == Enrolment.id, ProgrammeMove.recorded_at > known_at)
        .order_by(ProgrammeMove.recorded_at, ProgrammeMove.id)
        .limit(1)
        .correlate(Enrolment)
        .scalar_subquery()
    )
    return func.coalesce(moved, now)


def versions_pinned(scope: Select[int]) -> Select[int]:
    """Return the programme versions that the places of a scope are, or ever were, pinned to."""
    now = select(Enrolment.programme_version_id).where(Enrolment.id.in_(scope))
    before = select(ProgrammeMove.from_version_id).where(ProgrammeMove.enrolment_id.in_(scope))
    return select(ContentVersion.id).where(
        or_(ContentVersion.id.in_(now), ContentVersion.id.in_(before))
    )


def _known(query: AnySelect, kind: type[FactMixin], known_at: datetime | None) -> AnySelect:
    """Narrow a query to the facts known at an instant; None is now."""
    if known_at is None:
        return query.where(kind.replaced_at.is_(None))
    return query.where(
        kind.recorded_at <= known_at,
        or_(kind.replaced_at.is_(None), kind.replaced_at > known_at),
    )


def _completions(scope: Select[int], known_at: datetime | None) -> AnySelect:
    query = select(
        Completion.enrolment_id,
        Completion.public_id,
        Completion.module,
        Completion.happened_on,
        Completion.version_number,
    ).where(Completion.enrolment_id.in_(scope))
    return _known(query, Completion, known_at)


def _hours(scope: Select[int], known_at: datetime | None) -> AnySelect:
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


def _scores(scope: Select[int], known_at: datetime | None) -> AnySelect:
    query = select(
        Score.enrolment_id,
        Score.public_id,
        Score.assessment,
        Score.score_percent,
        Score.happened_on,
        Score.part,
    ).where(Score.enrolment_id.in_(scope))
    return _known(query, Score, known_at)


def _performances(scope: Select[int], known_at: datetime | None) -> AnySelect:
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


def _harm(scope: Select[int]) -> AnySelect:
    return (
        select(Performance.enrolment_id, Performance.id, HarmTick.item)
        .join(Marking, Marking.id == HarmTick.marking_id)
        .join(Performance, Performance.id == Marking.performance_id)
        .where(
            Performance.enrolment_id.in_(scope),
            Performance.state == RELEASED,
        )
    )


def _attestations(scope: Select[int], known_at: datetime | None) -> AnySelect:
    query = select(
        Attestation.enrolment_id,
        Attestation.public_id,
        Attestation.what,
        Attestation.capacity,
        Attestation.happened_on,
        Attestation.type,
    ).where(Attestation.enrolment_id.in_(scope))
    return _known(query, Attestation, known_at)


def _signatures(scope: Select[int], known_at: datetime | None) -> AnySelect:
    query = select(
        Signature.enrolment_id,
        Signature.public_id,
        Signature.agreement,
        Signature.version_number,
        Signature.happened_on,
    ).where(Signature.enrolment_id.in_(scope))
    return _known(query, Signature, known_at)


def _decisions(scope: Select[int], known_at: datetime | None) -> AnySelect:
    query = select(
        ReadinessDecision.enrolment_id,
        ReadinessDecision.public_id,
        ReadinessDecision.what,
        ReadinessDecision.outcome,
        ReadinessDecision.capacity,
        ReadinessDecision.happened_on,
    ).where(ReadinessDecision.enrolment_id.in_(scope))
    return _known(query, ReadinessDecision, known_at)


def _resolutions(scope: Select[int], known_at: datetime | None) -> AnySelect:
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


def _waivers(scope: Select[int], known_at: datetime | None) -> AnySelect:
    query = select(
        Waiver.enrolment_id,
        Waiver.public_id,
        Waiver.requirement,
        Waiver.capacity,
        Waiver.happened_on,
    ).where(Waiver.enrolment_id.in_(scope))
    return _known(query, Waiver, known_at)


def _certificates(scope: Select[int], known_at: datetime | None) -> AnySelect:
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
        )
        .outerjoin(CertificateEvent, there)
        .where(Certificate.enrolment_id.in_(scope), Certificate.is_whole)
    )
    return query if known_at is None else query.where(Certificate.issued_at <= known_at)


class _Stream:
    """One kind of fact, read in the order of enrolments and handed out group by group."""

    def __init__(self, session: Session, query: AnySelect | AnyUnion) -> None:
        ordered = query.order_by(query.selected_columns[0])
        rows = session.execute(ordered.execution_options(yield_per=2000))
        self._groups = groupby((tuple(row) for row in rows), key=lambda row: row[0])
        self._next = next(self._groups, None)
        self._held: list[tuple[Any, ...]] = list(self._next[1]) if self._next else []

    def of(self, enrolment_id: int) -> list[tuple[Any, ...]]:
        """Return the rows of an enrolment; enrolments are asked for in rising order."""
        while self._next is not None and self._next[0] < enrolment_id:
            self._step()
        if self._next is None or self._next[0] != enrolment_id:
            return []
        rows = self._held
        self._step()
        return rows

    def _step(self) -> None:
        self._next = next(self._groups, None)
        self._held = list(self._next[1]) if self._next else []


def load_records(
    session: Session, scope: Select[int], *, known_at: datetime | None = None
) -> Iterator[tuple[Place, Record]]:
    """Yield every place of a scope with its record, in a fixed number of queries.

    Shape: `scope` selects enrolment ids. `known_at` gives the facts as then known; None is now.
    """
    places = [Place(*row) for row in session.execute(_places(scope, known_at))]
    streams = {
        "completions": _Stream(session, _completions(scope, known_at)),
        "hours": _Stream(session, _hours(scope, known_at)),
        "gatherings": _Stream(session, gathering_facts(scope, known_at)),
        "scores": _Stream(session, _scores(scope, known_at)),
        "performances": _Stream(session, _performances(scope, known_at)),
        "harm": _Stream(session, _harm(scope)),
        "documents": _Stream(session, document_rows(scope, known_at)),
        "attestations": _Stream(session, _attestations(scope, known_at)),
        "signatures": _Stream(session, _signatures(scope, known_at)),
        "decisions": _Stream(session, _decisions(scope, known_at)),
        "resolutions": _Stream(session, _resolutions(scope, known_at)),
        "waivers": _Stream(session, _waivers(scope, known_at)),
        "certificates": _Stream(session, _certificates(scope, known_at)),
    }
    scenarios = _Scenarios(session, scope)
    people = people_in(session, scope, known_at)
    for place in places:
        rows = {name: stream.of(place.enrolment_id) for name, stream in streams.items()}
        yield place, _record(place, rows, scenarios)._replace(people=people)


class _Scenarios:
    """Scenario definitions by version: all that a scope played are read in one query."""

    def __init__(self, session: Session, scope: Select[int]) -> None:
        self._session = session
        self._played = select(Performance.scenario_version_id).where(
            Performance.enrolment_id.in_(scope), Performance.state == RELEASED
        )

    def of(self, version_id: int, content_hash: str) -> Any:
        return definition_at(self._session, version_id, content_hash, beside=self._played)


def _record(place: Place, rows: dict[str, list[tuple[Any, ...]]], scenarios: _Scenarios) -> Record:
    zone = ZoneInfo(place.zone)
    return Record(
        person=place.person,
        enrolled_on=place.admitted_on,
        stage="initial",
        zone=place.zone,
        completions=tuple(
            CompletionFact(id=i, module=module, on=on, version=str(number))
            for _, i, module, on, number in rows["completions"]
        ),
        hours=(
            *(_hours_fact(row, zone) for row in rows["hours"]),
            *hours_of(rows["gatherings"], zone),
        ),
        scores=tuple(
            ScoreFact(id=i, assessment=a, score_percent=p, on=on, part=part, state=RELEASED)
            for _, i, a, p, on, part in rows["scores"]
        ),
        rubrics=tuple(_performance_facts(rows["performances"], rows["harm"], scenarios)),
        documents=tuple(documents_of(rows["documents"])),
        attestations=tuple(
            AttestationFact(id=i, what=what, by=by, on=on, type=kind or None)
            for _, i, what, by, on, kind in rows["attestations"]
        ),
        signatures=tuple(
            SignatureFact(id=i, agreement=agreement, version=str(number), on=on)
            for _, i, agreement, number, on in rows["signatures"]
        ),
        decisions=(
            *_decision_facts(rows["decisions"], rows["resolutions"]),
            *allowances_of(rows["documents"]),
        ),
        waivers=tuple(
            WaiverFact(id=i, requirement=requirement, by=by, on=on)
            for _, i, requirement, by, on in rows["waivers"]
        ),
        certificates=tuple(_certificate_facts(rows["certificates"])),
    )


def _hours_fact(row: tuple[Any, ...], zone: ZoneInfo) -> HoursFact:
    _, i, ledger, minutes, on, kind, size, domains, medium, state, recorded, who, at, how = row
    return HoursFact(
        id=i,
        ledger=ledger,
        minutes=minutes,
        on=on,
        kind=kind,
        group_size=size,
        domains=json.loads(domains),
        mode="live",
        medium=medium,
        state=state,
        confirmed_on=at.astimezone(zone).date() if at else None,
        assurance=how,
        supervisor=who,
        recorded_at=recorded,
    )


def _performance_facts(
    rows: list[tuple[Any, ...]], harm: list[tuple[Any, ...]], scenarios: _Scenarios
) -> Iterator[PerformanceFact]:
    ticked: dict[int, list[str]] = {}
    for _, performance_id, item in harm:
        ticked.setdefault(performance_id, []).append(item)
    for _, key, group in _grouped(rows, lambda row: row[1]):
        first = group[0]
        levels = [
            competency_levels(scenarios.of(row[5], row[9]), json.loads(row[7])) for row in group
        ]
        yield PerformanceFact(
            id=first[2],
            rubric=first[3],
            scenario=first[4],
            on=first[6],
            levels=_lowest(levels),
            harm=tuple(sorted(set(ticked.get(key, ())))),
            state=RELEASED,
            markers=tuple(sorted(row[8] for row in group)),
            apart=furthest_apart(levels),
        )


def _grouped(
    rows: list[tuple[Any, ...]], key: Callable[[tuple[Any, ...]], Any]
) -> Iterator[tuple[int, Any, list[tuple[Any, ...]]]]:
    for number, (value, group) in enumerate(groupby(sorted(rows, key=key), key=key)):
        yield number, value, list(group)


def _lowest(levels: Iterable[dict[str, int]]) -> dict[str, int]:
    """Return the lower level of each competency where two markers judged."""
    lowest: dict[str, int] = {}
    for found in levels:
        for competency, level in found.items():
            lowest[competency] = min(level, lowest.get(competency, level))
    return lowest


def furthest_apart(levels: Iterable[dict[str, int]]) -> int:
    """Return by how many levels markers differ in the competency where they differ most."""
    seen: dict[str, list[int]] = {}
    for found in levels:
        for competency, level in found.items():
            seen.setdefault(competency, []).append(level)
    return max((max(own) - min(own) for own in seen.values()), default=0)


def _decision_facts(
    decisions: list[tuple[Any, ...]], resolutions: list[tuple[Any, ...]]
) -> Iterator[DecisionFact]:
    for _, i, what, outcome, by, on in decisions:
        yield DecisionFact(id=i, what=what, outcome=outcome, by=by, on=on)
    for _, i, performance, on in resolutions:
        yield DecisionFact(id=i, what="harm-resolved", outcome=performance, by="coordinator", on=on)


def _certificate_facts(rows: list[tuple[Any, ...]]) -> Iterator[CertificateFact]:
    for _, key, group in _grouped(rows, lambda row: row[1]):
        _, _, programme, issued_on, valid_until, *_rest = group[0]
        events = [Event(CertificateEventKind(kind), on, at) for *_, kind, on, at in group if kind]
        last = max((event.happened_on for event in events), default=issued_on)
        yield CertificateFact(
            id=key,
            programme=programme,
            issued_on=issued_on,
            valid_until=valid_until,
            state=state_on(events, None, last).value,
        )


def one_place(enrolment_id: int) -> Select[int]:
    """Return the scope of a single place."""
    return select(Enrolment.id).where(Enrolment.id == enrolment_id)


def whole_cohort(cohort_id: int) -> Select[int]:
    """Return the scope of a cohort's places, without those who left."""
    return select(Enrolment.id).where(
        Enrolment.cohort_id == cohort_id, Enrolment.state != "withdrawn"
    )


def record_of(
    session: Session, enrolment_id: int, *, known_at: datetime | None = None
) -> tuple[Place, Record]:
    """Return one place with its record."""
    return next(load_records(session, one_place(enrolment_id), known_at=known_at))
