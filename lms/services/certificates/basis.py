"""What issuing rests on: the place held fast, the verdict of today, who marked, who confirmed."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from lms.models import Cohort, Confirmation, Enrolment, HoursEntry, Marking, Performance, Person
from lms.rules.certificates import IssueCase, asks_second, is_held_by_pack
from lms.rules.cohorts import EnrolmentState
from lms.rules.curriculum import Pack
from lms.rules.programmes import (
    DocumentKind,
    DocumentTerms,
    Programme,
    documents_of,
    find_document,
)
from lms.rules.record import Record, Taken, all_taken, training_taken
from lms.rules.verdict import Row, Verdict, is_earned, rows_of, unjudged
from lms.services.curriculum import find_pack
from lms.services.errors import MissingError
from lms.services.gatherings import recorders_of
from lms.services.people import today_in
from lms.services.publishing import definition_of
from lms.services.record import one_place, whole_cohort
from lms.services.verdicts import judge_places

OPEN_PLACES = {EnrolmentState.ADMITTED, EnrolmentState.ACTIVE, EnrolmentState.COMPLETED}
LEFT_PLACES = {EnrolmentState.PAUSED, EnrolmentState.WITHDRAWN}
"""Who paused or left keeps what was done: it can still be stated, beside the certificate."""

NOTHING_TAKEN = Taken((), ())
ROLE_PLAYS = "rubric"


class Judge(NamedTuple):
    """Somebody whose marks or confirmations the certificate rests on."""

    id: int
    public_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Basis:
    """Everything that one document is judged on and made from, on one day.

    `rows` are those it rests on and `taken` what it states of the time taken part. `overdue_pack`
    is the organisation's local pack where it holds the document back; `second` who approved what
    another proposed, None where nobody has.
    """

    place: Enrolment
    programme: Programme
    terms: DocumentTerms
    verdict: Verdict
    rows: tuple[Row, ...]
    taken: Taken
    markers: tuple[Judge, ...]
    confirmers: tuple[Judge, ...]
    today: date
    overdue_pack: Pack | None = None
    second: Judge | None = None


def lock_place(session: Session, enrolment_id: int) -> Enrolment:
    """Return a place read afresh and held until the transaction ends: all its acts queue here."""
    query = place_query(enrolment_id).with_for_update(of=Enrolment)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def lock_places(session: Session, enrolment_ids: Collection[int]) -> dict[int, Enrolment]:
    """Return places read afresh and held until the transaction ends, each by its id.

    Edge: they are held in the order of their ids, so that two who want the same never wait for
          each other in a ring.
    """
    query = _places(enrolment_ids).with_for_update(of=Enrolment)
    found = session.scalars(query.execution_options(populate_existing=True))
    return {place.id: place for place in found}


def read_places(session: Session, enrolment_ids: Collection[int]) -> dict[int, Enrolment]:
    """Return places as they are, each by its id, for what changes nothing."""
    return {place.id: place for place in session.scalars(_places(enrolment_ids))}


def _places(enrolment_ids: Collection[int]) -> Select[Enrolment]:
    query = select(Enrolment).where(Enrolment.id.in_(enrolment_ids)).order_by(Enrolment.id)
    return _with_house(query)


def place_query(enrolment_id: int) -> Select[Enrolment]:
    """Return the query for a place with its cohort, house, person and programme version."""
    return _with_house(select(Enrolment).where(Enrolment.id == enrolment_id))


def _with_house(query: Select[Enrolment]) -> Select[Enrolment]:
    return query.options(
        joinedload(Enrolment.cohort).joinedload(Cohort.organisation),
        joinedload(Enrolment.person),
        joinedload(Enrolment.programme_version),
    )


def terms_for(programme: Programme, kind: DocumentKind | None) -> DocumentTerms:
    """Return what a programme gives of a kind; None: its own certificate. Raises: MissingError."""
    found = documents_of(programme)[0] if kind is None else find_document(programme, kind)
    if found is None:
        raise MissingError
    return found


def basis_for(
    session: Session,
    place: Enrolment,
    *,
    now: datetime,
    kind: DocumentKind | None = None,
    second: Judge | None = None,
) -> Basis:
    """Return what a document for a place would rest on today, computed afresh.

    Edge:   without a kind it is the programme's own certificate.
    Raises: MissingError where the programme gives no such document.
    """
    (found,) = _bases(session, one_place(place.id), {place.id: place}, now, kind)
    return replace(found, second=second)


def bases_of(
    session: Session, places: Mapping[int, Enrolment], *, now: datetime
) -> dict[int, Basis]:
    """Return what the own certificate of each of some places of one cohort would rest on.

    Edge: in a fixed number of queries, however many they are.
    """
    scope = select(Enrolment.id).where(Enrolment.id.in_(places))
    return {found.place.id: found for found in _bases(session, scope, places, now, None)}


def bases_to_draw(
    session: Session, places: Mapping[int, Enrolment], *, now: datetime
) -> dict[int, Basis]:
    """Return bases to draw the own certificates of places of one cohort by, before they are judged.

    Edge: they hold no verdict, so nothing is issued on them; where a certificate prints what was
          counted, it is judged for that.
    """
    given = {key: _terms(session, place, None) for key, place in places.items()}
    if any(terms.kind is not DocumentKind.CREDENTIAL for _programme, terms in given.values()):
        return bases_of(session, places, now=now)
    return {key: _to_draw(place, *given[key], now) for key, place in places.items()}


def _to_draw(place: Enrolment, programme: Programme, terms: DocumentTerms, now: datetime) -> Basis:
    today = today_in(place.cohort.zone, now)
    verdict = unjudged(programme, today)
    return Basis(place, programme, terms, verdict, (), NOTHING_TAKEN, (), (), today)


def list_bases(session: Session, cohort: Cohort, *, now: datetime) -> list[Basis]:
    """Return what the own certificate of everybody of a cohort but who left would rest on.

    Edge: in a fixed number of queries, however many they are.
    """
    scope = whole_cohort(cohort.id)
    query = _with_house(select(Enrolment).where(Enrolment.id.in_(scope)))
    places = {place.id: place for place in session.scalars(query)}
    return _bases(session, scope, places, now, None)


def _bases(
    session: Session,
    scope: Select[int],
    places: Mapping[int, Enrolment],
    now: datetime,
    kind: DocumentKind | None,
) -> list[Basis]:
    """Return the basis of every place of a scope within one cohort."""
    if not places:
        return []
    cohort = next(iter(places.values())).cohort
    today = today_in(cohort.zone, now)
    pack = find_pack(session, cohort.organisation_id)
    found = [
        _unjudged(place, record, verdict, _terms(session, place, kind), pack)
        for at, record, verdict in judge_places(session, scope, on=today)
        if (place := places.get(at.enrolment_id))  # who came meanwhile waits for the next look
    ]
    counted = {one.place.id: _counted(one.rows) | one.taken.fact_ids for one in found}
    return _judged(session, scope, found, counted)


def _judged(
    session: Session, scope: Select[int], bases: Iterable[Basis], counted: Mapping[int, set[str]]
) -> list[Basis]:
    """Return bases with those who marked and those who confirmed what is counted of each."""
    markers, confirmers = _markers(session, scope), _confirmers(session, scope, counted)
    return [
        replace(
            basis,
            markers=_by_name(markers.get(basis.place.id, ())) if _rests_on_marks(basis) else (),
            confirmers=_by_name(confirmers.get(basis.place.id, ())),
        )
        for basis in bases
    ]


def _terms(
    session: Session, place: Enrolment, kind: DocumentKind | None
) -> tuple[Programme, DocumentTerms]:
    programme = definition_of(session, place.programme_version)
    return programme, terms_for(programme, kind)


def _unjudged(
    place: Enrolment,
    record: Record,
    verdict: Verdict,
    given: tuple[Programme, DocumentTerms],
    pack: Pack | None,
) -> Basis:
    """Return a basis as yet without those on whose word it rests."""
    programme, terms = given
    rows, today = rows_of(verdict, terms), verdict.on
    held = terms.kind is not DocumentKind.LETTER and is_held_by_pack(programme, pack, today)
    return Basis(
        place=place,
        programme=programme,
        terms=terms,
        verdict=verdict,
        rows=rows,
        taken=_taken(terms, record, today, _counted(rows)),
        markers=(),
        confirmers=(),
        today=today,
        overdue_pack=pack if held else None,
    )


def basis_on(session: Session, place: Enrolment, found: Verdict, *, now: datetime) -> Basis:
    """Return what the programme's own certificate would rest on by another verdict, as a renewal.

    Edge: only those who marked or confirmed what that verdict rests on are named.
    """
    basis = replace(basis_for(session, place, now=now), verdict=found, rows=found.rows)
    (judged,) = _judged(session, one_place(place.id), [basis], {place.id: _counted(found.rows)})
    return judged


def _counted(rows: Iterable[Row]) -> set[str]:
    return {one.id for row in rows for one in row.tally.counted}


def _rests_on_marks(basis: Basis) -> bool:
    return any(row.kind == ROLE_PLAYS for row in basis.rows)


def judge_named(session: Session, person_id: int) -> Judge:
    """Return a person as a certificate names those on whose word it rests."""
    person = session.get_one(Person, person_id)
    return Judge(person.id, person.public_id, person.chosen_name)


Judges = dict[int, list[Judge]]
"""Who judged, by the id of the place."""


def _taken(terms: DocumentTerms, record: Record, on: date, counted: set[str]) -> Taken:
    if terms.kind is DocumentKind.LETTER:
        return all_taken(record, on)
    is_training = terms.kind is DocumentKind.TRAINING
    return training_taken(record, on, counted) if is_training else NOTHING_TAKEN


def _by_name(judges: Iterable[Judge]) -> tuple[Judge, ...]:
    return tuple(sorted(set(judges), key=lambda judge: (judge.name, judge.id)))


def _markers(session: Session, scope: Select[int]) -> Judges:
    query = (
        select(Performance.enrolment_id, Person.id, Person.public_id, Person.chosen_name)
        .join(Marking, Marking.marker_id == Person.id)
        .join(Performance, Performance.id == Marking.performance_id)
        .where(
            Performance.enrolment_id.in_(scope),
            Performance.state == "released",
            Performance.replaced_at.is_(None),
        )
        .distinct()
    )
    found: Judges = {}
    for row in session.execute(query):
        found.setdefault(row[0], []).append(Judge(*row[1:]))
    return found


def _confirmers(session: Session, scope: Select[int], counted: Mapping[int, set[str]]) -> Judges:
    """Return who confirmed the hours that are counted or stated, or recorded them."""
    query = (
        select(
            HoursEntry.enrolment_id,
            HoursEntry.public_id,
            Person.id,
            Person.public_id,
            Person.chosen_name,
        )
        .join(Confirmation, Confirmation.entry_id == HoursEntry.id)
        .join(Person, Person.id == Confirmation.confirmed_by)
        .where(
            HoursEntry.enrolment_id.in_(scope),
            HoursEntry.state == "confirmed",
            Confirmation.withdrawn_at.is_(None),
        )
    )
    found: Judges = {}
    for place, fact, *who in [*session.execute(query), *_recorders(session, scope)]:
        if fact in counted.get(place, ()):
            found.setdefault(place, []).append(Judge(*who))
    return found


def _recorders(session: Session, scope: Select[int]) -> Iterable[Any]:
    """Return who recorded the attendance of a scope: it is confirmed by being recorded."""
    recorded = recorders_of(scope).subquery()
    query = select(
        recorded.c.enrolment_id,
        recorded.c.public_id,
        Person.id,
        Person.public_id,
        Person.chosen_name,
    ).join(Person, Person.id == recorded.c.recorded_by)
    return session.execute(query)


def case_of(basis: Basis, *, by: int, issued: bool) -> IssueCase:
    """Return what the rule on issuing is asked with."""
    terms = basis.terms
    places = OPEN_PLACES if terms.is_whole else OPEN_PLACES | LEFT_PLACES
    states_time = terms.kind is not DocumentKind.CREDENTIAL
    return IssueCase(
        verdict_met=is_earned(basis.verdict, terms),
        already_issued=issued,
        scope=terms.covers,
        pack_overdue=basis.overdue_pack is not None,
        holder_id=basis.place.person_id,
        issuer_id=by,
        markers=frozenset(judge.id for judge in basis.markers),
        confirmers=frozenset(judge.id for judge in basis.confirmers),
        place_open=basis.place.state in places,
        is_whole=terms.is_whole,
        states_something=basis.taken.is_something or not states_time,
        second_asked=asks_second(basis.place.cohort.organisation.approval),
        second_id=basis.second.id if basis.second else None,
    )
