"""The certificates of one place that follow one another: its terms, and the editions of each."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from lms.models import Certificate
from lms.models import CertificateEvent as EventRow
from lms.rules.certificates import CertificateEvent, CertificateEventKind


def chain_of(session: Session, certificate: Certificate) -> list[Certificate]:
    """Return every term and edition of a certificate's kind at its place, oldest first, afresh."""
    query = (
        select(Certificate)
        .where(
            Certificate.enrolment_id == certificate.enrolment_id,
            Certificate.kind == certificate.kind,
        )
        .options(selectinload(Certificate.events))
        .order_by(Certificate.term, Certificate.edition)
    )
    return list(session.scalars(query.execution_options(populate_existing=True)))


def is_followed(certificate: Certificate, chain: Iterable[Certificate]) -> bool:
    """Say whether a later term was issued."""
    return any(one.term > certificate.term for one in chain)


def plain_events(rows: Iterable[EventRow]) -> list[CertificateEvent]:
    """Return stored events as the rules read them."""
    return [
        CertificateEvent(
            CertificateEventKind(row.kind),
            row.happened_on,
            row.recorded_at,
            row.until_on if row.lifts else None,
        )
        for row in rows
    ]
