"""What people sign, say, hand in and decide."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from lms.rules.programmes.nodes import Attest, DecisionBy, Document, HoldsCertificate, Signature
from lms.rules.programmes.quantities import Length, add_length, subtract_length
from lms.rules.record import (
    HANDED_IN,
    AttestationFact,
    CertificateFact,
    DecisionFact,
    DocumentFact,
)
from lms.rules.verdict.case import ANOTHER, Case, Dates, Finding, Judge, Place, Why, framed, refused
from lms.rules.verdict.qualified import standing_on
from lms.rules.verdict.result import Counted, NotCounted, Tally
from lms.rules.verdict.terms import Detail, Reason, State, Unit, WaitingOn, turn_of
from lms.rules.verdict.windows import AnchorDay, TimeFrame
from lms.rules.verdict.words import StepCode, step

WRONG_ROLE: Why = (Reason.EXCLUDED, Detail.WRONG_ROLE)
OTHER_KIND: Why = (Reason.EXCLUDED, None)
TOO_CLOSE: Why = (Reason.CONFLICT, None)
KNOWN_TOO_SHORT: Why = (Reason.EXCLUDED, Detail.KNOWN_TOO_SHORT)
UNDER_REVIEW: Why = (Reason.NOT_CONFIRMED, Detail.UNDER_REVIEW)
OLD_VERSION: Why = (Reason.EXCLUDED, Detail.OLD_VERSION)
ACCEPTED = ("", "accepted", "clear")
"""Outcomes of a document that need nobody's eye, where a programme names none."""


class DocumentJudge(Judge):
    """Documents on file, in date, signed, and with an outcome that is accepted."""

    __slots__ = ("frame", "known_for", "max_age", "need", "node", "outcomes", "signers")

    def __init__(
        self,
        place: Place,
        frame: TimeFrame,
        node: Document,
        *,
        need: int,
        signers: int,
        max_age: Length | None,
        known_for: Length | None = None,
    ) -> None:
        self.place = place
        self.frame = frame
        self.node = node
        self.need = need
        self.signers = signers
        self.max_age = max_age
        self.known_for = known_for
        self.outcomes = node.outcomes or ACCEPTED

    def judge(self, case: Case) -> Finding:
        dates = self.frame.dates(case)
        accepted = self._accepted_ids(case)
        kept: list[DocumentFact] = []
        others: list[NotCounted] = []
        for paper in case.in_order("documents"):
            if paper.kind not in self.node.kinds:
                continue
            why = self._refusal(paper, case, dates, accepted) or self._repeat(paper, kept)
            if why is None:
                kept.append(paper)
            else:
                limit = Fraction(self.signers) if why[1] is Detail.TOO_FEW_SIGNERS else None
                others.append(NotCounted(paper.id, 1, why[0], limit, why[1]))
        counted = tuple(Counted(paper.id, 1) for paper in kept)
        tally = Tally(len(kept), self.need, Unit.COUNT, counted, tuple(others))
        finding = self._weigh(case, tally, kept)
        return framed(case, self.place, dates, finding)

    def _accepted_ids(self, case: Case) -> set[str]:
        return {
            one.outcome
            for one in case.record.decisions
            if one.what == "document-accepted"
            and one.by in self.node.reviewed_by
            and one.on <= case.on
        }

    def _refusal(
        self, paper: DocumentFact, case: Case, dates: Dates, accepted: set[str]
    ) -> Why | None:
        outside = dates.refusal(paper.on, paper.on)
        if outside is not None:
            return outside
        if paper.expires_on is not None and paper.expires_on < case.on:
            return Reason.OUT_OF_WINDOW, Detail.EXPIRED
        if self.max_age is not None and paper.on < subtract_length(case.on, self.max_age):
            return Reason.OUT_OF_WINDOW, Detail.TOO_OLD
        return self._refusal_of_writer(paper, case) or self._to_review(paper, accepted)

    def _refusal_of_writer(self, paper: DocumentFact, case: Case) -> Why | None:
        if paper.relationship is not None and paper.relationship in self.node.barred:
            return TOO_CLOSE
        known = paper.known_since
        if self.known_for and (known is None or add_length(known, self.known_for) > paper.on):
            return KNOWN_TOO_SHORT
        if self._signers_of(paper, case) < self.signers:
            return Reason.NOT_CONFIRMED, Detail.TOO_FEW_SIGNERS
        return None

    def _to_review(self, paper: DocumentFact, accepted: set[str]) -> Why | None:
        needs_eyes = (paper.outcome or "") not in self.outcomes and paper.id not in accepted
        return UNDER_REVIEW if needs_eyes else None

    def _signers_of(self, paper: DocumentFact, case: Case) -> int:
        wanted = self.node.signer_credentials
        if not wanted:
            return len(set(paper.signers))
        found = (case.record.people.get(signer) for signer in set(paper.signers))
        known = (standing_on(person, paper.on) for person in found if person is not None)
        return sum(1 for standing in known if not standing.credentials.keys().isdisjoint(wanted))

    def _repeat(self, paper: DocumentFact, kept: Iterable[DocumentFact]) -> Why | None:
        if not self.node.different_signers:
            return None
        seen = {signer for other in kept for signer in other.signers}
        return ANOTHER if seen.intersection(paper.signers) else None

    def _weigh(self, case: Case, tally: Tally, kept: list[DocumentFact]) -> Finding:
        if self._is_waiting(case, tally, kept):
            turn = turn_of(self.node.reviewed_by[0])
            words = step(StepCode.REVIEW_DOCUMENT, who=turn, what=self.place.noun)
            return Finding(State.NEEDS_A_PERSON, tally, turn, words)
        if len(kept) >= self.need:
            met_on = kept[self.need - 1].on if self.need else None
            return Finding(State.MET, tally, met_on=met_on)
        lacking = self.need - len(kept)
        words = step(StepCode.GIVE_DOCUMENT, count=lacking, what=self.place.noun)
        return Finding(State.NOT_YET, tally, WaitingOn.TRAINEE, words)

    def _is_waiting(self, case: Case, tally: Tally, kept: list[DocumentFact]) -> bool:
        """Say whether somebody must look: a newer outcome counts, what was handed in if needed."""
        waiting = {one.id for one in tally.not_counted if one.detail is Detail.UNDER_REVIEW}
        newest = max((paper.on for paper in kept), default=date.min)
        lacking = len(kept) < self.need
        return any(
            lacking if paper.outcome == HANDED_IN else paper.on >= newest
            for paper in case.record.documents
            if paper.id in waiting
        )


