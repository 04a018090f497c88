"""Harm items after release: who may settle one, and where the result stands then."""

from enum import StrEnum

from lms.rules.roleplays.marking import Result


class HarmOutcome(StrEnum):
    """A named person's answer to a harm item."""

    RESOLVED = "resolved"
    REPEAT = "repeat"


class ResolveRefusal(StrEnum):
    """Why somebody cannot settle a referral."""

    OWN_MARKING = "resolve-own-marking"
    NOTHING_OPEN = "resolve-nothing-open"
    SETTLED = "resolve-settled"


def refusal_to_resolve(
    *, result: Result | None, actor_id: int, marker_id: int, standing: HarmOutcome | None
) -> ResolveRefusal | None:
    """Return why this person cannot settle a referral, or None.

    Edge:   `result` is None before release; a repeat that was asked for may still be settled.
    Source: separation of duties: whoever ticked the item does not settle it alone.
    """
    if result is not Result.REFERRED:
        return ResolveRefusal.NOTHING_OPEN
    if actor_id == marker_id:
        return ResolveRefusal.OWN_MARKING
    return ResolveRefusal.SETTLED if is_harm_settled(standing) else None


def is_harm_settled(outcome: HarmOutcome | None) -> bool:
    """Say whether a referral is settled: only a named person's word settles it.

    Edge:   a repeat that went well settles nothing by itself; the person who asked for it, or
            another, says so.
    Source: certification-rules, rubric at standard: unmet until resolved by a named person.
    """
    return outcome is HarmOutcome.RESOLVED


def standing_for(result: Result, outcome: HarmOutcome | None, *, at_standard: bool) -> Result:
    """Return where one released performance stands today.

    Edge: a resolved referral stands where its levels put it; one to be repeated is not yet.
    """
    if result is not Result.REFERRED or outcome is None:
        return result
    met = outcome is HarmOutcome.RESOLVED and at_standard
    return Result.MET if met else Result.NOT_YET
