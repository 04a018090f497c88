"""Facts as they stand in a record's JSON, each without its id, and a record of several."""

from itertools import count
from typing import Any

from lms.rules.record import Record, record_from_json

NUMBERS = count()


def hours(ledger: str, amount: float, on: str = "2026-06-01", **more: Any) -> dict[str, Any]:
    given = {"ledger": ledger, "minutes": round(amount * 60), "on": on, "state": "confirmed"}
    return {"hours": [{**given, **more}]}


def minutes_short(ledger: str, amount: float, on: str = "2026-06-01", **more: Any):
    return hours(ledger, amount - 1 / 60, on, **more)


def domain(ledger: str, name: str, amount: float, on: str = "2026-06-01", **more: Any):
    return hours(ledger, amount, on, domains={name: round(amount * 60)}, **more)


def paper(kind: str, on: str = "2026-06-01", **more: Any) -> dict[str, Any]:
    return {"documents": [{"kind": kind, "on": on, **more}]}


def said(what: str, by: str = "self", on: str = "2026-06-01", **more: Any) -> dict[str, Any]:
    return {"attestations": [{"what": what, "by": by, "on": on, **more}]}


def decided(what: str, outcome: str, on: str = "2026-01-10", by: str = "coordinator"):
    return {"decisions": [{"what": what, "outcome": outcome, "by": by, "on": on}]}


def signed(on: str = "2026-01-10") -> dict[str, Any]:
    return {"signatures": [{"agreement": "code-of-ethics", "version": "1", "on": on}]}


def held(programme: str, issued: str, until: str | None) -> dict[str, Any]:
    return {
        "certificates": [{"programme": programme, "issued_on": issued, "valid_until": until}],
    }


def fact(**facts: Any) -> dict[str, Any]:
    return {"facts": facts}


def together(*pieces: dict[str, Any]) -> dict[str, Any]:
    """One record of several pieces."""
    whole: dict[str, Any] = {}
    for piece in pieces:
        for key, value in piece.items():
            if isinstance(value, dict):
                whole[key] = {**whole.get(key, {}), **value}
            elif isinstance(value, list):
                whole[key] = [*whole.get(key, []), *value]
            else:
                whole[key] = value
    return whole


def record_of(facts: dict[str, Any]) -> Record:
    listed = {
        key: [{"id": f"e{next(NUMBERS)}", **one} for one in value]
        for key, value in facts.items()
        if isinstance(value, list)
    }
    return record_from_json({"person": "p1", **facts, **listed})