class AttestJudge(Judge):
    """Somebody allowed to has said that something is so."""

    __slots__ = ("frame", "node")

    def __init__(self, place: Place, frame: TimeFrame, node: Attest) -> None:
        self.place = place
        self.frame = frame
        self.node = node

    def judge(self, case: Case) -> Finding:
        dates = self.frame.dates(case)
        kept: dict[str, AttestationFact] = {}
        others: list[NotCounted] = []
        for fact in case.in_order("attestations"):
            if fact.what != self.node.what:
                continue
            about = (fact.type or "") if self.node.each else ""
            why = self._refusal(fact, dates) or (ANOTHER if about in kept else None)
            if why is None:
                kept[about] = fact
            else:
                others.append(refused(fact.id, 1, why))
        need = len(self.node.each) or 1
        counted = tuple(Counted(fact.id, 1) for fact in kept.values())
        tally = Tally(len(kept), need, Unit.COUNT, counted, tuple(others))
        if len(kept) >= need:
            met_on = max((fact.on for fact in kept.values()), default=None)
            return Finding(State.MET, tally, met_on=met_on)
        return framed(case, self.place, dates, self._missing(tally))

    def _refusal(self, fact: AttestationFact, dates: Dates) -> Why | None:
        if fact.by not in self.node.by:
            return WRONG_ROLE
        wanted = self.node.each or self.node.types
        if wanted and fact.type not in wanted:
            return OTHER_KIND
        return dates.refusal(fact.on, fact.on)

    def _missing(self, tally: Tally) -> Finding:
        if "self" in self.node.by:
            words = step(StepCode.ATTEST, what=self.place.noun)
            return Finding(State.NOT_YET, tally, WaitingOn.TRAINEE, words)
        turn = turn_of(self.node.by[0])
        words = step(StepCode.ATTEST_BY, who=turn, what=self.place.noun)
        return Finding(State.NEEDS_A_PERSON, tally, turn, words)


class SignatureJudge(Judge):
    """An agreement signed, in a version that is asked for."""

    __slots__ = ("frame", "node")

    def __init__(self, place: Place, frame: TimeFrame, node: Signature) -> None:
        self.place = place
        self.frame = frame
        self.node = node

    def judge(self, case: Case) -> Finding:
        dates = self.frame.dates(case)
        first: Counted | None = None
        signed_on: date | None = None
        others: list[NotCounted] = []
        for fact in case.in_order("signatures"):
            if fact.agreement != self.node.agreement:
                continue
            old = self.node.versions and fact.version not in self.node.versions
            why = OLD_VERSION if old else None
            why = why or dates.refusal(fact.on, fact.on) or (ANOTHER if first else None)
            if why is None:
                first, signed_on = Counted(fact.id, 1), fact.on
            else:
                others.append(refused(fact.id, 1, why))
        tally = _single(first, others)
        if first is not None:
            return Finding(State.MET, tally, met_on=signed_on)
        words = step(StepCode.SIGN, what=self.place.noun)
        finding = Finding(State.NOT_YET, tally, WaitingOn.TRAINEE, words)
        return framed(case, self.place, dates, finding)


