"""Can they still make it? The answer in words: until when, and what would have to happen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from lms.rules.verdict import CanStill, Verdict, leaves_of
from lms.web.filters import date_words
from lms.web.verdict_words import RequirementRow


@dataclass(frozen=True, slots=True)
class Needed:
    """One thing that would have to happen: which requirement, the step, and by when."""

    label: str
    step: str
    by: str


@dataclass(frozen=True, slots=True)
class OutlookShown:
    """The answer: `state` as in the verdict; `needed` is what hangs on a day or a person."""

    state: str
    words: str
    needed: tuple[Needed, ...]


def outlook_of(
    verdict: Verdict, rows: list[RequirementRow], *, own: bool, past: bool = False
) -> OutlookShown | None:
    """Return whether it can still be met, in words; None where all is met.

    Shape: `rows` are those of the page, so that nothing stands here that the reader may not see.
    """
    if verdict.state.is_settled:
        return None
    leaves = {row.id for row in leaves_of(verdict) if not row.state.is_settled}
    open_rows = [row for row in _flat(rows) if row.id in leaves]
    still = verdict.can_still.state
    if still is not CanStill.YES:
        open_rows = [row for row in open_rows if row.can_still != CanStill.YES] or open_rows
    needed = tuple(
        Needed(row.label, row.next_step, row.by)
        for row in open_rows
        if row.by or row.can_still != CanStill.YES
    )
    return OutlookShown(still.value, _words(verdict, own=own, past=past), needed)


def _flat(rows: Iterable[RequirementRow]) -> Iterable[RequirementRow]:
    for row in rows:
        yield row
        yield from _flat(row.rows)


def _words(verdict: Verdict, *, own: bool, past: bool) -> str:
    still, by = verdict.can_still
    if still is CanStill.YES:
        return _time_words(by)
    over = ""
    if by is not None and by < verdict.on:
        over = " " + _("The last day was %(day)s.", day=date_words(by))
    if still is CanStill.NEEDS_A_PERSON:
        if own and not past:
            said = _("A person decides this with you. Talk with your coordinator.")
        else:
            said = _("Only a person can say. The coordinator decides.")
    elif own and not past:
        said = _(
            "Not in this way any more. Nothing you did is lost. Talk with your coordinator about "
            "the ways that are open to you."
        )
    else:
        said = _("Not in this way any more. The coordinator can say which ways are open.")
    return str(said) + str(over)


def _time_words(by: date | None) -> str:
    if by is None:
        return str(_("Yes. There is no last day."))
    return str(_("Yes, there is time. The last day is %(day)s.", day=date_words(by)))
