"""How much of the hours that are confirmed counts towards the programme, and why the rest not."""

from collections.abc import Collection
from dataclasses import dataclass

from flask_babel import gettext as _

from lms.rules.verdict import Row, Unit, Verdict
from lms.web.filters import minutes_words
from lms.web.verdict_words import reason_words


@dataclass(frozen=True, slots=True)
class Counting:
    """What one requirement makes of the hours: how much counts, and the rest with its reasons."""

    label: str
    words: str
    rest: tuple[str, ...]


def counting_of(verdict: Verdict, ids: Collection[str]) -> tuple[Counting, ...]:
    """Return what each sum of hours counts of these entries; nothing where none looks at them."""
    sums = {row.id for row in verdict.rows if row.kind == "sum"}
    looked = [
        row
        for row in verdict.rows
        if row.kind == "sum" and row.parent not in sums and row.state.value != "not-applicable"
    ]
    return tuple(found for row in looked if (found := _of(row, ids)) is not None)


def _of(row: Row, ids: Collection[str]) -> Counting | None:
    counted = sum(int(one.amount) for one in row.tally.counted if one.id in ids)
    lost: dict[str, int] = {}
    for one in row.tally.not_counted:
        if one.id in ids:
            why = reason_words(one, Unit.MINUTES)
            lost[why] = lost.get(why, 0) + int(one.amount)
    whole = counted + sum(lost.values())
    if not whole:
        return None
    given = {"counted": minutes_words(counted), "whole": minutes_words(whole)}
    words = _("%(counted)s of %(whole)s counts.", **given) if lost else _("All of it counts.")
    rest = (f"{minutes_words(minutes)}: {why}" for why, minutes in lost.items())
    return Counting(row.label, str(words), tuple(rest))
