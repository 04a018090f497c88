"""Hours added up: a minimum, a maximum, and the minima of parts."""

from collections.abc import Sequence

from lms.rules.verdict.caps import Cap, Total, total_of
from lms.rules.verdict.case import (
    Case,
    Dates,
    Finding,
    Judge,
    Place,
    day_reached,
    framed,
    least_met,
    order_of_hours,
)
from lms.rules.verdict.hours import Picker, Selector, Sifted
from lms.rules.verdict.result import Bounds, Caution
from lms.rules.verdict.terms import State, Unit, WaitingOn
from lms.rules.verdict.words import Amount, StepCode, step

ATTENDED = "training"
"""The ledger that fills by being there."""


class PartJudge(Judge):
    """One share of a sum; its minimum has a row of its own, its cap works on the whole."""

    __slots__ = ("cap", "inside", "least", "picker")

    def __init__(
        self, place: Place, picker: Picker, *, least: int | None, cap: int | None, inside: bool
    ) -> None:
        self.place = place
        self.picker = picker
        self.least = least
        self.cap = cap
        self.inside = inside

    @property
    def is_hard(self) -> bool:
        """Whether missing it holds anything up."""
        return self.place.severity == "required"

    def find(self, sifted: Sifted, caps: Sequence[Cap], ledger: str) -> Finding:
        """Return the part's own finding, from the entries its sum has sifted."""
        total = total_of(self.within(sifted), caps)
        need = self.least or 0
        if total.have < need:
            return short_of(self.place, total, need, ledger)
        return Finding(State.MET, total.tally(need), met_on=day_reached(total.days, need))

    def within(self, sifted: Sifted) -> Sifted:
        """Return what of sifted entries belongs to this part."""
        kept = [part for piece in sifted.kept if (part := self.picker.part_of(piece)) is not None]
        lost = [
            one._replace(minutes=min(own, one.minutes))
            for one in sifted.refused
            if (own := self.picker.minutes(one.entry)) is not None
        ]
        return Sifted(kept, lost)


def short_of(place: Place, total: Total, need: int, ledger: str) -> Finding:
    """Return the finding of minutes that fall short: whose turn it is, and how much is missing.

    Edge: training hours are not logged by anybody; they come from being there.
    """
    missing = Amount(need - total.have, Unit.MINUTES)
    code = StepCode.TAKE_PART if ledger == ATTENDED else StepCode.LOG_HOURS
    turn, words = WaitingOn.TRAINEE, step(code, amount=missing, what=place.noun)
    if total.waiting >= need - total.have:
        turn = WaitingOn.SUPERVISOR
        waits = Amount(total.waiting, Unit.MINUTES)
        words = step(StepCode.AWAIT_CONFIRMATION, amount=waits, what=place.noun)
    return Finding(State.NOT_YET, total.tally(need), turn, words)


class SumJudge(Judge):
    """Hours of one or several selectors against a minimum, a maximum and the parts' minima."""

    __slots__ = ("least", "most", "parts", "selectors")

    def __init__(
        self,
        place: Place,
        selectors: tuple[Selector, ...],
        *,
        least: int | None,
        most: int | None,
        parts: tuple[PartJudge, ...],
    ) -> None:
        self.place = place
        self.selectors = selectors
        self.least = least
        self.most = most
        self.parts = parts

    def judge(self, case: Case) -> Finding:
        dates = self.selectors[0].frame.dates(case)
        return framed(case, self.place, dates, self._weigh(case, self.sift(case, dates)))

    def sift(self, case: Case, dates: Dates) -> Sifted:
        """Return the entries of all selectors; what several mean is taken by the first."""
        first = self.selectors[0].sift(case, dates)
        for selector in self.selectors[1:]:
            seen = {piece.entry.id for piece in first.kept}
            seen.update(lost.entry.id for lost in first.refused)
            more = selector.sift(case)
            first.kept.extend(piece for piece in more.kept if piece.entry.id not in seen)
            first.refused.extend(lost for lost in more.refused if lost.entry.id not in seen)
            first.kept.sort(key=lambda piece: order_of_hours(piece.entry))
        return first

    def _weigh(self, case: Case, sifted: Sifted) -> Finding:
        caps = [Cap(p.picker, p.cap) for p in self.parts if p.cap is not None and p.is_hard]
        total = total_of(sifted, caps)
        with_rows = [part for part in self.parts if part.least is not None]
        ledger = self.selectors[0].ledger
        found = [(p, case.keep(p.place, p.find(sifted, caps, ledger))) for p in with_rows]
        self._say_soft_caps(case, sifted)
        if total.have < self.need():
            short = short_of(self.place, total, self.need(), ledger)
            return short._replace(tally=total.tally(self._bound()))
        if self.most is not None and total.have > self.most:
            return self._over_maximum(total, self.most)
        return self._with_parts(total, [one for part, one in found if part.is_hard])

    def need(self) -> int:
        """Return the minutes needed: the minimum, and what parts demand on top of it."""
        on_top = (part.least or 0 for part in self.parts if not part.inside and part.is_hard)
        return (self.least or 0) + sum(on_top)

    def _bound(self) -> int | Bounds:
        return self.need() if self.most is None else Bounds(self.need(), self.most)

    def _over_maximum(self, total: Total, most: int) -> Finding:
        have, limit = Amount(total.have, Unit.MINUTES), Amount(most, Unit.MINUTES)
        words = step(StepCode.OVER_MAXIMUM, what=self.place.noun, have=have, limit=limit)
        tally, turn = total.tally(self._bound()), WaitingOn.COORDINATOR
        return Finding(State.NOT_YET, tally, turn, words, can_still=self.place.once_too_late)

    def _with_parts(self, total: Total, found: list[Finding]) -> Finding:
        tally = total.tally(self._bound())
        hindrance = least_met(found)
        if hindrance is not None:
            return hindrance._replace(tally=tally)
        days = [day_reached(total.days, self.need()), *(one.met_on for one in found)]
        met_on = max((day for day in days if day is not None), default=None)
        return Finding(State.MET, tally, met_on=met_on)

    def _say_soft_caps(self, case: Case, sifted: Sifted) -> None:
        for part in self.parts:
            if part.cap is None or part.is_hard:
                continue
            have = sum(piece.minutes for piece in part.within(sifted).kept)
            if have > part.cap:
                limit, now = Amount(part.cap, Unit.MINUTES), Amount(have, Unit.MINUTES)
                words = step(StepCode.CAP_PASSED, limit=limit, what=part.place.noun, have=now)
                case.cautions.append(Caution("cap-passed", part.place.id, words))
