"""What a record reads of documents: one query, and its rows as facts."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select

from lms.models import Document
from lms.rules.record import HANDED_IN, DecisionFact, DocumentFact

Rows = list[tuple[Any, ...]]


def document_rows(scope: Select[int], known_at: datetime | None) -> Select[*tuple[Any, ...]]:
    """Return the query for the documents of a scope of places, as known at an instant or now."""
    query = select(
        Document.enrolment_id,
        Document.paper,
        Document.kind,
        Document.happened_on,
        Document.expires_on,
        Document.signers,
        Document.state,
        Document.outcome,
        Document.relationship,
        Document.known_since,
        Document.allowed_on,
    ).where(Document.enrolment_id.in_(scope), Document.state.in_((HANDED_IN, "on-file")))
    if known_at is None:
        return query.where(Document.replaced_at.is_(None))
    return query.where(
        Document.recorded_at <= known_at,
        or_(Document.replaced_at.is_(None), Document.replaced_at > known_at),
    )


def documents_of(rows: Rows) -> Iterator[DocumentFact]:
    """Yield the documents of one place; what nobody has looked at yet says so in its outcome."""
    for _, paper, kind, on, expires_on, signers, state, outcome, tie, known, _allowed in rows:
        yield DocumentFact(
            id=paper,
            kind=kind,
            on=on,
            expires_on=expires_on,
            signers=tuple(json.loads(signers)),
            outcome=HANDED_IN if state == HANDED_IN else outcome,
            relationship=tie or None,
            known_since=known,
        )


def allowances_of(rows: Rows) -> Iterator[DecisionFact]:
    """Yield the decisions by which a coordinator let a document of one place count."""
    for _, paper, *_rest, allowed_on in rows:
        if allowed_on is not None:
            what = "document-accepted"
            yield DecisionFact(f"{paper}-allowed", what, paper, "coordinator", allowed_on)
