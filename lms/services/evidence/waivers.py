"""Waivers: asked for with a ground, decided by a named person with a reason, by a day."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.db import lock_row
from lms.models import Document, Enrolment, Person, Waiver, WaiverRequest
from lms.rules.cohorts import EnrolmentState
from lms.rules.evidence import (
    WaiverClaim,
    WaiverRefusal,
    WaiverState,
    is_overdue,
    refusal_of_terms,
    refusal_to_ask,
    refusal_to_decide,
)
from lms.rules.programmes.nodes import Requirement
from lms.rules.programmes.walking import kind_words, nodes_of
from lms.rules.roles import Role
from lms.services.audit import record_act
from lms.services.cohorts import list_holders
from lms.services.errors import MissingError, RefusedError
from lms.services.evidence.documents import home_of, list_documents, programme_of_place, zone_at
from lms.services.people import today_in
from lms.services.practice import get_enrolment
from lms.services.readiness import waive_requirement
from lms.services.sealed import read_text, seal_text


def get_waiver_request(session: Session, public_id: str) -> WaiverRequest:
    """Return a request by the id in its address. Raises: MissingError."""
    query = select(WaiverRequest).where(WaiverRequest.public_id == public_id)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise MissingError
    return found


def requirement_of(session: Session, place: Enrolment, requirement: str) -> Requirement | None:
    """Return a requirement of a place's programme, or None."""
    nodes = nodes_of(programme_of_place(session, place))
    return next((node for node in nodes if node.id == requirement), None)


def waivable_now(session: Session, place: Enrolment, *, on: date) -> dict[str, str]:
    """Return what a coordinator may set aside for a place on a day: requirement id to label."""
    nodes = nodes_of(programme_of_place(session, place))
    return {node.id: node.label for node in nodes if not refusal_of_terms(node.waivable, on)}


def deciders_for(session: Session, place: Enrolment, *, now: datetime) -> list[tuple[str, str]]:
    """Return who may decide, as (public id, name): the coordinators, never the person."""
    home = home_of(session, place)
    found = list_holders(session, home, Role.COORDINATOR, but=place.person_id, now=now)
    return [(one.public_id, one.name) for one in found]


def papers_to_show(session: Session, place: Enrolment) -> list[tuple[str, str]]:
    """Return the documents that may be named as evidence, as (paper, words)."""
    shown = [one for one in list_documents(session, place) if one.state != "returned"]
    return [(one.paper, kind_words(one.kind)) for one in shown]


def ask_waiver(
    session: Session, place: Enrolment, claim: WaiverClaim, *, by: int, op_id: str, now: datetime
) -> WaiverRequest:
    """Ask that a requirement be set aside.

    Edge:   the same form sent twice is one request; one is open at a time for a requirement.
    Raises: RefusedError(WaiverRefusal).
    """
    lock_row(session, place)
    twin = _find_by_op(session, place.id, op_id)
    if twin is not None:
        return twin
    node = requirement_of(session, place, claim.requirement)
    refusal = refusal_to_ask(
        claim,
        node.waivable if node else None,
        today=today_in(zone_at(session, place), now),
        is_open=place.state != EnrolmentState.WITHDRAWN,
    )
    decider = _decider(session, place, claim, now)
    if refusal or claim.due_on is None:
        raise RefusedError(refusal or WaiverRefusal.DUE_BEHIND)
    _refuse_settled(session, place, claim)
    request = WaiverRequest(
        enrolment_id=place.id,
        requirement=claim.requirement,
        claim=b"",
        document=claim.document,
        due_on=claim.due_on,
        asked_by=by,
        asked_at=now,
        decider_id=decider,
        state=WaiverState.ASKED.value,
        op_id=op_id,
    )
    try:
        with session.begin_nested():
            session.add(request)
    except IntegrityError as clash:
        raise RefusedError(WaiverRefusal.ASKED_ALREADY) from clash
    request.claim = _seal(session, place, request, "claim", claim.claim, now)
    if claim.evidence.strip():
        request.evidence = _seal(session, place, request, "evidence", claim.evidence, now)
    _note(session, "waiver-asked", place, request, by=by, now=now)
    session.flush()
    return request


def _find_by_op(session: Session, enrolment_id: int, op_id: str) -> WaiverRequest | None:
    query = select(WaiverRequest).where(
        WaiverRequest.enrolment_id == enrolment_id, WaiverRequest.op_id == op_id
    )
    return session.scalars(query).one_or_none()


def _decider(session: Session, place: Enrolment, claim: WaiverClaim, now: datetime) -> int | None:
    """Return who is asked to decide, None where nobody is named. Raises: RefusedError."""
    if not claim.decider:
        return None
    if claim.decider not in dict(deciders_for(session, place, now=now)):
        raise RefusedError(WaiverRefusal.DECIDER_UNKNOWN)
    return session.scalars(select(Person.id).where(Person.public_id == claim.decider)).one()


def _refuse_settled(session: Session, place: Enrolment, claim: WaiverClaim) -> None:
    query = select(Waiver.id).where(
        Waiver.enrolment_id == place.id, Waiver.requirement == claim.requirement
    )
    if session.scalars(query).first() is not None:
        raise RefusedError(WaiverRefusal.SETTLED)
    if claim.document and claim.document not in dict(papers_to_show(session, place)):
        raise RefusedError(WaiverRefusal.DOCUMENT_UNKNOWN)


def _about(request: WaiverRequest, part: str) -> str:
    return f"waiver-{part}:{request.public_id}"


def _seal(
    session: Session, place: Enrolment, request: WaiverRequest, part: str, text: str, now: datetime
) -> bytes:
    return seal_text(session, place.person_id, text, _about(request, part), now)


