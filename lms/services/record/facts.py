"""Rows of the queries made into the facts of a record."""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from lms.rules.certificates import CertificateEvent as Event
from lms.rules.certificates import CertificateEventKind, turns_of
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
    StateFact,
    WaiverFact,
)
from lms.rules.roleplays import competency_levels
from lms.services.evidence import allowances_of, documents_of
from lms.services.gatherings import hours_of
from lms.services.record.places import Place
from lms.services.record.queries import RELEASED, Scenarios


def record_from(
    place: Place, rows: dict[str, list[tuple[Any, ...]]], scenarios: Scenarios
) -> Record:
    """Return a record from the rows of each kind of fact."""
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
        domains=json.loads(domains) if domains != "{}" else {},
        mode="live",
        medium=medium,
        state=state,
        confirmed_on=at.astimezone(zone).date() if at else None,
        assurance=how,
        supervisor=who,
        recorded_at=recorded,
    )


def _performance_facts(
    rows: list[tuple[Any, ...]], harm: list[tuple[Any, ...]], scenarios: Scenarios
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
            levels=levels[0] if len(levels) == 1 else _lowest(levels),
            harm=tuple(sorted(set(ticked.get(key, ())))),
            state=RELEASED,
            markers=tuple(sorted(row[8] for row in group)),
            apart=0 if len(levels) == 1 else furthest_apart(levels),
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
        events = [
            Event(CertificateEventKind(kind), on, at, until if lifts else None)
            for *_, kind, on, at, until, lifts in group
            if kind
        ]
        turns = turns_of(events)
        yield CertificateFact(
            id=key,
            programme=programme,
            issued_on=issued_on,
            valid_until=valid_until,
            state=turns[-1].state.value,
            states=tuple(StateFact(turn.on, turn.state.value) for turn in turns[1:]),
        )
