"""The facts a verdict is given: what one person has done, as plain values."""

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple

FactValue = str | int | bool
_NOTHING: Mapping[str, Any] = MappingProxyType({})
PART_MISSING = "part-missing"
"""The flag of hours that wait because a part that cannot be missed is still to be made up."""
SERVED_BEFORE = "served-before"
"""The flag of hours on the very day of a certificate that were counted for it."""
HANDED_IN = "handed-in"
"""The outcome of a document that nobody has looked at yet."""


class CompletionFact(NamedTuple):
    """A module completed in one of its versions."""

    id: str
    module: str
    on: date
    version: str = ""


class HoursFact(NamedTuple):
    """An entry of one ledger. Whole minutes; `until` where it covers several days.

    Shape: `domains` maps a domain to its minutes, together at most `minutes`; facts of equal date
           are ordered by `recorded_at`, then id.
    """

    id: str
    ledger: str
    minutes: int
    on: date
    kind: str = ""
    until: date | None = None
    group_size: int | None = None
    domains: Mapping[str, int] = _NOTHING
    topics: tuple[str, ...] = ()
    mode: str | None = None
    medium: str | None = None
    provider: str | None = None
    population: str | None = None
    paid: bool | None = None
    state: str = "draft"
    confirmed_on: date | None = None
    assurance: str | None = None
    supervisor: str | None = None
    plan: str | None = None
    flags: tuple[str, ...] = ()
    recorded_at: datetime | None = None


class ScoreFact(NamedTuple):
    """One part of one attempt: `whole` or a domain, exact percent. Only `released` counts."""

    id: str
    assessment: str
    score_percent: Fraction
    on: date
    part: str = "whole"
    state: str = "draft"


class PerformanceFact(NamedTuple):
    """A role-play as marked: levels by competency, harm items ticked. Only `released` counts.

    `apart` is how many levels its markers differ by, where they differ most.
    """

    id: str
    rubric: str
    scenario: str
    on: date
    levels: Mapping[str, int] = _NOTHING
    harm: tuple[str, ...] = ()
    state: str = "draft"
    markers: tuple[str, ...] = ()
    apart: int = 0


class DocumentFact(NamedTuple):
    """That a document is on file; `expires_on` is its last good day.

    `relationship` is what its writer is to the person, `known_since` since when they know them.
    """

    id: str
    kind: str
    on: date
    expires_on: date | None = None
    signers: tuple[str, ...] = ()
    outcome: str | None = None
    relationship: str | None = None
    known_since: date | None = None


class AttestationFact(NamedTuple):
    """That somebody said something is so; `type` a code, never a story."""

    id: str
    what: str
    by: str
    on: date
    type: str | None = None


class SignatureFact(NamedTuple):
    """An agreement signed in one version."""

    id: str
    agreement: str
    version: str
    on: date


class DecisionFact(NamedTuple):
    """A decision taken in a role. Where it is about a piece of evidence, `outcome` is its id."""

    id: str
    what: str
    outcome: str
    by: str
    on: date


class WaiverFact(NamedTuple):
    """A requirement set aside for this person."""

    id: str
    requirement: str
    by: str
    on: date


class PlanFact(NamedTuple):
    """A supervision plan in force from a day to a day (None: still)."""

    id: str
    supervisor: str
    from_on: date
    until: date | None = None
    relationship: str = "none"


class QualificationFact(NamedTuple):
    """One thing that qualifies a person, from a day to a day; both count.

    Shape: one of `credential`, `training` (such as train-the-trainer) or `hours_practised`, in
           whole hours by the day `since`.
    """

    credential: str | None = None
    training: str | None = None
    hours_practised: int = 0
    since: date | None = None
    until: date | None = None


class PersonFact(NamedTuple):
    """What is known of a supervisor or signer; `hours_practised` in whole hours.

    Edge: the first three say it of a person with one credential; `qualifications` add what was
          held when, so that each piece of evidence is weighed as things stood on its day.
    """

    credential: str | None = None
    since: date | None = None
    hours_practised: int = 0
    qualifications: tuple[QualificationFact, ...] = ()


class StateFact(NamedTuple):
    """A state of a certificate, and the day from which it holds."""

    on: date
    state: str


class CertificateFact(NamedTuple):
    """A certificate already held; `valid_until` is its last valid day.

    `states` are those that followed one another, in the order of their days: a suspension that
    ends by its date is over without anybody's act. Without them `state` holds on every day.
    """

    id: str
    programme: str
    issued_on: date
    valid_until: date | None = None
    state: str = "valid"
    states: tuple[StateFact, ...] = ()

    def state_on(self, on: date) -> str:
        """Return the state on a day. Edge: before the first of `states` it is valid."""
        if not self.states:
            return self.state
        past = [one.state for one in self.states if one.on <= on]
        return past[-1] if past else "valid"


class Record(NamedTuple):
    """Everything a verdict reads about one person. Dates are calendar days in `zone`."""

    person: str
    enrolled_on: date | None = None
    stage: str = ""
    zone: str = "UTC"
    facts: Mapping[str, FactValue] = _NOTHING
    completions: tuple[CompletionFact, ...] = ()
    hours: tuple[HoursFact, ...] = ()
    scores: tuple[ScoreFact, ...] = ()
    rubrics: tuple[PerformanceFact, ...] = ()
    documents: tuple[DocumentFact, ...] = ()
    attestations: tuple[AttestationFact, ...] = ()
    signatures: tuple[SignatureFact, ...] = ()
    decisions: tuple[DecisionFact, ...] = ()
    waivers: tuple[WaiverFact, ...] = ()
    plans: tuple[PlanFact, ...] = ()
    people: Mapping[str, PersonFact] = _NOTHING
    certificates: tuple[CertificateFact, ...] = ()
