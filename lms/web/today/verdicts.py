"""A verdict in the words of Today, put together once for each verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.rules.verdict import State, Verdict, WaitingOn
from lms.web.frame import spoken
from lms.web.today.lines import Line, Measure
from lms.web.verdict_words import RequirementRow, rows_of, summary_words

BRACKETS = {"all", "any", "at-least", "sequence", "when"}


@dataclass(frozen=True, slots=True)
class Told:
    """What Today says of a verdict, and of which verdict under which titles it was said."""

    verdict: Verdict
    titles: Mapping[str, Any]
    leaves: list[RequirementRow]
    others: tuple[Line, ...]
    so_far: tuple[Measure, ...]
    summary: Any


_told: dict[tuple[int, str], Told] = {}
KEPT_IN_MEMORY = 1000


def told_of(place: int, verdict: Verdict, titles: Mapping[str, Any]) -> Told:
    """Return a verdict's requirements in words, put together once for each verdict."""
    key = (place, spoken())
    told = _told.get(key)
    if told is None or told.verdict is not verdict or told.titles != titles:
        if len(_told) >= KEPT_IN_MEMORY:
            _told.clear()
        rows = _flat(rows_of(verdict, None, own=True, titles=titles))
        leaves = [row for row in rows if row.kind not in BRACKETS]
        others = tuple(_other(row) for row in _waiting_for_others(leaves))
        so_far = tuple(Measure(r.label, r.words, r.have, r.need) for r in leaves if r.need)[:4]
        told = Told(verdict, titles, leaves, others, so_far, summary_words(verdict))
        _told[key] = told
    return told


def _flat(rows: list[RequirementRow]) -> list[RequirementRow]:
    return [found for row in rows for found in (row, *_flat(row.rows))]


def _is_open(row: RequirementRow) -> bool:
    return row.state not in {State.MET.value, State.WAIVED.value, State.NOT_APPLICABLE.value}


def _waiting_for_others(leaves: list[RequirementRow]) -> list[RequirementRow]:
    """Return what others must do next; a decision only once all else is done."""
    staff = {WaitingOn.TRAINER, WaitingOn.SUPERVISOR, WaitingOn.COORDINATOR}
    open_rows = [row for row in leaves if _is_open(row)]
    work_left = any(row.kind != "decision" for row in open_rows)
    return [
        row
        for row in open_rows
        if row.waiting_on in staff and not (row.kind == "decision" and work_left)
    ]


def _other(row: RequirementRow) -> Line:
    return Line(row.label, "/progress", row.turn)


def own_rows(leaves: list[RequirementRow]) -> list[RequirementRow]:
    """Return the requirements that are open and wait for the trainee."""
    return [row for row in leaves if _is_open(row) and row.waiting_on == WaitingOn.TRAINEE]