class DecisionJudge(Judge):
    """A person's decision. The latest by somebody in the right role stands."""

    __slots__ = ("due", "frame", "node", "since")

    def __init__(
        self,
        place: Place,
        frame: TimeFrame,
        node: DecisionBy,
        *,
        due: Length | None,
        since: AnchorDay | None,
    ) -> None:
        self.place = place
        self.frame = frame
        self.node = node
        self.due = due
        self.since = since

    def judge(self, case: Case) -> Finding:
        dates = self.frame.dates(case)
        standing: list[DecisionFact] = []
        others: list[NotCounted] = []
        for fact in case.in_order("decisions"):
            if fact.what != self.node.what:
                continue
            why = None if fact.by in self.node.by else WRONG_ROLE
            why = why or dates.refusal(fact.on, fact.on)
            if why is None:
                standing.append(fact)
            else:
                others.append(refused(fact.id, 1, why))
        replaced: Why = (Reason.DUPLICATE, Detail.REPLACED)
        others.extend(refused(fact.id, 1, replaced) for fact in standing[:-1])
        return framed(case, self.place, dates, self._weigh(case, standing, others))

    def _weigh(self, case: Case, standing: list[DecisionFact], others: list[NotCounted]) -> Finding:
        turn = turn_of(self.node.by[0])
        if not standing:
            words = step(StepCode.DECIDE, who=turn, what=self.place.label)
            by = self._due_on(case)
            return Finding(State.NEEDS_A_PERSON, _single(None, others), turn, words, by)
        latest = standing[-1]
        if latest.outcome in self.node.outcomes:
            tally = _single(Counted(latest.id, 1), others)
            return Finding(State.MET, tally, met_on=self._since_when(standing))
        others.append(refused(latest.id, 1, (Reason.EXCLUDED, Detail.BELOW_STANDARD)))
        words = step(StepCode.DECIDED_NOT_YET, who=turn)
        return Finding(State.NOT_YET, _single(None, others), turn, words)

    def _due_on(self, case: Case) -> date | None:
        start = self.since.resolve(case) if self.since else None
        return add_length(start, self.due) if start and self.due else None

    def _since_when(self, standing: list[DecisionFact]) -> date:
        """Return since when the outcome has been one that is asked for."""
        day = standing[-1].on
        for fact in reversed(standing):
            if fact.outcome not in self.node.outcomes:
                break
            day = fact.on
        return day


class CertificateJudge(Judge):
    """A certificate already held."""

    __slots__ = ("frame", "node")

    def __init__(self, place: Place, frame: TimeFrame, node: HoldsCertificate) -> None:
        self.place = place
        self.frame = frame
        self.node = node

    def judge(self, case: Case) -> Finding:
        dates = self.frame.dates(case)
        kept: list[CertificateFact] = []
        others: list[NotCounted] = []
        for held in case.in_order("certificates"):
            if held.programme not in self.node.programmes:
                continue
            why = self._refusal(held, case, dates) or (ANOTHER if kept else None)
            if why is None:
                kept.append(held)
            else:
                others.append(refused(held.id, 1, why))
        tally = _single(Counted(kept[0].id, 1) if kept else None, others)
        if kept:
            by = kept[0].valid_until if self.node.in_date else None
            return Finding(State.MET, tally, by=by, met_on=kept[0].issued_on)
        words = step(StepCode.HOLD_CERTIFICATE, what=self.place.noun)
        finding = Finding(State.NOT_YET, tally, WaitingOn.TRAINEE, words)
        return framed(case, self.place, dates, finding)

    def _refusal(self, held: CertificateFact, case: Case, dates: Dates) -> Why | None:
        if self.node.in_date and held.valid_until is not None and held.valid_until < case.on:
            return Reason.OUT_OF_WINDOW, Detail.EXPIRED
        if held.state_on(case.on) not in self.node.states:
            return Reason.EXCLUDED, Detail.NOT_HELD
        return dates.refusal(held.issued_on, held.issued_on)


def _single(counted: Counted | None, others: Iterable[NotCounted]) -> Tally:
    have = () if counted is None else (counted,)
    return Tally(len(have), 1, Unit.COUNT, have, tuple(others))
