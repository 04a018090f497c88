"""The facts a certificate seals, as canonical JSON, and the claims that are read back from them."""

import json
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.content.versions import canonical_json
from lms.models import Certificate, Person, Signature
from lms.rules.certificates import seal
from lms.rules.record import Taken
from lms.rules.verdict import Bounds, Row
from lms.services.certificates.basis import Basis, Judge

FORMAT = "certificate-2"
Signed = Mapping[int, Sequence[dict[str, Any]]]
"""The agreements that were signed, ready for the sealed facts, by the id of the place."""


def sealed_facts(
    basis: Basis,
    certificate: Certificate,
    issuer: Person,
    claims: Mapping[str, str | None],
    signed: Signed,
) -> str:
    """Return everything a document rests on and says as canonical JSON, ready to be sealed.

    Edge: a document beside the certificate carries only what it rests on, never the whole record.
    """
    place, version = basis.place, basis.place.programme_version
    facts = {
        "format": FORMAT,
        "kind": certificate.kind,
        "code": certificate.code,
        "term": certificate.term,
        "edition": certificate.edition,
        "holder": place.person.public_id,
        "enrolment": place.public_id,
        "claims": dict(claims),
        "programme": {
            "id": basis.programme.id,
            "version": basis.programme.version,
            "number": version.number,
            "hash": version.hash,
        },
        "verdict": {
            "on": basis.verdict.on,
            "state": basis.verdict.state.value if basis.terms.is_whole else None,
            "requirements": [_requirement(row) for row in basis.rows],
        },
        "taken": _taken(basis.taken),
        "agreements": list(signed.get(place.id, ())) if basis.terms.is_whole else [],
        "issuer": {"id": issuer.public_id, "name": issuer.chosen_name},
        "second": _people([basis.second] if basis.second else []),
        "markers": _people(basis.markers),
        "confirmers": _people(basis.confirmers),
    }
    return canonical_json(facts)


def _taken(taken: Taken) -> dict[str, Any]:
    return {
        "completions": [
            {"id": one.id, "module": one.module, "version": one.version} for one in taken.modules
        ],
        "hours": [{"id": one.id, "minutes": one.minutes} for one in taken.hours],
    }


def claims_in(facts: str) -> dict[str, str | None]:
    """Return the claims of sealed facts; none once the facts were taken out."""
    if not facts:
        return {}
    claims: dict[str, str | None] = json.loads(facts)["claims"]
    return claims


def is_sealed(facts: str, salt: str, sealed: str) -> bool:
    """Say whether facts are still the very ones that were sealed at issue."""
    return seal(facts, bytes.fromhex(salt)) == sealed


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


def signed_by_place(session: Session, enrolment_ids: Collection[int]) -> Signed:
    """Return the agreements that stand signed at places."""
    query = (
        select(
            Signature.enrolment_id,
            Signature.agreement,
            Signature.version_number,
            Signature.text_hash,
            Signature.happened_on,
            Signature.public_id,
        )
        .where(Signature.enrolment_id.in_(enrolment_ids), Signature.replaced_at.is_(None))
        .order_by(Signature.enrolment_id, Signature.agreement, Signature.version_number)
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for place, agreement, number, text_hash, on, public_id in session.execute(query):
        row = {"id": public_id, "agreement": agreement, "version": number, "hash": text_hash}
        found.setdefault(place, []).append(row | {"on": on})
    return found