def _note(
    session: Session,
    act: str,
    place: Enrolment,
    request: WaiverRequest,
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
        subject=f"waiver-request:{request.public_id}",
        requirement=request.requirement,
    )


def place_of_request(session: Session, request: WaiverRequest) -> Enrolment:
    """Return the place that a request belongs to, with what deciding reads."""
    query = select(Enrolment.public_id).where(Enrolment.id == request.enrolment_id)
    return get_enrolment(session, session.scalars(query).one())


def decide_waiver(
    session: Session,
    request: WaiverRequest,
    *,
    granted: bool,
    reason: str,
    by: int,
    now: datetime,
) -> WaiverRequest:
    """Grant a request, so that a waiver is on record, or decline it; both with a reason.

    Edge:   whoever was asked to decide stays named; who did decide stands beside.
    Raises: RefusedError(WaiverRefusal), RefusedError(DecisionRefusal).
    """
    place = place_of_request(session, request)
    lock_row(session, place)
    lock_row(session, request)
    state = WaiverState(request.state)
    refusal = refusal_to_decide(state, reason, decider_id=by, person_id=place.person_id)
    if refusal:
        raise RefusedError(refusal)
    node = requirement_of(session, place, request.requirement)
    today = today_in(zone_at(session, place), now)
    refusal = refusal_of_terms(node.waivable if node else None, today)
    if granted and refusal:
        raise RefusedError(refusal)
    if granted:
        waiver = waive_requirement(
            session, place, request.requirement, reason=reason, by=by, now=now
        )
        request.waiver_id = waiver.id
    request.state = (WaiverState.GRANTED if granted else WaiverState.DECLINED).value
    request.decided_by, request.decided_at = by, now
    request.reason = _seal(session, place, request, "reason", reason, now)
    act = "waiver-granted" if granted else "waiver-declined"
    _note(session, act, place, request, by=by, now=now)
    session.flush()
    return request


def withdraw_waiver_request(
    session: Session, request: WaiverRequest, *, by: int, now: datetime
) -> None:
    """Take a request back while nobody has decided about it. Raises: RefusedError."""
    place = place_of_request(session, request)
    lock_row(session, place)
    lock_row(session, request)
    if request.state != WaiverState.ASKED:
        raise RefusedError(WaiverRefusal.NOT_FROM_HERE)
    request.state = WaiverState.WITHDRAWN.value
    _note(session, "waiver-withdrawn", place, request, by=by, now=now)
    session.flush()


class WaiverShown(NamedTuple):
    """A request as its page shows it, words opened. `terms` are the kinds that must be on file."""

    request: WaiverRequest
    label: str
    claim: str
    evidence: str
    reason: str
    asked_by: str
    decider: str
    decided_by: str
    document: str
    overdue: bool
    terms: tuple[str, ...]


def show_waiver_request(session: Session, request: WaiverRequest, *, now: datetime) -> WaiverShown:
    """Return a request with its words opened, for those who may read them."""
    place = place_of_request(session, request)
    node = requirement_of(session, place, request.requirement)
    today = today_in(zone_at(session, place), now)

    def opened(part: str, sealed: bytes | None) -> str:
        return read_text(session, place.person_id, sealed, _about(request, part))

    return WaiverShown(
        request,
        node.label if node else request.requirement,
        opened("claim", request.claim),
        opened("evidence", request.evidence),
        opened("reason", request.reason),
        _name(session, request.asked_by),
        _name(session, request.decider_id),
        _name(session, request.decided_by),
        _paper_words(session, request),
        is_overdue(WaiverState(request.state), request.due_on, today),
        node.waivable.evidence if node and node.waivable else (),
    )


def _name(session: Session, person_id: int | None) -> str:
    if person_id is None:
        return ""
    return session.scalars(select(Person.chosen_name).where(Person.id == person_id)).one()


def _paper_words(session: Session, request: WaiverRequest) -> str:
    if not request.document:
        return ""
    query = select(Document.kind).where(
        Document.paper == request.document, Document.replaced_at.is_(None)
    )
    kind = session.scalars(query).one_or_none()
    return kind_words(kind) if kind else ""


class WaiverRow(NamedTuple):
    """One line of a place's waivers; `public_id` is empty where one was never asked for."""

    label: str
    state: str
    on: date
    public_id: str


def list_waivers(session: Session, place: Enrolment) -> list[WaiverRow]:
    """Return what was asked to be set aside and what was, newest first."""
    nodes = nodes_of(programme_of_place(session, place))
    labels = {node.id: node.label for node in nodes}
    asked = select(WaiverRequest).where(
        WaiverRequest.enrolment_id == place.id,
        WaiverRequest.state != WaiverState.WITHDRAWN.value,
    )
    requests = list(session.scalars(asked))
    zone = zone_at(session, place)
    rows = [
        WaiverRow(
            labels.get(one.requirement, one.requirement),
            one.state,
            today_in(zone, one.decided_at or one.asked_at),
            one.public_id,
        )
        for one in requests
    ]
    granted = {one.waiver_id for one in requests}
    plain = select(Waiver).where(Waiver.enrolment_id == place.id, Waiver.replaced_at.is_(None))
    rows += [
        WaiverRow(labels.get(one.requirement, one.requirement), "granted", one.happened_on, "")
        for one in session.scalars(plain)
        if one.id not in granted
    ]
    return sorted(rows, key=lambda row: row.on, reverse=True)


def waiver_draft(place: Enrolment, requirement: str) -> str:
    """Return the key under which a request is kept while it is written."""
    return f"waiver:{place.public_id}:{requirement}"
