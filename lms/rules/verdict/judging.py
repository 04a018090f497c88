"""The verdict: one person's record against one programme version on one day."""

from collections.abc import Iterator
from datetime import date

from lms.rules.programmes.programme import Programme
from lms.rules.programmes.quantities import add_length
from lms.rules.record import Record
from lms.rules.verdict.case import Case, Finding, Place
from lms.rules.verdict.compile import CompiledProgramme, compile_programme
from lms.rules.verdict.result import Caution, Outlook, Row, Verdict
from lms.rules.verdict.terms import CanStill, State, WaitingOn
from lms.rules.verdict.words import StepCode, is_after, step


def verdict(programme: Programme | CompiledProgramme, record: Record, on: date) -> Verdict:
    """Return where a person stands in a programme on a day, with the numbers and the evidence.

    Shape:  give a compiled programme where many records are judged; for a renewal its `renewal`.
    Edge:   evidence dated after `on` does not count, so a past day can be judged from today's
            record. Nothing but the three arguments is read; the order of facts does not matter.
    Raises: ProgrammeError for an uncompiled programme that has problems; nothing for any record.
    Source: certification-rules, section 2 (all rule kinds).
    """
    if isinstance(programme, Programme):
        programme = compile_programme(programme)
    case = Case(record, on, len(programme.places))
    whole = _held_open(programme, case.settle(programme.root))
    outlook, whole = _outlook(programme, case, whole)
    case.findings[0] = whole
    rows = tuple(map(_row, programme.places, case.findings))
    cautions = (*_cautions(programme, case), *case.cautions)
    own = programme.programme
    return Verdict(own.id, own.version, on, whole.state, rows, cautions, outlook)


def unjudged(programme: Programme, on: date) -> Verdict:
    """Return a verdict before anybody was judged: nothing is met, and nothing rests on it."""
    outlook = Outlook(CanStill.YES, None)
    return Verdict(programme.id, programme.version, on, State.NOT_YET, (), (), outlook)


def _row(place: Place, found: Finding) -> Row:
    settled = found.state.is_settled
    return Row(
        place.id,
        place.parent,
        place.kind,
        place.label,
        place.noun,
        place.severity,
        found.state,
        found.tally,
        WaitingOn.NOBODY if settled else found.waiting_on,
        found.by,
        found.step,
        found.met_on if settled else None,
        CanStill.YES if settled else found.can_still,
    )


def _held_open(programme: CompiledProgramme, whole: Finding) -> Finding:
    """Return the whole's finding: never met while a figure is to be set."""
    if programme.can_open or not whole.state.is_settled:
        return whole
    words = step(StepCode.FIGURES_TO_SET, count=len(programme.to_be_set))
    return whole._replace(
        state=State.NEEDS_A_PERSON, waiting_on=WaitingOn.COORDINATOR, step=words, met_on=None
    )


def _outlook(programme: CompiledProgramme, case: Case, whole: Finding) -> tuple[Outlook, Finding]:
    """Return whether it can still be met and by when, and the whole's finding with that day."""
    if whole.state.is_settled:
        return Outlook(CanStill.YES, None), whole
    enrolled, limit = case.record.enrolled_on, programme.complete_within
    ends = add_length(enrolled, limit) if enrolled and limit else None
    by = min((day for day in (ends, whole.by) if day is not None), default=None)
    still = whole.can_still
    late = ends is not None and (case.on > ends or is_after(whole.step, ends))
    if late and still is CanStill.YES:
        still = CanStill.NEEDS_A_PERSON
    return Outlook(still, by), whole._replace(by=by, can_still=still)


def _cautions(programme: CompiledProgramme, case: Case) -> Iterator[Caution]:
    if programme.programme.demo:
        yield Caution("invented-figures", None, step(StepCode.INVENTED_FIGURES))
    if programme.to_be_set:
        words = step(StepCode.FIGURES_TO_SET, count=len(programme.to_be_set))
        yield Caution("to-be-set", None, words)
    for place, found in zip(programme.places, case.findings, strict=True):
        if place.severity == "recommended" and not found.state.is_settled:
            yield Caution("recommended", place.id, step(StepCode.RECOMMENDED, what=place.noun))
    known = {place.id for place in programme.places}
    for name in sorted(case.waivers.keys() - known):
        yield Caution("waiver-not-counted", name, step(StepCode.WAIVER_NOT_COUNTED, what=name))
