"""The facts a certificate seals, as canonical JSON, and the claims that are read back from them."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.content.versions import canonical_json
from lms.models import Certificate, Person, Signature
from lms.rules.certificates import Claim, seal
from lms.rules.verdict import Bounds, Row
from lms.services.certificates.basis import Basis, Judge

FORMAT = "certificate-1"


def sealed_facts(session: Session, basis: Basis, certificate: Certificate, issuer: Person) -> str:
    """Return everything the certificate rests on as canonical JSON, ready to be sealed."""
    place, version = basis.place, basis.place.programme_version
    facts = {
        "format": FORMAT,
        "code": certificate.code,
        "term": certificate.term,
        "holder": place.person.public_id,
        "enrolment": place.public_id,
        "claims": claims_for(basis, certificate),
        "programme": {
            "id": basis.programme.id,
            "version": basis.programme.version,
            "number": version.number,
            "hash": version.hash,
        },
        "verdict": {
            "on": basis.verdict.on,
            "state": basis.verdict.state.value,
            "requirements": [_requirement(row) for row in basis.verdict.rows],
        },
        "agreements": list(_agreements(session, place.id)),
        "issuer": {"id": issuer.public_id, "name": issuer.chosen_name},
        "markers": _people(basis.markers),
        "confirmers": _people(basis.confirmers),
    }
    return canonical_json(facts)


def claims_for(basis: Basis, certificate: Certificate) -> dict[str, str | None]:
    """Return what the certificate says in public; days as ISO dates."""
    words = basis.programme.certificate
    return {
        Claim.NAME.value: certificate.name,
        Claim.PROGRAMME.value: words.title,
        Claim.ORGANISATION.value: basis.place.cohort.organisation.name,
        Claim.COVERS.value: words.covers,
        Claim.DOES_NOT_QUALIFY.value: words.does_not_qualify,
        Claim.ISSUED_ON.value: certificate.issued_on.isoformat(),
        Claim.VALID_UNTIL.value: _day(certificate.valid_until),
        Claim.NUMBER.value: number_words(certificate.number),
    }


def number_words(number: int) -> str:
    """Return a certificate's number as it is printed."""
    return f"{number:04d}"


def claims_in(facts: str) -> dict[str, str | None]:
    """Return the claims of sealed facts."""
    claims: dict[str, str | None] = json.loads(facts)["claims"]
    return claims


def is_sealed(facts: str, salt: str, sealed: str) -> bool:
    """Say whether facts are still the very ones that were sealed at issue."""
    return seal(facts, bytes.fromhex(salt)) == sealed


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _people(judges: Sequence[Judge]) -> list[dict[str, str]]:
    return [{"id": judge.public_id, "name": judge.name} for judge in judges]


def _exact(number: int | Fraction | None) -> int | str | None:
    return str(number) if isinstance(number, Fraction) else number


def _need(need: int | Fraction | Bounds | None) -> Any:
    if isinstance(need, Bounds):
        return {"min": _exact(need.min), "max": _exact(need.max)}
    return _exact(need)


def _requirement(row: Row) -> dict[str, Any]:
    tally = row.tally
    return {
        "id": row.id,
        "parent": row.parent,
        "kind": row.kind,
        "label": row.label,
        "severity": row.severity,
        "state": row.state.value,
        "unit": tally.unit.value,
        "have": _exact(tally.have),
        "need": _need(tally.need),
        "counted": [{"id": one.id, "amount": _exact(one.amount)} for one in tally.counted],
    }


def _agreements(session: Session, enrolment_id: int) -> Iterator[dict[str, Any]]:
    query = (
        select(
            Signature.agreement,
            Signature.version_number,
            Signature.text_hash,
            Signature.happened_on,
            Signature.public_id,
        )
        .where(Signature.enrolment_id == enrolment_id, Signature.replaced_at.is_(None))
        .order_by(Signature.agreement, Signature.version_number)
    )
    for agreement, number, text_hash, on, public_id in session.execute(query):
        yield {
            "id": public_id,
            "agreement": agreement,
            "version": number,
            "hash": text_hash,
            "on": on,
        }
