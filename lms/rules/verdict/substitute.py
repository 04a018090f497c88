"""Other hours standing in for what a sum lacks."""

from fractions import Fraction

from lms.rules.verdict.case import Case, Finding, Judge, Place, day_reached, end_of, least_met
from lms.rules.verdict.hours import Selector
from lms.rules.verdict.result import Counted, NotCounted, Tally
from lms.rules.verdict.sums import SumJudge
from lms.rules.verdict.terms import Reason, State, Unit


class SubstituteJudge(Judge):
    """Hours of another kind, at a rate and up to a cap, added to a sum that falls short."""

    __slots__ = ("cap", "into", "rate", "selector")

    def __init__(
        self, place: Place, into: SumJudge, selector: Selector, *, rate: Fraction, cap: int | None
    ) -> None:
        self.place = place
        self.into = into
        self.selector = selector
        self.rate = rate
        self.cap = cap

    def judge(self, case: Case) -> Finding:
        inner = case.settle(self.into)
        have, need = inner.tally.have or 0, self.into.need()
        counted, lost = self._standing_in(case, {one.id for one in inner.tally.counted})
        got = sum(one.amount for one in counted)
        tally = Tally(
            have + got,
            inner.tally.need,
            Unit.MINUTES,
            (*inner.tally.counted, *counted),
            (*inner.tally.not_counted, *lost),
        )
        if inner.state.is_settled or have >= need or have + got < need:
            return inner._replace(tally=tally)
        return self._with_parts(case, tally, need)

    def _with_parts(self, case: Case, tally: Tally, need: int) -> Finding:
        """Return the finding once the minutes suffice: parts still have to be met."""
        parts = (part.place for part in self.into.parts if part.is_hard and part.least is not None)
        hindrance = least_met([case.findings[place.index] for place in parts])
        if hindrance is not None:
            return hindrance._replace(tally=tally)
        ends = {entry.id: end_of(entry) for entry in case.record.hours}
        met_on = day_reached(((ends[one.id], one.amount) for one in tally.counted), need)
        return Finding(State.MET, tally, met_on=met_on)

    def _standing_in(self, case: Case, used: set[str]) -> tuple[list[Counted], list[NotCounted]]:
        sifted = self.selector.sift(case)
        counted: list[Counted] = []
        lost = [one.shown() for one in sifted.refused]
        room = None if self.cap is None else Fraction(self.cap)
        for piece in sifted.kept:
            worth = piece.minutes * self.rate
            if piece.entry.id in used:
                lost.append(NotCounted(piece.entry.id, worth, Reason.DUPLICATE))
                continue
            take = worth if room is None else min(worth, room)
            room = None if room is None else room - take
            if take:
                counted.append(Counted(piece.entry.id, take))
            if worth > take:
                lost.append(NotCounted(piece.entry.id, worth - take, Reason.OVER_CAP, self.cap))
        return counted, lost
