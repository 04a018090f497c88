"""Rules of attestations: who may say that something is so, and that only what is asked is said."""

from collections.abc import Collection
from enum import StrEnum

from lms.rules.programmes.nodes import Attest
from lms.rules.visibility import Relation

CAPACITIES: dict[Relation, str] = {
    Relation.SELF: "self",
    Relation.SUPERVISOR: "supervisor",
    Relation.TRAINER: "trainer",
    Relation.COORDINATOR: "coordinator",
}
"""The word that a programme has for what somebody is to the person."""


class AttestRefusal(StrEnum):
    """Why something is not attested."""

    NOT_ASKED = "attest-not-asked"
    NOT_YOURS = "attest-not-yours"
    TYPE_MISSING = "attest-type-missing"
    PLACE_CLOSED = "attest-place-closed"


def types_of(node: Attest) -> tuple[str, ...]:
    """Return the types of which one is said, none where the sentence stands by itself."""
    return node.each or node.types


def capacity_for(node: Attest | None, relations: Collection[Relation]) -> str:
    """Return as what somebody may say it, empty where they may not.

    Edge: the programme's order decides where somebody is several things to the person; whoever is
          the person is nothing else.
    """
    if Relation.SELF in relations:
        relations = {Relation.SELF}
    mine = {CAPACITIES[one] for one in relations if one in CAPACITIES}
    return next((by for by in node.by if by in mine), "") if node else ""


def refusal_to_attest(
    node: Attest | None, *, capacity: str, kind: str, is_open: bool
) -> AttestRefusal | None:
    """Return why something is not attested, or None. Shape: `kind` is the type, may be empty."""
    if not is_open:
        return AttestRefusal.PLACE_CLOSED
    if node is None:
        return AttestRefusal.NOT_ASKED
    if not capacity:
        return AttestRefusal.NOT_YOURS
    wanted = types_of(node)
    return None if (kind in wanted if wanted else not kind) else AttestRefusal.TYPE_MISSING
